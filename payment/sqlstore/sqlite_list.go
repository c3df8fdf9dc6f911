package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// List returns a page of the records of a kind over all customers: the Store is a
// [ledger.Lister]. One index serves each state; without a state in the query the pages of all
// states are merged.
func (s *SQLite) List(ctx context.Context, q ledger.ListQuery) (ledger.RecordPage, error) {
	if err := q.Check(); err != nil {
		return ledger.RecordPage{}, err
	}
	if err := s.settled(ctx); err != nil {
		return ledger.RecordPage{}, err
	}
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
	}
	defer tx.Rollback()
	states := []string{q.State}
	if q.State == "" {
		rows, err := tx.StmtContext(ctx, s.reading.states).QueryContext(ctx, string(q.Kind))
		if err != nil {
			return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
		}
		if states, err = collect(rows, func() (state string, err error) { return state, rows.Scan(&state) }); err != nil {
			return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
		}
	}
	limit := cmp.Or(q.Limit, order.DefaultLimit)
	var all []ledger.Record
	list := tx.StmtContext(ctx, s.reading.list)
	for _, state := range states {
		rows, err := list.QueryContext(ctx, string(q.Kind), state, q.After.At.Unix(), string(q.After.Customer), q.After.ID, limit+1)
		if err != nil {
			return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
		}
		of, err := collect(rows, func() (ledger.Record, error) { return scanRecord(rows, q.Kind) })
		if err != nil {
			return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
		}
		all = append(all, of...)
	}
	slices.SortFunc(all, func(a, b ledger.Record) int { return ledger.CursorOf(a).Compare(ledger.CursorOf(b)) })
	if len(all) <= limit {
		return ledger.RecordPage{Records: all}, nil
	}
	return ledger.RecordPage{Records: all[:limit:limit], Next: ledger.CursorOf(all[limit-1])}, nil
}

// scanRecord reads a record with its view.
func scanRecord(rows *sql.Rows, kind ledger.Kind) (ledger.Record, error) {
	r := ledger.Record{Ref: ledger.Ref{Kind: kind}}
	var at int64
	var waits sql.NullInt64
	err := rows.Scan(&r.Customer, &r.ID, &r.Version, &r.Group, &r.State, &at, &waits, (*[]byte)(&r.Body))
	if r.At = time.Unix(at, 0).UTC(); waits.Valid {
		r.DueAt = time.Unix(waits.Int64, 0).UTC()
	}
	return r, err
}
