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

// sweepRefund sends a refund whose time has come: claimed first, so that no other host sends
// it too, with its own key, the same each time.
func (d *Desk) sweepRefund(ctx context.Context, c *call, id order.RefundID, s *Swept) (done bool, err error) {
	var f payment.Refund
	err = d.transact(ctx, c, "send refund", payment.ByDesk, func(b *tx) error {
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
		_, gives := g.(gateway.Refunder)
		wait, more := b.Policy.WaitAfter(f.Tries)
		m := payment.RefundMove{Event: payment.EventUnanswered}
		switch {
		case !gives:
			m.Why = "gateway " + f.Gateway + " gives no money back: do it by hand, and resolve it"
		case !f.FirstSentAt.IsZero() && !g.Traits().Resends(f.FirstSentAt, b.At):
			m.Why = "the gateway has not answered for as long as it knows the key: see there, and resolve it"
		case !more:
			m.Why = "the gateway has not answered: see there, and resolve it"
		default:
			m = payment.RefundMove{Event: payment.EventAsk, Next: b.At.Add(wait)}
		}
		return b.hearRefund(&f, m)
	})
	if err != nil || done || f.State != payment.RefundSent {
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
