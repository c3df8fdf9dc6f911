package desk

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// provide writes the resources of an order that is completed.
func (b *tx) provide(o *order.Order, list []renewal.Resource) error {
	if len(list) == 0 {
		return nil
	}
	fresh := list[:0:0]
	for n, r := range list {
		if slices.ContainsFunc(list[:n], func(x renewal.Resource) bool { return x.ID == r.ID }) {
			return order.Invalid(order.Element("resources", n)+".id", string(r.ID), "is named twice")
		}
		i := slices.IndexFunc(o.Lines, func(l order.Line) bool { return r.ID != "" && l.Resource == r.ID })
		if i < 0 {
			fresh = append(fresh, r)
		} else if err := b.changed(o, r); err != nil {
			return err
		}
	}
	if list = fresh; len(list) == 0 {
		return nil
	}
	k := 0
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		if !o.Lines[i].Own() || o.Lines[i].Resource != "" {
			continue
		}
		if k == len(list) {
			return order.Invalid("resources", "", "are fewer than the lines that have none yet")
		}
		r := list[k]
		k++
		if r.Customer != b.Customer || r.Order != "" || r.Version != 0 {
			return order.Invalid(order.Element("resources", k-1), string(r.ID), "is not a new one of the customer's, free of orders")
		}
		if err := b.Need(ledger.KindResource, string(r.ID), string(r.Main)); err != nil {
			return err
		}
		if _, there := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); there {
			return order.Invalid(order.Element("resources", k-1)+".id", string(r.ID), "is there already")
		}
		if t := o.Lines[i].Term; len(r.Periods) == 0 && (t.Unit == order.Month || t.Unit == order.Year) {
			r.Periods = []renewal.Held{{Order: o.ID, Period: renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: t}}}
			r = r.Anchored(t, b.Policy.Renewal)
		}
		b.putNew(r)
		o.Lines[i].Resource = r.ID
	}
	if k < len(list) {
		return order.Invalid("resources", "", "are more than the lines that have none yet")
	}
	ledger.Put(b.Tx, ledger.Orders, *o)
	return nil
}

// changed makes a resource what an order has changed it to: its product, place and number,
// and how it is charged. What the order paid counts for what is left of its time, which
// stays; only an order that is for a time gives it one. Another order that is open for what
// it was is canceled (O9).
func (b *tx) changed(o *order.Order, to renewal.Resource) error {
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(to.ID))
	if !ok || to.Customer != b.Customer {
		return order.Invalid("resources", string(to.ID), "is not the customer's")
	}
	why := order.Reason("")
	switch {
	case r.Charge != to.Charge:
		why = order.ReasonChargeTypeChanged
	case r.Product != to.Product || r.Service != to.Service || r.Region != to.Region || r.Count != to.Count:
		why = order.ReasonSpecificationChanged
	}
	subscribes := o.Type == order.TypeToSubscription || o.Type == order.TypeTrialToCommercial || r.Charge == order.ChargePayPerUse && to.Charge == order.ChargeSubscription
	var err error
	switch {
	case why != "":
		r, err = b.needless(r, why)
	case subscribes, o.Type == order.TypeCompensation:
		r, err = b.outdated(r)
	}
	if err != nil {
		return err
	}
	r.Product, r.Service, r.Region, r.Count = to.Product, to.Service, to.Region, to.Count
	p, term := b.Policy.Renewal, o.Lines[slices.IndexFunc(o.Lines, func(l order.Line) bool { return l.Resource == to.ID })].Term
	switch {
	case subscribes:
		r, err = r.Subscribe(to, term, o.ID, b.At, p)
	case o.Type == order.TypeCompensation:
		r, err = r.Compensate(to.Expiry, o.ID, b.At, p)
	case to.Charge == order.ChargePayPerUse && r.Charge != to.Charge:
		r, err = r.GoPayPerUse(b.At, p)
	default:
		r.Charge = to.Charge
		known := slices.ContainsFunc(r.Periods, func(h renewal.Held) bool { return h.Order == o.ID }) // a renewal, when it was paid
		if n := len(r.Periods); n > 0 && o.Payment != "" && !known {
			h := renewal.Held{Order: o.ID, Period: r.Periods[n-1].Period}
			h.Start = b.At
			r.Added = append(slices.Clip(r.Added), h)
		}
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// putNew writes a resource that is new; its main resource has been read.
func (b *tx) putNew(r renewal.Resource) {
	if main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main)); ok && main.Charge == order.ChargeSubscription {
		r = followed(r, &main, main.Mode)
	}
	b.putResource(r)
}
