package sqlstore_test

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

var _ = func() bool { children["full"] = childFull; return true }() // before any init

// childFull commits while files may not become larger, says what became of each change, and does the
// same once they may. Then it ends without closing the file.
func childFull() error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := sqlstore.OpenSQLite(ctx, os.Getenv("DUEBOOK_PATH"))
	if err != nil {
		return err
	}
	info, err := os.Stat(os.Getenv("DUEBOOK_PATH") + "-wal")
	if err != nil {
		return err
	}
	more, err := strconv.Atoi(os.Getenv("DUEBOOK_MORE"))
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	was := limit.Cur
	for i := range 40 {
		switch i {
		case 5:
			limit.Cur = uint64(info.Size()) + uint64(more)
		case 30:
			limit.Cur = was
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		customer := order.CustomerID(fmt.Sprint("c", i))
		err := s.Commit(ctx, counts(customer, 0))
		switch {
		case err == nil:
			fmt.Println("written", customer)
		case errors.Is(err, ledger.ErrInDoubt):
			fmt.Println("doubt", customer)
		default:
			fmt.Println("not", customer, err)
		}
		if _, err := s.Load(ctx, ledger.AskAll(customer)); err != nil {
			fmt.Println("unread", customer)
		}
	}
	return nil
}

// P16: where a file cannot become larger, what is acknowledged is there, what is refused is not,
// and commits go on once it can.
func TestP16_SQLiteTooLarge(t *testing.T) {
	dir := inMemory(t)
	doubts := 0
	for round, more := range []int{0, 100, 4096 + 24, 50_000, 100_001} {
		path := filepath.Join(dir, fmt.Sprint(round, ".db"))
		cmd, out := child(t, "full", path, "DUEBOOK_MORE="+strconv.Itoa(more))
		said := make(map[order.CustomerID]string)
		for out.Scan() {
			words := strings.SplitN(out.Text(), " ", 3)
			if words[0] != "unread" {
				said[order.CustomerID(words[1])] = words[0]
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		s := reopenSQLite(t, path)
		for i := range 40 {
			customer := order.CustomerID(fmt.Sprint("c", i))
			n := counted(t, s, customer)
			switch said[customer] {
			case "written":
				if n != 1 {
					t.Errorf("%d bytes more: %s was acknowledged, and is written %d times", more, customer, n)
				}
			case "not":
				if n != 0 {
					t.Errorf("%d bytes more: %s was refused, and is written %d times", more, customer, n)
				}
			case "doubt":
				doubts++
				if n < 0 {
					t.Errorf("half of %s is written", customer)
				}
			default:
				t.Errorf("%s: %q", customer, said[customer])
			}
			if (i < 5 || i >= 30) && said[customer] != "written" {
				t.Errorf("with room, %s: %s", customer, said[customer])
			}
		}
	}
	if doubts == 0 {
		t.Error("no write failed")
	}
}

// P16: on a disk that is full, the same; certainly nothing is written.
func TestP16_SQLiteFull(t *testing.T) {
	dir := inMemory(t)
	if err := syscall.Mount("duebook", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("only root may mount a small disk: ", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	path := filepath.Join(dir, "shop.db")
	s, err := sqlstore.OpenSQLite(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	said := make(map[order.CustomerID]error)
	full := 0
	for i := 0; full < 5; i++ {
		customer := order.CustomerID(fmt.Sprint("c", i))
		if said[customer] = s.Commit(ctx, counts(customer, 0)); said[customer] != nil {
			full++
		}
		if i > 1000 {
			t.Fatal("it does not fill up")
		}
	}
	look := func(s ledger.Store) {
		t.Helper()
		for customer, err := range said {
			n, want := counted(t, s, customer), int64(1)
			if err != nil {
				want = 0
			}
			if errors.Is(err, ledger.ErrInDoubt) || errors.Is(err, ledger.ErrConflict) || n != want {
				t.Errorf("%s: %v, and is written %d times", customer, err, n)
			}
		}
	}
	look(s)
	if err := s.Close(); err != nil { // which has no room to tidy up
		t.Log(err)
	}
	if err := syscall.Mount("duebook", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	again := reopenSQLite(t, path)
	look(again)
	if err := again.Commit(ctx, counts("more", 0)); err != nil {
		t.Error(err)
	}
	again.Close()
}
