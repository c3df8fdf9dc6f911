package ledger

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// balances: I6, the balance of a coupon is what it was issued with without what it paid. What
// has come back to one that had ended can be lost.
func (a *audit) balances() {
	for _, c := range a.coupons {
		used := c.Face.Minor() - c.Balance.Minor() - c.PassedOn.Minor()
		mayLose := !c.Validity().Until.IsZero() || c.State == coupon.StateReclaimed
		exact := used == c.paid-c.back
		if within := used <= c.paid && used >= c.paid-c.back; !within || !exact && !mayLose {
			a.report("I6", c.show, "coupon %s was issued with %s and has %s: payments used %d minor units and gave %d back", c.ID, c.Face, c.Balance, c.paid, c.back)
		}
	}
}

// usedOnce: I6, a single use is one use.
func (a *audit) usedOnce() {
	for _, c := range a.coupons {
		if !c.Reusable && c.uses+c.holds > 1 {
			a.report("I6", c.show, "coupon %s is of a single use, and %d payments have it", c.ID, c.uses+c.holds)
		}
	}
}

// couponsHeld: I6, a coupon is held by the live payment that names it.
func (a *audit) couponsHeld() {
	for _, c := range a.coupons {
		for i := range a.r.Payments {
			if p := &a.r.Payments[i]; live(p) && c.HeldBy != p.ID && p.PaidBy(c.ID).Sign() != 0 {
				a.report("I6", c.show, "payment %s is %s, and does not hold coupon %s", p.ID, p.State, c.ID)
			}
		}
		if (c.HeldBy != "") != (c.holds > 0) {
			a.report("I6", c.show, "coupon %s is held by %q, and %d live payments name it", c.ID, c.HeldBy, c.holds)
		}
	}
}

// discountsHeld: I6, a discount coupon is held for open orders that it reduces.
func (a *audit) discountsHeld() {
	for i := range a.r.Coupons {
		c := &a.r.Coupons[i]
		if c.Kind != coupon.KindDiscount {
			continue
		}
		for _, id := range c.HeldFor {
			if o, ok := find(a.r, Orders, string(id)); !ok || !o.State.Open() || o.Reduction.ID != string(c.ID) {
				a.report("I6", append(refs(KindCoupon, c.ID), refs(KindOrder, id)...), "discount coupon %s is held for order %s, which it does not reduce", c.ID, id)
			}
		}
	}
}

// discountsUsed: I6, each use of a discount coupon is of one order.
func (a *audit) discountsUsed() {
	for i := range a.r.Coupons {
		c := &a.r.Coupons[i]
		if c.Kind != coupon.KindDiscount {
			continue
		}
		if used, perhaps := a.usesThatStay(c); c.Used < used || c.Used > used+perhaps {
			a.report("I6", refs(KindCoupon, c.ID), "discount coupon %s was used %d times, and %d orders have a use that stays, %d perhaps", c.ID, c.Used, used, perhaps)
		}
	}
}

// usesThatStay counts the orders whose use of a discount coupon does not come back. A use of an
// order that is not provided stays where the coupon had ended: surely by its window, perhaps by
// a span that began with a use which came back, since it was reclaimed, or since it expired by
// another host's clock.
func (a *audit) usesThatStay(c *coupon.Coupon) (used, perhaps int) {
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		if o.Reduction.Kind != string(discount.KindCoupon) || o.Reduction.ID != string(c.ID) {
			continue
		}
		switch o.State {
		case order.StatePaid, order.StateCompleted:
			used++
		case order.StateRefunding, order.StateRefunded:
			at, paid := a.goneAt(o.ID)
			switch {
			case !paid: // its hold was released
			case c.Window.Ended(at):
				used++
			case mayHaveEnded(c):
				perhaps++
			}
		}
	}
	return used, perhaps
}

// goneAt is when an order began to be given back, and whether it was paid until then.
func (a *audit) goneAt(id order.ID) (at time.Time, paid bool) {
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			if m.Kind == KindOrder && m.ID == string(id) && goes(m) {
				return a.r.Entries[i].At, m.From == string(order.StatePaid)
			}
		}
	}
	return time.Time{}, false
}

// goes reports whether an order that charges begins to be given back.
func goes(m EntryLine) bool {
	return (m.To == string(order.StateRefunding) || m.To == string(order.StateRefunded)) && m.From != string(order.StateRefunding)
}

// passedOn: I6, what of a coupon came back as new ones is what those were issued with, each
// once; and no coupon says that it came of another that did not pass it on (C14).
func (a *audit) passedOn() {
	for i := range a.r.Coupons {
		c := &a.r.Coupons[i]
		if c.Kind == coupon.KindDiscount {
			continue
		}
		sum, show := int64(0), refs(KindCoupon, c.ID)
		for k := range a.r.Coupons {
			if x := &a.r.Coupons[k]; x.From == c.ID {
				sum += x.Face.Minor()
				show = append(show, Ref{Kind: KindCoupon, ID: string(x.ID)})
			}
		}
		if sum != c.PassedOn.Minor() {
			a.report("I6", show, "coupon %s passed %s on, and those that say so were issued with %d minor units", c.ID, c.PassedOn, sum)
		}
		if _, ok := find(a.r, Coupons, string(c.From)); c.From != "" && !ok {
			a.report("I6", show, "coupon %s came of coupon %s, which is not there", c.ID, c.From)
		}
	}
}

// counted: I6, the tallies of first orders count the orders of payments that hold or paid.
func (a *audit) counted() {
	want := make(map[string]int)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.State != payment.PaymentSucceeded && !p.State.Live() {
			continue
		}
		for k := range p.Quote.Items {
			if o, ok := find(a.r, Orders, string(p.Quote.Items[k].Order)); ok && o.State != order.StateRefunding && o.State != order.StateRefunded {
				for _, n := range coupon.FirstOrderTallies(o) {
					want[n]++
				}
			}
		}
	}
	counted := make(map[string]int)
	for i := range a.r.Tallies {
		if t := &a.r.Tallies[i]; t.Name != TallyReturns {
			counted[t.Name] += t.N
		}
	}
	for _, n := range sorted(counted) {
		if counted[n] != want[n] {
			a.report("I6", refs(KindTally, n), "%s are counted as %d, and payments have %d", n, counted[n], want[n])
		}
		delete(want, n)
	}
	for _, n := range sorted(want) {
		a.report("I6", refs(KindTally, n), "%s are not counted, and payments have %d", n, want[n])
	}
}
