package desktest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/paymenttest"
	"pgregory.net/rapid"
)

// Law is one promise that a host's checks make about every inquiry.
type Law = ordertest.Law[desk.Checks, desk.Inquiry]

// LawError says which law was broken, and on what.
type LawError = ordertest.LawError

// CheckLaws returns what the checks of a host promise, law by law. A check that cannot be
// made, and says so with an error, breaks none of them.
func CheckLaws() []Law {
	return []Law{
		{Name: "sound", Says: "what is found is said in words of the package, and of orders that were asked about", Holds: sound},
		{Name: "repeatable", Says: "the same inquiry is answered the same again", Holds: repeats},
		{Name: "overlap", Says: "whether an order overlaps with the contract does not depend on the others", Holds: overlaps},
		{Name: "nobody's", Says: "an inquiry of no customer and no orders, as of Desk.List, is answered where one of a customer is", Holds: nobodys},
	}
}

func suite() ordertest.Suite[desk.Checks, desk.Inquiry] {
	return ordertest.Suite[desk.Checks, desk.Inquiry]{Laws: CheckLaws(), Drawn: inquiry(), Shown: func(in desk.Inquiry) string {
		text := fmt.Sprintf("customer %s, %d orders at %s:", in.Customer, len(in.Orders), order.Stamp(in.At))
		for _, o := range in.Orders {
			text += fmt.Sprintf(" %s (%s, %s)", o.ID, o.Type, o.State)
		}
		return text
	}}
}

// TestChecks checks that the checks keep every law of [CheckLaws], each in a subtest of
// its own with inquiries that rapid draws and shrinks.
func TestChecks(t *testing.T, checks ...desk.Check) {
	t.Helper()
	suite().Test(t, checks)
}

// VerifyChecks checks that the checks keep every law on n inquiries, the same n every
// time: what [TestChecks] does, for a program. The error is a [*LawError] for the first
// inquiry on which a law is broken; n less than 1 is an error too.
func VerifyChecks(n int, checks ...desk.Check) error { return suite().Verify(checks, n) }

func inquiry() *rapid.Generator[desk.Inquiry] {
	return rapid.Custom(func(t *rapid.T) desk.Inquiry {
		s := paymenttest.Draw().Draw(t, "scene")
		return desk.Inquiry{Customer: s.Facts.Customer.ID, By: s.Request.By, Orders: s.Facts.Orders, At: s.At}
	})
}

// ask asks all checks. An error of a check is no finding; one for findings that are not
// sound is.
func ask(c desk.Checks, in desk.Inquiry) (payment.Findings, error) {
	f, err := c.Ask(context.Background(), in)
	var unsound *order.FieldError
	if errors.As(err, &unsound) {
		return f, err
	}
	return f, nil
}

func sound(c desk.Checks, in desk.Inquiry) error {
	_, err := ask(c, in)
	return err
}

func repeats(c desk.Checks, in desk.Inquiry) error {
	first, err := ask(c, in)
	if err != nil {
		return nil // another law
	}
	if again, _ := ask(c, in); !reflect.DeepEqual(first, again) {
		return fmt.Errorf("first %+v, then %+v", first, again)
	}
	return nil
}

func nobodys(c desk.Checks, in desk.Inquiry) error {
	if _, err := c.Ask(context.Background(), in); err != nil {
		return nil // it cannot be made, or another law
	}
	if _, err := c.Ask(context.Background(), desk.Inquiry{By: in.By, At: in.At}); err != nil {
		return fmt.Errorf("who lists is not judged: %w", err)
	}
	return nil
}

func overlaps(c desk.Checks, in desk.Inquiry) error {
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
