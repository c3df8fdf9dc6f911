package order

// Rounding says what becomes of the part of an amount below its last digit. An amount
// is rounded once, in the one place that names a Rounding. Amounts below zero
// mirror those above.
//
// One of: HalfUp, HalfEven, Truncate.
type Rounding uint8

const (
	HalfUp   Rounding = iota // to the nearest, a half away from zero: 0.125 is 0.13; the zero value
	HalfEven                 // to the nearest, a half to the even digit: 0.125 is 0.12
	Truncate                 // towards zero: 0.129 is 0.12
)

var roundings = []string{"half up", "half even", "truncate"}

// String returns "half up", "half even" or "truncate".
func (r Rounding) String() string {
	if int(r) < len(roundings) {
		return roundings[r]
	}
	return "rounding(" + itoa(int64(r)) + ")"
}

// Check reports an unknown Rounding.
func (r Rounding) Check() error {
	if int(r) < len(roundings) {
		return nil
	}
	return Invalid("rounding", r.String(), "is unknown: use HalfUp, HalfEven or Truncate")
}

// up reports whether a positive quotient goes up by one unit; half is how the
// remainder compares with one half, odd whether the quotient is odd.
func (r Rounding) up(half int, odd bool) bool {
	switch r {
	case Truncate:
		return false
	case HalfEven:
		return half > 0 || half == 0 && odd
	}
	return half >= 0
}
