package desk

import (
	"cmp"
	"context"

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

// sweepRefund sends a refund whose time has come, with its own key, the same each time: first the
// charge is looked up, then the refund is claimed, so that no other host sends it too. What no longer
// fits is parked (P18).
func (d *Desk) sweepRefund(ctx context.Context, c *call, id order.RefundID, s *Swept) (done bool, err error) {
	look, err := d.glanceAt(ctx, c, id, s)
	if err != nil {
		return true, err
	}
	var f payment.Refund
	asked := false
	err = d.transact(ctx, c, "send refund", payment.ByDesk, func(b *tx) (err error) {
		if f, err = b.needRefund(id); err != nil {
			return err
		}
		if done = !s.due(b.At, f.DueAt); done {
			return nil
		}
		g, err := d.gateway(f.Gateway)
		if err != nil {
			return err
		}
		asked, err = b.claimRefund(&f, g, look)
		return err
	})
	if err != nil || done || !asked {
		return !done, err
	}
	out, err := d.Gateways[f.Gateway].(gateway.Refunder).Refund(ctx, refundOf(&f))
	d.trace("refund", c.ID, string(f.ID), err)
	if err != nil {
		return true, nil // unknown: the sweep asks again
	}
	return true, d.transact(ctx, c, "refund", payment.ByDesk, func(b *tx) error {
		f, err := b.needRefund(id)
		if err != nil {
			return err
		}
		return b.hearRefund(&f, refundHeard(&f, out))
	})
}

// claimRefund decides whether a refund whose time has come is sent, and says so: look is what the
// gateway has just said of the charge. One that does not fit was parked, or, where it may have been
// sent before, left to an operator.
func (b *tx) claimRefund(f *payment.Refund, g gateway.Gateway, look glance) (asked bool, err error) {
	p, err := b.paymentOf(f)
	if err != nil {
		return false, err
	}
	_, gives := g.(gateway.Refunder)
	wait, more := b.Policy.WaitAfter(f.Tries)
	m := payment.RefundMove{Event: payment.EventUnanswered}
	switch {
	case !gives:
		m.Why = "gateway " + f.Gateway + " gives no money back: do it by hand, and resolve it"
	case look.odd != "" && f.State == payment.RefundDue:
		m.Event, m.Why = payment.EventContradicted, look.odd+": see there, and resolve it"
	case p.Left().Sign() < 0:
		m.Event, m.Why = payment.EventUnfit, unfit(&p)
	case !f.FirstSentAt.IsZero() && !g.Traits().Resends(f.FirstSentAt, b.At):
		m.Why = "the gateway has not answered for as long as it knows the key: see there, and resolve it"
	case !more:
		m.Why = "the gateway has not answered: see there, and resolve it"
	case look.silent:
		f.Tries++
		f.DueAt = b.At.Add(wait)
		ledger.Put(b.Tx, ledger.Refunds, *f)
		return false, nil
	default:
		m = payment.RefundMove{Event: payment.EventAsk, Next: b.At.Add(wait)}
	}
	return m.Event == payment.EventAsk, b.hearRefund(f, m)
}

// refundHeard is the event that a gateway's answer is to a refund.
func refundHeard(f *payment.Refund, out gateway.Outcome) (m payment.RefundMove) {
	switch {
	case out.Status == gateway.StatusCaptured && out.Amount == f.Cash:
		m.Event = payment.EventCaptured
	case out.Status == gateway.StatusCaptured:
		m.Event = payment.EventContradicted
		m.Why = "the gateway gave " + cmp.Or(out.Amount.String(), "no amount") + " back where " + f.Cash.String() + " was asked for"
	case out.Status == gateway.StatusDeclined, out.Status == gateway.StatusCanceled:
		m.Event = payment.EventDeclined
		m.Why = "the gateway declined: " + cmp.Or(gateway.Printable(out.Text), "without a reason")
	}
	return m
}
