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

// sendDue asks the gateway for the refunds that a commit has made due. If that fails, the
// sweep goes on.
func (d *Desk) sendDue(ctx context.Context, c *call, b *tx) {
	for i := range b.Now.Refunds {
		if f := &b.Now.Refunds[i]; f.State == payment.RefundDue && b.Written(ledger.KindRefund, string(f.ID)) {
			_, _ = d.sweepRefund(ctx, c, f.ID, &Swept{})
		}
	}
}

// sweepRefund sends a refund whose time has come, or looks at one that was sent: claimed first, so
// that no other host does so too. Before it is sent the charge is looked up, and what no longer fits
// is parked (P18). One that the last look leaves undecided goes to review, unless its gateway may
// still take its time.
func (d *Desk) sweepRefund(ctx context.Context, c *call, id order.RefundID, s *Swept) (done bool, err error) {
	look, err := d.glanceAt(ctx, c, id, func(b *tx, f *payment.Refund) bool { return f.FirstSentAt.IsZero() && s.due(b.At, f.DueAt) })
	if err != nil {
		return true, err
	}
	var f payment.Refund
	due, asked, fresh, answered := false, false, false, false
	err = d.transact(ctx, c, "send refund", payment.ByDesk, func(b *tx) (err error) {
		if f, err = b.needRefund(id); err != nil {
			return err
		}
		if due = s.due(b.At, f.DueAt); !due {
			return nil
		}
		g, err := d.gateway(f.Gateway)
		if err != nil {
			return err
		}
		fresh = f.FirstSentAt.IsZero()
		asked, err = b.claimRefund(&f, g, look)
		return err
	})
	switch {
	case err != nil || !due || !asked:
		return due, err
	case fresh:
		answered, err = d.sendRefund(ctx, c, f)
	default:
		answered, err = d.lookAtRefund(ctx, c, f)
	}
	if _, more := c.Policy.WaitAfter(f.Tries - 1); err != nil || more {
		return true, err
	}
	return true, d.transact(ctx, c, "review", payment.ByDesk, func(b *tx) error { return d.lastLook(b, id, answered) })
}

// claimRefund moves the waiting time of a refund forward, and says whether its gateway is asked. look
// is what that has just said of the charge, of a refund that has not been sent under its key: one
// that does not fit is parked, or, where it may have been sent before, left to an operator.
func (b *tx) claimRefund(f *payment.Refund, g gateway.Gateway, look glance) (asked bool, err error) {
	m := payment.RefundMove{Event: payment.EventAsk, Next: b.nextLook(f, g.Traits())}
	_, gives := g.(gateway.Refunder)
	if !gives {
		m.Event, m.Why = payment.EventUnanswered, "gateway "+f.Gateway+" gives no money back: do it by hand, and resolve it"
	} else if f.FirstSentAt.IsZero() {
		p, err := b.paymentOf(f)
		if err != nil {
			return false, err
		}
		_, more := b.Policy.WaitAfter(f.Tries)
		switch {
		case look.odd != "" && f.State == payment.RefundDue:
			m.Event, m.Why = payment.EventContradicted, look.odd+": see there, and resolve it"
		case p.Left().Sign() < 0:
			m.Event, m.Why = payment.EventUnfit, unfit(&p)
		case look.silent && !more:
			m.Event, m.Why = payment.EventUnanswered, "the gateway has not answered: see there, and resolve it"
		case look.silent:
			f.Tries++
			f.DueAt = m.Next
			ledger.Put(b.Tx, ledger.Refunds, *f)
			return false, nil
		}
	}
	return m.Event == payment.EventAsk, b.hearRefund(f, m)
}

// sendRefund asks the gateway for a refund that is claimed, with its key, and says whether it
// answered. It is not sent where this host has slept since the claim for too long, as in send.
func (d *Desk) sendRefund(ctx context.Context, c *call, f payment.Refund) (answered bool, err error) {
	g := d.Gateways[f.Gateway]
	if still, err := d.stillSafe(g, f.FirstSentAt); !still {
		return false, err
	}
	out, silent := g.(gateway.Refunder).Refund(ctx, refundOf(&f))
	d.trace("refund", c.ID, string(f.ID), silent)
	if silent != nil {
		return false, nil // unknown: the sweep looks
	}
	return true, d.concludeRefund(ctx, c, &f, out)
}

// lookAtRefund asks the gateway what has become of a refund, and says whether it answered. What the
// gateway has not seen is sent again, with the same key, where that is safe and it still fits: the
// charge is looked up before.
func (d *Desk) lookAtRefund(ctx context.Context, c *call, f payment.Refund) (answered bool, err error) {
	out, silent := d.lookUpRefund(ctx, c, &f)
	switch {
	case silent != nil:
		return false, nil
	case out.Status != gateway.StatusNotFound:
		return true, d.concludeRefund(ctx, c, &f, out)
	}
	look, err := d.glanceAt(ctx, c, f.ID, func(*tx, *payment.Refund) bool { return true })
	if err != nil || look.silent {
		return false, err
	}
	sends := false
	if err := d.transact(ctx, c, "send refund again", payment.ByDesk, func(b *tx) (err error) {
		g, err := d.gateway(f.Gateway)
		if err != nil {
			return err
		}
		sends, err = b.unseenRefund(&f, g.Traits())
		return err
	}); err != nil || !sends {
		return true, err
	}
	return d.sendRefund(ctx, c, f)
}

