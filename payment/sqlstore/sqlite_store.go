package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Load returns the records asked for, all by one statement, and so as of one instant.
func (s *SQLite) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if err := s.settled(ctx); err != nil {
		return ledger.Records{}, err
	}
	return loadSQLite(ctx, s.reading.load, ask)
}

func loadSQLite(ctx context.Context, load *sql.Stmt, ask ledger.Ask) (_ ledger.Records, err error) {
	all, kinds, ids := asked(ask)
	names := make([][2]string, len(kinds))
	for i := range kinds {
		names[i] = [2]string{kinds[i], ids[i]}
	}
	rows, err := load.QueryContext(ctx, string(ask.Customer), jsonText(all), jsonText(names))
	if err != nil {
		return ledger.Records{}, fmt.Errorf("sqlstore: load: %w", err)
	}
	found, err := collect(rows, func() (ledger.Record, error) {
		r := ledger.Record{Customer: ask.Customer}
		return r, rows.Scan(&r.Kind, &r.ID, &r.Version, (*[]byte)(&r.Body))
	})
	if err != nil {
		return ledger.Records{}, fmt.Errorf("sqlstore: load: %w", err)
	}
	return decoded(found)
}

// jsonText is a list as json_each takes it.
func jsonText(list any) string {
	text, _ := json.Marshal(list) // of texts, which cannot fail
	if string(text) == "null" {
		return "[]"
	}
	return string(text)
}

// collect reads rows to their end and closes them.
func collect[T any](rows *sql.Rows, read func() (T, error)) (all []T, err error) {
	defer rows.Close()
	for rows.Next() {
		x, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// Waiting names what waits for the clock, and leases those whom it names. It writes only where
// somebody is to be leased.
func (s *SQLite) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	if err := s.settled(ctx); err != nil {
		return nil, err
	}
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	defer tx.Rollback()
	asks, err := s.reading.waits(ctx, tx, due)
	if err != nil || len(asks) == 0 || due.Lease.By == "" {
		return asks, err
	}
	if tx, err = s.write.BeginTx(ctx, nil); err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	defer tx.Rollback()
	if asks, err = s.writing.leases(ctx, tx, due); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	return asks, nil
}

// leases is waits, and leases the customers.
func (q *sqliteStatements) leases(ctx context.Context, tx *sql.Tx, due ledger.Due) ([]ledger.Ask, error) {
	asks, err := q.waits(ctx, tx, due)
	if err != nil || due.Lease.By == "" {
		return asks, err
	}
	lease := tx.StmtContext(ctx, q.lease)
	for _, a := range asks {
		if _, err := lease.ExecContext(ctx, due.Lease.By, due.At.Add(due.Lease.For).Unix(), string(a.Customer)); err != nil {
			return nil, fmt.Errorf("sqlstore: waiting: %w", err)
		}
	}
	return asks, nil
}

// waits names what waits of those who may be leased.
func (q *sqliteStatements) waits(ctx context.Context, tx *sql.Tx, due ledger.Due) (asks []ledger.Ask, _ error) {
	customers, args := q.due, []any{due.At.Unix(), due.Limit}
	if due.Lease.By != "" {
		customers, args = q.leasable, append(args, due.Lease.By)
	}
	rows, err := tx.StmtContext(ctx, customers).QueryContext(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var customer order.CustomerID
		var r ledger.Ref
		if err := rows.Scan(&customer, &r.Kind, &r.ID, &r.Version); err != nil {
			return nil, fmt.Errorf("sqlstore: waiting: %w", err)
		}
		if n := len(asks); n == 0 || asks[n-1].Customer != customer {
			asks = append(asks, ledger.Ask{Customer: customer})
		}
		last := &asks[len(asks)-1]
		last.Refs = append(last.Refs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	return asks, nil
}

// Find returns a page of a customer's orders: the Store is a [ledger.Finder]. It reads from the
// cursor, or the end of the window, to the end of the page; of an order or a resource that the query
// names, nothing else.
func (s *SQLite) Find(ctx context.Context, q order.Query) (order.Page, error) {
	if err := order.CheckID("customer", q.Customer); err != nil {
		return order.Page{}, err
	}
	if err := q.Check(); err != nil {
		return order.Page{}, err
	}
	if err := s.settled(ctx); err != nil {
		return order.Page{}, err
	}
	from, until, placed, id := int64(minSecond), int64(maxSecond), int64(maxSecond+1), ""
	if !q.From.IsZero() {
		from = q.From.Unix()
	}
	if !q.Until.IsZero() {
		until = q.Until.Unix()
	}
	if !q.After.IsZero() {
		placed, id = q.After.Placed.Unix(), string(q.After.ID)
		until = min(until, placed) // where the index begins
	}
	find, args := s.reading.page, []any{string(q.Customer), from, until, placed, id,
		string(q.State), string(q.Bill), string(q.Listing), string(q.Type), string(q.Project), q.Product, q.Service}
	switch {
	case q.Order != "":
		find, args = s.reading.named, append(args, string(q.Order))
	case q.Resource != "":
		find, args = s.reading.with, append(args, string(q.Resource))
	}
	rows, err := find.QueryContext(ctx, args...)
	if err != nil {
		return order.Page{}, fmt.Errorf("sqlstore: find: %w", err)
	}
	defer rows.Close()
	limit := q.Limit
	if limit == 0 {
		limit = order.DefaultLimit
	}
	var found ledger.Records
	for len(found.Orders) <= limit && rows.Next() { // one more shows that a page follows
		r := ledger.Record{Customer: q.Customer, Ref: ledger.Ref{Kind: ledger.KindOrder}}
		if err := rows.Scan(&r.ID, &r.Version, (*[]byte)(&r.Body)); err != nil {
			return order.Page{}, fmt.Errorf("sqlstore: find: %w", err)
		}
		if err := found.Decode(r); err != nil {
			return order.Page{}, fmt.Errorf("sqlstore: %s %s: %w", r.Kind, r.ID, err)
		}
		if n := len(found.Orders) - 1; !q.Match(found.Orders[n]) {
			found.Orders = found.Orders[:n]
		}
	}
	if err := rows.Err(); err != nil {
		return order.Page{}, fmt.Errorf("sqlstore: find: %w", err)
	}
	return q.Page(order.Each(found.Orders))
}

// The first and the last second that a time of a record may be in.
const (
	minSecond = -62135596800 // 0001-01-01
	maxSecond = 253402300799 // 9999-12-31
)

// seconds is a time in a column; the zero time of what waits, or is no order, is null.
func seconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}
