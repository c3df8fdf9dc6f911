package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// date is a civil day.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) (d date) {
	d.year, d.month, d.day = t.Date()
	return d
}

// number counts the days from a day long ago, so that differences are days.
func (d date) number() int {
	y, m := d.year, int(d.month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*m-457)/5 + d.day
}

// at is the date at a clock time of a zone.
func (d date) at(hour, minute, second int, zone *time.Location) time.Time {
	return time.Date(d.year, d.month, d.day, hour, minute, second, 0, zone)
}

// moment is the date at the clock time of another time, in its zone: one that summer time
// skips is moved on, one that comes twice is its first (T2).
func (d date) moment(like time.Time) time.Time {
	return Term{N: 1, Unit: Month}.NthOf(like, (d.year-like.Year())*12+int(d.month-like.Month()), d.day)
}

// shown is what the clock of a zone shows, as a time in UTC.
func shown(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	_, offset := at.Zone()
	return at.Add(time.Duration(offset) * time.Second).UTC()
}

// wall is shown for what never runs back: a clock time that is to come again is that to which
// the clock goes back, so that a day or an hour ends with its last second (T2).
func wall(at time.Time, zone *time.Location) time.Time {
	const most = 26 * time.Hour // that a clock was ever set back
	clock := shown(at, zone)
	_, change := at.In(zone).ZoneBounds()
	for !change.IsZero() && change.Sub(at) <= most {
		clock = earliest(clock, shown(change, zone))
		_, next := change.ZoneBounds()
		if !next.After(change) {
			break // a zone's rule for the years to come can say its begin for its end
		}
		change = next
	}
	return clock
}

// next is the day after.
func (d date) next() date {
	switch {
	case d.day < daysIn(d.year, d.month):
		return date{d.year, d.month, d.day + 1}
	case d.month < time.December:
		return date{d.year, d.month + 1, 1}
	}
	return date{d.year + 1, time.January, 1}
}

// months is the date n months on, on the given day or the last of a shorter month.
func (d date) months(n, day int) date {
	m := d.year*12 + int(d.month) - 1 + n
	year, month := m/12, time.Month(m%12+1)
	return date{year, month, min(day, daysIn(year, month))}
}

// before reports whether d is earlier than e.
func (d date) before(e date) bool {
	if d.year != e.year {
		return d.year < e.year
	}
	if d.month != e.month {
		return d.month < e.month
	}
	return d.day < e.day
}

// days is the date n days on.
func (d date) days(n int) date {
	return dateOf(time.Date(d.year, d.month, d.day+n, 0, 0, 0, 0, time.UTC))
}

// midnight stands for the day where a time is asked for.
func (d date) midnight() time.Time { return d.at(0, 0, 0, time.UTC) }

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// monthsOf is a term of months or years in months.
func monthsOf(t Term) int {
	if t.Unit == Year {
		return t.N * 12
	}
	return t.N
}

// checkYear reports a date that leaves the years 1 to 9998.
func checkYear(d date) error {
	if d.year < 1 || d.year > 9998 {
		return field("term", "", "leads out of the years 1 to 9998")
	}
	return nil
}

// checkTime reports an instant that is none, under the name of a field.
func checkTime(name string, at time.Time) error {
	const year2, year9998 = -62_104_060_800, 253_339_228_800 // in seconds since 1970
	if s := at.Unix(); s >= year2 && s < year9998 {
		return nil // whatever the zone
	}
	if _, err := order.Second(at); err != nil {
		return field(name, at.Format(time.RFC3339), "is no time of the years 1 to 9998")
	}
	return nil
}
