package desk

import (
	"cmp"
	"context"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

func (d *Desk) gateway(of string) (gateway.Gateway, error) {
	g := d.Gateways[of]
	if g == nil {
		return nil, order.Invalid("gateway", of, "is none that the Desk has")
	}
	if err := g.Traits().Check(); err != nil {
		return nil, order.Within("gateway "+of+".traits", err)
	}
	return g, nil
}

// chargeOf is what the gateway is asked for.
func chargeOf(p *payment.Payment) gateway.Charge {
	return gateway.Charge{Gateway: p.Gateway, Key: p.Key, Customer: p.Customer, Payment: p.ID, Amount: p.Amount, At: p.Sent}
}

// send charges a payment that is held, with its key.
func (d *Desk) send(ctx context.Context, c *payment.Customer, p payment.Payment) (payment.Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Charge(ctx, chargeOf(&p))
	d.trace("charge", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil // unknown: it stays pending, and the sweep looks
	}
	return d.conclude(ctx, c, p, out)
}

// lookUp asks the gateway what has become of a payment, and does what follows. A sweep
// may send it again, or give it up; a caller who asks does not.
func (d *Desk) lookUp(ctx context.Context, c *payment.Customer, p payment.Payment, sweep bool) (payment.Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Lookup(ctx, chargeOf(&p))
	d.trace("lookup", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil
	}
	if out.Status == gateway.StatusNotFound && sweep {
		return d.notFound(ctx, c, p, g)
	}
	if out.Status == gateway.StatusAction || out.Status == gateway.StatusProcessing {
		return d.stillOpen(ctx, c, p, out, g, sweep)
	}
	return d.conclude(ctx, c, p, out)
}

// conclude does what an outcome decides: settle, release or review; what is open stays so.
// On an error it returns the payment as it was read last.
func (d *Desk) conclude(ctx context.Context, c *payment.Customer, p payment.Payment, out gateway.Outcome) (payment.Payment, error) {
	step := "settle"
	charge := chargeOf(&p)
	wrong := out.Contradicts(&charge)
	out.Text = gateway.Printable(out.Text)
	switch {
	case wrong != "":
		step = "review"
	case out.Status == gateway.StatusDeclined, out.Status == gateway.StatusCanceled:
		step = "release"
	case out.Status == gateway.StatusAction:
		step = "action"
	case out.Status == gateway.StatusProcessing && !p.Absent.IsZero():
		step = "seen"
	case out.Status != gateway.StatusCaptured:
		return p, nil
	}
	was := p
	err := d.transact(ctx, c, step, payment.ByDesk, func(b *tx) error {
		now, err := b.needPayment(p.ID)
		if err != nil {
			return err
		}
		p, was = now, now
		if wrong != "" {
			return b.contradicted(&p, out, wrong)
		}
		switch out.Status {
		case gateway.StatusCaptured:
			return b.captured(&p, out)
		case gateway.StatusAction:
			b.acts(&p, out.Action)
			return nil
		case gateway.StatusProcessing:
			b.seen(&p)
			return nil
		}
		if !p.State.Open() {
			return nil // it has ended; a review is for an operator
		}
		if g, err := d.gateway(p.Gateway); err != nil || !g.Traits().Lives(p.Sent, b.At) {
			b.review(&p, "the gateway may have forgotten the key, and says "+string(out.Status)+": see there, and resolve it")
			return err
		}
		state := payment.PaymentFailed
		if out.Status == gateway.StatusCanceled {
			if state = payment.PaymentCanceled; p.State == payment.PaymentPending {
				state = payment.PaymentFailed // nobody here asked for it
			}
		}
		why := cmp.Or(out.Text, string(out.Status))
		if p.State == payment.PaymentCanceling && out.Status == gateway.StatusCanceled {
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
func (b *tx) captured(p *payment.Payment, out gateway.Outcome) (err error) {
	switch p.State {
	case payment.PaymentPending, payment.PaymentCanceling:
		*p, err = b.settle(*p, out.Trade)
	case payment.PaymentFailed, payment.PaymentCanceled:
		err = b.late(p, out, "")
	}
	return err
}

// contradicted stops a payment of which the gateway says what cannot be (I2): an operator
// decides. One that has ended stays as it is; what was taken for it in error goes back.
func (b *tx) contradicted(p *payment.Payment, out gateway.Outcome, wrong string) error {
	switch {
	case p.State.Open():
		took(p, &out)
		b.review(p, wrong)
	case p.State.Final() && p.State != payment.PaymentSucceeded && out.Status == gateway.StatusCaptured && out.Amount.Sign() > 0 && out.Amount.Check() == nil:
		return b.late(p, out, wrong)
	}
	return nil
}

// review leaves a payment to an operator: everything stays held.
func (b *tx) review(p *payment.Payment, why string) {
	p.State, p.Reason, p.Waits, p.Action, p.Changed = payment.PaymentReview, why, time.Time{}, "", ledger.Later(p.Changed, b.At)
	ledger.Put(b.Tx, ledger.Payments, *p)
}

// late gives money back that a payment got which had ended without it, once; what the
// gateway says wrongly of it is for an operator, until it says it right.
func (b *tx) late(p *payment.Payment, out gateway.Outcome, wrong string) (err error) {
	if p.Late == (order.Money{}) || wrong == "" {
		*p, err = b.refundLate(*p, out, wrong)
	}
	return err
}

// acts notes where the customer finishes a payment, and of one that is to be canceled that
// the customer still can.
func (b *tx) acts(p *payment.Payment, url string) {
	switch {
	case p.State == payment.PaymentPending && p.Action != url:
		p.Action = url
	case !p.State.Open() || p.Acts:
		return
	}
	p.Acts, p.Absent = true, time.Time{}
	ledger.Put(b.Tx, ledger.Payments, *p)
}

// seen forgets that the gateway did not have a charge: it has.
func (b *tx) seen(p *payment.Payment) {
	if !p.Absent.IsZero() {
		p.Absent = time.Time{}
		ledger.Put(b.Tx, ledger.Payments, *p)
	}
}
