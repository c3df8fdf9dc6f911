package desk_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
)

var nthPairs = flag.Bool("pairs", false, "let every call fail at two of its I/Os, not at one")

// nthFault is what goes wrong at one I/O, said so that a story reads as a sentence.
type nthFault string

const (
	nthError      nthFault = "error at"                // without its effect
	nthLost       nthFault = "reply lost of"           // it has its effect, and then returns an error
	nthCrash      nthFault = "crash before"            // the host dies
	nthCrashAfter nthFault = "crash after"             // its effect
	nthConflict   nthFault = "conflict at"             // of a commit: without its effect
	nthDoubt      nthFault = "in doubt, not written, " // of a commit
)

var nthFaults = []nthFault{nthError, nthLost, nthCrash, nthCrashAfter, nthConflict, nthDoubt}

// can reports whether a fault differs from the others there: what only reads has no effect.
func (f nthFault) can(what string) bool {
	boundary, _, _ := strings.Cut(what, " ")
	switch f {
	case nthError, nthCrash:
		return true
	case nthConflict, nthDoubt:
		return boundary == "commit"
	}
	return slices.Contains([]string{"commit", "charge", "lookup", "cancel", "refund", "notify"}, boundary)
}

// nthDies is a host that dies: the call is gone, and what it knew.
type nthDies struct{}

// nthPlan says what goes wrong at which I/O of a call, the first being 1.
type nthPlan map[int]nthFault

// errs reports whether nothing but calls of the host goes wrong.
func (p nthPlan) errs() bool {
	for _, f := range p {
		if f != nthError {
			return false
		}
	}
	return len(p) > 0
}

// nthCall is one call of the Desk: how the world is before it, and what is said.
type nthCall struct {
	name    string
	prepare func(w *nthWorld)
	call    func(w *nthWorld, d *desk.Desk) error
}

// nthRun is what has come of a call: the I/Os that it made, the outcome once all is at
// rest, and what must not be.
type nthRun struct {
	trace   []string
	outcome string
	wrong   []string
}

// run says a call while a plan goes wrong, again for as long as it does not succeed, as
// the host is started again, and lets the sweep finish the rest.
func (c nthCall) run(plan nthPlan, twice bool) (r nthRun) {
	w := newNthWorld()
	c.prepare(w)
	if len(w.wrong) > 0 {
		return nthRun{wrong: append([]string{"it cannot be prepared"}, w.wrong...)}
	}
	w.begin()
	w.plan = plan
	for i := range len(plan) + 1 {
		err := w.say(c.call)
		if err == nil {
			break
		}
		if i == len(plan) {
			w.violate("said again, it fails: %v", err)
		}
		if plan.errs() && !errors.Is(err, payment.ErrHost) {
			w.violate("a call of the host fails, and is no fault of the host: %v", err)
		}
		w.audit("right after the fault")
		w.clock.Move(2 * time.Second)
	}
	if r.trace = w.trace; twice {
		if err := w.say(c.call); err != nil {
			w.violate("said twice, it fails: %v", err)
		}
	}
	w.plan = nil
	w.rest()
	w.audit("at rest")
	w.hears()
	r.outcome, r.wrong = w.outcome(), w.wrong
	return r
}

// say says a call. A host that dies is an error here; any other panic is not allowed.
func (w *nthWorld) say(call func(*nthWorld, *desk.Desk) error) (err error) {
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case nthDies:
			err = fmt.Errorf("the host died")
		default:
			w.violate("it panics: %v\n%s", r, debug.Stack())
		}
	}()
	return call(w, w.desk)
}

// nthSteps are when the sweep comes, after the call: within them everything but what waits
// for a deadline or an expiry is at rest.
var nthSteps = []time.Duration{10 * time.Second, 45 * time.Second, 3 * time.Minute, 11 * time.Minute, 25 * time.Minute, 45 * time.Minute, 80 * time.Minute,
	150 * time.Minute, 4 * time.Hour, 9 * time.Hour, 16 * time.Hour, 24 * time.Hour, 48 * time.Hour, 50 * time.Hour}

