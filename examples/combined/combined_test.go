package main

import (
	"testing"

	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/google/go-cmp/cmp"
)

func TestGolden(t *testing.T) { golden.Prints(t, "testdata/combined.golden", run) }

// TestThirty adds up by hand what the library says of thirty orders.
func TestThirty(t *testing.T) {
	f, err := thirtyOrders()
	if err != nil {
		t.Fatal(err)
	}
	r := request("pay", f.Orders)
	r.Coupons = append(r.Coupons, "CARD-1", "WELCOME", "FLEX-50")
	q, err := r.Quote(f, look)
	if err != nil {
		t.Fatal(err)
	}
	list, discount, cash := int64(0), int64(0), int64(0)
	paid := map[string]int64{}
	for _, it := range q.Items {
		list, discount, cash = list+it.List.Minor(), discount+it.Discount.Minor(), cash+it.Cash.Minor()
		rest := it.List.Minor() - it.Discount.Minor() - it.Cash.Minor()
		for _, p := range it.Parts {
			paid[string(p.Coupon)] += p.Amount.Minor()
			rest -= p.Amount.Minor()
		}
		if rest != 0 {
			t.Errorf("order %s: %d cents are nowhere", it.Order, rest)
		}
	}
	want := map[string]int64{"WELCOME": 10001, "FLEX-50": 5000, "CARD-1": 20000}
	if diff := cmp.Diff(want, paid); diff != "" || len(q.Items) != 30 || list-discount-35001 != cash || cash != q.Sum.Cash.Minor() {
		t.Errorf("%d orders, %d - %d, cash %d: %s", len(q.Items), list, discount, cash, diff)
	}
	for _, o := range f.Orders {
		if o.State != order.StateUnpaid {
			t.Errorf("order %s is %s: a quote holds nothing", o.ID, o.State)
		}
	}
	if q.Payment != (payment.Request{Customer: customer, Key: "pay"}).Payment() {
		t.Errorf("payment %s", q.Payment)
	}
}
