package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// UnifiedDay is the day of the month that expiries are brought to (R6): 1 to 28, or
// [LastDay], or, where the policy has them, 29 to 31, of a shorter month its last day. The
// zero value is the default, the 1st.
type UnifiedDay int

// LastDay is the last day of every month, as 31 is.
const LastDay UnifiedDay = -1

// UnifiedDays says which unified days a house has (R6).
//
// One of: DaysAndLast, Days28, DaysAny.
type UnifiedDays uint8

const (
	DaysAndLast UnifiedDays = iota // 1 to 28, and the last day of the month (HC); the zero value
	Days28                         // 1 to 28 (A, B, T)
	DaysAny                        // 1 to 31, of a shorter month its last day (S)
)

// UnifiedMonths says in which months a unified day counts (R6).
//
// One of: EveryMonth, EveryQuarter, EveryJanuary.
type UnifiedMonths uint8

const (
	EveryMonth   UnifiedMonths = iota // the zero value
	EveryQuarter                      // January, April, July and October
	EveryJanuary
)

// Least says how far a renewal to a unified day must reach (R6).
//
// One of: AtLeast, MoreThan, ThirtyDays.
type Least uint8

const (
	AtLeast    Least = iota // not earlier than the end of the term; the zero value
	MoreThan                // later than the end of the term
	ThirtyDays              // as AtLeast, a month counting 30 days and a year 365
)

// Extension is a renewal to a unified day: the term as a whole, and odd days after it
// (R7).
type Extension struct {
	Until time.Time `json:"until"`          // the new expiry, as it is printed
	Whole Term      `json:"whole,omitzero"` // from the old expiry; zero where the odd days are all there is
	Days  int       `json:"days"`           // odd days
	Of    int       `json:"of,omitempty"`   // of a shortened first term: the days of the period that ends on the unified day
	Per   Term      `json:"per,omitzero"`   // the term of whose price the odd days cost a share; zero: 1 month
}

// Unify returns the renewal of what stands at a position to a unified day (R6): to the
// first such day, by the date printed, that is not earlier than the next expiry of the term
// asked for; with [DayBefore] by the day on which the next period begins. Only the day is
// unified, and not the month, unless the policy names quarters or January (R8). The error is an
// [*order.FieldError].
func Unify(at Position, least Term, day UnifiedDay, p Policy) (Extension, error) {
	if err := p.Check(); err != nil {
		return Extension{}, order.Within("policy", err)
	}
	return unify(at, least, day, &p)
}

// unify is Unify under a policy that is sound.
func unify(at Position, least Term, day UnifiedDay, p *Policy) (Extension, error) {
	counted, err := at.from(least, p)
	if err != nil {
		return Extension{}, err
	}
	if err := p.checkDay(day); err != nil {
		return Extension{}, err
	}
	end := add(counted, least, at.anchor(counted))
	if err := checkYear(end); err != nil {
		return Extension{}, err
	}
	whole := p.printed(order.DateOf(end.Begin(p.zone()))) // a day that the zone skips is the next one
	from, expiry := whole, p.printed(counted)
	switch p.Least {
	case MoreThan:
		from = whole.Next()
	case ThirtyDays:
		from = expiry.AddDays(thirties(least))
	}
	until := p.unified(day, from)
	if err := checkYear(until); err != nil {
		return Extension{}, err
	}
	e := Extension{Until: p.show(until, at.like(p)), Whole: least, Days: until.Number() - whole.Number()}
	if until.Before(whole) { // thirty days are less than the month
		e.Whole, e.Days = Term{}, until.Number()-expiry.Number()
	}
	if e.Days > 0 {
		e.Per = perOf(least)
	}
	return e, nil
}

// thirties is a term in days, of which a month has 30 and a year 365.
func thirties(t Term) int {
	if n, ok := daysOf(t); ok {
		return n
	}
	if t.Unit == Year {
		return 365 * t.N
	}
	return 30 * t.N
}

// perOf is the term of whose price odd days beside a term cost a share (R7): a month, or that
// term if it is of days or weeks.
func perOf(t Term) Term {
	if _, ok := daysOf(t); ok {
		return t
	}
	return Term{N: 1, Unit: Month}
}

