package main

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// wallets know which card would be charged.
type wallets struct{ card payment.Card }

func (w wallets) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	return w.card, nil
}

// paid pays a request on what is known, with a Desk in memory and a gateway that takes what it
// is asked for: the receipt, and the orders as they stand then.
func paid(f payment.Facts, r payment.Request) (payment.Receipt, []order.Order, error) {
	ctx, store := context.Background(), new(inmem.Store)
	if err := store.Commit(ctx, ledger.Change{Customer: customer, Put: ledger.Records{Orders: f.Orders, Coupons: f.Coupons}}); err != nil {
		return payment.Receipt{}, nil, err
	}
	d := desk.Desk{Store: store, Customers: inmem.Customers{Default: f.Customer}, Wallets: wallets{f.Card},
		Gateways: map[string]gateway.Gateway{"cards": new(inmem.Gateway)}, Now: func() time.Time { return pay }}
	p, err := d.Pay(ctx, r)
	if err != nil {
		return payment.Receipt{}, nil, err
	}
	receipt, _ := p.Receipt()
	var orders []order.Order
	for _, it := range receipt.Items {
		for _, o := range store.All(customer).Orders {
			if o.ID == it.Order {
				orders = append(orders, o)
			}
		}
	}
	return receipt, orders, nil
}
