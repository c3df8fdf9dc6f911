package desk

import (
	"cmp"
	"context"
	"reflect"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// conclude does what an outcome decides: settle, release or review, or note what is gone of a
// payment that has ended (P18). An open payment may stay open. On an error it returns the payment
// as it was read last.
func (d *Desk) conclude(ctx context.Context, c *call, p payment.Payment, out gateway.Outcome) (payment.Payment, error) {
	step := "settle"
	wrong := contradicts(&p, &out)
	out.Text = gateway.Printable(out.Text)
	switch {
	case wrong != "":
		step = "review"
	case out.Status == gateway.StatusDeclined, out.Status == gateway.StatusCanceled:
		step = "release"
	case out.Status == gateway.StatusAction:
		step = "action"
	case out.Status == gateway.StatusProcessing && goesOn(&p, &out):
		step = "seen"
	case !out.Moved():
		return p, nil
	case p.State.Final() && out.Back.Minor() != p.Gone.Minor():
		step = "taken back"
	}
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	read, after := p, p
	if err := d.transact(ctx, c, step, payment.ByDesk, func(b *tx) error {
		was, now, err := b.concluded(p.ID, out, wrong, g.Traits())
		if was.ID != "" {
			read, after = was, now
		}
		return err
	}); err != nil {
		return read, err
	}
	return after, nil
}

// goesOn reports whether a payment changes when its gateway says that it is processing.
func goesOn(p *payment.Payment, out *gateway.Outcome) bool {
	return !p.NotFoundSince.IsZero() || !p.ActionUntil.IsZero() || p.Handle == "" && out.Handle != ""
}

// concluded decides on a payment when its gateway has answered. It returns the payment as it
// was, and as it is. wrong says how the answer contradicts the charge.
func (b *tx) concluded(id order.PaymentID, out gateway.Outcome, wrong string, t gateway.Traits) (was, p payment.Payment, err error) {
	if p, err = b.needPayment(id); err != nil {
		return p, p, err
	}
	was = p
	m := b.ofInstrument(&p, heard(out, wrong, t.Knows(p.FirstSentAt, b.At)), out, t)
	if do, err := b.apply(&p, m); err != nil || do != payment.EffectRelease || !spent(&p, m, out) {
		return was, p, err
	}
	return was, p, b.spend(&p)
}

// events are what a payment hears of a charge, by how it stands.
var events = map[gateway.Status]payment.Event{
	gateway.StatusCaptured: payment.EventCaptured, gateway.StatusReversed: payment.EventReversed, gateway.StatusDeclined: payment.EventDeclined,
	gateway.StatusCanceled: payment.EventCanceled, gateway.StatusProcessing: payment.EventProcessing, gateway.StatusAction: payment.EventAction,
	gateway.StatusReady: payment.EventReady, gateway.StatusNotFound: payment.EventNotFound,
}

// heard is the event that a gateway's answer is to a payment. wrong says how the answer
// contradicts the charge; knows, whether the gateway still knows the charge for certain.
func heard(out gateway.Outcome, wrong string, knows bool) payment.PaymentMove {
	m := payment.PaymentMove{Trade: out.Trade, Action: out.Action, Handle: handle(out), Why: cmp.Or(out.Text, string(out.Status)), Forgotten: !knows}
	m.Event = events[out.Status]
	switch {
	case wrong != "":
		m.Event, m.Why = payment.EventContradicted, wrong
	case out.Status == gateway.StatusReversed:
		m.Gone = out.Back
	}
	if !knows && wrong == "" {
		m.Why = "the gateway may have forgotten the charge, and says " + string(out.Status) + ": see there, and resolve it"
	}
	if out.Moved() && out.Amount.Check() == nil && out.Amount.Sign() > 0 {
		m.Amount = out.Amount
	}
	if out.Fee.Check() == nil && out.Fee.Sign() >= 0 {
		m.Fee = out.Fee
	}
	if order.CheckID("trade", m.Trade) != nil {
		m.Trade = "" // wrong names it
	}
	return m
}

// hear changes a payment by an event, as its table says ([payment.Payment.Apply]), and orders,
// coupons and refunds with it.
func (b *tx) hear(p *payment.Payment, m payment.PaymentMove) (err error) {
	_, err = b.apply(p, m)
	return err
}

func (b *tx) apply(p *payment.Payment, m payment.PaymentMove) (do payment.Effect, err error) {
	m.At = b.At
	gone := p.Gone
	after, do := p.Apply(m)
	switch do {
	case payment.EffectSettle:
		*p, err = b.settle(after)
	case payment.EffectRelease:
		*p, err = b.release(after)
	case payment.EffectReturn:
		*p, err = b.refundLate(*p, after, m)
	default:
		if reflect.DeepEqual(after, *p) {
			break
		}
		if asks := !after.ActionUntil.IsZero() && p.ActionUntil.IsZero(); asks {
			b.tellAction(&after)
			if after.DueAt.After(after.ActionUntil) {
				after.DueAt = after.ActionUntil
			}
		}
		*p = after
		ledger.Put(b.Tx, ledger.Payments, after)
	}
	if err == nil && p.Gone != gone {
		err = b.goes(p, gone)
	}
	return do, err
}

// contradicts says how an outcome contradicts what a payment charges, or took: what an operator
// found that it captured, or what came late; "": nothing.
func contradicts(p *payment.Payment, out *gateway.Outcome) string {
	c := chargeOf(p)
	late := out.Status == gateway.StatusReversed || p.Gone.Sign() > 0
	switch took := p.Took(); {
	case p.State == payment.PaymentSucceeded:
		c.Amount = took
	case late && out.Amount == p.LateCapture:
		c.Amount = took
	}
	return out.Contradicts(&c)
}
