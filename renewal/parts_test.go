package renewal_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the laws, wherever the tests run

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// dear counts every day as a half of the month.
type dear struct{}

func (dear) Share(from, until time.Time) renewal.Fraction {
	return renewal.Fraction{Num: int64(until.Sub(from) / (24 * time.Hour)), Den: 2}
}

// zone is one of the tz database.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A shortened first term is a part of the period that ends on the unified day (S), and never
// costs more than the whole, under any day count.
func TestR7_ShortenedFirstTerm(t *testing.T) {
	price := func(t *testing.T, start string, day renewal.UnifiedDay, p renewal.Policy) (order.Money, renewal.Extension) {
		t.Helper()
		e, err := renewal.Align(clock(start), months(1), day, p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Price(order.Money{}, usd(6000), p)
		if err != nil {
			t.Fatal(err)
		}
		return got, e
	}
	stripe := renewal.Stripe()
	stripe.Zone = gmt8
	for _, row := range []struct {
		what, start string
		day         renewal.UnifiedDay
		want        int64
	}{
		{"R7 S: 10 of the 29 days from February 15, not of March", "2024-03-05 10:00:00", 15, 2069},
		{"R7 S: 29 of the 31 days from January 28, not all of them", "2023-01-30 10:00:00", 28, 5613},
		{"R7 S: all but a day", "2024-02-16 10:00:00", 15, 5793}, // 28/29
		{"R7 S: to the last day, 1 of 28", "2023-02-27 10:00:00", renewal.LastDay, 214},
		{"R7 S: to the first of January", "2023-12-31 10:00:00", 1, 194}, // 1/31
	} {
		t.Run(row.what, func(t *testing.T) {
			if got, e := price(t, row.start, row.day, stripe); got != usd(row.want) {
				t.Errorf("%s for %+v, want %s", got, e, usd(row.want))
			}
		})
	}
	t.Run("R7 2/31 + 28/29 of a month are not 61.80 of 60.00", func(t *testing.T) {
		if got, e := price(t, "2024-01-29 10:00:00", 28, renewal.Policy{Zone: gmt8, DayCount: renewal.CalendarMonth}); got != usd(6000) {
			t.Errorf("%s for %+v", got, e)
		}
	})
	t.Run("R7 nor by a host's own count", func(t *testing.T) {
		if got, e := price(t, "2024-01-29 10:00:00", 28, renewal.Policy{Zone: gmt8, Counter: dear{}}); got != usd(6000) {
			t.Errorf("%s for %+v", got, e)
		}
	})
	t.Run("R7 nor than a year that costs less than its month", func(t *testing.T) {
		e, err := renewal.Align(clock("2024-03-05 10:00:00"), years(1), 3, stripe)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Price(usd(1000), usd(6000), stripe); err != nil || got != usd(1000) {
			t.Errorf("%s, %v", got, err)
		}
		isField(t, "a whole below zero", second(e.Price(usd(-1), usd(6000), stripe)), "whole")
	})
}

// What is left never exceeds what was bought: by its calendar days a month from 28 January has
// 34/31.
func TestQ1_NeverMoreThanBought(t *testing.T) {
	for name, p := range map[string]renewal.Policy{"Huawei": renewal.Huawei(), "Huawei2025": renewal.Huawei2025(), "Stripe": renewal.Stripe(), "SaaS": renewal.SaaS(), "neutral": {}} {
		t.Run("Q1 in the same minute, "+name, func(t *testing.T) {
			p.Zone = gmt8
			start := clock("2023-01-28 00:00:30")
			expiry, err := renewal.First(start, months(1), p)
			if err != nil {
				t.Fatal(err)
			}
			left, err := renewal.Period{Start: start, Expiry: expiry, Term: months(1)}.Remaining(start, p)
			if err != nil || left != (renewal.Fraction{Num: 1, Den: 1}) {
				t.Errorf("%+v, %v", left, err)
			}
			if cost, err := (renewal.Change{Old: usd(10000), New: usd(20000), Left: left}).Upgrade(p); err != nil || cost != usd(10000) {
				t.Errorf("a difference of 100.00 costs %s, %v", cost, err)
			}
		})
	}
	t.Run("Q1 a year from January 1 over a leap day", func(t *testing.T) {
		b := period("2024-01-01 00:00:00", "2025-01-01", years(1))
		if left, err := b.Remaining(clock("2024-01-01 00:00:00"), renewal.Huawei2025()); err != nil || left != (renewal.Fraction{Num: 1, Den: 1}) {
			t.Errorf("%+v, %v", left, err)
		}
	})
}

// Days of a period are civil, and hours are what the clock says, also over summer time (T2).
func TestQ1_SummerTime(t *testing.T) {
	for _, name := range []string{"America/New_York", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "America/St_Johns"} {
		t.Run("Q1 a day after as many days, "+name, func(t *testing.T) {
			z := zone(t, name)
			for _, p := range []renewal.Policy{{Zone: z, Ending: renewal.SameClock}, {Zone: z}, {Zone: z, Ending: renewal.NextMidnight}} {
				for day := range 366 {
					start := time.Date(2024, 1, 1+day, 12, 0, 0, 0, z)
					expiry, err := renewal.First(start, months(1), p)
					if err != nil {
						t.Fatal(err)
					}
					b := renewal.Period{Start: start, Expiry: expiry, Term: months(1)}
					whole := 0
					for time.Date(2024, 1, 1+day+whole, 12, 0, 0, 0, z).Before(expiry) {
						whole++
					}
					for k := range whole {
						at := time.Date(2024, 1, 1+day+k, 12, 0, 0, 0, z)
						if left, err := b.Remaining(at, p); err != nil || left.Num*int64(whole) != int64(whole-k)*left.Den {
							t.Fatalf("%d: from %s to %s, on %s: %+v, want %d/%d, %v", p.Ending, start, expiry, at, left, whole-k, whole, err)
						}
					}
				}
			}
		})
	}
	t.Run("Q3 a month of March has 744 hours by its clock", func(t *testing.T) {
		z := zone(t, "America/New_York")
		p := renewal.Policy{Zone: z, Leaving: renewal.RefundPolicy{Used: renewal.UsedByHour}}
		b := bought(renewal.Period{Start: time.Date(2024, 3, 1, 0, 0, 0, 0, z), Expiry: time.Date(2024, 3, 31, 23, 59, 59, 0, z), Term: months(1)}, 74400)
		if r, err := b.Leave(time.Date(2024, 3, 11, 0, 0, 0, 0, z), 0, p); err != nil || r.Used != (renewal.Fraction{Num: 240, Den: 744}) || r.Back != usd(50400) {
			t.Errorf("%+v, %v", r, err)
		}
		p.Leaving = renewal.RefundPolicy{Left: renewal.LeftByHour}
		if left, err := b.Remaining(time.Date(2024, 3, 1, 0, 0, 0, 0, z), p); err != nil || left != (renewal.Fraction{Num: 1, Den: 1}) {
			t.Errorf("%+v, %v", left, err)
		}
	})
	t.Run("Q3 an hour that comes twice is not used until it is over", func(t *testing.T) {
		z := zone(t, "America/New_York")
		p := renewal.Policy{Zone: z, Leaving: renewal.RefundPolicy{Used: renewal.UsedByHour}}
		b := bought(renewal.Period{Start: time.Date(2024, 11, 1, 0, 0, 0, 0, z), Expiry: time.Date(2024, 11, 30, 23, 59, 59, 0, z), Term: months(1)}, 72000)
		first := time.Date(2024, 11, 3, 1, 59, 59, 0, z)
		for at, want := range map[time.Duration]int64{0: 49, time.Second: 49, time.Hour: 49, time.Hour + time.Second: 50} {
			if r, err := b.Leave(first.Add(at), 0, p); err != nil || r.Used.Num != want || r.Used.Den != 720 {
				t.Errorf("%s: %+v, want %d, %v", first.Add(at), r.Used, want, err)
			}
		}
	})
}

// A refund that was given is remembered: of what was left, or of what was changed to
// something cheaper, nothing comes back twice.
func TestQ3_NothingTwice(t *testing.T) {
	p := renewal.Policy{Zone: gmt8}
	fresh := bought(period("2024-06-14 09:00:00", "2024-07-15", months(1)), 10000) // 32 days
	give := func(t *testing.T, b renewal.Bought, r renewal.Refund, err error, want int64) renewal.Bought {
		t.Helper()
		if err != nil || r.Back != usd(want) || r.Consumed.Minor()+r.Fee.Minor()+r.Back.Minor() > r.Paid.Minor() {
			t.Fatalf("%+v, %v, want %d back", r, err, want)
		}
		if b, err = b.Returned(r); err != nil {
			t.Fatal(err)
		}
		return b
	}
	begin, later := clock("2024-06-14 09:00:00"), clock("2024-06-25 09:00:00") // 11 days
	t.Run("Q3 down to half, and left after 11 days", func(t *testing.T) {
		r, err := fresh.Downgrade(usd(10000), usd(5000), begin, p)
		b := give(t, fresh, r, err, 5000)
		r, err = b.Leave(later, 0, p)
		b = give(t, b, r, err, 3281) // 50.00 x 21/32, not all of them
		r, err = b.Leave(later, 0, p)
		give(t, b, r, err, 0)
	})
	t.Run("Q3 left twice", func(t *testing.T) {
		r, err := fresh.Leave(later, 0, p)
		b := give(t, fresh, r, err, 6562)
		r, err = b.Leave(later, 0, p)
		b = give(t, b, r, err, 0)
		r, err = b.Downgrade(usd(10000), usd(5000), later, p)
		give(t, b, r, err, 0)
	})
	t.Run("Q3 found twice, given once", func(t *testing.T) {
		one, err := fresh.Downgrade(usd(10000), usd(5000), begin, p)
		b := give(t, fresh, one, err, 5000)
		isField(t, "the same again", second(b.Returned(one)), "refund.paid")
		all, err := fresh.Leave(begin.Add(-time.Hour), 0, p)
		if err != nil || !all.All {
			t.Fatalf("%+v, %v", all, err)
		}
		isField(t, "all, after half", second(b.Returned(all)), "refund.parts[0]")
	})
	t.Run("Q3 cents down, and no cent more than was left", func(t *testing.T) {
		r, err := fresh.Downgrade(usd(10000), usd(5000), clock("2024-06-15 09:00:00"), p) // 96.87 are left, and a half
		b := give(t, fresh, r, err, 4844)
		r, err = b.Leave(clock("2024-06-15 09:00:00"), 0, p)
		give(t, b, r, err, 4843)
	})
	t.Run("Q3 down to nothing is leaving, to the cent", func(t *testing.T) {
		half := clock("2024-06-30 09:00:00") // of 100.01 are 50.01 consumed
		b := bought(fresh.Period, 10001)
		r, err := b.Downgrade(usd(10000), usd(0), half, p)
		give(t, b, r, err, 5000)
	})
}

// Half a month is half its price, both ways (S).
func TestQ3_StripeHalfAMonth(t *testing.T) {
	p := renewal.Stripe()
	start, half := time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 4, 16, 0, 0, 0, 0, time.UTC)
	expiry, err := renewal.First(start, months(1), p)
	if err != nil {
		t.Fatal(err)
	}
	b := bought(renewal.Period{Start: start, Expiry: expiry, Term: months(1)}, 30000)
	if r, err := b.Leave(half, 0, p); err != nil || r.Back != usd(15000) || r.Consumed != usd(15000) {
		t.Errorf("Q3 gives back %s, %v", r.Back, err)
	}
	left, err := b.Remaining(half, p)
	if err != nil || left != (renewal.Fraction{Num: 1, Den: 2}) {
		t.Errorf("Q1 %+v, %v", left, err)
	}
	if cost, err := (renewal.Change{Old: usd(0), New: usd(30000), Left: left}).Upgrade(p); err != nil || cost != usd(15000) {
		t.Errorf("Q2 costs %s, %v", cost, err)
	}
	// By the second: an hour and a second later less is left.
	if r, err := b.Leave(half.Add(time.Hour), 0, p); err != nil || r.Back != usd(14958) { // 359/720
		t.Errorf("Q3 an hour later %s, %v", r.Back, err)
	}
}
