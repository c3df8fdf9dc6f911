package gatewaytest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/inmem"
)

// handled names its charges and refunds.
type handled struct{ *inmem.Gateway }

func named(key string, out gateway.Outcome, err error) (gateway.Outcome, error) {
	if out.Status != gateway.StatusNotFound {
		out.Handle = "handle-" + key
	}
	return out, err
}

func (h handled) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := h.Gateway.Charge(ctx, c)
	return named(c.Key, out, err)
}

func (h handled) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := h.Gateway.Lookup(ctx, c)
	return named(c.Key, out, err)
}

func (h handled) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	out, err := h.Gateway.Refund(ctx, f)
	return named(f.Key, out, err)
}

// bank is a provider that counts in digits of its own, with the adapter of it: how that counts what
// it charges and what it gives back.
type bank struct {
	*inmem.Gateway
	charged, refunded func(order.Money) (int64, error)
}

// digits are those that the bank counts in, by its documents.
func digits(c order.Currency) int {
	switch c.String() {
	case "ISK", "UGX", "CLP":
		return 2
	case "MGA":
		return 0
	}
	n, _ := c.Digits()
	return n
}

func rightly(m order.Money) (int64, error) { return m.Scaled(digits(m.Currency())) }
func asISO(m order.Money) (int64, error)   { return m.Minor(), nil }

func openBank(charged, refunded func(order.Money) (int64, error)) gatewaytest.OpenGateway {
	return func() (gateway.Gateway, gatewaytest.Vendor) {
		b := bank{new(inmem.Gateway), charged, refunded}
		return b, b
	}
}

func (b bank) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if _, err := b.charged(c.Amount); err != nil {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "no such amount"}, nil
	}
	return b.Gateway.Charge(ctx, c)
}

func (b bank) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if _, err := b.refunded(f.Amount); err != nil {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "no such amount"}, nil
	}
	return b.Gateway.Refund(ctx, f)
}

func (b bank) Seen(key string) (units int64, counted int, currency string) {
	for _, m := range b.Ledger() {
		if m.Key != key || m.Unasked {
			continue
		}
		counted, currency = digits(m.Amount.Currency()), m.Amount.Currency().String()
		by, amount, sign := b.charged, m.Amount, int64(1)
		if m.Refund != "" {
			by = b.refunded
		}
		if m.Amount.Sign() < 0 {
			amount, sign = m.Amount.Neg(), -1
		}
		if n, err := by(amount); err == nil {
			units += sign * n
		}
	}
	return units, counted, currency
}

// P16: an adapter that counts as its provider does keeps every law, though the provider counts in
// other digits than ISO 4217.
func TestP16_OtherDigits(t *testing.T) {
	if err := gatewaytest.VerifyGateway(openBank(rightly, rightly), 100); err != nil {
		t.Error(err)
	}
}

// flawed is a gateway that breaks one law as its provider's side shows.
type flawed struct {
	law, what string
	open      gatewaytest.OpenGateway
}

// P16: a gateway that looks right without its provider's side is caught with it, by the law that
// is meant and by no other.
func TestP16_ProviderLawsCatch(t *testing.T) {
	for _, flaw := range flawedProviders() {
		var caught []string
		for _, law := range gatewaytest.GatewayLaws() {
			for seed := range 20 {
				if law.Holds(flaw.open, gatewaytest.DrawCharge().Example(seed)) != nil {
					caught = append(caught, law.Name)
					break
				}
			}
		}
		if !slices.Equal(caught, []string{flaw.law}) {
			t.Errorf("a gateway with %s is caught by %q, and not by %q alone", flaw.what, caught, flaw.law)
		}
		var broken *ordertest.LawError
		if err := gatewaytest.VerifyGateway(flaw.open, 20); !errors.As(err, &broken) || broken.Law != flaw.law {
			t.Errorf("a gateway with %s: %v", flaw.what, err)
		}
	}
}
