package coupon

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// Tally is a counter of a customer, a record of its own that a commit compares, so that
// nothing is decided by counting records (C11). It may be kept in parts of the same
// name, which add up, so that those who count at once do not all write the same record.
type Tally struct {
	Customer order.CustomerID `json:"customer"`
	Name     string           `json:"name"`
	Part     int              `json:"part,omitempty"` // which part it is; 0: the one that says for which order it is held
	N        int              `json:"n"`
	// HeldFor is the order that a coupon for first orders is good for: from when the coupon
	// is held until the order is canceled, voided or reduced by something else, its payment
	// fails, or it cannot be provided (C3).
	HeldFor order.ID        `json:"heldFor,omitempty"`
	HeldBy  order.PaymentID `json:"heldBy,omitempty"` // the payment whose coupon it is; empty: a discount coupon
	Version int64           `json:"version,omitempty"`
}

// FirstOrderTally names the tally of a customer's orders of a service, or with "" of
// anything (C3, C11): 0 until the first one is being paid.
func FirstOrderTally(service string) string {
	if service == "" {
		return "orders"
	}
	return "orders of " + service
}

// FirstOrderTallies names the tallies that count an order: of anything, and of each service
// of its own lines (C3, C11). No tally counts an order that has only third parties' lines.
func FirstOrderTallies(o order.Order) []string {
	var names []string
	for i := range o.Lines {
		if !o.Lines[i].Own() {
			continue
		}
		for _, service := range [...]string{"", o.Lines[i].Service} {
			if !slices.ContainsFunc(names, func(n string) bool { return n == FirstOrderTally(service) }) {
				names = append(names, FirstOrderTally(service))
			}
		}
	}
	return names
}

// FirstOrders names the tallies that have to be held with the coupon for an order: one for
// each service of the lines that it covers, and that of anything for lines without a service.
// A coupon that is good for later orders too needs no tally.
func (c Coupon) FirstOrders(o order.Order) []string {
	if !c.Limits.FirstOrder {
		return nil
	}
	var names []string
	for i := range o.Lines {
		if !o.Lines[i].Own() || !c.Limits.Scope.Covers(&o, i) {
			continue
		}
		if n := FirstOrderTally(o.Lines[i].Service); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// Hold makes an order the first one, by the coupon of a payment, or without a payment by a
// discount coupon.
func (t Tally) Hold(o order.ID, by order.PaymentID) Tally {
	t.HeldFor, t.HeldBy = o, by
	return t
}

// Release lets another order be the first one.
func (t Tally) Release() Tally { return t.Hold("", "") }

// NotFirst says why an order cannot be the first that this part of a tally counts: others are paid or
// being paid, or another order of the customer is the first. [Verdict.Reason] is empty if it
// can.
func (t Tally) NotFirst(o order.ID) Verdict {
	switch {
	case t.HeldFor != "" && t.HeldFor != o:
		return Verdict{Reason: ReasonFirstOrder, Order: t.HeldFor, Payment: t.HeldBy}
	case t.N > 0:
		return Verdict{Reason: ReasonFirstOrder}
	}
	return Verdict{}
}

// NotFirst says why an order cannot be the first that the named tally counts, by whatever part of
// it says so. [Verdict.Reason] is empty if it can.
func NotFirst(o *order.Order, name string, tallies []Tally) (v Verdict) {
	for i := range tallies {
		if t := &tallies[i]; t.Customer == o.Customer && t.Name == name && v.Order == "" { // a verdict that names an order says more
			if no := t.NotFirst(o.ID); no.Reason != "" {
				v = no
			}
		}
	}
	return v
}

// notFirst says why order k of a payment is not the first that the named tally counts. Of
// several in the payment the earliest in its sequence is the first (C3).
func notFirst(orders []order.Order, k int, name string, tallies []Tally) Verdict {
	if v := NotFirst(&orders[k], name, tallies); v.Reason != "" {
		return v
	}
	for i := range orders[:k] {
		if counts(&orders[i], name) {
			return Verdict{Reason: ReasonFirstOrder, Order: orders[i].ID}
		}
	}
	return Verdict{}
}

// counts reports whether an order is counted in the named tally.
func counts(o *order.Order, name string) bool {
	return slices.ContainsFunc(o.Lines, func(l order.Line) bool {
		return l.Own() && (name == FirstOrderTally("") || name == FirstOrderTally(l.Service))
	})
}
