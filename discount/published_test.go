package discount_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// E2, E3, E4, D3, D6: what the presets of package discount come to, and who publishes it.
func TestE2_PublishedPresets(t *testing.T) {
	gmt8 := time.FixedZone("+08:00", 8*60*60)
	placed := time.Date(2018, 11, 26, 23, 12, 32, 0, gmt8)
	november := order.Window{From: time.Date(2018, 11, 1, 0, 0, 0, 0, gmt8), Until: time.Date(2018, 11, 30, 23, 59, 59, 0, gmt8)}
	of := func(typ order.Type, cents int64) order.Order {
		o, err := order.Place(order.Draft{ID: "CS1", Customer: "c", Type: typ, Lines: []order.Line{{Product: "p", Service: "ECS", Count: 1, Resource: "r",
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD)}}}, placed, order.Huawei())
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	deadline := func(p discount.Policy, kind discount.Kind) string {
		o, err := discount.Apply(of(order.TypeRenewal, 10000), discount.Discount{ID: "d", Kind: kind, Ratio: order.Percent(85), Window: november}, placed, p)
		if err != nil {
			return err.Error()
		}
		return o.Deadline.In(gmt8).Format(time.DateTime) + " " + string(o.Reduction.Lapse)
	}
	rounded := func(p discount.Policy) string {
		o, err := discount.Apply(of(order.TypeRenewal, 9), discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(50)}, placed, p)
		if err != nil {
			return err.Error()
		}
		return o.Payable().String()
	}
	locked := func(p discount.Policy) string {
		s := ""
		for _, typ := range []order.Type{order.TypeUpgrade, order.TypePurchase} {
			o, err := discount.Apply(of(typ, 10000), discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}, placed, p)
			s += fmt.Sprint(o.Reduction.Lock != "", err == nil, " ")
		}
		return s
	}
	const own, ends, judged = "2018-12-03 23:12:32 honored until the deadline", "2018-11-30 23:59:59 shortens the order", "2018-12-03 23:12:32 judged at payment"
	h20, h24, china := discount.Huawei2020(), discount.Huawei2024(), discount.HuaweiChina()
	ordertest.CheckPublished(t, map[string]any{"Huawei2020": h20, "Huawei2024": h24, "HuaweiChina": china}, []ordertest.Published{
		{"Huawei2020", "Lapses.Promotional", "H20", deadline(h20, discount.KindPromotional), judged},
		{"Huawei2020", "Lapses.Commercial", "H20", deadline(h20, discount.KindCommercial), judged},
		{"Huawei2020", "Lapses.PartnerAuthorized", "H20", deadline(h20, discount.KindPartnerAuthorized), judged},
		{"Huawei2020", "Lapses.Coupon", "H20", deadline(h20, discount.KindCoupon), judged},
		{"Huawei2020", "Confirmed", "H20", locked(h20), "true true false true "},
		{"Huawei2020", "Rounding", "ours", rounded(h20), "0.05 USD"},
		{"Huawei2024", "Lapses.Promotional", "H24", deadline(h24, discount.KindPromotional), ends},
		{"Huawei2024", "Lapses.Coupon", "H24", deadline(h24, discount.KindCoupon), ends},
		{"Huawei2024", "Lapses.Commercial", "H24", deadline(h24, discount.KindCommercial), own},
		{"Huawei2024", "Lapses.PartnerAuthorized", "H24", deadline(h24, discount.KindPartnerAuthorized), own},
		{"Huawei2024", "Confirmed", "H24", locked(h24), "true true false true "},
		{"Huawei2024", "Rounding", "ours", rounded(h24), "0.05 USD"},
		{"HuaweiChina", "Confirmed", "HC", locked(china), "true true true true "},
		{"HuaweiChina", "Rounding", "HC", rounded(china), "0.04 USD"},
		{"HuaweiChina", "Lapses.Promotional", "ours", deadline(china, discount.KindPromotional), ends},
	}, "Rounding", "Lapses.Promotional")
}
