package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// endings are the ways in which an order that a coupon reduces or pays for ends, and whether
// what it used, or held, comes back (C14).
var endings = []struct {
	name string
	back bool
	end  func(r *counter, cs []coupon.ID)
}{
	{"canceled by the customer", true, func(r *counter, _ []coupon.ID) {
		_, _, err := r.d.CancelOrders(everywhere, "c1", "u", "a")
		r.must(err)
	}},
	{"rejected in review", true, func(r *counter, _ []coupon.ID) {
		_, err := r.d.Move(everywhere, desk.MoveRequest{Customer: "c1", By: "u", Order: "a", Event: order.EventReject})
		r.must(err)
	}},
	{"hold ended", true, func(r *counter, cs []coupon.ID) {
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/a"}
		}
		p := r.pay("k", payment.MethodOnline, cs, "a")
		r.clock.Move(31 * 60 * 1e9)
		r.sweep()
		if p = r.payment(p.ID); p.State != payment.PaymentCanceled {
			r.t.Fatalf("the payment is %s: %s", p.State, p.Reason)
		}
	}},
	{"voided at its deadline", true, func(r *counter, _ []coupon.ID) {
		r.clock.Move(8 * day)
		r.sweep()
	}},
	{"a cause before payment", true, func(r *counter, _ []coupon.ID) { r.deleted() }},
	{"declined", true, func(r *counter, cs []coupon.ID) { r.paysOnline(cs, gateway.StatusDeclined, false) }},
	{"a cause while paying, then declined", true, func(r *counter, cs []coupon.ID) { r.paysOnline(cs, gateway.StatusDeclined, true) }},
	{"a cause while paying, then captured", true, func(r *counter, cs []coupon.ID) { r.paysOnline(cs, gateway.StatusCaptured, true) }},
	{"failed after it was paid", true, func(r *counter, cs []coupon.ID) {
		r.pay("k", payment.MethodBalance, cs, "a")
		r.move("a", order.EventFail)
	}},
	{"provided", false, func(r *counter, cs []coupon.ID) {
		r.pay("k", payment.MethodBalance, cs, "a")
		r.move("a", order.EventComplete, resourceOf("x", "vm"))
	}},
	{"left by the customer", false, func(r *counter, cs []coupon.ID) {
		r.pay("k", payment.MethodBalance, cs, "a")
		r.move("a", order.EventComplete, resourceOf("x", "vm"))
		r.clock.Move(7 * day)
		_, err := r.d.Refund(everywhere, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "l", Resource: "x"})
		r.must(err)
	}},
}

// deleted cancels order a for a cause that is not the customer's.
func (r *counter) deleted() {
	r.t.Helper()
	_, err := r.d.Move(everywhere, desk.MoveRequest{Customer: "c1", By: "u", Order: "a", Event: order.EventCancel, Reason: order.ReasonResourceDeleted})
	r.must(err)
}

// paysOnline pays order a through the gateway, which says how it ends.
func (r *counter) paysOnline(cs []coupon.ID, end gateway.Status, cause bool) {
	r.t.Helper()
	decide := r.undecided()
	p := r.pay("k", payment.MethodOnline, cs, "a")
	if cause {
		r.deleted()
	}
	decide(end)
	r.hint(p)
	r.sweep()
}

// C14: an order paid with a discount coupon could not be provided, or a cause came while it
// was paid, and the coupon stayed used.
func TestC14_EveryEndOfAnOrder(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount} {
		for _, reusable := range []bool{false, true} {
			if reusable && kind == coupon.KindDiscount {
				continue
			}
			for _, row := range endings {
				name := "C14 " + row.name + ", " + string(kind)
				if reusable {
					name += ", reusable"
				}
				t.Run(name, func(t *testing.T) {
					r := newCounter(t)
					r.deposit("d", payment.FundCash, 10000)
					c := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(3000), Balance: cents(3000), Reusable: reusable}
					cs := []coupon.ID{"C"}
					if kind == coupon.KindDiscount {
						c, cs = discountCoupon("C", 80), nil
					}
					r.issue(c)
					d := draftFor("a", 10000)
					d.Review = row.name == "rejected in review"
					r.place("", d)
					if kind == coupon.KindDiscount {
						_, err := r.choose("a", "C")
						r.must(err)
					}
					row.end(r, cs)
					whole := r.coupon("C")
					state := coupon.StateAvailable
					if kind == coupon.KindDiscount && (row.name == "declined" || row.name == "hold ended") {
						state = coupon.StateHeld // it stays with the order, which can be paid again (C10)
					}
					back := whole.State == state && whole.Used == 0 && whole.Balance == c.Balance
					if back != row.back {
						t.Errorf("the coupon is %s, has %s, used %d: back is %t", whole.State, whole.Balance, whole.Used, back)
					}
					if n := len(r.s.All("c1").Coupons); n != 1 {
						t.Errorf("%d coupons", n)
					}
					r.audit()
				})
			}
		}
	}
}

