package renewal_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// counted is what a preset comes to in one way of counting.
type counted func(p renewal.Policy) string

// said is what a way of counting comes to, or why it does not.
func said(err error, what ...any) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(what...)
}

// zoned reads a time of the sources in the zone of the policy.
func zoned(p renewal.Policy, s string) time.Time {
	at := clock(s)
	if p.Zone == nil {
		return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	}
	return at.In(p.Zone)
}

// firstTwo is the first expiry of what is bought at a time of the sources for a month, and the next.
func firstTwo(start string) counted {
	return func(p renewal.Policy) string {
		at := zoned(p, start)
		one, err := renewal.First(at, months(1), p)
		if err != nil {
			return err.Error()
		}
		stands, err := renewal.Anchor(at, months(1), p)
		if err != nil {
			return err.Error()
		}
		two, err := renewal.Next(stands, months(1), p)
		return said(err, one.Format(time.DateTime), ", ", two.Format(time.DateTime))
	}
}

// offset is that of an expiry.
func offset(p renewal.Policy) string {
	at, err := renewal.First(clock("2024-06-20 12:00:00"), months(1), p)
	return said(err, at.Format("-07:00"))
}

// longest is the longest renewal in months, or in years.
func longest(unit renewal.Unit) counted {
	return func(p renewal.Policy) string {
		for n := 1; ; n++ {
			if _, err := renewal.Next(renewal.Position{Expiry: clock("2023-04-08")}, renewal.Term{N: n, Unit: unit}, p); err != nil {
				return fmt.Sprint(n - 1)
			}
		}
	}
}

// unified is the expiry after a renewal for a month to a unified day.
func unified(expiry string, day renewal.UnifiedDay) counted {
	return func(p renewal.Policy) string {
		e, err := renewal.Unify(renewal.Position{Expiry: zoned(p, expiry)}, months(1), day, p)
		return said(err, e.Until.Format(time.DateOnly))
	}
}

// least says whether a day that the term ends on is enough, and 30 days for a month.
func least(p renewal.Policy) string {
	return unified("2024-03-05 00:00:00", 5)(p) + ", " + unified("2024-03-05 00:00:00", 4)(p)
}

// oddDays are those of a renewal for a month to a unified day.
func oddDays(expiry string, day renewal.UnifiedDay) counted {
	return func(p renewal.Policy) string {
		e, err := renewal.Unify(renewal.Position{Expiry: zoned(p, expiry)}, months(1), day, p)
		return said(err, e.Days)
	}
}

// unifiedPrice is what that costs at 60.00 a month.
func unifiedPrice(expiry string, day renewal.UnifiedDay) counted {
	return func(p renewal.Policy) string {
		e, err := renewal.Unify(renewal.Position{Expiry: zoned(p, expiry)}, months(1), day, p)
		if err != nil {
			return err.Error()
		}
		m, err := e.Price(usd(6000), usd(6000), p)
		return said(err, m)
	}
}

// alignedPrice is what a first term shortened to the 15th costs at 29.00 a month: from 2024-03-05
// 10 of the 29 days from 02-15.
func alignedPrice(p renewal.Policy) string {
	e, err := renewal.Align(zoned(p, "2024-03-05 00:00:00"), months(1), 15, p)
	if err != nil {
		return err.Error()
	}
	m, err := e.Price(usd(2900), usd(2900), p)
	return said(err, m)
}

// unifiedDays are those that a policy has.
func unifiedDays(p renewal.Policy) string {
	var days []string
	for day := renewal.LastDay; day <= 31; day++ {
		if _, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), day, p); err == nil && day != 0 {
			days = append(days, strings.Replace(fmt.Sprint(int(day)), "-1", "last", 1))
		}
	}
	return fmt.Sprint(len(days), " from ", days[0], " to ", days[len(days)-1])
}

// unifiedMonths are the first that the 15th counts in.
func unifiedMonths(p renewal.Policy) string {
	return unified("2024-02-10 00:00:00", 15)(p) + " " + unified("2024-02-20 00:00:00", 15)(p)
}

// halfCent is 0.005, rounded.
func halfCent(p renewal.Policy) string {
	m, err := renewal.Change{Old: usd(100), New: usd(101), Left: renewal.Fraction{Num: 1, Den: 2}}.Upgrade(p)
	return said(err, m)
}

