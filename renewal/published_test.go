package renewal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// firstTwo is the first expiry of what is bought at a time of the sources for a month, and the next.
func firstTwo(p renewal.Policy, start string) string {
	at, _ := time.ParseInLocation(time.DateTime, start, p.Zone)
	one, err := renewal.First(at, months(1), p)
	if err != nil {
		return err.Error()
	}
	two, err := renewal.Next(renewal.Anchor(at, one, p), months(1), p)
	if err != nil {
		return err.Error()
	}
	return one.In(p.Zone).Format(time.DateTime) + ", " + two.In(p.Zone).Format(time.DateTime)
}

// tries lists the attempts for what is last used on 2024-06-20, some of them, by day and hour.
func tries(p renewal.Policy, n int) (all string) {
	r := renewal.Resource{ID: "x", Customer: "c", Product: "p", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: months(1)},
		Start: clock("2024-05-20 10:00:00").In(p.Zone), Expiry: clock("2024-06-20 23:59:59").In(p.Zone), Tier: "V5"}
	if p.Ending == renewal.NextMidnight {
		r.Expiry = r.Expiry.Add(time.Second)
	}
	at := clock("2024-05-21 00:00:00")
	for range n {
		next, ok, err := r.NextAttempt(at, p)
		if err != nil || !ok {
			return all + fmt.Sprint("none ", err)
		}
		all, at = all+next.In(p.Zone).Format("01-02T15 "), next
	}
	return all
}

// leftOf and usedOf are the counts of Q1 and Q3 of the pages' examples.
func leftOf(p renewal.Policy, start, expiry string, t renewal.Term, at string) string {
	f, err := renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: t}.Remaining(clock(at), p)
	return fmt.Sprint(f.Num, "/", f.Den, errText(err))
}

func usedOf(p renewal.Policy, start, expiry, at string) string {
	b := renewal.Bought{Period: renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: months(1)}, Parts: []renewal.Part{{Name: "cash", Amount: usd(30000)}}}
	r, err := b.Leave(clock(at), 1_000_000, p)
	return fmt.Sprint(r.Used.Num, "/", r.Used.Den, errText(err))
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return " " + err.Error()
}

// fees are the fees of 100.00 for 3 years, 2 years and a month, each in its first year.
func fees(p renewal.Policy) (all string) {
	for _, term := range []renewal.Term{years(3), years(2), months(1)} {
		start := clock("2024-01-01 00:00:00")
		expiry, _ := renewal.First(start, term, p)
		b := renewal.Bought{Period: renewal.Period{Start: start, Expiry: expiry, Term: term}, Parts: []renewal.Part{{Name: "cash", Amount: usd(10000)}}}
		r, err := b.Leave(start.Add(time.Hour), 1_000_000, p)
		if err != nil {
			return err.Error()
		}
		all += r.Fee.Decimal().String() + " "
	}
	return all
}

// keeps is how long what has expired is usable and kept, in days, by tier.
func keeps(p renewal.Policy, charge order.Charge, tiers ...string) (all string) {
	for _, tier := range tiers {
		r := renewal.Resource{Charge: charge, Tier: tier, Expiry: clock("2024-06-20 23:59:59")}
		usable, kept := r.Until(p)
		last := p.Ending.LastSecond(r.Expiry)
		all += fmt.Sprintf("%d/%d ", int(usable.Sub(last).Hours()/24), int(kept.Sub(usable).Hours()/24))
	}
	return all
}

// oddDays are the odd days and the price of 60.00 a month from 04-05 to the 20th (T).
func oddDays(p renewal.Policy) string {
	e, err := renewal.Unify(renewal.Position{Expiry: clock("2024-04-05 12:00:00")}, months(1), 20, p)
	if err != nil {
		return err.Error()
	}
	m, err := e.Price(usd(6000), usd(6000), p)
	return fmt.Sprint(e.Until.In(p.Zone).Format(time.DateOnly), " ", e.Days, " ", m, errText(err))
}