// C14: a coupon of a single use paid two orders, one of which could not be provided, and what
// it paid of that was lost for good.
func TestC14_PartOfASingleUse(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard} {
		t.Run("C14 one of two orders failed, "+string(kind), func(t *testing.T) {
			r := newCounter(t)
			r.deposit("d", payment.FundCash, 50000)
			r.issue(coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(9000), Balance: cents(9000),
				Limits: coupon.Limits{Threshold: cents(20000)}})
			r.place("", draftFor("a", 10000))
			r.place("", draftFor("b", 20000))
			r.pay("k", payment.MethodBalance, []coupon.ID{"C"}, "a", "b")
			r.move("a", order.EventFail)
			part := r.partOf("C", "")
			if part.Kind != kind || part.State != coupon.StateAvailable || part.Face != cents(3000) || part.Balance != cents(3000) ||
				part.Limits.Threshold != (order.Money{}) || len(part.ID) != 32 {
				t.Fatalf("what comes back: %+v", part)
			}
			if c := r.coupon("C"); c.State != coupon.StateUsed || c.PassedOn != cents(3000) {
				t.Errorf("%s, passed on %s", c.State, c.PassedOn)
			}
			r.audit()

			// A later return of it gives that value back once, to it itself.
			r.place("", draftFor("e", 1000))
			r.place("", draftFor("f", 1000))
			r.pay("k2", payment.MethodBalance, []coupon.ID{part.ID}, "e", "f")
			r.move("e", order.EventFail)
			if c := r.coupon(part.ID); c.Balance != cents(2000) || len(r.s.All("c1").Coupons) != 2 {
				t.Errorf("it has %s, and there are %d coupons", c.Balance, len(r.s.All("c1").Coupons))
			}
			r.audit()

			// The other order too: the rest of what it paid.
			r.move("b", order.EventFail)
			if c := r.partOf("C", part.ID); c.Face != cents(6000) || r.coupon("C").PassedOn != cents(9000) {
				t.Errorf("the rest: %s, passed on %s", c.Face, r.coupon("C").PassedOn)
			}
			r.audit()
		})
	}
}

// partOf is the coupon that came of another, but for one.
func (r *counter) partOf(id, but coupon.ID) (found coupon.Coupon) {
	for _, c := range r.s.All("c1").Coupons {
		if c.From == id && c.ID != but {
			found = c
		}
	}
	return found
}

// C14: a coupon that ended meanwhile stays ended, and the customer is told, once.
func TestC14_EndedIsTold(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindDiscount} {
		for late, told := range []int{0, 1} {
			r := newCounter(t)
			r.deposit("d", payment.FundCash, 50000)
			c, cs := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(3000), Balance: cents(3000)}, []coupon.ID{"C"}
			if kind == coupon.KindDiscount {
				c, cs = discountCoupon("C", 80), nil
			}
			c.Window.Until = opening.Add(day)
			r.issue(c)
			r.place("", draftFor("a", 10000))
			if kind == coupon.KindDiscount {
				_, err := r.choose("a", "C")
				r.must(err)
			}
			r.pay("k", payment.MethodBalance, cs, "a")
			r.clock.Move(day)
			if late == 1 {
				r.clock.Move(1e9)
			}
			r.move("a", order.EventFail)
			n := 0
			for _, x := range r.s.All("c1").Notices {
				if x.Kind == ledger.NoticeCouponEnded && x.Text == "C" {
					n++
				}
			}
			if back := r.coupon("C").State == coupon.StateAvailable; back == (late == 1) || n != told {
				t.Errorf("%s, %d s after its last second: %s, told %d times", kind, late, r.coupon("C").State, n)
			}
			r.audit()
		}
	}
}

// C14, Q5: a renewal that cannot be carried out gives back what it used, as any order; one
// that the customer takes back before it begins gives back what paid, and no discount coupon.
func TestC14_EveryEndOfARenewal(t *testing.T) {
	for _, row := range []struct {
		name     string
		end      func(r *counter, id order.ID)
		discount bool // whether a discount coupon comes back
	}{
		{"a renewal annulled", func(r *counter, id order.ID) { r.move(id, order.EventFail) }, true},
		{"a renewal taken back before it begins", func(r *counter, id order.ID) {
			_, err := r.d.Refund(everywhere, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "l", Resource: "x", Renewal: id})
			r.must(err)
		}, false},
	} {
		for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount} {
			for _, reusable := range []bool{false, true} {
				if reusable && kind == coupon.KindDiscount {
					continue
				}
				name := "C14 " + row.name + ", " + string(kind)
				if reusable {
					name += ", reusable"
				}
				t.Run(name, func(t *testing.T) {
					r := newCounter(t)
					r.deposit("d", payment.FundCash, 50000)
					r.bought("o1", "x")
					c := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(3000), Balance: cents(3000), Reusable: reusable}
					cs := []coupon.ID{"C"}
					if kind == coupon.KindDiscount {
						c, cs = discountCoupon("C", 80), nil
					}
					r.issue(c)
					os, err := r.d.Renew(everywhere, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x"}, Term: oneMonth()})
					r.must(err)
					if kind == coupon.KindDiscount {
						_, err := r.choose(os[0].ID, "C")
						r.must(err)
					}
					r.pay("k", payment.MethodBalance, cs, os[0].ID)
					row.end(r, os[0].ID)
					got, want := r.coupon("C"), kind != coupon.KindDiscount || row.discount
					if back := got.State == coupon.StateAvailable && got.Used == 0 && got.Balance == c.Balance; back != want {
						t.Errorf("the coupon is %s, has %s, used %d: back is %t", got.State, got.Balance, got.Used, back)
					}
					r.audit()
				})
			}
		}
	}
}

