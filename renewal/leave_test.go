package renewal_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// period is what was bought from a start to an expiry.
func period(start, expiry string, term renewal.Term) renewal.Period {
	return renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: term}
}

func TestQ1_Remaining(t *testing.T) {
	byHour := renewal.Huawei2025()
	for _, row := range []struct {
		what     string
		b        renewal.Period
		at       string
		p        renewal.Policy
		num, den int64
	}{
		{"12/30 + 8/31", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-04-18 10:00:00", renewal.Huawei(), 12*31 + 8*30, 930},
		{"the first second of the day", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-04-18 00:00:00", renewal.Huawei(), 12*31 + 8*30, 930},
		{"the last second of the day", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-04-18 23:59:59", renewal.Huawei(), 12*31 + 8*30, 930},
		{"244/365 + 1 + 305/365", period("2023-11-01 00:00:00", "2026-11-01", years(3)), "2024-05-01 12:00:00", renewal.Huawei(), 244 + 365 + 305, 365},
		{"Feb 29 is not counted", period("2023-11-01 00:00:00", "2024-11-01", years(1)), "2024-02-28 12:00:00", renewal.Huawei(), 246, 365},
		{"nor where it is the day of the change", period("2023-11-01 00:00:00", "2024-11-01", years(1)), "2024-02-29 12:00:00", renewal.Huawei(), 246, 365},
		{"the day of expiry", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-05-08 23:59:59", renewal.Huawei(), 0, 1},
		{"the day before", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-05-07 00:00:00", renewal.Huawei(), 1, 31},
		{"of the period, the day of the change is left: it was bought at that", period("2024-06-14 09:00:00", "2024-07-14", months(1)), "2024-06-21 12:00:00", renewal.Policy{Zone: gmt8}, 24, 31},
		{"B: 28 of 31 days", period("2016-01-10 10:00:00", "2016-02-10 10:00:00", months(1)), "2016-01-13 11:00:00", renewal.Baidu(), 28, 31},
		{"B: a second before the clock time, a day more", period("2016-01-10 10:00:00", "2016-02-10 10:00:00", months(1)), "2016-01-13 09:59:59", renewal.Baidu(), 29, 31},
		{"B: at the clock time", period("2016-01-10 10:00:00", "2016-02-10 10:00:00", months(1)), "2016-01-13 10:00:00", renewal.Baidu(), 28, 31},
		{"by hour", period("2023-04-08 00:00:00", "2023-05-08", months(1)), "2023-04-18 10:30:00", byHour, (12*24+14)*31 + 8*24*30, 930 * 24},
		{"by hour over Feb 29", period("2023-11-01 00:00:00", "2024-11-01", years(1)), "2024-02-28 12:00:00", byHour, 12 + 246*24, 365 * 24},
	} {
		got, err := row.b.Remaining(clock(row.at), row.p)
		if err != nil || got.Num*row.den != row.num*got.Den || got.Den <= 0 {
			t.Errorf("%s: %+v, %v, want %d/%d", row.what, got, err, row.num, row.den)
		}
	}
}

// TestQ1_Laws: nothing is left at the end, never more as time goes by, and a day by the
// calendar is a day counted by hand.
func TestQ1_Laws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewal.Policy{Leaving: renewal.RefundPolicy{Left: renewal.RemainderRule(rapid.IntRange(0, 2).Draw(t, "left"))}}
		start := ordertest.Instant().Draw(t, "start").UTC().Truncate(time.Second)
		term := rapid.SampledFrom([]renewal.Term{months(1), months(7), years(1), years(3)}).Draw(t, "term")
		expiry, err := renewal.First(start, term, p)
		if err != nil {
			t.Fatal(err)
		}
		b := renewal.Period{Start: start, Expiry: expiry, Term: term}
		span := int64(expiry.Sub(start) / time.Second)
		x, y := rapid.Int64Range(0, span).Draw(t, "x"), rapid.Int64Range(0, span).Draw(t, "y")
		early, late := start.Add(time.Duration(min(x, y))*time.Second), start.Add(time.Duration(max(x, y))*time.Second)
		more, err1 := b.Remaining(early, p)
		less, err2 := b.Remaining(late, p)
		if err1 != nil || err2 != nil || less.Num < 0 || float64(more.Num)/float64(more.Den) < float64(less.Num)/float64(less.Den)-1e-12 {
			t.Fatalf("%+v at %s, %+v at %s", more, early, less, late)
		}
		if end, err := b.Remaining(expiry, p); err != nil || end.Num != 0 && p.Leaving.Left == renewal.LeftByDay {
			t.Fatalf("%+v at the end, %v", end, err)
		}
		if p.Leaving.Left != renewal.LeftByDay || term.Unit != renewal.Month {
			return
		}
		sum := renewal.Fraction{Num: 0, Den: 1}
		for day := early.Truncate(24*time.Hour).AddDate(0, 0, 1); !day.After(expiry); day = day.AddDate(0, 0, 1) {
			length := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
			sum = sum.Add(renewal.Fraction{Num: 1, Den: int64(length)})
		}
		if bought := int64(term.N); sum.Num > bought*sum.Den {
			sum = renewal.Fraction{Num: bought, Den: 1}
		}
		if sum.Num*more.Den != more.Num*sum.Den {
			t.Fatalf("%+v, day by day %+v", more, sum)
		}
	})
}

func TestQ2_Upgrade(t *testing.T) {
	p := renewal.Huawei()
	left, err := period("2023-04-08 00:00:00", "2023-05-08", months(1)).Remaining(clock("2023-04-18 10:00:00"), p)
	if err != nil {
		t.Fatal(err)
	}
	c := renewal.Change{Old: usd(175000), New: usd(350000), Left: left}
	for _, row := range []struct {
		what string
		do   func(c *renewal.Change)
		want int64
	}{
		{"1750.00 to 3500.00 a month", func(*renewal.Change) {}, 115161},
		{"at 0.85, rounded once", func(c *renewal.Change) { c.Ratio = order.Percent(85) }, 97887}, // 978.870967..
		{"less 100.00", func(c *renewal.Change) { c.Off = usd(10000) }, 105161},
		{"less more than it costs", func(c *renewal.Change) { c.Off = usd(999999) }, 0},
		{"a fixed price of half", func(c *renewal.Change) { c.Fixed = usd(175000) }, 57581}, // 575.80645..
		{"the same price", func(c *renewal.Change) { c.New = c.Old }, 0},
	} {
		x := c
		row.do(&x)
		if got, err := x.Upgrade(p); err != nil || got != usd(row.want) {
			t.Errorf("%s: %s, %v, want %s", row.what, got, err, usd(row.want))
		}
	}
	left, err = period("2016-01-10 10:00:00", "2016-02-10 10:00:00", months(1)).Remaining(clock("2016-01-13 11:00:00"), renewal.Baidu())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (renewal.Change{Old: usd(4500), New: usd(13800), Left: left}).Upgrade(renewal.Baidu()); err != nil || got != usd(8400) {
		t.Errorf("B: 45.00 to 138.00: %s, %v", got, err)
	}
}

// bought is a period paid in cash.
func bought(b renewal.Period, cents int64) renewal.Bought {
	return renewal.Bought{Period: b, Parts: []renewal.Part{{Name: "cash", Amount: usd(cents)}}}
}

func TestQ3_Leave(t *testing.T) {
	byHour := renewal.Policy{Zone: gmt8, Leaving: renewal.RefundPolicy{Used: renewal.UsedByHour}}
	r, err := bought(period("2024-01-01 10:30:00", "2024-02-01 23:59:59", months(1)), 75800).Leave(clock("2024-01-15 18:40:00"), 0, byHour)
	if err != nil || r.Used != (renewal.Fraction{Num: 344, Den: 758}) || r.Consumed != usd(34400) || r.Back != usd(41400) || r.All {
		t.Errorf("by hour: %+v, %v", r, err)
	}
	for at, want := range map[string]int64{"2024-01-15 18:00:00": 344, "2024-01-15 18:59:59": 344, "2024-01-15 17:59:59": 343, "2024-01-15 19:00:00": 345} {
		if r, err := bought(period("2024-01-01 10:30:00", "2024-02-01 23:59:59", months(1)), 75800).Leave(clock(at), 0, byHour); err != nil || r.Used.Num != want {
			t.Errorf("%s: %+v, %v", at, r.Used, err)
		}
	}
	r, err = bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), 31000).Leave(clock("2024-06-21 12:00:00"), 0, renewal.Policy{Zone: gmt8})
	if err != nil || r.Used != (renewal.Fraction{Num: 7, Den: 31}) || r.Back != usd(24000) {
		t.Errorf("by day: %+v, %v", r, err)
	}
	// What cash coupons paid is left out, and never below zero.
	b := bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), 31000)
	b.Parts = append(b.Parts, renewal.Part{Name: "gift", Amount: usd(5000), Coupon: true})
	if r, err = b.Leave(clock("2024-06-21 12:00:00"), 0, renewal.Policy{Zone: gmt8}); err != nil || r.Paid != usd(31000) || r.Back != usd(24000) || r.Parts[1] != usd(0) {
		t.Errorf("with a coupon: %+v, %v", r, err)
	}
	if r, err = b.Leave(clock("2024-07-14 12:00:00"), 0, renewal.Huawei()); err != nil || r.Back.Sign() != 0 || r.Fee.Sign() <= 0 || r.Consumed.Minor()+r.Fee.Minor() != r.Paid.Minor() {
		t.Errorf("the fee is what is left, and not more: %+v, %v", r, err)
	}
	// Downgrade: (paid - consumed) x (old - new) / old.
	if r, err = bought(b.Period, 31000).Downgrade(usd(31000), usd(15500), clock("2024-06-21 12:00:00"), renewal.Policy{Zone: gmt8}); err != nil || r.Back != usd(12000) {
		t.Errorf("down to half: %+v, %v", r, err)
	}
	if r.ResidualParts[0] != usd(15500) {
		t.Errorf("down to half keeps %s", r.ResidualParts[0])
	}
	var f *order.FieldError
	if _, err = bought(b.Period, 31000).Downgrade(usd(31000), usd(31000), clock("2024-06-21 12:00:00"), renewal.Policy{Zone: gmt8}); !errors.As(err, &f) || f.Field != "new" {
		t.Errorf("down to the same: %v", err)
	}
}

