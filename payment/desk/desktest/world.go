package desktest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// world is one history: hosts that share nothing but the store, callers that take turns at
// every call of a host, and a clock that stands still in between.
type world struct {
	seed  uint64
	rng   *rand.Rand
	store ledger.Store
	at    time.Time // the true time
	calm  bool      // faults have stopped

	lifetime time.Duration // of orders
	payAfter int           // days after which a credit is paid out by itself
	renewBy  []payment.Method
	absent   time.Duration // how long a payment waits for a customer who was not there
	tell     bool          // keep the story

	hosts    []*host
	gateways map[string]*provider
	current  *task
	met      Coverage

	story      []string
	violations []ledger.Violation

	// What callers were told, and so must stand (I8, I10).
	receipts map[order.PaymentID]payment.Receipt
	orders   map[order.CustomerID][]order.ID
	deposits map[string]order.Money
	payouts  map[string]paidOut
	causes   map[order.ID]bool
	heard    map[string]bool // the notices, by their IDs
	stale    map[string]ledger.Records
	asks     []ledger.Ask
	tries    map[string]int                    // of each refund, when it was last claimed, by key
	unfit    map[string]bool                   // what was claimed though it did not fit (P18)
	holders  map[order.Opaque]order.CustomerID // whose saved instruments are (P19)
	own      map[order.CustomerID]order.Opaque // what customers are charged with by themselves
	begun    map[order.PaymentID]bool          // payments that were begun while nobody was there

	// What there is to act on.
	customers []order.CustomerID
	things    things
}

// things are the names that callers choose from.
type things struct {
	orders    map[order.CustomerID][][]order.ID // alone, or purchases
	coupons   map[order.CustomerID][]coupon.ID
	requests  []payment.Request
	resources map[order.CustomerID][]order.ResourceID
	renewals  map[order.ResourceID]order.ID // the last one that was placed
	leavers   []order.CustomerID            // who may have something in credit
	codes     int                           // how many coupons of the public code there are to claim
	claimed   map[order.CustomerID]coupon.ID
	n         int
}

// host is one process: a Desk, and a clock of its own.
type host struct {
	name string
	desk *desk.Desk
	off  time.Duration
}

// task is a caller at work: a coroutine that gives way at every call of a host.
type task struct {
	name string
	next func() (struct{}, bool)
	stop func()
	give func(struct{}) bool
}

// crash is a host that dies: the caller is gone, and what it knew.
type crash struct{}

var (
	errFault = errors.New("connection reset")
	begin    = time.Date(2026, 1, 28, 9, 0, 0, 0, time.UTC)
)

func newWorld(store ledger.Store, seed uint64, tell bool) *world {
	w := &world{seed: seed, rng: rand.New(rand.NewPCG(seed, 0xd0eb00c)), store: store, at: begin, tell: tell, met: make(Coverage),
		gateways: make(map[string]*provider), receipts: make(map[order.PaymentID]payment.Receipt), orders: make(map[order.CustomerID][]order.ID),
		deposits: make(map[string]order.Money), causes: make(map[order.ID]bool), payouts: make(map[string]paidOut), heard: make(map[string]bool),
		stale: make(map[string]ledger.Records),
		tries: make(map[string]int), unfit: make(map[string]bool), holders: make(map[order.Opaque]order.CustomerID), own: make(map[order.CustomerID]order.Opaque), begun: make(map[order.PaymentID]bool),
		customers: []order.CustomerID{"ann", "bob"},
		things: things{orders: make(map[order.CustomerID][][]order.ID), coupons: make(map[order.CustomerID][]coupon.ID),
			resources: make(map[order.CustomerID][]order.ResourceID), renewals: make(map[order.ResourceID]order.ID), claimed: make(map[order.CustomerID]coupon.ID)}}
	w.at = w.at.Add(time.Duration(w.rng.IntN(4*24)) * time.Hour) // about the end of a month
	w.payAfter = pick(w, []int{0, 1, 2})
	w.renewBy = pick(w, [][]payment.Method{nil, {payment.MethodOnline, payment.MethodMonthly, payment.MethodBalance}})
	w.absent = pick(w, []time.Duration{0, 48 * time.Hour})
	for _, c := range w.customers {
		if w.holders[order.Opaque("card of "+c)] = c; w.one(2) {
			w.own[c] = order.Opaque("card of " + c)
		}
	}
	w.lifetime = pick(w, []time.Duration{0, time.Hour, 3 * time.Hour, 30 * time.Hour})
	full := &provider{w: w, name: "full", traits: gateway.Traits{Resend: 7 * 24 * time.Hour, Lookup: pick(w, []time.Duration{0, 7 * 24 * time.Hour}),
		Flight: 2 * time.Minute, Action: pick(w, []time.Duration{time.Hour, 72 * time.Hour}), Settle: pick(w, []time.Duration{0, 0, 10 * 24 * time.Hour}),
		Refund: pick(w, []time.Duration{0, 5 * 24 * time.Hour})}}
	life := pick(w, []time.Duration{5 * time.Minute, 48 * time.Hour, 48 * time.Hour}) // the first ends before a hold does
	plain := &provider{w: w, name: "plain", traits: gateway.Traits{Resend: life, Lookup: pick(w, []time.Duration{0, life}),
		KeyLength: 20, Flight: 2 * time.Minute, Action: time.Hour}}
	w.gateways["full"], w.gateways["plain"] = full, plain
	for i := range 2 {
		h := &host{name: fmt.Sprintf("host %d", i+1)}
		h.desk = &desk.Desk{Store: simStore{w, h}, Customers: simCustomers{w, h}, Wallets: simWallets{w, h}, Prices: simPrices{}, Policy: w.policy(), Notifier: simNotifier{w, h},
			Gateways: map[string]gateway.Gateway{"full": fullGateway{simGateway{w, h, full}}, "plain": simGateway{w, h, plain}},
			Now:      func() time.Time { return w.at.Add(h.off) }}
		w.hosts = append(w.hosts, h)
	}
	return w
}

