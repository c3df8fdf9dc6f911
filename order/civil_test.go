package order_test

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, whatever the machine has

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// T2: a clock time that is skipped moves on by what is skipped, one that comes twice is its
// first, and a day that a zone skips is the next one.
func TestT2_DateAt(t *testing.T) {
	for _, row := range []struct {
		name, zone  string
		date        order.Date
		clock       order.Clock
		want        string
		begin, last string
	}{
		{"midnight is skipped", "America/Asuncion", order.Date{Year: 2023, Month: 10, Day: 1}, "00:30:00", "2023-10-01 01:30:00 -0300",
			"2023-10-01 01:00:00 -0300", "2023-10-01 23:59:59 -0300"},
		{"the hour before midnight comes twice", "America/Asuncion", order.Date{Year: 2024, Month: 3, Day: 23}, "23:30:00", "2024-03-23 23:30:00 -0300",
			"2024-03-23 00:00:00 -0300", "2024-03-23 23:59:59 -0400"},
		{"an hour of the night is skipped", "Europe/Berlin", order.Date{Year: 2024, Month: 3, Day: 31}, "02:30:00", "2024-03-31 03:30:00 +0200",
			"2024-03-31 00:00:00 +0100", "2024-03-31 23:59:59 +0200"},
		{"an hour of the night comes twice", "America/New_York", order.Date{Year: 2024, Month: 11, Day: 3}, "01:30:00", "2024-11-03 01:30:00 -0400",
			"2024-11-03 00:00:00 -0400", "2024-11-03 23:59:59 -0500"},
		{"half an hour is skipped", "Australia/Lord_Howe", order.Date{Year: 2024, Month: 10, Day: 6}, "02:15:00", "2024-10-06 02:45:00 +1100",
			"2024-10-06 00:00:00 +1030", "2024-10-06 23:59:59 +1100"},
		{"a day is skipped", "Pacific/Apia", order.Date{Year: 2011, Month: 12, Day: 30}, "10:00:00", "2011-12-31 10:00:00 +1400",
			"2011-12-31 00:00:00 +1400", "2011-12-31 23:59:59 +1400"},
		{"the clock goes back at midnight to the day before", "America/Havana", order.Date{Year: 2024, Month: 11, Day: 3}, "00:30:00", "2024-11-03 00:30:00 -0400",
			"2024-11-03 00:00:00 -0400", "2024-11-03 23:59:59 -0500"},
		{"a plain day", "UTC", order.Date{Year: 2024, Month: 2, Day: 29}, "23:59:59", "2024-02-29 23:59:59 +0000",
			"2024-02-29 00:00:00 +0000", "2024-02-29 23:59:59 +0000"},
	} {
		t.Run("T2 "+row.name, func(t *testing.T) {
			z := zone(t, row.zone)
			const form = "2006-01-02 15:04:05 -0700"
			if got := row.date.At(row.clock, z).Format(form); got != row.want {
				t.Errorf("at %s: %s, want %s", row.clock, got, row.want)
			}
			if got := row.date.Begin(z).Format(form); got != row.begin {
				t.Errorf("begins %s, want %s", got, row.begin)
			}
			if got := row.date.End(z).Format(form); got != row.last {
				t.Errorf("ends %s, want %s", got, row.last)
			}
		})
	}
}

// zones are those of the tz database that the toolchain has.
func zones(t testing.TB) (names []string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal("no list of zones: ", err)
	}
	defer r.Close()
	for _, f := range r.File {
		if !strings.HasSuffix(f.Name, "/") {
			names = append(names, f.Name)
		}
	}
	return names
}

// T2: on each day about each change since 1970 of each zone, what At, Begin and End say is
// what walking the day second by second would show; a twin walks it by minutes.
func TestT2_EveryChangeOfEveryZone(t *testing.T) {
	type change struct {
		day           order.Date
		before, after int
		at            int64
	}
	seen := map[change]bool{} // zones share their changes
	days := 0
	for i, name := range zones(t) {
		if testing.Short() && i%7 != 0 {
			continue
		}
		z := zone(t, name)
		at := time.Date(1970, 1, 1, 0, 0, 0, 0, z)
		for {
			_, before := at.Zone()
			_, end := at.ZoneBounds()
			if end.IsZero() || end.Year() > 2037 {
				break
			}
			_, after := end.Zone()
			for n := -1; n <= 1; n++ {
				day := order.DateOf(end).AddDays(n)
				c := change{day, before, after, end.Unix()}
				if seen[c] {
					continue
				}
				seen[c] = true
				days++
				walked(t, day, z)
			}
			at = end
		}
	}
	if days < 5000 && !testing.Short() {
		t.Errorf("only %d days about changes were walked", days)
	}
}

