package coupontest_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

type orderFunc func(a, b coupon.Candidate) int

func (f orderFunc) Compare(a, b coupon.Candidate) int { return f(a, b) }

type limitFunc func(o order.Order, line int, c coupon.Coupon) bool

func (f limitFunc) Covers(o order.Order, line int, c coupon.Coupon) bool { return f(o, line, c) }

func face(a, b coupon.Candidate) int {
	return cmp.Compare(a.Coupon.Face.Minor(), b.Coupon.Face.Minor())
}

var goodOrders = map[string]coupon.Order{
	"by face":       orderFunc(face),
	"all equal":     orderFunc(func(a, b coupon.Candidate) int { return 0 }),
	"by deduction":  orderFunc(func(a, b coupon.Candidate) int { return cmp.Compare(b.Deduction.Minor(), a.Deduction.Minor()) }),
	"by difference": orderFunc(func(a, b coupon.Candidate) int { return len(a.Coupon.ID) - len(b.Coupon.ID) }),
}

// brokenOrders has, for each law, orders that break it and no law before it in the list.
func brokenOrders() map[string][]coupon.Order {
	calls := 0
	return map[string][]coupon.Order{
		"repeatable": {
			orderFunc(func(a, b coupon.Candidate) int { calls++; return calls%5 - 2 }),
			orderFunc(func(a, b coupon.Candidate) int { panic("not written yet") }),
		},
		"itself":       {orderFunc(func(a, b coupon.Candidate) int { return -1 })},
		"turned round": {orderFunc(func(a, b coupon.Candidate) int { return max(0, face(a, b)) })},
		"transitive": {
			orderFunc(func(a, b coupon.Candidate) int { // about as much is as much
				if d := a.Deduction.Minor() - b.Deduction.Minor(); d > 2000 || d < -2000 {
					return cmp.Compare(d, 0)
				}
				return 0
			}),
			orderFunc(func(a, b coupon.Candidate) int { // compares what only some have
				if a.Coupon.Window.Until.IsZero() || b.Coupon.Window.Until.IsZero() {
					return 0
				}
				return a.Coupon.Window.Until.Compare(b.Coupon.Window.Until)
			}),
		},
		"inputs": {orderFunc(func(a, b coupon.Candidate) int {
			for i := range a.Coupon.Limits.Scope.Services {
				a.Coupon.Limits.Scope.Services[i] = "seen"
			}
			return 0
		})},
	}
}

var goodLimits = map[string]coupon.Limit{
	"everything": limitFunc(func(order.Order, int, coupon.Coupon) bool { return true }),
	"nothing":    limitFunc(func(order.Order, int, coupon.Coupon) bool { return false }),
	"north only": limitFunc(func(o order.Order, i int, _ coupon.Coupon) bool { return o.Lines[i].Region == "north" }),
	"large orders": limitFunc(func(o order.Order, _ int, c coupon.Coupon) bool {
		return o.Payable().Minor() > c.Face.Minor()
	}),
}

func brokenLimits() map[string][]coupon.Limit {
	calls := 0
	return map[string][]coupon.Limit{
		"repeatable": {
			limitFunc(func(order.Order, int, coupon.Coupon) bool { calls++; return calls%3 == 0 }),
			limitFunc(func(order.Order, int, coupon.Coupon) bool { panic("not written yet") }),
		},
		"line order": {
			limitFunc(func(o order.Order, i int, _ coupon.Coupon) bool { return i == 0 }),
			limitFunc(func(o order.Order, i int, _ coupon.Coupon) bool { return o.Lines[0].Product == "disk" }),
		},
		"third parties": {
			limitFunc(func(o order.Order, _ int, _ coupon.Coupon) bool { return len(o.Lines) < 4 }),
			limitFunc(func(o order.Order, _ int, _ coupon.Coupon) bool {
				for _, l := range o.Lines {
					if !l.Own() {
						return false
					}
				}
				return true
			}),
		},
		"life": {
			limitFunc(func(o order.Order, _ int, _ coupon.Coupon) bool { return o.State == order.StateUnpaid }),
			limitFunc(func(o order.Order, _ int, _ coupon.Coupon) bool { return o.Version < 7 }),
			limitFunc(func(o order.Order, _ int, c coupon.Coupon) bool { return c.HeldBy == "" }),
			limitFunc(func(o order.Order, _ int, c coupon.Coupon) bool { return c.Version%2 == 0 }),
		},
		"inputs": {
			limitFunc(func(o order.Order, i int, _ coupon.Coupon) bool { o.Lines[i].Count++; return true }),
			limitFunc(func(_ order.Order, _ int, c coupon.Coupon) bool {
				for i := range c.Limits.Scope.Products {
					c.Limits.Scope.Products[i] = "seen"
				}
				return true
			}),
		},
	}
}

func TestC8_OrderLaws(t *testing.T) {
	for name, good := range goodOrders {
		t.Run(name, func(t *testing.T) {
			coupontest.TestOrder(t, good)
			if err := coupontest.VerifyOrder(good, 50); err != nil {
				t.Error(err)
			}
		})
	}
	laws := map[string]bool{}
	for _, law := range coupontest.OrderLaws() {
		laws[law.Name] = true
		if len(brokenOrders()[law.Name]) == 0 {
			t.Errorf("no broken order shows that law %q catches anything", law.Name)
		}
	}
	for name, broken := range brokenOrders() {
		if !laws[name] {
			t.Errorf("there is no law %q", name)
		}
		for _, o := range broken {
			caught(t, name, coupontest.VerifyOrder(o, 1200))
		}
	}
}

