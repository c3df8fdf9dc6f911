package desk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// BenchmarkP16_Pay is goal S14: a Desk pays 30 orders of 3 lines with 3 coupons in the memory store,
// and a gateway answers at once; each payment is another customer's. x-quote says how much longer
// it takes than the pure quote of the same orders, x-history than it does for customers who have
// no past, where these have 1,000 old orders each.
func BenchmarkP16_Pay(b *testing.B) {
	const customers = 40
	r, f, _, _, _, _ := benchPayment(b)
	at := benchAt.Add(time.Hour)
	var quotes, fresh, old []time.Duration
	for b.Loop() {
		for _, x := range []struct {
			past int
			took *[]time.Duration
		}{{0, &fresh}, {1000, &old}} {
			d, asks := benchDesk(b, r, f, x.past, customers)
			for _, q := range asks {
				start := time.Now()
				p, err := d.Pay(ctx, q)
				*x.took = append(*x.took, time.Since(start))
				if err != nil || p.State != payment.PaymentSucceeded {
					b.Fatal(p.State, err)
				}
			}
		}
		for range customers {
			start := time.Now()
			if _, err := r.Quote(f, at); err != nil {
				b.Fatal(err)
			}
			quotes = append(quotes, time.Since(start))
		}
	}
	b.ReportMetric(float64(median(fresh))/float64(median(quotes)), "x-quote")
	b.ReportMetric(float64(median(old))/float64(median(fresh)), "x-history")
	b.ReportMetric(float64(median(fresh))/1e3, "µs/payment")
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// benchDesk has customers who can each pay the request r on the facts f.
func benchDesk(b *testing.B, r payment.Request, f payment.Facts, past, customers int) (*desk.Desk, []payment.Request) {
	b.Helper()
	s := new(inmem.Store)
	var asks []payment.Request
	for i := range customers {
		id := order.CustomerID(fmt.Sprintf("customer-%d", i))
		put := ledger.Records{Orders: slices.Clone(f.Orders), Coupons: slices.Clone(f.Coupons)}
		for k := range put.Orders {
			put.Orders[k].Customer = id
		}
		for k := range put.Coupons {
			put.Coupons[k].Customer = id
		}
		for k := range past {
			o := put.Orders[k%30]
			o.ID, o.State = order.ID(fmt.Sprintf("old-%05d", k)), order.StateVoided
			put.Orders = append(put.Orders, o)
		}
		if err := s.Commit(ctx, ledger.Change{Customer: id, Put: put}); err != nil {
			b.Fatal(err)
		}
		q := r
		q.Customer, q.By = id, string(id)
		asks = append(asks, q)
	}
	return &desk.Desk{Store: s, Gateways: map[string]gateway.Gateway{"cards": &inmem.Gateway{}}, Now: func() time.Time { return benchAt.Add(time.Hour) }}, asks
}
