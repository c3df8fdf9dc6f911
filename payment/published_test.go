package payment_test

import (
	"fmt"
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
)

// P5, P6: what the presets of package payment come to beside those of the other packages, and
// who publishes it.
func TestP6_PublishedPresets(t *testing.T) {
	made := func(p payment.Policy) string {
		at, err := p.MadeAt("2026-11")
		if err != nil {
			return err.Error()
		}
		return at.Format("2006-01-02 15:04:05 -07:00")
	}
	taken := func(p payment.Policy) (s string) {
		for _, c := range []payment.Card{{Brand: "visa", Funding: payment.FundingCredit}, {Brand: "visa", Funding: payment.FundingDebit}, {Brand: "other", Funding: payment.FundingCredit}} {
			x := asking(dues(t, 10000)...)
			p.Order.Zone = nil
			x.facts.Customer.Policy, x.facts.Card = p, c
			_, err := x.Quote(x.facts, x.at)
			s += fmt.Sprint(err == nil, " ")
		}
		return s
	}
	hold := func(p payment.Policy) string {
		return fmt.Sprint(p.Hold == 0, p.Remind == 0, len(p.Waits) == 0, len(p.BillTries) == 0)
	}
	var rows []ordertest.Published
	presets := map[string]any{}
	for name, p := range map[string]payment.Policy{"Huawei": payment.Huawei(), "Huawei2020": payment.Huawei2020(), "HuaweiChina": payment.HuaweiChina(),
		"Tencent": payment.Tencent(), "Baidu": payment.Baidu()} {
		presets[name] = p
		bill, source, cards, of := "2026-12-01 00:00:00 +08:00", "ours", "true true true ", "ours"
		switch name {
		case "Huawei", "Huawei2020":
			bill, source, cards, of = "2026-12-03 00:00:00 +08:00", "HC", "true false false ", "H25"
		case "HuaweiChina":
			bill, source, of = "2026-12-03 00:00:00 +08:00", "HC", "HC"
		}
		rows = append(rows,
			ordertest.Published{name, "Zone", source, made(p), bill},
			ordertest.Published{name, "BillDay", source, made(p), bill},
			ordertest.Published{name, "Cards.Brands", "ours", taken(p), cards},
			ordertest.Published{name, "Cards.Fundings", of, taken(p), cards},
			ordertest.Published{name, "Hold", "ours", hold(p), "true true true true"})
	}
	ordertest.CheckPublished(t, presets, rows, "Zone", "BillDay", "Cards.Brands", "Cards.Fundings", "Hold")
}
