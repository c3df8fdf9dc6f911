package order_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// TestE1_PublishedPresets: E1, O2, O6, O8, X2, what the presets of package order come to, and
// who publishes it.
func TestE1_PublishedPresets(t *testing.T) {
	placed := time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC)
	draft := func(n int, service string) order.Draft {
		return order.Draft{ID: order.ID(fmt.Sprint("CS", n)), Customer: "c", Type: order.TypePurchase, Lines: []order.Line{{Product: "p", Service: service, Count: 1,
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(100, order.USD)}}}
	}
	deadline := func(service, form string) func(order.Policy) string {
		return func(p order.Policy) string {
			o, err := order.Place(draft(1, service), placed, p)
			if err != nil {
				return err.Error()
			}
			return o.Deadline.Format(form)
		}
	}
	offset, ordinary := deadline("ECS", "-07:00"), deadline("ECS", time.DateTime)
	cancel := order.Move{Event: order.EventCancel, At: placed.Add(time.Hour), By: "c", Reason: order.ReasonCustomer}
	cancels := func(of ...order.State) func(order.Policy) string {
		return func(p order.Policy) string {
			var from []string
			for _, state := range of {
				d := draft(1, "ECS")
				d.Review, d.Confirm = state == order.StatePendingApproval, state == order.StatePendingConfirmation
				o, err := order.Place(d, placed, p)
				if err != nil || o.State != state {
					return fmt.Sprint(o.State, err)
				}
				if moved, _, err := order.Cancel([]order.Order{o}, cancel, p); err == nil && len(moved) == 1 {
					from = append(from, string(state))
				}
			}
			return strings.Join(from, ", ")
		}
	}
	most := func(do func(n int, p order.Policy) error) func(order.Policy) string {
		return func(p order.Policy) string {
			for n := 1; ; n++ {
				if err := do(n, p); err != nil {
					return fmt.Sprint(n-1, " ", errors.Is(err, order.ErrTooMany))
				}
			}
		}
	}
	canceled := most(func(n int, p order.Policy) error {
		orders := make([]order.Order, n)
		for i := range orders {
			o, err := order.Place(draft(i, "ECS"), placed, p)
			if err != nil {
				return err
			}
			orders[i] = o
		}
		_, _, err := order.Cancel(orders, cancel, p)
		return err
	})
	together := most(func(n int, p order.Policy) error {
		drafts := make([]order.Draft, n)
		for i := range drafts {
			drafts[i] = draft(i, "ECS")
		}
		_, err := order.PlaceTogether("CP1", drafts, placed, p)
		return err
	})
	kept := func(p order.Policy) string {
		until, ends := p.ExportUntil(placed)
		if !ends {
			return ""
		}
		return until.Sub(placed).String()
	}

	presets := map[string]order.Policy{"Huawei": order.Huawei(), "Huawei2024": order.Huawei2024(), "HuaweiChina": order.HuaweiChina(), "Alibaba": order.Alibaba(), "Baidu": order.Baidu()}
	const huawei = "Huawei Huawei2024 HuaweiChina"
	const approval, confirmation, unpaid = order.StatePendingApproval, order.StatePendingConfirmation, order.StateUnpaid
	var rows []ordertest.Published
	for _, x := range []struct {
		presets, field, source string
		of                     func(order.Policy) string
		want                   string
	}{
		{"Huawei", "Zone", "H20", offset, "+08:00"},
		{"Huawei2024", "Zone", "H24", offset, "+08:00"},
		{"HuaweiChina", "Zone", "HC", offset, "+08:00"},
		{"Alibaba Baidu", "Zone", "ours", offset, "+08:00"},

		{"Huawei", "Lifetime", "H20", ordinary, "2018-12-03 23:12:32"},
		{"Huawei2024", "Lifetime", "H24", ordinary, "2018-12-03 23:12:32"},
		{"HuaweiChina", "Lifetime", "HC", ordinary, "2018-12-03 23:12:32"}, // 7 days
		{"Alibaba Baidu", "Lifetime", "ours", ordinary, "2018-12-03 23:12:32"},
		{huawei, "Lifetimes", "HC", deadline("hardware", time.DateTime), "2018-11-27 00:12:32"},
		{"Alibaba", "Lifetimes", "A", deadline("resource plan", time.DateTime), "2018-11-27 00:12:32"},

		{"Huawei", "CancelFrom", "HC", cancels(approval, unpaid), "pending approval, unpaid"},
		{"Huawei2024", "CancelFrom", "H24", cancels(approval, confirmation, unpaid), "unpaid"},
		{"HuaweiChina", "CancelFrom", "HCN", cancels(unpaid), "unpaid"},
		{"Baidu", "CancelFrom", "B25", cancels(unpaid), "unpaid"},
		{"Huawei HuaweiChina Alibaba Baidu", "CancelFrom", "ours", cancels(approval, confirmation, unpaid), "pending approval, pending confirmation, unpaid"},

		{huawei, "MaxOrders", "HC", canceled, "30 true"},
		{huawei, "MaxOrders", "ours", together, "30 true"}, // as many as are paid together (H25)
		{"Alibaba Baidu", "MaxOrders", "ours", canceled, "30 true"},
		{"Alibaba Baidu", "MaxOrders", "ours", together, "30 true"},

		{"HuaweiChina", "KeepExport", "HCN", kept, "72h0m0s"},
		{"Huawei Huawei2024 Alibaba Baidu", "KeepExport", "ours", kept, ""},
	} {
		for _, name := range strings.Fields(x.presets) {
			rows = append(rows, ordertest.Published{name, x.field, x.source, x.of(presets[name]), x.want})
		}
	}
	all := make(map[string]any, len(presets))
	for name, p := range presets {
		all[name] = p
	}
	ordertest.CheckPublished(t, all, rows, "Zone", "Lifetime", "CancelFrom", "MaxOrders", "KeepExport")
}

// noted notes what fails.
type noted struct {
	testing.TB
	said string
}

func (n *noted) Errorf(format string, args ...any) { n.said += fmt.Sprintf(format, args...) + "\n" }

// TestE1_PublishedRows: what is no source, another value, a preset that there is not, one that is
// left out and a field without a row are told.
func TestE1_PublishedRows(t *testing.T) {
	n := &noted{TB: t}
	ordertest.CheckPublished(n, map[string]any{"Alibaba": order.Alibaba()}, []ordertest.Published{
		{"Alibaba", "Zone", "", "+08:00", "+08:00"},
		{"Alibaba", "Zone", "H21", "+08:00", "+08:00"},
		{"Alibaba", "Zone", "ours", "+08:00", "+09:00"},
		{"Alibaba", "Zone", "ours", "+08:00", "+08:00"},
		{"Amazon", "Zone", "ours", "+08:00", "+08:00"},
	}, "MaxOrders")
	for _, want := range []string{`Alibaba Zone: "" is no source`, `Alibaba Zone: "H21" is no source`, "Alibaba Zone: +08:00, and ours says +09:00", "there is no preset Amazon",
		"preset Huawei is not checked", "Alibaba: no row says who publishes its Lifetimes", "Alibaba: no row says who publishes its MaxOrders"} {
		if !strings.Contains(n.said, want) {
			t.Errorf("nothing says %q:\n%s", want, n.said)
		}
	}
	if strings.Contains(n.said, "its Zone") || strings.Count(n.said, "Alibaba Zone") != 3 {
		t.Errorf("more is told than is wrong:\n%s", n.said)
	}
}
