package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// firstOff is a discount coupon for a first order that takes 5.00 off.
func firstOff(id coupon.ID) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
		Discount: coupon.Discount{Off: cents(500)}, Limits: coupon.Limits{FirstOrder: true}}
}

// firstCard is a coupon of 5.00 for a first order that pays.
func firstCard(id coupon.ID) coupon.Coupon {
	c := cardOf(id, 500)
	c.Limits.FirstOrder = true
	return c
}

// bare is a draft of a line without a service.
func bare(id order.ID) order.Draft {
	d := draftFor(id, 1000)
	d.Lines[0].Service = ""
	return d
}

// firsts is a host with orders a, b and c of ecs, and two coupons of a kind for first
// orders: d1 and d2 are discounts, k1 and k2 pay.
func firsts(t *testing.T) *host {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	for _, c := range []coupon.Coupon{firstOff("d1"), firstOff("d2"), firstCard("k1"), firstCard("k2")} {
		r.issue(c)
	}
	for _, id := range []order.ID{"a", "b", "c"} {
		r.place("", draftFor(id, 1000))
	}
	return r
}

func (r *host) reduce(id order.ID, d discount.ID) (order.Order, error) {
	return r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: id, Discount: d}})
}

func (r *host) chosen(id order.ID, d discount.ID) {
	r.t.Helper()
	_, err := r.reduce(id, d)
	r.must(err)
}

func (r *host) tryPay(key payment.Key, coupons []coupon.ID, ids ...order.ID) (payment.Payment, error) {
	return r.d.Pay(ctx, payment.Request{Key: key, Customer: "c1", By: "u", Orders: ids, Method: payment.MethodBalance, Coupons: coupons})
}

// refused checks that a call was refused for a reason, in words that say all of them.
func refusedSaying(t *testing.T, err error, why payment.Reason, says ...string) {
	t.Helper()
	var r *payment.Refusal
	if !errors.As(err, &r) || r.Reason != why {
		t.Errorf("%v, want a refusal for %q", err, why)
		return
	}
	for _, s := range says {
		if !strings.Contains(r.Error(), s) {
			t.Errorf("%q does not say %q", r.Error(), s)
		}
	}
}

