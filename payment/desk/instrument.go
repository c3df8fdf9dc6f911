package desk

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// card asks the host which card a gateway would charge (P5), and whether an instrument is the
// customer's there (P19). What is not is refused as if it did not exist, and stands in no error. named
// says that the request names it; else it comes from the customer's facts.
func (d *Desk) card(ctx context.Context, b *tx, in Inquiry, at string, instrument order.Opaque, named bool) (payment.Card, error) {
	switch {
	case d.Wallets == nil && instrument == "":
		return payment.Card{}, nil
	case d.Wallets == nil && named:
		return payment.Card{}, payment.Refuse(payment.ReasonBadRequest, order.Invalid("instrument", "", "cannot be charged: the Desk has no Wallets that say whose it is; set them, or leave it out"))
	case d.Wallets == nil:
		return payment.Card{}, misset("wallets", "", "are required to charge the customer's own instrument, since they say whose it is: set them")
	}
	card, err := d.Wallets.Card(ctx, in, at, instrument)
	d.trace("card", b.Customer, at, err)
	switch {
	case err == nil:
		return card, nil
	case instrument == "" || !errors.Is(err, order.ErrNotFound):
		return card, hostError(ctx, "card", b.Customer, err)
	case !named:
		return card, &payment.Refusal{Reason: payment.ReasonCard, Text: "the customer's own instrument is not known at gateway " + at + ": have another one saved", Err: order.ErrNotFound}
	}
	return card, payment.Refuse(payment.ReasonBadRequest, &order.FieldError{Field: "instrument", Reason: "is not one of the customer at gateway " + at, Err: order.ErrNotFound})
}

// instrument is what is kept of an instrument that a gateway charges.
func (b *tx) instrument(at string, of order.Opaque) (ledger.Instrument, error) {
	id := ledger.InstrumentID(b.Customer, at, of)
	if err := b.Need(ledger.KindInstrument, id); err != nil {
		return ledger.Instrument{}, err
	}
	x, _ := ledger.Get(b.Tx, ledger.Instruments, id)
	x.Customer, x.ID = b.Customer, id
	return x, nil
}

// again counts one try more of an instrument while nobody is there, in the commit that holds what it
// pays, or says why there is none (P19).
func (b *tx) again(at string, of order.Opaque) error {
	if of == "" {
		return nil
	}
	x, err := b.instrument(at, of)
	if err == nil {
		x, err = x.Again(b.At, b.Policy)
	}
	if err != nil {
		return err
	}
	ledger.Put(b.Tx, ledger.Instruments, x)
	return nil
}

// spend ends the tries of the instrument of a payment, since its gateway has said so (P19).
func (b *tx) spend(p *payment.Payment) error {
	x, err := b.instrument(p.Gateway, p.Instrument)
	if err != nil || !x.SpentAt.IsZero() {
		return err
	}
	x.SpentAt = b.At
	ledger.Put(b.Tx, ledger.Instruments, x)
	return nil
}

// paidWith lets an instrument be tried again that the customer has paid with (P19).
func (b *tx) paidWith(p *payment.Payment) error {
	if p.Instrument == "" || p.Absent {
		return nil
	}
	x, err := b.instrument(p.Gateway, p.Instrument)
	if err != nil || x.SpentAt.IsZero() {
		return err
	}
	x.SpentAt = time.Time{}
	ledger.Put(b.Tx, ledger.Instruments, x)
	return nil
}

// ofInstrument adds to what a payment hears what its gateway says of the instrument, and how long it
// waits for a customer who was not there (P19).
func (b *tx) ofInstrument(p *payment.Payment, m payment.PaymentMove, out gateway.Outcome, t gateway.Traits) payment.PaymentMove {
	m.Until, m.Kept = b.At.Add(b.Policy.WaitsAbsent(t.Action)).UTC(), out.Instrument
	if spent(p, m, out) && p.Absent && !m.Forgotten {
		m.Why += "; this instrument is not tried again until another one is saved, or you pay with it yourself"
	}
	return m
}

// spent reports whether a gateway declines for the instrument, for good.
func spent(p *payment.Payment, m payment.PaymentMove, out gateway.Outcome) bool {
	return m.Event == payment.EventDeclined && out.Spent && p.Instrument != ""
}

// tellAction tells a customer who was not there that a gateway asks for them (P19): where to go, and
// until when. What the gateway wants the client's own code to know is not told.
func (b *tx) tellAction(p *payment.Payment) {
	n := ledger.Notice{Kind: ledger.NoticeAction, Payment: p.ID, Bill: p.Bill, Amount: p.Amount, Until: p.ActionUntil, Action: p.Action}
	for i := range p.Quote.Items {
		n.Orders = append(n.Orders, p.Quote.Items[i].Order)
	}
	if r, ok := b.renewedAutomatically(p); ok {
		n.Resource = r.ID
	}
	b.Tell(n)
}
