package renewal

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// PriceNewPeriod returns what it costs at the given time that the resource becomes what to is and
// that a new period of the term in use begins then ([RefundPolicy.UpBeginsPeriod], Q8): the list
// price of that term for what it becomes, less what is left of the period in use at its own list
// price, rounded once. The period is the new one, Old the list price of the whole period in use,
// New that of the new one, and Due = New - Old x Left.
//
// It is refused with a [*MoveError]: [ErrAtExpiry] where more is left than the new period costs,
// [ErrBound] for what is renewed with its main resource, [ErrMode] for what is no longer sold, and
// [ErrState] for what has no period in use, or time that has been paid for after it.
func (r Resource) PriceNewPeriod(to Resource, at time.Time, prices Prices, p Policy) (PeriodChange, error) {
	if err := r.Changeable(Origin{}, at, p); err != nil {
		return PeriodChange{}, err
	}
	k, err := r.inUse(at, &p)
	if err != nil {
		return PeriodChange{}, err
	}
	h := &r.Periods[k]
	begins := p.begins(at)
	stands, err := begins.after(h.Term, &p)
	if err != nil {
		return PeriodChange{}, err
	}
	x := PeriodChange{Order: h.Order, Period: Period{Start: at.Truncate(time.Second), Expiry: stands.Expiry, Term: h.Term}, Left: h.leftOf(at, r.boughtAs(k, &p), &p)}
	if x.Old, err = r.listPrice(k, r, prices, &p); err != nil {
		return PeriodChange{}, err
	}
	if x.New, err = prices.Price(to, h.Term); err != nil {
		return PeriodChange{}, err
	}
	if err := cmp.Or(checkPrice("old", x.Old, x.Old.Currency()), checkPrice("new", x.New, x.Old.Currency())); err != nil {
		return PeriodChange{}, err
	}
	left, err := x.Left.Of(x.Old, p.Rounding)
	if err != nil {
		return PeriodChange{}, err
	}
	if left.Minor() > x.New.Minor() {
		return PeriodChange{}, r.refuse("change", StateInUse, ErrAtExpiry, left.String()+" is left of the period in use, more than the "+x.New.String()+
			" that a new one costs: change it at the expiry, which is "+order.Stamp(r.Expiry)+", or once less is left")
	}
	x.Due, err = x.New.Sub(left)
	return x, err
}

// inUse is the period in use, where a change may begin another one in its place.
func (r *Resource) inUse(at time.Time, p *Policy) (int, error) {
	const step = "change"
	state, open := r.state(at, p), r.openPeriods(at, p)
	switch {
	case r.bound():
		return 0, r.refuse(step, state, ErrBound, "it is renewed with "+string(r.Main)+", and begins no period of its own: change it at the expiry")
	case r.Withdrawn:
		return 0, r.refuse(step, state, ErrMode, "it is no longer sold (R4), and no new period of it begins: order another one")
	case state != StateInUse || len(open) == 0 || at.Before(r.Periods[open[0]].Start):
		return 0, r.refuse(step, state, ErrState, "it has no period in use: renew it first")
	case len(open) > 1:
		return 0, r.refuse(step, state, ErrState, "time has been paid for from "+order.Stamp(r.Periods[open[1]].Start)+" on, and a change to what costs more begins a new period: give that renewal back first, or change it at the expiry")
	}
	return open[0], nil
}

// OrderNewPeriod is OrderChange for an order that makes the resource what to is and begins a new
// period of the term in use, at the given time, for which it was priced: both by the commit that
// pays it (Q8). Whenever that is, price and period are those of that time; the period in use must
// not have ended by then.
//
// What was paid for the period in use, and besides it, ends with it, and stands in Added for the
// new period, with CarriedBy and without ResidualParts: these are what [Bought.Carried] says of
// each, which whoever knows the payments sets.
func (r Resource) OrderNewPeriod(to Resource, by order.ID, at time.Time, p Policy) (Resource, error) {
	after, err := r.Claim(by, false, at, p)
	if err != nil {
		return r, err
	}
	k, err := r.inUse(at, &p)
	if err != nil {
		return r, err
	}
	after.Asked = PendingRenewal{Product: to.Product, Count: to.Count, At: at.Truncate(time.Second), Periods: 1, Term: r.Periods[k].Term}
	if _, err := after.ApplyRenewal(at, p); err != nil {
		return r, err
	}
	return after, nil
}

