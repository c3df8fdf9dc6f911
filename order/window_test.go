package order_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

// east is the zone of the sources, GMT+08:00.
var east = time.FixedZone("", 8*60*60)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", text, east)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestT1_Window(t *testing.T) {
	november := order.Window{From: at(t, "2018-11-01 00:00:00"), Until: at(t, "2018-11-30 23:59:59")}
	for _, row := range []struct {
		at           string
		begun, ended bool
	}{
		{"2018-10-31 23:59:59", false, false},
		{"2018-10-31 23:59:59.999999999", false, false},
		{"2018-11-01 00:00:00", true, false},
		{"2018-11-15 12:00:00", true, false},
		{"2018-11-30 23:59:59", true, false},
		{"2018-11-30 23:59:59.999", true, false},
		{"2018-11-30 23:59:59.999999999", true, false},
		{"2018-12-01 00:00:00", true, true},
	} {
		v := at(t, row.at)
		for _, in := range []*time.Location{east, time.UTC, time.FixedZone("", -12*60*60)} { // the instant counts, not its zone
			v := v.In(in)
			if november.Begun(v) != row.begun || november.Ended(v) != row.ended || november.Contains(v) != (row.begun && !row.ended) {
				t.Errorf("%s: begun %v, ended %v, contained %v", v, november.Begun(v), november.Ended(v), november.Contains(v))
			}
		}
	}
	if got := november.String(); got != "2018-11-01 00:00:00 +08:00 .. 2018-11-30 23:59:59 +08:00" {
		t.Errorf("String() = %q", got)
	}

	// An end with a part of a second is cut to it too.
	odd := order.Window{From: at(t, "2018-11-01 00:00:00.7"), Until: at(t, "2018-11-30 23:59:59.2")}
	if !odd.Contains(at(t, "2018-11-01 00:00:00.1")) || !odd.Contains(at(t, "2018-11-30 23:59:59.9")) {
		t.Error("an end with a part of a second is not cut to its second")
	}
	second := order.Window{From: at(t, "2018-11-01 00:00:00"), Until: at(t, "2018-11-01 00:00:00")}
	if !second.Contains(at(t, "2018-11-01 00:00:00.5")) || second.Contains(at(t, "2018-11-01 00:00:01")) || second.Check() != nil {
		t.Error("a window of one second is not that second")
	}
}

func TestT1_WindowOpenEnds(t *testing.T) {
	from, until := at(t, "2018-11-01 00:00:00"), at(t, "2018-11-30 23:59:59")
	long := []time.Time{time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), from, until, at(t, "9998-12-31 23:59:59")}
	for name, w := range map[string]struct {
		order.Window
		in     [4]bool
		string string
	}{
		"always":  {order.Window{}, [4]bool{true, true, true, true}, "ever .. ever"},
		"from on": {order.Window{From: from}, [4]bool{false, true, true, true}, "2018-11-01 00:00:00 +08:00 .. ever"},
		"until":   {order.Window{Until: until}, [4]bool{true, true, true, false}, "ever .. 2018-11-30 23:59:59 +08:00"},
	} {
		for i, v := range long {
			if got := w.Contains(v); got != w.in[i] {
				t.Errorf("%s contains %s: %v", name, v, got)
			}
		}
		if w.Check() != nil || w.String() != w.string {
			t.Errorf("%s: %q, %v", name, w, w.Check())
		}
		b, err := json.Marshal(w.Window)
		if err != nil || w.From.IsZero() == strings.Contains(string(b), "from") || w.Until.IsZero() == strings.Contains(string(b), "until") {
			t.Errorf("%s as JSON: %s, %v", name, b, err)
		}
	}
}