func TestQ4_Fees(t *testing.T) {
	for _, row := range []struct {
		term renewal.Term
		at   string
		fee  int64 // of 1000.00
	}{
		{years(3), "2024-01-01 00:00:00", 15000}, {years(3), "2024-01-01 00:00:01", 10000}, {years(3), "2025-01-01 00:00:00", 10000}, {years(3), "2025-01-01 00:00:01", 5000},
		{years(2), "2024-01-01 00:00:00", 15000}, {years(2), "2024-01-01 00:00:01", 10000},
		{years(1), "2023-06-01 00:00:00", 10000}, {months(11), "2023-06-01 00:00:00", 10000},
	} {
		start := clock("2023-01-01 00:00:00")
		expiry, err := renewal.First(start, row.term, renewal.Huawei())
		if err != nil {
			t.Fatal(err)
		}
		r, err := bought(renewal.Period{Start: start, Expiry: expiry, Term: row.term}, 100000).Leave(clock(row.at), 0, renewal.Huawei())
		if err != nil || r.Fee != usd(row.fee) {
			t.Errorf("%s at %s: %+v, %v, want %s", row.term, row.at, r, err, usd(row.fee))
		}
	}
	// China: in the 5 x 24 h everything back, 10 times, cash coupons too.
	b := bought(period("2024-01-01 10:30:00", "2024-02-01 23:59:59", months(1)), 10000)
	b.Parts = append(b.Parts, renewal.Part{Name: "gift", Amount: usd(5000), Coupon: true})
	for _, row := range []struct {
		at    string
		times int
		back  int64
		all   bool
	}{
		{"2024-01-06 10:30:00", 9, 15000, true}, {"2024-01-06 10:30:01", 9, 8417, false}, {"2024-01-06 10:30:00", 10, 8417, false}, {"2024-01-01 10:30:00", 0, 15000, true},
	} {
		r, err := b.Leave(clock(row.at), row.times, renewal.HuaweiChina())
		if err != nil || r.Back != usd(row.back) || r.All != row.all {
			t.Errorf("%s, %d times: %+v, %v", row.at, row.times, r, err)
		}
	}
}

