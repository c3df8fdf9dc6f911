package discount

import (
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
)

// What a caller may want to decide on, besides the sentinels of package order.
var (
	// ErrNotCovered: the discount covers none of the order's lines (D4).
	ErrNotCovered = errors.New("discount covers no line of the order")
	// ErrRule: a host's own Rule refused the order, with the error that Error wraps too,
	// or broke its promise; discounttest.TestRule finds out.
	ErrRule = errors.New("discount rule refused the order or broke its promise")
)

// Error says which discount cannot be applied to which order, and why.
type Error struct {
	Order order.ID
	Kind  Kind
	ID    ID
	Err   error
}

func (e *Error) Error() string {
	return fmt.Sprintf("order %s: %s %q: %v", e.Order, e.Kind, string(e.ID), e.Err)
}

func (e *Error) Unwrap() error { return e.Err }
