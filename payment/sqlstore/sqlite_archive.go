package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Archive moves the bodies of at most limit records that rest, and have since before a time, into the
// table duebook_archived, and says how many (P16): the store is a [ledger.Archiver]. Records keep their
// rows, which become short, and whoever reads one does not see a difference. Each call looks through what
// was archived before, while others write: let the limit be thousands. What is written meanwhile is left for
// another call.
func (s *SQLite) Archive(ctx context.Context, before time.Time, limit int) (n int, err error) {
	if err := s.settled(ctx); err != nil {
		return 0, err
	}
	resting, err := s.resting(ctx, before, limit)
	if err == nil && len(resting) > 0 {
		n, err = s.archives(ctx, resting)
	}
	if err != nil {
		return 0, fmt.Errorf("sqlstore: archive: %w", err)
	}
	return n, nil
}

// resting names records that can be archived.
func (s *SQLite) resting(ctx context.Context, before time.Time, limit int) (all []ledger.Record, _ error) {
	rows, err := s.reading.resting.QueryContext(ctx, before.Unix()+1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for len(all) < limit && rows.Next() {
		var r ledger.Record
		var at int64
		if err := rows.Scan(&r.Customer, &r.Kind, &r.ID, &r.Version, &r.State, &at); err != nil {
			return nil, err
		}
		if r.At = time.Unix(at, 0).UTC(); r.Archivable(before) {
			all = append(all, r)
		}
	}
	return all, rows.Err()
}

// archives moves the bodies of those records that are as they were read.
func (s *SQLite) archives(ctx context.Context, all []ledger.Record) (n int, _ error) {
	tx, end, err := s.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	within := context.WithoutCancel(ctx)
	archive, rest := tx.StmtContext(within, s.writing.archive), tx.StmtContext(within, s.writing.rest)
	for _, r := range all {
		done, err := archive.ExecContext(within, string(r.Customer), string(r.Kind), r.ID, r.Version)
		if err != nil {
			return 0, err
		}
		if moved, err := done.RowsAffected(); err != nil || moved == 0 {
			if err != nil {
				return 0, err
			}
			continue
		}
		if _, err := rest.ExecContext(within, string(r.Customer), string(r.Kind), r.ID); err != nil {
			return 0, err
		}
		n++
	}
	return n, s.end(tx)
}

// Delete deletes a customer with all records, of whom [ledger.Records.Closed] finds nothing left open, and
// else returns its error. What was deleted can be made anew, with the same keys: delete nobody who
// may still come back to what was paid. After [ledger.ErrInDoubt] call it again.
func (s *SQLite) Delete(ctx context.Context, customer order.CustomerID) error {
	if err := s.deletes(ctx, customer); err != nil {
		return fmt.Errorf("sqlstore: delete customer %s: %w", customer, err)
	}
	return nil
}

func (s *SQLite) deletes(ctx context.Context, customer order.CustomerID) error {
	tx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	within := context.WithoutCancel(ctx)
	all, err := loadSQLite(within, tx.StmtContext(within, s.writing.load), ledger.AskAll(customer))
	if err != nil {
		return err
	}
	if err := all.Closed(); err != nil {
		return err
	}
	for _, forget := range s.writing.forget {
		if _, err := tx.StmtContext(within, forget).ExecContext(within, string(customer)); err != nil {
			return err
		}
	}
	return s.end(tx)
}
