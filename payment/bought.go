package payment

import (
	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Bought returns what the payment paid for a period of a resource that an order of it
// provided, as [renewal.Bought.Leave] asks for it: the cash part first, named "cash", then each
// coupon by its ID, with what of each has come back (Q3). What paid for the order is shared over
// its own lines as it is known of each line, else in proportion to what is left of them after
// the coupons before. A coupon of a single use comes back whole or not at all, as a cash coupon
// does. The error is an [*order.FieldError]: the payment did not pay the order, or the order did
// not provide the resource.
func (p *Payment) Bought(o *order.Order, resource order.ResourceID, h renewal.PaidPeriod, coupons func(coupon.ID) coupon.Coupon) (renewal.Bought, error) {
	it := p.Item(o.ID)
	if it == nil {
		return renewal.Bought{}, order.Invalid("payment", string(p.ID), "did not pay order "+string(o.ID))
	}
	left := newShares(o, func(i int) bool { return o.Lines[i].Resource == resource })
	if !left.provided {
		return renewal.Bought{}, order.Invalid("resource", string(resource), "is not what order "+string(o.ID)+" provided")
	}
	b := renewal.Bought{Period: h.Period, Parts: []renewal.Part{{Name: "cash", Returned: p.returnedFor(o.ID, resource, "", it.Cash.Currency())}}}
	for k, part := range it.Parts {
		c := coupons(part.Coupon)
		b.Parts = append(b.Parts, renewal.Part{Name: string(part.Coupon), Amount: left.take(part.Amount, it.LinesOf(k)),
			Returned: p.returnedFor(o.ID, resource, part.Coupon, it.Cash.Currency()),
			Coupon:   part.Kind == coupon.KindCash || !c.Reusable, Ends: c.Validity().Until})
	}
	b.Parts[0].Amount = left.take(it.Cash, nil) // what coupons leave
	if len(h.ResidualParts) == len(b.Parts) {   // changed to something cheaper since
		for i := range b.Parts {
			b.Parts[i].Kept = h.ResidualParts[i]
		}
	}
	return b, nil
}

// PartsOfLine returns what the payment paid for one line of an order: the cash part, then each
// coupon; nothing if it did not pay for the order.
func (p *Payment) PartsOfLine(o *order.Order, line int) []order.Money {
	it := p.Item(o.ID)
	if it == nil {
		return nil
	}
	left := newShares(o, func(i int) bool { return i == line })
	parts := make([]order.Money, 1, len(it.Parts)+1)
	for k, part := range it.Parts {
		parts = append(parts, left.take(part.Amount, it.LinesOf(k)))
	}
	parts[0] = left.take(it.Cash, nil) // what coupons leave
	return parts
}

// returnedFor is what of a coupon, or without one of the cash, has come back of an order for a
// resource: what came back of the order as a whole is of each.
func (p *Payment) returnedFor(o order.ID, resource order.ResourceID, id coupon.ID, cur order.Currency) order.Money {
	sum := int64(0)
	for _, r := range p.Returns {
		if r.Order != o || r.Resource != "" && r.Resource != resource {
			continue
		}
		if id == "" {
			sum += r.Cash.Minor()
		}
		for _, c := range r.Coupons {
			if c.Coupon == id {
				sum += c.Amount.Minor()
			}
		}
	}
	return order.Minor(sum, cur)
}

// shares are what is left to pay of each own line of an order, and which of them count: those
// that provided a resource, or one.
type shares struct {
	left     []int64
	mine     []bool
	provided bool
}

func newShares(o *order.Order, mine func(line int) bool) *shares {
	s := &shares{left: make([]int64, len(o.Lines)), mine: make([]bool, len(o.Lines))}
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Own() {
			s.left[i], s.mine[i] = l.Payable().Minor(), mine(i)
			s.provided = s.provided || s.mine[i]
		}
	}
	return s
}

// take takes what paid a part of the order from what is left of its lines, and returns what of
// it paid for the resource.
func (s *shares) take(of order.Money, lines []order.Money) order.Money {
	if of.Sign() == 0 {
		return order.Minor(0, of.Currency())
	}
	if len(lines) != len(s.left) {
		lines = make([]order.Money, len(s.left))
		if err := of.SplitInto(lines, s.left); err != nil {
			return order.Minor(0, of.Currency()) // no part of an order is more than its lines leave
		}
	}
	sum := int64(0)
	for i := range lines {
		s.left[i] -= lines[i].Minor()
		if s.mine[i] {
			sum += lines[i].Minor()
		}
	}
	return order.Minor(sum, of.Currency())
}
