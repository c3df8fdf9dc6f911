package stripe

import (
	"context"

	"github.com/duebook/duebook/payment/gateway"
	api "github.com/stripe/stripe-go/v85"
)

// step is what Charge does with a PaymentIntent that waits for us.
//
// One of: none, confirm, page, give up.
type step string

const (
	stepNone    step = "none"
	stepConfirm step = "confirm" // the customer, or nobody, is to be charged
	stepPage    step = "page"    // the customer is needed, and is sent to a page of Stripe's
	stepGiveUp  step = "give up" // it was declined, or a page has taken its place: it must not be paid any more
)

// next is the step that a charge is to take; none: it is up to the customer or to Stripe, or it has
// ended.
func (g *Gateway) next(c gateway.Charge, x *found) step {
	pi := x.intent
	if pi == nil {
		return stepNone
	}
	switch pi.Status {
	case api.PaymentIntentStatusRequiresConfirmation:
		return stepConfirm
	case api.PaymentIntentStatusRequiresPaymentMethod:
		wanted := c.Instrument == "" || authenticates(pi)
		return g.ask(x, wanted)
	case api.PaymentIntentStatusRequiresAction:
		if redirect(pi) != "" && x.session == nil {
			return stepNone
		}
		return g.ask(x, true)
	}
	return stepNone
}

// ask is the step by which a customer is asked to pay what waits, where that is wanted.
func (g *Gateway) ask(x *found, wanted bool) step {
	switch {
	case x.session != nil || !wanted:
		return stepGiveUp
	case g.Page != nil:
		return stepNone
	case x.intent.LastPaymentError == nil && x.intent.NextAction == nil:
		return stepGiveUp // it was made to be canceled
	}
	return stepPage
}

// proceed takes a step, and returns what there is then.
func (g *Gateway) proceed(ctx context.Context, c gateway.Charge, x *found) (*found, error) {
	switch g.next(c, x) {
	case stepConfirm:
		return g.confirm(ctx, c, x)
	case stepPage:
		return g.page(ctx, c, x)
	}
	return g.giveUp(ctx, x)
}

// confirm has the money taken. What Stripe refuses for certain is marked so and canceled: it would
// stay as it is.
func (g *Gateway) confirm(ctx context.Context, c gateway.Charge, x *found) (*found, error) {
	p := &api.PaymentIntentConfirmParams{ReturnURL: api.String(g.returnURL(c))}
	if c.Absent {
		p.OffSession = api.Bool(true)
	}
	_, err := afresh(c.Key+"-confirm", func(key string) (*api.PaymentIntent, error) { // a PaymentIntent that has succeeded is not confirmed again
		p.SetIdempotencyKey(key)
		return g.stripe().V1PaymentIntents.Confirm(ctx, x.intent.ID, p)
	})
	code := refusedFor(err)
	if err != nil && code == "" && !declined(err) {
		return nil, unknown("confirm a charge", err)
	}
	now, err := g.reread(ctx, x)
	if err != nil || code == "" || now.intent.Status != api.PaymentIntentStatusRequiresConfirmation {
		return now, err
	}
	if err := g.mark(ctx, now, metaRefused, code); err != nil {
		return nil, err
	}
	return g.giveUp(ctx, now)
}

// page has a session take the place of a PaymentIntent for which the customer is needed. The session
// is named in it first, then it is canceled; only then is the customer sent there.
func (g *Gateway) page(ctx context.Context, c gateway.Charge, x *found) (*found, error) {
	customer, err := g.customer(ctx, c.Customer)
	if err != nil {
		return nil, err
	}
	s, err := afresh(c.Key+"-page", func(key string) (*api.CheckoutSession, error) { // one that nobody is sent to does no harm
		return g.makeSession(ctx, c, customer, key)
	})
	switch {
	case refusedFor(err) != "": // too late for a page
		return g.giveUp(ctx, x)
	case err != nil:
		return nil, unknown("make a page", err)
	}
	if err := g.mark(ctx, x, metaPage, s.ID); err != nil {
		return nil, err
	}
	return g.giveUp(ctx, x)
}

// mark writes a word into the metadata of a PaymentIntent.
func (g *Gateway) mark(ctx context.Context, x *found, name, word string) error {
	_, err := g.stripe().V1PaymentIntents.Update(ctx, x.intent.ID, &api.PaymentIntentUpdateParams{Metadata: map[string]string{name: word}})
	if err != nil {
		return unknown("mark a charge", err)
	}
	return nil
}

// giveUp cancels a PaymentIntent that nobody is to pay any more. Where Stripe refuses that, it has
// changed meanwhile.
func (g *Gateway) giveUp(ctx context.Context, x *found) (*found, error) {
	_, err := g.stripe().V1PaymentIntents.Cancel(ctx, x.intent.ID, &api.PaymentIntentCancelParams{CancellationReason: api.String(api.PaymentIntentCancellationReasonAbandoned)})
	if err != nil && refusedFor(err) == "" {
		return nil, unknown("cancel a charge", err)
	}
	return g.reread(ctx, x)
}

// end cancels whatever of a charge can still be paid.
func (g *Gateway) end(ctx context.Context, x *found) (*found, error) {
	if x.intent != nil && waits(x.intent) {
		now, err := g.giveUp(ctx, x)
		if err != nil {
			return nil, err
		}
		x = now
	}
	if x.session == nil || x.session.Status != api.CheckoutSessionStatusOpen {
		return x, nil
	}
	if _, err := g.stripe().V1CheckoutSessions.Expire(ctx, x.session.ID, nil); err != nil && refusedFor(err) == "" {
		return nil, unknown("expire a page", err)
	}
	return g.reread(ctx, x)
}

// reread returns the same as it is now.
func (g *Gateway) reread(ctx context.Context, x *found) (*found, error) {
	now, err := g.read(ctx, x.handle())
	if err == nil && now == nil {
		return nil, errGone
	}
	return now, err
}

// waits reports a PaymentIntent that can be canceled.
func waits(pi *api.PaymentIntent) bool {
	switch pi.Status {
	case api.PaymentIntentStatusSucceeded, api.PaymentIntentStatusCanceled, api.PaymentIntentStatusProcessing:
		return false
	}
	return true
}

// authenticates reports a PaymentIntent whose card wants its holder.
func authenticates(pi *api.PaymentIntent) bool {
	e := pi.LastPaymentError
	return e != nil && (e.Code == api.ErrorCodeAuthenticationRequired || e.DeclineCode == api.DeclineCode(api.ErrorCodeAuthenticationRequired))
}

// redirect is the https page on which a customer confirms; "": there is none.
func redirect(pi *api.PaymentIntent) string {
	n := pi.NextAction
	switch {
	case n == nil:
	case n.RedirectToURL != nil:
		return n.RedirectToURL.URL
	case n.VerifyWithMicrodeposits != nil:
		return n.VerifyWithMicrodeposits.HostedVerificationURL
	}
	return ""
}
