package payment

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// putResource writes a resource, with when the clock moves it next.
func (b *book) putResource(r renewal.Resource) {
	r.Waits = b.resourceWaits(&r, b.at)
	put(b, resources, r)
}

// resourceWaits is the first thing that happens to a resource after a time: an automatic
// renewal (R5), going to pay-per-use (R12), its retention period, of which the customer
// hears (P17), or the end of that (R9, R11).
func (b *book) resourceWaits(r *renewal.Resource, after time.Time) (first time.Time) {
	p := b.policy.Renewal
	if !r.Released.IsZero() || r.Charge != order.ChargeSubscription {
		return first
	}
	// What is overdue is done all the same.
	at := func(t time.Time) {
		if t = later(t.Truncate(time.Second), after.Add(time.Second)).UTC(); first.IsZero() || t.Before(first) {
			first = t
		}
	}
	usable, kept := r.Until(p)
	if attempt, ok := b.nextAttempt(r); ok {
		at(attempt)
	}
	if r.Mode == renewal.ModePayPerUse {
		at(p.Ending.LastSecond(r.Expiry).Add(time.Second))
		return first
	}
	if kept.After(usable) && !r.Warned.Equal(kept) {
		at(usable.Add(time.Second))
	}
	if !r.Paying {
		at(kept.Add(time.Second))
	}
	return first
}

// nextAttempt is the first attempt at an automatic renewal that has not been made (R5).
func (b *book) nextAttempt(r *renewal.Resource) (time.Time, bool) {
	attempt, ok, err := r.NextAttempt(later(r.Start, r.Auto.Tried), b.policy.Renewal)
	return attempt, ok && err == nil
}

// claimResource finds the open order of a resource that another order needs (O12): one
// past its deadline is voided in this commit.
func (b *book) claimResource(id order.ResourceID, by order.ID) (renewal.Resource, error) {
	if err := b.need(KindResource, string(id)); err != nil {
		return renewal.Resource{}, err
	}
	r, ok := get(b, resources, string(id))
	if !ok {
		return r, field("resource", string(id), "is none of the customer's: adopt it first")
	}
	r, err := b.alone(r)
	if err != nil || r.Order == "" || r.Order == by {
		return r, err
	}
	if err := b.needOrders(r.Order); err != nil {
		return r, err
	}
	o, ok := get(b, orders, string(r.Order))
	if ok && !b.past(&o) {
		return r, &order.ResourceError{Order: by, Resource: id, Holder: o.ID, State: o.State}
	}
	if ok {
		err := b.void(o)
		free, _ := get(b, resources, string(id))
		free.Attached = r.Attached
		return free, err
	}
	return r, nil
}

// lapse does what is due for a resource by itself (R9, R11, R12).
func (b *book) lapse(r renewal.Resource) (renewal.Resource, error) {
	after, _, err := r.Lapse(b.at, b.policy.Renewal)
	if err == nil && after.Charge != r.Charge && r.Order != "" {
		if r, err = b.needless(r, order.ReasonChargeTypeChanged); err == nil {
			after, _, err = r.Lapse(b.at, b.policy.Renewal)
		}
	}
	if err != nil {
		return r, err
	}
	if !after.Released.IsZero() {
		return after, b.released(r, after)
	}
	usable, kept := r.Until(b.policy.Renewal)
	if after.Charge == order.ChargeSubscription && kept.After(usable) && b.at.After(usable) && !r.Warned.Equal(kept) {
		b.tell(Notice{Kind: NoticeRelease, Resource: r.ID, Until: kept})
		after.Warned = kept
	}
	b.putResource(after)
	return after, nil
}

// released writes a resource that is gone: the order that was open for it, and is not being
// paid, is canceled with its purchase (O9).
func (b *book) released(was, after renewal.Resource) error {
	if _, err := b.needless(was, order.ReasonResourceDeleted); err != nil {
		return err
	}
	b.putResource(after)
	return nil
}

// needless cancels the order that is open for a resource which is no longer what it was
// placed for (O9); while it is being paid the cause is kept. What gives money back is owed
// all the same. It returns the resource as it stands then.
func (b *book) needless(r renewal.Resource, why order.Reason) (renewal.Resource, error) {
	if r.Order == "" {
		return r, nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return r, err
	}
	o, ok := get(b, orders, string(r.Order))
	if !ok || !o.State.Open() || o.Flow() == order.FlowBack {
		return r, nil
	}
	err := b.moveAlone(&o, order.Move{Event: order.EventCancel, By: desk, Reason: why})
	r, _ = get(b, resources, string(r.ID))
	return r, err
}

// outdated cancels the open order of a resource that extends it from an expiry which is
// moved now (R6).
func (b *book) outdated(r renewal.Resource) (renewal.Resource, error) {
	if r.Asked.Day == 0 {
		return r, nil
	}
	return b.needless(r, order.ReasonAdjustmentFailed)
}

// alone is a resource as it is renewed and left: what is bound to a main resource that is
// gone stands by itself from then on (R10).
func (b *book) alone(r renewal.Resource) (renewal.Resource, error) {
	if r.Main == "" || r.Attached {
		return r, nil
	}
	if err := b.need(KindResource, string(r.Main)); err != nil {
		return r, err
	}
	main, ok := get(b, resources, string(r.Main))
	r.Attached = ok && main.State(b.at, b.policy.Renewal) == renewal.StateReleased
	return r, nil
}
