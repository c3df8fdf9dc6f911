package inmem

import (
	"cmp"
	"context"
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// Refund gives money back, once for each key, and never more than was captured.
func (g *Gateway) Refund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.refunds[f.Key]
	if x == nil {
		x = &refund{asked: f, outcome: gateway.Outcome{Status: gateway.StatusProcessing}}
		if g.refunds == nil {
			g.refunds = make(map[string]*refund)
		}
		g.refunds[f.Key] = x
		if text := g.holds(f); text != "" {
			x.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: text}
		} else {
			g.end(x, cmp.Or(g.ended[f.Key], gateway.StatusCaptured))
		}
	}
	return x.outcome, g.fail("refund")
}

// LookupRefund says what has become of a refund.
func (g *Gateway) LookupRefund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if x := g.refunds[f.Key]; x != nil {
		return x.outcome, g.fail("lookup refund")
	}
	return gateway.Outcome{Status: gateway.StatusNotFound}, g.fail("lookup refund")
}

// holds takes what a refund gives back out of what is left of the charge, and says why it cannot.
func (g *Gateway) holds(f gateway.Refund) (wrong string) {
	c := g.charges[f.Charge]
	if c == nil || !c.outcome.Moved() {
		return "there is no such charge"
	}
	sum, err := c.returned.Add(f.Amount)
	if err != nil || f.Amount.Sign() <= 0 || sum.Minor() > c.outcome.Amount.Minor() {
		return "more than was captured"
	}
	c.returned = sum
	return ""
}

// end has a refund be captured or declined. What was declined stays so.
func (g *Gateway) end(x *refund, as gateway.Status) {
	was, c := x.outcome.Status, g.charges[x.asked.Charge]
	if was == as || was == gateway.StatusDeclined {
		return
	}
	back := gateway.Movement{Customer: c.asked.Customer, Payment: c.asked.Payment, Key: c.asked.Key, Refund: x.asked.Refund, Amount: x.asked.Amount}
	switch as {
	case gateway.StatusCaptured:
		back.Amount = back.Amount.Neg()
		g.ledger = append(g.ledger, back)
		x.outcome = gateway.Outcome{Status: as, Amount: x.asked.Amount, Reference: x.asked.Payment, Trade: "r" + strconv.Itoa(len(g.ledger))}
	case gateway.StatusDeclined:
		if was == gateway.StatusCaptured {
			g.ledger = append(g.ledger, back)
		}
		c.returned = order.Minor(c.returned.Minor()-x.asked.Amount.Minor(), c.returned.Currency())
		x.outcome = become(as, x.asked.Key)
	}
}
