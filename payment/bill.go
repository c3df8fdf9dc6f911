package payment

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// BillState is where a bill stands (P6). The zero value is no state.
//
// One of: open, due, paid.
type BillState string

const (
	// BillOpen: orders are put on it while its month lasts. On the bill day of the next month it is
	// made, and takes from the customer's credit: due, or paid where nothing is left to charge.
	BillOpen BillState = "open"
	// BillDue: it is made, and charged until that succeeds; each decline has it tried again later.
	// What was taken back of what it was paid by is due again, and waits for an operator (P18).
	BillDue BillState = "due"
	// BillPaid: it is charged, or nothing was left to charge. It stays so unless what it was paid by
	// is taken back.
	BillPaid BillState = "paid"
)

var billStates = []BillState{BillOpen, BillDue, BillPaid}

// Bill is what a customer settles of one calendar month, in one currency (P6). A month without
// charges has none (P21). It is a value: methods that change it return a changed copy, and on an
// error the bill as it was.
type Bill struct {
	Customer order.CustomerID `json:"customer"`
	Month    Month            `json:"month"`
	State    BillState        `json:"state"`
	Charges  order.Money      `json:"charges"` // what was settled monthly
	Credits  order.Money      `json:"credits"` // what it took of the customer's credit when it was made, at least 0 (P21); of a bill kept in an earlier schema, what was given back, and may be more than the charges
	Declines int              `json:"declines,omitempty"`
	Reopened int              `json:"reopened,omitempty"` // how often more of what it was paid by was taken back (P18)
	Gone     order.Money      `json:"gone,omitzero"`      // what of its payments has been taken back, in all
	Repaid   order.Money      `json:"repaid,omitzero"`    // what of that was paid again, by payments and by hand
	ByHand   order.Money      `json:"byHand,omitzero"`    // of Repaid: by hand, as operators said
	Twice    order.Money      `json:"twice,omitzero"`     // of Repaid: what came again after it had been paid again, and is in credit (P21)
	Payment  order.PaymentID  `json:"payment,omitempty"`  // that charges it now; none: none does
	Try      time.Time        `json:"try,omitzero"`       // when a bill that is due is charged, or tried again; zero: once an operator has it tried (P18)
	DueAt    time.Time        `json:"waits,omitzero"`     // when the clock moves it next, for a store to find
	Version  int64            `json:"version,omitempty"`
}

// OpenBill returns the empty bill of the month of an instant.
func (p Policy) OpenBill(customer order.CustomerID, cur order.Currency, at time.Time) (Bill, error) {
	if _, err := order.Second(at); err != nil {
		return Bill{}, err
	}
	if err := p.Check(); err != nil {
		return Bill{}, order.Within("policy", err)
	}
	zero := order.Minor(0, cur)
	b := Bill{Customer: customer, Month: p.MonthOf(at), State: BillOpen, Charges: zero, Credits: zero}
	return b, b.Check()
}

// Amount returns what the bill comes to: charges - credits.
func (b Bill) Amount() order.Money {
	return order.Minor(b.Charges.Minor()-b.Credits.Minor(), b.Charges.Currency())
}

// Due returns what is to be charged while the bill is due: what it comes to, or what of its
// payments was taken back and has not been paid again (P18).
func (b Bill) Due() order.Money {
	if b.Reopened > 0 {
		return order.Minor(b.Gone.Minor()-b.Repaid.Minor()+b.Twice.Minor(), b.Charges.Currency())
	}
	return b.Amount()
}

// Overdue reports whether the bill was declined, or what it was paid by was taken back, and that
// has not been charged since: no new monthly settlement is taken until it is.
func (b Bill) Overdue() bool { return b.State == BillDue && b.Declines+b.Reopened > 0 }

// Key returns the key of the payment that charges the bill, another for each try.
func (b Bill) Key() Key {
	return Key(order.Derive("bill", string(b.Customer), string(b.Month), b.Charges.Currency().String(), strconv.Itoa(b.Declines+b.Reopened)))
}

