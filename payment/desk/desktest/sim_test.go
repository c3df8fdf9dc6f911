package desktest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

func inMemory() ledger.Store { return new(inmem.Store) }

// skipping is a store that takes notices for delivered.
type skipping struct{ inmem.Store }

func (s *skipping) Commit(ctx context.Context, c ledger.Change) error {
	for i := range c.Put.Notices {
		if n := &c.Put.Notices[i]; n.N > 1 {
			n.DueAt = time.Time{}
		}
	}
	return s.Store.Commit(ctx, c)
}

// P16, I12: a notice that is never heard is seen, though the records look as if all were sent.
func TestP16_SimulationHearsGaps(t *testing.T) {
	_, err := desktest.VerifySimulation(func() ledger.Store { return new(skipping) }, 1, 50)
	var broken *desktest.BrokenError
	if !errors.As(err, &broken) || broken.Violations[0].Invariant != "I12" || !strings.Contains(broken.Violations[0].Text, "never heard notice") {
		t.Errorf("notices are skipped, and it says %v", err)
	}
}

// losing is a store that keeps a credit that is paid out, and not the refunds.
type losing struct{ inmem.Store }

func (s *losing) Commit(ctx context.Context, c ledger.Change) error {
	if slices.ContainsFunc(c.Put.Entries, func(e ledger.Entry) bool { return e.Step == ledger.StepPayOut }) {
		c.Put.Refunds, c.Put.Payments = nil, nil
	}
	return s.Store.Commit(ctx, c)
}

// P21, I14: a credit that is taken without the refunds is seen.
func TestP21_SimulationPaysCreditsOut(t *testing.T) {
	_, err := desktest.VerifySimulation(func() ledger.Store { return new(losing) }, 1, 200)
	var broken *desktest.BrokenError
	if !errors.As(err, &broken) || broken.Violations[0].Invariant != "I14" {
		t.Errorf("refunds of a credit are lost, and it says %v", err)
	}
}

// P16: one seed is one history, faults and all.
func TestP16_SimulationRepeats(t *testing.T) {
	first, err := desktest.VerifySimulation(inMemory, 7, 20)
	if err != nil {
		t.Fatal(err)
	}
	again, err := desktest.VerifySimulation(inMemory, 7, 20)
	if err != nil || first.String() != again.String() {
		t.Errorf("%v\n%s\nand then\n%s", err, first, again)
	}
}
