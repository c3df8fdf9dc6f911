package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Policy is what differs from house to house. The zero Policy is neutral; the package
// comment has the table.
type Policy struct {
	// Zone is where days begin and end, and clocks strike: of expiries, unified days,
	// attempts and remaining days (T2). Nil: UTC.
	Zone *time.Location
	// Ending is the second at which a period ends (R2). Zero: 23:59:59 of its last day.
	Ending Ending
	// MostMonths and MostYears are the longest renewals (R1). 0: 11 and 3.
	MostMonths, MostYears int
	// Least says how far a renewal to a unified day must reach (R6). Zero: at least the term.
	Least Least
	// NoLastDay: a unified day is 1 to 28, and not the last day of the month (R6). So it is
	// with NextMidnight, which prints the day after.
	NoLastDay bool
	// DayCount is how odd days are counted (R7). Zero: a day is a thirtieth of a month.
	DayCount DayCount
	// Counter is a host's own day count, in place of DayCount. Nil: none.
	Counter Counter
	// Rounding is how a price or a refund is rounded, once, at the end. Zero: half up.
	Rounding order.Rounding
	// Attempts is when automatic renewals are tried (R5). None: none are.
	Attempts Attempts
	// Schedule is a host's own, in place of Attempts. Nil: none.
	Schedule Schedule
	// Keep is how long what has expired stays usable, and is then kept (R9). None: it is
	// released at once.
	Keep []Keep
	// Leaving is what comes back when a resource is changed or given up (Q1 to Q7).
	Leaving RefundPolicy
	// MaxRows is how many rows an export of the renewal list may have (R13). 0: no limit.
	MaxRows int
}

func (p *Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// Check reports counts, days and words that mean nothing, as an [*order.FieldError].
func (p Policy) Check() error {
	for _, c := range [...]struct {
		name    string
		n, most int
	}{{"mostMonths", p.MostMonths, 1200}, {"mostYears", p.MostYears, 100}, {"maxRows", p.MaxRows, 1e9}} {
		if c.n < 0 || c.n > c.most {
			return order.Invalid(c.name, strconv.Itoa(c.n), "is not 0 to "+strconv.Itoa(c.most))
		}
	}
	switch {
	case p.Ending > NextMidnight:
		return order.Invalid("ending", strconv.Itoa(int(p.Ending)), "is unknown")
	case p.Least > ThirtyDays:
		return order.Invalid("least", strconv.Itoa(int(p.Least)), "is unknown")
	case p.DayCount > Thirty360:
		return order.Invalid("dayCount", strconv.Itoa(int(p.DayCount)), "is unknown")
	}
	if _, err := order.Minor(1, order.USD).MulRate(order.Percent(50), p.Rounding); err != nil {
		return order.Invalid("rounding", strconv.Itoa(int(p.Rounding)), "is unknown")
	}
	if err := p.Attempts.check(); err != nil {
		return order.Within("attempts", err)
	}
	for i, k := range p.Keep {
		if err := k.check(); err != nil {
			return order.Within(order.Element("keep", i), err)
		}
	}
	if err := p.Leaving.check(); err != nil {
		return order.Within("leaving", err)
	}
	return nil
}

// checkTerm reports a term that nothing is renewed by (R1).
func (p *Policy) checkTerm(t Term) error {
	months, years := p.MostMonths, p.MostYears
	if months == 0 {
		months = 11
	}
	if years == 0 {
		years = 3
	}
	most := 0
	switch t.Unit {
	case Month:
		most = months
	case Year:
		most = years
	}
	if t.N >= 1 && t.N <= most {
		return nil
	}
	return order.Invalid("term", t.String(), "is not 1 to "+strconv.Itoa(months)+" months, or 1 to "+strconv.Itoa(years)+" years (R1)")
}
