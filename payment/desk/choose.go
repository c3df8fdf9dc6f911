package desk

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// DiscountRequest is the discount that a customer chooses for an order.
type DiscountRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Pick     payment.Pick     `json:"pick"`
}

// ChooseDiscount chooses another discount for an order before it is paid, the best, or none
// (E5): price and deadline move together. A discount coupon that it had is free again, the
// one that it gets is held for it (C2).
func (d *Desk) ChooseDiscount(ctx context.Context, x DiscountRequest) (o order.Order, err error) {
	x.By = actor(x.By, x.Customer)
	if err := checkActor(x.Customer, x.By); err != nil {
		return o, err
	}
	r := payment.Request{Customer: x.Customer, By: x.By, Orders: []order.ID{x.Pick.Order}, Discounts: []payment.Pick{x.Pick}}
	if err := order.CheckID("pick.order", x.Pick.Order); err != nil {
		return o, err
	}
	if err := x.Pick.Check(); err != nil {
		return o, payment.Refuse(payment.ReasonBadRequest, order.Within("pick", err))
	}
	err = d.forCustomerAsking(ctx, x.Customer, "choose discount", x.By, func(b *tx) error {
		if err := d.decide(ctx, b, func() error {
			r.Orders, err = b.together(x.Pick.Order)
			return err
		}); err != nil {
			return err
		}
		chosen, err := d.choose(ctx, b, r)
		for i := range chosen {
			if chosen[i].ID == x.Pick.Order {
				o = chosen[i]
			}
		}
		return err
	})
	return o, err
}

// together names an order and those of its purchase.
func (b *tx) together(id order.ID) (ids []order.ID, err error) {
	if err := b.needOrders(id); err != nil {
		return nil, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(id))
	if !ok {
		return nil, noOrder(id)
	}
	for _, member := range b.members(o) {
		ids = append(ids, member.ID)
	}
	return ids, nil
}

// choose puts the discounts that a request picks on its orders, and writes them.
func (d *Desk) choose(ctx context.Context, b *tx, r payment.Request) ([]order.Order, error) {
	if err := d.decide(ctx, b, func() error { return b.makeRoom(&r) }); err != nil {
		return nil, err
	}
	f, err := d.offered(ctx, b, r)
	if err != nil {
		return nil, err
	}
	var chosen []order.Order
	err = d.decide(ctx, b, func() error {
		chosen, err = b.reduceAll(r, f)
		return err
	})
	return chosen, err
}

// reduceAll writes the orders of a request, reduced by the discounts that it picks.
func (b *tx) reduceAll(r payment.Request, f payment.Facts) ([]order.Order, error) {
	chosen, err := r.Reduce(f, b.At)
	if err != nil {
		return nil, err
	}
	for i := range chosen {
		if err := b.reduce(chosen[i]); err != nil {
			return nil, err
		}
		chosen[i], _ = ledger.Get(b.Tx, ledger.Orders, string(chosen[i].ID))
	}
	return chosen, nil
}

// offered returns the facts on which discounts are chosen: orders, coupons, and what the host
// offers.
func (d *Desk) offered(ctx context.Context, b *tx, r payment.Request) (payment.Facts, error) {
	f := payment.Facts{Customer: b.call.Customer, Policy: b.call.Policy, Coupons: b.Now.Coupons, Tallies: b.Now.Tallies}
	for _, id := range r.Orders {
		if o, ok := ledger.Get(b.Tx, ledger.Orders, string(id)); ok {
			f.Orders = append(f.Orders, o)
		}
	}
	if d.Offers == nil || len(r.Discounts) == 0 {
		return f, nil
	}
	var err error
	f.Discounts, err = d.Offers.Discounts(ctx, Inquiry{Customer: b.Customer, By: r.By, Orders: f.Orders, At: b.At})
	d.trace("discounts", b.Customer, b.Step, err)
	if err != nil {
		return f, hostError(ctx, "discounts", b.Customer, err)
	}
	return f, nil
}
