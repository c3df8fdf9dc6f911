package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// PositionAt returns where the resource stands for a renewal that is paid at a time, for [Next] and
// [Unify] (R1): its Position, or, if the renewal begins when it is paid ([Policy.FromPayment]),
// where something stands whose next period begins at that time.
func (r *Resource) PositionAt(at time.Time, p Policy) Position { return r.positionAt(at, &p) }

func (r *Resource) positionAt(at time.Time, p *Policy) Position {
	if r.late(at, p) {
		return p.begins(at)
	}
	return r.Position()
}

// late reports whether a renewal that is paid at a time begins then (R1).
func (r *Resource) late(at time.Time, p *Policy) bool {
	return p.FromPayment && r.state(at, p) == StateRetention
}

// renewed is longer by a renewal that is paid at a time.
func (r Resource) renewed(to Position, t Term, by order.ID, at time.Time, p *Policy) Resource {
	after := r.longer(to, t, by, p)
	if r.late(at, p) {
		h := &after.Periods[len(after.Periods)-1]
		h.Start, h.Expired = at.Truncate(time.Second), r.Expiry
	}
	return after
}

// extendLate is Extend with what the open order asked for, where that begins when it is paid: the
// term and the odd days are those that were priced, or it is refused.
func (r Resource) extendLate(at time.Time, p *Policy) (Resource, error) {
	a := r.Asked
	least := a.Term
	if least == (Term{}) {
		least = a.Extension.Whole
	}
	e, err := unify(r.positionAt(at, p), least, a.Day, p)
	if err != nil {
		return r, err
	}
	until := e.Until
	if e.Until = a.Extension.Until; e != a.Extension || p.dated(until) != p.dated(e.Until) {
		return r, r.refuse("apply renewal", r.state(at, p), ErrState, "its odd days were counted from another day than it begins on now: renew it again")
	}
	e.Until = until
	return r.Extend(e, a.Day, r.Order, at, *p)
}

// follows reports whether a period begins where the one before it ended, or was paid late (R1).
// How a period ends is as it was when it was bought: policies change, what was bought does not.
func (h *PaidPeriod) follows(expiry time.Time) bool {
	if !h.Expired.IsZero() {
		return h.Expired.Equal(expiry)
	}
	return h.Start.Equal(expiry) || h.Start.Equal(expiry.Add(time.Second))
}

// keep adds the periods of was from the k-th on as they are: that one began when it was paid.
func (r Resource) keep(was *Resource, k int) Resource {
	after := r
	after.Periods = append(r.Periods[:len(r.Periods):len(r.Periods)], was.Periods[k:]...)
	h := &after.Periods[len(r.Periods)]
	h.Expired, h.AnchorDay, h.AnchorClock = r.Expiry, r.AnchorDay, r.AnchorClock
	after.Expiry, after.AnchorDay, after.AnchorClock = was.Expiry, was.AnchorDay, was.AnchorClock
	return after
}

// moveLate adds the period k of was in place of the one before it, which was paid late and is
// gone: the resource has been used since then.
func (r Resource) moveLate(was *Resource, k int, p *Policy) Resource {
	gone := &was.Periods[k-1]
	stands := p.begins(gone.Start)
	from := r
	from.Expiry, from.AnchorDay, from.AnchorClock = stands.Expiry, stands.AnchorDay, stands.AnchorClock
	after := from.moveUp(was, k, p)
	h := &after.Periods[len(after.Periods)-1]
	h.Expired, h.AnchorDay, h.AnchorClock = gone.Expired, gone.AnchorDay, gone.AnchorClock
	return after
}