// until20 is last used on 2024-06-20 and renewed automatically.
func until20(p renewal.Policy) renewal.Resource {
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: months(1)},
		Start: zoned(p, "2024-05-20 10:00:00"), Expiry: zoned(p, "2024-06-20 23:59:59"), Tier: "V5"}
	if p.Ending == renewal.NextMidnight {
		r.Expiry = r.Expiry.Add(time.Second)
	}
	return r
}

// attempts are those after a time, and none after the last.
func attempts(r renewal.Resource, at time.Time, p renewal.Policy) (all []time.Time, err error) {
	for {
		next, ok, err := r.NextAttempt(at, p)
		if err != nil || !ok {
			return all, err
		}
		all, at = append(all, next), next
	}
}

// tries are the first attempts for what is last used on 2024-06-20, in a form, or all of them.
func tries(n int, form string) counted {
	return func(p renewal.Policy) string {
		all, err := attempts(until20(p), zoned(p, "2024-05-21 00:00:00"), p)
		var days []string
		for _, at := range all[:min(n, len(all))] {
			days = append(days, at.Format(form))
		}
		return said(err, strings.Join(days, " "))
	}
}

// lastTry is the last of them.
func lastTry(p renewal.Policy) string {
	all, err := attempts(until20(p), zoned(p, "2024-05-21 00:00:00"), p)
	return said(err, all[len(all)-1].Format("01-02 15:04"))
}

// late is the first attempt for what is set to renew automatically on the day that it expires,
// at 10:00; "": none.
func late(p renewal.Policy) string {
	r, on := until20(p), zoned(p, "2024-06-20 10:00:00")
	r.Mode, r.Auto = renewal.ModeManual, renewal.Auto{}
	r, err := r.SetMode(renewal.ModeAutomatic, renewal.Auto{Term: months(1)}, on, p)
	if errors.Is(err, renewal.ErrMode) {
		return ""
	}
	next, ok, err2 := r.NextAttempt(on.Add(-time.Second), p)
	if !ok {
		return said(errors.Join(err, err2))
	}
	return said(errors.Join(err, err2), next.Format("01-02 15:04"))
}

// keeps is how long what has expired is usable and kept, in days, by tier.
func keeps(charge order.Charge, tiers ...string) counted {
	return func(p renewal.Policy) string {
		var all []string
		for _, tier := range tiers {
			r := renewal.Resource{Charge: charge, Tier: tier, Expiry: clock("2024-06-20 23:59:59")}
			usable, kept := r.Until(p)
			all = append(all, fmt.Sprint(usable.Sub(p.Ending.LastSecond(r.Expiry)).Hours()/24, "/", kept.Sub(usable).Hours()/24))
		}
		return strings.Join(all, " ")
	}
}

// left and used are the counts of Q1 and Q3 of the pages' examples.
func left(start, expiry string, t renewal.Term, at string) counted {
	return func(p renewal.Policy) string {
		f, err := renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: t}.Remaining(clock(at), p)
		return said(err, f.Num, "/", f.Den)
	}
}

func used(start, expiry, at string) counted {
	return func(p renewal.Policy) string {
		r, err := bought(renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: months(1)}, 30000).Leave(clock(at), 1_000_000, p)
		return said(err, r.Used.Num, "/", r.Used.Den)
	}
}

// upgraded is what a change from 45.00 to 138.00 a month costs (B).
func upgraded(p renewal.Policy) string {
	f, err := renewal.Period{Start: clock("2016-01-10 10:00:00"), Expiry: clock("2016-02-10 10:00:00"), Term: months(1)}.Remaining(clock("2016-01-13 11:00:00"), p)
	if err != nil {
		return err.Error()
	}
	m, err := renewal.Change{Old: usd(4500), New: usd(13800), Left: f}.Upgrade(p)
	return said(err, m)
}

// leave is what comes back of 100.00 for a term, so long after its start.
func leave(t renewal.Term, after time.Duration, times int, p renewal.Policy) (renewal.Refund, error) {
	start := zoned(p, "2023-01-01 00:00:00")
	expiry, err := renewal.First(start, t, p)
	if err != nil {
		return renewal.Refund{}, err
	}
	return bought(renewal.Period{Start: start, Expiry: expiry, Term: t}, 10000).Leave(start.Add(after), times, p)
}

