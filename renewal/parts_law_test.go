package renewal_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// zones have summer time of every make: by an hour, by half of one, at midnight and about it,
// a day that was skipped, and none. The first five have every midnight.
var zones = []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "America/Havana",
	"America/Asuncion", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza", "Asia/Kathmandu"}

// drawZone draws one of them.
func drawZone(t *rapid.T, of ...string) *time.Location {
	z, err := time.LoadLocation(rapid.SampledFrom(of).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// drawPolicy draws a vendor's policy in any zone, or any ending and counts.
func drawPolicy(t *rapid.T) renewal.Policy {
	all := []renewal.Policy{renewal.Huawei(), renewal.Huawei2025(), renewal.HuaweiChina(), renewal.Alibaba(), renewal.AlibabaChina(), renewal.Tencent(), renewal.Baidu(), renewal.Stripe(), renewal.SaaS()}
	p := renewal.Policy{
		Ending:   renewal.Ending(rapid.IntRange(0, 3).Draw(t, "ending")),
		DayCount: renewal.DayCount(rapid.IntRange(0, 4).Draw(t, "day count")),
		Rounding: order.Rounding(rapid.IntRange(0, 2).Draw(t, "rounding")),
		Leaving:  renewal.RefundPolicy{Left: renewal.RemainderRule(rapid.IntRange(0, 2).Draw(t, "left")), Used: renewal.Used(rapid.IntRange(0, 2).Draw(t, "used"))},
	}
	if i := rapid.IntRange(0, 2*len(all)).Draw(t, "vendor"); i < len(all) {
		p = all[i]
	}
	p.Zone, p.Terms = drawZone(t, zones...), nil
	return p
}

// drawStart draws a second since 1970, half of the time within a month of a change of the clock.
func drawStart(t *rapid.T, z *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(0, 68*365*86400).Draw(t, "start"), 0).In(z)
	if _, change := at.ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near") {
		at = change.Add(time.Duration(rapid.IntRange(-31*86400, 3*86400).Draw(t, "from the change")) * time.Second)
	}
	return at
}

// drawPeriod draws a period as it is bought, as it is renewed, or from a second within, as what
// an upgrade adds.
func drawPeriod(t *rapid.T, p renewal.Policy, terms ...renewal.Term) renewal.Period {
	b := renewal.Period{Start: drawStart(t, p.Zone), Term: rapid.SampledFrom(terms).Draw(t, "term")}
	var err error
	if b.Expiry, err = renewal.First(b.Start, b.Term, p); err != nil {
		t.Fatal(err)
	}
	switch rapid.IntRange(0, 3).Draw(t, "bought, renewed, added") {
	case 1:
		b.Start = b.Start.Add(time.Duration(rapid.Int64Range(0, int64(p.Ending.LastSecond(b.Expiry).Sub(b.Start)/time.Second)-1).Draw(t, "added")) * time.Second)
	case 2:
		at := renewal.Position{Expiry: b.Expiry, AnchorDay: b.Start.Day()}
		b.Start = p.Ending.LastSecond(b.Expiry).Add(time.Second)
		if b.Expiry, err = renewal.Next(at, b.Term, p); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// drawSeconds draws seconds of a period in order: any, and all about the begin of a day or an
// hour, or about a change of the clock; the first and the last are there.
func drawSeconds(t *rapid.T, b *renewal.Period, p *renewal.Policy) (all []time.Time) {
	last := p.Ending.LastSecond(b.Expiry)
	about := func(at time.Time) {
		for s := -2; s <= 2; s++ {
			all = append(all, at.Add(time.Duration(s)*time.Second))
		}
	}
	at := func(name string) time.Time {
		return b.Start.Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(b.Start)/time.Second)).Draw(t, name)) * time.Second)
	}
	about(b.Start)
	about(last)
	all = append(all, at("any"), at("another"))
	day := at("day").In(p.Zone)
	about(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, p.Zone))
	about(time.Date(day.Year(), day.Month(), day.Day(), day.Hour(), 0, 0, 0, p.Zone))
	for _, like := range []time.Time{b.Start.In(p.Zone), b.Expiry.In(p.Zone)} {
		about(time.Date(day.Year(), day.Month(), day.Day(), like.Hour(), like.Minute(), like.Second(), 0, p.Zone))
	}
	if _, change := b.Start.In(p.Zone).ZoneBounds(); !change.IsZero() {
		for _, h := range []time.Duration{-24, -2, -1, 0, 1, 2, 24} {
			about(change.Add(h * time.Hour))
		}
	}
	all = slices.DeleteFunc(all, func(at time.Time) bool { return at.Before(b.Start) || at.After(last) })
	slices.SortFunc(all, time.Time.Compare)
	return all
}

