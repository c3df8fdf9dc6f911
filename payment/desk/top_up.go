package desk

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// RefundTopUpRequest says how much of a payment into the own balance goes back (P20).
type RefundTopUpRequest struct {
	ID       string           `json:"id"` // 1 to 64 printable characters: the same ID again changes nothing
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Payment  order.PaymentID  `json:"payment"`
	Amount   order.Money      `json:"amount"` // above zero
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x RefundTopUpRequest) Check() error {
	if err := cmp.Or(order.CheckID("id", x.ID), checkActor(x.Customer, x.By), order.CheckID("payment", x.Payment)); err != nil {
		return err
	}
	return checkAbove("amount", x.Amount)
}

// RefundTopUp gives back through its gateway what a customer paid into the own balance
// ([payment.Request] with TopUp), to the payment that it came by: at most what is left of that
// payment, and what is in the cash account (P18, P20). The account has it no more from the commit that
// makes the refund due; the refund is sent as others are. More than is left of the payment, or a
// payment that paid into no balance, is an [*order.FieldError]; more than is in the account is
// [payment.ReasonBalance].
//
// The same ID again returns the same refund; with another amount it is [payment.ReasonKey].
func (d *Desk) RefundTopUp(ctx context.Context, x RefundTopUpRequest) (f payment.Refund, err error) {
	if err := x.Check(); err != nil {
		return payment.Refund{}, err
	}
	err = d.forHouse(ctx, x.Customer, "refund top-up", x.By, func(b *tx) (err error) {
		f, err = b.refundTopUp(&x)
		return err
	})
	if err != nil {
		return payment.Refund{}, err
	}
	return f, nil
}

func (b *tx) refundTopUp(x *RefundTopUpRequest) (payment.Refund, error) {
	p, err := b.needPayment(x.Payment)
	if err != nil {
		return payment.Refund{}, err
	}
	id := p.RefundID("", order.ID(x.ID), "")
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return payment.Refund{}, err
	}
	if f, there := ledger.Get(b.Tx, ledger.Refunds, string(id)); there {
		if f.Cash != x.Amount {
			return f, payment.Refusef(payment.ReasonKey, "refund %s has been made of %s: use another ID", x.ID, f.Cash)
		}
		return f, nil
	}
	switch left := order.Minor(min(p.Left().Minor(), p.Quote.TopUp.Minor()-p.Returned().Minor()), p.Amount.Currency()); {
	case p.Quote.TopUp.Sign() == 0 || p.State != payment.PaymentSucceeded:
		return payment.Refund{}, order.Invalid("payment", string(x.Payment), "has paid nothing into the balance")
	case x.Amount.Currency() != left.Currency():
		return payment.Refund{}, order.Invalid("amount", x.Amount.String(), "is not in the currency of the payment, "+left.Currency().String())
	case x.Amount.Minor() > left.Minor():
		return payment.Refund{}, order.Invalid("amount", x.Amount.String(), "is more than is left of the payment, "+left.String())
	}
	if err := b.fromCash(x.Amount); err != nil {
		return payment.Refund{}, err
	}
	return b.refundPart(p, x.Amount, order.ID(x.ID)), nil
}

// toCash puts an amount into the cash account of its currency.
func (b *tx) toCash(amount order.Money) error {
	a, err := b.cash(amount.Currency())
	if err != nil {
		return err
	}
	if a.Balance, err = a.Balance.Add(amount); err != nil {
		return err
	}
	ledger.Put(b.Tx, ledger.Accounts, a)
	return nil
}

// fromCash takes an amount out of the cash account, which has to have it.
func (b *tx) fromCash(amount order.Money) error {
	a, err := b.cash(amount.Currency())
	if err != nil {
		return err
	}
	if amount.Minor() > a.Balance.Minor() {
		return &payment.Refusal{Reason: payment.ReasonBalance, Need: amount, Have: a.Balance,
			Text: amount.String() + " is to go back and " + a.Balance.String() + " is in the cash account: give less back"}
	}
	a.Balance = order.Minor(a.Balance.Minor()-amount.Minor(), amount.Currency())
	ledger.Put(b.Tx, ledger.Accounts, a)
	return nil
}