// fees are the fees of 100.00 for 3 years, 2 years, a year and a month, in each year of use.
func fees(p renewal.Policy) string {
	var all []string
	for _, t := range []renewal.Term{years(3), years(2), years(1), months(1)} {
		for n := range max(1, t.N) {
			r, err := leave(t, time.Duration(n*366*24+1)*time.Hour, 1_000_000, p)
			all = append(all, said(err, r.Fee.Decimal()))
		}
	}
	return strings.Join(all, " ")
}

// window is the last hour, to the second, in which everything comes back; "": none.
func window(p renewal.Policy) string {
	for h := 300; h >= 0; h-- {
		at := time.Duration(h) * time.Hour
		r, err := leave(months(1), at, 0, p)
		if after, _ := leave(months(1), at+time.Second, 0, p); err != nil || r.All && !after.All {
			return said(err, h, " h")
		}
	}
	return ""
}

// times is how often everything comes back.
func times(p renewal.Policy) string {
	for n := 0; ; n++ {
		if r, err := leave(months(1), time.Hour, n, p); err != nil || !r.All {
			return said(err, n)
		}
	}
}

// reviewed says whether a large refund needs approval first.
func reviewed(p renewal.Policy) string {
	start := zoned(p, "2023-01-01 00:00:00")
	r, err := bought(renewal.Period{Start: start, Expiry: start.AddDate(0, 1, 0), Term: months(1)}, 1e12).Leave(start, 0, p)
	return said(err, r.Review)
}

// exported is how many of 10,001 rows are.
func exported(p renewal.Policy) string {
	n, err := renewal.WriteCSV(io.Discard, renewal.Each(slices.Repeat([]renewal.Resource{server()}, 10_001)), months(1), monthly(6000), clock("2023-04-01"), p)
	if errors.Is(err, renewal.ErrTooMany) {
		err = nil
	}
	return said(err, n)
}

// begins says from when on a renewal of what expired on 06-20 counts, paid at the end of grace and
// at the beginning of retention.
func begins(p renewal.Policy) string {
	r := until20(p)
	usable, _ := r.Until(p)
	first, err1 := r.Renew(months(1), "CS1", usable, p)
	second, err2 := r.Renew(months(1), "CS1", usable.Add(time.Second), p)
	if err1 != nil || err2 != nil {
		return fmt.Sprint(err1, err2)
	}
	return first.Periods[0].Start.In(r.Expiry.Location()).Format("01-02") + " in grace, " + second.Periods[0].Start.In(r.Expiry.Location()).Format("01-02") + " in retention"
}

// startsAs is the mode of a subscription that is provided.
func startsAs(p renewal.Policy) string {
	r, err := renewal.Provide(soldOrder(months(1)), 0, "vm-1", clock("2023-03-08 15:50:04"), p)
	return said(err, r.Mode)
}