func (w *world) say(format string, args ...any) {
	if w.tell {
		who := ""
		if w.current != nil {
			who = w.current.name + ": "
		}
		w.story = append(w.story, w.at.Format("Jan 02 15:04:05 ")+who+fmt.Sprintf(format, args...))
	}
}

func (w *world) violate(invariant, format string, args ...any) {
	w.violations = append(w.violations, ledger.Violation{Invariant: invariant, Text: fmt.Sprintf(format, args...)})
	w.say("BROKEN %s: "+format, append([]any{invariant}, args...)...)
}

// one in n.
func (w *world) one(n int) bool { return w.rng.IntN(n) == 0 }

func pick[T any](w *world, list []T) T { return list[w.rng.IntN(len(list))] }

// spawn starts a caller, which runs when its turn comes.
func (w *world) spawn(name string, work func()) *task {
	t := &task{name: name}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.give = yield
		defer func() {
			if r := recover(); r != nil {
				if _, died := r.(crash); !died {
					panic(r)
				}
			}
		}()
		work()
	})
	return t
}

// interleave lets the callers take turns until all are done.
func (w *world) interleave(tasks []*task) {
	for len(tasks) > 0 {
		i := w.rng.IntN(len(tasks))
		w.current = tasks[i]
		_, more := tasks[i].next()
		w.current = nil
		if !more {
			tasks[i].stop()
			tasks[i] = tasks[len(tasks)-1]
			tasks = tasks[:len(tasks)-1]
		}
		if w.one(8) {
			w.pass()
		}
	}
}

// pass lets time go by: mostly seconds, now and then an hour.
func (w *world) pass() {
	by := time.Duration(w.rng.IntN(20)) * time.Second
	switch {
	case w.one(20):
		by = time.Duration(w.rng.IntN(90)) * time.Minute
	case w.one(4):
		by = time.Duration(w.rng.IntN(600)) * time.Second
	}
	w.advance(by)
}

func (w *world) advance(by time.Duration) {
	w.at = w.at.Add(by)
	for _, name := range [...]string{"full", "plain"} {
		w.gateways[name].arrive()
	}
}

// rates are how seldom something goes wrong, so that what is called seldom fails as often as
// what is called all the time.
var rates = map[Boundary]int{AtLoad: 40, AtCommit: 10, AtWaiting: 8, AtCharge: 3, AtLookup: 4, AtCancel: 2, AtRefund: 2, AtNotify: 6, AtLookupRefund: 2, AtCustomer: 60, AtCard: 30}

// skew is more than clocks of two hosts differ by.
const skew = 20 * time.Minute

// call is one call of a host at a boundary: others may run first, and something may go
// wrong. It returns the fault, if any; crashes do not return.
func (w *world) call(h *host, at Boundary, can ...Fault) Fault {
	if t := w.current; t != nil {
		t.give(struct{}{})
		w.current = t
	}
	if w.calm || !w.one(rates[at]) {
		return ""
	}
	f := can[w.rng.IntN(len(can))]
	switch {
	case f == Stale, f == MoreCame, f == ReplyLost && at == AtCommit: // counted where it makes a difference
	default:
		w.meets(h, at, f)
	}
	switch f {
	case ClockJump:
		h.off = time.Duration(w.rng.IntN(1200)-600) * time.Second
		return ""
	case CrashBefore:
		panic(crash{})
	}
	return f
}

// meets counts a fault that has its effect.
func (w *world) meets(h *host, at Boundary, f Fault) {
	w.met[Cell{at, f}]++
	w.say("%s: %s: %s", h.name, at, f)
}

