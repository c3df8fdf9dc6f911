package ledger

import (
	"cmp"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// CreditState is who moves a credit next. The zero value is no state.
//
// One of: open, review.
type CreditState string

const (
	CreditOpen   CreditState = "open"   // bills take from it, and it can be paid out
	CreditReview CreditState = "review" // it was paid out, and the rest, which no payment can take, waits for an operator; bills still take from it
)

var creditStates = []CreditState{CreditOpen, CreditReview}

// UnmarshalText reads a state strictly.
func (s *CreditState) UnmarshalText(b []byte) error {
	return order.ReadWord("credit state", s, creditStates, b)
}

// CreditBalance is what a customer has in credit in one currency (P21): what was given back of
// orders settled monthly, and that no bill has taken yet. Each bill that is made takes from it.
// It is paid out by an operator, or by itself where the policy says so.
type CreditBalance struct {
	Customer    order.CustomerID `json:"customer"`
	State       CreditState      `json:"state"`
	Balance     order.Money      `json:"balance"`               // at least 0
	PayOutAfter int              `json:"payOutAfter,omitempty"` // days after the last resource ended, as the policy said when this was written; 0: not by itself
	DueAt       time.Time        `json:"waits,omitzero"`        // when it is paid out by itself, or looked at again
	Version     int64            `json:"version,omitempty"`
}

// ID names a credit among those of its customer: its currency.
func (c CreditBalance) ID() string { return c.Balance.Currency().String() }

// With returns the credit with another balance. What waited for an operator is open again where
// more came, or nothing is left.
func (c CreditBalance) With(balance order.Money) (CreditBalance, error) {
	more, err := balance.Sub(c.Balance)
	if err != nil {
		return c, order.Within("balance", err)
	}
	after := c
	if after.Balance = balance; more.Sign() > 0 || balance.Sign() == 0 {
		after.State = CreditOpen
	}
	if err := after.Check(); err != nil {
		return c, err
	}
	return after, nil
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c CreditBalance) Check() error {
	if err := cmp.Or(order.CheckID("customer", c.Customer), order.CheckWord("state", c.State, creditStates), order.CheckAmount("balance", c.Balance)); err != nil {
		return err
	}
	switch {
	case c.Balance.Sign() < 0:
		return order.Invalid("balance", c.Balance.String(), "is below zero")
	case c.PayOutAfter < 0:
		return order.Invalid("payOutAfter", strconv.Itoa(c.PayOutAfter), "is below zero")
	case c.State == CreditReview && c.Balance.Sign() == 0:
		return order.Invalid("state", string(c.State), "leaves nothing to an operator: it is open")
	case c.Version < 0:
		return order.Invalid("version", strconv.FormatInt(c.Version, 10), "is below zero")
	}
	return order.CheckOptionalTime("waits", c.DueAt)
}
