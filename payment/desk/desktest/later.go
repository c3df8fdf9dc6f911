package desktest

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

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

// afterwards is what happens once the Desk is at rest: what was to be taken back is.
func (g *provider) afterwards() {
	for _, key := range sortedKeys(g.charges) {
		if x := g.charges[key]; !x.goes.IsZero() {
			x.goes = g.w.at
		}
	}
	g.takeBack(g.w.at)
}
