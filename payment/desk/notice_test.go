package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// orders are those that a customer has heard of, in the order in which they came.
func (e *ear) orders() (ids []order.ID) {
	for _, n := range e.heard {
		ids = append(ids, n.Orders...)
	}
	return ids
}

// teller is a customer of whom three orders are paid, one second after the other.
func teller(t *testing.T, deaf int) (*host, *ear) {
	t.Helper()
	r, e := newHost(t), &ear{deaf: deaf}
	r.d.Notifier, r.p.RetryAfter = e, []time.Duration{time.Minute, time.Hour}
	r.deposit("d", payment.FundCash, 5000)
	for _, id := range []order.ID{"c", "a", "b"} {
		r.place("", draftFor(id, 100))
		r.pay(payment.Key(id), payment.MethodBalance, nil, id)
		r.clock.Move(time.Second)
	}
	return r, e
}

// P17: what cannot be delivered holds up nothing that comes after it, is tried again by the schedule,
// and is left to an operator in the end.
func TestP17_TriedAgain(t *testing.T) {
	r, e := teller(t, 1)
	hear := func(when string, undeliverable int, want ...order.ID) {
		t.Helper()
		s, err := r.d.Sweep(ctx, 10)
		if got := e.orders(); err != nil || s.Undeliverable != undeliverable || s.Failed > 0 || !slices.Equal(got, want) {
			t.Errorf("%s: heard of %v, want %v; %+v, %v", when, got, want, s, err)
		}
	}
	hear("the first fails", 0, "a", "b")
	r.clock.Move(59 * time.Second)
	hear("before the wait is over", 0, "a", "b")
	e.deaf = 1
	r.clock.Move(time.Second)
	hear("the second try fails too", 0, "a", "b")
	if e.deaf != 0 {
		t.Error("it was not tried")
	}
	r.clock.Move(time.Hour - time.Second)
	hear("before both waits are used up", 0, "a", "b")
	r.clock.Move(time.Second)
	hear("once they are", 1, "a", "b")
	hear("then", 0, "a", "b")
	r.audit()
}

// tried counts what is asked of a store.
type tried struct {
	*inmem.Store
	loads, commits int
}

func (s *tried) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	s.loads++
	return s.Store.Load(ctx, ask)
}

func (s *tried) Commit(ctx context.Context, c ledger.Change) error {
	s.commits++
	return s.Store.Commit(ctx, c)
}

// P17: the notices of a customer that are due go out by the time at which they were written, those of
// one commit by their numbers, and are read all at once.
func TestP17_InOrder(t *testing.T) {
	r, e := teller(t, 0)
	s := &tried{Store: r.s}
	r.d.Store = s
	r.sweep()
	if got := e.orders(); !slices.Equal(got, []order.ID{"c", "a", "b"}) {
		t.Errorf("heard of %v", got)
	}
	if s.loads != 1 || s.commits != 6 {
		t.Errorf("%d loads and %d commits of 3 notices", s.loads, s.commits)
	}
	at := func(second int, seq int64, entry string, n int64) ledger.Notice {
		return ledger.Notice{At: start.Add(time.Duration(second) * time.Second), Seq: seq, Entry: entry, N: n}
	}
	inOrder := []ledger.Notice{at(0, 9, "z", 9), at(1, 1, "z", 9), at(1, 2, "a", 9), at(1, 2, "b", 1), at(1, 2, "b", 2)}
	for i := range inOrder {
		for k := range inOrder {
			if got := inOrder[i].Compare(&inOrder[k]); got != max(-1, min(1, i-k)) {
				t.Errorf("notice %d to notice %d: %d", i, k, got)
			}
		}
	}
}

// P17: where nobody delivers, what is to be told is looked at ever more seldom, and kept.
func TestP17_NobodyDelivers(t *testing.T) {
	r, e := teller(t, 0)
	r.d.Notifier = nil
	s := &tried{Store: r.s}
	r.d.Store = s
	for range 30 * 24 {
		r.sweep()
		r.clock.Move(time.Hour)
	}
	if n := s.commits; n < 3 || n > 3*11 {
		t.Errorf("%d commits for 3 notices in 30 days", n)
	}
	r.d.Notifier = e
	r.clock.Move(60 * day)
	r.sweep()
	if got := e.orders(); !slices.Equal(got, []order.ID{"c", "a", "b"}) {
		t.Errorf("heard of %v", got)
	}
	r.audit()
}

