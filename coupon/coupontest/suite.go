package coupontest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Law is one promise that a host's H makes about every On.
type Law[H, On any] struct {
	Name string // a word or two, the name of its subtest
	Says string // the promise, in a sentence
	// Holds reports how h breaks the law on what is given, nil where it keeps it. It
	// leaves what is given as it is.
	Holds func(h H, on On) error
}

// Question is what a [coupon.Limit] is asked about: the lines of a sound order and a
// sound coupon of its customer.
type Question struct {
	Order  order.Order
	Coupon coupon.Coupon
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

// TestOrder checks that o keeps every law of [OrderLaws], each in a subtest of its own
// with candidates that rapid draws and shrinks.
func TestOrder(t *testing.T, o coupon.Order) {
	t.Helper()
	if o == nil {
		t.Fatal("there is no order")
	}
	test(t, o, OrderLaws(), candidates())
}

// TestLimit checks that l keeps every law of [LimitLaws], each in a subtest of its own
// with orders and coupons that rapid draws and shrinks.
func TestLimit(t *testing.T, l coupon.Limit) {
	t.Helper()
	if l == nil {
		t.Fatal("there is no limit")
	}
	test(t, l, LimitLaws(), question())
}

// VerifyOrder checks that o keeps every law on n draws, the same n every time: what
// [TestOrder] does, for a program. The error is a [*LawError] for the first draw on which
// a law is broken. No order, or n less than 1, is an error too.
func VerifyOrder(o coupon.Order, n int) error {
	if o == nil {
		return errors.New("coupontest: there is no order")
	}
	return verify(o, OrderLaws(), candidates(), n)
}

// VerifyLimit is [VerifyOrder] for a limit.
func VerifyLimit(l coupon.Limit, n int) error {
	if l == nil {
		return errors.New("coupontest: there is no limit")
	}
	return verify(l, LimitLaws(), question(), n)
}

func test[H, On any](t *testing.T, h H, laws []Law[H, On], drawn *rapid.Generator[On]) {
	t.Helper()
	for _, law := range laws {
		t.Run(law.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if err := law.check(h, drawn.Draw(t, "on")); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func verify[H, On any](h H, laws []Law[H, On], drawn *rapid.Generator[On], n int) error {
	if n < 1 {
		return fmt.Errorf("coupontest: %d draws check nothing: give at least 1", n)
	}
	for seed := range n {
		on := drawn.Example(seed)
		for _, law := range laws {
			if err := law.check(h, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// check is Holds with an error that tells all; a panic breaks every law.
func (law Law[H, On]) check(h H, on On) (err error) {
	text := describe(on)
	defer func() {
		if p := recover(); p != nil {
			err = &LawError{Law: law.Name, Says: law.Says, On: text, Err: fmt.Errorf("it panicked: %v", p)}
		}
	}()
	if broke := law.Holds(h, on); broke != nil {
		return &LawError{Law: law.Name, Says: law.Says, On: text, Err: broke}
	}
	return nil
}

// describe says for a reader what was drawn.
func describe(on any) string {
	all, ok := on.([]coupon.Candidate)
	if !ok {
		return fmt.Sprintf("%+v", on)
	}
	text := "these coupons:"
	for _, c := range all {
		text += fmt.Sprintf("\n  %s, %s, valid %s: would pay %s of %s", string(c.Coupon.ID), c.Coupon.Kind, c.Coupon.Window, c.Deduction, c.Coupon.Balance)
	}
	return text
}

// candidates draws 3 to 5 candidates of one payment, among them some that differ little.
func candidates() *rapid.Generator[[]coupon.Candidate] {
	return rapid.Custom(func(t *rapid.T) (all []coupon.Candidate) {
		_, at := orders(t)
		ids := rapid.SliceOfNDistinct(ID(), 3, 5, rapid.ID).Draw(t, "IDs")
		due := rapid.Int64Range(1, 100_000).Draw(t, "due")
		for _, id := range ids {
			c := fitting(t, id, "customer-1", order.USD, due, at)
			c.Customer, c.State, c.Frozen, c.Version = "customer-1", coupon.StateAvailable, false, rapid.Int64Range(0, 3).Draw(t, "version")
			if c.Kind == coupon.KindDiscount || c.Check() != nil || c.Window.Ended(at) || !c.Window.Begun(at) {
				m := order.Minor(due, order.USD)
				c = coupon.Coupon{ID: id, Customer: "customer-1", Kind: coupon.KindCard, State: coupon.StateAvailable, Face: m, Balance: m}
			}
			most := min(c.Balance.Minor(), due)
			all = append(all, coupon.Candidate{Coupon: c, Deduction: order.Minor(rapid.Int64Range(1, most).Draw(t, "deduction"), c.Face.Currency())})
		}
		return all
	})
}

// question draws an order before payment and an available coupon of its customer.
func question() *rapid.Generator[Question] {
	return rapid.Custom(func(t *rapid.T) Question {
		all, at := orders(t)
		o := rapid.SampledFrom(all).Draw(t, "order")
		c := fitting(t, ID().Draw(t, "ID"), o.Customer, o.Currency(), max(1, o.Payable().Minor()), at)
		return Question{Order: o, Coupon: c}
	})
}
