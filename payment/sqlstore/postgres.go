package sqlstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/duebook/duebook/payment/ledger"
)

// Postgres keeps records in PostgreSQL 14 or later (P16). It is safe for use by many goroutines,
// and by any number of hosts on one database.
type Postgres struct {
	// Beside queues statements of the host's own behind each commit: they go out in its round
	// trip and are part of its transaction. An error of it, or of a statement: nothing is written,
	// and the error is returned. On a conflict they are not run. A commit that is tried again
	// queues them again. Set it before the store is used; nil: none.
	//
	// A statement that waits for rows that another customer's commit has locked slows that customer
	// down; one whose result a function reads (pgx.QueuedQuery) must not fail there: by then the
	// commit is on its way, and the error is ledger.ErrInDoubt.
	Beside func(*pgx.Batch, ledger.Change) error

	pool *pgxpool.Pool
	sql  *statements
	here ledger.Locks  // of the callers of this process
	held chan struct{} // has one for each customer that is locked in the database
}

// OpenPostgres connects to a database and migrates it, or says what to run. The DSN is a URL or
// a list of settings as pgx takes them ([pgxpool.ParseConfig]), and may have two more:
//
//	duebook_schema      the schema with the tables; "duebook" without
//	duebook_partitions  how many partitions a database that is empty gets, by customer; 0 without
//
// A database that does not keep what it acknowledges is a [*SettingError], one that a later
// version has migrated a [*VersionError].
func OpenPostgres(ctx context.Context, dsn string) (*Postgres, error) {
	o, err := postgresOptions(dsn)
	if err != nil {
		return nil, err
	}
	if err := o.settle(ctx); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, o.pool)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	return newPostgres(pool, o.schema), nil
}

// newPostgres is a store on a database that has been checked and migrated.
func newPostgres(pool *pgxpool.Pool, schema string) *Postgres {
	return &Postgres{pool: pool, sql: statementsIn(schema), held: make(chan struct{}, pool.Config().MaxConns/2)} // the others commit
}

// Close closes all connections, once the calls that use them have ended.
func (p *Postgres) Close() error {
	p.pool.Close()
	return nil
}

// options are what a DSN says.
type options struct {
	pool       *pgxpool.Config
	schema     string
	partitions int
	mode       bool // the DSN says how statements are sent
}

const defaultSchema = "duebook"

func postgresOptions(dsn string) (options, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return options{}, fmt.Errorf("sqlstore: %w", err) // which shows no password
	}
	o := options{pool: cfg, schema: defaultSchema}
	params := cfg.ConnConfig.RuntimeParams
	take := func(name string) (string, bool) {
		v, ok := params[name]
		delete(params, name)
		return v, ok
	}
	if v, ok := take("duebook_schema"); ok {
		o.schema = v
	}
	if v, ok := take("duebook_partitions"); ok {
		if o.partitions, err = strconv.Atoi(v); err != nil || o.partitions < 0 || o.partitions > mostPartitions {
			return options{}, &SettingError{"duebook_partitions", v, "give a number from 0 to " + strconv.Itoa(mostPartitions)}
		}
	}
	if o.schema == "" || len(o.schema) > 63 {
		return options{}, &SettingError{"duebook_schema", o.schema, "give a name of 1 to 63 bytes"}
	}
	o.mode = modeOf(dsn)
	return o, nil
}

// settle checks the database over a connection of its own, migrates it, and settles how
// statements are sent.
func (o *options) settle(ctx context.Context) error {
	cfg := o.pool.ConnConfig.Copy()
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("sqlstore: open: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	pooled, err := checkServer(ctx, conn)
	if err != nil {
		return err
	}
	if pooled && !o.mode {
		o.pool.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	// To plan the statements of a payment takes longer than to run them, and each has one good plan.
	if params := o.pool.ConnConfig.RuntimeParams; !pooled && params["plan_cache_mode"] == "" {
		params["plan_cache_mode"] = "force_generic_plan"
	}
	_, err = migrate(ctx, conn, o.schema, o.partitions)
	return err
}
