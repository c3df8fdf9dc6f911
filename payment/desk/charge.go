package desk

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// send charges a payment that is held, with its key. It is not sent where this host has slept since the
// commit for so long that the gateway may forget the key before the charge arrives: the sweep looks.
func (d *Desk) send(ctx context.Context, c *call, p payment.Payment) (payment.Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	if still, err := d.stillSafe(g, p.FirstSentAt); !still {
		return p, err
	}
	out, err := said(g.Charge(ctx, chargeOf(&p)))
	d.trace("charge", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil // unknown: it stays pending, and the sweep looks
	}
	p, err = d.conclude(ctx, c, p, out)
	return forClient(p, out), err
}

// stillSafe reports whether what was first sent then is safely sent now, and was not only when the
// commit before decided so.
func (d *Desk) stillSafe(g gateway.Gateway, first time.Time) (bool, error) {
	now, err := d.now()
	return err == nil && g.Traits().Resends(first, now), err
}

// look is how much may follow from a look at a charge besides what the gateway says for certain.
type look uint8

const (
	lookToCancel look = iota // nothing: the customer is about to cancel
	lookToEnd                // what the customer has done their part of is completed
	lookOfSweep              // that, and what is not seen is sent again, or given up
)

// lookUp asks the gateway what has become of a payment, and does what follows.
func (d *Desk) lookUp(ctx context.Context, c *call, p payment.Payment, l look) (payment.Payment, error) {
	p, _, err := d.answered(ctx, c, p, l)
	return p, err
}

// answered is lookUp, and says why the gateway gave no answer: then the payment is as it was.
func (d *Desk) answered(ctx context.Context, c *call, p payment.Payment, l look) (after payment.Payment, silent, err error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, nil, err
	}
	out, silent := said(g.Lookup(ctx, chargeOf(&p)))
	d.trace("lookup", p.Customer, string(p.ID), silent)
	switch {
	case silent != nil:
		return p, silent, nil
	case out.Status == gateway.StatusNotFound && l == lookOfSweep, out.Status == gateway.StatusReady && l != lookToCancel:
		p, err = d.sendAgain(ctx, c, p, g, out, l)
	case out.Status == gateway.StatusAction || out.Status == gateway.StatusProcessing:
		p, err = d.stillOpen(ctx, c, p, out, g, l)
	default:
		p, err = d.conclude(ctx, c, p, out)
	}
	return forClient(p, out), nil, err
}

// sendAgain: the gateway has not seen the charge, which is no failure, or the customer has done
// their part and a charge completes it. It is sent again with the same key while that is safe and
// the hold lasts; otherwise the sweep gives it up.
func (d *Desk) sendAgain(ctx context.Context, c *call, p payment.Payment, g gateway.Gateway, out gateway.Outcome, l look) (payment.Payment, error) {
	if !p.State.Open() {
		return p, nil
	}
	seen, again := p, false
	if err := d.transact(ctx, c, "send again", payment.ByDesk, func(b *tx) (err error) {
		p, again, err = b.sendable(&seen, out, g.Traits(), l)
		return err
	}); err != nil {
		return p, err
	}
	switch {
	case again && p.State == payment.PaymentPending:
		return d.send(ctx, c, p)
	case p.State == payment.PaymentCanceling && l == lookOfSweep:
		return d.cancel(ctx, c, p, g, out.Status)
	}
	return p, nil
}