// beginPeriod is applyChange where a new period begins: at the second that it was priced for.
func (r Resource) beginPeriod(at time.Time, p *Policy) (Resource, error) {
	a := r.Asked
	k, err := r.inUse(a.At, p)
	if err != nil {
		return r, err
	}
	begins := p.begins(a.At)
	stands, err := begins.after(a.Term, p)
	if err != nil {
		return r, err
	}
	if first := earliest(r.Periods[k].Expiry, stands.Expiry); p.Ending.LastSecond(first).Unix() < at.Unix() {
		return r, r.refuse("change", r.state(at, p), ErrState, "a period that was priced has ended: ask for the change again")
	}
	next := Period{Start: a.At, Expiry: stands.Expiry, Term: a.Term}
	after := r.Changed(a.Product, a.Count)
	after.Periods, after.Added = slices.Clone(r.Periods), slices.Clone(r.Added)
	var carried []PaidPeriod
	for _, held := range [...][]PaidPeriod{after.Added, after.Periods} {
		for i := range held {
			h := &held[i]
			if p.Ending.LastSecond(h.Expiry).Unix() < a.At.Unix() {
				continue
			}
			if !h.Free {
				carried = append(carried, PaidPeriod{Order: h.Order, Period: next, CarriedBy: r.Order})
			}
			h.Cut, h.CutBy, h.Expiry = h.Expiry, r.Order, p.until(a.At)
		}
	}
	after.Added = append(after.Added, carried...)
	after.Periods = append(after.Periods, PaidPeriod{Order: r.Order, Period: next, AnchorDay: r.AnchorDay, AnchorClock: r.AnchorClock})
	after.Expiry, after.AnchorDay, after.AnchorClock = stands.Expiry, stands.AnchorDay, stands.AnchorClock
	return r.settled(after, p)
}

// until is the expiry, as it is printed, of what ends with the second before a time.
func (p *Policy) until(at time.Time) time.Time {
	if p.Ending == NextMidnight {
		return at
	}
	return at.Add(-time.Second)
}

// checkCut checks a period that a change has cut: it is sound as it was bought, and is of no
// second where it was cut in its first.
func (h *PaidPeriod) checkCut(p *Policy) error {
	if h.Cut.IsZero() != (h.CutBy == "") {
		return order.Invalid("cut", order.Stamp(h.Cut), "by order "+string(h.CutBy)+": give both or none")
	}
	if h.CutBy == "" {
		return nil
	}
	if err := cmp.Or(checkTime("cut", h.Cut), order.CheckID("cutBy", h.CutBy)); err != nil {
		return err
	}
	if before := h.Expiry.Before(h.Start.Add(-time.Second)); before || !h.Cut.After(h.Expiry) {
		return order.Invalid("cut", order.Stamp(h.Cut), "is not the expiry of what ends "+order.Stamp(h.Expiry))
	}
	return nil
}

// began is the index of the period that a change began, or -1.
func (r *Resource) began(by order.ID) int {
	for i := 1; i < len(r.Periods); i++ {
		if r.Periods[i].Order == by && r.Periods[i-1].CutBy == by {
			return i
		}
	}
	return -1
}

// undoNewPeriod takes a period back that a change began: what it has cut is as it was, and the
// renewals after it follow on that.
func (r Resource) undoNewPeriod(by order.ID, i int, p *Policy) Resource {
	after := r
	after.Periods, after.Added = slices.Clone(r.Periods), slices.Clone(r.Added)
	for _, held := range [...][]PaidPeriod{after.Added, after.Periods} {
		for k := range held {
			if h := &held[k]; h.CutBy == by {
				h.Expiry, h.Cut, h.CutBy = h.Cut, time.Time{}, ""
			}
		}
	}
	after.Added = slices.DeleteFunc(after.Added, func(h PaidPeriod) bool { return h.CarriedBy == by })
	after = after.without(i, p)
	if before := after.Periods[i-1].Expiry; len(after.Periods) > i && after.Periods[i].Expired.IsZero() {
		after.Periods[i].Start = p.Ending.LastSecond(before).Add(time.Second)
	}
	return after
}

// isCut reports whether a change has cut the period.
func isCut(h PaidPeriod) bool { return h.CutBy != "" }
