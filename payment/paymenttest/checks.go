package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"pgregory.net/rapid"
)

// Law is one promise that a host's checks make about every inquiry.
type Law struct {
	Name string // a word or two, the name of its subtest
	Says string // the promise, in a sentence
	// Holds reports how the checks break the law on an inquiry, nil where they keep it.
	Holds func(c payment.Checks, in payment.Inquiry) error
}

// CheckLaws returns what the checks of a host promise, law by law. A check that cannot be
// made, and says so with an error, breaks none of them.
func CheckLaws() []Law {
	return []Law{
		{"sound", "what is found is said in words of the package, and of orders that were asked about", sound},
		{"repeatable", "the same inquiry is answered the same again", repeats},
		{"overlap", "whether an order overlaps with the contract does not depend on the others", overlaps},
	}
}

// LawError says which law was broken, and on what.
type LawError struct {
	Law, Says string
	On        string // what was drawn
	Err       error  // what broke
}

func (e *LawError) Error() string {
	return fmt.Sprintf("law %q: %s: %v\non %s", e.Law, e.Says, e.Err, e.On)
}

func (e *LawError) Unwrap() error { return e.Err }

// TestChecks checks that the checks keep every law of [CheckLaws], each in a subtest of
// its own with inquiries that rapid draws and shrinks.
func TestChecks(t *testing.T, c payment.Checks) {
	t.Helper()
	for _, law := range CheckLaws() {
		t.Run(law.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if err := law.check(c, inquiry().Draw(t, "inquiry")); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// VerifyChecks checks that the checks keep every law on n inquiries, the same n every
// time: what [TestChecks] does, for a program. The error is a [*LawError] for the first
// inquiry on which a law is broken; n less than 1 is an error too.
func VerifyChecks(c payment.Checks, n int) error {
	if n < 1 {
		return fmt.Errorf("paymenttest: %d inquiries check nothing: give at least 1", n)
	}
	for seed := range n {
		in := inquiry().Example(seed)
		for _, law := range CheckLaws() {
			if err := law.check(c, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// check is Holds with an error that tells all; a panic breaks every law.
func (l Law) check(c payment.Checks, in payment.Inquiry) (err error) {
	on := fmt.Sprintf("customer %s, %d orders at %s:", in.Customer, len(in.Orders), in.At)
	for _, o := range in.Orders {
		on += fmt.Sprintf(" %s (%s, %s)", o.ID, o.Type, o.State)
	}
	defer func() {
		if p := recover(); p != nil {
			err = &LawError{Law: l.Name, Says: l.Says, On: on, Err: fmt.Errorf("it panicked: %v", p)}
		}
	}()
	if broke := l.Holds(c, in); broke != nil {
		return &LawError{Law: l.Name, Says: l.Says, On: on, Err: broke}
	}
	return nil
}

func inquiry() *rapid.Generator[payment.Inquiry] {
	return rapid.Custom(func(t *rapid.T) payment.Inquiry {
		s := Draw().Draw(t, "scene")
		return payment.Inquiry{Customer: s.Facts.Customer.ID, By: s.Request.By, Orders: s.Facts.Orders, At: s.At}
	})
}

// ask asks all checks. An error of a check is no finding; one for findings that are not
// sound is.
func ask(c payment.Checks, in payment.Inquiry) (payment.Findings, error) {
	f, err := c.Ask(context.Background(), in)
	var unsound *order.FieldError
	if errors.As(err, &unsound) {
		return f, err
	}
	return f, nil
}

func sound(c payment.Checks, in payment.Inquiry) error {
	_, err := ask(c, in)
	return err
}

func repeats(c payment.Checks, in payment.Inquiry) error {
	first, err := ask(c, in)
	if err != nil {
		return nil // another law
	}
	if again, _ := ask(c, in); !reflect.DeepEqual(first, again) {
		return fmt.Errorf("first %+v, then %+v", first, again)
	}
	return nil
}

func overlaps(c payment.Checks, in payment.Inquiry) error {
	all, err := ask(c, in)
	if err != nil {
		return nil // another law
	}
	for _, o := range in.Orders {
		one := in
		one.Orders = []order.Order{o}
		f, err := ask(c, one)
		if err != nil {
			return fmt.Errorf("of order %s alone: %w", o.ID, err)
		}
		if slices.Contains(all.Contract, o.ID) != slices.Contains(f.Contract, o.ID) {
			return fmt.Errorf("order %s overlaps with the contract with others, or alone, and not in both", o.ID)
		}
	}
	return nil
}
