package sqlstore_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenttest"
	"github.com/duebook/duebook/payment/sqlstore"
)

var benchAt = paymenttest.LargeAt

// BenchmarkS14_PostgresPay is goal S14: a Desk pays 1 and 30 orders of 3 lines, 30 of
// them with 3 coupons, at a gateway that answers at once; beside it the three transactions that a
// careful programmer writes for one shop, each one round trip: read, hold and settle, on tables that
// have no more than they need.
func BenchmarkS14_PostgresPay(b *testing.B) {
	pool := benchPool(b, 4)
	store := benchStore(b, 4)
	d := &desk.Desk{Store: store, Gateways: map[string]gateway.Gateway{"cards": &inmem.Gateway{}}, Now: func() time.Time { return benchAt.Add(time.Hour) }}
	f := newFloor(b, pool)
	for _, n := range []int{1, 30} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var next atomic.Int64
			versus(b, 1, 20, func() func() {
				id := order.CustomerID(fmt.Sprintf("pays-%d-%d", n, next.Add(1)))
				q := benchRequest(b, store, id, n)
				return func() {
					if p, err := d.Pay(ctx, q); err != nil || p.State != payment.PaymentSucceeded {
						b.Error(p.State, err)
					}
				}
			}, func() func() {
				id := fmt.Sprintf("floor-%d-%d", n, next.Add(1))
				f.place(b, id, n)
				return func() { f.pay(b, id, n) }
			})
		})
	}
}

// BenchmarkS8_PostgresCommit is goal S8: one commit that moves a payment of 30 orders, with 1 and
// with 16 callers, each at customers of their own, beside one guarded statement that moves the same
// number of rows.
func BenchmarkS8_PostgresCommit(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			pool := benchPool(b, callers)
			store := benchStore(b, callers)
			f := newFloor(b, pool)
			var next atomic.Int64
			versus(b, callers, 4+16/callers, func() func() {
				c := ledger.Change{Customer: order.CustomerID(fmt.Sprintf("commits-%d-%d", callers, next.Add(1)))}
				q := benchRequest(b, store, c.Customer, 30)
				r, err := store.Load(ctx, ledger.Ask{Customer: c.Customer, All: []ledger.Kind{ledger.KindOrder}})
				if err != nil || len(r.Orders) != len(q.Orders) {
					b.Fatal(err)
				}
				c.Put.Orders = r.Orders
				return func() {
					if err := store.Commit(ctx, c); err != nil {
						b.Error(err)
					}
				}
			}, func() func() {
				id := fmt.Sprintf("commits-%d-%d", callers, next.Add(1))
				f.place(b, id, 30)
				return func() { f.move(b, id, 30, 1, "unpaid", "paying") }
			})
		})
	}
}

// versus has callers do something n times each, and a floor do the same, in turns, and reports the
// medians of a call and their ratio. What it takes to prepare a call is not measured.
func versus(b *testing.B, callers, n int, lib, floor func() func()) {
	b.Helper()
	turn := func(of func() func()) float64 {
		calls := make([][]func(), callers)
		for i := range calls {
			for range n {
				calls[i] = append(calls[i], of())
			}
		}
		var wait sync.WaitGroup
		start := time.Now()
		for _, mine := range calls {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for _, call := range mine {
					call()
				}
			}()
		}
		wait.Wait()
		return float64(time.Since(start)) / float64(callers*n)
	}
	var libs, floors []float64
	for b.Loop() {
		for range 6 {
			libs, floors = append(libs, turn(lib)), append(floors, turn(floor))
		}
	}
	slices.Sort(libs)
	slices.Sort(floors)
	l, f := libs[len(libs)/2], floors[len(floors)/2]
	b.ReportMetric(l/1e3, "µs/call")
	b.ReportMetric(f/1e3, "floor-µs")
	b.ReportMetric(l/f, "x-floor")
}

