package desktest

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/duebook/duebook/payment/ledger"
)

// Boundary is where the Desk calls a host.
type Boundary string

// Fault is what goes wrong there.
type Fault string

const (
	AtLoad         Boundary = "load"
	AtCommit       Boundary = "commit"
	AtWaiting      Boundary = "waiting"
	AtCharge       Boundary = "charge"
	AtLookup       Boundary = "lookup"
	AtCancel       Boundary = "cancel"
	AtRefund       Boundary = "refund"
	AtNotify       Boundary = "notify"
	AtCustomer     Boundary = "customer"
	AtCard         Boundary = "card"        // whose an instrument is
	AtLookupRefund Boundary = "refund seen" // a refund is looked up
	AtProvider     Boundary = "provider"    // where nobody calls: what becomes of money there

	CrashBefore   Fault = "crash before"  // the host dies before the call has its effect
	CrashAfter    Fault = "crash after"   // and after
	Fails         Fault = "error"         // the call has no effect, and says so
	ReplyLost     Fault = "reply lost"    // it has its effect, and says that it failed
	Duplicate     Fault = "duplicate"     // it arrives twice
	Delay         Fault = "reorder"       // it arrives later than what is called after it
	Stale         Fault = "stale read"    // it returns what stood before
	Conflict      Fault = "conflict"      // someone else was faster
	MoreCame      Fault = "more came"     // someone else has added to what was loaded whole
	ClockJump     Fault = "clock jump"    // the host's clock is set, back or forth
	Contradiction Fault = "contradiction" // the gateway says what cannot be

	SlowDebit      Fault = "slow debit"      // it is decided after days
	CustomerNeeded Fault = "customer needed" // of a charge that nobody is there for
	Ready          Fault = "ready"           // the customer has done their part, and a charge completes it
	TakenBack      Fault = "taken back"      // of what was captured, without the Desk (P18)
	ComeAgain      Fault = "come again"      // of what was taken back
	RefundPending  Fault = "refund pending"
	RefundFails    Fault = "refund fails" // after it was pending
	RefundBack     Fault = "refund back"  // it fails after it was done
)

// Cell is a fault at a boundary.
type Cell struct {
	At    Boundary
	Fault Fault
}

// Cells are the faults that can happen, boundary by boundary: what a call does not have
// cannot go wrong, such as the effect of a read.
func Cells() []Cell {
	var cells []Cell
	for _, row := range [...]struct {
		at     Boundary
		faults []Fault
	}{
		{AtLoad, []Fault{CrashBefore, CrashAfter, Fails, Stale, ClockJump}},
		{AtCommit, []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Conflict, MoreCame, ClockJump}},
		{AtWaiting, []Fault{CrashBefore, Fails, Stale, ClockJump}},
		{AtCharge, []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Delay, Contradiction, ClockJump}},
		{AtLookup, []Fault{CrashBefore, CrashAfter, Fails, Contradiction, ClockJump}},
		{AtCancel, []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump}},
		{AtRefund, []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump}},
		{AtNotify, []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, ClockJump}},
		{AtCustomer, []Fault{CrashBefore, Fails, ClockJump}},
		{AtCard, []Fault{CrashBefore, Fails, ClockJump}},
		{AtLookupRefund, []Fault{CrashBefore, CrashAfter, Fails, Contradiction, ClockJump}},
		{AtProvider, []Fault{SlowDebit, Ready, CustomerNeeded, TakenBack, ComeAgain, RefundPending, RefundFails, RefundBack}},
	} {
		for _, f := range row.faults {
			cells = append(cells, Cell{row.at, f})
		}
	}
	return cells
}

// Coverage counts how often each cell was reached.
type Coverage map[Cell]int

