package payment

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
)

func (d *Desk) gateway(of string) (Gateway, error) {
	g := d.Gateways[of]
	if g == nil {
		return nil, field("gateway", of, "is none that the Desk has")
	}
	if err := g.Traits().Check(); err != nil {
		return nil, under("gateway "+of+".traits", err)
	}
	return g, nil
}

// send charges a payment that is held, with its key.
func (d *Desk) send(ctx context.Context, c *Customer, p Payment) (Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Charge(ctx, p.Charge())
	d.trace("charge", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil // unknown: it stays pending, and the sweep looks
	}
	return d.conclude(ctx, c, p, out)
}

// lookUp asks the gateway what has become of a payment, and does what follows. A sweep
// may send it again, or give it up; a caller who asks does not.
func (d *Desk) lookUp(ctx context.Context, c *Customer, p Payment, sweep bool) (Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Lookup(ctx, p.Charge())
	d.trace("lookup", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil
	}
	if out.Status == StatusNotFound && sweep {
		return d.notFound(ctx, c, p, g)
	}
	if out.Status == StatusAction || out.Status == StatusProcessing {
		return d.stillOpen(ctx, c, p, out, g, sweep)
	}
	return d.conclude(ctx, c, p, out)
}

// conclude does what an outcome decides: settle, release or review; what is open stays so.
// On an error it returns the payment as it was read last.
func (d *Desk) conclude(ctx context.Context, c *Customer, p Payment, out Outcome) (Payment, error) {
	step := "settle"
	charge := p.Charge()
	wrong := out.wrong(&charge)
	out.Text = printable(out.Text)
	switch {
	case wrong != "":
		step = "review"
	case out.Status == StatusDeclined, out.Status == StatusCanceled:
		step = "release"
	case out.Status == StatusAction:
		step = "action"
	case out.Status == StatusProcessing && !p.Absent.IsZero():
		step = "seen"
	case out.Status != StatusCaptured:
		return p, nil
	}
	was := p
	err := d.transact(ctx, c, step, desk, func(b *book) error {
		now, err := b.needPayment(p.ID)
		if err != nil {
			return err
		}
		p, was = now, now
		if wrong != "" {
			return b.contradicted(&p, out, wrong)
		}
		switch out.Status {
		case StatusCaptured:
			return b.captured(&p, out)
		case StatusAction:
			b.acts(&p, out.Action)
			return nil
		case StatusProcessing:
			b.seen(&p)
			return nil
		}
		if !p.State.open() {
			return nil // it has ended; a review is for an operator
		}
		if g, err := d.gateway(p.Gateway); err != nil || !g.Traits().lives(p.Sent, b.at) {
			b.review(&p, "the gateway may have forgotten the key, and says "+string(out.Status)+": see there, and resolve it")
			return err
		}
		state := PaymentFailed
		if out.Status == StatusCanceled {
			if state = PaymentCanceled; p.State == PaymentPending {
				state = PaymentFailed // nobody here asked for it
			}
		}
		why := orElse(out.Text, string(out.Status))
		if p.State == PaymentCanceling && out.Status == StatusCanceled {
			why = p.Reason // why it was given up, which the gateway does not know
		}
		p, err = b.release(p, state, why)
		return err
	})
	if err != nil {
		return was, err
	}
	return p, nil
}

// captured settles a payment whose money has been taken. Money of one that has ended
// without it goes back.
func (b *book) captured(p *Payment, out Outcome) (err error) {
	switch p.State {
	case PaymentPending, PaymentCanceling:
		*p, err = b.settle(*p, out.Trade)
	case PaymentFailed, PaymentCanceled:
		err = b.late(p, out, "")
	}
	return err
}

// contradicted stops a payment of which the gateway says what cannot be (I2): an operator
// decides. One that has ended stays as it is; what was taken for it in error goes back.
func (b *book) contradicted(p *Payment, out Outcome, wrong string) error {
	switch {
	case p.State.open():
		p.took(&out)
		b.review(p, wrong)
	case p.State.Final() && p.State != PaymentSucceeded && out.Status == StatusCaptured && out.Amount.Sign() > 0 && out.Amount.Check() == nil:
		return b.late(p, out, wrong)
	}
	return nil
}

// review leaves a payment to an operator: everything stays held.
func (b *book) review(p *Payment, why string) {
	p.State, p.Reason, p.Waits, p.Action, p.Changed = PaymentReview, why, time.Time{}, "", later(p.Changed, b.at)
	put(b, payments, *p)
}

// late gives money back that a payment got which had ended without it, once; what the
// gateway says wrongly of it is for an operator, until it says it right.
func (b *book) late(p *Payment, out Outcome, wrong string) (err error) {
	if p.Late == (order.Money{}) || wrong == "" {
		*p, err = b.refundLate(*p, out, wrong)
	}
	return err
}

// acts notes where the customer finishes a payment, and of one that is to be canceled that
// the customer still can.
func (b *book) acts(p *Payment, url string) {
	switch {
	case p.State == PaymentPending && p.Action != url:
		p.Action = url
	case !p.State.open() || p.Acts:
		return
	}
	p.Acts, p.Absent = true, time.Time{}
	put(b, payments, *p)
}

// seen forgets that the gateway did not have a charge: it has.
func (b *book) seen(p *Payment) {
	if !p.Absent.IsZero() {
		p.Absent = time.Time{}
		put(b, payments, *p)
	}
}
