package renewal

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// PeriodChange is what a change costs for one period of a resource that has not ended (Q8):
// what of the period is left, at the list price after less that before (Q2).
type PeriodChange struct {
	Order order.ID // which paid for the period
	Period
	Old  order.Money // list price of the whole period, before the change
	New  order.Money // and after
	Left Fraction    // of the whole period, as Q1 counts it
	Due  order.Money // (New - Old) x Left, rounded once; below zero where the period costs less
}

// Changed returns r with another product, another count, or both; "" and 0 leave what it is.
func (r Resource) Changed(product string, count int) Resource {
	if product != "" {
		r.Product = product
	}
	if count != 0 {
		r.Count = count
	}
	return r
}

// PriceChange returns what it costs at the given time that the resource becomes what to is,
// for each of its periods that have not ended (Q8): none of an expired resource. Each counts
// what is left of itself, one that has not begun whole, and costs what its own term costs, with
// odd days by R7. The periods go one way: where some cost more and others less, the sum decides,
// and what goes the other way is set against the rest. The error is an [*order.FieldError], or
// that of the prices.
func (r Resource) PriceChange(to Resource, at time.Time, prices Prices, p Policy) ([]PeriodChange, error) {
	if _, err := r.ready(at, &p); err != nil {
		return nil, err
	}
	open := r.openPeriods(at, &p)
	list := make([]PeriodChange, 0, len(open))
	for _, k := range open {
		h := &r.Periods[k]
		x := PeriodChange{Order: h.Order, Period: h.Period, Left: h.leftOf(at, r.boughtAs(k, &p), &p)}
		var err error
		if x.Old, err = r.listPrice(k, r, prices, &p); err != nil {
			return nil, err
		}
		if x.New, err = r.listPrice(k, to, prices, &p); err != nil {
			return nil, err
		}
		if x.Due, err = x.due(&p); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return oneWay(list)
}

// Changeable refuses with the reason where the resource cannot be changed at once (Q8), as a
// [*MoveError]: it is gone, a trial, not bought for a time, or a change waits for its expiry, which
// is taken back first, so that nobody loses what they asked for without knowing.
func (r Resource) Changeable(from Origin, at time.Time, p Policy) error {
	const step = "change"
	state, err := r.changeable(step, from, at, &p)
	if err != nil || r.Next == (NextChange{}) {
		return err
	}
	if paid, _ := r.paidNext(); paid != nil {
		return r.refuse(step, state, ErrState, r.becomes()+", which order "+string(paid.Order)+" has paid for: give that renewal back and take the change back first")
	}
	return r.refuse(step, state, ErrState, r.becomes()+": take that back first, by asking for what it is now at the expiry")
}

// ChangeableAtOnce is [Resource.Changeable] for a change that has been priced by
// [Resource.PriceChange]: it refuses what costs less where the policy lets that wait for the expiry
// ([RefundPolicy.DownAtExpiry], Q8), with [ErrAtExpiry].
func (r Resource) ChangeableAtOnce(costs []PeriodChange, at time.Time, p Policy) error {
	if err := r.Changeable(Origin{}, at, p); err != nil {
		return err
	}
	less := slices.ContainsFunc(costs, func(c PeriodChange) bool { return c.New.Minor() < c.Old.Minor() })
	if less && p.Leaving.DownAtExpiry {
		return r.refuse("change", r.state(at, &p), ErrAtExpiry, "it costs less: ask for the change at the expiry, which is "+order.Stamp(r.Expiry))
	}
	return nil
}

// changeable is what is the same for each change.
func (r *Resource) changeable(step string, from Origin, at time.Time, p *Policy) (State, error) {
	state, err := r.ready(at, p)
	switch {
	case err != nil:
		return state, err
	case state == StateReleased:
		return state, r.refuse(step, state, ErrState, "it is gone: order a new one")
	case r.Charge != order.ChargeSubscription:
		return state, r.refuse(step, state, ErrMode, "it is "+string(r.Charge)+", which is not bought for a time")
	case from.Trial:
		return state, r.refuse(step, state, ErrState, "it is a trial: order it for a time first")
	}
	return state, nil
}

// openPeriods lists the periods that have not ended.
func (r *Resource) openPeriods(at time.Time, p *Policy) (open []int) {
	for k := range r.Periods {
		if last := p.Ending.LastSecond(r.Periods[k].Expiry); last.Unix() >= at.Unix() {
			open = append(open, k)
		}
	}
	return open
}

// leftOf is what is left of a period, as a share of it. Odd days are counted of the period
// itself, as calendar months know nothing of them.
func (b *Period) leftOf(at time.Time, as Extension, p *Policy) Fraction {
	if at.Before(b.Start) {
		return Fraction{1, 1}
	}
	if as.Whole != (Term{}) && as.Days == 0 {
		left := b.remaining(at, p)
		return Fraction{left.Num, left.Den * int64(b.Term.N)}.lowest()
	}
	used, total := b.used(at, p)
	return Fraction{total - used, total}.lowest()
}

// boughtAs tells a period of a whole term from one with odd days (R6), a shortened first one
// (R8) and a compensation.
func (r *Resource) boughtAs(k int, p *Policy) Extension {
	h := &r.Periods[k]
	e := Extension{Whole: h.Term, Until: h.Expiry}
	whole, err := First(h.Start, h.Term, *p)
	if k > 0 && h.Expired.IsZero() && !isCut(r.Periods[k-1]) {
		before := Position{Expiry: r.Periods[k-1].Expiry, AnchorDay: h.AnchorDay, AnchorClock: h.AnchorClock}
		var then Position
		then, err = before.after(h.Term, p)
		whole = then.Expiry
	}
	if err != nil {
		return e
	}
	days := func(until time.Time) int {
		daily := *p
		daily.Leaving.Used = UsedByDay
		_, total := (&Period{Start: h.Start, Expiry: until}).used(h.Start, &daily)
		return int(total)
	}
	all, term := days(h.Expiry), days(whole)
	switch {
	case h.Free:
		e.Whole, e.Days = Term{}, all
	case all > term:
		e.Days = all - term
	case all < term-1: // a host counts the last day of a first term in its own way
		e.Whole, e.Days, e.Of = Term{}, all, term
	}
	if e.Days > 0 {
		e.Per = perOf(h.Term)
	}
	return e
}

// listPrice is the price of a whole period for what a resource is (R7).
func (r *Resource) listPrice(k int, of Resource, prices Prices, p *Policy) (order.Money, error) {
	e := r.boughtAs(k, p)
	var whole order.Money
	var err error
	if e.Whole != (Term{}) || e.Of > 0 {
		if whole, err = prices.Price(of, r.Periods[k].Term); err != nil {
			return order.Money{}, err
		}
	}
	per := whole
	if own := e.Per == r.Periods[k].Term && whole != (order.Money{}); e.Days > 0 && !own {
		if per, err = prices.Price(of, e.Per); err != nil {
			return order.Money{}, err
		}
	}
	return e.price(whole, per, p)
}

// due is what the change of a period costs, below zero where it costs less.
func (x *PeriodChange) due(p *Policy) (order.Money, error) {
	old, tobe := x.Old, x.New
	less := tobe.Currency() == old.Currency() && tobe.Minor() < old.Minor()
	if less {
		old, tobe = tobe, old
	}
	due, err := Change{Old: old, New: tobe, Left: x.Left}.Upgrade(*p)
	if less {
		due = due.Neg()
	}
	return due, err
}

// oneWay sets what costs less against what costs more: the periods that go the other way than
// the sum stay at the price that they have, and the others share the sum.
func oneWay(list []PeriodChange) ([]PeriodChange, error) {
	var weights [2][]int64 // what costs more, and what costs less
	var sums [2]int64
	for i := range list {
		due := list[i].Due.Minor()
		weights[0], weights[1] = append(weights[0], max(0, due)), append(weights[1], max(0, -due))
		sums[0], sums[1] = sums[0]+max(0, due), sums[1]+max(0, -due)
		if max(sums[0], sums[1]) > maxMinor {
			return nil, &order.FieldError{Field: "amount", Err: order.ErrOverflow}
		}
	}
	if sums[0] == 0 || sums[1] == 0 {
		return list, nil
	}
	more, total := 0, sums[0]-sums[1]
	if total < 0 {
		more, total = 1, -total
	}
	cur := list[0].Due.Currency()
	parts := make([]order.Money, len(list))
	if err := order.Minor(total, cur).SplitInto(parts, weights[more]); err != nil {
		return nil, order.Within("due", err)
	}
	for i := range list {
		x := &list[i]
		if weights[more][i] == 0 {
			x.New, x.Due = x.Old, order.Minor(0, cur)
			continue
		}
		by, err := scale(order.Minor(max(x.New.Minor()-x.Old.Minor(), x.Old.Minor()-x.New.Minor()), cur), Fraction{total, sums[more]}, 0, order.Truncate)
		if err != nil {
			return nil, err
		}
		x.New, x.Due = order.Minor(x.Old.Minor()+by.Minor(), cur), parts[i]
		if more == 1 {
			x.New, x.Due = order.Minor(x.Old.Minor()-by.Minor(), cur), parts[i].Neg()
		}
	}
	return list, nil
}

// OrderChange is Claim for an order that makes the resource what to is, once it is paid (Q8).
func (r Resource) OrderChange(to Resource, by order.ID, at time.Time, p Policy) (Resource, error) {
	after, err := r.Claim(by, false, at, p)
	if err != nil {
		return r, err
	}
	after.Asked = PendingRenewal{Product: to.Product, Count: to.Count, At: at.Truncate(time.Second), Periods: len(r.openPeriods(at, &p))}
	if _, err := after.ApplyRenewal(at, p); err != nil {
		return r, err
	}
	return after, nil
}

// applyChange makes the resource what its open order asked for: the order counts as paid for
// each period that it was priced for, from now on. It is refused once one of them has ended.
func (r Resource) applyChange(at time.Time, p *Policy) (Resource, error) {
	const step = "change"
	if err := r.Changeable(Origin{}, at, *p); err != nil {
		return r, err
	}
	state := r.state(at, p)
	open, a := r.openPeriods(r.Asked.At, p), r.Asked
	if state != StateInUse || a.Periods < 0 || len(open) < a.Periods {
		return r, r.refuse(step, state, ErrState, "it no longer has the time that was priced: ask for the change again")
	}
	if a.Term != (Term{}) {
		return r.beginPeriod(at, p)
	}
	after := r.Changed(a.Product, a.Count)
	after.Added = slices.Clip(r.Added)
	for _, k := range open[:a.Periods] {
		h := &r.Periods[k]
		if p.Ending.LastSecond(h.Expiry).Unix() < at.Unix() {
			return r, r.refuse(step, state, ErrState, "a period that was priced has ended: ask for the change again")
		}
		after.Added = append(after.Added, PaidPeriod{Order: r.Order, Period: Period{Start: latest(h.Start, at.Truncate(time.Second)), Expiry: h.Expiry, Term: h.Term}})
	}
	return r.settled(after, p)
}

// UndoChange takes back what an order has changed, which could not be carried out: its product
// and count are those of was again, unless another change has come meanwhile. A period that it
// began is taken back too, and the one that it has cut is as it was; that is refused once another
// change has come, and so is what another change has carried into a period that it began.
func (r Resource) UndoChange(by order.ID, was, to Resource, at time.Time, p Policy) (Resource, error) {
	const step = "undo change"
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	i, still := r.began(by), r.Product == to.Product && r.Count == to.Count
	cut := slices.ContainsFunc(r.Added, func(h PaidPeriod) bool { return h.Order == by && isCut(h) })
	if cut || i >= 0 && slices.ContainsFunc(r.Periods[i:], isCut) {
		return r, r.refuse(step, state, ErrState, "another change has begun a new period since: take that back first, or unsubscribe the resource")
	}
	if i >= 0 && !still {
		return r, r.refuse(step, state, ErrState, "it has been changed since it began a new period: unsubscribe the resource")
	}
	after := r
	if i >= 0 {
		after = r.undoNewPeriod(by, i, &p)
	}
	after.Added = slices.DeleteFunc(slices.Clone(after.Added), func(h PaidPeriod) bool { return h.Order == by })
	if still {
		after = after.Changed(was.Product, was.Count)
	}
	return r.become(after, &p)
}
