package renewal_test

import (
	"archive/zip"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, whatever the machine has

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// changesOfZones are the zones of the tz database, one of those whose clocks have been the same since
// 1970, with the changes of their clocks.
func changesOfZones(t testing.TB) map[string][]time.Time {
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
	all, seen := make(map[string][]time.Time), make(map[string]bool)
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		z := in(t, f.Name)
		var changes []time.Time
		var sign strings.Builder
		for at := time.Date(1970, 1, 1, 0, 0, 0, 0, z); ; {
			_, end := at.ZoneBounds()
			if end.IsZero() || end.Year() > 2037 || !end.After(at) {
				break
			}
			_, off := end.Zone()
			fmt.Fprint(&sign, end.Unix(), off, " ")
			changes, at = append(changes, end), end
		}
		if !seen[sign.String()] {
			seen[sign.String()], all[f.Name] = true, changes
		}
	}
	return all
}

var endings = []renewal.Ending{renewal.EndOfDay, renewal.SameClock, renewal.NextMidnight, renewal.DayBefore}

// T2, R2, R3, R6: over every zone, every day about a change of its clock since 1970 and every
// ending: one month and one more are two; expiries grow; a month has 27 to 33 civil days, also
// where the host's zone changes in between; what is unified can be extended to; the printed
// date is the one asked for wherever it exists; and the last second is the last.
func TestT2_EveryChangeOfEveryClock(t *testing.T) {
	clocks := []time.Duration{0, 30 * time.Minute, 90 * time.Minute, 150 * time.Minute, 23*time.Hour + 30*time.Minute, 24*time.Hour - time.Second}
	elsewhere := []*time.Location{in(t, "Pacific/Kiritimati"), in(t, "Pacific/Pago_Pago"), time.UTC}
	n := 0
	for name, changes := range changesOfZones(t) {
		z := in(t, name)
		for i, change := range changes {
			if (raced || testing.Short()) && i%7 != 0 {
				continue
			}
			for day := -1; day <= 1; day++ {
				d := order.DateOf(change).AddDays(day)
				for k, c := range clocks {
					for _, e := range endings {
						if e != renewal.SameClock && k%3 != 0 {
							continue // the clock time of the start does not count
						}
						n++
						from := d.AddMonths(-1, d.Day).At(order.ClockOf(time.Unix(0, 0).UTC().Add(c)), z)
						if err := keepsMonths(from, d, renewal.Policy{Zone: z, Ending: e}, elsewhere[n%3]); err != nil {
							t.Fatalf("%s, bought %s, ending %d: %v", name, from, e, err)
						}
					}
				}
			}
		}
	}
	t.Log(n, "starts")
}

// keepsMonths is the law for what is bought at a time, of which the first month ends about d.
func keepsMonths(start time.Time, d order.Date, p renewal.Policy, elsewhere *time.Location) error {
	one, err := renewal.First(start, months(1), p)
	if err != nil {
		return err
	}
	two, err := renewal.First(start, months(2), p)
	if err != nil {
		return err
	}
	at, err := renewal.Anchor(start, months(1), p)
	if err != nil || !at.Expiry.Equal(one) {
		return fmt.Errorf("ends %s, and with its anchor %+v, %w", one, at, err)
	}
	next, err := renewal.Next(at, months(1), p)
	if err != nil || !next.Equal(two) {
		return fmt.Errorf("one month and one more end %s, %v, two %s", next, err, two)
	}
	if !one.After(start) || !two.After(one) {
		return fmt.Errorf("bought %s, expires %s, then %s", start, one, two)
	}
	last := p.Ending.LastSecond(one)
	if err := fits(start.In(p.Zone), last.In(p.Zone)); err != nil {
		return err
	}
	if err := fits(last.In(p.Zone), p.Ending.LastSecond(two).In(p.Zone)); err != nil {
		return err
	}
	if p.Ending != renewal.SameClock { // the second after it is of another day, and so are all after that
		for _, later := range []time.Duration{time.Second, time.Hour, 2 * time.Hour, 24 * time.Hour} {
			if x := last.Add(later); order.DateOf(x.In(p.Zone)) == order.DateOf(last.In(p.Zone)) {
				return fmt.Errorf("the last second is %s, and %s is of its day", last, x)
			}
		}
	}
	// Another zone of the host from now on.
	q := p
	q.Zone = elsewhere
	moved, err := renewal.Next(at, months(1), q)
	if err != nil {
		return err
	}
	if err := fits(last.In(elsewhere), q.Ending.LastSecond(moved).In(elsewhere)); err != nil {
		return fmt.Errorf("in another zone %s: %w", elsewhere, err)
	}
	return unifies(start, at, d, p)
}

