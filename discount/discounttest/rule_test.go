package discounttest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
)

// ruleFunc is a rule by a function.
type ruleFunc func(o order.Order, covered []order.Line) ([]order.Money, error)

func (f ruleFunc) Off(o order.Order, covered []order.Line) ([]order.Money, error) {
	return f(o, covered)
}

// perLine is a rule that takes minor units off each line.
func perLine(off func(l order.Line) int64) ruleFunc {
	return func(_ order.Order, covered []order.Line) ([]order.Money, error) {
		out := make([]order.Money, len(covered))
		for i, l := range covered {
			out[i] = order.Minor(off(l), l.Amount.Currency())
		}
		return out, nil
	}
}

// thirdFree gives every third instance of a line free.
type thirdFree struct{}

func (thirdFree) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	out := make([]order.Money, len(covered))
	for i, l := range covered {
		each := l.Amount.Minor() / int64(l.Count)
		out[i] = order.Minor(each*int64(l.Count/3), l.Amount.Currency())
	}
	return out, nil
}

// bundle takes a tenth off disks that come with a server, and refuses other orders.
type bundle struct{}

func (bundle) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	if !slices.ContainsFunc(covered, func(l order.Line) bool { return l.Product == "s6.large" }) {
		return nil, errors.New("there is no server in it")
	}
	out := make([]order.Money, len(covered))
	for i, l := range covered {
		if l.Product == "disk" { // nothing off the others: the zero Money
			out[i] = order.Minor(l.Amount.Minor()/10, l.Amount.Currency())
		}
	}
	return out, nil
}

// stepped takes more off the larger the sum is, split over the lines.
type stepped struct{}

func (stepped) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	var sum order.Money
	weights := make([]int64, len(covered))
	for i, l := range covered {
		weights[i] = l.Amount.Minor()
		var err error
		if sum, err = sum.Add(l.Amount); err != nil {
			return nil, err
		}
	}
	if sum.Minor() < 10_000 {
		return perLine(func(order.Line) int64 { return 0 })(order.Order{}, covered)
	}
	off, err := sum.MulRate(order.Percent(min(20, sum.Minor()/10_000)), order.Truncate)
	if err != nil {
		return nil, err
	}
	return off.Split(weights...)
}

func goodRules() map[string]discount.Rule {
	return map[string]discount.Rule{
		"third free": thirdFree{}, "bundle": bundle{}, "stepped": stepped{},
		"nothing":    perLine(func(order.Line) int64 { return 0 }),
		"everything": perLine(func(l order.Line) int64 { return l.Amount.Minor() }),
		"refuses":    ruleFunc(func(order.Order, []order.Line) ([]order.Money, error) { return nil, errors.New("closed") }),
	}
}

