package stripe_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// P19: which card an instrument is, where it is the customer's, and not found where it is anybody
// else's; what cannot be asked is unknown.
func TestP19_Card(t *testing.T) {
	p := open()
	own := order.Opaque(p.api.Save(atStripe("c-7"), fake.CardGood))
	in := desk.Inquiry{Customer: "c-7", By: "c-7"}
	if card, err := p.Card(ctx, in, "card", own); err != nil || card != (payment.Card{Brand: "visa", Funding: payment.FundingCredit}) {
		t.Errorf("%+v, %v", card, err)
	}
	if card, err := p.Card(ctx, in, "card", ""); err != nil || card != (payment.Card{}) {
		t.Errorf("%+v, %v", card, err)
	}
	for name, instrument := range map[string]string{"another's": p.api.Save(atStripe("c-8"), fake.CardGood), "nobody's": p.api.Loose(fake.CardGood), "none": "pm_none"} {
		if _, err := p.Card(ctx, in, "card", order.Opaque(instrument)); !errors.Is(err, order.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.api.Fault = func(*http.Request) fake.Fault { return fake.Fault500Before }
	if _, err := p.Card(ctx, in, "card", own); err == nil || errors.Is(err, order.ErrNotFound) {
		t.Error(err)
	}
	p.Customer = nil
	if _, err := p.Card(ctx, in, "card", own); !errors.Is(err, order.ErrNotFound) {
		t.Error(err)
	}
}
