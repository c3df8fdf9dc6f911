package payment

import (
	"context"

	"github.com/duebook/duebook/order"
)

// Placing is orders to be placed: one, or several made together as a purchase (O6).
type Placing struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Purchase order.PurchaseID `json:"purchase,omitempty"` // of several; empty: one order
	Drafts   []order.Draft    `json:"drafts"`
	// Discounts are chosen for the orders: of those that are offered, or discount coupons,
	// which their orders hold from now on (C2).
	Discounts []Pick `json:"discounts,omitempty"`
}

// Check reports the first thing about p that is not sound, as an [*order.FieldError]. What
// an order must be package order says when it is placed.
func (p Placing) Check() error {
	if err := checkActor(p.Customer, p.By); err != nil {
		return err
	}
	if len(p.Drafts) == 0 {
		return field("drafts", "", "are none: say what is ordered")
	}
	if len(p.Drafts) > most {
		return tooMany("drafts", len(p.Drafts), most)
	}
	switch {
	case p.Purchase != "":
		if err := order.CheckID("purchase", p.Purchase); err != nil {
			return err
		}
	case len(p.Drafts) > 1:
		return field("purchase", "", "is not set: orders made together are a purchase")
	}
	for i := range p.Drafts {
		if err := p.checkDraft(&p.Drafts[i]); err != nil {
			return under(nth("drafts", i), err)
		}
	}
	return nil
}

func (p *Placing) checkDraft(d *order.Draft) error {
	if d.Customer != p.Customer {
		return field("customer", string(d.Customer), "is not the one who orders, "+string(p.Customer))
	}
	switch d.Type {
	case order.TypeRenewal:
		return field("type", string(order.TypeRenewal), "is placed by Renew, which knows the resource")
	case order.TypeUnsubscribe, order.TypeDowngrade:
		return field("type", string(d.Type), "is placed by Refund, which computes what comes back")
	}
	return order.CheckID("id", d.ID)
}

// Place places orders, all or none. The same IDs with the same drafts again are the orders
// that there are; with other drafts [ReasonKey]. A resource that is in another open order
// is refused (O12): an order past its deadline makes room, as it does for its discount
// coupon. Renewals are placed by [Desk.Renew], what gives money back by [Desk.Refund].
func (d *Desk) Place(ctx context.Context, p Placing) (placed []order.Order, err error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	r := Request{Key: "place", Customer: p.Customer, By: p.By, Discounts: p.Discounts, Method: MethodOnline}
	for i := range p.Drafts {
		r.Orders = append(r.Orders, p.Drafts[i].ID)
	}
	if err := r.Check(); err != nil && len(p.Discounts) > 0 {
		return nil, refuse(ReasonBadRequest, err)
	}
	err = d.forCustomer(ctx, p.Customer, "place", p.By, func(b *book) error {
		if placed, err = b.place(p.Purchase, p.Drafts); err == nil && len(p.Discounts) > 0 && len(b.puts) > 0 {
			placed, err = d.choose(ctx, b, r)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}
