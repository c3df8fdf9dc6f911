package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/duebook/duebook/payment/ledger"
)

// InTx returns a Store whose commits are part of a transaction that the host has begun in the same
// database: they come to be with it, or not at all. A copy of the Desk has it for one call:
//
//	in := *d
//	in.Store = store.InTx(tx)
//	placed, err := in.Place(ctx, place)
//
// A change on the strength of which a gateway is called, such as the hold of Desk.Pay, is refused
// with a [*StepError]: what was charged would stay charged if the host rolled back. A conflict, and
// any other error of a commit, leaves the transaction as it was before, by a savepoint. Whatever a
// customer's commit has locked stays locked until the host's transaction ends: let it be short. Above
// read committed, a record that has changed since the transaction began is a conflict each time: begin
// it again.
//
// It is used by one goroutine at a time, as tx is.
func (p *Postgres) InTx(tx pgx.Tx) ledger.Store { return &joined{p, tx} }

// joined is a store within a transaction of the host.
type joined struct {
	store *Postgres
	tx    pgx.Tx
}

func (j *joined) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	return j.store.sql.loads(ctx, j.tx, ask)
}

func (j *joined) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	return j.store.sql.waits(ctx, j.tx, due)
}

// Commit writes a change within the transaction, or nothing of it (P16).
func (j *joined) Commit(ctx context.Context, c ledger.Change) error {
	if c.CallsGateway() {
		return &StepError{c.Step}
	}
	b := new(pgx.Batch)
	b.Queue("savepoint duebook")
	if err := j.store.queue(b, c); err != nil {
		return err
	}
	b.Queue("release savepoint duebook")
	err := j.tx.SendBatch(ctx, b).Close()
	if err == nil {
		return nil
	}
	back := j.back(ctx, err)
	switch {
	case back != nil: // nothing of a transaction that is gone was written
		return fmt.Errorf("sqlstore: the host's transaction has ended: %w", back)
	case madeWay(err):
		return ledger.ErrConflict
	}
	return outcome(err)
}

// back has the transaction as it was before the commit that failed; an error: it has ended.
func (j *joined) back(ctx context.Context, failed error) error {
	var refused *pgconn.PgError
	if !errors.As(failed, &refused) || refused.SeverityUnlocalized != "ERROR" {
		return failed
	}
	_, err := j.tx.Exec(ctx, "rollback to savepoint duebook")
	if err != nil {
		return errors.Join(failed, err)
	}
	return nil
}
