package order_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// E1, O8, X2: what the presets of package order come to, and who publishes it.
func TestE1_PublishedPresets(t *testing.T) {
	placed := time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC)
	deadline := func(p order.Policy, service string) string {
		o, err := order.Place(order.Draft{ID: "CS1", Customer: "c", Type: order.TypePurchase, Lines: []order.Line{{Product: "p", Service: service, Count: 1,
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(100, order.USD)}}}, placed, p)
		if err != nil {
			return err.Error()
		}
		return o.Deadline.In(p.Zone).Format("2006-01-02 15:04:05 -07:00")
	}
	ordertest.CheckPublished(t, map[string]any{"Huawei": order.Huawei(), "Huawei2024": order.Huawei2024(), "HuaweiChina": order.HuaweiChina(),
		"Alibaba": order.Alibaba(), "Baidu": order.Baidu()}, []ordertest.Published{
		{"Huawei", "Zone", "H20", deadline(order.Huawei(), "ECS"), "2018-12-03 23:12:32 +08:00"},
		{"Huawei", "Lifetimes", "HC", deadline(order.Huawei(), "hardware"), "2018-11-27 00:12:32 +08:00"},
		{"Huawei2024", "Zone", "H24", deadline(order.Huawei2024(), "ECS"), "2018-12-03 23:12:32 +08:00"},
		{"Huawei2024", "Lifetimes", "HC", deadline(order.Huawei2024(), "hardware"), "2018-11-27 00:12:32 +08:00"},
		{"Huawei2024", "CancelFrom", "H24", fmt.Sprint(order.Huawei2024().CancelFrom), "[unpaid]"},
		{"HuaweiChina", "Zone", "HCN", deadline(order.HuaweiChina(), "ECS"), "2018-12-03 23:12:32 +08:00"},
		{"HuaweiChina", "Lifetimes", "HC", deadline(order.HuaweiChina(), "hardware"), "2018-11-27 00:12:32 +08:00"},
		{"HuaweiChina", "KeepExport", "HCN", order.HuaweiChina().KeepExport.String(), "72h0m0s"},
		{"Alibaba", "Zone", "ours", deadline(order.Alibaba(), "ecs"), "2018-12-03 23:12:32 +08:00"},
		{"Alibaba", "Lifetimes", "A", deadline(order.Alibaba(), "resource plan"), "2018-11-27 00:12:32 +08:00"},
		{"Baidu", "Zone", "B25", deadline(order.Baidu(), "BCC"), "2018-12-03 23:12:32 +08:00"},
	})
}
