package stripe

import (
	"context"

	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// hosted reports whether a charge begins on Stripe's Checkout: no instrument is named, and there is
// no page of the host's own.
func (g *Gateway) hosted(c gateway.Charge) bool { return c.Instrument == "" && g.Page == nil }

// begin makes what a charge is paid with, and moves nothing: a Checkout Session, or a PaymentIntent
// that is not confirmed. The error is a [*refusal] where Stripe refuses it for certain, and nothing
// was made.
func (g *Gateway) begin(ctx context.Context, c gateway.Charge) (*found, error) {
	customer, err := g.customer(ctx, c.Customer)
	if err != nil {
		return nil, err
	}
	if c.Instrument != "" {
		pm, err := g.owned(ctx, customer, string(c.Instrument))
		if err != nil {
			return nil, err
		}
		if pm == nil {
			return nil, &refusal{text: "the customer has no such instrument", spent: customer != ""}
		}
	}
	id, err := g.make(ctx, c, customer, c.Key)
	if burnt(err) {
		if x, err := g.find(ctx, c); err != nil || x != nil {
			return x, err
		}
		id, err = g.make(ctx, c, customer, c.Key+again)
	}
	if err != nil {
		return nil, certain("make a charge", err)
	}
	return g.read(ctx, id)
}

// make makes it under an idempotency key, and returns its ID.
func (g *Gateway) make(ctx context.Context, c gateway.Charge, customer, key string) (string, error) {
	if g.hosted(c) {
		s, err := g.makeSession(ctx, c, customer, key)
		if err != nil {
			return "", err
		}
		return s.ID, nil
	}
	n, currency, err := units(c.Amount)
	if err != nil {
		return "", err
	}
	p := &api.PaymentIntentCreateParams{Amount: &n, Currency: &currency, Customer: optional(customer), PaymentMethod: optional(string(c.Instrument)),
		Description: api.String(g.describe(c)), Metadata: named(c, true), AutomaticPaymentMethods: &api.PaymentIntentCreateAutomaticPaymentMethodsParams{Enabled: api.Bool(true)}}
	if c.Keep && customer != "" {
		p.SetupFutureUsage = api.String(api.PaymentIntentSetupFutureUsageOffSession)
	}
	p.SetIdempotencyKey(key)
	pi, err := g.stripe().V1PaymentIntents.Create(ctx, p)
	if err != nil {
		return "", err
	}
	return pi.ID, nil
}

// makeSession makes a page of Stripe's on which the customer pays.
func (g *Gateway) makeSession(ctx context.Context, c gateway.Charge, customer, key string) (*api.CheckoutSession, error) {
	n, currency, err := units(c.Amount)
	if err != nil {
		return nil, err
	}
	of := &api.CheckoutSessionCreatePaymentIntentDataParams{Description: api.String(g.describe(c)), Metadata: named(c, false)}
	if c.Keep && customer != "" {
		of.SetupFutureUsage = api.String(api.PaymentIntentSetupFutureUsageOffSession)
	}
	p := &api.CheckoutSessionCreateParams{Mode: api.String(api.CheckoutSessionModePayment), Customer: optional(customer), PaymentIntentData: of, Metadata: named(c, true),
		SuccessURL: api.String(g.returnURL(c)), CancelURL: api.String(g.returnURL(c)), ExpiresAt: api.Int64(c.At.Add(action).Unix()),
		LineItems: []*api.CheckoutSessionCreateLineItemParams{{Quantity: api.Int64(1), PriceData: &api.CheckoutSessionCreateLineItemPriceDataParams{
			Currency: &currency, UnitAmount: &n, ProductData: &api.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: api.String(g.describe(c))}}}}}
	p.SetIdempotencyKey(key)
	return g.stripe().V1CheckoutSessions.Create(ctx, p)
}

// owned returns an instrument of a customer; nil: it is not theirs, as one of nobody is not, which
// whoever has the publishable key can make (P19).
func (g *Gateway) owned(ctx context.Context, customer, instrument string) (*api.PaymentMethod, error) {
	if customer == "" {
		return nil, nil
	}
	pm, err := g.stripe().V1Customers.RetrievePaymentMethod(ctx, instrument, &api.CustomerRetrievePaymentMethodParams{Customer: &customer})
	switch {
	case missing(err):
		return nil, nil
	case err != nil:
		return nil, unknown("look for an instrument", err)
	}
	return pm, nil
}

// named is metadata by which what is made for a charge is told, by its key too where it is found by
// that.
func named(c gateway.Charge, byKey bool) map[string]string {
	m := map[string]string{metaCustomer: string(c.Customer), metaPayment: string(c.Payment)}
	if byKey {
		m[metaKey] = c.Key
	}
	return m
}

// describe names a charge for the customer.
func (g *Gateway) describe(c gateway.Charge) string {
	if g.Describe == nil {
		return "Payment " + string(c.Payment)
	}
	return g.Describe(c)
}
