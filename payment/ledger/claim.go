package ledger

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// PublicCode is a public code as a record of its issuer (C1): an ID of the host's, such
// as "shop".
type PublicCode struct {
	Issuer order.CustomerID `json:"issuer"`
	coupon.Code
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c PublicCode) Check() error {
	if err := order.CheckID("issuer", c.Issuer); err != nil {
		return err
	}
	return c.Code.Check()
}

// ClaimState is how far a claim is. The zero value is no state.
//
// One of: due, done.
type ClaimState string

const (
	ClaimDue  ClaimState = "due"  // counted on the code; the customer does not have the coupon yet
	ClaimDone ClaimState = "done" // final
)

var claimStates = []ClaimState{ClaimDue, ClaimDone}

// UnmarshalText reads a state strictly.
func (s *ClaimState) UnmarshalText(b []byte) error {
	return order.ReadWord("claim state", s, claimStates, b)
}

// Claim is a coupon on its way from a code to a customer. Code and coupon belong to two,
// and a commit to one: what a crash leaves between them the sweep completes.
type Claim struct {
	ID      string           `json:"id"` // derived from code and customer: claimed twice is claimed once
	Issuer  order.CustomerID `json:"issuer"`
	State   ClaimState       `json:"state"`
	Coupon  coupon.Coupon    `json:"coupon"` // as it was made for the customer
	At      time.Time        `json:"at"`
	DueAt   time.Time        `json:"waits,omitzero"`
	Version int64            `json:"version,omitempty"`
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c Claim) Check() error {
	if err := order.CheckID("id", c.ID); err != nil {
		return err
	}
	if err := order.CheckID("issuer", c.Issuer); err != nil {
		return err
	}
	if err := order.CheckWord("state", c.State, claimStates); err != nil {
		return err
	}
	if err := c.Coupon.Check(); err != nil {
		return order.Within("coupon", err)
	}
	if (c.State == ClaimDue) == c.DueAt.IsZero() {
		return order.Invalid("waits", "", "is when a claim that is due is completed, and only that")
	}
	_, err := order.Second(c.At)
	return err
}

func ClaimID(issuer order.CustomerID, code string, customer order.CustomerID) string {
	return order.Derive("claim", string(issuer), code, string(customer))
}
