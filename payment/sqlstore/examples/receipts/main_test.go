package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

const (
	inDB     = "RECEIPTS_OF" // in the environment of a host that is to be killed
	receipts = "create table receipts (customer text, payment text, paid %s not null, cash %s not null, currency text not null, primary key (customer, payment))"
)

func TestMain(m *testing.M) {
	if db := os.Getenv(inDB); db != "" {
		if err := run(context.Background(), os.Stdout, db, 1_000_000); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// TestKilled: a host that is killed at any moment leaves a receipt for each payment that succeeded,
// and for no other; what it has told of is among them.
func TestKilled(t *testing.T) {
	for _, x := range []struct {
		name string
		open func(t *testing.T) (db string, rows func() []string)
	}{{"SQLite", inFile}, {"PostgreSQL", onServer}} {
		t.Run(x.name, func(t *testing.T) {
			db, rows := x.open(t)
			var told []string
			for range 3 {
				told = append(told, untilKilled(t, db)...)
			}
			s, err := open(context.Background(), db)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			r, err := s.Load(context.Background(), ledger.AskAll("ann"))
			if err != nil {
				t.Fatal(err)
			}
			var paid []string
			for i := range r.Payments {
				if r.Payments[i].State == payment.PaymentSucceeded {
					paid = append(paid, string(r.Payments[i].ID))
				}
			}
			slices.Sort(paid)
			if diff := cmp.Diff(paid, rows()); diff != "" {
				t.Errorf("receipts (-payments that succeeded +receipts):\n%s", diff)
			}
			for _, id := range told {
				if !slices.Contains(paid, id) {
					t.Errorf("payment %s was told of, and is lost", id)
				}
			}
			t.Logf("%d receipts, of which %d were told of", len(paid), len(told))
			if len(told) == 0 {
				t.Error("nothing was paid before a host was killed")
			}
		})
	}
}

// untilKilled runs a host for a while, kills it, and returns the payments that it has told of.
func untilKilled(t *testing.T, db string) (told []string) {
	t.Helper()
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), inDB+"="+db)
	host.Stderr = os.Stderr
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(out); s.Scan(); {
		id, state, _ := strings.Cut(s.Text(), " ")
		if !strings.HasPrefix(state, "succeeded ") {
			t.Errorf("payment %s %s", id, state)
		}
		if told = append(told, id); len(told) == 1 {
			time.AfterFunc(50*time.Millisecond+rand.N(200*time.Millisecond), func() { _ = host.Process.Kill() })
		}
	}
	_ = host.Wait() // it was killed
	return told
}

func inFile(t *testing.T) (db string, rows func() []string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "shop.db")
	s, err := open(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	own, err := sql.Open("sqlite", db) // the driver of the store
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { own.Close() })
	if _, err := own.Exec(fmt.Sprintf(receipts, "integer", "text")); err != nil {
		t.Fatal(err)
	}
	return db, func() (ids []string) {
		found, err := own.Query("select payment from receipts order by payment")
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close()
		for found.Next() {
			var id string
			if err := found.Scan(&id); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		return ids
	}
}

func onServer(t *testing.T) (db string, rows func() []string) {
	t.Helper()
	pg, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	db = "postgres://postgres@/postgres?port=5432&host=" + pg.Dir()
	own, err := pgx.Connect(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { own.Close(context.Background()) })
	if _, err := own.Exec(context.Background(), fmt.Sprintf(receipts, "timestamptz", "numeric")); err != nil {
		t.Fatal(err)
	}
	return db, func() []string {
		found, err := own.Query(context.Background(), `select payment from receipts order by payment collate "C"`)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(found, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
}
