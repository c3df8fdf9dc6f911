package ledger

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// firsts: I6, of each tally at most one order has what is for first orders alone, by a
// discount coupon or by coupons that pay, and the tally says which (C3, C11).
func (a *audit) firsts() {
	has := make(map[string][]order.ID)
	a.firstsReduced(has)
	a.firstsPaid(has)
	for _, n := range sorted(has) {
		if len(has[n]) > 1 {
			a.report("I6", append(refs(KindOrder, has[n]...), refs(KindTally, n)...), "orders %s all are the first of %s", order.List(has[n]), n)
		}
	}
	for i := range a.r.Tallies {
		if t := &a.r.Tallies[i]; t.HeldFor != "" && !slices.Contains(has[t.Name], t.HeldFor) {
			a.report("I6", refs(KindTally, t.Name), "order %s is the first of %s, and has no coupon for first orders", t.HeldFor, t.Name)
		}
	}
}

// firstsReduced notes the orders that a discount coupon for first orders reduces.
func (a *audit) firstsReduced(has map[string][]order.ID) {
	for _, o := range a.orders {
		if o.Reduction.Kind != string(discount.KindCoupon) || failed(o.Order) {
			continue
		}
		if c, ok := find(a.r, Coupons, o.Reduction.ID); ok {
			a.first(&c, o.Order, has)
		}
	}
}

// firstsPaid notes the orders that coupons for first orders pay.
func (a *audit) firstsPaid(has map[string][]order.ID) {
	for _, o := range a.orders {
		if failed(o.Order) {
			continue
		}
		for _, p := range slices.Concat(o.paid, o.held) {
			for _, part := range p.Item(o.ID).Parts {
				if c, ok := find(a.r, Coupons, string(part.Coupon)); ok {
					a.first(&c, o.Order, has)
				}
			}
		}
	}
}

// first notes what an order is the first of, as a coupon takes it to be. A coupon that pays
// may pay lines of one service alone.
func (a *audit) first(c *coupon.Coupon, o *order.Order, has map[string][]order.ID) {
	names := c.FirstOrders(*o)
	said := slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		t, _ := find(a.r, Tallies, n)
		return t.HeldFor != o.ID
	})
	if len(said) < len(names) && (c.Kind == coupon.KindDiscount || len(said) == 0) {
		a.report("I6", append(refs(KindCoupon, c.ID), refs(KindOrder, o.ID)...), "coupon %s is for first orders, and order %s is not said to be the first of %s", c.ID, o.ID, names[0])
		said = names
	}
	for _, n := range said {
		if !slices.Contains(has[n], o.ID) {
			has[n] = append(has[n], o.ID)
		}
	}
}

// failed reports whether an order has come to nothing: it is no first order, and its coupons
// are others' again.
func failed(o *order.Order) bool {
	return slices.Contains([]order.State{order.StateCanceled, order.StateVoided, order.StateRefunding, order.StateRefunded}, o.State)
}
