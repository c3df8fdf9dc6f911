package proof_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"
)

// asHost is the environment variable that has this program be a host, as its value says.
const asHost = "DUEBOOK_PROOF_HOST"

// role is what a host is told when it starts.
type role struct {
	Name string
	DSN  string
	Book string // the gateway's
	Log  string // what was acknowledged, line by line
}

// task is what a host is told to do; nothing: to stop the load.
type task struct {
	Race order.CustomerID   `json:",omitempty"` // so many callers pay the same
	Load []order.CustomerID `json:",omitempty"` // so many callers do whatever comes, until the next task
	Each int                // how many callers
	Off  time.Duration      // how far the clock is ahead
}

// outcome is what came of a task.
type outcome struct {
	Paid    map[order.PaymentID]int // of a race: how many callers have which payment
	Refused int
	Errs    []string // what none of them may hear
	Acked   int      // of a load: commits that the store has acknowledged
	Doubts  int      // that perhaps were written
	Calls   int      // calls that were acknowledged
	Failed  int      // and those that were not
}

// host is a process, and what it has done.
type host struct {
	role
	d   *desk.Desk
	off time.Duration // how far the clock is ahead

	marks atomic.Int64

	mu  sync.Mutex
	log *os.File
	out outcome
}

// acked is what was acknowledged, as the log has it: the records of a commit at their versions, or
// what a call has returned.
type acked struct {
	Customer order.CustomerID
	Refs     []ledger.Ref     `json:",omitempty"`
	Orders   []order.Order    `json:",omitempty"`
	Coupon   coupon.ID        `json:",omitempty"`
	Deposit  string           `json:",omitempty"`
	Payment  *payment.Payment `json:",omitempty"`
	Not      string           `json:",omitempty"` // the mark of a commit that certainly was not written
}

// wrote has something be acknowledged for good, before the host goes on.
func (h *host) wrote(a acked) {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := h.log.Write(append(text, '\n')); err != nil {
		panic(err)
	}
}

// told is the store of a host, which writes down what the store has acknowledged, and what it has refused. Each
// commit has a mark, a record that no other has: what is tried again, and written, has another.
type told struct {
	keeper
	h *host
}

func (s told) Commit(ctx context.Context, c ledger.Change) error {
	mark := coupon.Tally{Customer: c.Customer, Name: fmt.Sprint("mark ", s.h.Name, " ", s.h.marks.Add(1))}
	c.Put.Tallies = append(slices.Clone(c.Put.Tallies), mark)
	err := s.keeper.Commit(ctx, c)
	if errors.Is(err, ledger.ErrInDoubt) {
		s.h.count(func(o *outcome) { o.Doubts++ })
		return err
	}
	if err != nil {
		s.h.wrote(acked{Customer: c.Customer, Not: ledger.TallyID(mark.Name, 0)})
		return err
	}
	a := acked{Customer: c.Customer}
	for _, r := range c.Put.Written().Views() {
		a.Refs = append(a.Refs, r.Ref)
	}
	s.h.wrote(a)
	s.h.count(func(o *outcome) { o.Acked++ })
	return nil
}

// keeper is what a store of this module is.
type keeper interface {
	ledger.Store
	ledger.Lister
	ledger.Locker
	io.Closer
}

func (h *host) count(add func(*outcome)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	add(&h.out)
}

// deaf is a customer's phone: whatever is said is heard.
type deaf struct{}

func (deaf) Notify(context.Context, ledger.Notice) error { return nil }

// deskOn is a Desk as all hosts have it.
func deskOn(store ledger.Store, b *book, name string, off *time.Duration) *desk.Desk {
	return &desk.Desk{Store: store, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}}, Gateways: map[string]gateway.Gateway{"cards": b},
		Notifier: deaf{}, Policy: payment.Policy{Conflicts: 1000}, Host: name, Now: func() time.Time { return time.Now().Add(*off) }}
}

