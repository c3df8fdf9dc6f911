package order_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

const most = 999_999_999_999_999_999 // minor units: 18 digits

// sameMoney compares money and rates with ==, as callers may.
var sameMoney = cmpopts.EquateComparable(order.Money{}, order.Rate{})

var everyRounding = []order.Rounding{order.HalfUp, order.HalfEven, order.Truncate}

// money reads "12.30 USD", "" is the zero Money.
func money(t testing.TB, text string) (m order.Money) {
	t.Helper()
	if err := m.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return m
}

func dec(t testing.TB, text string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// someCurrency draws one with 0, 2, 3 or 4 digits.
func someCurrency() *rapid.Generator[order.Currency] {
	return rapid.SampledFrom([]order.Currency{order.USD, order.EUR, order.JPY, order.KWD, 990})
}

// someMinor draws small, large and boundary counts of minor units.
func someMinor() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(-1000, 1000),
		rapid.Int64Range(-most, most),
		rapid.SampledFrom([]int64{-most, -most + 1, most - 1, most, 1, 0, -1, 5, 15, 25, -5}),
	)
}

// someMoney draws any sound Money, the zero Money among them.
func someMoney() *rapid.Generator[order.Money] {
	return rapid.Custom(func(t *rapid.T) order.Money {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return order.Money{}
		}
		return order.Minor(someMinor().Draw(t, "minor"), someCurrency().Draw(t, "currency"))
	})
}

// someRate draws any Rate but the zero one.
func someRate() *rapid.Generator[order.Rate] {
	return rapid.Custom(func(t *rapid.T) order.Rate {
		coef := rapid.OneOf(rapid.Int64Range(0, 2000), rapid.Int64Range(0, most), rapid.Just[int64](most)).Draw(t, "coef")
		r, err := order.RateOf(decimal.New(coef, -int32(rapid.IntRange(0, 18).Draw(t, "places"))))
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

// wantMoney is what a count of minor units must come out as: the money, or ErrOverflow.
func wantMoney(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got order.Money, err error, minor *big.Int, c order.Currency) {
	t.Helper()
	if !minor.IsInt64() || minor.Int64() > most || minor.Int64() < -most {
		if !errors.Is(err, order.ErrOverflow) || !errors.Is(err, order.ErrInvalid) || got != (order.Money{}) {
			t.Fatalf("%s = %v, %v, want ErrOverflow, as it is %v minor units", what, got, err, minor)
		}
		return
	}
	if want := order.Minor(minor.Int64(), c); err != nil || got != want {
		t.Fatalf("%s = %v, %v, want %v", what, got, err, want)
	}
}

func TestO13_ArithmeticTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := someMoney().Draw(t, "m"), someMoney().Draw(t, "n")
		sum, sumErr := m.Add(n)
		diff, diffErr := m.Sub(n)
		c, cmpErr := m.Cmp(n)
		cur := m.Currency()
		switch {
		case m == (order.Money{}):
			cur = n.Currency()
		case n == (order.Money{}):
		case m.Currency() != n.Currency():
			for _, err := range []error{sumErr, diffErr, cmpErr} {
				var facts *order.CurrencyError
				if !errors.Is(err, order.ErrCurrency) || !errors.As(err, &facts) || facts.Code != m.Currency().String() || facts.With != n.Currency() {
					t.Fatalf("%v with %v: %v, want ErrCurrency that names both", m, n, err)
				}
			}
			if sum != (order.Money{}) || diff != (order.Money{}) || c != 0 {
				t.Fatalf("%v with %v: %v, %v, %d beside an error", m, n, sum, diff, c)
			}
			return
		}
		a, b := big.NewInt(m.Minor()), big.NewInt(n.Minor())
		wantMoney(t, "sum", sum, sumErr, new(big.Int).Add(a, b), cur)
		wantMoney(t, "difference", diff, diffErr, new(big.Int).Sub(a, b), cur)
		if c != a.Cmp(b) || cmpErr != nil {
			t.Fatalf("%v.Cmp(%v) = %d, %v", m, n, c, cmpErr)
		}
		if neg := m.Neg(); neg.Neg() != m || neg.Minor() != -m.Minor() || neg.Sign() != -m.Sign() || m.Sign() != a.Sign() {
			t.Fatalf("%v: negated %v, sign %d", m, neg, m.Sign())
		}
	})
}

