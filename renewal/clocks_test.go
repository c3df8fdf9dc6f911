package renewal_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

func in(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

const form = "2006-01-02 15:04:05"

// R3, T2: a clock time that summer time skips or repeats comes back with the next period;
// whoever renews month by month comes to the same expiries as whoever renews at once.
func TestR3_ClockTimesThatAreSkippedComeBack(t *testing.T) {
	for _, row := range []struct {
		zone, start string
		expiries    []string
	}{
		{"America/Asuncion", "2023-09-01 00:30:00", []string{"2023-10-01 01:30:00", "2023-11-01 00:30:00"}},
		{"America/Sao_Paulo", "2018-10-04 00:30:00", []string{"2018-11-04 01:30:00", "2018-12-04 00:30:00"}},
		{"America/New_York", "2024-02-10 02:30:00", []string{"2024-03-10 03:30:00", "2024-04-10 02:30:00"}},
		{"Europe/Berlin", "2024-02-29 02:30:00", []string{"2024-03-29 02:30:00", "2024-04-29 02:30:00"}},
		{"Europe/Berlin", "2024-01-31 02:30:00", []string{"2024-02-29 02:30:00", "2024-03-31 03:30:00", "2024-04-30 02:30:00"}},
		{"America/Havana", "2024-10-03 00:30:00", []string{"2024-11-03 00:30:00", "2024-12-03 00:30:00"}},
		{"Pacific/Apia", "2011-11-30 10:00:00", []string{"2011-12-31 10:00:00", "2012-01-30 10:00:00"}},
	} {
		t.Run("R3 "+row.zone+" "+row.start, func(t *testing.T) {
			p := renewal.Policy{Zone: in(t, row.zone), Ending: renewal.SameClock}
			start, _ := time.ParseInLocation(form, row.start, p.Zone)
			expiry, err := renewal.First(start, months(1), p)
			for n, want := range row.expiries {
				if err != nil || expiry.Format(form) != want {
					t.Fatalf("%d: expires %s, %v, want %s", n+1, expiry.Format(form), err, want)
				}
				once, err2 := renewal.First(start, months(n+1), p)
				if err2 != nil || !once.Equal(expiry) {
					t.Errorf("%d months at once: %s, %v", n+1, once, err2)
				}
				at, err3 := renewal.Anchor(start, months(1), p)
				if at.Expiry = expiry; err3 != nil {
					t.Fatal(err3)
				}
				expiry, err = renewal.Next(at, months(1), p)
			}
		})
	}
}

// R3, T2: the same of a resource, which keeps the clock time that was bought through
// renewals, unified days and renewals that are taken back.
func TestR3_TheClockTimeThatWasBoughtIsKept(t *testing.T) {
	p := renewal.Policy{Zone: in(t, "America/Asuncion"), Ending: renewal.SameClock}
	start := time.Date(2023, 9, 1, 0, 30, 0, 0, p.Zone)
	expiry, err := renewal.First(start, months(1), p)
	if err != nil {
		t.Fatal(err)
	}
	at, err := renewal.Anchor(start, months(1), p)
	if err != nil {
		t.Fatal(err)
	}
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: start, Expiry: expiry, AnchorDay: at.AnchorDay, AnchorClock: at.AnchorClock}
	e, err := renewal.Unify(r.Position(), months(1), 5, p)
	if err != nil || e.Until.Format(form) != "2023-11-05 00:30:00" || e.Days != 4 {
		t.Fatalf("unified: %+v, %v", e, err)
	}
	r, err = r.Extend(e, 5, "CS1", start, p)
	if err != nil || r.AnchorClock != "00:30:00" || r.AnchorDay != 5 {
		t.Fatalf("extended: %+v, %v", r, err)
	}
	if r, err = r.Renew(months(1), "CS2", start, p); err != nil || r.Expiry.Format(form) != "2023-12-05 00:30:00" {
		t.Fatalf("renewed: %s, %v", r.Expiry, err)
	}
	// The extension cannot be carried out: a month from where it stood before.
	if r, err = r.VoidRenewal("CS1", start, p); err != nil || r.Expiry.Format(form) != "2023-11-01 00:30:00" || r.AnchorDay != 1 || r.AnchorClock != "00:30:00" {
		t.Fatalf("annulled: %+v, %v", r, err)
	}
}

