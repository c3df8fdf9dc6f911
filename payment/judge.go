package payment

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// judge is one request being judged.
type judge struct {
	request Request
	facts   Facts
	at      time.Time
	card    bool          // the card is known, and judged (P5)
	early   bool          // discounts are chosen before the orders can be paid
	orders  []order.Order // those that are in, in the order of the request
	dropped []Drop
}

// policy is the customer's, or else the house's.
func (j *judge) policy() *Policy {
	if own := j.facts.Customer.Policy; own != nil {
		return own
	}
	return &j.facts.Policy
}

// admit looks at the request itself, and at who makes it.
func (j *judge) admit() *Refusal {
	r, f := &j.request, &j.facts
	if err := r.Check(); err != nil {
		return Refuse(ReasonBadRequest, err)
	}
	if refusal := r.Within(j.policy()); refusal != nil {
		return refusal
	}
	switch {
	case r.Customer != f.Customer.ID:
		return Refusef(ReasonNoOrder, "%s: look for the ID in the customer's own list", order.List(r.Orders))
	case f.Findings.Denied != "":
		return Refusef(ReasonDenied, "%s may not pay for this customer: %s", r.By, f.Findings.Denied)
	case f.Findings.Frozen != "":
		return Refusef(ReasonFrozen, "%s: nothing is paid, renewed or left until it is thawed", f.Findings.Frozen)
	}
	return nil
}

// gather finds the orders that are paid, with the discounts that were chosen, and says of
// the others why they drop out (P3).
func (j *judge) gather() error {
	orders, err := j.find()
	if err != nil {
		return err
	}
	if refusal := j.wholePurchases(orders); refusal != nil {
		return refusal
	}
	var drops []Drop
	if len(j.request.Discounts) > 0 {
		if orders, err = j.reduce(orders); err != nil {
			return err
		}
	}
	for i := range orders {
		if d := j.exclusionOf(&orders[i]); d != nil {
			drops = append(drops, *d)
		}
	}
	if drops = j.barFirsts(orders, drops); len(drops) == 0 {
		j.orders = orders
		return nil
	}
	return j.drop(orders, drops)
}

// find returns the orders asked for, in the order of the request: those of the facts, without a
// copy, where they are the same in the same order.
func (j *judge) find() ([]order.Order, error) {
	ids, all := j.request.Orders, j.facts.Orders
	found, same := all, len(all) == len(ids)
	for i := 0; same && i < len(all); i++ {
		same = all[i].ID == ids[i]
	}
	if !same {
		found = make([]order.Order, len(ids))
		for i := range all {
			k := slices.Index(ids, all[i].ID)
			if k >= 0 && found[k].ID != "" {
				return nil, order.Invalid(order.Element("facts.orders", i)+".id", string(all[i].ID), "is given twice")
			}
			if k >= 0 {
				found[k] = all[i]
			}
		}
	}
	for i, id := range ids {
		if found[i].ID == "" || found[i].Customer != j.request.Customer {
			return nil, &Refusal{Reason: ReasonNoOrder, Orders: []order.ID{id}, Text: string(id) + ": look for the ID in the customer's own list"}
		}
	}
	return found, nil
}

// wholePurchases reports a purchase that is not asked for with all its members (P2, O6).
func (j *judge) wholePurchases(found []order.Order) *Refusal {
	for i := range found {
		o := &found[i]
		if o.Purchase == "" {
			continue
		}
		n := 0
		for k := range found {
			n += btoi(found[k].Purchase == o.Purchase)
		}
		if n == o.Members {
			continue
		}
		var missing []order.ID
		for k := range j.facts.Orders {
			if p := &j.facts.Orders[k]; p.Purchase == o.Purchase && !slices.Contains(j.request.Orders, p.ID) {
				missing = append(missing, p.ID)
			}
		}
		text := fmt.Sprintf("%s belongs to purchase %s of %d orders, and %d are named: name all", o.ID, o.Purchase, o.Members, n)
		if len(missing) > 0 {
			text += ", " + order.List(missing) + " too"
		}
		return &Refusal{Reason: ReasonMember, Orders: []order.ID{o.ID}, Text: text, Err: order.ErrMember}
	}
	return nil
}

// exclusionOf says why an order cannot be paid now, or is not as agreed; nil: it can.
func (j *judge) exclusionOf(o *order.Order) *Drop {
	if err := o.Holdable(j.at); err != nil {
		return &Drop{Order: o.ID, Purchase: o.Purchase, Reason: reasonOf(err), Text: textOf(err)}
	}
	if len(j.request.Agreed) == 0 {
		return nil
	}
	d := &Drop{Order: o.ID, Purchase: o.Purchase, Reason: ReasonChanged, Text: "it was not quoted: ask for a new quote"}
	if i := slices.IndexFunc(j.request.Agreed, func(a Agreed) bool { return a.Order == o.ID }); i >= 0 {
		if d.Changed = j.request.Agreed[i].differs(agreedOf(o)); d.Changed == "" {
			return nil
		}
		d.Text = "it is not as quoted (" + d.Changed + "): ask for a new quote"
	}
	return d
}

