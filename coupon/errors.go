package coupon

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/duebook/duebook/order"
)

// What a caller may want to decide on, besides the sentinels of package order.
var (
	// ErrUnusable: coupons that were named cannot be used; the [*Error] says why, for each.
	ErrUnusable = errors.New("coupon cannot be used")
	// ErrState: the coupon's state does not allow the move (C2).
	ErrState = errors.New("coupon state does not allow this")
	// ErrHolder: another payment or order holds the coupon.
	ErrHolder = errors.New("coupon is held by another")
)

// Error says which of the coupons named cannot be used, and why (C12).
type Error struct {
	Verdicts []Verdict // those that cannot
}

func (e *Error) Error() string {
	parts := make([]string, len(e.Verdicts))
	for i, v := range e.Verdicts {
		parts[i] = v.String()
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns [ErrUnusable], and [order.ErrNotFound] if one of the coupons is not the
// customer's.
func (e *Error) Unwrap() []error {
	if slices.ContainsFunc(e.Verdicts, func(v Verdict) bool { return v.Reason == ReasonOwner }) {
		return []error{ErrUnusable, order.ErrNotFound}
	}
	return []error{ErrUnusable}
}

// MoveError says which move of a coupon was refused, and why.
type MoveError struct {
	Coupon ID
	From   State
	Move   string
	Err    error
	Do     string
}

// Advice says what to do instead.
func (e *MoveError) Advice() string { return e.Do }

func (e *MoveError) Error() string {
	return fmt.Sprintf("coupon %s: %s refused while %s: %v: %s", string(e.Coupon), e.Move, e.From, e.Err, e.Do)
}

func (e *MoveError) Unwrap() error { return e.Err }

// ClaimError says why a public code cannot be claimed. Its words are for the customer: they do
// not tell who has claimed the code, or how often.
type ClaimError struct {
	Code string
	Err  error
	Do   string
}

// Advice says what to do instead.
func (e *ClaimError) Advice() string { return e.Do }

func (e *ClaimError) Error() string { return "code " + e.Code + " " + e.Do }

func (e *ClaimError) Unwrap() error { return e.Err }

// Reason says how a coupon fared (C12). Payments are stored with these words.
//
// One of: pays; others were chosen; is not a coupon of this customer; is not active yet; is
// held; is used up; has ended; was taken back; is frozen; has not begun; is a discount: choose
// it for an order, it does not pay; is in another currency than the payment; covers nothing in
// this payment; may pay for nothing that it covers: a limit of the house; is for a first order
// only; does not go with the discount of the orders it covers; accepts no discount as large as
// that of every line it covers; needs more to be due on what it covers; finds nothing left to
// pay; would take nothing off; is named twice; is one more than a payment takes; is one more
// cash coupon than a payment takes; does not go with another coupon of this payment.
type Reason string

const (
	ReasonUsed        Reason = "pays"
	ReasonNotChosen   Reason = "others were chosen" // by the automatic choice
	ReasonOwner       Reason = "is not a coupon of this customer"
	ReasonInactive    Reason = "is not active yet"
	ReasonHeld        Reason = "is held"
	ReasonUsedUp      Reason = "is used up"
	ReasonExpired     Reason = "has ended"
	ReasonReclaimed   Reason = "was taken back"
	ReasonFrozen      Reason = "is frozen"
	ReasonNotBegun    Reason = "has not begun"
	ReasonDiscount    Reason = "is a discount: choose it for an order, it does not pay"
	ReasonCurrency    Reason = "is in another currency than the payment"
	ReasonNotCovered  Reason = "covers nothing in this payment"
	ReasonLimit       Reason = "may pay for nothing that it covers: a limit of the house"
	ReasonFirstOrder  Reason = "is for a first order only"
	ReasonWithout     Reason = "does not go with the discount of the orders it covers"
	ReasonRatio       Reason = "accepts no discount as large as that of every line it covers"
	ReasonThreshold   Reason = "needs more to be due on what it covers"
	ReasonNothingDue  Reason = "finds nothing left to pay"
	ReasonNothingOff  Reason = "would take nothing off" // a discount coupon (C13)
	ReasonTwice       Reason = "is named twice"
	ReasonTooMany     Reason = "is one more than a payment takes"
	ReasonTooManyCash Reason = "is one more cash coupon than a payment takes"
	ReasonExcluded    Reason = "does not go with another coupon of this payment"
)

// Verdict is how one coupon fared.
type Verdict struct {
	Coupon ID          `json:"coupon"`
	Reason Reason      `json:"why"`
	With   ID          `json:"with,omitempty"` // ReasonExcluded: the coupon it does not go with; empty: the discount coupon of an order
	Need   order.Money `json:"need,omitzero"`  // ReasonThreshold: the threshold
	Have   order.Money `json:"have,omitzero"`  // ReasonThreshold: what is due
	// ReasonHeld: the order or payment of the same customer that holds it. ReasonFirstOrder:
	// the order that is the first, and the payment whose coupon made it the first; both are
	// empty if other orders are paid.
	Order   order.ID        `json:"order,omitempty"`
	Payment order.PaymentID `json:"payment,omitempty"`
}

func (v Verdict) String() string { return "coupon " + string(v.Coupon) + " " + v.reason() }

// reason is the text that follows the name of the coupon.
func (v Verdict) reason() string {
	s := string(v.Reason)
	switch {
	case v.With != "":
		s += ", " + string(v.With)
	case v.Need != order.Money{}:
		s += fmt.Sprintf(": %s, there is %s", v.Need, v.Have)
	case v.Reason == ReasonHeld && v.Order != "":
		s += " by order " + string(v.Order)
	case v.Reason == ReasonHeld && v.Payment != "":
		s += " by payment " + string(v.Payment)
	case v.Reason == ReasonFirstOrder && v.Payment != "":
		s += fmt.Sprintf(": order %s has it, by payment %s", string(v.Order), string(v.Payment))
	case v.Reason == ReasonFirstOrder && v.Order != "":
		s += ": order " + string(v.Order) + " has it"
	case v.Reason == ReasonFirstOrder:
		s += ": another is paid, or is being paid"
	}
	return s
}
