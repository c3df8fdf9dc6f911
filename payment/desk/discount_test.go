package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

func discountCoupon(id coupon.ID, percent int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(percent)}}
}

func (r *host) choose(id order.ID, d string) (order.Order, error) {
	return r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: id, Discount: discount.ID(d)}})
}

// list joins IDs.
func list(ids []order.ID) string {
	text := ""
	for _, id := range ids {
		text += " " + string(id)
	}
	return strings.TrimSpace(text)
}

// holds checks the state of a discount coupon, and for which order it is held.
func (r *host) holds(id coupon.ID, state coupon.State, of order.ID) {
	r.t.Helper()
	if c := r.coupon(id); c.State != state || list(c.HeldFor) != string(of) {
		r.t.Errorf("coupon %s is %s for %v, want %s for %q", id, c.State, c.HeldFor, state, of)
	}
}

// The discount coupon of an order is held for it from the choice on, free again when the
// order is canceled, voided or reduced by another, and used when it is paid (C2, C10).
func TestC2_DiscountCouponOfAnOrder(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	for _, c := range []coupon.Coupon{discountCoupon("half", 50), discountCoupon("tenth", 90)} {
		r.issue(c)
	}
	r.place("P", draftFor("a", 1000), draftFor("b", 2000))
	o, err := r.choose("b", "half")
	if err != nil || o.ID != "b" || o.Payable() != cents(1000) {
		t.Fatalf("%s costs %s, %v", o.ID, o.Payable(), err)
	}
	r.holds("half", coupon.StateHeld, "b")
	canceled, refused, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}})
	if err != nil || len(canceled) != 2 || len(refused) != 0 {
		t.Fatalf("%v, %v, %v", canceled, refused, err)
	}
	r.holds("half", coupon.StateAvailable, "")

	r.place("", draftFor("e", 1000))
	_, err = r.choose("e", "half")
	r.must(err)
	r.clock.Move(8 * 24 * time.Hour)
	r.sweep()
	if o := r.order("e"); o.State != order.StateVoided {
		t.Fatalf("e is %s", o.State)
	}
	r.holds("half", coupon.StateAvailable, "")

	// Another is picked when the order is paid; the one that it had is free.
	r.place("", draftFor("f", 1000))
	_, err = r.choose("f", "half")
	r.must(err)
	_, err = r.choose("f", "half") // the same once more
	r.must(err)
	r.holds("half", coupon.StateHeld, "f")
	p, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"f"}, Method: payment.MethodBalance,
		Discounts: []payment.Pick{{Order: "f", Discount: "tenth"}}})
	if err != nil || p.Quote.Sum.Cash != cents(900) {
		t.Fatalf("%s, %v", p.Quote.Sum.Cash, err)
	}
	r.holds("half", coupon.StateAvailable, "")
	r.holds("tenth", coupon.StateUsed, "")

	// What cannot be provided after it was paid gives its use back (C14).
	r.move("f", order.EventFail)
	r.holds("tenth", coupon.StateAvailable, "")
	r.audit()
}

// A discount coupon held for an unpaid order is wanted for another: up to the last second
// of its deadline the order keeps it, a second later the order makes room (O8, O12).
func TestO12_DeadlineOfWhatHoldsACoupon(t *testing.T) {
	r := newHost(t)
	r.p.Discount.Compete = []discount.Kind{discount.KindCoupon}
	r.deposit("d", payment.FundCash, 10000)
	r.issue(discountCoupon("half", 50))
	r.issue(discountCoupon("third", 70))
	r.place("", draftFor("a", 1000))
	_, err := r.choose("a", "half")
	r.must(err)
	r.place("", draftFor("b", 1000))
	_, err = r.choose("b", "third")
	r.must(err)
	deadline := r.order("a").Deadline
	r.clock.Move(deadline.Sub(r.clock.Now()))
	r.place("", draftFor("e", 1000))
	var no *payment.Refusal
	pay := func() (payment.Payment, error) {
		return r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"e"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "e", Best: true}}})
	}
	if _, err := r.choose("e", "half"); !errors.As(err, &no) {
		t.Errorf("in the last second a still has the coupon: %v", err)
	}
	r.clock.Move(time.Second)
	p, err := pay()
	if err != nil || p.Quote.Sum.Cash != cents(500) {
		t.Errorf("%s, %v", p.Quote.Sum.Cash, err)
	}
	for _, id := range []order.ID{"a", "b"} { // both are past their deadline, and hold what is wanted
		if o := r.order(id); o.State != order.StateVoided {
			t.Errorf("%s is %s", id, o.State)
		}
	}
	r.holds("half", coupon.StateUsed, "")
	r.holds("third", coupon.StateAvailable, "")
	r.audit()
}

