package order_test

import (
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

func currency(t testing.TB, code string) order.Currency {
	t.Helper()
	c, err := order.ParseCurrency(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// O13: an amount in other digits than its currency has, exactly or not at all. Stripe counts ISK
// and UGX in hundredths, Adyen CLP; MGA, which ISO gives 2 digits, Stripe counts whole.
func TestO13_Scaled(t *testing.T) {
	for _, row := range []struct {
		cur     string
		minor   int64
		digits  int
		want    int64
		is      error
		through bool // a count that is refused on its way back too
	}{
		{"ISK", 10000, 2, 1000000, nil, false},
		{"UGX", 5, 2, 500, nil, false},
		{"CLP", -7, 2, -700, nil, false},
		{"MGA", 1200, 0, 12, nil, false},
		{"MGA", 1230, 0, 0, order.ErrInvalid, false},
		{"KWD", 1230, 2, 123, nil, false},
		{"KWD", 1234, 2, 0, order.ErrInvalid, false},
		{"USD", 1230, 2, 1230, nil, false},
		{"USD", 0, 6, 0, nil, false},
		{"JPY", 999_999_999_999, 6, 999_999_999_999_000_000, nil, false},
		{"JPY", 1_000_000_000_000, 6, 0, order.ErrOverflow, false},
		{"JPY", -1_000_000_000_000, 6, 0, order.ErrOverflow, false},
		{"USD", 1, -1, 0, order.ErrInvalid, true},
		{"USD", 1, 7, 0, order.ErrInvalid, true},
	} {
		m := order.Minor(row.minor, currency(t, row.cur))
		n, err := m.Scaled(row.digits)
		if n != row.want || (row.is == nil) != (err == nil) || !errors.Is(err, row.is) {
			t.Errorf("%s with %d digits: %d, %v; want %d, %v", m, row.digits, n, err, row.want, row.is)
		}
		if err == nil || row.through {
			back, err := order.FromScaled(row.want, row.digits, m.Currency())
			if row.is == nil && back != m || !errors.Is(err, row.is) {
				t.Errorf("%d with %d digits: %s, %v; want %s", row.want, row.digits, back, err, m)
			}
		}
	}
	if _, err := order.FromScaled(1000001, 2, currency(t, "ISK")); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a hundredth of a krona: %v", err)
	}
	if _, err := (order.Money{}).Scaled(2); !errors.Is(err, order.ErrCurrency) {
		t.Errorf("nothing yet: %v", err)
	}
	if _, err := order.FromScaled(1, 2, 0); !errors.Is(err, order.ErrCurrency) {
		t.Errorf("of no currency: %v", err)
	}
	if _, err := order.FromScaled(1e18, 2, order.USD); !errors.Is(err, order.ErrOverflow) {
		t.Errorf("19 digits: %v", err)
	}
}

// O13: the count is the amount times 10^digits, by exact arithmetic; what is counted comes back, and
// what is refused is no whole number of units or has more than 18 digits.
func TestO13_ScaledTwin(t *testing.T) {
	codes := []string{"USD", "JPY", "KWD", "ISK", "CLP", "UGX", "MGA", "EUR", "BHD"}
	most := big.NewInt(999_999_999_999_999_999)
	rapid.Check(t, func(t *rapid.T) {
		c, err := order.ParseCurrency(rapid.SampledFrom(codes).Draw(t, "currency"))
		if err != nil {
			t.Fatal(err)
		}
		small, large := rapid.Int64Range(-100_000, 100_000), rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999)
		m, digits := order.Minor(rapid.OneOf(small, large).Draw(t, "minor"), c), rapid.IntRange(0, 6).Draw(t, "digits")
		exact := new(big.Rat).Mul(m.Decimal().Rat(), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
		n, err := m.Scaled(digits)
		switch large := new(big.Rat).Abs(exact).Cmp(new(big.Rat).SetInt(most)) > 0; {
		case large:
			if !errors.Is(err, order.ErrOverflow) {
				t.Fatalf("%s with %d digits is more than 18: %d, %v", m, digits, n, err)
			}
		case !exact.IsInt():
			if !errors.Is(err, order.ErrInvalid) || errors.Is(err, order.ErrOverflow) {
				t.Fatalf("%s with %d digits is not whole: %d, %v", m, digits, n, err)
			}
		case err != nil || exact.Num().Cmp(big.NewInt(n)) != 0:
			t.Fatalf("%s with %d digits: %d, %v; want %s", m, digits, n, err, exact.Num())
		default:
			if back, err := order.FromScaled(n, digits, c); err != nil || back != m {
				t.Fatalf("%s with %d digits: %d, and back %s, %v", m, digits, n, back, err)
			}
		}
	})
}

func ExampleMoney_Scaled() {
	isk, err := order.ParseCurrency("ISK")
	if err != nil {
		panic(err)
	}
	fmt.Println(order.Minor(10000, isk).Scaled(2)) // a provider that counts hundredths of a krona
	fmt.Println(order.FromScaled(1000050, 2, isk))
	// Output:
	// 1000000 <nil>
	//  amount "1000050" in ISK: with 2 decimals is finer than the currency, which has 0
}
