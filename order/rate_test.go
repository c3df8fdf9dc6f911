package order_test

import (
	"errors"
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

// plainNumber is what ParseMoney and ParseRate read, before they count digits.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// readable judges a number in another way than the parser: at most 18 digits, at most
// the given number after the point, no zero with a sign.
func readable(s string, places int) bool {
	if !plainNumber.MatchString(s) {
		return false
	}
	whole, part, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	digits := strings.TrimLeft(whole+part, "0")
	return len(part) <= places && len(digits) <= 18 && !(digits == "" && s[0] == '-')
}

func TestO13_RateForms(t *testing.T) {
	for text, want := range map[string]string{
		"0.85": "0.85", "0.850": "0.85", "1": "1", "1.0": "1", "0": "0", "0.000": "0", "100": "100",
		"0.000000000000000001": "0.000000000000000001", "999999999999999999": "999999999999999999",
		"1.00000000000000000": "1", "123456789.987654321": "123456789.987654321",
	} {
		r, err := order.ParseRate(text)
		if err != nil || r.String() != want || r == (order.Rate{}) {
			t.Errorf("ParseRate(%q) = %v, %v, want %s", text, r, err, want)
		}
		if again, err := order.ParseRate(want); again != r || err != nil {
			t.Errorf("%s and %s are not the same Rate: %v", text, want, err)
		}
	}
	for text, wantOverflow := range map[string]bool{
		"": false, "-0.85": false, "-0": false, "+1": false, "1e2": false, ".5": false, "5.": false, "00.5": false, "1,5": false, " 1": false,
		"٣": false, "NaN": false, "0x1": false, "1_000": false, "1000000000000000000": true, "0.0000000000000000001": true, "1.0000000000000000000": true,
	} {
		r, err := order.ParseRate(text)
		if r != (order.Rate{}) || !errors.Is(err, order.ErrInvalid) || errors.Is(err, order.ErrOverflow) != wantOverflow {
			t.Errorf("ParseRate(%q) = %v, %v", text, r, err)
		}
	}
}

func TestO13_RateOf(t *testing.T) {
	long, _ := new(big.Int).SetString("1"+strings.Repeat("0", 1000), 10)
	for _, row := range []struct {
		d    decimal.Decimal
		want string // empty: refused
	}{
		{decimal.New(85, -2), "0.85"},
		{decimal.New(850, -3), "0.85"},
		{decimal.New(1, 17), "100000000000000000"},
		{decimal.New(1, 18), ""},
		{decimal.New(9, 18), ""},
		{decimal.New(1, 19), ""},
		{decimal.New(1, -18), "0.000000000000000001"},
		{decimal.New(1, -19), ""},
		{decimal.New(10, -19), "0.000000000000000001"},   // zeros at the end are no digits
		{decimal.New(1e18, -1), "100000000000000000"},    //
		{decimal.New(1e18, -36), "0.000000000000000001"}, //
		{decimal.New(most, 0), "999999999999999999"},
		{decimal.New(most, 1), ""},
		{decimal.New(most/10, 1), "999999999999999990"},
		{decimal.New(most/10+1, 1), ""},
		{decimal.New(most+1, 0), ""},
		{decimal.New(most+2, -1), ""},
		{decimal.New(math.MaxInt64, -19), ""},
		{decimal.NewFromBigInt(long, -1000), "1"},
		{decimal.NewFromBigInt(long, -990), "10000000000"},
		{decimal.NewFromBigInt(long, -900), ""},
		{decimal.NewFromBigInt(long, -1019), ""},
		{decimal.New(0, -19), "0"},
		{decimal.New(0, 100), "0"},
		{decimal.Decimal{}, "0"},
		{decimal.New(-1, 0), ""},
		{decimal.New(-1, -40), ""},
	} {
		got, err := order.RateOf(row.d)
		if row.want == "" {
			if got != (order.Rate{}) || !errors.Is(err, order.ErrInvalid) || errors.Is(err, order.ErrOverflow) != (row.d.Sign() > 0) {
				t.Errorf("RateOf(%v) = %v, %v, want a refusal", row.d, got, err)
			}
			continue
		}
		if err != nil || got.String() != row.want || !got.Decimal().Equal(row.d) {
			t.Errorf("RateOf(%v) = %v, %v, want %s", row.d, got, err, row.want)
		}
		if same, err := order.ParseRate(row.want); same != got || err != nil {
			t.Errorf("RateOf(%v) is not the Rate of %q", row.d, row.want)
		}
	}
	for n, want := range map[int64]string{85: "0.85", 100: "1", 0: "0", 150: "1.5", -1: "", most: "9999999999999999.99", most + 1: "",
		math.MaxInt64: "", math.MinInt64: ""} {
		if got := order.Percent(n).String(); got != want {
			t.Errorf("Percent(%d) = %q, want %q", n, got, want)
		}
	}
}

// Equal numbers are equal Rates, and Cmp is that of decimals, below it the zero Rate.
func TestO13_RateLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRate().Draw(t, "r"), someRate().Draw(t, "s")
		if rapid.Bool().Draw(t, "equal") {
			d := r.Decimal()
			longer := int32(rapid.IntRange(1, 40).Draw(t, "zeros"))
			again, err := order.RateOf(decimal.NewFromBigInt(new(big.Int).Mul(d.Coefficient(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(longer)), nil)), d.Exponent()-longer))
			if err != nil {
				t.Fatal(err)
			}
			s = again
		}
		want := r.Decimal().Cmp(s.Decimal())
		if got := r.Cmp(s); got != want || (got == 0) != (r == s) || s.Cmp(r) != -got {
			t.Fatalf("%v.Cmp(%v) = %d, want %d; the same: %v", r, s, got, want, r == s)
		}
		var none order.Rate
		if none.Cmp(r) != -1 || r.Cmp(none) != 1 || none.Cmp(none) != 0 {
			t.Fatalf("the zero Rate against %v: %d, %d", r, none.Cmp(r), r.Cmp(none))
		}
		if again, err := order.ParseRate(r.String()); again != r || err != nil {
			t.Fatalf("%q is read as %v, %v", r.String(), again, err)
		}
	})
}

// FuzzO13_Rate: a text is refused, or it is a number that is written back the same.
func FuzzO13_Rate(f *testing.F) {
	for _, seed := range []string{"0.85", "0", "1.500", "-1", "+1", "1e5", "00.1", ".5", "5.", "999999999999999999", "0.0000000000000000001", "٣", "1 ", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := order.ParseRate(text)
		if want := readable(text, 18) && text[0] != '-'; want != (err == nil) {
			t.Fatalf("ParseRate(%q) = %v, %v; to be read: %v", text, r, err, want)
		}
		if err != nil {
			if !errors.Is(err, order.ErrInvalid) || r != (order.Rate{}) {
				t.Fatalf("ParseRate(%q) = %v, %v", text, r, err)
			}
			return
		}
		if again, err := order.ParseRate(r.String()); again != r || err != nil {
			t.Fatalf("%q is %v, which is read as %v, %v", text, r, again, err)
		}
		if d, err := decimal.NewFromString(text); err != nil || !d.Equal(r.Decimal()) {
			t.Fatalf("%q is %v, a decimal reads %v, %v", text, r, d, err)
		}
	})
}
