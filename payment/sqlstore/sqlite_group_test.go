package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

func openSQLite(t testing.TB) *sqlstore.SQLite {
	t.Helper()
	return reopenSQLite(t, filepath.Join(inMemory(t), "shop.db"))
}

func reopenSQLite(t testing.TB, path string) *sqlstore.SQLite {
	t.Helper()
	s, err := sqlstore.OpenSQLite(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// counts is a change of two records of a customer, from what n writes left.
func counts(customer order.CustomerID, n int64) ledger.Change {
	two := ledger.Records{Tallies: []coupon.Tally{{Customer: customer, Name: "one", N: int(n), Version: n}, {Customer: customer, Name: "other", N: int(n), Version: n}}}
	return ledger.Change{Customer: customer, Put: two}
}

// counted is how often both were written; -1: not as often.
func counted(t testing.TB, s ledger.Store, customer order.CustomerID) int64 {
	t.Helper()
	got, err := s.Load(ctx, ledger.Ask{Customer: customer, All: []ledger.Kind{ledger.KindTally}})
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(got.Tallies) == 0:
		return 0
	case len(got.Tallies) == 2 && got.Tallies[0].Version == got.Tallies[1].Version:
		return got.Tallies[0].Version
	}
	return -1
}

// P16: commits that wait for the writer are written by one transaction. One that conflicts, one whose
// rows beside are refused and one that was given up have nothing written, and the others all.
func TestP16_SQLiteGroup(t *testing.T) {
	s := openSQLite(t)
	write, _ := s.Pools()
	if _, err := write.Exec("create table jobs (customer text not null)"); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	var transactions []*sql.Tx
	s.Beside = func(ctx context.Context, tx *sql.Tx, c ledger.Change) error {
		transactions = append(transactions, tx)
		_, err := tx.ExecContext(ctx, "insert into jobs values (?)", c.Customer)
		if c.Customer == "refused" {
			err = errors.Join(err, refused)
		}
		return err
	}
	if err := s.Commit(ctx, counts("stale", 0)); err != nil {
		t.Fatal(err)
	}
	transactions = nil

	tx, err := s.Begin(ctx) // so that all others wait
	if err != nil {
		t.Fatal(err)
	}
	const callers = 16
	given, giveUp := context.WithCancel(ctx)
	errs := make(map[order.CustomerID]error)
	var mu sync.Mutex
	var wg sync.WaitGroup
	commit := func(ctx context.Context, customer order.CustomerID) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := s.Commit(ctx, counts(customer, 0))
			mu.Lock()
			defer mu.Unlock()
			errs[customer] = err
		}()
	}
	for i := range callers {
		commit(ctx, order.CustomerID(fmt.Sprint("caller ", i)))
	}
	commit(ctx, "stale")
	commit(ctx, "refused")
	commit(given, "given up")
	wait(t, "all wait", func() bool { return s.Queued() == callers+3 })
	giveUp()
	wait(t, "one gives up", func() bool { return s.Queued() == callers+2 })
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for customer, err := range errs {
		want, n := error(nil), int64(1)
		switch customer {
		case "stale":
			want = ledger.ErrConflict
		case "refused":
			want, n = refused, 0
		case "given up":
			want, n = context.Canceled, 0
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, and %v is wanted", customer, err, want)
		}
		if got := counted(t, s, customer); got != n {
			t.Errorf("%s is written %d times, and not %d", customer, got, n)
		}
	}
	if len(transactions) != callers+1 {
		t.Errorf("beside was called %d times, and not %d", len(transactions), callers+1)
	}
	for _, tx := range transactions {
		if tx != transactions[0] {
			t.Error("they are written by several transactions")
			break
		}
	}
	var jobs int
	if err := write.QueryRow("select count(*) from jobs").Scan(&jobs); err != nil || jobs != callers+1 {
		t.Errorf("there are %d rows beside, and not %d: %v", jobs, callers+1, err)
	}
}

