package sqlstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

var noon = time.Date(2026, 1, 28, 12, 0, 0, 0, time.UTC)

const noonShort = 200 * time.Millisecond

// outbox is the smallest record that waits, as it was read at a version.
func outbox(customer string, version int64) ledger.Records {
	return ledger.Records{Outboxes: []ledger.Outbox{{Customer: order.CustomerID(customer), Written: 1, DueAt: noon.Add(-time.Minute), Version: version}}}
}

// table makes a table of the host's own beside a store.
func table(t *testing.T, name string) (p *sqlstore.Postgres, conn *pgx.Conn) {
	t.Helper()
	schema := fresh(name)
	p = opened(t, pg.DSN("postgres")+" duebook_schema="+schema)
	exec(t, `create table `+schema+`.host (n int not null unique deferrable initially deferred)`)
	conn, err := pgx.Connect(ctx, pg.DSN("postgres")+" search_path="+schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	return p, conn
}

// rows counts the host's rows, and the records of a customer.
func rows(t *testing.T, p *sqlstore.Postgres, conn *pgx.Conn, customer order.CustomerID) (host, records int) {
	t.Helper()
	if err := conn.QueryRow(ctx, "select count(*) from host").Scan(&host); err != nil {
		t.Fatal(err)
	}
	r, err := p.Load(ctx, ledger.AskAll(customer))
	if err != nil {
		t.Fatal(err)
	}
	return host, len(r.Views())
}

// P16: what the host puts beside a commit is written with it, or neither is.
func TestP16_Beside(t *testing.T) {
	p, conn := table(t, "beside")
	schema := conn.Config().RuntimeParams["search_path"]
	n, fault := 0, error(nil)
	p.Beside = func(b *pgx.Batch, c ledger.Change) error {
		b.Queue("insert into "+schema+".host values ($1)", n)
		return fault
	}
	commit := func(version int64) error {
		return p.Commit(ctx, ledger.Change{Customer: "ann", Put: outbox("ann", version)})
	}
	expect := func(what string, err error, is error, host int, version int64) {
		t.Helper()
		if !errors.Is(err, is) || is == nil && err != nil {
			t.Errorf("%s: %v, and %v is wanted", what, err, is)
		}
		if got, _ := rows(t, p, conn, "ann"); got != host {
			t.Errorf("%s: the host has %d rows, and %d are wanted", what, got, host)
		}
		if r, err := p.Load(ctx, ledger.AskAll("ann")); err != nil || r.Outboxes[0].Version != version {
			t.Errorf("%s: the record is at %+v, and %d is wanted: %v", what, r.Outboxes, version, err)
		}
	}
	expect("a commit", commit(0), nil, 1, 1)
	n = 1
	expect("a conflict", commit(0), ledger.ErrConflict, 1, 1)
	fault = errors.New("no such receipt")
	expect("an error of the host's", commit(1), fault, 1, 1)
	n, fault = 0, nil
	// The answer to each statement is good: it fails as the transaction is to be committed.
	err := commit(1)
	if err == nil || errors.Is(err, ledger.ErrInDoubt) || errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a row that is there already: %v", err)
	}
	expect("a row that is there already", err, err, 1, 1)
	n = 1
	expect("a second commit", commit(1), nil, 2, 2)
}

// P16: a store that has joined the host's transaction writes with it, or not at all; what fails
// leaves the transaction as it was.
func TestP16_InTx(t *testing.T) {
	p, conn := table(t, "joined")
	for _, x := range []struct {
		name string
		end  func(pgx.Tx) error
		want int
	}{
		{"rolled back", func(tx pgx.Tx) error { return tx.Rollback(ctx) }, 0},
		{"committed", func(tx pgx.Tx) error { return tx.Commit(ctx) }, 1},
	} {
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		in := p.InTx(tx)
		if _, err := tx.Exec(ctx, "insert into host values (1)"); err != nil {
			t.Fatal(err)
		}
		commit := func(put ledger.Records) error {
			return in.Commit(ctx, ledger.Change{Customer: "ann", Step: "place", Put: put})
		}
		if err := commit(outbox("ann", 0)); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		if err := commit(outbox("ann", 0)); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%s: written twice: %v", x.name, err)
		}
		if err := commit(outbox("bob\x00", 0)); err == nil || errors.Is(err, ledger.ErrInDoubt) {
			t.Errorf("%s: what no text can hold: %v", x.name, err)
		}
		var refused *sqlstore.StepError
		hold := ledger.Change{Customer: "ann", Step: "hold", Put: ledger.Records{Payments: []payment.Payment{{Customer: "ann", ID: "p", State: payment.PaymentPending}}}}
		if err := in.Commit(ctx, hold); !errors.As(err, &refused) || refused.Step != "hold" {
			t.Errorf("%s: a hold: %v", x.name, err)
		}
		if r, err := in.Load(ctx, ledger.AskAll("ann")); err != nil || len(r.Views()) != 1 || r.Outboxes[0].Version != 1 {
			t.Errorf("%s: within the transaction there is %+v, %v", x.name, r.Views(), err)
		}
		if asks, err := in.Waiting(ctx, ledger.Due{At: noon, Limit: 9}); err != nil || len(asks) != 1 {
			t.Errorf("%s: within the transaction %v waits, %v", x.name, asks, err)
		}
		if err := x.end(tx); err != nil {
			t.Fatal(err)
		}
		if host, records := rows(t, p, conn, "ann"); host != x.want || records != x.want {
			t.Errorf("%s: the host has %d rows, the store %d records, and %d of each are wanted", x.name, host, records, x.want)
		}
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	err = p.InTx(tx).Commit(ctx, ledger.Change{Customer: "ann", Put: outbox("ann", 1)})
	if err == nil || errors.Is(err, ledger.ErrInDoubt) || errors.Is(err, ledger.ErrConflict) {
		t.Errorf("in a transaction that has ended: %v", err)
	}
}

// P16: a commit compares what it expects at any isolation level.
func TestP16_Isolation(t *testing.T) {
	for _, level := range []string{"repeatable read", "serializable"} {
		pool, err := pgxpool.New(ctx, pg.DSN("postgres")+" pool_max_conns=12 default_transaction_isolation='"+level+"'")
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		open := newSchemas(pool, fresh(level), 0).store
		for _, law := range ledgertest.StoreLaws() {
			switch law.Name {
			case "crossed", "crossed absence", "crossed whole", "one winner", "stale", "leases apart":
				for seed := range 5 {
					if err := law.Holds(open, ledgertest.DrawKept().Example(seed)); err != nil {
						t.Errorf("%s, %s: %v", level, law.Name, err)
					}
				}
			}
		}
	}
}
