package sqlstore

import "database/sql"

// NewPostgres is a store on a database that has been migrated.
var NewPostgres = newPostgres

// Pools are the connections of a store.
func (s *SQLite) Pools() (write, read *sql.DB) { return s.write, s.read }
