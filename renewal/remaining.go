package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// RemainderRule says how the time that is left of a period is counted (Q1).
//
// One of: LeftOfPeriod, LeftByDay, LeftByHour.
type RemainderRule uint8

const (
	LeftOfPeriod RemainderRule = iota // what is not used of the period itself, as Used counts that (B, S); the zero value
	LeftByDay                         // in days, each of its calendar month, or of 365 (HC)
	LeftByHour                        // in hours, each of its calendar month, or of 365 days (HC since 2025-05-27)
)

// Period is a time that was bought for a price.
type Period struct {
	Start  time.Time `json:"start"`
	Expiry time.Time `json:"expiry"` // as it is printed
	Term   Term      `json:"term"`   // its unit is that of the price
}

// Remaining returns how much of the period is left at the time of a change, in the unit that
// the term is in (Q1): never more than was bought. Of the period itself it is all at the first
// second, and what was used and what is left add up to the whole; days and weeks are counted so
// by every policy. By calendar day the day of the change is not counted, the day of expiry is, and each remaining
// day is a share of its calendar month, or 1/365 of a year, Feb 29 not counted. The error is
// an [*order.FieldError] for a time outside the period, or a period that is not valid.
func (b Period) Remaining(at time.Time, p Policy) (Fraction, error) {
	if err := p.Check(); err != nil {
		return Fraction{}, order.Within("policy", err)
	}
	if err := b.check(at, &p); err != nil {
		return Fraction{}, err
	}
	return b.remaining(at, &p), nil
}

func (b *Period) check(at time.Time, p *Policy) error {
	if err := checkTime("start", b.Start); err != nil {
		return err
	}
	if err := checkTime("expiry", b.Expiry); err != nil {
		return err
	}
	if err := checkTime("at", at); err != nil {
		return err
	}
	if !b.Term.Civil() {
		return order.Invalid("term", b.Term.String(), "is not a term of days, weeks, months or years")
	}
	last := p.Ending.LastSecond(b.Expiry)
	switch {
	case !last.After(b.Start):
		return order.Invalid("expiry", order.Stamp(b.Expiry), "is not after the start, "+order.Stamp(b.Start))
	case at.Before(b.Start):
		return order.Invalid("at", order.Stamp(at), "is before the start, "+order.Stamp(b.Start))
	case at.Unix() > last.Unix():
		return order.Invalid("at", order.Stamp(at), "is after the expiry, "+order.Stamp(b.Expiry))
	}
	return nil
}

// remaining is Remaining for a period, time and policy that are sound.
func (b *Period) remaining(at time.Time, p *Policy) Fraction {
	bought := Fraction{int64(b.Term.N), 1}
	if _, days := daysOf(b.Term); days || p.Leaving.Left == LeftOfPeriod {
		used, total := b.used(at, p)
		return Fraction{(total - used) * bought.Num, total}.lowest()
	}
	left := b.calendar(wall(at, p.zone()), shown(p.Ending.LastSecond(b.Expiry), p.zone()), p.Leaving.Left)
	if left.Num >= bought.Num*left.Den {
		return bought // a month from 28 January has 34/31 by its calendar days
	}
	return left
}

// calendar is what is left from one clock time to the second after another, by calendar month
// or in 365ths.
func (b *Period) calendar(at, last time.Time, by RemainderRule) Fraction {
	switch {
	case by == LeftByHour:
		return b.hours(at.Truncate(time.Hour), last.Add(time.Second))
	case b.Term.Unit == Year:
		return Fraction{int64(yearDays(order.DateOf(last)) - yearDays(order.DateOf(at))), 365}.lowest()
	}
	return byMonth(order.DateOf(at), order.DateOf(last))
}

// hours adds up the hours by the clock, each a share of its calendar month, or of 365 days.
func (b *Period) hours(from, to time.Time) Fraction {
	whole := func(from, to time.Time) int64 { return max(0, int64(to.Sub(from)/time.Hour)) }
	month := func(year int, month time.Month) time.Time { return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC) }
	if b.Term.Unit == Year {
		n := whole(from, to)
		for year := from.Year(); year <= to.Year(); year++ {
			if end := month(year, time.March); order.DaysIn(year, time.February) == 29 { // Feb 29 is not counted
				n -= whole(latest(end.Add(-24*time.Hour), from), earliest(end, to))
			}
		}
		return Fraction{n, 365 * 24}.lowest()
	}
	sum := Fraction{0, 1}
	for from.Before(to) {
		next := month(from.Year(), from.Month()+1)
		sum = sum.Add(Fraction{whole(from, earliest(next, to)), int64(order.DaysIn(from.Year(), from.Month())) * 24}.lowest())
		from = next
	}
	return sum
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// yearDays counts days from a day long ago, Feb 29 left out.
func yearDays(d order.Date) int {
	before := [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
	day := d.Day
	if d.Month == time.February && day == 29 {
		day = 28 // it adds none
	}
	return 365*d.Year + before[d.Month-1] + day
}
