package sqlstore_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// BenchmarkP16_PostgresHosts has 1 to 8 hosts sweep 100 customers whose orders are past their
// deadlines, until nothing is left: how long that takes, and how many commits conflicted.
func BenchmarkP16_PostgresHosts(b *testing.B) {
	const customers = 100
	for _, hosts := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(hosts), func(b *testing.B) {
			var took time.Duration
			var conflicts atomic.Int64
			for b.Loop() {
				store := benchStore(b, 16)
				for i := range customers {
					benchRequest(b, store, order.CustomerID(fmt.Sprint("c", i)), 1)
				}
				if left := sweepAll(b, store, hosts, &conflicts, &took); left > 0 {
					b.Fatalf("%d customers are left", left)
				}
			}
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/sweep")
			b.ReportMetric(float64(conflicts.Load())/float64(b.N), "conflicts")
		})
	}
}

// sweepAll has hosts sweep until each finds nothing more, and says what is still due.
func sweepAll(b *testing.B, s ledger.Store, hosts int, conflicts *atomic.Int64, took *time.Duration) (left int) {
	b.Helper()
	late := benchAt.AddDate(1, 0, 0)
	var wait sync.WaitGroup
	start := time.Now()
	for i := range hosts {
		d := &desk.Desk{Store: s, Host: fmt.Sprint("host ", i), Now: func() time.Time { return late }, Trace: conflictsTo(conflicts)}
		wait.Add(1)
		go func() {
			defer wait.Done()
			for more := true; more; {
				swept, err := d.Sweep(ctx, 10)
				if err != nil || swept.Failed > 0 {
					b.Error(err, swept.Errs)
				}
				more = err == nil && swept.More
			}
		}()
	}
	wait.Wait()
	*took += time.Since(start)
	asks, err := s.Waiting(ctx, ledger.Due{At: late, Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	for _, ask := range asks {
		for _, r := range ask.Refs {
			if r.Kind == ledger.KindOrder {
				left++
			}
		}
	}
	return left
}

// BenchmarkP16_PostgresWriters has 1 to 8 callers pay other orders of one customer: how many a
// second, how many commits conflicted, and how many payments were left to the sweep.
func BenchmarkP16_PostgresWriters(b *testing.B) {
	const each = 20
	for _, writers := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			var took time.Duration
			var conflicts, pending atomic.Int64
			for b.Loop() {
				store := benchStore(b, 16)
				d := &desk.Desk{Store: store, Gateways: map[string]gateway.Gateway{"cards": &inmem.Gateway{}},
					Now: func() time.Time { return benchAt.Add(time.Hour) }, Trace: conflictsTo(&conflicts)}
				q := benchRequest(b, store, "ann", writers*each)
				var wait sync.WaitGroup
				start := time.Now()
				for w := range writers {
					wait.Add(1)
					go func() {
						defer wait.Done()
						for _, id := range q.Orders[w*each : (w+1)*each] {
							one := q
							one.Key, one.Orders, one.Coupons = payment.Key(id), []order.ID{id}, nil
							p, err := d.Pay(ctx, one)
							if err != nil {
								b.Error(err)
							} else if p.State != payment.PaymentSucceeded {
								pending.Add(1)
							}
						}
					}()
				}
				wait.Wait()
				took += time.Since(start)
			}
			b.ReportMetric(float64(b.N*writers*each)/took.Seconds(), "payments/s")
			b.ReportMetric(float64(conflicts.Load())/float64(b.N), "conflicts")
			b.ReportMetric(float64(pending.Load())/float64(b.N), "left")
		})
	}
}

// conflictsTo counts the commits of a Desk that conflicted.
func conflictsTo(n *atomic.Int64) func(desk.Step) {
	return func(s desk.Step) {
		if s.Name == "commit" && s.Err != nil {
			n.Add(1)
		}
	}
}
