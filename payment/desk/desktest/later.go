package desktest

import (
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// refunded is what is known under the key of a refund.
type refunded struct {
	asked   gateway.Refund
	first   gateway.Outcome // which sending again is answered with, whatever has become of it
	outcome gateway.Outcome
	ends    time.Time // when what is pending ends; zero: it has
	fails   bool      // then, or after it was done
}

// takeBack lets banks and the holders of cards take back what was captured, and give it up again
// where they lose (P18).
func (g *provider) takeBack(now time.Time) {
	r := g.w.rng
	for _, key := range sortedKeys(g.charges) {
		x := g.charges[key]
		whole := x.asked.Amount.Minor()
		if !x.goes.IsZero() && !x.goes.After(now) {
			x.goes = time.Time{}
			gone := whole
			if r.IntN(3) == 0 {
				gone = 1 + r.Int64N(whole)
			}
			g.goes(x, gone)
			if r.IntN(3) == 0 {
				x.comes = now.Add(time.Duration(r.IntN(4*3600)) * time.Second)
			}
		}
		if !x.comes.IsZero() && !x.comes.After(now) {
			x.comes = time.Time{}
			g.goes(x, r.Int64N(x.gone)*int64(r.IntN(2)))
		}
	}
}

// goes says how much of a charge is gone in all.
func (g *provider) goes(x *charged, gone int64) {
	c := x.asked.Amount.Currency()
	kind := TakenBack
	if gone < x.gone {
		kind = ComeAgain
	}
	g.w.met[Cell{AtProvider, kind}]++
	g.ledger = append(g.ledger, gateway.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: order.Minor(x.gone-gone, c), Unasked: true})
	x.gone, x.outcome.Status, x.outcome.Back = gone, gateway.StatusReversed, order.Minor(gone, c)
	if gone == 0 {
		x.outcome.Status, x.outcome.Back = gateway.StatusCaptured, order.Money{}
	}
	g.w.say("gateway %s: %s of %s is gone", g.name, order.Minor(gone, c), x.asked.Payment)
}

// refund is a refund that has arrived. Sent again it is answered as it was first.
func (g *provider) refund(f gateway.Refund) gateway.Outcome {
	if y := g.refunds[f.Key]; y != nil {
		return y.first
	}
	y := &refunded{asked: f, outcome: gateway.Outcome{Status: gateway.StatusDeclined, Text: "no such charge"}}
	if g.refunds == nil {
		g.refunds = make(map[string]*refunded)
	}
	g.refunds[f.Key] = y
	if x := g.charges[f.Charge]; x != nil && x.outcome.Moved() && x.returned+f.Amount.Minor() <= x.outcome.Amount.Minor() {
		x.returned += f.Amount.Minor()
		r := g.w.rng
		if y.fails = r.IntN(6) == 0; r.IntN(4) == 0 {
			y.outcome = gateway.Outcome{Status: gateway.StatusProcessing}
			y.ends = g.w.at.Add(time.Duration(r.IntN(int(max(g.traits.Refund, 2*time.Hour)/time.Second))) * time.Second)
			g.w.met[Cell{AtProvider, RefundPending}]++
			g.w.say("gateway %s: is to give %s back of %s", g.name, f.Amount, f.Payment)
		} else {
			g.gives(y)
		}
	}
	y.first = y.outcome
	return y.first
}

// gave is what a refund gave back that is done, as it stands now; zero: none is.
func (g *provider) gave(key string) order.Money {
	if y := g.refunds[key]; y != nil {
		return y.outcome.Amount
	}
	return order.Money{}
}

// lookupRefund says what has become of a refund by now.
func (g *provider) lookupRefund(f gateway.Refund) gateway.Outcome {
	if y := g.refunds[f.Key]; y != nil {
		return y.outcome
	}
	return gateway.Outcome{Status: gateway.StatusNotFound}
}

// gives gives the money of a refund back.
func (g *provider) gives(y *refunded) {
	y.ends = time.Time{}
	g.moves(y, y.asked.Amount.Neg())
	y.outcome = gateway.Outcome{Status: gateway.StatusCaptured, Amount: y.asked.Amount, Reference: y.asked.Payment, Trade: fmt.Sprintf("%s-%d", g.name, len(g.ledger))}
	g.w.say("gateway %s: gives %s back of %s", g.name, y.asked.Amount, y.asked.Payment)
}

func (g *provider) moves(y *refunded, amount order.Money) {
	g.ledger = append(g.ledger, gateway.Movement{Customer: y.asked.Customer, Payment: y.asked.Payment, Key: y.asked.Charge, Refund: y.asked.Refund, Amount: amount})
}

// endRefunds lets refunds that are pending end.
func (g *provider) endRefunds(now time.Time) {
	for _, key := range sortedKeys(g.refunds) {
		y := g.refunds[key]
		switch {
		case y.ends.IsZero() || y.ends.After(now):
		case y.fails:
			g.w.met[Cell{AtProvider, RefundFails}]++
			g.fails(y)
		default:
			g.gives(y)
		}
	}
}

// fails lets a refund fail, though it may have been done.
func (g *provider) fails(y *refunded) {
	y.ends, y.fails = time.Time{}, false
	if y.outcome.Status == gateway.StatusCaptured {
		g.w.met[Cell{AtProvider, RefundBack}]++
		g.moves(y, y.asked.Amount)
	}
	g.charges[y.asked.Charge].returned -= y.asked.Amount.Minor()
	y.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: "the account is closed"}
	g.w.say("gateway %s: the refund of %s of %s has failed", g.name, y.asked.Amount, y.asked.Payment)
}

// afterwards is what happens once the Desk is at rest: what was to be taken back is, and refunds
// come back.
func (g *provider) afterwards() {
	for _, key := range sortedKeys(g.charges) {
		if x := g.charges[key]; !x.goes.IsZero() {
			x.goes = g.w.at
		}
	}
	g.takeBack(g.w.at)
	for _, key := range sortedKeys(g.refunds) {
		if y := g.refunds[key]; y.fails && y.ends.IsZero() && y.outcome.Status == gateway.StatusCaptured {
			g.fails(y)
		}
	}
}
