package renewal_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

func TestR2_Endings(t *testing.T) {
	for _, row := range []struct {
		what   string
		p      renewal.Policy
		start  string
		expiry []string // the first, and after renewals of a month each
	}{
		{"HC", renewal.Huawei(), "2023-03-08 15:50:04", []string{"2023-04-08 23:59:59", "2023-05-08 23:59:59"}},
		{"neutral", renewal.Policy{Zone: gmt8}, "2023-03-08 15:50:04", []string{"2023-04-08 23:59:59", "2023-05-08 23:59:59"}},
		{"B", renewal.Baidu(), "2016-01-10 10:00:00", []string{"2016-02-10 10:00:00", "2016-03-10 10:00:00"}},
		{"A", renewal.Alibaba(), "2019-08-09 13:00:00", []string{"2019-09-10 00:00:00", "2019-10-10 00:00:00"}},
		{"A, a clamped month", renewal.Alibaba(), "2019-01-30 13:00:00", []string{"2019-03-01 00:00:00", "2019-03-31 00:00:00"}},
	} {
		at, err := renewal.First(clock(row.start), months(1), row.p)
		if err != nil || !at.Equal(clock(row.expiry[0])) {
			t.Errorf("%s: first %s, %v", row.what, at, err)
		}
		next, err := renewal.Next(renewal.Position{Expiry: at, AnchorDay: clock(row.start).Day()}, months(1), row.p)
		if err != nil || !next.Equal(clock(row.expiry[1])) {
			t.Errorf("%s: next %s, %v", row.what, next, err)
		}
	}
	// T1: the expiry is the last second of use, but for 00:00:00 that is printed.
	for _, e := range []renewal.Ending{renewal.EndOfDay, renewal.SameClock} {
		if at := clock("2023-04-08 23:59:59"); !e.LastSecond(at).Equal(at) {
			t.Errorf("%d: %s", e, e.LastSecond(at))
		}
	}
	if at := renewal.NextMidnight.LastSecond(clock("2019-09-10 00:00:00")); !at.Equal(clock("2019-09-09 23:59:59")) {
		t.Errorf("printed 00:00:00: %s", at)
	}
}

func TestR3_Anchored(t *testing.T) {
	p := renewal.Huawei()
	first, err := renewal.First(clock("2024-03-31 10:00:00"), months(1), p)
	if err != nil || !first.Equal(clock("2024-04-30")) {
		t.Errorf("bought 2024-03-31: %s, %v", first, err)
	}
	next, err := renewal.Next(renewal.Position{Expiry: first, AnchorDay: 31}, months(1), p)
	if err != nil || !next.Equal(clock("2024-05-31")) {
		t.Errorf("renewed: %s, %v", next, err)
	}
	for year, february := range map[string]string{"2023": "2023-02-28", "2024": "2024-02-29", "2000": "2000-02-29", "2100": "2100-02-28"} {
		at := renewal.Position{Expiry: clock(year + "-01-31"), AnchorDay: 31}
		for _, want := range []string{february, year + "-03-31", year + "-04-30"} {
			var err error
			if at.Expiry, err = renewal.Next(at, months(1), p); err != nil || !at.Expiry.Equal(clock(want)) {
				t.Errorf("%s, %v, want %s", at.Expiry, err, want)
			}
		}
	}
}

// TestR3_TermByTerm: renewed m times and then n is renewed m + n times, whatever the unit, the
// ending and the day.
func TestR3_TermByTerm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Zone: ordertest.Zone().Draw(t, "zone"), Ending: rapid.SampledFrom(endings).Draw(t, "ending")}
		start := ordertest.Instant().Draw(t, "start")
		m, n := rapid.IntRange(1, 40).Draw(t, "m"), rapid.IntRange(1, 40).Draw(t, "n")
		unit := rapid.SampledFrom([]renewal.Unit{renewal.Day, renewal.Week, renewal.Month, renewal.Year}).Draw(t, "unit")
		of := func(n int) renewal.Term { return renewal.Term{N: n, Unit: unit} }
		expiry, err := renewal.First(start, of(m), p)
		if err != nil {
			t.Fatal(err)
		}
		at, err := renewal.Anchor(start, of(m), p)
		if err != nil || !at.Expiry.Equal(expiry) {
			t.Fatal(at, err)
		}
		then, err := renewal.Next(at, of(n), p)
		if err != nil {
			t.Fatal(err)
		}
		atOnce, err := renewal.First(start, of(m+n), p)
		if err != nil || !then.Equal(atOnce) || !then.After(at.Expiry) {
			t.Fatalf("%d and %d of them: %s, at once %s, %v", m, n, then, atOnce, err)
		}
	})
}

