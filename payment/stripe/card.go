package stripe

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	api "github.com/stripe/stripe-go/v85"
)

var _ desk.Wallets = (*Gateway)(nil)

// Card says which card an instrument is, where it is one of the customer's (P19): set the Gateway as
// the Wallets of a Desk, or ask it from the host's own for what it charges. Without an instrument, and
// of what is no card, nothing is known.
func (g *Gateway) Card(ctx context.Context, in desk.Inquiry, _ string, instrument order.Opaque) (payment.Card, error) {
	if instrument == "" {
		return payment.Card{}, nil
	}
	customer, err := g.customer(ctx, in.Customer)
	if err != nil {
		return payment.Card{}, err
	}
	pm, err := g.owned(ctx, customer, string(instrument))
	switch {
	case err != nil:
		return payment.Card{}, err
	case pm == nil:
		return payment.Card{}, order.ErrNotFound
	case pm.Card == nil:
		return payment.Card{}, nil
	}
	card := payment.Card{Brand: string(pm.Card.Brand)}
	switch pm.Card.Funding {
	case api.CardFundingCredit, api.CardFundingDebit, api.CardFundingPrepaid:
		card.Funding = payment.Funding(pm.Card.Funding)
	}
	return card, nil
}
