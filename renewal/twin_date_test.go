package renewal_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// walk finds the expiry a term after a start by walking: the calendar day by day, and the
// last day second by second as a clock of the zone shows it.
func walk(start time.Time, t renewal.Term, p renewal.Policy) time.Time {
	bought := start.In(p.Zone)
	day := time.Date(bought.Year(), bought.Month(), bought.Day(), 12, 0, 0, 0, time.UTC) // noon, so that no zone counts
	n := t.N * map[renewal.Unit]int{renewal.Day: 1, renewal.Week: 7, renewal.Month: 1, renewal.Year: 12}[t.Unit]
	if t.Unit == renewal.Day || t.Unit == renewal.Week {
		for range n {
			day = day.Add(24 * time.Hour)
		}
		return walkDay(order.DateOf(day), order.ClockOf(bought), p)
	}
	for passed := 0; passed < n; {
		if day = day.Add(24 * time.Hour); day.Day() == 1 {
			passed++
		}
	}
	for day.Day() < bought.Day() && day.Add(24*time.Hour).Month() == day.Month() {
		day = day.Add(24 * time.Hour)
	}
	return walkDay(order.DateOf(day), order.ClockOf(bought), p)
}

// walkDay shows the seconds of two days before and after a day, one by one.
func walkDay(d order.Date, clock order.Clock, p renewal.Policy) time.Time {
	noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Unix()
	var first, last, after, before int64 // of the day, of later days, and the last second whose face is before the clock time
	for s := noon - 40*3600; s < noon+40*3600; s++ {
		at := time.Unix(s, 0).In(p.Zone)
		switch on := order.DateOf(at); {
		case on == d:
			last = s
			if first == 0 && order.ClockOf(at) == clock {
				first = s
			}
			if order.ClockOf(at) < clock {
				before = s
			}
		case on.Before(d):
			before = s
		case after == 0 && d.Before(on):
			after = s
		}
		if d.Before(order.DateOf(at)) && s > noon+20*3600 && last != 0 {
			break
		}
	}
	switch {
	case p.Ending == renewal.DayBefore: // the last second that is before the anniversary
		s := noon + 40*3600
		for !order.DateOf(time.Unix(s, 0).In(p.Zone)).Before(d) {
			s--
		}
		return time.Unix(s, 0)
	case p.Ending == renewal.SameClock && first != 0:
		return time.Unix(first, 0)
	case p.Ending == renewal.SameClock: // skipped: as long after the change as it would be after the second before it
		face := time.Unix(before, 0).In(p.Zone)
		want, _ := time.Parse("2006-01-02 15:04:05", order.DateOf(time.Unix(noon, 0).UTC()).At(clock, time.UTC).Format("2006-01-02 15:04:05"))
		shows, _ := time.Parse("2006-01-02 15:04:05", face.Format("2006-01-02 15:04:05"))
		return time.Unix(before, 0).Add(want.Sub(shows))
	case last == 0: // the zone skips the day
		return walkDay(order.DateOf(time.Unix(after, 0).In(p.Zone)), clock, p)
	case p.Ending == renewal.NextMidnight:
		return time.Unix(last+1, 0)
	}
	return time.Unix(last, 0)
}

// R2, R3, T2: expiries are what a calendar and a clock would show, walked one by one.
func TestR3_DateTwin(t *testing.T) {
	var names []string
	changes := changesOfZones(t)
	for name := range changes {
		names = append(names, name)
	}
	names = sorted(names)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "zone")
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		p := renewal.Policy{Zone: z, Ending: rapid.SampledFrom(endings).Draw(t, "ending")}
		unit := rapid.SampledFrom([]renewal.Unit{renewal.Day, renewal.Week, renewal.Month}).Draw(t, "unit")
		term := renewal.Term{N: rapid.IntRange(1, 11).Draw(t, "n"), Unit: unit}
		start := ordertest.Instant().Draw(t, "start").Truncate(time.Second)
		if list := changes[name]; len(list) > 0 && rapid.IntRange(0, 3).Draw(t, "about a change") > 0 {
			change := rapid.SampledFrom(list).Draw(t, "change")
			d := order.DateOf(change).AddDays(rapid.IntRange(-1, 1).Draw(t, "day"))
			from := d.AddMonths(-term.N, d.Day)
			switch unit {
			case renewal.Day:
				from = d.AddDays(-term.N)
			case renewal.Week:
				from = d.AddDays(-7 * term.N)
			}
			start = from.Like(change.Add(time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "seconds")) * time.Second))
		}
		got, err := renewal.First(start, term, p)
		if err != nil {
			t.Fatal(err)
		}
		if want := walk(start, term, p); !got.Equal(want) {
			t.Fatalf("%s, bought %s for %s, ending %d: %s, walked %s", name, start.In(z), term, p.Ending, got, want.In(z))
		}
	})
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
