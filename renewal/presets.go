package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// gmt8 is the zone of the sources: GMT+08:00.
func gmt8() *time.Location { return time.FixedZone("+08:00", 8*60*60) }

// monthsAndYears are 1 to 11 months and 1 to 3 years (HC; of the others ours).
func monthsAndYears() []Sold {
	return []Sold{{Unit: Month, Counts: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}, {Unit: Year, Counts: []int{1, 2, 3}}}
}

// Huawei returns Huawei Cloud's policy outside China (HC): a grace period and a retention
// period of 15 days each, automatic renewals daily at 03:00 from 7 days before, fees by
// term.
func Huawei() Policy {
	return Policy{Zone: gmt8(), Terms: monthsAndYears(), Attempts: Attempts{Days: []int{7}, Daily: true, Clock: 3 * time.Hour, AtOnce: true},
		Keep: []Keep{{Grace: days(15), Retention: days(15)}}, Leaving: huaweiLeaving(), MaxRows: 10_000}
}

// Huawei2025 is Huawei as it has been since 2025-05-27: the time left is counted by hour
// when a resource is changed (Q1), each hour a share of its calendar month (ours).
func Huawei2025() Policy {
	p := Huawei()
	p.Leaving.Left = LeftByHour
	return p
}

// HuaweiChina returns Huawei Cloud's policy in China (HC, HCN): grace and retention by the
// tier of the customer, V0 to V5, and everything back in the first five days.
func HuaweiChina() Policy {
	p := Huawei()
	p.Keep, p.Leaving = nil, huaweiChinaLeaving()
	for _, k := range []struct {
		tiers            []string
		grace, retention int // of subscriptions; of pay-per-use
		grace2, keep2    int
	}{
		{[]string{"V5", "V4"}, 7, 15, 7, 15},
		{[]string{"V3"}, 7, 7, 1, 7},
		{[]string{"V2", "V1"}, 1, 7, 0, 7},
		{[]string{"V0"}, 1, 1, 0, 1},
	} {
		for _, tier := range k.tiers {
			p.Keep = append(p.Keep,
				Keep{Tier: tier, Charge: order.ChargeSubscription, Grace: days(k.grace), Retention: days(k.retention)},
				Keep{Tier: tier, Charge: order.ChargePayPerUse, Grace: days(k.grace2), Retention: days(k.keep2)})
		}
	}
	return p
}

// Alibaba returns Alibaba Cloud's policy (A): what is printed is 00:00 of the day after
// the last; attempts 3, 1 and 0 days before, 6 and 14 after. It is kept for 15 days, so
// that the last attempt finds it, and what comes back is counted by day (ours).
func Alibaba() Policy {
	return Policy{Zone: gmt8(), Terms: monthsAndYears(), Ending: NextMidnight, UnifiedDays: Days28, Attempts: Attempts{Days: []int{3, 1, 0, -6, -14}}, Leaving: alibabaLeaving(),
		Keep: []Keep{{Retention: days(15)}}}
}

// AlibabaChina is Alibaba with the attempts of China: daily at 08:00 from 9 days before.
func AlibabaChina() Policy {
	p := Alibaba()
	p.Attempts = Attempts{Days: []int{9}, Daily: true, Clock: 8 * time.Hour}
	return p
}

// Tencent returns Tencent Cloud's policy: odd days at a thirtieth of the month each (T); the
// ending and what comes back are ours.
func Tencent() Policy {
	return Policy{Zone: gmt8(), Terms: monthsAndYears(), Ending: SameClock, UnifiedDays: Days28, Leaving: tencentLeaving()}
}

// Baidu returns Baidu AI Cloud's policy (B): a period ends at the clock time at which it
// began; attempts 7, 3, 1 and 0 days before.
func Baidu() Policy {
	return Policy{Zone: gmt8(), Terms: monthsAndYears(), Ending: SameClock, UnifiedDays: Days28, Attempts: Attempts{Days: []int{7, 3, 1, 0}}, Leaving: baiduLeaving()}
}

// Stripe returns Stripe's policy (S): a period ends at the clock time at which it began; odd
// days are counted by the days of their period, what is used and what is left by its seconds.
func Stripe() Policy {
	return Policy{Terms: monthsAndYears(), Ending: SameClock, UnifiedDays: DaysAny, DayCount: ActualPeriod, Leaving: stripeLeaving()}
}

// SaaS returns the policy of a house that sells software by the month, all of it ours: a period
// ends at the clock time at which it began, and what is used and what is left of it are counted by
// its seconds. It is renewed by itself, tried at 00:00 UTC of its last day and 1, 3 and 5 days after,
// while it stays usable for 7 days; then it is frozen for 30, and a renewal begins when it is paid.
func SaaS() Policy {
	return Policy{Ending: SameClock, FromPayment: true, UnifiedDays: DaysAny, DayCount: ActualPeriod, Mode: ModeAutomatic,
		Attempts: Attempts{Days: []int{0, -1, -3, -5}, AtOnce: true}, Keep: []Keep{{Grace: days(7), Retention: days(30)}}, Leaving: RefundPolicy{Used: UsedBySecond}}
}
