package desk_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/desk/desktest"
)

// house is a host's check, which finds what it is told to.
type house struct {
	payment.Findings
	err error
}

func (h house) Check(context.Context, desk.Inquiry) (payment.Findings, error) {
	return h.Findings, h.err
}

func TestP10_Checks(t *testing.T) {
	orders := dues(t, 10000, 20000)
	in := desk.Inquiry{Customer: "c-7", By: "c-7", Orders: orders, At: placedAt}
	found := payment.Findings{Denied: "a", Frozen: "b", Contract: []order.ID{"CS1"}, Resources: []payment.ResourceFault{{Order: "CS2", Wrong: payment.WrongCapacity}},
		Projects: []payment.ProjectFault{{Project: "shop", Wrong: payment.ProjectInvalid}}, Organization: "c", Starts: []payment.Start{{Order: "CS1", At: placedAt}},
		Other: payment.ReasonDailyLimit, OtherText: "d"}
	// Each by itself and one after the other, the first of two texts counts.
	parts := desk.Checks{house{Findings: payment.Findings{Denied: "a"}}, house{Findings: payment.Findings{Denied: "second", Frozen: "b", Contract: found.Contract}},
		house{Findings: payment.Findings{Contract: found.Contract, Resources: found.Resources}}, house{Findings: payment.Findings{Projects: found.Projects, Organization: "c"}},
		house{Findings: payment.Findings{Starts: found.Starts, Organization: "second", Other: payment.ReasonDailyLimit, OtherText: "d"}},
		house{Findings: payment.Findings{Other: payment.ReasonTooOften, OtherText: "second"}}}
	for _, checks := range []desk.Checks{{house{Findings: found}}, parts} {
		if got, err := checks.Ask(context.Background(), in); err != nil || !reflect.DeepEqual(got, found) {
			t.Errorf("%d checks: %+v, %v", len(checks), got, err)
		}
	}
	if got, err := (desk.Checks{}).Ask(context.Background(), in); err != nil || !reflect.DeepEqual(got, payment.Findings{}) {
		t.Errorf("no checks: %+v, %v", got, err)
	}
	down := errors.New("no answer")
	for i := range 3 {
		checks := desk.Checks{house{Findings: found}, house{}, house{}}
		checks[i] = desk.CheckFunc(func(context.Context, desk.Inquiry) (payment.Findings, error) { return payment.Findings{}, down })
		if got, err := checks.Ask(context.Background(), in); !errors.Is(err, down) || !reflect.DeepEqual(got, payment.Findings{}) {
			t.Errorf("check %d could not be made: %+v, %v", i, got, err)
		}
		checks[i] = nil
		if _, err := checks.Ask(context.Background(), in); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("check %d is none: %v", i, err)
		}
	}
	for _, f := range []payment.Findings{{Contract: []order.ID{"CS9"}}, {Resources: []payment.ResourceFault{{Order: "CS9", Wrong: payment.WrongQuota}}},
		{Resources: []payment.ResourceFault{{Order: "CS1"}}}, {Projects: []payment.ProjectFault{{Wrong: payment.ProjectFunds}}},
		{Projects: []payment.ProjectFault{{Project: "shop", Wrong: "x"}}}, {Starts: []payment.Start{{Order: "CS1"}}}, {Other: "x"}} {
		if _, err := (desk.Checks{house{}, house{Findings: f}}).Ask(context.Background(), in); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}

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

// The broken checks, each of which breaks the law of its name.
var brokenChecks = map[string]desk.CheckFunc{
	// Findings of an order that nobody asked about.
	"sound": func(context.Context, desk.Inquiry) (payment.Findings, error) {
		return payment.Findings{Resources: []payment.ResourceFault{{Order: "nobody's", Wrong: payment.WrongQuota}}}, nil
	},
	// The same inquiry is answered otherwise when it is asked again.
	"repeatable": func(_ context.Context, in desk.Inquiry) (payment.Findings, error) {
		in.Orders[0].Lines[0].Product = "other" // its own copy
		return payment.Findings{Denied: time.Now().String()}, nil
	},
	// An overlap where there are several orders.
	"overlap": func(_ context.Context, in desk.Inquiry) (f payment.Findings, err error) {
		if len(in.Orders) > 1 {
			f.Contract = []order.ID{in.Orders[0].ID}
		}
		return f, nil
	},
}

// TestP10_Suite: the laws hold for sound checks, and each catches a broken one.
func TestP10_Suite(t *testing.T) {
	desktest.TestChecks(t, house{Findings: payment.Findings{Frozen: "yes"}}, house{})
	desktest.TestChecks(t, house{err: errors.New("no answer")})
	for law, broken := range brokenChecks {
		var e *desktest.LawError
		if err := desktest.VerifyChecks(100, house{}, broken); !errors.As(err, &e) || e.Law != law || e.Error() == "" || errors.Unwrap(e) == nil {
			t.Errorf("%q: %v", law, err)
		}
	}
	clumsy := desk.CheckFunc(func(context.Context, desk.Inquiry) (payment.Findings, error) { panic("oops") })
	if err := desktest.VerifyChecks(1, clumsy); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("a panic: %v", err)
	}
	if err := desktest.VerifyChecks(0); err == nil {
		t.Error("no inquiry, and all is well")
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
		s.facts.Customer.Policy.Coupon.Exclusions = []coupon.Exclusion{{A: flexi, B: flexi}}
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
	s.facts.Customer.Policy = payment.Huawei()
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
