package payment

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Facts is everything that a request is judged on, as the host found it. More than the
// request asks for does no harm.
type Facts struct {
	Customer Customer // without an ID: who the request names
	Policy   Policy   // the house's, for a customer who has none of its own
	// Orders are those asked for, each as package order returned it, with all members of
	// their purchases.
	Orders []order.Order
	// Discounts are those that the customer may choose from; besides them its discount
	// coupons.
	Discounts []discount.Discount
	Coupons   []coupon.Coupon
	Tallies   []coupon.Tally
	Accounts  []Account
	// Card is the one that would be charged, as far as it is known (P5).
	Card Card
	// Authenticated: the host has authenticated the customer a second time, for this
	// payment (P8).
	Authenticated bool
	// Findings is what the host's checks found (P10).
	Findings Findings
}

// Check reports the first thing about f that is not valid, as an [*order.FieldError].
// The orders, discounts and coupons are judged as far as a request asks for them.
func (f *Facts) Check() error {
	if err := f.Customer.Check(); err != nil {
		return order.Within("customer", err)
	}
	if f.Customer.Policy == nil {
		if err := f.Policy.Check(); err != nil {
			return order.Within("policy", err)
		}
	}
	for i := range f.Accounts {
		a := &f.Accounts[i]
		if err := a.Check(); err != nil {
			return order.Within(order.Element("accounts", i), err)
		}
		if a.Customer != f.Customer.ID {
			return order.Invalid(order.Element("accounts", i)+".customer", string(a.Customer), "is not the one who pays, "+string(f.Customer.ID))
		}
		if slices.ContainsFunc(f.Accounts[:i], func(b Account) bool { return b.Fund == a.Fund && b.Balance.Currency() == a.Balance.Currency() }) {
			return order.Invalid(order.Element("accounts", i)+".fund", string(a.Fund), "is given twice in one currency")
		}
	}
	if err := f.Findings.Check(f.Orders); err != nil {
		return order.Within("findings", err)
	}
	return nil
}

// available is what can be taken from the account of a fund in a currency; 0 without one.
func (f *Facts) available(fund Fund, cur order.Currency) order.Money {
	for i := range f.Accounts {
		if a := &f.Accounts[i]; a.Fund == fund && a.Balance.Currency() == cur {
			if left, err := a.Available(); err == nil {
				return left
			}
		}
	}
	return order.Minor(0, cur)
}

// overdue is how many bills of the customer are (P6).
func (f *Facts) overdue() int {
	for i := range f.Accounts {
		if f.Accounts[i].Fund == FundMonthly {
			return f.Accounts[i].Overdue
		}
	}
	return 0
}