// Charge adds what is settled monthly at the given time, which lies in the bill's month.
func (b Bill) Charge(amount order.Money, at time.Time, p Policy) (Bill, error) {
	if err := b.ready("charge", BillOpen, at, p); err != nil {
		return b, err
	}
	if m := p.MonthOf(at); m != b.Month {
		return b, order.Invalid("at", order.Stamp(at), "lies in "+string(m)+", not in the month of the bill, "+string(b.Month))
	}
	if err := checkNotBelow("amount", amount); err != nil {
		return b, err
	}
	after := b
	sum, err := b.Charges.Add(amount)
	if err != nil {
		return b, order.Within("amount", err)
	}
	after.Charges = sum
	if err := after.Check(); err != nil {
		return b, err
	}
	return after, nil
}

// Make makes the bill, on the bill day or later. Of the customer's credit in its currency it
// takes as much as it charges, at most; it is due and charged at once, or paid where nothing is
// left to charge. It returns what is left of the credit: both belong in one commit (P21).
func (b Bill) Make(credit order.Money, at time.Time, p Policy) (made Bill, left order.Money, err error) {
	if err := b.ready("make", BillOpen, at, p); err != nil {
		return b, credit, err
	}
	if err := checkNotBelow("credit", credit); err != nil {
		return b, credit, err
	}
	from, err := p.MadeAt(b.Month)
	if err != nil {
		return b, credit, err
	}
	if at.Before(from) {
		return b, credit, b.refuse("make", at, "it is made "+order.Stamp(from)+" or later")
	}
	whole, err := credit.Add(b.Credits) // an earlier schema kept credits on the bill
	if err != nil {
		return b, credit, order.Within("credit", err)
	}
	made = b
	made.Credits = order.Minor(min(whole.Minor(), b.Charges.Minor()), whole.Currency())
	if made.State = BillPaid; made.Amount().Sign() > 0 {
		made.State, made.Try = BillDue, at.Truncate(time.Second)
	}
	return made, order.Minor(whole.Minor()-made.Credits.Minor(), whole.Currency()), nil
}

// checkNotBelow reports what is no amount of zero or more.
func checkNotBelow(name string, m order.Money) error {
	if err := order.CheckAmount(name, m); err != nil {
		return err
	}
	if m.Sign() < 0 {
		return order.Invalid(name, m.String(), "is below zero")
	}
	return nil
}

// Decline says that the bill could not be charged: it stays due and is tried again by
// the schedule of the policy, or waits for an operator again if it was paid before (P18). With the
// first decline the customer's monthly account counts one bill more that is overdue; both belong
// in one commit.
func (b Bill) Decline(monthly Account, at time.Time, p Policy) (Bill, Account, error) {
	if err := b.ready("decline", BillDue, at, p); err != nil {
		return b, monthly, err
	}
	after, account := b, monthly
	if !b.Overdue() {
		account.Overdue++
	}
	after.Declines++
	wait := 24 * time.Hour
	if n := len(p.BillTries); n > 0 {
		wait = p.BillTries[min(b.Declines, n-1)]
	}
	if after.Try = at.Truncate(time.Second).Add(wait); b.Reopened > 0 {
		after.Try = time.Time{}
	}
	return b.with(after, monthly, account)
}

// Pay says that the bill was charged. If it was overdue, the customer's monthly account
// counts one bill less that is; both belong in one commit.
func (b Bill) Pay(monthly Account, at time.Time, p Policy) (Bill, Account, error) {
	if err := b.ready("pay", BillDue, at, p); err != nil {
		return b, monthly, err
	}
	after, account := b, monthly
	if b.Overdue() {
		account.Overdue--
	}
	after.State, after.Try = BillPaid, time.Time{}
	return b.with(after, monthly, account)
}

