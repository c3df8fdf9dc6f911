package stripe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// digits are the currencies that Stripe takes, by the digits in which it counts them: not always
// those of ISO 4217. MGA has two there and none here; ISK and UGX have none there and two here,
// which are zeros. Of currencies with three the last must be zero.
var digits = [...]string{
	0: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
	2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK " +
		"DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP " +
		"LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD " +
		"RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD YER ZAR ZMW",
	3: "BHD JOD KWD OMR TND",
}

// least are the smallest amounts, in Stripe's units, of the currencies that accounts settle in.
var least = map[string]int64{
	"AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50,
	"JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}

// most is more than Stripe takes of any currency, in its units.
const most = 999_999_999_999

// Accepts returns why Stripe never takes a charge: its currency, an amount that it cannot count, or
// that is below its least one; and what the Gateway lacks, a ReturnURL.
func (g *Gateway) Accepts(c gateway.Charge) error {
	n, _, err := units(c.Amount)
	if err != nil {
		return err
	}
	code := c.Amount.Currency().String()
	if low := least[code]; n < low && (g.Settles == 0 || g.Settles == c.Amount.Currency()) {
		if amount, err := money(low, api.Currency(code)); err == nil {
			return fmt.Errorf("%s is below %s, the least that Stripe takes", c.Amount, amount)
		}
	}
	if g.ReturnURL == "" {
		return errors.New("there is nowhere for a customer to come back to: set ReturnURL")
	}
	return nil
}

// scale is in how many digits Stripe counts a currency.
func scale(code string) (int, bool) {
	for n, codes := range digits {
		if len(code) == 3 && strings.Contains(codes, code) {
			return n, true
		}
	}
	return 0, false
}

// units returns an amount as Stripe counts it, and its currency as Stripe writes it. The error is a
// [*refusal].
func units(m order.Money) (int64, string, error) {
	code := m.Currency().String()
	d, ok := scale(code)
	if !ok {
		return 0, "", &refusal{text: "Stripe does not take " + code}
	}
	n, err := m.Scaled(d)
	switch {
	case err != nil:
		return 0, "", &refusal{text: "Stripe does not take " + m.String() + ": " + err.Error()}
	case n <= 0 || n > most:
		return 0, "", &refusal{text: "Stripe does not take " + m.String()}
	case d == 3 && n%10 != 0:
		return 0, "", &refusal{text: "Stripe does not take " + m.String() + ": the last digit must be 0"}
	}
	return n, strings.ToLower(code), nil
}

// money returns an amount that Stripe counts in units.
func money(n int64, currency api.Currency) (order.Money, error) {
	code := strings.ToUpper(string(currency))
	d, ok := scale(code)
	if !ok {
		return order.Money{}, fmt.Errorf("stripe: an amount is in %q, whose digits are not known", code)
	}
	c, err := order.ParseCurrency(code)
	if err != nil {
		return order.Money{}, err
	}
	return order.FromScaled(n, d, c)
}
