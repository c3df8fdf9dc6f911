package order_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// O13: a price times counts is exact, or more than 18 digits; no product wraps round.
func TestO13_Times(t *testing.T) {
	for _, row := range []struct {
		minor  int64
		counts []int
		want   int64
		is     error
	}{
		{1200, []int{17, 12}, 244800, nil},
		{1200, nil, 1200, nil},
		{-1200, []int{3}, -3600, nil},
		{1200, []int{-3}, -3600, nil},
		{-1, []int{-1}, 1, nil},
		{1200, []int{0, math.MaxInt}, 0, nil},
		{1, []int{999_999_999_999_999_999}, 999_999_999_999_999_999, nil},
		{1, []int{1_000_000_000_000_000_000}, 0, order.ErrOverflow},
		{1200, []int{1<<60 + 1}, 0, order.ErrOverflow}, // 1200 in 64 bits
		{3, []int{math.MinInt}, 0, order.ErrOverflow},
		{1e18, nil, 0, order.ErrOverflow},
	} {
		got, err := order.Minor(row.minor, order.EUR).Times(row.counts...)
		if got.Minor() != row.want || (err == nil) != (row.is == nil) || !errors.Is(err, row.is) {
			t.Errorf("%d times %v: %s, %v; want %d, %v", row.minor, row.counts, got, err, row.want, row.is)
		}
	}
	if got, err := (order.Money{}).Times(3); got != (order.Money{}) || err != nil {
		t.Errorf("nothing yet: %s, %v", got, err)
	}
	if _, err := order.Minor(1, 0).Times(3); !errors.Is(err, order.ErrCurrency) {
		t.Errorf("of no currency: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m, counts := rapid.Int64Range(-1e18+1, 1e18-1).Draw(t, "minor"), rapid.SliceOfN(rapid.Int(), 0, 3).Draw(t, "counts")
		want, over := big.NewInt(m), false
		for _, n := range counts {
			want.Mul(want, big.NewInt(int64(n)))
			over = over || want.CmpAbs(big.NewInt(1e18)) >= 0
		}
		switch got, err := order.Minor(m, order.EUR).Times(counts...); {
		case over && !errors.Is(err, order.ErrOverflow):
			t.Fatalf("%s, %v; want too much", got, err)
		case !over && (err != nil || want.Cmp(big.NewInt(got.Minor())) != 0):
			t.Fatalf("%s, %v; want %s", got, err, want)
		}
	})
}

func ExampleMoney_Times() {
	seat := order.Minor(1200, order.EUR)
	fmt.Println(seat.Times(17, 3)) // 17 seats for 3 months
	// Output:
	// 612.00 EUR <nil>
}