// walked compares a day with what a clock shows from two days before to two days after.
func walked(t *testing.T, d order.Date, z *time.Location) {
	t.Helper()
	const step = 15 * 60 // changes lie on whole minutes, offsets of this century on quarters
	want := map[order.Clock]int64{}
	first, last, far := int64(0), int64(0), int64(0)
	face := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Unix()
	for s := face - 50*3600; s < face+50*3600; s += step {
		at := time.Unix(s, 0).In(z)
		on := order.DateOf(at)
		if on == d {
			if first == 0 {
				first = s
			}
			last = s
			if c := order.ClockOf(at); want[c] == 0 {
				want[c] = s
			}
		}
		if far == 0 && d.Before(on) {
			far = s
		}
	}
	if first == 0 { // the day is skipped
		if b := d.Begin(z); b.Unix() != far {
			t.Errorf("%s %v: begins %s, want the next day that exists", z, d, b)
		}
		return
	}
	if b := d.Begin(z).Unix(); b > first || first-b >= step {
		t.Errorf("%s %v: begins %s, and is there %s", z, d, d.Begin(z), time.Unix(first, 0).In(z))
	}
	if e := d.End(z).Unix(); e < last || e-last >= step || order.DateOf(d.End(z)) != d {
		t.Errorf("%s %v: ends %s, and is there %s", z, d, d.End(z), time.Unix(last, 0).In(z))
	}
	for c, s := range want {
		if got := d.At(c, z).Unix(); got != s {
			t.Errorf("%s %v at %s: %s, want the first, %s", z, d, c, time.Unix(got, 0).In(z), time.Unix(s, 0).In(z))
		}
	}
	for s := 0; s < 24*3600; s += step { // what is not shown moves on by what is skipped
		c := order.ClockOf(time.Unix(int64(s), 0).UTC())
		if _, shown := want[c]; shown {
			continue
		}
		got := d.At(c, z)
		_, before := got.Add(-25 * time.Hour).Zone()
		if got.Unix() != face-12*3600+int64(s)-int64(before) {
			t.Errorf("%s %v at %s, which is skipped: %s", z, d, c, got)
		}
	}
}

// T2: days and weeks of a term are civil: over summer time the clock time stays.
func TestT2_DaysAreCivil(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	from := time.Date(2024, 3, 30, 12, 0, 0, 0, berlin)
	for _, row := range []struct {
		term order.Term
		want time.Time
	}{
		{order.Term{N: 1, Unit: order.Day}, time.Date(2024, 3, 31, 12, 0, 0, 0, berlin)},
		{order.Term{N: 1, Unit: order.Week}, time.Date(2024, 4, 6, 12, 0, 0, 0, berlin)},
		{order.Term{N: 24, Unit: order.Hour}, time.Date(2024, 3, 31, 13, 0, 0, 0, berlin)},
	} {
		if got := row.term.Nth(from, 1); !got.Equal(row.want) {
			t.Errorf("%s: %s, want %s", row.term, got, row.want)
		}
		if n := row.term.Count(from, row.want.Add(-time.Second)); n != 0 || row.term.Count(from, row.want) != 1 {
			t.Errorf("%s: the last second counts %d", row.term, n)
		}
	}
}

// T2: dates count as the calendar does.
func TestT2_Dates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-719_000, 2_900_000).Draw(t, "day")
		k := rapid.IntRange(-2000, 2000).Draw(t, "more")
		at := time.Unix(int64(n)*24*3600, 0).UTC()
		d := order.DateOf(at)
		e := d.AddDays(k)
		if e.Number()-d.Number() != k || e.Before(d) != (k < 0) || e != order.DateOf(at.Add(time.Duration(k)*24*time.Hour)) {
			t.Fatalf("%v and %d days are %v", d, k, e)
		}
		if d.Next() != d.AddDays(1) {
			t.Fatalf("after %v comes %v", d, d.Next())
		}
		m := d.AddMonths(k, 31)
		if m.Day != order.DaysIn(m.Year, m.Month) || m.Next().Day != 1 || (m.Year-d.Year)*12+int(m.Month)-int(d.Month) != k {
			t.Fatalf("%v and %d months are %v", d, k, m)
		}
	})
}

// T2: no clock is not midnight, and a clock has one form.
func TestT2_Clock(t *testing.T) {
	for _, sound := range []order.Clock{"00:00:00", "23:59:59", "09:05:00"} {
		var c order.Clock
		if err := c.UnmarshalText([]byte(sound)); err != nil || c != sound {
			t.Errorf("%s is read as %q, %v", sound, c, err)
		}
		if order.ClockOf((order.Date{Year: 2024, Month: 1, Day: 1}).At(sound, time.UTC)) != sound {
			t.Errorf("%s is not shown", sound)
		}
	}
	for _, odd := range []string{"", "24:00:00", "00:60:00", "00:00:60", "0:00:00", "00:00", "00:00:00Z", "aa:bb:cc", "+1:00:00"} {
		c := order.Clock("09:00:00")
		if err := c.UnmarshalText([]byte(odd)); err == nil || c != "09:00:00" {
			t.Errorf("%q is read as %q, %v", odd, c, err)
		}
	}
	var c order.Clock = "09:00:00"
	if err := c.Scan(nil); err != nil || c != "" {
		t.Errorf("NULL is read as %q, %v", c, err)
	}
	if v, err := c.Value(); v != nil || err != nil {
		t.Errorf("no clock is %v, %v", v, err)
	}
	if err := c.Scan("10:11:12"); err != nil || c != "10:11:12" {
		t.Errorf("read as %q, %v", c, err)
	}
}
