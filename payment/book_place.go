package payment

import "github.com/duebook/duebook/order"

// place makes the orders of drafts, or returns those that there are.
func (b *book) place(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	placed, err := b.placeable(purchase, drafts)
	if err != nil {
		return nil, err
	}
	ids := make([]order.ID, len(drafts))
	for i := range drafts {
		ids[i] = drafts[i].ID
	}
	if err := b.needOrders(ids...); err != nil {
		return nil, err
	}
	if there, err := b.placedBefore(purchase, drafts); there != nil || err != nil {
		return there, err
	}
	if purchase != "" {
		// A purchase is made once: the entry that makes it has its ID.
		made := derive("purchase", string(b.customer), string(purchase))
		if err := b.need(KindEntry, made); err != nil {
			return nil, err
		}
		if _, there := get(b, entries, made); there {
			return nil, &Refusal{Reason: ReasonKey, Text: "purchase " + string(purchase) + " has been placed with other orders: use another ID"}
		}
		b.deposit = made
	}
	for i := range placed {
		o := &placed[i]
		o.Waits = b.orderWaits(o)
		for k := range o.Lines {
			if err := b.takeResource(o, o.Lines[k].Resource); err != nil {
				return nil, err
			}
		}
		put(b, orders, *o)
	}
	return placed, nil
}

// placeable returns the orders that drafts would be, whatever stands in the store.
func (b *book) placeable(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	if purchase == "" {
		o, err := order.Place(drafts[0], b.at, b.policy.Order)
		return []order.Order{o}, err
	}
	made, err := order.PlaceTogether(purchase, drafts, b.at, b.policy.Order)
	return made.Orders, err
}

// takeResource lets an order have a resource that it names, for as long as it is open.
func (b *book) takeResource(o *order.Order, id order.ResourceID) error {
	if id == "" {
		return nil
	}
	r, err := b.claimResource(id, o.ID)
	if err != nil || !o.State.Open() {
		return err
	}
	taken, err := r.Take(o.ID, false, b.at, b.policy.Renewal)
	if err != nil {
		return err
	}
	b.putResource(taken)
	return nil
}

// placedBefore returns the orders where they have been placed already, as drafted.
func (b *book) placedBefore(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	var there []order.Order
	for i := range drafts {
		o, ok := get(b, orders, string(drafts[i].ID))
		if !ok {
			continue
		}
		if o.Purchase != purchase || purchase != "" && o.Members != len(drafts) || !drawn(o, drafts[i]) {
			return nil, &Refusal{Reason: ReasonKey, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been placed with other contents: use another ID"}
		}
		there = append(there, o)
	}
	if there != nil && len(there) < len(drafts) {
		return nil, &Refusal{Reason: ReasonKey, Orders: []order.ID{there[0].ID}, Text: "order " + string(there[0].ID) + " has been placed without the others: use other IDs"}
	}
	return there, nil
}

// drawn reports whether an order is what a draft asked for, whatever has become of it.
func drawn(o order.Order, d order.Draft) bool {
	if o.User != d.User || o.Project != d.Project || o.Type != d.Type || len(o.Lines) != len(d.Lines) {
		return false
	}
	for i := range o.Lines {
		was := o.Lines[i]
		was.Off, was.Ratio = order.Money{}, order.Rate{}
		if d.Lines[i].Resource == "" {
			was.Resource = "" // provided since
		}
		if was != d.Lines[i] {
			return false
		}
	}
	return true
}
