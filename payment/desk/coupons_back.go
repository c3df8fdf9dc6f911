package desk

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// returnCoupons gives coupons back what they paid of an order, for the order that gives it
// back, which is the order itself if it was not provided.
func (b *tx) returnCoupons(p *payment.Payment, parts []payment.CouponPart, by order.ID) error {
	o, _ := ledger.Get(b.Tx, ledger.Orders, string(by))
	failed := o.Flow() != order.FlowBack
	for _, part := range parts {
		if err := b.Need(ledger.KindCoupon, string(part.Coupon)); err != nil {
			return err
		}
		c, ok := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		if !ok {
			continue
		}
		if failed && b.lost(&c) {
			b.tellCouponEnded(c.ID, by, p.ID, part.Amount)
		}
		if err := b.returnCoupon(p, c, part.Amount, by, failed); err != nil {
			return err
		}
	}
	return nil
}

// lost reports whether nothing that a coupon paid comes back as a new one any more.
func (b *tx) lost(c *coupon.Coupon) bool {
	return c.Validity().Ended(b.At) || c.State == coupon.StateExpired || c.State == coupon.StateReclaimed
}

// returnCoupon gives a coupon back a part. One that is not reusable comes back whole, once
// all that it paid has come back (Q5); until then what it paid of an order that was not
// provided comes back as a new coupon, and so does the rest after that (C14).
func (b *tx) returnCoupon(p *payment.Payment, c coupon.Coupon, part order.Money, by order.ID, failed bool) error {
	paid := p.PaidBy(c.ID)
	whole := paid == p.ReturnedTo(c.ID)
	switch passed := c.PassedOn.Sign() > 0; {
	case c.Reusable:
		return b.giveToCoupon(c, part, whole)
	case whole && !passed:
		return b.giveToCoupon(c, paid, true)
	case b.lost(&c):
		return nil
	case whole:
		return b.passOn(c, order.Minor(paid.Minor()-c.PassedOn.Minor(), paid.Currency()), by)
	case failed:
		return b.passOn(c, part, by)
	}
	return nil
}

// giveToCoupon writes a coupon with an amount that it paid, and its use where that is undone.
func (b *tx) giveToCoupon(c coupon.Coupon, amount order.Money, undone bool) error {
	after, err := c.Return(amount, undone, b.At)
	if err == nil && after.Balance != c.Balance {
		b.PutCoupon(after)
	}
	return err
}

// passOn gives back what a coupon of a single use paid, as a new one (C14).
func (b *tx) passOn(c coupon.Coupon, part order.Money, by order.ID) error {
	id := order.Derive("coupon part", string(b.Customer), string(c.ID), string(by))
	if err := b.Need(ledger.KindCoupon, id); err != nil {
		return err
	}
	if _, there := ledger.Get(b.Tx, ledger.Coupons, id); there {
		return misset("coupon", id, "has come back of coupon "+string(c.ID)+" already")
	}
	after, fresh, err := c.PassOn(coupon.ID(id), part, b.At)
	if err != nil {
		return err
	}
	b.PutCoupon(after)
	b.PutCoupon(ledger.CloneCoupon(fresh))
	return nil
}

// tellCouponEnded tells that what an order used or held of a coupon does not come back (C14):
// a part of a payment, or the use of a discount coupon.
func (b *tx) tellCouponEnded(c coupon.ID, o order.ID, p order.PaymentID, part order.Money) {
	b.Tell(ledger.Notice{Kind: ledger.NoticeCouponEnded, Payment: p, Orders: []order.ID{o}, Amount: part, Text: string(c)})
}

// returnUse gives a discount coupon back the use of an order that is not provided (C14).
func (b *tx) returnUse(o *order.Order) error {
	if o.Reduction.Kind != string(discount.KindCoupon) {
		return nil
	}
	if err := b.Need(ledger.KindCoupon, o.Reduction.ID); err != nil {
		return err
	}
	c, ok := ledger.Get(b.Tx, ledger.Coupons, o.Reduction.ID)
	if !ok || c.Used == 0 || c.Kind != coupon.KindDiscount {
		return nil
	}
	after, err := c.Return(order.Money{}, true, b.At)
	if err != nil {
		return err
	}
	if after.Used == c.Used {
		b.tellCouponEnded(c.ID, o.ID, "", order.Money{})
		return nil
	}
	b.PutCoupon(after)
	return nil
}

// followCoupon: the discount coupon of an order that is paid is used, of one that is not,
// or that a cause ended while it was being paid (C14), it is released.
func (b *tx) followCoupon(o *order.Order) error {
	c, ok := ledger.Get(b.Tx, ledger.Coupons, o.Reduction.ID)
	if !ok || !slices.Contains(c.HeldFor, o.ID) {
		return nil // the discount is frozen in the order (D8)
	}
	var err error
	if o.State == order.StateCanceled || o.State == order.StateVoided || o.State == order.StateRefunding {
		c, err = c.Release(string(o.ID), b.At)
	} else {
		c, err = c.Use(string(o.ID), order.Money{}, b.At)
	}
	if err != nil {
		return err
	}
	if c.Validity().Ended(b.At) && endedByCause(o) { // also where others hold it still
		b.tellCouponEnded(c.ID, o.ID, "", order.Money{})
	}
	b.PutCoupon(c)
	return nil
}

// endedByCause reports whether an order ends for a cause that is not the customer's (O9).
func endedByCause(o *order.Order) bool { return o.Reason != "" && o.Reason != order.ReasonCustomer }
