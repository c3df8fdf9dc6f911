package order

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Money is an exact amount: a count of minor units (cents) of one [Currency],
// of at most 18 digits. Two are the same money exactly when == says so. The zero
// Money is "nothing yet": it has no currency, adds to anything, and is null in
// JSON and SQL; 0.00 USD is another value. Arithmetic never loses a unit, never
// mixes currencies and says so instead (O13).
type Money struct {
	minor int64
	cur   Currency
}

// Minor returns n minor units of c: Minor(1230, USD) is 12.30 USD. It checks
// nothing: [Money.Check] and every use report an amount of more than 18 digits or of
// no currency.
func Minor(n int64, c Currency) Money { return Money{minor: n, cur: c} }

// NewMoney returns d of c. It is an error when d has more decimals than c can
// hold or more than 18 digits: round it first, where a reader sees how.
func NewMoney(d decimal.Decimal, c Currency) (Money, error) {
	digits, ok := c.Digits()
	if !ok {
		return Money{}, notCurrency(c)
	}
	m, exact, err := ofBig(d.Coefficient(), int64(d.Exponent())+int64(digits), c, Truncate)
	if err == nil && !exact {
		err = &AmountError{Currency: c, Reason: tooFine(digits) + ": round it first, in a place that says how"}
	}
	if err != nil {
		return Money{}, err
	}
	return m, nil
}

func notCurrency(c Currency) error {
	return &CurrencyError{Code: c.String(), Reason: "is no currency of an amount: give one of ISO 4217"}
}

func tooFine(digits int) string {
	return "more decimals than the currency has, which is " + itoa(int64(digits))
}

// ParseMoney reads an amount such as "12.30", "-5" or "0.7" in c: digits, at
// most as many after one point as c has, at most 18 in all, a minus sign where
// the amount is below zero and nothing else: no plus, no exponent, no spaces, no
// grouping, no leading zeros, no digits but ASCII's.
func ParseMoney(s string, c Currency) (Money, error) {
	if c.places() == 0 {
		return Money{}, notCurrency(c)
	}
	n, wrong := parseNumber(s)
	minor, wrong := n.in(c, wrong)
	switch wrong {
	case "":
		return Money{minor, c}, nil
	case tooLong:
		return Money{}, &AmountError{Text: s, Currency: c, Reason: wrong, Err: ErrOverflow}
	}
	return Money{}, &AmountError{Text: s, Currency: c, Reason: wrong}
}

// in is the number in minor units of c, and what is wrong with it: what was before, or that c has
// fewer decimals, or does not hold as many digits.
func (n number) in(c Currency, before string) (minor int64, wrong string) {
	digits := int(c.places()) - 1
	switch {
	case before != "":
		return 0, before
	case n.places > digits:
		return 0, tooFine(digits)
	}
	by := int64(pow10[digits-n.places])
	minor = n.coef * by
	if minor/by != n.coef || !inRange(minor) {
		return 0, tooLong
	}
	if n.negative {
		minor = -minor
	}
	return minor, ""
}

// Minor returns the amount in minor units.
func (m Money) Minor() int64 { return m.minor }

// Currency returns the currency, 0 for the zero Money.
func (m Money) Currency() Currency { return m.cur }

// Scaled returns the amount as a count of units of which 10^digits are 1 of the currency, for an
// interface that counts in other digits than the currency has: 10,000 ISK is 1000000 with 2
// digits. FromScaled is the way back. The error is an [*AmountError] where the amount is no whole
// number of such units, and [ErrOverflow] inside where the count has more than 18 digits.
func (m Money) Scaled(digits int) (int64, error) {
	own, err := m.scaled(digits)
	if err != nil {
		return 0, err
	}
	n, exact := shift(m.minor, digits-own)
	if !inRange(n) {
		return 0, &AmountError{Currency: m.cur, Reason: tooLong, Err: ErrOverflow}
	}
	if !exact {
		return 0, &AmountError{Text: m.Amount(), Currency: m.cur, Reason: "is not whole with " + itoa(int64(digits)) + " decimals: round it first, in a place that says how"}
	}
	return n, nil
}

// FromScaled returns the amount of n units of which 10^digits are 1 of c, as [Money.Scaled] counts
// them.
func FromScaled(n int64, digits int, c Currency) (Money, error) {
	own, err := Minor(0, c).scaled(digits)
	if err != nil {
		return Money{}, err
	}
	minor, exact := shift(n, own-digits)
	if !inRange(n) || !inRange(minor) {
		return Money{}, &AmountError{Currency: c, Reason: tooLong, Err: ErrOverflow}
	}
	if !exact {
		return Money{}, &AmountError{Text: itoa(n), Currency: c, Reason: "with " + itoa(int64(digits)) + " decimals is finer than the currency, which has " + itoa(int64(own))}
	}
	return Minor(minor, c), nil
}

