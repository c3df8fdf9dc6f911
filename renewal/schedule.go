package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Attempts is a schedule of automatic renewals as data (R5): on days about the last day
// of use, at a clock time in the zone of the policy. The zero Attempts makes none.
type Attempts struct {
	// Days are how many days before the last day of use, below zero after it, from the
	// first attempt to the last.
	Days []int
	// Daily goes on every day from the first of Days until the end of retention.
	Daily bool
	// Clock is the time of day.
	Clock time.Duration
	// AtOnce makes the first attempt as soon as automatic renewal is switched on, where
	// that is after the first of Days.
	AtOnce bool
}

// Schedule is a host's own. renewaltest.TestSchedule checks what it promises:
//
// Next returns the first attempt after the given time for what expires then, and false
// where there is none. It is after that time, and the same whenever it is asked for; no
// attempt lies between the two. Attempts have an end.
type Schedule interface {
	Next(expiry, after time.Time) (time.Time, bool)
}

func (a *Attempts) none() bool { return len(a.Days) == 0 }

func (a *Attempts) check() error {
	for i, d := range a.Days {
		far := d < -3660 || d > 3660
		if far || i > 0 && d >= a.Days[i-1] {
			return order.Invalid(order.Element("days", i), strconv.Itoa(d), "is no day within ten years, later than the one before")
		}
	}
	if a.Clock < 0 || a.Clock >= 24*time.Hour || a.Clock%time.Second != 0 {
		return order.Invalid("clock", a.Clock.String(), "is no time of day in whole seconds")
	}
	return nil
}

// next returns the first attempt after a time, the zero time for the first of all; none
// is made on the first days, later of them.
func (a *Attempts) next(last order.Date, later int, after time.Time, p *Policy) (time.Time, bool) {
	if a.none() {
		return time.Time{}, false
	}
	first := a.Days[0] - later
	if a.Daily {
		day := last.AddDays(-first)
		if !after.IsZero() {
			if today := order.DateOf(after.In(p.zone())); day.Before(today) {
				day = today
			}
		}
		for {
			if at := a.on(day, p); at.After(after) {
				return at, true
			}
			day = day.Next()
		}
	}
	for _, d := range a.Days {
		if at := a.on(last.AddDays(-d), p); d <= first && at.After(after) {
			return at, true
		}
	}
	return time.Time{}, false
}

// on is the attempt of a day.
func (a *Attempts) on(day order.Date, p *Policy) time.Time {
	s := int(a.Clock / time.Second)
	return day.Like(time.Date(1, time.June, 15, s/3600, s/60%60, s%60, 0, p.zone())) // of any day
}