func TestC3_LimitLaws(t *testing.T) {
	for name, good := range goodLimits {
		t.Run(name, func(t *testing.T) {
			coupontest.TestLimit(t, good)
			if err := coupontest.VerifyLimit(good, 50); err != nil {
				t.Error(err)
			}
		})
	}
	laws := map[string]bool{}
	for _, law := range coupontest.LimitLaws() {
		laws[law.Name] = true
		if len(brokenLimits()[law.Name]) == 0 {
			t.Errorf("no broken limit shows that law %q catches anything", law.Name)
		}
	}
	for name, broken := range brokenLimits() {
		if !laws[name] {
			t.Errorf("there is no law %q", name)
		}
		for _, l := range broken {
			caught(t, name, coupontest.VerifyLimit(l, 300))
		}
	}
}

func caught(t *testing.T, law string, err error) {
	t.Helper()
	var broke *coupontest.LawError
	if !errors.As(err, &broke) {
		t.Errorf("law %q: not caught: %v", law, err)
		return
	}
	if broke.Law != law {
		t.Errorf("law %q: caught by another: %v", law, err)
	}
	for _, part := range []string{law, broke.Says, broke.Err.Error(), broke.On} {
		if !strings.Contains(err.Error(), part) || part == "" {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestVerifyChecksSomething(t *testing.T) {
	for _, n := range []int{0, -1} {
		if coupontest.VerifyOrder(goodOrders["by face"], n) == nil || coupontest.VerifyLimit(goodLimits["nothing"], n) == nil {
			t.Errorf("%d draws: no error, and nothing was checked", n)
		}
	}
	if coupontest.VerifyOrder(nil, 1) == nil || coupontest.VerifyLimit(nil, 1) == nil {
		t.Error("none given: no error")
	}
	first, again := coupontest.VerifyOrder(brokenOrders()["itself"][0], 9), coupontest.VerifyOrder(brokenOrders()["itself"][0], 9)
	if first == nil || first.Error() != again.Error() {
		t.Errorf("%v\nthen %v", first, again)
	}
}

func TestGenerators(t *testing.T) {
	t.Run("sound", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			c := coupontest.Coupon().Draw(t, "coupon")
			if err := c.Check(); err != nil {
				t.Fatal(err)
			}
			if err := coupontest.Policy().Draw(t, "policy").Check(); err != nil {
				t.Fatal(err)
			}
			if err := coupontest.Code().Draw(t, "code").Check(); err != nil {
				t.Fatal(err)
			}
			p := coupontest.Payment(4).Draw(t, "payment")
			if _, err := coupon.Choose(p.Orders, p.Coupons, p.Tallies, p.At, p.Policy); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("broken", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			c := coupontest.BrokenCoupon().Draw(t, "coupon")
			refused(t, c.Field, c.What, c.Value.Check())
			code := coupontest.BrokenCode().Draw(t, "code")
			refused(t, code.Field, code.What, code.Value.Check())
			p := coupontest.BrokenPolicy().Draw(t, "policy")
			refused(t, p.Field, p.What, p.Value.Check())
		})
	})
	t.Run("every kind, state and refusal is drawn, and most coupons can be used", func(t *testing.T) {
		seen := map[any]bool{}
		coupons, usable := 0, 0
		for seed := range 300 {
			c := coupontest.Coupon().Example(seed)
			seen[c.Kind], seen[c.State] = true, true
			p := coupontest.Payment(6).Example(seed)
			plan, err := coupon.Choose(p.Orders, p.Coupons, p.Tallies, p.At, p.Policy)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range plan.Verdicts {
				coupons++
				seen[v.Reason] = true
				switch v.Reason {
				case coupon.ReasonUsed, coupon.ReasonNotChosen, coupon.ReasonTooMany, coupon.ReasonTooManyCash, coupon.ReasonExcluded, coupon.ReasonNothingDue:
					usable++
				}
			}
		}
		for _, want := range []any{
			coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount, coupon.StateInactive, coupon.StateAvailable, coupon.StateHeld,
			coupon.StateUsed, coupon.StateExpired, coupon.StateReclaimed, coupon.ReasonUsed, coupon.ReasonNotChosen, coupon.ReasonOwner, coupon.ReasonNotCovered,
			coupon.ReasonFirstOrder, coupon.ReasonWithout, coupon.ReasonThreshold, coupon.ReasonNothingDue, coupon.ReasonTooMany, coupon.ReasonTooManyCash, coupon.ReasonExcluded,
		} {
			if !seen[want] {
				t.Errorf("%v is never drawn", want)
			}
		}
		if usable*2 < coupons {
			t.Errorf("%d of %d coupons can be used", usable, coupons)
		}
	})
}

func refused(t *rapid.T, field, what string, err error) {
	t.Helper()
	var f *order.FieldError
	if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &f) || f.Field != field {
		t.Fatalf("%s: %s: %v", field, what, err)
	}
}
