package order_test

import (
	"math/bits"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// floorMul is 128 bits by hand, half up, of amounts and rates that are known to fit.
func floorMul(minor, coef, den uint64) uint64 {
	hi, lo := bits.Mul64(minor, coef)
	q, rem := bits.Div64(hi, lo, den)
	if 2*rem >= den {
		q++
	}
	return q
}

// BenchmarkMulRate multiplies a batch of 1,000: one alone is too quick to judge.
func BenchmarkMulRate(b *testing.B) {
	const n = 1000
	var amounts [n]order.Money
	var minors [n]uint64
	for i := range amounts {
		minors[i] = uint64(i)*7919 + 100
		amounts[i] = order.Minor(int64(minors[i]), order.USD)
	}
	rate, den := order.Percent(85), uint64(100)
	var sums [2]uint64
	ordertest.Bench(b, func() {
		sums[1] = 0
		for _, m := range amounts {
			p, err := m.MulRate(rate, order.HalfUp)
			if err != nil {
				b.Fatal(err)
			}
			sums[1] += uint64(p.Minor())
		}
	}, func() {
		sums[0] = 0
		for _, minor := range minors {
			sums[0] += floorMul(minor, 85, den)
		}
	})
	if sums[0] != sums[1] {
		b.Fatalf("the floor comes to %d, the library to %d", sums[0], sums[1])
	}
}
