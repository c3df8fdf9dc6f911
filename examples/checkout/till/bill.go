package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Bill is what came of a book, customer by customer.
type Bill struct {
	About    string
	Accounts []Account
}

// Account is what came of one customer's orders, in the order of their times.
type Account struct {
	Customer Customer
	Records  []Record
	Sums     []Sum    // one for each currency, in the order in which they came
	Quotes   []Quoted // in the order of the book
}

// Record is what came of one order.
type Record struct {
	Order       order.Order       `json:"order"`
	About       string            `json:"about,omitempty"`
	Policy      Policy            `json:"policy"`
	List        order.Money       `json:"list"`
	Off         order.Money       `json:"off"`
	Payable     order.Money       `json:"payable"`
	Deadline    time.Time         `json:"deadline,omitzero"`
	Explanation order.Explanation `json:"explanation"`
	Verdicts    []Verdict         `json:"verdicts,omitempty"` // where the best discount was asked for, last
	Refusals    []Refusal         `json:"refusals,omitempty"`
	PayAt       []Answer          `json:"payAt,omitempty"` // of a member: for its purchase
}

// Verdict is how one discount fared where the best was asked for.
type Verdict struct {
	Kind discount.Kind `json:"kind"`
	ID   discount.ID   `json:"id"`
	Why  discount.Why  `json:"why"`
	Off  order.Money   `json:"off,omitzero"` // what it would take off, where that was found out
}

// Refusal is what the rules did not let happen. The order stays as it was.
type Refusal struct {
	Step string    `json:"step"` // "discount", "later[0]", "moves[2]", "payAt[0]"
	At   time.Time `json:"at"`
	Code string    `json:"code"` // one of Codes
	Text string    `json:"text"` // for a person: what, why, and what to do
}

// Answer says whether an order could be paid at an instant.
type Answer struct {
	At      time.Time `json:"at"`
	Can     bool      `json:"can"`
	Refusal *Refusal  `json:"refusal,omitempty"` // why not
}

// Sum adds up what a customer's orders cost in one currency: Payable is List - Off, and
// Open + Paid + Back. Orders that nobody pays for any more are left out: canceled,
// voided, and those whose money went back.
type Sum struct {
	Currency           order.Currency
	List, Off, Payable order.Money
	Open               order.Money // still to be paid
	Paid               order.Money
	Back               order.Money // given back, below zero
}

func verdicts(c discount.Choice) []Verdict {
	out := make([]Verdict, len(c.Verdicts))
	for i, v := range c.Verdicts {
		out[i] = Verdict{v.Kind, v.ID, v.Why, v.Off}
	}
	return out
}

// add counts an order. The error is order.ErrOverflow.
func (a *Account) add(o order.Order) error {
	switch back := o.Flow() == order.FlowBack; o.State {
	case order.StateCanceled, order.StateVoided, order.StateRefunded:
		return nil
	case order.StateRefunding:
		if !back {
			return nil
		}
	}
	cur := o.Currency()
	i := slices.IndexFunc(a.Sums, func(s Sum) bool { return s.Currency == cur })
	if i < 0 {
		zero := order.Minor(0, cur)
		i = len(a.Sums)
		a.Sums = append(a.Sums, Sum{cur, zero, zero, zero, zero, zero, zero})
	}
	s := &a.Sums[i]
	part := &s.Open
	switch {
	case o.Flow() == order.FlowBack:
		part = &s.Back
	case o.State == order.StatePaid || o.State == order.StateCompleted:
		part = &s.Paid
	}
	for _, x := range []struct {
		sum *order.Money
		m   order.Money
	}{{&s.List, o.List()}, {&s.Off, o.Discount()}, {&s.Payable, o.Payable()}, {part, o.Payable()}} {
		sum, err := x.sum.Add(x.m)
		if err != nil {
			return fmt.Errorf("the orders of customer %q do not add up: %w", string(a.Customer.ID), err)
		}
		*x.sum = sum
	}
	return nil
}

// codes are the words for what the rules refuse.
var codes = []struct {
	err  error
	code string
}{
	{order.ErrWindow, "discount outside its window"},
	{order.ErrLocked, "discount locked"},
	{discount.ErrNotCovered, "discount covers nothing"},
	{order.ErrCurrency, "other currency"},
	{order.ErrPastDeadline, "past deadline"},
	{order.ErrNotDue, "not due"},
	{order.ErrPaymentInProgress, "payment in progress"},
	{order.ErrOtherPayment, "held by another payment"},
	{order.ErrMember, "member of a purchase"},
	{order.ErrState, "state"},
}

// Codes returns the words that a Refusal has as its code; they do not change.
func Codes() []string {
	words := []string{}
	for _, c := range codes {
		words = append(words, c.code)
	}
	return append(words, "other")
}

func codeOf(err error) string {
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "other"
}

// Records goes through the records of all customers, in the order they are printed.
func (b Bill) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, a := range b.Accounts {
			for _, r := range a.Records {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// WriteJSON writes the records as one array.
func (b Bill) WriteJSON(w io.Writer) error {
	return writeArray(w, slices.Collect(b.Records()))
}

// WriteQuotes writes what the payments would be as one array.
func (b Bill) WriteQuotes(w io.Writer) error {
	var all []Quoted
	for _, a := range b.Accounts {
		all = append(all, a.Quotes...)
	}
	return writeArray(w, all)
}

func writeArray[T any](w io.Writer, all []T) error {
	if all == nil {
		all = []T{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

// WriteCSV writes the orders as order.WriteCSV does.
func (b Bill) WriteCSV(w io.Writer) error {
	_, err := order.WriteCSV(w, func(yield func(order.Order, error) bool) {
		for r := range b.Records() {
			if !yield(r.Order, nil) {
				return
			}
		}
	})
	return err
}
