package renewal

import (
	"math/big"
	"math/bits"

	"github.com/duebook/duebook/order"
)

// Fraction is a share of a time or a price: Num of Den, exactly. The zero Fraction is
// nothing.
type Fraction struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// Add returns f + g, in lowest terms. Both are made of calendar days or hours of at most
// 10,000 years, so the sum is one too.
func (f Fraction) Add(g Fraction) Fraction {
	switch {
	case f.Num == 0:
		return g
	case g.Num == 0:
		return f
	case f.Den == g.Den:
		return Fraction{f.Num + g.Num, f.Den}.lowest()
	}
	d := gcd(f.Den, g.Den)
	return Fraction{f.Num*(g.Den/d) + g.Num*(f.Den/d), f.Den / d * g.Den}.lowest()
}

// lowest returns f in lowest terms.
func (f Fraction) lowest() Fraction {
	if d := gcd(f.Num, f.Den); d > 1 {
		return Fraction{f.Num / d, f.Den / d}
	}
	return f
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Of returns the share of an amount, rounded once. The error is [order.ErrOverflow], or an
// [*order.FieldError] for a fraction below zero or of nothing.
func (f Fraction) Of(m order.Money, mode order.Rounding) (order.Money, error) {
	if f == (Fraction{}) {
		return order.Minor(0, m.Currency()), nil
	}
	if f.Num < 0 || f.Den <= 0 {
		return order.Money{}, order.Invalid("fraction", "", "is below zero, or of nothing")
	}
	return scale(m, f, 0, mode)
}

// scale returns m x f + more, rounded once.
func scale(m order.Money, f Fraction, more int64, mode order.Rounding) (order.Money, error) {
	n := m.Minor()
	negative := n < 0
	if negative {
		n = -n
	}
	hi, lo := bits.Mul64(uint64(n), uint64(f.Num))
	if hi >= uint64(f.Den) {
		return order.Money{}, &order.FieldError{Field: "amount", Err: order.ErrOverflow}
	}
	q, r := bits.Div64(hi, lo, uint64(f.Den))
	up := false
	switch half := uint64(f.Den) - r; mode { // r against what is missing to the next
	case order.HalfUp:
		up = r >= half
	case order.HalfEven:
		up = r > half || r == half && q%2 == 1
	}
	if up {
		q++
	}
	if q > maxMinor {
		return order.Money{}, &order.FieldError{Field: "amount", Err: order.ErrOverflow}
	}
	sum := int64(q)
	if negative {
		sum = -sum
	}
	total := order.Minor(sum+more, m.Currency())
	if err := total.Check(); err != nil {
		return order.Money{}, &order.FieldError{Field: "amount", Err: order.ErrOverflow}
	}
	return total, nil
}

// maxMinor is the largest amount in minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

// scaleBy is scale by two fractions, rounded once.
func scaleBy(m order.Money, f, g Fraction, mode order.Rounding) (order.Money, error) {
	num := new(big.Int).Mul(big.NewInt(f.Num), big.NewInt(g.Num))
	den := new(big.Int).Mul(big.NewInt(f.Den), big.NewInt(g.Den))
	return scaleBig(m, num, den, mode)
}

// scaleRate is scale by a fraction and a rate, rounded once.
func scaleRate(m order.Money, f Fraction, r order.Rate, mode order.Rounding) (order.Money, error) {
	d := r.Decimal()
	num, den := new(big.Int).Mul(big.NewInt(f.Num), d.Coefficient()), big.NewInt(f.Den)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(int64(d.Exponent()), -int64(d.Exponent()))), nil)
	if d.Exponent() < 0 {
		den.Mul(den, ten)
	} else {
		num.Mul(num, ten)
	}
	return scaleBig(m, num, den, mode)
}

// scaleBig returns m x num / den, all at least 0.
func scaleBig(m order.Money, num, den *big.Int, mode order.Rounding) (order.Money, error) {
	q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(m.Minor()), num), den, new(big.Int))
	if roundsUp(r.Lsh(r, 1).Cmp(den), q.Bit(0) == 1, mode) {
		q.Add(q, big.NewInt(1))
	}
	if !q.IsInt64() || q.Int64() > maxMinor {
		return order.Money{}, &order.FieldError{Field: "amount", Err: order.ErrOverflow}
	}
	return order.Minor(q.Int64(), m.Currency()), nil
}

// roundsUp reports whether a quotient goes up by one: half compares the rest with a half.
func roundsUp(half int, odd bool, mode order.Rounding) bool {
	switch mode {
	case order.HalfUp:
		return half >= 0
	case order.HalfEven:
		return half > 0 || half == 0 && odd
	}
	return false
}