func TestO13_EighteenDigits(t *testing.T) {
	top := order.Minor(most, order.USD)
	cent := order.Minor(1, order.USD)
	if got := top.String(); got != "9999999999999999.99 USD" {
		t.Errorf("the largest amount is %s", got)
	}
	below, err := top.Sub(cent)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := below.Add(cent); got != top || err != nil {
		t.Errorf("18 digits: %v, %v", got, err)
	}
	for _, over := range []func() (order.Money, error){
		func() (order.Money, error) { return top.Add(cent) },
		func() (order.Money, error) { return cent.Add(top) },
		func() (order.Money, error) { return top.Neg().Sub(cent) },
		func() (order.Money, error) { return top.Add(top) },
		func() (order.Money, error) { return top.MulRate(order.Percent(101), order.Truncate) },
		func() (order.Money, error) { return top.Mul(decimal.New(101, -2), order.Truncate) },
		func() (order.Money, error) { return top.Mul(decimal.New(-101, -2), order.Truncate) },
		func() (order.Money, error) { return order.NewMoney(decimal.New(1, 16), order.USD) },
		func() (order.Money, error) { return order.ParseMoney("10000000000000000.00", order.USD) },
		func() (order.Money, error) { return order.ParseMoney("10000000000000000", order.USD) },
	} {
		if got, err := over(); got != (order.Money{}) || !errors.Is(err, order.ErrOverflow) {
			t.Errorf("19 digits: %v, %v, want ErrOverflow", got, err)
		}
	}
	// What the constructor lets by, everything else reports.
	for _, m := range []order.Money{order.Minor(most+1, order.USD), order.Minor(-most-1, order.USD),
		order.Minor(math.MaxInt64, order.USD), order.Minor(math.MinInt64, order.USD)} {
		wantUnsound(t, m, order.ErrOverflow)
	}
	for _, m := range []order.Money{order.Minor(5, 0), order.Minor(5, 7), order.Minor(0, 959), order.Minor(math.MinInt64, 0)} {
		wantUnsound(t, m, order.ErrCurrency)
	}
}

