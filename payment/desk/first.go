package desk

import (
	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// tally returns a tally of the customer, new where there is none. It has been read.
func (b *tx) tally(name string) coupon.Tally {
	t, _ := ledger.Get(b.Tx, ledger.Tallies, name)
	t.Customer, t.Name = b.Customer, name
	return t
}

// count counts orders in the tallies of their services, up or down (C11).
func (b *tx) count(list []order.Order, by int) {
	for i := range list {
		for _, n := range payment.FirstOrders(&list[i]) {
			t := b.tally(n)
			t.N = max(0, t.N+by)
			ledger.Put(b.Tx, ledger.Tallies, t)
		}
	}
}

// takeFirsts lets an order be the first of what a coupon covers of it, where it is limited
// to first orders, and no other has that: by a payment, or for a discount coupon without
// (C3). The tallies of before count others of the same payment.
func (b *tx) takeFirsts(c *coupon.Coupon, o *order.Order, by order.PaymentID, before map[string]bool) error {
	names := c.FirstOrders(*o)
	if err := b.Need(ledger.KindTally, names...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n); t.HeldFor == "" && t.NotFirst(o.ID).Why == "" && !before[n] {
			ledger.Put(b.Tx, ledger.Tallies, t.Hold(o.ID, by))
		}
	}
	return nil
}

// payFirsts lets the orders of a payment be first ones whose coupons ask for that. In the
// sequence of the payment the first has it (C3).
func (b *tx) payFirsts(q *payment.Quote, by order.PaymentID) error {
	before := make(map[string]bool)
	for i := range q.Orders {
		o := &q.Orders[i]
		for _, part := range q.Items[i].Parts {
			c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
			if err := b.takeFirsts(&c, o, by, before); err != nil {
				return err
			}
		}
		for _, n := range payment.FirstOrders(o) {
			before[n] = true
		}
	}
	return nil
}

// freeFirsts lets others be the first in place of an order, as far as the payment made it
// that; with "", whatever did (C3).
func (b *tx) freeFirsts(o *order.Order, by order.PaymentID) error {
	names := payment.FirstOrders(o)
	if err := b.Need(ledger.KindTally, names...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n); t.HeldFor == o.ID && (by == "" || t.HeldBy == by) {
			ledger.Put(b.Tx, ledger.Tallies, t.Release())
		}
	}
	return nil
}
