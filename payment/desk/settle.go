package desk

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// settle does what follows from the money of a payment: orders are paid, or refunded if a
// cause came in the meantime (O9), coupons used (C10), resources renewed, or the bill paid, or the
// cash account has it (P20). The customer hears of it.
func (b *tx) settle(p payment.Payment) (payment.Payment, error) {
	if err := b.paidWith(&p); err != nil {
		return p, err
	}
	if p.Bill != "" {
		return p, b.settleBill(p)
	}
	renews, _ := b.renewedAutomatically(&p)
	if err := b.useCoupons(&p); err != nil {
		return p, err
	}
	for i := range p.Quote.Items {
		id := p.Quote.Items[i].Order
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(id))
		if o.State == order.StatePaying {
			if err := b.cancelUnrenewable(&o); err != nil {
				return p, err
			}
			o, _ = ledger.Get(b.Tx, ledger.Orders, string(id)) // with the cause
			if err := b.settleOrder(&o, &p); err != nil {
				return p, err
			}
		}
	}
	if p.Quote.TopUp.Sign() > 0 {
		if err := b.toCash(p.Quote.TopUp); err != nil {
			return p, err
		}
	}
	n := ledger.Notice{Kind: ledger.NoticePaid, Payment: p.ID, Amount: p.Quote.Sum.Payable}
	for i := range p.Quote.Items {
		n.Orders = append(n.Orders, p.Quote.Items[i].Order)
	}
	if err := b.completePaid(p.Quote.Items); err != nil {
		return p, err
	}
	b.tellSettled(&p, n, &renews)
	for _, id := range n.Orders {
		if o, _ := ledger.Get(b.Tx, ledger.Orders, string(id)); o.State == order.StateRefunding {
			if err := b.giveBackAll(&p, id); err != nil {
				return p, err
			}
		}
	}
	ledger.Put(b.Tx, ledger.Payments, p)
	return p, nil
}

// useCoupons uses the coupons that a payment holds, by what each pays (C10).
func (b *tx) useCoupons(p *payment.Payment) error {
	for _, part := range p.Quote.CouponParts() {
		c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		used, err := c.Use(string(p.ID), part.Amount, b.At)
		if err != nil {
			return err
		}
		b.PutCoupon(used)
	}
	return nil
}

// tellSettled tells of a payment that succeeded; of one that renews a resource by itself, whose renewal
// is told, only where what it paid for could no longer be renewed.
func (b *tx) tellSettled(p *payment.Payment, n ledger.Notice, renews *renewal.Resource) {
	if !p.Automatic() {
		b.Tell(n)
	} else if o, _ := ledger.Get(b.Tx, ledger.Orders, string(renews.Order)); o.State == order.StateRefunding {
		b.Tell(ledger.Notice{Kind: ledger.NoticeRenewalFailed, Resource: renews.ID, Payment: p.ID, Until: renews.Expiry, Text: "it was paid when it could no longer be renewed: the money goes back"})
	}
}

// completePaid completes the orders that are paid now and have nothing to be provided for.
func (b *tx) completePaid(items []payment.Item) error {
	for i := range items {
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(items[i].Order))
		if o.State != order.StatePaid || !b.Policy.Completes(o.Type) || !b.carriedOut(&o) {
			continue
		}
		if err := b.moveAlone(&o, order.Move{Event: order.EventComplete, By: payment.ByDesk}); err != nil {
			return err
		}
	}
	return nil
}

// carriedOut reports whether nothing is left to be done for a paid order: a change is made by the
// commit that pays it (Q8), unless the host has placed it to carry it out itself.
func (b *tx) carriedOut(o *order.Order) bool {
	if o.Type != order.TypeUpgrade && o.Type != order.TypeChange {
		return true
	}
	return !slices.ContainsFunc(o.Lines, func(l order.Line) bool {
		r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.Resource))
		return l.Own() && !slices.ContainsFunc(slices.Concat(r.Added, r.Periods), func(h renewal.PaidPeriod) bool { return h.Order == o.ID })
	})
}

