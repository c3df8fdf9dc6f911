package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// sweepResource does what is due for a resource: an attempt at its automatic renewal, then
// what happens by itself.
func (d *Desk) sweepResource(ctx context.Context, c *call, id order.ResourceID, s *Swept) (done bool, err error) {
	var unpriced *priceError
	var p payment.Payment // to be charged, if any is
	err = d.transactAsking(ctx, c, "resource", payment.ByDesk, func(b *tx) error {
		unpriced, p = nil, payment.Payment{}
		var r renewal.Resource
		attempts := false
		if err := d.decide(ctx, b, func() error {
			var due bool
			r, due, err = b.dueResource(id, s)
			done = !due
			if attempts = due && b.attempts(&r); attempts {
				attempts, err = d.endsAttempt(b, &r)
			}
			return err
		}); err != nil || done {
			return err
		}
		var tried error
		if attempts {
			if p, tried = d.attempt(ctx, b, r); tried == nil {
				return nil
			}
			p = payment.Payment{}
			if errors.Is(tried, payment.ErrHost) || ctx.Err() != nil {
				return tried
			}
			errors.As(tried, &unpriced)
			b.Undo()
		}
		return d.decide(ctx, b, func() error { return b.moveOn(r, tried) })
	})
	if err == nil && unpriced != nil {
		s.fail(unpriced)
	}
	if err == nil && p.State == payment.PaymentPending {
		_, err = d.send(ctx, c, p)
	}
	return !done, err
}

// dueResource finds a resource whose time has come.
func (b *tx) dueResource(id order.ResourceID, s *Swept) (r renewal.Resource, due bool, err error) {
	if err := b.Need(ledger.KindResource, string(id)); err != nil {
		return r, false, err
	}
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
	return r, ok && s.due(b.At, r.DueAt), nil
}

// attempts reports whether an automatic renewal is to be tried now.
func (b *tx) attempts(r *renewal.Resource) bool {
	attempt, ok := b.nextAttempt(r)
	return ok && !attempt.After(b.At)
}

// endsAttempt gives up the payment of an attempt that still waits for the customer when the next one's
// time has come (P19), and reports whether that one can be made: not while the payment is not final,
// since it may yet be charged. What the gateway is processing goes on. The resource is due again when
// the payment is final.
func (d *Desk) endsAttempt(b *tx, r *renewal.Resource) (free bool, err error) {
	if !r.Paying || !r.Asked.Automatic {
		return true, nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return false, err
	}
	o, _ := ledger.Get(b.Tx, ledger.Orders, string(r.Order))
	p, err := b.needPayment(o.Payment)
	if err != nil || p.State != payment.PaymentPending || p.ActionUntil.IsZero() {
		return false, err
	}
	t := gateway.Traits{}
	if g, err := d.gateway(p.Gateway); err == nil { // else it is canceled once the Desk has its gateway again
		t = g.Traits()
	}
	b.giveUp(&p, t, "it was not finished before the next attempt")
	return false, nil
}

// moveOn does what happens to a resource by itself. tried says why an automatic renewal has
// failed, if one was tried.
func (b *tx) moveOn(r renewal.Resource, tried error) (err error) {
	if r, err = b.current(r); err != nil {
		return err
	}
	if tried != nil {
		r.Auto.Tried = b.At
		text := tried.Error()
		var unpriced *priceError
		if errors.As(tried, &unpriced) {
			text = "there is no price for it" // what else the host says is for the host
		}
		b.Tell(ledger.Notice{Kind: ledger.NoticeRenewalFailed, Resource: r.ID, Until: r.Expiry, Text: text})
	}
	_, err = b.lapse(r)
	return err
}

// attempt renews a resource automatically, with what is bound to it: at the best discount,
// with one cash coupon, by the first method that can (R5). A payment that is pending is to be charged.
func (d *Desk) attempt(ctx context.Context, b *tx, r renewal.Resource) (p payment.Payment, err error) {
	var q payment.Request
	err = d.decide(ctx, b, func() (err error) {
		q, err = b.placeAutomatic(r)
		return err
	})
	if err != nil {
		return p, err
	}
	methods, err := b.renewsBy(&r.Auto)
	if err != nil {
		return p, err
	}
	for _, q.Method = range methods {
		if q.Gateway = ""; q.Method == payment.MethodOnline {
			q.Gateway = r.Auto.Gateway
		}
		var quote payment.Quote
		if quote, err = d.quoteAutomatic(ctx, b, q); err == nil {
			err = d.decide(ctx, b, func() error {
				p, err = d.holdAutomatic(b, r.ID, q, quote)
				return err
			})
		}
		var refusal *payment.Refusal
		if !errors.As(err, &refusal) {
			return p, err
		}
	}
	return p, err
}

