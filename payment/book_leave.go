package payment

import (
	"math"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// backWhole is back of a resource with what is bound to it, which is left with it (R10).
func (b *book) backWhole(r renewal.Resource, l Leaving, cheaper [2]order.Money, at time.Time) (Back, error) {
	back, err := b.back(r, l, cheaper, at)
	if err != nil || l.Renewal != "" || l.Product != "" {
		back.review(&b.policy.Renewal)
		return back, err
	}
	bound, err := b.bound(r.ID)
	if err != nil {
		return back, err
	}
	for _, x := range bound {
		alone := x
		alone.Attached = true
		with, err := b.back(alone, l, cheaper, at)
		if err != nil {
			return back, err
		}
		back.Total = order.Minor(back.Total.Minor()+with.Total.Minor(), back.Total.Currency())
		back.Periods = append(back.Periods, with.Periods...)
	}
	back.review(&b.policy.Renewal)
	return back, nil
}

// bound returns what is bound to a resource and there.
func (b *book) bound(main order.ResourceID) ([]renewal.Resource, error) {
	if err := b.needAll(KindResource); err != nil {
		return nil, err
	}
	var bound []renewal.Resource
	for _, x := range b.now.Resources {
		if x.Main == main && !x.Attached && x.Released.IsZero() {
			bound = append(bound, x)
		}
	}
	return bound, nil
}

// back finds out what comes back of what paid for a resource.
func (b *book) back(r renewal.Resource, l Leaving, cheaper [2]order.Money, at time.Time) (Back, error) {
	var back Back
	times, _, err := b.returns()
	if err != nil {
		return back, err
	}
	p := b.policy.Renewal
	var from renewal.Origin
	known, paid := false, false
	for i, h := range slices.Concat(r.Added, r.Periods) {
		added := i < len(r.Added)
		if p.Ending.LastSecond(h.Expiry).Before(at) || l.Renewal != "" && (added || h.Order != l.Renewal) {
			continue
		}
		x, o, err := b.period(r.ID, h)
		if err != nil {
			return back, err
		}
		from.Trial = from.Trial || o.Type == order.TypeTrial
		known, paid = true, paid || o.Payable().Sign() > 0
		if x == nil {
			continue
		}
		if cur := x.bought.Parts[0].Amount.Currency(); l.Product != "" && cheaper[0].Currency() != cur {
			return back, &order.FieldError{Field: "product", Value: l.Product, Err: &order.CurrencyError{Code: cheaper[0].Currency().String(), With: cur,
				Reason: "the price list has another currency than what was paid"}}
		}
		var f renewal.Refund
		switch {
		case l.Product != "":
			f, err = x.bought.Downgrade(cheaper[0], cheaper[1], later(at, x.bought.Start), p)
		case !h.From.IsZero() || added:
			f, err = x.bought.Leave(at, math.MaxInt, p) // the days in which everything comes back are over
		default:
			f, err = x.bought.Leave(at, times, p)
		}
		if err != nil {
			return back, err
		}
		back.add(x, h, f)
	}
	from.Free = known && !paid
	if l.Renewal == "" {
		if err := r.Leave(from, at, p); err != nil {
			return back, err
		}
	}
	if back.Periods == nil {
		return back, field("resource", string(r.ID), "has no period that was paid for here and is left: there is nothing to give back")
	}
	return back, nil
}

// returns is how often a customer has had everything back (Q4), and the tally of it.
func (b *book) returns() (int, coupon.Tally, error) {
	err := b.need(KindTally, tallyReturns)
	t, _ := get(b, tallies, tallyReturns)
	t.Customer, t.Name = b.customer, tallyReturns
	return t.N, t, err
}

// tallyReturns counts what was given back whole, within the days that the policy gives.
const tallyReturns = "resources given back"

// leave makes the refunds due of what comes back, and does to the resource what leaving
// does.
func (b *book) leave(l Leaving, back Back) error {
	if err := b.leaveResource(l, back); err != nil {
		return err
	}
	var ids []RefundID
	for _, x := range back.Periods {
		ids = append(ids, refundID(x.Payment, x.Order, l.ID, x.Resource))
	}
	whole, done := false, true
	var last Refund
	for _, x := range back.Periods {
		if err := b.need(KindPayment, string(x.Payment)); err != nil {
			return err
		}
		p, _ := get(b, payments, string(x.Payment))
		var err error
		if last, err = b.giveBack(&p, Return{Order: x.Order, Resource: x.Resource, Cash: x.Cash, Coupons: x.Coupons}, l.ID, slices.Clone(ids)); err != nil {
			return err
		}
		done = done && last.State == RefundDone
		whole = whole || x.All && !b.at.Before(x.Start)
	}
	if whole {
		_, t, err := b.returns()
		if err != nil {
			return err
		}
		t.N++
		put(b, tallies, t)
	}
	if done {
		return b.refunded(last)
	}
	return nil
}

// leaveResource: it is gone with what is bound to it, or without the renewal, or cheaper.
func (b *book) leaveResource(l Leaving, back Back) error {
	r, _ := get(b, resources, string(l.Resource))
	p := b.policy.Renewal
	var err error
	switch {
	case l.Renewal != "":
		r, err = r.Unrenew(l.Renewal, l.ID, b.at, p)
	case l.Product != "":
		r = cloneResource(r)
		r.Product = l.Product
		for _, x := range back.Periods {
			for _, held := range [...][]renewal.Held{r.Periods, r.Added} {
				for i := range held {
					if h := &held[i]; h.Order == x.Order && h.Expiry.Equal(x.Expiry) {
						h.From = later(h.Start, b.at)
						if h.Left, err = x.left(); err != nil {
							return err
						}
					}
				}
			}
		}
		if r.Order == l.ID {
			r, err = r.Drop(l.ID, b.at, p)
		}
	default:
		bound, err := b.bound(l.Resource)
		if err != nil {
			return err
		}
		for _, x := range append(bound, r) {
			if !x.Released.IsZero() {
				continue // its time has ended meanwhile
			}
			gone, err := x.GiveUp(l.ID, b.at, p)
			if err != nil {
				return err
			}
			b.putResource(gone)
		}
		return nil
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}