func ratOf(f renewal.Fraction) *big.Rat { return big.NewRat(f.Num, f.Den) }

// TestQ1_UsedAndLeft: of what is counted of the period itself, used and left are what was
// bought, in time and in money, at every second: all at the first, nothing after the last.
func TestQ1_UsedAndLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Leaving = renewal.RefundPolicy{Used: p.Leaving.Used}
		b := drawPeriod(t, p, months(1), months(3), months(11), years(1), years(3), days(30), weeks(2), weeks(52))
		whole := big.NewRat(int64(b.Term.N), 1)
		x := bought(b, rapid.Int64Range(0, 1e7).Draw(t, "paid"))
		for i, at := range drawSeconds(t, &b, &p) {
			left, err1 := b.Remaining(at, p)
			r, err2 := x.Leave(at, 0, p)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			sum := new(big.Rat).Mul(ratOf(r.Used), whole)
			if sum.Add(sum, ratOf(left)).Cmp(whole) != 0 || r.Consumed.Minor()+r.Back.Minor() != x.Parts[0].Amount.Minor() {
				t.Fatalf("%s .. %s, %s: used %v, left %v; consumed %s, back %s", b.Start, b.Expiry, at, r.Used, left, r.Consumed, r.Back)
			}
			if i == 0 && (ratOf(left).Cmp(whole) != 0 || r.Consumed.Sign() != 0) {
				t.Fatalf("%s .. %s: %v at the first second, consumed %s", b.Start, b.Expiry, left, r.Consumed)
			}
		}
		end := p.Ending.LastSecond(b.Expiry)
		if _, err := b.Remaining(end.Add(time.Second), p); err == nil {
			t.Fatalf("%s .. %s: something is left after the last second", b.Start, b.Expiry)
		}
		// At the last second at most what is begun is left: a day, an hour, a second; at a clock time nothing.
		r, err := x.Leave(end, 0, p)
		if err != nil || r.Used.Den-r.Used.Num > 1 || p.Ending == renewal.SameClock && p.Leaving.Used != renewal.UsedByHour && r.Used.Num != r.Used.Den {
			t.Fatalf("%s .. %s: used %v at the last second, %v", b.Start, b.Expiry, r.Used, err)
		}
	})
}