func TestR1_Terms(t *testing.T) {
	at := renewal.Position{Expiry: clock("2023-04-08")}
	for _, term := range []renewal.Term{months(1), months(11), years(1), years(3)} {
		if _, err := renewal.Next(at, term, renewal.Huawei()); err != nil {
			t.Errorf("%s: %v", term, err)
		}
	}
	for _, term := range []renewal.Term{{}, months(0), months(12), months(-1), years(0), years(4), days(30), weeks(1), {N: 1, Unit: order.Hour}, {N: 1}} {
		for _, p := range []renewal.Policy{renewal.Huawei(), renewal.HuaweiChina(), renewal.Alibaba(), renewal.Tencent(), renewal.Baidu(), renewal.Stripe()} {
			_, err := renewal.Next(at, term, p)
			isField(t, term.String(), err, "term")
		}
		// The neutral policy has any term of the calendar.
		if _, err := renewal.Next(at, term, renewal.Policy{}); (err == nil) != term.Civil() {
			t.Errorf("%s, any is sold: %v", term, err)
		}
	}
}

// R1: what is not sold says what is, and which term is meant, where one is as long.
func TestR1_WhatIsMeant(t *testing.T) {
	month := renewal.Sold{Unit: renewal.Month, Counts: []int{1, 3, 6}}
	year := renewal.Sold{Unit: renewal.Year, Counts: []int{1, 2}}
	for _, row := range []struct {
		term renewal.Term
		sold []renewal.Sold
		want string
	}{
		{months(12), renewal.Huawei().Terms, `term "12 months": is not sold: give 1 year; sold are 1 to 11 months, or 1 to 3 years (R1)`},
		{months(24), renewal.Huawei().Terms, "give 2 years; sold are 1 to 11 months"},
		{months(13), renewal.Huawei().Terms, "is not sold: give 1 to 11 months, or 1 to 3 years (R1)"},
		{months(48), renewal.Huawei().Terms, "is not sold: give 1 to 11 months"}, // nor are 4 years
		{years(1), []renewal.Sold{{Unit: renewal.Month}}, "give 12 months; sold are any number of months (R1)"},
		{days(7), []renewal.Sold{{Unit: renewal.Week, Counts: []int{1, 2}}}, "give 1 week; sold are 1, 2 weeks (R1)"},
		{days(8), []renewal.Sold{{Unit: renewal.Week, Counts: []int{1, 2}}}, "is not sold: give 1, 2 weeks (R1)"},
		{weeks(2), []renewal.Sold{{Unit: renewal.Day, Counts: []int{14, 30}}}, "give 14 days; sold are 14, 30 days (R1)"},
		{days(30), []renewal.Sold{month, year}, "give 1 month by the calendar; sold are 1, 3, 6 months, or 1, 2 years (R1)"},
		{days(365), []renewal.Sold{month, year}, "give 1 year by the calendar; sold are"},
		{days(60), []renewal.Sold{month, year}, "is not sold: give 1, 3, 6 months, or"},
		{months(12), []renewal.Sold{month}, "is not sold: give 1, 3, 6 months (R1)"},
		{months(2), []renewal.Sold{{Unit: renewal.Month, Counts: []int{1}}}, "is not sold: give 1 month (R1)"},
		{renewal.Term{N: 90, Unit: order.Minute}, nil, `term "90 minutes": is not a term of days, weeks, months or years`},
	} {
		_, err := renewal.Next(renewal.Position{Expiry: clock("2023-04-08")}, row.term, renewal.Policy{Terms: row.sold})
		isField(t, row.term.String(), err, "term")
		if err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.term, err, row.want)
		}
	}
}

