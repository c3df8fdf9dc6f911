package renewal

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// PaidPeriod is a period of a resource, and the order that paid for it.
type PaidPeriod struct {
	Order order.ID `json:"order"`
	Period
	Expired     time.Time   `json:"expired,omitzero"`      // of a renewal that began when it was paid: the expiry before it (R1)
	AnchorDay   int         `json:"anchorDay,omitempty"`   // that of the resource before it
	AnchorClock order.Clock `json:"anchorClock,omitempty"` // the same

	// ResidualParts is what each part that paid comes to for the whole period, after a change to
	// something cheaper at the new price, and where an order paid for several periods, of this one.
	// None: all that was paid.
	ResidualParts []order.Money `json:"keeps,omitempty"`
	// Free is a compensation, which nobody paid for.
	Free bool `json:"free,omitempty"`
	// Next is a renewal that was paid for as what the resource becomes when it begins (Q8).
	Next bool `json:"next,omitempty"`
	// Cut is the expiry that a period had until a change began another one in its place, and CutBy
	// the order of that change (Q8). Zero: it has not been cut.
	Cut   time.Time `json:"cut,omitzero"`
	CutBy order.ID  `json:"cutBy,omitempty"`
	// CarriedBy is the order of a change that began this period, of what was paid for the one before
	// and carried into it: ResidualParts is what was left (Q8).
	CarriedBy order.ID `json:"carriedBy,omitempty"`
	// Automatic is a renewal that used up one of the times of the resource's Auto.
	Automatic bool `json:"automatic,omitempty"`
}

// PendingRenewal is what the open order makes of the resource once it is paid: a renewal by hand
// or automatic, one to a unified day, or a change (Q8). The zero PendingRenewal is nothing.
type PendingRenewal struct {
	Term      Term       `json:"term,omitzero"`
	Extension Extension  `json:"extension,omitzero"` // to a unified day, with Day
	Expiry    time.Time  `json:"expiry,omitzero"`    // that it was computed from
	Day       UnifiedDay `json:"day,omitempty"`
	Automatic bool       `json:"automatic,omitempty"`

	Product string    `json:"product,omitempty"` // of a change: what the resource becomes
	Count   int       `json:"count,omitempty"`
	At      time.Time `json:"at,omitzero"`       // when it was priced; with Term, when a new period of that begins
	Periods int       `json:"periods,omitempty"` // for how many periods of the resource
}

// OrderRenewal is Claim for an order that renews the resource.
func (r Resource) OrderRenewal(a PendingRenewal, by order.ID, at time.Time, p Policy) (Resource, error) {
	after, err := r.Claim(by, false, at, p)
	if err != nil {
		return r, err
	}
	after.Asked = a
	if a.Day != 0 {
		after.Asked.Expiry = r.Expiry
	}
	if _, err := after.ApplyRenewal(at, p); err != nil {
		return r, err
	}
	return after, nil
}

// ApplyRenewal does what the open order asked for, which has been paid (R1, R5, R6).
func (r Resource) ApplyRenewal(at time.Time, p Policy) (Resource, error) {
	a := r.Asked
	switch {
	case a == (PendingRenewal{}):
		return r, r.refuse("apply renewal", r.State(at, p), ErrState, "its open order asks for no renewal")
	case a.Product != "":
		return r.applyChange(at, &p)
	case a.Automatic:
		return r.RenewAutomatically(r.Order, at, p)
	case a.Day != 0 && r.late(at, &p):
		return r.extendLate(at, &p)
	case a.Day != 0 && !a.Expiry.Equal(r.Expiry):
		return r, r.refuse("apply renewal", r.State(at, p), ErrState, "it has another expiry than the extension was computed from")
	case a.Day != 0:
		return r.Extend(a.Extension, a.Day, r.Order, at, p)
	}
	return r.Renew(a.Term, r.Order, at, p)
}