// scaled returns the digits of the currency, and reports what cannot be counted in others.
func (m Money) scaled(digits int) (own int, err error) {
	if digits < 0 || digits > maxScale {
		return 0, Invalid("digits", itoa(int64(digits)), "is not 0 to "+itoa(maxScale))
	}
	own, ok := m.cur.Digits()
	if !ok {
		return 0, notCurrency(m.cur)
	}
	return own, m.Check()
}

// maxScale is the most digits that an amount is counted in: millionths.
const maxScale = 6

// shift returns n x 10^by, beyond all bounds where that has more than 18 digits, and whether it is
// whole.
func shift(n int64, by int) (shifted int64, exact bool) {
	if by < 0 {
		den := int64(pow10[-by])
		return n / den, n%den == 0
	}
	if by := int64(pow10[by]); n > maxMinor/by || n < -maxMinor/by {
		return maxMinor + 1, true
	}
	return n * int64(pow10[by]), true
}

// Decimal returns the amount as a decimal, 12.30 for 12.30 USD.
func (m Money) Decimal() decimal.Decimal {
	digits, _ := m.cur.Digits()
	return decimal.New(m.minor, int32(-max(digits, 0)))
}

// Sign returns -1, 0 or 1.
func (m Money) Sign() int {
	switch {
	case m.minor < 0:
		return -1
	case m.minor > 0:
		return 1
	}
	return 0
}

// Amount returns the amount without its currency: "12.30", as [ParseMoney] reads
// it; "" for the zero Money.
func (m Money) Amount() string {
	if m == (Money{}) {
		return ""
	}
	var buf [24]byte
	return string(m.appendAmount(buf[:0]))
}

// String returns the amount and its currency, "12.30 USD"; "" for the zero Money.
func (m Money) String() string {
	if m == (Money{}) {
		return ""
	}
	var buf [32]byte
	b := append(m.appendAmount(buf[:0]), ' ')
	return string(append(b, cmp.Or(m.cur.String(), "(no currency)")...))
}

func (m Money) appendAmount(b []byte) []byte {
	n := uint64(m.minor)
	if m.minor < 0 {
		b, n = append(b, '-'), -n
	}
	digits, _ := m.cur.Digits()
	if digits <= 0 {
		return appendUint(b, n)
	}
	b = append(appendUint(b, n/pow10[digits]), '.')
	for d := digits - 1; d >= 0; d-- {
		b = append(b, byte('0'+n/pow10[d]%10))
	}
	return b
}

// Check reports an amount without a currency or of more than 18 digits.
func (m Money) Check() error {
	if m == (Money{}) || m.whole() {
		return nil
	}
	return m.refuse()
}

// whole reports whether m has a currency and no more than 18 digits.
func (m Money) whole() bool { return m.cur.places() != 0 && inRange(m.minor) }

// CheckAmount reports an amount that is not set, or that [Money.Check] refuses.
func CheckAmount(field string, m Money) error {
	if m == (Money{}) {
		return Invalid(field, "", "is not set: give an amount and its currency")
	}
	if err := m.Check(); err != nil {
		return Within(field, err)
	}
	return nil
}

func inRange(n int64) bool { return n <= maxMinor && n >= -maxMinor }

// refuse is the error of a Money that Check refuses.
func (m Money) refuse() error {
	if m.cur.places() == 0 {
		return notCurrency(m.cur)
	}
	return &AmountError{Currency: m.cur, Reason: tooLong, Err: ErrOverflow}
}

// common returns the currency of m and n, or why they cannot be combined.
func (m Money) common(n Money) (Currency, error) {
	if err := m.Check(); err != nil {
		return 0, err
	}
	same := m.cur == n.cur && m.cur != 0
	if same && inRange(n.minor) || n == (Money{}) {
		return m.cur, nil
	}
	if err := n.Check(); err != nil {
		return 0, err
	}
	if m == (Money{}) {
		return n.cur, nil
	}
	return 0, &CurrencyError{Code: m.cur.String(), With: n.cur, Reason: "amounts of two currencies cannot be combined: convert one first"}
}

// Add returns m + n. The error is [ErrCurrency] or [ErrOverflow].
func (m Money) Add(n Money) (Money, error) {
	c, err := m.common(n)
	if err != nil {
		return Money{}, err
	}
	sum := Money{m.minor + n.minor, c}
	if !inRange(sum.minor) {
		return Money{}, sum.refuse()
	}
	return sum, nil
}

// Sub returns m - n. The error is [ErrCurrency] or [ErrOverflow].
func (m Money) Sub(n Money) (Money, error) { return m.Add(n.Neg()) }

// Neg returns -m.
func (m Money) Neg() Money { return Money{-m.minor, m.cur} }

// Cmp returns -1, 0 or 1 as m is less than, equal to or more than n; the zero
// Money counts as 0 of any currency. The error is [ErrCurrency].
func (m Money) Cmp(n Money) (int, error) {
	if _, err := m.common(n); err != nil {
		return 0, err
	}
	switch {
	case m.minor < n.minor:
		return -1, nil
	case m.minor > n.minor:
		return 1, nil
	}
	return 0, nil
}

