package order

import (
	"slices"
	"time"
)

// Order is what a customer asked for, and where it stands. It is a value: methods
// that change it return a changed copy and leave it as it was. Its instants are
// whole seconds in the zone of the Policy it was placed under. What was agreed when
// it was placed is frozen in it: Project (O10), Latest (E1), Reduction and each
// line's Off and Ratio (D8). A copy that is returned has lines of its own.
type Order struct {
	ID       ID         `json:"id"`
	Customer CustomerID `json:"customer"`           // who pays; everything of a customer is kept together
	User     CustomerID `json:"user,omitempty"`     // whose resources these are; empty: the customer's
	Purchase PurchaseID `json:"purchase,omitempty"` // the orders it was made together with (O6); empty: none
	Members  int        `json:"members,omitempty"`  // how many orders that purchase has
	Project  ProjectID  `json:"project,omitempty"`  // what its fees belong to, for ever (O10)
	Type     Type       `json:"type"`
	State    State      `json:"state"`
	Review   bool       `json:"review,omitempty"` // needs approval once it is confirmed
	Reason   Reason     `json:"reason,omitempty"` // why it was canceled; while paying, the cause that came during payment (O9)
	Lines    []Line     `json:"lines"`

	Reduction Reduction `json:"reduction,omitzero"` // at most one, by construction (D2)

	Placed     time.Time `json:"placed"`
	Changed    time.Time `json:"changed"`              // the last move
	Latest     time.Time `json:"latest,omitzero"`      // the deadline if nothing shortens it: Placed and the frozen lifetime (E1)
	Deadline   time.Time `json:"deadline,omitzero"`    // the last second in which it can be paid; zero: it charges nothing now
	DeadlineOf ID        `json:"deadlineOf,omitempty"` // the member of its purchase that set Deadline; empty: the order itself

	Payment PaymentID `json:"payment,omitempty"` // holds or settled it
	Paid    Parts     `json:"paid,omitzero"`     // what paid it; zero until paid
	DueAt   time.Time `json:"waits,omitzero"`    // when the clock moves it next, for a store to find; this package leaves it alone
	// RemindedFor is the deadline that the customer was reminded of; this package leaves it alone.
	RemindedFor time.Time `json:"told,omitzero"`
	Version     int64     `json:"version,omitempty"` // counts the writes of a store; the library leaves it alone
}

// Reduction is the discount of an order as it was chosen: editing the discount later
// changes nothing here (D8). The zero value is no discount.
type Reduction struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Window Window `json:"window,omitzero"`
	Lapse  Lapse  `json:"lapse"`
	Lock   Lock   `json:"lock,omitempty"`
}

// Parts is what paid an order: coupons, stored-value cards, and the cash part that
// came from a balance, online, or goes on a monthly bill (O5). Below zero in an
// order that gives money back.
type Parts struct {
	Coupons Money `json:"coupons,omitzero"`
	Cards   Money `json:"cards,omitzero"`
	Cash    Money `json:"cash,omitzero"`
}

// Total returns the sum of the parts.
func (p Parts) Total() (Money, error) {
	sum, err := p.Coupons.Add(p.Cards)
	if err != nil {
		return Money{}, err
	}
	return sum.Add(p.Cash)
}

// Currency returns the currency of the merchant's own lines.
func (o Order) Currency() Currency { return o.currency() }

func (o *Order) currency() Currency {
	for i := range o.Lines {
		if o.Lines[i].Own() {
			return o.Lines[i].Amount.cur
		}
	}
	return 0
}

// List returns the order amount: the list price of the merchant's own lines, before
// the discount (O5). Zero Money for an order that [Order.Check] refuses.
func (o Order) List() Money {
	list, _ := o.sums()
	return list
}

// Discount returns what the discount takes off. Zero Money for an order that
// [Order.Check] refuses.
func (o Order) Discount() Money {
	_, off := o.sums()
	return off
}

// Payable returns List - Discount. Zero Money for an order that [Order.Check]
// refuses.
func (o Order) Payable() Money {
	list, off := o.sums()
	return Money{list.minor - off.minor, list.cur}
}

// sums adds up the own lines; both are zero Money when they do not add up.
func (o *Order) sums() (list, off Money) {
	cur := o.currency()
	list, off = Money{0, cur}, Money{0, cur}
	for i := range o.Lines {
		l := &o.Lines[i]
		if !l.Own() {
			continue
		}
		list.minor += l.Amount.minor
		off.minor += l.Off.minor
		line, sum := inRange(l.Amount.minor) && inRange(l.Off.minor), inRange(list.minor) && inRange(off.minor)
		if l.Amount.cur != cur || !line || !sum {
			return Money{}, Money{}
		}
	}
	return list, off
}

// Flow says which way money goes with an order. It decides which moves there are (O2).
//
// One of: charges, charges nothing, gives money back.
type Flow string

const (
	FlowCharge Flow = "charges"          // it is paid before its deadline
	FlowNone   Flow = "charges nothing"  // nothing now: postpaid, trial, compensation duration, a change that costs nothing
	FlowBack   Flow = "gives money back" // unsubscribe, downgrade
)

// Flow returns which way money goes with o, by its type, its lines and its amount.
func (o Order) Flow() Flow { return o.flow() }

func (o *Order) flow() Flow {
	switch o.Type {
	case TypeUnsubscribe, TypeDowngrade:
		return FlowBack
	case TypeTrial, TypeCompensation, TypeToPayPerUse:
		return FlowNone
	}
	costs := o.Type != TypeUpgrade && o.Type != TypeChange && o.Type != TypePriceAdjustment // others charge at 0 too
	prepaid := false
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Own() {
			costs = costs || l.Amount.minor != 0
			prepaid = prepaid || l.Charge != ChargePayPerUse
		}
	}
	if costs && prepaid {
		return FlowCharge
	}
	return FlowNone
}

// table is the flow whose moves apply: an order that charges nothing waits and is
// settled with the members of its purchase that charge (O2), as its Deadline shows.
func (o *Order) table() Flow {
	f := o.flow()
	if f == FlowNone && !o.Deadline.IsZero() {
		return FlowCharge
	}
	return f
}

// clone returns o with lines of its own.
func (o Order) clone() Order {
	o.Lines = slices.Clone(o.Lines)
	return o
}
