package payment

import (
	"context"

	"github.com/duebook/duebook/order"
)

// stepDeposit is the step of the entry of a deposit.
const stepDeposit = "deposit"

// Deposit is money that comes to an account of a customer from outside: a top-up of the
// cash account, a repayment of the credit account, a budget that a partner grants (P9).
type Deposit struct {
	ID       string           `json:"id"` // 1 to 64 printable characters: said twice, done once
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Fund     Fund             `json:"fund"`
	Amount   order.Money      `json:"amount"` // above zero
}

// Check reports the first thing about x that is not sound, as an [*order.FieldError].
func (x Deposit) Check() error {
	if err := checkIDs(namedWord{"id", x.ID}, namedWord{"customer", string(x.Customer)}, namedWord{"by", x.By}); err != nil {
		return err
	}
	if err := checkWord("fund", x.Fund, []Fund{FundCash, FundCredit, FundBudget}); err != nil {
		return err
	}
	if err := checkAmount("amount", x.Amount); err != nil {
		return err
	}
	if x.Amount.Sign() <= 0 {
		return field("amount", x.Amount.String(), "is not above zero")
	}
	return nil
}

// Deposit puts money into an account, once: the same ID with the same contents again
// changes nothing, with others it is [ReasonKey]. A credit account takes back no more than
// is used of it.
func (d *Desk) Deposit(ctx context.Context, x Deposit) (a Account, err error) {
	if err := x.Check(); err != nil {
		return Account{}, err
	}
	err = d.forCustomer(ctx, x.Customer, stepDeposit, x.By, func(b *book) error {
		b.deposit = depositID(x.Customer, x.ID)
		id := accountID(x.Fund, x.Amount.Currency())
		if err := b.need(KindEntry, b.deposit); err != nil {
			return err
		}
		if err := b.need(KindAccount, id); err != nil {
			return err
		}
		a, _ = get(b, accounts, id)
		if e, done := get(b, entries, b.deposit); done {
			if len(e.Moves) != 1 || e.Moves[0].ID != id || e.Moves[0].Amount != x.Amount {
				return refusef(ReasonKey, "deposit %s has been made with other contents: use another ID", x.ID)
			}
			return nil
		}
		a.Customer, a.Fund = x.Customer, x.Fund
		sum, err := a.Balance.Add(x.Amount)
		if err != nil {
			return err
		}
		if x.Fund == FundCredit && sum.Sign() > 0 {
			return field("amount", x.Amount.String(), "is more than the "+order.Minor(-a.Balance.Minor(), x.Amount.Currency()).String()+" that is used of the credit: nothing more is owed")
		}
		a.Balance = sum
		put(b, accounts, a)
		return nil
	})
	return a, err
}

// SetCredit sets how far below zero a customer's credit account may go (P4). A limit below
// what is used of it is refused.
func (d *Desk) SetCredit(ctx context.Context, customer order.CustomerID, by string, limit order.Money) (a Account, err error) {
	if err := checkAmount("limit", limit); err != nil {
		return Account{}, err
	}
	if limit.Sign() < 0 {
		return Account{}, field("limit", limit.String(), "is below zero: it says how far the balance may be")
	}
	err = d.forCustomer(ctx, customer, "set credit", by, func(b *book) error {
		id := accountID(FundCredit, limit.Currency())
		if err := b.need(KindAccount, id); err != nil {
			return err
		}
		a, _ = get(b, accounts, id)
		if a.Limit == limit {
			return nil
		}
		a.Customer, a.Fund, a.Limit = customer, FundCredit, limit
		if a.Balance == (order.Money{}) {
			a.Balance = order.Minor(0, limit.Currency())
		}
		put(b, accounts, a)
		return nil
	})
	return a, err
}
