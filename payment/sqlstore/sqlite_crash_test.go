package sqlstore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

var kills = flag.Int("kills", 3, "how often a host on SQLite is killed")

// children are what a process does that a test starts.
var children = map[string]func() error{"open": childOpens, "pay": childPays}

func init() {
	does := children[os.Getenv("DUEBOOK_CHILD")]
	if does == nil {
		return
	}
	if err := does(); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts this program again to do one thing with a file, and returns what it says, line by line.
func child(t testing.TB, what, path string, env ...string) (*osexec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := osexec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "DUEBOOK_CHILD="+what, "DUEBOOK_PATH="+path)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd, bufio.NewScanner(out)
}

// far is a gateway in another process.
type far struct{ client *http.Client }

func (far) Traits() gateway.Traits { return gateway.Traits{} }

func (f far) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return f.call(ctx, "charge", c)
}

func (f far) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return f.call(ctx, "lookup", c)
}

func (f far) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return f.call(ctx, "cancel", c)
}

func (f far) call(ctx context.Context, what string, c gateway.Charge) (out gateway.Outcome, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return out, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://bank/"+what, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	return out, json.NewDecoder(resp.Body).Decode(&out)
}

// serve has a gateway answer at a socket.
func serve(t testing.TB, g *inmem.Gateway, socket string) {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c gateway.Charge
		var out gateway.Outcome
		err := json.NewDecoder(r.Body).Decode(&c)
		if err == nil {
			switch r.URL.Path {
			case "/charge":
				out, err = g.Charge(r.Context(), c)
			case "/lookup":
				out, err = g.Lookup(r.Context(), c)
			case "/cancel":
				out, err = g.Cancel(r.Context(), c)
			}
		}
		if err == nil {
			err = json.NewEncoder(w).Encode(out)
		}
		if err != nil && r.Context().Err() == nil {
			t.Error(err)
		}
	})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

func deskOn(s ledger.Store, g gateway.Gateway, now func() time.Time) *desk.Desk {
	return &desk.Desk{Store: s, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}}, Gateways: map[string]gateway.Gateway{"cards": g}, Now: now}
}

