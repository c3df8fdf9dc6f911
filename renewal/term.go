package renewal

import "github.com/duebook/duebook/order"

// Term is a length of time as it is sold: 3 months, 1 year. Its method Nth finds the end
// of the n-th term from an anchor (R3).
type Term = order.Term

// Unit is a unit of time.
type Unit = order.Unit

// The units that resources are renewed by; months and years are civil (T2).
const (
	Day   = order.Day
	Month = order.Month
	Year  = order.Year
)
