package stripe

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// Gateway takes money with Stripe. It is a gateway.Gateway, Canceler, Refunder, Verifier and
// Accepter in one. A Gateway is used by its address; set its fields before the first call, then it
// is safe for use by many goroutines.
type Gateway struct {
	// Key is the secret key of the account, or a restricted one that may write PaymentIntents,
	// Checkout Sessions and Refunds, and read Charges, Disputes and Customers.
	Key string
	// Secrets are the signing secrets of the webhook endpoint: two while one is replaced.
	Secrets []string
	// ReturnURL is the https page where Stripe sends a customer back; it is required. In it {payment}
	// becomes the ID of the payment.
	ReturnURL string
	// Page returns the https URL of the host's own page with Stripe's Elements on which a charge
	// is paid; the client secret of the PaymentIntent is the Data of the action, and there may be
	// no URL. Nil: customers pay on Stripe's Checkout.
	Page func(c gateway.Charge) string
	// Customer returns the ID (cus_...) that a customer has at Stripe, and the same one ever after;
	// empty: none. Instruments are kept for it, and taken of it alone. Nil: nobody has one.
	Customer func(ctx context.Context, id order.CustomerID) (string, error)
	// Describe names a charge for the customer, the same each time; at most 250 characters. Nil:
	// its payment ID.
	Describe func(c gateway.Charge) string
	// Settles is the currency of the account's balance, in which Stripe counts its least amounts.
	// Zero: that of each charge. In another currency only Stripe itself refuses what is too little.
	Settles order.Currency
	// HTTP calls Stripe. Nil: a client that gives each call 30 seconds.
	HTTP *http.Client

	once   sync.Once
	client *api.Client
}

var _ interface {
	gateway.Gateway
	gateway.Canceler
	gateway.Refunder
	gateway.Verifier
	gateway.Accepter
} = (*Gateway)(nil)

// Times that Stripe gives, each with a margin on the safe side.
const (
	resend = 23 * time.Hour      // idempotency keys live for 24 hours at least
	action = 23 * time.Hour      // a Checkout Session is open for 24 hours at most, from when Stripe makes it
	flight = time.Minute         // of a call that lasts 30 seconds
	settle = 21 * 24 * time.Hour // a SEPA debit takes up to 14 business days
	refund = 30 * 24 * time.Hour // of a refund that waits for a balance, or for the customer's bank details
	skew   = 10 * time.Minute    // between our clock and Stripe's
)

// Traits say what Stripe can be relied on for: keys of a day, lookups for ever.
func (g *Gateway) Traits() gateway.Traits {
	return gateway.Traits{Resend: resend, Flight: flight, Action: action, Settle: settle, Refund: refund}
}

// Charge takes money, or completes what is ready. It looks for what there is under the key before
// it makes anything, and reads what came of each write, since what Stripe answers under a used key
// may be a day old. A decline is canceled before it is answered: Stripe would take another card.
func (g *Gateway) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	x, err := g.find(ctx, c)
	if err == nil && x == nil {
		if reason := g.Accepts(c); reason != nil {
			return gateway.Outcome{Status: gateway.StatusDeclined, Text: reason.Error()}, nil
		}
		x, err = g.begin(ctx, c)
	}
	var no *refusal
	if errors.As(err, &no) {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: no.text, Spent: no.spent}, nil
	}
	for range 3 { // confirmed, sent to a page, canceled: no charge takes more
		if err != nil || g.next(c, x) == stepNone {
			break
		}
		x, err = g.proceed(ctx, c, x)
	}
	if err != nil {
		return gateway.Outcome{}, err
	}
	return g.outcome(ctx, c, x)
}

// Lookup says what has become of a charge.
func (g *Gateway) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	x, err := g.find(ctx, c)
	if err != nil {
		return gateway.Outcome{}, err
	}
	if x == nil {
		return gateway.Outcome{Status: gateway.StatusNotFound}, nil
	}
	return g.outcome(ctx, c, x)
}

// Cancel gives a charge up. One that was never seen is made as Charge would make it, and canceled
// before anybody can pay it: so its key is used up. What is processing, or paid, says so.
func (g *Gateway) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	x, err := g.find(ctx, c)
	if err == nil && x == nil {
		if g.Accepts(c) != nil {
			return gateway.Outcome{Status: gateway.StatusNotFound}, nil
		}
		x, err = g.begin(ctx, c)
	}
	var no *refusal
	if errors.As(err, &no) {
		return gateway.Outcome{Status: gateway.StatusNotFound}, nil
	}
	if err == nil {
		x, err = g.end(ctx, x)
	}
	if err != nil {
		return gateway.Outcome{}, err
	}
	return g.outcome(ctx, c, x)
}

// stripe is the client, which repeats nothing by itself and logs nothing.
func (g *Gateway) stripe() *api.Client {
	g.once.Do(func() {
		g.client = api.NewClient(g.Key, api.WithBackends(api.NewBackendsWithConfig(&api.BackendConfig{
			HTTPClient:        cmp.Or(g.HTTP, &http.Client{Timeout: 30 * time.Second}),
			MaxNetworkRetries: api.Int64(0),
			LeveledLogger:     &api.LeveledLogger{Level: api.LevelNull},
			EnableTelemetry:   api.Bool(false),
		})))
	})
	return g.client
}

// returnURL is where Stripe sends the customer of a charge back.
func (g *Gateway) returnURL(c gateway.Charge) string {
	return strings.ReplaceAll(g.ReturnURL, "{payment}", url.PathEscape(string(c.Payment)))
}
