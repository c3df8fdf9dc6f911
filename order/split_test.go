package order_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

func TestO13_SplitPublished(t *testing.T) {
	for _, row := range []struct {
		what    string
		amount  string
		weights []int64
		want    []string
	}{
		{"C9: evenly over 3 orders", "69.31 USD", []int64{1, 1, 1}, []string{"23.11", "23.10", "23.10"}},
		{"C9: in proportion to what is due", "90.00 CNY", []int64{100, 200}, []string{"30.00", "60.00"}},
		{"Q6: by what paid, cash and gift", "362.60 CNY", []int64{20000, 20796}, []string{"177.76", "184.84"}},
		{"below zero mirrors", "-69.31 USD", []int64{1, 1, 1}, []string{"-23.11", "-23.10", "-23.10"}},
		{"ties to the first", "0.02 USD", []int64{1, 1, 1}, []string{"0.01", "0.01", "0.00"}},
		{"largest remainder, not the first", "0.10 USD", []int64{1, 1, 4}, []string{"0.02", "0.02", "0.06"}},
		{"largest remainder wins", "1.00 USD", []int64{3, 3, 1}, []string{"0.43", "0.43", "0.14"}},
		{"weight 0 gets nothing", "0.01 USD", []int64{0, 1, 0, 1, 0}, []string{"0.00", "0.01", "0.00", "0.00", "0.00"}},
		{"one part", "12.34 USD", []int64{7}, []string{"12.34"}},
		{"nothing to give", "0.00 USD", []int64{1, 2}, []string{"0.00", "0.00"}},
		{"no minor unit", "10 JPY", []int64{1, 1, 1}, []string{"4", "3", "3"}},
		{"18 digits times 19", "9999999999999999.99 USD", []int64{math.MaxInt64 - 1, 1}, []string{"9999999999999999.99", "0.00"}},
		{"one part of a whole weight", "9999999999999999.99 USD", []int64{math.MaxInt64}, []string{"9999999999999999.99"}},
	} {
		m := money(t, row.amount)
		var want []order.Money
		for _, part := range row.want {
			want = append(want, money(t, part+" "+m.Currency().String()))
		}
		got, err := m.Split(row.weights...)
		if diff := cmp.Diff(want, got, sameMoney); diff != "" || err != nil {
			t.Errorf("%s: %v over %v: %v (-want +got):\n%s", row.what, m, row.weights, err, diff)
		}
	}
}

// twinSplit divides with big numbers and a stable sort.
func twinSplit(minor int64, weights []int64) []int64 {
	total := new(big.Int)
	for _, w := range weights {
		total.Add(total, big.NewInt(w))
	}
	amount := new(big.Int).Abs(big.NewInt(minor))
	parts, rems, by := make([]*big.Int, len(weights)), make([]*big.Int, len(weights)), make([]int, len(weights))
	left := new(big.Int).Set(amount)
	for i, w := range weights {
		parts[i], rems[i] = new(big.Int).QuoRem(new(big.Int).Mul(amount, big.NewInt(w)), total, new(big.Int))
		left.Sub(left, parts[i])
		by[i] = i
	}
	sort.SliceStable(by, func(i, j int) bool { return rems[by[i]].Cmp(rems[by[j]]) > 0 })
	for i := range int(left.Int64()) {
		parts[by[i]].Add(parts[by[i]], big.NewInt(1))
	}
	out := make([]int64, len(weights))
	for i, p := range parts {
		out[i] = p.Int64() * int64(big.NewInt(minor).Sign())
	}
	return out
}

