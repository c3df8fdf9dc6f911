package payment

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// firstOrders names the tallies that count an order (C11).
func firstOrders(o *order.Order) []string { return coupon.FirstOrderTallies(*o) }

// tally returns a tally of the customer, new where there is none. It has been read.
func (b *book) tally(name string) coupon.Tally {
	t, _ := get(b, tallies, name)
	t.Customer, t.Name = b.customer, name
	return t
}

// count counts orders in the tallies of their services, up or down (C11).
func (b *book) count(list []order.Order, by int) {
	for i := range list {
		for _, n := range firstOrders(&list[i]) {
			t := b.tally(n)
			t.N = max(0, t.N+by)
			put(b, tallies, t)
		}
	}
}

// takeFirsts lets an order be the first of what a coupon covers of it, where it is limited
// to first orders, and no other has that: by a payment, or for a discount coupon without
// (C3). The tallies of before count others of the same payment.
func (b *book) takeFirsts(c *coupon.Coupon, o *order.Order, by order.PaymentID, before map[string]bool) error {
	names := c.FirstOrders(*o)
	if err := b.need(KindTally, names...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n); t.HeldFor == "" && t.NotFirst(o.ID).Why == "" && !before[n] {
			put(b, tallies, t.Hold(o.ID, by))
		}
	}
	return nil
}

// payFirsts lets the orders of a payment be first ones whose coupons ask for that. In the
// sequence of the payment the first has it (C3).
func (b *book) payFirsts(q *Quote, by order.PaymentID) error {
	before := make(map[string]bool)
	for i := range q.Orders {
		o := &q.Orders[i]
		for _, part := range q.Items[i].Parts {
			c, _ := get(b, coupons, string(part.Coupon))
			if err := b.takeFirsts(&c, o, by, before); err != nil {
				return err
			}
		}
		for _, n := range firstOrders(o) {
			before[n] = true
		}
	}
	return nil
}

// freeFirsts lets others be the first in place of an order, as far as the payment made it
// that; with "", whatever did (C3).
func (b *book) freeFirsts(o *order.Order, by order.PaymentID) error {
	names := firstOrders(o)
	if err := b.need(KindTally, names...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n); t.HeldFor == o.ID && (by == "" || t.HeldBy == by) {
			put(b, tallies, t.Release())
		}
	}
	return nil
}

// vacateFirsts voids the orders past their deadline that are the first of what is wanted for
// others (O12).
func (b *book) vacateFirsts(wanted func(*coupon.Coupon) bool, but []order.ID) error {
	if !slices.ContainsFunc(b.now.Coupons, func(c coupon.Coupon) bool { return c.Limits.FirstOrder && wanted(&c) }) {
		return nil
	}
	for _, t := range slices.Clone(b.now.Tallies) {
		if t.HeldFor == "" || slices.Contains(but, t.HeldFor) {
			continue
		}
		if err := b.needOrders(t.HeldFor); err != nil {
			return err
		}
		if o, ok := get(b, orders, string(t.HeldFor)); ok && b.past(&o) {
			if err := b.void(o); err != nil {
				return err
			}
		}
	}
	return nil
}
