package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// migrateSQLite applies what the file lacks, in one transaction, which one process has at a time.
func migrateSQLite(ctx context.Context, db *sql.DB) ([]Migration, error) {
	all, err := known("sqlite")
	if err != nil {
		return nil, err
	}
	return migrateSQLiteTo(ctx, db, all)
}

func migrateSQLiteTo(ctx context.Context, db *sql.DB, all []Migration) ([]Migration, error) {
	there, err := appliedSQLite(ctx, db, all)
	if err != nil || len(pending(there)) == 0 {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", err)
	}
	defer tx.Rollback()                                       // which does nothing once it is committed
	if there, err = appliedSQLite(ctx, tx, all); err != nil { // others may have been faster
		return nil, err
	}
	done := pending(there)
	if _, err := tx.ExecContext(ctx, `create table if not exists duebook_migrations
		(number integer not null primary key, name text not null, applied integer not null) strict`); err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", err)
	}
	for _, m := range done {
		if _, err := tx.ExecContext(ctx, m.SQL); err != nil {
			return nil, fmt.Errorf("sqlstore: migrate: %d %s: %w", m.Number, m.Name, err)
		}
		if _, err := tx.ExecContext(ctx, "insert into duebook_migrations values (?, ?, unixepoch())", m.Number, m.Name); err != nil {
			return nil, fmt.Errorf("sqlstore: migrate: %d %s: %w", m.Number, m.Name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", err)
	}
	return done, nil
}

// appliedSQLite enters when each migration was applied.
func appliedSQLite(ctx context.Context, db interface {
	QueryContext(ctx context.Context, sql string, args ...any) (*sql.Rows, error)
}, all []Migration) (_ []Migration, err error) {
	when := make(map[int]time.Time)
	for _, text := range [...]string{
		"select count(*), 0 from sqlite_schema where name = 'duebook_migrations'",
		"select number, applied from duebook_migrations",
	} {
		rows, err := db.QueryContext(ctx, text)
		if err != nil {
			return nil, fmt.Errorf("sqlstore: migrations: %w", err)
		}
		when = make(map[int]time.Time)
		for rows.Next() {
			var n int
			var at int64
			if err := rows.Scan(&n, &at); err != nil {
				return nil, fmt.Errorf("sqlstore: migrations: %w", err)
			}
			when[n] = time.Unix(at, 0).UTC()
		}
		if err := rows.Close(); err != nil {
			return nil, fmt.Errorf("sqlstore: migrations: %w", err)
		}
		if _, none := when[0]; none { // of the first
			return all, nil
		}
	}
	return applied(all, when)
}