func TestT1_WindowLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Custom(func(t *rapid.T) time.Time {
			// Close to each other, so that they often meet in one second.
			return time.Unix(0, rapid.Int64Range(-5e9, 5e9).Draw(t, "ns")).In(rapid.SampledFrom([]*time.Location{time.UTC, east}).Draw(t, "zone"))
		})
		w := order.Window{From: instant.Draw(t, "from"), Until: instant.Draw(t, "until")}
		v := instant.Draw(t, "at")
		floor := func(v time.Time) int64 { return v.Unix() } // Unix rounds towards the past
		begun, ended := floor(v) >= floor(w.From), floor(v) > floor(w.Until)
		if w.Begun(v) != begun || w.Ended(v) != ended || w.Contains(v) != (begun && !ended) {
			t.Fatalf("%v at %v: begun %v, ended %v", w, v, w.Begun(v), w.Ended(v))
		}
		if ordered := floor(w.From) <= floor(w.Until); ordered != (w.Check() == nil) {
			t.Fatalf("%v: %v", w, w.Check())
		}
		cut, err := order.Second(v)
		if err != nil || cut.Unix() != v.Unix() || cut.Nanosecond() != 0 || cut.Location() != v.Location() {
			t.Fatalf("Second(%v) = %v, %v", v, cut, err)
		}
	})
}

func TestT1_TimesThatAreNone(t *testing.T) {
	year := func(y int, zone *time.Location) time.Time { return time.Date(y, 6, 1, 0, 0, 0, 0, zone) }
	edge := func(y int, m time.Month, d, h int, zone *time.Location) time.Time {
		return time.Date(y, m, d, h, 0, 0, 0, zone)
	}
	for _, row := range []struct {
		what string
		at   time.Time
		ok   bool
	}{
		{"zero", time.Time{}, false},
		{"zero elsewhere", time.Time{}.In(east), false},
		{"year 0", year(0, time.UTC), false},
		{"year -1", year(-1, time.UTC), false},
		{"year 9999", year(9999, time.UTC), false},
		{"year 10000", year(10000, time.UTC), false},
		{"year 9998", year(9998, time.UTC), true},
		{"year 1", year(1, time.UTC), true},
		{"9999 here, 9998 in UTC", edge(9999, 1, 1, 1, east), false},
		{"9998 here, 9999 in UTC", edge(9998, 12, 31, 23, time.FixedZone("", -8*60*60)), false},
		{"1 here, 0 in UTC", edge(1, 1, 1, 1, east), false},
		{"0 here, 1 in UTC", edge(0, 12, 31, 23, time.FixedZone("", -8*60*60)), false},
		{"the last second", time.Date(9998, 12, 31, 23, 59, 59, 999, time.UTC), true},
	} {
		got, err := order.Second(row.at)
		if row.ok != (err == nil) || row.ok && !got.Equal(row.at.Truncate(time.Second)) || !row.ok && !got.IsZero() {
			t.Errorf("%s: Second = %v, %v", row.what, got, err)
		}
		for field, w := range map[string]order.Window{"from": {From: row.at}, "until": {Until: row.at}} {
			var facts *order.FieldError
			err := w.Check()
			if row.ok || row.at.IsZero() { // a zero end is open
				if err != nil {
					t.Errorf("%s in a window: %v", row.what, err)
				}
			} else if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != field {
				t.Errorf("%s in a window: %v, want a refusal of %s", row.what, err, field)
			}
		}
	}
	backwards := order.Window{From: year(2019, time.UTC), Until: year(2018, time.UTC)}
	if err := backwards.Check(); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a window that ends before it begins: %v", err)
	}
}

func TestT2_TermForms(t *testing.T) {
	for term, want := range map[order.Term]string{
		{}:                              "",
		{N: 1, Unit: order.Month}:       "1 month",
		{N: 12, Unit: order.Month}:      "12 months",
		{N: 90, Unit: order.Minute}:     "90 minutes",
		{N: 1, Unit: order.Year}:        "1 year",
		{N: 3, Unit: order.Day}:         "3 days",
		{N: 24, Unit: order.Hour}:       "24 hours",
		{N: 52596000, Unit: order.Hour}: "52596000 hours",
	} {
		if got := term.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
		if err := term.Check(); (err == nil) != (term != order.Term{}) {
			t.Errorf("%v: %v", term, err)
		}
		if term == (order.Term{}) {
			continue // left out of JSON where it may be none
		}
		var again order.Term
		b, err := json.Marshal(term)
		if err == nil {
			err = json.Unmarshal(b, &again)
		}
		if err != nil || again != term {
			t.Errorf("%v as JSON is %s, which is read as %v, %v", term, b, again, err)
		}
	}
	for _, term := range []order.Term{{N: 1}, {Unit: order.Month}, {N: -1, Unit: order.Month}, {N: 52596001, Unit: order.Minute}, {N: 1, Unit: "decade"}, {N: 1, Unit: "Month"}, {N: 1, Unit: "months"}} {
		if err := term.Check(); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", term, err)
		}
	}
}

