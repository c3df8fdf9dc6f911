package ledger

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// Steps that the audit adds up by their entries.
const (
	StepDeposit      = "deposit"       // of an account
	StepPayOut       = "pay out"       // of a credit, to payments that charged bills (P21)
	StepSettleCredit = "settle credit" // of a credit, by an operator's hand
)

// Entry says who moved what, and when: one for each commit that moves something, or tells the
// customer. Entries are only ever added.
type Entry struct {
	ID       string           `json:"id"` // derived from what it tells (P12)
	Customer order.CustomerID `json:"customer"`
	At       time.Time        `json:"at"`
	By       string           `json:"by"`              // who acted; the Desk's own steps are by "duebook"
	Step     string           `json:"step"`            // hold, settle, deposit and so on
	Why      string           `json:"why,omitempty"`   // an operator's reason, or a gateway's
	Asked    string           `json:"asked,omitempty"` // of orders that are placed: a hash of their drafts, which said again are the same (P13)
	Moves    []EntryLine      `json:"moves"`
	Told     int              `json:"told,omitempty"` // how many notices the commit wrote (P17)
	Version  int64            `json:"version,omitempty"`
}

// EntryLine is what became of one record. It stays as it was where an entry is written because the
// customer is told alone, or shows it.
type EntryLine struct {
	Kind   Kind        `json:"kind"`
	ID     string      `json:"id"`
	From   string      `json:"from,omitempty"` // its state before; empty: it was made, or has no states
	To     string      `json:"to,omitempty"`
	Amount order.Money `json:"amount,omitzero"` // by how much its money changed
}

// Check reports the first thing about e that is not valid, as an [*order.FieldError].
func (e Entry) Check() error {
	for _, x := range [...]struct{ name, text string }{{"id", e.ID}, {"customer", string(e.Customer)}, {"by", e.By}, {"step", e.Step}} {
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	if err := order.CheckOptional("asked", e.Asked); err != nil {
		return err
	}
	if e.Why != gateway.Printable(e.Why) {
		return order.Invalid("why", e.Why, "is not at most 500 printable characters, without a blank before or after")
	}
	if len(e.Moves) == 0 {
		return order.Invalid("moves", "", "is required: nothing is told")
	}
	if e.Told < 0 {
		return order.Invalid("told", strconv.Itoa(e.Told), "is below zero")
	}
	for i, m := range e.Moves {
		if err := order.CheckWord("kind", m.Kind, kinds); err != nil {
			return order.Within(order.Element("moves", i), err)
		}
		if err := order.CheckID("id", m.ID); err != nil {
			return order.Within(order.Element("moves", i), err)
		}
		if err := m.Amount.Check(); err != nil {
			return order.Within(order.Element("moves", i)+".amount", err)
		}
	}
	_, err := order.Second(e.At)
	return err
}

// entryID derives the ID of the entry of what was first written at a version.
func entryID(customer order.CustomerID, first Ref) string {
	return order.Derive("entry", string(customer), string(first.Kind), first.ID, strconv.FormatInt(first.Version+1, 10))
}

// DepositID derives the ID of the entry of a deposit, which is made once.
func DepositID(customer order.CustomerID, id string) string {
	return order.Derive("deposit", string(customer), id)
}
