package renewal

import (
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
)

// What a caller may want to decide on, besides the sentinels of package order.
var (
	// ErrState: where the resource stands in its life does not allow this.
	ErrState = errors.New("resource state does not allow this")
	// ErrMode: the way it is renewed does not allow this (R4).
	ErrMode = errors.New("renewal mode does not allow this")
	// ErrBound: the resource is renewed as a whole with its main resource (R10).
	ErrBound = errors.New("bound to a main resource")
	// ErrKept: the resource cannot be left (Q7).
	ErrKept = errors.New("resource cannot be left")
	// ErrAtExpiry: a change to what costs less waits for the expiry ([RefundPolicy.DownAtExpiry]), or
	// one that would begin a new period which costs less than is left ([RefundPolicy.UpBeginsPeriod], Q8).
	ErrAtExpiry = errors.New("change waits for the expiry")
	// ErrNoPrice: this is not sold, or not for such a term ([Prices]).
	ErrNoPrice = errors.New("not sold")
	// ErrTooMany: more rows than an export may have (R13).
	ErrTooMany = errors.New("too many rows")
)

// MoveError says which step of which resource was refused, and why.
type MoveError struct {
	Resource order.ResourceID
	Step     string // what was to happen: "renew"
	State    State
	Err      error  // one of the sentinels of this package or of package order
	Do       string // what to do instead
}

// Advice says what to do instead.
func (e *MoveError) Advice() string { return e.Do }

func (e *MoveError) Error() string {
	return fmt.Sprintf("resource %s: %s refused while %s: %v: %s", e.Resource, e.Step, e.State, e.Err, e.Do)
}

func (e *MoveError) Unwrap() error { return e.Err }