// P12, P17: a customer whose records were written as schema 10, with one notice delivered, one tried
// once and one not yet: what is left goes out once, in its order, and the outbox ends.
func TestP17_OutboxOfSchema10(t *testing.T) {
	text, err := os.ReadFile("testdata/schema10.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var kept []ledger.Record
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	r, e := newHost(t), &ear{}
	var put ledger.Records
	for _, v := range kept {
		v.Version = 0
		if err := put.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: put}))
	r.audit()
	r.d.Notifier, r.p.RetryAfter = e, []time.Duration{time.Minute, time.Hour}
	r.place("", draftFor("new", 100))
	r.pay("new", payment.MethodBalance, nil, "new")
	r.clock.Move(time.Hour)
	r.sweep() // opens the outbox
	if out := r.s.All("c1").Outboxes[0]; out.Sent != 3 || out.Written != 3 || !out.DueAt.IsZero() {
		t.Errorf("the outbox is %+v", out)
	}
	r.audit()
	before := r.s.All("c1").Outboxes[0].Version
	r.sweep()
	r.sweep()
	if got := e.orders(); !slices.Equal(got, []order.ID{"new", "b", "c"}) {
		t.Errorf("heard of %v", got)
	}
	if n := e.heard[1]; n.N != 2 || n.Tries != 2 || n.ID != ledger.NoticeID("c1", "", 2) {
		t.Errorf("of the second: %+v", n)
	}
	if after := r.s.All("c1").Outboxes[0].Version; after != before {
		t.Errorf("the outbox is written again: version %d, then %d", before, after)
	}
	r.audit()
}

// I12: a reminder moves nothing, and its entry tells of it: that it is lost is found.
func TestI12_AReminderIsLost(t *testing.T) {
	r := newHost(t)
	r.place("", draftFor("a", 100))
	r.clock.Move(6 * day)
	r.sweep()
	all := r.s.All("c1")
	if len(all.Notices) != 1 || all.Notices[0].Kind != ledger.NoticeDeadline || len(ledger.Audit(all, nil)) > 0 {
		t.Fatalf("told %+v; %v", all.Notices, ledger.Audit(all, nil))
	}
	e := all.Entries[slices.IndexFunc(all.Entries, func(e ledger.Entry) bool { return e.ID == all.Notices[0].Entry })]
	unpaid := string(order.StateUnpaid)
	if want := (ledger.EntryLine{Kind: ledger.KindOrder, ID: "a", From: unpaid, To: unpaid}); e.Step != "deadline" || e.Told != 1 || !slices.Equal(e.Moves, []ledger.EntryLine{want}) {
		t.Errorf("its entry is %+v", e)
	}
	all.Notices = nil
	if v := ledger.Audit(all, nil); len(v) != 1 || v[0].Invariant != "I12" {
		t.Errorf("it is lost, and found is %v", v)
	}
}

// blamed notes, for each commit in conflict, the kinds of record that others had written.
type blamed struct {
	*inmem.Store
	t     *testing.T
	mu    sync.Mutex
	kinds map[ledger.Kind]int
}

func (s *blamed) Commit(ctx context.Context, c ledger.Change) error {
	err := s.Store.Commit(ctx, c)
	if err == nil {
		return nil
	}
	is := make(map[ledger.Ref]bool)
	for _, v := range s.All(c.Customer).Views() {
		is[v.Ref] = true
	}
	judged := c.Expect
	for _, v := range c.Put.Views() {
		judged = append(judged, v.Ref)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(judged)
	judged = slices.DeleteFunc(judged, func(ref ledger.Ref) bool {
		return is[ref] || ref.Version == 0 && !is[ledger.Ref{Kind: ref.Kind, ID: ref.ID, Version: 1}]
	})
	if len(judged) == 0 {
		s.t.Errorf("a commit is in conflict, and all %d records are as they were", before)
	}
	for _, ref := range judged {
		s.kinds[ref.Kind]++
	}
	return err
}

// P16: what hosts do at one time with other orders of one customer is in conflict about nothing, where
// their payments are counted in other parts of the tallies (C11).
func TestP16_OrdersApart(t *testing.T) {
	r := newHost(t)
	s := &blamed{t: t, Store: r.s, kinds: make(map[ledger.Kind]int)}
	r.p.Conflicts = 1000
	var ids []order.ID
	for i := range 64 {
		ids = append(ids, order.ID(fmt.Sprint("o", i)))
		r.place("", draftFor(ids[i], 100))
	}
	r.d.Store = s
	var hosts sync.WaitGroup
	for host := range 8 {
		hosts.Add(1)
		go func() {
			defer hosts.Done()
			for i := host; i < len(ids); i += 8 {
				q := payment.Request{Key: countedIn(host+1, ids[i]), Customer: "c1", By: "u", Orders: ids[i : i+1], Method: payment.MethodOnline, Gateway: "g"}
				if p, err := r.d.Pay(ctx, q); err != nil || p.State != payment.PaymentSucceeded {
					t.Errorf("%s is %s: %v", ids[i], p.State, err)
				}
			}
		}()
	}
	hosts.Wait()
	if len(s.kinds) > 0 {
		t.Errorf("in conflict about %v", s.kinds)
	}
	r.audit()
}

// countedIn is a key whose payment counts its orders in a part of the tallies.
func countedIn(part int, id order.ID) payment.Key {
	for n := 0; ; n++ {
		q := payment.Request{Key: payment.Key(fmt.Sprint(id, "-", n)), Customer: "c1"}
		if ledger.TallyPart(q.Payment()) == part {
			return q.Key
		}
	}
}
