package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver

	"github.com/duebook/duebook/payment/ledger"
)

// SQLite keeps records in one file (P16). It is safe for use by many goroutines, and by several
// processes on one machine, of which one writes at a time. It is a [ledger.Finder], a
// [ledger.Lister] and a [ledger.Archiver] too.
type SQLite struct {
	ledger.Locks // a customer's callers within this process, one after the other

	// Beside writes rows of the host's own in the transaction of each commit, behind its records. An
	// error: nothing of that change is written, and the error is returned. On a conflict it is not
	// called; a change that is tried again has it called again. It uses tx alone, and leaves its end
	// and its savepoint named duebook to the store; while it runs nobody else writes. Set it before the
	// store is used; nil: none.
	Beside func(ctx context.Context, tx *sql.Tx, c ledger.Change) error

	write, read *sql.DB // one connection, and those that only read
	writing     *sqliteStatements
	reading     *sqliteStatements

	lead  chan struct{} // whoever has put a value in runs the turns that wait
	mu    sync.Mutex
	turns []*turn
	doubt atomic.Bool // a transaction that failed may come back after a crash: write before anything is read
}

// OpenSQLite opens a file, makes it where there is none, and migrates it. The path may have settings
// as the driver modernc.org/sqlite takes them, such as "shop.db?_pragma=busy_timeout(20000)"; without
// them a transaction of another process is waited for for ten seconds.
//
// A setting by which what was acknowledged could be lost is a [*SettingError], and a file that a later
// version has migrated a [*VersionError].
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	f, err := sqliteFileOf(path)
	if err != nil {
		return nil, err
	}
	s := &SQLite{lead: make(chan struct{}, 1)}
	if s.write, err = f.open(ctx, true); err == nil {
		_, err = migrateSQLite(ctx, s.write)
	}
	if err == nil {
		s.read, err = f.open(ctx, false)
	}
	if err == nil {
		s.writing, err = prepareSQLite(ctx, s.write)
	}
	if err == nil {
		s.reading, err = prepareSQLite(ctx, s.read)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// MigrateSQLite applies the migrations that a file lacks, and returns them; OpenSQLite does the
// same. Processes that start at once wait for each other. The path is that of [OpenSQLite].
func MigrateSQLite(ctx context.Context, path string) (done []Migration, err error) {
	f, err := sqliteFileOf(path)
	if err != nil {
		return nil, err
	}
	db, err := f.open(ctx, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return migrateSQLite(ctx, db)
}

// Close waits for the calls that have begun and closes the file. The last process that closes it
// leaves the one file alone, without its -wal and -shm.
func (s *SQLite) Close() error {
	var errs []error
	for _, db := range [...]*sql.DB{s.read, s.write} { // who closes last tidies up, and must be able to write
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sqlstore: close: %w", err)
	}
	return nil
}

// Begin begins a transaction of the host in which it may write rows of its own, and records by
// [SQLite.InTx]. Nobody else writes until it has ended, so whoever has begun it must not call a Desk that
// has the store itself meanwhile: that would wait for the end of its ctx. The end of this ctx rolls it
// back.
func (s *SQLite) Begin(ctx context.Context) (*sql.Tx, error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: begin: %w", err)
	}
	return tx, nil
}

// readers is how many connections read at once.
func readers() int { return max(4, runtime.GOMAXPROCS(0)) }
