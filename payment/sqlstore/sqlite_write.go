package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// sqliteWriter writes changes within a transaction.
type sqliteWriter struct {
	*SQLite
	tx  *sql.Tx
	ctx context.Context // that does not end before the transaction

	version, insert, update *sql.Stmt
}

// turn writes a change, or nothing of it, whatever else the transaction has. gone: the
// transaction has ended, and nothing of it was written.
func (w *sqliteWriter) turn(t *turn, shared bool) (err error, gone bool) {
	if !shared { // its end is that of the transaction
		err = w.change(t)
		return err, err != nil
	}
	if _, err := w.tx.ExecContext(w.ctx, "savepoint duebook"); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", err), true
	}
	err = w.change(t)
	how := "release duebook"
	if err != nil {
		how = "rollback to duebook; release duebook"
	}
	if _, end := w.tx.ExecContext(w.ctx, how); end != nil {
		return fmt.Errorf("sqlstore: commit: %w", errors.Join(err, end)), true
	}
	return err, false
}

// change compares what a change expects, and writes what it puts.
func (w *sqliteWriter) change(t *turn) error {
	err := w.expects(&t.c)
	for i := range t.rows {
		if err == nil {
			err = w.put(t.c.Customer, &t.rows[i])
		}
	}
	for i := range t.c.Put.Orders {
		if err == nil {
			err = w.resources(&t.c.Put.Orders[i], t.c.Customer)
		}
	}
	if err == nil && len(t.rows) > 0 {
		_, err = w.tx.StmtContext(w.ctx, w.writing.wake).ExecContext(w.ctx, string(t.c.Customer))
	}
	if err != nil && !errors.Is(err, ledger.ErrConflict) {
		return fmt.Errorf("sqlstore: commit: %w", err)
	}
	if err != nil || w.Beside == nil {
		return err
	}
	return w.beside(t)
}

// beside has the host write its rows. Its panic is that of whoever committed.
func (w *sqliteWriter) beside(t *turn) (err error) {
	ended := false
	defer func() {
		if t.boom = recover(); t.boom != nil || !ended {
			err = errors.New("sqlstore: beside: it did not return")
		}
	}()
	err = w.Beside(context.WithoutCancel(t.ctx), w.tx, t.c)
	if ended = true; err != nil {
		return fmt.Errorf("sqlstore: beside: %w", err)
	}
	return nil
}

// expects compares what a change was judged on.
func (w *sqliteWriter) expects(c *ledger.Change) error {
	if len(c.Expect) > 0 && w.version == nil {
		w.version = w.tx.StmtContext(w.ctx, w.writing.version)
	}
	for _, r := range c.Expect {
		var version int64
		err := w.version.QueryRowContext(w.ctx, string(c.Customer), string(r.Kind), r.ID).Scan(&version)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if version != r.Version {
			return ledger.ErrConflict
		}
	}
	for _, of := range c.ExpectAll {
		count, args := w.writing.whole, []any{string(c.Customer), string(of.Kind)}
		if of.Group != "" {
			count, args = w.writing.group, append(args, of.Group)
		}
		var n, versions int64
		if err := w.tx.StmtContext(w.ctx, count).QueryRowContext(w.ctx, args...).Scan(&n, &versions); err != nil {
			return err
		}
		if n != of.N || versions != of.Versions {
			return ledger.ErrConflict
		}
	}
	return nil
}

// put writes a record over the version that was read.
func (w *sqliteWriter) put(customer order.CustomerID, r *row) error {
	var prepay, postpay, listing any
	if !r.placed.IsZero() {
		prepay, postpay, listing = r.prepay, r.postpay, r.listing
	}
	var done sql.Result
	var err error
	if r.Version == 1 {
		if w.insert == nil {
			w.insert = w.tx.StmtContext(w.ctx, w.writing.insert)
		}
		done, err = w.insert.ExecContext(w.ctx, string(customer), string(r.Kind), r.ID, r.Group, r.State, r.At.Unix(), seconds(r.DueAt),
			seconds(r.placed), prepay, postpay, listing, string(r.Body))
	} else {
		if w.update == nil {
			w.update = w.tx.StmtContext(w.ctx, w.writing.update)
		}
		done, err = w.update.ExecContext(w.ctx, r.State, r.At.Unix(), seconds(r.DueAt), prepay, postpay, listing, string(r.Body),
			string(customer), string(r.Kind), r.ID, r.Version-1)
	}
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, ledger.ErrConflict)
	}
	return nil
}

// resources notes of an order by which resources it is found.
func (w *sqliteWriter) resources(o *order.Order, customer order.CustomerID) error {
	for i := range o.Lines {
		if r := o.Lines[i].Resource; r != "" {
			if _, err := w.tx.StmtContext(w.ctx, w.writing.resource).ExecContext(w.ctx, string(customer), string(r), string(o.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// InTx returns a Store whose commits are part of a transaction that the host has begun by
// [SQLite.Begin]: they come to be with it, or not at all. A copy of the Desk has it for one call:
//
//	in := *d
//	in.Store = store.InTx(tx)
//	placed, err := in.Place(ctx, place)
//
// A change on the strength of which a gateway is called, such as the hold of Desk.Pay, is refused
// with a [*StepError]: what was charged would stay charged if the host rolled back. A conflict, and
// any other error of a commit, leaves the transaction as it was before.
//
// It is used by one goroutine at a time, as tx is.
func (s *SQLite) InTx(tx *sql.Tx) ledger.Store { return &joinedSQLite{s, tx} }

// joinedSQLite is a store within a transaction of the host.
type joinedSQLite struct {
	store *SQLite
	tx    *sql.Tx
}

func (j *joinedSQLite) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	return loadSQLite(ctx, j.tx.StmtContext(ctx, j.store.writing.load), ask)
}

func (j *joinedSQLite) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	return j.store.writing.leases(ctx, j.tx, due)
}

// Commit writes a change within the transaction, or nothing of it (P16).
func (j *joinedSQLite) Commit(ctx context.Context, c ledger.Change) error {
	if c.CallsGateway() {
		return &StepError{c.Step}
	}
	rows, err := rowsOf(c.Put)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &sqliteWriter{SQLite: j.store, tx: j.tx, ctx: context.WithoutCancel(ctx)}
	t := &turn{ctx: ctx, c: c, rows: rows}
	err, gone := w.turn(t, true)
	if t.boom != nil {
		panic(t.boom)
	}
	if gone {
		return fmt.Errorf("sqlstore: the host's transaction has ended: %w", err)
	}
	return err
}
