package desk

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Inquiry is what the host is asked about before anything is held (P10): who wants to pay
// which orders. Renewing names no orders, since it places them, nor does
// paying into the own balance, and unsubscribing names the
// order that it would place; a verb of the house, as Deposit,
// names the customer alone, and a list nobody. It is a
// copy: a change of it changes nothing.
type Inquiry struct {
	Customer order.CustomerID // empty: all of them
	By       string           // who acts
	Orders   []order.Order
	At       time.Time
}

// Check is a check of the host (P10): whether the one who acts is allowed to, whether the
// account is frozen, which orders overlap with the standard sales contract (P7), what cannot
// be provided, which projects and organizations cannot bear the fees, when what is ordered
// takes effect, or anything else that refuses, as [payment.ReasonTooOften]. The zero Findings
// is nothing found. An error means that the check could not be made, and nothing is paid.
// Findings name orders of the inquiry, and the same inquiry is answered the same again;
// desktest.TestChecks checks that.
type Check interface {
	Check(ctx context.Context, in Inquiry) (payment.Findings, error)
}

// CheckFunc is a function that is a [Check].
type CheckFunc func(ctx context.Context, in Inquiry) (payment.Findings, error)

// Check calls f.
func (f CheckFunc) Check(ctx context.Context, in Inquiry) (payment.Findings, error) {
	return f(ctx, in)
}

// Checks are the checks that a host has.
type Checks []Check

// Ask asks every check, and joins what they find. If two answer the same question, the first
// answer counts. The error is that of the first check that could not be made, or an
// [*order.FieldError] for findings that are not valid.
func (cs Checks) Ask(ctx context.Context, in Inquiry) (payment.Findings, error) {
	var all payment.Findings
	for i, c := range cs {
		if c == nil {
			return payment.Findings{}, order.Invalid(order.Element("checks", i), "", "is nil: leave it out")
		}
		own := in
		own.Orders = slices.Clone(in.Orders)
		for i := range own.Orders {
			own.Orders[i].Lines = slices.Clone(own.Orders[i].Lines)
		}
		f, err := c.Check(ctx, own)
		if err != nil {
			return payment.Findings{}, err
		}
		if err := f.Check(in.Orders); err != nil {
			return payment.Findings{}, order.Within("findings", err)
		}
		all = all.Join(f)
	}
	return all, nil
}
