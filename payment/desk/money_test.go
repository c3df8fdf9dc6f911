package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

// A renewal whose resource goes to pay-per-use while it is being paid is refunded (O9,
// R12).
func TestO9_ChargeTypeChangedWhilePaying(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	decide := r.undecided()
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
	r.clock.Move(30*24*time.Hour + 13*time.Hour) // 2024-03-31 23:00
	os := r.renewal("rn", "x1")
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(61 * time.Minute)
	r.sweep()
	decide(gateway.StatusCaptured)
	r.clock.Move(time.Hour)
	got, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
	if err != nil {
		t.Errorf("captured, and not settled: %v", err)
	}
	r.sweep()
	if o := r.order(os[0].ID); got.State != payment.PaymentSucceeded || o.State != order.StateRefunded {
		t.Errorf("payment %s, order %s", got.State, o.State)
	}
}

// A purchase ID that is taken is refused, and the orders of the purchase stay as they are
// (O6, P13).
func TestO6_PurchaseIDTwice(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.place("P", draftFor("a", 100), draftFor("b", 100))
	_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("c", 100), draftFor("e", 100)}})
	if err == nil {
		t.Error("a second purchase P is placed")
	}
	if _, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodBalance}); err != nil {
		t.Errorf("paying the first: %v", err)
	}
	if c, e := r.order("c"), r.order("e"); c.ID != "" || e.ID != "" {
		t.Errorf("the second is there: %s, %s", c.State, e.State)
	}
	r.accounts("paid", 100000-200, 0)
	r.audit()
}

// A discount of one member that moves no deadline, but says whose it is, is written with
// all members (O6, E6).
func TestO6_WhoSetsTheDeadline(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	until := start.Add(48 * time.Hour)
	promo := func(id discount.ID) discount.Discount {
		return discount.Discount{ID: id, Kind: discount.KindPromotional, Window: order.Window{From: start.Add(-time.Hour), Until: until}, Ratio: order.Percent(90)}
	}
	r.d.Offers = hostOffers{promo("p1"), promo("p2")}
	_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000), draftFor("c", 1000)},
		Discounts: []payment.Pick{{Order: "a", Discount: "p1"}, {Order: "b", Discount: "p2"}}})
	r.must(err)
	r.clock.Move(time.Hour)
	if _, err = r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: "a"}}); err != nil {
		t.Fatal(err)
	}
	for id, of := range map[order.ID]order.ID{"a": "b", "b": "", "c": "b"} {
		if o := r.order(id); o.DeadlineOf != of || !o.Deadline.Equal(until) {
			t.Errorf("%s is to be paid by %s, which %q sets", id, o.Deadline, o.DeadlineOf)
		}
	}
	if _, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b", "c"}, Method: payment.MethodBalance}); err != nil {
		t.Errorf("paying: %v", err)
	}
	r.accounts("paid", 100000-1000-900-1000, 0)
	r.audit()
}

// A discount can be chosen for a member beside another that charges nothing (E5).
func TestE5_DiscountBesideAFreeMember(t *testing.T) {
	r := newHost(t)
	r.d.Offers = hostOffers{{ID: "p1", Kind: discount.KindPromotional, Ratio: order.Percent(90)}}
	free := draftFor("b", 0)
	free.Type = order.TypeTrial
	r.place("P", draftFor("a", 1000), free)
	if _, err := r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: "a", Discount: "p1"}}); err != nil {
		t.Errorf("a, which is charged: %v", err)
	}
	free.ID = "f"
	if _, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "Q", Drafts: []order.Draft{draftFor("e", 1000), free},
		Discounts: []payment.Pick{{Order: "e", Discount: "p1"}}}); err != nil {
		t.Errorf("placing: %v", err)
	}
	for id, payable := range map[order.ID]int64{"a": 900, "b": 0, "e": 900, "f": 0} {
		if o := r.order(id); o.Payable() != cents(payable) {
			t.Errorf("%s costs %s", id, o.Payable())
		}
	}
}

// A discount coupon reduces an order within its limits alone: projects, threshold, first
// orders (C3).
func TestC3_LimitsOfADiscountCoupon(t *testing.T) {
	for name, l := range map[string]coupon.Limits{
		"project":     {Projects: []order.ProjectID{"p9"}},
		"threshold":   {Threshold: cents(1000000)},
		"first order": {FirstOrder: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newHost(t)
			r.deposit("d", payment.FundCash, 60000)
			r.place("", draftFor("o0", 100))
			r.pay("k0", payment.MethodBalance, nil, "o0") // the first of ecs
			_, err := r.d.Issue(ctx, desk.IssueRequest{By: "u", Coupon: coupon.Coupon{ID: "dc", Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
				Discount: coupon.Discount{Ratio: order.Percent(50)}, Limits: l}})
			r.must(err)
			r.place("", draftFor("a", 1000))
			o, err := r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: "a", Discount: "dc"}})
			if err == nil {
				t.Errorf("it takes %s off an order that its limit %q does not cover", o.Discount(), name)
			}
		})
	}
}

// Two renewals are being paid while one resource goes to pay-per-use: the other is
// renewed, and the share of the first comes back (O9).
func TestO9_ChargeTypeOfOneChangedWhilePaying(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	decide := r.undecided()
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
	r.clock.Move(30*24*time.Hour + 13*time.Hour)
	os := r.renewal("rn", "x1", "x2")
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID, os[1].ID)
	r.clock.Move(61 * time.Minute)
	r.sweep()
	decide(gateway.StatusCaptured)
	r.clock.Move(time.Hour)
	if _, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); err != nil {
		t.Errorf("captured, and not settled: %v", err)
	}
	r.sweep()
	if a, b := r.order(os[0].ID), r.order(os[1].ID); a.State != order.StateRefunded || b.State != order.StatePaid || len(r.res("x2").Periods) != 2 {
		t.Errorf("%s, %s", a.State, b.State)
	}
	r.audit()
}

// A resource that is being renewed by hand at a gateway is not charged for an automatic
// renewal besides (O12, R5).
func TestO12_AutomaticWhileManualInPayment(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}, Daily: true}
	r.deposit("d", payment.FundCash, 90000)
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	decide := r.undecided()
	r.clock.Move(26*24*time.Hour + 13*time.Hour)
	os := r.renewal("rn", "x1")
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(2 * time.Hour)
	r.sweep()
	decide(gateway.StatusCaptured)
	_, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
	r.must(err)
	for range 6 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if n := len(r.res("x1").Periods); n != 2 {
		t.Errorf("%d periods", n)
	}
	r.audit()
}

// An order past its deadline makes room for the one that its discount coupon is paid with,
// and so does its purchase (O12).
func TestO12_VacateByPay(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 90000)
	_, err := r.d.Issue(ctx, desk.IssueRequest{By: "u", Coupon: coupon.Coupon{ID: "dc", Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
		Discount: coupon.Discount{Ratio: order.Percent(50)}}})
	r.must(err)
	_, err = r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000)}, Discounts: []payment.Pick{{Order: "a", Discount: "dc"}}})
	r.must(err)
	r.clock.Move(8 * 24 * time.Hour)
	r.place("", draftFor("e", 1000))
	p, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"e"}, Discounts: []payment.Pick{{Order: "e", Discount: "dc"}}, Method: payment.MethodBalance})
	r.must(err)
	if p.Quote.Sum.Cash != cents(500) || r.order("a").State != order.StateVoided || r.order("b").State != order.StateVoided {
		t.Error(p.Quote.Sum, r.order("a").State, r.order("b").State)
	}
	r.sweep()
	r.audit()
}
