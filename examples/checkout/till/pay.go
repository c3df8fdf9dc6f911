package till

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// Paid is what came of paying what was quoted: a receipt, or why there is none.
type Paid struct {
	Key     payment.Key      `json:"key"`
	About   string           `json:"about,omitempty"`
	Receipt *payment.Receipt `json:"receipt,omitempty"`
	Refusal *payment.Refusal `json:"refusal,omitempty"`
}

// WriteReceipts pays what was quoted, each payment by itself on the records of the book and
// through a gateway that takes what it is asked for, and writes the receipts as one array.
func (b Bill) WriteReceipts(w io.Writer) error {
	var all []Paid
	for _, a := range b.Accounts {
		for i := range a.Quotes {
			paid, err := a.Quotes[i].pay(context.Background())
			if err != nil {
				return err
			}
			all = append(all, paid)
		}
	}
	return writeArray(w, all)
}

// pay pays a payment of the book with a Desk, as the customer agreed to the quote.
func (q *Quoted) pay(ctx context.Context) (Paid, error) {
	done := Paid{Key: q.Key, About: q.About}
	store, facts := new(inmem.Store), q.facts
	for i := range facts.Orders {
		facts.Orders[i].Version = 0
	}
	if err := store.Commit(ctx, ledger.Change{Customer: facts.Customer.ID, Put: ledger.Records{Orders: facts.Orders, Coupons: facts.Coupons,
		Accounts: facts.Accounts, Tallies: facts.Tallies}}); err != nil {
		return done, err
	}
	d := desk.Desk{Store: store, Customers: inmem.Customers{Default: facts.Customer}, Offers: counter{facts}, Wallets: counter{facts}, SecondFactor: counter{facts},
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
func (c counter) Card(context.Context, desk.Inquiry, string) (payment.Card, error) {
	return c.facts.Card, nil
}

// Authenticated implements [desk.SecondFactor].
func (c counter) Authenticated(context.Context, desk.Inquiry, order.PaymentID) (bool, error) {
	return c.facts.Authenticated, nil
}
