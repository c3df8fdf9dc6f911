package ledger

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// renewed: I13, what a renewal order paid for is there, or was given back.
func (a *audit) renewed() {
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		if o.Type != order.TypeRenewal || !provides(o) {
			continue
		}
		for k := range o.Lines {
			r, ok := find(a.r, Resources, string(o.Lines[k].Resource))
			there := slices.ContainsFunc(r.Periods, func(h renewal.PaidPeriod) bool { return h.Order == o.ID })
			if !ok || !r.Released.IsZero() || there {
				continue
			}
			p, _ := find(a.r, Payments, string(o.Payment))
			if r.Start.After(p.Paid) {
				continue // it became a subscription again
			}
			if !slices.ContainsFunc(p.Returns, func(b payment.Return) bool { return b.Order == o.ID }) {
				a.report("I13", append(refs(KindOrder, o.ID), Ref{Kind: KindResource, ID: string(r.ID)}), "order %s is %s, and resource %s has no period of it", o.ID, o.State, r.ID)
			}
		}
	}
}

// periodsJoin: I13, a resource has one period after the other, one for each order, and the
// expiry of the last.
func (a *audit) periodsJoin() {
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		show := refs(KindResource, r.ID)
		if n := len(r.Periods); n > 0 && !r.Periods[n-1].Expiry.Equal(r.Expiry) {
			a.report("I13", show, "resource %s expires %s, and the last period that was paid for %s", r.ID, order.Stamp(r.Expiry), order.Stamp(r.Periods[n-1].Expiry))
		}
		for k := 1; k < len(r.Periods); k++ {
			// How a period ends is the policy's (R2): at the last second, or with the next; a
			// renewal that began when it was paid says where the one before it ended (R1).
			h, before := &r.Periods[k], r.Periods[k-1].Expiry
			gap := h.Start.Sub(before)
			late := h.Expired.Equal(before) && gap > time.Second
			if gap != 0 && gap != time.Second && !late {
				a.report("I13", show, "resource %s has a period until %s, and the next from %s", r.ID, order.Stamp(r.Periods[k-1].Expiry), order.Stamp(r.Periods[k].Start))
			}
			id := r.Periods[k].Order
			if slices.ContainsFunc(r.Periods[:k], func(h renewal.PaidPeriod) bool { return h.Order == id }) {
				a.report("I13", append(show, refs(KindOrder, id)...), "resource %s has two periods of order %s", r.ID, id)
			}
		}
	}
}

// periodsPaid: I13, the periods of a resource that is not released are of orders that are paid.
func (a *audit) periodsPaid() {
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		if !r.Released.IsZero() {
			continue
		}
		for _, h := range r.Periods {
			if o, ok := find(a.r, Orders, string(h.Order)); ok && !provides(&o) {
				a.report("I13", append(refs(KindResource, r.ID), refs(KindOrder, o.ID)...), "resource %s has a period of order %s, which is %s", r.ID, o.ID, o.State)
			}
		}
	}
}

// periodsCut: I13, a period that a change has cut is followed by the one that this change began, and
// what it carried stands for that one.
func (a *audit) periodsCut() {
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		began := make(map[order.ID]renewal.Period)
		for k := range r.Periods {
			h := &r.Periods[k]
			if k > 0 && r.Periods[k-1].CutBy == h.Order {
				began[h.Order] = h.Period
			}
			if follows := k+1 < len(r.Periods) && r.Periods[k+1].Order == h.CutBy; h.CutBy != "" && !follows {
				a.report("I13", append(refs(KindResource, r.ID), refs(KindOrder, h.CutBy)...), "resource %s has a period that order %s has cut, and none of it after that", r.ID, h.CutBy)
			}
		}
		for k := range r.Added {
			h := &r.Added[k]
			into, ok := began[h.CarriedBy]
			if lost := !ok || !h.Start.Equal(into.Start); h.CarriedBy != "" && lost && len(r.Periods) > 0 {
				a.report("I13", append(refs(KindResource, r.ID), refs(KindOrder, h.Order)...), "resource %s has what is left of order %s carried into no period of order %s", r.ID, h.Order, h.CarriedBy)
			}
		}
	}
}

// nextPaid: I13, a renewal that was paid for as what its resource becomes is an order for that.
func (a *audit) nextPaid() {
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		for _, h := range r.Periods {
			o, ok := find(a.r, Orders, string(h.Order))
			if !h.Next || !ok {
				continue
			}
			if !slices.ContainsFunc(o.Lines, func(l order.Line) bool {
				return l.Resource == r.ID && l.Product == r.Next.Product && l.Count == r.Next.Count
			}) {
				a.report("I13", append(refs(KindResource, r.ID), refs(KindOrder, o.ID)...), "resource %s becomes %d of %s, and order %s has not paid for that", r.ID, r.Next.Count, r.Next.Product, o.ID)
			}
		}
	}
}

// provides reports whether an order gives what it was paid for.
func provides(o *order.Order) bool {
	return o.State == order.StatePaid || o.State == order.StateCompleted
}

// taken: I11, the order that takes a resource is open, and the resource says whether it is
// being paid.
func (a *audit) taken() {
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		if r.Order == "" {
			continue
		}
		if o, ok := find(a.r, Orders, string(r.Order)); !ok || !o.State.Open() || (o.State == order.StatePaying) != r.Paying {
			a.report("I11", append(refs(KindResource, r.ID), refs(KindOrder, r.Order)...), "resource %s is taken by order %s, which is not open, or being paid otherwise", r.ID, r.Order)
		}
	}
}
