package inmem

import (
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// Decide has the charge under a key be captured, declined, processing, ready, or in want of an
// action: at once where it is open, and when it comes where it has not been seen. It stays so until
// Decide is called again; what is final stays as it is.
func (g *Gateway) Decide(key string, as gateway.Status) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.decided == nil {
		g.decided = make(map[string]gateway.Status)
	}
	g.decided[key] = as
	if x := g.charges[key]; x != nil {
		g.decide(x)
	}
}

// become is what a charge or a refund becomes by a status.
func become(as gateway.Status, key string) gateway.Outcome {
	out := gateway.Outcome{Status: as}
	switch as {
	case gateway.StatusDeclined:
		out.Text = "it was declined"
	case gateway.StatusAction:
		out.Action = "https://gateway.example/" + key
	}
	return out
}

// Return has so much in all of what was captured under a key be taken back, by a bank or a card's
// holder: less than before, and some comes again; zero, and all of it does. What was not captured,
// or is more than that, is not taken back (P18).
func (g *Gateway) Return(key string, back order.Money) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.charges[key]
	if x == nil || !x.outcome.Moved() {
		return
	}
	if left, err := x.outcome.Amount.Sub(back); err != nil || left.Sign() < 0 || back.Sign() < 0 {
		return
	}
	if more := order.Minor(x.outcome.Back.Minor()-back.Minor(), back.Currency()); more.Sign() != 0 {
		g.ledger = append(g.ledger, gateway.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: key, Amount: more, Unasked: true})
	}
	x.outcome.Status, x.outcome.Back = gateway.StatusCaptured, order.Money{}
	if back.Sign() > 0 {
		x.outcome.Status, x.outcome.Back = gateway.StatusReversed, back
	}
}

// EndRefund has the refund under a key be processing, captured or declined: at once, or when it
// comes where it has not been seen. One that was declined when it came stays so; one that is done
// and is declined now has come back.
func (g *Gateway) EndRefund(key string, as gateway.Status) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended == nil {
		g.ended = make(map[string]gateway.Status)
	}
	g.ended[key] = as
	if x := g.refunds[key]; x != nil {
		g.end(x, as)
	}
}

// Instrument makes a saved instrument of a customer.
func (g *Gateway) Instrument(c order.CustomerID) order.Opaque {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.keep(c)
}

func (g *Gateway) keep(c order.CustomerID) order.Opaque {
	if g.kept == nil {
		g.kept = make(map[order.Opaque]order.CustomerID)
	}
	instrument := order.Opaque("instrument-" + strconv.Itoa(len(g.kept)+1))
	g.kept[instrument] = c
	return instrument
}

// holder is whose an instrument is; empty: there is none such.
func (g *Gateway) holder(instrument order.Opaque) order.CustomerID {
	if c := g.kept[instrument]; c != "" {
		return c
	}
	return g.Instruments[instrument]
}

// Seen returns what was captured under a key less what was given back of that when a refund asked for
// it, in minor units of the currency, and how many digits those have; "": nothing was captured.
func (g *Gateway) Seen(key string) (units int64, digits int, currency string) {
	for _, m := range g.Ledger() {
		if m.Key == key && !m.Unasked {
			units += m.Amount.Minor()
			digits, _ = m.Amount.Currency().Digits()
			currency = m.Amount.Currency().String()
		}
	}
	return units, digits, currency
}