// dies is the crash after the effect.
func dies(f Fault) {
	if f == CrashAfter {
		panic(crash{})
	}
}

// simStore is the store as a host sees it.
type simStore struct {
	w *world
	h *host
}

func (s simStore) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	f := s.w.call(s.h, AtLoad, CrashBefore, CrashAfter, Fails, Stale, ClockJump)
	if f == Fails {
		return ledger.Records{}, errFault
	}
	r, err := s.store().Load(ctx, ask)
	dies(f)
	if s.w.calm || err != nil {
		return r, err
	}
	key := fmt.Sprint(ask.Customer, ask.Refs, ask.All)
	if old, known := s.w.stale[key]; f == Stale && known && !slices.Equal(refsOf(old), refsOf(r)) {
		s.w.meets(s.h, AtLoad, Stale)
		return old.Copy(), nil
	}
	s.w.stale[key] = r.Copy()
	return r, err
}

// refsOf are the names and versions of records, sorted.
func refsOf(r ledger.Records) (refs []ledger.Ref) {
	for _, v := range r.Views() {
		refs = append(refs, v.Ref)
	}
	slices.SortFunc(refs, func(a, b ledger.Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return refs
}

func (s simStore) store() ledger.Store { return s.w.store }

func (s simStore) Commit(ctx context.Context, c ledger.Change) error {
	f := s.w.call(s.h, AtCommit, CrashBefore, CrashAfter, Fails, ReplyLost, Conflict, MoreCame, ClockJump)
	switch f {
	case Fails:
		return errFault
	case Conflict:
		return ledger.ErrConflict
	case MoreCame:
		s.w.moreComes(s.h, &c)
	case ReplyLost:
		if s.w.one(3) {
			s.w.meets(s.h, AtCommit, ReplyLost)
			return ledger.ErrInDoubt // and nothing was written
		}
	}
	err := s.store().Commit(ctx, c)
	if err == nil {
		s.w.committed(c)
	}
	dies(f)
	if f == ReplyLost && err == nil {
		s.w.meets(s.h, AtCommit, ReplyLost)
		return ledger.ErrInDoubt
	}
	if s.w.tell && err == nil {
		for _, v := range c.Put.Views() {
			if v.Kind == ledger.KindEntry {
				for _, e := range c.Put.Entries {
					s.w.say("%s: committed %s: %v", s.h.name, e.Step, e.Moves)
				}
			}
		}
	}
	return err
}

func (s simStore) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	f := s.w.call(s.h, AtWaiting, CrashBefore, Fails, Stale, ClockJump)
	if f == Fails {
		return nil, errFault
	}
	asks, err := s.store().Waiting(ctx, due)
	if old := s.w.asks; f == Stale && old != nil && err == nil && !reflect.DeepEqual(old, asks) {
		s.w.meets(s.h, AtWaiting, Stale)
		return old, nil
	}
	s.w.asks = asks
	return asks, err
}

// simNotifier hears what customers are told.
type simNotifier struct {
	w *world
	h *host
}

func (n simNotifier) Notify(_ context.Context, x ledger.Notice) error {
	f := n.w.call(n.h, AtNotify, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, ClockJump)
	if f == Fails {
		return errFault
	}
	n.hears(x)
	if f == Duplicate {
		n.hears(x)
	}
	dies(f)
	if f == ReplyLost {
		return errFault
	}
	return nil
}

// hears: what is heard was written, and waits to be (I12).
func (n simNotifier) hears(x ledger.Notice) {
	n.w.heard[x.ID] = true
	r, err := n.w.store.Load(context.Background(), ledger.Ask{Customer: x.Customer, Refs: []ledger.Ref{{Kind: ledger.KindNotice, ID: x.ID}}})
	n.w.must(err)
	if len(r.Notices) != 1 || r.Notices[0].Kind != x.Kind {
		n.w.violate("I12", "%s heard notice %s, %s, which was not written", x.Customer, x.ID, x.Kind)
	}
}

// simCustomers knows the customers.
type simCustomers struct {
	w *world
	h *host
}

func (c simCustomers) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	if c.w.call(c.h, AtCustomer, CrashBefore, Fails, ClockJump) == Fails {
		return payment.Customer{}, errFault
	}
	return c.w.customerOf(id), nil
}

// simWallets knows whose an instrument is.
type simWallets struct {
	w *world
	h *host
}

func (x simWallets) Card(_ context.Context, in desk.Inquiry, _ string, instrument order.Opaque) (payment.Card, error) {
	if x.w.call(x.h, AtCard, CrashBefore, Fails, ClockJump) == Fails {
		return payment.Card{}, errFault
	}
	if instrument != "" && x.w.holders[instrument] != in.Customer {
		return payment.Card{}, order.ErrNotFound
	}
	return payment.Card{}, nil
}
