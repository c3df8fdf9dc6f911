package ordertest

import (
	"math/bits"
	"slices"
	"testing"
	"time"
)

// Bench is a benchmark of lib beside its floor, the least that a programmer writes by
// hand for one shop. Besides what lib takes it reports "floor-ns" and "x-floor", how many
// times longer than the floor that is, and it returns what [Against] does.
func Bench(b *testing.B, lib, floor func()) (libNs, floorNs float64) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		lib()
	}
	libNs, floorNs = Against(b, lib, floor)
	b.ReportMetric(floorNs, "floor-ns")
	b.ReportMetric(libNs/floorNs, "x-floor")
	return libNs, floorNs
}

// Against returns how long lib and floor take, in nanoseconds: medians of runs that take
// turns, so that a machine that slows down slows both.
func Against(b *testing.B, lib, floor func()) (libNs, floorNs float64) {
	b.Helper()
	n, m := timesFor(lib), timesFor(floor)
	const turns = 15
	var libs, floors [turns]float64
	for i := range turns {
		libs[i] = float64(timed(lib, n)) / float64(n)
		floors[i] = float64(timed(floor, m)) / float64(m)
	}
	slices.Sort(libs[:])
	slices.Sort(floors[:])
	return libs[turns/2], floors[turns/2]
}

func timed(f func(), n int) time.Duration {
	start := time.Now()
	for range n {
		f()
	}
	return time.Since(start)
}

// timesFor is how often to run f so that a clock can tell.
func timesFor(f func()) int {
	n := 1
	for timed(f, n) < 2*time.Millisecond {
		n *= 2
	}
	return n
}

// FloorSplit is a floor of order.SplitInto: it divides an amount by weights, the rest to
// the largest remainders, ties to the first. rem is for it to work in.
func FloorSplit(parts, rem, weights []int64, amount int64) {
	total := uint64(0)
	for _, w := range weights {
		total += uint64(w)
	}
	left := amount
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(amount), uint64(w))
		q, r := bits.Div64(hi, lo, total)
		parts[i], rem[i] = int64(q), int64(r)
		left -= int64(q)
	}
	if left == 0 {
		return
	}
	ranked := slices.Clone(rem[:len(weights)])
	slices.Sort(ranked)
	least := ranked[len(ranked)-int(left)]
	for _, r := range rem[:len(weights)] {
		if r > least {
			left--
		}
	}
	for i, r := range rem[:len(weights)] {
		if r > least {
			parts[i]++
		} else if r == least && left > 0 {
			parts[i]++
			left--
		}
	}
}
