package payment

import (
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// needOrders loads orders, and what moves with them: their purchases, the resources they
// name, the discount coupons that reduce them.
func (b *book) needOrders(ids ...order.ID) error {
	if err := b.need(KindOrder, texts(ids)...); err != nil {
		return err
	}
	var things []string
	for i := range b.now.Orders {
		for k := range b.now.Orders[i].Lines {
			things = append(things, string(b.now.Orders[i].Lines[k].Resource))
		}
	}
	if err := b.need(KindResource, things...); err != nil {
		return err
	}
	var held []string
	for i := range b.now.Orders {
		if r := &b.now.Orders[i].Reduction; r.Kind == kindDiscountCoupon {
			held = append(held, r.ID)
		}
	}
	return b.need(KindCoupon, held...)
}

// members returns an order with the others of its purchase, itself alone without one.
func (b *book) members(o order.Order) []order.Order {
	if o.Purchase == "" {
		return []order.Order{o}
	}
	var all []order.Order
	for _, x := range b.now.Orders {
		if x.Purchase == o.Purchase {
			all = append(all, x)
		}
	}
	return all
}

// move moves an order, or with it its whole purchase where the event moves that (O6). What
// belongs to the orders moves along.
func (b *book) move(id order.ID, m order.Move) error {
	o, ok := get(b, orders, string(id))
	if !ok {
		return noOrder(id)
	}
	m.At = later(o.Changed, b.at)
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
		m.At = later(x.Changed, m.At)
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
func (b *book) moveAlone(o *order.Order, m order.Move) error {
	if o.Purchase != "" {
		m.Order = o.ID
	}
	return b.move(o.ID, m)
}

// follow writes an order that has moved, and moves what belongs to it: the resources that
// it names (O12, R11) and the discount coupon that reduces it (C2, C10).
func (b *book) follow(before, after order.Order) error {
	after.Waits = b.orderWaits(&after)
	put(b, orders, after)
	for i := range after.Lines {
		if err := b.followResource(&after, after.Lines[i].Resource); err != nil {
			return err
		}
	}
	if before.State.Open() && !after.State.Open() && after.Reduction.Kind == kindDiscountCoupon {
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

func (b *book) followResource(o *order.Order, id order.ResourceID) error {
	r, ok := get(b, resources, string(id))
	if !ok || r.Order != o.ID {
		return nil
	}
	was := r
	var err error
	switch {
	case o.State.Open():
		r, err = r.Take(o.ID, o.State == order.StatePaying, b.at, b.policy.Renewal)
	default:
		r, err = r.Drop(o.ID, b.at, b.policy.Renewal)
	}
	if err != nil {
		return err
	}
	if r.Order != was.Order || r.Paying != was.Paying {
		b.putResource(r)
	}
	return nil
}

// followCoupon: the discount coupon of an order that is paid is used, of one that is not,
// or that a cause ended while it was being paid (C14), it is released.
func (b *book) followCoupon(o *order.Order) error {
	c, ok := get(b, coupons, o.Reduction.ID)
	if !ok || !slices.Contains(c.HeldFor, o.ID) {
		return nil // frozen in the order, whatever has become of the coupon (D8)
	}
	var err error
	if o.State == order.StateCanceled || o.State == order.StateVoided || o.State == order.StateRefunding {
		c, err = c.Release(string(o.ID), b.at)
	} else {
		c, err = c.Use(string(o.ID), order.Money{}, b.at)
	}
	if err != nil {
		return err
	}
	if c.Validity().Ended(b.at) && endedByCause(o) { // also where others hold it still
		b.tell(Notice{Kind: NoticeCouponEnded, Orders: []order.ID{o.ID}, Text: string(c.ID)})
	}
	b.putCoupon(c)
	return nil
}

// endedByCause reports whether an order ends for a cause that is not the customer's (O9).
func endedByCause(o *order.Order) bool { return o.Reason != "" && o.Reason != order.ReasonCustomer }

// orderWaits is when the clock moves an order next: it reminds the customer of the
// deadline, and then voids what is not paid (P17, O8).
func (b *book) orderWaits(o *order.Order) time.Time {
	if !o.State.Open() || o.State == order.StatePaying || o.Deadline.IsZero() {
		return time.Time{}
	}
	if remind := o.Deadline.Add(-b.policy.remind()); remind.After(o.Placed) && !o.Told.Equal(o.Deadline) && !b.at.After(o.Deadline) {
		return later(remind, b.at).UTC()
	}
	return o.Deadline.Add(time.Second).UTC()
}

// reminds reports whether an order is reminded of now, for the first time.
func (b *book) reminds(o *order.Order) bool {
	remind := o.Deadline.Add(-b.policy.remind())
	return remind.After(o.Placed) && !o.Told.Equal(o.Deadline) && !remind.After(b.at)
}

// void voids an order past its deadline, with its purchase (O8, O12).
func (b *book) void(o order.Order) error {
	if err := b.move(o.ID, order.Move{Event: order.EventExpire, By: desk}); err != nil {
		return err
	}
	n := Notice{Kind: NoticeVoided, Until: o.Deadline}
	for _, x := range b.members(o) {
		n.Orders = append(n.Orders, x.ID)
	}
	b.tell(n)
	return nil
}

// vacate voids the orders past their deadline that hold discount coupons which are wanted
// for others (O12).
func (b *book) vacate(wanted func(*coupon.Coupon) bool, but []order.ID) error {
	for _, c := range slices.Clone(b.now.Coupons) {
		if !wanted(&c) {
			continue
		}
		for _, id := range c.HeldFor {
			if slices.Contains(but, id) {
				continue
			}
			if err := b.needOrders(id); err != nil {
				return err
			}
			o, ok := get(b, orders, string(id))
			if ok && b.past(&o) {
				if err := b.void(o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// past reports whether an order counts as voided, and is not being paid.
func (b *book) past(o *order.Order) bool {
	return o.State.Open() && o.State != order.StatePaying && !o.Deadline.IsZero() && b.at.Unix() > o.Deadline.Unix()
}

func noOrder(ids ...order.ID) *Refusal {
	return &Refusal{Reason: ReasonNoOrder, Orders: ids, Text: list(ids) + ": look for the ID in the customer's own list"}
}
