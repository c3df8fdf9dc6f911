package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

// object is what is read of the object of an event: names alone, which are the same in each version
// of Stripe's API, so that an endpoint of another version than the client's is no fault.
type object struct {
	Metadata      map[string]string  `json:"metadata"`
	PaymentIntent *api.PaymentIntent `json:"payment_intent"` // of a dispute
}

// Verify checks who signed a notification and when, at most 5 minutes ago, with each of the Secrets,
// and says which payments and refunds it is about. Listen to payment_intent.*, checkout.session.*,
// charge.dispute.*, refund.* and charge.refund.updated. A dispute has no metadata of its
// own: Stripe is asked for that of its charge.
func (g *Gateway) Verify(ctx context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	err := errors.New("there is no secret")
	for _, secret := range g.Secrets {
		if secret == "" {
			continue
		}
		if err = webhook.ValidatePayload(body, h.Get("Stripe-Signature"), secret); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("stripe: the notification is not sound: %w", err)
	}
	var event struct {
		Object string `json:"object"`
		Type   string `json:"type"`
		Data   struct {
			Object json.RawMessage `json:"object"`
		} `json:"data"`
	}
	var of object
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, fmt.Errorf("stripe: the notification cannot be read: %w", err)
	}
	if event.Object != "event" || !tells(event.Type) {
		return nil, gateway.ErrNotOurs
	}
	if err := json.Unmarshal(event.Data.Object, &of); err != nil {
		return nil, fmt.Errorf("stripe: the object of the notification cannot be read: %w", err)
	}
	named := of.Metadata
	if strings.HasPrefix(event.Type, "charge.dispute.") {
		if named, err = g.disputed(ctx, of.PaymentIntent); err != nil {
			return nil, err
		}
	}
	hint := gateway.Hint{Customer: order.CustomerID(named[metaCustomer]), Payment: order.PaymentID(named[metaPayment]), Refund: order.RefundID(named[metaRefund])}
	if hint.Check() != nil { // made by another system, or by hand
		return nil, gateway.ErrNotOurs
	}
	return []gateway.Hint{hint}, nil
}

// tells reports a kind of event that says something of a payment or a refund.
func tells(kind string) bool {
	for _, prefix := range []string{"payment_intent.", "checkout.session.", "charge.dispute.", "refund.", "charge.refund."} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// disputed returns the metadata of the PaymentIntent that a dispute is about.
func (g *Gateway) disputed(ctx context.Context, of *api.PaymentIntent) (map[string]string, error) {
	if of == nil || of.ID == "" {
		return nil, nil
	}
	pi, err := g.intent(ctx, of.ID, nil)
	switch {
	case missing(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: %w", gateway.ErrUnchecked, unknown("read a disputed charge", err))
	}
	return pi.Metadata, nil
}
