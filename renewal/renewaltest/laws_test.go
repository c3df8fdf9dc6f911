package renewaltest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
	"pgregory.net/rapid"
)

// weekly tries on each of the three weeks before an expiry; the flaws break a law each.
type weekly struct{ flaw string }

func (w weekly) Next(expiry, after time.Time) (time.Time, bool) {
	switch w.flaw {
	case "before":
		return after, true
	case "endless":
		return after.Add(time.Hour).Truncate(time.Hour), true
	case "moves":
		return after.Add(time.Hour), !after.After(expiry)
	case "panics":
		panic("oops")
	case "forgets":
		return time.Now().Truncate(time.Second).Add(100 * 365 * 24 * time.Hour).Add(time.Duration(time.Now().Nanosecond()) * time.Second), true
	}
	for _, week := range []int{3, 2, 1} {
		if at := expiry.Add(-time.Duration(week) * 7 * 24 * time.Hour).Truncate(time.Hour); at.After(after) {
			return at, true
		}
	}
	return time.Time{}, false
}

// fifteenths counts a day as a fifteenth of half a month.
type fifteenths struct{ flaw string }

func (c fifteenths) Share(from, until time.Time) renewal.Fraction {
	days := int64(until.Sub(from) / (24 * time.Hour))
	switch c.flaw {
	case "of nothing":
		return renewal.Fraction{Num: days}
	case "a day too many":
		return renewal.Fraction{Num: days + 1, Den: 30}
	case "at most a week":
		return renewal.Fraction{Num: days % 7, Den: 30}
	case "forgets":
		return renewal.Fraction{Num: days*1e9 + days*int64(time.Now().Nanosecond()), Den: 30e9}
	}
	return renewal.Fraction{Num: 2 * days, Den: 60}
}

// list is a price list.
type list struct{ flaw string }

func (l list) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	n := int64(t.N)
	if t.Unit == renewal.Year {
		n *= 12
	}
	switch {
	case l.flaw == "below zero":
		return order.Minor(-n, order.USD), nil
	case l.flaw == "two currencies" && n > 12:
		return order.Minor(n, order.EUR), nil
	case l.flaw == "a long term is cheap" && n == 36:
		return order.Minor(1, order.USD), nil
	case l.flaw == "forgets":
		return order.Minor(int64(time.Now().Nanosecond())+n*1e9, order.USD), nil
	case l.flaw == "by the expiry":
		return order.Minor(n*int64(r.Expiry.Month()), order.USD), nil
	case r.Product == "address":
		return order.Money{}, errors.New("not for sale")
	case l.flaw == "wraps round":
		return order.Minor(100*n*int64(r.Count), order.USD), nil
	}
	return order.Minor(100*n, order.USD).Times(r.Count)
}

func TestR5_ScheduleSuite(t *testing.T) {
	renewaltest.TestSchedule(t, weekly{})
	for flaw, law := range map[string]string{"before": "after", "endless": "end", "moves": "none missed", "panics": "panicked", "forgets": "repeatable"} {
		caught(t, flaw, law, renewaltest.VerifySchedule(weekly{flaw}, 200))
	}
}

func TestR7_Suites(t *testing.T) {
	renewaltest.TestCounter(t, fifteenths{})
	for flaw, law := range map[string]string{"of nothing": "share", "a day too many": "nothing", "at most a week": "monotone", "forgets": "repeatable"} {
		caught(t, flaw, law, renewaltest.VerifyCounter(fifteenths{flaw}, 200))
	}
	renewaltest.TestPrices(t, list{})
	for flaw, law := range map[string]string{"below zero": "amount", "two currencies": "currency", "a long term is cheap": "monotone", "forgets": "repeatable", "by the expiry": "life", "wraps round": "count"} {
		caught(t, flaw, law, renewaltest.VerifyPrices(list{flaw}, 200))
	}
}

// caught fails the test unless the law was broken.
func caught(t *testing.T, flaw, law string, err error) {
	t.Helper()
	var e *renewaltest.LawError
	if !errors.As(err, &e) || e.Law != law && !strings.Contains(err.Error(), law) || errors.Unwrap(e) == nil {
		t.Errorf("%q is not caught by %q: %v", flaw, law, err)
	}
}

func TestR5_NothingToCheck(t *testing.T) {
	for _, err := range []error{renewaltest.VerifySchedule(nil, 1), renewaltest.VerifyCounter(nil, 1), renewaltest.VerifyPrices(nil, 1), renewaltest.VerifySchedule(weekly{}, 0)} {
		if err == nil {
			t.Error("nothing was checked, and all is well")
		}
	}
}

// The host's own are used where the policy names them.
func TestR5_R7_HostsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := renewaltest.Resource().Draw(t, "resource")
		p := renewaltest.Policy().Draw(t, "policy")
		if err := r.Check(p); err != nil {
			t.Fatal(err)
		}
		p.Schedule, p.Counter = weekly{}, fifteenths{}
		want, there := weekly{}.Next(r.Expiry, r.Start)
		if left, ends := r.Auto.Left(); r.Mode == renewal.ModeAutomatic && !(ends && left == 0) {
			at, ok, err := r.NextAttempt(r.Start, p)
			if err != nil || ok != there || ok && !at.Equal(want) {
				t.Fatalf("%s, %v, %v, want %s", at, ok, err, want)
			}
		}
		e := renewal.Extension{Until: r.Expiry, Days: 15}
		if price, err := e.Price(order.Money{}, order.Minor(1000, order.USD), p); err != nil || price != order.Minor(500, order.USD) {
			t.Fatalf("%s, %v", price, err)
		}
	})
}
