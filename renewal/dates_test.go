package renewal_test

import (
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

// TestR3_TermByTerm: renewed m months and then n is renewed m + n, whatever the day.
func TestR3_TermByTerm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Zone: ordertest.Zone().Draw(t, "zone"), Ending: rapid.SampledFrom(endings).Draw(t, "ending"), MostMonths: 100}
		start := ordertest.Instant().Draw(t, "start")
		m, n := rapid.IntRange(1, 40).Draw(t, "m"), rapid.IntRange(1, 40).Draw(t, "n")
		expiry, err := renewal.First(start, months(m), p)
		if err != nil {
			t.Fatal(err)
		}
		at := renewal.Anchor(start, expiry, p)
		then, err := renewal.Next(at, months(n), p)
		if err != nil {
			t.Fatal(err)
		}
		atOnce, err := renewal.First(start, months(m+n), p)
		if err != nil || !then.Equal(atOnce) || !then.After(at.Expiry) {
			t.Fatalf("%d and %d months: %s, at once %s, %v", m, n, then, atOnce, err)
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
	for _, term := range []renewal.Term{{}, months(0), months(12), months(-1), years(0), years(4), {N: 30, Unit: renewal.Day}, {N: 1, Unit: order.Hour}, {N: 1}} {
		_, err := renewal.Next(at, term, renewal.Huawei())
		isField(t, term.String(), err, "term")
	}
}

func TestR6_Unify(t *testing.T) {
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
}

// TestR6_Laws: never earlier than the term, on the right day, the first such, agreeing
// with days counted one by one, and again from there a whole term without odd days.
func TestR6_Laws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Zone: ordertest.Zone().Draw(t, "zone"), Ending: rapid.SampledFrom(endings).Draw(t, "ending")}
		day := rapid.SampledFrom([]renewal.UnifiedDay{renewal.LastDay, 0, 1, 2, 15, 27, 28}).Draw(t, "day")
		if p.Ending == renewal.NextMidnight && day == renewal.LastDay {
			day = 1 // the day after the last
		}
		term := rapid.SampledFrom([]renewal.Term{months(1), months(2), months(11), years(1), years(3)}).Draw(t, "term")
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
		slow, n := next.In(p.Zone), 0
		is := func(at time.Time) bool {
			if day == renewal.LastDay {
				return at.AddDate(0, 0, 1).Month() != at.Month()
			}
			return at.Day() == max(1, int(day))
		}
		for ; !is(slow); n++ {
			slow = slow.AddDate(0, 0, 1)
		}
		if p.Ending == renewal.SameClock {
			slow = order.DateOf(slow).Like(expiry.In(p.Zone)) // what summer time moved comes back
		}
		if e.Until.Format(time.DateTime) != slow.Format(time.DateTime) || e.Days != n || e.Whole != term {
			t.Fatalf("%+v, one by one %s after %d days", e, slow, n)
		}
		// From there the term is whole, and stays on the day.
		r := renewal.Resource{ID: "r", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Start: expiry.AddDate(-1, 0, 0), Expiry: expiry,
			AnchorDay: at.AnchorDay, Mode: renewal.ModeManual}
		r, err = r.Extend(e, day, "o", expiry.Add(-time.Second), p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := renewal.Unify(r.Position(), term, day, p)
		if err != nil || again.Days != 0 {
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
