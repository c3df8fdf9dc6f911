package order_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// slowMonths walks a civil calendar day by day to n months from a date, on the day or the
// last of a shorter month.
func slowMonths(year, month, day, n int) (int, int, int) {
	length := func(y, m int) int {
		switch m {
		case 2:
			if y%4 == 0 && y%100 != 0 || y%400 == 0 {
				return 29
			}
			return 28
		case 4, 6, 9, 11:
			return 30
		}
		return 31
	}
	step := 1
	if n < 0 {
		step = -1
	}
	for ; n != 0; n -= step {
		if month += step; month == 13 {
			year, month = year+1, 1
		} else if month == 0 {
			year, month = year-1, 12
		}
	}
	return year, month, min(day, length(year, month))
}

func TestT2_Nth(t *testing.T) {
	month, year := order.Term{N: 1, Unit: order.Month}, order.Term{N: 1, Unit: order.Year}
	at := func(s string) time.Time {
		v, err := time.Parse(time.DateTime, s+" 10:00:00")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, row := range []struct {
		term   order.Term
		anchor string
		n      int
		want   string
	}{
		{month, "2023-01-31", 1, "2023-02-28"}, {month, "2023-01-31", 2, "2023-03-31"}, {month, "2023-01-31", 3, "2023-04-30"},
		{month, "2024-01-31", 1, "2024-02-29"}, {month, "2023-01-31", 0, "2023-01-31"}, {month, "2023-01-31", -2, "2022-11-30"},
		{year, "2024-02-29", 1, "2025-02-28"}, {year, "2024-02-29", 4, "2028-02-29"}, {year, "2096-02-29", 4, "2100-02-28"},
		{order.Term{N: 30, Unit: order.Day}, "2024-02-01", 1, "2024-03-02"},
		{month, "2023-01-31", 100_000, "0000-00-00"}, {month, "9998-12-01", 1, "0000-00-00"}, {month, "0001-01-01", -1, "0000-00-00"},
	} {
		anchor := at(row.anchor)
		got := row.term.Nth(anchor, row.n)
		if row.want == "0000-00-00" {
			if !got.IsZero() {
				t.Errorf("%s from %s, %d: %s", row.term, row.anchor, row.n, got)
			}
			continue
		}
		if !got.Equal(at(row.want)) {
			t.Errorf("%s from %s, %d: %s, want %s", row.term, row.anchor, row.n, got, row.want)
		}
	}
	// A day that was clamped comes back.
	if got := month.NthOf(at("2023-02-28"), 1, 31); !got.Equal(at("2023-03-31")) {
		t.Errorf("of day 31: %s", got)
	}
	for _, bad := range []order.Term{{}, {N: 1}, {N: 0, Unit: order.Month}, {N: 1, Unit: "decade"}} {
		if got := bad.Nth(at("2023-01-31"), 1); !got.IsZero() {
			t.Errorf("%+v: %s", bad, got)
		}
	}
	if !month.Nth(time.Time{}, 1).IsZero() || !month.NthOf(at("2023-02-28"), 1, 32).IsZero() || !month.NthOf(at("2023-02-28"), 1, -1).IsZero() {
		t.Error("what is no anchor has a term after it")
	}
	if !month.Nth(at("2023-01-31"), int(^uint(0)>>1)).IsZero() {
		t.Error("more terms than there are years")
	}
}

// TestT2_Count: of any term, what Count says is the last end that is not after.
func TestT2_Count(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := order.Term{N: rapid.IntRange(1, 50).Draw(t, "n"), Unit: rapid.SampledFrom([]order.Unit{order.Minute, order.Hour, order.Day, order.Month, order.Year}).Draw(t, "unit")}
		anchor, at := ordertest.Instant().Draw(t, "anchor"), ordertest.Instant().Draw(t, "at")
		n := term.Count(anchor, at)
		if term.Nth(anchor, n).After(at) || !term.Nth(anchor, n+1).After(at) {
			t.Fatalf("%d terms of %s between %s and %s: %s, then %s", n, term, anchor, at, term.Nth(anchor, n), term.Nth(anchor, n+1))
		}
	})
	month := order.Term{N: 1, Unit: order.Month}
	if (order.Term{}).Count(time.Now(), time.Now()) != 0 || month.Count(time.Time{}, time.Now()) != 0 || month.Count(time.Now(), time.Time{}) != 0 {
		t.Error("what has no n-th term is counted")
	}
}

