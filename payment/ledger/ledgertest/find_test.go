package ledgertest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

func (f *flawed) Find(ctx context.Context, q order.Query) (order.Page, error) {
	if f.find == nil {
		return f.Store.Find(ctx, q)
	}
	return f.find(f, q)
}

// finding is a store with a Find of its own.
func finding(find func(f *flawed, q order.Query) (order.Page, error)) func() ledger.Store {
	return func() ledger.Store { return &flawed{find: find} }
}

// all finds the first thousand orders of a query, whatever its page.
func all(f *flawed, q order.Query) []order.Order {
	q.Limit, q.After = order.MaxLimit, order.Cursor{}
	p, err := f.Store.Find(background, q)
	if err != nil {
		return nil
	}
	return p.Orders
}

// found is a store that spoils each page.
func found(spoil func(q order.Query, p *order.Page)) func() ledger.Store {
	return finding(func(f *flawed, q order.Query) (order.Page, error) {
		p, err := f.Store.Find(background, q)
		if err == nil {
			spoil(q, &p)
		}
		return p, err
	})
}

// asking is a store that takes a query for another.
func asking(other func(f *flawed, q *order.Query)) func() ledger.Store {
	return finding(func(f *flawed, q order.Query) (order.Page, error) {
		if q.Check() == nil && q.Customer != "" {
			other(f, &q)
		}
		return f.Store.Find(background, q)
	})
}

// TestX1_FinderLaw: whatever a store finds wrongly is caught; a store that finds nothing at
// all keeps every law.
func TestX1_FinderLaw(t *testing.T) {
	var laws []ledgertest.StoreLaw
	for _, l := range ledgertest.StoreLaws() {
		if l.Name == "finds" || l.Name == "finds full pages" {
			laws = append(laws, l)
		}
	}
	holds := func(open func() ledger.Store, seed int) (err error) {
		for _, l := range laws {
			err = errors.Join(err, l.Holds(open, ledgertest.DrawKept().Example(seed)))
		}
		return err
	}
	for what, open := range map[string]func() ledger.Store{
		"the oldest first": found(func(_ order.Query, p *order.Page) { slices.Reverse(p.Orders) }),
		"all on one page": finding(func(f *flawed, q order.Query) (order.Page, error) {
			return order.Page{Orders: all(f, q)}, errors.Join(q.Check(), order.CheckID("customer", q.Customer))
		}),
		"a thousand where no limit is set": asking(func(_ *flawed, q *order.Query) {
			if q.Limit == 0 {
				q.Limit = order.MaxLimit
			}
		}),
		"the last week alone": asking(func(f *flawed, q *order.Query) {
			if there := all(f, *q); q.From.IsZero() && q.Until.IsZero() && len(there) > 0 {
				q.From = there[0].Placed
			}
		}),
		"pages by number": finding(func(f *flawed, q order.Query) (order.Page, error) {
			after := !q.After.IsZero()
			q.After = order.Cursor{}
			p, err := f.Store.Find(background, q)
			if after && err == nil {
				q.After = p.Next
				p, err = f.Store.Find(background, q)
			}
			return p, err
		}),
		"nothing for an unsound query": finding(func(f *flawed, q order.Query) (order.Page, error) {
			if q.Check() != nil {
				return order.Page{}, nil
			}
			return f.Store.Find(background, q)
		}),
		"all customers' where none is named": finding(func(f *flawed, q order.Query) (order.Page, error) {
			if q.Customer == "" {
				q.Customer = "ann"
			}
			return f.Store.Find(background, q)
		}),
		"another's": asking(func(_ *flawed, q *order.Query) {
			if q.Customer == "bob" {
				q.Customer = "ann"
			}
		}),
		"one page and no more":       found(func(_ order.Query, p *order.Page) { p.Next = order.Cursor{} }),
		"an empty page after a full": found(func(_ order.Query, p *order.Page) { p.Next = cursorOfLast(p) }),
		"the next page too late": found(func(_ order.Query, p *order.Page) {
			if !p.Next.IsZero() {
				p.Next.ID = "\x01"
			}
		}),
		"no page after a thousand": found(func(_ order.Query, p *order.Page) {
			if len(p.Orders) == order.MaxLimit {
				p.Next = order.Cursor{}
			}
		}),
		"the same lines for all callers": func() ledger.Store {
			kept := make(map[order.ID][]order.Line)
			return found(func(_ order.Query, p *order.Page) {
				for i := range p.Orders {
					o := &p.Orders[i]
					if kept[o.ID] == nil {
						kept[o.ID] = o.Lines
					}
					o.Lines = kept[o.ID]
				}
			})()
		},
	} {
		caught := false
		for seed := 0; seed < 60 && !caught; seed++ {
			caught = holds(open, seed) != nil
		}
		if !caught {
			t.Errorf("a store that finds %s is not caught", what)
		}
	}
	deaf := func() ledger.Store { return struct{ ledger.Store }{memory()} }
	if err := holds(deaf, 1); err != nil {
		t.Errorf("a store that is no Finder: %v", err)
	}
}

func cursorOfLast(p *order.Page) order.Cursor {
	if len(p.Orders) == 0 {
		return order.Cursor{}
	}
	return order.CursorOf(p.Orders[len(p.Orders)-1])
}