// brokenRules has, for each law, rules that break it and no law before it in the list.
func brokenRules() map[string][]discount.Rule {
	half := func(l order.Line) int64 { return l.Amount.Minor() / 2 }
	calls, last := 0, 0
	return map[string][]discount.Rule{
		"one each": {
			ruleFunc(func(o order.Order, _ []order.Line) ([]order.Money, error) { return perLine(half)(o, o.Lines) }),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { return perLine(half)(o, covered[1:]) }),
			ruleFunc(func(order.Order, []order.Line) ([]order.Money, error) { return nil, nil }),
			ruleFunc(func(order.Order, []order.Line) ([]order.Money, error) { panic("not written yet") }),
		},
		"currency": {
			ruleFunc(func(_ order.Order, covered []order.Line) ([]order.Money, error) {
				return slices.Repeat([]order.Money{order.Minor(0, order.USD)}, len(covered)), nil
			}),
		},
		"range": {
			perLine(func(order.Line) int64 { return 1 }), // more than a line of 0
			perLine(func(l order.Line) int64 { return -(l.Amount.Minor() % 2) }),
			perLine(func(l order.Line) int64 { return l.Amount.Minor() * 15000 / 100000 }), // overflows
		},
		"refusal": {
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				off, _ := perLine(half)(o, covered)
				return off, errors.New("and yet")
			}),
		},
		"repeatable": {
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				calls++
				return perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), int64(calls)) })(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				if calls++; calls%2 == 0 {
					return nil, errors.New("busy")
				}
				return perLine(half)(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { // remembers the last order
				off, err := perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), int64(last)) })(o, covered)
				last = len(covered)
				return off, err
			}),
		},
		"line order": {
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { // the first line is free
				off, err := perLine(func(order.Line) int64 { return 0 })(o, covered)
				off[0] = covered[0].Amount
				return off, err
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { // the last of a product counts
				last := map[string]int64{}
				for _, l := range covered {
					last[l.Product] = l.Amount.Minor()
				}
				return perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), last[l.Product]) })(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { // wants the server first
				if o.Lines[0].Product != "s6.large" {
					return nil, errors.New("the server does not stand first")
				}
				return perLine(half)(o, covered)
			}),
		},
		"earlier discount": {
			perLine(func(l order.Line) int64 { return (l.Amount.Minor() - l.Off.Minor()) / 2 }),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				if o.Reduction.Kind == string(discount.KindPromotional) {
					return nil, errors.New("not with a campaign")
				}
				return perLine(half)(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) { // the deadline is the discount's too
				days := int64(o.Deadline.Sub(o.Placed).Hours() / 24)
				return perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), days) })(o, covered)
			}),
		},
		"state": {
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				if o.State == order.StatePendingConfirmation {
					return nil, errors.New("not confirmed")
				}
				return perLine(half)(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				return perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), o.Version) })(o, covered)
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				return perLine(func(l order.Line) int64 { return min(l.Amount.Minor(), int64(o.Changed.Sub(o.Placed).Seconds())) })(o, covered)
			}),
		},
		"inputs": {
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				off, err := perLine(half)(o, covered)
				slices.SortFunc(covered, func(a, b order.Line) int { return int(a.Amount.Minor() - b.Amount.Minor()) })
				return off, err
			}),
			ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
				off, err := perLine(half)(o, covered)
				o.Lines[len(o.Lines)-1].Count++
				return off, err
			}),
		},
	}
}

func TestLaws(t *testing.T) {
	for name, good := range goodRules() {
		t.Run(name, func(t *testing.T) {
			discounttest.TestRule(t, good)
			if err := discounttest.Verify(good, 200); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLawsCatch(t *testing.T) {
	laws := discounttest.Laws()
	for _, law := range laws {
		if len(brokenRules()[law.Name]) == 0 {
			t.Errorf("no broken rule shows that law %q catches anything", law.Name)
		}
		for i := range brokenRules()[law.Name] {
			t.Run(fmt.Sprintf("%s %d", law.Name, i), func(t *testing.T) {
				err := discounttest.Verify(brokenRules()[law.Name][i], 200)
				var broke *discounttest.LawError
				if !errors.As(err, &broke) {
					t.Fatalf("not caught: %v", err)
				}
				if broke.Law.Name != law.Name {
					t.Errorf("caught by another law: %v", err)
				}
				if err := broke.Order.Check(); err != nil {
					t.Errorf("the order is not sound: %v", err)
				}
				for _, part := range []string{law.Name, law.Says, broke.Err.Error(), "order order-1", broke.Order.Lines[0].Amount.String()} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("the error does not say %q:\n%v", part, err)
					}
				}
				t.Log(err)
			})
		}
	}
}

func TestVerify(t *testing.T) {
	t.Run("no rule", func(t *testing.T) {
		if err := discounttest.Verify(nil, 10); err == nil {
			t.Error("no error")
		}
	})
	for _, n := range []int{0, -1} {
		if err := discounttest.Verify(thirdFree{}, n); err == nil {
			t.Errorf("%d orders: no error, and nothing was checked", n)
		}
	}
	t.Run("the same every time", func(t *testing.T) {
		rule := brokenRules()["range"][0]
		first, again := discounttest.Verify(rule, 50), discounttest.Verify(rule, 50)
		if first == nil || first.Error() != again.Error() {
			t.Errorf("%v\nthen %v", first, again)
		}
	})
	t.Run("laws are a fresh slice", func(t *testing.T) {
		laws := discounttest.Laws()
		clear(laws)
		if discounttest.Laws()[0].Holds == nil {
			t.Error("clearing one list cleared another")
		}
	})
}
