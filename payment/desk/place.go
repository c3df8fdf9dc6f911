package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// place makes the orders of drafts, or returns those that have been placed.
func (b *tx) place(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
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
	b.EntryID, b.Hash = placingID(b.Customer, purchase, ids[0]), asked
	for i := range placed {
		o := &placed[i]
		o.DueAt = b.orderWaits(o)
		for k := range o.Lines {
			if err := b.takeResource(o, o.Lines[k].Resource); err != nil {
				return nil, under(order.Element("drafts", i)+"."+order.Element("lines", k), err)
			}
		}
		ledger.Put(b.Tx, ledger.Orders, *o)
	}
	return placed, nil
}

// placeable returns the orders that drafts would be in an empty store.
func (b *tx) placeable(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	if purchase == "" {
		o, err := order.Place(drafts[0], b.At, b.Policy.Order)
		return []order.Order{o}, under("drafts[0]", err)
	}
	made, err := order.PlaceTogether(purchase, drafts, b.At, b.Policy.Order)
	return made.Orders, err
}

// takeResource lets an order have a resource that it names, for as long as it is open.
func (b *tx) takeResource(o *order.Order, id order.ResourceID) error {
	if id == "" {
		return nil
	}
	r, err := b.claimResource(id, o.ID)
	if err != nil || !o.State.Open() {
		return err
	}
	taken, err := r.Claim(o.ID, false, b.At, b.Policy.Renewal)
	if err != nil {
		return err
	}
	b.putResource(taken)
	return nil
}

// placedBefore returns the orders if they have been placed with the same drafts: the entry
// that placed them has a hash of those. A purchase is made once.
func (b *tx) placedBefore(purchase order.PurchaseID, ids []order.ID, asked string) ([]order.Order, error) {
	var there []order.Order
	for _, id := range ids {
		if o, ok := ledger.Get(b.Tx, ledger.Orders, string(id)); ok {
			there = append(there, o)
		}
	}
	if there == nil && purchase == "" {
		return nil, nil
	}
	made := placingID(b.Customer, purchase, ids[0])
	if err := b.Need(ledger.KindEntry, made); err != nil {
		return nil, err
	}
	switch e, done := ledger.Get(b.Tx, ledger.Entries, made); {
	case there == nil && done:
		return nil, payment.Refusef(payment.ReasonKey, "purchase %s has been placed with other orders: use another ID", purchase)
	case there == nil:
		return nil, nil
	case len(there) < len(ids):
		return nil, placedOther(there[0].ID, "without the others: use other IDs")
	case !done || e.Asked != asked:
		return nil, placedOther(there[0].ID, "with other contents: use another ID")
	}
	return there, nil
}

// hashOf is the same for the same drafts in any order.
func hashOf(drafts []order.Draft) (string, error) {
	sorted := slices.SortedFunc(slices.Values(drafts), func(a, b order.Draft) int { return cmp.Compare(a.ID, b.ID) })
	text, err := json.Marshal(sorted)
	return order.Derive("drafts", string(text)), err
}

// PlaceRequest asks for one order, or for several made together as a purchase (O6). Its drafts
// carry prices, so that it is the house's to fill in, and has no form in JSON: what a customer
// sends names products and counts alone.
type PlaceRequest struct {
	Customer order.CustomerID
	By       string
	Purchase order.PurchaseID // of several; empty: one order
	Drafts   []order.Draft    // an empty Customer: that of the request
	// Discounts are chosen for the orders: of those that are offered, or discount coupons,
	// which their orders hold from now on (C2).
	Discounts []payment.Pick
}

// Check reports the first thing about p that is not valid, as an [*order.FieldError].
// [order.Place] checks the drafts themselves.
func (p PlaceRequest) Check() error {
	if err := checkActor(p.Customer, p.By); err != nil {
		return err
	}
	if len(p.Drafts) == 0 {
		return order.Invalid("drafts", "", "is required: say what is ordered")
	}
	if len(p.Drafts) > order.MaxAtOnce {
		return order.TooMany("drafts", len(p.Drafts), order.MaxAtOnce)
	}
	switch {
	case p.Purchase != "":
		if err := order.CheckID("purchase", p.Purchase); err != nil {
			return err
		}
	case len(p.Drafts) > 1:
		return order.Invalid("purchase", "", "is required: several orders made together are a purchase")
	}
	for i := range p.Drafts {
		if err := p.checkDraft(i); err != nil {
			return order.Within(order.Element("drafts", i), err)
		}
	}
	return nil
}

func (p *PlaceRequest) checkDraft(i int) error {
	d := &p.Drafts[i]
	if d.Customer != "" && d.Customer != p.Customer {
		return order.Invalid("customer", string(d.Customer), "is not the one who orders, "+string(p.Customer))
	}
	switch d.Type {
	case order.TypeRenewal:
		return order.Invalid("type", string(order.TypeRenewal), "is placed by Renew, which knows the resource")
	case order.TypeUnsubscribe:
		return order.Invalid("type", string(d.Type), "is placed by Unsubscribe, which computes what comes back")
	case order.TypeDowngrade:
		return order.Invalid("type", string(d.Type), "is placed by Change, which computes what comes back")
	}
	if slices.ContainsFunc(p.Drafts[:i], func(x order.Draft) bool { return x.ID == d.ID }) {
		return order.Invalid("id", string(d.ID), "is a duplicate")
	}
	return order.CheckID("id", d.ID)
}

// Place places orders, all or none. The same IDs with the same drafts again return the same
// orders; with other drafts it is [payment.ReasonKey]. A resource that is in another open
// order is refused (O12), but an order past its deadline makes room, also for a discount
// coupon that it holds. [Desk.Renew] places renewals, [Desk.Change] changes of
// what the Desk's Prices price, [Desk.Unsubscribe] and [Desk.Change] orders that give money back.
func (d *Desk) Place(ctx context.Context, p PlaceRequest) (placed []order.Order, err error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	p.Drafts = slices.Clone(p.Drafts)
	for i := range p.Drafts {
		p.Drafts[i].Customer = p.Customer
	}
	r := payment.Request{Customer: p.Customer, By: p.By, Discounts: p.Discounts}
	for i := range p.Drafts {
		r.Orders = append(r.Orders, p.Drafts[i].ID)
	}
	if err := r.Check(); err != nil && len(p.Discounts) > 0 {
		return nil, payment.Refuse(payment.ReasonBadRequest, err)
	}
	err = d.forHouseAsking(ctx, p.Customer, "place", p.By, func(b *tx) error {
		err := d.decide(ctx, b, func() (err error) {
			placed, err = b.place(p.Purchase, p.Drafts)
			return err
		})
		if err == nil && len(p.Discounts) > 0 && !b.Empty() {
			placed, err = d.choose(ctx, b, r)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}
