package payment

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
)

// CancelPayment gives a payment up that is pending: it is looked up first, then canceled as
// soon as the gateway says that no money will come, at the latest by the sweep, and succeeds
// where the money was faster. One that has ended is returned as it is.
func (d *Desk) CancelPayment(ctx context.Context, customer order.CustomerID, by string, id order.PaymentID) (Payment, error) {
	if err := checkIDs(namedWord{"customer", string(customer)}, namedWord{"by", by}, namedWord{"payment", string(id)}); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "cancel payment", id)
	switch {
	case err != nil:
		return Payment{}, err
	case p.Bill != "":
		return Payment{}, field("payment", string(id), "charges a bill, which is tried again: it is not canceled")
	case !p.State.open():
		return p, nil
	}
	g, gone := d.gateway(p.Gateway)
	traits := Traits{}
	if gone == nil { // else it is canceled once the Desk has its gateway again
		traits = g.Traits()
		if p, err = d.lookUp(ctx, c, p, false); err != nil || !p.State.open() {
			return p, err
		}
	}
	if err := d.transact(ctx, c, "cancel payment", by, func(b *book) error {
		var err error
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		if p.State == PaymentPending {
			b.giveUp(&p, traits, "canceled by "+by)
		}
		return nil
	}); err != nil {
		return Payment{}, err
	}
	if p.State == PaymentCanceling && gone == nil {
		p, _ = d.cancel(ctx, c, p, g, "") // what fails of it is left to the sweep
	}
	return p, nil
}

// giveUp makes a pending payment canceling: it is looked at at once.
func (b *book) giveUp(p *Payment, t Traits, why string) {
	p.State, p.Reason, p.Tries, p.Absent, p.Action = PaymentCanceling, why, 0, time.Time{}, ""
	p.Changed = later(p.Changed, b.at)
	p.Waits = b.next(p, t)
	put(b, payments, *p)
}

// find reads a payment.
func (d *Desk) find(ctx context.Context, c *Customer, step string, id order.PaymentID) (Payment, error) {
	b, err := d.open(ctx, c, step, desk)
	if err != nil {
		return Payment{}, err
	}
	if err := b.need(KindPayment, string(id)); err != nil {
		return Payment{}, err
	}
	p, ok := get(b, payments, string(id))
	if !ok {
		return Payment{}, refusef(ReasonNoOrder, "payment %s: there is none of this customer", id)
	}
	return p, nil
}

// Hint says that a gateway has something to say of a payment: the Desk looks it up, unless
// it is for an operator. It believes nothing else in a notification, which the host has
// verified ([Verifier]).
func (d *Desk) Hint(ctx context.Context, h Hint) (Payment, error) {
	if err := h.Check(); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, h.Customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "hint", h.Payment)
	if err != nil || p.Amount == (order.Money{}) || p.State == PaymentReview {
		return p, err
	}
	return d.lookUp(ctx, c, p, false)
}

// Payment returns a payment as it stands. One that is not final is looked up first.
func (d *Desk) Payment(ctx context.Context, customer order.CustomerID, id order.PaymentID) (Payment, error) {
	if err := (Hint{customer, id}).Check(); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "payment", id)
	if err != nil || !p.State.open() {
		return p, err
	}
	return d.lookUp(ctx, c, p, false)
}
