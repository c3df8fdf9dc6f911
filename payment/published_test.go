package payment_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// TestP6_PublishedPresets: P1, P5, P6, P17, what the presets of package payment come to, which
// presets of the other packages they are made of, and who publishes it.
func TestP6_PublishedPresets(t *testing.T) {
	made := func(form string) func(payment.Policy) string {
		return func(p payment.Policy) string {
			at, err := p.MadeAt("2026-11")
			if err != nil {
				return err.Error()
			}
			return at.Format(form)
		}
	}
	quoted := func(p payment.Policy, card payment.Card, orders ...order.Order) bool {
		x := asking(orders...)
		x.facts.Policy, x.facts.Card = p, card
		_, err := x.Quote(x.facts, x.at)
		return err == nil
	}
	brands := func(p payment.Policy) string {
		var taken []string
		for _, brand := range []string{"visa", "mastercard", "amex", "unionpay", "other"} {
			if quoted(p, payment.Card{Brand: brand, Funding: payment.FundingCredit}, dues(t, 10000)...) {
				taken = append(taken, brand)
			}
		}
		return strings.Join(taken, " ")
	}
	fundings := func(p payment.Policy) string {
		var taken []string
		for _, f := range []payment.Funding{payment.FundingCredit, payment.FundingDebit, payment.FundingPrepaid, payment.FundingVirtual, payment.FundingGift} {
			if quoted(p, payment.Card{Brand: "visa", Funding: f}, dues(t, 10000)...) {
				taken = append(taken, string(f))
			}
		}
		return strings.Join(taken, " ")
	}
	most := func(p payment.Policy) string {
		n := 1
		for quoted(p, payment.Card{Brand: "visa", Funding: payment.FundingCredit}, dues(t, slices.Repeat([]int64{100}, n+1)...)...) {
			n++
		}
		return fmt.Sprint(n)
	}
	// tries are the waits after each decline of a bill.
	tries := func(p payment.Policy) string {
		at, later := clock("2026-11-15 00:00:00"), clock("2026-12-15 00:00:00")
		b, err := open(t, at, p).Charge(usd(100), at, p)
		if err == nil {
			b, _, err = b.Make(usd(0), later, p)
		}
		monthly := payment.Account{Customer: "c-7", Fund: payment.FundMonthly}
		var all []string
		for range 3 {
			if err != nil {
				return err.Error()
			}
			tried := b.Try
			b, monthly, err = b.Decline(monthly, tried, p)
			all = append(all, b.Try.Sub(tried).String())
		}
		return strings.Join(all, " ")
	}
	waits := func(p payment.Policy) string {
		var all []string
		for n := 0; ; n++ {
			wait, more := p.WaitAfter(n)
			if !more {
				return strings.Join(all, " ")
			}
			all = append(all, wait.String())
		}
	}
	hold := func(p payment.Policy) string { return p.HoldTime().String() }
	remind := func(p payment.Policy) string { return p.RemindBefore().String() }
	completed := func(p payment.Policy) string {
		var all []string
		for _, typ := range order.Types() {
			if p.Completes(typ) {
				all = append(all, string(typ))
			}
		}
		return strings.Join(all, " ")
	}
	renewBy := func(p payment.Policy) string {
		by, err := p.RenewsBy(payment.Customer{ID: "c", Monthly: true, Instrument: "card"}, "")
		return fmt.Sprint(by, err)
	}
	conflicts := func(p payment.Policy) string { return fmt.Sprint(p.ConflictTries()) }
	// The presets of the other packages, in the tests of which they are held to their pages.
	madeOf := func(part func(payment.Policy) any, of map[string]any) func(payment.Policy) string {
		return func(p payment.Policy) string {
			var all []string
			for name, preset := range of {
				if reflect.DeepEqual(part(p), preset) {
					all = append(all, name)
				}
			}
			return strings.Join(all, " ")
		}
	}
	orders := madeOf(func(p payment.Policy) any { return p.Order }, map[string]any{"an hour for changes": order.Policy{Lifetimes: []order.Lifetime{{Type: order.TypeUpgrade, For: time.Hour}, {Type: order.TypeChange, For: time.Hour}}}, "neutral": order.Policy{}, "Huawei": order.Huawei(), "Huawei2024": order.Huawei2024(),
		"HuaweiChina": order.HuaweiChina(), "Alibaba": order.Alibaba(), "Baidu": order.Baidu()})
	discounts := madeOf(func(p payment.Policy) any { return p.Discount }, map[string]any{"neutral": discount.Policy{}, "Huawei2020": discount.Huawei2020(),
		"Huawei2024": discount.Huawei2024(), "HuaweiChina": discount.HuaweiChina()})
	coupons := madeOf(func(p payment.Policy) any { return p.Coupon }, map[string]any{"neutral": coupon.Policy{}, "Huawei": coupon.Huawei(), "Tencent": coupon.Tencent(),
		"Baidu": coupon.Baidu()})
	renewals := madeOf(func(p payment.Policy) any { return p.Renewal }, map[string]any{"neutral": renewal.Policy{}, "Huawei": renewal.Huawei(), "Huawei2025": renewal.Huawei2025(),
		"HuaweiChina": renewal.HuaweiChina(), "Alibaba": renewal.Alibaba(), "AlibabaChina": renewal.AlibabaChina(), "Tencent": renewal.Tencent(), "Baidu": renewal.Baidu(),
		"Stripe": renewal.Stripe(), "SaaS": renewal.SaaS()})

	presets := map[string]payment.Policy{"Huawei": payment.Huawei(), "Huawei2020": payment.Huawei2020(), "HuaweiChina": payment.HuaweiChina(), "Tencent": payment.Tencent(),
		"Baidu": payment.Baidu(), "SaaS": payment.SaaS()}
	const abroad, others, every = "Huawei Huawei2020", "Tencent Baidu", "Huawei Huawei2020 HuaweiChina Tencent Baidu SaaS"
	var rows []ordertest.Published
	for _, x := range []struct {
		presets, field, source string
		of                     func(payment.Policy) string
		want                   string
	}{
		{"Huawei", "Zone", "H25", made("-07:00"), "+08:00"},
		{"Huawei2020", "Zone", "H20", made("-07:00"), "+08:00"},
		{"HuaweiChina", "Zone", "HC", made("-07:00"), "+08:00"},
		{others, "Zone", "ours", made("-07:00"), "+08:00"},

		{abroad, "BillDay", "H25", made(time.DateTime), "2026-12-03 00:00:00"},
		{"HuaweiChina", "BillDay", "HC", made(time.DateTime), "2026-12-03 00:00:00"},
		{others, "BillDay", "ours", made(time.DateTime), "2026-12-01 00:00:00"},

		{abroad, "MaxOrders", "H25", most, "30"},
		{"HuaweiChina " + others, "MaxOrders", "ours", most, "30"},

		{abroad, "Cards.Brands", "ours", brands, "visa mastercard"}, // the page names them in pictures
		{abroad, "Cards.Fundings", "H25", fundings, "credit"},
		{"HuaweiChina " + others, "Cards.Brands", "ours", brands, "visa mastercard amex unionpay other"},
		{"HuaweiChina " + others, "Cards.Fundings", "ours", fundings, "credit debit prepaid virtual gift"},

		{every, "BillTries", "ours", tries, "24h0m0s 24h0m0s 24h0m0s"},
		{every, "Hold", "ours", hold, "30m0s"},
		{every, "Waits", "ours", waits, "5s 30s 2m0s 10m0s 1h0m0s 6h0m0s 24h0m0s 24h0m0s 24h0m0s 24h0m0s 24h0m0s"},
		{every, "Remind", "ours", remind, "24h0m0s"},
		{every, "Conflicts", "ours", conflicts, "16"},

		{abroad, "Order", "HC", orders, "Huawei"},
		{"HuaweiChina", "Order", "HCN", orders, "HuaweiChina"},
		{"Tencent", "Order", "ours", orders, "neutral"},
		{"Baidu", "Order", "B25", orders, "Baidu"},
		{"Huawei", "Discount", "H24", discounts, "Huawei2024"},
		{"Huawei2020", "Discount", "H20", discounts, "Huawei2020"},
		{"HuaweiChina", "Discount", "HC", discounts, "HuaweiChina"},
		{others, "Discount", "ours", discounts, "neutral"},
		{abroad + " HuaweiChina", "Coupon", "HC", coupons, "Huawei"},
		{"Tencent", "Coupon", "T", coupons, "Tencent"},
		{"Baidu", "Coupon", "B", coupons, "Baidu"},
		{abroad, "Renewal", "HC", renewals, "Huawei"},
		{"HuaweiChina", "Renewal", "HC", renewals, "HuaweiChina"},
		{"Tencent", "Renewal", "T", renewals, "Tencent"},
		{"Baidu", "Renewal", "B", renewals, "Baidu"},

		{"SaaS", "Zone", "ours", made("-07:00"), "+00:00"},
		{"SaaS", "BillDay", "ours", made(time.DateTime), "2026-12-01 00:00:00"},
		{"SaaS", "MaxOrders", "ours", most, "30"},
		{"SaaS", "Cards.Brands", "ours", brands, "visa mastercard amex unionpay other"},
		{"SaaS", "Cards.Fundings", "ours", fundings, "credit debit prepaid virtual gift"},
		{"SaaS", "Complete", "ours", completed, "renewal upgrade configuration change"},
		{"SaaS", "RenewBy", "ours", renewBy, "[online monthly settlement balance] <nil>"},
		{"SaaS", "Order", "ours", orders, "an hour for changes"},
		{"SaaS", "Discount", "ours", discounts, "neutral"},
		{"SaaS", "Coupon", "ours", coupons, "neutral"},
		{"SaaS", "Renewal", "ours", renewals, "SaaS"},
	} {
		for _, name := range strings.Fields(x.presets) {
			rows = append(rows, ordertest.Published{name, x.field, x.source, x.of(presets[name]), x.want})
		}
	}
	all := make(map[string]any, len(presets))
	for name, p := range presets {
		all[name] = p
	}
	ordertest.CheckPublished(t, all, rows, "Zone", "BillDay", "MaxOrders", "Cards.Brands", "Cards.Fundings", "BillTries", "Hold", "Waits", "Remind", "Conflicts",
		"Order", "Discount", "Coupon", "Renewal")
}
