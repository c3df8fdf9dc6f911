package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// modeOf reports whether a DSN says how statements are sent, which pgx does not tell.
func modeOf(dsn string) bool { return strings.Contains(dsn, "default_query_exec_mode") }

// unsafe are the settings with which a server does not keep what it acknowledges, or the store
// does not work, and what to do about each.
var unsafe = []struct {
	query string
	bad   func(value string) bool
	name  string
	do    string
}{
	{"current_setting('server_version')", nil, "server_version", "use PostgreSQL 14 or later"},
	{"current_setting('server_encoding')", is("UTF8", false), "server_encoding", "create the database with ENCODING 'UTF8'"},
	{"current_setting('synchronous_commit')", is("off", true), "synchronous_commit", "set it on, for the server, the role or the database: a payment that was acknowledged would be lost with the server"},
	{"current_setting('fsync')", is("off", true), "fsync", "set it on in postgresql.conf: the database would not outlive the loss of power"},
	{"current_setting('full_page_writes')", is("off", true), "full_page_writes", "set it on in postgresql.conf: the database would not outlive the loss of power"},
	{"current_setting('default_transaction_read_only')", is("on", true), "default_transaction_read_only", "set it off for the role, or connect as another one"},
	{"pg_is_in_recovery()::text", is("true", true), "pg_is_in_recovery()", "connect to the primary server: a standby writes nothing"},
}

func is(word string, bad bool) func(string) bool {
	return func(value string) bool { return (value == word) == bad }
}

// oldest is the first version of the server that is known to work.
const oldest = 140000

// checkServer reports a setting that is not safe as a [*SettingError] (P16), and whether a
// connection pooler stands between us and the server: with one, the process that answers is not
// the one that we were connected to.
func checkServer(ctx context.Context, conn *pgx.Conn) (pooled bool, _ error) {
	var b strings.Builder
	b.WriteString("select pg_backend_pid()::bigint, current_setting('server_version_num')::bigint")
	for _, s := range unsafe {
		b.WriteString(", " + s.query)
	}
	var pid, version int64
	values := make([]string, len(unsafe))
	to := []any{&pid, &version}
	for i := range values {
		to = append(to, &values[i])
	}
	if err := conn.QueryRow(ctx, b.String()).Scan(to...); err != nil {
		return false, fmt.Errorf("sqlstore: open: %w", err)
	}
	for i, s := range unsafe {
		if s.bad == nil && version < oldest || s.bad != nil && s.bad(values[i]) {
			return false, &SettingError{s.name, values[i], s.do}
		}
	}
	return uint32(pid) != conn.PgConn().PID(), nil
}
