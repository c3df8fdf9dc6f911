package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/duebook/duebook/payment/ledger"
)

// commitTries is how often a commit is sent whose transaction the server has ended so that
// another one can go on.
const commitTries = 5

// Commit writes a change whole, or nothing of it (P16): one round trip, and one transaction,
// whatever the number of records.
func (p *Postgres) Commit(ctx context.Context, c ledger.Change) error {
	for try := 1; ; try++ {
		b, err := p.batch(c)
		if err != nil {
			return err
		}
		// The answer to the last statement comes before the transaction is committed: only the
		// end of the batch says that it is.
		err = outcome(p.pool.SendBatch(ctx, b).Close())
		if !errors.Is(err, errAgain) {
			return err
		}
		if try == commitTries || sleep(ctx, time.Duration(try)*5*time.Millisecond) != nil {
			return ledger.ErrConflict
		}
	}
}

// batch is a commit: whoever comes second waits at the lock, and sees at the guard what the
// first has written.
func (p *Postgres) batch(c ledger.Change) (*pgx.Batch, error) {
	rows, err := rowsOf(c.Put)
	if err != nil {
		return nil, err
	}
	b := new(pgx.Batch)
	b.Queue(p.sql.lock, c.Customer)
	b.Queue(p.sql.guard, guarded(c, rows)...)
	if len(rows) > 0 {
		b.Queue(p.sql.write, written(c, rows)...)
		b.Queue(p.sql.wake, c.Customer)
	}
	if p.Beside != nil {
		if err := p.Beside(b, c); err != nil {
			return nil, fmt.Errorf("sqlstore: beside: %w", err)
		}
	}
	return b, nil
}

// guarded are the arguments of the guard: what is expected, and what is written over.
func guarded(c ledger.Change, rows []row) []any {
	n := len(c.Expect) + len(rows)
	kinds, ids, versions := make([]string, 0, n), make([]string, 0, n), make([]int64, 0, n)
	for _, r := range c.Expect {
		kinds, ids, versions = append(kinds, string(r.Kind)), append(ids, r.ID), append(versions, r.Version)
	}
	for i := range rows {
		r := &rows[i].Ref
		kinds, ids, versions = append(kinds, string(r.Kind)), append(ids, r.ID), append(versions, r.Version-1)
	}
	n = len(c.ExpectAll)
	whole, groups, counts, sums := make([]string, n), make([]string, n), make([]int64, n), make([]int64, n)
	for i, of := range c.ExpectAll {
		whole[i], groups[i], counts[i], sums[i] = string(of.Kind), of.Group, of.N, of.Versions
	}
	return []any{c.Customer, kinds, ids, versions, whole, groups, counts, sums}
}

// written are the arguments of the write, column by column.
func written(c ledger.Change, rows []row) []any {
	n := len(rows)
	kinds, ids, versions, groups, states := make([]string, n), make([]string, n), make([]int64, n), make([]string, n), make([]string, n)
	ats, waits, bodies := make([]time.Time, n), make([]*time.Time, n), make([]string, n)
	placed, prepay, postpay, listings := make([]*time.Time, n), make([]*bool, n), make([]*bool, n), make([]*string, n)
	for i := range rows {
		r := &rows[i]
		kinds[i], ids[i], versions[i], groups[i], states[i] = string(r.Kind), r.ID, r.Version, r.Group, r.State
		ats[i], bodies[i] = r.At.UTC(), string(r.Body)
		if !r.DueAt.IsZero() {
			waits[i] = &r.DueAt
		}
		if !r.placed.IsZero() {
			placed[i], prepay[i], postpay[i], listings[i] = &r.placed, &r.prepay, &r.postpay, &r.listing
		}
	}
	return []any{c.Customer, kinds, ids, versions, groups, states, ats, waits, bodies, placed, prepay, postpay, listings}
}

// errAgain is a transaction that the server has ended so that another one can go on.
var errAgain = errors.New("sqlstore: another transaction was let go on")

// outcome says what an error of a commit means: that others were faster, that certainly nothing
// was written, or, of everything else, that perhaps it was: also a fatal error may come after
// the transaction was committed.
func outcome(err error) error {
	if err == nil {
		return nil
	}
	var refused *pgconn.PgError
	switch {
	case !errors.As(err, &refused):
		if pgconn.SafeToRetry(err) {
			return fmt.Errorf("sqlstore: commit: %w", err)
		}
		return fmt.Errorf("%w: sqlstore: commit: %w", ledger.ErrInDoubt, err)
	case refused.SeverityUnlocalized != "ERROR":
		return fmt.Errorf("%w: sqlstore: commit: %w", ledger.ErrInDoubt, err)
	}
	switch refused.Code {
	case "DB409": // of the guard
		return ledger.ErrConflict
	case "40001", "40P01": // serialization failure, deadlock
		return errAgain
	}
	return fmt.Errorf("sqlstore: commit: %w", err)
}

// sleep waits for about so long, as others do that were ended at the same time.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d/2 + rand.N(d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
