package payment

import (
	"slices"
	"strings"

	"github.com/duebook/duebook/order"
)

// RenewsBy returns the methods that may pay the automatic renewals of a customer, in the order in
// which they are tried (R5): the one that is asked for, or else those of RenewBy, that are open to
// the customer. The balance is open to everybody, since it can be filled; monthly settlement where
// it is enabled, and online where the customer has an instrument (P19), neither of them to a
// reseller customer, who pays from the budget (P9). Where nothing can pay, the error is a
// [*Refusal] of [ReasonMethod] that says what to do; an unknown method is an [*order.FieldError].
func (p *Policy) RenewsBy(c Customer, asked Method) ([]Method, error) {
	by := p.RenewBy
	switch {
	case asked != "":
		if err := order.CheckWord("method", asked, methods); err != nil {
			return nil, err
		}
		by = []Method{asked}
	case by == nil:
		by = []Method{MethodMonthly, MethodBalance}
	}
	if len(by) == 0 {
		return nil, Refusef(ReasonMethod, "the policy has no method that pays automatic renewals: have it renewed by hand")
	}
	var open []Method
	var why []string
	for _, m := range by {
		if closed := c.renewsNot(m); closed != "" {
			why = append(why, string(m)+" alone, "+closed)
		} else {
			open = append(open, m)
		}
	}
	if len(open) > 0 {
		return open, nil
	}
	return nil, Refusef(ReasonMethod, "the automatic renewal would be paid by %s, or renew by hand", strings.Join(why, "; by "))
}

// renewsNot says why a method pays no automatic renewal of the customer, and what to do; "": it may.
func (c *Customer) renewsNot(m Method) string {
	switch {
	case m == MethodBalance:
		return ""
	case c.Association == AssociationReseller:
		return "and a reseller customer pays from the budget: use the balance"
	case m == MethodMonthly && !c.Monthly:
		return "which is not enabled for this customer: have it enabled"
	case m == MethodOnline && c.Instrument == "":
		return "and the customer has no instrument that can be charged: have one saved"
	}
	return ""
}

// checkRenewBy reports a method that is unknown, or named twice.
func (p *Policy) checkRenewBy() error {
	for i, m := range p.RenewBy {
		name := order.Element("renewBy", i)
		if err := order.CheckWord(name, m, methods); err != nil {
			return err
		}
		if slices.Contains(p.RenewBy[:i], m) {
			return order.Invalid(name, string(m), "is a duplicate")
		}
	}
	return nil
}
