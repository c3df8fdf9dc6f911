package renewal

import (
	"strconv"
	"time"
)

// Ending says at which second a period ends (R2).
type Ending uint8

const (
	EndOfDay     Ending = iota // 23:59:59 of its last day (HC); the zero value
	SameClock                  // the clock time at which it began (B, S)
	NextMidnight               // 00:00:00 of the day after its last, which is printed and is itself no longer use (A)
)

// Position is where a resource stands: when it expires, and the day of the month that
// its months are counted from (R3).
type Position struct {
	Expiry    time.Time // as it is printed
	AnchorDay int       // 1 to 31, a day that a month does not have is its last; 0: the last day of use
}

// LastSecond returns the last second of use of what expires then (T1): the expiry
// itself, or the second before it under [NextMidnight].
func (e Ending) LastSecond(expiry time.Time) time.Time {
	if e == NextMidnight {
		return expiry.Add(-time.Second)
	}
	return expiry
}

// First returns the expiry of what is bought at start for a term (R2). The AnchorDay of
// such a resource is the day of start in the zone of the policy (R3): without it what
// began on 31 January is renewed from the last day of February, to 28 or 29 March.
func First(start time.Time, t Term, p Policy) (time.Time, error) {
	at := Position{Expiry: start}
	last, err := at.check(t, p)
	if err != nil {
		return time.Time{}, err
	}
	if p.Ending == NextMidnight {
		last = dateOf(start.In(p.zone())) // a start, and no printed end
	}
	last = last.months(monthsOf(t), last.day)
	return p.end(last, start.In(p.zone())), checkYear(last)
}

// Next returns the expiry after a renewal for a term (R1, R2, R3): the term from the
// expiry, however late the renewal is. The n-th period is found from the anchor day, so
// that 31 January, 28 February, 31 March follow each other; whoever renews term by term
// comes to the same days as whoever renews for all of them.
func Next(at Position, t Term, p Policy) (time.Time, error) {
	last, err := at.check(t, p)
	if err != nil {
		return time.Time{}, err
	}
	next := last.months(monthsOf(t), at.anchor(last))
	if err := checkYear(next); err != nil {
		return time.Time{}, err
	}
	return p.end(next, at.Expiry.In(p.zone())), nil
}

// anchor is the day that months are counted from.
func (at *Position) anchor(last date) int {
	if at.AnchorDay == 0 {
		return last.day
	}
	return at.AnchorDay
}

// check returns the last day of use, or what is not sound about position, term or policy.
func (at *Position) check(t Term, p Policy) (date, error) {
	if err := p.Check(); err != nil {
		return date{}, under("policy", err)
	}
	return at.sound(t, &p)
}

// sound is check under a policy that is.
func (at *Position) sound(t Term, p *Policy) (date, error) {
	if err := checkTime("expiry", at.Expiry); err != nil {
		return date{}, err
	}
	if at.AnchorDay < 0 || at.AnchorDay > 31 {
		return date{}, field("anchorDay", strconv.Itoa(at.AnchorDay), "is no day of a month: give 1 to 31, or 0 for that of the expiry")
	}
	if err := p.checkTerm(t); err != nil {
		return date{}, err
	}
	return dateOf(p.Ending.LastSecond(at.Expiry).In(p.zone())), nil
}

// end is the printed expiry of what is last used on a day.
func (p *Policy) end(last date, like time.Time) time.Time {
	switch p.Ending {
	case SameClock:
		hour, minute, second := like.Clock()
		return last.at(hour, minute, second, like.Location())
	case NextMidnight:
		return last.next().at(0, 0, 0, like.Location())
	}
	return last.at(23, 59, 59, like.Location())
}