// sendable decides on a payment that its gateway has not seen, or that waits for a charge to
// complete it, and says whether it is sent again: not where another has since it was seen so, and
// where it is to be given up only by the sweep.
func (b *tx) sendable(seen *payment.Payment, out gateway.Outcome, t gateway.Traits, l look) (p payment.Payment, again bool, err error) {
	if p, err = b.needPayment(seen.ID); err != nil || !p.State.Open() || p.LastSentAt.After(seen.LastSentAt) {
		return p, false, err
	}
	m := payment.PaymentMove{Event: payment.EventNotFound, Handle: handle(out), Forgotten: !t.Knows(p.FirstSentAt, b.At), Unsafe: !t.Resends(p.FirstSentAt, b.At), Lasts: b.lasts(&p)}
	says := "the gateway has not seen it"
	if out.Status == gateway.StatusReady {
		m.Event, m.Forgotten = payment.EventReady, false // it is there
		says = "it has not been completed"
	}
	switch {
	case m.Forgotten:
		m.Why = forgotten
	case m.Lasts:
		m.Why = "it cannot safely be sent again, and " + says
	default:
		m.Why = "its hold has ended, and " + says
	}
	if stays := m.Unsafe || !m.Lasts; stays && l != lookOfSweep {
		return p, false, nil
	}
	was := p.State
	do, err := b.apply(&p, m)
	if err == nil && was == payment.PaymentPending && p.State == payment.PaymentCanceling {
		p.DueAt = b.next(&p, t)
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return p, do == payment.EffectSend, err
}

// stillOpen: the gateway has the charge, and it is not decided.
func (d *Desk) stillOpen(ctx context.Context, c *call, p payment.Payment, out gateway.Outcome, g gateway.Gateway, l look) (payment.Payment, error) {
	if !p.State.Open() {
		return p, nil
	}
	p, err := d.conclude(ctx, c, p, out)
	if err != nil || l != lookOfSweep {
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

// cancel asks the gateway to cancel a charge. If it cannot, or has not seen the charge, the
// Desk waits until nothing can come any more. saw is what the gateway said last.
func (d *Desk) cancel(ctx context.Context, c *call, p payment.Payment, g gateway.Gateway, saw gateway.Status) (payment.Payment, error) {
	if canceler, ok := g.(gateway.Canceler); ok {
		out, err := said(canceler.Cancel(ctx, chargeOf(&p)))
		d.trace("cancel", p.Customer, string(p.ID), err)
		if err != nil {
			return p, nil
		}
		if out.Status != gateway.StatusNotFound {
			return d.conclude(ctx, c, p, out)
		}
		saw = out.Status
	}
	if saw == gateway.StatusProcessing || saw == "" {
		return p, nil // the sweep looks again
	}
	return d.waitOut(ctx, c, p, g.Traits())
}

// waitOut gives up a charge that the gateway does not have, or that waits for the customer:
// once nothing can be on its way, or be finished by the customer, and the gateway has said so
// twice, some time apart. Money that comes later goes back.
func (d *Desk) waitOut(ctx context.Context, c *call, p payment.Payment, t gateway.Traits) (payment.Payment, error) {
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

// waitedOut decides on a canceling payment that its gateway has not seen. It returns the
// payment as it was, and as it is.
func (b *tx) waitedOut(id order.PaymentID, t gateway.Traits) (was, p payment.Payment, err error) {
	if p, err = b.needPayment(id); err != nil || p.State != payment.PaymentCanceling {
		return p, p, err
	}
	was = p
	do, err := b.apply(&p, payment.PaymentMove{Event: payment.EventNotFound, Why: forgotten, Forgotten: !t.Knows(p.FirstSentAt, b.At),
		Quiet: b.At.After(quiet(&p, t)), Apart: !b.At.Before(b.twice(&p))})
	switch once := was.NotFoundSince.IsZero() && !p.NotFoundSince.IsZero(); {
	case err != nil:
		return was, p, err
	case do == payment.EffectRelease:
		p.Tries = 0
		p.DueAt = b.next(&p, t)
	case once && b.twice(&p).Before(p.DueAt):
		p.DueAt = b.twice(&p)
	default:
		return was, p, nil
	}
	ledger.Put(b.Tx, ledger.Payments, p)
	return was, p, nil
}

// forgotten says why a payment goes to review when the gateway may no longer know its charge.
const forgotten = "the gateway may have forgotten the charge: see there, and resolve it"

// giveUp makes a pending payment canceling, and due at once.
func (b *tx) giveUp(p *payment.Payment, t gateway.Traits, why string) {
	*p, _ = p.Apply(payment.PaymentMove{Event: payment.EventGiveUp, At: b.At, Why: why})
	p.DueAt = b.next(p, t)
	ledger.Put(b.Tx, ledger.Payments, *p)
}

// find reads a payment.
func (d *Desk) find(ctx context.Context, c *call, step string, id order.PaymentID) (payment.Payment, error) {
	b, err := d.open(c, step, payment.ByDesk)
	if err != nil {
		return payment.Payment{}, err
	}
	if err := d.decide(ctx, b, func() error { return b.Need(ledger.KindPayment, string(id)) }); err != nil {
		return payment.Payment{}, err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(id))
	if !ok {
		return payment.Payment{}, payment.Refusef(payment.ReasonNoOrder, "payment %s: the customer has no such payment", id)
	}
	return p, nil
}
