package payment

import (
	"cmp"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// kindDiscountCoupon is what an order that a discount coupon reduces says (C1).
const kindDiscountCoupon = string(discount.KindCoupon)

// needRequest loads what a request is judged on.
func (b *book) needRequest(r *Request) error {
	if err := b.needOrders(r.Orders...); err != nil {
		return err
	}
	all := r.Choose
	for _, p := range r.Discounts {
		all = all || p.Best
	}
	if all {
		if err := b.needAll(KindCoupon); err != nil {
			return err
		}
	} else {
		wanted := texts(r.Coupons)
		for _, p := range r.Discounts {
			wanted = append(wanted, string(p.Discount)) // perhaps a discount coupon
		}
		if err := b.need(KindCoupon, wanted...); err != nil {
			return err
		}
	}
	var cur order.Currency
	var counted []string
	for i := range b.now.Orders {
		if o := &b.now.Orders[i]; slices.Contains(r.Orders, o.ID) {
			cur = o.Currency()
			counted = append(counted, firstOrders(o)...)
		}
	}
	if err := b.need(KindTally, counted...); err != nil {
		return err
	}
	if r.Method == MethodOnline || cur == 0 {
		return nil
	}
	if err := b.need(KindAccount, accountID(FundCash, cur), accountID(FundCredit, cur), accountID(FundBudget, cur), string(FundMonthly)); err != nil {
		return err
	}
	if r.Method == MethodMonthly {
		return b.need(KindBill, billID(b.policy.month(b.at), cur))
	}
	return nil
}

// wanted says which discount coupons a request may reduce orders by.
func (r *Request) wanted(c *coupon.Coupon) bool {
	return slices.ContainsFunc(r.Discounts, func(p Pick) bool { return p.Best || string(p.Discount) == string(c.ID) })
}

// needs says which coupons a request may use, to reduce orders or to pay.
func (r *Request) needs(c *coupon.Coupon) bool {
	return r.wanted(c) || r.Choose || slices.Contains(r.Coupons, c.ID)
}

// hold holds what a quote says, for the request it was made of: from here on the orders
// are being paid (O2), the coupons held (C10), the orders counted (C11). What needs no
// gateway is settled at once.
func (b *book) hold(r Request, q Quote) (Payment, error) {
	for _, o := range q.Orders {
		if err := b.reduce(o); err != nil {
			return Payment{}, err
		}
	}
	if err := b.payFirsts(&q, q.Payment); err != nil {
		return Payment{}, err
	}
	p := Payment{ID: q.Payment, Customer: b.customer, State: PaymentPending, Request: r, Held: b.at, Changed: b.at}
	for _, o := range q.Orders {
		if now, _ := get(b, orders, string(o.ID)); now.State == order.StatePaying {
			continue // with its purchase
		}
		if err := b.move(o.ID, order.Move{Event: order.EventHold, By: r.By, Payment: p.ID}); err != nil {
			return Payment{}, err
		}
	}
	for _, part := range q.couponParts() {
		c, _ := get(b, coupons, string(part.Coupon))
		held, err := c.Hold(p.ID, b.at)
		if err != nil {
			return Payment{}, err
		}
		b.putCoupon(held)
	}
	b.count(q.Orders, 1)
	q.Orders = nil // their records are kept
	p.Quote = q
	if q.Method == MethodOnline && q.Sum.Cash.Sign() > 0 {
		p.Gateway, p.Amount = q.Gateway, q.Sum.Cash
		return p, nil
	}
	if err := b.take(&p); err != nil {
		return Payment{}, err
	}
	return b.settle(p, string(p.ID))
}

// reduce writes an order as it was quoted, with the discount that was chosen for it: the
// discount coupon that it had is released, and the one it has now held (C2).
func (b *book) reduce(o order.Order) error {
	was, _ := get(b, orders, string(o.ID))
	if o.Reduction == was.Reduction && o.Deadline.Equal(was.Deadline) && o.DeadlineOf == was.DeadlineOf {
		return nil
	}
	o.Version, o.Waits = was.Version, b.orderWaits(&o)
	put(b, orders, o)
	if o.Reduction.Kind == was.Reduction.Kind && o.Reduction.ID == was.Reduction.ID {
		return nil
	}
	if was.Reduction.Kind == kindDiscountCoupon {
		if c, ok := get(b, coupons, was.Reduction.ID); ok && slices.Contains(c.HeldFor, o.ID) {
			released, err := c.Release(string(o.ID), b.at)
			if err != nil {
				return err
			}
			b.putCoupon(released)
		}
		if err := b.freeFirsts(&o, ""); err != nil {
			return err
		}
	}
	if o.Reduction.Kind != kindDiscountCoupon {
		return nil
	}
	c, _ := get(b, coupons, o.Reduction.ID)
	held, err := c.HoldFor(o.ID, b.at)
	if err != nil {
		return err
	}
	b.putCoupon(held)
	return b.takeFirsts(&held, &o, "", nil)
}

// couponParts returns what each coupon pays of all orders, by ID.
func (q *Quote) couponParts() []CouponPart {
	var sum []CouponPart
	for i := range q.Items {
		for _, part := range q.Items[i].Parts {
			k := slices.IndexFunc(sum, func(s CouponPart) bool { return s.Coupon == part.Coupon })
			if k < 0 {
				sum = append(sum, part)
				continue
			}
			sum[k].Amount = order.Minor(sum[k].Amount.Minor()+part.Amount.Minor(), part.Amount.Currency())
		}
	}
	slices.SortFunc(sum, func(a, b CouponPart) int { return cmp.Compare(a.Coupon, b.Coupon) })
	return sum
}

// take takes the cash part from the accounts (P4, P9), or puts it on the bill of the month
// (P6).
func (b *book) take(p *Payment) error {
	q := &p.Quote
	cur := q.Sum.Cash.Currency()
	for _, t := range q.Takes.each() {
		if t.amount.Sign() == 0 {
			continue
		}
		a, _ := get(b, accounts, accountID(t.fund, cur))
		left, err := a.Balance.Sub(t.amount)
		if err != nil {
			return err
		}
		a.Balance = left
		put(b, accounts, a)
	}
	if q.Method != MethodMonthly || q.Sum.Cash.Sign() == 0 {
		return nil
	}
	return b.onBill(q.Sum.Cash, Bill.Charge)
}

// taking is what one account gives or gets.
type taking struct {
	fund   Fund
	amount order.Money
}

func (t *Takes) each() [3]taking {
	return [3]taking{{FundCash, t.Cash}, {FundCredit, t.Credit}, {FundBudget, t.Budget}}
}

// onBill puts an amount on the open bill of the month, which is opened where there is none.
func (b *book) onBill(amount order.Money, enter billStep) error {
	bill, err := b.openBill(amount.Currency())
	if err != nil {
		return err
	}
	if bill, err = enter(bill, amount, b.at, *b.policy); err != nil {
		return err
	}
	return b.putBill(bill)
}

// openBill returns the bill of this month; it is open, or it is made here.
func (b *book) openBill(cur order.Currency) (Bill, error) {
	id := billID(b.policy.month(b.at), cur)
	if err := b.need(KindBill, id); err != nil {
		return Bill{}, err
	}
	if bill, ok := get(b, bills, id); ok {
		return bill, nil
	}
	return OpenBill(b.customer, cur, b.at, *b.policy)
}

// putBill writes a bill, with when the clock moves it next.
func (b *book) putBill(bill Bill) error {
	bill.Waits = bill.Try // zero once it is paid
	if bill.State == BillOpen {
		made, err := b.policy.MadeAt(bill.Month)
		if err != nil {
			return err
		}
		bill.Waits = made.UTC()
	}
	put(b, bills, bill)
	return nil
}