// fits: a month has 27 to 33 civil days.
func fits(from, until time.Time) error {
	if days := order.DateOf(until).Number() - order.DateOf(from).Number(); days < 27 || days > 33 {
		return fmt.Errorf("from %s to %s are %d days", from, until, days)
	}
	return nil
}

// unifies: what Unify returns Extend takes, and the printed date is the day asked for where
// the zone has it.
func unifies(start time.Time, at renewal.Position, d order.Date, p renewal.Policy) error {
	day := renewal.UnifiedDay(min(d.Day, 28))
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: start.AddDate(-1, 0, 0), Expiry: start, AnchorDay: at.AnchorDay, AnchorClock: at.AnchorClock}
	e, err := renewal.Unify(r.Position(), months(1), day, p)
	if err != nil {
		return err
	}
	printed := order.DateOf(e.Until.In(p.Zone))
	if p.Ending == renewal.DayBefore { // the day on which the next period begins
		printed = order.DateOf(e.Until.Add(time.Second).In(p.Zone))
	}
	if printed.Day != int(day) { // the day after, where the zone skips all of that day, or its end from before the clock time on
		asked := printed.AddDays(-1)
		first := asked.Begin(p.Zone)
		if p.Ending == renewal.SameClock {
			first = asked.At(at.AnchorClock, p.Zone)
		}
		if asked.Day != int(day) || order.DateOf(first) == asked {
			return fmt.Errorf("to day %d: prints %s", day, e.Until)
		}
	}
	if _, err := r.Extend(e, day, "CS1", start.Add(-240*time.Hour), p); err != nil {
		return fmt.Errorf("to day %d, until %s: %w", day, e.Until, err)
	}
	return nil
}

// R3: of every day of 40 years, at clock times that are skipped and repeated somewhere, one
// month and one more are two, and what is bought later ends on no earlier day.
func TestR3_OneAndOneAreTwo(t *testing.T) {
	if raced {
		t.Skip("dates of one goroutine: the race detector has nothing to find")
	}
	names := []string{"America/New_York", "America/Santiago", "America/Havana", "Europe/Berlin", "America/Asuncion", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut"}
	for _, name := range names {
		z := in(t, name)
		for _, e := range endings {
			p := renewal.Policy{Zone: z, Ending: e}
			last := make(map[order.Clock]time.Time)
			for d := (order.Date{Year: 1985, Month: 1, Day: 1}); d.Year < 2025; d = d.Next() {
				for _, c := range []order.Clock{"00:30:00", "02:30:00"} {
					start := d.At(c, z)
					one, err1 := renewal.First(start, months(1), p)
					two, err2 := renewal.First(start, months(2), p)
					at, err3 := renewal.Anchor(start, months(1), p)
					next, err4 := renewal.Next(at, months(1), p)
					if err := slices.ContainsFunc([]error{err1, err2, err3, err4}, func(err error) bool { return err != nil }); err || !next.Equal(two) {
						t.Fatalf("%s, bought %s, ending %d: %s and then %s, at once %s", name, start, e, one, next, two)
					}
					if order.DateOf(one).Before(order.DateOf(last[c].In(z))) {
						t.Fatalf("%s, bought %s, ending %d: ends %s, before what was bought a day earlier", name, start, e, one)
					}
					last[c] = one
				}
			}
		}
	}
}
