package stripe_test

import (
	"context"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
	"github.com/duebook/duebook/renewal"
)

// seats cost 12.00 EUR a month.
type seats struct{}

func (seats) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	return order.Minor(1200, order.EUR).Times(r.Count, t.N)
}

// told is what customers hear.
type told []ledger.Notice

func (t *told) Notify(_ context.Context, n ledger.Notice) error {
	*t = append(*t, n)
	return nil
}

// R5, P19: a plan is renewed by the customer's saved card while nobody is there; where the bank asks
// for them, they are told the page, pay on it, and the plan is renewed.
func TestR5_RenewedBySavedCard(t *testing.T) {
	for _, card := range []fake.Card{fake.CardGood, fake.CardAuthenticates} {
		p, heard := open(), &told{}
		saved := order.Opaque(p.api.Save(atStripe(buyer), fake.CardGood))
		store := &inmem.Store{}
		d := &desk.Desk{Store: store, Gateways: map[string]gateway.Gateway{"card": p.Gateway}, Wallets: p.Gateway, Prices: seats{}, Policy: payment.SaaS(), Notifier: heard,
			Customers: inmem.Customers{Default: payment.Customer{Gateway: "card", Instrument: saved}}, Now: p.api.Now}
		if _, err := d.Buy(ctx, desk.BuyRequest{ID: "O1", Customer: buyer, Lines: []order.Line{{Product: "team", Count: 1, Term: order.Term{N: 1, Unit: order.Month}}}}); err != nil {
			t.Fatal(err)
		}
		if paid, err := d.Pay(ctx, payment.Request{Key: "k1", Customer: buyer, Orders: []order.ID{"O1"}, Method: payment.MethodOnline}); err != nil || paid.State != payment.PaymentSucceeded {
			t.Fatal(paid.State, paid.Reason, err)
		}
		provided, err := d.Provide(ctx, desk.ProvideRequest{Customer: buyer, By: "shop", Order: "O1", Resources: []order.ResourceID{"ws"}})
		if err != nil {
			t.Fatal(err)
		}
		if card == fake.CardAuthenticates {
			p.api.Behave(string(saved), card)
		}
		asked := ""
		for range 24 * 32 {
			p.api.Advance(time.Hour)
			if _, err := d.Sweep(ctx, 100); err != nil {
				t.Fatal(err)
			}
			for _, n := range *heard {
				if n.Action != "" && asked == "" {
					asked = n.Action
					if !p.api.PayAt(asked, fake.CardGood) {
						t.Errorf("nothing is paid at %q", asked)
					}
				}
			}
		}
		now, err := d.Resource(ctx, buyer, "ws")
		if err != nil || !now.Expiry.After(provided[0].Expiry) {
			t.Errorf("%s: it expires %s, and did %s, %v; %+v", card, now.Expiry, provided[0].Expiry, err, *heard)
		}
		if moves := p.api.Moves(); len(moves) != 2 || (asked != "") != (card == fake.CardAuthenticates) {
			t.Errorf("%s: asked at %q, moved %v", card, asked, moves)
		}
	}
}
