package desk

import (
	"context"
	"errors"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// sweepPayment looks at a payment whose time has come. A commit first moves its waiting time
// forward: several hosts do not repeat each other, and what fails does not stay first. A
// payment that the last look leaves undecided goes to review.
func (d *Desk) sweepPayment(ctx context.Context, c *call, id order.PaymentID, s *Swept) (done bool, err error) {
	var p payment.Payment
	if err := d.transact(ctx, c, "claim payment", payment.ByDesk, func(b *tx) (err error) {
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		if done = !s.due(b.At, p.DueAt); done {
			return nil
		}
		g, err := d.gateway(p.Gateway)
		if err != nil {
			return err
		}
		p.Tries++
		p.DueAt = b.next(&p, g.Traits())
		ledger.Put(b.Tx, ledger.Payments, p)
		return nil
	}); err != nil || done {
		return !done, err
	}
	p, err = d.lookUp(ctx, c, p, true)
	if _, more := c.Policy.WaitAfter(p.Tries); more || !p.State.Open() {
		return true, err
	}
	why := "the gateway has not said how it ends: see there, and resolve it"
	if err != nil {
		why = gateway.Printable("what the gateway says cannot be carried out: " + err.Error())
	}
	return true, errors.Join(err, d.transact(ctx, c, "review", payment.ByDesk, func(b *tx) error { return b.unanswered(id, why) }))
}

// unanswered sends a payment to review whose last look has decided nothing.
func (b *tx) unanswered(id order.PaymentID, why string) error {
	p, err := b.needPayment(id)
	if err != nil {
		return err
	}
	if _, more := b.Policy.WaitAfter(p.Tries); more || !p.State.Open() {
		return nil
	}
	return b.hear(&p, payment.PaymentMove{Event: payment.EventUnanswered, Why: why})
}