// Q1, Q3, Q4, R1, R2, R5, R6, R7, R9, R13: what the presets come to, and who publishes it.
func TestQ1_PublishedPresets(t *testing.T) {
	presets := map[string]renewal.Policy{"Huawei": renewal.Huawei(), "Huawei2025": renewal.Huawei2025(), "HuaweiChina": renewal.HuaweiChina(),
		"Alibaba": renewal.Alibaba(), "AlibabaChina": renewal.AlibabaChina(), "Tencent": renewal.Tencent(), "Baidu": renewal.Baidu(), "Stripe": renewal.Stripe(), "SaaS": renewal.SaaS()}
	const huawei, alibaba, others = "Huawei Huawei2025 HuaweiChina", "Alibaba AlibabaChina", "Alibaba AlibabaChina Tencent Baidu Stripe"
	month := func(at string) counted { return left("2023-04-08 00:00:00", "2023-05-08 23:59:59", months(1), at) }
	byDay := [...]string{"2024-06-14 00:00:00", "2024-07-15 00:00:00", "2024-06-21 12:00:00"}
	april := [...]string{"2024-04-01 00:00:00", "2024-05-01 00:00:00", "2024-04-01 00:00:01"}
	january := [...]string{"2016-01-10 10:00:00", "2016-02-10 10:00:00", "2016-01-13 11:00:00"}
	const daily, byHand = "06-13 06-14 06-15", "2023-04-08 23:59:59, 2023-05-08 23:59:59"

	var rows []ordertest.Published
	for _, x := range []struct {
		presets, field, source string
		of                     counted
		want                   string
	}{
		{huawei, "Zone", "HC", offset, "+08:00"}, // "03:00 GMT+08:00"
		{"Alibaba AlibabaChina Tencent Baidu", "Zone", "ours", offset, "+08:00"},
		{"Stripe", "Zone", "ours", offset, "+00:00"},

		{huawei, "Ending", "HC", firstTwo("2023-03-08 15:50:04"), byHand},
		{alibaba, "Ending", "A", firstTwo("2019-08-09 13:00:00"), "2019-09-10 00:00:00, 2019-10-10 00:00:00"},
		{"Tencent", "Ending", "ours", firstTwo("2016-01-10 10:00:00"), "2016-02-10 10:00:00, 2016-03-10 10:00:00"},
		{"Baidu", "Ending", "B", firstTwo("2016-01-10 10:00:00"), "2016-02-10 10:00:00, 2016-03-10 10:00:00"},
		{"Stripe", "Ending", "S", firstTwo("2023-01-31 10:00:00"), "2023-02-28 10:00:00, 2023-03-31 10:00:00"},

		{huawei, "Terms", "HC", longest(renewal.Month), "11"},
		{huawei, "Terms", "HC", longest(renewal.Year), "3"},
		{huawei + " " + others, "Terms", "ours", longest(renewal.Week), "0"},
		{huawei + " " + others, "Terms", "ours", longest(renewal.Day), "0"},
		{others, "Terms", "ours", longest(renewal.Month), "11"},
		{others, "Terms", "ours", longest(renewal.Year), "3"},

		{huawei, "Least", "HC", unified("2024-03-25", renewal.LastDay), "2024-04-30"},
		{huawei, "Least", "HC", unified("2024-03-25", 1), "2024-05-01"},
		{alibaba, "Least", "A", unified("2018-09-10 00:00:00", 1), "2018-11-01"},
		{alibaba, "Least", "A", unified("2018-05-17 00:00:00", 1), "2018-07-01"},
		{"Tencent", "Least", "T", unified("2024-04-05 12:00:00", 20), "2024-05-20"},
		{huawei + " " + others, "Least", "ours", least, "2024-04-05, 2024-05-04"},

		{"Huawei Huawei2025", "UnifiedDays", "HC", unifiedDays, "29 from last to 28"},
		{"HuaweiChina", "UnifiedDays", "HCN", unifiedDays, "29 from last to 28"},
		{alibaba, "UnifiedDays", "A", unifiedDays, "28 from 1 to 28"},
		{"Tencent", "UnifiedDays", "T", unifiedDays, "28 from 1 to 28"},
		{"Baidu", "UnifiedDays", "B", unifiedDays, "28 from 1 to 28"},
		{"Stripe", "UnifiedDays", "S", unifiedDays, "32 from last to 31"},
		{huawei, "UnifiedMonths", "HCN", unifiedMonths, "2024-03-15 2024-04-15"}, // the day, not the month
		{others, "UnifiedMonths", "ours", unifiedMonths, "2024-03-15 2024-04-15"},
		// Day 31 gives Jan 31, Feb 28.
		{"Stripe", "UnifiedDays", "S", unified("2023-01-31 10:00:00", renewal.LastDay), "2023-02-28"},

		// To the 1st HC prints 7, which no one way of counting gives beside the 5.
		{huawei, "DayCount", "HC", oddDays("2024-03-25", renewal.LastDay), "5"},
		{huawei, "DayCount", "ours", oddDays("2024-03-25", 1), "6"},
		// A thirtieth each: 60.00 + 15 x 2.00; + 1 x 2.00; + 7 x 2.00, the 31st is one of them.
		{"Tencent", "DayCount", "T", unifiedPrice("2024-04-05 12:00:00", 20), "90.00 USD"},
		{"Baidu", "DayCount", "ours", unifiedPrice("2024-02-25 12:00:00", 26), "62.00 USD"},
		{huawei + " Alibaba AlibabaChina Tencent Baidu", "DayCount", "ours", unifiedPrice("2024-02-25 00:00:00", 1), "74.00 USD"},
		{"Stripe", "DayCount", "ours", alignedPrice, "10.00 USD"},

		{huawei + " " + others, "Rounding", "ours", halfCent, "0.01 USD"},

		{huawei, "Attempts.Days", "HC", tries(3, "01-02"), daily},
		{"Alibaba", "Attempts.Days", "A", tries(99, "01-02"), "06-17 06-19 06-20 06-26 07-04"},
		{"AlibabaChina", "Attempts.Days", "A", tries(3, "01-02"), "06-11 06-12 06-13"},
		{"Baidu", "Attempts.Days", "B", tries(99, "01-02"), "06-13 06-17 06-19 06-20"},
		{"Tencent Stripe", "Attempts.Days", "ours", tries(99, "01-02"), ""},
		{"Huawei Huawei2025", "Attempts.Daily", "HC", lastTry, "07-20 03:00"}, // 30 days after, when retention ends
		{"HuaweiChina", "Attempts.Daily", "HC", lastTry, "07-12 03:00"},       // 22 days, of V5
		{"AlibabaChina", "Attempts.Daily", "A", tries(3, "01-02 15:04"), "06-11 08:00 06-12 08:00 06-13 08:00"},
		{"AlibabaChina", "Attempts.Daily", "ours", lastTry, "07-05 08:00"},
		{huawei, "Attempts.Clock", "HC", tries(1, "15:04:05"), "03:00:00"},
		{"AlibabaChina", "Attempts.Clock", "A", tries(1, "15:04:05"), "08:00:00"},
		{"Alibaba Baidu", "Attempts.Clock", "ours", tries(1, "15:04:05"), "00:00:00"},
		{"Tencent Stripe", "Attempts.Clock", "ours", tries(1, "15:04:05"), ""},
		{huawei, "Attempts.AtOnce", "HC", late, "06-20 10:00"},
		{"Alibaba", "Attempts.AtOnce", "ours", late, "06-26 00:00"},
		{"AlibabaChina", "Attempts.AtOnce", "ours", late, "06-21 08:00"},
		{"Tencent Baidu Stripe", "Attempts.AtOnce", "ours", late, ""},

		{"Huawei Huawei2025", "Keep", "HC", keeps(order.ChargeSubscription, ""), "15/15"},
		{"Huawei Huawei2025", "Keep", "HC", keeps(order.ChargePayPerUse, ""), "15/15"},
		{"HuaweiChina", "Keep", "HC", keeps(order.ChargeSubscription, "V5", "V3", "V2", "V0"), "7/15 7/7 1/7 1/1"},
		{"HuaweiChina", "Keep", "HC", keeps(order.ChargePayPerUse, "V5", "V3", "V2", "V0"), "7/15 1/7 0/7 0/1"},
		{"HuaweiChina", "Keep", "ours", keeps(order.ChargeSubscription, "V4", "V1"), "7/15 1/7"}, // the rows of V4 and V1 print blank
		{"HuaweiChina", "Keep", "ours", keeps(order.ChargePayPerUse, "V4", "V1"), "7/15 0/7"},
		{alibaba, "Keep", "ours", keeps(order.ChargeSubscription, ""), "0/15"},
		{"Tencent Baidu Stripe", "Keep", "ours", keeps(order.ChargeSubscription, ""), "0/0"},

		{"Huawei HuaweiChina", "Leaving.Left", "HC", month("2023-04-18 12:00:00"), "102/155"},                                                        // 12/30 + 8/31
		{"Huawei HuaweiChina", "Leaving.Left", "HC", left("2023-11-01 00:00:00", "2026-11-01 23:59:59", years(3), "2024-05-01 12:00:00"), "914/365"}, // 244/365 + 1 + 305/365
		{"Huawei2025", "Leaving.Left", "ours", month("2023-04-18 12:00:00"), "251/372"},                                                              // 300 hours of 720, and 192 of 744
		{alibaba, "Leaving.Left", "ours", left(byDay[0], byDay[1], months(1), byDay[2]), "24/31"},
		{"Tencent", "Leaving.Left", "ours", left(january[0], january[1], months(1), january[2]), "28/31"},
		// The part of a day left counts whole: 28 of 31 days.
		{"Baidu", "Leaving.Left", "B", left(january[0], january[1], months(1), january[2]), "28/31"},
		{"Stripe", "Leaving.Left", "S", left(april[0], april[1], months(1), april[2]), "2591999/2592000"}, // by the second

		{huawei, "Leaving.Used", "HC", used("2024-01-01 10:30:00", "2024-02-01 23:59:59", "2024-01-15 18:40:00"), "344/758"},
		{alibaba, "Leaving.Used", "ours", used(byDay[0], byDay[1], byDay[2]), "7/31"},
		{"Tencent Baidu", "Leaving.Used", "ours", used(january[0], january[1], january[2]), "3/31"},
		{"Baidu", "Leaving.Used", "B", upgraded, "84.00 USD"}, // 93.00 x 28/31
		{"Stripe", "Leaving.Used", "S", used(april[0], april[1], april[2]), "1/2592000"},

		{"Huawei Huawei2025", "Leaving.Fees", "HC", fees, "15 10 5 15 10 10 10"},
		{"HuaweiChina " + others, "Leaving.Fees", "ours", fees, "0 0 0 0 0 0 0"},
		{"HuaweiChina", "Leaving.Window", "HC", window, "120 h"}, // 5 x 24
		{"HuaweiChina", "Leaving.Times", "HC", times, "10"},
		{"Huawei Huawei2025 " + others, "Leaving.Window", "ours", window, ""},
		{"Huawei Huawei2025 " + others, "Leaving.Times", "ours", times, "0"},
		{huawei + " " + others, "Leaving.Approve", "ours", reviewed, "false"},

		{"SaaS", "Zone", "ours", offset, "+00:00"},
		{"SaaS", "Ending", "ours", firstTwo("2023-01-31 10:00:00"), "2023-02-28 10:00:00, 2023-03-31 10:00:00"},
		{"SaaS", "FromPayment", "ours", begins, "06-21 in grace, 06-28 in retention"},
		{"SaaS", "Terms", "ours", longest(renewal.Year), "7975"}, // any
		{"SaaS", "Least", "ours", least, "2024-04-05, 2024-05-04"},
		{"SaaS", "UnifiedDays", "ours", unifiedDays, "32 from last to 31"},
		{"SaaS", "UnifiedMonths", "ours", unifiedMonths, "2024-03-15 2024-04-15"},
		{"SaaS", "DayCount", "ours", alignedPrice, "10.00 USD"},
		{"SaaS", "Rounding", "ours", halfCent, "0.01 USD"},
		{"SaaS", "Mode", "ours", startsAs, "automatic renewal"},
		{"SaaS", "Attempts.Days", "ours", tries(99, "01-02"), "06-20 06-21 06-23 06-25"},
		{"SaaS", "Attempts.Clock", "ours", tries(1, "15:04:05"), "00:00:00"},
		{"SaaS", "Attempts.AtOnce", "ours", late, "06-20 10:00"},
		{"SaaS", "Keep", "ours", keeps(order.ChargeSubscription, ""), "7/30"},
		{"SaaS", "Leaving.Left", "ours", left(april[0], april[1], months(1), april[2]), "2591999/2592000"},
		{"SaaS", "Leaving.Used", "ours", used(april[0], april[1], april[2]), "1/2592000"},
		{"SaaS", "Leaving.Fees", "ours", fees, "0 0 0 0 0 0 0"},
		{"SaaS", "Leaving.Window", "ours", window, ""},
		{"SaaS", "Leaving.Times", "ours", times, "0"},
		{"SaaS", "Leaving.Approve", "ours", reviewed, "false"},
		{"SaaS", "MaxRows", "ours", exported, "10001"},

		{huawei, "MaxRows", "HC", exported, "10000"},
		{others, "MaxRows", "ours", exported, "10001"},
	} {
		for _, name := range strings.Fields(x.presets) {
			rows = append(rows, ordertest.Published{name, x.field, x.source, x.of(presets[name]), x.want})
		}
	}
	all := make(map[string]any, len(presets))
	for name, p := range presets {
		all[name] = p
	}
	ordertest.CheckPublished(t, all, rows, "Zone", "Ending", "Terms", "Least", "UnifiedDays", "UnifiedMonths", "DayCount", "Rounding", "Attempts.Days", "Attempts.Clock",
		"Attempts.AtOnce", "Keep", "Leaving.Left", "Leaving.Used", "Leaving.Fees", "Leaving.Window", "Leaving.Times", "Leaving.Approve", "MaxRows")
}
