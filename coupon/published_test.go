package coupon_test

import (
	"fmt"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order/ordertest"
)

// C4 to C9: what the presets of package coupon come to, and who publishes it.
func TestC8_PublishedPresets(t *testing.T) {
	hw, ten, bai := coupon.Huawei(), coupon.Tencent(), coupon.Baidu()
	spread := func(p coupon.Policy, cents int64, dues_ ...int64) string {
		plan, err := use(dues(t, dues_...), p, flexi("C", cents))
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(plan.Pays[0].Parts)
	}
	reached := func(p coupon.Policy) (s string) { // 100.00 must be due: is 100.00 enough, and 100.01
		for _, cents := range []int64{10_000, 10_001} {
			_, err := use(dues(t, cents), p, with(flexi("C", 100), func(c *coupon.Coupon) { c.Limits.Threshold = usd(10_000) }))
			s += fmt.Sprint(err == nil, " ")
		}
		return s
	}
	excluded := func(p coupon.Policy) string {
		market := with(flexi("M", 100), func(c *coupon.Coupon) { c.Limits.Group = coupon.GroupMarketplace })
		dedicated := with(flexi("D", 100), func(c *coupon.Coupon) { c.Limits.Group = coupon.GroupDedicated })
		_, err := use(dues(t, 10_000), p, market, dedicated)
		return fmt.Sprint(err != nil)
	}
	most := func(p coupon.Policy) (s string) { // 4 that pay; 2 cash coupons
		_, err := use(dues(t, 10_000), p, flexi("1", 1), flexi("2", 1), flexi("3", 1), flexi("4", 1))
		_, err2 := use(dues(t, 10_000), p, pays("1", coupon.KindCash, 1), pays("2", coupon.KindCash, 1))
		return fmt.Sprint(err != nil, err2 != nil)
	}
	chosen := func(p coupon.Policy, cs ...coupon.Coupon) string {
		return fmt.Sprint(preference(t, dues(t, 400), cs, p))
	}
	of17 := []coupon.Coupon{until(flexi("A", 1000), "2017-03-09 00:00:00"), until(flexi("B", 800), "2017-03-09 00:00:00"), until(flexi("C", 500), "2017-03-09 00:00:00"),
		until(flexi("D", 200), "2017-03-09 00:00:00"), until(flexi("E", 400), "2017-03-10 00:00:00")}
	large := func(l *coupon.Limits) { l.Scope.Products = []string{"s6.large"} }
	ecs := func(l *coupon.Limits) { l.Scope.Services = []string{"ECS"} }
	limited := []coupon.Coupon{until(flexi("U", 1), "2017-03-02 00:00:00"), of(until(flexi("S", 1), "2017-03-03 00:00:00"), ecs), of(until(flexi("P", 1), "2017-03-09 00:00:00"), large)}
	ordertest.CheckPublished(t, map[string]any{"Huawei": hw, "Tencent": ten, "Baidu": bai}, []ordertest.Published{
		{"Huawei", "Exclusions", "HC", excluded(hw), "true"},
		{"Huawei", "Spread", "HC", spread(hw, 6931, 10_000, 10_000, 10_000), "[23.11 USD 23.10 USD 23.10 USD]"},
		{"Huawei", "Choice", "HC", chosen(hw, limited...), "[P S U]"},
		{"Huawei", "Threshold", "HC", reached(hw), "false true "},
		{"Huawei", "MaxCoupons", "H24", most(hw), "true true"},
		{"Tencent", "Spread", "T", spread(ten, 9000, 10_000, 20_000), "[30.00 USD 60.00 USD]"},
		{"Tencent", "Choice", "T", chosen(ten, of17...), "[C B A D E]"},
		{"Tencent", "Threshold", "ours", reached(ten), "false true "},
		{"Tencent", "MaxCoupons", "ours", most(ten), "true true"},
		{"Baidu", "Spread", "ours", spread(bai, 9000, 10_000, 20_000), "[30.00 USD 60.00 USD]"},
		{"Baidu", "Choice", "B", chosen(bai, limited...), "[P U S]"},
		{"Baidu", "Threshold", "ours", reached(bai), "false true "},
		{"Baidu", "MaxCoupons", "ours", most(bai), "true true"},
	}, "Spread", "Choice", "Threshold", "MaxCoupons")
}
