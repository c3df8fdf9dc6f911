package inmem_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 1, 28, 9, 0, 0, 0, time.UTC)
	whose = []order.CustomerID{"ann", "bob", "cy"}
)

// TestP16_Twin: whatever is written, the store answers like one that looks through all it
// has, with so many records that its indexes split.
func TestP16_Twin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, w := new(inmem.Store), &twin{docs: make(map[ledger.Ref]ledger.Record)}
		for i := range rapid.IntRange(1, 3).Draw(t, "bulks") { // many at once, so that indexes split
			w.write(t, s, i, rapid.SampledFrom([]int{1, 3, 300}).Draw(t, "orders"))
		}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			w.write(t, s, rapid.IntRange(0, 9).Draw(t, "bulk"), 1)
			w.compare(t, s)
		}
	})
}

// twin keeps the views of one kind of record, and the orders, of all customers.
type twin struct {
	orders []order.Order
	docs   map[ledger.Ref]ledger.Record // by kind and "customer/ID"
}

func (w *twin) of(id order.CustomerID) (orders []order.Order) {
	for _, o := range w.orders {
		if o.Customer == id {
			orders = append(orders, o)
		}
	}
	return orders
}

// write commits n orders of one customer to both, some of them not for the first time, and
// expects what is there, or something else.
func (w *twin) write(t *rapid.T, s *inmem.Store, bulk, n int) {
	c := ledger.Change{Customer: rapid.SampledFrom(whose).Draw(t, "customer")}
	seconds, due := rapid.IntRange(0, 3).Draw(t, "seconds"), rapid.IntRange(-3, 3).Draw(t, "due")
	group := rapid.SampledFrom([]order.PurchaseID{"", "p1", "p2"}).Draw(t, "group")
	for i := range n {
		o := order.Order{ID: order.ID(fmt.Sprintf("%d-%d", bulk, i*7919%n)), Customer: c.Customer, Type: order.TypePurchase, State: order.StateUnpaid,
			Placed: start.Add(time.Duration(bulk+seconds*i) * time.Second), Purchase: group, Lines: []order.Line{{Product: "vm"}}}
		if due > 0 {
			o.DueAt = start.Add(time.Duration(due*(i+1)) * time.Second)
		}
		o.Lines[0].Resource = rapid.SampledFrom([]order.ResourceID{"", "r1", "r2"}).Draw(t, "resource")
		if k := w.index(c.Customer, o.ID); k >= 0 { // as it was, but for what changes
			was := w.orders[k]
			o.Version, o.Placed, o.Purchase = was.Version, was.Placed, was.Purchase
		}
		c.Put.Orders = append(c.Put.Orders, o)
	}
	c.ExpectAll = []ledger.Of{w.count(c.Customer, ""), w.count(c.Customer, string(group))}
	if wrong := rapid.IntRange(0, 5).Draw(t, "wrong"); wrong < 2 {
		c.ExpectAll[wrong].Versions++
	}
	conflict := !c.Holds(maps.Values(w.docs))
	if err := s.Commit(ctx, c); errors.Is(err, ledger.ErrConflict) != conflict || !conflict && err != nil {
		t.Fatalf("the commit says %v, conflict: %v", err, conflict)
	}
	if conflict {
		return
	}
	for _, o := range c.Put.Written().Orders {
		if k := w.index(c.Customer, o.ID); k >= 0 {
			w.orders[k] = o
		} else {
			w.orders = append(w.orders, o)
		}
	}
	for _, v := range c.Put.Written().Views() {
		w.docs[ledger.Ref{Kind: v.Kind, ID: string(v.Customer) + "/" + v.ID}] = v
	}
}

func (w *twin) index(c order.CustomerID, id order.ID) int {
	return slices.IndexFunc(w.orders, func(o order.Order) bool { return o.Customer == c && o.ID == id })
}

func (w *twin) count(c order.CustomerID, group string) ledger.Of {
	of := ledger.Of{Kind: ledger.KindOrder, Group: group}
	for _, v := range w.docs {
		if v.Customer == c && of.Has(v) {
			of.N, of.Versions = of.N+1, of.Versions+v.Version
		}
	}
	return of
}