func TestC3_FirstOrderOfDiscountCoupons(t *testing.T) {
	t.Run("C3 two discount coupons for first orders reduced two orders", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		_, err := r.reduce("b", "d2")
		refusedSaying(t, err, payment.ReasonDiscount, "coupon d2 is for a first order only: order a has it")
		_, err = r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"b"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "b", Discount: "d2"}}})
		refusedSaying(t, err, payment.ReasonDiscount, "order a has it")
		r.pay("both", payment.MethodBalance, nil, "a", "b")
		r.accounts("5.00 off once", 100000-1500, 0)
		r.audit()
	})
	t.Run("C3 two discount coupons for first orders were chosen in one request", func(t *testing.T) {
		r := firsts(t)
		_, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "a", Discount: "d1"}, {Order: "b", Discount: "d2"}}})
		refusedSaying(t, err, payment.ReasonDiscount, "coupon d2 is for a first order only: order a has it")
		r.audit()
	})
	t.Run("C3 a discount coupon for a first order counted after a plain order was paid", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		r.pay("plain", payment.MethodBalance, nil, "b")
		_, err := r.tryPay("late", nil, "a")
		refusedSaying(t, err, payment.ReasonDiscount, "order a", "coupon d1 is for a first order only: another is paid", "choose another discount, or none")
		p := r.pay("two", payment.MethodBalance, nil, "a", "c")
		if q := p.Quote; len(q.Items) != 1 || q.Items[0].Order != "c" || len(q.Dropped) != 1 || q.Dropped[0].Order != "a" || q.Dropped[0].Reason != payment.ReasonDiscount {
			t.Errorf("P3: paid %+v, dropped %+v", q.Items, q.Dropped)
		}
		r.chosen("a", "") // E5: until it is dropped
		r.pay("plain a", payment.MethodBalance, nil, "a")
		r.accounts("three whole orders", 100000-3000, 0)
		r.audit()
	})
	t.Run("C3 an order being paid did not count against a discount coupon", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		decide := r.undecided()
		p := r.pay("slow", payment.MethodOnline, nil, "b")
		_, err := r.tryPay("k", nil, "a")
		refusedSaying(t, err, payment.ReasonDiscount, "or is being paid")
		decide(gateway.StatusDeclined)
		r.hint(p)
		r.pay("k", payment.MethodBalance, nil, "a")
		r.audit()
	})
	t.Run("C3 in one payment the first order in its sequence has it", func(t *testing.T) {
		r := firsts(t)
		r.chosen("b", "d1")
		q, err := r.d.Quote(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodBalance})
		if err != nil || len(q.Items) != 1 || len(q.Dropped) != 1 || q.Dropped[0].Order != "b" || !strings.Contains(q.Dropped[0].Text, "order a has it") {
			t.Errorf("%+v, %+v, %v", q.Items, q.Dropped, err)
		}
		if p := r.pay("k2", payment.MethodBalance, nil, "b", "a"); len(p.Quote.Items) != 2 {
			t.Errorf("%+v", p.Quote.Dropped)
		}
		r.accounts("5.00 off", 100000-1500, 0)
		r.audit()
	})
	t.Run("C3 an order that drops out comes before none", func(t *testing.T) {
		r := firsts(t)
		r.chosen("b", "d1")
		_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"a"}})
		r.must(err)
		if p := r.pay("k", payment.MethodBalance, nil, "a", "b"); len(p.Quote.Items) != 1 || p.Quote.Items[0].Order != "b" {
			t.Errorf("%+v", p.Quote.Dropped)
		}
		r.audit()
	})
	t.Run("C3 the orders of a purchase are one after the other", func(t *testing.T) {
		r := firsts(t)
		r.place("P", draftFor("m1", 1000), draftFor("m2", 1000))
		r.chosen("m2", "d1")
		_, err := r.tryPay("k", nil, "m1", "m2")
		refusedSaying(t, err, payment.ReasonDiscount, "order m2", "order m1 has it")
		if p := r.pay("k", payment.MethodBalance, nil, "m1", "a", "m2"); len(p.Quote.Items) != 1 || p.Quote.Items[0].Order != "a" || len(p.Quote.Dropped) != 2 {
			t.Errorf("paid %+v, dropped %+v", p.Quote.Items, p.Quote.Dropped)
		}
		r.move("a", order.EventFail)
		r.pay("k2", payment.MethodBalance, nil, "m2", "m1")
		r.audit()
	})
	t.Run("C3 lines without a service were first orders for ever", func(t *testing.T) {
		r := firsts(t)
		for _, id := range []order.ID{"x", "y", "z"} {
			r.place("", bare(id))
		}
		r.chosen("x", "d1")
		_, err := r.reduce("y", "d2")
		refusedSaying(t, err, payment.ReasonDiscount, "order x has it")
		r.pay("x", payment.MethodBalance, nil, "x")
		_, err = r.reduce("y", "d2")
		refusedSaying(t, err, payment.ReasonDiscount, "order x has it")
		r.pay("b", payment.MethodBalance, nil, "b") // the first of ecs still
		_, err = r.tryPay("z", []coupon.ID{"k1"}, "z")
		refusedSaying(t, err, payment.ReasonCoupon, "coupon k1 is for a first order only: order x has it")
		r.audit()
	})
	t.Run("C3 an order of a service is an order of anything", func(t *testing.T) {
		r := firsts(t)
		r.place("", bare("x"))
		r.pay("a", payment.MethodBalance, nil, "a")
		_, err := r.reduce("x", "d1")
		refusedSaying(t, err, payment.ReasonDiscount, "another is paid")
		r.audit()
	})
}

func TestC3_FirstOrderOfCouponsThatPay(t *testing.T) {
	t.Run("C3 one coupon for a first order paid two orders of one payment", func(t *testing.T) {
		r := firsts(t)
		c := firstCard("big")
		c.Face, c.Balance = cents(3000), cents(3000)
		r.issue(c)
		p := r.pay("k", payment.MethodBalance, []coupon.ID{"big"}, "b", "a")
		if len(p.Quote.Items[0].Parts) != 1 || len(p.Quote.Items[1].Parts) != 0 {
			t.Errorf("%+v", p.Quote.Items)
		}
		r.accounts("10.00 paid by the coupon", 100000-1000, 0)
		r.audit()
	})
	t.Run("C3 a coupon that pays and one that reduces had two first orders", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		_, err := r.tryPay("k", []coupon.ID{"k1"}, "b")
		refusedSaying(t, err, payment.ReasonCoupon, "coupon k1 is for a first order only: order a has it")
		r.pay("k2", payment.MethodBalance, []coupon.ID{"k1"}, "a") // both on the one first order
		r.accounts("5.00 off, 5.00 paid by a coupon", 100000, 0)
		r.audit()
	})
	t.Run("C3 the payment that holds it is named", func(t *testing.T) {
		r := firsts(t)
		decide := r.undecided()
		p := r.pay("slow", payment.MethodOnline, []coupon.ID{"k1"}, "b")
		_, err := r.reduce("a", "d1")
		refusedSaying(t, err, payment.ReasonDiscount, "order b has it, by payment "+string(p.ID))
		decide(gateway.StatusDeclined)
		r.hint(p)
		r.chosen("a", "d1")
		r.audit()
	})
}

