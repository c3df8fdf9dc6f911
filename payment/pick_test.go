package payment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// TestE5_PickedAtPayment: another discount is chosen, or none, when paying; the deadline
// is computed anew.
func TestE5_PickedAtPayment(t *testing.T) {
	spring := discount.Discount{ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(90), Window: november}
	deal := discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	s := asking(reduced(t, placed(t, "CS1", line("ECS", 10000)), spring, discount.Policy{}))
	s.facts.Discounts = []discount.Discount{spring, deal}
	if q := s.quote(t); q.Sum.Cash != usd(9000) || !q.Deadline.Equal(november.Until) || q.DeadlineOf != "CS1" || q.Explain().Rule != "E2" {
		t.Errorf("spring: %s until %s", q.Sum.Cash, q.Deadline)
	}
	for _, row := range []struct {
		pick     payment.Pick
		cash     int64
		deadline string
	}{
		{payment.Pick{Order: "CS1", Discount: "deal"}, 8500, "2018-12-03 23:12:32"},
		{payment.Pick{Order: "CS1"}, 10000, "2018-12-03 23:12:32"},
		{payment.Pick{Order: "CS1", Discount: "spring"}, 9000, "2018-11-30 23:59:59"},
		{payment.Pick{Order: "CS1", Best: true}, 8500, "2018-12-03 23:12:32"},
	} {
		s.Discounts = []payment.Pick{row.pick}
		if q := s.quote(t); q.Sum.Cash != usd(row.cash) || !q.Deadline.Equal(clock(row.deadline)) {
			t.Errorf("%+v: %s until %s", row.pick, q.Sum.Cash, q.Deadline)
		}
	}
	// The best is not better than what the order has: that stays (D7).
	s.facts.Discounts[1].Ratio = order.Percent(90)
	if q := s.quote(t); q.Orders[0].Reduction.ID != "spring" {
		t.Errorf("as good: %q", q.Orders[0].Reduction.ID)
	}
	// D8: the discount was edited since; picking what the order has changes nothing.
	s.facts.Discounts[0].Ratio = order.Percent(1)
	s.Discounts = []payment.Pick{{Order: "CS1", Discount: "spring"}}
	if q := s.quote(t); q.Sum.Cash != usd(9000) {
		t.Errorf("edited: %s", q.Sum.Cash)
	}
	s.Discounts[0].Discount = "none such"
	if r := s.refused(t, payment.ReasonDiscount); !slices.Equal(r.Orders, []order.ID{"CS1"}) {
		t.Errorf("%+v", r)
	}
	if s.facts.Orders[0].Reduction.ID != "spring" {
		t.Error("the facts were changed")
	}
}

// TestD5_D6_Locked: what the partner set, or was chosen when the order was confirmed,
// stays; coupons can still be added.
func TestD5_D6_Locked(t *testing.T) {
	adjusted := discount.Discount{ID: "adjusted", Kind: discount.KindPartnerAdjusted, Ratio: order.Percent(99)}
	s := asking(reduced(t, placed(t, "CS1", line("ECS", 10000)), adjusted, discount.Policy{})).with(pays("K1", coupon.KindFlexi, 1000))
	if q := s.quote(t); q.Sum.Cash != usd(8900) {
		t.Errorf("with a coupon: %s", q.Sum.Cash)
	}
	for _, p := range []payment.Pick{{Order: "CS1"}, {Order: "CS1", Discount: "deal"}} {
		s.facts.Discounts = []discount.Discount{{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(50)}}
		s.Discounts = []payment.Pick{p}
		s.refused(t, payment.ReasonDiscount)
	}
	change := draft("CS2", line("ECS", 10000))
	change.Type = order.TypeUpgrade
	o, err := order.Place(change, placedAt, order.Policy{Zone: gmt8})
	if err != nil {
		t.Fatal(err)
	}
	deal := discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(90)}
	confirmed := discount.Huawei2024()
	s = asking(reduced(t, o, deal, confirmed)).with(pays("K1", coupon.KindFlexi, 1000))
	s.facts.Policy.Discount = confirmed
	if q := s.quote(t); q.Sum.Cash != usd(8000) {
		t.Errorf("confirmed: %s", q.Sum.Cash)
	}
	s.Discounts = []payment.Pick{{Order: "CS2"}}
	if r := s.refused(t, payment.ReasonDiscount); !strings.Contains(r.Text, "D6") {
		t.Errorf("%v", r)
	}
}