// unseenRefund decides on a refund that its gateway has not seen, and says whether it is sent again.
func (b *tx) unseenRefund(asked *payment.Refund, t gateway.Traits) (sends bool, err error) {
	f, err := b.needRefund(asked.ID)
	if err != nil || f.Key != asked.Key {
		return false, err
	}
	p, err := b.paymentOf(&f)
	if err != nil {
		return false, err
	}
	m := payment.RefundMove{Event: payment.EventNotFound, Unsafe: !t.Resends(f.FirstSentAt, b.At),
		Why: "the gateway has not seen it, and it cannot safely be sent again: see there, and resolve it"}
	if p.Left().Sign() < 0 {
		m.Event, m.Why = payment.EventUnfit, unfit(&p)
	}
	do, err := b.applyRefund(&f, m)
	return do == payment.EffectSend, err
}

// lookUpRefund asks the gateway what has become of a refund. silent says why it gave no answer.
func (d *Desk) lookUpRefund(ctx context.Context, c *call, f *payment.Refund) (out gateway.Outcome, silent error) {
	out, silent = d.Gateways[f.Gateway].(gateway.Refunder).LookupRefund(ctx, refundOf(f))
	d.trace("lookup refund", c.ID, string(f.ID), silent)
	return out, silent
}

// concludeRefund does what the gateway's answer decides of a refund, unless that has another key by
// now: then it is said of what was declined before.
func (d *Desk) concludeRefund(ctx context.Context, c *call, asked *payment.Refund, out gateway.Outcome) error {
	return d.transact(ctx, c, "refund", payment.ByDesk, func(b *tx) error {
		f, err := b.needRefund(asked.ID)
		if err != nil || f.Key != asked.Key {
			return err
		}
		return b.hearRefund(&f, refundHeard(&f, out))
	})
}

// nextLook is when a refund is looked at after its gateway is asked now: after the wait for its
// number of tries; once the waits are used up daily, and a last time when the gateway must have
// decided.
func (b *tx) nextLook(f *payment.Refund, t gateway.Traits) time.Time {
	tries := f.Tries
	if f.FirstSentAt.IsZero() {
		tries = 0
	}
	wait, more := b.Policy.WaitAfter(tries)
	if more || !b.mayProcess(f, t) {
		return b.At.Add(wait)
	}
	last := f.FirstSentAt.Add(t.Refund + time.Second)
	if next := b.At.Add(dayLong); next.Before(last) {
		return next
	}
	return last
}

// mayProcess reports whether a gateway may rightly not have decided a refund.
func (b *tx) mayProcess(f *payment.Refund, t gateway.Traits) bool {
	return !f.FirstSentAt.IsZero() && !b.At.After(f.FirstSentAt.Add(t.Refund))
}

// lastLook decides on a refund whose waits are used up, and that its gateway leaves undecided: it
// is looked at on while the gateway may rightly do so, and a look that was answered is none of the
// tries then.
func (d *Desk) lastLook(b *tx, id order.RefundID, answered bool) error {
	f, err := b.needRefund(id)
	if err != nil || f.State != payment.RefundSent {
		return err
	}
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return err
	}
	if _, more := b.Policy.WaitAfter(f.Tries - 1); more {
		return nil // somebody has had it asked again meanwhile
	}
	if b.mayProcess(&f, g.Traits()) {
		if answered {
			f.Tries--
			ledger.Put(b.Tx, ledger.Refunds, f)
		}
		if _, more := b.Policy.WaitAfter(f.Tries - 1 - silent); more {
			return nil
		}
	}
	return b.hearRefund(&f, payment.RefundMove{Event: payment.EventUnanswered, Why: "the gateway has not said how it ends: see there, and resolve it"})
}

// refundHeard is the event that a gateway's answer is to a refund.
func refundHeard(f *payment.Refund, out gateway.Outcome) payment.RefundMove {
	m := payment.RefundMove{Handle: handle(out)}
	why := cmp.Or(gateway.Printable(out.Text), "without a reason")
	switch {
	case out.Status == gateway.StatusCaptured && out.Amount == f.Cash:
		m.Event = payment.EventCaptured
	case out.Status == gateway.StatusCaptured:
		m.Event = payment.EventContradicted
		m.Why = "the gateway gave " + cmp.Or(out.Amount.String(), "no amount") + " back where " + f.Cash.String() + " was asked for"
	case out.Status == gateway.StatusDeclined, out.Status == gateway.StatusCanceled:
		m.Event, m.Why = payment.EventDeclined, "the gateway declined: "+why
		if f.State == payment.RefundDone {
			m.Why = "it came back: " + why
		}
	case out.Status == gateway.StatusProcessing:
		m.Event = payment.EventProcessing
	}
	return m
}
