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
	// Terms are the terms that resources are renewed for (R1). None: any of days, weeks,
	// months or years.
	Terms []Sold
	// FromPayment lets a renewal that is paid in retention, in which the resource is frozen, begin
	// when it is paid; in grace, in which it is used, it begins at the expiry (R1). False: it begins
	// at the expiry in both, and the days until it is paid are lost.
	FromPayment bool
	// Least says how far a renewal to a unified day must reach (R6). Zero: at least the term.
	Least Least
	// UnifiedDays are the days of the month that there are to unify to (R6). Zero: 1 to 28, and
	// the last day. With NextMidnight, which prints the day after, they are 1 to 28, and with
	// DayBefore, by which they are the day on which the next period begins, there is no last.
	UnifiedDays UnifiedDays
	// UnifiedMonths are the months in which those days count (R6). Zero: every month.
	UnifiedMonths UnifiedMonths
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
	// Mode is how a subscription that is provided starts (R4, [Provide]); what is renewed
	// automatically is for the term of its line. Zero: renewed by hand.
	Mode Mode
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
	for i := range p.Terms {
		if err := p.Terms[i].check(); err != nil {
			return order.Within(order.Element("terms", i), err)
		}
	}
	if p.MaxRows < 0 || p.MaxRows > 1e9 {
		return order.Invalid("maxRows", strconv.Itoa(p.MaxRows), "is not 0 to 1000000000")
	}
	for _, c := range [...]struct {
		name    string
		n, most int
	}{
		{"ending", int(p.Ending), int(DayBefore)},
		{"least", int(p.Least), int(ThirtyDays)},
		{"unifiedDays", int(p.UnifiedDays), int(DaysAny)},
		{"unifiedMonths", int(p.UnifiedMonths), int(EveryJanuary)},
		{"dayCount", int(p.DayCount), int(Thirty360)},
	} {
		if c.n > c.most {
			return order.Invalid(c.name, strconv.Itoa(c.n), "is unknown")
		}
	}
	if _, err := order.Minor(1, order.USD).MulRate(order.Percent(50), p.Rounding); err != nil {
		return order.Invalid("rounding", strconv.Itoa(int(p.Rounding)), "is unknown")
	}
	if err := p.Attempts.check(); err != nil {
		return order.Within("attempts", err)
	}
	if err := p.checkMode(); err != nil {
		return err
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

// checkMode reports a mode that is unknown, or that nothing would carry out.
func (p *Policy) checkMode() error {
	switch {
	case p.Mode == "":
		return nil
	case p.Mode == ModeAutomatic && p.Schedule == nil && p.Attempts.none():
		return order.Invalid("mode", string(p.Mode), "is attempted on no day: set Attempts, or a Schedule")
	}
	return order.CheckWord("mode", p.Mode, modes)
}
