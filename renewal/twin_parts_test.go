package renewal_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// The slow twin of what is used, left, given back and charged for odd days: it counts days,
// hours and seconds one by one, and looks on the clock for when each is over.

// reading is what a clock shows, in seconds, a day of which has 86400.
func reading(at time.Time, z *time.Location) int64 {
	_, off := at.In(z).Zone()
	return at.Unix() + int64(off)
}

// about is from when to when to look for the moment at which the clock comes to a reading:
// two hours about what it would be by the least and by the most that the zone has within two
// days.
func about(clock int64, z *time.Location) (from, to int64, still bool) {
	least, most := int64(dayLong), int64(-dayLong)
	for h := int64(-48); h <= 48; h += 12 {
		off := reading(time.Unix(clock+h*3600, 0), z) - clock - h*3600
		least, most = min(least, off), max(most, off)
	}
	return clock - most - 7200, clock - least + 7200, least == most
}

// over is the last second at which the clock shows less than a reading.
func over(clock int64, z *time.Location) (last int64) {
	from, to, still := about(clock, z)
	if still {
		return from + 7200 - 1
	}
	for s := from + 59; s <= to; s += 60 { // clocks change at whole minutes
		if reading(time.Unix(s, 0), z) < clock {
			last = s
		}
	}
	for s := last; s <= last+60; s++ {
		if reading(time.Unix(s, 0), z) < clock {
			last = s
		}
	}
	return last
}

// struck is the first second at which the clock shows a reading, or what it would have shown
// then had it not been put forward over it.
func struck(clock int64, z *time.Location) int64 {
	from, to, still := about(clock, z)
	if still {
		return from + 7200
	}
	for s := from; s <= to; s += 60 {
		if reading(time.Unix(s, 0), z) == clock {
			return s
		}
	}
	for s := from; ; s += 60 {
		if reading(time.Unix(s+60, 0), z) > clock {
			return clock - (reading(time.Unix(s, 0), z) - s)
		}
	}
}

const dayLong = 86400

func floorTo(n, unit int64) int64 { return n - ((n%unit)+unit)%unit }

// twin is a period, counted slowly.
type twin struct {
	b renewal.Period
	p renewal.Policy
}

func (w twin) last() time.Time {
	if w.p.Ending == renewal.NextMidnight {
		return w.b.Expiry.Add(-time.Second)
	}
	return w.b.Expiry
}

// used counts what is over, and all.
func (w twin) used(at time.Time) (used, total int64) {
	z, from, to := w.p.Zone, reading(w.b.Start, w.p.Zone), reading(w.last(), w.p.Zone)+1
	switch {
	case w.p.Leaving.Used == renewal.UsedBySecond:
		end := w.last().Unix() + 1
		if w.p.Ending == renewal.SameClock {
			end--
		}
		for s := w.b.Start.Unix(); s < end; s++ {
			if total++; s < at.Unix() {
				used++
			}
		}
	case w.p.Leaving.Used == renewal.UsedByHour:
		for h := floorTo(from, 3600); h+3600 <= to; h += 3600 {
			if total++; over(h+3600, z) < at.Unix() {
				used++
			}
		}
	case w.p.Ending == renewal.SameClock:
		return w.clockDays(at)
	default:
		for d := floorTo(from, dayLong); d < to; d += dayLong {
			if total++; over(d+dayLong, z) < at.Unix() {
				used++
			}
		}
	}
	return used, max(1, total) // the one hour of what is shorter is not over
}

// clockDays looks for the clock that the days of the period have, and hears it strike.
func (w twin) clockDays(at time.Time) (used, total int64) {
	z, end := w.p.Zone, floorTo(reading(w.b.Expiry, w.p.Zone), dayLong)
	begin := reading(w.b.Start, z)
	clock := reading(w.b.Expiry, z) - end
	own := true
	for _, from := range []int64{begin, begin - 1} {
		if struck(end+from-floorTo(from, dayLong), z) == w.b.Expiry.Unix() {
			begin, clock, own = from, from-floorTo(from, dayLong), false
			break
		}
	}
	if own && struck(floorTo(begin, dayLong)+clock, z) > w.b.Start.Unix() {
		begin -= dayLong // the part of a day before its clock strikes
	}
	for d := floorTo(begin, dayLong) + dayLong; d <= end; d += dayLong {
		if total++; struck(d+clock, z) <= at.Unix() {
			used++
		}
	}
	return used, total
}

// left adds up what is not over, each a share of its month or of 365 days.
func (w twin) left(at time.Time) *big.Rat {
	whole := big.NewRat(int64(w.b.Term.N), 1)
	if unit := w.b.Term.Unit; w.p.Leaving.Left == renewal.LeftOfPeriod || unit == renewal.Day || unit == renewal.Week {
		used, total := w.used(at)
		return whole.Mul(whole, big.NewRat(total-used, total))
	}
	unit, perDay := int64(dayLong), int64(1)
	if w.p.Leaving.Left == renewal.LeftByHour {
		unit, perDay = 3600, 24
	}
	to, first := reading(w.last(), w.p.Zone)+1, true
	sum := new(big.Rat)
	if unit == dayLong { // the day of expiry is counted, however early it ends
		to = floorTo(to-1, unit) + unit
	}
	for d := floorTo(reading(at, w.p.Zone), unit) - 3*dayLong; d+unit <= to; d += unit {
		if over(d+unit, w.p.Zone) < at.Unix() {
			continue
		}
		if first && unit == dayLong { // the day of the change is not counted, its hour is
			first = false
			continue
		}
		day := time.Unix(d, 0).UTC()
		share := int64(time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day())
		if w.b.Term.Unit == renewal.Year {
			if share = 365; day.Month() == time.February && day.Day() == 29 {
				continue
			}
		}
		sum.Add(sum, big.NewRat(1, share*perDay))
	}
	if sum.Cmp(whole) > 0 {
		return whole
	}
	return sum
}

