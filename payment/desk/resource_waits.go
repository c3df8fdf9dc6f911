package desk

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// putResource writes a resource with the time at which the clock moves it next.
func (b *tx) putResource(r renewal.Resource) {
	r.DueAt = b.resourceWaits(&r, b.At)
	b.ended = b.ended || !r.Released.IsZero()
	ledger.Put(b.Tx, ledger.Resources, r)
}

// resourceWaits is the first thing that happens to a resource after a time: an automatic
// renewal (R5), going to pay-per-use (R12), its retention period, of which the customer
// hears (P17), or the end of that (R9, R11).
func (b *tx) resourceWaits(r *renewal.Resource, after time.Time) (first time.Time) {
	p := b.Policy.Renewal
	if !r.Released.IsZero() || r.Charge != order.ChargeSubscription {
		return first
	}
	// What is overdue is due in the next second.
	at := func(t time.Time) {
		if t = ledger.Later(t.Truncate(time.Second), after.Add(time.Second)).UTC(); first.IsZero() || t.Before(first) {
			first = t
		}
	}
	usable, kept := r.Until(p)
	if attempt, ok := b.nextAttempt(r); ok && (!r.Paying || attempt.After(after)) { // what is overdue waits for the payment that is open
		at(attempt)
	}
	if changes, ok := r.NextBegins(); ok {
		at(changes)
	}
	if r.Mode == renewal.ModePayPerUse {
		at(p.Ending.LastSecond(r.Expiry).Add(time.Second))
		return first
	}
	if kept.After(usable) && !r.RetentionNoticeFor.Equal(kept) {
		at(usable.Add(time.Second))
	}
	if !r.Paying {
		at(kept.Add(time.Second))
	}
	return first
}

// nextAttempt is the first attempt at an automatic renewal that has not been made (R5).
func (b *tx) nextAttempt(r *renewal.Resource) (time.Time, bool) {
	attempt, ok, err := r.NextAttempt(ledger.Later(r.Start, r.Auto.Tried), b.Policy.Renewal)
	return attempt, ok && err == nil
}

// alone is a resource as it is renewed and left: one whose main resource is gone counts as
// bound to nothing (R10).
func (b *tx) alone(r renewal.Resource) (renewal.Resource, error) {
	if r.Main == "" || r.Attached {
		return r, nil
	}
	if err := b.Need(ledger.KindResource, string(r.Main)); err != nil {
		return r, err
	}
	main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main))
	r.Attached = ok && main.State(b.At, b.Policy.Renewal) == renewal.StateReleased
	return r, nil
}

// followed returns a bound resource with the mode of its main one; it is renewed along with
// that if that is renewed automatically (R4, R10). A resource that is attached, is no longer
// sold, or does not expire stays as it is.
func followed(x renewal.Resource, main *renewal.Resource, mode renewal.Mode) renewal.Resource {
	gone := !x.Released.IsZero() || !main.Released.IsZero()
	if alone := x.Attached || x.Withdrawn || x.Charge != order.ChargeSubscription; gone || alone {
		return x
	}
	if x.Mode, x.Auto = mode, (renewal.Auto{}); mode == renewal.ModeAutomatic {
		x.Mode = renewal.ModeManual // it is renewed along with that
	}
	return x
}
