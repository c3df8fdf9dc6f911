package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// fault is an error of the host: [payment.ErrHost], and what is wrong. It says nothing about
// the request.
type fault struct{ err error }

func (e *fault) Error() string { return e.err.Error() }

func (e *fault) Unwrap() []error { return []error{payment.ErrHost, e.err} }

// ofHost makes an error that only the host can cause a fault of it.
func ofHost(err error) error {
	if err == nil || errors.Is(err, payment.ErrHost) {
		return err
	}
	return &fault{err}
}

// misset is a field of the Desk, or an answer of the host, that is not valid.
func misset(field, value, reason string) error { return &fault{order.Invalid(field, value, reason)} }

// hostError is the error of a call of the host. Once the context has ended, that is why, and
// nothing is known of the host.
func hostError(ctx context.Context, call string, customer order.CustomerID, err error) error {
	if customer != "" {
		call += " for customer " + string(customer)
	}
	if end := ctx.Err(); end != nil {
		return fmt.Errorf("payment: %s: %w: %w", call, end, err)
	}
	return ofHost(fmt.Errorf("payment: %s: %w", call, err))
}

// under puts a path before the field that an error names, where it names one.
func under(path string, err error) error {
	if f, ok := err.(*order.FieldError); ok {
		return order.Within(path, f)
	}
	return err
}

// notHere is what a request names and the customer does not have.
func notHere(field, id, do string) error {
	return &order.FieldError{Field: field, Value: id, Reason: do, Err: order.ErrNotFound}
}
