package discount

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Apply returns o with d in place of the discount it had, since an order carries at most
// one (D2): every line is priced again from its list price (D3), and the deadline
// computed again from the time of placement (E2, E3, E5). What was applied is frozen in the order (D8).
//
// On an error o is returned unchanged: an [*order.FieldError] where d, p or o is not
// valid; an [*order.MoveError] where o is no longer before payment, past its deadline,
// has nothing to reduce or is a member of a purchase (use [ApplyIn]); an
// [*order.ReductionError] where d is outside its window (E7) or the discount in place is
// locked (D5, D6); an [*Error] where d cannot reduce o.
func Apply(o order.Order, d Discount, at time.Time, p Policy) (order.Order, error) {
	r, cuts, err := prepare(&o, &d, at, p)
	if err != nil {
		return o, err
	}
	return o.Reduce(r, cuts, at)
}

// ApplyIn is [Apply] for the member id of a purchase. The deadline that its members
// share moves with it.
func ApplyIn(purchase order.Purchase, id order.ID, d Discount, at time.Time, p Policy) (order.Purchase, error) {
	o, err := member(purchase, id)
	if err != nil {
		return purchase, err
	}
	r, cuts, err := prepare(&o, &d, at, p)
	if err != nil {
		return purchase, err
	}
	return purchase.Reduce(id, r, cuts, at)
}

// Drop returns o without a discount, its price and deadline computed again, or o unchanged
// and an error as [Apply] does.
func Drop(o order.Order, at time.Time, p Policy) (order.Order, error) {
	if err := changeable(&o, "", at, &p); err != nil {
		return o, err
	}
	return o.Reduce(order.Reduction{}, nil, at)
}

// DropIn is [Drop] for the member id of a purchase.
func DropIn(purchase order.Purchase, id order.ID, at time.Time, p Policy) (order.Purchase, error) {
	o, err := member(purchase, id)
	if err != nil {
		return purchase, err
	}
	if err := changeable(&o, "", at, &p); err != nil {
		return purchase, err
	}
	return purchase.Reduce(id, order.Reduction{}, nil, at)
}

func member(p order.Purchase, id order.ID) (order.Order, error) {
	for _, o := range p.Orders {
		if o.ID == id {
			return o, nil
		}
	}
	return order.Order{}, order.Invalid("order", string(id), "is no member of purchase "+string(p.ID))
}

// prepare returns the reduction that d gives o, and what it takes off each line.
func prepare(o *order.Order, d *Discount, at time.Time, p Policy) (order.Reduction, []order.Cut, error) {
	if err := d.Check(); err != nil {
		return order.Reduction{}, nil, order.Within("discount", err)
	}
	if err := changeable(o, d.Kind, at, &p); err != nil {
		return order.Reduction{}, nil, err
	}
	cuts, err := d.Cut(nil, o, p)
	if err != nil {
		return order.Reduction{}, nil, &Error{Order: o.ID, Kind: d.Kind, ID: d.ID, Err: err}
	}
	lock := order.Lock("")
	switch {
	case d.Kind == KindPartnerAdjusted:
		lock = order.LockPartner
	case p.confirmed(o):
		lock = order.LockConfirmed
	}
	return order.Reduction{Kind: string(d.Kind), ID: string(d.ID), Window: d.Window, Lapse: p.lapse(d.Kind, lock), Lock: lock}, cuts, nil
}

// changeable reports why the discount of o cannot be changed at the given time for one
// of kind k, or for none.
func changeable(o *order.Order, k Kind, at time.Time, p *Policy) error {
	if err := p.Check(); err != nil {
		return order.Within("policy", err)
	}
	if err := o.Check(); err != nil {
		return order.Within("order", err)
	}
	at, err := order.Second(at)
	if err != nil {
		return err
	}
	if err := o.Reducible(at); err != nil {
		return err
	}
	return unlocked(o, k, at, p)
}

// unlocked reports an order whose discount, or having none, was settled when it was
// confirmed (D6). Only the partner still sets one then (D5).
func unlocked(o *order.Order, k Kind, at time.Time, p *Policy) error {
	if k == KindPartnerAdjusted || !p.confirmed(o) || o.Confirming(at) {
		return nil
	}
	r := &o.Reduction
	return &order.ReductionError{Order: o.ID, Kind: r.Kind, ID: r.ID, Window: r.Window, At: at, Err: order.ErrLocked,
		Do: "the discount of such an order is chosen when it is confirmed: coupons can still be added (D6)"}
}
