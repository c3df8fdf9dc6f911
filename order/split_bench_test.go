package order_test

import (
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// floorSplit is the largest remainder by hand: cents in int64 that are known to fit,
// at most 128 weights that are known to be sound, no currency, no refusal. It finds
// the least remainder that still gets a unit by sorting.
func floorSplit(dst []int64, amount int64, weights []int64) {
	var total int64
	for _, w := range weights {
		total += w
	}
	var rems, ranked [128]int64
	left := amount
	for i, w := range weights {
		product := amount * w
		dst[i] = product / total
		rems[i] = product - dst[i]*total
		left -= dst[i]
	}
	if left == 0 {
		return
	}
	r := ranked[:len(weights)]
	copy(r, rems[:])
	slices.Sort(r)
	least := r[len(r)-int(left)]
	for i := range dst {
		if rems[i] > least {
			dst[i]++
			left--
		}
	}
	for i := range dst {
		if left > 0 && rems[i] == least {
			dst[i]++
			left--
		}
	}
}

func TestSplitFloor(t *testing.T) {
	for n := 1; n <= 128; n++ {
		got, want := make([]int64, n), twinSplit(123_456_789, spread(n))
		if floorSplit(got, 123_456_789, spread(n)); !slices.Equal(got, want) {
			t.Errorf("the floor over %d is %v, want %v", n, got, want)
		}
	}
}

func benchmarkSplit(b *testing.B, n int) {
	weights, parts, dst := spread(n), make([]int64, n), make([]order.Money, n)
	m := order.Minor(123_456_789, order.USD)
	ordertest.Bench(b, func() {
		if err := m.SplitInto(dst, weights); err != nil {
			b.Fatal(err)
		}
	}, func() { floorSplit(parts, 123_456_789, weights) })
}

// S5: at most 1.3 times the floor, no allocation.
func BenchmarkSplit30(b *testing.B) { benchmarkSplit(b, 30) }

func BenchmarkSplit90(b *testing.B) { benchmarkSplit(b, 90) }
