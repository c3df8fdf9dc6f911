package payment

import (
	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// bought is what a period was paid with: first the cash part, then coupons.
type bought struct {
	payment  order.PaymentID
	bought   renewal.Bought
	coupons  []CouponPart
	resource order.ResourceID
}

// period finds what paid for a period of a resource; nil where it charged nothing.
func (b *book) period(id order.ResourceID, h renewal.Held) (*bought, order.Order, error) {
	if err := b.needOrders(h.Order); err != nil {
		return nil, order.Order{}, err
	}
	o, ok := get(b, orders, string(h.Order))
	if !ok {
		return nil, o, field("order", string(h.Order), "paid for the resource, and is not in the store: give it back by hand")
	}
	if o.Payment == "" {
		return nil, o, nil // it charged nothing
	}
	if err := b.need(KindPayment, string(o.Payment)); err != nil {
		return nil, o, err
	}
	p, ok := get(b, payments, string(o.Payment))
	it := p.item(o.ID)
	if !ok || it == nil {
		return nil, o, field("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	if err := b.need(KindCoupon, couponIDs(it.Parts)...); err != nil {
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
		return nil, o, field("resource", string(id), "is not what order "+string(o.ID)+" provided")
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
		c, _ := get(b, coupons, string(part.Coupon))
		// What is of a single use comes back whole, or not at all, as a cash coupon does.
		x.bought.Parts = append(x.bought.Parts, renewal.Part{Name: string(part.Coupon), Amount: share(part.Amount, it.lines(k)), Returned: back(part.Coupon),
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

func couponIDs(parts []CouponPart) []string {
	ids := make([]string, len(parts))
	for i := range parts {
		ids[i] = string(parts[i].Coupon)
	}
	return ids
}