// R1: what is said to be meant is sold.
func TestR1_WhatIsMeantIsSold(t *testing.T) {
	units := []renewal.Unit{renewal.Day, renewal.Week, renewal.Month, renewal.Year}
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Terms: []renewal.Sold{{Unit: rapid.SampledFrom(units).Draw(t, "unit"), Counts: rapid.SliceOfN(rapid.IntRange(1, 60), 0, 4).Draw(t, "counts")}}}
		at := renewal.Position{Expiry: clock("2023-04-08")}
		_, err := renewal.Next(at, renewal.Term{N: rapid.SampledFrom([]int{1, 2, 7, 12, 14, 24, 30, 36, 60, 365}).Draw(t, "n"), Unit: rapid.SampledFrom(units).Draw(t, "of")}, p)
		if err == nil {
			return
		}
		_, advice, _ := strings.Cut(err.Error(), "give ")
		meant, _, there := strings.Cut(strings.Replace(advice, " by the calendar", "", 1), ";")
		if !there {
			return
		}
		var other renewal.Term
		if _, err := fmt.Sscan(strings.TrimSuffix(meant, "s"), &other.N, (*string)(&other.Unit)); err != nil {
			t.Fatal(advice, err)
		}
		if _, err := renewal.Next(at, other, p); err != nil {
			t.Fatalf("%s is said to be meant: %v", other, err)
		}
	})
}

