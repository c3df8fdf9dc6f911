package payment

import (
	"errors"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// settle ends a payment whose money is there: orders paid, or refunding where a cause came
// meanwhile (O9), coupons used (C10), resources of renewal orders extended, or the bill
// paid; with its receipt and its notice.
func (b *book) settle(p Payment, trade string) (Payment, error) {
	p.State, p.Trade, p.Paid = PaymentSucceeded, trade, b.at
	p.Changed, p.Waits, p.Action, p.Reason = later(p.Changed, b.at), time.Time{}, "", ""
	if p.Bill != "" {
		return p, b.settleBill(p)
	}
	for _, part := range p.Quote.couponParts() {
		c, _ := get(b, coupons, string(part.Coupon))
		used, err := c.Use(string(p.ID), part.Amount, b.at)
		if err != nil {
			return p, err
		}
		b.putCoupon(used)
	}
	for i := range p.Quote.Items {
		id := p.Quote.Items[i].Order
		o, _ := get(b, orders, string(id))
		if o.State == order.StatePaying {
			if err := b.bar(&o); err != nil {
				return p, err
			}
			o, _ = get(b, orders, string(id)) // with the cause
			if err := b.settleOrder(&o, &p); err != nil {
				return p, err
			}
		}
	}
	n := Notice{Kind: NoticePaid, Payment: p.ID, Amount: p.Quote.Sum.Payable}
	for i := range p.Quote.Items {
		n.Orders = append(n.Orders, p.Quote.Items[i].Order)
	}
	if !p.automatic() {
		b.tell(n)
	}
	for _, id := range n.Orders {
		if o, _ := get(b, orders, string(id)); o.State == order.StateRefunding {
			if err := b.giveBackAll(&p, id); err != nil {
				return p, err
			}
		}
	}
	put(b, payments, p)
	return p, nil
}

// automatic reports whether the payment is one of the Desk's own, for an automatic renewal
// (R5), of which the customer hears as such.
func (p *Payment) automatic() bool { return p.Request.By == desk }

// settleOrder settles an order that is being paid, with its purchase.
func (b *book) settleOrder(o *order.Order, p *Payment) error {
	m := order.Move{Event: order.EventSettle, By: p.Request.By, Payment: p.ID}
	group := b.members(*o)
	for i := range group {
		it := p.item(group[i].ID)
		if it == nil {
			return field("order", string(group[i].ID), "is held by a payment that does not name it")
		}
		m.Parts = append(m.Parts, order.OrderParts{Order: it.Order, Parts: it.Paid()})
	}
	if err := b.extend(group); err != nil {
		return err
	}
	return b.move(o.ID, m)
}

// bar notes a cause where a resource that an order renews can no longer be renewed: what
// was paid for it comes back (O9).
func (b *book) bar(o *order.Order) error {
	for _, x := range b.members(*o) {
		for i := range x.Lines {
			r, ok := get(b, resources, string(x.Lines[i].Resource))
			if !ok || r.Order != x.ID || r.Asked == (renewal.Asked{}) || x.Reason != "" {
				continue
			}
			if _, err := r.Settle(b.at, b.policy.Renewal); err != nil {
				if err := b.moveAlone(&x, order.Move{Event: order.EventCancel, By: desk, Reason: order.ReasonAdjustmentFailed}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// extend renews the resources that paid orders ask to renew; those with a cause are let
// go with their order.
func (b *book) extend(group []order.Order) error {
	for i := range group {
		o := &group[i]
		if o.Reason != "" {
			continue
		}
		for k := range o.Lines {
			r, ok := get(b, resources, string(o.Lines[k].Resource))
			if !ok || r.Order != o.ID || r.Asked == (renewal.Asked{}) {
				continue
			}
			after, err := r.Settle(b.at, b.policy.Renewal)
			if err != nil {
				return err
			}
			b.putResource(after)
			if r.Asked.Automatic {
				b.tell(Notice{Kind: NoticeRenewed, Resource: r.ID, Orders: []order.ID{o.ID}, Amount: o.Payable(), Until: after.Expiry})
			}
		}
	}
	return nil
}

// release ends a payment whose money will not come: the orders can be paid again, or are
// voided or canceled (O2), the coupons are free, the bill is tried again.
func (b *book) release(p Payment, state PaymentState, why string) (Payment, error) {
	p.State, p.Reason = state, why
	p.Changed, p.Waits, p.Action = later(p.Changed, b.at), time.Time{}, ""
	if p.Bill != "" {
		return p, b.declineBill(p)
	}
	var freed []order.Order
	for i := range p.Quote.Items {
		o, _ := get(b, orders, string(p.Quote.Items[i].Order))
		if o.State == order.StatePaying {
			if err := b.move(o.ID, order.Move{Event: order.EventRelease, By: desk, Payment: p.ID}); err != nil {
				return p, err
			}
		}
		freed = append(freed, o)
	}
	b.count(freed, -1)
	for _, part := range p.Quote.couponParts() {
		c, _ := get(b, coupons, string(part.Coupon))
		released, err := c.Release(string(p.ID), b.at)
		if err != nil {
			return p, err
		}
		b.putCoupon(released)
	}
	n := Notice{Kind: NoticeFailed, Payment: p.ID, Amount: p.Amount, Text: why}
	var voided []order.ID
	for i := range p.Quote.Items {
		id := p.Quote.Items[i].Order
		n.Orders = append(n.Orders, id)
		if o, _ := get(b, orders, string(id)); o.State == order.StateVoided {
			voided = append(voided, id)
		}
	}
	for i := range freed {
		if err := b.freeFirsts(&freed[i], p.ID); err != nil {
			return p, err
		}
	}
	b.tell(n)
	b.tellEnded(&p)
	if voided != nil {
		b.tell(Notice{Kind: NoticeVoided, Orders: voided})
	}
	put(b, payments, p)
	return p, nil
}

// tellEnded tells of the coupons that a payment held for orders which a cause ends, where
// they have ended meanwhile (C14).
func (b *book) tellEnded(p *Payment) {
	for i := range p.Quote.Items {
		it := &p.Quote.Items[i]
		o, _ := get(b, orders, string(it.Order))
		for _, part := range it.Parts {
			if c, _ := get(b, coupons, string(part.Coupon)); endedByCause(&o) && c.Validity().Ended(b.at) {
				b.tell(Notice{Kind: NoticeCouponEnded, Payment: p.ID, Orders: []order.ID{o.ID}, Text: string(c.ID)})
			}
		}
	}
}

// needPayment loads what a payment holds, and everything that ends with it.
func (b *book) needPayment(id order.PaymentID) (Payment, error) {
	if err := b.need(KindPayment, string(id)); err != nil {
		return Payment{}, err
	}
	p, ok := get(b, payments, string(id))
	if !ok {
		return Payment{}, refusef(ReasonNoOrder, "payment %s: there is none of this customer", id)
	}
	if p.Bill != "" {
		cur := p.Amount.Currency()
		return p, errors.Join(b.need(KindBill, billID(p.Bill, cur)), b.need(KindAccount, string(FundMonthly)))
	}
	var ids []order.ID
	var held, counted []string
	for i := range p.Quote.Items {
		ids = append(ids, p.Quote.Items[i].Order)
	}
	for _, part := range p.Quote.couponParts() {
		held = append(held, string(part.Coupon))
	}
	if err := errors.Join(b.needOrders(ids...), b.need(KindCoupon, held...)); err != nil {
		return p, err
	}
	for i := range b.now.Orders {
		counted = append(counted, firstOrders(&b.now.Orders[i])...)
	}
	return p, b.need(KindTally, counted...)
}