// checkSplit holds the parts of a split against the twin and against what they promise.
func checkSplit(m order.Money, weights []int64, parts []order.Money) error {
	var sum order.Money
	for i, p := range parts {
		var err error
		if sum, err = sum.Add(p); err != nil {
			return err
		}
		if weights[i] == 0 && p.Sign() != 0 {
			return fmt.Errorf("weight 0 gets %v", p)
		}
		if p.Sign()*m.Sign() < 0 {
			return fmt.Errorf("part %d is %v", i, p)
		}
		for j := range i {
			if weights[i] == weights[j] && (abs(p) > abs(parts[j]) || abs(parts[j])-abs(p) > 1) {
				return fmt.Errorf("of equal weights %d and %d get %v and %v", j, i, parts[j], p)
			}
			if weights[i] > weights[j] && abs(p) < abs(parts[j]) {
				return fmt.Errorf("weight %d gets %v, %d gets %v", weights[i], p, weights[j], parts[j])
			}
		}
	}
	if sum != m {
		return fmt.Errorf("the parts are %v together", sum)
	}
	for i, want := range twinSplit(m.Minor(), weights) {
		if parts[i] != order.Minor(want, m.Currency()) {
			return fmt.Errorf("part %d is %v, want %v", i, parts[i], order.Minor(want, m.Currency()))
		}
	}
	return nil
}

func abs(m order.Money) int64 { return max(m.Minor(), -m.Minor()) }

func TestO13_SplitTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := order.Minor(someMinor().Draw(t, "minor"), someCurrency().Draw(t, "currency"))
		largest := rapid.SampledFrom([]int64{1, 3, 10, 1000, 1_000_000, math.MaxInt64 / 300}).Draw(t, "largest")
		weights := rapid.SliceOfN(rapid.Int64Range(0, largest), 1, 300).Draw(t, "weights")
		parts, err := m.Split(weights...)
		if slices.Max(weights) == 0 {
			if parts != nil || !errors.Is(err, order.ErrInvalid) {
				t.Fatalf("no weight above zero: %v, %v", parts, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSplit(m, weights, parts); err != nil {
			t.Fatalf("%v over %v: %v", m, weights, err)
		}
		mirrored, err := m.Neg().Split(weights...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range parts {
			if mirrored[i] != parts[i].Neg() {
				t.Fatalf("%v over %v: part %d is %v, mirrored %v", m, weights, i, parts[i], mirrored[i])
			}
		}
	})
}

// Of many equal shares the first have a unit more, as many as are left over.
func TestO13_SplitMany(t *testing.T) {
	for n := 1; n <= 40; n++ {
		weights := make([]int64, n)
		for i := range weights {
			weights[i] = 7
		}
		for _, amount := range []int64{1, int64(n) - 1, int64(n), 100, 1009} {
			parts, err := order.Minor(amount, order.USD).Split(weights...)
			if err != nil {
				t.Fatal(err)
			}
			for i, part := range parts {
				want := amount / int64(n)
				if int64(i) < amount%int64(n) {
					want++
				}
				if part != order.Minor(want, order.USD) {
					t.Fatalf("%d over %d: %v", amount, n, parts)
				}
			}
		}
	}
}

func TestO13_SplitRefuses(t *testing.T) {
	usd := money(t, "1.00 USD")
	had := []order.Money{money(t, "7.00 EUR"), money(t, "8.00 EUR"), money(t, "9.00 EUR")}
	for _, row := range []struct {
		what    string
		m       order.Money
		weights []int64
		want    error
	}{
		{"no weights", usd, nil, order.ErrInvalid},
		{"fewer weights than parts", usd, []int64{1, 2}, order.ErrInvalid},
		{"more weights than parts", usd, []int64{1, 2, 3, 4}, order.ErrInvalid},
		{"all zero", usd, []int64{0, 0, 0}, order.ErrInvalid},
		{"below zero first", usd, []int64{-1, 2, 3}, order.ErrInvalid},
		{"below zero last", usd, []int64{1, 2, -3}, order.ErrInvalid},
		{"the least there is", usd, []int64{1, 2, math.MinInt64}, order.ErrInvalid},
		{"too large to add", usd, []int64{math.MaxInt64, 1, 0}, order.ErrOverflow},
		{"far too large to add", usd, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, order.ErrOverflow},
		{"no currency", order.Minor(5, 0), []int64{1, 2, 3}, order.ErrCurrency},
		{"19 digits", order.Minor(most+1, order.USD), []int64{1, 2, 3}, order.ErrOverflow},
	} {
		dst := slices.Clone(had)
		err := row.m.SplitInto(dst, row.weights)
		if diff := cmp.Diff(had, dst, sameMoney); diff != "" || !errors.Is(err, row.want) || !errors.Is(err, order.ErrInvalid) ||
			errors.Is(err, order.ErrOverflow) != (row.want == order.ErrOverflow) {
			t.Errorf("%s: %v (-had +has):\n%s", row.what, err, diff)
		}
		if len(row.weights) == len(had) || row.weights == nil {
			if parts, err := row.m.Split(row.weights...); parts != nil || !errors.Is(err, row.want) {
				t.Errorf("%s: Split = %v, %v", row.what, parts, err)
			}
		}
	}
	if err := usd.SplitInto(nil, nil); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("into nothing: %v", err)
	}
	for n, sum := range map[int]int64{0: math.MaxInt64, 1: math.MaxInt64 - 1} { // the largest sum of weights that counts
		if _, err := usd.Split(sum, int64(n)); err != nil {
			t.Errorf("weights that add up to MaxInt64: %v", err)
		}
	}
}