// What comes of an order decides whether another can be the first (C3).
func TestC3_FirstOrderGivenBack(t *testing.T) {
	for name, x := range map[string]struct {
		end  func(r *host)
		back bool
	}{
		"canceled": {func(r *host) {
			_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"a"}})
			r.must(err)
		}, true},
		"voided":             {func(r *host) { r.clock.Move(8 * 24 * time.Hour); r.sweep() }, true},
		"past its deadline":  {func(r *host) { r.clock.Move(7*24*time.Hour + time.Second) }, true},
		"at its deadline":    {func(r *host) { r.clock.Move(7 * 24 * time.Hour) }, false},
		"without the coupon": {func(r *host) { r.chosen("a", "") }, true},
		"with a coupon for more": {func(r *host) {
			c := firstOff("more")
			c.Limits.FirstOrder = false
			r.issue(c)
			r.chosen("a", "more")
		}, true},
		"paid": {func(r *host) { r.pay("k", payment.MethodBalance, nil, "a") }, false},
		"failed": {func(r *host) {
			r.pay("k", payment.MethodBalance, nil, "a")
			r.move("a", order.EventFail)
		}, true},
		"completed": {func(r *host) {
			r.pay("k", payment.MethodBalance, nil, "a")
			r.move("a", order.EventComplete, resourceOf("x1", "vm"))
		}, false},
		"refunded by the customer": {func(r *host) {
			r.pay("k", payment.MethodBalance, nil, "a")
			r.move("a", order.EventComplete, resourceOf("x1", "vm"))
			_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "leave", Resource: "x1"})
			r.must(err)
		}, false},
	} {
		t.Run("C3 "+name, func(t *testing.T) {
			r := firsts(t)
			r.chosen("a", "d1")
			x.end(r)
			r.place("", draftFor("new", 1000))
			_, err := r.reduce("new", "d2")
			if x.back && err != nil {
				t.Errorf("not given back: %v", err)
			}
			if !x.back {
				refusedSaying(t, err, payment.ReasonDiscount, "order a has it")
			}
			r.audit()
		})
	}
}

// twoServices is a draft of a line of ecs and one of evs.
func twoServices(id order.ID) order.Draft {
	d := draftFor(id, 1000)
	l := d.Lines[0]
	l.Service = "evs"
	d.Lines = append(d.Lines, l)
	return d
}

