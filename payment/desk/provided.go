package desk

import (
	"slices"
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// provide writes the resources of an order that is completed: those that its lines name are
// changed, the others are new, one for each of the merchant's own lines that has none yet.
func (b *tx) provide(o *order.Order, list []renewal.Resource) error {
	if len(list) == 0 {
		return nil
	}
	var fresh []int // of list
	for n, r := range list {
		if slices.ContainsFunc(list[:n], func(x renewal.Resource) bool { return x.ID == r.ID }) {
			return order.Invalid(order.Element("resources", n)+".id", string(r.ID), "is a duplicate")
		}
		if i := lineOf(o, r.ID); i < 0 {
			fresh = append(fresh, n)
		} else if err := b.changed(o, o.Lines[i].Term, r); err != nil {
			return under(order.Element("resources", n), err)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var open []int
	for i := range o.Lines {
		if o.Lines[i].Own() && o.Lines[i].Resource == "" {
			open = append(open, i)
		}
	}
	switch {
	case len(fresh) < len(open):
		return order.Invalid("resources", "", "are fewer than the lines that have none yet")
	case len(fresh) > len(open):
		return order.Invalid("resources", "", "are more than the lines that have none yet")
	}
	o.Lines = slices.Clone(o.Lines)
	for k, i := range open {
		if err := b.added(o, &o.Lines[i], list[fresh[k]]); err != nil {
			return order.Within(order.Element("resources", fresh[k]), err)
		}
	}
	ledger.Put(b.Tx, ledger.Orders, *o)
	return nil
}

// lineOf is the line of an order that names a resource, or -1.
func lineOf(o *order.Order, id order.ResourceID) int {
	return slices.IndexFunc(o.Lines, func(l order.Line) bool { return id != "" && l.Resource == id })
}

// added writes a resource that a line of an order has provided. The line has paid for its
// first term, from which its anchor follows (R3).
func (b *tx) added(o *order.Order, l *order.Line, r renewal.Resource) error {
	switch {
	case r.Order != "":
		return order.Invalid("order", string(r.Order), "is open for it elsewhere: provide it free of orders")
	case r.Version != 0:
		return order.Invalid("version", strconv.FormatInt(r.Version, 10), "is not 0, and the resource is new")
	}
	if err := b.Need(ledger.KindResource, string(r.ID), string(r.Main)); err != nil {
		return err
	}
	if _, there := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); there {
		return order.Invalid("id", string(r.ID), "is there already")
	}
	if t := l.Term; len(r.Periods) == 0 && t.Civil() {
		r.Periods = []renewal.PaidPeriod{{Order: o.ID, Period: renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: t}}}
		r = r.Anchored(t, b.Policy.Renewal)
	}
	if err := r.Check(b.Policy.Renewal); err != nil {
		return err
	}
	if err := b.putNew(r); err != nil {
		return err
	}
	l.Resource = r.ID
	return nil
}

// changed makes a resource what an order has changed it to: its product, place and number,
// and how it is charged. Another order that is open for what it was is canceled (O9).
func (b *tx) changed(o *order.Order, t order.Term, to renewal.Resource) error {
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(to.ID))
	if !ok || to.Customer != b.Customer {
		return notHere("id", string(to.ID), "is not the customer's: adopt it first")
	}
	r, err := b.current(r)
	if err != nil {
		return err
	}
	switch why := changeOf(&r, &to); {
	case why != "":
		r, err = b.needless(r, why)
	case subscribes(o, &r, &to), o.Type == order.TypeCompensation:
		r, err = b.outdated(r)
	}
	if err != nil {
		return err
	}
	was := r
	r.Product, r.Service, r.Region, r.Count = to.Product, to.Service, to.Region, to.Count
	p := b.Policy.Renewal
	switch {
	case subscribes(o, &was, &to):
		r, err = r.Subscribe(to, t, o.ID, b.At, p)
	case o.Type == order.TypeCompensation:
		r, err = r.Compensate(to.Expiry, o.ID, b.At, p)
	case to.Charge == order.ChargePayPerUse && was.Charge != to.Charge:
		r, err = r.GoPayPerUse(b.At, p)
	default:
		r.Charge = to.Charge
		r = b.addPaid(r, o)
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// changeOf is the cause for which a change of a resource ends the orders for it; "" where
// they go on.
func changeOf(r, to *renewal.Resource) order.Reason {
	switch {
	case r.Charge != to.Charge:
		return order.ReasonChargeTypeChanged
	case r.Product != to.Product, r.Service != to.Service, r.Region != to.Region, r.Count != to.Count:
		return order.ReasonSpecificationChanged
	}
	return ""
}

// subscribes reports whether an order gives a resource a time that it is used for.
func subscribes(o *order.Order, r, to *renewal.Resource) bool {
	begins := r.Charge == order.ChargePayPerUse && to.Charge == order.ChargeSubscription
	return begins || o.Type == order.TypeToSubscription || o.Type == order.TypeTrialToCommercial
}

// addPaid counts what an order paid for what is left of a resource's time, which stays. What
// a renewal or a change paid has been counted when it was paid.
func (b *tx) addPaid(r renewal.Resource, o *order.Order) renewal.Resource {
	counted := slices.ContainsFunc(slices.Concat(r.Periods, r.Added), func(h renewal.PaidPeriod) bool { return h.Order == o.ID })
	n := len(r.Periods)
	if n == 0 || o.Payment == "" || counted {
		return r
	}
	h := renewal.PaidPeriod{Order: o.ID, Period: r.Periods[n-1].Period}
	h.Start = b.At
	r.Added = append(slices.Clip(r.Added), h)
	return r
}

// putNew writes a resource that is new; its main resource has been read. One that nothing can
// renew automatically is refused (R5).
func (b *tx) putNew(r renewal.Resource) error {
	if main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main)); ok && main.Charge == order.ChargeSubscription {
		r = followed(r, &main, main.Mode)
	}
	if err := b.checkPayable(&r); err != nil {
		return err
	}
	b.putResource(r)
	return nil
}