func TestQ5_NotBegun(t *testing.T) {
	b := bought(period("2024-02-02 00:00:00", "2024-03-02 23:59:59", months(1)), 10000)
	b.Parts = append(b.Parts, renewal.Part{Name: "gift", Amount: usd(5000), Coupon: true, Ends: clock("2024-01-20 23:59:59")})
	for at, want := range map[string]int64{"2024-01-20 23:59:59": 15000, "2024-01-21 00:00:00": 10000, "2024-02-01 23:59:59": 10000} {
		if r, err := b.Leave(clock(at), 0, renewal.Huawei()); err != nil || r.Back != usd(want) || !r.All || r.Fee != usd(0) {
			t.Errorf("%s: %+v, %v", at, r, err)
		}
	}
	if r, err := b.Leave(clock("2024-02-02 00:00:00"), 0, renewal.Huawei()); err != nil || r.All {
		t.Errorf("begun: %+v, %v", r, err)
	}
}

func TestQ6_Split(t *testing.T) {
	b := renewal.Bought{Period: period("2024-02-02 00:00:00", "2024-03-02 23:59:59", months(1)),
		Parts: []renewal.Part{{Name: "cash", Amount: usd(20000)}, {Name: "gift", Amount: usd(20796)}}}
	// T: 362.60 back of 407.96; a fee that leaves just that.
	p := renewal.Policy{Zone: gmt8, Leaving: renewal.RefundPolicy{Fees: []renewal.Fee{{Rates: []order.Rate{rate(t, "0.11119")}}}}}
	r, err := b.Leave(clock("2024-02-02 00:00:00"), 0, p)
	if err != nil || r.Back != usd(36260) || !slices.Equal(r.Parts, []order.Money{usd(17776), usd(18484)}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func rate(t testing.TB, s string) order.Rate {
	t.Helper()
	r, err := order.ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestQ6_NeverMore: over any sequence of refunds no part gets back more than it paid, and
// what comes back adds up.
func TestQ6_NeverMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]renewal.Policy{renewal.Huawei(), renewal.HuaweiChina(), renewal.Tencent(), renewal.Baidu(), {}}).Draw(t, "policy")
		term := rapid.SampledFrom([]renewal.Term{months(1), years(1), years(3)}).Draw(t, "term")
		start := ordertest.Instant().Draw(t, "start").Truncate(time.Second)
		expiry, err := renewal.First(start, term, p)
		if err != nil {
			t.Fatal(err)
		}
		b := renewal.Bought{Period: renewal.Period{Start: start, Expiry: expiry, Term: term}}
		for i := range rapid.IntRange(1, 4).Draw(t, "parts") {
			b.Parts = append(b.Parts, renewal.Part{Name: string(rune('a' + i)), Amount: usd(rapid.Int64Range(0, 1e7).Draw(t, "amount")), Coupon: rapid.IntRange(0, 3).Draw(t, "coupon") == 0})
		}
		back := int64(0)
		for range rapid.IntRange(1, 6).Draw(t, "refunds") {
			at := start.Add(time.Duration(rapid.Int64Range(-1000, int64(expiry.Sub(start)/time.Second)-1).Draw(t, "at")) * time.Second)
			var r renewal.Refund
			if rapid.Bool().Draw(t, "down") && !at.Before(start) {
				old := rapid.Int64Range(1, 1e6).Draw(t, "old")
				r, err = b.Downgrade(usd(old), usd(rapid.Int64Range(0, old-1).Draw(t, "new")), at, p)
			} else {
				r, err = b.Leave(at, 0, p)
			}
			if err != nil {
				t.Fatal(err)
			}
			sum := int64(0)
			for _, m := range r.Parts {
				sum += m.Minor()
			}
			if sum != r.Back.Minor() || r.Back.Sign() < 0 {
				t.Fatalf("%+v", r)
			}
			if b, err = b.Returned(r); err != nil {
				t.Fatal(err)
			}
			back += sum
		}
		paid := int64(0)
		for _, x := range b.Parts {
			paid += x.Amount.Minor()
			if x.Returned.Minor() > x.Amount.Minor() {
				t.Fatalf("%+v", x)
			}
		}
		if back > paid {
			t.Fatalf("%d back of %d", back, paid)
		}
	})
}

