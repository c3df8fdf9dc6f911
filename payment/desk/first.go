package desk

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// tally returns a part of a tally of the customer that has been read; a new one if there is none.
func (b *tx) tally(name string, part int) coupon.Tally {
	t, _ := ledger.Get(b.Tx, ledger.Tallies, ledger.TallyID(name, part))
	t.Customer, t.Name, t.Part = b.Customer, name, part
	return t
}

// counted says how many of orders each tally counts, in the order in which they come.
type counted struct {
	names []string
	n     []int
}

func (c *counted) add(o *order.Order) {
	for _, name := range coupon.FirstOrderTallies(*o) {
		i := slices.Index(c.names, name)
		if i < 0 {
			i = len(c.names)
			c.names, c.n = append(c.names, name), append(c.n, 0)
		}
		c.n[i]++
	}
}

// in are the parts of tallies in which orders of a payment are counted, and those that say for which
// order they are held.
func (c *counted) in(p order.PaymentID) (ids []string) {
	for _, name := range c.names {
		ids = append(ids, name, ledger.TallyID(name, ledger.TallyPart(p)))
	}
	return ids
}

// count counts orders of a payment in the tallies of their services, up or down (C11). What an earlier
// schema has counted stands in part 0.
func (b *tx) count(list []order.Order, p order.PaymentID, by int) error {
	var c counted
	for i := range list {
		c.add(&list[i])
	}
	if err := b.Need(ledger.KindTally, c.in(p)...); err != nil {
		return err
	}
	for i, name := range c.names {
		t := b.tally(name, ledger.TallyPart(p))
		left := t.N + by*c.n[i]
		if left < 0 {
			before := b.tally(name, 0)
			before.N = max(0, before.N+left)
			ledger.Put(b.Tx, ledger.Tallies, before)
		}
		if left = max(0, left); left != t.N {
			t.N = left
			ledger.Put(b.Tx, ledger.Tallies, t)
		}
	}
	return nil
}

// takeFirsts makes an order the first one of the services that a coupon covers, if the coupon
// is limited to first orders and no other order is the first (C3). by is the payment, or empty
// for a discount coupon; before names tallies that an earlier order of the same payment has.
func (b *tx) takeFirsts(c *coupon.Coupon, o *order.Order, by order.PaymentID, before map[string]bool) error {
	names := c.FirstOrders(*o)
	if err := b.Need(ledger.KindTally, ledger.TallyIDs(names...)...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n, 0); t.HeldFor == "" && coupon.NotFirst(o, n, b.Now.Tallies).Reason == "" && !before[n] {
			ledger.Put(b.Tx, ledger.Tallies, t.Hold(o.ID, by))
		}
	}
	return nil
}

// payFirsts makes orders of a payment first ones if their coupons ask for that; among its
// orders the earlier one wins (C3).
func (b *tx) payFirsts(q *payment.Quote, by order.PaymentID) error {
	if !slices.ContainsFunc(b.Now.Coupons, func(c coupon.Coupon) bool { return c.Limits.FirstOrder }) {
		return nil
	}
	before := make(map[string]bool)
	for i := range q.Orders {
		o := &q.Orders[i]
		for _, part := range q.Items[i].Parts {
			c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
			if err := b.takeFirsts(&c, o, by, before); err != nil {
				return err
			}
		}
		for _, n := range coupon.FirstOrderTallies(*o) {
			before[n] = true
		}
	}
	return nil
}

// freeFirsts lets other orders be the first in place of this one, if the payment made it the
// first; with an empty payment, in any case (C3).
func (b *tx) freeFirsts(o *order.Order, by order.PaymentID) error {
	names := coupon.FirstOrderTallies(*o)
	if err := b.Need(ledger.KindTally, names...); err != nil {
		return err
	}
	for _, n := range names {
		if t := b.tally(n, 0); t.HeldFor == o.ID && (by == "" || t.HeldBy == by) {
			ledger.Put(b.Tx, ledger.Tallies, t.Release())
		}
	}
	return nil
}