// C14, C10: a hold that is released by a cause after the coupon has ended is told, and in the
// coupon's last second it is not: then it comes back.
func TestC14_ReleasedIntoExpiredIsTold(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindDiscount} {
		for late, told := range []int{0, 1} {
			r := newCounter(t)
			c, cs := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(3000), Balance: cents(3000)}, []coupon.ID{"C"}
			if kind == coupon.KindDiscount {
				c, cs = discountCoupon("C", 80), nil
			}
			c.Window.Until = opening.Add(10 * 60 * 1e9)
			r.issue(c)
			r.place("", draftFor("a", 10000))
			if kind == coupon.KindDiscount {
				_, err := r.choose("a", "C")
				r.must(err)
			}
			decide := r.undecided()
			p := r.pay("k", payment.MethodOnline, cs, "a")
			r.deleted()
			r.clock.Move(10*60*1e9 + time.Duration(late)*time.Second)
			decide(gateway.StatusDeclined)
			r.hint(p)
			n := 0
			for _, x := range r.s.All("c1").Notices {
				if x.Kind == ledger.NoticeCouponEnded && x.Text == "C" {
					n++
				}
			}
			if back := r.coupon("C").State == coupon.StateAvailable; back == (late == 1) || n != told {
				t.Errorf("%s, %d s after its last second: %s, told %d times", kind, late, r.coupon("C").State, n)
			}
			r.audit()
		}
	}
}

// C14, C10: of a coupon that two orders hold and that has ended, the one that a cause ends is
// told, though the other holds it still; and what has ended gives nothing back, whatever its
// state is when the order fails.
func TestC14_EndedIsEndedInEveryState(t *testing.T) {
	told := func(r *counter) (n int) {
		for _, x := range r.s.All("c1").Notices {
			if x.Kind == ledger.NoticeCouponEnded && x.Text == "C" {
				n++
			}
		}
		return n
	}
	t.Run("C14 held by another order", func(t *testing.T) {
		r := newCounter(t)
		c := discountCoupon("C", 80)
		c.Uses, c.Window.Until = 2, opening.Add(10*60*1e9)
		r.issue(c)
		for _, id := range []order.ID{"a", "b"} {
			r.place("", draftFor(id, 10000))
			_, err := r.choose(id, "C")
			r.must(err)
		}
		decide := r.undecided()
		p := r.pay("k", payment.MethodOnline, nil, "a")
		r.pay("k2", payment.MethodOnline, nil, "b")
		r.deleted()
		r.clock.Move(10*60*1e9 + time.Second)
		decide(gateway.StatusDeclined)
		r.hint(p)
		if got := r.coupon("C"); got.State != coupon.StateHeld || told(r) != 1 {
			t.Errorf("%s, told %d times", got.State, told(r))
		}
	})
	for _, kind := range []coupon.Kind{coupon.KindFlexi, coupon.KindDiscount} {
		t.Run("C14 available and ended, "+string(kind), func(t *testing.T) {
			r := newCounter(t)
			r.deposit("d", payment.FundCash, 50000)
			c, cs := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(30000), Balance: cents(30000), Reusable: true}, []coupon.ID{"C"}
			if kind == coupon.KindDiscount {
				c, cs = discountCoupon("C", 80), nil
				c.Uses = 3
			}
			c.Window.Until = opening.Add(day)
			r.issue(c)
			r.place("", draftFor("a", 10000))
			if kind == coupon.KindDiscount {
				_, err := r.choose("a", "C")
				r.must(err)
			}
			r.pay("k", payment.MethodBalance, cs, "a")
			r.clock.Move(day + time.Second) // no sweep has expired it yet
			before := r.coupon("C")
			r.move("a", order.EventFail)
			if got := r.coupon("C"); got.Balance != before.Balance || got.Used != before.Used || told(r) != 1 {
				t.Errorf("%s, has %s, used %d, told %d times", got.State, got.Balance, got.Used, told(r))
			}
			r.audit()
		})
	}
}