func TestT2_TermsContain(t *testing.T) {
	month := func(n int) order.Term { return order.Term{N: n, Unit: order.Month} }
	year := func(n int) order.Term { return order.Term{N: n, Unit: order.Year} }
	day := func(n int) order.Term { return order.Term{N: n, Unit: order.Day} }
	hour := func(n int) order.Term { return order.Term{N: n, Unit: order.Hour} }
	minute := func(n int) order.Term { return order.Term{N: n, Unit: order.Minute} }
	for _, row := range []struct {
		least, most order.Term
		in, out     []order.Term
	}{
		{in: []order.Term{{}, month(1), minute(1), year(100)}},
		{least: month(3), in: []order.Term{month(3), month(4), year(1)}, out: []order.Term{month(2), {}, day(90), day(100000)}},
		{most: month(12), in: []order.Term{month(12), year(1), month(1)}, out: []order.Term{month(13), year(2), {}, day(1), minute(1)}},
		{most: day(1), in: []order.Term{minute(1), hour(24)}, out: []order.Term{{}, month(1), day(2)}},
		{least: year(1), most: year(1), in: []order.Term{year(1), month(12)}, out: []order.Term{month(11), month(13)}},
		{least: hour(1), most: day(1), in: []order.Term{minute(60), hour(24), day(1), minute(1440)}, out: []order.Term{minute(59), minute(1441), hour(25), month(1), {}}},
	} {
		r := order.Terms{Least: row.least, Most: row.most}
		if err := r.Check(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
		for _, term := range row.in {
			if !r.Contain(term) {
				t.Errorf("%+v does not contain %v", r, term)
			}
		}
		for _, term := range row.out {
			if r.Contain(term) {
				t.Errorf("%+v contains %v", r, term)
			}
		}
	}
	for field, r := range map[string]order.Terms{
		"least":      {Least: month(2), Most: month(1)},
		"least.n":    {Least: order.Term{Unit: order.Month}},
		"most.unit":  {Most: order.Term{N: 1, Unit: "decade"}},
		"least.unit": {Least: order.Term{N: 1}},
	} {
		var facts *order.FieldError
		if err := r.Check(); !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != field {
			t.Errorf("%+v: %v, want a refusal of %s", r, err, field)
		}
	}
	if err := (order.Terms{Least: day(30), Most: month(3)}).Check(); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("from 30 days to 3 months: %v", err)
	}

	// A range contains what lies between its ends in months, or in minutes, and no other kind.
	rapid.Check(t, func(t *rapid.T) {
		size := map[order.Unit]int{order.Minute: 1, order.Hour: 60, order.Day: 1440, order.Month: 1, order.Year: 12}
		civil := map[order.Unit]bool{order.Month: true, order.Year: true}
		some := rapid.Custom(func(t *rapid.T) order.Term {
			u := rapid.SampledFrom([]order.Unit{order.Minute, order.Hour, order.Day, order.Month, order.Year}).Draw(t, "unit")
			return order.Term{N: rapid.IntRange(1, 200000/size[u]+1).Draw(t, "n"), Unit: u}
		})
		r := order.Terms{Least: some.Draw(t, "least"), Most: some.Draw(t, "most")}
		term := some.Draw(t, "term")
		n := term.N * size[term.Unit]
		want := civil[term.Unit] == civil[r.Least.Unit] && civil[term.Unit] == civil[r.Most.Unit] &&
			n >= r.Least.N*size[r.Least.Unit] && n <= r.Most.N*size[r.Most.Unit]
		if got := r.Contain(term); got != want {
			t.Fatalf("%+v contains %v: %v", r, term, got)
		}
		if sound := r.Check() == nil; sound != r.Contain(r.Least) {
			t.Fatalf("%+v: %v", r, r.Check())
		}
	})
}
