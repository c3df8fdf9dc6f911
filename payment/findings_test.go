package payment_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// What the host's checks find refuses, as far as it is of an order that is paid (P10).
func TestP10_Findings(t *testing.T) {
	orders := dues(t, 10000, 20000)
	// Effective time: now is not in the past; a second before is.
	s := asking(orders...)
	s.facts.Findings.Starts = []payment.Start{{Order: "CS2", Product: "bandwidth", At: s.at}}
	s.quote(t)
	s.facts.Findings.Starts[0].At = s.at.Add(-time.Second)
	if r := s.refused(t, payment.ReasonEffectiveTime); len(r.Starts) != 1 || r.Orders[0] != "CS2" {
		t.Errorf("%+v", r)
	}
	// What is said of an order that dropped out does not matter.
	s.facts.Findings.Resources = []payment.ResourceFault{{Order: "CS2", Wrong: payment.WrongQuota, Region: "north"}}
	s.facts.Orders = slices.Clone(orders)
	s.facts.Orders[1].State, s.facts.Orders[1].Reason = order.StateCanceled, order.ReasonCustomer
	s.quote(t)
	// Quota, capacity and the rest, with what to do.
	for _, wrong := range []payment.Fault{payment.WrongQuota, payment.WrongCapacity, payment.WrongSpecification, payment.WrongAssociated, payment.WrongOther} {
		s := asking(orders...)
		s.facts.Findings.Resources = []payment.ResourceFault{{Order: "CS2", Wrong: wrong, Region: "north", Service: "ECS", Specification: "s2.small.1.linux", Zone: "north-1a"}}
		r := s.refused(t, payment.ReasonResources)
		if r.Resources[0] != s.facts.Findings.Resources[0] || wrong.Advice() == "" {
			t.Errorf("%s: %+v", wrong, r)
		}
	}
}

// Coupons that exclude each other as marketplace and dedicated ones have a reason of their
// own, in whichever order they are named; others that exclude each other do not (P11, C5).
func TestP11_GroupsThatExclude(t *testing.T) {
	group := func(id coupon.ID, g coupon.Group) coupon.Coupon {
		c := pays(id, coupon.KindFlexi, 1000)
		c.Limits.Group = g
		return c
	}
	for _, x := range []struct {
		a, b coupon.Group
		why  payment.Reason
	}{
		{coupon.GroupMarketplace, coupon.GroupDedicated, payment.ReasonMarketplaceWithDedicated},
		{coupon.GroupDedicated, coupon.GroupMarketplace, payment.ReasonMarketplaceWithDedicated},
		{coupon.GroupMarketplace, coupon.GroupMarketplace, payment.ReasonCoupon},
		{coupon.GroupDedicated, coupon.GroupDedicated, payment.ReasonCoupon},
		{"", coupon.GroupDedicated, payment.ReasonCoupon},
		{coupon.GroupMarketplace, "", payment.ReasonCoupon},
	} {
		s := asking(dues(t, 5000)...).with(group("K1", x.a), group("K2", x.b))
		flexi := coupon.Class(coupon.KindFlexi)
		s.facts.Policy.Coupon.Exclusions = []coupon.Exclusion{{A: flexi, B: flexi}}
		s.refused(t, x.why)
	}
}

// What is said of a project or an order that is not being paid refuses nothing (P10).
func TestP10_FindingsOfOtherOrdersRefuseNothing(t *testing.T) {
	s := asking(dues(t, 5000)...)
	s.facts.Findings.Projects = []payment.ProjectFault{{Project: "shop", Wrong: payment.ProjectFunds}}
	s.facts.Findings.Resources = nil
	if q := s.quote(t); q.Sum.Cash != usd(5000) {
		t.Errorf("%s", q.Sum.Cash)
	}
}

// A refusal of a card names what is known of it, and what would be taken (P5).
func TestP5_RefusalOfACardNamesIt(t *testing.T) {
	s := asking(dues(t, 5000)...)
	s.facts.Policy = payment.Huawei()
	for card, says := range map[payment.Card]string{
		{Brand: "amex", Funding: payment.FundingCredit}: "brand amex is not taken: use visa, mastercard",
		{Funding: payment.FundingCredit}:                "brand not known is not taken: use visa, mastercard",
		{Brand: "visa", Funding: payment.FundingDebit}:  "debit cards are not taken: use credit",
		{Brand: "visa"}: "not known cards are not taken: use credit",
	} {
		s.facts.Card = card
		if r := s.refused(t, payment.ReasonCard); r.Text != says {
			t.Errorf("%+v: %q, want %q", card, r.Text, says)
		}
	}
}

// A member that is not in the store is not among those to be named too.
func TestP2_MembersThatAreNotThere(t *testing.T) {
	p := together(t, 3, false)
	s := asking(p.Orders[:2]...)
	if r := s.refused(t, payment.ReasonMember); !strings.HasSuffix(r.Text, "belongs to purchase P1 of 3 orders, and 2 are named: name all") {
		t.Errorf("%q", r.Text)
	}
}

// Amounts of up to 18 digits are paid, and stand on receipts (T3, P14).
func TestP14_LargestAmount(t *testing.T) {
	if q := asking(dues(t, 999_999_999_999_999_999)...).quote(t); q.Items[0].Cash != usd(999_999_999_999_999_999) {
		t.Fatalf("%s", q.Items[0].Cash)
	}
	s := asking(dues(t, 999_999_999_999_999_998, 1)...)
	q := s.quote(t)
	if q.Sum.Cash != usd(999_999_999_999_999_999) {
		t.Fatalf("%s", q.Sum.Cash)
	}
	r, err := q.Receipt("t1", s.at)
	if err != nil || r.Sum.List != q.Sum.List || r.Check() != nil {
		t.Errorf("%+v, %v", r.Sum, err)
	}
	s = asking(dues(t, 999_999_999_999_999_999, 1)...)
	if _, err := s.Quote(s.facts, s.at); !errors.Is(err, order.ErrOverflow) {
		t.Errorf("a cent more: %v", err)
	}
}

// Only what is named pays: not as many others that the customer has (C12).
func TestC12_OnlyNamedCouponsPay(t *testing.T) {
	s := asking(dues(t, 5000)...).with(pays("K1", coupon.KindFlexi, 1000))
	s.facts.Coupons[0].ID = "K2"
	if r := s.refused(t, payment.ReasonCoupon); !strings.Contains(r.Text, "K1") {
		t.Errorf("%q", r.Text)
	}
}
