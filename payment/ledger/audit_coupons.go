package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// coupons: I6.
func (a *audit) coupons() {
	for i := range a.r.Coupons {
		c := &a.r.Coupons[i]
		show := refs(KindCoupon, c.ID)
		if c.Kind == coupon.KindDiscount {
			a.discountCoupon(c)
			continue
		}
		paid, back, uses, holds := int64(0), int64(0), 0, 0
		for k := range a.r.Payments {
			p := &a.r.Payments[k]
			amount := p.PaidBy(c.ID).Minor()
			if amount == 0 {
				continue
			}
			show = append(show, Ref{Kind: KindPayment, ID: string(p.ID)})
			switch {
			case p.State == payment.PaymentSucceeded:
				paid += amount
				returned := p.ReturnedTo(c.ID).Minor()
				if !c.Reusable && (returned < amount || c.PassedOn.Sign() > 0) {
					back += c.PassedOn.Minor()
				} else {
					back += returned
				}
				if returned < amount {
					uses++
				}
			case p.State.Live():
				holds++
				if c.HeldBy != p.ID {
					a.report("I6", show, "payment %s is %s, and does not hold coupon %s", p.ID, p.State, c.ID)
				}
			}
		}
		used := c.Face.Minor() - c.Balance.Minor() - c.PassedOn.Minor()
		a.passedOn(c)
		if used > paid || used < paid-back || used != paid-back && c.Validity().Until.IsZero() && c.State != coupon.StateReclaimed {
			a.report("I6", show, "coupon %s was issued with %s and has %s: payments used %d minor units and gave %d back", c.ID, c.Face, c.Balance, paid, back)
		}
		if !c.Reusable && uses+holds > 1 {
			a.report("I6", show, "coupon %s is of a single use, and %d payments have it", c.ID, uses+holds)
		}
		if (c.HeldBy != "") != (holds > 0) {
			a.report("I6", show, "coupon %s is held by %q, and %d live payments name it", c.ID, c.HeldBy, holds)
		}
	}
}

// discountCoupon: I6, each use of a discount coupon is of one order: held for one that is
// open, and of no other.
func (a *audit) discountCoupon(c *coupon.Coupon) {
	show := refs(KindCoupon, c.ID)
	for _, id := range c.HeldFor {
		if o, ok := find(a.r, Orders, string(id)); !ok || !o.State.Open() || o.Reduction.ID != string(c.ID) {
			a.report("I6", append(show, refs(KindOrder, id)...), "discount coupon %s is held for order %s, which it does not reduce", c.ID, id)
		}
	}
	// A use of what is not provided stays where the coupon had ended: surely by its window,
	// perhaps by a span that began with a use which came back, since it was reclaimed, or
	// since it expired by another host's clock.
	used, perhaps := 0, 0
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
	if c.Used < used || c.Used > used+perhaps {
		a.report("I6", show, "discount coupon %s was used %d times, and %d orders have a use that stays, %d perhaps", c.ID, c.Used, used, perhaps)
	}
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
func (a *audit) passedOn(c *coupon.Coupon) {
	sum, show := int64(0), refs(KindCoupon, c.ID)
	for i := range a.r.Coupons {
		if x := &a.r.Coupons[i]; x.From == c.ID {
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
	for i := range a.r.Tallies {
		t := &a.r.Tallies[i]
		if t.Name != TallyReturns && t.N != want[t.Name] {
			a.report("I6", refs(KindTally, t.Name), "%s are counted as %d, and payments have %d", t.Name, t.N, want[t.Name])
		}
		delete(want, t.Name)
	}
	for _, n := range sorted(want) {
		a.report("I6", refs(KindTally, n), "%s are not counted, and payments have %d", n, want[n])
	}
}

func sorted[K cmp.Ordered, T any](m map[K]T) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
