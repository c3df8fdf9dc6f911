package payment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// The reasons are a closed set, each of which stands in it once.
func TestP11_Reasons(t *testing.T) {
	seen := make(map[payment.Reason]bool)
	for _, r := range payment.Reasons() {
		if seen[r] || r.Check() != nil {
			t.Errorf("%q: %v", r, r.Check())
		}
		seen[r] = true
	}
	if len(seen) != 32 || payment.Reason("none such").Check() == nil {
		t.Errorf("%d reasons", len(seen))
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

// What refuses something has one shape in every package: what is wrong, a sentinel, and what to
// do, found by errors.As in whatever wraps it.
func TestP11_OneShapeOfRefusals(t *testing.T) {
	for _, x := range []struct {
		err error
		is  error
	}{
		{&order.MoveError{Err: order.ErrState, Do: "do it"}, order.ErrState},
		{&order.ReductionError{Err: order.ErrLocked, Do: "do it"}, order.ErrLocked},
		{&coupon.MoveError{Err: coupon.ErrHolder, Do: "do it"}, coupon.ErrHolder},
		{&coupon.ClaimError{Err: coupon.ErrState, Do: "do it"}, coupon.ErrState},
		{&renewal.MoveError{Err: renewal.ErrBound, Do: "do it"}, renewal.ErrBound},
		{&payment.Refusal{Reason: payment.ReasonMethod}, payment.ReasonMethod},
	} {
		var says interface{ Advice() string }
		err := fmt.Errorf("refused: %w", x.err)
		if !errors.As(err, &says) || !errors.Is(err, x.is) || says.Advice() == "" {
			t.Errorf("%T: %v", x.err, says)
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
		payment.ReasonBadRequest: one(func(s *scene) { s.Customer = "" }),
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
			s.facts.Policy.Coupon = coupon.Huawei()
			half := coupon.Coupon{ID: "HALF", Customer: "c-7", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(50)}}
			s.with(pays("K1", coupon.KindCash, 1000)).facts.Coupons = append(s.facts.Coupons, half)
			s.Discounts = []payment.Pick{{Order: "CS1", Discount: "HALF"}}
		}),
		payment.ReasonMarketplaceWithDedicated: one(func(s *scene) {
			s.facts.Policy.Coupon = coupon.Huawei()
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
		payment.ReasonCard:              one(func(s *scene) { s.facts.Policy = payment.Huawei() }),
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