// settleOrder settles an order that is being paid, with its purchase.
func (b *tx) settleOrder(o *order.Order, p *payment.Payment) error {
	m := order.Move{Event: order.EventSettle, By: p.Request.By, Payment: p.ID}
	group := b.members(*o)
	for i := range group {
		it := p.Item(group[i].ID)
		if it == nil {
			return misset("order", string(group[i].ID), "is held by a payment that does not name it")
		}
		m.Parts = append(m.Parts, order.OrderParts{Order: it.Order, Parts: it.Paid()})
	}
	if err := b.extend(group, p); err != nil {
		return err
	}
	return b.move(o.ID, m)
}

// cancelUnrenewable gives an order a cause if a resource that it renews can no longer be
// renewed: what was paid for it comes back (O9).
func (b *tx) cancelUnrenewable(o *order.Order) error {
	for _, x := range b.members(*o) {
		for _, r := range b.renewedBy(&x) {
			if _, err := r.ApplyRenewal(b.At, b.Policy.Renewal); err != nil {
				if err := b.moveAlone(&x, order.Move{Event: order.EventCancel, By: payment.ByDesk, Reason: order.ReasonAdjustmentFailed}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// extend renews the resources that paid orders renew, and changes those that they change.
func (b *tx) extend(group []order.Order, p *payment.Payment) error {
	for i := range group {
		o := &group[i]
		for _, r := range b.renewedBy(o) {
			after, err := r.ApplyRenewal(b.At, b.Policy.Renewal)
			if err != nil {
				return err
			}
			if r.Asked.Product != "" {
				if err := b.carry(&r, &after); err != nil {
					return err
				}
				shareLines(&after, o, p)
			}
			b.putResource(after)
			if after, err = b.current(after); err != nil {
				return err
			}
			if r.Asked.Automatic {
				b.Tell(ledger.Notice{Kind: ledger.NoticeRenewed, Resource: r.ID, Orders: []order.ID{o.ID}, Amount: o.Payable(), Until: after.Expiry})
			}
		}
	}
	return nil
}

// release does what follows if the money of a payment will not come: the orders can be paid
// again, or are voided or canceled (O2), the coupons are free, the bill is tried again.
func (b *tx) release(p payment.Payment) (payment.Payment, error) {
	if p.Bill != "" {
		return p, b.declineBill(p)
	}
	renews, _ := b.renewedAutomatically(&p)
	if p.Automatic() {
		if err := b.endAutomatic(&p); err != nil {
			return p, err
		}
	}
	var freed []order.Order
	for i := range p.Quote.Items {
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(p.Quote.Items[i].Order))
		if o.State == order.StatePaying {
			if err := b.move(o.ID, order.Move{Event: order.EventRelease, By: payment.ByDesk, Payment: p.ID}); err != nil {
				return p, err
			}
		}
		freed = append(freed, o)
	}
	if err := b.count(freed, p.ID, -1); err != nil {
		return p, err
	}
	for _, part := range p.Quote.CouponParts() {
		c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		released, err := c.Release(string(p.ID), b.At)
		if err != nil {
			return p, err
		}
		b.PutCoupon(released)
	}
	n := ledger.Notice{Kind: ledger.NoticeFailed, Payment: p.ID, Amount: p.Amount, Text: p.Reason}
	var voided []order.ID
	for i := range p.Quote.Items {
		id := p.Quote.Items[i].Order
		n.Orders = append(n.Orders, id)
		if o, _ := ledger.Get(b.Tx, ledger.Orders, string(id)); o.State == order.StateVoided {
			voided = append(voided, id)
		}
	}
	for i := range freed {
		if err := b.freeFirsts(&freed[i], p.ID); err != nil {
			return p, err
		}
	}
	if p.Automatic() {
		n.Kind, n.Resource, n.Until = ledger.NoticeRenewalFailed, renews.ID, renews.Expiry
	}
	b.Tell(n)
	b.tellEnded(&p)
	if voided != nil {
		b.Tell(ledger.Notice{Kind: ledger.NoticeVoided, Orders: voided})
	}
	ledger.Put(b.Tx, ledger.Payments, p)
	return p, nil
}

// tellEnded tells of coupons that a payment held for orders that a cause ends, if the coupons
// have ended by now (C14).
func (b *tx) tellEnded(p *payment.Payment) {
	for i := range p.Quote.Items {
		it := &p.Quote.Items[i]
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(it.Order))
		for _, part := range it.Parts {
			if c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon)); endedByCause(&o) && c.Validity().Ended(b.At) {
				b.tellCouponEnded(c.ID, o.ID, p.ID, part.Amount)
			}
		}
	}
}