// benchPool is for a floor, whose statements are planned once, as the store's are: else it takes half as long again.
func benchPool(b *testing.B, conns int) *pgxpool.Pool {
	b.Helper()
	pool, err := pgxpool.New(ctx, fmt.Sprintf("%s pool_max_conns=%d plan_cache_mode=force_generic_plan", pg.DSN("postgres"), max(4, conns)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return pool
}

// benchStore is an empty store that is opened as a host opens it.
func benchStore(b *testing.B, conns int) *sqlstore.Postgres {
	b.Helper()
	p, err := sqlstore.OpenPostgres(ctx, fmt.Sprintf("%s pool_max_conns=%d duebook_schema='%s'", pg.DSN("postgres"), max(4, conns), plain.take()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	return p
}

// benchRequest writes n orders of a customer, and of 30 also 3 coupons, and asks to pay them.
func benchRequest(b testing.TB, s ledger.Store, id order.CustomerID, n int) payment.Request {
	b.Helper()
	q, f := paymenttest.Large(b, id, n)
	if n < 30 {
		q.Coupons, f.Coupons = nil, nil
	}
	for i := range f.Orders {
		f.Orders[i].DueAt = f.Orders[i].Deadline.Add(time.Second)
	}
	if err := s.Commit(ctx, ledger.Change{Customer: id, Put: ledger.Records{Orders: f.Orders, Coupons: f.Coupons}}); err != nil {
		b.Fatal(err)
	}
	return q
}

// floor is one shop's own tables, written as carefully as the store's: a payment compares the versions of what it was
// read with, orders and coupons, in the statement that writes; its key is unique; an entry says what was moved, a notice
// waits to be sent, and what has to be looked after is found by an index. There are no lists for customers and operators, and
// nobody is charged by it.
type floor struct{ pool *pgxpool.Pool }

func newFloor(b *testing.B, pool *pgxpool.Pool) *floor {
	b.Helper()
	_, err := pool.Exec(ctx, `
create schema if not exists floor;
create table if not exists floor.orders (customer text collate "C", id text collate "C", version bigint not null, state text not null,
	deadline timestamptz not null, due bigint not null, changed timestamptz not null, payment text, lines jsonb not null, parts jsonb, primary key (customer, id));
create index if not exists orders_deadline on floor.orders (deadline) where state = 'unpaid';
create table if not exists floor.coupons (customer text collate "C", id text collate "C", version bigint not null, state text not null,
	balance bigint not null, payment text, primary key (customer, id));
create table if not exists floor.payments (customer text collate "C", id text collate "C", version bigint not null, state text not null, amount bigint not null,
	items jsonb not null, want bigint not null, got bigint not null, changed timestamptz not null, primary key (customer, id), check (want = got));
create index if not exists payments_pending on floor.payments (changed) where state = 'paying';
create table if not exists floor.entries (customer text collate "C", id text collate "C", at timestamptz not null, moves jsonb not null, primary key (customer, id));
create table if not exists floor.notices (customer text collate "C", id text collate "C", at timestamptz not null, sent timestamptz, about jsonb not null, primary key (customer, id));
create index if not exists notices_unsent on floor.notices (at) where sent is null`)
	if err != nil {
		b.Fatal(err)
	}
	f := &floor{pool}
	for range 30 { // so that the server knows the tables
		id := fresh("warm")
		f.place(b, id, 30)
		f.pay(b, id, 30)
	}
	if _, err := pool.Exec(ctx, "analyze floor.orders, floor.coupons, floor.payments, floor.entries, floor.notices"); err != nil {
		b.Fatal(err)
	}
	return f
}

func (f *floor) ids(n int) (orders []string) {
	for i := range n {
		orders = append(orders, fmt.Sprintf("order-%02d", i))
	}
	return orders
}

func (f *floor) place(b *testing.B, customer string, n int) {
	b.Helper()
	const lines = `[{"product":"ECS.large","service":"ECS","region":"north","count":1,"term":"1 month","amount":10000},{"product":"EVS.large","service":"EVS","region":"north","count":1,"term":"1 month","amount":10311},{"product":"VPC.large","service":"VPC","region":"north","count":1,"term":"1 month","amount":10622}]`
	_, err := f.pool.Exec(ctx, `insert into floor.orders select $1, id, 1, 'unpaid', $3, 30933, $3, null, $4::jsonb, null from unnest($2::text[]) as w(id)`, customer, f.ids(n), benchAt, lines)
	if err == nil {
		_, err = f.pool.Exec(ctx, `insert into floor.coupons select $1, 'coupon-0' || i, 1, 'available', 20011, null from generate_series(1, $2) i`, customer, f.coupons(n))
	}
	if err != nil {
		b.Fatal(err)
	}
}

// coupons are how many a payment of n orders has.
func (f *floor) coupons(n int) int {
	if n == 30 {
		return 3
	}
	return 0
}

// move moves the orders of a payment from one state to another, and its coupons, as they were read, or fails whole:
// what each is paid with, the payment, its entry and its notice beside them.
func (f *floor) move(b *testing.B, customer string, n int, version int64, from, to string) {
	b.Helper()
	parts, versions := make([]string, n), make([]int64, n)
	for i := range parts {
		parts[i], versions[i] = `{"cash":28000,"card":2933,"lines":[10000,10311,10622]}`, version
	}
	var coupons []string
	for i := range f.coupons(n) {
		coupons = append(coupons, fmt.Sprint("coupon-0", i+1))
	}
	_, err := f.pool.Exec(ctx, `
with orders as (
	update floor.orders o set state = $4, version = o.version + 1, changed = $5, payment = 'payment', parts = w.parts::jsonb
	from unnest($2::text[], $6::text[], $8::bigint[]) as w(id, parts, version)
	where o.customer = $1 and o.id = w.id and o.version = w.version and o.state = $3 returning 1),
coupons as (
	update floor.coupons c set state = $4, version = c.version + 1, payment = 'payment'
	from unnest($9::text[]) as w(id) where c.customer = $1 and c.id = w.id and c.version = $10 returning 1),
entry as (
	insert into floor.entries values ($1, $4, $5, to_jsonb($2::text[]))),
notice as (
	insert into floor.notices select $1, $4, $5, null, to_jsonb($2::text[]) where $4 = 'paid')
insert into floor.payments as p values ($1, 'payment', 1, $4, 30933, to_jsonb($6::text[]), $7, (select count(*) from orders) + (select count(*) from coupons), $5)
on conflict (customer, id) do update set version = p.version + 1, state = excluded.state, changed = excluded.changed, want = excluded.want, got = excluded.got`,
		customer, f.ids(n), from, to, benchAt, parts, n+len(coupons), versions, coupons, version)
	if err != nil {
		b.Error(err)
	}
}

// pay reads what is paid, holds it and settles it.
func (f *floor) pay(b *testing.B, customer string, n int) {
	b.Helper()
	q := &pgx.Batch{}
	q.Queue(`select id, version, state, deadline, due, lines from floor.orders where customer = $1 and id = any($2)`, customer, f.ids(n))
	q.Queue(`select id, version, state, balance from floor.coupons where customer = $1`, customer)
	q.Queue(`select id, state from floor.payments where customer = $1 and id = 'payment'`, customer)
	res := f.pool.SendBatch(ctx, q)
	for range 3 {
		rows, err := res.Query()
		for err == nil && rows.Next() {
			_, err = rows.Values()
		}
		if err != nil {
			b.Error(err)
		}
		rows.Close()
	}
	if err := res.Close(); err != nil {
		b.Error(err)
	}
	f.move(b, customer, n, 1, "unpaid", "paying")
	f.move(b, customer, n, 2, "paying", "paid")
}
