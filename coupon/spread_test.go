package coupon_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
)

func TestC9_Spread(t *testing.T) {
	for _, x := range []struct {
		spread coupon.Spread
		amount int64
		dues   []int64
		want   []int64
	}{
		{coupon.Proportional, 9000, []int64{10_000, 20_000}, []int64{3000, 6000}},
		{coupon.Evenly, 9000, []int64{10_000, 20_000}, []int64{4500, 4500}},
		{coupon.Evenly, 6931, []int64{10_000, 10_000, 10_000}, []int64{2311, 2310, 2310}},
		{coupon.Proportional, 6931, []int64{10_000, 10_000, 10_000}, []int64{2311, 2310, 2310}},
		{coupon.Evenly, 6932, []int64{10_000, 10_000, 10_000}, []int64{2311, 2311, 2310}},
		{coupon.Evenly, 100, []int64{10, 200, 30, 200}, []int64{10, 30, 30, 30}},
		{coupon.Evenly, 100, []int64{10, 200, 29, 200}, []int64{10, 31, 29, 30}},
		{coupon.Evenly, 100, []int64{10, 20, 30, 200}, []int64{10, 20, 30, 40}},
		{coupon.Evenly, 100, []int64{33, 50, 50}, []int64{33, 34, 33}}, // 33 each is just what the first can take
		{coupon.Evenly, 100, []int64{0, 1, 200}, []int64{0, 1, 99}},
		{coupon.Evenly, 2, []int64{9, 9, 9}, []int64{1, 1, 0}},
		{coupon.Evenly, 1, []int64{0, 9, 9}, []int64{0, 1, 0}},
		{coupon.Evenly, 500, []int64{10, 20}, []int64{10, 20}},
		{coupon.Proportional, 500, []int64{10, 20}, []int64{10, 20}},
		{coupon.Proportional, 1, []int64{5, 5}, []int64{1, 0}},
		{coupon.Proportional, 2, []int64{1, 5, 5}, []int64{0, 1, 1}},
		{coupon.Proportional, 10, []int64{0, 7, 0}, []int64{0, 7, 0}},
	} {
		plan, err := use(dues(t, x.dues...), coupon.Policy{Spread: x.spread}, flexi("C1", x.amount))
		if err != nil {
			t.Errorf("%+v: %v", x, err)
			continue
		}
		for i, part := range plan.Pays[0].Parts {
			if part != usd(x.want[i]) || plan.Left[i] != usd(x.dues[i]-x.want[i]) {
				t.Errorf("%+v: %v, left %v", x, plan.Pays[0].Parts, plan.Left)
				break
			}
		}
	}
	t.Run("Huawei spreads evenly, Tencent in proportion", func(t *testing.T) {
		if coupon.Huawei().Spread != coupon.Evenly || coupon.Tencent().Spread != coupon.Proportional {
			t.Error("it is the other way round")
		}
	})
	t.Run("over what it covers of each", func(t *testing.T) {
		orders := []order.Order{placed(t, "1", line("ECS", 500), line("EVS", 100)), placed(t, "2", line("EVS", 200), line("ECS", 1))}
		c := with(flexi("C1", 90), func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"EVS"} })
		plan, err := use(orders, coupon.Policy{}, c)
		if err != nil || !reflect.DeepEqual(plan.Pays[0].Parts, []order.Money{usd(30), usd(60)}) || plan.Left[0] != usd(570) || plan.Left[1] != usd(141) {
			t.Errorf("%+v, %v", plan, err)
		}
	})
	t.Run("nothing on an order if it covers only lines that cost nothing", func(t *testing.T) {
		orders := []order.Order{placed(t, "1", line("ECS", 100), line("EVS", 0)), placed(t, "2", line("EVS", 50))}
		c := with(flexi("C1", 100), func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"EVS"} })
		plan, err := use(orders, coupon.Policy{}, c)
		if err != nil || !reflect.DeepEqual(plan.Pays[0].Parts, []order.Money{usd(0), usd(50)}) || plan.Left[0] != usd(100) || plan.Left[1] != usd(0) {
			t.Errorf("%+v, %v", plan, err)
		}
	})
}

func payingOf(orders []order.Order, evenly bool, at time.Time, cs ...coupon.Coupon) coupontest.Paying {
	p := coupontest.Paying{Orders: orders, Coupons: cs, At: at}
	if evenly {
		p.Policy.Spread = coupon.Evenly
	}
	return p
}

// FuzzC9_Spread checks the two ways to spread against the twins, with two coupons and the
// second limited to every other line.
func FuzzC9_Spread(f *testing.F) {
	f.Add(int64(9000), int64(50), false, []byte{100, 200})
	f.Add(int64(6931), int64(1), true, []byte{100, 100, 100})
	f.Add(int64(1<<50), int64(7), true, []byte{0, 1, 255, 7, 90, 3})
	f.Fuzz(func(t *testing.T, first, second int64, evenly bool, amounts []byte) {
		amounts = amounts[:min(len(amounts), 60)]
		if len(amounts) == 0 {
			return
		}
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		var orders []order.Order
		for i := 0; i < len(amounts); i += 2 {
			d := order.Draft{ID: order.ID(fmt.Sprint(i)), Customer: "customer-1", Type: order.TypePurchase}
			for j, b := range amounts[i:min(i+2, len(amounts))] {
				d.Lines = append(d.Lines, line([]string{"ECS", "EVS"}[j], int64(b)*int64(b)*int64(b)*int64(1+first&1023)))
			}
			o, err := order.Place(d, at, order.Policy{})
			if err != nil {
				t.Fatal(err)
			}
			orders = append(orders, o)
		}
		a, b := flexi("A", max(1, first&(1<<55-1))), flexi("B", max(1, second&(1<<55-1)))
		a.Window, b.Window = order.Window{}, order.Window{}
		b.Limits.Scope.Services = []string{"EVS"}
		p := payingOf(orders, evenly, at, a, b)
		plan, err := coupon.Use(orders, p.Coupons, nil, at, p.Policy)
		if err != nil { // nothing is due, or nothing on what b covers, or nothing is left to it
			plan, err = coupon.Choose(orders, p.Coupons, nil, at, p.Policy)
		}
		if err != nil {
			t.Fatal(err)
		}
		var named []coupon.Coupon
		for _, pay := range plan.Pays {
			named = append(named, p.Coupons[slices.IndexFunc(p.Coupons, func(c coupon.Coupon) bool { return c.ID == pay.Coupon })])
		}
		parts, left, _ := twinPay(p, named)
		for k, pay := range plan.Pays {
			var sum int64
			for i, part := range pay.Parts {
				if sum += part.Minor(); part.Minor() != parts[k][i] {
					t.Fatalf("%s pays %v, the twin says %v", pay.Coupon, pay.Parts, parts[k])
				}
			}
			if sum != pay.Amount.Minor() {
				t.Fatalf("the parts of %s add up to %d", pay.Amount, sum)
			}
		}
		for i := range plan.Left {
			var sum int64
			for _, l := range left[i] {
				sum += l
			}
			if plan.Left[i].Minor() != sum {
				t.Fatalf("%v left, the twin says %v", plan.Left, left)
			}
		}
	})
}