// Anchored returns the resource with its anchor (R3), as [Anchor] finds it, where it names none
// and expires a term after its start.
func (r Resource) Anchored(t Term, p Policy) Resource {
	at, err := Anchor(r.Start, t, p)
	if err != nil || !at.Expiry.Equal(r.Expiry) {
		return r
	}
	if r.AnchorDay == 0 {
		r.AnchorDay = at.AnchorDay
	}
	if r.AnchorClock == "" && r.AnchorDay == at.AnchorDay {
		r.AnchorClock = at.AnchorClock
	}
	return r
}

// longer is the resource with a period more, and where it stands then.
func (r Resource) longer(to Position, t Term, by order.ID, p *Policy) Resource {
	after := r
	after.Periods = append(slices.Clip(r.Periods), PaidPeriod{Order: by, AnchorDay: r.AnchorDay, AnchorClock: r.AnchorClock, Next: r.Next != (NextChange{}),
		Period: Period{Start: p.Ending.LastSecond(r.Expiry).Add(time.Second), Expiry: to.Expiry, Term: t}})
	after.Expiry, after.AnchorDay, after.AnchorClock = to.Expiry, to.AnchorDay, to.AnchorClock
	return after
}

// Unsubscribe is what leaving the resource does: it is released (Q3). by is the order that
// gives the money back.
func (r Resource) Unsubscribe(by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	switch {
	case !r.Released.IsZero():
		return r, r.refuse("unsubscribe", state, ErrState, "it is gone already")
	case r.Order != "" && r.Order != by:
		return r, r.refuse("unsubscribe", state, order.ErrResourceTaken, "pay or cancel order "+string(r.Order)+" first")
	}
	return r.release(at, &p)
}

// UndoRenewal takes the renewal of an order back that has not begun (Q5): the last one first. A
// compensation after it stays.
func (r Resource) UndoRenewal(of, by order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	n := len(r.Periods) - 1
	for n >= 0 && r.Periods[n].Free {
		n-- // it moves up
	}
	switch {
	case r.Order != "" && r.Order != by:
		return r, r.refuse("undo renewal", state, order.ErrResourceTaken, "pay or cancel order "+string(r.Order)+" first")
	case n < 0 || r.Periods[n].Order != of:
		return r, r.refuse("undo renewal", state, ErrState, "order "+string(of)+" is not its last renewal: give back the later ones first")
	case !at.Before(r.Periods[n].Start):
		return r, r.refuse("undo renewal", state, ErrState, "the renewal has begun: unsubscribe the resource")
	}
	after, err := r.VoidRenewal(of, at, p)
	if err != nil {
		return r, err
	}
	after.Added = slices.DeleteFunc(slices.Clone(r.Added), func(h PaidPeriod) bool { return r.RenewedBy(of, h.Period) })
	return r.settled(after, &p)
}

// RenewedBy reports whether a period is that which an order paid for as a renewal, or what was
// paid besides for the same time.
func (r Resource) RenewedBy(of order.ID, b Period) bool {
	return slices.ContainsFunc(r.Periods, func(h PaidPeriod) bool {
		return h.Order == of && h.Start.Equal(b.Start) && h.Expiry.Equal(b.Expiry)
	})
}

// VoidRenewal takes a renewal back, begun or not, whose order could not be carried out. Those
// after it move up: a term is counted from where the resource stood before, with the anchor
// that it had then (R3), and what is no whole term is earlier by as many days. An automatic
// renewal uses up no time (R5).
func (r Resource) VoidRenewal(of order.ID, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(r.Periods, func(h PaidPeriod) bool { return h.Order == of })
	switch {
	case state == StateReleased:
		return r, r.refuse("void renewal", state, ErrState, "it is gone")
	case i < 0:
		return r, r.refuse("void renewal", state, ErrState, "order "+string(of)+" paid for none of its periods")
	case slices.ContainsFunc(r.Periods[max(0, i-1):], isCut):
		return r, r.refuse("void renewal", state, ErrState, "a change has begun a new period since, with what was left: take that change back first, or unsubscribe the resource")
	}
	after := r.without(i, &p)
	if r.Periods[i].Automatic {
		after.Auto.Done = max(0, after.Auto.Done-1)
	}
	return r.become(after, &p)
}

