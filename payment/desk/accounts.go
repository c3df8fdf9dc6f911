package desk

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// DepositRequest is money that comes to an account of a customer from outside: a top-up of the
// cash account, a repayment of the credit account, a budget that a partner grants (P9).
type DepositRequest struct {
	ID       string           `json:"id"` // 1 to 64 printable characters: the same ID again changes nothing
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Fund     payment.Fund     `json:"fund"`
	Amount   order.Money      `json:"amount"` // above zero
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x DepositRequest) Check() error {
	if err := cmp.Or(order.CheckID("id", x.ID), checkActor(x.Customer, x.By)); err != nil {
		return err
	}
	if err := order.CheckWord("fund", x.Fund, []payment.Fund{payment.FundCash, payment.FundCredit, payment.FundBudget}); err != nil {
		return err
	}
	return checkAbove("amount", x.Amount)
}

// checkAbove reports an amount that is not above zero.
func checkAbove(field string, m order.Money) error {
	if err := order.CheckAmount(field, m); err != nil {
		return err
	}
	if m.Sign() <= 0 {
		return order.Invalid(field, m.String(), "is not above zero")
	}
	return nil
}

// Deposit puts money into an account, once: the same ID with the same contents again changes
// nothing, with other contents it is [payment.ReasonKey]. A credit account takes back at most
// what is used of it, and nothing while the cash account of its currency is below zero (P18).
func (d *Desk) Deposit(ctx context.Context, x DepositRequest) (a payment.Account, err error) {
	if err := x.Check(); err != nil {
		return payment.Account{}, err
	}
	err = d.forHouse(ctx, x.Customer, ledger.StepDeposit, x.By, func(b *tx) error {
		b.EntryID = ledger.DepositID(x.Customer, x.ID)
		id := x.Fund.AccountID(x.Amount.Currency())
		if err := b.Need(ledger.KindEntry, b.EntryID); err != nil {
			return err
		}
		if err := b.Need(ledger.KindAccount, id); err != nil {
			return err
		}
		a, _ = ledger.Get(b.Tx, ledger.Accounts, id)
		if e, done := ledger.Get(b.Tx, ledger.Entries, b.EntryID); done {
			if len(e.Moves) != 1 || e.Moves[0].ID != id || e.Moves[0].Amount != x.Amount {
				return payment.Refusef(payment.ReasonKey, "deposit %s has been made with other contents: use another ID", x.ID)
			}
			return nil
		}
		if missing, err := b.missing(x.Amount.Currency()); err != nil {
			return err
		} else if x.Fund == payment.FundCredit && missing.Sign() > 0 {
			return order.Invalid("fund", string(x.Fund), "takes nothing while "+missing.String()+" is missing in the cash account, since it was taken back: what comes in fills that first")
		}
		a.Customer, a.Fund = x.Customer, x.Fund
		sum, err := a.Balance.Add(x.Amount)
		if err != nil {
			return order.Within("amount", err)
		}
		if x.Fund == payment.FundCredit && sum.Sign() > 0 {
			return order.Invalid("amount", x.Amount.String(), "is more than the "+order.Minor(-a.Balance.Minor(), x.Amount.Currency()).String()+" that is used of the credit: nothing more is owed")
		}
		a.Balance = sum
		ledger.Put(b.Tx, ledger.Accounts, a)
		return nil
	})
	return a, err
}

// CreditRequest says how far below zero a customer's credit account may go.
type CreditRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Limit    order.Money      `json:"limit"` // zero or above
}

// SetCredit sets how far below zero a customer's credit account may go (P4). A limit below
// what is used of it is refused.
func (d *Desk) SetCredit(ctx context.Context, x CreditRequest) (a payment.Account, err error) {
	if err := order.CheckAmount("limit", x.Limit); err != nil {
		return payment.Account{}, err
	}
	if x.Limit.Sign() < 0 {
		return payment.Account{}, order.Invalid("limit", x.Limit.String(), "is below zero: it says how far below zero the balance may be")
	}
	err = d.forHouse(ctx, x.Customer, "set credit", x.By, func(b *tx) error {
		id := payment.FundCredit.AccountID(x.Limit.Currency())
		if err := b.Need(ledger.KindAccount, id); err != nil {
			return err
		}
		a, _ = ledger.Get(b.Tx, ledger.Accounts, id)
		if a.Limit == x.Limit {
			return nil
		}
		a.Customer, a.Fund, a.Limit = x.Customer, payment.FundCredit, x.Limit
		if a.Balance == (order.Money{}) {
			a.Balance = order.Minor(0, x.Limit.Currency())
		}
		ledger.Put(b.Tx, ledger.Accounts, a)
		return nil
	})
	return a, err
}

// cash is the cash account of a currency; an empty one where there is none yet.
func (b *tx) cash(cur order.Currency) (payment.Account, error) {
	id := payment.FundCash.AccountID(cur)
	if err := b.Need(ledger.KindAccount, id); err != nil {
		return payment.Account{}, err
	}
	a, there := ledger.Get(b.Tx, ledger.Accounts, id)
	if !there {
		a = payment.Account{Customer: b.Customer, Fund: payment.FundCash, Balance: order.Minor(0, cur)}
	}
	return a, nil
}