// Q1, Q3, Q4, R2, R5, R6, R9: what the presets come to, and who publishes it.
func TestQ1_PublishedPresets(t *testing.T) {
	hw, hw25, china, ali, aliChina := renewal.Huawei(), renewal.Huawei2025(), renewal.HuaweiChina(), renewal.Alibaba(), renewal.AlibabaChina()
	ten, bai, str := renewal.Tencent(), renewal.Baidu(), renewal.Stripe()
	str.Zone = time.UTC
	day := "2023-04-08 00:00:00"
	byMonth := func(p renewal.Policy) string {
		return leftOf(p, day, "2023-05-08 23:59:59", months(1), "2023-04-18 12:00:00")
	}
	lastDay := func(p renewal.Policy) string {
		_, err := renewal.Unify(renewal.Position{Expiry: clock("2024-03-25")}, months(1), renewal.LastDay, p)
		return fmt.Sprint(err == nil)
	}
	huaweiUsed := func(p renewal.Policy) string {
		return usedOf(p, "2024-01-01 10:30:00", "2024-02-01 23:59:59", "2024-01-15 18:40:00")
	}
	hour := "06-13T03 06-14T03 06-15T03 "
	rows := []ordertest.Published{
		{"Alibaba", "Ending", "A", firstTwo(ali, "2019-08-09 13:00:00"), "2019-09-10 00:00:00, 2019-10-10 00:00:00"},
		{"Alibaba", "Attempts.Days", "A", tries(ali, 4), "06-17T00 06-19T00 06-20T00 06-26T00 "},
		{"Alibaba", "Keep", "ours", keeps(ali, order.ChargeSubscription, ""), "0/15 "},
		{"Alibaba", "NoLastDay", "A", lastDay(ali), "false"},
		{"AlibabaChina", "Ending", "A", firstTwo(aliChina, "2019-08-09 13:00:00"), "2019-09-10 00:00:00, 2019-10-10 00:00:00"},
		{"AlibabaChina", "Attempts.Days", "A", tries(aliChina, 2), "06-11T08 06-12T08 "},
		{"AlibabaChina", "Attempts.Daily", "A", tries(aliChina, 3), "06-11T08 06-12T08 06-13T08 "},
		{"AlibabaChina", "Attempts.Clock", "A", tries(aliChina, 1), "06-11T08 "},
		{"AlibabaChina", "Keep", "ours", keeps(aliChina, order.ChargeSubscription, ""), "0/15 "},
		{"AlibabaChina", "NoLastDay", "A", lastDay(aliChina), "false"},
		{"Tencent", "Ending", "ours", firstTwo(ten, "2016-01-10 10:00:00"), "2016-02-10 10:00:00, 2016-03-10 10:00:00"},
		{"Tencent", "NoLastDay", "T", lastDay(ten), "false"},
		{"Tencent", "DayCount", "T", oddDays(ten), "2024-05-20 15 90.00 USD"},
		{"Baidu", "Ending", "B", firstTwo(bai, "2016-01-10 10:00:00"), "2016-02-10 10:00:00, 2016-03-10 10:00:00"},
		{"Baidu", "NoLastDay", "B", lastDay(bai), "false"},
		{"Baidu", "Attempts.Days", "B", tries(bai, 4), "06-13T00 06-17T00 06-19T00 06-20T00 "},
		{"Stripe", "Ending", "S", firstTwo(str, "2023-01-31 10:00:00"), "2023-02-28 10:00:00, 2023-03-31 10:00:00"},
		{"Stripe", "DayCount", "S", aligned(str), "20.69 USD"},
		// What is left of half a month of 300.00, and what comes back of it.
		{"Stripe", "Leaving.Used", "S", halfBack(str), "150.00 USD"},
		{"Stripe", "Leaving.Left", "S", leftOf(str, "2024-04-01 00:00:00", "2024-05-01 00:00:00", months(1), "2024-04-16 00:00:00"), "1/2"},
		// B: 2016-01-10 10:00, changed 01-13 11:00: the part of a day left counts whole, 28 of 31 days.
		{"Baidu", "Leaving.Left", "B", leftOf(bai, "2016-01-10 10:00:00", "2016-02-10 10:00:00", months(1), "2016-01-13 11:00:00"), "28/31"},
		{"Baidu", "Leaving.Used", "B", usedOf(bai, "2016-01-10 10:00:00", "2016-02-10 10:00:00", "2016-01-13 11:00:00"), "3/31"},
		// By day, the day of leaving not counted: 2024-06-14 .. 07-14, left 06-21 -> 7/31 is of HC's page.
		{"Alibaba", "Leaving.Used", "ours", usedOf(ali, "2024-06-14 00:00:00", "2024-07-15 00:00:00", "2024-06-21 12:00:00"), "7/31"},
		{"Alibaba", "Leaving.Left", "ours", leftOf(ali, "2024-06-14 00:00:00", "2024-07-15 00:00:00", months(1), "2024-06-21 12:00:00"), "24/31"},
		{"AlibabaChina", "Leaving.Used", "ours", usedOf(aliChina, "2024-06-14 00:00:00", "2024-07-15 00:00:00", "2024-06-21 12:00:00"), "7/31"},
		{"AlibabaChina", "Leaving.Left", "ours", leftOf(aliChina, "2024-06-14 00:00:00", "2024-07-15 00:00:00", months(1), "2024-06-21 12:00:00"), "24/31"},
		{"Tencent", "Leaving.Used", "ours", usedOf(ten, "2024-06-14 00:00:00", "2024-07-14 00:00:00", "2024-06-21 00:00:00"), "7/30"},
		{"Tencent", "Leaving.Left", "ours", leftOf(ten, "2024-06-14 00:00:00", "2024-07-14 00:00:00", months(1), "2024-06-21 00:00:00"), "23/30"},
		{"Huawei", "Leaving.Left", "HC", byMonth(hw), "102/155"},                                                                      // 12/30 + 8/31
		{"Huawei2025", "Leaving.Left", "ours", leftOf(hw25, day, "2023-05-08 23:59:59", months(1), "2023-04-18 12:00:00"), "251/372"}, // 300 hours of 720, and 192 of 744,
		{"HuaweiChina", "Leaving.Left", "HC", byMonth(china), "102/155"},
		{"Huawei", "Leaving.Fees", "HC", fees(hw), "15 15 10 "},
		{"Huawei2025", "Leaving.Fees", "HC", fees(hw25), "15 15 10 "},
		{"HuaweiChina", "Leaving.Window", "HC", fmt.Sprint(china.Leaving.Window), "120h0m0s"},
		{"HuaweiChina", "Leaving.Times", "HC", fmt.Sprint(china.Leaving.Times), "10"},
		{"HuaweiChina", "Keep", "HC", keeps(china, order.ChargeSubscription, "V5", "V4", "V3", "V2", "V1", "V0") + keeps(china, order.ChargePayPerUse, "V5", "V4", "V3", "V2", "V1", "V0"),
			"7/15 7/15 7/7 1/7 1/7 1/1 7/15 7/15 1/7 0/7 0/7 0/1 "},
		{"Huawei", "Keep", "HC", keeps(hw, order.ChargeSubscription, ""), "15/15 "},
		{"Huawei2025", "Keep", "HC", keeps(hw25, order.ChargeSubscription, ""), "15/15 "},
	}
	for name, p := range map[string]renewal.Policy{"Huawei": hw, "Huawei2025": hw25, "HuaweiChina": china} {
		rows = append(rows,
			ordertest.Published{name, "Ending", "HC", firstTwo(p, "2023-03-08 15:50:04"), "2023-04-08 23:59:59, 2023-05-08 23:59:59"},
			ordertest.Published{name, "Attempts.Days", "HC", tries(p, 3), hour},
			ordertest.Published{name, "Attempts.Daily", "HC", tries(p, 3), hour},
			ordertest.Published{name, "Attempts.Clock", "HC", tries(p, 1), "06-13T03 "},
			ordertest.Published{name, "Attempts.AtOnce", "HC", fmt.Sprint(p.Attempts.AtOnce), "true"},
			ordertest.Published{name, "MaxRows", "HC", fmt.Sprint(p.MaxRows), "10000"},
			ordertest.Published{name, "Leaving.Used", "HC", huaweiUsed(p), "344/758"})
	}
	for name, p := range map[string]renewal.Policy{"Huawei": hw, "Huawei2025": hw25, "HuaweiChina": china, "Alibaba": ali, "AlibabaChina": aliChina, "Tencent": ten, "Baidu": bai} {
		source := "ours"
		if p.MaxRows > 0 { // Huawei's
			source = "HC"
		}
		rows = append(rows, ordertest.Published{name, "Zone", source, clock("2024-06-20 12:00:00").In(p.Zone).Format("-07:00"), "+08:00"})
	}
	ordertest.CheckPublished(t, map[string]any{"Huawei": hw, "Huawei2025": hw25, "HuaweiChina": china, "Alibaba": ali, "AlibabaChina": aliChina, "Tencent": ten, "Baidu": bai, "Stripe": renewal.Stripe()},
		rows, "Ending", "Leaving.Left", "Leaving.Used")
}

// halfBack is what comes back of half a month of 300.00 (S).
func halfBack(p renewal.Policy) string {
	b := renewal.Bought{Period: renewal.Period{Start: clock("2024-04-01 00:00:00"), Expiry: clock("2024-05-01 00:00:00"), Term: months(1)},
		Parts: []renewal.Part{{Name: "card", Amount: usd(30000)}}}
	r, err := b.Leave(clock("2024-04-16 00:00:00"), 0, p)
	return r.Back.String() + errText(err)
}

// aligned is what Stripe's page has: 60.00, from 2024-03-05 to the 15th (S).
func aligned(p renewal.Policy) string {
	e, err := renewal.Align(time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC), months(1), 15, p)
	if err != nil {
		return err.Error()
	}
	m, err := e.Price(usd(6000), usd(6000), p)
	return m.String() + errText(err)
}
