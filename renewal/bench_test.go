package renewal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"github.com/shopspring/decimal"
)

// BenchmarkQ2_Upgrade is goal S6: remaining time and upgrade price of one resource, beside
// decimals written by hand.
func BenchmarkQ2_Upgrade(b *testing.B) {
	p := renewal.Huawei()
	bought := period("2023-04-08 00:00:00", "2023-05-08", months(1))
	at := clock("2023-04-18 10:00:00")
	lib := func() order.Money {
		left, err := bought.Remaining(at, p)
		if err != nil {
			b.Fatal(err)
		}
		price, err := renewal.Change{Old: usd(175000), New: usd(350000), Left: left}.Upgrade(p)
		if err != nil {
			b.Fatal(err)
		}
		return price
	}
	// What a programmer writes with decimals: days of each month, divided at the end.
	floor := func() decimal.Decimal {
		left := decimal.Zero
		for day := at.AddDate(0, 0, 1); ; {
			last := time.Date(day.Year(), day.Month()+1, 0, 23, 59, 59, 0, day.Location())
			end := last
			if bought.Expiry.Before(last) {
				end = bought.Expiry
			}
			left = left.Add(decimal.NewFromInt(int64(end.Day()-day.Day()+1)).DivRound(decimal.NewFromInt(int64(last.Day())), 16))
			if end.Equal(bought.Expiry) {
				break
			}
			day = time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, day.Location())
		}
		old, now := decimal.New(175000, -2), decimal.New(350000, -2)
		return now.Sub(old).Mul(left).Round(2)
	}
	if got := lib(); got != usd(115161) || !floor().Equal(got.Decimal()) {
		b.Fatalf("%s, by hand %s", got, floor())
	}
	ordertest.Bench(b, func() { lib() }, func() { floor() })
}

// flat is a price list that costs nothing to look up.
type flat struct{}

func (flat) Price(_ renewal.Resource, t renewal.Term) (order.Money, error) {
	return usd(6000 * int64(t.N)), nil
}

// BenchmarkR8_Preview is goal S7: unify and price many resources, beside time.Time by hand.
func BenchmarkR8_Preview(b *testing.B) {
	const n = 10_000
	p := renewal.Huawei()
	at := clock("2024-03-20")
	resources := make([]renewal.Resource, n)
	for i := range resources {
		resources[i] = with(server(), func(r *renewal.Resource) {
			r.ID, r.Expiry = order.ResourceID(fmt.Sprintf("vm-%05d", i)), clock("2024-03-21").AddDate(0, 0, i%90)
		})
	}
	var rows []renewal.Row
	lib := func() {
		var err error
		if rows, err = renewal.Preview(resources, months(1), 1, flat{}, at, p); err != nil {
			b.Fatal(err)
		}
	}
	type row struct {
		until time.Time
		days  int
		price int64
	}
	var hand []row
	floor := func() {
		hand = make([]row, n)
		for i := range resources {
			from := resources[i].Expiry.In(gmt8)
			y, m, d := from.Date()
			whole := time.Date(y, m+1, min(d, time.Date(y, m+2, 0, 0, 0, 0, 0, time.UTC).Day()), 23, 59, 59, 0, gmt8)
			until := whole
			if y, m, d := whole.Date(); d > 1 {
				until = time.Date(y, m+1, 1, 23, 59, 59, 0, gmt8)
			}
			days := int(until.Sub(whole) / (24 * time.Hour))
			hand[i] = row{until, days, 6000 + (6000*int64(days)*2+30)/60}
		}
	}
	lib()
	floor()
	for i := range rows {
		if rows[i].Reason != "" || !rows[i].Until.Equal(hand[i].until) || rows[i].Days != hand[i].days || rows[i].Price.Minor() != hand[i].price {
			b.Fatalf("%+v, by hand %+v", rows[i], hand[i])
		}
	}
	ours, theirs := ordertest.Bench(b, lib, floor)
	b.ReportMetric(ours/n, "ns/resource")
	b.ReportMetric(theirs/n, "floor-ns/resource")
}

// BenchmarkR3_Nth takes the same time for the first and for the 100,000th term.
func BenchmarkR3_Nth(b *testing.B) {
	month := renewal.Term{N: 1, Unit: renewal.Month}
	anchor := time.Date(1200, 1, 31, 10, 0, 0, 0, time.UTC)
	for _, n := range []int{1, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if month.Nth(anchor, n).IsZero() {
					b.Fatal("none")
				}
			}
		})
	}
}
