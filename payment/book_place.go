package payment

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/duebook/duebook/order"
)

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
	asked, err := hashOf(drafts)
	if err != nil {
		return nil, err
	}
	if there, err := b.placedBefore(purchase, ids, asked); there != nil || err != nil {
		return there, err
	}
	b.deposit, b.asked = placingID(b.customer, purchase, ids[0]), asked
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

// placedBefore returns the orders where they have been placed already, as drafted: the
// entry that placed them says of what. A purchase is made once.
func (b *book) placedBefore(purchase order.PurchaseID, ids []order.ID, asked string) ([]order.Order, error) {
	var there []order.Order
	for _, id := range ids {
		if o, ok := get(b, orders, string(id)); ok {
			there = append(there, o)
		}
	}
	if there == nil && purchase == "" {
		return nil, nil
	}
	made := placingID(b.customer, purchase, ids[0])
	if err := b.need(KindEntry, made); err != nil {
		return nil, err
	}
	switch e, done := get(b, entries, made); {
	case there == nil && done:
		return nil, refusef(ReasonKey, "purchase %s has been placed with other orders: use another ID", purchase)
	case there == nil:
		return nil, nil
	case len(there) < len(ids):
		return nil, placedOther(there[0].ID, "without the others: use other IDs")
	case !done || e.Asked != asked:
		return nil, placedOther(there[0].ID, "with other contents: use another ID")
	}
	return there, nil
}

func placedOther(id order.ID, how string) *Refusal {
	return &Refusal{Reason: ReasonKey, Orders: []order.ID{id}, Text: "order " + string(id) + " has been placed " + how}
}

// placingID derives the ID of the entry that places an order, or a purchase.
func placingID(customer order.CustomerID, purchase order.PurchaseID, id order.ID) string {
	if purchase != "" {
		return derive("purchase", string(customer), string(purchase))
	}
	return derive("order", string(customer), string(id))
}

// hashOf tells drafts from others, in whatever order they are.
func hashOf(drafts []order.Draft) (string, error) {
	sorted := slices.SortedFunc(slices.Values(drafts), func(a, b order.Draft) int { return cmp.Compare(a.ID, b.ID) })
	text, err := json.Marshal(sorted)
	return derive("drafts", string(text)), err
}
