package ledgertest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

// distant is a store at the other end of a connection, which it is told over in two exchanges:
// which change, and then that it is to be written.
type distant struct {
	inmem.Store // as the other end has it
	addr        string
	says        func(sent bool, err error) error // what it makes of a connection that has broken

	mu      sync.Mutex
	changes map[string]ledger.Change
}

// listen is the other end.
func (d *distant) listen(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for in := bufio.NewScanner(conn); in.Scan(); {
				d.mu.Lock()
				change := d.changes[in.Text()]
				d.mu.Unlock()
				if _, err := io.WriteString(conn, "which\n"); err != nil || !in.Scan() {
					return
				}
				if d.Store.Commit(background, change) != nil {
					return
				}
				if _, err := io.WriteString(conn, "written\n"); err != nil {
					return
				}
			}
		}()
	}
}

func (d *distant) Commit(_ context.Context, c ledger.Change) error {
	d.mu.Lock()
	name := fmt.Sprint("change ", len(d.changes))
	d.changes[name] = c
	d.mu.Unlock()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		return d.says(false, err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for i, say := range []string{name, "write"} {
		if _, err := io.WriteString(conn, say+"\n"); err != nil {
			return d.says(i == 1, err)
		}
		if _, err := in.ReadString('\n'); err != nil {
			return d.says(i == 1, err)
		}
	}
	return nil
}

// P16: of a connection that breaks, a store that says what is true passes, and no other does.
func TestP16_Cuts(t *testing.T) {
	inDoubt := func(sent bool, err error) error {
		if !sent {
			return err
		}
		return fmt.Errorf("%w: %w", ledger.ErrInDoubt, err)
	}
	for name, x := range map[string]struct {
		says func(sent bool, err error) error
		ok   bool
	}{
		"what is true":         {inDoubt, true},
		"in doubt, always":     {func(_ bool, err error) error { return inDoubt(true, err) }, true},
		"certainly not":        {func(_ bool, err error) error { return err }, false},
		"written":              {func(bool, error) error { return nil }, false},
		"in doubt before only": {func(sent bool, err error) error { return inDoubt(!sent, err) }, false},
		"others were faster": {func(sent bool, err error) error {
			if sent {
				return ledger.ErrConflict
			}
			return err
		}, false},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p, err := ledgertest.NewProxy("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		d := &distant{addr: p.Addr().String(), says: x.says, changes: make(map[string]ledger.Change)}
		go d.listen(l)
		if err := ledgertest.VerifyCuts(p, d); (err == nil) != x.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err := errors.Join(p.Close(), l.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	unasked := &distant{changes: make(map[string]ledger.Change)}
	p, err := ledgertest.NewProxy("tcp", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if ledgertest.VerifyCuts(p, &unasked.Store) == nil {
		t.Error("a store that does not go through the proxy passes")
	}
	conn, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("there is no server, and it answers")
	}
}
