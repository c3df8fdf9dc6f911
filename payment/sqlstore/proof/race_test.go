package proof_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

var rounds = flag.Int("rounds", 10, "how many rounds two hosts race for")

func TestMain(m *testing.M) {
	if text := os.Getenv(asHost); text != "" {
		if err := beHost(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if testing.Short() {
		*rounds, *kills = min(*rounds, 3), min(*kills, 1)
	}
	os.Exit(m.Run())
}

// started is a server that ends with the test.
func started(t *testing.T) *server.Server {
	t.Helper()
	pg, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	return pg
}

// Two hosts that are processes of their own, and 64 callers at once: the same orders with the same
// coupon, under the same key and under others. One payment pays, the others are refused, and nobody
// is left behind (I1, I2, I6, I8).
func TestI8_Race(t *testing.T) {
	t.Run("postgres", func(t *testing.T) { race(t, wide(started(t))) })
	t.Run("sqlite", func(t *testing.T) { race(t, filepath.Join(t.TempDir(), "shop.db")) })
}

// wide is how a server is reached, by as many connections as the callers of a host need.
func wide(pg *server.Server) string { return pg.DSN("postgres") + " pool_max_conns=16" }

func race(t *testing.T, dsn string) {
	s := newScene(t, dsn)
	hosts := []*process{s.start(), s.start()}
	began, callers, refused := time.Now(), 0, 0
	for i := range *rounds {
		c := order.CustomerID(fmt.Sprint("racer-", i))
		s.furnish(c)
		for _, p := range hosts {
			s.tell(p, task{Race: c, Each: 32})
		}
		paid := make(map[order.PaymentID]int)
		for _, p := range hosts {
			out := s.hear(p)
			for _, text := range out.Errs {
				t.Error(text)
			}
			for id, n := range out.Paid {
				paid[id] += n
				callers += n
			}
			refused += out.Refused
		}
		s.off += time.Minute
		s.rest(c)
		s.kept(c)
		r := s.read(ledger.AskAll(c))
		if len(paid) != 1 || len(r.Payments) != 1 || paid[r.Payments[0].ID] == 0 || r.Payments[0].State != payment.PaymentSucceeded {
			t.Fatalf("round %d: paid by %v, and there are %d payments: %+v", i, paid, len(r.Payments), r.Payments)
		}
		if k := r.Coupons[0]; k.Balance != usd(0) || k.Used != 1 {
			t.Errorf("round %d: the card is %s with %s, used %d times", i, k.State, k.Balance, k.Used)
		}
		for _, o := range r.Orders {
			if o.State != order.StatePaid {
				t.Errorf("round %d: order %s is %s", i, o.ID, o.State)
			}
		}
		if moved, err := s.book.of(c); err != nil || len(moved) != 1 || moved[0].Amount != usd(1500) {
			t.Errorf("round %d: the gateway moved %v, %v", i, moved, err)
		}
		q := raceFor(c) // said again, and something else under the same key
		q.Key = r.Payments[0].Request.Key
		again, err := s.d.Pay(context.Background(), q)
		was, _ := r.Payments[0].Receipt()
		if is, ok := again.Receipt(); err != nil || !ok || !sameReceipt(was, is) {
			t.Errorf("round %d: said again: %v, receipt %+v, and it was %+v", i, err, is, was)
		}
		q.Orders = q.Orders[:1]
		if _, err := s.d.Pay(context.Background(), q); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("round %d: another request under the same key: %v", i, err)
		}
		if t.Failed() {
			return
		}
	}
	s.whole()
	t.Logf("%d rounds of 2 hosts with 32 callers each in %.1f s: %d have the one payment, %d were refused, nothing is broken",
		*rounds, time.Since(began).Seconds(), callers, refused)
}