// A clock time that summer time skips moves on; one that comes twice is its first.
func TestT2_SummerTime(t *testing.T) {
	york, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	month := order.Term{N: 1, Unit: order.Month}
	for _, row := range []struct{ anchor, want string }{
		{"2024-02-10T02:30:00-05:00", "2024-03-10T03:30:00-04:00"}, // 02:00 to 03:00 was skipped
		{"2024-02-10T01:59:59-05:00", "2024-03-10T01:59:59-05:00"},
		{"2024-02-10T03:00:00-05:00", "2024-03-10T03:00:00-04:00"},
		{"2024-10-03T01:30:00-04:00", "2024-11-03T01:30:00-04:00"}, // 01:00 to 02:00 came twice
		{"2024-10-03T02:00:00-04:00", "2024-11-03T02:00:00-05:00"},
		{"2024-12-03T01:30:00-05:00", "2025-01-03T01:30:00-05:00"},
	} {
		anchor, err := time.Parse(time.RFC3339, row.anchor)
		if err != nil {
			t.Fatal(err)
		}
		if got := month.Nth(anchor.In(york), 1).Format(time.RFC3339); got != row.want {
			t.Errorf("%s: %s, want %s", row.anchor, got, row.want)
		}
	}
}

// TestT2_NthTwin: a civil calendar walked month by month says the same, over 400 years;
// from the anchor it is the same as in two steps with the anchor's day; later terms are
// later.
func TestT2_NthTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anchor := ordertest.Instant().Draw(t, "anchor")
		n, m := rapid.IntRange(-2400, 2400).Draw(t, "n"), rapid.IntRange(-1200, 1200).Draw(t, "m")
		month := order.Term{N: 1, Unit: order.Month}
		y, mo, d := slowMonths(anchor.Year(), int(anchor.Month()), anchor.Day(), n)
		got := month.Nth(anchor, n)
		if y < 1 || y > 9998 {
			if !got.IsZero() {
				t.Fatalf("year %d: %s", y, got)
			}
			return
		}
		if gy, gm, gd := got.Date(); gy != y || int(gm) != mo || gd != d && got.Hour() > 3 {
			t.Fatalf("%d months from %s: %s, walked %d-%d-%d", n, anchor, got, y, mo, d)
		}
		if two, one := month.NthOf(got, m, anchor.Day()), month.Nth(anchor, n+m); got.Nanosecond() == anchor.Nanosecond() && got.Format(time.TimeOnly) == anchor.Format(time.TimeOnly) && !two.Equal(one) {
			t.Fatalf("%d and %d months from %s: %s, at once %s", n, m, anchor, two, one)
		}
		if later := month.Nth(anchor, n+1); !later.After(got) {
			t.Fatalf("%d months: %s, one more: %s", n, got, later)
		}
		if back := month.Count(anchor, got); back != n {
			t.Fatalf("%s is %d months from %s, not %d", got, n, anchor, back)
		}
		if back := month.Count(anchor, got.Add(-time.Nanosecond)); back != n-1 {
			t.Fatalf("just before %s are %d months from %s, not %d", got, n-1, anchor, back)
		}
		if y := (order.Term{N: 1, Unit: order.Year}).Nth(anchor, n%100); !y.Equal(month.Nth(anchor, 12*(n%100))) {
			t.Fatalf("%d years are not %d months", n%100, 12*(n%100))
		}
	})
}
