package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Left says how the time that is left of a period is counted (Q1).
type Left uint8

const (
	LeftOfPeriod Left = iota // what is not used of the period itself, as Used counts that (B, S); the zero value
	LeftByDay                // in days, each of its calendar month, or of 365 (HC)
	LeftByHour               // in hours, each of its calendar month, or of 365 days (HC since 2025-05-27)
)

// Period is a time that was bought for a price.
type Period struct {
	Start  time.Time `json:"start"`
	Expiry time.Time `json:"expiry"` // as it is printed
	Term   Term      `json:"term"`   // months or years: the unit of the price
}

// Remaining returns how much of the period is left at the time of a change, in months or
// years, whichever the term is in (Q1): never more than was bought. Of the period itself it
// is all at the first second, and what was used and what is left add up to the whole. By
// calendar day the day of the change is not counted, the day of expiry is, and each remaining
// day is a share of its calendar month, or 1/365 of a year, Feb 29 not counted. The error is
// an [*order.FieldError] for a time outside the period, or a period that is none.
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
	if b.Term.Check() != nil || b.Term.Unit != Month && b.Term.Unit != Year {
		return order.Invalid("term", b.Term.String(), "is not in months or years")
	}
	last := p.Ending.LastSecond(b.Expiry)
	switch {
	case !last.After(b.Start):
		return order.Invalid("expiry", b.Expiry.Format(time.RFC3339), "is not after the start, "+b.Start.Format(time.RFC3339))
	case at.Before(b.Start):
		return order.Invalid("at", at.Format(time.RFC3339), "is before the start, "+b.Start.Format(time.RFC3339))
	case at.Unix() > last.Unix():
		return order.Invalid("at", at.Format(time.RFC3339), "is after the expiry, "+b.Expiry.Format(time.RFC3339))
	}
	return nil
}

// remaining is Remaining for a period, time and policy that are sound.
func (b *Period) remaining(at time.Time, p *Policy) Fraction {
	bought := Fraction{int64(b.Term.N), 1}
	if p.Leaving.Left == LeftOfPeriod {
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
func (b *Period) calendar(at, last time.Time, by Left) Fraction {
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

// Change is a change of what a resource costs for what is left of its period (Q2, Q3).
type Change struct {
	Old  order.Money // list price of a month or a year, before
	New  order.Money // and after
	Left Fraction    // of months or years, as Period.Remaining gives it
	// At most one discount: a ratio still to pay, an amount off, or the fixed price of New.
	Ratio order.Rate
	Off   order.Money
	Fixed order.Money
}

// Upgrade returns what a change to a higher price costs now (Q2): (new - old) x left;
// with a ratio times it, with an amount off minus it but not below zero, with a fixed
// price times (fixed / new). It is rounded once, at the end.
func (c Change) Upgrade(p Policy) (order.Money, error) {
	if err := c.check(&p); err != nil {
		return order.Money{}, err
	}
	more := c.New.Minor() - c.Old.Minor()
	if more < 0 {
		return order.Money{}, order.Invalid("new", c.New.String(), "is less than "+c.Old.String()+": that is a downgrade")
	}
	cur := c.Old.Currency()
	switch {
	case c.Ratio != (order.Rate{}):
		return scaleRate(order.Minor(more, cur), c.Left, c.Ratio, p.Rounding)
	case c.Fixed != (order.Money{}):
		if c.New.Sign() == 0 {
			return order.Minor(0, cur), nil
		}
		return scaleBy(order.Minor(more, cur), c.Left, Fraction{c.Fixed.Minor(), c.New.Minor()}, p.Rounding)
	}
	price, err := scale(order.Minor(more, cur), c.Left, 0, p.Rounding)
	if err != nil || c.Off == (order.Money{}) {
		return price, err
	}
	return order.Minor(max(0, price.Minor()-c.Off.Minor()), cur), nil
}

func (c *Change) check(p *Policy) error {
	if err := checkPrice("old", c.Old, c.Old.Currency()); err != nil {
		return err
	}
	if err := checkPrice("new", c.New, c.Old.Currency()); err != nil {
		return err
	}
	if c.Left.Num < 0 || c.Left.Den <= 0 {
		return order.Invalid("left", "", "is below zero, or of nothing")
	}
	if p.Rounding > order.Truncate {
		return order.Invalid("policy.rounding", "", "is unknown")
	}
	discounts := 0
	if c.Ratio != (order.Rate{}) {
		discounts++
		if c.Ratio.Cmp(order.Percent(100)) > 0 {
			return order.Invalid("ratio", c.Ratio.String(), "is more than 1")
		}
	}
	for _, m := range [...]struct {
		name string
		of   order.Money
	}{{"off", c.Off}, {"fixed", c.Fixed}} {
		if m.of == (order.Money{}) {
			continue
		}
		discounts++
		if err := checkPrice(m.name, m.of, c.Old.Currency()); err != nil {
			return err
		}
	}
	if c.Fixed.Minor() > c.New.Minor() {
		return order.Invalid("fixed", c.Fixed.String(), "is more than the list price, "+c.New.String())
	}
	if discounts > 1 {
		return order.Invalid("ratio", "", "off and fixed exclude each other (D2)")
	}
	return nil
}