// spread returns n weights whose remainders are in no order.
func spread(n int) []int64 {
	weights := make([]int64, n)
	for i := range weights {
		weights[i] = int64(1000 + i*7919%1009*37)
	}
	return weights
}

func TestO13_SplitIntoTakesNoAllocation(t *testing.T) {
	m := order.Minor(123_456_789, order.USD)
	for _, n := range []int{1, 30, 90, 128} {
		weights, dst := spread(n), make([]order.Money, n)
		if got := testing.AllocsPerRun(20, func() {
			if err := m.SplitInto(dst, weights); err != nil {
				t.Fatal(err)
			}
		}); got != 0 {
			t.Errorf("over %d: %v allocations", n, got)
		}
		if err := checkSplit(m, weights, dst); err != nil {
			t.Errorf("over %d: %v", n, err)
		}
	}
	for _, n := range []int{129, 1000} {
		parts, err := m.Split(spread(n)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSplit(m, spread(n), parts); err != nil {
			t.Errorf("over %d: %v", n, err)
		}
	}
}

// FuzzO13_Split: a split is refused without a trace, or it is the twin's.
func FuzzO13_Split(f *testing.F) {
	bytes := func(weights ...int64) (b []byte) {
		for _, w := range weights {
			b = binary.BigEndian.AppendUint64(b, uint64(w))
		}
		return b
	}
	f.Add(int64(6931), bytes(1, 1, 1))
	f.Add(int64(-9000), bytes(100, 200))
	f.Add(int64(most), bytes(math.MaxInt64-1, 1))
	f.Add(int64(most+1), bytes(1))
	f.Add(int64(1), bytes(0, 0))
	f.Add(int64(1), bytes(-1, 5))
	f.Add(int64(1), bytes(math.MaxInt64, 1))
	f.Add(int64(123_456_789), bytes(spread(40)...))
	f.Fuzz(func(t *testing.T, minor int64, b []byte) {
		var weights []int64
		sound, total := minor <= most && minor >= -most, new(big.Int)
		for ; len(b) >= 8; b = b[8:] {
			w := int64(binary.BigEndian.Uint64(b))
			weights, sound = append(weights, w), sound && w >= 0
			total.Add(total, big.NewInt(w))
		}
		sound = sound && total.Sign() > 0 && total.IsInt64()
		m := order.Minor(minor, order.USD)
		had := order.Minor(77, order.EUR)
		dst := slices.Repeat([]order.Money{had}, len(weights))
		err := m.SplitInto(dst, weights)
		if sound != (err == nil) {
			t.Fatalf("%v over %v: %v; to be split: %v", m, weights, err, sound)
		}
		if err != nil {
			if !errors.Is(err, order.ErrInvalid) || slices.ContainsFunc(dst, func(m order.Money) bool { return m != had }) {
				t.Fatalf("%v over %v: %v, and %v", m, weights, err, dst)
			}
			return
		}
		if err := checkSplit(m, weights, dst); err != nil {
			t.Fatalf("%v over %v: %v", m, weights, err)
		}
	})
}