// TestQ3_LeftAndBack: for every policy, vendors' too, what is left is 0 to what was bought and
// never grows, no more does what comes back but where the fee falls (Q4), and consumed, back
// and fee are what was paid.
func TestQ3_LeftAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		if rapid.Bool().Draw(t, "with a fee") {
			p.Leaving.Fees = []renewal.Fee{{Rates: []order.Rate{order.Percent(rapid.Int64Range(0, 100).Draw(t, "fee"))}}}
		}
		b := drawPeriod(t, p, months(1), months(2), months(11), years(1), years(2), years(3), days(3), weeks(13))
		whole := big.NewRat(int64(b.Term.N), 1)
		x := bought(b, rapid.Int64Range(0, 1e9).Draw(t, "paid"))
		x.Parts = append(x.Parts, renewal.Part{Name: "card", Amount: usd(rapid.Int64Range(0, 1e9).Draw(t, "card"))})
		paid := x.Parts[0].Amount.Minor() + x.Parts[1].Amount.Minor()
		var before *renewal.Refund
		leftBefore, then := whole, time.Time{}
		for _, at := range drawSeconds(t, &b, &p) {
			f, err1 := b.Remaining(at, p)
			r, err2 := x.Leave(at, 0, p)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			where := fmt.Sprintf("%s .. %s, at %s after %s", b.Start, b.Expiry, at, then)
			if left := ratOf(f); left.Sign() < 0 || left.Cmp(leftBefore) > 0 {
				t.Fatalf("%s: %s left after %s", where, left, leftBefore)
			}
			leftBefore = ratOf(f)
			if r.Consumed.Minor()+r.Back.Minor()+r.Fee.Minor() != paid || r.Paid.Minor() != paid || min(r.Consumed.Minor(), r.Back.Minor(), r.Fee.Minor()) < 0 ||
				r.Parts[0].Minor()+r.Parts[1].Minor() != r.Back.Minor() {
				t.Fatalf("%s: %+v", where, r)
			}
			if before != nil {
				falls := len(p.Leaving.Fees) > 0 && len(p.Leaving.Fees[0].Rates) > 1 && years(1).Count(b.Start, then.Add(-time.Second)) < years(1).Count(b.Start, at.Add(-time.Second))
				if r.Consumed.Minor() < before.Consumed.Minor() || r.Back.Minor()+r.Fee.Minor() > before.Back.Minor()+before.Fee.Minor() || !falls && r.Back.Minor() > before.Back.Minor() {
					t.Fatalf("%s: %+v after %+v", where, r, before)
				}
			}
			before, then = &r, at
		}
	})
}

// TestQ1_ClockSetBack: what is left never grows where the clock is set back, also over
// midnight, as in St. John's at 00:01.
func TestQ1_ClockSetBack(t *testing.T) {
	changes := 0
	for _, name := range zones {
		z := zone(t, name)
		_, at := time.Unix(0, 0).In(z).ZoneBounds()
		for ; !at.IsZero() && at.Year() < 2038; _, at = at.ZoneBounds() {
			_, before := at.Add(-time.Second).Zone()
			if _, after := at.Zone(); after >= before {
				continue
			}
			changes++
			for _, l := range []renewal.RefundPolicy{{}, {Used: renewal.UsedByHour}, {Left: renewal.LeftByDay}, {Left: renewal.LeftByHour}} {
				p := renewal.Policy{Zone: z, Leaving: l}
				b := renewal.Period{Start: at.Add(-9 * 24 * time.Hour), Term: months(1)}
				var err error
				if b.Expiry, err = renewal.First(b.Start, b.Term, p); err != nil {
					t.Fatal(err)
				}
				left := big.NewRat(1, 1)
				for s := -90 * time.Minute; s <= 90*time.Minute; s += 30 * time.Second {
					f, err := b.Remaining(at.Add(s), p)
					if err != nil || ratOf(f).Cmp(left) > 0 {
						t.Fatalf("%s, %+v: %v left at %s, after %s, %v", name, l, f, at.Add(s), left, err)
					}
					left = ratOf(f)
				}
			}
		}
	}
	if changes < 300 {
		t.Errorf("%d changes: the zones are not there", changes)
	}
}

