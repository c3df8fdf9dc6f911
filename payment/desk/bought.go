package desk

import (
	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// bought is what a period was paid with: first the cash part, then coupons.
type bought struct {
	payment  order.PaymentID
	period   renewal.PaidPeriod
	bought   renewal.Bought
	coupons  []payment.CouponPart
	resource order.ResourceID
}

// period finds what paid for a period of a resource; nil where it charged nothing.
func (b *tx) period(id order.ResourceID, h renewal.PaidPeriod) (*bought, order.Order, error) {
	if err := b.needOrders(h.Order); err != nil {
		return nil, order.Order{}, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(h.Order))
	if !ok {
		return nil, o, misset("order", string(h.Order), "paid for the resource, and is not in the store: give it back by hand")
	}
	if o.Payment == "" {
		return nil, o, nil // it charged nothing
	}
	if err := b.Need(ledger.KindPayment, string(o.Payment)); err != nil {
		return nil, o, err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(o.Payment))
	it := p.Item(o.ID)
	if !ok || it == nil {
		return nil, o, misset("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	if err := b.Need(ledger.KindCoupon, couponIDs(it.Parts)...); err != nil {
		return nil, o, err
	}
	paid, err := p.Bought(&o, id, h, func(id coupon.ID) coupon.Coupon {
		c, _ := ledger.Get(b.Tx, ledger.Coupons, string(id))
		return c
	})
	if err != nil {
		return nil, o, err
	}
	return &bought{payment: p.ID, period: h, bought: paid, coupons: it.Parts, resource: id}, o, nil
}

func couponIDs(parts []payment.CouponPart) []string {
	ids := make([]string, len(parts))
	for i := range parts {
		ids[i] = string(parts[i].Coupon)
	}
	return ids
}

// back says what comes back of a period: the cash part, and the part of each coupon.
func (x *bought) back(f renewal.Refund) payment.PeriodRefund {
	y := payment.PeriodRefund{Resource: x.resource, Order: x.period.Order, Payment: x.payment, Period: x.bought.Period, Refund: f, Cash: f.Parts[0]}
	for i, part := range x.coupons {
		if amount := f.Parts[i+1]; amount.Sign() > 0 {
			y.Coupons = append(y.Coupons, payment.CouponPart{Coupon: part.Coupon, Kind: part.Kind, Amount: amount})
		}
	}
	return y
}