// What drops out or is dropped stands in nobody's way (C3, P3, E5).
func TestC3_FirstOrderOfWhatRemains(t *testing.T) {
	evs := func(id order.ID) order.Draft {
		d := draftFor(id, 1000)
		d.Lines[0].Service = "evs"
		return d
	}
	paid := func(t *testing.T, p payment.Payment, want ...order.ID) {
		t.Helper()
		var got []order.ID
		for _, it := range p.Quote.Items {
			got = append(got, it.Order)
		}
		if !slices.Equal(got, want) {
			t.Errorf("paid %v, want %v; dropped %v", got, want, p.Quote.Dropped)
		}
	}
	t.Run("C3 an order has it with one coupon or the other", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		_, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"b", "a"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "a"}, {Order: "b", Discount: "d2"}}})
		refusedSaying(t, err, payment.ReasonDiscount, "order a has it") // b is judged first
		p, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "a", Discount: "d2"}}})
		r.must(err)
		paid(t, p, "a")
		r.audit()
	})
	t.Run("C3 an order that gave it up comes before the one that got it", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		q, err := r.d.Quote(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "a"}, {Order: "b", Discount: "d2"}}})
		if err != nil || len(q.Dropped) != 1 || q.Dropped[0].Order != "b" {
			t.Errorf("%+v, %v", q.Dropped, err)
		}
	})
	t.Run("C3 a purchase that drops out comes before none", func(t *testing.T) {
		r := firsts(t)
		r.place("P", evs("m1"), draftFor("m2", 1000))
		r.place("", evs("e"))
		r.chosen("m2", "d1")
		r.chosen("e", "d2")
		r.pay("plain", payment.MethodBalance, nil, "a")
		paid(t, r.pay("k", payment.MethodBalance, nil, "m1", "m2", "e"), "e")
		r.audit()
	})
	t.Run("C3 an order that is no first order comes before none", func(t *testing.T) {
		r := firsts(t)
		c := firstOff("ecs")
		c.Limits.Scope.Services = []string{"ecs"}
		r.issue(c)
		r.place("", twoServices("two"))
		r.place("", evs("e"))
		r.chosen("two", "ecs")
		r.chosen("e", "d2")
		r.pay("plain", payment.MethodBalance, nil, "a")
		paid(t, r.pay("k", payment.MethodBalance, nil, "two", "e"), "e")
		r.audit()
	})
	t.Run("C3 choosing again what an order has does not refuse the others", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		r.pay("plain", payment.MethodBalance, nil, "b")
		p, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "c"}, Method: payment.MethodBalance,
			Discounts: []payment.Pick{{Order: "a", Discount: "d1"}}})
		r.must(err)
		paid(t, p, "c")
		r.audit()
	})
	t.Run("C3 the best is chosen in place of a coupon that is good no more", func(t *testing.T) {
		r := firsts(t)
		r.chosen("a", "d1")
		r.d.Offers = hostOffers{{ID: "small", Kind: discount.KindCommercial, Off: cents(100)}}
		best := payment.Pick{Order: "a", Best: true}
		if o, err := r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: best}); err != nil || o.Reduction.ID != "d1" {
			t.Errorf("%+v, %v", o.Reduction, err)
		}
		r.pay("plain", payment.MethodBalance, nil, "b")
		if o, err := r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: best}); err != nil || o.Reduction.ID != "small" {
			t.Errorf("%+v, %v", o.Reduction, err)
		}
		r.pay("k", payment.MethodBalance, nil, "a")
		r.audit()
	})
	t.Run("C3 a coupon that pays takes only what the order is the first of", func(t *testing.T) {
		r := firsts(t)
		r.place("", twoServices("two"))
		r.pay("k", payment.MethodBalance, []coupon.ID{"k1"}, "a", "two")
		for _, x := range r.s.All("c1").Tallies {
			if want := map[string]order.ID{"orders": "", "orders of ecs": "a", "orders of evs": "two"}[ledger.TallyID(x.Name, x.Part)]; x.HeldFor != want {
				t.Errorf("%s: %q, want %q", x.Name, x.HeldFor, want)
			}
		}
		r.audit()
	})
	t.Run("C3 a coupon that pays one order takes nothing of those before it", func(t *testing.T) {
		r := firsts(t)
		c := firstCard("evs")
		c.Limits.Scope.Products = []string{"disk"}
		r.issue(c)
		d := twoServices("two")
		d.Lines[0].Product, d.Lines[1].Product = "disk", "disk"
		r.place("", d)
		r.pay("k", payment.MethodBalance, []coupon.ID{"evs"}, "a", "two")
		for _, x := range r.s.All("c1").Tallies {
			if want := map[string]order.ID{"orders of evs": "two"}[ledger.TallyID(x.Name, x.Part)]; x.HeldFor != want {
				t.Errorf("%s: %q, want %q", x.Name, x.HeldFor, want)
			}
		}
		r.audit()
	})
}

// C11: what an earlier version has counted in one record is taken back from it, and counts with what
// payments have counted since.
func TestC11_CountedInOneRecord(t *testing.T) {
	r := firsts(t)
	r.pay("k", payment.MethodBalance, nil, "a")
	all := r.s.All("c1")
	was := ledger.Records{}
	for _, x := range all.Tallies {
		if x.Part > 0 && x.N > 0 {
			was.Tallies = append(was.Tallies, coupon.Tally{Customer: "c1", Name: x.Name, N: x.N, Version: 0})
			x.N = 0
			was.Tallies = append(was.Tallies, x)
		}
	}
	if len(was.Tallies) == 0 {
		t.Fatal("nothing is counted")
	}
	r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: was}))
	r.audit()
	if _, err := r.reduce("b", "d1"); !errors.Is(err, payment.ReasonDiscount) {
		t.Errorf("another order is the first: %v", err)
	}
	r.move("a", order.EventFail)
	r.audit()
	if _, err := r.reduce("b", "d1"); err != nil {
		t.Errorf("the only one that was paid has failed: %v", err)
	}
	r.audit()
}

// C11: the parts of a tally have IDs of their own, and payments are spread over all of them.
func TestC11_Parts(t *testing.T) {
	seen := make(map[string]bool)
	for _, id := range ledger.TallyIDs("orders", "orders of ecs", "orders of 1 of orders", ledger.TallyReturns) {
		if seen[id] {
			t.Errorf("%s is of two", id)
		}
		seen[id] = true
	}
	parts := make(map[int]int)
	for i := range 1000 {
		parts[ledger.TallyPart(payment.Request{Key: payment.Key(fmt.Sprint(i)), Customer: "c1"}.Payment())]++
	}
	for part := 1; part <= ledger.TallyParts; part++ {
		if parts[part] < 60 {
			t.Errorf("%d of 1000 payments are counted in part %d", parts[part], part)
		}
	}
	if len(parts) != ledger.TallyParts {
		t.Errorf("payments are counted in %v", parts)
	}
}
