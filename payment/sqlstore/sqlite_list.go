package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
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
	limit := cmp.Or(q.Limit, order.DefaultLimit)
	args := []any{string(q.Kind), q.State, q.After.At.Unix(), string(q.After.Customer), q.After.ID, limit + 1}
	list := tx.StmtContext(ctx, s.reading.list)
	if q.State == "" {
		if list, args, err = s.listStates(ctx, tx, args); err != nil {
			return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
		}
	}
	rows, err := list.QueryContext(ctx, args...)
	if err != nil {
		return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
	}
	all, err := collect(rows, func() (ledger.Record, error) { return scanRecord(rows) })
	if err != nil {
		return ledger.RecordPage{}, fmt.Errorf("sqlstore: list: %w", err)
	}
	slices.SortFunc(all, func(a, b ledger.Record) int { return ledger.CursorOf(a).Compare(ledger.CursorOf(b)) })
	if len(all) <= limit {
		return ledger.RecordPage{Records: all}, nil
	}
	return ledger.RecordPage{Records: all[:limit:limit], Next: ledger.CursorOf(all[limit-1])}, nil
}

// listStates is the statement of a list that merges the places of as many states as there are, and
// then looks up the records of the page.
func (s *SQLite) listStates(ctx context.Context, tx *sql.Tx, args []any) (*sql.Stmt, []any, error) {
	rows, err := tx.StmtContext(ctx, s.reading.states).QueryContext(ctx, args[0])
	if err != nil {
		return nil, nil, err
	}
	states, err := collect(rows, func() (state string, err error) { return state, rows.Scan(&state) })
	if err != nil {
		return nil, nil, err
	}
	arms := make([]string, max(1, len(states))) // without a state, that of the query, which none has
	for i := range arms {
		arms[i] = fmt.Sprintf(sqlitePlaces, len(args)+i+1)
	}
	for _, state := range states {
		args = append(args, state)
	}
	if len(states) == 0 {
		args = append(args, "")
	}
	list, err := tx.PrepareContext(ctx, fmt.Sprintf(sqliteMerged, strings.Join(arms, " union all")))
	return list, args, err
}

const (
	sqlitePlaces = `
	select at, customer, id, rowid as place from duebook_records where kind = ?1 and state = ?%d and (at, customer, id) > (?3, ?4, ?5)`
	sqliteMerged = sqliteColumns + `
from (%s order by at, customer, id limit ?6) p cross join duebook_records r on r.rowid = p.place where ?2 = ''`
)

// scanRecord reads a record with its view.
func scanRecord(rows *sql.Rows) (r ledger.Record, err error) {
	var at int64
	var waits sql.NullInt64
	err = rows.Scan(&r.Customer, &r.Kind, &r.ID, &r.Version, &r.Group, &r.State, &at, &waits, (*[]byte)(&r.Body))
	if r.At = time.Unix(at, 0).UTC(); waits.Valid {
		r.DueAt = time.Unix(waits.Int64, 0).UTC()
	}
	return r, err
}

// Export returns all records of a customer, or of all where the customer is empty, by customer, kind
// and ID, as of one instant, for an audit or a copy. It holds one record at a time, and a connection
// until the loop ends; the log grows meanwhile. An error comes last, with no record.
func (s *SQLite) Export(ctx context.Context, customer order.CustomerID) iter.Seq2[ledger.Record, error] {
	return func(yield func(ledger.Record, error) bool) {
		err := s.settled(ctx)
		var rows *sql.Rows
		if err == nil && customer == "" {
			rows, err = s.reading.export.QueryContext(ctx)
		} else if err == nil {
			rows, err = s.reading.exportOne.QueryContext(ctx, string(customer))
		}
		if err != nil {
			yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRecord(rows)
			if err != nil {
				yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ledger.Record{}, fmt.Errorf("sqlstore: export: %w", err))
		}
	}
}