// R1, R2, R3: weeks, fortnights, 30 days, quarters and half-years, with each ending: the first
// expiry, and those after renewals for the same.
func TestR2_Periods(t *testing.T) {
	day := map[renewal.Ending][]string{
		renewal.EndOfDay:     {"2024-02-07 23:59:59", "2024-02-14 23:59:59", "2024-02-21 23:59:59"},
		renewal.SameClock:    {"2024-02-07 10:30:00", "2024-02-14 10:30:00", "2024-02-21 10:30:00"},
		renewal.NextMidnight: {"2024-02-08 00:00:00", "2024-02-15 00:00:00", "2024-02-22 00:00:00"},
		renewal.DayBefore:    {"2024-02-06 23:59:59", "2024-02-13 23:59:59", "2024-02-20 23:59:59"},
	}
	for _, row := range []struct {
		start  string
		term   renewal.Term
		ending renewal.Ending
		want   []string
	}{
		{"2024-01-31 10:30:00", weeks(1), renewal.EndOfDay, day[renewal.EndOfDay]},
		{"2024-01-31 10:30:00", days(7), renewal.EndOfDay, day[renewal.EndOfDay]},
		{"2024-01-31 10:30:00", weeks(1), renewal.SameClock, day[renewal.SameClock]},
		{"2024-01-31 10:30:00", weeks(1), renewal.NextMidnight, day[renewal.NextMidnight]},
		{"2024-01-31 10:30:00", weeks(1), renewal.DayBefore, day[renewal.DayBefore]},
		{"2024-01-31 10:30:00", weeks(2), renewal.SameClock, []string{"2024-02-14 10:30:00", "2024-02-28 10:30:00", "2024-03-13 10:30:00"}},
		{"2024-01-31 10:30:00", days(30), renewal.SameClock, []string{"2024-03-01 10:30:00", "2024-03-31 10:30:00", "2024-04-30 10:30:00"}},
		{"2024-11-30 10:30:00", months(3), renewal.SameClock, []string{"2025-02-28 10:30:00", "2025-05-30 10:30:00", "2025-08-30 10:30:00"}},
		{"2024-08-31 10:30:00", months(6), renewal.SameClock, []string{"2025-02-28 10:30:00", "2025-08-31 10:30:00", "2026-02-28 10:30:00"}},
		// Lago, ERPNext: 08-01 .. 08-31.
		{"2024-08-01 09:00:00", months(1), renewal.DayBefore, []string{"2024-08-31 23:59:59", "2024-09-30 23:59:59", "2024-10-31 23:59:59"}},
		{"2023-01-31 09:00:00", months(1), renewal.DayBefore, []string{"2023-02-27 23:59:59", "2023-03-30 23:59:59", "2023-04-29 23:59:59"}},
		{"2024-02-29 00:00:00", years(1), renewal.DayBefore, []string{"2025-02-27 23:59:59", "2026-02-27 23:59:59", "2027-02-27 23:59:59"}},
	} {
		p := renewal.Policy{Zone: gmt8, Ending: row.ending}
		at, err := renewal.Anchor(clock(row.start), row.term, p)
		for n, want := range row.want {
			if err != nil || !at.Expiry.Equal(clock(want)) {
				t.Errorf("%s for %s, ending %d: %d. %s, %v, want %s", row.start, row.term, row.ending, n+1, at.Expiry, err, want)
			}
			at.Expiry, err = renewal.Next(at, row.term, p)
		}
	}
	// With AnchorDay 0 it is the day after the last day of use.
	p := renewal.Policy{Zone: gmt8, Ending: renewal.DayBefore}
	if next, err := renewal.Next(renewal.Position{Expiry: clock("2023-02-27 23:59:59")}, months(1), p); err != nil || !next.Equal(clock("2023-03-27 23:59:59")) {
		t.Errorf("%s, %v", next, err)
	}
	if next, err := renewal.Next(renewal.Position{Expiry: clock("2023-02-28 23:59:59")}, months(1), p); err != nil || !next.Equal(clock("2023-03-31 23:59:59")) {
		t.Errorf("%s, %v", next, err)
	}
	// A day that the zone skips: 2011-12-30 in Samoa. The week after it is counted from it all the same.
	apia := renewal.Policy{Zone: in(t, "Pacific/Apia")}
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: time.Date(2011, 12, 16, 9, 0, 0, 0, apia.Zone), Expiry: time.Date(2011, 12, 23, 23, 59, 59, 0, apia.Zone)}
	for _, row := range []struct {
		term   renewal.Term
		expiry string
		anchor int
	}{{weeks(1), "2011-12-31", 30}, {weeks(1), "2012-01-06", 6}, {months(1), "2012-02-06", 6}} { // months from where the weeks end
		var err error
		if r, err = r.Renew(row.term, order.ID("o-"+row.expiry), r.Expiry, apia); err != nil || r.Expiry.Format(time.DateOnly) != row.expiry || r.AnchorDay != row.anchor {
			t.Errorf("%s more: %s, day %d, %v, want %s", row.term, r.Expiry, r.AnchorDay, err, row.expiry)
		}
	}
	// The last second of use, and the first of the next period.
	r = renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: clock("2024-08-01 00:00:00"), Expiry: clock("2024-08-31 23:59:59"), AnchorDay: 1}
	if a, b := r.State(r.Expiry.Add(999*time.Millisecond), p), r.State(r.Expiry.Add(time.Second), p); a != renewal.StateInUse || b == renewal.StateInUse {
		t.Errorf("%s, and a second later %s", a, b)
	}
	if r, err := r.Renew(months(1), "o", r.Expiry, p); err != nil || !r.Periods[0].Start.Equal(clock("2024-09-01 00:00:00")) || r.AnchorDay != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestR6_Unify(t *testing.T) {
	any := renewal.Policy{Zone: gmt8, UnifiedDays: renewal.DaysAny}
	before, quarters, january := any, any, any
	before.Ending, quarters.UnifiedMonths, january.UnifiedMonths = renewal.DayBefore, renewal.EveryQuarter, renewal.EveryJanuary
	for _, row := range []struct {
		what, from string
		least      renewal.Term
		day        renewal.UnifiedDay
		p          renewal.Policy
		until      string
		days       int
	}{
		{"HC to the last day", "2024-03-25", months(1), renewal.LastDay, renewal.Huawei(), "2024-04-30", 5},
		{"HC to the 1st", "2024-03-25", months(1), 1, renewal.Huawei(), "2024-05-01", 6},
		{"the default is the 1st", "2024-03-25", months(1), 0, renewal.Huawei(), "2024-05-01", 6},
		{"A to the 1st", "2018-09-10 00:00:00", months(1), 1, renewal.Alibaba(), "2018-11-01 00:00:00", 22},
		{"A again", "2018-05-17 00:00:00", months(1), 1, renewal.Alibaba(), "2018-07-01 00:00:00", 14},
		{"T to the 20th", "2018-04-05 10:00:00", months(1), 20, renewal.Tencent(), "2018-05-20 10:00:00", 15},
		{"on the day already", "2024-03-01", months(1), 1, renewal.Huawei(), "2024-04-01", 0},
		{"a year", "2024-02-29", years(1), renewal.LastDay, renewal.Huawei(), "2025-02-28", 0},
		{"more than the term", "2024-03-01", months(1), 1, renewal.Policy{Zone: gmt8, Least: renewal.MoreThan}, "2024-05-01", 30},
		{"thirty days", "2024-03-05", months(1), 4, renewal.Policy{Zone: gmt8, Least: renewal.ThirtyDays}, "2024-04-04", 30},
		{"thirty days are more than February", "2023-01-31", months(1), 1, renewal.Policy{Zone: gmt8, Least: renewal.ThirtyDays}, "2023-04-01", 32},
		{"over the end of the year", "2024-12-20", months(1), 5, renewal.Huawei(), "2025-02-05", 16},
		{"S to the 30th of February", "2023-01-05 10:00:00", months(1), 30, renewal.Stripe(), "2023-02-28 10:00:00", 23},
		{"the 29th of a leap year", "2024-01-29", months(1), 29, any, "2024-02-29", 0},
		{"the 29th of another", "2023-01-29", months(1), 29, any, "2023-02-28", 0},
		{"the 30th, a day too late", "2024-03-31", months(1), 29, any, "2024-05-29", 29},
		{"the 31st is the last day", "2024-03-25", months(1), 31, any, "2024-04-30", 5},
		{"two weeks", "2024-03-25", weeks(2), 15, any, "2024-04-15", 7},
		{"thirty days to the 1st", "2024-03-25", days(30), 1, any, "2024-05-01", 7},
		{"a day before, to the 1st", "2024-03-25", months(1), 1, before, "2024-04-30", 5},
		{"a day before, on the 1st already", "2024-03-31", months(1), 1, before, "2024-04-30", 0},
		{"a day before, one more", "2024-04-01", months(1), 1, before, "2024-05-31", 30},
		{"a day before, to the 30th", "2023-01-05", months(1), 30, before, "2023-02-27", 22}, // the next begins 02-28
		{"to a quarter", "2024-03-25", months(1), 1, quarters, "2024-07-01", 67},
		{"a quarter to a quarter", "2024-03-25", months(3), 1, quarters, "2024-07-01", 6},
		{"on the quarter already", "2024-04-01", months(3), 1, quarters, "2024-07-01", 0},
		{"to the 15th of a quarter", "2024-10-15", months(3), 15, quarters, "2025-01-15", 0},
		{"a day later", "2024-10-16", months(3), 15, quarters, "2025-04-15", 89},
		{"to January", "2024-03-25", years(1), 1, january, "2026-01-01", 282},
		{"to the last day of January", "2024-01-31", years(1), renewal.LastDay, january, "2025-01-31", 0},
	} {
		e, err := renewal.Unify(renewal.Position{Expiry: clock(row.from)}, row.least, row.day, row.p)
		whole := row.least
		if row.what == "thirty days" {
			whole = renewal.Term{} // less than the month: odd days are all there is
		}
		if err != nil || !e.Until.Equal(clock(row.until)) || e.Days != row.days || e.Whole != whole {
			t.Errorf("%s: %+v, %v, want %s and %d days", row.what, e, err, row.until, row.days)
		}
	}
	for _, day := range []renewal.UnifiedDay{29, 31, -2} {
		_, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), day, renewal.Huawei())
		isField(t, "a day that is none", err, "day")
	}
	_, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), renewal.LastDay, renewal.Tencent())
	isField(t, "no last day at T", err, "day")
	// 00:00 of the next day has no 29th and no last day, the day before no last day.
	midnight := any
	midnight.Ending = renewal.NextMidnight
	for _, row := range []struct {
		p        renewal.Policy
		has, not []renewal.UnifiedDay
	}{
		{any, []renewal.UnifiedDay{28, 29, 30, 31, renewal.LastDay}, []renewal.UnifiedDay{32, -2}},
		{midnight, []renewal.UnifiedDay{0, 1, 28}, []renewal.UnifiedDay{29, 30, 31, renewal.LastDay}},
		{before, []renewal.UnifiedDay{0, 1, 28, 29, 30}, []renewal.UnifiedDay{31, 32, renewal.LastDay}},
		{renewal.Policy{}, []renewal.UnifiedDay{28, renewal.LastDay}, []renewal.UnifiedDay{29, 30, 31}},
	} {
		for _, day := range row.has {
			if _, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), day, row.p); err != nil {
				t.Errorf("ending %d, day %d: %v", row.p.Ending, day, err)
			}
		}
		for _, day := range row.not {
			_, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), day, row.p)
			isField(t, fmt.Sprintf("ending %d, day %d", row.p.Ending, day), err, "day")
		}
	}
}

