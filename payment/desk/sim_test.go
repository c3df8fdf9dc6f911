package desk_test

import (
	"errors"
	"flag"
	"testing"

	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

var (
	histories = flag.Int("histories", 1000, "how many histories the simulator runs")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first history; with -histories=1 it is replayed")
	leastMet  = flag.Int("met", 0, "how often each fault must have been met at each boundary")
)

func memory() ledger.Store { return new(inmem.Store) }

// P16: whatever crashes, repeats, comes late or contradicts, the invariants hold.
func TestP16_Simulate(t *testing.T) {
	n := *histories
	if testing.Short() {
		n = min(n, 200)
	}
	met, err := desktest.VerifySimulation(memory, *firstSeed, n)
	t.Logf("%d histories from seed %d met\n%s", n, *firstSeed, met)
	if err != nil {
		t.Fatalf("%v\nreplay it: go test ./payment/desk -run TestP16_Simulate -seed=%d -histories=1", err, seedOf(err))
	}
	if short := met.Short(*leastMet); short != nil {
		t.Errorf("met fewer than %d times: %v", *leastMet, short)
	}
}

func seedOf(err error) uint64 {
	var broken *desktest.BrokenError
	if errors.As(err, &broken) {
		return broken.Seed
	}
	return 0
}
