package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenttest"
	"github.com/duebook/duebook/payment/sqlstore"
)

var sqliteAt = paymenttest.LargeAt

// purchase is a payment of a purchase of n orders by a coupon, and all that its hold puts.
func purchase(t testing.TB, customer order.CustomerID, n int) (r ledger.Records) {
	t.Helper()
	req, f := paymenttest.Large(t, customer, n)
	req.Coupons, f.Coupons = req.Coupons[:1], f.Coupons[:1]
	for i := range f.Orders {
		o := &f.Orders[i]
		o.Purchase, o.Members, o.DueAt = "purchase", n, sqliteAt.Add(time.Hour)
	}
	at := sqliteAt.Add(time.Minute)
	r.Orders, r.Coupons, r.Payments = f.Orders, f.Coupons, []payment.Payment{paymenttest.Held(t, req, f, at)}
	r.Entries = []ledger.Entry{{ID: "entry", Customer: customer, At: at, By: "by", Step: "hold", Moves: []ledger.EntryLine{{Kind: ledger.KindOrder, ID: "order-00", To: "paying"}}}}
	return r
}

// rewritten is a purchase of a customer that is committed again and again.
type rewritten struct {
	r ledger.Records
	n int64 // how often it was
}

func (x *rewritten) change() ledger.Change {
	for i := range x.r.Orders {
		x.r.Orders[i].Version = x.n
		x.r.Orders[i].DueAt = x.r.Orders[i].DueAt.Add(time.Second)
	}
	x.r.Coupons[0].Version, x.r.Payments[0].Version = x.n, x.n
	x.r.Payments[0].DueAt = x.r.Payments[0].DueAt.Add(time.Second)
	x.r.Entries[0].ID = fmt.Sprint("entry ", x.n)
	c := ledger.Change{Customer: x.r.Orders[0].Customer, Put: x.r}
	if x.n > 0 {
		c.ExpectAll = []ledger.Of{{Kind: ledger.KindOrder, Group: "purchase", N: int64(len(x.r.Orders)), Versions: x.n * int64(len(x.r.Orders))}}
	}
	x.n++
	return c
}

// handSQLite is what a host would write by hand for this: a row for each record with its state, when it
// waits and a document, prepared, in one transaction, each compared as it is written.
type handSQLite struct {
	db             *sql.DB
	insert, update *sql.Stmt
	at             map[order.CustomerID]*rewritten
}

func newHandSQLite(b testing.TB, path string) *handSQLite {
	b.Helper()
	db, err := sql.Open("sqlite", path+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=wal_autocheckpoint(16000)&_pragma=busy_timeout(10000)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`create table docs (customer text not null, kind text not null, id text not null, version integer not null, state text not null, waits integer, body text not null, unique (customer, kind, id));
		create index docs_waits on docs (waits) where waits is not null`); err != nil {
		b.Fatal(err)
	}
	h := &handSQLite{db: db, at: make(map[order.CustomerID]*rewritten)}
	for to, text := range map[**sql.Stmt]string{
		&h.insert: `insert into docs values (?, ?, ?, 1, ?, ?, ?)`,
		&h.update: `update docs set version = version + 1, state = ?, waits = ?, body = ? where customer = ? and kind = ? and id = ? and version = ?`,
	} {
		if *to, err = db.Prepare(text); err != nil {
			b.Fatal(err)
		}
	}
	return h
}

func (h *handSQLite) commit(c ledger.Change) error {
	rows, err := c.Put.Encode()
	if err != nil {
		return err
	}
	tx, err := h.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, update := tx.Stmt(h.insert), tx.Stmt(h.update)
	for _, r := range rows {
		var waits any
		if !r.DueAt.IsZero() {
			waits = r.DueAt.Unix()
		}
		if r.Version == 0 {
			if _, err := insert.Exec(string(c.Customer), string(r.Kind), r.ID, r.State, waits, string(r.Body)); err != nil {
				return err
			}
			continue
		}
		done, err := update.Exec(r.State, waits, string(r.Body), string(c.Customer), string(r.Kind), r.ID, r.Version)
		if err != nil {
			return err
		}
		if n, _ := done.RowsAffected(); n != 1 {
			return fmt.Errorf("%s is not at %d", r.ID, r.Version)
		}
	}
	return tx.Commit()
}

