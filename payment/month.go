package payment

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Month is a calendar month in the zone of the policy (P6): "2026-11". Its text, JSON and
// SQL form is that.
type Month string

const monthForm = "2006-01"

// MonthOf returns the month of an instant.
func (p *Policy) MonthOf(at time.Time) Month { return Month(at.In(p.zone()).Format(monthForm)) }

// BillID names the bill of a month in a currency among those of its customer.
func (m Month) BillID(cur order.Currency) string { return string(m) + "/" + cur.String() }

// Check reports what is no month of the years 1 to 9998.
func (m Month) Check() error {
	t, err := time.Parse(monthForm, string(m))
	strict := err == nil && t.Format(monthForm) == string(m)
	if !strict || t.Year() < 1 || t.Year() > 9998 {
		return order.Invalid("month", string(m), `is no month: give one such as "2026-11"`)
	}
	return nil
}

// MadeAt returns when the bill of a month is made (P6): in the first second of the bill day
// of the month after it, in the zone of the policy (T2). The error is an [*order.FieldError] for what is no month or policy.
func (p Policy) MadeAt(m Month) (time.Time, error) {
	if err := m.Check(); err != nil {
		return time.Time{}, err
	}
	if err := p.Check(); err != nil {
		return time.Time{}, order.Within("policy", err)
	}
	t, _ := time.Parse(monthForm, string(m)) // Check has said that it is one
	return order.DateOf(t).AddMonths(1, max(1, p.BillDay)).Begin(p.zone()), nil
}

// UnmarshalText reads a month strictly.
func (m *Month) UnmarshalText(b []byte) error {
	if err := Month(b).Check(); err != nil {
		return err
	}
	*m = Month(b)
	return nil
}

// Scan reads a month from a text column.
func (m *Month) Scan(src any) error { return order.ScanText("month", src, m.UnmarshalText) }
