package inmem

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Store keeps records in memory. The zero Store is empty and ready; it is safe for use by
// many goroutines. No call takes longer for what a customer did in the past, unless it asks
// for all of it.
type Store struct {
	ledger.Locks
	mu        sync.RWMutex
	customers map[order.CustomerID]*customer
	waiting   sorted[turn]            // of each customer, since when the first of its records waits
	lists     map[list]sorted[listed] // the records of all customers, by kind and state
}

// turn is since when a customer waits for the clock.
type turn struct {
	since    time.Time
	customer order.CustomerID
}

// Load returns the records asked for.
func (s *Store) Load(_ context.Context, ask ledger.Ask) (ledger.Records, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.of(ask.Customer).load(ask), nil
}

// of returns what is kept of a customer, be it nothing.
func (s *Store) of(id order.CustomerID) *customer {
	if c, ok := s.customers[id]; ok {
		return c
	}
	return new(customer)
}

// Commit writes a change whole, or nothing of it.
func (s *Store) Commit(_ context.Context, change ledger.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.of(change.Customer)
	if !c.holds(change) {
		return ledger.ErrConflict
	}
	if s.customers == nil {
		s.customers = make(map[order.CustomerID]*customer)
	}
	s.customers[change.Customer] = c
	s.waiting.remove(turn{c.since(), change.Customer})
	for view, one := range change.Put.Written().Each() {
		old, was := c.put(held{view, one})
		s.relist(view, old, was)
	}
	if since := c.since(); !since.IsZero() {
		s.waiting.add(turn{since, change.Customer})
	}
	return nil
}

// Waiting names what waits for the clock, and leases those whom it names.
func (s *Store) Waiting(_ context.Context, due ledger.Due) ([]ledger.Ask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var asks []ledger.Ask
	for t := range s.waiting.from(turn{}) {
		if len(asks) >= due.Limit || t.since.After(due.At) {
			break
		}
		if c := s.customers[t.customer]; c.lease(due) {
			asks = append(asks, ledger.Ask{Customer: t.customer, Refs: c.waiting(due.At, due.Limit)})
		}
	}
	return asks, nil
}

// Customers returns whose records there are, sorted.
func (s *Store) Customers() []order.CustomerID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.customers))
}

// All returns every record of a customer, for ledger.Audit.
func (s *Store) All(customer order.CustomerID) ledger.Records {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.of(customer).load(ledger.AskAll(customer))
}