// wantUnsound: everything that uses m reports want.
func wantUnsound(t *testing.T, m order.Money, want error) {
	t.Helper()
	unset := order.Money{}
	for name, err := range map[string]error{
		"Check":       m.Check(),
		"Add":         second(m.Add(order.Minor(1, order.USD))),
		"Add to":      second(order.Minor(1, order.USD).Add(m)),
		"Add itself":  second(m.Add(m)),
		"Add zero":    second(m.Add(unset)),
		"Add to zero": second(unset.Add(m)),
		"Sub":         second(m.Sub(unset)),
		"Sub from":    second(unset.Sub(m)),
		"Cmp":         second(m.Cmp(unset)),
		"Cmp to":      second(unset.Cmp(m)),
		"Mul":         second(m.Mul(decimal.New(0, 0), order.HalfUp)),
		"Mul exactly": second(m.Mul(decimal.New(1, -19), order.HalfUp)),
		"MulRate":     second(m.MulRate(order.Percent(1), order.HalfUp)),
		"Split":       second(m.Split(1, 2)),
		"MarshalText": second(m.MarshalText()),
		"MarshalJSON": second(m.MarshalJSON()),
		"Value":       second(m.Value()),
	} {
		if !errors.Is(err, want) || !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%s of %v (%d, %d): %v, want %v", name, m, m.Minor(), m.Currency(), err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestO13_ZeroMoneyIsNothingYet(t *testing.T) {
	var none order.Money
	zero := money(t, "0.00 USD")
	if none == zero || none.String() != "" || none.Amount() != "" || none.Currency() != 0 || none.Sign() != 0 || none.Check() != nil {
		t.Errorf("the zero Money is %q", none)
	}
	if zero.String() != "0.00 USD" || zero.Amount() != "0.00" {
		t.Errorf("zero dollars are %q", zero)
	}
	var sum order.Money
	for _, text := range []string{"12.30 USD", "", "-0.30 USD", ""} {
		var err error
		if sum, err = sum.Add(money(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	if sum != money(t, "12.00 USD") {
		t.Errorf("summed from the zero Money: %v", sum)
	}
	for _, m := range []order.Money{none, zero} {
		if c, err := m.Cmp(money(t, "0 JPY")); err != nil && m == none || c != 0 {
			t.Errorf("%q against 0 JPY: %d, %v", m, c, err)
		}
	}
	if c, err := none.Cmp(money(t, "-1 JPY")); c != 1 || err != nil {
		t.Errorf("nothing against -1 JPY: %d, %v", c, err)
	}
	for _, got := range []func() (order.Money, error){
		func() (order.Money, error) { return none.Add(none) },
		func() (order.Money, error) { return none.Mul(dec(t, "1.5"), order.HalfUp) },
		func() (order.Money, error) { return none.Mul(decimal.New(1, 1_000_000_000), order.HalfUp) },
		func() (order.Money, error) { return none.MulRate(order.Percent(150), order.HalfUp) },
		func() (order.Money, error) { parts, err := none.Split(1, 2); return parts[1], err },
	} {
		if m, err := got(); m != none || err != nil {
			t.Errorf("of the zero Money: %q, %v", m, err)
		}
	}
}

func TestO13_MulRoundsOnce(t *testing.T) {
	for _, row := range []struct {
		amount, rate             string
		halfUp, halfEven, cutOff string
	}{
		{"1.00 USD", "0.125", "0.13", "0.12", "0.12"},
		{"1.00 USD", "0.135", "0.14", "0.14", "0.13"},
		{"1.00 USD", "0.129", "0.13", "0.13", "0.12"},
		{"1.00 USD", "0.1249999999999999", "0.12", "0.12", "0.12"},
		{"1.00 USD", "0.1250000000000001", "0.13", "0.13", "0.12"},
		{"1.00 USD", "0.124999999999999999999999999", "0.12", "0.12", "0.12"},
		{"1.00 USD", "0.125000000000000000000000000", "0.13", "0.12", "0.12"},
		{"1.00 USD", "0.125000000000000000000000001", "0.13", "0.13", "0.12"},
		{"0.01 USD", "0.5", "0.01", "0.00", "0.00"},
		{"0.01 USD", "0.5000000000000000000000000000001", "0.01", "0.01", "0.00"},
		{"0.01 USD", "0.4999999999999999999999999999999", "0.00", "0.00", "0.00"},
		{"1 JPY", "1.5", "2", "2", "1"},
		{"1 JPY", "2.5", "3", "2", "2"},
		{"0.001 KWD", "0.5", "0.001", "0.000", "0.000"},
		{"69.31 USD", "0.85", "58.91", "58.91", "58.91"},
		{"362.60 CNY", "0", "0.00", "0.00", "0.00"},
		{"9999999999999999.99 USD", "1", "9999999999999999.99", "9999999999999999.99", "9999999999999999.99"},
		{"0.01 USD", "999999999999999999", "9999999999999999.99", "9999999999999999.99", "9999999999999999.99"},
		{"2000000000000000.00 USD", "0.0000000000000000025", "0.01", "0.00", "0.00"}, // more digits than a Rate has, and a half
		{"6000000000000000.00 USD", "0.0000000000000000025", "0.02", "0.02", "0.01"},
	} {
		m, rate := money(t, row.amount), dec(t, row.rate)
		for i, want := range []string{row.halfUp, row.halfEven, row.cutOff} {
			want := money(t, want+" "+m.Currency().String())
			mode := everyRounding[i]
			if got, err := m.Mul(rate, mode); got != want || err != nil {
				t.Errorf("%v x %s, %v = %v, %v, want %v", m, row.rate, mode, got, err, want)
			}
			for _, mirrored := range []struct {
				m    order.Money
				rate decimal.Decimal
				want order.Money
			}{{m.Neg(), rate, want.Neg()}, {m, rate.Neg(), want.Neg()}, {m.Neg(), rate.Neg(), want}} {
				if got, err := mirrored.m.Mul(mirrored.rate, mode); got != mirrored.want || err != nil {
					t.Errorf("%v x %v, %v = %v, %v, want %v", mirrored.m, mirrored.rate, mode, got, err, mirrored.want)
				}
			}
			r, err := order.RateOf(rate)
			if err != nil {
				continue // more digits than a Rate has
			}
			if got, err := m.MulRate(r, mode); got != want || err != nil {
				t.Errorf("%v x Rate %v, %v = %v, %v, want %v", m, r, mode, got, err, want)
			}
		}
	}
}

func TestO13_MulOverflow(t *testing.T) {
	for _, row := range []struct {
		minor int64
		rate  string
	}{
		{most, "1.000000000000000001"}, // 1000000000000000000 rounded up by Mul's mode alone
		{990099009900990099, "1.01"},   // 999999999999999999.99: too much only where it is rounded up
		{most, "10"},
		{most, "999999999999999999"},
		{5e17, "2"},
		{145295143558111, "126960.5"}, // 2^64 - 1/2: one more wraps round to nothing
		{291466, "63289990000000.123"},
		{most, "1e18"},
		{1, "1e18"},
		{1, "1000000000000000000.4"},
	} {
		for _, mode := range everyRounding {
			m, rate := order.Minor(row.minor, order.USD), dec(t, row.rate)
			wantMoney(t, row.rate, first(m.Mul(rate, mode)), second(m.Mul(rate, mode)), twinMul(m, rate, mode), order.USD)
			if r, err := order.RateOf(rate); err == nil {
				wantMoney(t, row.rate, first(m.MulRate(r, mode)), second(m.MulRate(r, mode)), twinMul(m, rate, mode), order.USD)
			}
		}
	}
	if got, err := order.Minor(1, order.USD).MulRate(order.Rate{}, order.HalfUp); got != (order.Money{}) || !errors.Is(err, order.ErrInvalid) {
		t.Errorf("times the zero Rate: %v, %v", got, err)
	}
}

func first[T any](v T, _ error) T { return v }

// twinMul multiplies and rounds with decimals, in minor units.
func twinMul(m order.Money, rate decimal.Decimal, mode order.Rounding) *big.Int {
	exact := decimal.NewFromInt(m.Minor()).Mul(rate)
	switch mode {
	case order.HalfUp:
		exact = exact.Round(0)
	case order.HalfEven:
		exact = exact.RoundBank(0)
	default:
		exact = exact.Truncate(0)
	}
	return exact.BigInt()
}

func TestO13_MulTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := order.Minor(someMinor().Draw(t, "minor"), someCurrency().Draw(t, "currency"))
		mode := rapid.SampledFrom(everyRounding).Draw(t, "mode")
		r := someRate().Draw(t, "rate")
		got, err := m.MulRate(r, mode)
		wantMoney(t, "MulRate", got, err, twinMul(m, r.Decimal(), mode), m.Currency())

		long := decimal.NewFromBigInt(new(big.Int).Add(
			new(big.Int).Mul(big.NewInt(someMinor().Draw(t, "high")), big.NewInt(1_000_000_007)),
			big.NewInt(someMinor().Draw(t, "low"))), int32(rapid.IntRange(-40, 3).Draw(t, "exponent")))
		got, err = m.Mul(long, mode)
		wantMoney(t, "Mul by "+long.String(), got, err, twinMul(m, long, mode), m.Currency())
	})
}

// FuzzO13_Mul: MulRate, Mul by the same rate, and the exact slow path agree with each
// other and with decimals. A rate a hair above is too long for a Rate, so it goes the
// slow way, and rounds as the rate itself but for an exact half to even, which is up.
func FuzzO13_Mul(f *testing.F) {
	f.Add(int64(100), int64(125), uint8(3), uint8(0))
	f.Add(int64(-100), int64(125), uint8(3), uint8(1))
	f.Add(int64(most), int64(1), uint8(0), uint8(2))
	f.Add(int64(most), int64(most), uint8(18), uint8(0))
	f.Add(int64(145295143558111), int64(1269605), uint8(1), uint8(0))
	f.Add(int64(0), int64(0), uint8(18), uint8(1))
	hair := decimal.New(1, -60)
	f.Fuzz(func(t *testing.T, minor, coef int64, places, mode uint8) {
		m, rounding := order.Minor(minor, order.USD), everyRounding[mode%3]
		rate := decimal.New(coef, -int32(places%19))
		r, err := order.RateOf(rate)
		if m.Check() != nil || err != nil {
			t.Skip()
		}
		fast, err := m.MulRate(r, rounding)
		wantMoney(t, "MulRate", fast, err, twinMul(m, rate, rounding), order.USD)
		same, sameErr := m.Mul(rate, rounding)
		if same != fast || (sameErr == nil) != (err == nil) {
			t.Fatalf("%v x %v, %v: MulRate %v, %v; Mul %v, %v", m, r, rounding, fast, err, same, sameErr)
		}
		if rounding == order.HalfEven {
			fast, err = m.MulRate(r, order.HalfUp)
		}
		slow, slowErr := m.Mul(rate.Add(hair), rounding)
		if slow != fast || (slowErr == nil) != (err == nil) {
			t.Fatalf("%v x %v, %v: fast %v, %v; slow %v, %v", m, r, rounding, fast, err, slow, slowErr)
		}
	})
}

// A decimal can say 1e1000000000 in a few bytes; writing it out takes a gigabyte.
func TestO13_GiantExponents(t *testing.T) {
	m := money(t, "12.30 USD")
	long, _ := new(big.Int).SetString("123456789012345678901", 10)
	for text, d := range map[string]decimal.Decimal{
		"1e1000000000":              decimal.New(1, 1_000_000_000),
		"-1e1000000000":             decimal.New(-1, 1_000_000_000),
		"1e2147483647":              decimal.New(1, math.MaxInt32),
		"123456789012345678901e100": decimal.NewFromBigInt(long, 100),
	} {
		if got, err := m.Mul(d, order.HalfUp); got != (order.Money{}) || !errors.Is(err, order.ErrOverflow) {
			t.Errorf("12.30 USD x %s = %v, %v, want ErrOverflow", text, got, err)
		}
		if got, err := order.NewMoney(d, order.USD); got != (order.Money{}) || !errors.Is(err, order.ErrOverflow) {
			t.Errorf("%s USD = %v, %v, want ErrOverflow", text, got, err)
		}
		if got, err := order.Minor(0, order.USD).Mul(d, order.HalfUp); got != money(t, "0.00 USD") || err != nil {
			t.Errorf("0.00 USD x %s = %v, %v", text, got, err)
		}
		if d.Sign() > 0 {
			if got, err := order.RateOf(d); got != (order.Rate{}) || !errors.Is(err, order.ErrOverflow) {
				t.Errorf("RateOf(%s) = %v, %v, want ErrOverflow", text, got, err)
			}
		}
	}
	for text, d := range map[string]decimal.Decimal{
		"1e-1000000000":                  decimal.New(1, -1_000_000_000),
		"-1e-1000000000":                 decimal.New(-1, -1_000_000_000),
		"999999999999999999e-2147483648": decimal.New(most, math.MinInt32),
		"123456789012345678901e-100":     decimal.NewFromBigInt(long, -100),
	} {
		for _, mode := range everyRounding {
			if got, err := m.Mul(d, mode); got != money(t, "0.00 USD") || err != nil {
				t.Errorf("12.30 USD x %s = %v, %v, want 0.00 USD", text, got, err)
			}
		}
		var facts *order.AmountError
		if got, err := order.NewMoney(d, order.USD); got != (order.Money{}) || !errors.As(err, &facts) || errors.Is(err, order.ErrOverflow) {
			t.Errorf("%s USD = %v, %v, want a refusal of its decimals", text, got, err)
		}
		if d.Sign() > 0 {
			if got, err := order.RateOf(d); got != (order.Rate{}) || !errors.Is(err, order.ErrOverflow) {
				t.Errorf("RateOf(%s) = %v, %v, want ErrOverflow", text, got, err)
			}
		}
	}
	for _, exponent := range []int32{1_000_000_000, -1_000_000_000, math.MaxInt32, math.MinInt32, 0} {
		zero := decimal.New(0, exponent)
		if got, err := m.Mul(zero, order.HalfUp); got != money(t, "0.00 USD") || err != nil {
			t.Errorf("12.30 USD x 0e%d = %v, %v", exponent, got, err)
		}
		if got, err := order.NewMoney(zero, order.USD); got != money(t, "0.00 USD") || err != nil {
			t.Errorf("0e%d USD = %v, %v", exponent, got, err)
		}
		if got, err := order.RateOf(zero); got != order.Percent(0) || err != nil {
			t.Errorf("RateOf(0e%d) = %v, %v", exponent, got, err)
		}
	}
}

func TestO13_NewMoney(t *testing.T) {
	for _, row := range []struct {
		d    string
		c    order.Currency
		want string // empty: refused
	}{
		{"12.3", order.USD, "12.30 USD"},
		{"12.30000000000000000000000", order.USD, "12.30 USD"},
		{"-12.3", order.USD, "-12.30 USD"},
		{"12.305", order.USD, ""},
		{"1e3", order.JPY, "1000 JPY"},
		{"0.5", order.JPY, ""},
		{"0.0005", 990, "0.0005 CLF"},
		{"9999999999999999.99", order.USD, "9999999999999999.99 USD"},
		{"-9999999999999999.99", order.USD, "-9999999999999999.99 USD"},
		{"10000000000000000", order.USD, ""},
		{"1", 959, ""},
		{"1", 0, ""},
	} {
		got, err := order.NewMoney(dec(t, row.d), row.c)
		if row.want == "" && (got != (order.Money{}) || !errors.Is(err, order.ErrInvalid)) {
			t.Errorf("NewMoney(%s, %v) = %v, %v, want a refusal", row.d, row.c, got, err)
		}
		if row.want != "" && (got != money(t, row.want) || err != nil) {
			t.Errorf("NewMoney(%s, %v) = %v, %v, want %s", row.d, row.c, got, err, row.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := order.Minor(someMinor().Draw(t, "minor"), someCurrency().Draw(t, "currency"))
		digits, _ := m.Currency().Digits()
		if want := decimal.New(m.Minor(), -int32(digits)); !m.Decimal().Equal(want) {
			t.Fatalf("%v as a decimal is %v, want %v", m, m.Decimal(), want)
		}
		if got, err := order.NewMoney(m.Decimal(), m.Currency()); got != m || err != nil {
			t.Fatalf("NewMoney(%v) = %v, %v", m.Decimal(), got, err)
		}
		if got, err := order.ParseMoney(m.Amount(), m.Currency()); got != m || err != nil {
			t.Fatalf("ParseMoney(%q) = %v, %v, want %v", m.Amount(), got, err, m)
		}
		if want := m.Decimal().StringFixed(int32(digits)); m.Amount() != want {
			t.Fatalf("Amount() = %q, want %q", m.Amount(), want)
		}
	})
	for m, want := range map[order.Money]string{
		order.Minor(math.MinInt64, order.USD): "-92233720368547758.08 USD",
		order.Minor(5, 0):                     "5 (no currency)",
		order.Minor(5, 7):                     "5 currency(7)",
		order.Minor(-5, order.KWD):            "-0.005 KWD",
		order.Minor(0, order.JPY):             "0 JPY",
	} {
		if got := m.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestO14_PayableTax(t *testing.T) {
	for _, row := range []struct{ amount, off, tax, want string }{
		{"100.00 CNY", "15.00 CNY", "13.00 CNY", "11.05 CNY"},
		{"100.00 CNY", "", "13.00 CNY", "13.00 CNY"},
		{"100.00 CNY", "0.00 CNY", "13.00 CNY", "13.00 CNY"},
		{"100.00 CNY", "100.00 CNY", "13.00 CNY", "0.00 CNY"},
		{"100.00 CNY", "15.00 CNY", "0.00 CNY", "0.00 CNY"},
		{"100.00 CNY", "15.00 CNY", "", ""},
		{"0.02 CNY", "0.01 CNY", "0.01 CNY", "0.01 CNY"}, // the tie goes to the first, what is payable
		{"0.03 CNY", "0.02 CNY", "0.01 CNY", "0.00 CNY"},
		{"-100.00 CNY", "", "-13.00 CNY", "-13.00 CNY"},
	} {
		l := order.Line{Amount: money(t, row.amount), Off: money(t, row.off), Tax: money(t, row.tax)}
		if diff := cmp.Diff(money(t, row.want), l.PayableTax(), sameMoney); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", row, diff)
		}
	}
	// What is payable and what is taken off contain the whole tax, each at most its own.
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, most).Draw(t, "amount")
		off := rapid.Int64Range(0, amount).Draw(t, "off")
		tax := rapid.Int64Range(0, amount).Draw(t, "tax")
		l := order.Line{Amount: order.Minor(amount, order.USD), Off: order.Minor(off, order.USD), Tax: order.Minor(tax, order.USD)}
		got := l.PayableTax()
		// tax x payable / amount, to the nearest; a tie goes to the first, what is payable.
		want := big.NewInt(tax)
		if off > 0 {
			want.Mul(want, big.NewInt(2*(amount-off))).Add(want, big.NewInt(amount)).Quo(want, big.NewInt(2*amount))
		}
		if got != order.Minor(want.Int64(), order.USD) || got.Minor() > l.Payable().Minor() {
			t.Fatalf("tax %v of %v less %v: %v, want %v", l.Tax, l.Amount, l.Off, got, want)
		}
	})
}

// A rounding that is none is not taken for another one.
func TestO13_UnknownRounding(t *testing.T) {
	m := order.Minor(125, order.USD)
	for _, mode := range []order.Rounding{3, 255} {
		if got, err := m.MulRate(order.Percent(50), mode); !errors.Is(err, order.ErrInvalid) || got != (order.Money{}) {
			t.Errorf("MulRate by %s: %s, %v", mode, got, err)
		}
		for _, rate := range []decimal.Decimal{decimal.New(5, -1), decimal.New(5, -30)} {
			if got, err := m.Mul(rate, mode); !errors.Is(err, order.ErrInvalid) || got != (order.Money{}) {
				t.Errorf("Mul %s by %s: %s, %v", rate, mode, got, err)
			}
		}
	}
}
