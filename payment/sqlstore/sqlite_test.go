package sqlstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

var (
	_ ledger.Store  = (*sqlstore.SQLite)(nil)
	_ ledger.Finder = (*sqlstore.SQLite)(nil)
	_ ledger.Lister = (*sqlstore.SQLite)(nil)
	_ ledger.Locker = (*sqlstore.SQLite)(nil)
)

// inMemory is a folder that is gone when the test has ended, in memory where there is some.
func inMemory(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "duebook-sqlite-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// files gives out stores, each in a file of its own, which is closed and gone once nobody has it.
func files(t testing.TB) func() ledger.Store {
	dir := inMemory(t)
	return func() ledger.Store {
		dir, err := os.MkdirTemp(dir, "")
		if err != nil {
			panic(err)
		}
		s, err := sqlstore.OpenSQLite(ctx, filepath.Join(dir, "shop.db"))
		if err != nil {
			panic(err)
		}
		write, read := s.Pools()
		runtime.AddCleanup(s, func(pools [2]*sql.DB) {
			pools[0].Close()
			pools[1].Close()
			os.RemoveAll(dir)
		}, [2]*sql.DB{write, read})
		return s
	}
}

// P16: the store keeps every law.
func TestP16_SQLiteStore(t *testing.T) { ledgertest.TestStore(t, files(t)) }

func TestP16_SQLiteSimulate(t *testing.T) {
	n := *histories
	if testing.Short() {
		n = min(n, 4)
	}
	desktest.Simulate(t, files(t), n)
}
