package sqlstore_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

var faults = flag.Int("faults", 9, "of how many writes to a file, and reads, one fails")

// What a store said of a change.
const (
	saidWritten = "written"
	saidNot     = "not"
	saidDoubt   = "doubt"
)

// shop is what a run of changes heard of each customer, of whom there are either all records, or none.
type shop struct {
	t    *testing.T
	s    *sqlstore.SQLite
	said map[order.CustomerID]string
	read map[order.CustomerID]int64 // what was read after it had failed
	bad  int                        // how many failed
}

// marked is a change of n entries more than counts has.
func marked(customer order.CustomerID, n int) ledger.Change {
	c := counts(customer, 0)
	for i := range n {
		c.Put.Entries = append(c.Put.Entries, ledger.Entry{ID: fmt.Sprint("e", i), Customer: customer, At: sqliteAt, By: "by", Step: "step",
			Why: strings.Repeat("why ", 300), Moves: []ledger.EntryLine{{Kind: ledger.KindTally, ID: "one"}}})
	}
	return c
}

// there is how often a change of a customer was written; -1: half of it.
func there(s ledger.Store, customer order.CustomerID) (int64, error) {
	got, err := s.Load(ctx, ledger.AskAll(customer))
	n, want := len(got.Views()), 2
	if strings.HasPrefix(string(customer), "large") {
		want = 22
	}
	switch {
	case err != nil || n == 0:
		return 0, err
	case n == want:
		return 1, nil
	}
	return -1, nil
}

// hears notes what became of a change, and reads.
func (h *shop) hears(customer order.CustomerID, err error) {
	switch {
	case err == nil:
		h.said[customer] = saidWritten
	case errors.Is(err, ledger.ErrConflict):
		h.t.Errorf("%s: nobody else wrote: %v", customer, err)
	case errors.Is(err, ledger.ErrInDoubt):
		h.said[customer] = saidDoubt
	default:
		h.said[customer] = saidNot
	}
	if err != nil {
		h.bad++
	}
	if n, err := there(h.s, customer); err == nil {
		h.read[customer] = n
	}
}

func (h *shop) commits(c ledger.Change) { h.hears(c.Customer, h.s.Commit(ctx, c)) }

// together commits changes that wait for each other.
func (h *shop) together(all ...ledger.Change) {
	tx, err := h.s.Begin(ctx)
	if err != nil {
		return
	}
	errs := make([]chan error, len(all))
	for i, c := range all {
		errs[i] = make(chan error, 1)
		go func() { errs[i] <- h.s.Commit(ctx, c) }()
	}
	wait(h.t, "all wait", func() bool { return h.s.Queued() == len(all) })
	tx.Rollback()
	for i, c := range all {
		h.hears(c.Customer, <-errs[i])
	}
}

// looks compares what a file has with what was said.
func (h *shop) looks(what, path string, main, wal []byte) {
	if err := errors.Join(os.WriteFile(path, main, 0o600), os.WriteFile(path+"-wal", wal, 0o600)); err != nil {
		h.t.Fatal(err)
	}
	s, err := sqlstore.OpenSQLite(ctx, path)
	if err != nil {
		h.t.Errorf("%s: it does not open: %v", what, err)
		return
	}
	defer func() { s.Close(); os.Remove(path); os.Remove(path + "-wal") }()
	for customer, said := range h.said {
		n, err := there(s, customer)
		read, ok := h.read[customer]
		switch {
		case err != nil:
			h.t.Errorf("%s: %s: %v", what, customer, err)
		case n < 0:
			h.t.Errorf("%s: %s is there by half", what, customer)
		case said == saidWritten && n != 1:
			h.t.Errorf("%s: %s was acknowledged, and is not there", what, customer)
		case said == saidNot && n != 0:
			h.t.Errorf("%s: %s certainly was not written, and is there", what, customer)
		case ok && read != n:
			h.t.Errorf("%s: %s was read %d times, and is there %d times", what, customer, read, n)
		}
	}
}