// Align is the other direction (R8; S, M): the first term of what is bought at start is
// shortened to the first unified day after it, or is whole where it begins on one. The
// shortened term is a part of the period that ends on the unified day (R7): of a month, a
// quarter or a year, as the unified days follow each other, or of the term if that is shorter. A
// term that ends before the unified day is refused.
func Align(start time.Time, t Term, day UnifiedDay, p Policy) (Extension, error) {
	if err := p.Check(); err != nil {
		return Extension{}, order.Within("policy", err)
	}
	if err := checkTime("start", start); err != nil {
		return Extension{}, err
	}
	at := p.begins(start)
	begin, err := at.from(t, &p)
	if err != nil {
		return Extension{}, err
	}
	if err := p.checkDay(day); err != nil {
		return Extension{}, err
	}
	end := add(begin, t, begin.Day)
	if err := checkYear(end); err != nil {
		return Extension{}, err
	}
	until := p.unified(day, begin)
	if until == begin {
		return Extension{Until: p.end(end, at.like(&p)), Whole: t}, nil
	}
	if end.Before(until) {
		return Extension{}, order.Invalid("term", t.String(), "ends before the first unified day, "+
			until.At("", time.UTC).Format(time.DateOnly)+": give a longer one (R8)")
	}
	e := Extension{Until: p.show(until, at.like(&p)), Days: until.Number() - begin.Number(), Per: p.between(t)}
	before := until.AddMonths(-monthsOf(e.Per), day.onDay())
	if n, ok := daysOf(t); ok {
		before = until.AddDays(-n)
	}
	e.Of = until.Number() - before.Number()
	return e, nil
}

// between is the period between two unified days, or a term that is not longer.
func (p *Policy) between(t Term) Term {
	period := Term{N: p.UnifiedMonths.months(), Unit: Month}
	if _, ok := daysOf(t); ok || monthsOf(t) <= period.N {
		return t
	}
	if period.N == 12 {
		return Term{N: 1, Unit: Year}
	}
	return period
}

// months is how many months unified days are apart.
func (m UnifiedMonths) months() int {
	switch m {
	case EveryQuarter:
		return 3
	case EveryJanuary:
		return 12
	}
	return 1
}

// onDay is the day of the month that a unified day is, 31 the last.
func (day UnifiedDay) onDay() int {
	if day == LastDay {
		return 31
	}
	return max(1, int(day))
}

// checkDay reports what is no unified day by the policy. What prints the day after the last
// has none that a month can lack, and what names the day on which the next period begins has no
// last day.
func (p *Policy) checkDay(day UnifiedDay) error {
	says := "1 to 28"
	most, last := UnifiedDay(28), false
	switch p.UnifiedDays {
	case DaysAndLast:
		last = true
	case DaysAny:
		most, last = 30, true
	}
	switch p.Ending {
	case NextMidnight:
		most, last = 28, false
	case DayBefore:
		last = false
	}
	ok := day >= 0 && day <= most || last && day == LastDay
	switch {
	case ok, last && most == 30 && day == 31:
		return nil
	case most == 30:
		says = "1 to 30"
	}
	if last {
		says += ", or LastDay"
	}
	return order.Invalid("day", strconv.Itoa(int(day)), "is no unified day: give "+says+" (R6)")
}

// unified returns the first unified day that is not earlier than d.
func (p *Policy) unified(day UnifiedDay, d order.Date) order.Date {
	k, apart := day.onDay(), p.UnifiedMonths.months()
	n := -(int(d.Month) - 1) % apart // back to the month in which days count
	if on := d.AddMonths(n, k); !on.Before(d) {
		return on
	}
	return d.AddMonths(n+apart, k)
}

// anchor is the day that months are counted from after a renewal to the unified day (R3).
func (day UnifiedDay) anchor(p *Policy) int {
	k := day.onDay()
	switch {
	case p.Ending != NextMidnight:
		return k
	case k == 1:
		return 31 // the last day of the month before
	}
	return k - 1
}

// printed is the date by which unified days are compared, for a day that periods are counted
// from: with NextMidnight the day after.
func (p *Policy) printed(counted order.Date) order.Date {
	if p.Ending == NextMidnight {
		return counted.Next()
	}
	return counted
}

// dated is printed for an expiry.
func (p *Policy) dated(expiry time.Time) order.Date {
	if p.Ending == DayBefore {
		return p.counted(expiry)
	}
	return order.DateOf(expiry.In(p.zone()))
}

// show is the expiry that is dated d, at the clock time of like, a time of the policy's zone. A
// date that the zone skips is the next one.
func (p *Policy) show(d order.Date, like time.Time) time.Time {
	if p.Ending == NextMidnight {
		return midnight(d, like.Location())
	}
	return p.end(d, like)
}

// shows reports whether an expiry is one that [Unify] returns for a unified day.
func (p *Policy) shows(day UnifiedDay, until, like time.Time) bool {
	d := p.dated(until)
	for n := range 2 { // of a date that the zone skips the next is printed
		if on := p.unified(day, d.AddDays(-n)); p.show(on, like).Equal(until) {
			return true
		}
	}
	return false
}
