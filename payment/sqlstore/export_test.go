package sqlstore

import (
	"context"
	"database/sql"
)

// NewPostgres is a store on a database that has been migrated.
var NewPostgres = newPostgres

// Pools are the connections of a store.
func (s *SQLite) Pools() (write, read *sql.DB) { return s.write, s.read }

// Queued is how many commits wait for their turn.
func (s *SQLite) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.turns)
}

// Doubtful has the store take its last commit for one that is in doubt.
func (s *SQLite) Doubtful() { s.doubt.Store(true) }

// IsDoubtful reports whether it takes it for one.
func (s *SQLite) IsDoubtful() bool { return s.doubt.Load() }

// MigrateSQLiteTo has a file as the version with n migrations left it.
func MigrateSQLiteTo(ctx context.Context, db *sql.DB, n int) error {
	all, err := known("sqlite")
	if err == nil {
		_, err = migrateSQLiteTo(ctx, db, all[:n])
	}
	return err
}

// SQLiteTexts are statements, by what they are for.
func SQLiteTexts() map[string]string {
	t := &sqliteTexts
	return map[string]string{"load": t.load, "version": t.version, "whole": t.whole, "group": t.group, "update": t.update, "wake": t.wake,
		"due": t.due, "leasable": t.leasable, "page": t.page, "named": t.named, "with": t.with, "list": t.list, "states": t.states, "exportOne": t.exportOne}
}