// with returns the bill and the account after a step, if both are valid.
func (b Bill) with(after Bill, monthly, account Account) (Bill, Account, error) {
	if monthly.Fund != FundMonthly || monthly.Customer != b.Customer {
		return b, monthly, order.Invalid("account", string(monthly.Fund), "is not the monthly account of the customer")
	}
	for _, a := range [...]Account{monthly, account} {
		if err := a.Check(); err != nil {
			return b, monthly, order.Within("account", err)
		}
	}
	if err := after.Check(); err != nil {
		return b, monthly, err
	}
	return after, account, nil
}

// ready reports a bill, a time or a policy that is not valid, and a bill that is not in the
// state that the step needs.
func (b Bill) ready(what string, in BillState, at time.Time, p Policy) error {
	if _, err := order.Second(at); err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return order.Within("policy", err)
	}
	if err := b.Check(); err != nil {
		return err
	}
	if b.State != in {
		return b.refuse(what, at, "it has to be "+string(in))
	}
	return nil
}

func (b Bill) refuse(what string, at time.Time, advice string) error {
	return &BillError{Customer: b.Customer, Month: b.Month, From: b.State, Step: what, At: at, advice: advice}
}

// BillError says which step of which bill was refused, and why. errors.Is finds [ReasonState] in it.
type BillError struct {
	Customer order.CustomerID
	Month    Month
	From     BillState
	Step     string
	At       time.Time
	advice   string
}

func (e *BillError) Error() string {
	return fmt.Sprintf("bill %s of customer %s: %s refused while %s: %s", e.Month, e.Customer, e.Step, e.From, e.advice)
}

// Advice says what has to be the case first.
func (e *BillError) Advice() string { return e.advice }

func (e *BillError) Unwrap() error { return ReasonState }

// Check reports the first thing about b that is not valid, as an [*order.FieldError].
func (b Bill) Check() error {
	if err := order.CheckID("customer", b.Customer); err != nil {
		return err
	}
	if err := b.Month.Check(); err != nil {
		return err
	}
	if err := order.CheckWord("state", b.State, billStates); err != nil {
		return err
	}
	if err := b.checkAmounts(); err != nil {
		return err
	}
	if b.Declines < 0 || b.Declines > 0 && b.State == BillOpen {
		return order.Invalid("declines", strconv.Itoa(b.Declines), "counts those of a bill that was made")
	}
	if err := cmp.Or(order.CheckOptionalTime("try", b.Try), order.CheckOptionalTime("waits", b.DueAt), b.checkReopened()); err != nil {
		return err
	}
	if waits := b.Reopened > 0 && b.Try.IsZero(); (b.State == BillDue) != !b.Try.IsZero() && !waits {
		return order.Invalid("try", order.Stamp(b.Try), "must be set exactly while the bill is due, unless it is due again and waits for an operator")
	}
	if b.State == BillDue && b.Amount().Sign() <= 0 {
		return order.Invalid("state", string(b.State), "leaves nothing to charge: it is paid")
	}
	if b.Version < 0 {
		return order.Invalid("version", strconv.FormatInt(b.Version, 10), "is below zero")
	}
	return nil
}

func (b Bill) checkAmounts() error {
	if err := checkNotBelow("charges", b.Charges); err != nil {
		return err
	}
	if err := checkNotBelow("credits", b.Credits); err != nil {
		return err
	}
	if b.Credits.Currency() != b.Charges.Currency() {
		return order.Invalid("credits", b.Credits.String(), "is in another currency than the charges")
	}
	if err := b.Amount().Check(); err != nil {
		return order.Within("charges", err)
	}
	return nil
}

// UnmarshalText reads a state strictly.
func (s *BillState) UnmarshalText(b []byte) error {
	return order.ReadWord("bill state", s, billStates, b)
}

// Scan reads a state from a text column.
func (s *BillState) Scan(src any) error { return order.ScanWord("bill state", s, billStates, src) }

// Value is the word, NULL for the zero one.
func (s BillState) Value() (driver.Value, error) { return order.WordValue(s) }
