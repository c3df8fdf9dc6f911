package payment

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// leaving judges what is left or changed, and finds out what comes back of it: at what time,
// which is that of the order, and whether it may be left at all, which one that has been
// placed may.
type leaving struct {
	Leaving
	cheaper [2]order.Money // what a month costs of what it is, and of what it is to be
	at      time.Time
	placed  bool
}

// back finds out what comes back, with what is bound to the resource, which is left with
// it (R10).
func (b *book) back(r renewal.Resource, l leaving) (Back, error) {
	var back Back
	from, err := b.backOf(&back, r, l)
	if err != nil {
		return back, err
	}
	p := b.policy.Renewal
	switch {
	case l.placed, l.Renewal != "" && back.Periods == nil:
	case l.Renewal != "":
		_, err = r.Unrenew(l.Renewal, l.ID, l.at, p)
	default:
		err = r.Leave(from, l.at, p)
	}
	if err != nil {
		return back, err
	}
	if l.Renewal == "" && l.Product == "" {
		if err := b.backOfBound(&back, r.ID, l); err != nil {
			return back, err
		}
	}
	if back.Periods == nil {
		return back, field("resource", string(r.ID), "has no period that was paid for here and is left: there is nothing to give back")
	}
	back.review(&p)
	return back, nil
}

// backOfBound adds what comes back of what is bound to a resource. Of what could not be left
// alone nothing does, and it goes all the same; but no order may be open for it.
func (b *book) backOfBound(back *Back, main order.ResourceID, l leaving) error {
	bound, err := b.bound(main, l.at)
	if err != nil {
		return err
	}
	for _, x := range bound {
		if !l.placed {
			if x, err = b.claimResource(x.ID, l.ID); err != nil {
				return err
			}
		}
		var own Back
		from, err := b.backOf(&own, x, l)
		if err != nil {
			return err
		}
		x.Attached, x.Order, x.Released = true, "", time.Time{}
		if x.Leavable(from, l.at, b.policy.Renewal) != "" {
			continue
		}
		back.Total = order.Minor(back.Total.Minor()+own.Total.Minor(), cmp.Or(back.Total.Currency(), own.Total.Currency()))
		back.Periods = append(back.Periods, own.Periods...)
	}
	return nil
}

// bound returns what is bound to a resource and was there at the time.
func (b *book) bound(main order.ResourceID, at time.Time) ([]renewal.Resource, error) {
	if err := b.needBound(main); err != nil {
		return nil, err
	}
	var bound []renewal.Resource
	for _, x := range b.now.Resources {
		if x.Main == main && !x.Attached && (x.Released.IsZero() || x.Released.After(at)) {
			bound = append(bound, x)
		}
	}
	return bound, nil
}

// backOf finds out what comes back of what paid for a resource, and what it came from.
func (b *book) backOf(back *Back, r renewal.Resource, l leaving) (from renewal.Origin, err error) {
	given, err := b.returns()
	if err != nil {
		return from, err
	}
	p := b.policy.Renewal
	known, paid := false, false
	for i, h := range slices.Concat(r.Added, r.Periods) {
		added := i < len(r.Added)
		if p.Ending.LastSecond(h.Expiry).Before(l.at) || l.Renewal != "" && (added || h.Order != l.Renewal) {
			continue
		}
		x, o, err := b.period(r.ID, h)
		if err != nil {
			return from, err
		}
		from.Trial = from.Trial || o.Type == order.TypeTrial
		known, paid = true, paid || o.Payable().Sign() > 0
		if x == nil {
			continue
		}
		if cur := x.bought.Parts[0].Amount.Currency(); l.Product != "" && l.cheaper[0].Currency() != cur {
			return from, &order.FieldError{Field: "product", Value: l.Product, Err: &order.CurrencyError{Code: l.cheaper[0].Currency().String(), With: cur,
				Reason: "the price list has another currency than what was paid"}}
		}
		var f renewal.Refund
		switch {
		case l.Product != "":
			f, err = x.bought.Downgrade(l.cheaper[0], l.cheaper[1], later(l.at, x.bought.Start), p)
		case h.Keeps != nil || !h.Start.Equal(r.Start):
			f, err = x.bought.Leave(l.at, math.MaxInt, p) // not what was provided, or no longer: its days in which everything comes back are over (Q4)
		default:
			f, err = x.bought.Leave(l.at, given.N, p)
		}
		if err != nil {
			return from, err
		}
		back.add(x, h, f)
	}
	from.Free, from.Trial = known && !paid, from.Trial && !paid
	return from, nil
}

// returns counts how often a customer has had everything back (Q4).
func (b *book) returns() (coupon.Tally, error) {
	err := b.need(KindTally, tallyReturns)
	t, _ := get(b, tallies, tallyReturns)
	t.Customer, t.Name = b.customer, tallyReturns
	return t, err
}

// tallyReturns counts what was given back whole, within the days that the policy gives.
const tallyReturns = "resources given back"

// leave makes the refunds due of what comes back, and does to the resource what leaving
// does.
func (b *book) leave(l leaving, back Back) error {
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
		whole = whole || x.All && !l.at.Before(x.Start)
	}
	if whole {
		t, err := b.returns()
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
func (b *book) leaveResource(l leaving, back Back) error {
	r, _ := get(b, resources, string(l.Resource))
	p := b.policy.Renewal
	var err error
	switch {
	case l.Renewal != "":
		r, err = r.Unrenew(l.Renewal, l.ID, l.at, p)
	case l.Product != "":
		r = cloneResource(r)
		r.Product = l.Product
		for _, x := range back.Periods {
			for _, held := range [...][]renewal.Held{r.Periods, r.Added} {
				for i := range held {
					if h := &held[i]; h.Order == x.Order && h.Expiry.Equal(x.Expiry) {
						h.Keeps = x.Keeps
					}
				}
			}
		}
		if r.Order == l.ID {
			r, err = r.Drop(l.ID, b.at, p)
		}
	default:
		return b.giveUpWhole(r, l.ID)
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// giveUpWhole gives a resource up with what is bound to it.
func (b *book) giveUpWhole(r renewal.Resource, by order.ID) error {
	bound, err := b.bound(r.ID, b.at)
	if err != nil {
		return err
	}
	for _, x := range append(bound, r) {
		if !x.Released.IsZero() {
			continue // its time has ended meanwhile
		}
		gone, err := x.GiveUp(by, b.at, b.policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(gone)
	}
	return nil
}
