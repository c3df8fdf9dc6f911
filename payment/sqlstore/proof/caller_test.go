package proof_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// caller is one of those who call a host, one call after the other.
type caller struct {
	*host
	name      string
	rng       *rand.Rand
	customers []order.CustomerID
	n         int
	carts     []cart
	payments  []payment.Payment
}

// cart is what was placed together, and not paid or canceled by who placed it.
type cart struct {
	customer order.CustomerID
	orders   []order.ID
	paid     bool
}

// said makes a call until it is answered: what is in doubt is said again.
func (c *caller) said(call func(ctx context.Context) error) bool {
	for range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		err := call(ctx)
		cancel()
		var no *payment.Refusal
		switch {
		case err == nil:
			c.count(func(o *outcome) { o.Calls++ })
			return true
		case errors.As(err, &no), errors.Is(err, order.ErrNotFound):
			c.count(func(o *outcome) { o.Refused++ })
			return false
		}
		c.count(func(o *outcome) { o.Failed++ })
		time.Sleep(time.Duration(10+c.rng.IntN(40)) * time.Millisecond)
		if !errors.Is(err, ledger.ErrInDoubt) && c.rng.IntN(2) == 0 {
			return false
		}
	}
	return false
}

func usd(cents int64) order.Money { return order.Minor(cents, order.USD) }

// step makes one call, or two that belong together.
func (c *caller) step() {
	c.n++
	id := fmt.Sprint(c.name, "-", c.n)
	customer := c.customers[c.rng.IntN(len(c.customers))]
	switch k := c.rng.IntN(10); {
	case k < 3 || len(c.carts) == 0:
		c.place(customer, id)
	case k < 6:
		c.pay(id)
	case k == 6:
		c.cancel()
	case k == 7:
		c.fail()
	case k == 8:
		x := desk.DepositRequest{ID: id, Customer: customer, By: "host", Fund: payment.FundCash, Amount: usd(int64(c.rng.IntN(5000) + 1))}
		if c.said(func(ctx context.Context) error { _, err := c.d.Deposit(ctx, x); return err }) {
			c.wrote(acked{Customer: customer, Deposit: ledger.DepositID(customer, id)})
		}
	default:
		c.cancelPayment()
	}
}

func (c *caller) place(customer order.CustomerID, id string) {
	q := desk.PlaceRequest{Customer: customer, By: "u"}
	k := cart{customer: customer}
	for i := range c.rng.IntN(3) + 1 {
		k.orders = append(k.orders, order.ID(fmt.Sprint(id, "-", i)))
		q.Drafts = append(q.Drafts, order.Draft{ID: k.orders[i], Customer: customer, Type: order.TypePurchase, Lines: []order.Line{{Product: "vm", Service: "ECS", Count: 1,
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(int64(c.rng.IntN(3000) + 1))}}})
	}
	if len(k.orders) > 1 {
		q.Purchase = order.PurchaseID(id)
	}
	var placed []order.Order
	if !c.said(func(ctx context.Context) (err error) { placed, err = c.d.Place(ctx, q); return err }) {
		return
	}
	c.wrote(acked{Customer: customer, Orders: placed})
	if c.carts = append(c.carts, k); len(c.carts) > 20 {
		c.carts = c.carts[1:]
	}
}

// pay pays a cart, the same one now and then under another key, sometimes with a coupon.
func (c *caller) pay(id string) {
	k := &c.carts[c.rng.IntN(len(c.carts))]
	q := payment.Request{Key: payment.Key(id), Customer: k.customer, By: "u", Orders: k.orders, Method: payment.MethodOnline}
	if c.rng.IntN(3) == 0 {
		q.Method = payment.MethodBalance
	}
	if c.rng.IntN(2) == 0 {
		x := coupon.Coupon{ID: coupon.ID(id), Customer: k.customer, Kind: coupon.KindCard, Face: usd(int64(c.rng.IntN(2000) + 1)), Reusable: true}
		if c.said(func(ctx context.Context) error {
			_, err := c.d.Issue(ctx, desk.IssueRequest{By: "host", Coupon: x})
			return err
		}) {
			c.wrote(acked{Customer: k.customer, Coupon: x.ID})
			q.Coupons = []coupon.ID{x.ID}
		}
	}
	for range c.rng.IntN(2) + 1 { // the same again
		var p payment.Payment
		if !c.said(func(ctx context.Context) (err error) { p, err = c.d.Pay(ctx, q); return err }) {
			return
		}
		c.wrote(acked{Customer: k.customer, Payment: &p})
		if k.paid = p.State == payment.PaymentSucceeded; !p.State.Final() {
			c.payments = append(c.payments, p)
		}
	}
}

func (c *caller) cancel() {
	k := c.carts[c.rng.IntN(len(c.carts))]
	q := desk.CancelRequest{Customer: k.customer, By: "u", Orders: k.orders}
	var canceled []order.Order
	if c.said(func(ctx context.Context) (err error) { canceled, _, err = c.d.CancelOrders(ctx, q); return err }) {
		c.wrote(acked{Customer: k.customer, Orders: canceled})
	}
}

// fail has an order that was paid not be provided: its money comes back.
func (c *caller) fail() {
	for _, k := range c.carts {
		if !k.paid {
			continue
		}
		q := desk.MoveRequest{Customer: k.customer, By: "host", Order: k.orders[c.rng.IntN(len(k.orders))], Event: order.EventFail}
		var o order.Order
		if c.said(func(ctx context.Context) (err error) { o, err = c.d.Move(ctx, q); return err }) {
			c.wrote(acked{Customer: k.customer, Orders: []order.Order{o}})
		}
		return
	}
}

func (c *caller) cancelPayment() {
	if len(c.payments) == 0 {
		return
	}
	p := c.payments[0]
	c.payments = c.payments[1:]
	if c.said(func(ctx context.Context) (err error) {
		p, err = c.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: p.Customer, By: "u", Payment: p.ID})
		return err
	}) {
		c.wrote(acked{Customer: p.Customer, Payment: &p})
	}
}
