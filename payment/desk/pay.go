package desk

import (
	"context"
	"errors"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// Pay pays what a request asks for, whole or not at all. The payment that it returns has
// succeeded, has failed, or is pending: its Action, if any, is where to send the customer, its
// Data what the client's own code needs, and the sweep finds out how it ends. Once a payment is
// held, no failure is an error of Pay. A [*payment.Refusal] says why nothing is paid; then nothing
// is held, and the key is free. The same key with the same request again returns the same payment;
// with another request it is [payment.ReasonKey] (P13).
func (d *Desk) Pay(ctx context.Context, r payment.Request) (payment.Payment, error) {
	if err := r.Asked(); err != nil {
		return payment.Payment{}, err
	}
	r.By = actor(r.By, r.Customer)
	c, err := d.customerOf(ctx, r.Customer)
	if err != nil {
		return payment.Payment{}, err
	}
	var p payment.Payment
	fresh := false
	if err := d.transactAsking(ctx, c, "hold", r.By, func(b *tx) error {
		p, fresh, err = d.hold(ctx, b, r)
		return err
	}); err != nil {
		return payment.Payment{}, err
	}
	switch {
	case p.State.Final() || p.State == payment.PaymentReview:
		return p, nil
	case fresh:
		p, _ = d.send(ctx, c, p)
	default:
		p, _ = d.lookUp(ctx, c, p, lookToEnd)
	}
	return p, nil // it is held: the sweep goes on from what has failed
}

// hold holds what a request asks for, or finds the payment that its key has made.
func (d *Desk) hold(ctx context.Context, b *tx, r payment.Request) (p payment.Payment, fresh bool, err error) {
	there := false
	if err := d.decide(ctx, b, func() error {
		if err := errors.Join(b.Need(ledger.KindPayment, string(r.Payment())), b.needNamed(&r)); err != nil {
			return err
		}
		p, there, err = b.paidBefore(r)
		return err
	}); err != nil || there {
		return p, false, err
	}
	q, err := d.quote(ctx, b, r)
	if err != nil {
		if p, there := d.heldSince(ctx, b, r, err); there {
			return p, false, nil
		}
		return payment.Payment{}, false, err
	}
	traits := gateway.Traits{}
	if q.Charged() {
		g, err := d.gateway(q.Gateway)
		if err != nil {
			return payment.Payment{}, false, err
		}
		traits = g.Traits()
	}
	err = d.decide(ctx, b, func() error {
		p, err = b.pay(r, q, traits)
		return err
	})
	return p, true, err
}

// paidBefore finds the payment that the key of a request has made.
func (b *tx) paidBefore(r payment.Request) (p payment.Payment, there bool, err error) {
	if err := b.Need(ledger.KindPayment, string(r.Payment())); err != nil {
		return p, false, err
	}
	if p, there = ledger.Get(b.Tx, ledger.Payments, string(r.Payment())); there && !p.Request.Same(r) {
		return payment.Payment{}, false, &payment.Refusal{Reason: payment.ReasonKey, Text: "key " + string(r.Key) + " is used for another request: use another key"}
	}
	return p, there, nil
}

// pay holds what a quote says, with the key that its gateway is asked with, if any is. What
// can no longer be held is a refusal.
func (b *tx) pay(r payment.Request, q payment.Quote, t gateway.Traits) (payment.Payment, error) {
	p, err := b.hold(r, q)
	if err != nil {
		return payment.Payment{}, payment.Refuse("", err) // a resource that is gone, say
	}
	if p.State == payment.PaymentPending {
		b.aim(&p, t)
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return p, nil
}

// heldSince looks once more for the payment of a request that was refused: somebody who asks
// for the same may have held it between one load and the next, and that is what refused it.
func (d *Desk) heldSince(ctx context.Context, b *tx, r payment.Request, err error) (payment.Payment, bool) {
	var refusal *payment.Refusal
	if !errors.As(err, &refusal) {
		return payment.Payment{}, false
	}
	p, err := d.find(ctx, b.call, b.Step, r.Payment())
	if err != nil || !p.Request.Same(r) {
		return payment.Payment{}, false
	}
	b.Undo()
	return p, true
}
