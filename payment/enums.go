package payment

import (
	"database/sql/driver"

	"github.com/duebook/duebook/order"
)

// Method is how the cash part is paid: what discounts and coupons leave (P4). The zero value
// is no method.
//
// One of: balance, online, monthly settlement.
type Method string

const (
	MethodBalance Method = "balance"            // an account: the customer's own, or a partner's budget (P9)
	MethodOnline  Method = "online"             // through a gateway
	MethodMonthly Method = "monthly settlement" // on the bill of the month (P6)
)

var methods = []Method{MethodBalance, MethodOnline, MethodMonthly}

// AccountType is whose money a balance is (P9). The zero value is what the customer's
// association says.
//
// One of: own, budget.
type AccountType string

const (
	AccountOwn    AccountType = "own"    // the cash account, then the credit account
	AccountBudget AccountType = "budget" // what a partner granted
)

var accountTypes = []AccountType{AccountOwn, AccountBudget}

// Association is how a customer stands to a partner (P9). The zero value is a customer without
// a partner, who pays from the own account.
//
// One of: reseller, referral.
type Association string

const (
	AssociationReseller Association = "reseller" // pays from the budget that the partner granted
	AssociationReferral Association = "referral" // pays from the own account
)

var associations = []Association{"", AssociationReseller, AssociationReferral}

// Fund is one of the accounts that records keep money in. The zero value is no fund.
//
// One of: cash, credit, budget, monthly.
type Fund string

const (
	FundCash    Fund = "cash"    // topped up by the customer
	FundCredit  Fund = "credit"  // may go down to its limit below zero
	FundBudget  Fund = "budget"  // granted by a partner
	FundMonthly Fund = "monthly" // holds no money: says whether bills are overdue (P6)
)

var funds = []Fund{FundCash, FundCredit, FundBudget, FundMonthly}

// Funding is what kind of card a card is (P5). The zero value is not known.
//
// One of: credit, debit, prepaid, virtual, gift.
type Funding string

const (
	FundingCredit  Funding = "credit"
	FundingDebit   Funding = "debit"
	FundingPrepaid Funding = "prepaid"
	FundingVirtual Funding = "virtual"
	FundingGift    Funding = "gift"
)

var fundings = []Funding{FundingCredit, FundingDebit, FundingPrepaid, FundingVirtual, FundingGift}

// UnmarshalText reads a method strictly.
func (m *Method) UnmarshalText(b []byte) error { return order.ReadWord("method", m, methods, b) }

// UnmarshalText reads an account type strictly.
func (t *AccountType) UnmarshalText(b []byte) error {
	return order.ReadWord("account type", t, accountTypes, b)
}

// UnmarshalText reads an association strictly.
func (a *Association) UnmarshalText(b []byte) error {
	return order.ReadWord("association", a, associations, b)
}

// UnmarshalText reads a fund strictly.
func (f *Fund) UnmarshalText(b []byte) error { return order.ReadWord("fund", f, funds, b) }

// UnmarshalText reads a funding strictly.
func (f *Funding) UnmarshalText(b []byte) error { return order.ReadWord("funding", f, fundings, b) }

// Scan reads a method from a text column.
func (m *Method) Scan(src any) error { return order.ScanWord("method", m, methods, src) }

// Value is the word, NULL for the zero one.
func (m Method) Value() (driver.Value, error) { return order.WordValue(m) }

// Scan reads an account type from a text column.
func (t *AccountType) Scan(src any) error {
	return order.ScanWord("account type", t, accountTypes, src)
}

// Value is the word, NULL for the zero one.
func (t AccountType) Value() (driver.Value, error) { return order.WordValue(t) }

// Scan reads an association from a text column.
func (a *Association) Scan(src any) error { return order.ScanWord("association", a, associations, src) }

// Value is the word, NULL for the zero one.
func (a Association) Value() (driver.Value, error) { return order.WordValue(a) }

// Scan reads a fund from a text column.
func (f *Fund) Scan(src any) error { return order.ScanWord("fund", f, funds, src) }

// Value is the word, NULL for the zero one.
func (f Fund) Value() (driver.Value, error) { return order.WordValue(f) }

// Scan reads a funding from a text column.
func (f *Funding) Scan(src any) error { return order.ScanWord("funding", f, fundings, src) }

// Value is the word, NULL for the zero one.
func (f Funding) Value() (driver.Value, error) { return order.WordValue(f) }
