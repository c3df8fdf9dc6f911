package payment

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/duebook/duebook/order"
)

// Customer is what the host knows of a customer who pays.
type Customer struct {
	ID          order.CustomerID
	Association Association // to a partner (P9)
	Protected   bool        // sensitive operations need a second authentication (P8)
	Monthly     bool        // monthly settlement is enabled (P4)
	Gateway     string      // charged where a request names none, for bills (P6) and automatic renewals (R5); empty: the only one of the Desk
	// Instrument is what that gateway charges where a request names none, and while nobody is
	// there: a saved card or mandate, 1 to 64 bytes; empty: there is none (P19).
	Instrument order.Opaque
	Policy     *Policy // nil: the house's
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c Customer) Check() error {
	if err := order.CheckID("id", c.ID); err != nil {
		return err
	}
	if !slices.Contains(associations, c.Association) {
		return order.Invalid("association", string(c.Association), "is unknown")
	}
	if c.Gateway != "" {
		if err := order.CheckID("gateway", c.Gateway); err != nil {
			return err
		}
	}
	if c.Instrument != "" {
		if err := c.Instrument.Check("instrument", maxInstrument); err != nil {
			return err
		}
	}
	if c.Policy != nil {
		if err := c.Policy.Check(); err != nil {
			return order.Within("policy", err)
		}
	}
	return nil
}

// Charges returns what a request has charged at a gateway (P19): the instrument that it names, or
// else the customer's own, where it is of that gateway; empty: what the customer names there, as a
// request that keeps one asks for.
func (c *Customer) Charges(r *Request, at string) order.Opaque {
	if r.Instrument != "" || r.Keep || at != c.Gateway {
		return r.Instrument
	}
	return c.Instrument
}

// accountType is whose money a balance payment takes, as asked for or by association
// (P9).
func (c *Customer) accountType(asked AccountType) (AccountType, *Refusal) {
	by := AccountOwn
	if c.Association == AssociationReseller {
		by = AccountBudget
	}
	if asked != "" && asked != by {
		whose := "a customer without a partner"
		if c.Association != "" {
			whose = "a " + string(c.Association) + " customer"
		}
		return "", Refusef(ReasonAccount, "%s pays from the %s account, not from %s: leave the account out", whose, by, asked)
	}
	return by, nil
}

// Account is one of a customer's accounts, a record of its own: there is one for each
// fund and currency, and one monthly account for all currencies.
type Account struct {
	Customer order.CustomerID `json:"customer"`
	Fund     Fund             `json:"fund"`
	Balance  order.Money      `json:"balance,omitzero"`  // below zero: how much of the credit is used, or of a cash account is missing (P18)
	Gone     order.Money      `json:"gone,omitzero"`     // of a cash account: what of the money that came to it has been taken back since (P18)
	Limit    order.Money      `json:"limit,omitzero"`    // how far below zero a credit account may go
	Overdue  int              `json:"overdue,omitempty"` // of the monthly account: how many bills are (P6)
	Version  int64            `json:"version,omitempty"` // counts the writes of a store
}

// Available returns what can be taken from the account. The error is
// [order.ErrCurrency] or [order.ErrOverflow], where Check reports one too.
func (a Account) Available() (order.Money, error) { return a.Balance.Add(a.Limit) }

// TakeBack takes out of a cash account what of the money that came to it has been taken back
// without the Desk, below zero if need be; a negative amount has come again (P18). While the account
// is below zero nothing is paid from it or from the credit account, and nothing settled monthly.
func (a Account) TakeBack(amount order.Money) (Account, error) {
	after := a
	var err, more error
	after.Balance, err = a.Balance.Sub(amount)
	after.Gone, more = a.Gone.Add(amount)
	if err := cmp.Or(err, more, after.Check()); err != nil {
		return a, order.Within("amount", err)
	}
	if after.Gone.Sign() == 0 {
		after.Gone = order.Money{}
	}
	return after, nil
}

// Check reports the first thing about a that is not valid, as an [*order.FieldError].
func (a Account) Check() error {
	if err := order.CheckID("customer", a.Customer); err != nil {
		return err
	}
	if err := order.CheckWord("fund", a.Fund, funds); err != nil {
		return err
	}
	if a.Version < 0 {
		return order.Invalid("version", strconv.FormatInt(a.Version, 10), "is below zero")
	}
	if a.Overdue < 0 || a.Overdue > 0 && a.Fund != FundMonthly {
		return order.Invalid("overdue", strconv.Itoa(a.Overdue), "counts bills, of the monthly account alone")
	}
	if a.Fund == FundMonthly {
		if a.Balance != (order.Money{}) || a.Limit != (order.Money{}) || a.Gone != (order.Money{}) {
			return order.Invalid("balance", a.Balance.String(), "belongs to accounts that hold money: bills say what is due")
		}
		return nil
	}
	return a.checkBalance()
}

// checkBalance reports a balance or limit that no account for money has.
func (a Account) checkBalance() error {
	if err := order.CheckAmount("balance", a.Balance); err != nil {
		return err
	}
	if err := a.Limit.Check(); err != nil {
		return order.Within("limit", err)
	}
	if a.Limit.Sign() < 0 || a.Limit.Sign() > 0 && a.Fund != FundCredit {
		return order.Invalid("limit", a.Limit.String(), "is above zero, and of a credit account alone")
	}
	if err := a.checkGone(); err != nil {
		return err
	}
	left, err := a.Available()
	if err != nil {
		return order.Within("limit", err)
	}
	if left.Minor()+a.Gone.Minor() < 0 {
		return order.Invalid("balance", a.Balance.String(), "is further below zero than the limit, or what is gone, allows")
	}
	if a.Fund == FundCredit && a.Balance.Sign() > 0 {
		return order.Invalid("balance", a.Balance.String(), "of a credit account is what is used of it, at or below zero")
	}
	return nil
}

// checkGone: what came to a cash account can be taken back, from no other account.
func (a *Account) checkGone() error {
	if a.Gone == (order.Money{}) {
		return nil
	}
	if err := a.Gone.Check(); err != nil {
		return order.Within("gone", err)
	}
	if a.Gone.Sign() < 0 || a.Fund != FundCash || a.Gone.Currency() != a.Balance.Currency() {
		return order.Invalid("gone", a.Gone.String(), "is not zero or more, in the currency of the balance, and of a cash account alone")
	}
	return nil
}

// ID names an account among those of its customer.
func (a *Account) ID() string { return a.Fund.AccountID(a.Balance.Currency()) }

// AccountID names the account of a fund in a currency among those of its customer.
func (f Fund) AccountID(cur order.Currency) string {
	if f == FundMonthly {
		return string(f)
	}
	return string(f) + "/" + cur.String()
}