// textOf says for a person what package order refused of an order, and what to do.
func textOf(err error) string {
	var move *order.MoveError
	var reduction *order.ReductionError
	switch {
	case errors.As(err, &move) && errors.Is(err, order.ErrPastDeadline):
		return "its deadline was " + order.Stamp(move.Deadline) + ": " + move.Do
	case errors.As(err, &move):
		return "it is " + string(move.From) + ": " + move.Do
	case errors.As(err, &reduction):
		return reduction.Kind + " " + reduction.ID + ": " + reduction.Do
	}
	return err.Error()
}

// reasonOf returns the reason for what package order or discount refused.
func reasonOf(err error) Reason {
	for _, row := range [...]struct {
		err    error
		reason Reason
	}{
		{order.ErrPastDeadline, ReasonPastDeadline},
		{order.ErrPaymentInProgress, ReasonPaymentInProgress},
		{order.ErrWindow, ReasonDiscount},
		{order.ErrState, ReasonState},
	} {
		if errors.Is(err, row.err) {
			return row.reason
		}
	}
	return ReasonState
}

// drop leaves the orders out that are barred, each with its whole purchase (P3). The
// payment is refused where none remains, or all were wanted.
func (j *judge) drop(orders []order.Order, barred []Drop) error {
	for i := range orders {
		o := &orders[i]
		own := slices.IndexFunc(barred, func(d Drop) bool { return d.Order == o.ID })
		along := slices.IndexFunc(barred, func(d Drop) bool { return o.Purchase != "" && d.Purchase == o.Purchase })
		switch {
		case own >= 0:
			j.dropped = append(j.dropped, barred[own])
		case along >= 0:
			d := barred[along]
			d.Order, d.Because = o.ID, barred[along].Order
			d.Text = "it is paid with all of purchase " + string(o.Purchase) + " or not at all: see order " + string(d.Because)
			j.dropped = append(j.dropped, d)
		default:
			j.orders = append(j.orders, *o)
		}
	}
	if len(j.orders) > 0 && !j.request.Whole {
		return nil
	}
	first := barred[0]
	return &Refusal{Reason: first.Reason, Text: "order " + string(first.Order) + ": " + first.Text, Orders: []order.ID{first.Order}, Dropped: j.dropped}
}

// checkFindings refuses what the host's checks found of the orders that are in (P7, P10).
func (j *judge) checkFindings() *Refusal {
	said := &j.facts.Findings
	in := func(id order.ID) bool {
		return slices.ContainsFunc(j.orders, func(o order.Order) bool { return o.ID == id })
	}
	if !j.request.Independent {
		if ids := slices.DeleteFunc(slices.Clone(said.Contract), func(id order.ID) bool { return !in(id) }); len(ids) > 0 {
			return &Refusal{Reason: ReasonContract, Orders: ids, Text: order.List(ids) + ": this overlaps with the standard sales contract; is it independent of that? Confirm it, or it cannot be paid"}
		}
	}
	if bad := slices.DeleteFunc(slices.Clone(said.Resources), func(x ResourceFault) bool { return !in(x.Order) }); len(bad) > 0 {
		text := ""
		for _, x := range bad {
			text += fmt.Sprintf("; order %s: %s: %s", x.Order, x.Wrong, x.Wrong.Advice())
		}
		return &Refusal{Reason: ReasonResources, Resources: bad, Text: text[2:]}
	}
	if len(said.Projects) > 0 {
		bad := slices.DeleteFunc(slices.Clone(said.Projects), func(x ProjectFault) bool {
			return !slices.ContainsFunc(j.orders, func(o order.Order) bool { return o.Project == x.Project })
		})
		if len(bad) > 0 {
			text := ""
			for _, x := range bad {
				text += fmt.Sprintf("; project %s: %s: %s", x.Project, x.Wrong, x.Wrong.Advice())
			}
			return &Refusal{Reason: ReasonProject, Projects: bad, Text: text[2:]}
		}
	}
	for _, s := range said.Starts {
		if in(s.Order) && s.At.Unix() < j.at.Unix() {
			return &Refusal{Reason: ReasonEffectiveTime, Orders: []order.ID{s.Order}, Starts: []Start{s},
				Text: fmt.Sprintf("order %s takes effect at %s, which has passed: order again", s.Order, order.Stamp(s.At.Truncate(time.Second)))}
		}
	}
	switch {
	case said.Organization != "":
		return Refusef(ReasonOrganization, "%s", said.Organization)
	case said.Other != "":
		return Refusef(said.Other, "%s", said.OtherText)
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
