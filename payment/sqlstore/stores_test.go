package sqlstore_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

// schemas gives out stores that are empty. One that nobody has any more is emptied, and given out
// again: to make a schema takes longer than most laws.
type schemas struct {
	pool       *pgxpool.Pool
	name       string
	partitions int

	mu   sync.Mutex
	n    int
	free []string
}

func newSchemas(pool *pgxpool.Pool, name string, partitions int) *schemas {
	return &schemas{pool: pool, name: name, partitions: partitions}
}

// store returns a store that is empty.
func (s *schemas) store() ledger.Store {
	p, schema := s.open()
	return &rewritable{p, s.pool, schema}
}

// rewritable is a store whose bodies a test can change: it offers [ledgertest.Bodies].
type rewritable struct {
	*sqlstore.Postgres
	pool   *pgxpool.Pool
	schema string
}

func (r *rewritable) Rewrite(ctx context.Context, customer order.CustomerID, ref ledger.Ref, change func([]byte) []byte) error {
	const where = ` where customer = $1 and kind = $2 and id = $3`
	var body []byte
	if err := r.pool.QueryRow(ctx, fmt.Sprintf(`select body from "%s".records`, r.schema)+where, customer, ref.Kind, ref.ID).Scan(&body); err != nil {
		return err
	}
	_, err := r.pool.Exec(ctx, fmt.Sprintf(`update "%s".records set body = $4::text::jsonb`, r.schema)+where, customer, ref.Kind, ref.ID, string(change(body)))
	return err
}

func (s *schemas) postgres() *sqlstore.Postgres {
	p, _ := s.open()
	return p
}

func (s *schemas) open() (p *sqlstore.Postgres, schema string) {
	schema = s.take()
	p = sqlstore.NewPostgres(s.pool, schema)
	runtime.AddCleanup(p, s.giveBack, schema)
	return p, schema
}

// take returns the name of a schema that has no records.
func (s *schemas) take() string {
	s.mu.Lock()
	schema := ""
	if n := len(s.free); n > 0 {
		schema, s.free = s.free[n-1], s.free[:n-1]
	}
	s.n++
	n := s.n
	s.mu.Unlock()
	if schema == "" {
		schema = fmt.Sprint(s.name, " ", n) // which wants quotes
		if _, err := sqlstore.MigratePostgres(ctx, fmt.Sprintf("%s duebook_schema='%s' duebook_partitions=%d", pg.DSN("postgres"), schema, s.partitions)); err != nil {
			panic(err)
		}
		return schema
	}
	for _, table := range []string{"archived", "order_resources", "records", "customers"} {
		if _, err := s.pool.Exec(ctx, fmt.Sprintf(`delete from "%s".%s`, schema, table)); err != nil {
			panic(err)
		}
	}
	return schema
}

func (s *schemas) giveBack(schema string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, schema)
}

var named atomic.Int64

// fresh is the name of a schema that there has not been.
func fresh(name string) string { return fmt.Sprintf("%s_%d", name, named.Add(1)) }

// drawn are the records that a history left.
func drawn(seed int) ledgertest.Kept { return ledgertest.DrawKept().Example(seed) }
