package ledgertest_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

func (f *flawed) Find(ctx context.Context, q order.Query) iter.Seq2[order.Order, error] {
	if f.find == nil {
		return f.Store.Find(ctx, q)
	}
	return f.find(f, q)
}

// finding is a store with a Find of its own.
func finding(find func(f *flawed, q order.Query) iter.Seq2[order.Order, error]) func() ledger.Store {
	return func() ledger.Store { return &flawed{find: find} }
}

// all finds every order of a query, on whatever page.
func all(f *flawed, q order.Query) []order.Order {
	q.Limit, q.After = order.MaxLimit, order.Cursor{}
	var found []order.Order
	for o, err := range f.Store.Find(background, q) {
		if err == nil {
			found = append(found, o)
		}
	}
	return found
}

// TestX1_FinderLaw: whatever a store finds wrongly is caught; a store that finds nothing at
// all keeps every law.
func TestX1_FinderLaw(t *testing.T) {
	law := ledgertest.StoreLaws()[slices.IndexFunc(ledgertest.StoreLaws(), func(l ledgertest.StoreLaw) bool { return l.Name == "finds" })]
	for what, open := range map[string]func() ledger.Store{
		"the oldest first": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			found := all(f, q)
			slices.Reverse(found)
			return order.Each(found)
		}),
		"all on one page": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] { return order.Each(all(f, q)) }),
		"the last week alone": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			found := all(f, q)
			if q.From.IsZero() && q.Until.IsZero() && len(found) > 0 {
				q.From = found[0].Placed
			}
			return f.Store.Find(background, q)
		}),
		"pages by number": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			found, after := all(f, q), q.After
			if !after.IsZero() {
				found = found[min(len(found), q.Limit):]
			}
			return order.Each(found[:min(len(found), q.Limit)])
		}),
		"an unsound query": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			if q.Check() != nil {
				return order.Each(nil)
			}
			return f.Store.Find(background, q)
		}),
		"another's": finding(func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			if q.Customer == "bob" {
				q.Customer = "ann"
			}
			return f.Store.Find(background, q)
		}),
	} {
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(open, ledgertest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("a store that finds %s is not caught", what)
		}
	}
	deaf := func() ledger.Store { return struct{ ledger.Store }{memory()} }
	if err := law.Holds(deaf, ledgertest.DrawKept().Example(1)); err != nil {
		t.Errorf("a store that is no Finder: %v", err)
	}
}
