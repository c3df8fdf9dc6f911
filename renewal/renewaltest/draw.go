package renewaltest

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// Policy draws a policy: a vendor's, or any sound one.
func Policy() *rapid.Generator[renewal.Policy] {
	return rapid.Custom(func(t *rapid.T) renewal.Policy {
		vendors := []renewal.Policy{{}, renewal.Huawei(), renewal.Huawei2025(), renewal.HuaweiChina(), renewal.Alibaba(), renewal.AlibabaChina(), renewal.Tencent(), renewal.Baidu(), renewal.Stripe(), renewal.SaaS()}
		if i := rapid.IntRange(0, len(vendors)).Draw(t, "vendor"); i < len(vendors) {
			return vendors[i]
		}
		return renewal.Policy{
			Zone:        ordertest.Zone().Draw(t, "zone"),
			Ending:      rapid.SampledFrom([]renewal.Ending{renewal.EndOfDay, renewal.SameClock, renewal.NextMidnight, renewal.DayBefore}).Draw(t, "ending"),
			FromPayment: rapid.Bool().Draw(t, "from payment"),
			Least:       rapid.SampledFrom([]renewal.Least{renewal.AtLeast, renewal.MoreThan, renewal.ThirtyDays}).Draw(t, "least"),
			UnifiedDays: renewal.UnifiedDays(rapid.IntRange(0, 2).Draw(t, "unified days")), UnifiedMonths: renewal.UnifiedMonths(rapid.IntRange(0, 2).Draw(t, "unified months")),
			DayCount: renewal.DayCount(rapid.IntRange(0, 4).Draw(t, "day count")),
			Attempts: renewal.Attempts{Days: []int{rapid.IntRange(0, 30).Draw(t, "first attempt")}, Daily: rapid.Bool().Draw(t, "daily"), AtOnce: rapid.Bool().Draw(t, "at once")},
			Leaving:  renewal.RefundPolicy{Left: renewal.RemainderRule(rapid.IntRange(0, 2).Draw(t, "left")), Used: renewal.Used(rapid.IntRange(0, 2).Draw(t, "used"))},
			Keep: []renewal.Keep{{Grace: time.Duration(rapid.IntRange(0, 30).Draw(t, "grace")) * 24 * time.Hour,
				Retention: time.Duration(rapid.IntRange(0, 30).Draw(t, "retention")) * 24 * time.Hour}},
		}
	})
}

// Resource draws a subscription that is renewed by hand or automatically, and was bought
// between 1990 and 2100.
func Resource() *rapid.Generator[renewal.Resource] {
	return rapid.Custom(func(t *rapid.T) renewal.Resource {
		start := ordertest.Instant().Draw(t, "start").Truncate(time.Second)
		r := renewal.Resource{
			ID:       ordertest.ID[order.ResourceID]().Draw(t, "ID"),
			Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"),
			Product:  rapid.SampledFrom([]string{"s6.large", "disk", "address"}).Draw(t, "product"),
			Service:  rapid.SampledFrom([]string{"", "ECS", "EVS"}).Draw(t, "service"),
			Count:    rapid.IntRange(1, 20).Draw(t, "count"),
			Charge:   order.ChargeSubscription,
			Tier:     rapid.SampledFrom([]string{"", "V0", "V1", "V2", "V3", "V4", "V5"}).Draw(t, "tier"),
			Start:    start, AnchorDay: start.Day(),
			Mode:    rapid.SampledFrom([]renewal.Mode{renewal.ModeManual, renewal.ModeAutomatic}).Draw(t, "mode"),
			Version: rapid.Int64Range(0, 9).Draw(t, "version"),
		}
		r.Expiry = renewal.Term{N: 1, Unit: renewal.Month}.Nth(start, rapid.IntRange(1, 40).Draw(t, "months"))
		if r.Mode == renewal.ModeAutomatic {
			r.Auto = renewal.Auto{Term: rapid.SampledFrom(terms()).Draw(t, "term"), Times: rapid.IntRange(0, 3).Draw(t, "times"), Later: rapid.IntRange(0, 7).Draw(t, "later"), On: start,
				Method: rapid.SampledFrom([]string{"", "balance"}).Draw(t, "method")}
		}
		return r
	})
}

// moment draws an expiry and a whole second within two months of it.
func moment() *rapid.Generator[Moment] {
	return rapid.Custom(func(t *rapid.T) Moment {
		expiry := ordertest.Instant().Draw(t, "expiry").Truncate(time.Second)
		const month = 30 * 24 * 60 * 60
		return Moment{expiry, expiry.Add(time.Duration(rapid.IntRange(-2*month, 2*month).Draw(t, "seconds")) * time.Second)}
	})
}

// span draws up to 60 days.
func span() *rapid.Generator[Span] {
	return rapid.Custom(func(t *rapid.T) Span {
		from := ordertest.Instant().Draw(t, "from").UTC().Truncate(24 * time.Hour)
		return Span{from, from.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days"))}
	})
}
