package discount_test

import (
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// TestE2_PublishedPresets: E2, E3, E4, D3, D6, D7, what the presets of package discount come to,
// and who publishes it.
func TestE2_PublishedPresets(t *testing.T) {
	of := func(typ order.Type, service string, cents int64) order.Order {
		line := server(usd(cents))
		line.Service, line.Resource = service, "r"
		d := draft("CS1", line)
		d.Type = typ
		return place(t, d)
	}
	deadline := func(kind discount.Kind) func(discount.Policy) string {
		return func(p discount.Policy) string {
			o, err := discount.Apply(of(order.TypeRenewal, "ECS", 10000), discount.Discount{ID: "d", Kind: kind, Ratio: order.Percent(85), Window: november}, placed, p)
			if err != nil {
				return err.Error()
			}
			return o.Deadline.In(gmt8).Format(time.DateTime) + " " + string(o.Reduction.Lapse)
		}
	}
	rounded := func(p discount.Policy) string { // 0.045
		o, err := discount.Apply(of(order.TypeRenewal, "ECS", 9), discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(50)}, placed, p)
		if err != nil {
			return err.Error()
		}
		return o.Payable().String()
	}
	locked := func(types ...order.Type) func(discount.Policy) string {
		return func(p discount.Policy) string {
			var all []string
			for _, typ := range types {
				for _, service := range []string{"ECS", "EVS", "VPC", "OBS"} {
					o, err := discount.Apply(of(typ, service, 10000), discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}, placed, p)
					if err != nil {
						return err.Error()
					}
					if o.Reduction.Lock == order.LockConfirmed {
						all = append(all, string(typ)+" "+service)
					}
				}
			}
			return strings.Join(all, ", ")
		}
	}
	competing := func(p discount.Policy) string {
		var all []string
		for _, kind := range discount.Kinds() {
			c, err := discount.Choose(of(order.TypeRenewal, "ECS", 10000), []discount.Discount{{ID: "d", Kind: kind, Ratio: order.Percent(85)}}, placed, p)
			if err != nil {
				return err.Error()
			}
			if c.Best == 0 && kind != discount.KindPartnerAdjusted { // which is not asked
				all = append(all, string(kind))
			}
		}
		return strings.Join(all, ", ")
	}
	const own, ends, judged = "2018-12-03 23:12:32 honored until the deadline", "2018-11-30 23:59:59 shortens the order", "2018-12-03 23:12:32 judged at payment"
	const changes = "upgrade ECS, upgrade EVS, upgrade VPC, configuration change ECS, configuration change EVS, configuration change VPC"
	const all, compete = "Huawei2020 Huawei2024 HuaweiChina", "commercial, offline contract, partner-authorized"
	specs := locked(order.TypeUpgrade, order.TypeChange)

	presets := map[string]discount.Policy{"Huawei2020": discount.Huawei2020(), "Huawei2024": discount.Huawei2024(), "HuaweiChina": discount.HuaweiChina()}
	var rows []ordertest.Published
	for _, x := range []struct {
		presets, field, source string
		of                     func(discount.Policy) string
		want                   string
	}{
		{"Huawei2020", "Lapses.Promotional", "H20", deadline(discount.KindPromotional), judged},
		{"Huawei2020", "Lapses.Commercial", "H20", deadline(discount.KindCommercial), judged},
		{"Huawei2020", "Lapses.PartnerAuthorized", "H20", deadline(discount.KindPartnerAuthorized), judged},
		{"Huawei2020", "Lapses.Coupon", "H20", deadline(discount.KindCoupon), judged},
		{"Huawei2024", "Lapses.Promotional", "H24", deadline(discount.KindPromotional), ends},
		{"Huawei2024", "Lapses.Commercial", "H24", deadline(discount.KindCommercial), own},
		{"Huawei2024", "Lapses.PartnerAuthorized", "H24", deadline(discount.KindPartnerAuthorized), own},
		{"Huawei2024", "Lapses.Coupon", "H24", deadline(discount.KindCoupon), ends},
		{"HuaweiChina", "Lapses.Promotional", "ours", deadline(discount.KindPromotional), ends},
		{"HuaweiChina", "Lapses.Commercial", "ours", deadline(discount.KindCommercial), own},
		{"HuaweiChina", "Lapses.PartnerAuthorized", "ours", deadline(discount.KindPartnerAuthorized), own},
		{"HuaweiChina", "Lapses.Coupon", "ours", deadline(discount.KindCoupon), ends},
		{all, "Lapses.OfflineContract", "ours", deadline(discount.KindOfflineContract), own},

		{"Huawei2020", "Confirmed", "H20", specs, changes},
		{"Huawei2024", "Confirmed", "H24", specs, changes},
		{"HuaweiChina", "Confirmed", "HC", specs, changes},
		{"HuaweiChina", "Confirmed", "HC", locked(order.TypePurchase, order.TypeRenewal), "purchase ECS, purchase EVS, purchase VPC"},
		{"Huawei2020 Huawei2024", "Confirmed", "ours", locked(order.TypePurchase, order.TypeRenewal), ""}, // of no other orders

		{all, "Compete", "HC", competing, compete},

		{"HuaweiChina", "Rounding", "HC", rounded, "0.04 USD"},
		{"Huawei2020 Huawei2024", "Rounding", "ours", rounded, "0.05 USD"},
	} {
		for _, name := range strings.Fields(x.presets) {
			rows = append(rows, ordertest.Published{name, x.field, x.source, x.of(presets[name]), x.want})
		}
	}
	checked := make(map[string]any, len(presets))
	for name, p := range presets {
		checked[name] = p
	}
	ordertest.CheckPublished(t, checked, rows, "Rounding", "Lapses.Promotional", "Lapses.Commercial", "Lapses.PartnerAuthorized", "Lapses.OfflineContract", "Lapses.Coupon",
		"Confirmed", "Compete")
}
