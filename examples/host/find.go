package main

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Find looks through all orders of a customer, each page anew.
func (s *store) Find(ctx context.Context, q order.Query) (order.Page, error) {
	if err := order.CheckID("customer", q.Customer); err != nil {
		return order.Page{}, err
	}
	r, err := s.Load(ctx, ledger.Ask{Customer: q.Customer, All: []ledger.Kind{ledger.KindOrder}})
	if err != nil {
		return order.Page{}, err
	}
	return q.Page(order.Each(r.Orders))
}
