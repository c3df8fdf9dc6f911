package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// quoted is a quote of a payment, or why there is none. Nothing is held by it, so each
// stands for itself.
type quoted struct {
	Key     payment.Key      `json:"key"`
	About   string           `json:"about,omitempty"`
	At      time.Time        `json:"at"`
	Policy  policy           `json:"policy"`
	Quote   *payment.Quote   `json:"quote,omitempty"`
	Refusal *payment.Refusal `json:"refusal,omitempty"`

	request payment.Request
	facts   payment.Facts
}

// quote says what a payment would be, on the orders as they stand: each with those made
// together with it.
func (b *book) quote(together map[order.ID][]order.Order, p *request) (quoted, error) {
	rules := b.preset(p.Policy, p.Customer)
	done := quoted{Key: p.Key, About: p.About, At: p.At.In(rules.zone()), Policy: rules.name, request: p.Request, facts: b.facts(together, p, rules.payment)}
	q, err := p.Quote(done.facts, done.At)
	if err == nil {
		done.Quote = &q
	} else if !errors.As(err, &done.Refusal) {
		return quoted{}, err
	}
	return done, nil
}

// facts are what the book has for a payment: the orders asked for with their purchases,
// and all that the customer has.
func (b *book) facts(together map[order.ID][]order.Order, p *request, rules payment.Policy) payment.Facts {
	c := b.customer(p.Customer)
	f := payment.Facts{Card: p.Card, Authenticated: p.Authenticated, Discounts: b.discountsOf(c.ID),
		Coupons:  those(b.Coupons, func(k coupon.Coupon) bool { return k.Customer == c.ID }),
		Accounts: those(b.Accounts, func(a payment.Account) bool { return a.Customer == c.ID }),
		Customer: payment.Customer{ID: c.ID, Association: c.Association, Protected: c.Protected, Monthly: c.Monthly, Gateway: c.Gateway},
		Policy:   rules}
	for _, id := range p.Orders {
		for _, o := range together[id] {
			if !slices.ContainsFunc(f.Orders, func(x order.Order) bool { return x.ID == o.ID }) {
				f.Orders = append(f.Orders, o)
			}
		}
	}
	return f
}

// those returns the elements of a list that a question is true of.
func those[T any](all []T, is func(T) bool) (some []T) {
	for _, x := range all {
		if is(x) {
			some = append(some, x)
		}
	}
	return some
}

func (r report) writeQuotes(w io.Writer) error {
	var all []quoted
	for _, s := range r.sections {
		all = append(all, s.quotes...)
	}
	return writeArray(w, all)
}

// paid is the receipt of a payment, or why there is none.
type paid struct {
	Key     payment.Key      `json:"key"`
	About   string           `json:"about,omitempty"`
	Receipt *payment.Receipt `json:"receipt,omitempty"`
	Refusal *payment.Refusal `json:"refusal,omitempty"`
}

// writeReceipts pays what was quoted, each payment by itself on the records of the book and
// through a gateway that takes what it is asked for, and writes the receipts as one array.
func (r report) writeReceipts(w io.Writer) error {
	var all []paid
	for _, s := range r.sections {
		for i := range s.quotes {
			p, err := s.quotes[i].pay(context.Background())
			if err != nil {
				return err
			}
			all = append(all, p)
		}
	}
	return writeArray(w, all)
}

// pay pays a payment of the book with a Desk, as the customer agreed to the quote.
func (q *quoted) pay(ctx context.Context) (paid, error) {
	done := paid{Key: q.Key, About: q.About}
	store, facts := new(inmem.Store), q.facts
	for i := range facts.Orders {
		facts.Orders[i].Version = 0
	}
	if err := store.Commit(ctx, ledger.Change{Customer: facts.Customer.ID, Put: ledger.Records{Orders: facts.Orders, Coupons: facts.Coupons,
		Accounts: facts.Accounts, Tallies: facts.Tallies}}); err != nil {
		return done, err
	}
	d := desk.Desk{Store: store, Customers: inmem.Customers{Default: facts.Customer}, Policy: facts.Policy, Offers: counter{facts}, Wallets: counter{facts}, SecondFactor: counter{facts},
		Gateways: map[string]gateway.Gateway{facts.Customer.Gateway: new(inmem.Gateway), q.request.Gateway: new(inmem.Gateway)},
		Now:      func() time.Time { return q.At }}
	r := q.request
	if q.Quote != nil && r.Agreed == nil {
		r.Agreed = q.Quote.Agreed()
		r.Whole = false // what was not in the quote is not in what was agreed to
	}
	p, err := d.Pay(ctx, r)
	switch {
	case errors.As(err, &done.Refusal):
		return done, nil
	case err != nil:
		return done, fmt.Errorf("payment %s: %w", q.Key, err)
	}
	receipt, ok := p.Receipt()
	if !ok {
		return done, fmt.Errorf("payment %s is %s", q.Key, p.State)
	}
	done.Receipt = &receipt
	return done, nil
}

// counter is what the book says of a payment, as a Desk asks for it.
type counter struct{ facts payment.Facts }

// Discounts implements [desk.Offers].
func (c counter) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return c.facts.Discounts, nil
}

// Card implements [desk.Wallets].
func (c counter) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	return c.facts.Card, nil
}

// Authenticated implements [desk.SecondFactor].
func (c counter) Authenticated(context.Context, desk.Inquiry, order.PaymentID) (bool, error) {
	return c.facts.Authenticated, nil
}
