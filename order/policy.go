package order

import (
	"cmp"
	"slices"
	"time"
)

// Policy is what differs from house to house. The zero Policy is neutral: UTC, a
// lifetime of 7 days, 30 orders to a purchase, cancellation from the three states
// before payment; the package comment has the table.
type Policy struct {
	// Zone is the zone an order's instants are kept and printed in, whole minutes from
	// UTC at that time, as RFC 3339 can write them. Nil: UTC.
	Zone *time.Location
	// Lifetime is how long an order can be paid after it was placed, elapsed (E1).
	// 0: 7 days of 24 hours.
	Lifetime time.Duration
	// Lifetimes are exceptions to it; for each line the first that matches counts,
	// and of several lines the shortest (E1).
	Lifetimes []Lifetime
	// MaxOrders is how many orders a purchase, or one call of Cancel, may hold (O6,
	// O8). 0: 30.
	MaxOrders int
	// CancelFrom are the states from which [Cancel] lets a customer cancel (O2). Nil:
	// pending approval, pending confirmation and unpaid.
	CancelFrom []State
	// KeepExport is how long a host keeps an export (X2). 0: until the host removes it.
	KeepExport time.Duration
}

// Lifetime is how long orders for a product can be paid.
type Lifetime struct {
	Service, Product string // empty: any
	Type             Type   // empty: any
	For              time.Duration
}

// MaxAtOnce is how many orders, or resources, one call names at most, and how many orders a
// policy that says nothing lets a purchase have (P1, O6, O8).
const MaxAtOnce = 30

const sevenDays = 7 * 24 * time.Hour

// gmt8 is the zone of the sources: GMT+08:00.
func gmt8() *time.Location { return time.FixedZone("+08:00", 8*60*60) }

// Huawei returns Huawei Cloud's policy: hardware is paid within an hour (HC).
func Huawei() Policy {
	return Policy{Zone: gmt8(), Lifetimes: []Lifetime{{Service: "hardware", For: time.Hour}}}
}

// Huawei2024 returns the policy of Huawei Cloud's interface of 2024 (H24): as Huawei,
// but an order is canceled from unpaid alone.
func Huawei2024() Policy {
	p := Huawei()
	p.CancelFrom = []State{StateUnpaid}
	return p
}

// HuaweiChina returns the policy of Huawei Cloud's public-utility platform (HCN): as
// Huawei, and an export is kept for 3 days (X2).
func HuaweiChina() Policy {
	p := Huawei()
	p.KeepExport = 3 * 24 * time.Hour
	return p
}

// Alibaba returns Alibaba Cloud's policy: resource plans are paid within an hour (A); the zone
// is ours.
func Alibaba() Policy {
	return Policy{Zone: gmt8(), Lifetimes: []Lifetime{{Service: "resource plan", For: time.Hour}}}
}

// Baidu returns Baidu AI Cloud's policy: times in GMT+08:00 (ours).
func Baidu() Policy { return Policy{Zone: gmt8()} }

func (p Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p Policy) maxOrders() int {
	if p.MaxOrders == 0 {
		return MaxAtOnce
	}
	return p.MaxOrders
}

// letsCancel reports whether a customer may cancel an order in s, as far as the policy
// decides that: it does before payment (O2).
func (p Policy) letsCancel(s State) bool {
	return p.CancelFrom == nil || !s.early() || slices.Contains(p.CancelFrom, s)
}

// lifetime is the shortest of the lifetimes of the own lines (E1).
func (p Policy) lifetime(t Type, lines []Line) time.Duration {
	var shortest time.Duration
	for i := range lines {
		if !lines[i].Own() {
			continue
		}
		if d := p.lifetimeOf(t, &lines[i]); shortest == 0 || d < shortest {
			shortest = d
		}
	}
	return shortest
}

func (p Policy) lifetimeOf(t Type, l *Line) time.Duration {
	for _, x := range p.Lifetimes {
		if matches(x.Service, l.Service) && matches(x.Product, l.Product) && matches(x.Type, t) {
			return x.For
		}
	}
	if p.Lifetime == 0 {
		return sevenDays
	}
	return p.Lifetime
}

// ExportUntil returns the last second in which an export made at the given time is
// kept, and false when the policy sets no end (X2).
func (p Policy) ExportUntil(made time.Time) (time.Time, bool) {
	if p.KeepExport <= 0 {
		return time.Time{}, false
	}
	return made.Truncate(time.Second).Add(p.KeepExport).In(p.zone()), true
}

// Check reports a length that is not a whole number of seconds above zero, a count below
// zero, and a state that is not before payment.
func (p Policy) Check() error {
	lengths := []time.Duration{p.Lifetime, p.KeepExport}
	for _, l := range p.Lifetimes {
		if l.For == 0 {
			return Invalid("lifetimes", cmp.Or(l.Product, l.Service), "has no length")
		}
		if l.Type != "" {
			if err := CheckWord("lifetimes", l.Type, types); err != nil {
				return err
			}
		}
		lengths = append(lengths, l.For)
	}
	for _, d := range lengths {
		if d < 0 || d%time.Second != 0 {
			return Invalid("lifetime", d.String(), "is not a whole number of seconds above zero")
		}
	}
	if p.MaxOrders < 0 {
		return Invalid("maxOrders", itoa(int64(p.MaxOrders)), "is below zero")
	}
	for _, s := range p.CancelFrom {
		if !s.early() {
			return Invalid("cancelFrom", string(s), "is not a state before payment")
		}
	}
	return nil
}
