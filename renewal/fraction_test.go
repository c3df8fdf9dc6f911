package renewal_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// TestQ1_FractionOf: a share of an amount is rounded once, by the mode.
func TestQ1_FractionOf(t *testing.T) {
	half := renewal.Fraction{Num: 1, Den: 2}
	for _, row := range []struct {
		cents int64
		f     renewal.Fraction
		mode  order.Rounding
		want  int64
	}{
		{1, half, order.HalfUp, 1}, {1, half, order.HalfEven, 0}, {3, half, order.HalfEven, 2}, {1, half, order.Truncate, 0}, {-1, half, order.HalfUp, -1}, {-3, half, order.Truncate, -1},
		{100, renewal.Fraction{Num: 1, Den: 3}, order.HalfUp, 33}, {100, renewal.Fraction{Num: 2, Den: 3}, order.HalfUp, 67}, {100, renewal.Fraction{Num: 2, Den: 3}, order.Truncate, 66},
		{100, renewal.Fraction{}, order.HalfUp, 0}, {999_999_999_999_999_999, renewal.Fraction{Num: 1, Den: 1}, order.HalfUp, 999_999_999_999_999_999},
	} {
		if got, err := row.f.Of(usd(row.cents), row.mode); err != nil || got != usd(row.want) {
			t.Errorf("%d/%d of %d, %s: %s, %v, want %d", row.f.Num, row.f.Den, row.cents, row.mode, got, err, row.want)
		}
	}
	if _, err := (renewal.Fraction{Num: 2, Den: 1}).Of(usd(999_999_999_999_999_999), order.HalfUp); !errors.Is(err, order.ErrOverflow) {
		t.Errorf("twice the most: %v", err)
	}
	for _, f := range []renewal.Fraction{{Num: -1, Den: 2}, {Num: 1}, {Num: 1, Den: -2}} {
		_, err := f.Of(usd(1), order.HalfUp)
		isField(t, "no share", err, "fraction")
	}
}

// TestQ1_FractionTwin: sums and shares are those of big rationals.
func TestQ1_FractionTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string) renewal.Fraction {
			den := rapid.SampledFrom([]int64{28, 29, 30, 31, 365, 24 * 28, 24 * 29, 24 * 30, 24 * 31}).Draw(t, what+" of")
			return renewal.Fraction{Num: rapid.Int64Range(0, 40*den).Draw(t, what), Den: den}
		}
		f, g := draw("f"), draw("g")
		sum := f.Add(g)
		want := new(big.Rat).Add(big.NewRat(f.Num, f.Den), big.NewRat(g.Num, g.Den))
		if big.NewRat(sum.Num, sum.Den).Cmp(want) != 0 {
			t.Fatalf("%+v and %+v are %+v, not %s", f, g, sum, want)
		}
		n := rapid.Int64Range(0, 1e15).Draw(t, "cents")
		exact := want.Mul(want, big.NewRat(n, 1))
		twice := new(big.Int).Div(new(big.Int).Add(new(big.Int).Mul(exact.Num(), big.NewInt(2)), exact.Denom()), new(big.Int).Mul(exact.Denom(), big.NewInt(2)))
		got, err := sum.Of(usd(n), order.HalfUp)
		if err != nil || got.Minor() != twice.Int64() {
			t.Fatalf("%+v of %d is %s, not %s (%v)", sum, n, got, twice, err)
		}
	})
}