// R3: a renewal in the middle that is taken back leaves the anchor of those after it: from
// January 31 they end on February 28 and March 31, and not on March 3 and April 3.
func TestR3_AnnulInTheMiddleKeepsTheAnchor(t *testing.T) {
	p := renewal.Policy{}
	start := time.Date(2022, 12, 31, 0, 0, 0, 0, time.UTC)
	end := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 23, 59, 59, 0, time.UTC) }
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: start, Expiry: end(2023, 1, 31), AnchorDay: 31}
	var err error
	for i, want := range []time.Time{end(2023, 2, 28), end(2023, 3, 31), end(2023, 4, 30)} {
		if r, err = r.Renew(months(1), order.ID([]string{"CS1", "CS2", "CS3"}[i]), start, p); err != nil || !r.Expiry.Equal(want) {
			t.Fatalf("%d: %s, %v", i, r.Expiry, err)
		}
	}
	before := r
	r, err = r.VoidRenewal("CS1", start, p)
	if err != nil || len(r.Periods) != 2 || !r.Periods[0].Expiry.Equal(end(2023, 2, 28)) || !r.Periods[1].Expiry.Equal(end(2023, 3, 31)) ||
		!r.Expiry.Equal(end(2023, 3, 31)) || r.AnchorDay != 31 {
		t.Fatalf("%+v, %v", r, err)
	}
	if !before.Periods[1].Expiry.Equal(end(2023, 3, 31)) || len(before.Periods) != 3 {
		t.Error("what it was called on has changed")
	}
	if next, err := r.Renew(months(1), "CS4", start, p); err != nil || !next.Expiry.Equal(end(2023, 4, 30)) {
		t.Errorf("renewed after: %s, %v", next.Expiry, err)
	}
}

// T2, R2: the last second of a day is the last, also where the clock goes back over
// midnight; and what ends at midnight prints the date that was asked for.
func TestR2_TheLastSecondIsTheLast(t *testing.T) {
	z := in(t, "America/Asuncion") // on 2024-03-24 at 00:00 the clock goes back to 23:00
	start := time.Date(2024, 2, 23, 10, 0, 0, 0, z)
	last := time.Date(2024, 3, 24, 0, 0, 0, 0, z).Add(-time.Second)
	for _, row := range []struct {
		ending renewal.Ending
		want   time.Time
	}{{renewal.EndOfDay, last}, {renewal.NextMidnight, last.Add(time.Second)}} {
		p := renewal.Policy{Zone: z, Ending: row.ending}
		got, err := renewal.First(start, months(1), p)
		if err != nil || !got.Equal(row.want) {
			t.Errorf("ending %d: %s, %v, want %s", row.ending, got, err, row.want)
		}
	}
	// Kwajalein has no 1993-08-21: the next day is the last.
	skips := renewal.Policy{Zone: in(t, "Pacific/Kwajalein"), Ending: renewal.NextMidnight}
	if got, err := renewal.First(time.Date(1993, 4, 21, 0, 0, 1, 0, skips.Zone), months(4), skips); err != nil || got.Format(form) != "1993-08-23 00:00:00" {
		t.Errorf("a day that is skipped: %s, %v", got, err)
	}
	// On 2023-10-01 midnight is skipped: the day begins at 01:00.
	p := renewal.Policy{Zone: z, Ending: renewal.NextMidnight}
	e, err := renewal.Unify(renewal.Position{Expiry: time.Date(2023, 8, 15, 0, 0, 0, 0, z)}, months(1), 1, p)
	if err != nil || e.Until.Format(form) != "2023-10-01 01:00:00" {
		t.Errorf("to the 1st: %+v, %v", e, err)
	}
}

