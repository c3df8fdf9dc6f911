package renewal

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Resource is what a customer has for a time, and what becomes of it when that ends. It
// is a value: methods that change it return a changed copy, and on an error it as it was.
type Resource struct {
	ID       order.ResourceID `json:"id"`
	Customer order.CustomerID `json:"customer"`          // who pays
	User     order.CustomerID `json:"user,omitempty"`    // whose it is; empty: the customer's
	Project  order.ProjectID  `json:"project,omitempty"` // a renewal order takes it as it is then (O10)
	Product  string           `json:"product"`
	Service  string           `json:"service,omitempty"`
	Region   string           `json:"region,omitempty"`
	Count    int              `json:"count"` // how many instances, from 1
	Charge   order.Charge     `json:"charge"`
	Tier     string           `json:"tier,omitempty"` // the customer's, for Policy.Keep

	Start     time.Time `json:"start"`               // the first second of use
	Expiry    time.Time `json:"expiry"`              // as it is printed: the last second of use, but under NextMidnight (T1)
	AnchorDay int       `json:"anchorDay,omitempty"` // the day that its months are counted from (R3); 0: the last day of use
	// AnchorClock is the clock time that its periods end at, with SameClock; none: that of the expiry.
	AnchorClock order.Clock `json:"anchorClock,omitempty"`

	Mode Mode `json:"mode"`          // what happens at expiry (R4)
	Auto Auto `json:"auto,omitzero"` // how it is renewed automatically (R5)

	Main      order.ResourceID `json:"main,omitempty"`      // the resource it belongs to (R10)
	Attached  bool             `json:"attached,omitempty"`  // to Main, and renewed on its own; otherwise bound (R10)
	Withdrawn bool             `json:"withdrawn,omitempty"` // no longer sold: it stays not renewed (R4)

	Periods []PaidPeriod `json:"periods,omitempty"` // what was paid for, one after the other, up to the expiry; none: not known
	Added   []PaidPeriod `json:"added,omitempty"`   // what was paid for besides: upgrades, from when on and until when

	Next NextChange `json:"next,omitzero"` // what it becomes at its expiry (Q8)

	Order              order.ID       `json:"order,omitempty"`   // the open order that names it (O12)
	Asked              PendingRenewal `json:"asked,omitzero"`    // what that order makes of it
	Paying             bool           `json:"paying,omitempty"`  // that order is being paid (R11)
	Released           time.Time      `json:"released,omitzero"` // when it was released (R11); zero: it was not
	Postpaid           time.Time      `json:"postpaid,omitzero"` // when it went to pay-per-use (R12), and expires no more; zero: it did not
	RetentionNoticeFor time.Time      `json:"warned,omitzero"`   // the end of retention that the customer was told of (P17)
	DueAt              time.Time      `json:"waits,omitzero"`    // when the clock moves it next, for a store to find
	Version            int64          `json:"version,omitempty"` // counts the writes of a store
}

// Position returns where the resource stands, for [Next] and [Unify].
func (r *Resource) Position() Position {
	return Position{Expiry: r.Expiry, AnchorDay: r.AnchorDay, AnchorClock: r.AnchorClock}
}

// bound reports whether the resource is renewed as a whole with its main resource (R10).
func (r *Resource) bound() bool { return r.Main != "" && !r.Attached }

// Check reports the first thing about r that is not valid by the policy, as an
// [*order.FieldError].
func (r Resource) Check(p Policy) error {
	if err := p.Check(); err != nil {
		return order.Within("policy", err)
	}
	return r.check(&p)
}

// check is Check under a valid policy.
func (r *Resource) check(p *Policy) error {
	if err := cmp.Or(order.CheckID("id", r.ID), order.CheckID("customer", r.Customer), order.CheckID("product", r.Product)); err != nil {
		return err
	}
	for _, x := range [...]struct{ name, text string }{{"user", string(r.User)}, {"project", string(r.Project)}, {"service", r.Service},
		{"region", r.Region}, {"tier", r.Tier}, {"main", string(r.Main)}, {"order", string(r.Order)}} {
		if x.text == "" {
			continue
		}
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	if err := r.checkUse(p); err != nil {
		return err
	}
	if err := r.checkMode(); err != nil {
		return err
	}
	switch {
	case r.Main == "" && r.Attached:
		return order.Invalid("attached", "true", "to no resource: name it in main")
	case r.Main == r.ID:
		return order.Invalid("main", string(r.Main), "is the resource itself")
	case r.Asked != (PendingRenewal{}) && r.Order == "":
		return order.Invalid("asked", "", "by no order: name it in order")
	case r.Paying && r.Order == "":
		return order.Invalid("paying", "true", "for no order: name it in order")
	case r.Version < 0:
		return order.Invalid("version", strconv.FormatInt(r.Version, 10), "is below zero")
	}
	return r.checkPeriods(p)
}

// checkMode checks what happens at the expiry (R4, Q8).
func (r *Resource) checkMode() error {
	switch {
	case !slices.Contains(modes, r.Mode):
		return order.CheckWord("mode", r.Mode, modes)
	case r.Withdrawn && r.Mode != ModeNone:
		return order.Invalid("mode", string(r.Mode), "is not that of what is no longer sold: it is not renewed (R4)")
	case r.Mode == ModeAutomatic:
		if err := r.Auto.check(); err != nil {
			return order.Within("auto", err)
		}
	}
	return r.checkNext()
}

// checkUse checks how much of it there is, and when.
func (r *Resource) checkUse(p *Policy) error {
	if r.Count < 1 {
		return order.Invalid("count", strconv.Itoa(r.Count), "is less than 1")
	}
	if !known(r.Charge) {
		return order.Invalid("charge", string(r.Charge), "is unknown")
	}
	if err := checkTime("start", r.Start); err != nil {
		return err
	}
	if err := checkTime("expiry", r.Expiry); err != nil {
		return err
	}
	if p.Ending.LastSecond(r.Expiry).Before(r.Start) {
		return order.Invalid("expiry", order.Stamp(r.Expiry), "is before the start, "+order.Stamp(r.Start))
	}
	if err := checkAnchor(r.AnchorDay, r.AnchorClock); err != nil {
		return err
	}
	if !r.Released.IsZero() {
		if err := checkTime("released", r.Released); err != nil {
			return err
		}
		if r.Order != "" {
			return order.Invalid("order", string(r.Order), "is open for a resource that has been released")
		}
	}
	return nil
}

// known reports whether c is a charge type.
func known(c order.Charge) bool {
	return c == order.ChargeSubscription || c == order.ChargePayPerUse || c == order.ChargePackage
}