// without is the resource without its period i: those after it move up.
func (r Resource) without(i int, p *Policy) Resource {
	after := r
	after.Periods = slices.Clone(r.Periods[:i])
	gone := &r.Periods[i]
	after.Expiry = gone.Start.Add(-time.Second)
	if p.Ending == NextMidnight {
		after.Expiry = gone.Start
	}
	if i > 0 {
		after.Expiry = r.Periods[i-1].Expiry
	}
	if !gone.Expired.IsZero() {
		after.Expiry = gone.Expired
	}
	after.Expiry = after.Expiry.In(r.Expiry.Location())
	after.AnchorDay, after.AnchorClock = gone.AnchorDay, gone.AnchorClock
	for k := i + 1; k < len(r.Periods); k++ {
		switch late := !gone.Expired.IsZero(); {
		case !r.Periods[k].Expired.IsZero():
			return after.keep(&r, k)
		case k == i+1 && late:
			after = after.moveLate(&r, k, p)
		default:
			after = after.moveUp(&r, k, p)
		}
		if k == i+1 {
			after.Periods[i].Start = gone.Start // with any ending
		}
	}
	return after
}

// moveUp adds the period k of was, from where the resource stands now.
func (r Resource) moveUp(was *Resource, k int, p *Policy) Resource {
	h, before := was.Periods[k], was.Periods[k-1].Expiry
	then := Position{Expiry: before, AnchorDay: h.AnchorDay, AnchorClock: h.AnchorClock}
	stands := r.Position()
	now := stands.named(p)
	until, err := then.after(h.Term, p)
	if err == nil && until.Expiry.Equal(h.Expiry) {
		now, err = stands.after(h.Term, p)
	} else { // odd days, or a compensation
		days := p.dated(h.Expiry).Number() - p.dated(before).Number()
		now.Expiry, now.AnchorDay, err = p.show(p.dated(r.Expiry).AddDays(days), h.Expiry.In(p.zone())), 0, nil
	}
	if err != nil {
		now.Expiry = h.Expiry // no term leads there: it keeps what it had
	}
	now.Expiry = now.Expiry.In(h.Expiry.Location())
	after := r.longer(now, h.Term, h.Order, p)
	moved := &after.Periods[len(after.Periods)-1]
	moved.ResidualParts, moved.Free, moved.Next, moved.Automatic = h.ResidualParts, h.Free, h.Next, h.Automatic
	return after
}

// checkPeriods: one after the other, up to the expiry.
func (r *Resource) checkPeriods(p *Policy) error {
	for i := range r.Periods {
		h := &r.Periods[i]
		name := order.Element("periods", i)
		if err := order.CheckID(name+".order", h.Order); err != nil {
			return err
		}
		if err := h.checkCut(p); err != nil {
			return order.Within(name, err)
		}
		whole := h.Period
		if isCut(*h) {
			whole.Expiry = h.Cut
		}
		if err := whole.check(h.Start, p); err != nil {
			return order.Within(name, err)
		}
		if err := checkAnchor(h.AnchorDay, h.AnchorClock); err != nil {
			return order.Within(name, err)
		}
		if !h.Expired.IsZero() && h.Expired.After(h.Start) {
			return order.Invalid(name+".expired", order.Stamp(h.Expired), "is after the start")
		}
		if h.Next && r.Next == (NextChange{}) {
			return order.Invalid(name+".next", "true", "for no change: say what the resource becomes in next")
		}
		if i+1 < len(r.Periods) {
			if !r.Periods[i+1].follows(h.Expiry) {
				return order.Invalid(name+".expiry", order.Stamp(h.Expiry), "is not where the next period begins")
			}
		} else if !h.Expiry.Equal(r.Expiry) {
			return order.Invalid(name+".expiry", order.Stamp(h.Expiry), "is not the expiry of the resource, "+order.Stamp(r.Expiry))
		}
	}
	return nil
}
