package payment

import (
	"github.com/duebook/duebook/order"
)

// Surplus is what an operator lets become of what a gateway captured over what was asked for.
// There is no default: it is the customer's money.
//
// One of: refund, balance.
type Surplus string

const (
	SurplusRefund  Surplus = "refund"  // it goes back through the gateway: a refund is due
	SurplusBalance Surplus = "balance" // it goes into the customer's cash account
)

var surpluses = []Surplus{SurplusRefund, SurplusBalance}

// UnmarshalText reads a surplus strictly.
func (x *Surplus) UnmarshalText(b []byte) error { return order.ReadWord("surplus", x, surpluses, b) }

// Check reports a word that says nothing of where the surplus goes.
func (x Surplus) Check() error { return order.CheckWord("surplus", x, surpluses) }
