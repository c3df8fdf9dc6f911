package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Commit writes a change whole, or nothing of it (P16): one round trip, and one transaction,
// whatever the number of records.
func (p *Postgres) Commit(ctx context.Context, c ledger.Change) error {
	err := retried(ctx, func() error {
		b := new(pgx.Batch)
		if err := p.queue(b, c); err != nil {
			return err
		}
		conn, err := p.pool.Acquire(ctx)
		if err != nil {
			return fmt.Errorf("sqlstore: commit: %w", err) // nothing was sent
		}
		defer conn.Release()
		// The answer to the last statement comes before the transaction is committed: only the
		// end of the batch says that it is.
		return outcome(conn.SendBatch(ctx, b).Close())
	})
	if madeWay(err) {
		return ledger.ErrConflict
	}
	return err
}

// queue queues a commit, and what the host puts beside it.
func (p *Postgres) queue(b *pgx.Batch, c ledger.Change) error {
	rows, err := rowsOf(c.Put)
	if err != nil {
		return err
	}
	b.Queue(p.sql.commit, committed(c, rows)...)
	if resources, ids := resourcesOf(c.Put.Orders); len(ids) > 0 {
		b.Queue(p.sql.resources, c.Customer, resources, ids)
	}
	if p.Beside != nil {
		if err := p.Beside(b, c); err != nil {
			return fmt.Errorf("sqlstore: beside: %w", err)
		}
	}
	return nil
}

// committed are the arguments of a commit: what is expected, with what is not to be there, and what is
// written, column by column.
func committed(c ledger.Change, rows []row) []any {
	var kinds, ids []string
	var versions []int64
	expect := func(r ledger.Ref, version int64) {
		kinds, ids, versions = append(kinds, string(r.Kind)), append(ids, r.ID), append(versions, version)
	}
	for _, r := range c.Expect {
		expect(r, r.Version)
	}
	again := 0
	for i := range rows {
		if r := rows[i].Ref; r.Version == 1 {
			expect(r, 0)
		} else {
			again++ // the update compares the version
		}
	}
	n := len(c.ExpectAll)
	whole, groups, counts, sums := make([]string, n), make([]string, n), make([]int64, n), make([]int64, n)
	for i, of := range c.ExpectAll {
		whole[i], groups[i], counts[i], sums[i] = string(of.Kind), of.Group, of.N, of.Versions
	}
	args := []any{c.Customer, again, kinds, ids, versions, whole, groups, counts, sums}
	return append(args, written(rows)...)
}

// resourcesOf names the resources of orders, each with its order.
func resourcesOf(orders []order.Order) (resources, ids []string) {
	for i := range orders {
		for _, l := range orders[i].Lines {
			if l.Resource != "" {
				resources, ids = append(resources, string(l.Resource)), append(ids, string(orders[i].ID))
			}
		}
	}
	return resources, ids
}

// written are the columns of what is written.
func written(rows []row) []any {
	n := len(rows)
	kinds, ids, versions, groups, states := make([]string, n), make([]string, n), make([]int64, n), make([]string, n), make([]string, n)
	bodies, ats, waits := make([]string, n), make(pgtype.FlatArray[pgtype.Timestamptz], n), make(pgtype.FlatArray[pgtype.Timestamptz], n)
	placed, listings := make(pgtype.FlatArray[pgtype.Timestamptz], n), make(pgtype.FlatArray[pgtype.Text], n)
	prepay, postpay := make(pgtype.FlatArray[pgtype.Bool], n), make(pgtype.FlatArray[pgtype.Bool], n)
	for i := range rows {
		r := &rows[i]
		kinds[i], ids[i], versions[i], groups[i], states[i], bodies[i] = string(r.Kind), r.ID, r.Version, r.Group, r.State, string(r.Body)
		ats[i] = pgtype.Timestamptz{Time: r.At, Valid: true}
		waits[i] = pgtype.Timestamptz{Time: r.DueAt, Valid: !r.DueAt.IsZero()}
		if !r.placed.IsZero() {
			placed[i], listings[i] = pgtype.Timestamptz{Time: r.placed, Valid: true}, pgtype.Text{String: r.listing, Valid: true}
			prepay[i], postpay[i] = pgtype.Bool{Bool: r.prepay, Valid: true}, pgtype.Bool{Bool: r.postpay, Valid: true}
		}
	}
	return []any{kinds, ids, versions, groups, states, ats, waits, bodies, placed, prepay, postpay, listings}
}

// outcome says what an error of a batch means: that others were faster, that certainly nothing
// was written, or, of everything else, that perhaps it was: also a fatal error may come after
// the transaction was committed. pgconn.SafeToRetry does not tell: of a batch whose answer is lost
// it can be the later "conn closed", which it takes for not sent.
func outcome(err error) error {
	if err == nil {
		return nil
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.SeverityUnlocalized != "ERROR" {
		return fmt.Errorf("%w: sqlstore: commit: %w", ledger.ErrInDoubt, err)
	}
	if refused.Code == "DB409" { // of the guard
		return ledger.ErrConflict
	}
	return fmt.Errorf("sqlstore: commit: %w", err)
}

// tries is how often a transaction is begun that the server has ended so that others go on.
const tries = 5

// retried makes a call again while the server ends its transaction so that others go on.
func retried(ctx context.Context, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		if !madeWay(err) || try == tries || sleep(ctx, time.Duration(try)*5*time.Millisecond) != nil {
			return err
		}
	}
}

// madeWay reports whether a transaction was ended so that others go on: certainly nothing was written.
func madeWay(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.SeverityUnlocalized == "ERROR" &&
		(refused.Code == "40001" || refused.Code == "40P01") // serialization failure, deadlock
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
