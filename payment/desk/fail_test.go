package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// trialOf is an order of a trial.
func trialOf(id order.ID) order.Draft {
	d := draftFor(id, 0)
	d.Type = order.TypeTrial
	return d
}

// O2: an order that cannot be provided gives back what it took, once.
func TestO2_WhatCannotBeProvided(t *testing.T) {
	two := both(cash(100000), bought("o1", "x1"), renewed("r1", "x1"), renewed("r2", "x1"))
	one := both(cash(20000), bought("o1", "x1"), renewed("rn", "x1"))
	longer := both(cash(100000), bought("o1", "x1"), compensated("comp", order.Term{N: 12, Unit: order.Hour}, 12*time.Hour), renewed("r1", "x1"), renewed("r2", "x1"))
	online := both(ordered(draftFor("o1", 1000)), charges(nil, "o1"), hears(payment.EventCaptured), completes("o1", fresh("x1", "vm")), unsubscribes("lv"))
	run(t, []row{
		{name: "a renewal takes its period back (R1)", given: []act{one}, do: fails("rn/x1"), want: "rn/x1 is refunded; x1 has 1 periods; x1 until 2024-03-31 23:59:59; cash 100.00"},
		{name: "what follows a renewal moves up (R1)", given: []act{two}, do: fails("r1/x1"), want: "r1/x1 is refunded; x1 paid by [o1 r2/x1]; x1 until 2024-04-30 23:59:59; cash 800.00"}, // a month from March 31
		{name: "a renewal of what was left", given: []act{one, unsubscribes("lv")}, do: fails("rn/x1"), want: "rn/x1 is refunded; cash 200.00"},
		{name: "a renewal after a compensation of half a day", given: []act{longer}, do: fails("r1/x1"), want: "r1/x1 is refunded; x1 has 3 periods; cash 800.00"},
		{name: "what charged nothing", given: []act{ordered(trialOf("a"))}, do: fails("a"), want: "a is refunded; 0 refunds"},
		{name: "a member that charged nothing, beside another", given: []act{purchase("P", trialOf("b"), trialOf("e"))}, do: fails("b"), want: "b is refunded; e is paid; 0 refunds"},
		{name: "a member that charged nothing, beside one that is paid (O6)", given: []act{cash(1000), purchase("P", draftFor("a", 1000), trialOf("b")), paid(nil, "a", "b")}, do: fails("b"), want: "b is refunded; a is paid; cash 0.00"},
		{name: "an order that gives money back", given: []act{online}, do: fails("lv"), err: "order lv: fail refused while refunding: order state does not allow this: load it again to see where it stands", want: "lv is refunding"},
	})
}

// P13: a move that is said twice changes nothing, and what was never a move of the order is refused.
func TestP13_MovesSaidTwice(t *testing.T) {
	asked := draftFor("a", 1000)
	asked.Confirm, asked.Review = true, true
	open := both(cash(30000), ordered(asked))
	approved := both(open, moves("a", order.EventConfirm), approves("a"))
	completed := both(approved, paid(nil, "a"), completes("a"))
	run(t, []row{
		{name: "approved before it is confirmed", given: []act{open}, do: approves("a"), err: "order a: approve refused while pending confirmation: order state does not allow this: load it again to see where it stands", want: "a is pending confirmation"},
		{name: "approved twice", given: []act{approved}, do: approves("a"), want: "a is unpaid"},
		{name: "approved again after it was completed", given: []act{completed}, do: approves("a"), want: "a is completed; cash 290.00"},
		{name: "failed", given: []act{approved, paid(nil, "a")}, do: fails("a"), want: "a is refunded; cash 300.00"},
		{name: "failed twice", given: []act{approved, paid(nil, "a"), fails("a")}, do: fails("a"), want: "a is refunded; cash 300.00"},
	})
}

// C11: a use of a coupon counts until all that it paid has come back.
func TestC11_UsesOfWhatFailed(t *testing.T) {
	once := cardOf("card", 50000)
	once.Uses = 1
	half := both(issued(once), ordered(draftFor("a", 1000), draftFor("b", 1000)), paid([]coupon.ID{"card"}, "a", "b"), fails("a")) // b stays paid with it
	first := cashCoupon("c", 3000)
	first.Limits.FirstOrder = true
	run(t, []row{
		{name: "the only use, of which half has come back", given: []act{}, do: half, want: "card used 1"},
		{name: "another payment with it", given: []act{half, ordered(draftFor("e", 1000))}, do: paid([]coupon.ID{"card"}, "e"), err: "refused: coupon used: coupon card is used up"},
		{name: "an order that failed was no first order", given: []act{cash(100000), issued(first), ordered(draftFor("o1", 10000)), paid([]coupon.ID{"c"}, "o1"), fails("o1"), ordered(draftFor("o2", 10000))},
			do: paid([]coupon.ID{"c"}, "o2"), want: "cash 930.00"},
	})
}

// P4: what refuses for too little money says what is there in all, cash and credit.
func TestP4_CashAndCreditTogether(t *testing.T) {
	run(t, []row{
		{name: "a cent too much", given: []act{credit(500), cash(300), ordered(draftFor("a", 801))}, do: paid(nil, "a"), err: "refused: balance too low: 8.01 USD is to be paid and 8.00 USD is there: top up, or use another method", want: "cash 3.00; credit 0.00"},
		{name: "to the last cent", given: []act{credit(500), cash(300), ordered(draftFor("b", 800))}, do: paid(nil, "b"), want: "cash 0.00; credit -5.00"},
	})
}

