package payment

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// RenewsBy returns the methods that may pay the automatic renewals of a customer, in the order in
// which they are tried (R5): the one that is asked for, or else those of RenewBy, that are open to
// the customer. The balance is open
// to everybody, since it can be filled; monthly settlement where it is enabled, and not to a
// reseller customer, who pays from the budget (P9). Where nothing can pay, the error is a
// [*Refusal] of [ReasonMethod] that says what to do; a method that pays no automatic renewal is
// an [*order.FieldError].
func (p *Policy) RenewsBy(c Customer, asked Method) ([]Method, error) {
	by := p.RenewBy
	switch {
	case asked != "":
		if err := checkRenews("method", asked); err != nil {
			return nil, err
		}
		by = []Method{asked}
	case by == nil:
		by = []Method{MethodMonthly, MethodBalance}
	}
	open := slices.DeleteFunc(slices.Clone(by), func(m Method) bool {
		return m == MethodMonthly && (!c.Monthly || c.Association == AssociationReseller)
	})
	switch {
	case len(open) > 0:
		return open, nil
	case len(by) == 0:
		return nil, Refusef(ReasonMethod, "the policy has no method that pays automatic renewals: have it renewed by hand")
	case c.Association == AssociationReseller:
		return nil, Refusef(ReasonMethod, "the automatic renewal would be paid by %s alone, and a reseller customer pays from the budget: have it renewed by hand", MethodMonthly)
	}
	return nil, Refusef(ReasonMethod, "the automatic renewal would be paid by %s alone, which is not enabled for this customer: have it enabled, or renew by hand", MethodMonthly)
}

// checkRenewBy reports a method that pays no automatic renewal, or that is named twice.
func (p *Policy) checkRenewBy() error {
	for i, m := range p.RenewBy {
		name := order.Element("renewBy", i)
		if err := checkRenews(name, m); err != nil {
			return err
		}
		if slices.Contains(p.RenewBy[:i], m) {
			return order.Invalid(name, string(m), "is a duplicate")
		}
	}
	return nil
}

// checkRenews reports a method that is unknown, or cannot pay while nobody is there.
func checkRenews(name string, m Method) error {
	if m == MethodOnline {
		return order.Invalid(name, string(m), "needs the customer there: give monthly settlement or balance")
	}
	return order.CheckWord(name, m, methods)
}
