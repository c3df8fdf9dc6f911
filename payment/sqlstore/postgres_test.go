package sqlstore_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

var (
	histories = flag.Int("histories", 30, "how many histories are simulated")
	ctx       = context.Background()
	pg        *server.Server
	plain     *schemas // without partitions
	parted    *schemas // with four
)

func TestMain(m *testing.M) {
	checks := flag.Lookup("rapid.checks") // as many draws as the machine has time for
	if err := checks.Value.Set("10"); err != nil {
		panic(err)
	}
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if pg, err = server.Start(); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, pg.Stop()) }()
	pool, err := pgxpool.New(ctx, pg.DSN("postgres")+" pool_max_conns=12")
	if err != nil {
		return 1, err
	}
	defer pool.Close()
	plain, parted = newSchemas(pool, "plain", 0), newSchemas(pool, "parted", 4)
	return m.Run(), nil
}

// P16: the store keeps every law, with and without partitions.
func TestP16_Store(t *testing.T) {
	ledgertest.TestStore(t, plain.store)
}

func TestP16_StorePartitioned(t *testing.T) {
	if err := ledgertest.VerifyStore(parted.store, 3); err != nil {
		t.Error(err)
	}
}

func TestP16_Simulate(t *testing.T) {
	n := *histories
	if testing.Short() {
		n = min(n, 4)
	}
	desktest.Simulate(t, parted.store, n)
}

// X1, X4: it finds a customer's orders, and lists records over all customers.
var _ interface {
	ledger.Store
	ledger.Finder
	ledger.Lister
	ledger.Locker
} = (*sqlstore.Postgres)(nil)