// String is the table of boundaries and faults; "-" is what cannot happen.
func (c Coverage) String() string {
	faults := []Fault{CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Delay, Stale, Conflict, MoreCame, ClockJump, Contradiction}
	can := make(map[Cell]bool)
	var rows []Boundary
	for _, cell := range Cells() {
		if can[cell] = true; cell.At != AtProvider && (len(rows) == 0 || rows[len(rows)-1] != cell.At) {
			rows = append(rows, cell.At)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-11s", "")
	for _, f := range faults {
		fmt.Fprintf(&b, " %13s", f)
	}
	for _, at := range rows {
		fmt.Fprintf(&b, "\n%-11s", at)
		for _, f := range faults {
			if cell := (Cell{at, f}); can[cell] {
				fmt.Fprintf(&b, " %13d", c[cell])
			} else {
				fmt.Fprintf(&b, " %13s", "-")
			}
		}
	}
	fmt.Fprintf(&b, "\n%-11s", AtProvider)
	for _, cell := range Cells() {
		if cell.At == AtProvider {
			fmt.Fprintf(&b, " %s %d,", cell.Fault, c[cell])
		}
	}
	return strings.TrimSuffix(b.String(), ",") + "\n"
}

// Short returns the cells that were reached fewer than so many times.
func (c Coverage) Short(least int) (short []Cell) {
	for _, cell := range Cells() {
		if c[cell] < least {
			short = append(short, cell)
		}
	}
	return short
}

// BrokenError is a history that broke an invariant. The seed replays it.
type BrokenError struct {
	Seed       uint64
	Violations []ledger.Violation
	Story      []string // what happened, line by line
}

func (e *BrokenError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d breaks", e.Seed)
	for i, v := range e.Violations {
		if i == 5 {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Violations)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s", v)
	}
	b.WriteString("\nthe story:\n  " + strings.Join(e.Story, "\n  "))
	return b.String()
}

// VerifyHistory runs the history of one seed on a store that open returns empty, and
// returns which faults it met. The error is a [*BrokenError]. It is the same each time, on
// a store that answers the same each time.
func VerifyHistory(open func() ledger.Store, seed uint64) (Coverage, error) {
	w := newWorld(open(), seed, false)
	w.run()
	if len(w.violations) == 0 {
		return w.met, nil
	}
	again := newWorld(open(), seed, true)
	again.run()
	e := &BrokenError{Seed: seed, Violations: w.violations, Story: again.story}
	if len(again.violations) == 0 {
		e.Story = append(e.Story, "(it did not break again: the store does not answer the same each time)")
	}
	return w.met, e
}

// Simulate runs so many histories of the Desk on stores that open returns empty, and fails
// the test with the story of the first that breaks an invariant of [ledger.Audit]: one
// seed, one history of several hosts and callers, orders, coupons, accounts, bills, credits
// that are paid out (P21) and gateways, with crashes at any call, lost replies, stale reads,
// conflicts, what others do in between, clocks that jump and gateways that contradict themselves; and
// with what becomes of money at a provider ([AtProvider]): charges in two steps and while nobody is
// there (P19), money that is taken back (P18), refunds that fail. It returns how often each was met.
func Simulate(t *testing.T, open func() ledger.Store, histories int) Coverage {
	t.Helper()
	met, err := VerifySimulation(open, 1, histories)
	if err != nil {
		t.Fatal(err)
	}
	return met
}

// VerifySimulation is [Simulate] from a first seed on, for use outside of tests. The error
// is that of the lowest seed that breaks.
func VerifySimulation(open func() ledger.Store, first uint64, histories int) (Coverage, error) {
	var (
		next  atomic.Uint64
		stop  atomic.Bool
		mu    sync.Mutex
		met   = make(Coverage)
		found *BrokenError
		group sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		group.Add(1)
		go func() {
			defer group.Done()
			own := make(Coverage)
			for !stop.Load() {
				n := next.Add(1) - 1
				if n >= uint64(histories) {
					break
				}
				cells, err := VerifyHistory(open, first+n)
				for cell, k := range cells {
					own[cell] += k
				}
				var broken *BrokenError
				if errors.As(err, &broken) {
					mu.Lock()
					if found == nil || broken.Seed < found.Seed {
						found = broken
					}
					mu.Unlock()
					stop.Store(true)
				}
			}
			mu.Lock()
			for cell, k := range own {
				met[cell] += k
			}
			mu.Unlock()
		}()
	}
	group.Wait()
	if found != nil {
		return met, found
	}
	return met, nil
}
