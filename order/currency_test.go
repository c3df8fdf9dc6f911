package order_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
)

// isoCurrency is one row of ISO 4217; Digits is nil where it has no minor unit.
type isoCurrency struct {
	Code   string         `json:"code"`
	Number order.Currency `json:"number"`
	Digits *int           `json:"digits"`
}

// isoTable reads testdata/iso4217.json.
func isoTable(t testing.TB) []isoCurrency {
	t.Helper()
	data, err := os.ReadFile("testdata/iso4217.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Source     string
		Currencies []struct {
			Code   string
			Number uint16
			Digits *int
		}
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	var rows []isoCurrency
	for _, c := range table.Currencies {
		rows = append(rows, isoCurrency{c.Code, order.Currency(c.Number), c.Digits})
	}
	if len(rows) != 178 {
		t.Fatalf("the table has %d currencies, want 178", len(rows))
	}
	return rows
}

func TestO13_EveryCurrency(t *testing.T) {
	known := make(map[order.Currency]string)
	for _, want := range isoTable(t) {
		c, err := order.ParseCurrency(want.Code)
		if want.Digits == nil {
			if c != 0 || !errors.Is(err, order.ErrCurrency) || !strings.Contains(err.Error(), "no minor unit") {
				t.Errorf("ParseCurrency(%q) = %v, %v, want a refusal for want of a minor unit", want.Code, c, err)
			}
			if _, ok := want.Number.Digits(); ok {
				t.Errorf("%s has digits", want.Code)
			}
			continue
		}
		known[want.Number] = want.Code
		digits, ok := c.Digits()
		if err != nil || c != want.Number || c.String() != want.Code || digits != *want.Digits || !ok {
			t.Errorf("%s: got %d %q, %d digits %v, %v, want %d with %d digits", want.Code, c, c, digits, ok, err, want.Number, *want.Digits)
		}
		for _, other := range []string{strings.ToLower(want.Code), want.Code[:1] + strings.ToLower(want.Code[1:]), want.Code[:2],
			want.Code + " ", " " + want.Code, want.Code + "S", want.Code[:2] + "1"} {
			if c, err := order.ParseCurrency(other); c != 0 || !errors.Is(err, order.ErrCurrency) || !errors.Is(err, order.ErrInvalid) {
				t.Errorf("ParseCurrency(%q) = %v, %v, want a refusal", other, c, err)
			}
		}
	}
	if len(known) != 165 {
		t.Errorf("%d currencies with a minor unit, want 165", len(known))
	}

	// No number but these is a currency, and no other code of three capitals is read.
	for n := range 1 << 16 {
		c := order.Currency(n)
		if _, ok := c.Digits(); ok != (known[c] != "") {
			t.Errorf("currency %d: is one: %v, want %v", n, ok, !ok)
		}
	}
	read := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				if cur, err := order.ParseCurrency(string([]rune{a, b, c})); err == nil && known[cur] == string([]rune{a, b, c}) {
					read++
				} else if err == nil {
					t.Errorf("ParseCurrency(%c%c%c) = %v", a, b, c, cur)
				}
			}
		}
	}
	if read != len(known) {
		t.Errorf("%d codes are read, want %d", read, len(known))
	}
}

func TestO13_CurrenciesOthersGetWrong(t *testing.T) {
	for code, want := range map[string]int{
		"HUF": 2, "MGA": 2, "MRU": 2, // some libraries say 0, or fifths
		"JPY": 0, "ISK": 0, "KWD": 3, "CLF": 4, "UYW": 4, "USD": 2, "EUR": 2, "CNY": 2,
	} {
		c, err := order.ParseCurrency(code)
		if digits, ok := c.Digits(); err != nil || !ok || digits != want {
			t.Errorf("%s has %d digits (%v, %v), want %d", code, digits, ok, err, want)
		}
	}
	for c, want := range map[order.Currency]string{order.CNY: "CNY", order.EUR: "EUR", order.JPY: "JPY", order.KWD: "KWD",
		order.USD: "USD", 0: "", 7: "currency(7)", 959: "currency(959)", 65535: "currency(65535)"} {
		if got := c.String(); got != want {
			t.Errorf("String of %d = %q, want %q", uint16(c), got, want)
		}
	}
}