// withCoupon pays order a: a discount coupon reduces it, any other pays.
func withCoupon(c coupon.Coupon, m payment.Method) act {
	r := paying(m, []coupon.ID{c.ID}, "a")
	if c.Kind == coupon.KindDiscount {
		r.Coupons, r.Discounts = nil, []payment.Pick{{Order: "a", Discount: discount.ID(c.ID)}}
	}
	return both(issued(c), ordered(draftFor("a", 10000)), paysAs(r))
}

// C14: of a coupon that has ended nothing comes back, and the customer is told, once.
func TestC14_CouponsThatHaveEnded(t *testing.T) {
	const minutes = 10 * time.Minute
	cashC, discountC := cashCoupon("C", 3000), discountCoupon("C", 80)
	var rows []row
	for _, c := range []coupon.Coupon{cashC, discountC} {
		name := string(c.Kind)
		c.Window.Until = start.Add(day)
		provided := both(cash(50000), withCoupon(c, payment.MethodBalance))
		c.Window.Until = start.Add(minutes)
		released := both(withCoupon(c, payment.MethodOnline), cause("a", order.ReasonResourceDeleted))
		back, gone := "C available 30.00; C used 0", "C used 0.00; C used 1"
		free, over := "C available 30.00", "C expired 30.00"
		if c.Kind == coupon.KindDiscount {
			back, gone, free, over = "C available ; C used 0", "C used ; C used 1", "C available ", "C expired "
		}
		rows = append(rows,
			row{name: name + ", failed in its last second", given: []act{provided, later(day)}, do: fails("a"), want: back + "; told 0 times that a coupon has ended"},
			row{name: name + ", failed a second later", given: []act{provided, later(day + time.Second)}, do: fails("a"), want: gone + "; told 1 times that a coupon has ended"},
			row{name: name + ", released in its last second (C10)", given: []act{released, later(minutes)}, do: hears(payment.EventDeclined), want: free + "; told 0 times that a coupon has ended"},
			row{name: name + ", released a second later (C10)", given: []act{released, later(minutes + time.Second)}, do: hears(payment.EventDeclined), want: over + "; told 1 times that a coupon has ended"})
	}
	// No sweep has expired these yet.
	flexi, thrice := cardOf("C", 30000), discountCoupon("C", 80)
	flexi.Kind, thrice.Uses = coupon.KindFlexi, 3
	for want, c := range map[string]coupon.Coupon{"C available 200.00; C used 1": flexi, "C available ; C used 1": thrice} {
		c.Window.Until = start.Add(day)
		rows = append(rows, row{name: string(c.Kind) + ", available and ended", given: []act{cash(50000), withCoupon(c, payment.MethodBalance), later(day + time.Second)}, do: fails("a"), want: want + "; told 1 times that a coupon has ended"})
	}
	run(t, rows)
}

// C14: a coupon of a single use that paid two orders, one of which cannot be provided, gives
// its part of that as a new coupon, which is of any amount.
func TestC14_PartOfASingleUse(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard} {
		c := cardOf("C", 9000)
		c.Kind, c.Reusable, c.Limits.Threshold = kind, false, cents(20000)
		one := both(cash(50000), issued(c), ordered(draftFor("a", 10000), draftFor("b", 20000)), paid([]coupon.ID{"C"}, "a", "b"), fails("a"))
		part := func(next act) act {
			return func(g *given) error {
				p := g.partOf("C", "")
				if p.Kind != kind || p.Face != cents(3000) || p.Limits.Threshold != (order.Money{}) || len(p.ID) != 32 {
					g.t.Errorf("what comes back: %+v", p)
				}
				return both(ordered(draftFor("e", 1000), draftFor("f", 1000)), paid([]coupon.ID{p.ID}, "e", "f"), next)(g)
			}
		}
		run(t, []row{
			{name: string(kind) + ", one of two orders failed", do: one, want: "part of C available 30.00; C used 0.00; C passed on 30.00; 2 coupons"},
			{name: string(kind) + ", its part gives back to itself", given: []act{one}, do: part(fails("e")), want: "part of C available 20.00; 2 coupons"},
			{name: string(kind) + ", the other order too", given: []act{one, part(fails("e"))}, do: fails("b"), want: "part of C available 20.00; part of C available 60.00; C passed on 90.00; 3 coupons"},
		})
	}
}

// P11: a resource whose retention has ended is paid for no more.
func TestP11_PaidForAfterRetention(t *testing.T) {
	inRetention := both(cash(20000), bought("o1", "x1"), later(60*day+13*time.Hour), renews("rn", "x1")) // 2024-04-30 23:00:00
	run(t, []row{
		{name: "the last second of retention (R11)", given: []act{inRetention, later(59*time.Minute + 59*time.Second)}, do: paid(nil, "rn/x1"), want: "rn/x1 is paid; cash 0.00"},
		{name: "two seconds later (R11)", given: []act{inRetention, later(time.Hour + time.Second)}, do: paid(nil, "rn/x1"), err: "refused: order state: resource x1: order refused while released: resource state does not allow this: it is gone: order a new one", want: "rn/x1 is unpaid; cash 100.00"},
	})
}
