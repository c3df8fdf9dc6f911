package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Statement is a text with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// Statements are what a store sends, by name.
func (p *Postgres) Statements(ask ledger.Ask, c ledger.Change, q order.Query, at time.Time) (map[string]Statement, error) {
	rows, err := rowsOf(c.Put)
	if err != nil {
		return nil, err
	}
	find, args, err := p.sql.finding(q)
	if err != nil {
		return nil, err
	}
	q.Resource = "disk"
	with, withArgs, err := p.sql.finding(q)
	if err != nil {
		return nil, err
	}
	all, kinds, ids := asked(ask)
	after := []any{"payment", time.Time{}, "", ""}
	return map[string]Statement{
		"load":      {p.sql.load, []any{ask.Customer, all, kinds, ids}},
		"lock":      {p.sql.lock, []any{c.Customer}},
		"commit":    {p.sql.commit, committed(c, rows)},
		"resources": {p.sql.resources, []any{c.Customer, []string{"disk"}, []string{"id 3"}}},
		"find":      {find, args},
		"findWith":  {with, withArgs},
		"exportOne": {p.sql.exportOne, []any{c.Customer}},
		"waiting":   {atMost(p.sql.waiting, 100), []any{at}},
		"leasing":   {atMost(p.sql.leasing, 100), []any{at, "host", at.Add(time.Minute)}},
		"list":      {atMost(p.sql.list, 51), after},
		"listState": {atMost(p.sql.listState, 51), append(after, "succeeded")},
	}, nil
}

// MigratePostgresTo applies the first migrations to an empty database.
func MigratePostgresTo(ctx context.Context, dsn string, last int) error {
	o, conn, err := connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	all, err := knownPostgres(o.schema, o.partitions)
	if err != nil {
		return err
	}
	script := bookkeeping(o.schema) + ";\n"
	for _, m := range all[:last] {
		script += m.SQL + "\n" + entered(o.schema, m) + ";\n"
	}
	_, err = conn.Exec(ctx, script, pgx.QueryExecModeSimpleProtocol)
	return err
}

// InUse is how many connections are held.
func (p *Postgres) InUse() int32 { return p.pool.Stat().AcquiredConns() }
