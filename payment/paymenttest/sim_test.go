package paymenttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
)

// P16, I12: a notice that is skipped is seen, though the records look as if all were sent.
func TestP16_SimulationHearsGaps(t *testing.T) {
	_, err := paymenttest.VerifySimulation(func() payment.Store {
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			for i := range c.Put.Outboxes {
				if o := &c.Put.Outboxes[i]; o.Sent > 0 && o.Tries == 0 && o.Sent+1 < o.Written {
					o.Sent++
				}
			}
			return f.Store.Commit(ctx, c)
		}}
	}, 1, 50)
	var broken *paymenttest.BrokenError
	if !errors.As(err, &broken) || broken.Violations[0].Invariant != "I12" || !strings.Contains(broken.Violations[0].Text, "heard notice") {
		t.Errorf("notices are skipped, and it says %v", err)
	}
}

// P16: one seed is one history, faults and all.
func TestP16_SimulationRepeats(t *testing.T) {
	first, err := paymenttest.VerifySimulation(memory, 7, 20)
	if err != nil {
		t.Fatal(err)
	}
	again, err := paymenttest.VerifySimulation(memory, 7, 20)
	if err != nil || first.String() != again.String() {
		t.Errorf("%v\n%s\nand then\n%s", err, first, again)
	}
}
