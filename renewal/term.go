package renewal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/duebook/duebook/order"
)

// Term is a length of time as it is sold: 3 months, 1 year. Its method Nth finds the end
// of the n-th term from an anchor (R3).
type Term = order.Term

// Unit is a unit of time.
type Unit = order.Unit

// The units that resources are renewed by, all of them civil (T2).
const (
	Day   = order.Day
	Week  = order.Week // 7 days
	Month = order.Month
	Year  = order.Year
)

// Sold is a unit that resources are renewed by, and how many of it (R1).
type Sold struct {
	Unit   Unit  // days, weeks, months or years
	Counts []int // none: any number
}

func (s *Sold) check() error {
	if one := (Term{N: 1, Unit: s.Unit}); !one.Civil() {
		return order.Invalid("unit", string(s.Unit), "is not day, week, month or year")
	}
	for i, n := range s.Counts {
		if !(Term{N: n, Unit: s.Unit}).Civil() {
			return order.Invalid(order.Element("counts", i), strconv.Itoa(n), "is no number of "+string(s.Unit)+"s")
		}
	}
	return nil
}

// String returns "1 to 11 months", "2 weeks", "any number of days".
func (s Sold) String() string {
	if len(s.Counts) == 0 {
		return "any number of " + string(s.Unit) + "s"
	}
	var runs []string
	for i := 0; i < len(s.Counts); {
		k := i + 1
		for k < len(s.Counts) && s.Counts[k] == s.Counts[k-1]+1 {
			k++
		}
		switch first, last := strconv.Itoa(s.Counts[i]), strconv.Itoa(s.Counts[k-1]); k - i {
		case 1:
			runs = append(runs, first)
		case 2:
			runs = append(runs, first, last)
		default:
			runs = append(runs, first+" to "+last)
		}
		i = k
	}
	all := strings.Join(runs, ", ") + " " + string(s.Unit)
	if slices.Equal(s.Counts, []int{1}) {
		return all
	}
	return all + "s"
}

// sells reports whether a term is sold.
func (p *Policy) sells(t Term) bool {
	if len(p.Terms) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Terms, func(s Sold) bool {
		return s.Unit == t.Unit && (len(s.Counts) == 0 || slices.Contains(s.Counts, t.N))
	})
}

// checkTerm reports a term that nothing is renewed by (R1).
func (p *Policy) checkTerm(t Term) error {
	switch {
	case !t.Civil():
		return order.Invalid("term", t.String(), "is not a term of days, weeks, months or years")
	case p.sells(t):
		return nil
	}
	all := make([]string, len(p.Terms))
	for i, s := range p.Terms {
		all[i] = s.String()
	}
	return order.Invalid("term", t.String(), "is not sold: give "+p.meant(t)+strings.Join(all, ", or ")+" (R1)")
}

// meant says which term of another unit is as long as one that is not sold, or nearly so, if
// that is sold.
func (p *Policy) meant(t Term) string {
	switch t.Unit {
	case Year:
		return p.offer("", t, Month, 12, 1)
	case Month:
		return p.offer("", t, Year, 1, 12)
	case Week:
		return p.offer("", t, Day, 7, 1)
	case Day:
		if same := p.offer("", t, Week, 1, 7); same != "" {
			return same
		}
		if year := p.offer(" by the calendar", t, Year, 1, 365); year != "" {
			return year
		}
		return p.offer(" by the calendar", t, Month, 1, 30)
	}
	return ""
}

// offer names the term of a unit that is times/of as many, if there is one and it is sold.
func (p *Policy) offer(how string, t Term, unit Unit, times, of int) string {
	other := Term{N: t.N * times / of, Unit: unit}
	if t.N%of != 0 || !p.sells(other) {
		return ""
	}
	return other.String() + how + "; sold are "
}

// add returns the day a term after d; its months are counted from a day of the month.
func add(d order.Date, t Term, day int) order.Date {
	if n, ok := daysOf(t); ok {
		return d.AddDays(n)
	}
	return d.AddMonths(monthsOf(t), day)
}

// daysOf is a term of days or weeks in days; false for another.
func daysOf(t Term) (int, bool) {
	switch t.Unit {
	case Day:
		return t.N, true
	case Week:
		return 7 * t.N, true
	}
	return 0, false
}

// monthsOf is a term of months or years in months, 0 for another.
func monthsOf(t Term) int {
	switch t.Unit {
	case Year:
		return 12 * t.N
	case Month:
		return t.N
	}
	return 0
}
