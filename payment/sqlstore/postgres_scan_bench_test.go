package sqlstore_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

// goalSize is how many records there are for goals S10 to S12: a long run has 10,000,000, the check 50,000.
var goalSize = flag.Int("n", 1_000_000, "how many records there are where goals S10 to S12 are measured")

// records is that many, or few with -short.
func records() int {
	if testing.Short() {
		return 50_000
	}
	return *goalSize
}

// manyOrders writes so many orders of each of so many customers, all of which wait, like one that is sound.
func manyOrders(b *testing.B, customers, each int) *sqlstore.Postgres {
	b.Helper()
	schema := fresh("scanned")
	p, err := sqlstore.OpenPostgres(ctx, pg.DSN("postgres")+" duebook_schema="+schema)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	like := ledger.Records{Orders: []order.Order{{ID: "like", Customer: "like", Type: order.TypePurchase, State: order.StateUnpaid, Placed: benchAt, Changed: benchAt,
		Lines: []order.Line{{Product: "vm", Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(1000, order.USD)}}}}}
	body, err := like.Encode()
	if err != nil {
		b.Fatal(err)
	}
	run := func(sql string, args ...any) {
		if _, err := plain.pool.Exec(ctx, strings.ReplaceAll(sql, "SCHEMA", schema), args...); err != nil {
			b.Fatal(err)
		}
	}
	run(`insert into SCHEMA.customers (customer, commits, waits) select 'c' || c, 1, $1::timestamptz + c * interval '1 second' from generate_series(1, $2::int) c`, benchAt, customers)
	run(`insert into SCHEMA.records (customer, kind, id, version, grp, state, at, waits, body, placed, prepay, postpay, listing)
		select 'c' || c, 'order', 'o' || n, 1, '', 'unpaid', $1::timestamptz + n * interval '1 second', $1::timestamptz + c * interval '1 second',
		$4::text::jsonb || jsonb_build_object('id', 'o' || n, 'customer', 'c' || c, 'placed', to_char(($1::timestamptz + n * interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
		$1::timestamptz + n * interval '1 second', true, false, 'yearly/monthly'
		from generate_series(1, $2::int) c, generate_series(1, $3::int) n`, benchAt, customers, each, string(body[0].Body))
	run(`analyze SCHEMA.customers, SCHEMA.records`)
	return p
}

// median is that of how long a call takes.
func median(b *testing.B, call func() error) time.Duration {
	b.Helper()
	var all []time.Duration
	for range 9 {
		start := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkS10_PostgresWaiting finds 1,000 customers who are due among all ([records]), and none (S10).
// x-tenth is how much longer it takes than among a tenth.
func BenchmarkS10_PostgresWaiting(b *testing.B) {
	large, small := manyOrders(b, records(), 1), manyOrders(b, records()/10, 1)
	for _, due := range []int{1000, 0} {
		b.Run(fmt.Sprint(due), func(b *testing.B) {
			ask := func(p *sqlstore.Postgres) func() error {
				return func() error {
					asks, err := p.Waiting(ctx, ledger.Due{At: benchAt.Add(time.Duration(due) * time.Second), Limit: 1000})
					if err == nil && len(asks) != due {
						err = fmt.Errorf("%d are named", len(asks))
					}
					return err
				}
			}
			var l, s time.Duration
			for b.Loop() {
				l, s = median(b, ask(large)), median(b, ask(small))
			}
			b.ReportMetric(float64(l.Microseconds()), "µs/call")
			b.ReportMetric(float64(l)/float64(s), "x-tenth")
		})
	}
}

// BenchmarkS11_PostgresPage reads a page in the middle of the orders of a customer who has all ([records]), S11.
// x-first is how much longer it takes than the first.
func BenchmarkS11_PostgresPage(b *testing.B) {
	p := manyOrders(b, 1, records())
	half := records() / 2
	page := func(after order.Cursor) func() error {
		return func() error {
			found, err := p.Find(ctx, order.Query{Customer: "c1", After: after})
			if err == nil && len(found.Orders) != order.DefaultLimit {
				err = fmt.Errorf("a page of %d", len(found.Orders))
			}
			return err
		}
	}
	var first, middle time.Duration
	for b.Loop() {
		first, middle = median(b, page(order.Cursor{})), median(b, page(order.Cursor{Placed: benchAt.Add(time.Duration(half) * time.Second), ID: order.ID(fmt.Sprint("o", half))}))
	}
	b.ReportMetric(float64(middle.Microseconds()), "µs/call")
	b.ReportMetric(float64(middle)/float64(first), "x-first")
}

// BenchmarkS12_PostgresExport exports all records of customers who have 1,000 each (S12).
func BenchmarkS12_PostgresExport(b *testing.B) {
	p := manyOrders(b, records()/1000, 1000)
	n := 0
	for b.Loop() {
		for _, err := range p.Export(ctx, "") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
