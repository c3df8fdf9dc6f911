package payment

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// Refusal is why a payment is not made, or what else was asked for is not done (P11): one
// of a closed set of reasons, and the facts that belong to it. errors.Is finds the reason,
// and whatever a rule of another package said.
type Refusal struct {
	Reason Reason `json:"reason"`
	Text   string `json:"text"` // for a person: what is wrong and what to do

	Orders  []order.ID       `json:"orders,omitempty"`  // those it is about
	Dropped []Drop           `json:"dropped,omitempty"` // those that cannot be paid, where none remains or all were wanted
	Coupons []coupon.Verdict `json:"coupons,omitempty"` // those that cannot be used (C12)
	Need    order.Money      `json:"need,omitzero"`     // what is to be paid, and of it
	Have    order.Money      `json:"have,omitzero"`     // what there is, or was agreed to

	Resources []ResourceFault `json:"resources,omitempty"`
	Projects  []ProjectFault  `json:"projects,omitempty"`
	Starts    []Start         `json:"starts,omitempty"`

	Err error `json:"-"` // what a rule of another package said, if one did
}

// Drop is an order that is not paid though it was asked for, and why (P3).
type Drop struct {
	Order    order.ID         `json:"order"`
	Purchase order.PurchaseID `json:"purchase,omitempty"`
	Because  order.ID         `json:"because,omitempty"` // the member of its purchase that took it along; empty: itself
	Reason   Reason           `json:"reason"`
	Changed  string           `json:"changed,omitempty"` // ReasonChanged: "lines", "reduction", "payable", "state" or "deadline"; empty: it was not quoted
	Text     string           `json:"text"`              // for a person: what is wrong and what to do
}

func (r *Refusal) Error() string {
	s := "refused: " + string(r.Reason)
	if r.Text != "" {
		s += ": " + r.Text
	}
	return s
}

func (r *Refusal) Unwrap() []error {
	if r.Err == nil {
		return []error{r.Reason}
	}
	return []error{r.Reason, r.Err}
}

func (d Drop) String() string {
	s := "order " + string(d.Order) + ": " + string(d.Reason)
	if d.Text != "" {
		s += ": " + d.Text
	}
	return s
}

// refuse returns a refusal that another error explains.
func refuse(reason Reason, err error) *Refusal {
	return &Refusal{Reason: reason, Text: err.Error(), Err: err}
}

// refusef returns a refusal with a text.
func refusef(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

// field is an error for a field that is not sound.
func field(name, value, reason string) error {
	return &order.FieldError{Field: name, Value: value, Reason: reason}
}

// checkAmount reports what is no amount of a currency.
func checkAmount(name string, m order.Money) error {
	if m == (order.Money{}) {
		return field(name, "", "is not set: give an amount and its currency")
	}
	if err := m.Check(); err != nil {
		return under(name, err)
	}
	return nil
}

// checkTimes reports the first time that is out of the years that the rules know; those
// that are not set are passed over.
func checkTimes(times ...namedTime) error {
	for _, x := range times {
		if x.at.IsZero() {
			continue
		}
		if _, err := order.Second(x.at); err != nil {
			return field(x.name, x.at.String(), "is not in the years 1 to 9998")
		}
	}
	return nil
}

type namedTime struct {
	name string
	at   time.Time
}

// checkWords reports the first text that has more than 64 characters, or that does not
// print; those that are not set are passed over.
func checkWords(words ...namedWord) error {
	for _, x := range words {
		if x.text == "" {
			continue
		}
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	return nil
}

type namedWord struct{ name, text string }

// checkIDs reports the first text that is no ID (P12).
func checkIDs(ids ...namedWord) error {
	for _, x := range ids {
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	return nil
}

// most is how many orders, and resources, are named at once at most, whatever a house
// allows (P1, O6, O8).
const most = 30

// checkList reports a list of none, of more than 30, or with what is no ID or is named
// twice.
func checkList[T ~string](name string, ids []T) error {
	switch {
	case len(ids) == 0:
		return field(name, "", "are none: name at least one")
	case len(ids) > most:
		return tooMany(name, len(ids), most)
	}
	return checkEach(name, ids)
}

// checkEach reports what is no ID, or is named twice.
func checkEach[T ~string](name string, ids []T) error {
	for i, id := range ids {
		if err := order.CheckID(nth(name, i), id); err != nil {
			return err
		}
		if slices.Contains(ids[:i], id) {
			return field(nth(name, i), string(id), "is named twice")
		}
	}
	return nil
}

// tooMany is the error for a list of n where there may be so many.
func tooMany(name string, n, most int) error {
	return &order.FieldError{Field: name, Value: strconv.Itoa(n), Reason: "at most " + strconv.Itoa(most) + " at once: make several calls", Err: order.ErrTooMany}
}

// under puts the place of a value before the field that an error names.
func under(place string, err error) error {
	var f *order.FieldError
	if errors.As(err, &f) {
		inner := *f
		inner.Field = place + "." + f.Field
		return &inner
	}
	return &order.FieldError{Field: place, Err: err}
}

// list joins IDs for a person.
func list[T ~string](ids []T) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}
