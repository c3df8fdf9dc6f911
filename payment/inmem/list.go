package inmem

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// List lists records over all customers: it is a [ledger.Lister].
func (s *Store) List(_ context.Context, q ledger.ListQuery) (page ledger.RecordPage, _ error) {
	if err := q.Check(); err != nil {
		return ledger.RecordPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	among, limit := s.lists[list{q.Kind, q.State}], cmp.Or(q.Limit, order.DefaultLimit)
	for l := range among.from(listed(q.After)) {
		at := ledger.Cursor(l)
		if at.Compare(q.After) == 0 {
			continue
		}
		if len(page.Records) == limit {
			page.Next = ledger.CursorOf(page.Records[limit-1])
			break
		}
		one, err := s.customers[at.Customer].records[key{q.Kind, at.ID}].one.Encode()
		if err != nil {
			return ledger.RecordPage{}, err
		}
		page.Records = append(page.Records, one...)
	}
	return page, nil
}

// list is the records of a kind in a state; without one, all of the kind.
type list struct {
	kind  ledger.Kind
	state string
}

// listed is where a record stands in a list: the oldest comes first.
type listed ledger.Cursor

func (l listed) Compare(m listed) int { return ledger.Cursor(l).Compare(ledger.Cursor(m)) }

// relist has a record in its lists as it is now, which was there before or not.
func (s *Store) relist(now, old ledger.Record, was bool) {
	if s.lists == nil {
		s.lists = make(map[list]sorted[listed])
	}
	change := func(r ledger.Record, how func(*sorted[listed], listed)) {
		for _, state := range [...]string{"", r.State} {
			of := s.lists[list{r.Kind, state}]
			how(&of, listed(ledger.CursorOf(r)))
			s.lists[list{r.Kind, state}] = of
		}
	}
	if was {
		change(old, (*sorted[listed]).remove)
	}
	change(now, (*sorted[listed]).add)
}
