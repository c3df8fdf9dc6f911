package desk

import (
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// members returns the orders of an order's purchase; the order alone if it has none.
func (b *tx) members(o order.Order) []order.Order {
	if o.Purchase == "" {
		return []order.Order{o}
	}
	var all []order.Order
	for _, x := range b.Now.Orders {
		if x.Purchase == o.Purchase {
			all = append(all, x)
		}
	}
	return all
}

// move moves an order, or with it its whole purchase where the event moves that (O6). What
// belongs to the orders moves along.
func (b *tx) move(id order.ID, m order.Move) error {
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(id))
	if !ok {
		return noOrder(id)
	}
	m.At = ledger.Later(o.Changed, b.At)
	if o.Purchase == "" {
		after, err := o.Apply(m)
		if err != nil {
			return err
		}
		return b.follow(o, after)
	}
	before := b.members(o)
	p := order.Purchase{ID: o.Purchase, Orders: before}
	for _, x := range before {
		m.At = ledger.Later(x.Changed, m.At)
	}
	after, err := p.Apply(m)
	if err != nil {
		return err
	}
	for i := range after.Orders {
		if after.Orders[i].State != before[i].State || after.Orders[i].Reason != before[i].Reason {
			if err := b.follow(before[i], after.Orders[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveAlone moves an order, and not the others of its purchase.
func (b *tx) moveAlone(o *order.Order, m order.Move) error {
	if o.Purchase != "" {
		m.Order = o.ID
	}
	return b.move(o.ID, m)
}

// follow writes an order that has moved, and moves what belongs to it: the resources that
// it names (O12, R11) and the discount coupon that reduces it (C2, C10).
func (b *tx) follow(before, after order.Order) error {
	after.DueAt = b.orderWaits(&after)
	ledger.Put(b.Tx, ledger.Orders, after)
	for i := range after.Lines {
		if err := b.followResource(&after, after.Lines[i].Resource); err != nil {
			return err
		}
	}
	if before.State.Open() && !after.State.Open() && after.Reduction.Kind == string(discount.KindCoupon) {
		if after.State == order.StateCanceled || after.State == order.StateVoided {
			if err := b.freeFirsts(&after, ""); err != nil {
				return err
			}
		}
		return b.followCoupon(&after)
	}
	if before.State == order.StatePaid && after.State == order.StateRefunding {
		return b.returnUse(&after)
	}
	return nil
}

func (b *tx) followResource(o *order.Order, id order.ResourceID) error {
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
	if !ok || r.Order != o.ID {
		return nil
	}
	was := r
	var err error
	switch {
	case o.State.Open():
		r, err = r.Claim(o.ID, o.State == order.StatePaying, b.At, b.Policy.Renewal)
	default:
		r, err = r.Unclaim(o.ID, b.At, b.Policy.Renewal)
	}
	if err != nil {
		return err
	}
	if r.Order != was.Order || r.Paying != was.Paying {
		b.putResource(r)
	}
	return nil
}

// orderWaits is when the clock moves an order next: first to remind the customer of the
// deadline, then to void the order (P17, O8).
func (b *tx) orderWaits(o *order.Order) time.Time {
	if !o.State.Open() || o.State == order.StatePaying || o.Deadline.IsZero() {
		return time.Time{}
	}
	if remind := o.Deadline.Add(-b.Policy.RemindBefore()); remind.After(o.Placed) && !o.RemindedFor.Equal(o.Deadline) && !b.At.After(o.Deadline) {
		return ledger.Later(remind, b.At).UTC()
	}
	return o.Deadline.Add(time.Second).UTC()
}

// reminds reports whether an order is reminded of now, for the first time.
func (b *tx) reminds(o *order.Order) bool {
	remind := o.Deadline.Add(-b.Policy.RemindBefore())
	return remind.After(o.Placed) && !o.RemindedFor.Equal(o.Deadline) && !remind.After(b.At)
}

// void voids an order past its deadline, with its purchase (O8, O12).
func (b *tx) void(o order.Order) error {
	if err := b.move(o.ID, order.Move{Event: order.EventExpire, By: payment.ByDesk}); err != nil {
		return err
	}
	n := ledger.Notice{Kind: ledger.NoticeVoided, Until: o.Deadline}
	for _, x := range b.members(o) {
		n.Orders = append(n.Orders, x.ID)
	}
	b.Tell(n)
	return nil
}

// vacate voids the orders past their deadline that hold discount coupons wanted for other
// orders (O12).
func (b *tx) vacate(wanted func(*coupon.Coupon) bool, but []order.ID) error {
	for _, c := range slices.Clone(b.Now.Coupons) {
		if !wanted(&c) {
			continue
		}
		for _, id := range c.HeldFor {
			if slices.Contains(but, id) {
				continue
			}
			if err := b.vacateOrder(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// vacateOrder voids an order past its deadline.
func (b *tx) vacateOrder(id order.ID) error {
	if err := b.Need(ledger.KindOrder, string(id)); err != nil {
		return err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(id))
	if !ok || !b.past(&o) {
		return nil
	}
	if err := b.needOrders(id); err != nil {
		return err
	}
	return b.void(o)
}

// past reports whether an order counts as voided, and is not being paid.
func (b *tx) past(o *order.Order) bool {
	return o.State.Open() && o.State != order.StatePaying && !o.Deadline.IsZero() && b.At.Unix() > o.Deadline.Unix()
}

func noOrder(ids ...order.ID) *payment.Refusal {
	return &payment.Refusal{Reason: payment.ReasonNoOrder, Orders: ids, Text: order.List(ids) + ": look for the ID in the customer's own list"}
}

// vacateFirsts voids the orders past their deadline that are first orders where another order
// wants to be (O12).
func (b *tx) vacateFirsts(wanted func(*coupon.Coupon) bool, but []order.ID) error {
	if !slices.ContainsFunc(b.Now.Coupons, func(c coupon.Coupon) bool { return c.Limits.FirstOrder && wanted(&c) }) {
		return nil
	}
	for _, t := range slices.Clone(b.Now.Tallies) {
		if t.HeldFor == "" || slices.Contains(but, t.HeldFor) {
			continue
		}
		if err := b.vacateOrder(t.HeldFor); err != nil {
			return err
		}
	}
	return nil
}
