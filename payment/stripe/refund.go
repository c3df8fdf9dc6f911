package stripe

import (
	"cmp"
	"context"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// Refund gives money back. It looks for the refund before it makes one, and reads what came of it:
// what Stripe answers under a used key says pending for a day.
func (g *Gateway) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	pi, err := g.refunded(ctx, f)
	if err != nil || pi == nil {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "Stripe has no such charge"}, err
	}
	n, _, err := units(f.Amount)
	if err != nil {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: err.Error()}, nil
	}
	re, err := g.findRefund(ctx, f, pi)
	for _, key := range []string{f.Key, f.Key + again} {
		if err != nil || re != nil {
			break
		}
		if made := g.makeRefund(ctx, f, pi, n, key); made != nil && !burnt(made) {
			return notReturned(made)
		}
		re, err = g.findRefund(ctx, f, pi)
	}
	if err == nil && re == nil {
		err = errGone
	}
	if err != nil {
		return gateway.Outcome{}, err
	}
	return returned(re)
}

// notReturned says that Stripe does not give money back, or that nothing is known.
func notReturned(err error) (gateway.Outcome, error) {
	if code := refusedFor(err); code != "" {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: refusalText(code)}, nil
	}
	return gateway.Outcome{}, unknown("make a refund", err)
}

// makeRefund makes a refund under an idempotency key.
func (g *Gateway) makeRefund(ctx context.Context, f gateway.Refund, pi *api.PaymentIntent, n int64, key string) error {
	p := &api.RefundCreateParams{PaymentIntent: &pi.ID, Amount: &n, Metadata: map[string]string{metaKey: f.Key, metaCustomer: string(f.Customer),
		metaPayment: string(f.Payment), metaRefund: string(f.Refund)}}
	if f.Order != "" {
		p.Metadata[metaOrder] = string(f.Order)
	}
	p.SetIdempotencyKey(key)
	_, err := g.stripe().V1Refunds.Create(ctx, p)
	return err
}

// LookupRefund says what has become of a refund, as it is now.
func (g *Gateway) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	pi, err := g.refunded(ctx, f)
	if err != nil || pi == nil {
		return gateway.Outcome{Status: gateway.StatusNotFound}, err
	}
	re, err := g.findRefund(ctx, f, pi)
	if err != nil || re == nil {
		return gateway.Outcome{Status: gateway.StatusNotFound}, err
	}
	return returned(re)
}

// refunded returns the PaymentIntent that a refund is of; nil: it took no money for the payment.
func (g *Gateway) refunded(ctx context.Context, f gateway.Refund) (*api.PaymentIntent, error) {
	if !strings.HasPrefix(f.Trade, "pi_") {
		return nil, nil
	}
	pi, err := g.intent(ctx, f.Trade, nil)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, unknown("read a charge", err)
	}
	if pi.Metadata[metaPayment] != string(f.Payment) || pi.Status != api.PaymentIntentStatusSucceeded {
		return nil, nil
	}
	return pi, nil
}

// findRefund returns the refund with a key; nil: there is none. By a handle that is one call, else
// the refunds of the charge are listed.
func (g *Gateway) findRefund(ctx context.Context, f gateway.Refund, pi *api.PaymentIntent) (*api.Refund, error) {
	if f.Handle != "" {
		re, err := g.stripe().V1Refunds.Retrieve(ctx, f.Handle, nil)
		if err == nil && re.Metadata[metaKey] == f.Key {
			return re, nil
		}
		if err != nil && !missing(err) {
			return nil, unknown("read a refund", err)
		}
	}
	p := &api.RefundListParams{PaymentIntent: &pi.ID}
	p.Limit = api.Int64(100)
	for re, err := range g.stripe().V1Refunds.List(ctx, p).All(ctx) {
		if err != nil {
			return nil, unknown("list refunds", err)
		}
		if re.Metadata[metaKey] == f.Key {
			return re, nil
		}
	}
	return nil, nil
}

// returned says what has become of a refund. One that waits for the balance, or for bank details of
// the customer, is on its way; one that failed, though it had succeeded, is declined.
func returned(re *api.Refund) (gateway.Outcome, error) {
	out := gateway.Outcome{Status: gateway.StatusProcessing, Handle: re.ID}
	switch re.Status {
	case api.RefundStatusSucceeded:
		amount, err := money(re.Amount, re.Currency)
		if err != nil {
			return gateway.Outcome{}, err
		}
		out.Status, out.Amount, out.Reference, out.Trade = gateway.StatusCaptured, amount, order.PaymentID(re.Metadata[metaPayment]), re.ID
	case api.RefundStatusFailed, api.RefundStatusCanceled:
		why := cmp.Or(string(re.FailureReason), string(re.Status))
		out.Status, out.Text = gateway.StatusDeclined, "Stripe could not give it back: "+words(why)
	}
	return out, nil
}