// Each member of a purchase is reviewed by itself; the purchase can be paid when all are
// approved (O5, O6).
func TestO6_ReviewOfMembers(t *testing.T) {
	r := newHost(t)
	a, b := draftFor("a", 1000), draftFor("b", 2000)
	a.Review, b.Review = true, true
	r.place("P", a, b)
	r.move("a", order.EventApprove)
	if a, b := r.order("a"), r.order("b"); a.State != order.StateUnpaid || b.State != order.StatePendingApproval {
		t.Errorf("one of two is approved: %s, %s", a.State, b.State)
	}
	var no *payment.Refusal
	if _, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodOnline}); !errors.As(err, &no) {
		t.Errorf("one of two is approved, and paying: %v", err)
	}
	r.move("b", order.EventApprove)
	if a, b := r.order("a"), r.order("b"); a.State != order.StateUnpaid || b.State != order.StateUnpaid {
		t.Errorf("both are approved: %s, %s", a.State, b.State)
	}
	r.audit()

	// To be confirmed first, and then reviewed: a confirmation of one is of that one.
	e, f := draftFor("e", 1000), draftFor("f", 2000)
	e.Confirm, e.Review, f.Confirm, f.Review = true, true, true, true
	r.place("Q", e, f)
	r.move("e", order.EventConfirm)
	if e, f := r.order("e"), r.order("f"); e.State != order.StatePendingApproval || f.State != order.StatePendingConfirmation || !f.Review {
		t.Errorf("one of two is confirmed: %s, %s", e.State, f.State)
	}
	r.audit()
}

// What was agreed names the reduction of an order: another one of the same size is a change
// (P3, I8).
func TestP3_AnotherReduction(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.d.Offers = hostOffers{{ID: "one", Kind: discount.KindPromotional, Ratio: order.Percent(90)}, {ID: "two", Kind: discount.KindPromotional, Ratio: order.Percent(90)}}
	r.place("", draftFor("a", 1000))
	_, err := r.choose("a", "one")
	r.must(err)
	request := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance}
	q, err := r.d.Quote(ctx, request)
	r.must(err)
	request.Agreed = q.Agreed()
	_, err = r.choose("a", "two")
	r.must(err)
	var no *payment.Refusal
	if _, err := r.d.Pay(ctx, request); !errors.As(err, &no) || len(no.Dropped) != 1 || no.Dropped[0].Order != "a" || no.Dropped[0].Changed != "reduction" {
		t.Errorf("%v", err)
	}
	r.audit()
}

// A discount of the host has the ID of a discount coupon: where one takes the place of the
// other, the coupon is held, and free again (C2).
func TestC2_DiscountWithTheIDOfACoupon(t *testing.T) {
	r := newHost(t)
	promo := hostOffers{{ID: "half", Kind: discount.KindPromotional, Ratio: order.Percent(80)}}
	r.d.Offers = promo
	r.issue(discountCoupon("half", 50))
	r.place("", draftFor("a", 1000))
	_, err := r.choose("a", "half")
	r.must(err)
	r.holds("half", coupon.StateAvailable, "")
	r.d.Offers = nil
	_, err = r.choose("a", "half")
	r.must(err)
	r.holds("half", coupon.StateHeld, "a")
	r.d.Offers = promo
	_, err = r.choose("a", "half")
	r.must(err)
	r.holds("half", coupon.StateAvailable, "")
}
