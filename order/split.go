package order

import (
	"math"
	"math/bits"
	"slices"
)

// Split divides m in proportion to weights, exactly: the parts add up to m. What
// rounding down leaves goes, a unit each, to the parts with the largest remainder,
// to the first of equal ones; weight 0 gets nothing; an amount below zero mirrors
// (O13). No weights, weights that are all 0, below 0 or too large to add are
// [ErrInvalid]; then no part is returned.
func (m Money) Split(weights ...int64) ([]Money, error) {
	parts := make([]Money, len(weights))
	if err := m.SplitInto(parts, weights); err != nil {
		return nil, err
	}
	return parts, nil
}

// splitInPlace is how many parts are divided without allocation.
const splitInPlace = 128

// SplitInto is [Money.Split] into dst, which has as many elements as weights. Up to
// 128 parts take no allocation. On an error dst is as it was.
func (m Money) SplitInto(dst []Money, weights []int64) error {
	if err := m.Check(); err != nil {
		return err
	}
	if len(dst) != len(weights) {
		return Invalid("weights", "", "one part for each weight is needed, there are "+itoa(int64(len(dst)))+" for "+itoa(int64(len(weights))))
	}
	total, err := sumOf(weights)
	if err != nil {
		return err
	}
	var room [2 * splitInPlace]uint64
	scratch := room[:]
	if len(weights) > splitInPlace {
		scratch = make([]uint64, 2*len(weights))
	}
	rem, ranked := scratch[:len(weights)], scratch[len(weights):2*len(weights)]

	amount, sign := uint64(m.minor), int64(1)
	if m.minor < 0 {
		amount, sign = -amount, -1
	}
	left := amount
	for i, w := range weights {
		hi, lo := bits.Mul64(amount, uint64(w))
		var q uint64
		if hi == 0 {
			q, rem[i] = lo/total, lo%total
		} else {
			q, rem[i] = bits.Div64(hi, lo, total)
		}
		left -= q
		dst[i] = Money{sign * int64(q), m.cur}
	}
	if left == 0 {
		return nil
	}
	giveLeft(dst, sign, left, rem, ranked)
	return nil
}

// sumOf returns the sum of the weights, above zero.
func sumOf(weights []int64) (total uint64, err error) {
	for _, w := range weights {
		if w < 0 {
			return 0, Invalid("weights", itoa(w), "is below zero")
		}
		if total += uint64(w); total > math.MaxInt64 {
			return 0, &FieldError{Field: "weights", Reason: "add up to more than can be counted: divide them first", Err: ErrOverflow}
		}
	}
	if total == 0 {
		return 0, Invalid("weights", "", "are all 0: give at least one above 0")
	}
	return total, nil
}

// giveLeft gives the units left, one each, to the parts with the largest remainders, to the
// first of equal ones. ranked is room for as many remainders.
func giveLeft(dst []Money, sign int64, left uint64, rem, ranked []uint64) {
	copy(ranked, rem)
	least := nthLargest(ranked, int(left))
	for _, r := range rem {
		if r > least {
			left--
		}
	}
	for i, r := range rem { // left now counts the units for those that are equal to least
		if r == least && left > 0 {
			left--
		} else if r <= least {
			continue
		}
		dst[i].minor += sign
	}
}

// nthLargest returns the n-th largest of a, n from 1, and reorders a.
func nthLargest(a []uint64, n int) uint64 {
	for len(a) > 12 {
		// Three parts: larger than the pivot, equal to it, smaller.
		pivot := median(a[0], a[len(a)/2], a[len(a)-1])
		larger, i, smaller := 0, 0, len(a)
		for i < smaller {
			switch v := a[i]; {
			case v > pivot:
				a[i], a[larger] = a[larger], v
				larger, i = larger+1, i+1
			case v < pivot:
				smaller--
				a[i], a[smaller] = a[smaller], v
			default:
				i++
			}
		}
		switch {
		case n <= larger:
			a = a[:larger]
		case n <= smaller:
			return pivot
		default:
			a, n = a[smaller:], n-smaller
		}
	}
	slices.Sort(a)
	return a[len(a)-n]
}

func median(a, b, c uint64) uint64 { return max(min(a, b), min(max(a, b), c)) }
