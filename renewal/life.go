package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Renew is what a paid renewal order does (R1): the resource, in use, in grace or in
// retention, gets a term more from its expiry, not from the time of payment; days lost by
// being late stay lost, unless the policy lets it begin when it is paid, at the given time
// ([Policy.FromPayment]). Its mode stays. by is the order; nobody else's may be open for it
// (O12).
func (r Resource) Renew(t Term, by order.ID, at time.Time, p Policy) (Resource, error) {
	if _, err := r.renewable("renew", by, at, &p); err != nil {
		return r, err
	}
	stands := r.positionAt(at, &p)
	next, err := stands.after(t, &p)
	if err != nil {
		return r, err
	}
	return r.settled(r.renewed(next, t, by, at, &p), &p)
}

// Extend is Renew for a renewal to a unified day, as [Unify] returned it of PositionAt: from then on
// its months are counted from that day (R3).
func (r Resource) Extend(e Extension, day UnifiedDay, by order.ID, at time.Time, p Policy) (Resource, error) {
	if _, err := r.renewable("extend", by, at, &p); err != nil {
		return r, err
	}
	if err := p.checkDay(day); err != nil {
		return r, err
	}
	stands := r.positionAt(at, &p)
	switch {
	case checkTime("until", e.Until) != nil:
		return r, checkTime("until", e.Until)
	case !e.Until.After(stands.Expiry):
		return r, order.Invalid("until", order.Stamp(e.Until), "is not after the expiry, or the time that it begins at, "+order.Stamp(stands.Expiry))
	case !p.shows(day, e.Until, stands.like(&p)):
		return r, order.Invalid("until", order.Stamp(e.Until), "is not the unified day")
	}
	t := e.Whole
	if t == (Term{}) {
		t = perOf(t) // odd days are priced by the month
	}
	next := stands.named(&p)
	next.Expiry, next.AnchorDay = e.Until, day.anchor(&p)
	return r.settled(r.renewed(next, t, by, at, &p), &p)
}

// renewable reports why no renewal can be paid or settled now.
func (r *Resource) renewable(step string, by order.ID, at time.Time, p *Policy) (State, error) {
	state, err := r.ready(at, p)
	if err != nil {
		return state, err
	}
	if err := order.CheckID("order", by); err != nil {
		return state, err
	}
	switch {
	case state == StateReleased:
		return state, r.refuse(step, state, ErrState, "it is gone: order a new one")
	case r.Charge != order.ChargeSubscription:
		return state, r.refuse(step, state, ErrMode, "it is "+string(r.Charge)+", which is not renewed")
	case r.Withdrawn:
		return state, r.refuse(step, state, ErrMode, "it is no longer sold (R4)")
	case r.Order != "" && r.Order != by:
		return state, r.refuse(step, state, order.ErrResourceTaken, "pay or cancel order "+string(r.Order)+" first")
	}
	return state, nil
}

// settled is r after an order for it was settled.
func (r Resource) settled(after Resource, p *Policy) (Resource, error) {
	after.Order, after.Paying, after.Asked = "", false, PendingRenewal{}
	return r.become(after, p)
}

// Claim notes that an order for the resource is open, and whether it is being paid (O12,
// R11).
func (r Resource) Claim(by order.ID, paying bool, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	if err := order.CheckID("order", by); err != nil {
		return r, err
	}
	switch {
	case state == StateReleased:
		return r, r.refuse("order", state, ErrState, "it is gone: order a new one")
	case r.Order != "" && r.Order != by:
		return r, r.refuse("order", state, order.ErrResourceTaken, "pay or cancel order "+string(r.Order)+" first")
	}
	after := r
	after.Order, after.Paying = by, paying
	return r.become(after, &p)
}

// Unclaim notes that the order is no longer open: canceled, voided or refunded (O12).
func (r Resource) Unclaim(by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	if r.Order != by || by == "" {
		return r, r.refuse("unclaim", state, order.ErrResourceTaken, "order "+string(by)+" does not have it")
	}
	return r.settled(r, &p)
}

// Release gives up by hand what has expired (R11), or is paid by use and never does. It
// cannot be undone, and is not done while an order for it is being paid.
func (r Resource) Release(at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	switch {
	case r.Paying:
		return r, r.refuse("release", state, order.ErrPaymentInProgress, "cancel the payment of order "+string(r.Order)+" first, or wait for it")
	case state == StateInUse && r.Charge != order.ChargePayPerUse:
		return r, r.refuse("release", state, ErrState, "it has not expired: unsubscribe from it")
	case !r.Released.IsZero():
		return r, r.refuse("release", state, ErrState, "it has been released already")
	}
	return r.release(at, &p)
}

func (r Resource) release(at time.Time, p *Policy) (Resource, error) {
	after := r.withoutNext()
	after.Released, after.Order, after.Paying, after.Asked = at.Truncate(time.Second), "", false, PendingRenewal{}
	return r.become(after, p)
}

// Lapse is what happens by itself, for a sweep: a change that waited for the expiry is applied
// ([Resource.ApplyNext]), at the second of expiry a resource in mode to pay-per-use becomes that
// (R12), and at the end of retention it is released, unless an order for it is being paid (R11).
// done is false where nothing is due.
func (r Resource) Lapse(at time.Time, p Policy) (after Resource, done bool, err error) {
	state, err := r.ready(at, &p)
	if err != nil || !r.Released.IsZero() {
		return r, false, err
	}
	if r, done, err = r.ApplyNext(at, p); err != nil {
		return r, false, err
	}
	switch {
	case state != StateInUse && r.Mode == ModePayPerUse && r.Charge == order.ChargeSubscription:
		after = r.withoutNext()
		after.Charge, after.Mode, after.Postpaid = order.ChargePayPerUse, ModeNone, at.Truncate(time.Second)
		after, err = r.become(after, &p)
	case state == StateReleased && r.Charge == order.ChargeSubscription:
		after, err = r.release(at, &p)
	default:
		return r, done, nil
	}
	return after, err == nil, err
}

// ready reports a resource, a time or a policy that is not valid, and where it stands.
func (r *Resource) ready(at time.Time, p *Policy) (State, error) {
	if err := checkTime("at", at); err != nil {
		return "", err
	}
	if err := p.Check(); err != nil {
		return "", order.Within("policy", err)
	}
	if err := r.check(p); err != nil {
		return "", order.Within("resource", err)
	}
	return r.state(at, p), nil
}

// become returns after, if it is sound.
func (r Resource) become(after Resource, p *Policy) (Resource, error) {
	if err := after.check(p); err != nil {
		return r, err
	}
	return after, nil
}

func (r *Resource) refuse(step string, state State, err error, advice string) error {
	return &MoveError{Resource: r.ID, Step: step, State: state, Err: err, Do: advice}
}