// P16: whatever one write, sync, truncation or read fails at each point of commits, an archive and a deletion, or all from
// there on: what is acknowledged is there, also after the power is lost, what is refused is not, and what is in doubt is
// whole or not there, as it was read. The store works again once the disk does.
func TestP16_SQLiteFaults(t *testing.T) {
	if raced {
		t.Skip("one goroutine does nearly all of it, slowly")
	}
	if rc := register(); rc != 0 {
		t.Fatal("the disk is not registered: ", rc)
	}
	dir := inMemory(t)
	path := filepath.Join(dir, "shop.db")
	before := []order.CustomerID{"old0", "old1", "old2", "large old", "gone"}
	s := reopenSQLite(t, path)
	for _, customer := range before {
		n := 0
		if customer == "large old" {
			n = 20
		}
		if err := s.Commit(ctx, marked(customer, n)); err != nil {
			t.Fatal(err)
		}
	}
	main, err1 := os.ReadFile(path)
	wal, err2 := os.ReadFile(path + "-wal")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	step := *faults
	if testing.Short() {
		step *= 4
	}
	seed := uint64(time.Now().UnixNano())
	runs, failed := 0, 0
	// does has one call fail, and reports whether there is one.
	does := func(f fault) bool {
		h := faultyRun(t, dir, before, main, wal, f, rand.New(rand.NewPCG(seed, uint64(f.after))))
		if t.Failed() {
			t.Fatalf("a failed %s, %+v, seed %d; it said %v", disk.failed(), f, seed, h.said)
		}
		runs++
		failed += h.bad
		return disk.failed() != ""
	}
	for _, lasts := range []bool{false, true} {
		for _, call := range []string{"write", "read", "truncate"} {
			step := step
			if call == "truncate" { // there are few
				step = 1
			}
			for n := int(seed % uint64(step)); does(fault{call, n, lasts, lostAny}); n += step {
			}
		}
		for n, more := 0, true; more; n++ {
			for lost := range losses {
				if !testing.Short() || lost == n%losses {
					more = does(fault{"sync", n, lasts, lost})
				}
			}
		}
	}
	t.Logf("%d runs, in each of which a call failed, or all from there on: %v; %d changes were refused or in doubt", runs, disk.points, failed)
	if runs < 50 || failed < 50 || len(disk.points) < 5 {
		t.Error("too few")
	}
}

// faultyRun is one run of changes, after which the disk is well again.
func faultyRun(t *testing.T, dir string, before []order.CustomerID, main, wal []byte, f fault, random *rand.Rand) *shop {
	path, other := filepath.Join(dir, fmt.Sprint(f, ".db")), filepath.Join(dir, "after.db")
	if err := errors.Join(os.WriteFile(path, main, 0o600), os.WriteFile(path+"-wal", wal, 0o600)); err != nil {
		t.Fatal(err)
	}
	defer func() { os.Remove(path); os.Remove(path + "-wal"); os.Remove(path + "-shm") }()
	h := &shop{t: t, said: make(map[order.CustomerID]string), read: make(map[order.CustomerID]int64)}
	for _, customer := range before {
		h.said[customer] = saidWritten
	}
	disk.begin(path, main, wal, f, random)
	open := func() (err error) {
		h.s, err = sqlstore.OpenSQLite(ctx, path+"?vfs=duebook-disk&_pragma=wal_autocheckpoint(12)&_pragma=cache_size(10)&_pragma=cache_spill(5)")
		return err
	}
	err := open()
	looks := func(what string) {
		for _, power := range []bool{false, true} {
			main, wal := disk.leaves(path, power)
			h.looks(fmt.Sprintf("%s, power lost: %t", what, power), other, main, wal)
		}
	}
	if err == nil {
		failed := false
		does := func(what string, call func()) {
			if call(); !failed && disk.failed() != "" {
				failed = true
				looks("after " + what)
			}
		}
		does("one", func() { h.commits(counts("one", 0)) })
		does("large", func() { h.commits(marked("large", 20)) })
		does("three", func() { h.together(counts("three0", 0), marked("large three", 20), counts("three1", 0)) })
		does("archive", func() {
			if _, err := h.s.Archive(ctx, sqliteAt.Add(time.Second), 20); err != nil {
				h.bad++
			}
		})
		does("delete", func() {
			switch err := h.s.Delete(ctx, "gone"); {
			case err == nil:
				h.said["gone"] = saidNot
			case errors.Is(err, ledger.ErrInDoubt):
				h.said["gone"] = saidDoubt
			}
			if n, err := there(h.s, "gone"); err == nil {
				h.read["gone"] = n
			}
		})
		does("two", func() { h.together(counts("two0", 0), counts("two1", 0)) })
	}
	disk.heals()
	hit := disk.failed()
	if err != nil {
		if hit == "" {
			t.Error(err)
		} else if err := open(); err != nil {
			t.Errorf("it does not open after a failed %s: %v", hit, err)
		}
		if t.Failed() {
			return h
		}
	}
	for _, customer := range []order.CustomerID{"well0", "well1"} {
		if h.commits(counts(customer, 0)); h.said[customer] != saidWritten {
			t.Errorf("after a failed %s it does not work again: %s: %s", hit, customer, h.said[customer])
		}
	}
	looks("at the end, after a failed " + hit)
	if err := h.s.Close(); err != nil {
		t.Error(err)
	}
	looks("closed, after a failed " + hit)
	return h
}
