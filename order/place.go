package order

import (
	"slices"
	"time"
)

// Draft is an order before it is placed.
type Draft struct {
	ID       ID         `json:"id"`
	Customer CustomerID `json:"customer,omitempty"` // of a purchase, empty: that of its first draft
	User     CustomerID `json:"user,omitempty"`
	Project  ProjectID  `json:"project,omitempty"`
	Type     Type       `json:"type"`
	Lines    []Line     `json:"lines"`
	Confirm  bool       `json:"confirm,omitempty"` // placed on the customer's behalf: the customer confirms first
	Review   bool       `json:"review,omitempty"`  // to be approved first
}

// Place makes an order of d at the given time (O2). An order that charges can be paid
// for the lifetime of the policy (E1); one that charges nothing now is paid at once;
// one that gives money back is refunding at once; with Review, each waits for
// approval first. A draft that would break an identity is refused with a
// [*FieldError].
func Place(d Draft, at time.Time, p Policy) (Order, error) {
	o, err := place(d, "", 0, at, p)
	if err != nil {
		return Order{}, err
	}
	return o.start(d)
}

// place returns the order without a state.
func place(d Draft, together PurchaseID, members int, at time.Time, p Policy) (Order, error) {
	if err := p.Check(); err != nil {
		return Order{}, Within("policy", err)
	}
	at, err := Second(at)
	if err != nil {
		return Order{}, err
	}
	at = at.In(p.zone())
	o := Order{
		ID: d.ID, Customer: d.Customer, User: d.User, Purchase: together, Members: members, Project: d.Project,
		Type: d.Type, Lines: slices.Clone(d.Lines), Placed: at, Changed: at,
	}
	if o.Flow() == FlowCharge {
		o.Latest = at.Add(p.lifetime(o.Type, o.Lines))
		o.Deadline = o.Latest
	}
	return o, nil
}

// start gives the placed order its first state.
func (o Order) start(d Draft) (Order, error) {
	if d.Confirm && o.table() != FlowCharge {
		return Order{}, Invalid("confirm", "true", "an order that "+string(o.Flow())+" is not placed on a customer's behalf")
	}
	o.State, _ = next(o.table(), "", EventPlace, func(w When) bool {
		switch w {
		case IfConfirm:
			return d.Confirm
		case IfReview:
			return d.Review
		}
		return false
	})
	o.Review = d.Review && o.State == StatePendingConfirmation
	if err := o.Check(); err != nil {
		return Order{}, Renamed(err, "placed", "policy.zone", "latest", "policy.lifetime")
	}
	return o, nil
}