// holdAutomatic holds what an automatic renewal costs. What is charged to an instrument counts as a
// try of it, and the attempt as made: the next one comes by the schedule.
func (d *Desk) holdAutomatic(b *tx, id order.ResourceID, r payment.Request, q payment.Quote) (p payment.Payment, err error) {
	if !q.Charged() {
		return b.hold(r, q)
	}
	g, err := d.gateway(q.Gateway)
	if err != nil {
		return p, err
	}
	if err := b.again(q.Gateway, b.call.Charges(&r, q.Gateway)); err != nil {
		return p, err
	}
	if p, err = b.hold(r, q); err != nil {
		return p, err
	}
	b.aim(&p, g.Traits())
	ledger.Put(b.Tx, ledger.Payments, p)
	x, _ := ledger.Get(b.Tx, ledger.Resources, string(id))
	x.Auto.Tried = b.At
	b.putResource(x)
	return p, nil
}

// renewedAutomatically is the resource that a payment of the Desk's own renews with what is bound to
// it, while its order is open.
func (b *tx) renewedAutomatically(p *payment.Payment) (renewal.Resource, bool) {
	for i := range p.Quote.Items {
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(p.Quote.Items[i].Order))
		for k := range o.Lines {
			if r, ok := ledger.Get(b.Tx, ledger.Resources, string(o.Lines[k].Resource)); ok && r.Order == o.ID && r.Asked.Automatic {
				return r, true
			}
		}
	}
	return renewal.Resource{}, false
}

// endAutomatic gives the orders of an automatic renewal a cause before they are released: nobody is
// there to pay them, and the next attempt places its own.
func (b *tx) endAutomatic(p *payment.Payment) error {
	for i := range p.Quote.Items {
		o, _ := ledger.Get(b.Tx, ledger.Orders, string(p.Quote.Items[i].Order))
		if o.State != order.StatePaying || o.Reason != "" {
			continue
		}
		if err := b.moveAlone(&o, order.Move{Event: order.EventCancel, By: payment.ByDesk, Reason: order.ReasonAdjustmentFailed}); err != nil {
			return err
		}
	}
	return nil
}

// placeAutomatic places the renewal of a resource, and says how it is to be paid. A manual
// renewal order of the resource alone that is not yet paid is canceled; any other open order
// refuses it (O12).
func (b *tx) placeAutomatic(r renewal.Resource) (q payment.Request, err error) {
	if err := b.NeedBound(r.ID); err != nil {
		return q, err
	}
	batch, err := renewal.Batch([]order.ResourceID{r.ID}, b.Now.Resources)
	if err != nil {
		return q, err
	}
	asked := make([]renewal.PendingRenewal, len(batch))
	for i := range batch {
		asked[i] = renewal.PendingRenewal{Term: r.Auto.Term, Automatic: batch[i].ID == r.ID}
		if err := b.supersede(batch[i]); err != nil {
			return q, err
		}
	}
	id := order.Derive("automatic", string(b.Customer), string(r.ID), r.Expiry.UTC().Format(time.RFC3339), b.At.UTC().Format(time.RFC3339))
	placed, err := b.placeRenewals(id, batch, asked)
	if err != nil {
		return q, err
	}
	q = payment.Request{Key: payment.Key(id), Customer: b.Customer, By: payment.ByDesk, Choose: true}
	for i := range placed {
		q.Orders = append(q.Orders, placed[i].ID)
		q.Discounts = append(q.Discounts, payment.Pick{Order: placed[i].ID, Best: true})
	}
	return q, nil
}

// quoteAutomatic is quote with cash coupons and discounts alone.
func (d *Desk) quoteAutomatic(ctx context.Context, b *tx, r payment.Request) (payment.Quote, error) {
	if err := d.decide(ctx, b, func() error { return b.NeedAll(ledger.KindCoupon) }); err != nil {
		return payment.Quote{}, err
	}
	all := b.Now.Coupons
	b.Now.Coupons = slices.DeleteFunc(slices.Clone(all), func(c coupon.Coupon) bool {
		return c.Kind != coupon.KindCash && c.Kind != coupon.KindDiscount
	})
	at := b.At
	q, err := d.quote(ctx, b, r)
	b.At = ledger.Later(at, b.At)
	for _, c := range all {
		if _, kept := ledger.Get(b.Tx, ledger.Coupons, string(c.ID)); !kept {
			b.Now.Coupons = append(b.Now.Coupons, c)
		}
	}
	return q, err
}

// supersede cancels the manual renewal order of a resource that an automatic renewal makes
// superfluous (O12).
func (b *tx) supersede(r renewal.Resource) error {
	if r.Order == "" {
		return nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(r.Order))
	if !ok || b.past(&o) {
		return nil // it makes room by itself
	}
	if o.State == order.StatePaying || o.Type != order.TypeRenewal || o.Purchase != "" {
		return &order.ResourceError{Order: o.ID, Resource: r.ID, Holder: o.ID, State: o.State}
	}
	return b.move(o.ID, order.Move{Event: order.EventCancel, By: payment.ByDesk, Reason: order.ReasonRenewedAutomatically})
}
