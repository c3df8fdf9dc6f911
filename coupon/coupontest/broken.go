package coupontest

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// breach breaks one rule of a value. field is what the error names, where fits allows it.
type breach[T any] struct {
	field, what string
	fits        func(v T) bool // nil: every one
	do          func(v *T)
}

func broken[T any](t *rapid.T, v T, breaches []breach[T]) ordertest.Broken[T] {
	var fit []breach[T]
	for _, b := range breaches {
		if b.fits == nil || b.fits(v) {
			fit = append(fit, b)
		}
	}
	b := rapid.SampledFrom(fit).Draw(t, "breach")
	b.do(&v)
	return ordertest.Broken[T]{Value: v, Field: b.field, What: b.what}
}

// BrokenCoupon draws a coupon that Check refuses for one reason.
func BrokenCoupon() *rapid.Generator[ordertest.Broken[coupon.Coupon]] {
	return rapid.Custom(func(t *rapid.T) ordertest.Broken[coupon.Coupon] {
		return broken(t, Coupon().Draw(t, "valid"), breachesOfCoupon(t))
	})
}

func breachesOfCoupon(t *rapid.T) []breach[coupon.Coupon] {
	type c = coupon.Coupon
	id, window, text := ordertest.BrokenID[string]().Draw(t, "bad ID"), ordertest.BrokenWindow().Draw(t, "bad window"), ordertest.BrokenText().Draw(t, "bad text")
	pays := func(v c) bool { return v.Kind != coupon.KindDiscount }
	reduces := func(v c) bool { return v.Kind == coupon.KindDiscount }
	held := func(v c) bool { return v.State == coupon.StateHeld }
	unheld := func(v c) bool { return v.State != coupon.StateHeld }
	open := func(v c) bool { return !v.State.Final() }
	many := func(v c) bool { return reduces(v) || v.Reusable }
	repeats := func(v c) bool { return open(v) && unheld(v) && many(v) }
	return []breach[c]{
		{"id", id.What, nil, func(v *c) { v.ID = coupon.ID(id.Value) }},
		{"customer", id.What, nil, func(v *c) { v.Customer = order.CustomerID(id.Value) }},
		{"kind", "none", nil, func(v *c) { v.Kind = "" }},
		{"kind", "in capitals", nil, func(v *c) { v.Kind = "Cash Coupon" }},
		{"state", "none", nil, func(v *c) { v.State = "" }},
		{"state", "unknown", nil, func(v *c) { v.State = "frozen" }},
		{"window." + window.Field, window.What, nil, func(v *c) { v.Window = window.Value }},
		{"uses", "below zero", nil, func(v *c) { v.Uses = -1 }},
		{"used", "below zero", nil, func(v *c) { v.Used = -1 }},
		{"used", "more than uses", nil, func(v *c) { v.Uses, v.Used = 2, 3 }},
		{"uses", "two of one balance", func(v c) bool { return pays(v) && !v.Reusable }, func(v *c) { v.Uses = 2 }},
		{"span", "in days", repeats, func(v *c) { v.Span, v.Used, v.Ends = order.Term{N: 1, Unit: order.Day}, 0, time.Time{} }},
		{"span", "of more than a century", repeats, func(v *c) { v.Span, v.Used, v.Ends = order.Term{N: 1201, Unit: order.Month}, 0, time.Time{} }},
		{"span", "of one use", func(v c) bool { return pays(v) && !v.Reusable }, func(v *c) { v.Span = order.Term{N: 1, Unit: order.Month} }},
		{"ends", "without a span", nil, func(v *c) { v.Span, v.Ends = order.Term{}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }},
		{"ends", "not set by the first use", repeats, func(v *c) { v.Span, v.Uses, v.Used, v.Ends = order.Term{N: 1, Unit: order.Month}, 0, 1, time.Time{} }},
		{"state", "no uses left, and not over", open, func(v *c) { v.Uses, v.Used, v.Span, v.Ends = 1, 1, order.Term{}, time.Time{} }},
		{"heldFor", "more orders than uses left", func(v c) bool { return reduces(v) && held(v) }, func(v *c) {
			v.Uses, v.Used, v.HeldFor, v.Span, v.Ends = 2, 1, []order.ID{"a", "b"}, order.Term{}, time.Time{}
		}},
		{"heldFor[1]", "held twice by an order", func(v c) bool { return reduces(v) && held(v) }, func(v *c) {
			v.Uses, v.Used, v.HeldFor, v.Span, v.Ends = 3, 0, []order.ID{"a", "a"}, order.Term{}, time.Time{}
		}},
		{"heldFor[0]", text.What, func(v c) bool { return reduces(v) && held(v) }, func(v *c) { v.HeldFor = []order.ID{order.ID(text.Value)} }},
		{"version", "below zero", nil, func(v *c) { v.Version = -1 }},
		{"limits.scope.services", text.What, nil, func(v *c) { v.Limits.Scope.Services = []string{text.Value} }},
		{"limits.scope.products", "empty", nil, func(v *c) { v.Limits.Scope.Products = []string{""} }},
		{"limits.scope.types", "unknown", nil, func(v *c) { v.Limits.Scope.Types = []order.Type{"gift"} }},
		{"limits.projects", id.What, nil, func(v *c) { v.Limits.Projects = []order.ProjectID{order.ProjectID(id.Value)} }},
		{"limits.threshold", "below zero", nil, func(v *c) {
			v.Limits.Threshold = order.Minor(-1, order.USD)
		}},
		{"limits.threshold", "of no currency", nil, func(v *c) { v.Limits.Threshold = order.Minor(1, 7) }},
		{"limits.threshold", "in another currency", pays, func(v *c) { v.Limits.Threshold = order.Minor(1, other(v.Face.Currency())) }},
		{"limits.share", "more than 1", nil, func(v *c) { v.Limits.Share = order.Percent(101) }},
		{"limits.leastRatio", "more than 1", nil, func(v *c) { v.Limits.LeastRatio = order.Percent(101) }},
		{"limits.group", "unknown", nil, func(v *c) { v.Limits.Group = "VIP" }},
		{"limits.without", "unknown", nil, func(v *c) { v.Limits.Without = append(v.Limits.Without[:0:0], "Commercial") }},
		{"face", "0", pays, func(v *c) { v.Face = order.Minor(0, v.Face.Currency()) }},
		{"face", "none", pays, func(v *c) { v.Face = order.Money{} }},
		{"face", "19 digits", pays, func(v *c) { v.Face = order.Minor(maxMinor+1, v.Face.Currency()) }},
		{"balance", "below zero", pays, func(v *c) { v.Balance = order.Minor(-1, v.Face.Currency()) }},
		{"balance", "more than face", pays, func(v *c) { v.Face, v.Balance = order.Minor(1, v.Face.Currency()), order.Minor(2, v.Face.Currency()) }},
		{"balance", "in another currency", pays, func(v *c) { v.Balance = order.Minor(v.Balance.Minor(), other(v.Face.Currency())) }},
		{"balance", "none", pays, func(v *c) { v.Balance = order.Money{} }},
		{"state", "nothing left, and not over", func(v c) bool { return pays(v) && open(v) }, func(v *c) { v.Balance = order.Minor(0, v.Face.Currency()) }},
		{"passedOn", "more than is used", pays, func(v *c) { v.PassedOn = order.Minor(v.Face.Minor()-v.Balance.Minor()+1, v.Face.Currency()) }},
		{"from", id.What, func(v c) bool { return id.Value != "" }, func(v *c) { v.From = coupon.ID(id.Value) }},
		{"discount", "of a coupon that pays", pays, func(v *c) { v.Discount.Ratio = order.Percent(90) }},
		{"face", "of a discount coupon", reduces, func(v *c) { v.Face = order.Minor(1, order.USD) }},
		{"face", "a reusable discount coupon", reduces, func(v *c) { v.Reusable = true }},
		{"discount.ratio", "none", reduces, func(v *c) { v.Discount = coupon.Discount{} }},
		{"discount.ratio", "two ways at once", reduces, func(v *c) {
			v.Discount = coupon.Discount{Ratio: order.Percent(90), Off: order.Minor(1, order.USD)}
		}},
		{"discount.ratio", "more than 1", reduces, func(v *c) { v.Discount = coupon.Discount{Ratio: order.Percent(101)} }},
		{"discount.off", "below zero", reduces, func(v *c) { v.Discount = coupon.Discount{Off: order.Minor(-1, order.USD)} }},
		{"state", "held by nobody", held, func(v *c) { v.HeldBy, v.HeldFor = "", nil }},
		{"state", "a holder, and not held", func(v c) bool { return pays(v) && unheld(v) }, func(v *c) { v.HeldBy = "payment" }},
		{"heldBy", "a discount coupon held by a payment", reduces, func(v *c) { v.HeldBy = "payment" }},
		{"heldFor", "a coupon that pays held for an order", pays, func(v *c) { v.HeldFor = []order.ID{"order"} }},
		{"heldBy", text.What, func(v c) bool { return pays(v) && held(v) }, func(v *c) { v.HeldBy = order.PaymentID(text.Value) }},
	}
}

