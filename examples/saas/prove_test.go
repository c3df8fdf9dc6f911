package main

import (
	"context"
	"io"
	"testing"

	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
	"pgregory.net/rapid"
)

// Each law opens what it proves anew; a failure names the law, the smallest case and its seed.
func openStore() ledger.Store { return new(inmem.Store) }

// openGateway returns the gateway, and it again as the provider's side of it.
func openGateway() (gateway.Gateway, gatewaytest.Vendor) {
	g := new(inmem.Gateway)
	return g, g
}

func TestStore(t *testing.T)   { ledgertest.TestStore(t, openStore) }
func TestGateway(t *testing.T) { gatewaytest.TestGateway(t, openGateway) }
func TestPrices(t *testing.T)  { renewaltest.TestPrices(t, prices{"team": 1200}) }

// TestCrashes plays whole histories on the store: crashes, lost answers, duplicates, races.
func TestCrashes(t *testing.T) { desktest.Simulate(t, openStore, 30) }

// TestPage: the page says what it prints.
func TestPage(t *testing.T) {
	golden.Prints(t, "testdata/saas.golden", func(w io.Writer) error { return run(context.Background(), w) })
}

// TestSeats is the shop's own promise: one seat more never costs less.
func TestSeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, term := rapid.IntRange(1, 500).Draw(t, "seats"), renewal.Term{N: rapid.IntRange(1, 24).Draw(t, "months"), Unit: order.Month}
		fewer, err1 := prices{"team": 1200}.Price(renewal.Resource{Product: "team", Count: n}, term)
		more, err2 := prices{"team": 1200}.Price(renewal.Resource{Product: "team", Count: n + 1}, term)
		if err1 != nil || err2 != nil || more.Minor() < fewer.Minor() {
			t.Fatalf("%d seats cost %s, one more %s: %v, %v", n, fewer, more, err1, err2)
		}
	})
}
