package desk

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// sweepPayment looks at a payment whose time has come. A commit first moves its waiting
// time forward: several hosts do not repeat each other, and what fails does not stay first.
// One that the last look leaves undecided is for an operator.
func (d *Desk) sweepPayment(ctx context.Context, c *payment.Customer, id order.PaymentID, s *Swept) (done bool, err error) {
	var p payment.Payment
	if err := d.transact(ctx, c, "claim payment", payment.ByDesk, func(b *tx) (err error) {
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		if done = !s.due(b.At, p.Waits); done {
			return nil
		}
		g, err := d.gateway(p.Gateway)
		if err != nil {
			return err
		}
		p.Tries++
		p.Waits = b.next(&p, g.Traits())
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

// unanswered leaves a payment to an operator whose last look has decided nothing.
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

// next is when a payment is looked at next: after the wait of its tries, but no later than
// its hold lasts, and just before the gateway may forget its key, first sent or last. Late
// money is looked for until then, and no further: zero.
func (b *tx) next(p *payment.Payment, t gateway.Traits) time.Time {
	wait, more := b.Policy.WaitAfter(p.Tries)
	next, last := b.At.Add(wait), t.LivesUntil(p.Last)
	held := p.Held.Add(b.Policy.HoldTime())
	if p.State.Final() {
		if held = last; !more || t.KeyLife > 0 && !last.After(b.At) {
			next = last
		}
	}
	for _, end := range [...]time.Time{t.LivesUntil(p.Sent), last, held} {
		if end.After(b.At) && end.Before(next) {
			next = end
		}
	}
	if !next.After(b.At) {
		return time.Time{}
	}
	return next
}

// forgotten is why an operator looks at a payment whose key may be gone.
const forgotten = "the gateway may have forgotten the key: see there, and resolve it"

// notFound: the gateway has not seen the charge. That is not a failure. It is sent again
// with the same key while the key lives and the hold lasts; otherwise it is given up.
func (d *Desk) notFound(ctx context.Context, c *payment.Customer, p payment.Payment, g gateway.Gateway) (payment.Payment, error) {
	if p.State.Final() {
		return p, nil
	}
	id, again := p.ID, false
	if err := d.transact(ctx, c, "send again", payment.ByDesk, func(b *tx) (err error) {
		p, again, err = b.unseen(id, g.Traits())
		return err
	}); err != nil {
		return p, err
	}
	switch {
	case again && p.State == payment.PaymentPending:
		return d.send(ctx, c, p)
	case p.State == payment.PaymentCanceling:
		return d.cancel(ctx, c, p, g, gateway.StatusNotFound)
	}
	return p, nil
}

// unseen is what becomes of a payment that its gateway has not seen, and whether it is sent
// again.
func (b *tx) unseen(id order.PaymentID, t gateway.Traits) (p payment.Payment, again bool, err error) {
	if p, err = b.needPayment(id); err != nil || !p.State.Open() {
		return p, false, err
	}
	m := payment.PaymentMove{Event: payment.EventNotFound, Why: "its hold has ended, and the gateway has not seen it", KeyGone: !t.Lives(p.Sent, b.At), Lasts: b.lasts(&p)}
	if m.KeyGone {
		m.Why = forgotten
	}
	was := p.State
	do, err := b.apply(&p, m)
	if err == nil && was == payment.PaymentPending && p.State == payment.PaymentCanceling {
		p.Waits = b.next(&p, t)
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return p, do == payment.EffectSend, err
}

// lasts reports whether the hold of a payment lasts.
func (b *tx) lasts(p *payment.Payment) bool { return b.At.Before(p.Held.Add(b.Policy.HoldTime())) }

// stillOpen: the gateway has the charge, and it is not decided.
func (d *Desk) stillOpen(ctx context.Context, c *payment.Customer, p payment.Payment, out gateway.Outcome, g gateway.Gateway, sweep bool) (payment.Payment, error) {
	if !p.State.Open() {
		return p, nil
	}
	p, err := d.conclude(ctx, c, p, out)
	if err != nil || !sweep {
		return p, err
	}
	if p.State == payment.PaymentPending && out.Status == gateway.StatusAction {
		id := p.ID
		if err := d.transact(ctx, c, "give up", payment.ByDesk, func(b *tx) (err error) {
			p, err = b.unfinished(id, g.Traits())
			return err
		}); err != nil {
			return p, err
		}
	}
	if p.State != payment.PaymentCanceling {
		return p, nil
	}
	return d.cancel(ctx, c, p, g, out.Status)
}

// unfinished gives up a payment that the customer has not finished while its hold lasted.
func (b *tx) unfinished(id order.PaymentID, t gateway.Traits) (payment.Payment, error) {
	p, err := b.needPayment(id)
	if err == nil && p.State == payment.PaymentPending && !b.lasts(&p) {
		b.giveUp(&p, t, "its hold has ended, and the customer has not finished it")
	}
	return p, err
}

// cancel gives up a charge of which the gateway has said what it saw last: by asking it to;
// what it cannot cancel, or has not seen, is waited out.
func (d *Desk) cancel(ctx context.Context, c *payment.Customer, p payment.Payment, g gateway.Gateway, saw gateway.Status) (payment.Payment, error) {
	if canceler, ok := g.(gateway.Canceler); ok {
		out, err := canceler.Cancel(ctx, chargeOf(&p))
		d.trace("cancel", p.Customer, string(p.ID), err)
		if err != nil {
			return p, nil
		}
		if out.Status != gateway.StatusNotFound {
			return d.conclude(ctx, c, p, out)
		}
		saw = out.Status
	}
	if saw != gateway.StatusNotFound && saw != gateway.StatusAction {
		return p, nil // the sweep looks again
	}
	return d.waitOut(ctx, c, p, g.Traits())
}

// waitOut gives up a charge that the gateway does not have, or that waits for an action of
// the customer: once nothing can be on its way any more, nor be finished, and it has said so
// twice, apart. Money that comes all the same goes back.
func (d *Desk) waitOut(ctx context.Context, c *payment.Customer, p payment.Payment, t gateway.Traits) (payment.Payment, error) {
	read, after := p, p
	if err := d.transact(ctx, c, "release", payment.ByDesk, func(b *tx) error {
		was, now, err := b.waitedOut(p.ID, t)
		if was.ID != "" {
			read, after = was, now
		}
		return err
	}); err != nil {
		return read, err
	}
	return after, nil
}

// waitedOut is what becomes of a canceling payment that its gateway has not seen, beside
// what it was.
func (b *tx) waitedOut(id order.PaymentID, t gateway.Traits) (was, p payment.Payment, err error) {
	if p, err = b.needPayment(id); err != nil || p.State != payment.PaymentCanceling {
		return p, p, err
	}
	was = p
	quiet := p.Last.Add(t.Flight)
	if p.Acts {
		quiet = quiet.Add(t.Action)
	}
	apart, _ := b.Policy.WaitAfter(0)
	do, err := b.apply(&p, payment.PaymentMove{Event: payment.EventNotFound, Why: forgotten, KeyGone: !t.Lives(p.Sent, b.At),
		Quiet: b.At.After(quiet), Apart: !b.At.Before(p.Absent.Add(apart))})
	if err == nil && do == payment.EffectRelease {
		p.Tries = 0
		p.Waits = b.next(&p, t)
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return was, p, err
}
