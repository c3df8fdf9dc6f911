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

// Place places orders, all or none. The same IDs with the same drafts again are the orders
// that there are; with other drafts [ReasonKey]. A resource that is in another open order
// is refused (O12): an order past its deadline makes room, as it does for its discount
// coupon. Renewals are placed by [Desk.Renew], what gives money back by [Desk.Refund].
func (d *Desk) Place(ctx context.Context, p Placing) (placed []order.Order, err error) {
	err = d.forCustomer(ctx, p.Customer, "place", p.By, func(b *book) error {
		placed, err = d.place(ctx, b, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}

func (d *Desk) place(ctx context.Context, b *book, p Placing) ([]order.Order, error) {
	for i := range p.Drafts {
		switch p.Drafts[i].Type {
		case order.TypeRenewal:
			return nil, field(nth("drafts", i)+".type", string(order.TypeRenewal), "is placed by Renew, which knows the resource")
		case order.TypeUnsubscribe, order.TypeDowngrade:
			return nil, field(nth("drafts", i)+".type", string(p.Drafts[i].Type), "is placed by Refund, which computes what comes back")
		}
	}
	placed, err := b.place(p.Purchase, p.Drafts)
	if err != nil || len(p.Discounts) == 0 || len(b.puts) == 0 {
		return placed, err
	}
	r := Request{Key: "place", Customer: p.Customer, By: p.By, Discounts: p.Discounts, Method: MethodOnline}
	for i := range placed {
		r.Orders = append(r.Orders, placed[i].ID)
	}
	return d.choose(ctx, b, r)
}
