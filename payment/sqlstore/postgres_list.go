package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// List lists records over all customers: the store is a [ledger.Lister] (X4).
func (p *Postgres) List(ctx context.Context, q ledger.ListQuery) (page ledger.RecordPage, err error) {
	if err := q.Check(); err != nil {
		return ledger.RecordPage{}, err
	}
	err = retried(ctx, func() error {
		page, err = p.sql.lists(ctx, p.pool, q)
		return err
	})
	return page, err
}

func (s *statements) lists(ctx context.Context, from querier, q ledger.ListQuery) (page ledger.RecordPage, _ error) {
	limit := cmp.Or(q.Limit, order.DefaultLimit)
	sql, args := s.list, []any{string(q.Kind), q.After.At.UTC(), string(q.After.Customer), q.After.ID}
	if q.State != "" {
		sql, args = s.listState, append(args, q.State)
	}
	rows, err := from.Query(ctx, atMost(sql, limit+1), args...)
	if err != nil {
		return page, fmt.Errorf("sqlstore: list: %w", err)
	}
	if page.Records, err = pgx.CollectRows(rows, scanned); err != nil {
		return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
	}
	if len(page.Records) > limit { // one more shows that others follow
		page.Records = page.Records[:limit:limit]
		page.Next = ledger.CursorOf(page.Records[limit-1])
	}
	return page, nil
}

// scanned is a record from a row of its columns.
func scanned(row pgx.CollectableRow) (r ledger.Record, err error) {
	waits := &r.DueAt
	if err = row.Scan(&r.Customer, &r.Kind, &r.ID, &r.Version, &r.Group, &r.State, &r.At, &waits, (*[]byte)(&r.Body)); err != nil {
		return ledger.Record{}, err
	}
	r.At = r.At.UTC()
	if waits != nil {
		r.DueAt = waits.UTC()
	}
	return r, nil
}

// Export returns all records of a customer, or of all where the customer is empty, by customer, kind
// and ID, as of one instant, for an audit or a copy. It holds one record at a time, and a connection
// until the loop ends. An error comes last, with no record.
func (p *Postgres) Export(ctx context.Context, customer order.CustomerID) iter.Seq2[ledger.Record, error] {
	return func(yield func(ledger.Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx) // what is not read is not waited for
		defer cancel()
		sql, args := p.sql.export, []any(nil)
		if customer != "" {
			sql, args = p.sql.exportOne, []any{customer}
		}
		rows, err := p.pool.Query(ctx, sql, args...)
		if err != nil {
			yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanned(rows)
			if err != nil {
				yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
				return
			}
			if !yield(r, nil) {
				cancel()
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
		}
	}
}
