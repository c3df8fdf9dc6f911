package stripe

import (
	"context"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// Names of metadata. What is made for a charge has its key, by which it is found. The PaymentIntent
// of a Checkout Session has none: it is found by its session.
const (
	metaKey      = "duebook_key"
	metaCustomer = "duebook_customer"
	metaPayment  = "duebook_payment"
	metaRefund   = "duebook_refund"
	metaOrder    = "duebook_order"
	metaPage     = "duebook_page"    // of a PaymentIntent: the session that takes its place
	metaRefused  = "duebook_refused" // of a PaymentIntent: why it could not be confirmed
)

// found is what Stripe has of a charge: a PaymentIntent, a Checkout Session, or a session that took
// the place of a PaymentIntent.
type found struct {
	intent  *api.PaymentIntent
	session *api.CheckoutSession
}

// handle is Stripe's name for the charge, by which it is read in one call.
func (x *found) handle() string {
	if x.intent != nil {
		return x.intent.ID
	}
	return x.session.ID
}

// key is that of the charge for which it was made.
func (x *found) key() string {
	if x.intent != nil {
		return x.intent.Metadata[metaKey]
	}
	return x.session.Metadata[metaKey]
}

// payer is the PaymentIntent that moves the money; nil: there is none yet.
func (x *found) payer() *api.PaymentIntent {
	if x.session != nil {
		return x.session.PaymentIntent
	}
	return x.intent
}

// find returns what Stripe has under the key of a charge; nil: nothing. By a handle that is one
// call. Without one, all that was made since the first send is listed, of the customer where it is
// known at Stripe, else of the whole account: a call for each hundred. Lists are up to date, where
// Stripe's search for metadata is up to an hour late.
func (g *Gateway) find(ctx context.Context, c gateway.Charge) (*found, error) {
	if c.Handle != "" {
		x, err := g.read(ctx, c.Handle)
		if err != nil || x != nil && x.key() == c.Key {
			return x, err
		}
	}
	customer, err := g.customer(ctx, c.Customer)
	if err != nil {
		return nil, err
	}
	id, err := "", error(nil)
	if g.hosted(c) {
		id, err = g.listSessions(ctx, c, customer)
	}
	if err == nil && id == "" {
		id, err = g.listIntents(ctx, c, customer)
	}
	if err != nil || id == "" {
		return nil, err
	}
	return g.read(ctx, id)
}

// read returns what has a handle, as it is now; nil: nothing has it.
func (g *Gateway) read(ctx context.Context, handle string) (*found, error) {
	x, err := new(found), error(nil)
	if strings.HasPrefix(handle, "cs_") {
		x.session, err = g.session(ctx, handle)
	} else if x.intent, err = g.intent(ctx, handle, &api.PaymentIntentRetrieveParams{Expand: expand("")}); err == nil && x.intent.Metadata[metaPage] != "" {
		x.session, err = g.session(ctx, x.intent.Metadata[metaPage])
	}
	switch {
	case missing(err):
		return nil, nil
	case err != nil:
		return nil, unknown("read a charge", err)
	}
	return x, nil
}

func (g *Gateway) intent(ctx context.Context, id string, p *api.PaymentIntentRetrieveParams) (*api.PaymentIntent, error) {
	return g.stripe().V1PaymentIntents.Retrieve(ctx, id, p)
}

func (g *Gateway) session(ctx context.Context, id string) (*api.CheckoutSession, error) {
	return g.stripe().V1CheckoutSessions.Retrieve(ctx, id, &api.CheckoutSessionRetrieveParams{Expand: expand("payment_intent.")})
}

// expand has a PaymentIntent answered with its charge and what Stripe keeps of that.
func expand(prefix string) []*string {
	return api.StringSlice([]string{prefix + "latest_charge.balance_transaction"})
}

// listIntents returns the ID of the PaymentIntent that was made for a charge; "": there is none.
func (g *Gateway) listIntents(ctx context.Context, c gateway.Charge, customer string) (string, error) {
	p := &api.PaymentIntentListParams{CreatedRange: since(c), Customer: optional(customer)}
	p.Limit = api.Int64(100)
	for pi, err := range g.stripe().V1PaymentIntents.List(ctx, p).All(ctx) {
		if err != nil {
			return "", unknown("list PaymentIntents", err)
		}
		if pi.Metadata[metaKey] == c.Key {
			return pi.ID, nil
		}
	}
	return "", nil
}

// listSessions returns the ID of the Checkout Session that was made for a charge; "": there is none.
func (g *Gateway) listSessions(ctx context.Context, c gateway.Charge, customer string) (string, error) {
	p := &api.CheckoutSessionListParams{CreatedRange: since(c), Customer: optional(customer)}
	p.Limit = api.Int64(100)
	for s, err := range g.stripe().V1CheckoutSessions.List(ctx, p).All(ctx) {
		if err != nil {
			return "", unknown("list Checkout Sessions", err)
		}
		if s.Metadata[metaKey] == c.Key {
			return s.ID, nil
		}
	}
	return "", nil
}

// since is the time from which what was made for a charge is listed.
func since(c gateway.Charge) *api.RangeQueryParams {
	return &api.RangeQueryParams{GreaterThanOrEqual: max(1, c.At.Add(-skew).Unix())}
}

// customer is the ID that a customer has at Stripe; "": none.
func (g *Gateway) customer(ctx context.Context, id order.CustomerID) (string, error) {
	if g.Customer == nil {
		return "", nil
	}
	return g.Customer(ctx, id)
}

// optional is a parameter that is left out where it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
