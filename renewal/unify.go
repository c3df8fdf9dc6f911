package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// UnifiedDay is the day of the month that expiries are brought to (R6): 1 to 28, or
// [LastDay]. The zero value is the default, the 1st.
type UnifiedDay int

// LastDay is the last day of every month.
const LastDay UnifiedDay = -1

// Least says how far a renewal to a unified day must reach (R6).
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
}

// Unify returns the renewal of what stands at a position to a unified day (R6): to the
// first such day, by the order.Date printed, that is not earlier than the next expiry of the
// term asked for. Only the day is unified, not the month (R8). The error is an
// [*order.FieldError].
func Unify(at Position, least Term, day UnifiedDay, p Policy) (Extension, error) {
	if err := p.Check(); err != nil {
		return Extension{}, order.Within("policy", err)
	}
	return unify(at, least, day, &p)
}

// unify is Unify under a policy that is sound.
func unify(at Position, least Term, day UnifiedDay, p *Policy) (Extension, error) {
	last, err := at.lastDay(least, p)
	if err != nil {
		return Extension{}, err
	}
	if err := p.checkDay(day); err != nil {
		return Extension{}, err
	}
	expiry := p.printed(last)
	end := last.AddMonths(monthsOf(least), at.anchor(last))
	whole := p.printed(order.DateOf(end.Begin(p.zone()))) // a day that the zone skips is the next one
	from := whole
	switch p.Least {
	case MoreThan:
		from = whole.Next()
	case ThirtyDays:
		n := 30 * least.N
		if least.Unit == Year {
			n = 365 * least.N
		}
		from = expiry.AddDays(n)
	}
	until := day.from(from)
	if err := checkYear(until); err != nil {
		return Extension{}, err
	}
	e := Extension{Until: p.show(until, at.like(p)), Whole: least, Days: until.Number() - whole.Number()}
	if until.Before(whole) { // thirty days are less than the month
		e.Whole, e.Days = Term{}, until.Number()-expiry.Number()
	}
	return e, nil
}

// Align is the other direction (R8; S, M): the first term of what is bought at start is
// shortened to the first unified day after it, or is whole where it begins on one. The
// shortened term is a part of the month that ends on the unified day (R7).
func Align(start time.Time, t Term, day UnifiedDay, p Policy) (Extension, error) {
	if err := p.Check(); err != nil {
		return Extension{}, order.Within("policy", err)
	}
	at := Position{Expiry: start}
	if _, err := at.lastDay(t, &p); err != nil {
		return Extension{}, err
	}
	if err := p.checkDay(day); err != nil {
		return Extension{}, err
	}
	start = start.Truncate(time.Second)
	begin := order.DateOf(start.In(p.zone()))
	whole := begin.AddMonths(monthsOf(t), begin.Day)
	if err := checkYear(whole); err != nil {
		return Extension{}, err
	}
	if day.from(begin) == begin {
		return Extension{Until: p.end(whole, start.In(p.zone())), Whole: t}, nil
	}
	until := day.from(begin)
	before := until.AddMonths(-1, day.onDay())
	return Extension{Until: p.show(until, start.In(p.zone())), Days: until.Number() - begin.Number(), Of: until.Number() - before.Number()}, nil
}

// onDay is the day of the month that a unified day is, 31 the last.
func (day UnifiedDay) onDay() int {
	if day == LastDay {
		return 31
	}
	return max(1, int(day))
}

// checkDay reports what is no unified day by the policy.
func (p *Policy) checkDay(day UnifiedDay) error {
	last := !p.NoLastDay && p.Ending != NextMidnight // which prints the day after
	if day >= 0 && day <= 28 {
		return nil
	}
	if day == LastDay && last {
		return nil
	}
	reason := "is no unified day: give 1 to 28, or LastDay (R6)"
	if !last {
		reason = "is no unified day: give 1 to 28 (R6)"
	}
	return order.Invalid("day", strconv.Itoa(int(day)), reason)
}

// from returns the first unified day that is not earlier than d.
func (day UnifiedDay) from(d order.Date) order.Date {
	if day == LastDay {
		return order.Date{Year: d.Year, Month: d.Month, Day: order.DaysIn(d.Year, d.Month)}
	}
	k := max(1, int(day))
	if d.Day <= k {
		return order.Date{Year: d.Year, Month: d.Month, Day: k}
	}
	return d.AddMonths(1, k)
}

// anchor is the day that months are counted from after a renewal to the unified day: the
// day of last use (R3).
func (day UnifiedDay) anchor(p *Policy) int {
	k := max(1, int(day))
	switch {
	case day == LastDay:
		return 31
	case p.Ending != NextMidnight:
		return k
	case k == 1:
		return 31 // the last day of the month before
	}
	return k - 1
}

// printed is the date that is shown for a last day of use.
func (p *Policy) printed(last order.Date) order.Date {
	if p.Ending == NextMidnight {
		return last.Next()
	}
	return last
}

// show is the expiry whose printed date is d, at the clock time of like, a time of the
// policy's zone. A date that the zone skips is the next one.
func (p *Policy) show(d order.Date, like time.Time) time.Time {
	switch p.Ending {
	case SameClock:
		return d.Like(like)
	case NextMidnight:
		return midnight(d, like.Location())
	}
	return d.End(like.Location())
}

// shows reports whether an expiry is one that [Unify] returns for a unified day.
func (p *Policy) shows(day UnifiedDay, until, like time.Time) bool {
	d := order.DateOf(until.In(p.zone()))
	for n := range 2 { // of a date that the zone skips the next is printed
		if on := day.from(d.AddDays(-n)); p.show(on, like).Equal(until) {
			return true
		}
	}
	return false
}