// R3, T2: when the host's zone changes, an expiry that has slipped over the end of a month
// is counted from the anchored day nearest to it.
func TestR3_AnotherZoneOfTheHost(t *testing.T) {
	for _, row := range []struct {
		ending renewal.Ending
		from   string
		to     string
		expiry string // by the zone before
		day    int
		want   string // a month later, by the zone after
	}{
		{renewal.EndOfDay, "America/Los_Angeles", "Asia/Tokyo", "2023-05-31 23:59:59", 31, "2023-06-30 23:59:59"},
		{renewal.EndOfDay, "Asia/Tokyo", "America/Los_Angeles", "2023-05-31 23:59:59", 31, "2023-06-30 23:59:59"},
		{renewal.SameClock, "Asia/Tokyo", "America/Los_Angeles", "2023-06-01 00:30:00", 1, "2023-07-01 00:30:00"},
		{renewal.NextMidnight, "Asia/Tokyo", "UTC", "2023-06-01 00:00:00", 31, "2023-07-01 00:00:00"},
	} {
		before, after := in(t, row.from), in(t, row.to)
		expiry, _ := time.ParseInLocation(form, row.expiry, before)
		at := renewal.Position{Expiry: expiry, AnchorDay: row.day}
		if row.ending == renewal.SameClock {
			at.AnchorClock = order.ClockOf(expiry)
		}
		got, err := renewal.Next(at, months(1), renewal.Policy{Zone: after, Ending: row.ending})
		if err != nil || got.Format(form) != row.want {
			t.Errorf("%s, then %s: %s from %s, %v, want %s", row.from, row.to, got.Format(form), row.expiry, err, row.want)
		}
	}
}

// R6, T2: where the last day of the term is one that the zone skips, the unified day is not
// earlier than the day that the term ends on, a day later.
func TestR6_TermEndsOnASkippedDay(t *testing.T) {
	z := in(t, "Pacific/Kwajalein") // has no 1993-08-21
	for _, row := range []struct {
		ending renewal.Ending
		expiry string
		day    renewal.UnifiedDay
		next   string
		until  string
	}{
		{renewal.NextMidnight, "1993-07-22 00:00:00", 22, "1993-08-23 00:00:00", "1993-09-22 00:00:00"},
		{renewal.NextMidnight, "1993-07-22 00:00:00", 23, "1993-08-23 00:00:00", "1993-08-23 00:00:00"},
		{renewal.EndOfDay, "1993-07-21 23:59:59", 21, "1993-08-22 23:59:59", "1993-09-21 23:59:59"},
		{renewal.EndOfDay, "1993-07-21 23:59:59", 22, "1993-08-22 23:59:59", "1993-08-22 23:59:59"},
		{renewal.SameClock, "1993-07-21 10:00:00", 22, "1993-08-22 10:00:00", "1993-08-22 10:00:00"},
	} {
		p := renewal.Policy{Zone: z, Ending: row.ending}
		expiry, _ := time.ParseInLocation(form, row.expiry, z)
		at := renewal.Position{Expiry: expiry}
		next, err := renewal.Next(at, months(1), p)
		if err != nil || next.Format(form) != row.next {
			t.Errorf("ending %d, the term from %s: %s, %v", row.ending, row.expiry, next, err)
		}
		e, err := renewal.Unify(at, months(1), row.day, p)
		if err != nil || e.Until.Format(form) != row.until {
			t.Errorf("ending %d, to the %d. from %s: %s, %v", row.ending, row.day, row.expiry, e.Until, err)
		}
	}
}

// Q3, T2: at the end of a leap year after 2037 a zone's rule says that the clock changes an
// hour after midnight of the day itself; nothing of the day had been used until its last second.
func TestQ3_EndOfALeapYearToCome(t *testing.T) {
	z := in(t, "Europe/Berlin")
	start, last := time.Date(2040, 11, 30, 23, 0, 0, 0, z), time.Date(2040, 12, 31, 23, 59, 59, 0, z)
	p := renewal.Policy{Zone: z, Leaving: renewal.RefundPolicy{Used: renewal.UsedByHour}}
	b := renewal.Bought{Period: renewal.Period{Start: start, Expiry: last, Term: months(1)}, Parts: []renewal.Part{{Name: "cash", Amount: usd(74500)}}}
	for _, row := range []struct {
		at   time.Time
		used int64 // hours of 745
	}{{time.Date(2040, 12, 30, 23, 59, 59, 0, z), 720}, {time.Date(2040, 12, 31, 1, 0, 0, 0, z), 722}, {last, 744}} {
		if r, err := b.Leave(row.at, 0, p); err != nil || r.Used.Num*745 != row.used*r.Used.Den || r.Back != usd(74500-100*row.used) {
			t.Errorf("%s: used %v, %s back, %v", row.at, r.Used, r.Back, err)
		}
	}
}