// childPays is a host under load until it is killed: it says what it was acknowledged.
func childPays() error {
	s, err := sqlstore.OpenSQLite(ctx, os.Getenv("DUEBOOK_PATH"))
	if err != nil {
		return err
	}
	socket := os.Getenv("DUEBOOK_SOCKET")
	d := deskOn(s, far{&http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}}, nil)
	var mu sync.Mutex
	say := func(words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(words...)
	}
	failed := make(chan error)
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				customer := order.CustomerID(fmt.Sprint("c", (i+w)%3))
				id := fmt.Sprintf("%s-%d-%d", os.Getenv("DUEBOOK_ROUND"), w, i)
				var drafts []order.Draft
				for k := range 2 {
					drafts = append(drafts, order.Draft{ID: order.ID(fmt.Sprint(id, "-", k)), Customer: customer, Type: order.TypePurchase, Lines: []order.Line{{Product: "s6.large", Service: "ECS", Count: 1,
						Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(1000, order.USD)}}})
				}
				_, err := d.Place(ctx, desk.PlaceRequest{Customer: customer, By: "host", Purchase: order.PurchaseID(id), Drafts: drafts})
				if err == nil {
					say("placed", customer, drafts[1].ID)
					var p payment.Payment
					p, err = d.Pay(ctx, payment.Request{Key: payment.Key(id), Customer: customer, By: "host", Orders: []order.ID{drafts[0].ID, drafts[1].ID}, Method: payment.MethodOnline})
					if err == nil {
						say("paid", customer, p.ID)
					}
				}
				if err != nil && !errors.Is(err, ledger.ErrConflict) {
					failed <- err
				}
			}
		}()
	}
	go func() {
		for {
			if _, err := d.Sweep(ctx, 10); err != nil {
				failed <- err
			}
			if _, err := s.Archive(ctx, time.Now().Add(time.Second), 10); err != nil {
				failed <- err
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	go func() {
		for i := 0; ; i++ {
			id := order.CustomerID(fmt.Sprint("gone-", os.Getenv("DUEBOOK_ROUND"), "-", i))
			c := counts(id, 0)
			c.Put.Entries = []ledger.Entry{{ID: "e", Customer: id, At: sqliteAt, By: "by", Step: "step", Moves: []ledger.EntryLine{{Kind: ledger.KindTally, ID: "one"}}}}
			err := s.Commit(ctx, c)
			if err == nil {
				say("made", id, id)
				_, err = s.Archive(ctx, sqliteAt.Add(time.Second), 1)
			}
			if err == nil {
				say("deletes", id, id)
				err = s.Delete(ctx, id)
			}
			if err != nil {
				failed <- err
			}
			say("deleted", id, id)
		}
	}()
	return <-failed
}

// P16: a host that is killed under load loses nothing that it was acknowledged, and what it left half
// done is finished by the next: the audit of store and gateway finds nothing. Records are archived, and
// customers deleted, meanwhile.
func TestP16_SQLiteKilled(t *testing.T) {
	dir := inMemory(t)
	path, socket := filepath.Join(dir, "shop.db"), filepath.Join(dir, "bank")
	bank := new(inmem.Gateway)
	serve(t, bank, socket)
	orders, payments := make(map[string]order.CustomerID), make(map[string]order.CustomerID)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	left, archived := 0, 0
	said := make(map[order.CustomerID]string)
	for round := range *kills {
		if round%20 == 19 { // small enough to be looked through
			os.Remove(path)
			os.Remove(path + "-wal")
			os.Remove(path + "-shm")
			clear(orders)
			clear(payments)
			clear(said)
			bank = new(inmem.Gateway)
			socket = fmt.Sprint(filepath.Join(dir, "bank"), round)
			serve(t, bank, socket)
		}
		cmd, out := child(t, "pay", path, "DUEBOOK_SOCKET="+socket, "DUEBOOK_ROUND="+fmt.Sprint(round))
		heard := 0
		for out.Scan() {
			if heard++; heard == 1 {
				time.AfterFunc(time.Duration(random.IntN(300))*time.Millisecond, func() { cmd.Process.Kill() })
			}
			words := strings.SplitN(out.Text(), " ", 3)
			switch words[0] {
			case "placed":
				orders[words[2]] = order.CustomerID(words[1])
			case "paid":
				payments[words[2]] = order.CustomerID(words[1])
			default:
				said[order.CustomerID(words[1])] = words[0]
			}
		}
		cmd.Wait()
		if cmd.ProcessState.Exited() || heard == 0 {
			t.Fatal("the host ended by itself: ", cmd.ProcessState)
		}
		left += reconciled(t, path, bank, orders, payments)
		archived = deleted(t, path, said)
	}
	t.Logf("%d orders and %d payments were acknowledged, and %d payments left half done; %d records are archived, and %d customers were to be deleted", len(orders), len(payments), left, archived, len(said))
	if archived == 0 || len(said) == 0 {
		t.Error("none are archived, or deleted")
	}
}

// reconciled opens a file, finishes what was left, and looks at all of it. It returns how many payments
// were left.
func reconciled(t *testing.T, path string, bank *inmem.Gateway, orders, payments map[string]order.CustomerID) (left int) {
	t.Helper()
	s := reopenSQLite(t, path)
	defer s.Close()
	write, _ := s.Pools()
	var sound string
	if err := write.QueryRow("pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Fatal(sound, err)
	}
	if err := write.QueryRow("select count(*) from duebook_records where kind = 'payment' and state = 'pending'").Scan(&left); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	d := deskOn(s, bank, func() time.Time { return at })
	for range 50 {
		at = at.Add(time.Minute)
		if _, err := d.Sweep(ctx, 1000); err != nil {
			t.Fatal(err)
		}
	}
	all := make(map[order.CustomerID]ledger.Records)
	for i := range 3 {
		id := order.CustomerID(fmt.Sprint("c", i))
		r, err := s.Load(ctx, ledger.AskAll(id))
		if err != nil {
			t.Fatal(err)
		}
		all[id] = r
		var moved []gateway.Movement
		for _, m := range bank.Ledger() {
			if m.Customer == id {
				moved = append(moved, m)
			}
		}
		for _, v := range ledger.Audit(r, moved) {
			t.Errorf("%s: %v", id, v)
		}
	}
	there := make(map[string]bool)
	for _, r := range all {
		for _, o := range r.Orders {
			there[string(o.ID)] = true
		}
		for _, p := range r.Payments {
			there[string(p.ID)] = p.State == payment.PaymentSucceeded
		}
	}
	for _, acknowledged := range []map[string]order.CustomerID{orders, payments} {
		for id, customer := range acknowledged {
			if !there[id] {
				t.Errorf("%s of %s was acknowledged, and is not there, or did not succeed", id, customer)
			}
		}
	}
	return left
}

// deleted looks for customers of whom a part is left, by what a host said of them last, and for bodies that belong
// to nothing. It returns how many records are archived.
func deleted(t *testing.T, path string, said map[order.CustomerID]string) (archived int) {
	t.Helper()
	s := reopenSQLite(t, path)
	defer s.Close()
	for customer, word := range said {
		got, err := s.Load(ctx, ledger.AskAll(customer))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(got.Views()); n != 0 && word == "deleted" || n != 3 && word == "made" || n != 0 && n != 3 {
			t.Errorf("%s: %s, and %d of 3 records are there", customer, word, n)
		}
	}
	write, _ := s.Pools()
	var lost int
	if err := write.QueryRow(`select count(*) filter (where r.body = ''), count(*) filter (where a.id is null or r.id is null) from duebook_archived a
		full join duebook_records r on r.customer = a.customer and r.kind = a.kind and r.id = a.id where a.id is not null or r.body = ''`).Scan(&archived, &lost); err != nil || lost > 0 {
		t.Errorf("%d bodies belong to nothing, or records have no body: %v", lost, err)
	}
	return archived
}

// P16: however much of the log is lost at its end, or torn there, the file opens, with the first changes
// whole and nothing of the others.
func TestP16_SQLiteTorn(t *testing.T) {
	dir := inMemory(t)
	path := filepath.Join(dir, "shop.db")
	s := reopenSQLite(t, path)
	log := func(path string) int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	const changes = 60
	var ends [changes]int64 // of the log, once each was acknowledged
	for i := range changes {
		c := counts("ann", int64(i))
		c.Put.Entries = []ledger.Entry{{ID: fmt.Sprint("e", i), Customer: "ann", At: sqliteAt, By: "by", Step: "step", Why: strings.Repeat("why ", 400*(i%5)), Moves: []ledger.EntryLine{{Kind: ledger.KindTally, ID: "one"}}}}
		if err := s.Commit(ctx, c); err != nil {
			t.Fatal(err)
		}
		ends[i] = log(path)
	}
	main, err1 := os.ReadFile(path)
	wal, err2 := os.ReadFile(path + "-wal")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	begin := ends[0]
	for round := range 60 {
		cut := begin + random.Int64N(int64(len(wal))-begin)
		torn := append([]byte(nil), wal...)
		switch round % 3 {
		case 0: // lost
			torn = torn[:cut]
		case 1: // never written
			clear(torn[cut:])
		case 2: // a sector of something else
			for i := range min(512, len(torn)-int(cut)) {
				torn[int(cut)+i] = byte(random.Uint32())
			}
		}
		copied := filepath.Join(dir, fmt.Sprint(round, ".db"))
		if err := errors.Join(os.WriteFile(copied, main, 0o600), os.WriteFile(copied+"-wal", torn, 0o600)); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for kept < changes && ends[kept] <= cut {
			kept++
		}
		c, err := sqlstore.OpenSQLite(ctx, copied)
		if err != nil {
			t.Fatalf("torn at %d of %d: %v", cut, len(wal), err)
		}
		n := counted(t, c, "ann")
		got, err := c.Load(ctx, ledger.Ask{Customer: "ann", All: []ledger.Kind{ledger.KindEntry}})
		if err != nil || n < int64(kept) || n > int64(kept+1) || len(got.Entries) != int(n) {
			t.Errorf("torn at %d: %d changes were on the disk, and %d are there, with %d entries: %v", cut, kept, n, len(got.Entries), err)
		}
		if err := c.Commit(ctx, counts("ann", n)); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func childOpens() error {
	s, err := sqlstore.OpenSQLite(ctx, os.Getenv("DUEBOOK_PATH"))
	if err != nil {
		return err
	}
	if err := s.Commit(ctx, counts(order.CustomerID(fmt.Sprint(os.Getpid())), 0)); err != nil {
		return err
	}
	return s.Close()
}
