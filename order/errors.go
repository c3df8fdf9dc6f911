package order

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What a caller may want to decide on, with errors.Is. The facts are in the
// struct that wraps it, with errors.As.
var (
	// ErrInvalid: a value breaks a rule of its own. The facts: [*FieldError],
	// [*AmountError], [*CurrencyError].
	ErrInvalid = errors.New("invalid")
	// ErrCurrency: unknown currency, or two that cannot be mixed (O13).
	ErrCurrency = errors.New("currency")
	// ErrOverflow: the result has more than 18 digits.
	ErrOverflow = errors.New("amount has more than 18 digits")
	// ErrState: the order's state does not allow the move (O2); load it again.
	ErrState = errors.New("order state does not allow this")
	// ErrPastDeadline: the deadline has passed, the order counts as voided (O2, E1).
	ErrPastDeadline = errors.New("past deadline")
	// ErrNotDue: the deadline has not passed, nothing is to be voided.
	ErrNotDue = errors.New("deadline has not passed")
	// ErrPaymentInProgress: a payment holds the order; cancel the payment first (O2).
	ErrPaymentInProgress = errors.New("payment in progress")
	// ErrOtherPayment: another payment holds the order.
	ErrOtherPayment = errors.New("held by another payment")
	// ErrMember: the order moves with its whole purchase only (O6).
	ErrMember = errors.New("member of a purchase")
	// ErrLocked: the discount of the order cannot be changed (D5, D6).
	ErrLocked = errors.New("discount is locked")
	// ErrWindow: the discount has ended or not begun (E4, E7); choose another.
	ErrWindow = errors.New("discount outside its window")
	// ErrResourceTaken: the resource is in another open order (O12).
	ErrResourceTaken = errors.New("resource is in another open order")
	// ErrTooMany: more orders than one purchase or one call may hold (O6, O8).
	ErrTooMany = errors.New("too many orders")
)

// FieldError says which field of a value is wrong and what to do about it. It is
// [ErrInvalid] and, where the reason is a decision of its own, that too.
type FieldError struct {
	Field  string // as in JSON: "lines[2].amount"
	Value  string // what stood there, shortened; may be empty
	Reason string // what is wrong and what would be right
	Err    error  // the cause, if another error said it
}

func (e *FieldError) Error() string { return e.Field + e.why() }

// why is the error without the field: the value and the reason.
func (e *FieldError) why() string {
	var b strings.Builder
	if e.Value != "" {
		fmt.Fprintf(&b, " %q", shorten(e.Value))
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *FieldError) Unwrap() []error { return causes(e.Err) }

// AmountError says why a text or a number is no exact amount. It is [ErrInvalid].
type AmountError struct {
	Text     string
	Currency Currency
	Reason   string
	Err      error // ErrOverflow, or nil
}

func (e *AmountError) Error() string {
	if e.Text == "" {
		return "amount in " + e.Currency.String() + ": " + e.Reason
	}
	return fmt.Sprintf("amount %q in %s: %s", shorten(e.Text), e.Currency, e.Reason)
}

func (e *AmountError) Unwrap() []error { return causes(e.Err) }

// CurrencyError says which code is none, or which two currencies met. It is
// [ErrCurrency] and [ErrInvalid].
type CurrencyError struct {
	Code   string
	With   Currency // the other one, where two were mixed
	Reason string
}

func (e *CurrencyError) Error() string {
	if e.With != 0 {
		return fmt.Sprintf("currency %s with %s: %s", e.Code, e.With, e.Reason)
	}
	return fmt.Sprintf("currency %q %s", shorten(e.Code), e.Reason)
}

func (e *CurrencyError) Unwrap() []error { return causes(ErrCurrency) }

// MoveError says which move of which order was refused, and why.
type MoveError struct {
	Order    ID
	Purchase PurchaseID // set when the order is a member of one
	From     State
	Event    Event
	At       time.Time
	Deadline time.Time
	Payment  PaymentID // the one that holds the order
	Err      error     // one of the sentinels of this package
	Advice   string    // what to do instead
}

func (e *MoveError) Error() string {
	s := fmt.Sprintf("order %s: %s refused while %s: %v", e.Order, e.Event, e.From, e.Err)
	if e.Advice != "" {
		s += ": " + e.Advice
	}
	return s
}

func (e *MoveError) Unwrap() error { return e.Err }

// ReductionError says why an order cannot be reduced by, or paid with, a
// discount: [ErrWindow] or [ErrLocked].
type ReductionError struct {
	Order    ID
	Kind, ID string
	Window   Window
	At       time.Time
	Err      error
	Advice   string
}

func (e *ReductionError) Error() string {
	return fmt.Sprintf("order %s: %s %q: %v: %s", e.Order, cmp.Or(e.Kind, "no discount"), e.ID, e.Err, e.Advice)
}

func (e *ReductionError) Unwrap() error { return e.Err }

// ResourceError names the open order that already has the resource (O12). It is
// [ErrResourceTaken].
type ResourceError struct {
	Order    ID // the one refused
	Resource ResourceID
	Holder   ID // the open order that has it
	State    State
}

func (e *ResourceError) Error() string {
	return fmt.Sprintf("order %s: resource %s is in order %s, which is %s: pay or cancel that one first",
		e.Order, e.Resource, e.Holder, e.State)
}

func (e *ResourceError) Unwrap() error { return ErrResourceTaken }

// causes joins ErrInvalid with a further cause.
func causes(err error) []error {
	if err == nil {
		return []error{ErrInvalid}
	}
	return []error{ErrInvalid, err}
}

func shorten(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