// TestR6_Laws: never earlier than the term, on the right day of the right month, the first
// such, agreeing with days counted one by one, and again from there a whole term without odd days.
func TestR6_Laws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Zone: ordertest.Zone().Draw(t, "zone"), Ending: rapid.SampledFrom(endings).Draw(t, "ending"), UnifiedDays: renewal.DaysAny,
			UnifiedMonths: renewal.UnifiedMonths(rapid.IntRange(0, 2).Draw(t, "unified months"))}
		unified := []renewal.UnifiedDay{0, 1, 2, 15, 27, 28, 29, 30, 31, renewal.LastDay}
		switch p.Ending {
		case renewal.NextMidnight: // prints the day after
			unified = unified[:6]
		case renewal.DayBefore:
			unified = unified[:8]
		}
		day := rapid.SampledFrom(unified).Draw(t, "day")
		term := rapid.SampledFrom([]renewal.Term{days(1), days(30), weeks(2), months(1), months(2), months(3), months(11), years(1), years(3)}).Draw(t, "term")
		expiry, err := renewal.First(ordertest.Instant().Draw(t, "start"), months(1), p)
		if err != nil {
			t.Fatal(err)
		}
		at := renewal.Position{Expiry: expiry, AnchorDay: rapid.IntRange(0, 31).Draw(t, "anchor")}
		e, err := renewal.Unify(at, term, day, p)
		if err != nil {
			t.Fatal(err)
		}
		next, err := renewal.Next(at, term, p)
		if err != nil {
			t.Fatal(err)
		}
		// A slow twin: from the end of the term day by day until it is the unified day.
		apart := []int{1, 3, 12}[p.UnifiedMonths]
		is := func(d order.Date) bool {
			k, last := int(day), order.DaysIn(d.Year, d.Month)
			if day == renewal.LastDay {
				k = 31
			}
			return int(d.Month-1)%apart == 0 && d.Day == min(max(1, k), last)
		}
		slow, n := order.DateOf(next.In(p.Zone)), 0
		if p.Ending == renewal.DayBefore {
			slow = order.DateOf(next.Add(time.Second).In(p.Zone))
		}
		for ; !is(slow); n++ {
			slow = slow.Next()
		}
		var until time.Time
		switch p.Ending {
		case renewal.SameClock:
			until = slow.Like(expiry.In(p.Zone))
		case renewal.NextMidnight:
			until = slow.Begin(p.Zone)
		case renewal.DayBefore:
			until = slow.Begin(p.Zone).Add(-time.Second)
		default:
			until = slow.End(p.Zone)
		}
		if !e.Until.Equal(until) || e.Days != n || e.Whole != term {
			t.Fatalf("%+v, one by one %s after %d days", e, until, n)
		}
		// From there the term is whole, and stays on the day.
		r := renewal.Resource{ID: "r", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Start: expiry.AddDate(-1, 0, 0), Expiry: expiry,
			AnchorDay: at.AnchorDay, Mode: renewal.ModeManual}
		r, err = r.Extend(e, day, "o", expiry.Add(-time.Second), p)
		if err != nil {
			t.Fatal(err)
		}
		total := term.N
		switch term.Unit {
		case renewal.Year:
			total *= 12
		case renewal.Day, renewal.Week:
			return
		}
		again, err := renewal.Unify(r.Position(), term, day, p)
		if err != nil || (again.Days == 0) != (total%apart == 0) {
			t.Fatalf("unified %s of day %d, again %+v, %v", r.Expiry, r.AnchorDay, again, err)
		}
	})
}