// Times returns m times all counts, exactly: a price of one for a month, times seats, times months.
// The error is [ErrOverflow], or [ErrCurrency] where Check reports one.
func (m Money) Times(counts ...int) (Money, error) {
	if err := m.Check(); err != nil {
		return Money{}, err
	}
	for _, n := range counts {
		hi, lo := bits.Mul64(magnitude(m.minor), magnitude(int64(n)))
		if hi != 0 || lo > maxMinor {
			return Money{}, Money{maxMinor + 1, m.cur}.refuse()
		}
		product := int64(lo)
		if (m.minor < 0) != (n < 0) {
			product = -product
		}
		m.minor = product
	}
	return m, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Mul returns m times rate, rounded once to the currency's digits by mode. Both
// may be below zero; rounding mirrors. The error is [ErrCurrency], [ErrOverflow], or
// [ErrInvalid] for an unknown mode.
func (m Money) Mul(rate decimal.Decimal, mode Rounding) (Money, error) {
	if r, err := RateOf(rate.Abs()); err == nil {
		if rate.Sign() < 0 {
			return m.Neg().MulRate(r, mode)
		}
		return m.MulRate(r, mode)
	}
	if err := m.Check(); err != nil {
		return Money{}, err
	}
	if err := mode.Check(); err != nil {
		return Money{}, err
	}
	num := rate.Coefficient()
	m, _, err := ofBig(num.Mul(num, big.NewInt(m.minor)), int64(rate.Exponent()), m.cur, mode)
	return m, err
}

// MulRate returns m times r, rounded once to the currency's digits by mode. It is
// Mul for a rate that is already a [Rate], without allocation. The error is
// [ErrCurrency], [ErrOverflow], or [ErrInvalid] for the zero Rate or an unknown mode.
func (m Money) MulRate(r Rate, mode Rounding) (Money, error) {
	if !m.whole() || r.places == 0 || mode > Truncate {
		if err := m.Check(); err != nil {
			return Money{}, err
		}
		if err := mode.Check(); err != nil {
			return Money{}, err
		}
		if r == (Rate{}) {
			return Money{}, Invalid("rate", "", "is not set: give one, such as 0.85")
		}
		return m, nil // the zero Money times any rate
	}
	n, negative := uint64(m.minor), m.minor < 0
	if negative {
		n = -n
	}
	den := pow10[r.places-1]
	hi, lo := bits.Mul64(n, uint64(r.coef))
	var q, rem uint64
	switch {
	case hi == 0:
		q, rem = lo/den, lo%den
	case hi < den:
		q, rem = bits.Div64(hi, lo, den)
	default:
		return Money{}, Money{maxMinor + 1, m.cur}.refuse()
	}
	if q <= maxMinor && mode.up(cmpHalf(rem, den), q&1 == 1) {
		q++
	}
	if q > maxMinor {
		return Money{}, Money{maxMinor + 1, m.cur}.refuse()
	}
	if negative {
		return Money{-int64(q), m.cur}, nil
	}
	return Money{int64(q), m.cur}, nil
}

// cmpHalf compares rem/den with one half; den is at most 10^18.
func cmpHalf(rem, den uint64) int {
	switch {
	case 2*rem < den:
		return -1
	case 2*rem > den:
		return 1
	}
	return 0
}

// ofBig returns num x 10^exp minor units of c, rounded by mode, and whether that
// was exact. It is the slow path, for what does not fit 64 bits.
func ofBig(num *big.Int, exp int64, c Currency, mode Rounding) (m Money, exact bool, err error) {
	if num.Sign() == 0 {
		return Money{0, c}, true, nil
	}
	if exp > 18 {
		return Money{}, false, Money{maxMinor + 1, c}.refuse()
	}
	q, rem, den := new(big.Int), new(big.Int), big.NewInt(10)
	if exp >= 0 {
		q.Mul(num, den.Exp(den, big.NewInt(exp), nil))
	} else {
		// Beyond its own length num is less than any half, so a larger exponent
		// changes nothing.
		places := min(-exp, int64(num.BitLen())+1)
		q.QuoRem(new(big.Int).Abs(num), den.Exp(den, big.NewInt(places), nil), rem)
		if mode.up(new(big.Int).Lsh(rem, 1).Cmp(den), q.Bit(0) == 1) {
			q.Add(q, big.NewInt(1))
		}
		if num.Sign() < 0 {
			q.Neg(q)
		}
	}
	if !q.IsInt64() || !inRange(q.Int64()) {
		return Money{}, false, Money{maxMinor + 1, c}.refuse()
	}
	return Money{q.Int64(), c}, rem.Sign() == 0, nil
}

// AmountError says why a text or a number is not an exact amount. It is [ErrInvalid].
type AmountError struct {
	Text     string
	Currency Currency
	Reason   string
	Err      error // ErrOverflow, or nil
}

func (e *AmountError) Error() string {
	if e.Text == "" {
		return "amount in " + e.Currency.String() + ": " + e.Reason
	}
	return fmt.Sprintf("amount %q in %s: %s", shorten(e.Text), e.Currency, e.Reason)
}

func (e *AmountError) Unwrap() []error { return causes(e.Err) }
