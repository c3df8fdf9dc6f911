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
	bought   renewal.Bought
	coupons  []payment.CouponPart
	resource order.ResourceID
}

// period finds what paid for a period of a resource; nil where it charged nothing.
func (b *tx) period(id order.ResourceID, h renewal.Held) (*bought, order.Order, error) {
	if err := b.needOrders(h.Order); err != nil {
		return nil, order.Order{}, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(h.Order))
	if !ok {
		return nil, o, order.Invalid("order", string(h.Order), "paid for the resource, and is not in the store: give it back by hand")
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
		return nil, o, order.Invalid("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	if err := b.Need(ledger.KindCoupon, couponIDs(it.Parts)...); err != nil {
		return nil, o, err
	}
	mine := func(i int) bool { return o.Lines[i].Own() && o.Lines[i].Resource == id }
	left, there := make([]int64, len(o.Lines)), false
	for i := range o.Lines {
		if o.Lines[i].Own() {
			left[i] = o.Lines[i].Payable().Minor()
		}
		there = there || mine(i)
	}
	if !there {
		return nil, o, order.Invalid("resource", string(id), "is not what order "+string(o.ID)+" provided")
	}
	// share takes what paid a part of the order from what is left of its lines, and returns
	// what of it paid for the resource: as it is known of each line, or else in proportion.
	share := func(of order.Money, lines []order.Money) (sum order.Money) {
		if sum = order.Minor(0, of.Currency()); of.Sign() == 0 {
			return sum
		}
		if len(lines) != len(left) {
			lines = make([]order.Money, len(left))
			if err := of.SplitInto(lines, left); err != nil {
				return sum // left are amounts of the order, of which this is a part
			}
		}
		for i := range lines {
			left[i] -= lines[i].Minor()
			if mine(i) {
				sum = order.Minor(sum.Minor()+lines[i].Minor(), of.Currency())
			}
		}
		return sum
	}
	x := &bought{payment: p.ID, bought: renewal.Bought{Period: h.Period}, coupons: it.Parts, resource: id}
	back := func(coupon coupon.ID) (sum order.Money) {
		sum = order.Minor(0, it.Cash.Currency())
		for _, r := range p.Returns {
			if r.Order != o.ID || r.Resource != "" && r.Resource != id {
				continue
			}
			if coupon == "" {
				sum = order.Minor(sum.Minor()+r.Cash.Minor(), sum.Currency())
			}
			for _, c := range r.Coupons {
				if c.Coupon == coupon {
					sum = order.Minor(sum.Minor()+c.Amount.Minor(), sum.Currency())
				}
			}
		}
		return sum
	}
	x.bought.Parts = []renewal.Part{{Name: "cash", Returned: back("")}}
	for k, part := range it.Parts {
		c, _ := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		// What is of a single use comes back whole, or not at all, as a cash coupon does.
		x.bought.Parts = append(x.bought.Parts, renewal.Part{Name: string(part.Coupon), Amount: share(part.Amount, it.LinesOf(k)), Returned: back(part.Coupon),
			Coupon: part.Kind == coupon.KindCash || !c.Reusable, Ends: c.Validity().Until})
	}
	x.bought.Parts[0].Amount = share(it.Cash, nil) // what coupons leave
	if len(h.Keeps) == len(x.bought.Parts) {       // changed to something cheaper since
		for i := range x.bought.Parts {
			x.bought.Parts[i].Kept = h.Keeps[i]
		}
	}
	return x, o, nil
}

func couponIDs(parts []payment.CouponPart) []string {
	ids := make([]string, len(parts))
	for i := range parts {
		ids[i] = string(parts[i].Coupon)
	}
	return ids
}

// back is what comes back of a period, and to where it goes.
func (x *bought) back(h renewal.Held, f renewal.Refund) payment.PeriodRefund {
	y := payment.PeriodRefund{Resource: x.resource, Order: h.Order, Payment: x.payment, Period: x.bought.Period, Refund: f, Cash: f.Parts[0]}
	for i, part := range x.coupons {
		if amount := f.Parts[i+1]; amount.Sign() > 0 {
			y.Coupons = append(y.Coupons, payment.CouponPart{Coupon: part.Coupon, Kind: part.Kind, Amount: amount})
		}
	}
	return y
}