func TestR7_Price(t *testing.T) {
	e, err := renewal.Unify(renewal.Position{Expiry: clock("2018-04-05 10:00:00")}, months(1), 20, renewal.Tencent())
	if err != nil {
		t.Fatal(err)
	}
	if price, err := e.Price(usd(6000), usd(6000), renewal.Tencent()); err != nil || price != usd(9000) { // 60.00 + 15 x 2.00
		t.Errorf("%s, %v", price, err)
	}
	// The whole term costs its own price: a year the year's.
	year, err := renewal.Unify(renewal.Position{Expiry: clock("2018-04-05 10:00:00")}, years(1), 20, renewal.Tencent())
	if err != nil {
		t.Fatal(err)
	}
	if price, err := year.Price(usd(60000), usd(6000), renewal.Tencent()); err != nil || price != usd(63000) {
		t.Errorf("a year: %s, %v", price, err)
	}
	// Beside days and weeks the price of the term over its days, by any day count: two weeks at 28.00
	// and 7 days, 30 days at 60.00 and 7 days. No monthly price is asked for.
	for term, want := range map[renewal.Term]int64{weeks(2): 2800 + 7*200, days(14): 2800 + 7*200, days(30): 6000 + 7*200} {
		whole := map[bool]int64{true: 6000, false: 2800}[term == days(30)]
		for count := renewal.Days30; count <= renewal.Thirty360; count++ {
			p := renewal.Policy{Zone: gmt8, DayCount: count}
			day := map[bool]renewal.UnifiedDay{true: 1, false: 15}[term == days(30)]
			e, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, term, day, p)
			if err != nil || e.Per != term || e.Days != 7 {
				t.Fatalf("%+v, %v", e, err)
			}
			if price, err := e.Price(usd(whole), order.Money{}, p); err != nil || price != usd(want) {
				t.Errorf("%s, count %d: %s, %v, want %d", term, count, price, err, want)
			}
		}
	}
	// Fifteen days after 2024-02-10, by each count.
	odd := renewal.Extension{Until: clock("2024-02-25"), Days: 15}
	for count, want := range map[renewal.DayCount]int64{
		renewal.Days30:        5000, // 15/30
		renewal.ActualPeriod:  5172, // 15/29, of 02-10 to 03-10
		renewal.CalendarMonth: 5172, // 15/29, of February
		renewal.Twelfth365:    4932, // 12 x 15/365
		renewal.Thirty360:     5000,
	} {
		if price, err := odd.Price(order.Money{}, usd(10000), renewal.Policy{Zone: gmt8, DayCount: count}); err != nil || price != usd(want) {
			t.Errorf("count %d: %s, %v, want %d", count, price, err, want)
		}
	}
	// Over two calendar months: 12 of 30 days of April, 8 of 31 of May.
	two := renewal.Extension{Until: clock("2023-05-08"), Days: 20}
	if price, err := two.Price(order.Money{}, usd(93000), renewal.Policy{Zone: gmt8, DayCount: renewal.CalendarMonth}); err != nil || price != usd(61200) {
		t.Errorf("two months: %s, %v", price, err)
	}
}

