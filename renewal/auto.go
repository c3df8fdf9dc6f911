package renewal

import (
	"cmp"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Auto is how a resource is renewed automatically (R5).
type Auto struct {
	Term    Term      `json:"term"`
	Times   int       `json:"times,omitempty"`   // how often; 0: without end
	Done    int       `json:"done,omitempty"`    // how often it has been
	Later   int       `json:"later,omitempty"`   // days after the schedule's first attempt that it begins, 0 to 7
	Method  string    `json:"method,omitempty"`  // how it is paid, as a payment.Method; empty: as the policy of payments has it
	Gateway string    `json:"gateway,omitempty"` // through which, of the method online; empty: the customer's (P19)
	On      time.Time `json:"on,omitzero"`       // when it was switched on
	Tried   time.Time `json:"tried,omitzero"`    // the last attempt
}

func (a *Auto) check() error {
	if !a.Term.Civil() {
		return order.Invalid("term", a.Term.String(), "is not a term of days, weeks, months or years: give one, such as 1 month")
	}
	switch {
	case a.Times < 0:
		return order.Invalid("times", strconv.Itoa(a.Times), "is below zero: 0 is without end")
	case a.Done < 0 || a.Times > 0 && a.Done > a.Times:
		return order.Invalid("done", strconv.Itoa(a.Done), "is not 0 to the number of times")
	case a.Later < 0 || a.Later > 7:
		return order.Invalid("later", strconv.Itoa(a.Later), "is not 0 to 7 days")
	}
	if err := cmp.Or(order.CheckOptional("method", a.Method), order.CheckOptional("gateway", a.Gateway)); err != nil {
		return err
	}
	for _, x := range [...]struct {
		name string
		at   time.Time
	}{{"on", a.On}, {"tried", a.Tried}} {
		if !x.at.IsZero() {
			if err := checkTime(x.name, x.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// Left returns how many automatic renewals are left, and false where there is no end.
func (a Auto) Left() (int, bool) { return a.Times - a.Done, a.Times > 0 }

// NextAttempt returns the first attempt at an automatic renewal after the given time, and
// false where there is none: another mode, no times left, the end of the schedule or of
// retention (R5). A manual renewal before it moves it with the expiry, and uses up no
// times; after an attempt that failed it is the next one to be made, and the customer is
// told of the failure.
func (r Resource) NextAttempt(after time.Time, p Policy) (time.Time, bool, error) {
	state, err := r.ready(after, &p)
	if err != nil {
		return time.Time{}, false, err
	}
	if state == StateReleased || !r.attempted() {
		return time.Time{}, false, nil
	}
	next, ok := r.nextAttempt(after.Truncate(time.Second), &p)
	if _, kept := r.kept(&p); !ok || next.After(kept) {
		return time.Time{}, false, nil
	}
	return next, true, nil
}

// attempted reports whether the resource is one to be renewed automatically, and has times
// left.
func (r *Resource) attempted() bool {
	if r.Mode != ModeAutomatic || r.bound() {
		return false
	}
	left, ends := r.Auto.Left()
	return left != 0 || !ends
}

func (r *Resource) nextAttempt(after time.Time, p *Policy) (time.Time, bool) {
	on := r.Auto.On
	if p.Schedule != nil {
		if after.Before(on) {
			after = on.Add(-time.Second)
		}
		return p.Schedule.Next(r.Expiry, after)
	}
	last := order.DateOf(p.Ending.LastSecond(r.Expiry).In(p.zone()))
	first, ok := p.Attempts.next(last, r.Auto.Later, time.Time{}, p)
	if missed := ok && p.Attempts.AtOnce && on.After(first); missed && after.Before(on) {
		return on, true
	}
	if after.Before(on) {
		after = on.Add(-time.Second)
	}
	return p.Attempts.next(last, r.Auto.Later, after, p)
}

// RenewAutomatically is Renew for an attempt that succeeded: it uses up one of the times
// (R5).
func (r Resource) RenewAutomatically(by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	if left, ends := r.Auto.Left(); r.Mode != ModeAutomatic || ends && left == 0 {
		return r, r.refuse("automatic renewal", state, ErrMode, "it is in mode "+string(r.Mode)+", or no times are left")
	}
	after, err := r.Renew(r.Auto.Term, by, at, p)
	if err != nil {
		return r, err
	}
	after.Auto.Done++
	after.Auto.Tried = at.Truncate(time.Second)
	after.Periods[len(after.Periods)-1].Automatic = true
	return r.become(after, &p)
}
