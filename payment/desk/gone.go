package desk

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// goes tells the customer how much more of a payment was taken back without the Desk than before,
// or has come again, and opens again what it paid, or closes it (P18). Orders stay as they are:
// whether something is still delivered is the host's to say.
func (b *tx) goes(p *payment.Payment, before order.Money) error {
	more, err := p.Gone.Sub(before)
	if err != nil {
		return err
	}
	n := ledger.Notice{Kind: ledger.NoticeTakenBack, Payment: p.ID, Bill: p.Bill, Amount: more, Text: "nothing of " + p.Took().String() + " is gone"}
	if more.Sign() < 0 {
		n.Kind, n.Amount = ledger.NoticeComeAgain, more.Neg()
	}
	if p.Gone.Sign() > 0 {
		n.Text = p.Gone.String() + " of " + p.Took().String() + " is gone"
	}
	if over := p.Overdrawn(); over.Sign() > 0 {
		n.Text += ", " + over.String() + " more than was left of it after refunds"
	}
	for i := range p.Quote.Items {
		n.Orders = append(n.Orders, p.Quote.Items[i].Order)
	}
	b.Tell(n)
	switch {
	case p.State != payment.PaymentSucceeded: // it came late, and paid nothing
		return nil
	case p.Bill != "":
		return b.billGoes(p, more)
	case p.Surplus == payment.SurplusBalance || p.Quote.TopUp.Sign() > 0:
		return b.cashGoes(order.Minor(p.CashGone(p.Gone).Minor()-p.CashGone(before).Minor(), more.Currency()))
	}
	return nil
}

// billGoes has a bill due again, by what was taken back of its payment, or no longer: then a
// payment that charges it again is given up, and what was paid twice all the same is a credit (P18).
func (b *tx) billGoes(p *payment.Payment, more order.Money) error {
	bill, monthly, err := b.billOf(p)
	if err != nil {
		return err
	}
	after, account, credit, err := bill.TakeBack(more, monthly)
	if err != nil {
		return err
	}
	if err := b.putReopened(after, account, credit); err != nil || more.Sign() > 0 || bill.Payment == "" {
		return err
	}
	again, err := b.needPayment(bill.Payment)
	if err != nil || again.State != payment.PaymentPending {
		return err
	}
	again, _ = again.Apply(payment.PaymentMove{Event: payment.EventGiveUp, At: b.At, Why: "what had been taken back has come again"})
	again.DueAt = b.At // the sweep cancels it
	ledger.Put(b.Tx, ledger.Payments, again)
	return nil
}

// putReopened writes a bill that was paid before, with the monthly account, and puts what was paid
// twice of it into the credit.
func (b *tx) putReopened(bill payment.Bill, monthly payment.Account, credit order.Money) error {
	ledger.Put(b.Tx, ledger.Accounts, monthly)
	if credit.Sign() > 0 {
		if err := b.giveCredit(credit); err != nil {
			return err
		}
	}
	return b.putBill(bill)
}

// cashGoes takes out of the cash account what was taken back of what had come to it, or puts in
// what has come again (P18).
func (b *tx) cashGoes(more order.Money) error {
	if more.Sign() == 0 {
		return nil
	}
	a, err := b.cash(more.Currency())
	if err != nil {
		return err
	}
	after, err := a.TakeBack(more)
	if err != nil {
		return err
	}
	ledger.Put(b.Tx, ledger.Accounts, after)
	return nil
}

// missing is how far below zero the cash account of a currency is (P18).
func (b *tx) missing(cur order.Currency) (order.Money, error) {
	a, err := b.cash(cur)
	return order.Minor(max(0, -a.Balance.Minor()), cur), err
}

// glance is what a gateway said of a charge before a refund of it is sent.
type glance struct {
	silent bool   // nothing that something can be concluded from
	odd    string // how that contradicts what was captured
}

// glanceAt looks the charge of a refund up once before it is sent, and notes what was taken back of
// it (P18). It does not look where the refund is not sent now, or its gateway gives no money back.
func (d *Desk) glanceAt(ctx context.Context, c *call, id order.RefundID, sent func(b *tx, f *payment.Refund) bool) (look glance, err error) {
	b, err := d.open(c, "send refund", payment.ByDesk)
	if err != nil {
		return look, err
	}
	var f payment.Refund
	var p payment.Payment
	if err := d.decide(ctx, b, func() (err error) {
		if f, err = b.needRefund(id); err != nil {
			return err
		}
		p, err = b.paymentOf(&f)
		return err
	}); err != nil || !sent(b, &f) {
		return look, err
	}
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return look, err
	}
	if _, gives := g.(gateway.Refunder); !gives {
		return look, nil
	}
	out, err := said(g.Lookup(ctx, chargeOf(&p)))
	d.trace("lookup", c.ID, string(p.ID), err)
	if err != nil {
		return glance{silent: true}, nil
	}
	switch wrong := contradicts(&p, &out); {
	case wrong == "" && out.Moved():
		if out.Back.Minor() != p.Gone.Minor() {
			_, err = d.conclude(ctx, c, p, out)
		}
	case out.Status == gateway.StatusCaptured: // an operator has judged it, or the commit that settled it
	case wrong != "":
		look.odd = wrong
	case g.Traits().Knows(p.FirstSentAt, b.At): // else it may have forgotten the charge
		look.odd = "the gateway says " + string(out.Status) + " of what it captured"
	}
	return look, err
}

// paymentOf is the payment that a refund gives back.
func (b *tx) paymentOf(f *payment.Refund) (payment.Payment, error) {
	if err := b.Need(ledger.KindPayment, string(f.Payment)); err != nil {
		return payment.Payment{}, err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(f.Payment))
	if !ok {
		return p, misset("payment", string(f.Payment), "is what refund "+string(f.ID)+" gives back, and is not in the store")
	}
	return p, nil
}

// unfit says why a refund is more than is left of its payment.
func unfit(p *payment.Payment) string {
	return p.Gone.String() + " of the " + p.Took().String() + " that was captured is gone: it is sent once enough has come again, and an operator says so"
}
