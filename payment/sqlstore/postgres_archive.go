package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Archive moves the bodies of at most limit records that rest, and have since before a time, into the
// table archived, and says how many (P16): the store is a [ledger.Archiver]. Records keep their rows, so
// that nothing takes longer for it, and whoever reads one does not see a difference. Each call looks
// through what was archived before: let the limit be thousands. What somebody else is writing is left
// for another call.
func (p *Postgres) Archive(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = retried(ctx, func() error {
		done, err := p.pool.Exec(ctx, atMost(p.sql.archive, limit), before.UTC())
		n = int(done.RowsAffected())
		return outcome(err)
	})
	if err != nil {
		return 0, fmt.Errorf("sqlstore: archive: %w", err)
	}
	return n, nil
}

// Delete deletes a customer with all records, of whom [ledger.Records.Closed] finds nothing left open, and
// else returns its error. A [ledger.ErrInDoubt] says that it is perhaps deleted: ask again. What was deleted can be made anew, with the same keys: delete nobody who
// may still come back to what was paid. The role needs the privilege to delete.
func (p *Postgres) Delete(ctx context.Context, customer order.CustomerID) error {
	err := retried(ctx, func() error {
		tx, err := p.pool.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx))
		if _, err := tx.Exec(ctx, p.sql.lock, customer); err != nil {
			return err
		}
		all, err := p.sql.loads(ctx, tx, ledger.AskAll(customer))
		if err != nil {
			return err
		}
		if err := all.Closed(); err != nil {
			return err
		}
		for _, sql := range p.sql.forget {
			if _, err := tx.Exec(ctx, sql, customer); err != nil {
				return err
			}
		}
		return outcome(tx.Commit(ctx))
	})
	if err != nil {
		return fmt.Errorf("sqlstore: delete customer %s: %w", customer, err)
	}
	return nil
}