func other(c order.Currency) order.Currency {
	if c == order.USD {
		return order.EUR
	}
	return order.USD
}

// BrokenCode draws a code that Check refuses for one reason.
func BrokenCode() *rapid.Generator[ordertest.Broken[coupon.Code]] {
	return rapid.Custom(func(t *rapid.T) ordertest.Broken[coupon.Code] {
		type c = coupon.Code
		id, window := ordertest.BrokenID[string]().Draw(t, "bad code"), ordertest.BrokenWindow().Draw(t, "bad window")
		return broken(t, Code().Draw(t, "valid"), []breach[c]{
			{"code", id.What, nil, func(v *c) { v.Code = id.Value }},
			{"window." + window.Field, window.What, nil, func(v *c) { v.Window = window.Value }},
			{"left", "below zero", nil, func(v *c) { v.Left = -1 }},
			{"version", "below zero", nil, func(v *c) { v.Version = -1 }},
			{"coupon.kind", "none", nil, func(v *c) { v.Coupon.Kind = "" }},
			{"coupon.window.until", "the year 9999", nil, func(v *c) {
				v.Coupon.Window.Until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
			}},
		})
	})
}

// BrokenPolicy draws a policy with one field that means nothing.
func BrokenPolicy() *rapid.Generator[ordertest.Broken[coupon.Policy]] {
	return rapid.Custom(func(t *rapid.T) ordertest.Broken[coupon.Policy] {
		type p = coupon.Policy
		return broken(t, Policy().Draw(t, "valid"), []breach[p]{
			{"maxCoupons", "below zero", nil, func(v *p) { v.MaxCoupons = -1 }},
			{"maxCash", "below zero", nil, func(v *p) { v.MaxCash = -1 }},
			{"exclusions", "of nothing", nil, func(v *p) { v.Exclusions = []coupon.Exclusion{{A: coupon.Class(coupon.KindCash)}} }},
			{"exclusions", "unknown", nil, func(v *p) { v.Exclusions = []coupon.Exclusion{{A: "cash", B: "card"}} }},
			{"spread", "unknown", nil, func(v *p) { v.Spread = 2 }},
			{"choice", "unknown", nil, func(v *p) { v.Choice = []coupon.By{"random"} }},
			{"choice", "most saved and another", nil, func(v *p) { v.Choice = []coupon.By{coupon.ByEnd, coupon.MostSaved} }},
			{"choice", "most saved and a host's order", nil, func(v *p) { v.Choice, v.Order = []coupon.By{coupon.MostSaved}, allEqual{} }},
		})
	})
}

type allEqual struct{}

func (allEqual) Compare(a, b coupon.Candidate) int { return 0 }