// beHost is the process of a host: it does what its standard input says, until that ends.
func beHost(text string) error {
	h := new(host)
	if err := json.Unmarshal([]byte(text), &h.role); err != nil {
		return err
	}
	b, err := openBook(h.Book)
	if err != nil {
		return err
	}
	if h.log, err = os.OpenFile(h.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	store, err := opened(context.Background(), h.DSN)
	if err != nil {
		return err
	}
	defer store.Close()
	h.d = deskOn(told{store, h}, b, h.Name, &h.off)

	tasks, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	stop := func() {}
	defer func() { stop() }()
	for tasks.Scan() {
		var t task
		if err := json.Unmarshal(tasks.Bytes(), &t); err != nil {
			return err
		}
		stop()
		stop, h.off = func() {}, t.Off
		switch {
		case t.Race != "":
			b.calm = true
			h.race(t)
		case t.Load != nil:
			stop = h.load(t)
			continue
		}
		if err := answers.Encode(h.out); err != nil {
			return err
		}
		h.out = outcome{}
	}
	return tasks.Err()
}

// opened opens a store, by the path of a file of SQLite, or by the DSNs of PostgreSQL, with a | between those
// of shards; a server that is on its way is waited for.
func opened(ctx context.Context, dsn string) (s keeper, err error) {
	for range 300 {
		try, cancel := context.WithTimeout(ctx, 10*time.Second)
		if dsns := strings.Split(dsn, "|"); filepath.IsAbs(dsn) {
			s, err = sqlstore.OpenSQLite(try, dsn)
		} else if len(dsns) > 1 {
			s, err = sqlstore.OpenShards(try, dsns...)
		} else {
			s, err = sqlstore.OpenPostgres(try, dsn)
		}
		cancel()
		if err == nil {
			return s, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, err
}

// race has all callers pay the same orders with the same coupon at once, two of three under the
// same key.
func (h *host) race(t task) {
	h.out.Paid = make(map[order.PaymentID]int)
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range t.Each {
		wait.Go(func() {
			q := raceFor(t.Race)
			if i%3 == 2 {
				q.Key = payment.Key(fmt.Sprint(h.Name, i%8))
			}
			<-start
			p, err := h.d.Pay(context.Background(), q)
			var no *payment.Refusal
			h.count(func(o *outcome) {
				switch {
				case errors.As(err, &no) && (no.Reason == payment.ReasonPaymentInProgress || no.Reason == payment.ReasonState || no.Reason == payment.ReasonCouponUsed):
					o.Refused++
				case err != nil:
					o.Errs = append(o.Errs, fmt.Sprintf("%s %s: %v", h.Name, q.Key, err))
				case p.State != payment.PaymentSucceeded && p.State != payment.PaymentPending:
					o.Errs = append(o.Errs, fmt.Sprintf("%s %s: %s", h.Name, q.Key, p.State))
				default:
					o.Paid[p.ID]++
				}
			})
		})
	}
	close(start)
	wait.Wait()
}

func raceFor(c order.CustomerID) payment.Request {
	return payment.Request{Key: "same", Customer: c, By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodOnline, Coupons: []coupon.ID{"card"}}
}

// load starts callers who do whatever comes, and one who sweeps; stop ends them.
func (h *host) load(t task) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	for i := range t.Each {
		c := &caller{host: h, name: fmt.Sprint(h.Name, "-", i), rng: rand.New(rand.NewPCG(uint64(i), uint64(len(h.Name)))), customers: t.Load}
		wait.Go(func() {
			for ctx.Err() == nil {
				c.step()
			}
		})
	}
	wait.Go(func() {
		for ctx.Err() == nil {
			_, _ = h.d.Sweep(context.Background(), 20) // a server that is down is no fault of a sweep
			time.Sleep(50 * time.Millisecond)
		}
	})
	return func() {
		cancel()
		wait.Wait()
	}
}