// TestC2_DiscountCoupons: a discount coupon is chosen as a discount, for one order at a
// time, as long as nobody else holds it.
func TestC2_DiscountCoupons(t *testing.T) {
	half := coupon.Coupon{ID: "HALF", Customer: "c-7", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(50)}}
	s := asking(dues(t, 10000, 20000)...)
	s.facts.Coupons = []coupon.Coupon{half}
	s.Discounts = []payment.Pick{{Order: "CS2", Discount: "HALF"}}
	if q := s.quote(t); q.Sum.Cash != usd(20000) || q.Orders[1].Reduction.Kind != string(discount.KindCoupon) {
		t.Errorf("%s", q.Sum.Cash)
	}
	s.Discounts = append(s.Discounts, payment.Pick{Order: "CS1", Discount: "HALF"})
	s.refused(t, payment.ReasonDiscount)
	s.Discounts = s.Discounts[:1]
	for _, row := range []struct {
		what string
		do   func(c *coupon.Coupon)
		ok   bool
	}{
		{"held for this order", func(c *coupon.Coupon) { c.State, c.HeldFor = coupon.StateHeld, []order.ID{"CS2"} }, true},
		{"held for another", func(c *coupon.Coupon) { c.State, c.HeldFor = coupon.StateHeld, []order.ID{"CS1"} }, false},
		{"frozen", func(c *coupon.Coupon) { c.Frozen = true }, false},
		{"used", func(c *coupon.Coupon) { c.State = coupon.StateUsed }, false},
		{"another customer's", func(c *coupon.Coupon) { c.Customer = "c-8" }, false},
		{"ended", func(c *coupon.Coupon) { c.Window.Until = s.at.Add(-1e9) }, false},
		{"in its last second", func(c *coupon.Coupon) { c.Window.Until = s.at }, true},
	} {
		c := half
		row.do(&c)
		s.facts.Coupons = []coupon.Coupon{c}
		if row.ok {
			s.quote(t)
		} else {
			s.refused(t, payment.ReasonDiscount)
		}
	}
	// C5: a discount coupon and a cash coupon exclude each other at Huawei.
	s.facts.Coupons = []coupon.Coupon{half}
	s.with(pays("K1", coupon.KindCash, 100))
	s.quote(t)
	s.facts.Policy.Coupon = coupon.Huawei()
	s.refused(t, payment.ReasonCashWithDiscountCoupon)
	// Named among the coupons that pay it is told where it belongs (C12).
	s.Discounts, s.Coupons = nil, []coupon.ID{"HALF"}
	if r := s.refused(t, payment.ReasonCoupon); r.Coupons[0].Reason != coupon.ReasonDiscount {
		t.Errorf("%+v", r)
	}
}

// TestP13_OneCouponForTheBest: who gets a discount coupon that is the best for two orders
// is decided by the order of the request, and whoever names it comes first.
func TestP13_OneCouponForTheBest(t *testing.T) {
	s := asking(dues(t, 10000, 20000)...)
	s.facts.Coupons = []coupon.Coupon{{ID: "HALF", Customer: "c-7", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(50)}}}
	s.facts.Policy.Discount.Compete = []discount.Kind{discount.KindCoupon}
	first, second := payment.Pick{Order: "CS1", Best: true}, payment.Pick{Order: "CS2", Best: true}
	for _, picks := range [][]payment.Pick{{first, second}, {second, first}} {
		s.Discounts = picks
		if q := s.quote(t); !slices.Equal(cash(q), []int64{5000, 20000}) {
			t.Errorf("%+v: %v", picks, cash(q))
		}
	}
	s.Discounts = []payment.Pick{first, {Order: "CS2", Discount: "HALF"}}
	if q := s.quote(t); !slices.Equal(cash(q), []int64{10000, 10000}) {
		t.Errorf("named: %v", cash(q))
	}
}

// TestO6_PickedInAPurchase: the deadline of the whole purchase moves with it.
func TestO6_PickedInAPurchase(t *testing.T) {
	p := together(t, 3, false)
	s := asking(p.Orders[2], p.Orders[0], p.Orders[1])
	s.facts.Discounts = []discount.Discount{{ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(90), Window: november}}
	s.Discounts = []payment.Pick{{Order: "M2", Discount: "spring"}}
	q := s.quote(t)
	if !slices.Equal(in(q), []order.ID{"M3", "M1", "M2"}) || !slices.Equal(cash(q), []int64{1000, 1000, 900}) {
		t.Errorf("%v: %v", in(q), cash(q))
	}
	for _, o := range q.Orders {
		if !o.Deadline.Equal(november.Until) || o.ID != "M2" && o.DeadlineOf != "M2" {
			t.Errorf("%s until %s of %q", o.ID, o.Deadline, o.DeadlineOf)
		}
	}
	s.at = november.Until.Add(1e9) // E7: it can no longer be chosen
	s.refused(t, payment.ReasonDiscount)
}

// What no coupon pays has no parts, though another order has (P3).
func TestP3_NoParts(t *testing.T) {
	s := asking(dues(t, 5000, 0)...).with(pays("K1", coupon.KindFlexi, 1000))
	if q := s.quote(t); len(q.Items[0].Parts) != 1 || q.Items[1].Parts != nil {
		t.Errorf("%#v", q.Items)
	}
}
