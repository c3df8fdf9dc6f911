package payment_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// A renewal order alone, in payment at a gateway while its resource goes to
// pay-per-use: the captured money can neither be settled nor given back.
func TestO9_CauseOfARenewalInPayment(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	open := true
	r.g.Answer = func(payment.Charge) payment.Outcome {
		if open {
			return payment.Outcome{Status: payment.StatusProcessing}
		}
		return payment.Outcome{Status: payment.StatusCaptured}
	}
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModePayPerUse, renewal.Auto{})
	r.must(err)
	r.clock.Move(30*24*time.Hour + 13*time.Hour) // 2024-03-31 23:00
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(61 * time.Minute)
	r.sweep()
	open = false
	r.clock.Move(time.Hour)
	got, err := r.d.Hint(everywhere, payment.Hint{Customer: "c1", Payment: p.ID})
	if err != nil {
		t.Errorf("captured, and not settled: %v", err)
	}
	r.sweep()
	if o := r.order(os[0].ID); got.State != payment.PaymentSucceeded || o.State != order.StateRefunded {
		t.Errorf("payment %s, order %s", got.State, o.State)
	}
}

// Two purchases under one purchase ID poison all their orders.
func TestO6_PurchaseIDTwice(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	r.place("P", draftFor("a", 100), draftFor("b", 100))
	_, err := r.d.Place(everywhere, payment.Placing{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("c", 100), draftFor("e", 100)}})
	if err == nil {
		t.Error("a second purchase P is placed")
	}
	if _, err := r.d.Pay(everywhere, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodBalance}); err != nil {
		t.Errorf("paying the first: %v", err)
	}
	if _, ref, err := r.d.CancelOrders(everywhere, "c1", "u", "c", "e"); err != nil || len(ref) > 0 {
		t.Logf("canceling the second: %v %v", ref, err)
	}
	r.clock.Move(8 * 24 * time.Hour)
	if s := r.sweep(); s.Failed > 0 {
		t.Errorf("voiding: %v", s.Errs)
	}
}

// Only DeadlineOf moves: the others of the purchase are not written.
func TestO6_WhoSetsTheDeadline(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	until := opening.Add(48 * time.Hour)
	promo := func(id discount.ID) discount.Discount {
		return discount.Discount{ID: id, Kind: discount.KindPromotional, Window: order.Window{From: opening.Add(-time.Hour), Until: until}, Ratio: order.Percent(90)}
	}
	r.d.Offers = counterOffers{promo("p1"), promo("p2")}
	_, err := r.d.Place(everywhere, payment.Placing{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000), draftFor("c", 1000)},
		Discounts: []payment.Pick{{Order: "a", Discount: "p1"}, {Order: "b", Discount: "p2"}}})
	r.must(err)
	r.clock.Move(time.Hour)
	if _, err = r.d.ChooseDiscount(everywhere, "c1", "u", payment.Pick{Order: "a"}); err != nil {
		t.Fatal(err)
	}
	r.audit()
	if _, err := r.d.Pay(everywhere, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b", "c"}, Method: payment.MethodBalance}); err != nil {
		t.Errorf("paying: %v", err)
	}
	if _, ref, err := r.d.CancelOrders(everywhere, "c1", "u", "a", "b", "c"); err != nil || len(ref) > 0 {
		t.Logf("canceling: %v %v", ref, err)
	}
	r.clock.Move(8 * 24 * time.Hour)
	if s := r.sweep(); s.Failed > 0 {
		t.Errorf("voiding: %v", s.Errs)
	}
}

// A partial return of a reusable coupon frees one of its uses.
func TestC11_PartialReturnIsAUse(t *testing.T) {
	r := newCounter(t)
	c := cardOf("card", 50000)
	c.Uses = 1
	_, err := r.d.Issue(everywhere, "u", c)
	r.must(err)
	r.place("", draftFor("a", 1000))
	r.place("", draftFor("b", 1000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "a", "b")
	r.move("a", order.EventFail) // b stays paid with it
	for _, c := range r.s.All("c1").Coupons {
		if c.Used != 1 {
			t.Errorf("used %d of 1, by the payment of b; it is %s", c.Used, c.State)
		}
	}
	r.place("", draftFor("e", 1000))
	if _, err := r.d.Pay(everywhere, payment.Request{Key: "k2", Customer: "c1", By: "u", Orders: []order.ID{"e"}, Method: payment.MethodBalance, Coupons: []coupon.ID{"card"}}); err == nil {
		t.Error("a coupon of one use is used by a second payment while the first still has it (C11)")
	}
}

// Credit that has been repaid meanwhile: the refund cannot be committed.
func TestP4_CreditRepaidThenRefund(t *testing.T) {
	r := newCounter(t)
	_, err := r.d.SetCredit(everywhere, "c1", "u", cents(100000))
	r.must(err)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodBalance, nil, "a")
	r.deposit("repay", payment.FundCredit, 1000)
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: "a", Event: order.EventFail}); err != nil {
		t.Errorf("fail: %v", err)
	}
}

// Of a purchase with a member that charges nothing no discount can be chosen.
func TestE5_BesideAFreeMember(t *testing.T) {
	r := newCounter(t)
	r.d.Offers = counterOffers{{ID: "p1", Kind: discount.KindPromotional, Ratio: order.Percent(90)}}
	free := draftFor("b", 0)
	free.Type = order.TypeTrial
	r.place("P", draftFor("a", 1000), free)
	if _, err := r.d.ChooseDiscount(everywhere, "c1", "u", payment.Pick{Order: "a", Discount: "p1"}); err != nil {
		t.Errorf("a, which is charged: %v", err)
	}
	free.ID = "f"
	if _, err := r.d.Place(everywhere, payment.Placing{Customer: "c1", By: "u", Purchase: "Q", Drafts: []order.Draft{draftFor("e", 1000), free},
		Discounts: []payment.Pick{{Order: "e", Discount: "p1"}}}); err != nil {
		t.Errorf("placing: %v", err)
	}
}

