package gatewaytest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/inmem"
)

// P16: a right gateway keeps every law at one place for tests that all laws and all runs share,
// though that remembers all that it has seen.
func TestP16_OnePlaceForTests(t *testing.T) {
	for what, place := range map[string]*inmem.Gateway{"": {}, "short keys": {Promises: gateway.Traits{KeyLength: 16}}} {
		shared := func() (gateway.Gateway, gatewaytest.Vendor) { return place, timed{place} }
		for range 2 {
			if err := gatewaytest.VerifyGateway(shared, 20); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		for range 2 {
			gatewaytest.TestGateway(t, shared)
		}
	}
}

// P16: no law makes what another, or the same asked again, has made: no key, no payment ID and
// no refund ID.
func TestP16_KeysOfTheSuite(t *testing.T) {
	for _, length := range []int{0, 16} {
		by := map[string]string{} // each key or ID, and the law that made it
		c := gatewaytest.DrawCharge().Example(1)
		for run, laws := range [][]gatewaytest.GatewayLaw{gatewaytest.GatewayLaws(), gatewaytest.GatewayLaws()} {
			for _, law := range laws {
				for again := range 2 {
					seen := noted{Gateway: &inmem.Gateway{Promises: gateway.Traits{KeyLength: length}}, of: map[string]bool{}, mu: new(sync.Mutex)}
					if err := law.Holds(func() (gateway.Gateway, gatewaytest.Vendor) { return seen, timed{seen.Gateway} }, c); err != nil {
						t.Fatalf("%s: %v", law.Name, err)
					}
					for id := range seen.of {
						if other, met := by[id]; met {
							t.Errorf("keys of %d: %q, time %d of run %d, makes %s, as %q does", length, law.Name, again, run, id, other)
						}
					}
					for id := range seen.of {
						by[id] = law.Name
					}
				}
			}
		}
		if by[c.Key] != "" || len(by) < 2*2*28 {
			t.Errorf("keys of %d: %d keys and IDs, with the drawn one %q", length, len(by), by[c.Key])
		}
	}
}

// noted is a gateway that notes each key and ID that it is given.
type noted struct {
	*inmem.Gateway
	mu *sync.Mutex
	of map[string]bool
}

func (n noted) note(ids ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range ids {
		n.of[id] = true
	}
}

func (n noted) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	n.note(c.Key, "payment "+string(c.Payment))
	return n.Gateway.Charge(ctx, c)
}

func (n noted) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	n.note(f.Key, "refund "+string(f.Refund))
	return n.Gateway.Refund(ctx, f)
}
