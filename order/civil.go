package order

import (
	"database/sql/driver"
	"time"
)

// Date is a civil day: a day of the calendar, without a zone (T2). Its methods are the one
// place where civil days and clock times become instants.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the civil day of an instant, in its zone.
func DateOf(t time.Time) (d Date) {
	d.Year, d.Month, d.Day = t.Date()
	return d
}

// DaysIn returns how many days a month has.
func DaysIn(year int, month time.Month) int {
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

// Number counts the days from a day long ago: the difference of two numbers is a number of
// civil days.
func (d Date) Number() int {
	y, m := d.Year, int(d.Month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + floor(y, 4) - floor(y, 100) + floor(y, 400) + (153*m-457)/5 + d.Day
}

// floorDiv is a / b, rounded down; b is above zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floor(a, b int) int { return int(floorDiv(int64(a), int64(b))) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// Next returns the day after.
func (d Date) Next() Date {
	switch {
	case d.Day < DaysIn(d.Year, d.Month):
		return Date{d.Year, d.Month, d.Day + 1}
	case d.Month < time.December:
		return Date{d.Year, d.Month + 1, 1}
	}
	return Date{d.Year + 1, time.January, 1}
}

// AddDays returns the day n days on.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// AddMonths returns the given day of the month n months on, or the last of a shorter month
// (R3).
func (d Date) AddMonths(n, day int) Date {
	m := int64(d.Year)*12 + int64(d.Month) - 1 + int64(n)
	year := int(floorDiv(m, 12))
	month := time.Month(m-int64(year)*12) + 1
	return Date{year, month, min(day, DaysIn(year, month))}
}

// At returns the instant at which a clock in the zone shows the time on that day (T2). A
// time that the clock skips moves on by what is skipped; one that it shows twice is its
// first. A nil zone is UTC; a clock that is empty or not valid is midnight.
func (d Date) At(c Clock, zone *time.Location) time.Time {
	hour, minute, second, _ := c.time()
	return d.clock(hour, minute, second, 0, orUTC(zone))
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// Like returns the day at the clock time of another instant, in its zone, as [Date.At] does.
func (d Date) Like(t time.Time) time.Time {
	hour, minute, second := t.Clock()
	return d.clock(hour, minute, second, t.Nanosecond(), t.Location())
}

// margin is more than any zone is off UTC, in seconds: what a clock shows, taken as UTC, is
// no farther from the instant.
const margin = 26 * 60 * 60

func (d Date) clock(hour, minute, second, nanosecond int, zone *time.Location) time.Time {
	shown := time.Date(d.Year, d.Month, d.Day, hour, minute, second, nanosecond, zone)
	if zone == time.UTC {
		return shown
	}
	if from, to := shown.ZoneBounds(); calm(from, shown, -margin) && calm(to, shown, margin) {
		return shown // nothing changes about that time
	}
	face := time.Date(d.Year, d.Month, d.Day, hour, minute, second, nanosecond, time.UTC)
	at := face.Add(-margin * time.Second).In(zone)
	for {
		_, off := at.Zone()
		end := change(at)
		t := face.Add(-time.Duration(off) * time.Second).In(zone)
		before := end.IsZero() || t.Before(end)
		if _, is := t.Zone(); is == off && !t.Before(at) && before {
			return t
		}
		if end.IsZero() {
			return t
		}
		// Skipped where the time is not reached before the change, and passed after it.
		if _, next := end.Zone(); !t.Before(end) && face.Add(-time.Duration(next)*time.Second).Before(end) {
			return t
		}
		at = end
	}
}

// change returns when the zone changes next; zero: never.
func change(at time.Time) time.Time {
	_, end := at.ZoneBounds()
	if !end.After(at) {
		return time.Time{} // for the years to come, ZoneBounds can return the beginning as the end
	}
	return end
}

// calm reports whether a change of the clock is farther from t than some seconds.
func calm(change, t time.Time, seconds int64) bool {
	if change.IsZero() {
		return true
	}
	if seconds < 0 {
		return change.Unix() < t.Unix()+seconds
	}
	return change.Unix() > t.Unix()+seconds
}

// Begin returns the first second of the day in a zone: midnight, or what a clock that skips
// midnight shows first. A day that the zone skips is the next one that exists.
func (d Date) Begin(zone *time.Location) time.Time {
	first, _ := d.bounds(orUTC(zone))
	return first
}

// End returns the last second of the day in a zone: 23:59:59, where the clock shows that
// twice the second of them (T2). A day that the zone skips is the next one that exists.
func (d Date) End(zone *time.Location) time.Time {
	_, last := d.bounds(orUTC(zone))
	return last
}

// bounds returns the first and the last second in which the date is d.
func (d Date) bounds(zone *time.Location) (first, last time.Time) {
	const day = 24 * 60 * 60
	first = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	if from, to := first.ZoneBounds(); zone == time.UTC || calm(from, first, -margin) && calm(to, first, day+margin) {
		return first, first.Add((day - 1) * time.Second)
	}
	face := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix()
	at := time.Unix(face-margin, 0).In(zone)
	found := false
	for at.Unix() < face+day+margin {
		_, off := at.Zone()
		end := change(at)
		from, to := max(at.Unix(), face-int64(off)), face+day-int64(off)
		if !end.IsZero() {
			to = min(to, end.Unix())
		}
		if from < to {
			if !found {
				first = time.Unix(from, 0).In(zone)
			}
			last, found = time.Unix(to-1, 0).In(zone), true
		}
		if end.IsZero() {
			break
		}
		at = end
	}
	if !found {
		return d.Next().bounds(zone)
	}
	return first, last
}

// Clock is a time of day in whole seconds, as a clock shows it: "00:30:00". The zero Clock
// is no time, which is not midnight.
type Clock string

const clockForm = "15:04:05"

// ClockOf returns what a clock in the zone of an instant shows.
func ClockOf(t time.Time) Clock { return Clock(t.Format(clockForm)) }

// Check reports what is not a time of day, as a [*FieldError]; the zero Clock is not one.
func (c Clock) Check() error {
	if _, _, _, ok := c.time(); !ok {
		return Invalid("clock", string(c), `is not a time of day: give one such as "00:30:00"`)
	}
	return nil
}

// time returns the parts of the clock, zeros where it is not valid.
func (c Clock) time() (hour, minute, second int, ok bool) {
	if len(c) != len(clockForm) || c[2] != ':' || c[5] != ':' {
		return 0, 0, 0, false
	}
	for _, i := range [...]int{0, 1, 3, 4, 6, 7} {
		if c[i] < '0' || c[i] > '9' {
			return 0, 0, 0, false
		}
	}
	two := func(i int) int { return int(c[i]-'0')*10 + int(c[i+1]-'0') }
	hour, minute, second = two(0), two(3), two(6)
	if hour > 23 || minute > 59 || second > 59 {
		return 0, 0, 0, false
	}
	return hour, minute, second, true
}

// UnmarshalText reads a clock strictly.
func (c *Clock) UnmarshalText(b []byte) error {
	if err := Clock(b).Check(); err != nil {
		return err
	}
	*c = Clock(b)
	return nil
}

// Scan reads a clock from a text column, none from NULL.
func (c *Clock) Scan(src any) error {
	if src == nil {
		*c = ""
		return nil
	}
	return ScanText("clock", src, c.UnmarshalText)
}

// Value is the clock, NULL for none.
func (c Clock) Value() (driver.Value, error) {
	if c == "" {
		return nil, nil
	}
	return string(c), nil
}
