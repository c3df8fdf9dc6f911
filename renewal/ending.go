package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Ending says at which second a period ends (R2).
type Ending uint8

const (
	EndOfDay     Ending = iota // the last second of its last day, 23:59:59 (HC); the zero value
	SameClock                  // the clock time at which it began (B, S)
	NextMidnight               // 00:00:00 of the day after its last, which is printed and is itself no longer use (A)
)

// Position is where a resource stands: when it expires, and the day and the clock time that
// its months are counted from, as they were bought (R3). An expiry can differ from both:
// where the month is shorter, where summer time skips the clock time, or where the zone of
// the policy has changed since. The next period is counted from the anchored day nearest to
// the expiry, so that none of that shifts those after it.
type Position struct {
	Expiry      time.Time   // as it is printed
	AnchorDay   int         // 1 to 31, a day that a month does not have is its last; 0: the last day of use
	AnchorClock order.Clock // with SameClock; none: that of the expiry
}

// LastSecond returns the last second of use of what expires then (T1): the expiry
// itself, or the second before it under [NextMidnight].
func (e Ending) LastSecond(expiry time.Time) time.Time {
	if e == NextMidnight {
		return expiry.Add(-time.Second)
	}
	return expiry
}

// First returns the expiry of what is bought at start for a term (R2). [Anchor] returns the
// day and the clock time that such a resource keeps (R3): without them what began on 31
// January is renewed from the last day of February, to 28 or 29 March.
func First(start time.Time, t Term, p Policy) (time.Time, error) {
	if err := p.Check(); err != nil {
		return time.Time{}, order.Within("policy", err)
	}
	at := Position{Expiry: start}
	if _, err := at.lastDay(t, &p); err != nil {
		return time.Time{}, err
	}
	start = start.Truncate(time.Second).In(p.zone())
	from := order.DateOf(start)
	last := from.AddMonths(monthsOf(t), from.Day)
	if err := checkYear(last); err != nil {
		return time.Time{}, err
	}
	return p.end(last, start), nil
}

// Anchor returns where a resource stands that was bought at start and expires then: its
// months are counted from the day of start, and end at its clock time, in the zone of the
// policy (R3).
func Anchor(start, expiry time.Time, p Policy) Position {
	start = start.In(p.zone())
	return Position{Expiry: expiry, AnchorDay: start.Day(), AnchorClock: p.clock(start)}
}

// clock is the clock time that what was bought at start keeps.
func (p *Policy) clock(start time.Time) order.Clock {
	if p.Ending != SameClock {
		return ""
	}
	return order.ClockOf(start)
}

// Next returns the expiry after a renewal for a term (R1, R2, R3): the term from the expiry,
// however late the renewal is. The n-th period is found from the anchor, so that 31 January,
// 28 February, 31 March follow each other, and a clock time that summer time skips comes back;
// renewing term by term leads to the same expiries as renewing for all of them.
func Next(at Position, t Term, p Policy) (time.Time, error) {
	if err := p.Check(); err != nil {
		return time.Time{}, order.Within("policy", err)
	}
	return next(at, t, &p)
}

// next is Next under a policy that is sound.
func next(at Position, t Term, p *Policy) (time.Time, error) {
	last, err := at.lastDay(t, p)
	if err != nil {
		return time.Time{}, err
	}
	until := last.AddMonths(monthsOf(t), at.anchor(last))
	if err := checkYear(until); err != nil {
		return time.Time{}, err
	}
	return p.end(until, at.like(p)), nil
}

// anchor is the day that months are counted from.
func (at *Position) anchor(last order.Date) int {
	if at.AnchorDay == 0 {
		return last.Day
	}
	return at.AnchorDay
}

// like is a time of the zone with the clock time that the periods end at.
func (at *Position) like(p *Policy) time.Time {
	if at.AnchorClock == "" || p.Ending != SameClock {
		return at.Expiry.In(p.zone())
	}
	// A day on which no clock changes: the clock time is all that is looked at.
	return order.Date{Year: 1, Month: time.June, Day: 15}.At(at.AnchorClock, p.zone())
}

// nearest returns the anchored day that is nearest to a last day of use: of this month, of
// the one before or after it; of two as near the later.
func (at *Position) nearest(last order.Date) order.Date {
	if at.AnchorDay == 0 || last.Day == at.AnchorDay {
		return last
	}
	best, far := last, 32
	for n := 1; n >= -1; n-- {
		d := last.AddMonths(n, at.AnchorDay)
		away := d.Number() - last.Number()
		if away = max(away, -away); away < far {
			best, far = d, away
		}
	}
	return best
}

// lastDay returns the last day of use that periods are counted from, or what is wrong with
// position or term.
func (at *Position) lastDay(t Term, p *Policy) (order.Date, error) {
	if err := checkTime("expiry", at.Expiry); err != nil {
		return order.Date{}, err
	}
	if err := checkAnchor(at.AnchorDay, at.AnchorClock); err != nil {
		return order.Date{}, err
	}
	if err := p.checkTerm(t); err != nil {
		return order.Date{}, err
	}
	return at.nearest(order.DateOf(p.Ending.LastSecond(at.Expiry).In(p.zone()))), nil
}

// checkAnchor reports a day or a clock time that nothing is counted from.
func checkAnchor(day int, clock order.Clock) error {
	if day < 0 || day > 31 {
		return order.Invalid("anchorDay", strconv.Itoa(day), "is no day of a month: give 1 to 31, or 0 for that of the expiry")
	}
	if clock != "" && clock.Check() != nil {
		return order.Invalid("anchorClock", string(clock), `is no time of day: give one such as "00:30:00", or none for that of the expiry`)
	}
	return nil
}

// end is the printed expiry of what is last used on a day.
func (p *Policy) end(last order.Date, like time.Time) time.Time {
	switch p.Ending {
	case SameClock:
		return last.Like(like)
	case NextMidnight:
		return last.End(like.Location()).Add(time.Second)
	}
	return last.End(like.Location())
}

// midnight is the second after the last of the day before, or the first of the day where a
// zone skips the day before.
func midnight(d order.Date, zone *time.Location) time.Time {
	if after := d.AddDays(-1).End(zone).Add(time.Second); order.DateOf(after) == d {
		return after
	}
	return d.Begin(zone)
}
