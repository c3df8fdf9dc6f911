package stripe_test

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// A host sets the key, the webhook's secrets and where customers come back. The Desk does the rest.
func ExampleGateway() {
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	plays := fake.New(at) // Stripe, in this test
	card := &stripe.Gateway{Key: "sk_test_...", Secrets: []string{"whsec_..."}, ReturnURL: "https://shop.example/paid/{payment}", HTTP: plays.Client()}

	c := gateway.Charge{Key: "k1", Customer: "c-7", Payment: "p-1", Amount: order.Minor(1200, order.EUR), At: at}
	out, err := card.Charge(context.Background(), c)
	fmt.Println(out.Status, out.Action, err)

	plays.Pay("k1", fake.CardGood)
	out, err = card.Lookup(context.Background(), c)
	fmt.Println(out.Status, out.Amount, out.Fee, err)
	// Output:
	// action required https://checkout.stripe.example/c/pay/cs_fake000001 <nil>
	// captured 12.00 EUR 0.66 EUR <nil>
}
