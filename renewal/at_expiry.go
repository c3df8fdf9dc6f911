package renewal

import (
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// NextChange is a change that waits for the expiry of a resource (Q8): what the resource
// becomes when the first period begins that is paid for from now on. The zero NextChange is none.
type NextChange struct {
	Product string    `json:"product"`
	Count   int       `json:"count"`
	Asked   time.Time `json:"asked"` // when it was asked for
}

func (n *NextChange) check() error {
	if err := order.CheckID("product", n.Product); err != nil {
		return err
	}
	if n.Count < 1 {
		return order.Invalid("count", strconv.Itoa(n.Count), "is less than 1")
	}
	return checkTime("asked", n.Asked)
}

// checkNext checks the change that waits for the expiry.
func (r *Resource) checkNext() error {
	if r.Next == (NextChange{}) {
		return nil
	}
	if r.Charge != order.ChargeSubscription || !r.Released.IsZero() {
		return order.Invalid("next", "", "waits for an expiry that does not come: leave it out")
	}
	if err := r.Next.check(); err != nil {
		return order.Within("next", err)
	}
	return nil
}

// AsRenewed returns the resource as its renewals pay for it: as what it becomes at its expiry,
// if a change waits for that (Q8), or else as it is.
func (r Resource) AsRenewed() Resource {
	return r.Changed(r.Next.Product, r.Next.Count)
}

// ChangeAtExpiry returns r with a change that waits for its expiry (Q8): it becomes what to is
// when the first period begins that is paid for from now on, and that is what renewals price.
// Periods that have been paid for stay as they are. What the resource is already takes such a
// change back; any other change replaces it.
//
// It is refused with a [*MoveError] for a resource that cannot be changed ([Resource.Changeable]),
// is in an open order, has expired or is not to be renewed, and once a renewal has been paid for
// at the price of the change that waits: that renewal is given back first (Q5).
func (r Resource) ChangeAtExpiry(to Resource, from Origin, at time.Time, p Policy) (Resource, error) {
	const step = "change at the expiry"
	state, err := r.changeable(step, from, at, &p)
	if err != nil {
		return r, err
	}
	now := r.AsRenewed()
	paid, begins := r.paidNext()
	renewed := r.Mode == ModeManual || r.Mode == ModeAutomatic
	switch {
	case to.Product == now.Product && to.Count == now.Count:
		return r, nil // it has been asked for already
	case r.Order != "":
		return r, r.refuse(step, state, order.ErrResourceTaken, "pay or cancel order "+string(r.Order)+" first")
	case paid != nil:
		return r, r.refuse(step, state, ErrState, r.becomes()+", which order "+string(paid.Order)+" has paid for: give that renewal back first, or change it after "+order.Stamp(begins))
	case to.Product == r.Product && to.Count == r.Count:
		return r.become(r.withoutNext(), &p)
	case state != StateInUse:
		return r, r.refuse(step, state, ErrState, "it has expired: renew it first, or change it at once")
	case r.Withdrawn:
		return r, r.refuse(step, state, ErrMode, "it is no longer sold: it is not renewed (R4)")
	case !renewed:
		return r, r.refuse(step, state, ErrMode, "it is "+string(r.Mode)+" at its expiry: set manual or automatic renewal first")
	}
	after := r
	after.Next = NextChange{Product: to.Product, Count: to.Count, Asked: at.Truncate(time.Second)}
	return r.become(after, &p)
}

// becomes says what a resource becomes at its expiry.
func (r *Resource) becomes() string {
	return "it becomes " + strconv.Itoa(r.Next.Count) + " of " + r.Next.Product + " at its expiry"
}

// paidNext is the first period that was paid for as what the resource becomes, and its first
// second; nil if none was.
func (r *Resource) paidNext() (*PaidPeriod, time.Time) {
	for i := range r.Periods {
		if h := &r.Periods[i]; h.Next {
			return h, h.Start
		}
	}
	return nil, time.Time{}
}

// NextBegins returns the first second in which the resource is what it becomes, and false as
// long as no renewal has been paid for that: until then its expiry may move, and a resource that
// is not renewed stays what it is.
func (r Resource) NextBegins() (time.Time, bool) {
	paid, begins := r.paidNext()
	return begins, paid != nil
}

// ApplyNext makes the resource what it becomes at its expiry, once the period that was paid for
// that has begun (Q8). done is false where that has not come.
func (r Resource) ApplyNext(at time.Time, p Policy) (after Resource, done bool, err error) {
	begins, ok := r.NextBegins()
	if !ok || at.Unix() < begins.Unix() {
		return r, false, nil
	}
	if _, err := r.ready(at, &p); err != nil {
		return r, false, err
	}
	after, err = r.become(r.AsRenewed().withoutNext(), &p)
	return after, err == nil, err
}

// withoutNext is the resource with no change that waits.
func (r Resource) withoutNext() Resource {
	r.Next = NextChange{}
	if paid, _ := r.paidNext(); paid != nil {
		r.Periods = slices.Clone(r.Periods)
		for i := range r.Periods {
			r.Periods[i].Next = false
		}
	}
	return r
}
