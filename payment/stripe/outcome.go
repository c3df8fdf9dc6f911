package stripe

import (
	"context"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// outcome says what has become of a charge.
func (g *Gateway) outcome(ctx context.Context, c gateway.Charge, x *found) (gateway.Outcome, error) {
	out := gateway.Outcome{Handle: x.handle()}
	pi := x.payer()
	switch {
	case g.next(c, x) != stepNone:
		out.Status = gateway.StatusReady
	case is(pi, api.PaymentIntentStatusSucceeded):
		return g.captured(ctx, c, pi, out)
	case is(pi, api.PaymentIntentStatusProcessing):
		out.Status = gateway.StatusProcessing
	case x.session != nil && x.session.Status == api.CheckoutSessionStatusOpen:
		out.Status, out.Action = gateway.StatusAction, x.session.URL
	case x.over():
		out.Status, out.Text, out.Spent = gateway.StatusCanceled, x.why(), spent(x.intent)
		if out.Text != "" {
			out.Status = gateway.StatusDeclined
		}
	case x.session != nil: // on its way after its page was closed
		out.Status = gateway.StatusProcessing
	case is(pi, api.PaymentIntentStatusRequiresAction), is(pi, api.PaymentIntentStatusRequiresPaymentMethod):
		return g.wanted(c, pi, out), nil
	default:
		return gateway.Outcome{}, fmt.Errorf("stripe: a PaymentIntent is %q, which it never is by us", pi.Status)
	}
	return out, nil
}

// wanted says where a customer pays, or confirms, what waits for them.
func (g *Gateway) wanted(c gateway.Charge, pi *api.PaymentIntent, out gateway.Outcome) gateway.Outcome {
	out.Status, out.Action = gateway.StatusAction, redirect(pi)
	if g.Page == nil {
		return out
	}
	if out.Data = order.Opaque(pi.ClientSecret); out.Action == "" {
		out.Action = g.Page(c)
	}
	return out
}

func is(pi *api.PaymentIntent, status api.PaymentIntentStatus) bool {
	return pi != nil && pi.Status == status
}

// over reports whether nothing can be paid any more. The PaymentIntent of a session is out of reach
// for everybody once its session has ended.
func (x *found) over() bool {
	pi := x.payer()
	if x.session == nil {
		return is(pi, api.PaymentIntentStatusCanceled)
	}
	return pi == nil && x.session.Status == api.CheckoutSessionStatusExpired ||
		is(pi, api.PaymentIntentStatusCanceled) || is(pi, api.PaymentIntentStatusRequiresPaymentMethod)
}

// why is why it was declined, for a person; "": it was not. It is Stripe's text for the holder of a
// card, which gives no more away than it should.
func (x *found) why() string {
	for _, pi := range []*api.PaymentIntent{x.payer(), x.intent} {
		if pi == nil {
			continue
		}
		if e := pi.LastPaymentError; e != nil && e.Type == api.ErrorTypeCard && e.Msg != "" {
			return e.Msg
		} else if e != nil {
			return "declined: " + words(string(e.Code))
		}
		if code := pi.Metadata[metaRefused]; code != "" {
			return refusalText(code)
		}
	}
	return ""
}

// final are the codes of declines after which an instrument is not to be tried again.
var final = map[string]bool{
	"account_closed": true, "debit_not_authorized": true, "do_not_try_again": true, "invalid_account": true, "lost_card": true, "no_account": true,
	"pickup_card": true, "revocation_of_all_authorizations": true, "revocation_of_authorization": true, "stolen_card": true, "stop_payment_order": true,
}

// spent reports an instrument that is not to be tried again, by what Stripe advises or by the code of
// the decline.
func spent(pi *api.PaymentIntent) bool {
	if pi == nil {
		return false
	}
	if ch := pi.LatestCharge; ch != nil && ch.Outcome != nil && ch.Outcome.AdviceCode == api.ChargeOutcomeAdviceCodeDoNotTryAgain {
		return true
	}
	e := pi.LastPaymentError
	return e != nil && (final[string(e.DeclineCode)] || final[string(e.Code)])
}

// captured says what was taken, and how much of it is gone again.
func (g *Gateway) captured(ctx context.Context, c gateway.Charge, pi *api.PaymentIntent, out gateway.Outcome) (gateway.Outcome, error) {
	amount, err := money(pi.AmountReceived, pi.Currency)
	if err != nil {
		return gateway.Outcome{}, err
	}
	out.Status, out.Amount, out.Reference, out.Trade = gateway.StatusCaptured, amount, order.PaymentID(pi.Metadata[metaPayment]), pi.ID
	if c.Keep && pi.SetupFutureUsage == api.PaymentIntentSetupFutureUsageOffSession && pi.PaymentMethod != nil {
		out.Instrument = order.Opaque(pi.PaymentMethod.ID)
	}
	ch := pi.LatestCharge
	if ch == nil {
		return out, nil
	}
	if b := ch.BalanceTransaction; b != nil && b.Currency != "" {
		if fee, err := money(b.Fee, b.Currency); err == nil { // it is never judged
			out.Fee = fee
		}
	}
	if !ch.Disputed {
		return out, nil
	}
	gone, err := g.gone(ctx, pi)
	if err != nil {
		return gateway.Outcome{}, err
	}
	if gone = min(gone, pi.AmountReceived); gone > 0 {
		out.Status = gateway.StatusReversed
		out.Back, err = money(gone, pi.Currency)
	}
	return out, err
}

// gone is how much of a PaymentIntent disputes have taken, returned debits among them: those whose
// amount has left the balance, and has not come again. An inquiry takes nothing, and a dispute that
// is won gives it back.
func (g *Gateway) gone(ctx context.Context, pi *api.PaymentIntent) (sum int64, _ error) {
	p := &api.DisputeListParams{PaymentIntent: &pi.ID}
	p.Limit = api.Int64(100)
	for d, err := range g.stripe().V1Disputes.List(ctx, p).All(ctx) {
		if err != nil {
			return 0, unknown("list disputes", err)
		}
		moved := int64(0)
		for _, b := range d.BalanceTransactions {
			moved += b.Amount
		}
		switch {
		case moved < 0 && d.Currency == pi.Currency:
			sum += d.Amount
		case moved < 0: // counted in another currency than it was paid in
			sum += pi.AmountReceived
		}
	}
	return sum, nil
}
