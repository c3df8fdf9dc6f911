package payment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// TestP11_VendorCodes is the published table.
func TestP11_VendorCodes(t *testing.T) {
	type codes struct {
		V1, V2       string
		HTTP1, HTTP2 int
	}
	of := func(r payment.Reason) (c codes) {
		c.V1, c.HTTP1 = r.HuaweiV1()
		c.V2, c.HTTP2 = r.HuaweiV2()
		return c
	}
	table := map[payment.Reason]codes{
		payment.ReasonBadRequest:               {V1: "CBC.0100", V2: "CBC.0100", HTTP1: 400, HTTP2: 400},
		payment.ReasonDenied:                   {V1: "CBC.0151", V2: "CBC.0151", HTTP1: 403, HTTP2: 403},
		payment.ReasonNoOrder:                  {V1: "CBC.30000010", V2: "CBC.30000010", HTTP1: 500, HTTP2: 400},
		payment.ReasonState:                    {V1: "CBC.3106", V2: "CBC.99003106", HTTP1: 400, HTTP2: 400},
		payment.ReasonDiscount:                 {V2: "CBC.99003108", HTTP1: 400, HTTP2: 400},
		payment.ReasonPastDeadline:             {V2: "CBC.99003110", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponUsed:               {V1: "CBC.3112", V2: "CBC.99003112", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponDiscount:           {V2: "CBC.99003116", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponRatio:              {V2: "CBC.99003117", HTTP1: 400, HTTP2: 400},
		payment.ReasonResources:                {V1: "CBC.3141", V2: "CBC.99003141", HTTP1: 400, HTTP2: 400},
		payment.ReasonCashWithDiscountCoupon:   {V2: "CBC.99003147", HTTP1: 400, HTTP2: 400},
		payment.ReasonProject:                  {V1: "CBC.3155", V2: "CBC.99003155", HTTP1: 400, HTTP2: 400},
		payment.ReasonMarketplaceWithDedicated: {V1: "CBC.99003156", V2: "CBC.99003156", HTTP1: 400, HTTP2: 400},
		payment.ReasonEffectiveTime:            {V1: "CBC.3162", V2: "CBC.99003162", HTTP1: 400, HTTP2: 400},
		payment.ReasonOrganization:             {V1: "CBC.99003198", V2: "CBC.99003198", HTTP1: 400, HTTP2: 400},
		payment.ReasonBalance:                  {V1: "CBC.5003", V2: "CBC.99005003", HTTP1: 400, HTTP2: 400},
		payment.ReasonFrozen:                   {V1: "CBC.7281", V2: "CBC.7281", HTTP1: 400, HTTP2: 400},
		payment.ReasonAccount:                  {V1: "CBC.5023", V2: "CBC.5023", HTTP1: 200, HTTP2: 200},
		payment.ReasonNoTaxRate:                {V2: "CBC.99006093", HTTP1: 400, HTTP2: 400},
		payment.ReasonTooOften:                 {V2: "CBC.99008040", HTTP1: 400, HTTP2: 400},
		payment.ReasonDailyLimit:               {V2: "CBC.99008056", HTTP1: 400, HTTP2: 400},
		payment.ReasonPaymentInProgress:        {V1: "CBC.99000088", V2: "CBC.99000088", HTTP1: 400, HTTP2: 400},
		payment.ReasonMember:                   {V1: "CBC.99000089", V2: "CBC.99000089", HTTP1: 400, HTTP2: 400},
		payment.ReasonOther:                    {V1: "CBC.0999", V2: "CBC.0999", HTTP1: 500, HTTP2: 500},
	}
	for reason, want := range table {
		if got := of(reason); got != want {
			t.Errorf("%s: %+v, want %+v", reason, got, want)
		}
	}
	seen := make(map[payment.Reason]bool)
	for _, r := range payment.Reasons() {
		c := of(r)
		if c.V2 == "" || c.HTTP1 == 0 || c.HTTP2 == 0 || seen[r] || r.Check() != nil {
			t.Errorf("%q: %+v", r, c)
		}
		seen[r] = true
	}
	if of("none such") != (codes{}) || payment.Reason("none such").Check() == nil {
		t.Error("a word that is no reason has a code")
	}
}

// Every refusal, and every order that drops out, says what to do about it, in a sentence that
// goes on after a colon.
func TestP11_Advice(t *testing.T) {
	for _, r := range payment.Reasons() {
		advice := r.Advice()
		if advice == "" || strings.TrimRight(advice, ". ") != advice || advice[:1] != strings.ToLower(advice[:1]) {
			t.Errorf("%s: %q", r, advice)
		}
		for _, x := range []interface{ Advice() string }{&payment.Refusal{Reason: r}, payment.Drop{Reason: r}} {
			if x.Advice() != advice {
				t.Errorf("%T for %s: %q, want %q", x, r, x.Advice(), advice)
			}
		}
	}
	if advice := payment.Reason("none such").Advice(); advice != "" {
		t.Errorf("a word that is no reason advises %q", advice)
	}
}

// Huawei Cloud has one number for all that is wrong with a project.
func TestP10_ProjectFaults(t *testing.T) {
	for _, w := range []payment.Fault{payment.ProjectFunds, payment.ProjectInvalid} {
		if n, ok := w.Huawei(); n != 10 || !ok || w.Advice() == "" {
			t.Errorf("%s is %d, %v: %q", w, n, ok, w.Advice())
		}
	}
}

// TestP11_EveryReason: each reason is what some scene is refused for, but those that only
// a store or a host's own check finds.
func TestP11_EveryReason(t *testing.T) {
	one := func(do func(s *scene)) *scene {
		s := asking(dues(t, 10000)...)
		do(s)
		return s
	}
	reduce := func(s *scene, ratio int64) {
		s.facts.Orders[0] = reduced(t, s.facts.Orders[0], discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(ratio)}, discount.Policy{})
	}
	limited := func(id coupon.ID, do func(l *coupon.Limits)) coupon.Coupon {
		c := pays(id, coupon.KindFlexi, 1000)
		do(&c.Limits)
		return c
	}
	scenes := map[payment.Reason]*scene{
		payment.ReasonBadRequest: one(func(s *scene) { s.Key = "" }),
		payment.ReasonDenied:     one(func(s *scene) { s.facts.Findings.Denied = "a member of unified accounting" }),
		payment.ReasonNoOrder:    one(func(s *scene) { s.Orders[0] = "CS9" }),
		payment.ReasonState: one(func(s *scene) {
			s.facts.Orders[0].State, s.facts.Orders[0].Reason = order.StateCanceled, order.ReasonCustomer
		}),
		payment.ReasonChanged: one(func(s *scene) {
			s.Agreed = s.quote(t).Agreed()
			s.Agreed[0].Lines = "other"
		}),
		payment.ReasonCost: one(func(s *scene) {
			s.Agreed = s.quote(t).Agreed()
			s.Agreed[0].Cash = usd(9999)
		}),
		payment.ReasonDiscount:     one(func(s *scene) { s.Discounts = []payment.Pick{{Order: "CS1", Discount: "none"}} }),
		payment.ReasonPastDeadline: one(func(s *scene) { s.at = placedAt.Add(7*24*time.Hour + time.Second) }),
		payment.ReasonCouponUsed: one(func(s *scene) {
			c := pays("K1", coupon.KindFlexi, 1000)
			c.State, c.HeldBy = coupon.StateHeld, "P9"
			s.with(c)
		}),
		payment.ReasonCouponDiscount: one(func(s *scene) {
			reduce(s, 90)
			s.with(limited("K1", func(l *coupon.Limits) { l.Without = []discount.Kind{discount.KindCommercial} }))
		}),
		payment.ReasonCouponRatio: one(func(s *scene) {
			reduce(s, 89)
			s.with(limited("K1", func(l *coupon.Limits) { l.LeastRatio = order.Percent(90) }))
		}),
		payment.ReasonCashWithDiscountCoupon: one(func(s *scene) {
			s.facts.Customer.Policy.Coupon = coupon.Huawei()
			half := coupon.Coupon{ID: "HALF", Customer: "c-7", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(50)}}
			s.with(pays("K1", coupon.KindCash, 1000)).facts.Coupons = append(s.facts.Coupons, half)
			s.Discounts = []payment.Pick{{Order: "CS1", Discount: "HALF"}}
		}),
		payment.ReasonMarketplaceWithDedicated: one(func(s *scene) {
			s.facts.Customer.Policy.Coupon = coupon.Huawei()
			s.with(limited("K1", func(l *coupon.Limits) { l.Group = coupon.GroupMarketplace }), limited("K2", func(l *coupon.Limits) { l.Group = coupon.GroupDedicated }))
		}),
		payment.ReasonCoupon: one(func(s *scene) { s.with(limited("K1", func(l *coupon.Limits) { l.Threshold = usd(10000) })) }),
		payment.ReasonResources: one(func(s *scene) {
			s.facts.Findings.Resources = []payment.ResourceFault{{Order: "CS1", Wrong: payment.WrongQuota}}
		}),
		payment.ReasonProject: one(func(s *scene) {
			s.facts.Orders[0].Project = "shop"
			s.facts.Findings.Projects = []payment.ProjectFault{{Project: "shop", Wrong: payment.ProjectFunds}}
		}),
		payment.ReasonEffectiveTime:     one(func(s *scene) { s.facts.Findings.Starts = []payment.Start{{Order: "CS1", At: s.at.Add(-time.Second)}} }),
		payment.ReasonOrganization:      one(func(s *scene) { s.facts.Findings.Organization = "100.00 USD are left for this month" }),
		payment.ReasonBalance:           one(func(s *scene) { s.Method = payment.MethodBalance }),
		payment.ReasonFrozen:            one(func(s *scene) { s.facts.Findings.Frozen = "since 2018-11-20" }),
		payment.ReasonAccount:           one(func(s *scene) { s.Method, s.Account = payment.MethodBalance, payment.AccountBudget }),
		payment.ReasonMethod:            one(func(s *scene) { s.Method = payment.MethodMonthly }),
		payment.ReasonCard:              one(func(s *scene) { s.facts.Customer.Policy = payment.Huawei() }),
		payment.ReasonContract:          one(func(s *scene) { s.facts.Findings.Contract = []order.ID{"CS1"} }),
		payment.ReasonAuthentication:    one(func(s *scene) { s.facts.Customer.Protected = true }),
		payment.ReasonPaymentInProgress: one(func(s *scene) { s.facts.Orders[0].State, s.facts.Orders[0].Payment = order.StatePaying, "P9" }),
		payment.ReasonMember:            one(func(s *scene) { s.facts.Orders = together(t, 2, false).Orders; s.Orders = []order.ID{"M1"} }),
	}
	for _, reason := range payment.Reasons() {
		s := scenes[reason]
		switch reason {
		case payment.ReasonKey: // found where keys are kept
			continue
		case payment.ReasonNoTaxRate, payment.ReasonTooOften, payment.ReasonDailyLimit, payment.ReasonOther:
			s = one(func(s *scene) { s.facts.Findings.Other, s.facts.Findings.OtherText = reason, "try tomorrow" })
		}
		if s == nil {
			t.Errorf("no scene is refused for %q", reason)
			continue
		}
		s.refused(t, reason)
	}
}