// rest sweeps at fixed times, so that every run ends at the same.
func (w *nthWorld) rest() {
	for _, step := range nthSteps {
		w.clock.Move(w.start.Add(step).Sub(w.clock.Now()))
		for range 10 {
			s, err := w.desk.Sweep(context.Background(), 100)
			if err != nil || len(s.Errs) > 0 {
				w.violate("after %s the sweep fails: %v %v", step, err, s.Errs)
			}
			if s.Orders+s.Coupons+s.Payments+s.Refunds+s.Bills+s.Credits+s.Resources+s.Claims+s.Notices+s.Undeliverable+s.Failed == 0 {
				break
			}
		}
	}
	asks, err := w.store.Waiting(context.Background(), ledger.Due{At: w.start.AddDate(1, 0, 0), Limit: 100})
	if err != nil {
		w.violate("waiting: %v", err)
	}
	for _, ask := range asks {
		for _, ref := range ask.Refs {
			switch ref.Kind {
			case ledger.KindOrder, ledger.KindCoupon, ledger.KindBill, ledger.KindCredit, ledger.KindResource:
			default:
				w.violate("%s %s of %s still waits", ref.Kind, ref.ID, ask.Customer)
			}
		}
	}
}

// audit checks the invariants of every customer.
func (w *nthWorld) audit(when string) {
	for _, c := range w.store.Customers() {
		var moved []gateway.Movement
		for _, m := range slices.Concat(w.full.Ledger(), w.plain.Ledger()) {
			if m.Customer == c {
				moved = append(moved, m)
			}
		}
		for _, v := range ledger.Audit(w.store.All(c), moved) {
			if told := w.ahead && v.Invariant == "I3" && when != "at rest"; !told {
				w.violate("%s, %s: %s", when, c, v)
			}
		}
	}
}

// hears checks that every notice was heard.
func (w *nthWorld) hears() {
	for _, c := range w.store.Customers() {
		for _, n := range w.store.All(c).Notices {
			if w.heard[n.ID] == 0 {
				w.violate("%s never heard notice %s, %s", c, n.ID, n.Kind)
			}
		}
	}
}

// P16: whatever fails at the n-th I/O of a call, said again and swept it ends as if nothing
// had.
func TestP16_FaultAtEachCall(t *testing.T) {
	for _, c := range nthCalls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calm := c.run(nil, false)
			for _, wrong := range calm.wrong {
				t.Errorf("%s, and nothing fails: %s", c.name, wrong)
			}
			t.Logf("%d I/Os: %s", len(calm.trace), strings.Join(calm.trace, ", "))
			if len(calm.trace) == 0 || t.Failed() {
				t.Fatal("there is nothing to compare with")
			}
			c.judge(t, "said twice", c.run(nil, true), calm)
			for _, f := range nthFaults {
				t.Run(strings.Trim(string(f), ", "), func(t *testing.T) { c.nth(t, f, calm) })
			}
		})
	}
}

// Every method of the Desk has a row, and is its first word.
func TestP16_FaultAtEachCallOfEveryMethod(t *testing.T) {
	named := make(map[string]bool)
	for _, c := range nthCalls {
		first, _, _ := strings.Cut(c.name, " ")
		named[strings.TrimSuffix(first, ",")] = true
	}
	d := reflect.TypeFor[*desk.Desk]()
	for i := range d.NumMethod() {
		if name := d.Method(i).Name; !named[name] && name != "Check" { // which asks nobody
			t.Errorf("no row calls %s", name)
		}
		delete(named, d.Method(i).Name)
	}
	for name := range named {
		t.Errorf("a row calls %s, which is no method of the Desk", name)
	}
}

// nth lets the n-th I/O of a call fail, n = 1, 2, ... until it has no more.
func (c nthCall) nth(t *testing.T, f nthFault, calm nthRun) {
	for i, what := range calm.trace {
		if !f.can(what) {
			continue
		}
		story := fmt.Sprintf("%s I/O %d (%s)", f, i+1, what)
		once := c.run(nthPlan{i + 1: f}, false)
		if !c.judge(t, story, once, calm) || !*nthPairs {
			continue
		}
		for k := i + 1; k < len(once.trace); k++ {
			for _, g := range nthFaults {
				if g.can(once.trace[k]) {
					c.judge(t, fmt.Sprintf("%s, then %s I/O %d (%s)", story, g, k+1, once.trace[k]), c.run(nthPlan{i + 1: f, k + 1: g}, false), calm)
				}
			}
		}
	}
}

// judge compares a run with the one in which nothing failed.
func (c nthCall) judge(t *testing.T, story string, got, calm nthRun) bool {
	t.Helper()
	wrong := got.wrong
	if diff := cmp.Diff(strings.Split(calm.outcome, "\n"), strings.Split(got.outcome, "\n")); diff != "" {
		wrong = append(wrong, "it ends otherwise (-without the fault +with it):\n"+diff)
	}
	if len(wrong) == 0 {
		return true
	}
	story = c.name + ": " + story
	for _, w := range wrong {
		t.Errorf("%s: %s", story, w)
	}
	return false
}
