// Receipts keeps a table of the shop's own in step with its payments: a row of receipts is written
// in the transaction that makes its payment succeed, or neither is. -db says where both are.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

func main() {
	db := flag.String("db", "shop.db", "a `file` for SQLite, or the URL of a PostgreSQL database")
	n := flag.Int("n", 3, "how many orders are bought and paid")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *db, *n); err != nil {
		log.Fatal(err)
	}
}

// store is where records and receipts are.
type store interface {
	ledger.Store
	io.Closer
}

// open opens the store, with what is written beside each commit.
func open(ctx context.Context, db string) (store, error) {
	if !strings.HasPrefix(db, "postgres://") {
		s, err := sqlstore.OpenSQLite(ctx, db)
		if err == nil {
			s.Beside = inSQLite
		}
		return s, err
	}
	s, err := sqlstore.OpenPostgres(ctx, db)
	if err == nil {
		s.Beside = inPostgres
	}
	return s, err
}

// inPostgres queues rows behind a commit: they go out in its round trip, and are gone with it on a
// conflict. A payment is written again when something of it is given back.
func inPostgres(b *pgx.Batch, c ledger.Change) error {
	for _, p := range c.Put.Payments {
		if r, ok := p.Receipt(); ok {
			b.Queue(`insert into receipts (customer, payment, paid, cash, currency) values ($1, $2, $3, $4, $5)
				on conflict (customer, payment) do nothing`,
				r.Customer, r.Payment, r.At, r.Sum.Cash.Decimal(), r.Sum.Cash.Currency().String())
		}
	}
	return nil
}

// inSQLite writes the same rows in the transaction of a commit.
func inSQLite(ctx context.Context, tx *sql.Tx, c ledger.Change) error {
	for _, p := range c.Put.Payments {
		if r, ok := p.Receipt(); ok {
			if _, err := tx.ExecContext(ctx, `insert into receipts (customer, payment, paid, cash, currency) values (?, ?, ?, ?, ?)
				on conflict (customer, payment) do nothing`,
				r.Customer, r.Payment, r.At.Unix(), r.Sum.Cash.Decimal().String(), r.Sum.Cash.Currency().String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// run buys orders and pays them, and prints each payment once its receipt is on the disk. The table
// receipts is there: the shop's own migration has made it.
func run(ctx context.Context, w io.Writer, db string, n int) (err error) {
	s, err := open(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	d := &desk.Desk{Store: s, Gateways: map[string]gateway.Gateway{"card": &inmem.Gateway{}}}
	for i := range n {
		id := order.ID(fmt.Sprintf("O%d-%d", time.Now().UnixNano(), i))
		line := order.Line{Product: "team", Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(1999, order.EUR)}
		_, err := d.Place(ctx, desk.PlaceRequest{Customer: "ann", By: "shop", Drafts: []order.Draft{{ID: id, Customer: "ann", Type: order.TypePurchase, Lines: []order.Line{line}}}})
		if err != nil {
			return err
		}
		p, err := d.Pay(ctx, payment.Request{Key: payment.Key(id), Customer: "ann", Orders: []order.ID{id}, Method: payment.MethodOnline})
		if err != nil {
			return err
		}
		fmt.Fprintln(w, p.ID, p.State, p.Amount)
	}
	return nil
}
