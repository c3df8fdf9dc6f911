package payment

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/order"
)

// sweepPayment looks at a payment whose time has come. A commit first moves its waiting
// time forward: several hosts do not repeat each other, and what fails does not stay first.
// One that the last look leaves undecided is for an operator.
func (d *Desk) sweepPayment(ctx context.Context, c *Customer, id order.PaymentID, s *Swept) (done bool, err error) {
	var p Payment
	if err := d.transact(ctx, c, "claim payment", desk, func(b *book) error {
		var err error
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		if done = !s.due(b.at, p.Waits); done {
			return nil
		}
		g, err := d.gateway(p.Gateway)
		if err != nil {
			return err
		}
		p.Tries++
		p.Waits = b.next(&p, g.Traits())
		put(b, payments, p)
		return nil
	}); err != nil || done {
		return !done, err
	}
	p, err = d.lookUp(ctx, c, p, true)
	if _, more := c.Policy.wait(p.Tries); more || !p.State.open() {
		return true, err
	}
	why := "the gateway has not said how it ends: see there, and resolve it"
	if err != nil {
		why = printable("what the gateway says cannot be carried out: " + err.Error())
	}
	return true, errors.Join(err, d.transact(ctx, c, "review", desk, func(b *book) error {
		p, err := b.needPayment(id)
		if _, more := b.policy.wait(p.Tries); err == nil && !more && p.State.open() {
			b.review(&p, why)
		}
		return err
	}))
}

// next is when a payment is looked at next: after the wait of its tries, but no later than
// its hold lasts, and just before the gateway may forget its key, first sent or last. Late
// money is looked for until then, and no further: zero.
func (b *book) next(p *Payment, t Traits) time.Time {
	wait, more := b.policy.wait(p.Tries)
	next, last := b.at.Add(wait), t.until(p.Last)
	held := p.Held.Add(b.policy.hold())
	if p.State.Final() {
		if held = last; !more || t.KeyLife > 0 && !last.After(b.at) {
			next = last
		}
	}
	for _, end := range [...]time.Time{t.until(p.Sent), last, held} {
		if end.After(b.at) && end.Before(next) {
			next = end
		}
	}
	if !next.After(b.at) {
		return time.Time{}
	}
	return next
}

// notFound: the gateway has not seen the charge. That is not a failure. It is sent again
// with the same key while the key lives and the hold lasts; otherwise it is given up.
func (d *Desk) notFound(ctx context.Context, c *Customer, p Payment, g Gateway) (Payment, error) {
	if p.State.Final() {
		return p, nil
	}
	again := false
	if err := d.transact(ctx, c, "send again", desk, func(b *book) error {
		var err error
		if p, err = b.needPayment(p.ID); err != nil || !p.State.open() {
			return err
		}
		if !g.Traits().lives(p.Sent, b.at) {
			b.review(&p, "the gateway may have forgotten the key: see there, and resolve it")
			return nil
		}
		if p.State == PaymentCanceling {
			return nil
		}
		if again = b.at.Before(p.Held.Add(b.policy.hold())); again {
			p.Last = later(p.Last, b.at)
			put(b, payments, p)
			return nil
		}
		b.giveUp(&p, g.Traits(), "its hold has ended, and the gateway has not seen it")
		return nil
	}); err != nil {
		return p, err
	}
	switch {
	case again && p.State == PaymentPending:
		return d.send(ctx, c, p)
	case p.State == PaymentCanceling:
		return d.cancel(ctx, c, p, g, StatusNotFound)
	}
	return p, nil
}

// stillOpen: the gateway has the charge, and it is not decided.
func (d *Desk) stillOpen(ctx context.Context, c *Customer, p Payment, out Outcome, g Gateway, sweep bool) (Payment, error) {
	if !p.State.open() {
		return p, nil
	}
	p, err := d.conclude(ctx, c, p, out)
	if err != nil || !sweep {
		return p, err
	}
	if p.State == PaymentPending && out.Status == StatusAction {
		if err := d.transact(ctx, c, "give up", desk, func(b *book) error {
			var err error
			if p, err = b.needPayment(p.ID); err != nil || p.State != PaymentPending {
				return err
			}
			if !b.at.Before(p.Held.Add(b.policy.hold())) {
				b.giveUp(&p, g.Traits(), "its hold has ended, and the customer has not finished it")
			}
			return nil
		}); err != nil {
			return p, err
		}
	}
	if p.State != PaymentCanceling {
		return p, nil
	}
	return d.cancel(ctx, c, p, g, out.Status)
}

// cancel gives up a charge of which the gateway has said what it saw last: by asking it to;
// what it cannot cancel, or has not seen, is waited out.
func (d *Desk) cancel(ctx context.Context, c *Customer, p Payment, g Gateway, saw Status) (Payment, error) {
	if canceler, ok := g.(Canceler); ok {
		out, err := canceler.Cancel(ctx, p.Charge())
		d.trace("cancel", p.Customer, string(p.ID), err)
		if err != nil {
			return p, nil
		}
		if out.Status != StatusNotFound {
			return d.conclude(ctx, c, p, out)
		}
		saw = out.Status
	}
	if saw != StatusNotFound && saw != StatusAction {
		return p, nil // the sweep looks again
	}
	return d.waitOut(ctx, c, p, g.Traits())
}

// waitOut gives up a charge that the gateway does not have, or that waits for an action of
// the customer: once nothing can be on its way any more, nor be finished, and it has said so
// twice, apart. Money that comes all the same goes back.
func (d *Desk) waitOut(ctx context.Context, c *Customer, p Payment, t Traits) (Payment, error) {
	was := p
	err := d.transact(ctx, c, "release", desk, func(b *book) error {
		now, err := b.needPayment(p.ID)
		if err != nil {
			return err
		}
		p, was = now, now
		if p.State != PaymentCanceling {
			return nil
		}
		if !t.lives(p.Sent, b.at) {
			b.review(&p, "the gateway may have forgotten the key: see there, and resolve it")
			return nil
		}
		quiet := p.Last.Add(t.Flight)
		if p.Acts {
			quiet = quiet.Add(t.Action)
		}
		apart, _ := b.policy.wait(0)
		switch {
		case !b.at.After(quiet):
		case p.Absent.IsZero():
			p.Absent = b.at
			put(b, payments, p)
		case !b.at.Before(p.Absent.Add(apart)):
			if p, err = b.release(p, PaymentCanceled, p.Reason); err != nil {
				return err
			}
			p.Tries = 0
			p.Waits = b.next(&p, t)
			put(b, payments, p)
		}
		return nil
	})
	if err != nil {
		return was, err
	}
	return p, nil
}