// The limits of a discount coupon besides its scope (C3).
func TestC3_DiscountCoupon(t *testing.T) {
	for name, l := range map[string]coupon.Limits{
		"project":     {Projects: []order.ProjectID{"p9"}},
		"threshold":   {Threshold: cents(1000000)},
		"first order": {FirstOrder: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newCounter(t)
			r.deposit("d", payment.FundCash, 60000)
			r.place("", draftFor("o0", 100))
			r.pay("k0", payment.MethodBalance, nil, "o0") // the first of ecs
			_, err := r.d.Issue(everywhere, "u", coupon.Coupon{ID: "dc", Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
				Discount: coupon.Discount{Ratio: order.Percent(50)}, Limits: l})
			r.must(err)
			r.place("", draftFor("a", 1000))
			o, err := r.d.ChooseDiscount(everywhere, "c1", "u", payment.Pick{Order: "a", Discount: "dc"})
			if err == nil {
				t.Errorf("it takes %s off an order that its limit %q does not cover", o.Discount(), name)
			}
		})
	}
}

// A renewal that is followed by another cannot fail any more.
func TestO2_FailAnEarlierRenewal(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	var ids []order.ID
	for _, id := range []string{"r1", "r2"} {
		os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: id, Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
		r.must(err)
		r.pay(payment.Key(id), payment.MethodBalance, nil, os[0].ID)
		ids = append(ids, os[0].ID)
	}
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: ids[0], Event: order.EventFail}); err != nil {
		t.Errorf("fail: %v", err)
	}
}

// A purchase of two renewals of which one resource goes to pay-per-use meanwhile: the
// other is renewed, and its share comes back.
func TestO9_OneOfAPurchase(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	open := true
	r.g.Answer = func(payment.Charge) payment.Outcome {
		if open {
			return payment.Outcome{Status: payment.StatusProcessing}
		}
		return payment.Outcome{Status: payment.StatusCaptured}
	}
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModePayPerUse, renewal.Auto{})
	r.must(err)
	r.clock.Move(30*24*time.Hour + 13*time.Hour)
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1", "x2"}, Term: oneMonth()})
	r.must(err)
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID, os[1].ID)
	r.clock.Move(61 * time.Minute)
	r.sweep()
	open = false
	r.clock.Move(time.Hour)
	if _, err = r.d.Hint(everywhere, payment.Hint{Customer: "c1", Payment: p.ID}); err != nil {
		t.Errorf("captured, and not settled: %v", err)
	}
	r.sweep()
	if a, b := r.order(os[0].ID), r.order(os[1].ID); a.State != order.StateRefunded || b.State != order.StatePaid || len(r.res("x2").Periods) != 2 {
		t.Errorf("%s, %s", a.State, b.State)
	}
	r.audit()
}

// Left while its renewal order is still paid: that order can neither fail nor be given back.
func TestO2_FailARenewalOfWhatWasLeft(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.pay("k", payment.MethodBalance, nil, os[0].ID)
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: os[0].ID, Event: order.EventFail}); err != nil {
		t.Errorf("fail: %v", err)
	}
	r.audit()
}

// Fail said of an order that gives money back.
func TestO2_FailOfAnUnsubscription(t *testing.T) {
	r := newCounter(t)
	r.place("", draftFor("o1", 1000))
	r.pay("k", payment.MethodOnline, nil, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	r.g.Fail = func(call string) error {
		if call == "refund" {
			return errors.New("lost")
		}
		return nil
	}
	o, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: "lv", Event: order.EventFail}); err == nil {
		t.Errorf("the order is %s, no such move is in its table, and no error", o.State)
	}
}

// The last attempt is at the second of the end of a hold: an order paid by card that
// renews what an automatic renewal wants too is charged once.
func TestO12_AutomaticWhileManualInPayment(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}, Daily: true}
	r.deposit("d", payment.FundCash, 90000)
	r.bought("o1", "x1")
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.must(err)
	open := true
	r.g.Answer = func(payment.Charge) payment.Outcome {
		if open {
			return payment.Outcome{Status: payment.StatusProcessing}
		}
		return payment.Outcome{Status: payment.StatusCaptured}
	}
	r.clock.Move(26*24*time.Hour + 13*time.Hour)
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(2 * time.Hour)
	r.sweep()
	open = false
	_, err = r.d.Hint(everywhere, payment.Hint{Customer: "c1", Payment: p.ID})
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

// A discount coupon of the automatic choice, and paying what was quoted twice at once.
func TestO12_VacateByPay(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 90000)
	_, err := r.d.Issue(everywhere, "u", coupon.Coupon{ID: "dc", Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
		Discount: coupon.Discount{Ratio: order.Percent(50)}})
	r.must(err)
	_, err = r.d.Place(everywhere, payment.Placing{Customer: "c1", By: "u", Purchase: "P", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000)}, Discounts: []payment.Pick{{Order: "a", Discount: "dc"}}})
	r.must(err)
	r.clock.Move(8 * 24 * time.Hour)
	r.place("", draftFor("e", 1000))
	p, err := r.d.Pay(everywhere, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"e"}, Discounts: []payment.Pick{{Order: "e", Discount: "dc"}}, Method: payment.MethodBalance})
	r.must(err)
	if p.Quote.Sum.Cash != cents(500) || r.order("a").State != order.StateVoided || r.order("b").State != order.StateVoided {
		t.Error(p.Quote.Sum, r.order("a").State, r.order("b").State)
	}
	r.sweep()
	r.audit()
}