// compare asks both the same.
func (w *twin) compare(t *rapid.T, s *inmem.Store) {
	id := rapid.SampledFrom(whose).Draw(t, "asked")
	all := w.of(id)
	named := order.ID("none")
	if len(all) > 0 {
		named = rapid.SampledFrom(all).Draw(t, "order").ID
	}
	q := order.Query{Customer: id, Limit: rapid.SampledFrom([]int{0, 1, 2, 7, 500}).Draw(t, "limit")}
	second := func(label string) time.Time {
		return start.Add(time.Duration(rapid.IntRange(-1, 900_000).Draw(t, label)) * time.Millisecond)
	}
	switch rapid.IntRange(0, 5).Draw(t, "query") {
	case 0:
		q.Order = named
	case 1:
		q.Resource = "r1"
	case 2:
		q.From = second("from")
	case 3:
		q.Until = second("until")
	case 4:
		q.After = order.Cursor{Placed: second("after").Truncate(time.Second), ID: named}
		q.Until = second("until")
	}
	want, err := q.Page(order.Each(all))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Find(ctx, q)
	if diff := cmp.Diff(idsOf(want.Orders), idsOf(got.Orders), cmpopts.EquateEmpty()); err != nil || diff != "" || !cmp.Equal(got.Next, want.Next) {
		t.Fatalf("%+v finds (-want +got):\n%s%v, next %v, want %v", q, diff, err, got.Next, want.Next)
	}

	var together []order.Order
	for _, o := range all {
		if k := w.index(id, named); o.ID == named || o.Purchase != "" && o.Purchase == w.orders[k].Purchase {
			together = append(together, o)
		}
	}
	loaded, err := s.Load(ctx, ledger.Ask{Customer: id, Refs: []ledger.Ref{{Kind: ledger.KindOrder, ID: string(named)}}})
	if diff := cmp.Diff(sortedIDs(together), idsOf(loaded.Orders), cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Fatalf("with %s come (-want +got):\n%s%v", named, diff, err)
	}
	if diff := cmp.Diff(sortedIDs(all), idsOf(s.All(id).Orders), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("all are (-want +got):\n%s", diff)
	}

	at, limit := second("waiting at"), rapid.SampledFrom([]int{1, 2, 500}).Draw(t, "at most")
	asks, err := s.Waiting(ctx, ledger.Due{At: at, Limit: limit})
	if diff := cmp.Diff(w.waiting(at, limit), asks, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Fatalf("at %v wait (-want +got):\n%s%v", at, diff, err)
	}
}

// waiting is Waiting, the long way.
func (w *twin) waiting(at time.Time, limit int) (asks []ledger.Ask) {
	var due []ledger.Record
	for _, v := range w.docs {
		if !v.DueAt.IsZero() && !v.DueAt.After(at) {
			due = append(due, v)
		}
	}
	slices.SortFunc(due, func(a, b ledger.Record) int {
		if c := a.DueAt.Compare(b.DueAt); c != 0 {
			return c
		}
		return strings.Compare(string(a.Customer)+"/"+a.ID, string(b.Customer)+"/"+b.ID)
	})
	for _, v := range due {
		i := slices.IndexFunc(asks, func(a ledger.Ask) bool { return a.Customer == v.Customer })
		if i < 0 {
			i, asks = len(asks), append(asks, ledger.Ask{Customer: v.Customer})
		}
		if len(asks[i].Refs) < limit {
			asks[i].Refs = append(asks[i].Refs, v.Ref)
		}
	}
	return asks[:min(limit, len(asks))]
}

func idsOf(orders []order.Order) (ids []order.ID) {
	for _, o := range orders {
		ids = append(ids, o.ID)
	}
	return ids
}

func sortedIDs(orders []order.Order) []order.ID {
	ids := idsOf(orders)
	slices.Sort(ids)
	return ids
}
