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

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

var sqliteAt = time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC)

// purchase is a payment of n orders of 3 lines each, with a ratio discount, by a coupon, and all that its
// hold puts.
func purchase(t testing.TB, customer order.CustomerID, n int) (r ledger.Records) {
	t.Helper()
	spring := discount.Discount{ID: "spring", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	req := payment.Request{Key: "key-1", Customer: customer, By: "customer-1", Method: payment.MethodOnline, Gateway: "cards"}
	for i := range n {
		d := order.Draft{ID: order.ID(fmt.Sprintf("order-%02d", i)), Customer: customer, Type: order.TypePurchase}
		for j, service := range []string{"ECS", "EVS", "VPC"} {
			d.Lines = append(d.Lines, order.Line{Product: service + ".large", Service: service, Region: "north", Count: 1,
				Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(int64(10_000+1_237*i+311*j), order.USD)})
		}
		o, err := order.Place(d, sqliteAt, order.Policy{})
		if err == nil {
			o, err = discount.Apply(o, spring, sqliteAt, discount.Policy{})
		}
		if err != nil {
			t.Fatal(err)
		}
		o.Purchase, o.Members, o.DueAt = "purchase", n, sqliteAt.Add(time.Hour)
		req.Orders, r.Orders = append(req.Orders, o.ID), append(r.Orders, o)
	}
	m := order.Minor(20_011, order.USD)
	c := coupon.Coupon{ID: "coupon", Customer: customer, Kind: coupon.KindCash, State: coupon.StateAvailable, Window: order.Window{Until: sqliteAt.Add(72 * time.Hour)}, Face: m, Balance: m}
	req.Coupons = []coupon.ID{c.ID}
	f := payment.Facts{Customer: payment.Customer{ID: customer}, Orders: r.Orders, Coupons: []coupon.Coupon{c}}
	q, err := req.Quote(f, sqliteAt.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	req.Agreed = q.Agreed()
	q.Orders = nil
	r.Coupons = []coupon.Coupon{c}
	r.Payments = []payment.Payment{{ID: req.Payment(), Customer: customer, State: payment.PaymentPending, Request: req, Quote: q, HeldAt: q.At, Gateway: "cards",
		Key: "0123456789abcdef0123456789abcdef", Amount: q.Sum.Cash, FirstSentAt: q.At, LastSentAt: q.At, Changed: q.At, DueAt: q.At.Add(time.Minute)}}
	r.Entries = []ledger.Entry{{ID: "entry", Customer: customer, At: q.At, By: "by", Step: "hold", Moves: []ledger.EntryLine{{Kind: ledger.KindOrder, ID: "order-00", To: "paying"}}}}
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
