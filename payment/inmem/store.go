package inmem

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Store keeps records in memory. The zero Store is empty and ready; it is safe for use by
// many goroutines.
type Store struct {
	mu        sync.RWMutex
	customers map[order.CustomerID]map[key]held
}

// key is a record among those of its customer.
type key struct {
	kind ledger.Kind
	id   string
}

// held is one record, and what is to be known of it without looking into it.
type held struct {
	view ledger.Record
	one  ledger.Records
}

// Load returns the records asked for.
func (s *Store) Load(_ context.Context, ask ledger.Ask) (ledger.Records, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return load(s.customers[ask.Customer], ask), nil
}

func load(all map[key]held, ask ledger.Ask) (found ledger.Records) {
	wanted := make(map[key]bool, len(ask.Refs))
	groups := make(map[key]bool)
	for _, r := range ask.Refs {
		k := key{r.Kind, r.ID}
		wanted[k] = true
		if h, ok := all[k]; ok && h.view.Group != "" {
			groups[key{r.Kind, h.view.Group}] = true
		}
	}
	var keys []key
	if len(groups) == 0 && len(ask.All) == 0 {
		for k := range wanted {
			if _, ok := all[k]; ok {
				keys = append(keys, k)
			}
		}
	} else {
		for k, h := range all {
			together := h.view.Group != "" && groups[key{k.kind, h.view.Group}]
			if wanted[k] || together || slices.Contains(ask.All, k.kind) {
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) })
	for _, k := range keys {
		found.AppendCopy(all[k].one)
	}
	return found
}

// Commit writes a change whole, or nothing of it.
func (s *Store) Commit(_ context.Context, c ledger.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.customers[c.Customer]
	for _, r := range c.Expect {
		if all[key{r.Kind, r.ID}].view.Version != r.Version {
			return ledger.ErrConflict
		}
	}
	for _, v := range c.Put.Views() {
		if all[key{v.Kind, v.ID}].view.Version != v.Version {
			return ledger.ErrConflict
		}
	}
	if !holds(all, c.ExpectAll) {
		return ledger.ErrConflict
	}
	if all == nil {
		if s.customers == nil {
			s.customers = make(map[order.CustomerID]map[key]held)
		}
		all = make(map[key]held)
		s.customers[c.Customer] = all
	}
	for view, one := range c.Put.Written().Each() {
		all[key{view.Kind, view.ID}] = held{view, one}
	}
	return nil
}

// holds reports whether what was loaded whole is still all that there is.
func holds(all map[key]held, expect []ledger.Of) bool {
	if len(expect) == 0 {
		return true
	}
	left := slices.Clone(expect)
	for _, h := range all {
		for i := range left {
			if left[i].Has(h.view) {
				left[i].N--
				left[i].Versions -= h.view.Version
			}
		}
	}
	return !slices.ContainsFunc(left, func(of ledger.Of) bool { return of.N != 0 || of.Versions != 0 })
}

// Waiting names what waits for the clock.
func (s *Store) Waiting(_ context.Context, at time.Time, limit int) ([]ledger.Ask, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	type waiting struct {
		ask   ledger.Ask
		since time.Time
	}
	var due []waiting
	for customer, all := range s.customers {
		var views []ledger.Record
		for _, h := range all {
			if w := h.view.DueAt; !w.IsZero() && !w.After(at) {
				views = append(views, h.view)
			}
		}
		if len(views) == 0 {
			continue
		}
		slices.SortFunc(views, func(a, b ledger.Record) int {
			return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
		})
		ask := ledger.Ask{Customer: customer}
		for _, v := range views[:min(limit, len(views))] {
			ask.Refs = append(ask.Refs, v.Ref)
		}
		due = append(due, waiting{ask, views[0].DueAt})
	}
	slices.SortFunc(due, func(a, b waiting) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.ask.Customer, b.ask.Customer))
	})
	asks := make([]ledger.Ask, 0, min(limit, len(due)))
	for _, d := range due[:min(limit, len(due))] {
		asks = append(asks, d.ask)
	}
	return asks, nil
}

// Find finds orders: it is a [ledger.Finder].
func (s *Store) Find(_ context.Context, q order.Query) iter.Seq2[order.Order, error] {
	return func(yield func(order.Order, error) bool) {
		if err := order.CheckID("query.customer", q.Customer); err != nil {
			yield(order.Order{}, err)
			return
		}
		if q.From.IsZero() {
			q.From = time.Time{}.Add(time.Second) // open, and not the last 7 days
		}
		s.mu.RLock()
		found := load(s.customers[q.Customer], ledger.Ask{Customer: q.Customer, All: []ledger.Kind{ledger.KindOrder}})
		s.mu.RUnlock()
		page, _, err := q.Page(order.Each(found.Orders), q.From)
		if err != nil {
			yield(order.Order{}, err)
			return
		}
		for _, o := range page {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// Customers returns whose records there are, sorted.
func (s *Store) Customers() []order.CustomerID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var ids []order.CustomerID
	for id := range s.customers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// All returns every record of a customer, for ledger.Audit.
func (s *Store) All(customer order.CustomerID) (all ledger.Records) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var kinds []ledger.Kind
	for k := range s.customers[customer] {
		if !slices.Contains(kinds, k.kind) {
			kinds = append(kinds, k.kind)
		}
	}
	return load(s.customers[customer], ledger.Ask{Customer: customer, All: kinds})
}