func wait(t testing.TB, what string, until func() bool) {
	t.Helper()
	for range 2000 {
		if until() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("never: ", what)
}

// P16: a constraint of the host's that is looked at as late as the end of the transaction has the
// change alone refused that breaks it.
func TestP16_SQLiteDeferred(t *testing.T) {
	s := openSQLite(t)
	write, _ := s.Pools()
	if _, err := write.Exec("create table projects (id text primary key); create table uses (project text references projects deferrable initially deferred)"); err != nil {
		t.Fatal(err)
	}
	s.Beside = func(ctx context.Context, tx *sql.Tx, c ledger.Change) error {
		if c.Customer != "bad" {
			return nil
		}
		_, err := tx.ExecContext(ctx, "insert into uses values ('none')")
		return err
	}
	tx, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i, customer := range []order.CustomerID{"good", "bad", "too"} {
		wg.Add(1)
		go func() { defer wg.Done(); errs[i] = s.Commit(ctx, counts(customer, 0)) }()
	}
	wait(t, "all wait", func() bool { return s.Queued() == 3 })
	tx.Rollback()
	wg.Wait()
	if errs[0] != nil || errs[1] == nil || errors.Is(errs[1], ledger.ErrInDoubt) || errs[2] != nil {
		t.Errorf("%v", errs)
	}
	if a, b, c := counted(t, s, "good"), counted(t, s, "bad"), counted(t, s, "too"); a != 1 || b != 0 || c != 1 {
		t.Errorf("written %d, %d and %d times", a, b, c)
	}
}

// P16: a panic of the host's is that of who committed, and nobody else waits or loses by it. Whoever ends
// the transaction beside is in doubt.
func TestP16_SQLiteBesideMisbehaves(t *testing.T) {
	s := openSQLite(t)
	s.Beside = func(_ context.Context, tx *sql.Tx, c ledger.Change) error {
		switch c.Customer {
		case "panics":
			panic("beside")
		case "ends":
			return tx.Commit()
		}
		return nil
	}
	tx, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Add(2)
	var saw any
	go func() {
		defer wg.Done()
		defer func() { saw = recover() }()
		s.Commit(ctx, counts("panics", 0))
	}()
	go func() {
		defer wg.Done()
		if err := s.Commit(ctx, counts("good", 0)); err != nil {
			t.Error(err)
		}
	}()
	wait(t, "both wait", func() bool { return s.Queued() == 2 })
	tx.Rollback()
	wg.Wait()
	if saw != "beside" || counted(t, s, "panics") != 0 || counted(t, s, "good") != 1 {
		t.Errorf("it panics with %v", saw)
	}
	if err := s.Commit(ctx, counts("ends", 0)); !errors.Is(err, ledger.ErrInDoubt) {
		t.Errorf("the transaction is ended beside: %v", err)
	}
	if err := s.Commit(ctx, counts("good", 1)); err != nil {
		t.Error(err)
	}
}

// P16: of many goroutines that count, each count is one that succeeded, and nobody reads half of one.
func TestP16_SQLiteRace(t *testing.T) {
	s := openSQLite(t)
	const customers, writers, each = 4, 16, 30
	var wg sync.WaitGroup
	var done [customers]int64
	var mu sync.Mutex
	for i := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range each {
				k := (i + j) % customers
				customer := order.CustomerID(fmt.Sprint(k))
				n := counted(t, s, customer)
				if n < 0 {
					t.Error("half of a change is read")
					return
				}
				switch err := s.Commit(ctx, counts(customer, n)); {
				case err == nil:
					mu.Lock()
					done[k]++
					mu.Unlock()
				case !errors.Is(err, ledger.ErrConflict):
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	for k, want := range done {
		if n := counted(t, s, order.CustomerID(fmt.Sprint(k))); n != want || n == 0 {
			t.Errorf("%d commits succeeded, and there are %d", want, n)
		}
	}
}

// P16: records that join a transaction of the host are written with it, or not at all; a conflict
// leaves it as it was; what calls a gateway does not join.
func TestP16_SQLiteInTx(t *testing.T) {
	s := openSQLite(t)
	write, _ := s.Pools()
	if _, err := write.Exec("create table jobs (id text)"); err != nil {
		t.Fatal(err)
	}
	join := func(end func(*sql.Tx) error) {
		t.Helper()
		tx, err := s.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		in := s.InTx(tx)
		if _, err := tx.Exec("insert into jobs values ('job')"); err != nil {
			t.Fatal(err)
		}
		if err := in.Commit(ctx, counts("ann", 0)); err != nil {
			t.Fatal(err)
		}
		if err := in.Commit(ctx, counts("ann", 0)); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("the same once more: %v", err)
		}
		var fault *sqlstore.StepError
		hold := ledger.Change{Customer: "ann", Step: "hold", Put: ledger.Records{Payments: []payment.Payment{{ID: "p", Customer: "ann", State: payment.PaymentPending}}}}
		if err := in.Commit(ctx, hold); !errors.As(err, &fault) || fault.Step != "hold" {
			t.Errorf("a hold: %v", err)
		}
		if in, out := counted(t, in, "ann"), counted(t, s, "ann"); in != 1 || out != 0 {
			t.Errorf("before the end, there are %d within and %d outside", in, out)
		}
		if err := end(tx); err != nil {
			t.Fatal(err)
		}
		if err := in.Commit(ctx, counts("ann", 1)); !errors.Is(err, sql.ErrTxDone) || errors.Is(err, ledger.ErrInDoubt) {
			t.Errorf("after its end: %v", err)
		}
	}
	jobs := func() (n int64) {
		if err := write.QueryRow("select count(*) from jobs").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	join((*sql.Tx).Rollback)
	if n := counted(t, s, "ann"); n != 0 || jobs() != 0 {
		t.Errorf("rolled back, there are %d, and %d jobs", n, jobs())
	}
	join((*sql.Tx).Commit)
	if n := counted(t, s, "ann"); n != 1 || jobs() != 1 {
		t.Errorf("committed, there are %d, and %d jobs", n, jobs())
	}
}

// P16: after a commit that is in doubt, what is read was written over.
func TestP16_SQLiteDoubt(t *testing.T) {
	s := openSQLite(t)
	for _, read := range []func() error{
		func() error { _, err := s.Load(ctx, ledger.AskAll("ann")); return err },
		func() error { _, err := s.Waiting(ctx, ledger.Due{At: time.Unix(0, 0), Limit: 1}); return err },
		func() error { _, err := s.Find(ctx, order.Query{Customer: "ann"}); return err },
		func() error { _, err := s.List(ctx, ledger.ListQuery{Kind: ledger.KindOrder}); return err },
	} {
		s.Doubtful()
		tx, err := s.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- read() }()
		select {
		case err := <-done:
			t.Fatal("it is read first: ", err)
		case <-time.After(20 * time.Millisecond):
		}
		tx.Rollback()
		if err := <-done; err != nil || s.IsDoubtful() {
			t.Errorf("still in doubt: %v", err)
		}
	}
}

// P16: a change whose caller gives it up while others have their turn is not written.
func TestP16_SQLiteGivenUp(t *testing.T) {
	s := openSQLite(t)
	given, giveUp := context.WithCancel(ctx)
	s.Beside = func(context.Context, *sql.Tx, ledger.Change) error { giveUp(); return nil }
	tx, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, of := range []context.Context{ctx, given} {
		wg.Add(1)
		go func() { defer wg.Done(); errs[i] = s.Commit(of, counts(order.CustomerID(fmt.Sprint(i)), 0)) }()
		wait(t, "it waits", func() bool { return s.Queued() == i+1 })
	}
	tx.Rollback()
	wg.Wait()
	if errs[0] != nil || !errors.Is(errs[1], context.Canceled) || counted(t, s, "0") != 1 || counted(t, s, "1") != 0 {
		t.Errorf("%v", errs)
	}
}
