package desk

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// CancelPaymentRequest names the payment that is to be given up.
type CancelPaymentRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Payment  order.PaymentID  `json:"payment"`
}

// CancelPayment gives up a pending payment. It is looked up first, and succeeds if the money
// was faster; it is canceled as soon as the gateway says that no money will come, at the
// latest by the sweep. A payment that has ended is returned as it is.
func (d *Desk) CancelPayment(ctx context.Context, r CancelPaymentRequest) (payment.Payment, error) {
	r.By = actor(r.By, r.Customer)
	if err := cmp.Or(checkActor(r.Customer, r.By), order.CheckID("payment", string(r.Payment))); err != nil {
		return payment.Payment{}, err
	}
	c, err := d.customerOf(ctx, r.Customer)
	if err != nil {
		return payment.Payment{}, err
	}
	p, err := d.find(ctx, c, "cancel payment", r.Payment)
	switch {
	case err != nil:
		return payment.Payment{}, err
	case p.Bill != "":
		return payment.Payment{}, order.Invalid("payment", string(r.Payment), "charges a bill, which is tried again: it is not canceled")
	case !p.State.Open():
		return p, nil
	}
	g, gone := d.gateway(p.Gateway)
	traits := gateway.Traits{}
	if gone == nil { // else it is canceled once the Desk has its gateway again
		traits = g.Traits()
		if p, err = d.lookUp(ctx, c, p, lookToCancel); err != nil || !p.State.Open() {
			return p, err
		}
	}
	if err := d.transact(ctx, c, "cancel payment", r.By, func(b *tx) error {
		var err error
		if p, err = b.needPayment(r.Payment); err != nil {
			return err
		}
		if p.State == payment.PaymentPending {
			b.giveUp(&p, traits, "canceled by "+r.By)
		}
		return nil
	}); err != nil {
		return payment.Payment{}, err
	}
	if p.State == payment.PaymentCanceling && gone == nil {
		p, _ = d.cancel(ctx, c, p, g, "") // what fails of it is left to the sweep
	}
	return p, nil
}

// Hint says that a gateway has news of a payment: the Desk looks it up. One in review ends as well
// where the answer is certain and fits: captured as asked, or declined or canceled by a gateway
// that has not forgotten the charge, nor said that it captured some. The Desk believes nothing
// else that a notification says, although the host has verified it ([gateway.Verifier]). A gateway
// that gives no answer is the host's fault ([payment.ErrHost]), and the payment stands as it was:
// let the notification come again. The sweep looks in any case, but not at what is in review.
//
// Where the hint names a refund, that is looked up, and nothing else: it is done, or in review, as
// the gateway says, in review too, where it is done once the money is back; and one that was done is
// in review again where the money came back. What Hint returns is the payment of which it is a
// refund. One of another payment is [payment.ReasonNoOrder].
func (d *Desk) Hint(ctx context.Context, h gateway.Hint) (payment.Payment, error) {
	if err := h.Check(); err != nil {
		return payment.Payment{}, err
	}
	c, err := d.customerOf(ctx, h.Customer)
	if err != nil {
		return payment.Payment{}, err
	}
	p, err := d.find(ctx, c, "hint", h.Payment)
	if err == nil && h.Refund != "" {
		return p, d.hintRefund(ctx, c, h)
	}
	if err != nil || p.Amount == (order.Money{}) {
		return p, err
	}
	p, silent, err := d.answered(ctx, c, p, lookToEnd)
	if err == nil && silent != nil {
		err = hostError(ctx, "lookup of payment "+string(p.ID), p.Customer, silent)
	}
	return p, err
}

// hintRefund looks up the refund that a hint names, if the gateway has been asked for it.
func (d *Desk) hintRefund(ctx context.Context, c *call, h gateway.Hint) error {
	b, err := d.open(c, "hint", payment.ByDesk)
	if err != nil {
		return err
	}
	var f payment.Refund
	if err := d.decide(ctx, b, func() error { f, err = b.needRefund(h.Refund); return err }); err != nil {
		return err
	}
	if f.Payment != h.Payment {
		return payment.Refusef(payment.ReasonNoOrder, "refund %s: payment %s has no such refund", h.Refund, h.Payment)
	}
	if f.Key == "" || f.State == payment.RefundDue {
		return nil
	}
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return err
	}
	if _, gives := g.(gateway.Refunder); !gives {
		return nil
	}
	out, silent := d.lookUpRefund(ctx, c, &f)
	if silent != nil {
		return hostError(ctx, "lookup of refund "+string(f.ID), c.ID, silent)
	}
	return d.concludeRefund(ctx, c, &f, out)
}

// Payment returns a payment as it stands. One that is not final is looked up first; where its
// gateway gives no answer it stands as it was stored, and that is no error.
func (d *Desk) Payment(ctx context.Context, customer order.CustomerID, id order.PaymentID) (payment.Payment, error) {
	if err := (gateway.Hint{Customer: customer, Payment: id}).Check(); err != nil {
		return payment.Payment{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return payment.Payment{}, err
	}
	p, err := d.find(ctx, c, "payment", id)
	if err != nil || !p.State.Open() {
		return p, err
	}
	return d.lookUp(ctx, c, p, lookToEnd)
}