// halfUp is an amount times a share, rounded.
func halfUp(amount int64, share *big.Rat) int64 {
	x := new(big.Rat).Mul(big.NewRat(amount, 1), share)
	x.Add(x, big.NewRat(1, 2))
	return new(big.Int).Div(x.Num(), x.Denom()).Int64()
}

// TestQ1_Twin: what is used and left is what is counted one by one, and what comes back is by
// that, over all endings, counts and zones.
func TestQ1_Twin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Rounding, p.Leaving.Window, p.Leaving.Times = order.HalfUp, 0, 0
		terms := []renewal.Term{months(1), months(2), days(2), days(30), weeks(2)}
		if p.Leaving.Used == renewal.UsedByDay && p.Leaving.Left != renewal.LeftByHour {
			terms = append(terms, years(1))
		}
		b := drawPeriod(t, p, terms...)
		w := twin{b, p}
		all := drawSeconds(t, &b, &p)
		for range 2 {
			at := rapid.SampledFrom(all).Draw(t, "at")
			left, err := b.Remaining(at, p)
			if want := w.left(at); err != nil || ratOf(left).Cmp(want) != 0 {
				t.Fatalf("%d, %d, %d: %s .. %s, on %s: %v, one by one %s, %v", p.Ending, p.Leaving.Left, p.Leaving.Used, b.Start, b.Expiry, at, left, want, err)
			}
			x := bought(b, rapid.Int64Range(0, 1e7).Draw(t, "paid"))
			r, err := x.Leave(at, 0, p)
			used, total := w.used(at)
			paid := x.Parts[0].Amount.Minor()
			consumed := halfUp(paid, big.NewRat(used, total))
			fee := min(r.Fee.Minor(), paid-consumed)
			if err != nil || r.Used != (renewal.Fraction{Num: used, Den: total}) || r.Consumed != usd(consumed) || r.Back != usd(paid-consumed-fee) {
				t.Fatalf("%d, %d: %s .. %s, on %s: %+v, one by one %d of %d, %v", p.Ending, p.Leaving.Used, b.Start, b.Expiry, at, r, used, total, err)
			}
		}
	})
}

// TestR7_Twin: a shortened first term costs what its days come to, counted one by one up to
// the unified day, and back to the one before.
func TestR7_Twin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Zone = drawZone(t, zones...)
		p.Rounding, p.DayCount = order.HalfUp, renewal.DayCount(rapid.IntRange(0, 3).Draw(t, "count"))
		p.UnifiedDays, p.UnifiedMonths = renewal.DaysAny, renewal.UnifiedMonths(rapid.IntRange(0, 2).Draw(t, "unified months"))
		apart, most := []int{1, 3, 12}[p.UnifiedMonths], 30
		if p.Ending == renewal.NextMidnight {
			most = 28
		}
		day := rapid.IntRange(1, most).Draw(t, "day")
		counts := func(d time.Time) bool { return int(d.Month()-1)%apart == 0 }
		is := func(d time.Time) bool {
			last := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
			return counts(d) && d.Day() == min(day, last)
		}
		unified := renewal.UnifiedDay(day)
		if p.Ending != renewal.NextMidnight && p.Ending != renewal.DayBefore && rapid.Bool().Draw(t, "last day") {
			unified, is = renewal.LastDay, func(d time.Time) bool { return counts(d) && d.AddDate(0, 0, 1).Day() == 1 }
		}
		start := drawStart(t, p.Zone)
		term := months(apart)
		e, err := renewal.Align(start, term, unified, p)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Unix(floorTo(reading(start, p.Zone), dayLong), 0).UTC()
		if is(begin) {
			if e.Whole != term || e.Days != 0 || e.Of != 0 {
				t.Fatalf("%s begins on the day: %+v", start, e)
			}
			return
		}
		n, of, share := int64(0), int64(1), new(big.Rat)
		until := begin
		for !is(until) {
			until = until.AddDate(0, 0, 1)
			n++
			share.Add(share, big.NewRat(1, int64(time.Date(until.Year(), until.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day())))
		}
		for d := until.AddDate(0, 0, -1); !is(d); d = d.AddDate(0, 0, -1) {
			of++
		}
		switch p.DayCount {
		case renewal.Days30:
			share.SetFrac64(n, 30*int64(apart))
		case renewal.ActualPeriod:
			share.SetFrac64(n, of)
		case renewal.Twelfth365:
			share.SetFrac64(12*n, 365*int64(apart))
		default:
			share.Mul(share, big.NewRat(1, int64(apart)))
		}
		if one := big.NewRat(1, 1); share.Cmp(one) > 0 {
			share = one
		}
		month := rapid.Int64Range(0, 1e7).Draw(t, "month")
		price, err := e.Price(order.Money{}, usd(month), p)
		if err != nil || int64(e.Days) != n || int64(e.Of) != of || price != usd(halfUp(month, share)) {
			t.Fatalf("count %d: from %s %+v for %s, one by one %d of %d for %d, %v", p.DayCount, start, e, price, n, of, halfUp(month, share), err)
		}
	})
}
