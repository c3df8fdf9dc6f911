package stripe_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// published are the currencies with other than two digits at Stripe, of its page of currencies.
var published = map[string]int{"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0, "PYG": 0, "RWF": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "ISK": 2, "UGX": 2}

// every calls with every currency that there is.
func every(call func(c order.Currency, code string)) {
	for n := range 1000 {
		if c := order.Currency(n); c.String() != "" {
			if _, err := order.ParseCurrency(c.String()); err == nil {
				call(c, c.String())
			}
		}
	}
}

// O13: 120 of each currency that Stripe takes arrives there as 120, in Stripe's digits, and is read
// as 120 again; of what it does not take nothing is sent.
func TestO13_EveryCurrency(t *testing.T) {
	taken := 0
	every(func(c order.Currency, code string) {
		p := open()
		p.Settles = order.EUR
		charged := p.by("k1", fake.CardGood, true)
		amount, err := order.FromScaled(120, 0, c)
		if err != nil {
			t.Fatal(err)
		}
		charged.Amount = amount
		if p.Accepts(charged) != nil {
			return
		}
		taken++
		digits, special := published[code]
		if !special {
			digits = 2
		}
		want := int64(120)
		for range digits {
			want *= 10
		}
		if c == order.EUR || want >= 50 {
			out := says(t, p.Charge, charged, gateway.StatusCaptured)
			if n, currency := p.api.Taken("k1"); n != want || out.Amount != amount {
				t.Errorf("%s: %d %s at Stripe, want %d; read as %s", code, n, currency, want, out.Amount)
			}
		}
	})
	if taken < 130 {
		t.Errorf("%d currencies are taken", taken)
	}
}

// O13: amounts that Stripe cannot count, or that are below its least, are refused before anything is
// sent, on both sides of the bound.
func TestO13_Accepts(t *testing.T) {
	for _, row := range []struct {
		code  string
		minor int64
		want  string
	}{
		{"USD", 50, ""}, {"USD", 49, "0.49 USD is below 0.50 USD, the least that Stripe takes"},
		{"JPY", 50, ""}, {"JPY", 49, "49 JPY is below 50 JPY, the least that Stripe takes"},
		{"GBP", 30, ""}, {"GBP", 29, "0.29 GBP is below 0.30 GBP, the least that Stripe takes"},
		{"HUF", 17500, ""}, {"HUF", 17499, "174.99 HUF is below 175.00 HUF, the least that Stripe takes"},
		{"KWD", 1230, ""}, {"KWD", 1234, "Stripe does not take 1.234 KWD: the last digit must be 0"},
		{"MGA", 1200, ""}, {"MGA", 1220, "Stripe does not take 12.20 MGA: amount \"12.20\" in MGA: is not whole with 0 decimals: round it first, in a place that says how"},
		{"ISK", 1, ""}, {"UGX", 1, ""}, {"CUP", 100, "Stripe does not take CUP"}, {"IRR", 100, "Stripe does not take IRR"},
		{"USD", 999_999_999_999, ""}, {"USD", 1_000_000_000_000, "Stripe does not take 10000000000.00 USD"}, {"USD", 0, "Stripe does not take 0.00 USD"}, {"USD", -1, "Stripe does not take -0.01 USD"},
	} {
		p := open()
		charged := charge("k1")
		charged.Amount = order.Minor(row.minor, currency(t, row.code))
		got := ""
		if err := p.Accepts(charged); err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s %d: %q, want %q", row.code, row.minor, got, row.want)
		}
		if row.want == "" {
			continue
		}
		if out := says(t, p.Charge, charged, gateway.StatusDeclined); out.Text != row.want {
			t.Errorf("%+v", out)
		}
		says(t, p.Cancel, charged, gateway.StatusNotFound)
	}
	p := open()
	p.Settles = currency(t, "GBP")
	low := charge("k1")
	low.Amount = order.Minor(40, order.EUR) // about 0.34 GBP, which is enough
	if err := p.Accepts(low); err != nil {
		t.Error(err)
	}
	p.ReturnURL = ""
	if p.Accepts(charge("k1")) == nil {
		t.Error("there is nowhere for the customer to come back to")
	}
}
