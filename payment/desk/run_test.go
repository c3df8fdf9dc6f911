package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// watched is a store that tells when a sweep asks what waits, and can refuse to say.
type watched struct {
	ledger.Store
	waiting func() error
}

func (s watched) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	if err := s.waiting(); err != nil {
		return nil, err
	}
	return s.Store.Waiting(ctx, due)
}

// lines are what was logged: level, message and the attributes but time and error.
type lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

func (l *lines) said(t *testing.T) (all []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for d := json.NewDecoder(&l.out); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		delete(line, "time")
		all = append(all, line)
	}
	return all
}

// runs runs the Desk until it has begun so many sweeps, and one more, which finds the context
// ended; it returns when Run has.
func (r *host) runs(sweeps int, log *slog.Logger) {
	r.t.Helper()
	running, stop := context.WithCancel(ctx)
	defer stop()
	d := *r.d
	n := 0
	d.Store = watched{r.s, func() error {
		if n++; n > sweeps {
			stop()
			return running.Err()
		}
		return nil
	}}
	d.Run(running, time.Nanosecond, log)
}

// Run does what calls of Sweep do, and nothing else: the same records come of it.
func TestP16_RunDoesWhatSweepDoes(t *testing.T) {
	open := func() *host {
		r := newHost(t)
		r.place("", draftFor("a", 1000))
		r.place("both", draftFor("b", 1000), draftFor("c", 2000))
		r.undecided()
		r.pay("k", payment.MethodOnline, nil, "a")
		r.g.Answer = nil // it has captured after all
		r.d.Notifier = &ear{}
		r.clock.Move(8 * day)
		return r
	}
	swept, run := open(), open()
	for range 3 {
		_, err := swept.d.Sweep(ctx, 100)
		swept.must(err)
	}
	var log lines
	run.runs(3, log.logger())
	if diff := cmp.Diff(swept.s.All("c1"), run.s.All("c1"), cmp.Comparer(func(a, b order.Money) bool { return a == b }), cmp.Comparer(func(a, b order.Rate) bool { return a == b })); diff != "" {
		t.Errorf("Sweep and Run (-Sweep +Run):\n%s", diff)
	}
	if o := run.order("b"); o.State != order.StateVoided || run.order("a").State == order.StatePaying {
		t.Errorf("nothing was done: %s", o.State)
	}
}

// A context that has ended ends Run before it sweeps, while it waits, and while it sweeps.
func TestP16_RunEnds(t *testing.T) {
	r := newHost(t)
	ended, end := context.WithCancel(ctx)
	end()
	d := *r.d
	d.Store = watched{r.s, func() error { t.Error("it sweeps when the context has ended"); return nil }}
	for range 20 {
		d.Run(ended, time.Hour, nil)
	}

	waits, end := context.WithCancel(ctx)
	began := make(chan struct{})
	d.Store = watched{r.s, func() error { close(began); return nil }} // once: a second sweep would close it again
	done := make(chan struct{})
	go func() { defer close(done); d.Run(waits, time.Hour, nil) }()
	<-began
	end()
	<-done

	var log lines
	r.runs(0, log.logger())
	if said := log.said(t); said != nil {
		t.Errorf("a sweep that was broken off is logged: %v", said)
	}
}

// A Desk that lacks what a sweep needs says so, at level error, and does not panic.
func TestP16_RunOfNoDesk(t *testing.T) {
	for name, d := range map[string]*desk.Desk{
		"a zero Desk": {},
		"no Customers that know anybody": {Store: func() ledger.Store {
			r := newHost(t)
			r.place("", draftFor("a", 1000))
			return r.s
		}(), Customers: nobody{}, Now: func() time.Time { return start.Add(8 * day) }},
		"a clock that shows no time": {Store: &inmem.Store{}, Now: func() time.Time { return time.Time{} }},
	} {
		running, stop := context.WithCancel(ctx)
		var log stopping
		log.stop = stop
		d.Run(running, time.Nanosecond, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError})))
		if log.n != 1 {
			t.Errorf("%s: %d lines are logged", name, log.n)
		}
	}
}

// stopping ends what runs with its first line.
type stopping struct {
	n    int
	stop func()
}

func (s *stopping) Write(p []byte) (int, error) {
	s.n++
	s.stop()
	return len(p), nil
}

// What was done is info, what is left to an operator a warning, what failed an error; a sweep
// that does nothing says nothing.
func TestP16_RunLogs(t *testing.T) {
	var log lines
	r, g := sayingHost(t)
	r.undecided()
	for _, id := range []order.ID{"a", "b", "c"} {
		r.place("", draftFor(id, 1000))
		if id != "c" {
			r.pay(payment.Key(id), payment.MethodOnline, nil, id)
		}
	}
	r.runs(2, log.logger())
	if said := log.said(t); said != nil {
		t.Errorf("nothing was due, and it logs %v", said)
	}
	r.clock.Move(time.Minute)
	g.lookup = &gateway.Outcome{Status: "?"}
	r.runs(2, log.logger())
	want := []map[string]any{
		{"level": "INFO", "msg": "payment: swept", "payments": 2.0, "oldest": float64(55 * time.Second)},
		{"level": "WARN", "msg": "payment: left to an operator", "reviews": 2.0, "undeliverable": 0.0},
	}
	if diff := cmp.Diff(want, log.said(t)); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}

	r.clock.Move(8 * day)
	r.d.Customers = nobody{}
	r.runs(2, log.logger())
	said := log.said(t)
	if len(said) != 1 || said[0]["level"] != "ERROR" || said[0]["msg"] != "payment: failed, and put off" || said[0]["failed"] != 1.0 || said[0]["err"] == "" {
		t.Errorf("a customer who is not known: %v", said)
	}

	running, stop := context.WithCancel(ctx)
	d := *r.d
	d.Store = watched{r.s, func() error { defer stop(); return errors.New("connection refused") }}
	d.Run(running, time.Hour, log.logger())
	if said := log.said(t); said != nil {
		t.Errorf("a sweep that the end of the context broke off: %v", said)
	}
}

// Without a logger it is slog.Default's.
func TestP16_RunLogsByDefault(t *testing.T) {
	var log lines
	before := slog.Default()
	slog.SetDefault(log.logger())
	defer slog.SetDefault(before)
	r := newHost(t)
	r.place("", draftFor("a", 1000))
	r.clock.Move(8 * day)
	r.runs(1, nil)
	if said := log.said(t); len(said) != 1 || said[0]["orders"] != 1.0 {
		t.Errorf("logged %v", said)
	}
}
