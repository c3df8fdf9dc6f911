package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

var _, _ ledger.Archiver = (*sqlstore.Postgres)(nil), (*sqlstore.SQLite)(nil)

// shelf is a store that archives and deletes.
type shelf interface {
	ledger.Store
	ledger.Finder
	ledger.Lister
	ledger.Archiver
	Export(ctx context.Context, customer order.CustomerID) iter.Seq2[ledger.Record, error]
	Delete(ctx context.Context, customer order.CustomerID) error
}

// shelves has a test run on an empty store of each kind.
func shelves(t *testing.T, test func(t *testing.T, s shelf)) {
	for name, open := range map[string]func() shelf{
		"Postgres":    func() shelf { return plain.postgres() },
		"Partitioned": func() shelf { return parted.postgres() },
		"SQLite":      func() shelf { return openSQLite(t) },
	} {
		t.Run(name, func(t *testing.T) { test(t, open()) })
	}
}

// P16: the law of archives, on more draws than it gets with the others.
func TestP16_Archives(t *testing.T) {
	if err := ledgertest.VerifyStore(plain.store, 2); err != nil {
		t.Error(err)
	}
	for _, law := range ledgertest.StoreLaws() {
		for seed := 0; seed < 10 && law.Name == "archives"; seed++ {
			for name, open := range map[string]ledgertest.OpenStore{"partitioned": parted.store, "SQLite": files(t)} {
				if err := law.Holds(open, drawn(seed)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

// X1, X3: what is archived is found by what its body has.
func TestX1_FindsWhatIsArchived(t *testing.T) { shelves(t, findsWhatIsArchived) }

func findsWhatIsArchived(t *testing.T, s shelf) {
	q := benchRequest(t, s, "ann", 3)
	r, err := s.Load(ctx, ledger.Ask{Customer: "ann", All: []ledger.Kind{ledger.KindOrder}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Orders {
		o := &r.Orders[i]
		*o, err = o.Apply(order.Move{Event: order.EventCancel, At: benchAt.Add(time.Hour), By: "ann", Reason: order.ReasonCustomer})
		if err != nil {
			t.Fatal(err)
		}
		o.DueAt = time.Time{}
	}
	if err := s.Commit(ctx, ledger.Change{Customer: "ann", Put: r}); err != nil {
		t.Fatal(err)
	}
	n, err := s.Archive(ctx, benchAt.AddDate(1, 0, 0), 100)
	if err != nil || n != 3 {
		t.Fatalf("%d archived: %v", n, err)
	}
	for _, q := range []order.Query{{Type: order.TypePurchase}, {Product: "EVS.large"}, {Service: "VPC", Order: q.Orders[1]}, {State: order.StateCanceled}} {
		q.Customer = "ann"
		want := 3
		if q.Order != "" {
			want = 1
		}
		if page, err := s.Find(ctx, q); err != nil || len(page.Orders) != want {
			t.Errorf("%+v finds %d orders: %v", q, len(page.Orders), err)
		}
	}
}

// X4: what is archived is exported and listed as before, those of all states too.
func TestX4_ListsWhatIsArchived(t *testing.T) { shelves(t, listsWhatIsArchived) }

func listsWhatIsArchived(t *testing.T, s shelf) {
	kept := drawn(1)
	for i, id := range []order.CustomerID{"ann", "bob", "shop"} {
		if err := s.Commit(ctx, ledger.Change{Customer: id, Put: kept.Customers[i]}); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (all []ledger.Record) {
		for _, customer := range []order.CustomerID{"", "bob"} {
			for r, err := range s.Export(ctx, customer) {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, r)
			}
		}
		page, err := s.List(ctx, ledger.ListQuery{Kind: ledger.KindEntry, Limit: order.MaxLimit})
		if err != nil || len(page.Records) == 0 {
			t.Fatal(len(page.Records), err)
		}
		return append(all, page.Records...)
	}
	before := read()
	if n, err := s.Archive(ctx, benchAt.AddDate(100, 0, 0), 1000); err != nil || n < 10 {
		t.Fatalf("%d archived: %v", n, err)
	}
	if diff := cmp.Diff(before, read()); diff != "" {
		t.Error(diff)
	}
}

// P16: a customer of whom nothing is left open is deleted whole, and nobody else.
func TestP16_Delete(t *testing.T) { shelves(t, deletes) }

func deletes(t *testing.T, s shelf) {
	benchRequest(t, s, "ann", 2)
	benchRequest(t, s, "bob", 2)
	var open *order.FieldError
	if err := s.Delete(ctx, "ann"); !errors.As(err, &open) || open.Field != "order" {
		t.Errorf("with orders to be paid: %v", err)
	}
	r, err := s.Load(ctx, ledger.AskAll("ann"))
	if err != nil || len(r.Orders) != 2 {
		t.Fatalf("%d orders are left: %v", len(r.Orders), err)
	}
	for i := range r.Orders {
		r.Orders[i].State, r.Orders[i].DueAt = order.StateVoided, time.Time{}
	}
	if err := s.Commit(ctx, ledger.Change{Customer: "ann", Put: r}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Archive(ctx, benchAt.AddDate(1, 0, 0), 1); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := s.Delete(ctx, "ann"); err != nil {
		t.Error(err)
	}
	for who, want := range map[order.CustomerID]int{"ann": 0, "bob": 2} {
		if r, err := s.Load(ctx, ledger.AskAll(who)); err != nil || len(r.Views()) != want {
			t.Errorf("%s has %d records: %v", who, len(r.Views()), err)
		}
	}
	if err := s.Delete(ctx, "nobody"); err != nil {
		t.Error(fmt.Errorf("a customer who is not there: %w", err))
	}
}
