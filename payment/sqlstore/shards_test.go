package sqlstore_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

// servers starts servers that end with the test.
func servers(t *testing.T, n int) (all []*server.Server) {
	t.Helper()
	for range n {
		s, err := server.Start("shared_buffers=16MB")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
		})
		all = append(all, s)
	}
	return all
}

// takeAt is take on a server of its own.
func takeAt(s *schemas, dsn string) string {
	s.mu.Lock()
	s.n++
	schema, none := fmt.Sprint(s.name, s.n), len(s.free) == 0
	s.mu.Unlock()
	if none {
		if _, err := sqlstore.MigratePostgres(ctx, dsn+" duebook_schema="+schema); err != nil {
			panic(err)
		}
		s.giveBack(schema)
	}
	return s.take()
}

// P16: three servers that have a share of the customers each are a store like one; so they are where
// the Desk is tried under faults.
func TestP16_Shards(t *testing.T) {
	shards := servers(t, 3)
	t.Run("laws", func(t *testing.T) {
		open := shardsOn(t, shards)
		if err := ledgertest.VerifyStore(open, 2); err != nil {
			t.Error(err)
		}
		desktest.Simulate(t, open, 2)
	})
	t.Run("foreign tables", func(t *testing.T) { readForeign(t, shards) })
	t.Run("down", func(t *testing.T) { loseShard(t, shards[2]) })
}

// shardsOn returns what opens empty stores on servers.
func shardsOn(t *testing.T, shards []*server.Server) func() ledger.Store {
	var from []*schemas
	for _, s := range shards {
		pool, err := pgxpool.New(ctx, s.DSN("postgres")+" pool_max_conns=8")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		from = append(from, newSchemas(pool, "shard", 0))
	}
	return func() ledger.Store {
		var of []*sqlstore.Postgres
		var names []string
		for i, s := range from {
			names = append(names, takeAt(s, shards[i].DSN("postgres")))
			of = append(of, sqlstore.NewPostgres(s.pool, names[i]))
		}
		s, err := sqlstore.NewShards(of, names)
		if err != nil {
			panic(err)
		}
		runtime.AddCleanup(s, func(names []string) {
			for i, name := range names {
				from[i].giveBack(name)
			}
		}, names)
		return s
	}
}

