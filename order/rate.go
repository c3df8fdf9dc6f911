package order

import (
	"cmp"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Rate is an exact number of at least 0 that is not money: the share of a price
// still to pay (0.85), a price per unit of time. It has at most 18 digits, at most
// 18 of them decimals, takes no allocation, and two are equal when == says so:
// 0.850 is 0.85. The zero Rate is no number, null in JSON and SQL; the number 0 is
// Percent(0).
type Rate struct {
	coef   int64
	places uint8 // decimals plus one
}

// Percent returns n hundredths: Percent(85) pays 85 %. Below 0, or of more than 18
// digits, it is the zero Rate.
func Percent(n int64) Rate {
	if n < 0 || n > maxMinor {
		return Rate{}
	}
	return rateOf(n, 2)
}

// ParseRate reads a number such as "0.85", in the form that [ParseMoney] reads.
func ParseRate(s string) (Rate, error) {
	n, wrong := parseNumber(s)
	if wrong == "" && n.negative {
		wrong = "a sign does not belong there"
	}
	if wrong == tooLong {
		return Rate{}, &FieldError{Field: "rate", Value: s, Err: ErrOverflow}
	}
	if wrong != "" {
		return Rate{}, Invalid("rate", s, wrong)
	}
	return rateOf(n.coef, n.places), nil
}

// RateOf returns d, or an error when d is below 0 or has more than 18 digits, zeros
// at its end not counted.
func RateOf(d decimal.Decimal) (Rate, error) {
	if d.Sign() < 0 {
		return Rate{}, Invalid("rate", "", "is below zero")
	}
	coef, places := d.Coefficient(), -int64(d.Exponent())
	switch {
	case coef.Sign() == 0:
		return rateOf(0, 0), nil
	case places > 18:
		places = 18 + cutZeros(coef, places-18)
	}
	for ; places > 0 && coef.BitLen() >= 60; places-- {
		if cutZeros(coef, 1) != 0 {
			break
		}
	}
	short := coef.IsInt64() && coef.Int64() <= maxMinor
	if !short || places > 18 || places < -18 {
		return Rate{}, &FieldError{Field: "rate", Reason: "round it first", Err: ErrOverflow}
	}
	n := coef.Int64()
	for ; places < 0; places++ {
		if n > maxMinor/10 {
			return Rate{}, &FieldError{Field: "rate", Reason: "round it first", Err: ErrOverflow}
		}
		n *= 10
	}
	return rateOf(n, int(places)), nil
}

// cutZeros divides coef by 10^n where that leaves nothing over, and returns how many
// zeros were not cut: none or n.
func cutZeros(coef *big.Int, n int64) int64 {
	if n > int64(coef.BitLen()) {
		return n
	}
	ten := big.NewInt(10)
	q, rem := new(big.Int).QuoRem(coef, ten.Exp(ten, big.NewInt(n), nil), new(big.Int))
	if rem.Sign() != 0 {
		return n
	}
	coef.Set(q)
	return 0
}

// rateOf drops the zeros at the end, so that equal numbers are equal Rates.
func rateOf(coef int64, places int) Rate {
	for places > 0 && coef%10 == 0 {
		coef, places = coef/10, places-1
	}
	return Rate{coef, uint8(places) + 1}
}

// Decimal returns the number, 0 for the zero Rate.
func (r Rate) Decimal() decimal.Decimal {
	if r == (Rate{}) {
		return decimal.Decimal{}
	}
	return decimal.New(r.coef, -int32(r.places-1))
}

// String returns the number, "0.85"; "" for the zero Rate.
func (r Rate) String() string {
	if r == (Rate{}) {
		return ""
	}
	var buf [24]byte
	return string(r.appendTo(buf[:0]))
}

// appendTo appends the number of a rate that is one.
func (r Rate) appendTo(b []byte) []byte {
	n, places := uint64(r.coef), r.places-1
	b = appendUint(b, n/pow10[places])
	if places == 0 {
		return b
	}
	b = append(b, '.')
	for d := int(places) - 1; d >= 0; d-- {
		b = append(b, byte('0'+n/pow10[d]%10))
	}
	return b
}

// Cmp returns -1, 0 or 1 as r is less than, equal to or more than s. The zero Rate
// is less than any number.
func (r Rate) Cmp(s Rate) int {
	if r == s {
		return 0
	}
	if r == (Rate{}) || s == (Rate{}) {
		return int(min(r.places, 1)) - int(min(s.places, 1))
	}
	rh, rl := bits.Mul64(uint64(r.coef), pow10[s.places-1])
	sh, sl := bits.Mul64(uint64(s.coef), pow10[r.places-1])
	return cmp.Or(cmp.Compare(rh, sh), cmp.Compare(rl, sl))
}
