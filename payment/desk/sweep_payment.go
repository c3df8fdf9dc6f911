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
// payment that the last look leaves undecided goes to review, unless its gateway may still take
// its time.
func (d *Desk) sweepPayment(ctx context.Context, c *call, id order.PaymentID, s *Swept) (done bool, err error) {
	var p payment.Payment
	var t gateway.Traits
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
		t = g.Traits()
		p.Tries++
		p.DueAt = b.next(&p, t)
		ledger.Put(b.Tx, ledger.Payments, p)
		return nil
	}); err != nil || done {
		return !done, err
	}
	p, unheard, err := d.answered(ctx, c, p, lookOfSweep)
	if _, more := c.Policy.WaitAfter(p.Tries); more || !p.State.Open() {
		return true, err
	}
	if err != nil {
		why := gateway.Printable("what the gateway says cannot be carried out: " + err.Error())
		return true, errors.Join(err, d.transact(ctx, c, "review", payment.ByDesk, func(b *tx) error { return b.unanswered(id, why) }))
	}
	return true, d.transact(ctx, c, "review", payment.ByDesk, func(b *tx) error {
		if waits, err := b.patient(id, t, unheard == nil); err != nil || waits {
			return err
		}
		return b.unanswered(id, "the gateway has not said how it ends: see there, and resolve it")
	})
}

// silent is how many looks may fail beyond the waits while a gateway may take its time.
const silent = 2

// patient reports whether a payment whose waits are used up is looked at on, since its gateway
// may rightly leave it undecided: a look that was answered is none of the tries then.
func (b *tx) patient(id order.PaymentID, t gateway.Traits, answered bool) (bool, error) {
	p, err := b.needPayment(id)
	if err != nil || !p.State.Open() || !b.mayWait(&p, t) {
		return false, err
	}
	if _, more := b.Policy.WaitAfter(p.Tries); answered && !more {
		p.Tries--
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	_, more := b.Policy.WaitAfter(p.Tries - silent)
	return more, nil
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
