// Saas is a per-seat plan from sign-up to the last refund, in a file or on a server: -db says where. Card
// and clock are played; a shop has a gateway of its own and no Now, and runs d.Run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
	"github.com/duebook/duebook/renewal"
)

const acme, workspace = "acme", "ws-acme" // who pays, and what for

func main() {
	db := flag.String("db", "saas.db", "a `file` for SQLite, or the URL of a PostgreSQL database; empty of this page's customer")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *db); err != nil {
		log.Fatal(err)
	}
}

// open opens the store: everything else is the same for both.
func open(ctx context.Context, db string) (store interface {
	ledger.Store
	io.Closer
}, err error) {
	if strings.HasPrefix(db, "postgres://") {
		return sqlstore.OpenPostgres(ctx, db)
	}
	return sqlstore.OpenSQLite(ctx, db)
}

func run(ctx context.Context, w io.Writer, db string) (err error) {
	store, err := open(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	clock, saved := inmem.NewClock(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)), cards{acme: "pm_visa"}
	card := &inmem.Gateway{Instruments: map[order.Opaque]order.CustomerID{"pm_visa": acme}}
	d := &desk.Desk{
		Store:     store,
		Gateways:  map[string]gateway.Gateway{"card": card},
		Customers: saved,
		Wallets:   saved,
		Prices:    prices{"team": 1200},
		Policy:    payment.SaaS(), // renewed by the saved card, prorated by the second, a week of grace
		Notifier:  mail{w},
		Now:       clock.Now,
	}
	if err := d.Check(); err != nil {
		return err
	}
	days := func(n int) (err error) { // a shop runs d.Run
		for ; n > 0 && err == nil; n-- {
			clock.Move(24 * time.Hour)
			s, failed := d.Sweep(ctx, 100)
			err = errors.Join(append(s.Errs, failed)...)
		}
		return err
	}
	pay := func(id order.ID) error { // by the customer's card
		p, err := d.Pay(ctx, payment.Request{Key: payment.Key(id), Customer: acme, Orders: []order.ID{id}, Method: payment.MethodOnline})
		say(w, "order", id, "of", p.Amount, p.State, p.Reason)
		return err
	}

	// 1 March: 17 seats. The customer names product and seats, Prices says what they cost.
	seats := []order.Line{{Product: "team", Count: 17, Term: order.Term{N: 1, Unit: order.Month}}}
	if _, err := d.Buy(ctx, desk.BuyRequest{ID: "O1", Customer: acme, Lines: seats}); err != nil {
		return err
	}
	if err := pay("O1"); err != nil {
		return err
	}
	ready := desk.ProvideRequest{Customer: acme, By: "signup", Order: "O1", Resources: []order.ResourceID{workspace}}
	if _, err := d.Provide(ctx, ready); err != nil {
		return err
	}

	// 1 April: renewed by itself, by card, while nobody is there. 10 April: three more seats.
	if err := days(40); err != nil {
		return err
	}
	more := desk.ChangeRequest{ID: "O2", Customer: acme, Resource: workspace, Count: 20}
	q, err := d.QuoteChange(ctx, more)
	if err != nil {
		return err
	}
	say(w, "3 more seats until", q.Resource.Expiry.Format(time.DateOnly), "cost", q.Due)
	if _, err := d.Change(ctx, more); err != nil {
		return err
	}
	if err := pay("O2"); err != nil {
		return err
	}

	// 20 April: down to 12, and the rest of the month for eight seats goes back to the card.
	if err := days(10); err != nil {
		return err
	}
	less, err := d.Change(ctx, desk.ChangeRequest{ID: "O3", Customer: acme, Resource: workspace, Count: 12})
	if err != nil {
		return err
	}
	say(w, "8 seats fewer give back", less.Back)

	// 1 May: the card is declined, and works the next day. 10 May: they cancel, and then leave at once.
	card.DeclineNext("insufficient funds")
	if err := days(20); err != nil {
		return err
	}
	if _, err := d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: acme, Resource: workspace, AtExpiry: true}); err != nil {
		return err
	}
	left, err := d.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: "O4", Customer: acme, Resource: workspace})
	if err != nil {
		return err
	}
	say(w, "left, and get back", left.Back)
	return days(1)
}

// cards are the saved cards of customers, who are known by them.
type cards map[order.CustomerID]order.Opaque

func (c cards) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return payment.Customer{ID: id, Instrument: c[id]}, nil
}

// Card says whose a card is: nobody pays by another's.
func (c cards) Card(_ context.Context, in desk.Inquiry, _ string, card order.Opaque) (payment.Card, error) {
	if card != c[in.Customer] {
		return payment.Card{}, order.ErrNotFound
	}
	return payment.Card{}, nil
}

// prices are cents of a seat and month, by product.
type prices map[string]int64

func (p prices) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if p[r.Product] == 0 || t.Unit != order.Month {
		return order.Money{}, renewal.ErrNoPrice
	}
	return order.Minor(p[r.Product], order.EUR).Times(r.Count, t.N)
}

// mail is what customers hear.
type mail struct{ w io.Writer }

func (m mail) Notify(_ context.Context, n ledger.Notice) error {
	say(m.w, n.At.Format(time.DateOnly), n.Kind, n.Amount, n.Text)
	return nil
}

func say(w io.Writer, words ...any) { fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintln(words...))) }