// TestR7_Monotone: more days never cost less, under any count; no days cost nothing.
func TestR7_Monotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{DayCount: renewal.DayCount(rapid.IntRange(0, 4).Draw(t, "count"))}
		from := ordertest.Instant().Draw(t, "from").UTC()
		month := order.Minor(rapid.Int64Range(0, 1e6).Draw(t, "month"), order.USD)
		before := order.Minor(0, order.USD)
		for n := range 70 {
			e := renewal.Extension{Until: from.AddDate(0, 0, n), Days: n}
			price, err := e.Price(order.Money{}, month, p)
			if err != nil || price.Minor() < before.Minor() || n == 0 && price.Sign() != 0 {
				t.Fatalf("%d days: %s after %s, %v", n, price, before, err)
			}
			before = price
		}
	})
}

func TestR8_Preview(t *testing.T) {
	at := clock("2024-03-20")
	r := with(server(), func(r *renewal.Resource) { r.Expiry = clock("2024-03-25") })
	rows, err := renewal.Preview([]renewal.Resource{
		r,
		with(r, func(r *renewal.Resource) { r.Released = at }),
		with(r, func(r *renewal.Resource) { r.Charge = order.ChargePayPerUse }),
		with(r, func(r *renewal.Resource) { r.Mode = renewal.ModeNone }),
		with(r, func(r *renewal.Resource) { r.Mode, r.Withdrawn = renewal.ModeNone, true }),
		with(r, func(r *renewal.Resource) { r.Main = "vm-0" }),
		with(r, func(r *renewal.Resource) { r.Main, r.Attached = "vm-0", true }),
		with(r, func(r *renewal.Resource) { r.Order = "CS9" }),
		with(r, func(r *renewal.Resource) { r.Product = "unpriced" }),
		with(r, func(r *renewal.Resource) { r.Mode, r.Auto.Term = renewal.ModeAutomatic, months(1) }),
	}, months(1), 1, monthly(6000), at, renewal.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	for i, why := range []renewal.Reason{"", renewal.ReasonReleased, renewal.ReasonCharge, renewal.ReasonMode, renewal.ReasonWithdrawn, renewal.ReasonBound, "", renewal.ReasonOrder, renewal.ReasonNoPrice, ""} {
		row := rows[i]
		if row.Reason != why || (why == "") != (row.Price == usd(7200)) || why == "" && (row.Days != 6 || !row.Until.Equal(clock("2024-05-01"))) || (row.Err != nil) != (why == renewal.ReasonNoPrice) {
			t.Errorf("row %d: %+v, want %q", i, row, why)
		}
	}
	// What is bound takes part beside its main resource (R10).
	disk := with(r, func(r *renewal.Resource) { r.ID, r.Main = "disk", r.ID })
	if rows, err = renewal.Preview([]renewal.Resource{disk, r}, months(1), 1, monthly(6000), at, renewal.Huawei()); err != nil || rows[0].Reason != "" || rows[0].Extension != rows[1].Extension {
		t.Errorf("bound, beside its main resource: %+v, %v", rows, err)
	}
	// The other direction: the first term is shortened to the day, and prorated.
	e, err := renewal.Align(clock("2024-03-10 08:00:00"), months(1), 1, renewal.Huawei())
	if err != nil || !e.Until.Equal(clock("2024-04-01")) || e.Days != 22 || e.Whole != (renewal.Term{}) {
		t.Errorf("aligned: %+v, %v", e, err)
	}
	if e, err = renewal.Align(clock("2024-03-01 08:00:00"), months(1), 1, renewal.Huawei()); err != nil || !e.Until.Equal(clock("2024-04-01")) || e.Whole != months(1) || e.Days != 0 {
		t.Errorf("aligned already: %+v, %v", e, err)
	}
}

// R7, R8: a first term shortened to the day, the quarter, or January is a part of the period that
// ends there, by actual days; by thirtieths as many of a month; and never more than the whole.
func TestR8_Align(t *testing.T) {
	p := renewal.Policy{Zone: gmt8, UnifiedDays: renewal.DaysAny}
	before, quarters, january := p, p, p
	before.Ending, quarters.UnifiedMonths, january.UnifiedMonths = renewal.DayBefore, renewal.EveryQuarter, renewal.EveryJanuary
	for _, row := range []struct {
		what, start    string
		p              renewal.Policy
		day            renewal.UnifiedDay
		term, per      renewal.Term
		until          string
		days, of       int
		price          int64 // of per
		thirty, actual int64
	}{
		{"to the 1st", "2026-11-11", p, 1, months(1), months(1), "2026-12-01", 20, 30, 3000, 2000, 2000},
		{"a year to the 1st of a month", "2026-11-11", p, 1, years(1), months(1), "2026-12-01", 20, 30, 3000, 2000, 2000},
		{"to the 30th of February", "2026-02-05", p, 30, months(1), months(1), "2026-02-28", 23, 29, 2900, 2223, 2300}, // from 01-30
		{"a day before", "2026-11-11", before, 1, months(1), months(1), "2026-11-30", 20, 30, 3000, 2000, 2000},
		{"to a quarter", "2026-11-11", quarters, 1, months(3), months(3), "2027-01-01", 51, 92, 9200, 5213, 5100},
		{"a year to a quarter", "2026-11-11", quarters, 1, years(1), months(3), "2027-01-01", 51, 92, 9200, 5213, 5100},
		{"a month that reaches the quarter", "2026-12-11", quarters, 1, months(1), months(1), "2027-01-01", 21, 31, 3100, 2170, 2100},
		{"to January", "2026-11-11", january, 1, years(1), years(1), "2027-01-01", 51, 365, 36500, 5171, 5100},
		{"two years to January", "2026-11-11", january, 1, years(2), years(1), "2027-01-01", 51, 365, 36500, 5171, 5100},
		{"30 days", "2026-11-11", p, 1, days(30), days(30), "2026-12-01", 20, 30, 3000, 2000, 2000},
		{"6 weeks", "2026-11-11", p, 1, weeks(6), weeks(6), "2026-12-01", 20, 42, 4200, 2000, 2000},
		{"a day short of a year", "2026-01-02", january, 1, years(1), years(1), "2027-01-01", 364, 365, 36500, 36500, 36400}, // 364/360 are the whole
	} {
		e, err := renewal.Align(clock(row.start+" 08:00:00"), row.term, row.day, row.p)
		want := renewal.Extension{Until: e.Until, Days: row.days, Of: row.of, Per: row.per}
		if err != nil || e != want || !e.Until.Equal(clock(row.until)) {
			t.Errorf("%s: %+v, %v, want %+v until %s", row.what, e, err, want, row.until)
		}
		for count, want := range map[renewal.DayCount]int64{renewal.Days30: row.thirty, renewal.ActualPeriod: row.actual} {
			row.p.DayCount = count
			if price, err := e.Price(order.Money{}, usd(row.price), row.p); err != nil || price != usd(want) {
				t.Errorf("%s, count %d: %s, %v, want %d", row.what, count, price, err, want)
			}
		}
		if price, err := e.Price(usd(7), usd(row.price), row.p); err != nil || price != usd(7) {
			t.Errorf("%s: more than the whole: %s, %v", row.what, price, err)
		}
	}
	// What ends before the day is not longer than what is asked for.
	for _, row := range []struct {
		p    renewal.Policy
		term renewal.Term
	}{{p, weeks(2)}, {p, days(19)}, {quarters, months(1)}, {january, days(50)}} {
		_, err := renewal.Align(clock("2026-11-11 08:00:00"), row.term, 1, row.p)
		isField(t, row.term.String(), err, "term")
	}
}
