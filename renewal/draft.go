package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Draft returns the order that renews the resource by hand for a term at the price of
// the host (R1): with the project that the resource has now (O10). A batch of drafts is
// placed with order.PlaceTogether: one purchase of at most 30 (R10, O6). What is bound is
// drafted beside its main resource, as [Batch] returns them.
func (r Resource) Draft(id order.ID, t Term, price order.Money, at time.Time, p Policy) (order.Draft, error) {
	if err := p.checkTerm(t); err != nil {
		return order.Draft{}, err
	}
	return r.draft(id, t, "", price, at, &p)
}

// DraftExtension is Draft for a renewal to a unified day, as [Unify] returned it.
func (r Resource) DraftExtension(id order.ID, e Extension, price order.Money, at time.Time, p Policy) (order.Draft, error) {
	if !e.Until.After(r.Expiry) {
		return order.Draft{}, order.Invalid("until", order.Stamp(e.Until), "is not after the expiry, "+order.Stamp(r.Expiry))
	}
	t := e.Whole
	if t == (Term{}) {
		t = Term{N: e.Days, Unit: Day}
	}
	return r.draft(id, t, "until "+order.Stamp(e.Until.In(p.zone())), price, at, &p)
}

func (r *Resource) draft(id order.ID, t Term, configuration string, price order.Money, at time.Time, p *Policy) (order.Draft, error) {
	if _, err := r.renewable("renew", id, at, p); err != nil {
		return order.Draft{}, err
	}
	if err := checkPrice("price", price, price.Currency()); err != nil {
		return order.Draft{}, err
	}
	of := r.AsRenewed()
	return order.Draft{ID: id, Customer: r.Customer, User: r.User, Project: r.Project, Type: order.TypeRenewal, Lines: []order.Line{{
		Product: of.Product, Service: r.Service, Region: r.Region, Configuration: configuration, Resource: r.ID, Count: of.Count,
		Term: t, Charge: r.Charge, Amount: price,
	}}}, nil
}

// comesAlong reports whether a resource is renewed with its main one: also one that is not sold
// any more, if it is chosen.
func (r *Resource) comesAlong(chosen bool) bool {
	sold := r.Charge == order.ChargeSubscription && !r.Withdrawn
	return r.bound() && r.Released.IsZero() && (sold || chosen)
}

// Batch returns what is renewed when some resources are chosen of all that the customer
// has (R10): a main resource brings along those bound to it, which cannot be chosen alone;
// those attached are chosen on their own. What is bound and not renewed (paid by use, or no
// longer sold) stays as it is, unless it is chosen. Each is named once, in the order chosen, what is
// bound after its main resource. What comes to more than one purchase holds is refused
// before anything is placed, with [order.ErrTooMany].
func Batch(chosen []order.ResourceID, all []Resource) ([]Resource, error) {
	find := func(id order.ResourceID) *Resource {
		for i := range all {
			if all[i].ID == id {
				return &all[i]
			}
		}
		return nil
	}
	seen := make(map[order.ResourceID]bool, len(chosen))
	for _, id := range chosen {
		seen[id] = true
	}
	var batch []Resource
	done := make(map[order.ResourceID]bool, len(chosen))
	add := func(r *Resource) {
		if !done[r.ID] {
			done[r.ID] = true
			batch = append(batch, *r)
		}
	}
	for i, id := range chosen {
		r := find(id)
		switch {
		case r == nil:
			return nil, &order.FieldError{Field: order.Element("resources", i), Value: string(id), Reason: "is not among the customer's: adopt it first", Err: order.ErrNotFound}
		case done[id] && !r.bound():
			return nil, order.Invalid(order.Element("resources", i), string(id), "is chosen twice")
		case r.bound():
			if !seen[r.Main] {
				return nil, &MoveError{Resource: id, Step: "renew", State: StateInUse, Err: ErrBound, Do: "choose " + string(r.Main) + ", and it comes along (R10)"}
			}
			continue // with its main resource
		}
		add(r)
		for k := range all {
			if b := &all[k]; b.Main == id && b.comesAlong(seen[b.ID]) {
				add(b)
			}
		}
	}
	if len(batch) > order.MaxAtOnce {
		return nil, &order.FieldError{Field: "resources", Reason: "come to more than 30 orders, which one purchase holds: renew in several", Err: order.ErrTooMany}
	}
	return batch, nil
}
