package payment

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
)

// sweepPayment looks at a payment whose time has come. A commit first moves its waiting
// time forward: several hosts do not repeat each other, and what fails does not stay first.
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
		wait, more := b.policy.wait(p.Tries)
		switch {
		case p.State.Final():
			// Late money is looked for until the gateway forgets the key.
			p.Waits = b.at.Add(wait)
			if !more || !g.Traits().lives(p.Last, b.at) {
				p.Waits = time.Time{}
			}
			put(b, payments, p)
		case !more:
			b.review(&p, "the gateway has not said how it ends: see there, and resolve it")
		default:
			p.Waits = b.at.Add(wait)
			if end := p.Held.Add(b.policy.hold()); b.at.Before(end) && p.Waits.After(end) {
				p.Waits = end
			}
			put(b, payments, p)
		}
		return nil
	}); err != nil || done || p.State == PaymentReview {
		return !done, err
	}
	_, err = d.lookUp(ctx, c, p, true)
	return true, err
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
		if p, err = b.needPayment(p.ID); err != nil || p.State != PaymentPending && p.State != PaymentCanceling {
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
		b.giveUp(&p, "the gateway has not seen it for as long as it is held")
		return nil
	}); err != nil {
		return p, err
	}
	switch {
	case again && p.State == PaymentPending:
		return d.send(ctx, c, p)
	case p.State == PaymentCanceling:
		return d.cancelAbsent(ctx, c, p, g)
	}
	return p, nil
}

// stillOpen: the gateway has the charge, and it is not decided.
func (d *Desk) stillOpen(ctx context.Context, c *Customer, p Payment, out Outcome, g Gateway, sweep bool) (Payment, error) {
	if p.State == PaymentPending && out.Status == StatusAction {
		var err error
		if p, err = d.conclude(ctx, c, p, out); err != nil || !sweep || p.State != PaymentPending {
			return p, err
		}
		if err := d.transact(ctx, c, "give up", desk, func(b *book) error {
			var err error
			if p, err = b.needPayment(p.ID); err != nil || p.State != PaymentPending {
				return err
			}
			if !b.at.Before(p.Held.Add(b.policy.hold())) {
				b.giveUp(&p, "the customer has not finished it for as long as it is held")
			}
			return nil
		}); err != nil {
			return p, err
		}
	}
	if p.State != PaymentCanceling || !sweep {
		return p, nil
	}
	if _, ok := g.(Canceler); !ok && out.Status == StatusAction {
		return d.cancelAbsent(ctx, c, p, g) // once the customer can finish it no more
	}
	return d.cancel(ctx, c, p, g)
}

// cancel asks the gateway to give a charge up, if it can.
func (d *Desk) cancel(ctx context.Context, c *Customer, p Payment, g Gateway) (Payment, error) {
	canceler, ok := g.(Canceler)
	if !ok {
		return p, nil // the sweep waits it out
	}
	out, err := canceler.Cancel(ctx, p.Charge())
	d.trace("cancel", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil
	}
	return d.conclude(ctx, c, p, out)
}

// cancelAbsent gives up a charge that the gateway does not have: by asking it to, or where
// it cannot, by waiting until nothing can be on its way any more, and it has said so twice,
// apart. Money that comes all the same goes back.
func (d *Desk) cancelAbsent(ctx context.Context, c *Customer, p Payment, g Gateway) (Payment, error) {
	if _, ok := g.(Canceler); ok {
		return d.cancel(ctx, c, p, g)
	}
	err := d.transact(ctx, c, "release", desk, func(b *book) error {
		var err error
		if p, err = b.needPayment(p.ID); err != nil || p.State != PaymentCanceling {
			return err
		}
		t := g.Traits()
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
			reason := p.Reason
			if p, err = b.release(p, PaymentCanceled, reason); err != nil {
				return err
			}
			if p.Tries = 0; t.lives(p.Last, b.at) {
				p.Waits = b.at.Add(apart)
			}
			put(b, payments, p)
		}
		return nil
	})
	return p, err
}
