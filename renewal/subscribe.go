package renewal

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// Subscribe is what an order does that makes a subscription of what was paid by use, or of
// a trial (O3): paid for the term, it lasts until the expiry of to, from the start of to
// where that is a later one than before, or else from the end of the trial, or from now.
// What was paid for before no longer counts, unless it is a trial that goes on; what was paid
// by use is renewed by hand until that is set.
func (r Resource) Subscribe(to Resource, t Term, by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	switch {
	case err != nil:
		return r, err
	case state == StateReleased:
		return r, r.refuse("subscribe", state, ErrState, "it is gone: order a new one")
	}
	start := at.Truncate(time.Second)
	switch {
	case to.Start.After(r.Start):
		start = to.Start
	case r.Charge == order.ChargeSubscription:
		start = p.Ending.LastSecond(r.Expiry).Add(time.Second)
	}
	after := r
	after.Charge, after.Start, after.Expiry = order.ChargeSubscription, start, to.Expiry
	after.AnchorDay, after.AnchorClock = to.AnchorDay, to.AnchorClock
	after.Postpaid, after.RetentionNoticeFor = time.Time{}, time.Time{}
	if r.Charge != order.ChargeSubscription && !r.Withdrawn {
		after.Mode, after.Auto = ModeManual, Auto{}
	}
	if r.Charge == order.ChargeSubscription && !to.Start.After(r.Start) { // a trial that goes on
		after.Start = r.Start
	} else {
		after.Periods, after.Added, after.Next = nil, nil, NextChange{}
	}
	if t.Civil() {
		after.Periods = append(slices.Clip(after.Periods), PaidPeriod{Order: by, Period: Period{Start: start, Expiry: to.Expiry, Term: t}})
	} else {
		after.Periods, after.Next = nil, NextChange{}
	}
	return r.become(after, &p)
}

// Compensate is what an order does that makes up for time lost (O3): the resource lasts
// until then, which is after its expiry.
func (r Resource) Compensate(until time.Time, by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	switch {
	case err != nil:
		return r, err
	case state == StateReleased:
		return r, r.refuse("compensate", state, ErrState, "it is gone: order a new one")
	case r.Charge != order.ChargeSubscription:
		return r, r.refuse("compensate", state, ErrMode, "it is "+string(r.Charge)+", which does not expire")
	case slices.ContainsFunc(r.Periods, func(h PaidPeriod) bool { return h.Order == by }):
		return r, nil
	case !until.After(r.Expiry):
		return r, order.Invalid("expiry", order.Stamp(until), "is not after what it was, "+order.Stamp(r.Expiry)+": a compensation gives time")
	}
	after := r.longer(Position{Expiry: until}, Term{N: 1, Unit: Month}, by, &p)
	last := &after.Periods[len(after.Periods)-1]
	last.Free, last.Next = true, false
	return r.become(after, &p)
}

// GoPayPerUse is what an order does that charges a subscription by use from now on (O3,
// R12): it expires no more.
func (r Resource) GoPayPerUse(at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	switch {
	case err != nil:
		return r, err
	case state == StateReleased:
		return r, r.refuse("to pay-per-use", state, ErrState, "it is gone: order a new one")
	}
	after := r.withoutNext()
	after.Charge, after.Mode, after.Auto, after.Postpaid = order.ChargePayPerUse, ModeNone, Auto{}, at.Truncate(time.Second)
	return r.become(after, &p)
}
