package order_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// The presets say what their sources do, each time afresh.
func TestPolicy_Presets(t *testing.T) {
	hardware := draftOf("O1", 100)
	hardware.Lines[0].Service = "hardware"
	plan := draftOf("O1", 100)
	plan.Lines[0].Service = "resource plan"
	for _, x := range []struct {
		name   string
		policy func() order.Policy
		draft  order.Draft
		want   time.Duration
		zone   int
	}{
		{"E1 neutral", func() order.Policy { return order.Policy{} }, hardware, 7 * 24 * time.Hour, 0},
		{"E1 Huawei", order.Huawei, draftOf("O1", 100), 7 * 24 * time.Hour, 8},
		{"E1 Huawei, hardware", order.Huawei, hardware, time.Hour, 8},
		{"E1 Huawei 2024, hardware", order.Huawei2024, hardware, time.Hour, 8},
		{"E1 Huawei in China, hardware", order.HuaweiChina, hardware, time.Hour, 8},
		{"E1 Huawei, resource plan", order.Huawei, plan, 7 * 24 * time.Hour, 8},
		{"E1 Alibaba, resource plan", order.Alibaba, plan, time.Hour, 8},
		{"E1 Alibaba, hardware", order.Alibaba, hardware, 7 * 24 * time.Hour, 8},
		{"E1 Baidu", order.Baidu, hardware, 7 * 24 * time.Hour, 8},
	} {
		t.Run(x.name, func(t *testing.T) {
			o, err := order.Place(x.draft, placedThen, x.policy())
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Deadline.Sub(o.Placed); got != x.want {
				t.Errorf("%v to pay, want %v", got, x.want)
			}
			if _, east := o.Placed.Zone(); east != x.zone*60*60 {
				t.Errorf("zone %d s east", east)
			}
			p := x.policy()
			p.Lifetimes = append(p.Lifetimes[:0], order.Lifetime{For: time.Second})
			if again, _ := order.Place(x.draft, placedThen, x.policy()); !again.Deadline.Equal(o.Deadline) {
				t.Error("a caller changed the preset")
			}
		})
	}
}

// X2: how long an export is kept, to its last second.
func TestX2_KeepExport(t *testing.T) {
	made := placedThen.Add(999 * time.Millisecond)
	if until, ends := order.HuaweiChina().ExportUntil(made); !ends || !until.Equal(on("2018-11-29 23:12:32")) {
		t.Errorf("until %v, %v; want 3 days", until, ends)
	}
	if until, ends := order.Huawei().ExportUntil(made); ends || !until.IsZero() {
		t.Errorf("until %v, %v; want no end", until, ends)
	}
}

// E1: the first exception that fits a line counts, and of several lines the shortest.
func TestE1_ShortestLine(t *testing.T) {
	t.Run("E1 the first that fits", func(t *testing.T) {
		p := order.Policy{Lifetime: 2 * time.Hour, Lifetimes: []order.Lifetime{
			{Product: "ecs.large", Type: order.TypeRenewal, For: time.Minute},
			{Product: "ecs.large", For: 3 * time.Hour},
			{Service: "compute", For: time.Second},
		}}
		for _, x := range []struct {
			typ  order.Type
			line order.Line
			want time.Duration
		}{
			{order.TypeRenewal, server(1), time.Minute},
			{order.TypePurchase, server(1), 3 * time.Hour},
			{order.TypePurchase, order.Line{Product: "other", Service: "compute", Count: 1, Charge: order.ChargePackage, Amount: order.Minor(1, order.USD)}, time.Second},
			{order.TypePurchase, order.Line{Product: "other", Count: 1, Charge: order.ChargePackage, Amount: order.Minor(1, order.USD)}, 2 * time.Hour},
		} {
			o, err := order.Place(order.Draft{ID: "O1", Customer: "c", Type: x.typ, Lines: []order.Line{x.line}}, placedThen, p)
			if err != nil || o.Deadline.Sub(o.Placed) != x.want {
				t.Errorf("%s of %s: %v, %v, want %v", x.typ, x.line.Product, o.Deadline.Sub(o.Placed), err, x.want)
			}
		}
	})
	t.Run("E1 the shortest of the own lines", rapid.MakeCheck(func(t *rapid.T) {
		d := ordertest.Draft(order.FlowCharge, order.USD).Draw(t, "draft")
		p := ordertest.Policy().Draw(t, "policy")
		o, err := order.Place(d, ordertest.Instant().Draw(t, "at"), p)
		if err != nil {
			t.Fatal(err)
		}
		var want []time.Duration
		for _, l := range d.Lines {
			if l.Seller != "" {
				continue // O11: outside
			}
			one := d
			one.Lines, one.Type = []order.Line{l}, order.TypePurchase
			if d.Type == order.TypeRenewal {
				one.Type = order.TypeRenewal
			}
			one.Lines[0].Charge, one.Lines[0].Amount, one.Lines[0].Tax = order.ChargePackage, order.Minor(0, order.USD), order.Money{}
			single, err := order.Place(one, o.Placed, p)
			if err != nil {
				t.Fatal(err)
			}
			if d.Type != order.TypePurchase && d.Type != order.TypeRenewal {
				return // an exception for purchases is none for this type
			}
			want = append(want, single.Latest.Sub(single.Placed))
		}
		least := want[0]
		for _, w := range want {
			least = min(least, w)
		}
		if got := o.Latest.Sub(o.Placed); got != least || !o.Deadline.Equal(o.Latest) {
			t.Fatalf("%v to pay, want %v", got, least)
		}
	}))
}
