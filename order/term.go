package order

import (
	"database/sql/driver"
	"strings"
)

// Unit is a unit of time. Minutes and hours elapse; days, weeks, months and years are civil
// (T2). The zero value is no unit.
//
// One of: minute, hour, day, week, month, year.
type Unit string

const (
	Minute Unit = "minute"
	Hour   Unit = "hour"
	Day    Unit = "day"
	Week   Unit = "week" // 7 days
	Month  Unit = "month"
	Year   Unit = "year"
)

var units = []Unit{Minute, Hour, Day, Week, Month, Year}

// UnmarshalText reads a unit strictly.
func (u *Unit) UnmarshalText(b []byte) error { return ReadWord("unit", u, units, string(b)) }

// Scan reads a unit from a text column, the zero Unit from NULL.
func (u *Unit) Scan(src any) error { return ScanWord("unit", u, units, src) }

// Value is the unit, NULL for the zero Unit.
func (u Unit) Value() (driver.Value, error) { return WordValue(u) }

// Term is a length of time as it is sold: 3 months, 90 minutes. The zero Term is
// no term.
type Term struct {
	N    int  `json:"n"`
	Unit Unit `json:"unit"`
}

// maxTerm is the most of any unit that a term counts: 100 years of minutes.
const maxTerm = 52_596_000

// Check reports a term without a length or unit, such as the zero Term.
func (t Term) Check() error {
	if err := CheckWord("unit", t.Unit, units); err != nil {
		return err
	}
	if t.N < 1 || t.N > maxTerm {
		return Invalid("n", itoa(int64(t.N)), "is not 1 to "+itoa(maxTerm))
	}
	return nil
}

// Civil reports whether t is a sound term of days, weeks, months or years, which are counted
// by the calendar (T2): what subscriptions are sold for.
func (t Term) Civil() bool {
	_, in := t.measure()
	return t.Check() == nil && in != inMinutes
}

// String returns "1 month", "90 minutes"; "" for the zero Term.
func (t Term) String() string {
	if t == (Term{}) {
		return ""
	}
	if t.N == 1 {
		return "1 " + string(t.Unit)
	}
	return itoa(int64(t.N)) + " " + string(t.Unit) + "s"
}

// measure is what a term is counted in.
type measure uint8

const (
	inMinutes measure = iota
	inDays
	inMonths
)

// measure returns the length as it is counted: months for months and years, days for days
// and weeks, minutes for the rest.
func (t Term) measure() (n int64, in measure) {
	switch t.Unit {
	case Year:
		return int64(t.N) * 12, inMonths
	case Month:
		return int64(t.N), inMonths
	case Week:
		return int64(t.N) * 7, inDays
	case Day:
		return int64(t.N), inDays
	case Hour:
		return int64(t.N) * 60, inMinutes
	}
	return int64(t.N), inMinutes
}

// size returns the length in the unit that others are compared in: months for months and
// years, minutes for the rest.
func (t Term) size() (n int64, in measure) {
	if n, in = t.measure(); in == inDays {
		return n * 24 * 60, inMinutes
	}
	return n, in
}

// Terms is a range of terms, both ends included; a zero end is open, and the zero
// Terms holds every term and the zero Term.
type Terms struct {
	Least Term `json:"least,omitzero"`
	Most  Term `json:"most,omitzero"`
}

// Contain reports whether t lies in the range. 12 months are 1 year, 7 days 1 week, and a
// day counts as 24 hours; a month and a number of days cannot be compared, so neither lies
// in a range of the other.
func (r Terms) Contain(t Term) bool {
	n, in := t.size()
	if r.Least != (Term{}) {
		if least, of := r.Least.size(); of != in || n < least {
			return false
		}
	}
	if r.Most != (Term{}) {
		if most, of := r.Most.size(); t == (Term{}) || of != in || n > most {
			return false
		}
	}
	return true
}

// Check reports an end that is not a term, or a range in which no term lies.
func (r Terms) Check() error {
	if r.Least != (Term{}) {
		if err := r.Least.Check(); err != nil {
			return Within("least", err)
		}
	}
	if r.Most != (Term{}) {
		if err := r.Most.Check(); err != nil {
			return Within("most", err)
		}
	}
	if r.Least != (Term{}) && r.Most != (Term{}) && !(Terms{Most: r.Most}).Contain(r.Least) {
		return Invalid("least", strings.TrimSpace(r.Least.String()), "is more than most, "+r.Most.String()+", or of a unit that cannot be compared with it")
	}
	return nil
}