func TestQ7_Kept(t *testing.T) {
	p := renewal.Huawei()
	in, late := clock("2023-04-01"), clock("2023-04-09 00:00:00")
	for _, row := range []struct {
		r    renewal.Resource
		from renewal.Origin
		at   time.Time
		want renewal.NotRefundable
	}{
		{server(), renewal.Origin{}, in, ""},
		{server(), renewal.Origin{Free: true}, in, renewal.NotRefundableFree},
		{server(), renewal.Origin{Trial: true}, in, renewal.NotRefundableTrial},
		{server(), renewal.Origin{Invoiced: true}, in, renewal.NotRefundableInvoiced},
		{server(), renewal.Origin{}, late, renewal.NotRefundableExpired},
		{server(), renewal.Origin{}, clock("2024-01-01"), renewal.NotRefundableReleased},
		{with(server(), func(r *renewal.Resource) { r.Charge = order.ChargePackage }), renewal.Origin{}, in, renewal.NotRefundablePackage},
		{with(server(), func(r *renewal.Resource) { r.Charge = order.ChargePayPerUse }), renewal.Origin{}, in, renewal.NotRefundableCharge},
		{with(server(), func(r *renewal.Resource) { r.Order = "CS9" }), renewal.Origin{}, in, renewal.NotRefundableOrder},
		{with(server(), func(r *renewal.Resource) { r.Main = "vm-0" }), renewal.Origin{}, in, renewal.NotRefundableBound},
	} {
		if got := row.r.Leavable(row.from, row.at, p); got != row.want {
			t.Errorf("%+v: %q, want %q", row.from, got, row.want)
		}
		err := row.r.Leave(row.from, row.at, p)
		var e *renewal.MoveError
		if row.want == "" != (err == nil) || err != nil && (!errors.Is(err, renewal.ErrKept) || !errors.As(err, &e) || e.Do != string(row.want)) {
			t.Errorf("%q: %v", row.want, err)
		}
	}
	// A large refund needs approval first: a cent decides.
	p.Leaving = renewal.RefundPolicy{Approve: usd(24000)}
	for cents, want := range map[int64]bool{31000: false, 31002: true} {
		r, err := bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), cents).Leave(clock("2024-06-21 12:00:00"), 0, p)
		if err != nil || r.Review != want {
			t.Errorf("%+v, %v", r, err)
		}
		d, err := r.Draft("UN1", order.TypeUnsubscribe, server(), p)
		if err != nil {
			t.Fatal(err)
		}
		o, err := order.Place(d, in, order.Policy{})
		if err != nil || o.Payable() != r.Back.Neg() || (o.State == order.StatePendingApproval) != want {
			t.Errorf("%+v, %v", o, err)
		}
	}
	r, _ := bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), 31000).Leave(clock("2024-06-21 12:00:00"), 0, p)
	_, err := r.Draft("UN1", order.TypePurchase, server(), p)
	isField(t, "a purchase that gives back", err, "type")
}
