package discount_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/shopspring/decimal"
)

// FuzzD3_Cut compares each way to reduce with the same in big integers: either a typed
// error, or exactly that.
func FuzzD3_Cut(f *testing.F) {
	for _, seed := range []struct {
		way, mode, places uint8
		n                 int64
		amounts           [3]int64
		count             int
	}{
		{0, 0, 2, 85, [3]int64{10000, 110, 0}, 1},
		{0, 2, 2, 85, [3]int64{110, 1, 99_999_999_999_999_999}, 3},
		{0, 1, 18, 499_999_999_999_999_999, [3]int64{1, 2, 3}, 1},
		{0, 0, 0, 2, [3]int64{1, 2, 3}, 1},
		{1, 0, 0, 3333, [3]int64{10000, 9999, 3332}, 3},
		{1, 0, 0, 999_999_999_999_999_999, [3]int64{5, 5, 5}, 1 << 62},
		{1, 0, 0, -1, [3]int64{5, 5, 5}, 1},
		{2, 0, 0, 100, [3]int64{1000, 2000, 4000}, 1},
		{2, 0, 0, 100, [3]int64{500, 500, 500}, 1},
		{2, 0, 0, 999_999_999_999_999_999, [3]int64{333_333_333_333_333_333, 333_333_333_333_333_333, 333_333_333_333_333_333}, 1},
		{2, 3, 0, 1 << 62, [3]int64{-1, 0, 1 << 62}, 0},
	} {
		f.Add(seed.way, seed.mode, seed.places, seed.n, seed.amounts[0], seed.amounts[1], seed.amounts[2], seed.count)
	}
	f.Fuzz(func(t *testing.T, way, mode, places uint8, n, a, b, c int64, count int) {
		d := discount.Discount{ID: "d", Kind: discount.KindCommercial}
		p := discount.Policy{Rounding: order.Rounding(mode % 5)}
		switch way % 3 {
		case 0:
			r, err := order.RateOf(decimal.New(n, -int32(places)))
			if err != nil {
				typed(t, err)
				return
			}
			d.Ratio = r
		case 1:
			d.Price = usd(n)
		case 2:
			d.Off = usd(n)
		}
		lines := []order.Line{server(usd(a)), server(usd(b)), server(usd(c))}
		for i := range lines {
			lines[i].Count = count
		}
		before, err := order.Place(draft("order-1", lines...), placed, order.Policy{})
		if err != nil {
			typed(t, err)
			// The bare arithmetic does not judge an order, but must not panic on one.
			_, _ = d.Cut(nil, &order.Order{Type: order.TypePurchase, Lines: lines}, p)
			return
		}
		after, err := discount.Apply(before, d, placed, p)
		if err != nil {
			typed(t, err)
			unchanged(t, after, before)
			return
		}
		want := twin(way%3, order.Rounding(mode%5), n, int(places), []int64{a, b, c}, int64(count))
		for i, l := range after.Lines {
			if l.Off.Minor() != want[i] {
				t.Errorf("line %d of %s: %s off, in big integers %d", i, l.Amount, l.Off, want[i])
			}
			if l.Off.Minor() < 0 || l.Payable().Minor() < 0 {
				t.Errorf("line %d costs %s of %s", i, l.Payable(), l.Amount)
			}
		}
		if err := after.Check(); err != nil {
			t.Error(err)
		}
	})
}

// typed fails t unless err is one that a caller can tell apart.
func typed(t *testing.T, err error) {
	t.Helper()
	var field *order.FieldError
	var which *discount.Error
	if !errors.As(err, &field) && !errors.As(err, &which) {
		t.Errorf("%T: %v", err, err)
	}
}

// twin is D3 in big integers.
func twin(way uint8, mode order.Rounding, n int64, places int, amounts []int64, count int64) []int64 {
	off := make([]int64, len(amounts))
	switch way {
	case 0: // amount - round(amount x n / 10^places)
		den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
		for i, amount := range amounts {
			num := new(big.Int).Mul(big.NewInt(amount), big.NewInt(n))
			q, rem := new(big.Int).QuoRem(num, den, new(big.Int))
			half := new(big.Int).Lsh(rem, 1).Cmp(den)
			if mode == order.HalfUp && half >= 0 || mode == order.HalfEven && (half > 0 || half == 0 && q.Bit(0) == 1) {
				q.Add(q, big.NewInt(1))
			}
			off[i] = amount - q.Int64()
		}
	case 1: // amount - min(amount, n x count)
		for i, amount := range amounts {
			price := new(big.Int).Mul(big.NewInt(n), big.NewInt(count))
			if price.Cmp(big.NewInt(amount)) < 0 {
				off[i] = amount - price.Int64()
			}
		}
	case 2: // min(n, sum) by amounts, what is left to the largest remainders, the first of equals
		sum := new(big.Int)
		for _, amount := range amounts {
			sum.Add(sum, big.NewInt(amount))
		}
		if sum.Sign() == 0 {
			return off
		}
		whole := big.NewInt(n)
		if whole.Cmp(sum) > 0 {
			whole = sum
		}
		left := new(big.Int).Set(whole)
		rem := make([]*big.Int, len(amounts))
		for i, amount := range amounts {
			var q *big.Int
			q, rem[i] = new(big.Int).QuoRem(new(big.Int).Mul(whole, big.NewInt(amount)), sum, new(big.Int))
			off[i] = q.Int64()
			left.Sub(left, q)
		}
		for range left.Int64() {
			most := 0
			for i := range rem {
				if rem[i].Cmp(rem[most]) > 0 {
					most = i
				}
			}
			off[most]++
			rem[most] = big.NewInt(-1)
		}
	}
	return off
}
