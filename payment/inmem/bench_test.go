package inmem_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// BenchmarkP16_Store is what a payment of a purchase of 30 asks of the store, and a page of
// orders, where the customer has 30,000 orders. x-300 says how much longer it takes than where
// there are 300 (S14: flat in the customer's history), x-floor than a map by ID that is
// written for this alone.
func BenchmarkP16_Store(b *testing.B) {
	many, few := pastOf(b, 30_000), pastOf(b, 300)
	for _, job := range []struct {
		name  string
		do    func(b *testing.B, p *past)
		floor func(f floorStore)
	}{
		{"load", loadPurchase, func(f floorStore) { f.load() }},
		{"commit", commitPurchase, func(f floorStore) { f.commit(f.load()) }},
		{"waiting", askWaiting, func(f floorStore) { f.load() }},
		{"find", findPage, func(f floorStore) { f.load() }},
	} {
		b.Run(job.name, func(b *testing.B) {
			floor := floorStore{}
			for _, o := range many.purchase(b) {
				floor[o.ID] = o
			}
			in := func(p *past) func() { return func() { job.do(b, p) } }
			ordertest.Bench(b, in(many), func() { job.floor(floor) })
			at30000, at300 := ordertest.Against(b, in(many), in(few))
			b.ReportMetric(at30000/at300, "x-300")
		})
	}
}

// past is a store with orders of one customer, in purchases of 30.
type past struct {
	s *inmem.Store
	n int
}

func pastOf(b *testing.B, n int) *past {
	b.Helper()
	p := &past{new(inmem.Store), n}
	for first := 0; first < n; first += 30 {
		c := ledger.Change{Customer: "ann"}
		for i := first; i < first+30; i++ {
			o := order.Order{ID: order.ID(fmt.Sprintf("order-%06d", i)), Customer: "ann", Type: order.TypePurchase, State: order.StatePaid,
				Purchase: order.PurchaseID(fmt.Sprintf("purchase-%06d", first)), Placed: start.Add(time.Duration(i) * time.Second), Lines: make([]order.Line, 3)}
			if i >= n-300 { // what waits is as much for all
				o.DueAt = start.AddDate(0, 0, 7)
			}
			c.Put.Orders = append(c.Put.Orders, o)
		}
		if err := p.s.Commit(ctx, c); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

// purchase loads the last one by one of its orders.
func (p *past) purchase(b *testing.B) []order.Order {
	r, err := p.s.Load(ctx, ledger.Ask{Customer: "ann", Refs: []ledger.Ref{{Kind: ledger.KindOrder, ID: fmt.Sprintf("order-%06d", p.n-1)}}})
	if err != nil || len(r.Orders) != 30 {
		b.Fatal(len(r.Orders), err)
	}
	return r.Orders
}

func loadPurchase(b *testing.B, p *past) { p.purchase(b) }

func commitPurchase(b *testing.B, p *past) {
	c := ledger.Change{Customer: "ann", Put: ledger.Records{Orders: p.purchase(b)}}
	of := ledger.Of{Kind: ledger.KindOrder, Group: string(c.Put.Orders[0].Purchase), N: 30}
	for i := range c.Put.Orders {
		of.Versions += c.Put.Orders[i].Version
	}
	c.ExpectAll = []ledger.Of{of}
	if err := p.s.Commit(ctx, c); err != nil {
		b.Fatal(err)
	}
}

func askWaiting(b *testing.B, p *past) {
	if asks, err := p.s.Waiting(ctx, ledger.Due{At: start.AddDate(1, 0, 0), Limit: 30}); err != nil || len(asks) != 1 || len(asks[0].Refs) != 30 {
		b.Fatal(asks, err)
	}
}

func findPage(b *testing.B, p *past) {
	q := order.Query{Customer: "ann", Until: start.Add(time.Duration(p.n-100) * time.Second), Limit: 30}
	if page, err := p.s.Find(ctx, q); err != nil || len(page.Orders) != 30 || page.Next.IsZero() {
		b.Fatal(len(page.Orders), err)
	}
}

// floorStore is 30 orders by ID.
type floorStore map[order.ID]order.Order

func (f floorStore) load() []order.Order {
	orders := make([]order.Order, 0, len(f))
	for _, o := range f {
		o.Lines = slices.Clone(o.Lines)
		orders = append(orders, o)
	}
	return orders
}

func (f floorStore) commit(orders []order.Order) {
	for _, o := range orders {
		if f[o.ID].Version == o.Version {
			o.Version++
			o.Lines = slices.Clone(o.Lines)
			f[o.ID] = o
		}
	}
}
