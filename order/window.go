package order

import (
	"cmp"
	"time"
)

// Window is the time in which something is valid, both ends included, in whole
// seconds (T1): what is valid until 23:59:59 is valid at 23:59:59.999 and not at
// 00:00:00. A zero From has always begun, a zero Until never ends.
type Window struct {
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// LastDays returns the days before at and at itself: days x 24 hours elapsed, both ends
// included, at in whole seconds (X1). A zero at, fewer than 0 days, and days that begin
// before the year 1 make a window that [Window.Check] refuses.
func LastDays(days int, at time.Time) Window {
	days = max(-1, min(days, 366*9999)) // beyond these it is refused as well
	at = at.Truncate(time.Second)
	if at.IsZero() {
		days = max(1, days) // from the year 0
	}
	return Window{at.UTC().AddDate(0, 0, -days).In(at.Location()), at} // in UTC each day has 24 hours
}

// Contains reports whether at lies in the window.
func (w Window) Contains(at time.Time) bool { return w.Begun(at) && !w.Ended(at) }

// Begun reports whether at is not before the window.
func (w Window) Begun(at time.Time) bool {
	return w.From.IsZero() || at.Unix() >= w.From.Unix()
}

// Ended reports whether at is after the window.
func (w Window) Ended(at time.Time) bool { return past(at, w.Until) }

// Check reports a window that ends before it begins, or a time outside the years 1 to 9998.
func (w Window) Check() error {
	for _, end := range [...]struct {
		field string
		t     time.Time
	}{{"from", w.From}, {"until", w.Until}} {
		if end.t.IsZero() {
			continue
		}
		if err := checkTime(end.field, end.t); err != nil {
			return err
		}
	}
	if !w.Until.IsZero() && past(w.From, w.Until) {
		return Invalid("until", Stamp(w.Until), "is before from, "+Stamp(w.From))
	}
	return nil
}

// String returns "2018-11-01 00:00:00 +08:00 .. 2018-11-30 23:59:59 +08:00".
func (w Window) String() string {
	return cmp.Or(Stamp(w.From), "ever") + " .. " + cmp.Or(Stamp(w.Until), "ever")
}

// past reports whether at is after the last second of a deadline. A zero deadline never
// passes.
func past(at, deadline time.Time) bool {
	return !deadline.IsZero() && at.Unix() > deadline.Unix()
}

// Second returns at as the rules see it, cut to its whole second (T1), or an error
// for the zero time and for years outside 1 to 9998.
func Second(at time.Time) (time.Time, error) {
	if err := checkTime("at", at); err != nil {
		return time.Time{}, err
	}
	return at.Truncate(time.Second), nil
}

// The first seconds of the years 1 and 9999, and a day, in seconds since 1970.
const (
	yearOne  = -62_135_596_800
	year9999 = 253_370_764_800
	aDay     = 24 * 60 * 60
)

func checkTime(field string, t time.Time) error {
	if t.IsZero() {
		return Invalid(field, "", "is not set: give a time")
	}
	if u := t.Unix(); u > yearOne+aDay && u < year9999-aDay {
		return nil // in every zone
	}
	if y := t.UTC().Year(); !inYears(y) || !inYears(t.Year()) {
		return Invalid(field, itoa(int64(y)), "is a year outside 1 to 9998")
	}
	return nil
}

func inYears(y int) bool { return y >= 1 && y <= 9998 }

// checkSecond reports a time that a record cannot hold: records hold whole seconds.
func checkSecond(field string, t time.Time) error {
	if err := checkTime(field, t); err != nil {
		return err
	}
	if t.Nanosecond() != 0 {
		return Invalid(field, "", "is not a whole second")
	}
	return nil
}

// Stamp writes a time for a person, with its zone: "2026-03-01 17:14:05 +08:00", in UTC
// "2026-03-01 09:14:05 +00:00"; nothing for the zero time. Each text of this library that names
// a time of day writes it so.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05 -07:00")
}

// CheckOptionalTime reports a time outside the years 1 to 9998; a zero one is allowed.
func CheckOptionalTime(field string, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	if _, err := Second(at); err != nil {
		return Invalid(field, Stamp(at), "is not in the years 1 to 9998")
	}
	return nil
}
