package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Ending says at which second a period ends (R2).
//
// One of: EndOfDay, SameClock, NextMidnight, DayBefore.
type Ending uint8

const (
	EndOfDay     Ending = iota // the last second of its last day, 23:59:59 (HC); the zero value
	SameClock                  // the clock time at which it began (B, S)
	NextMidnight               // 00:00:00 of the day after its last, which is printed and is itself no longer use (A)
	DayBefore                  // 23:59:59 of the day before its anniversary: 08-01 .. 08-31 (Lago, ERPNext)
)

// Position is where a resource stands: when it expires, and the day and the clock time that
// its months are counted from, as they were bought (R3). An expiry can differ from both:
// where the month is shorter, where summer time skips the clock time, or where the zone of
// the policy has changed since. The next period is counted from the anchored day nearest to
// the expiry, so that none of that shifts those after it.
type Position struct {
	Expiry      time.Time   // as it is printed
	AnchorDay   int         // 1 to 31, a day that a month does not have is its last; 0: the last day of use, or with DayBefore the day after it
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
// day and the clock time that such a resource keeps besides (R3): without them what began on
// 31 January is renewed from the last day of February, to 28 or 29 March.
func First(start time.Time, t Term, p Policy) (time.Time, error) {
	at, err := Anchor(start, t, p)
	return at.Expiry, err
}

// Anchor returns where a resource stands that is bought at start for a term: its expiry, as
// [First] returns it, and the day and clock time that its months are counted from, in the zone
// of the policy (R3): those of start, or, after a term of days or weeks, the day on which that
// ends.
func Anchor(start time.Time, t Term, p Policy) (Position, error) {
	if err := p.Check(); err != nil {
		return Position{}, order.Within("policy", err)
	}
	if err := checkTime("start", start); err != nil {
		return Position{}, err
	}
	at := p.begins(start)
	return at.after(t, &p)
}

// begins is where a resource would stand that began its next period at start.
func (p *Policy) begins(start time.Time) Position {
	start = start.Truncate(time.Second).In(p.zone())
	return Position{Expiry: p.end(order.DateOf(start), start), AnchorDay: start.Day(), AnchorClock: p.clock(start)}
}

// clock is the clock time that what was bought at start keeps.
func (p *Policy) clock(start time.Time) order.Clock {
	if p.Ending != SameClock {
		return ""
	}
	return order.ClockOf(start)
}

// Next returns the expiry after a renewal for a term (R1, R2, R3): the term from where the
// resource stands. The n-th period is found from the anchor, so that 31 January, 28 February,
// 31 March follow each other, and a clock time that summer time skips comes back; renewing term
// by term leads to the same expiries as renewing for all of them.
func Next(at Position, t Term, p Policy) (time.Time, error) {
	if err := p.Check(); err != nil {
		return time.Time{}, order.Within("policy", err)
	}
	next, err := at.after(t, &p)
	return next.Expiry, err
}

// after is where a resource stands a term on: with the same anchor, or, after days or weeks,
// with the day on which they end.
func (at *Position) after(t Term, p *Policy) (Position, error) {
	from, err := at.from(t, p)
	if err != nil {
		return Position{}, err
	}
	next := at.named(p)
	until := add(from, t, at.anchor(from))
	if err := checkYear(until); err != nil {
		return Position{}, err
	}
	if _, ok := daysOf(t); ok {
		next.AnchorDay = until.Day
	}
	if next.Expiry = p.end(until, at.like(p)); !next.Expiry.After(at.Expiry) {
		return Position{}, order.Invalid("term", t.String(), "is a day that the zone of the policy skips: give a longer one")
	}
	return next, nil
}

// named is the position with its anchor named.
func (at *Position) named(p *Policy) Position {
	named := *at
	named.AnchorDay = at.anchor(p.counted(at.Expiry))
	if named.AnchorClock == "" {
		named.AnchorClock = p.clock(p.Ending.LastSecond(at.Expiry).In(p.zone()))
	}
	return named
}

// counted is the day that the periods after an expiry are counted from: the last day of use,
// or with DayBefore the day after it, on which the next period begins.
func (p *Policy) counted(expiry time.Time) order.Date {
	last := order.DateOf(p.Ending.LastSecond(expiry).In(p.zone()))
	if p.Ending == DayBefore {
		return last.Next()
	}
	return last
}

// anchor is the day that months are counted from.
func (at *Position) anchor(counted order.Date) int {
	if at.AnchorDay == 0 {
		return counted.Day
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

// nearest returns the anchored day that is nearest to a day: of this month, of the one before
// or after it; of two as near the later.
func (at *Position) nearest(counted order.Date) order.Date {
	if at.AnchorDay == 0 || counted.Day == at.AnchorDay {
		return counted
	}
	best, far := counted, 32
	for n := 1; n >= -1; n-- {
		d := counted.AddMonths(n, at.AnchorDay)
		away := d.Number() - counted.Number()
		if away = max(away, -away); away < far {
			best, far = d, away
		}
	}
	return best
}

// from returns the day that a term is counted from, or what is wrong with position or term.
// Days and weeks are counted from the expiry: from the anchored day only where the zone skips
// that, so that what ends on it expires then.
func (at *Position) from(t Term, p *Policy) (order.Date, error) {
	if err := checkTime("expiry", at.Expiry); err != nil {
		return order.Date{}, err
	}
	if err := checkAnchor(at.AnchorDay, at.AnchorClock); err != nil {
		return order.Date{}, err
	}
	if err := p.checkTerm(t); err != nil {
		return order.Date{}, err
	}
	counted := p.counted(at.Expiry)
	from := at.nearest(counted)
	if _, days := daysOf(t); days && from != counted && !p.end(from, at.like(p)).Equal(at.Expiry) {
		return counted, nil
	}
	return from, nil
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

// end is the printed expiry after which periods are counted from a day.
func (p *Policy) end(counted order.Date, like time.Time) time.Time {
	switch p.Ending {
	case SameClock:
		return counted.Like(like)
	case NextMidnight:
		return counted.End(like.Location()).Add(time.Second)
	case DayBefore:
		return midnight(counted, like.Location()).Add(-time.Second)
	}
	return counted.End(like.Location())
}

// midnight is the second after the last of the day before, or the first of the day where a
// zone skips the day before.
func midnight(d order.Date, zone *time.Location) time.Time {
	if after := d.AddDays(-1).End(zone).Add(time.Second); order.DateOf(after) == d {
		return after
	}
	return d.Begin(zone)
}
