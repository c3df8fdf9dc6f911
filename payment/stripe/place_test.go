package stripe_test

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

var (
	ctx     = context.Background()
	sending = time.Date(2026, 1, 28, 9, 0, 0, 0, time.UTC)
)

// place is a gateway and the Stripe that it calls.
type place struct {
	*stripe.Gateway
	api *fake.Stripe
}

// open returns a gateway whose customers pay on Stripe's Checkout.
func open() *place {
	api := fake.New(sending)
	return &place{&stripe.Gateway{Key: "sk_test_fake", Secrets: []string{"whsec_new", "whsec_old"}, ReturnURL: "https://shop.example/back/{payment}",
		Customer: func(_ context.Context, id order.CustomerID) (string, error) { return atStripe(id), nil }, HTTP: api.Client()}, api}
}

// openPage returns one whose customers pay on the host's own page.
func openPage() *place {
	p := open()
	p.Page = func(c gateway.Charge) string { return "https://shop.example/pay/" + string(c.Payment) }
	return p
}

// atStripe is the ID that a customer has at Stripe.
func atStripe(id order.CustomerID) string { return "cus_" + hex.EncodeToString([]byte(id)) }

// charge is a charge of 12.00 EUR under a key.
func charge(key string) gateway.Charge {
	return gateway.Charge{Gateway: "card", Key: key, Customer: "c-7", Payment: order.PaymentID("p-" + key), Amount: order.Minor(1200, order.EUR), At: sending}
}

// by is a charge with a card that the customer has saved.
func (p *place) by(key string, card fake.Card, absent bool) gateway.Charge {
	c := charge(key)
	c.Instrument, c.Absent = order.Opaque(p.api.Save(atStripe(c.Customer), card)), absent
	return c
}

// says fails unless a call answers with a status, and returns the outcome.
func says(t *testing.T, call func(context.Context, gateway.Charge) (gateway.Outcome, error), c gateway.Charge, want gateway.Status) gateway.Outcome {
	t.Helper()
	out, err := call(ctx, c)
	if err != nil || out.Status != want {
		t.Fatalf("got %+v, %v, want %s", out, err, want)
	}
	return out
}

// currency is a currency by its code.
func currency(t *testing.T, code string) order.Currency {
	t.Helper()
	c, err := order.ParseCurrency(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
