package coupon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order/ordertest"
)

// TestC8_PublishedPresets: C4, C5, C6, C8, C9, what the presets of package coupon come to, and
// who publishes it.
func TestC8_PublishedPresets(t *testing.T) {
	spread := func(cents int64, amounts ...int64) func(coupon.Policy) string {
		return func(p coupon.Policy) string {
			plan, err := use(dues(t, amounts...), p, flexi("C", cents))
			if err != nil {
				return err.Error()
			}
			return fmt.Sprint(plan.Pays[0].Parts)
		}
	}
	// threshold says whether a coupon that wants 100.00 pays of what is due.
	threshold := func(amounts ...int64) func(coupon.Policy) string {
		return func(p coupon.Policy) string {
			_, err := use(dues(t, amounts...), p, with(flexi("C", 100), func(c *coupon.Coupon) { c.Limits.Threshold = usd(10_000) }))
			return fmt.Sprint(err == nil)
		}
	}
	groups := func(p coupon.Policy) string {
		market := with(flexi("M", 100), func(c *coupon.Coupon) { c.Limits.Group = coupon.GroupMarketplace })
		dedicated := with(flexi("D", 100), func(c *coupon.Coupon) { c.Limits.Group = coupon.GroupDedicated })
		_, err := use(dues(t, 10_000), p, market, dedicated)
		return fmt.Sprint(err != nil)
	}
	kinds := func(p coupon.Policy) string { // an order with a discount coupon, a cash coupon
		d, err := discountCoupon().AsDiscount()
		if err != nil {
			return err.Error()
		}
		orders := dues(t, 10_000)
		orders[0] = reduced(t, orders[0], d)
		_, err = use(orders, p, pays("C", coupon.KindCash, 100))
		return fmt.Sprint(err != nil)
	}
	most := func(kind coupon.Kind) func(coupon.Policy) string {
		return func(p coupon.Policy) string {
			var named []coupon.Coupon
			for {
				named = append(named, pays(coupon.ID(fmt.Sprint("C", len(named))), kind, 1))
				if _, err := use(dues(t, 10_000), p, named...); err != nil {
					return fmt.Sprint(len(named) - 1)
				}
			}
		}
	}
	chosen := func(cs ...coupon.Coupon) func(coupon.Policy) string {
		return func(p coupon.Policy) string { return fmt.Sprint(preference(t, dues(t, 400), cs, p)) }
	}
	of17 := chosen(until(flexi("A", 1000), "2017-03-09 00:00:00"), until(flexi("B", 800), "2017-03-09 00:00:00"), until(flexi("C", 500), "2017-03-09 00:00:00"),
		until(flexi("D", 200), "2017-03-09 00:00:00"), until(flexi("E", 400), "2017-03-10 00:00:00"))
	product := func(l *coupon.Limits) { l.Scope.Products = []string{"s6.large"} }
	service := func(l *coupon.Limits) { l.Scope.Services = []string{"ECS"} }
	limited := chosen(until(flexi("unlimited", 100), "2017-03-02 00:00:00"), of(until(flexi("service", 100), "2017-03-03 00:00:00"), service),
		of(until(flexi("late", 100), "2017-03-09 00:00:00"), product), of(until(flexi("soon", 100), "2017-03-08 00:00:00"), product))
	single := chosen(until(flexi("large", 300), "2017-03-03 00:00:00"), until(flexi("small", 200), "2017-03-03 00:00:00"), until(flexi("first", 300), "2017-03-02 00:00:00"),
		of(until(flexi("single", 300), "2017-03-09 00:00:00"), product))

	presets := map[string]coupon.Policy{"Huawei": coupon.Huawei(), "Tencent": coupon.Tencent(), "Baidu": coupon.Baidu()}
	const others = "Tencent Baidu"
	var rows []ordertest.Published
	for _, x := range []struct {
		presets, field, source string
		of                     func(coupon.Policy) string
		want                   string
	}{
		{"Huawei", "Exclusions", "HC", kinds, "true"},
		{"Huawei", "Exclusions", "H24", groups, "true"},
		{others, "Exclusions", "ours", kinds, "false"},
		{others, "Exclusions", "ours", groups, "false"},

		{"Huawei", "Spread", "HC", spread(6931, 10_000, 20_000, 30_000), "[23.11 USD 23.10 USD 23.10 USD]"},
		{"Tencent", "Spread", "T", spread(9000, 10_000, 20_000), "[30.00 USD 60.00 USD]"},
		{"Baidu", "Spread", "ours", spread(9000, 10_000, 20_000), "[30.00 USD 60.00 USD]"},

		{"Huawei", "Choice", "HC", limited, "[soon late service unlimited]"},
		{"Tencent", "Choice", "T", of17, "[C B A D E]"},
		{"Baidu", "Choice", "B", single, "[single first small large]"},

		{"Huawei", "Threshold.Reached", "HC", threshold(10_000), "false"},
		{"Huawei", "Threshold.Reached", "HC", threshold(10_001), "true"},
		{"Huawei", "Threshold.PerOrder", "HC", threshold(6_000, 6_000), "true"},
		{others, "Threshold.Reached", "ours", threshold(10_000), "false"},
		{others, "Threshold.PerOrder", "ours", threshold(6_000, 6_000), "true"},

		{"Huawei", "MaxCoupons", "H24", most(coupon.KindFlexi), "3"},
		{"Huawei", "MaxCash", "HC", most(coupon.KindCash), "1"},
		{others, "MaxCoupons", "ours", most(coupon.KindFlexi), "3"},
		{others, "MaxCash", "ours", most(coupon.KindCash), "1"},
	} {
		for _, name := range strings.Fields(x.presets) {
			rows = append(rows, ordertest.Published{name, x.field, x.source, x.of(presets[name]), x.want})
		}
	}
	all := make(map[string]any, len(presets))
	for name, p := range presets {
		all[name] = p
	}
	ordertest.CheckPublished(t, all, rows, "Exclusions", "Spread", "Choice", "Threshold.Reached", "Threshold.PerOrder", "MaxCoupons", "MaxCash")
}