// Where a customer is never changes, and databases in another order are refused.
func TestP16_ShardOf(t *testing.T) {
	var dsns []string
	for i := range 3 {
		dsns = append(dsns, fmt.Sprintf("%s duebook_schema=shard_of_%d", pg.DSN("postgres"), i))
	}
	s, err := sqlstore.OpenShards(ctx, dsns...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, in := s.All(), ""
	for _, c := range []order.CustomerID{"ann", "bob", "cy", "Zoë", "c-7", "1"} {
		for i, p := range all {
			if p == s.Of(c) {
				in += fmt.Sprint(i)
			}
		}
		if err := s.Commit(ctx, ledger.Change{Customer: c, Put: outbox(string(c), 0)}); err != nil {
			t.Fatal(err)
		}
	}
	if in != "000101" {
		t.Errorf("the customers are in shards %s", in)
	}
	share := make(map[*sqlstore.Postgres]int)
	for i := range 3000 {
		share[s.Of(order.CustomerID(fmt.Sprint("customer-", i)))]++
	}
	for i, p := range all {
		if n := share[p]; n < 900 || n > 1100 {
			t.Errorf("shard %d has %d of 3000 customers", i, n)
		}
	}
	var bad *sqlstore.SettingError
	for _, wrong := range [][]string{{dsns[1], dsns[0], dsns[2]}, dsns[:2], nil} {
		if s, err := sqlstore.OpenShards(ctx, wrong...); !errors.As(err, &bad) {
			t.Errorf("%d databases in another order: %v, %v", len(wrong), s, err)
		}
	}
}

// loseShard stops a server: a shard that is down holds up its own customers alone, and a list of all
// says that it is not whole.
func loseShard(t *testing.T, down *server.Server) {
	s, err := sqlstore.OpenShards(ctx, pg.DSN("postgres")+" duebook_schema=up", down.DSN("postgres")+" duebook_schema=down")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all := s.All()
	there := make(map[bool]order.CustomerID)
	for i := range 10 {
		c := order.CustomerID(fmt.Sprint("c", i))
		there[s.Of(c) == all[0]] = c
	}
	up, gone := there[true], there[false]
	if err := s.Commit(ctx, ledger.Change{Customer: gone, Put: outbox(string(gone), 0)}); err != nil {
		t.Fatal(err)
	}
	if err := down.Stop(); err != nil {
		t.Fatal(err)
	}
	due := ledger.Due{At: noon, Limit: 10, Lease: ledger.Lease{By: "h", For: time.Minute}}
	if asks, err := s.Waiting(ctx, due); err == nil {
		t.Errorf("nothing that answers waits: %v", asks)
	}
	if err := s.Commit(ctx, ledger.Change{Customer: up, Put: outbox(string(up), 0)}); err != nil {
		t.Error(err)
	}
	if asks, err := s.Waiting(ctx, due); err != nil || len(asks) != 1 || asks[0].Customer != up {
		t.Errorf("what answers waits: %v, %v", asks, err)
	}
	if _, err := s.Load(ctx, ledger.AskAll(gone)); err == nil {
		t.Error("a customer of the shard that is down is loaded")
	}
	if _, err := s.List(ctx, ledger.ListQuery{Kind: ledger.KindOutbox}); err == nil || !strings.Contains(err.Error(), "shard 1") {
		t.Errorf("a list of what is not there: %v", err)
	}
}

// readForeign shows why shards are stores, and not partitions in another server: PostgreSQL has no key
// over tables of other servers, and no upsert into them. What it has is one place to read all shards.
func readForeign(t *testing.T, shards []*server.Server) {
	var dsns []string
	for _, s := range shards {
		dsns = append(dsns, s.DSN("postgres"))
	}
	s, err := sqlstore.OpenShards(ctx, dsns...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 30 {
		c := fmt.Sprint("c", i)
		if err := s.Commit(ctx, ledger.Change{Customer: order.CustomerID(c), Put: outbox(c, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, "create database reader")
	conn, err := pgx.Connect(ctx, pg.DSN("reader"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	must := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	must("create extension postgres_fdw")
	var parts []string
	for i, s := range shards {
		must(fmt.Sprintf("create server shard%d foreign data wrapper postgres_fdw options (host '%s', port '5432', dbname 'postgres')", i, s.Dir()))
		must(fmt.Sprintf("create user mapping for current_user server shard%d options (user 'postgres', password_required 'false')", i))
		must(fmt.Sprintf("create schema shard%d; import foreign schema duebook limit to (records, customers) from server shard%[1]d into shard%[1]d", i))
		parts = append(parts, fmt.Sprintf("select * from shard%d.records", i))
	}
	must("create view records as " + strings.Join(parts, " union all "))
	var n int
	if err := conn.QueryRow(ctx, "select count(*) from shard0.records").Scan(&n); err != nil || n == 0 || n == 30 {
		t.Errorf("one shard has %d of 30 records: %v", n, err)
	}
	if err := conn.QueryRow(ctx, "select count(*) from records where kind = 'outbox'").Scan(&n); err != nil || n != 30 {
		t.Errorf("all shards have %d of 30 records: %v", n, err)
	}
	for _, sql := range []string{
		"create unique index on shard0.records (customer, kind, id)",
		"create table parts (customer text primary key) partition by hash (customer); create foreign table part0 partition of parts for values with (modulus 3, remainder 0) server shard0",
		"insert into shard0.customers (customer, commits) values ('c1', 1) on conflict (customer) do update set commits = 2",
	} {
		_, err := conn.Exec(ctx, sql)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || !strings.HasPrefix(refused.Code, "42") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// P16, X1, X4: many databases are what one is.
var _ interface {
	ledger.Store
	ledger.Finder
	ledger.Lister
	ledger.Locker
} = (*sqlstore.Shards)(nil)
