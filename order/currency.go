package order

import "fmt"

// Currency is a currency of ISO 4217 by its number: 840 is USD. The zero
// Currency is no currency. Its text, JSON and SQL form is the code, "USD".
//
// CNY, EUR, JPY, KWD and USD have names here; ParseCurrency reads the others.
type Currency uint16

// Currencies named for convenience; [ParseCurrency] knows every one that has a
// minor unit.
const (
	CNY Currency = 156
	EUR Currency = 978
	JPY Currency = 392
	KWD Currency = 414
	USD Currency = 840
)

// ParseCurrency returns the currency with the given code of three capital
// letters. It refuses every other spelling and the codes without a minor unit
// (XAU, XXX) with a [*CurrencyError].
func ParseCurrency(code string) (Currency, error) {
	if c := findCurrency(code); c != 0 {
		return c, nil
	}
	if len(code) == 3 {
		for i := 0; i < len(unitlessCodes); i += 3 {
			if unitlessCodes[i:i+3] == code {
				return 0, &CurrencyError{Code: code, Reason: "has no minor unit, so no amount of it can be charged"}
			}
		}
	}
	return 0, &CurrencyError{Code: code, Reason: "is not a code of ISO 4217: give three capital letters, such as USD"}
}

// findCurrency returns the currency with a code, 0 where there is none.
func findCurrency(code string) Currency {
	if len(code) != 3 {
		return 0
	}
	lo, hi := 0, len(currencyNumbers)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if currencyCodes[3*mid:3*mid+3] < code {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(currencyNumbers) && currencyCodes[3*lo:3*lo+3] == code {
		return currencyNumbers[lo]
	}
	return 0
}

// Digits returns how many decimal digits an amount of c has: 2 for USD, 0 for
// JPY, 3 for KWD. ok is false when c is no currency.
func (c Currency) Digits() (digits int, ok bool) {
	p := c.places()
	return int(p) - 1, p != 0
}

// places is the digits plus one, 0 when c is no currency.
func (c Currency) places() uint8 {
	if int(c) < len(currencies) {
		return currencies[c].places
	}
	return 0
}

// String returns the code, "" for the zero Currency, "currency(7)" for a number
// that ISO 4217 does not have.
func (c Currency) String() string {
	if c.places() != 0 {
		return string(currencies[c].code[:])
	}
	if c == 0 {
		return ""
	}
	return "currency(" + itoa(int64(c)) + ")"
}

// CurrencyError says which code is unknown, or which two currencies were mixed. It is
// [ErrCurrency] and [ErrInvalid].
type CurrencyError struct {
	Code   string
	With   Currency // the other one, where two were mixed
	Reason string
}

func (e *CurrencyError) Error() string {
	if e.With != 0 {
		return fmt.Sprintf("currency %s with %s: %s", e.Code, e.With, e.Reason)
	}
	return fmt.Sprintf("currency %q %s", shorten(e.Code), e.Reason)
}

func (e *CurrencyError) Unwrap() []error { return causes(ErrCurrency) }
