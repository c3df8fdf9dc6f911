package inmem

import (
	"cmp"
	"context"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// List lists records over all customers: it is a [ledger.Lister].
func (s *Store) List(_ context.Context, q ledger.ListQuery) (ledger.RecordPage, error) {
	if err := q.Check(); err != nil {
		return ledger.RecordPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []held
	for _, all := range s.customers {
		for _, h := range all {
			if q.Has(h.view) && (q.After.IsZero() || q.After.Compare(ledger.CursorOf(h.view)) < 0) {
				found = append(found, h)
			}
		}
	}
	slices.SortFunc(found, func(a, b held) int { return ledger.CursorOf(a.view).Compare(ledger.CursorOf(b.view)) })
	var page ledger.RecordPage
	if limit := cmp.Or(q.Limit, order.DefaultLimit); len(found) > limit {
		found = found[:limit]
		page.Next = ledger.CursorOf(found[limit-1].view)
	}
	for _, h := range found {
		one, err := h.one.Encode()
		if err != nil {
			return ledger.RecordPage{}, err
		}
		page.Records = append(page.Records, one...)
	}
	return page, nil
}
