package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Used says in what the time used of a period is counted (Q3), and with [LeftOfPeriod] what
// is left of it.
//
// One of: UsedByDay, UsedByHour, UsedBySecond.
type Used uint8

const (
	UsedByDay    Used = iota // in civil days (T2), whole ones: one that is begun is left (B); the zero value
	UsedByHour               // in hours by the clock, both ends down to the hour (HC)
	UsedBySecond             // in seconds that elapse (S)
)

// used is how much of the period has been used at a time within it, and of how much (Q3):
// none at its first second, and never less as time goes by. By day, a period that ends with
// a day has the days of its start and of its last second, and the day of leaving is not
// counted; one that ends at a clock time has days from clock time to clock time. By hour it
// runs from the hour of the start to the second after the last.
func (b *Period) used(at time.Time, p *Policy) (used, total int64) {
	zone, last := p.zone(), p.Ending.LastSecond(b.Expiry)
	switch {
	case p.Leaving.Used == UsedBySecond:
		end := last.Unix()
		if p.Ending != SameClock {
			end++
		}
		used, total = at.Unix()-b.Start.Unix(), end-b.Start.Unix()
	case p.Leaving.Used == UsedByHour:
		from := shown(b.Start, zone).Truncate(time.Hour)
		used = int64(wall(at, zone).Truncate(time.Hour).Sub(from) / time.Hour)
		total = int64(shown(last, zone).Add(time.Second).Sub(from) / time.Hour)
	case p.Ending == SameClock:
		used, total = b.clockDays(at, zone)
	default:
		first := order.DateOf(b.Start.In(zone)).Number()
		used, total = int64(order.DateOf(wall(at, zone)).Number()-first), int64(order.DateOf(last.In(zone)).Number()-first+1)
	}
	total = max(1, total)
	return min(max(0, used), total), total
}

// clockDays counts the days of a period from clock time to clock time.
func (b *Period) clockDays(at time.Time, zone *time.Location) (used, total int64) {
	first, clock := b.strikes(zone)
	whole := order.DateOf(b.Expiry.In(zone)).Number() - first.Number()
	n := min(whole, order.DateOf(at.In(zone)).Number()-first.Number()+1)
	for n > 0 && first.AddDays(n).Like(clock).After(at) {
		n--
	}
	return int64(n), int64(whole)
}

// strikes returns the day on which the first day of a period begins that ends at a clock
// time, and a time with the clock of its days: that of the start, of the second before where
// it goes on from another period, or else of the expiry, as where summer time moved the start;
// of what begins between, as an upgrade does, the part of a day counts whole.
func (b *Period) strikes(zone *time.Location) (first order.Date, clock time.Time) {
	start, expiry := b.Start.In(zone).Truncate(time.Second), b.Expiry.In(zone).Truncate(time.Second)
	for _, begin := range [...]time.Time{start, start.Add(-time.Second)} {
		if order.DateOf(expiry).Like(begin).Equal(expiry) {
			return order.DateOf(begin), begin
		}
	}
	if first = order.DateOf(start); first.Like(expiry).After(start) {
		first = first.AddDays(-1)
	}
	return first, expiry
}
