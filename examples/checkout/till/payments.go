package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Payment is what a customer wants to pay: what it would cost is quoted after all the
// moves of the book.
type Payment struct {
	payment.Request
	About         string       `json:"about,omitempty"` // for the reader
	At            time.Time    `json:"at"`
	Policy        Policy       `json:"policy,omitempty"` // empty: the customer's
	Card          payment.Card `json:"card,omitzero"`
	Authenticated bool         `json:"authenticated,omitempty"` // a second time, for this payment
}

// Quoted is what came of a payment: a quote, or why there is none.
type Quoted struct {
	Key     payment.Key      `json:"key"`
	About   string           `json:"about,omitempty"`
	At      time.Time        `json:"at"`
	Policy  Policy           `json:"policy"`
	Quote   *payment.Quote   `json:"quote,omitempty"`
	Refusal *payment.Refusal `json:"refusal,omitempty"`

	request payment.Request
	facts   payment.Facts
}

// Check reports a request, a text or a time that is none.
func (p Payment) Check() error {
	if err := p.Request.Check(); err != nil {
		return err
	}
	if err := checkTime("at", p.At); err != nil {
		return err
	}
	return checkAbout(p.About)
}

// linkPayments reports a coupon, an account or a payment of nobody's, or of what is not
// in the book; once reports an ID that stands twice.
func (b *Book) linkPayments(once func(kind, id, path string) error, known func(order.ID) bool) error {
	for i, c := range b.Coupons {
		path := fmt.Sprintf("coupons[%d]", i)
		if err := once("coupon ", string(c.ID), path); err != nil {
			return err
		}
		if b.customer(c.Customer) == nil {
			return b.noCustomer(path, c.Customer)
		}
	}
	for i, a := range b.Accounts {
		if b.customer(a.Customer) == nil {
			return b.noCustomer(fmt.Sprintf("accounts[%d]", i), a.Customer)
		}
	}
	for i, p := range b.Payments {
		path := fmt.Sprintf("payments[%d]", i)
		if b.customer(p.Customer) == nil {
			return b.noCustomer(path, p.Customer)
		}
		for k, id := range p.Orders {
			if !known(id) {
				return order.Locate(b.text, fmt.Sprintf("%s.orders[%d]", path, k), &order.FieldError{Value: string(id), Reason: "is not among the orders: add it there"})
			}
		}
		for k, id := range p.Coupons {
			if !slices.ContainsFunc(b.Coupons, func(c coupon.Coupon) bool { return c.ID == id }) {
				return order.Locate(b.text, fmt.Sprintf("%s.coupons[%d]", path, k), &order.FieldError{Value: string(id), Reason: "is not among the coupons: add it there"})
			}
		}
	}
	return nil
}

// quote says what a payment of the book would be, on the orders that the store has.
func (b *Book) quote(ctx context.Context, s Store, i int) (Quoted, error) {
	p := &b.Payments[i]
	policy := b.policy(p.Policy, p.Customer)
	facts, err := b.facts(ctx, s, p, policy)
	if err != nil {
		return Quoted{}, err
	}
	zone := time.UTC
	if policy.Order.Zone != nil {
		zone = policy.Order.Zone
	}
	done := Quoted{Key: p.Key, About: p.About, At: p.At.In(zone), Policy: policy.Name, request: p.Request, facts: facts}
	q, err := p.Quote(facts, done.At)
	switch {
	case err == nil:
		done.Quote = &q
	case errors.As(err, &done.Refusal):
	default:
		return Quoted{}, order.Locate(b.text, fmt.Sprintf("payments[%d]", i), err)
	}
	return done, nil
}

// facts are what the book has for a payment: the orders asked for with their purchases,
// and all that the customer has.
func (b *Book) facts(ctx context.Context, s Store, p *Payment, policy Preset) (payment.Facts, error) {
	c := b.customer(p.Customer)
	f := payment.Facts{Card: p.Card, Authenticated: p.Authenticated,
		Customer: payment.Customer{ID: c.ID, Association: c.Association, Protected: c.Protected, Monthly: c.Monthly, Gateway: c.Gateway, Policy: policy.Payment}}
	var ids []order.ID
	for _, j := range b.jobs() {
		wanted := slices.ContainsFunc(j.members, func(m Member) bool { return slices.Contains(p.Orders, m.ID) })
		for _, m := range j.members {
			if wanted {
				ids = append(ids, m.ID)
			}
		}
	}
	orders, err := s.Load(ctx, ids)
	if err != nil {
		return payment.Facts{}, fmt.Errorf("load the orders of payment %s: %w", string(p.Key), err)
	}
	f.Orders = orders
	for _, d := range b.Discounts {
		if d.Customer == "" || d.Customer == c.ID {
			f.Discounts = append(f.Discounts, d.Discount)
		}
	}
	for _, k := range b.Coupons {
		if k.Customer == c.ID {
			f.Coupons = append(f.Coupons, k)
		}
	}
	for _, a := range b.Accounts {
		if a.Customer == c.ID {
			f.Accounts = append(f.Accounts, a)
		}
	}
	return f, nil
}
