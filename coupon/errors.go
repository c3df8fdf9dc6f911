package coupon

import (
	"errors"
	"fmt"
	"strings"

	"github.com/duebook/duebook/order"
)

// What a caller may want to decide on, besides the sentinels of package order.
var (
	// ErrUnusable: a coupon that was named cannot be used; the [*Error] says why each.
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

func (e *Error) Unwrap() error { return ErrUnusable }

// MoveError says which move of which coupon was refused, and why.
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

// ClaimError says why a public code cannot be claimed, in words for the one who tries to: not
// by whom it has been, nor how often.
type ClaimError struct {
	Code string
	Err  error
	Do   string
}

// Advice says what to do instead.
func (e *ClaimError) Advice() string { return e.Do }

func (e *ClaimError) Error() string { return "code " + e.Code + " " + e.Do }

func (e *ClaimError) Unwrap() error { return e.Err }

// Why says how a coupon fared (C12).
type Why string

const (
	WhyUsed        Why = "pays"
	WhyNotChosen   Why = "others were chosen" // by the automatic choice
	WhyOwner       Why = "is not a coupon of this customer"
	WhyInactive    Why = "is not active yet"
	WhyHeld        Why = "is held"
	WhyUsedUp      Why = "is used up"
	WhyExpired     Why = "has ended"
	WhyReclaimed   Why = "was taken back"
	WhyFrozen      Why = "is frozen"
	WhyNotBegun    Why = "has not begun"
	WhyDiscount    Why = "is a discount: choose it for an order, it does not pay"
	WhyCurrency    Why = "is in another currency than the payment"
	WhyNotCovered  Why = "covers nothing in this payment"
	WhyLimit       Why = "is kept by a limit of the house from all that it covers"
	WhyFirstOrder  Why = "is for a first order only"
	WhyWithout     Why = "does not go with the discount of the orders it covers"
	WhyRatio       Why = "accepts no discount as large as that of every line it covers"
	WhyThreshold   Why = "needs more to be due on what it covers"
	WhyNothingDue  Why = "finds nothing left to pay"
	WhyNothingOff  Why = "would take nothing off" // a discount coupon (C13)
	WhyTwice       Why = "is named twice"
	WhyTooMany     Why = "is one more than a payment takes"
	WhyTooManyCash Why = "is one more cash coupon than a payment takes"
	WhyExcluded    Why = "does not go with another coupon of this payment"
)

// Verdict is how one coupon fared.
type Verdict struct {
	Coupon ID          `json:"coupon"`
	Why    Why         `json:"why"`
	With   ID          `json:"with,omitempty"` // WhyExcluded: the coupon it does not go with; empty: the discount coupon of an order
	Need   order.Money `json:"need,omitzero"`  // WhyThreshold: the threshold
	Have   order.Money `json:"have,omitzero"`  // WhyThreshold: what is due
	// WhyHeld: what of the same customer's holds it. WhyFirstOrder: the order that is the
	// first, and the payment whose coupon made it that; both empty: others are paid.
	Order   order.ID        `json:"order,omitempty"`
	Payment order.PaymentID `json:"payment,omitempty"`
}

func (v Verdict) String() string { return "coupon " + string(v.Coupon) + " " + v.reason() }

// reason is what follows the name of the coupon.
func (v Verdict) reason() string {
	s := string(v.Why)
	switch {
	case v.With != "":
		s += ", " + string(v.With)
	case v.Need != order.Money{}:
		s += fmt.Sprintf(": %s, there is %s", v.Need, v.Have)
	case v.Why == WhyHeld && v.Order != "":
		s += " by order " + string(v.Order)
	case v.Why == WhyHeld && v.Payment != "":
		s += " by payment " + string(v.Payment)
	case v.Why == WhyFirstOrder && v.Payment != "":
		s += fmt.Sprintf(": order %s has it, by payment %s", string(v.Order), string(v.Payment))
	case v.Why == WhyFirstOrder && v.Order != "":
		s += ": order " + string(v.Order) + " has it"
	case v.Why == WhyFirstOrder:
		s += ": another is paid, or is being paid"
	}
	return s
}
