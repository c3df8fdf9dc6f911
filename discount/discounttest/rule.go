package discounttest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Law is one promise of [discount.Rule].
type Law struct {
	Name string // a word or two, the name of its subtest
	Says string // the promise, in a sentence
	// Holds reports how r breaks the law on o, nil where it keeps it. o is valid, of a
	// type that charges and before payment; Holds leaves it as it is.
	Holds func(r discount.Rule, o order.Order) error
}

// LawError says which law a rule broke, and on which order.
type LawError struct {
	Law   Law
	Order order.Order
	Err   error // what broke
}

func (e *LawError) Error() string {
	return fmt.Sprintf("law %q: %s: %v\non %s", e.Law.Name, e.Law.Says, e.Err, describe(e.Order))
}

func (e *LawError) Unwrap() error { return e.Err }

// TestRule checks that r keeps every law, each in a subtest of its own with orders that
// rapid draws and shrinks. A rule whose covered lines come by a scope is tested with any
// lines: what it gives nothing for it may refuse, or take 0 off.
func TestRule(t *testing.T, r discount.Rule) {
	t.Helper()
	if r == nil {
		t.Fatal("there is no rule")
	}
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				o := ruleOrder().Draw(t, "order")
				if err := law.Holds(r, o); err != nil {
					t.Fatal(&LawError{Law: law, Order: o, Err: err})
				}
			})
		})
	}
}

// Verify checks that r keeps every law on n orders, the same n every time: what
// [TestRule] does, for a program. The error is a [*LawError] for the first order on
// which a law is broken. No rule, or n less than 1, is an error too: nothing would be
// checked.
func Verify(r discount.Rule, n int) error {
	if r == nil {
		return errors.New("discounttest: there is no rule")
	}
	if n < 1 {
		return fmt.Errorf("discounttest: %d orders check nothing: give at least 1", n)
	}
	laws, drawn := Laws(), ruleOrder()
	for seed := range n {
		o := drawn.Example(seed)
		for _, law := range laws {
			if err := law.Holds(r, o); err != nil {
				return &LawError{Law: law, Order: o, Err: err}
			}
		}
	}
	return nil
}

// describe writes an order as a person reads it, a line for each of its lines.
func describe(o order.Order) string {
	var b strings.Builder
	fmt.Fprintf(&b, "order %s, %s, %s, placed %s", o.ID, o.Type, o.State, order.Stamp(o.Placed))
	if o.Reduction.Kind != "" {
		fmt.Fprintf(&b, ", with %s %q", o.Reduction.Kind, o.Reduction.ID)
	}
	for i, l := range o.Lines {
		fmt.Fprintf(&b, "\n  line %d: %d x %s", i, l.Count, l.Product)
		for _, word := range []string{l.Service, l.Region, l.Term.String(), string(l.Charge)} {
			if word != "" {
				b.WriteString(", " + word)
			}
		}
		fmt.Fprintf(&b, ": %s", l.Amount)
		if l.Off.Sign() != 0 {
			fmt.Fprintf(&b, " (less %s)", l.Off)
		}
		if !l.Own() {
			fmt.Fprintf(&b, ", sold by %s", l.Seller)
		}
	}
	return b.String()
}
