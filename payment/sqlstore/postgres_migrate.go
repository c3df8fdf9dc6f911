package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// mostPartitions is how many partitions there may be.
const mostPartitions = 1024

// MigratePostgres applies the migrations that the database lacks, and returns them. Hosts that
// start at once wait for each other. The DSN is that of [OpenPostgres]; the role must be allowed to
// create the schema and its tables.
func MigratePostgres(ctx context.Context, dsn string) ([]Migration, error) {
	o, conn, err := connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := checkServer(ctx, conn); err != nil {
		return nil, err
	}
	return migrate(ctx, conn, o.schema, o.partitions)
}

// PostgresMigrations returns all migrations, with the time when the database was migrated.
func PostgresMigrations(ctx context.Context, dsn string) ([]Migration, error) {
	o, conn, err := connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	all, err := knownPostgres(o.schema, o.partitions)
	if err != nil {
		return nil, err
	}
	return appliedPostgres(ctx, conn, o.schema, all)
}

// PostgresScript returns what MigratePostgres runs on an empty database, for whoever applies it
// by other means. It connects to nothing.
func PostgresScript(dsn string) (string, error) {
	o, err := postgresOptions(dsn)
	if err != nil {
		return "", err
	}
	all, err := knownPostgres(o.schema, o.partitions)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("begin;\n" + lockMigrations(o.schema) + ";\n" + bookkeeping(o.schema) + ";\n")
	for _, m := range all {
		fmt.Fprintf(&b, "\n-- %d %s\n%s\n%s;\n", m.Number, m.Name, m.SQL, entered(o.schema, m))
	}
	b.WriteString("commit;\n")
	return b.String(), nil
}

func connect(ctx context.Context, dsn string) (options, *pgx.Conn, error) {
	o, err := postgresOptions(dsn)
	if err != nil {
		return o, nil, err
	}
	cfg := o.pool.ConnConfig.Copy()
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return o, nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	return o, conn, nil
}

// knownPostgres returns the migrations as they are in a schema, with so many partitions.
func knownPostgres(schema string, partitions int) ([]Migration, error) {
	all, err := known("postgres")
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].SQL = inSchema(partitioned(all[i].SQL, partitions), schema)
	}
	return all, nil
}

// byCustomer stands in a migration where a table can be partitioned.
const byCustomer = " /* partition by hash (customer) */;"

// partitioned makes partitions of the tables of a migration that can have them.
func partitioned(sql string, n int) string {
	if n == 0 {
		return sql
	}
	var b strings.Builder
	table := ""
	for _, line := range strings.SplitAfter(sql, "\n") {
		if rest, ok := strings.CutPrefix(line, "create table "); ok {
			table, _, _ = strings.Cut(rest, " ")
		}
		head, ok := strings.CutSuffix(strings.TrimSuffix(line, "\n"), byCustomer)
		if !ok {
			b.WriteString(line)
			continue
		}
		b.WriteString(head + " partition by hash (customer);\n")
		for i := range n {
			fmt.Fprintf(&b, "create table %s_%d partition of %s for values with (modulus %d, remainder %d);\n", table, i, table, n, i)
		}
	}
	return b.String()
}

// inSchema puts a statement that names schema duebook into another.
func inSchema(sql, schema string) string {
	return strings.ReplaceAll(sql, "duebook.", pgx.Identifier{schema}.Sanitize()+".")
}

// lockMigrations waits until nobody else migrates the schema: the lock ends with the transaction.
func lockMigrations(schema string) string {
	return "select pg_advisory_xact_lock(hashtextextended(" + quoted("duebook migrations of "+schema) + ", 0))"
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func bookkeeping(schema string) string {
	return "create schema if not exists " + pgx.Identifier{schema}.Sanitize() + ";\n" +
		inSchema("create table if not exists duebook.migrations (number int primary key, name text not null, applied timestamptz not null)", schema)
}

func entered(schema string, m Migration) string {
	return inSchema("insert into duebook.migrations values ("+strconv.Itoa(m.Number)+", "+quoted(m.Name)+", now())", schema)
}

// appliedPostgres enters when each migration was applied.
func appliedPostgres(ctx context.Context, conn *pgx.Conn, schema string, all []Migration) ([]Migration, error) {
	var there bool
	// Not to_regclass, which may not see within a transaction what others have committed since it began.
	if err := conn.QueryRow(ctx, "select exists (select from pg_tables where schemaname = $1 and tablename = 'migrations')", schema).Scan(&there); err != nil {
		return nil, refusedTo("read its migrations", err)
	}
	when := make(map[int]time.Time)
	if there {
		rows, err := conn.Query(ctx, inSchema("select number, applied from duebook.migrations", schema))
		if err != nil {
			return nil, refusedTo("read its migrations", err)
		}
		var n int
		var at time.Time
		if _, err := pgx.ForEachRow(rows, []any{&n, &at}, func() error { when[n] = at.UTC(); return nil }); err != nil {
			return nil, refusedTo("read its migrations", err)
		}
	}
	return applied(all, when)
}

// migrate applies what the database lacks, in one transaction.
func migrate(ctx context.Context, conn *pgx.Conn, schema string, partitions int) ([]Migration, error) {
	all, err := knownPostgres(schema, partitions)
	if err != nil {
		return nil, err
	}
	all, err = appliedPostgres(ctx, conn, schema, all)
	if err != nil || len(pending(all)) == 0 {
		return nil, err
	}
	var done []Migration
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockMigrations(schema)); err != nil {
			return err
		}
		if all, err = appliedPostgres(ctx, conn, schema, all); err != nil { // others may have been faster
			return err
		}
		if done = pending(all); len(done) == 0 {
			return nil
		}
		script := bookkeeping(schema) + ";\n"
		for _, m := range done {
			script += m.SQL + "\n" + entered(schema, m) + ";\n"
		}
		_, err := tx.Conn().PgConn().Exec(ctx, script).ReadAll()
		return err
	})
	if err != nil {
		return nil, refusedTo("migrate", err)
	}
	return done, nil
}

// refusedTo says what to run where the role may not do something to the database.
func refusedTo(do string, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" { // insufficient_privilege
		return fmt.Errorf("sqlstore: the role may not %s: run duebook-migrate -apply as the owner, and grant the role what the package's comment says: %w", do, err)
	}
	return fmt.Errorf("sqlstore: %s: %w", do, err)
}