func openBench(b testing.TB) (*sqlstore.SQLite, string) {
	b.Helper()
	dir, err := os.MkdirTemp("", "duebook-bench-") // on a disk
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	s, err := sqlstore.OpenSQLite(ctx, filepath.Join(dir, "shop.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s, dir
}

// rounds commits each of some customers' purchases by a goroutine of its own, and returns how long each took.
func rounds(b testing.TB, commit func(ledger.Change) error, of []*rewritten, each int) []time.Duration {
	var wg sync.WaitGroup
	took := make([][]time.Duration, len(of))
	for i, x := range of {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range each {
				start := time.Now()
				if err := commit(x.change()); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		}()
	}
	wg.Wait()
	return slices.Concat(took...)
}

// BenchmarkP16_SQLiteCommit commits a payment of 30 orders, which are there, by 1 and by 16 callers (S9). x-floor
// is how much longer it takes than prepared rows by hand, with the same documents; at16-x how many more commits
// a second there are with 16 callers; p99-p50 how much longer the slowest hundredth takes.
func BenchmarkP16_SQLiteCommit(b *testing.B) {
	s, dir := openBench(b)
	h := newHandSQLite(b, filepath.Join(dir, "hand.db"))
	lib := func(c ledger.Change) error { return s.Commit(context.Background(), c) }
	make16 := func(name string, commit func(ledger.Change) error) (all []*rewritten) {
		for i := range 16 {
			x := &rewritten{r: purchase(b, order.CustomerID(fmt.Sprint(name, i)), 30)}
			if err := commit(x.change()); err != nil {
				b.Fatal(err)
			}
			all = append(all, x)
		}
		return all
	}
	libs, hands := make16("lib", lib), make16("hand", h.commit)
	next := func(of []*rewritten, commit func(ledger.Change) error) func() {
		i := 0
		return func() {
			i++
			if err := commit(of[i%16].change()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("1", func(b *testing.B) { ordertest.Bench(b, next(libs, lib), next(hands, h.commit)) })
	b.Run("16", func(b *testing.B) {
		b.ReportAllocs()
		const each = 20
		for b.Loop() {
			rounds(b, lib, libs, 1)
		}
		var one, many, hand []time.Duration
		for range 9 {
			one = append(one, func() time.Duration {
				start := time.Now()
				for range 16 * each / 4 {
					next(libs, lib)()
				}
				return time.Since(start) * 4
			}())
			start := time.Now()
			took := rounds(b, lib, libs, each)
			many = append(many, time.Since(start))
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100])/float64(took[len(took)/2]), "p99-p50")
			start = time.Now()
			rounds(b, h.commit, hands, each)
			hand = append(hand, time.Since(start))
		}
		median := func(d []time.Duration) float64 { slices.Sort(d); return float64(d[len(d)/2]) }
		b.ReportMetric(median(one)/median(many), "at16-x")
		b.ReportMetric(median(many)/median(hand), "x-floor")
		b.ReportMetric(16*each/median(many)*1e9, "commits/s")
	})
}

// sizes are a tenth of the records, and all ([records]).
func sizes() [2]int { return [2]int{records() / 10, records()} }

// filled is a store with n orders of customers who have each orders of them, of four states; of due of them the
// first waits until sqliteAt, and the others a year longer.
func filled(b testing.TB, n, each, due int) *sqlstore.SQLite {
	b.Helper()
	s, _ := openBench(b)
	r := purchase(b, "CUSTOMER", 1)
	rows, err := ledger.Records{Orders: r.Orders}.Encode()
	if err != nil {
		b.Fatal(err)
	}
	write, _ := s.Pools()
	for _, text := range []string{
		`with recursive n (i) as (select 0 union all select i + 1 from n where i < ?2 - 1)
		insert into duebook_records select printf('c%07d', i / ?3), 'order', printf('o%07d', i), 1, '', case i % 4 when 0 then 'unpaid' when 1 then 'paid' when 2 then 'paying' else 'canceled' end, ?4 + i,
			?4 + case when i % ?3 = 0 and i / ?3 < ?5 then 0 else 31536000 + i end, ?4 + i, 1, 0, 'yearly/monthly',
			replace(replace(replace(?1, '"CUSTOMER"', printf('"c%07d"', i / ?3)), '"order-00"', printf('"o%07d"', i)), '"placed":"2018-11-26T15:12:32Z"', printf('"placed":"%s"', strftime('%Y-%m-%dT%H:%M:%SZ', ?4 + i, 'unixepoch')))
		from n`,
		`insert into duebook_customers select customer, min(waits), null, null from duebook_records where ?1 <> '' and ?2 + ?3 + ?4 + ?5 <> 0 group by customer`,
	} {
		if _, err := write.Exec(text, string(rows[0].Body), n, each, sqliteAt.Unix(), due); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := write.Exec("analyze"); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkP16_SQLiteWaiting finds 1,000 customers who are due, and none, among all records (S10). x-tenth is
// how much longer it takes than among a tenth; x-floor than a join by hand, of one table with one index.
func BenchmarkP16_SQLiteWaiting(b *testing.B) {
	n := sizes()
	few, many := filled(b, n[0], 5, 1000), filled(b, n[1], 5, 1000)
	write, _ := many.Pools()
	if _, err := write.Exec("create index waits_by_hand on duebook_records (waits) where waits is not null"); err != nil {
		b.Fatal(err)
	}
	_, read := many.Pools()
	for _, x := range []struct {
		name string
		at   time.Time
		want int
	}{{"1000", sqliteAt, 1000}, {"none", sqliteAt.Add(-time.Second), 0}} {
		ask := func(s *sqlstore.SQLite) func() {
			return func() {
				if asks, err := s.Waiting(ctx, ledger.Due{At: x.at, Limit: 1000}); err != nil || len(asks) != x.want {
					b.Fatal(len(asks), err)
				}
			}
		}
		b.Run(x.name, func(b *testing.B) {
			ordertest.Bench(b, ask(many), func() {
				rows, err := read.Query("select customer, kind, id, version from duebook_records where waits <= ? order by waits, customer limit 1000", x.at.Unix())
				if err != nil {
					b.Fatal(err)
				}
				defer rows.Close()
				for rows.Next() {
					var customer, kind, id string
					var version int64
					if err := rows.Scan(&customer, &kind, &id, &version); err != nil {
						b.Fatal(err)
					}
				}
			})
			all, tenth := ordertest.Against(b, ask(many), ask(few))
			b.ReportMetric(all/tenth, "x-tenth")
		})
	}
}

// BenchmarkP16_SQLitePage reads a page in the middle of the orders of a customer who has all (S11); x-floor is how much
// longer it takes than the first page.
func BenchmarkP16_SQLitePage(b *testing.B) {
	n := sizes()[1]
	s := filled(b, n, n, 1)
	page := func(q order.Query) func() {
		q.Customer = "c0000000"
		return func() {
			if page, err := s.Find(ctx, q); err != nil || len(page.Orders) != order.DefaultLimit {
				b.Fatal(len(page.Orders), err)
			}
		}
	}
	middle := order.Cursor{Placed: sqliteAt.Add(time.Duration(n/2) * time.Second), ID: order.ID(fmt.Sprintf("o%07d", n/2))}
	ordertest.Bench(b, page(order.Query{After: middle}), page(order.Query{}))
}

// BenchmarkP16_SQLiteExport reads all orders, by Export and page by page by List (S12); x-floor is how much
// longer it takes than one scan of the same rows by hand.
func BenchmarkP16_SQLiteExport(b *testing.B) {
	n := sizes()[1]
	s := filled(b, n, 5, 1000)
	_, read := s.Pools()
	floor := func() {
		rows, err := read.Query("select customer, kind, id, version, grp, state, at, waits, body from duebook_records where kind = 'order'")
		if err != nil {
			b.Fatal(err)
		}
		defer rows.Close()
		seen := 0
		for ; rows.Next(); seen++ {
			var r ledger.Record
			var at, waits sql.NullInt64
			if err := rows.Scan(&r.Customer, &r.Kind, &r.ID, &r.Version, &r.Group, &r.State, &at, &waits, (*[]byte)(&r.Body)); err != nil {
				b.Fatal(err)
			}
		}
		if seen != n {
			b.Fatal(seen)
		}
	}
	for name, lib := range map[string]func(){
		"all": func() {
			seen := 0
			for _, err := range s.Export(ctx, "") {
				if seen++; err != nil {
					b.Fatal(err)
				}
			}
			if seen != n {
				b.Fatal(seen)
			}
		},
		"pages": func() {
			q, seen := ledger.ListQuery{Kind: ledger.KindOrder, Limit: order.MaxLimit}, 0
			for {
				page, err := s.List(ctx, q)
				if err != nil {
					b.Fatal(err)
				}
				seen += len(page.Records)
				if q.After = page.Next; q.After.IsZero() {
					break
				}
			}
			if seen != n {
				b.Fatal(seen)
			}
		},
	} {
		b.Run(name, func(b *testing.B) { ordertest.Bench(b, lib, floor) })
	}
}

// BenchmarkP16_SQLiteGroup commits changes of two records by 16 callers (S9); x-floor is how much longer one takes
// than one of a single caller: commits that wait for each other share a transaction.
func BenchmarkP16_SQLiteGroup(b *testing.B) {
	s, _ := openBench(b)
	n := make([]int64, 17)
	commit := func(i int) {
		if err := s.Commit(ctx, counts(order.CustomerID(fmt.Sprint(i)), n[i])); err != nil {
			b.Error(err)
		}
		n[i]++
	}
	ordertest.Bench(b, func() {
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 8 {
					commit(i)
				}
			}()
		}
		wg.Wait()
	}, func() {
		for range 128 {
			commit(16)
		}
	})
}
