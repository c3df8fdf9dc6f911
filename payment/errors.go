package payment

import (
	"errors"
	"fmt"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// ErrHost says that the host's own setup or answer is at fault: whoever asked can do nothing about
// it. The error says what is wrong, and holds what the host returned; both are for the host,
// and not for who asked.
var ErrHost = errors.New("fault of the host")

// fault is an error of the host.
type fault struct{ err error }

func (e *fault) Error() string { return e.err.Error() }

func (e *fault) Unwrap() []error { return []error{ErrHost, e.err} }

// ofFacts is an error of a judge: what is no refusal is a fault of the facts.
func ofFacts(err error) error {
	var refusal *Refusal
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	return &fault{err}
}

// Refusal is why a payment is not made, or something else that was asked for is not done (P11): one
// of a closed set of reasons, and the facts that belong to it. errors.Is finds the reason,
// and the error of another package that led to it, and [order.ErrNotFound] in what is not there.
//
// Refusals, drops and [*BillError] have one shape: a reason of the set, a text that says what
// is wrong in this case, and the method Advice, which says what to do about it.
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

// Advice says what the caller can do about it.
func (r *Refusal) Advice() string { return r.Reason.Advice() }

// Advice says what the caller can do about it, or about the order that took this one along.
func (d Drop) Advice() string { return d.Reason.Advice() }

func (r *Refusal) Error() string {
	s := "refused: " + string(r.Reason)
	if r.Text != "" {
		s += ": " + r.Text
	}
	return s
}

func (r *Refusal) Unwrap() []error {
	all := []error{r.Reason}
	if r.Reason == ReasonNoOrder {
		all = append(all, order.ErrNotFound)
	}
	if r.Err != nil {
		all = append(all, r.Err)
	}
	return all
}

func (d Drop) String() string {
	s := "order " + string(d.Order) + ": " + string(d.Reason)
	if d.Text != "" {
		s += ": " + d.Text
	}
	return s
}

// Refuse returns a refusal that another error explains; an empty reason is that of what package
// order or discount has refused.
func Refuse(reason Reason, err error) *Refusal {
	if reason == "" {
		reason = reasonOf(err)
	}
	return &Refusal{Reason: reason, Text: err.Error(), Err: err}
}

// Refusef returns a refusal with a text.
func Refusef(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Text: fmt.Sprintf(format, args...)}
}
