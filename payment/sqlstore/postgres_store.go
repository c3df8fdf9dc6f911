package sqlstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// querier is a pool, or a transaction of the host.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Load returns the records asked for, all by one statement, and so as of one instant.
func (p *Postgres) Load(ctx context.Context, ask ledger.Ask) (found ledger.Records, err error) {
	err = retried(ctx, func() error {
		found, err = p.sql.loads(ctx, p.pool, ask)
		return err
	})
	return found, err
}

func (s *statements) loads(ctx context.Context, q querier, ask ledger.Ask) (ledger.Records, error) {
	all, kinds, ids := asked(ask)
	rows, err := q.Query(ctx, s.load, ask.Customer, all, kinds, ids)
	if err != nil {
		return ledger.Records{}, fmt.Errorf("sqlstore: load: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Record, error) {
		r := ledger.Record{Customer: ask.Customer}
		return r, row.Scan(&r.Kind, &r.ID, &r.Version, (*[]byte)(&r.Body))
	})
	if err != nil {
		return ledger.Records{}, fmt.Errorf("sqlstore: load: %w", err)
	}
	return decoded(found)
}

// Waiting names what waits for the clock, and leases those whom it names.
func (p *Postgres) Waiting(ctx context.Context, due ledger.Due) (asks []ledger.Ask, err error) {
	err = retried(ctx, func() error {
		asks, err = p.sql.waits(ctx, p.pool, due)
		return err
	})
	return asks, err
}

func (s *statements) waits(ctx context.Context, q querier, due ledger.Due) (asks []ledger.Ask, _ error) {
	sql, args := s.waiting, []any{due.At.UTC()}
	if l := due.Lease; l.By != "" {
		sql, args = s.leasing, append(args, l.By, due.At.Add(l.For).UTC())
	}
	rows, err := q.Query(ctx, atMost(sql, due.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	var customer order.CustomerID
	var r ledger.Ref
	if _, err := pgx.ForEachRow(rows, []any{&customer, &r.Kind, &r.ID, &r.Version}, func() error {
		if n := len(asks); n == 0 || asks[n-1].Customer != customer {
			asks = append(asks, ledger.Ask{Customer: customer})
		}
		last := &asks[len(asks)-1]
		last.Refs = append(last.Refs, r)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("sqlstore: waiting: %w", err)
	}
	return asks, nil
}
