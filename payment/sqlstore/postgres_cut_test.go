package sqlstore_test

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

// P16: of a commit whose connection breaks, it says what is true.
func TestP16_Cuts(t *testing.T) {
	p, err := ledgertest.NewProxy("unix", filepath.Join(pg.Dir(), ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"cache_statement", "cache_describe", "exec"} {
		dsn := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres dbname=postgres sslmode=disable pool_max_conns=2 default_query_exec_mode=%s duebook_schema=%s",
			p.Addr().(*net.TCPAddr).Port, mode, fresh("cut"))
		s := opened(t, dsn)
		if err := ledgertest.VerifyCuts(p, s); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if err := usual(s, "ann", 0); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if err := usual(s, "ann", 0); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%s: a commit on what was read before another: %v", mode, err)
		}
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

// P16: what was acknowledged is there after the server was killed, and what was certainly not written is not.
func TestP16_Killed(t *testing.T) {
	mortal, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer mortal.Stop()
	p := opened(t, mortal.DSN("postgres")+" pool_max_conns=6")
	const writers = 4
	for round := range 2 {
		var (
			wg            sync.WaitGroup
			mu            sync.Mutex
			yes, no, some []string
			begun         = make(chan bool, 1000)
		)
		for w := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 0; ; n++ {
					id := fmt.Sprint(round, w, n)
					err := p.Commit(ctx, ledger.Change{Customer: order.CustomerID(id), Put: outbox(id, 0)})
					mu.Lock()
					switch {
					case err == nil:
						yes = append(yes, id)
					case errors.Is(err, ledger.ErrInDoubt):
						some = append(some, id)
					default:
						no = append(no, id)
					}
					mu.Unlock()
					if err != nil {
						return
					}
					select {
					case begun <- true:
					default:
					}
				}
			}()
		}
		for range 200 {
			<-begun
		}
		if err := mortal.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if err := mortal.Restart(); err != nil {
			t.Fatal(err)
		}
		there := make(map[string]bool)
		for r, err := range p.Export(ctx, "") {
			if err != nil {
				t.Fatal(err)
			}
			there[string(r.Customer)] = true
		}
		for _, id := range yes {
			if !there[id] {
				t.Errorf("round %d: %s was acknowledged, and is lost", round, id)
			}
		}
		for _, id := range no {
			if there[id] {
				t.Errorf("round %d: %s was certainly not written, and is there", round, id)
			}
		}
		t.Logf("round %d: %d written, %d certainly not, %d in doubt", round, len(yes), len(no), len(some))
	}
}

// P16: of a customer whose connection breaks as the deletion is committed, nobody is told that nothing was deleted.
func TestP16_DeleteInDoubt(t *testing.T) {
	schema := fresh("cut")
	p := opened(t, pg.DSN("postgres")+" duebook_schema="+schema)
	exec(t, "insert into "+schema+".customers (customer, commits) values ('ann', 1) on conflict do nothing")
	exec(t, strings.ReplaceAll(`
create function SCHEMA.cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
create constraint trigger cut after delete on SCHEMA.customers deferrable initially deferred for each row execute function SCHEMA.cut()`, "SCHEMA", schema))
	if err := p.Delete(ctx, "ann"); !errors.Is(err, ledger.ErrInDoubt) {
		t.Error(err)
	}
}
