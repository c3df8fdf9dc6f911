package renewal

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// RefundPolicy is what comes back when a resource is changed or given up. The zero RefundPolicy
// counts the civil days of the period itself, takes no fee, and asks nobody.
type RefundPolicy struct {
	Left RemainderRule // how the time left is counted when a resource is changed (Q1)
	Used Used          // how the time used is counted when it is left (Q3)
	// Fees are by the term that was bought; of several the first that matches counts (Q4).
	Fees []Fee
	// Window is how long after the start everything comes back, without a fee and with
	// cash coupons, and Times how often per account; 0: never (Q4).
	Window time.Duration
	Times  int
	// DownAtExpiry lets a change to what costs less wait for the expiry: at once it is refused,
	// with [ErrAtExpiry] (Q8). What costs as much or more, or has expired, is changed at once.
	// Zero: at once or at the expiry, as asked.
	DownAtExpiry bool
	// UpBeginsPeriod lets a change to what costs more begin a new period of the term in use, at the
	// second that it is priced for: what is left of the old period is taken off the price of the new
	// one (Q8). Where more is left than that costs it is refused, with [ErrAtExpiry], and so it is
	// while a renewal has been paid ahead. Zero: such a change is for what is left of the period.
	UpBeginsPeriod bool
	// Approve is the most that is given back without approval first (Q7). Zero: any amount.
	Approve order.Money
}

// Fee is a share of what was paid, by the time used (Q4).
type Fee struct {
	Least Term         // of the term that was bought; zero: any. Days and weeks are not compared with months and years
	Rates []order.Rate // up to one year used, up to two, and so on; the last one goes on
}

func (l *RefundPolicy) check() error {
	if l.Left > LeftByHour {
		return order.Invalid("left", strconv.Itoa(int(l.Left)), "is unknown")
	}
	if l.Used > UsedBySecond {
		return order.Invalid("used", strconv.Itoa(int(l.Used)), "is unknown")
	}
	whole := l.Window >= 0 && l.Window%time.Second == 0
	if !whole || l.Times < 0 || (l.Window > 0) != (l.Times > 0) {
		return order.Invalid("window", l.Window.String(), "is a time of whole seconds, and says how many times")
	}
	for i, f := range l.Fees {
		if f.Least != (Term{}) && !f.Least.Civil() {
			return order.Invalid(order.Element("fees", i)+".least", f.Least.String(), "is not a term of days, weeks, months or years")
		}
		if len(f.Rates) == 0 {
			return order.Invalid(order.Element("fees", i)+".rates", "", "is required: give 0 for no fee")
		}
		for k, r := range f.Rates {
			if r == (order.Rate{}) || r.Cmp(order.Percent(100)) > 0 {
				return order.Invalid(order.Element(order.Element("fees", i)+".rates", k), r.String(), "is no share, 0 to 1")
			}
		}
	}
	if l.Approve != (order.Money{}) {
		return checkPrice("approve", l.Approve, l.Approve.Currency())
	}
	return nil
}

// free reports whether a period that began at start still comes back whole: the window
// lasts, and has been used fewer times than the policy allows (Q6).
func (l *RefundPolicy) free(start, at time.Time, times int) bool {
	if l.Window <= 0 || times >= l.Times {
		return false
	}
	return !at.Truncate(time.Second).After(start.Truncate(time.Second).Add(l.Window))
}

// feeRate is the fee for a term of which some time has been used.
func (p *Policy) feeRate(b *Period, at time.Time) order.Rate {
	for _, f := range p.Leaving.Fees {
		if !(order.Terms{Least: f.Least}).Contain(b.Term) {
			continue
		}
		// Up to one year used is the first, the last second included.
		used := years(1).Count(b.Start.In(p.zone()), at.Add(-time.Second))
		return f.Rates[max(0, min(used, len(f.Rates)-1))]
	}
	return order.Percent(0)
}

func percents(rates ...int64) []order.Rate {
	all := make([]order.Rate, len(rates))
	for i, r := range rates {
		all[i] = order.Percent(r)
	}
	return all
}

// years is a term of years.
func years(n int) Term { return Term{N: n, Unit: Year} }

// huaweiLeaving: fees of 3 years 15/10/5 %, of 2 years 15/10 %, of 1 year and months 10 %
// (HC). What is left and what is used are counted in two ways: the package comment shows both.
func huaweiLeaving() RefundPolicy {
	return RefundPolicy{Left: LeftByDay, Used: UsedByHour, Fees: []Fee{{years(3), percents(15, 10, 5)}, {years(2), percents(15, 10)}, {Term{}, percents(10)}}}
}

// huaweiChinaLeaving: in the 5 x 24 h after provisioning everything back, 10 times.
func huaweiChinaLeaving() RefundPolicy {
	return RefundPolicy{Left: LeftByDay, Used: UsedByHour, Window: days(5), Times: 10}
}

// alibabaLeaving, tencentLeaving and baiduLeaving: in days of the period (B; of the others ours).
func alibabaLeaving() RefundPolicy { return RefundPolicy{} }
func tencentLeaving() RefundPolicy { return RefundPolicy{} }
func baiduLeaving() RefundPolicy   { return RefundPolicy{} }

// stripeLeaving: in seconds of the period (S).
func stripeLeaving() RefundPolicy { return RefundPolicy{Used: UsedBySecond} }
