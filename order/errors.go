package order

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What a caller may want to decide on, with errors.Is. The facts are in the
// struct that wraps it, with errors.As.
var (
	// ErrInvalid: a value breaks a rule of its own. The facts: [*FieldError],
	// [*AmountError], [*CurrencyError].
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: there is no such record, or it is another customer's. The facts: [*FieldError],
	// or the error of the package that looked.
	ErrNotFound = errors.New("not found")
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
