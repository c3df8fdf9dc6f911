package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Provide returns the resource that line i of an order provides: what the line says, for the
// order's customer, user and project, in use from start until its term ends (R2), paid for by
// the order, its months counted from start (R3). It starts in the Mode of the policy.
//
// The error is an [*order.FieldError]: a line that is not there, that a third party sells (O11)
// or that has a resource already, a term that no period has, a start or an ID that is not valid.
func Provide(o order.Order, i int, id order.ResourceID, start time.Time, p Policy) (Resource, error) {
	if err := p.Check(); err != nil {
		return Resource{}, order.Within("policy", err)
	}
	if err := checkTime("start", start); err != nil {
		return Resource{}, err
	}
	if i < 0 || i >= len(o.Lines) {
		return Resource{}, order.Invalid(order.Element("lines", i), "", "is not a line of order "+string(o.ID))
	}
	r, err := provide(&o, &o.Lines[i], id, start.Truncate(time.Second), &p)
	if err != nil {
		return Resource{}, order.Within(order.Element("lines", i), err)
	}
	if err := r.check(&p); err != nil {
		return Resource{}, err
	}
	return r, nil
}

func provide(o *order.Order, l *order.Line, id order.ResourceID, start time.Time, p *Policy) (Resource, error) {
	switch {
	case !l.Own():
		return Resource{}, order.Invalid("seller", l.Seller, "provides it: the resource is not the merchant's")
	case l.Resource != "":
		return Resource{}, order.Invalid("resource", string(l.Resource), "is there already: the order changes it")
	}
	expiry, err := First(start, l.Term, *p)
	if err != nil {
		return Resource{}, err
	}
	r := Resource{ID: id, Customer: o.Customer, User: o.User, Project: o.Project, Product: l.Product, Service: l.Service, Region: l.Region,
		Count: l.Count, Charge: l.Charge, Start: start, Expiry: expiry, Mode: ModeManual,
		Periods: []PaidPeriod{{Order: o.ID, Period: Period{Start: start, Expiry: expiry, Term: l.Term}}}}
	r = r.Anchored(l.Term, *p)
	if l.Charge != order.ChargeSubscription || p.Mode == "" || p.Mode == ModeManual {
		return r, nil
	}
	auto := Auto{}
	if p.Mode == ModeAutomatic {
		auto.Term = l.Term
	}
	return r.SetMode(p.Mode, auto, start, *p)
}
