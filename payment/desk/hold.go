package desk

import (
	"slices"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// makeRoom needs what a request is judged on, and voids the orders past their deadline that
// hold what it wants (O12).
func (b *tx) makeRoom(r *payment.Request) error {
	if err := b.needRequest(r); err != nil {
		return err
	}
	if err := b.vacate(r.Wanted, r.Orders); err != nil {
		return err
	}
	return b.vacateFirsts(r.Needs, r.Orders)
}

// hold holds what a quote says, for the request it was made of: from here on the orders
// are being paid (O2), the coupons held (C10), the orders counted (C11). What needs no
// gateway is settled at once.
func (b *tx) hold(r payment.Request, q payment.Quote) (payment.Payment, error) {
	for _, o := range q.Orders {
		if err := b.reduce(o); err != nil {
			return payment.Payment{}, err
		}
	}
	if err := b.payFirsts(&q, q.Payment); err != nil {
		return payment.Payment{}, err
	}
	p := payment.Payment{ID: q.Payment, Customer: b.Customer, Request: r, HeldAt: b.At, Changed: b.At}
	for _, o := range q.Orders {
		if now, _ := ledger.Get(b.Tx, ledger.Orders, string(o.ID)); now.State == order.StatePaying {
			continue // with its purchase
		}
		if err := b.move(o.ID, order.Move{Event: order.EventHold, By: r.By, Payment: p.ID}); err != nil {
			return payment.Payment{}, err
		}
	}
	for _, part := range q.CouponParts() {
		c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		held, err := c.Hold(p.ID, b.At)
		if err != nil {
			return payment.Payment{}, err
		}
		b.PutCoupon(held)
	}
	if err := b.count(q.Orders, p.ID, 1); err != nil {
		return payment.Payment{}, err
	}
	q.Orders = nil // their records are kept
	p.Quote = q
	if q.Charged() {
		p.Gateway, p.Amount = q.Gateway, q.Sum.Cash
		p.Instrument, p.Absent = b.call.Charges(&r, q.Gateway), p.Automatic()
		p, _ = p.Apply(payment.PaymentMove{Event: payment.EventMake, At: b.At})
		return p, nil
	}
	if err := b.take(&p); err != nil {
		return payment.Payment{}, err
	}
	p, _ = p.Apply(payment.PaymentMove{Event: payment.EventMake, At: b.At, Here: true, Trade: string(p.ID)})
	return b.settle(p)
}

// reduce writes an order as it was quoted, with the discount that was chosen for it: the
// discount coupon that it had is released, and the new one is held (C2).
func (b *tx) reduce(o order.Order) error {
	was, _ := ledger.Get(b.Tx, ledger.Orders, string(o.ID))
	if o.Reduction == was.Reduction && o.Deadline.Equal(was.Deadline) && o.DeadlineOf == was.DeadlineOf {
		return nil
	}
	o.Version, o.DueAt = was.Version, b.orderWaits(&o)
	ledger.Put(b.Tx, ledger.Orders, o)
	if o.Reduction.Kind == was.Reduction.Kind && o.Reduction.ID == was.Reduction.ID {
		return nil
	}
	if was.Reduction.Kind == string(discount.KindCoupon) {
		if c, ok := ledger.Get(b.Tx, ledger.Coupons, was.Reduction.ID); ok && slices.Contains(c.HeldFor, o.ID) {
			released, err := c.Release(string(o.ID), b.At)
			if err != nil {
				return err
			}
			b.PutCoupon(released)
		}
		if err := b.freeFirsts(&o, ""); err != nil {
			return err
		}
	}
	if o.Reduction.Kind != string(discount.KindCoupon) {
		return nil
	}
	c, _ := ledger.Get(b.Tx, ledger.Coupons, o.Reduction.ID)
	held, err := c.HoldFor(o.ID, b.At)
	if err != nil {
		return err
	}
	b.PutCoupon(held)
	return b.takeFirsts(&held, &o, "", nil)
}

// take takes the cash part from the accounts (P4, P9), or puts it on the bill of the month
// (P6).
func (b *tx) take(p *payment.Payment) error {
	q := &p.Quote
	cur := q.Sum.Cash.Currency()
	for _, t := range q.Takes.Each() {
		if t.Amount.Sign() == 0 {
			continue
		}
		a, _ := ledger.Get(b.Tx, ledger.Accounts, t.Fund.AccountID(cur))
		left, err := a.Balance.Sub(t.Amount)
		if err != nil {
			return err
		}
		a.Balance = left
		ledger.Put(b.Tx, ledger.Accounts, a)
	}
	if q.Method != payment.MethodMonthly || q.Sum.Cash.Sign() == 0 {
		return nil
	}
	return b.onBill(q.Sum.Cash)
}
