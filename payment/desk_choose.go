package payment

import (
	"context"
	"slices"

	"github.com/duebook/duebook/order"
)

// ChooseDiscount chooses another discount for an order before it is paid, the best, or none
// (E5): price and deadline move together. A discount coupon that it had is free again, the
// one that it gets is held for it (C2).
func (d *Desk) ChooseDiscount(ctx context.Context, customer order.CustomerID, by string, pick Pick) (o order.Order, err error) {
	r := Request{Key: "choose", Customer: customer, By: by, Orders: []order.ID{pick.Order}, Discounts: []Pick{pick}, Method: MethodOnline}
	if err := checkActor(customer, by); err != nil {
		return o, err
	}
	if err := order.CheckID("order", pick.Order); err != nil {
		return o, err
	}
	if err := r.Check(); err != nil {
		return o, refuse(ReasonBadRequest, err)
	}
	err = d.forCustomer(ctx, customer, "choose discount", by, func(b *book) error {
		if err := b.needOrders(pick.Order); err != nil {
			return err
		}
		if _, ok := get(b, orders, string(pick.Order)); !ok {
			return noOrder(pick.Order)
		}
		first, _ := get(b, orders, string(pick.Order))
		r.Orders = nil
		for _, x := range b.members(first) {
			r.Orders = append(r.Orders, x.ID)
		}
		chosen, err := d.choose(ctx, b, r)
		for i := range chosen {
			if chosen[i].ID == pick.Order {
				o = chosen[i]
			}
		}
		return err
	})
	return o, err
}

// choose puts the discounts that a request picks on its orders, and writes them.
func (d *Desk) choose(ctx context.Context, b *book, r Request) ([]order.Order, error) {
	if err := b.needRequest(&r); err != nil {
		return nil, err
	}
	if err := b.vacate(r.wanted, r.Orders); err != nil {
		return nil, err
	}
	if err := b.vacateFirsts(r.needs, r.Orders); err != nil {
		return nil, err
	}
	f, err := d.offered(ctx, b, r)
	if err != nil {
		return nil, err
	}
	j := &judge{request: r, facts: f, at: b.at, early: true}
	found, err := j.find()
	if err != nil {
		return nil, err
	}
	for i := range found {
		// Every one of them can be reduced still, also while it waits for approval.
		if !slices.ContainsFunc(r.Discounts, func(p Pick) bool { return p.Order == found[i].ID }) {
			continue
		}
		if err := found[i].Reducible(b.at); err != nil {
			return nil, err
		}
	}
	chosen, err := j.reduce(found)
	if err != nil {
		return nil, err
	}
	for i := range chosen {
		if err := b.reduce(chosen[i]); err != nil {
			return nil, err
		}
		chosen[i], _ = get(b, orders, string(chosen[i].ID))
	}
	return chosen, nil
}

// offered returns the facts that discounts are chosen on.
func (d *Desk) offered(ctx context.Context, b *book, r Request) (Facts, error) {
	f := Facts{Customer: *b.facts, Coupons: b.now.Coupons, Tallies: b.now.Tallies}
	for _, id := range r.Orders {
		if o, ok := get(b, orders, string(id)); ok {
			f.Orders = append(f.Orders, o)
		}
	}
	if d.Offers == nil || len(r.Discounts) == 0 {
		return f, nil
	}
	var err error
	f.Discounts, err = d.Offers.Discounts(ctx, inquiry(b, r.By, f.Orders))
	d.trace("discounts", b.customer, b.step, err)
	if err != nil {
		return f, &hostError{"discounts", b.customer, err}
	}
	return f, nil
}

func inquiry(b *book, by string, list []order.Order) Inquiry {
	return Inquiry{Customer: b.customer, By: by, Orders: list, At: b.at}
}