// TestQ6_NoMoreThanIsLeft: no sequence of going down, leaving and giving back, each at any
// second not before the last, gives back a cent more than leaving at once does; refunds that
// were found before another was given are refused.
func TestQ6_NoMoreThanIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		b := drawPeriod(t, p, months(1), years(1), weeks(1))
		x := bought(b, rapid.Int64Range(0, 1e5).Draw(t, "paid"))
		for i := range rapid.IntRange(0, 2).Draw(t, "more parts") {
			x.Parts = append(x.Parts, renewal.Part{Name: string(rune('a' + i)), Amount: usd(rapid.Int64Range(0, 1e5).Draw(t, "amount")), Coupon: rapid.IntRange(0, 3).Draw(t, "coupon") == 0})
		}
		span := int64(p.Ending.LastSecond(b.Expiry).Sub(b.Start) / time.Second)
		second := rapid.Int64Range(0, span).Draw(t, "first")
		whole, most, given := (*renewal.Refund)(nil), int64(0), int64(0)
		var stale []renewal.Refund
		for range rapid.IntRange(1, 6).Draw(t, "refunds") {
			at := b.Start.Add(time.Duration(second) * time.Second)
			once, err := x.Leave(at, p.Leaving.Times, p) // no window
			if err != nil {
				t.Fatal(err)
			}
			if whole == nil {
				whole, most = &once, once.Paid.Minor()-once.Consumed.Minor()
			}
			r := once
			if rapid.IntRange(0, 3).Draw(t, "leave") > 0 {
				price := rapid.Int64Range(1, 1e6).Draw(t, "old")
				if r, err = x.Downgrade(usd(price), usd(rapid.Int64Range(0, price-1).Draw(t, "new")), at, p); err != nil {
					t.Fatal(err)
				}
				stale = append(stale, once)
			}
			if x, err = x.Returned(r); err != nil {
				t.Fatal(err)
			}
			given += r.Back.Minor() + r.Fee.Minor()
			for _, old := range append(stale, r) {
				if _, err := x.Returned(old); err == nil && old.Paid.Minor() != worthOf(x) {
					t.Fatalf("a refund of what was before is taken: %+v of %+v", old, x)
				}
			}
			if given > most {
				t.Fatalf("%d of %d are given back", given, most)
			}
			second += rapid.Int64Range(0, span-second).Draw(t, "later")
		}
		now, err := x.Leave(b.Start.Add(time.Duration(second)*time.Second), p.Leaving.Times, p)
		if err != nil || given+now.Back.Minor()+now.Fee.Minor() > most {
			t.Fatalf("%d and %s of %d, %v", given, now.Back, most, err)
		}
	})
}

// worthOf is what counts as paid.
func worthOf(x renewal.Bought) (sum int64) {
	for _, part := range x.Parts {
		switch {
		case part.Coupon:
		case part.Kept != (order.Money{}):
			sum += part.Kept.Minor()
		default:
			sum += part.Amount.Minor()
		}
	}
	return sum
}

// TestR7_ShortNeverDearer: a shortened first term never costs more than the whole, under any
// day count, and a later start never more than an earlier one of the same period, but by
// 30/360, for which February ends on the 30th only for what begins on one.
func TestR7_ShortNeverDearer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Zone = drawZone(t, zones...)
		p.UnifiedMonths = renewal.UnifiedMonths(rapid.IntRange(0, 2).Draw(t, "unified months"))
		day, term := renewal.UnifiedDay(rapid.IntRange(1, 28).Draw(t, "day")), months([]int{1, 3, 12}[p.UnifiedMonths])
		if p.UnifiedDays != renewal.Days28 && p.Ending != renewal.NextMidnight && p.Ending != renewal.DayBefore && rapid.Bool().Draw(t, "last day") {
			day = renewal.LastDay
		}
		month := usd(rapid.Int64Range(0, 1e7).Draw(t, "month"))
		start := drawStart(t, p.Zone)
		before, until := month, time.Time{}
		for range 100 {
			e, err := renewal.Align(start, term, day, p)
			if err != nil {
				t.Fatal(err)
			}
			if e.Whole == (renewal.Term{}) {
				price, err := e.Price(order.Money{}, month, p)
				if !e.Until.Equal(until) || p.DayCount == renewal.Thirty360 {
					before, until = month, e.Until
				}
				if err != nil || price.Minor() > before.Minor() || price.Sign() < 0 {
					t.Fatalf("from %s: %s for %+v, after %s of %s, %v", start, price, e, before, month, err)
				}
				before = price
			}
			start = start.AddDate(0, 0, 1)
		}
	})
}
