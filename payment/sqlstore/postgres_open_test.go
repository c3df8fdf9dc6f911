package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

// exec runs statements on the server, each by itself.
func exec(t *testing.T, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, pg.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// opened opens a store, which is closed with the test.
func opened(t *testing.T, dsn string) *sqlstore.Postgres {
	t.Helper()
	p, err := sqlstore.OpenPostgres(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// P16: a database that does not keep what it acknowledges is refused, with what to do.
func TestP16_UnsafeSettings(t *testing.T) {
	exec(t, `create database ascii encoding SQL_ASCII template template0`)
	defer exec(t, `drop database ascii`)
	dsn := pg.DSN("postgres")
	for _, x := range []struct{ name, dsn, setting, do string }{
		{"synchronous_commit", dsn + " synchronous_commit=off", "", "set it on"},
		{"default_transaction_read_only", dsn + " default_transaction_read_only=on", "", "set it off"},
		{"server_encoding", pg.DSN("ascii"), "", "ENCODING 'UTF8'"},
		{"fsync", dsn, "fsync", "set it on"},
		{"full_page_writes", dsn, "full_page_writes", "set it on"},
		{"duebook_partitions", dsn + " duebook_partitions=many", "", "from 0 to 1024"},
		{"duebook_schema", dsn + " duebook_schema=" + strings.Repeat("x", 64), "", "1 to 63 bytes"},
	} {
		if x.setting != "" {
			exec(t, "alter system set "+x.setting+" = off", "select pg_reload_conf()", "select pg_sleep(0.2)")
		}
		p, err := sqlstore.OpenPostgres(ctx, x.dsn)
		if x.setting != "" {
			exec(t, "alter system reset "+x.setting, "select pg_reload_conf()", "select pg_sleep(0.2)")
		}
		var wrong *sqlstore.SettingError
		if p != nil || !errors.As(err, &wrong) || wrong.Setting != x.name || !strings.Contains(wrong.Do, x.do) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	if p, err := sqlstore.OpenPostgres(ctx, "host=/nowhere"); p != nil || err == nil {
		t.Error("there is no server, and it opens")
	}
	if p, err := sqlstore.OpenPostgres(ctx, "postgres://%"); p != nil || err == nil {
		t.Error("there is no such DSN, and it opens")
	}
}

// Hosts that start at once on an empty database all open it, and one of them migrates.
func TestOpenAtOnce(t *testing.T) {
	dsn := pg.DSN("postgres") + " duebook_schema=" + fresh("at_once")
	var wg sync.WaitGroup
	var mu sync.Mutex
	applied := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			done, err := sqlstore.MigratePostgres(ctx, dsn)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			applied += len(done)
		}()
	}
	wg.Wait()
	all, err := sqlstore.PostgresMigrations(ctx, dsn)
	if err != nil || applied != len(all) {
		t.Errorf("%d migrations were applied, and there are %d: %v", applied, len(all), err)
	}
	for i, m := range all {
		if m.Number != i+1 || m.Applied.IsZero() {
			t.Errorf("%d %s: applied %s", m.Number, m.Name, m.Applied)
		}
	}
}

// A database that a later version has migrated is left alone.
func TestNewerDatabase(t *testing.T) {
	schema := fresh("newer")
	dsn := pg.DSN("postgres") + " duebook_schema=" + schema
	opened(t, dsn)
	exec(t, `insert into `+schema+`.migrations values (99, 'of tomorrow', now())`)
	_, err := sqlstore.OpenPostgres(ctx, dsn)
	var newer *sqlstore.VersionError
	if !errors.As(err, &newer) || newer.Applied != 99 || newer.Known == 0 {
		t.Errorf("the database has migration 99: %v", err)
	}
}

// A role that may not migrate is told what to run, and works where the tables are.
func TestRights(t *testing.T) {
	schema := fresh("rights")
	exec(t, `create role clerk login`)
	defer exec(t, `drop owned by clerk`, `drop role clerk`)
	owner := pg.DSN("postgres") + " duebook_schema=" + schema
	clerk := strings.Replace(owner, "user=postgres", "user=clerk", 1)
	check := func(when string) {
		t.Helper()
		if _, err := sqlstore.OpenPostgres(ctx, clerk); err == nil || !strings.Contains(err.Error(), "duebook-migrate -apply") {
			t.Errorf("%s: %v", when, err)
		}
	}
	check("there is no schema")
	opened(t, owner)
	check("it has no rights")
	exec(t, `grant usage on schema `+schema+` to clerk`, `grant select on `+schema+`.migrations to clerk`,
		`grant select, insert, update on `+schema+`.records, `+schema+`.customers to clerk`, `grant select, insert on `+schema+`.order_resources to clerk`)
	p := opened(t, clerk)
	put := ledgertest.DrawKept().Example(1).Customers[0]
	put.Orders[0].Lines[0].Resource = "disk"
	if err := p.Commit(ctx, ledger.Change{Customer: "ann", Put: put}); err != nil {
		t.Error(err)
	}
}

// What a database had before later migrations is read after them, and found by its resources, by a role that had
// its rights before.
func TestOlder(t *testing.T) {
	for _, partitions := range []int{0, 3} {
		schema := fresh("older")
		exec(t, `create role clerk login`)
		dsn := fmt.Sprintf("%s duebook_schema=%s duebook_partitions=%d", pg.DSN("postgres"), schema, partitions)
		if err := sqlstore.MigratePostgresTo(ctx, dsn, 2); err != nil {
			t.Fatal(err)
		}
		exec(t, `grant usage on schema `+schema+` to clerk`, `grant select on `+schema+`.migrations to clerk`,
			`grant select, insert, update on `+schema+`.records, `+schema+`.customers, `+schema+`.archived to clerk`,
			`insert into `+schema+`.customers values ('ann', 1)`)
		r := purchase(t, "ann", 3)
		r.Orders[1].Lines[2].Resource, r.Orders[2].Lines[0].Resource = "disk", "disk"
		rows, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rows {
			if _, err := plain.pool.Exec(ctx, `insert into `+schema+`.records values ('ann', $1, $2, 1, $3, $4, $5, null, $6, $7, true, false, '')`,
				v.Kind, v.ID, v.Group, v.State, v.At, string(v.Body), r.Orders[0].Placed); err != nil {
				t.Fatal(err)
			}
		}
		exec(t, `insert into `+schema+`.archived select customer, kind, id, body from `+schema+`.records where id = '`+string(r.Orders[1].ID)+`'`,
			`update `+schema+`.records set body = null where id = '`+string(r.Orders[1].ID)+`'`)
		done, err := sqlstore.MigratePostgres(ctx, dsn)
		if err != nil || len(done) < 2 || done[0].Number != 3 {
			t.Errorf("migrated: %+v, %v", done, err)
		}
		p := opened(t, strings.Replace(dsn, "user=postgres", "user=clerk", 1))
		got, err := p.Load(ctx, ledger.AskAll("ann"))
		if err != nil || len(got.Orders) != 3 || len(got.Payments) != 1 {
			t.Fatalf("loaded: %d orders, %v", len(got.Orders), err)
		}
		got.Orders[0].Lines[0].Resource = "disk"
		for want := 2; want <= 3; want++ {
			page, err := p.Find(ctx, order.Query{Customer: "ann", Resource: "disk"})
			if err != nil || len(page.Orders) != want {
				t.Errorf("found by resource: %d orders, %v", len(page.Orders), err)
			}
			if want == 2 {
				err = p.Commit(ctx, ledger.Change{Customer: "ann", Put: ledger.Records{Orders: got.Orders[:1]}})
			}
			if err != nil {
				t.Error(err)
			}
		}
		exec(t, `drop owned by clerk`, `drop role clerk`)
	}
}

// Through PgBouncer, which gives each transaction another connection, the store keeps its laws.
func TestP16_PgBouncer(t *testing.T) {
	dsn, err := pg.Pooler(3)
	if err != nil {
		t.Fatal(err)
	}
	open := func() ledger.Store { return opened(t, dsn+" pool_max_conns=12 duebook_schema="+fresh("pooled")) }
	// At once, so that one server's connection is used by several.
	p := open()
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for round := range 20 {
				if err := usual(p, fmt.Sprint("customer ", i), int64(round)); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	for _, law := range ledgertest.StoreLaws() {
		switch law.Name {
		case "one winner", "crossed whole", "leases apart", "waits move", "groups":
			if err := law.Holds(open, ledgertest.DrawKept().Example(2)); err != nil {
				t.Errorf("%s: %v", law.Name, err)
			}
		}
	}
	desktest.Simulate(t, open, 2)
}

// usual is what a Desk does: it loads, commits, loads and asks what waits.
func usual(p ledger.Store, customer string, version int64) error {
	r := outbox(customer, version)
	if err := p.Commit(ctx, ledger.Change{Customer: r.Outboxes[0].Customer, Put: r}); err != nil {
		return err
	}
	got, err := p.Load(ctx, ledger.AskAll(r.Outboxes[0].Customer))
	if err != nil || len(got.Outboxes) != 1 || got.Outboxes[0].Version != version+1 {
		return fmt.Errorf("version %d was written, and loaded is %+v: %w", version+1, got.Outboxes, err)
	}
	_, err = p.Waiting(ctx, ledger.Due{At: noon, Limit: 3, Lease: ledger.Lease{By: customer, For: 1}})
	return err
}

// A lock of one host keeps another host out, and nobody from committing.
func TestLock(t *testing.T) {
	dsn := pg.DSN("postgres") + " pool_max_conns=2 duebook_schema=" + fresh("locked")
	one, other := opened(t, dsn), opened(t, dsn)
	unlock, err := one.Lock(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(ctx, noonShort)
	defer cancel()
	if _, err := other.Lock(soon, "ann"); err == nil {
		t.Fatal("two hosts have locked one customer")
	}
	free, err := other.Lock(ctx, "bob")
	if err != nil {
		t.Fatal(err)
	}
	more, err := other.Lock(ctx, "third") // beyond half of the connections
	if err != nil {
		t.Fatal(err)
	}
	if err := usual(one, "ann", 0); err != nil {
		t.Error(err)
	}
	if err := usual(other, "ann", 1); err != nil {
		t.Error(err)
	}
	free()
	more()
	unlock()
	again, err := other.Lock(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
