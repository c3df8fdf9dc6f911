package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

const day = 24 * time.Hour

// taking takes a renewal back.
func taking(o order.ID) func(*desk.UnsubscribeRequest) {
	return func(l *desk.UnsubscribeRequest) { l.Renewal = o }
}

func cardOf(id coupon.ID, face int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c1", Kind: coupon.KindCard, State: coupon.StateAvailable, Face: cents(face), Balance: cents(face), Reusable: true}
}

// cashCoupon is a cash coupon of a single use.
func cashCoupon(id coupon.ID, face int64) coupon.Coupon {
	c := cardOf(id, face)
	c.Kind, c.Reusable = coupon.KindCash, false
	return c
}

// linesOf is an order of several lines, each of a service and an amount.
func linesOf(id order.ID, services []string, amounts ...int64) order.Draft {
	d := draftFor(id, 0)
	l := d.Lines[0]
	d.Lines = nil
	for i, n := range amounts {
		l.Amount, l.Service = cents(n), services[i%len(services)]
		d.Lines = append(d.Lines, l)
	}
	return d
}

// inService is a resource of a service.
func inService(service string, x func(*given) renewal.Resource) func(*given) renewal.Resource {
	return func(g *given) renewal.Resource {
		r := x(g)
		r.Service = service
		return r
	}
}

// Q3: of what was paid for a resource comes back what its time that is left is worth.
func TestQ3_WhatIsLeft(t *testing.T) {
	server := both(cash(10000), bought("o1", "x1"))
	cheaperAfterTenDays := both(server, later(10*day), changes("dg", becoming("small", 0)))
	evenCheaper := both(cheaperAfterTenDays, changes("dg2", becoming("tiny", 0)))
	lateApproval := both(approving(100), server, changes("dg", becoming("small", 0)), later(28*day))
	scope := cashCoupon("c", 10000)
	scope.Limits.Scope.Services = []string{"ecs"}
	oneLinePaid := both(cash(100000), issued(scope), provided(linesOf("o1", []string{"ecs", "evs"}, 10000, 10000), []coupon.ID{"c"}, fresh("x1", "vm"), inService("evs", fresh("x2", "small"))))
	run(t, []row{
		{name: "a downgrade on the first day", given: []act{server}, do: changes("dg", becoming("small", 0)), want: "cash 50.00"},
		{name: "15 of 31 days of 50.00 after a downgrade", given: []act{server, changes("dg", becoming("small", 0)), later(16 * day)}, do: unsubscribes("lv"), want: "cash 74.19"}, // 24.193...
		{name: "a second downgrade", given: []act{server, changes("d1", becoming("small", 0))}, do: changes("d2", becoming("tiny", 0)), want: "cash 75.00"},
		{name: "half of the 67.74 that are left", given: []act{server, later(10 * day)}, do: changes("dg", becoming("small", 0)), want: "cash 33.87"},
		{name: "the other half at once", given: []act{cheaperAfterTenDays}, do: quotes(), want: "back 33.87"},
		{name: "a quarter of the price", given: []act{cheaperAfterTenDays}, do: changes("dg2", becoming("tiny", 0)), want: "cash 50.81"},                                                                                // 33.87 + 16.935
		{name: "the last quarter at once", given: []act{evenCheaper}, do: quotes(), want: "back 16.93"},                                                                                                                 // 67.74 were left in all
		{name: "the last quarter a week later", given: []act{evenCheaper, later(7 * day)}, do: quotes(), want: "back 11.29"},                                                                                            // 24.99 x 14/31
		{name: "a downgrade approved late, as asked for", given: []act{lateApproval}, do: approves("dg"), want: "cash 50.00"},                                                                                           //
		{name: "after a downgrade approved late", given: []act{lateApproval, approves("dg"), under(func(p *payment.Policy) { p.Renewal.Leaving.Approve = order.Money{} })}, do: unsubscribes("lv"), want: "cash 54.84"}, // 50.00 less 28/31 of that, which are 45.16
		{name: "an upgrade beside a renewal counts for both", given: []act{cash(100000), bought("o1", "x1"), renewed("rn", "x1"), upgraded(20000), later(29 * day)}, do: quotes(), want: "back 211.37"},                 // 100.00 for April, 200.00 x 32/61, 100.00 x 2/31
		{name: "an upgrade on the first day", given: []act{cash(100000), bought("o1", "x1"), upgraded(10000)}, do: quotes(), want: "back 200.00"},
		{name: "two lines for one resource", given: []act{cash(20000), bought("o1", "x1"), ordered(upgradeOf("up", 5000, "x1", "x1")), paid(nil, "up"), completes("up", enlarged("x1"))}, do: unsubscribes("lv"), want: "cash 200.00"},
		{name: "a line that a cash coupon paid (C7)", given: []act{oneLinePaid}, do: quotes(), want: "back 0.00"},
		{name: "the other line, paid in cash", given: []act{oneLinePaid}, do: quotes(resource("x2")), want: "back 100.00"},
	})
}

// Q4: fees, and the days and times within which everything comes back.
func TestQ4_FeesAndTheWindow(t *testing.T) {
	tenPercent := both(under(func(p *payment.Policy) {
		p.Renewal.Leaving.Fees = []renewal.Fee{{Rates: []order.Rate{order.Percent(10)}}}
	}), cash(10000), bought("o1", "x1"))
	threeYears := draftFor("o1", 360000)
	threeYears.Lines[0].Term = order.Term{N: 3, Unit: order.Year}
	inTheThirdYear := both(under(func(p *payment.Policy) { p.Renewal.Leaving.Fees = renewal.Huawei().Leaving.Fees }), cash(360000),
		provided(threeYears, nil, freshUntil("x1", 2027, 3, 1)), later(800*day))
	window := func(times int) act {
		return under(func(p *payment.Policy) { p.Renewal.Leaving.Window, p.Renewal.Leaving.Times = 5*day, times })
	}
	withRenewal := both(window(10), cash(100000), bought("o1", "x1"), renewed("rn", "x1"))
	three := both(window(2), cash(30000), bought("o1", "x1"), bought("o2", "x2"), bought("o3", "x3"), later(4*day))
	twice := both(three, unsubscribes("lv1"), unsubscribes("lv2", resource("x2")))
	run(t, []row{
		{name: "a tenth of all", given: []act{tenPercent}, do: quotes(), want: "back 90.00"},
		{name: "a tenth of 100.00 by a downgrade", given: []act{tenPercent}, do: changes("dg", becoming("small", 0)), want: "cash 40.00"},
		{name: "a tenth of the rest after it", given: []act{tenPercent, changes("dg", becoming("small", 0))}, do: unsubscribes("lv"), want: "cash 85.00"},
		{name: "by the time since it was bought, also after a downgrade", given: []act{inTheThirdYear, changes("dg", becoming("small", 0))}, do: quotes(), want: "fee of x1 90.00 of 1800.00"}, // 5 %
		{name: "what it is already is no change", given: []act{cash(10000), bought("o1", "x1")}, do: changes("dg", becoming("vm", 0)), err: `count "1": of vm is what the resource is already: there is nothing to change`, want: "cash 0.00"},

		{name: "5 days after provisioning, with a renewal", given: []act{withRenewal, later(5 * day)}, do: quotes(), want: "back 200.00; all of x1 back true"},
		{name: "a second later", given: []act{withRenewal, later(5*day + time.Second)}, do: quotes(), want: "back 183.87; all of x1 back false"},       // 26 of 31 days
		{name: "in the first days of the renewal", given: []act{withRenewal, later(34 * day)}, do: quotes(), want: "back 90.00; all of x1 back false"}, // 27 of 30 days of the renewal

		{name: "the first time of two", given: []act{three}, do: unsubscribes("lv1"), want: "cash 100.00; 1 resources given back"},
		{name: "the second time of two", given: []act{three, unsubscribes("lv1")}, do: unsubscribes("lv2", resource("x2")), want: "cash 200.00; 2 resources given back"},
		{name: "quoted after two", given: []act{twice}, do: quotes(resource("x3")), want: "back 87.10"}, // 4 of 31 days are 12.90
		{name: "the third time is not counted", given: []act{twice}, do: unsubscribes("lv3", resource("x3")), want: "cash 287.10; 2 resources given back"},
	})
}

// Q5: what coupons have back of a resource, and of a renewal that has not begun.
func TestQ5_CouponsAndRenewals(t *testing.T) {
	cardForTwo := func(face int64) act {
		return both(issued(cardOf("card", face)), ordered(draftFor("a", 1000), draftFor("b", 1000)))
	}
	gone := both(cardForTwo(1000), charges([]coupon.ID{"card"}, "a", "b"), cause("a", order.ReasonContractEnded), cause("b", order.ReasonContractEnded))
	couponPaysRenewal := both(cash(100000), issued(cashCoupon("c", 5000)), bought("o1", "x1"), renewed("rn", "x1", "c"), changes("dg", becoming("small", 0))) // 50.00 of the first month, 25.00 of the renewal
	twoRenewals := both(approving(100), cash(40000), bought("o1", "x1"), renewed("r1", "x1"), renewed("r2", "x1"))
	beforeTheLast := 60*day + 14*time.Hour // r2 begins 2024-05-01 00:00:00
	compensation := both(cash(100000), bought("o1", "x1"), renewed("rn", "x1"), compensated("comp", order.Term{N: 3, Unit: order.Day}, 3*day))
	cardAndRenewal := both(cash(20000), issued(cardOf("card", 4000)), bought("o1", "x1"), renewed("rn", "x1", "card"), unsubscribes("lv"))
	rows := []row{
		{name: "a card has one of two shares back", given: []act{cardForTwo(50000), paid([]coupon.ID{"card"}, "a", "b")}, do: fails("a"), want: "a is refunded; card available 490.00"},
		{name: "a card has both shares back, one after the other", given: []act{cardForTwo(50000), paid([]coupon.ID{"card"}, "a", "b"), fails("a")}, do: fails("b"), want: "b is refunded; card available 500.00"},
		{name: "a card has both shares back in one commit (O9)", given: []act{gone}, do: hears(payment.EventCaptured), want: "payment succeeded of 10.00; card available 10.00; a because contract ended"},
		{name: "a cash coupon has all of a renewal back after a downgrade", given: []act{couponPaysRenewal}, do: unsubscribes("un", taking("rn/x1")), want: "c available 50.00; cash 950.00"},
		{name: "a renewal that another follows stays", given: []act{twoRenewals}, do: unsubscribes("un", taking("r1/x1")), err: "resource x1: undo renewal refused while in use: resource state does not allow this: order r1/x1 is not its last renewal: give back the later ones first", want: "cash 100.00; x1 has 3 periods"},
		{name: "the last second before a renewal begins", given: []act{twoRenewals, later(beforeTheLast - time.Second)}, do: quotes(taking("r2/x1")), want: "back 100.00"},
		{name: "a renewal that begins this second stays", given: []act{twoRenewals, later(beforeTheLast)}, do: quotes(taking("r2/x1")), err: "resource x1: undo renewal refused while in use: resource state does not allow this: the renewal has begun: unsubscribe the resource"},
		{name: "a renewal before a compensation, which stays", given: []act{compensation}, do: unsubscribes("un", taking("rn/x1")), want: "cash 900.00; x1 until 2024-04-03 23:59:59; x1 has 2 periods"},
		{name: "a card that paid all has it again at once (O13)", given: []act{issued(cardOf("card", 1000)), ordered(draftFor("a", 1000)), charges([]coupon.ID{"card"}, "a")}, do: fails("a"), want: "payment succeeded of 0.00; a is refunded; card available 10.00; card used 0; 1 refunds"},
		{name: "left with its renewal", given: []act{cash(20000), issued(cardOf("card", 4000)), bought("o1", "x1"), renewed("rn", "x1", "card")}, do: unsubscribes("lv"), want: "cash 200.00; card available 40.00"},
		{name: "a renewal that fails after it was left gives nothing more (O2)", given: []act{cardAndRenewal}, do: fails("rn/x1"), want: "cash 200.00; card available 40.00; rn/x1 is refunded"},
	}
	for _, x := range []struct {
		name          string
		kind          coupon.Kind
		reusable      bool
		left, unbegun string // of 50.00
	}{
		{"card", coupon.KindCard, true, "c available 33.87", "c2 available 50.00"},
		{"card of a single use", coupon.KindCard, false, "c used 0.00", "c2 available 50.00"},
		{"flexi", coupon.KindFlexi, true, "c available 33.87", "c2 available 50.00"},
		{"cash", coupon.KindCash, true, "c used 0.00", "c2 available 50.00"},
		{"cash of a single use", coupon.KindCash, false, "c used 0.00", "c2 available 50.00"},
	} {
		c := cardOf("c", 5000)
		c.Kind, c.Reusable = x.kind, x.reusable
		c2 := c
		c2.ID = "c2"
		server := both(cash(20000), issued(c, c2), provided(draftFor("o1", 10000), []coupon.ID{"c"}, fresh("x1", "vm")), renewed("rn", "x1", "c2"), later(10*day))
		rows = append(rows,
			row{name: x.name + ", of a renewal", given: []act{server}, do: unsubscribes("un", taking("rn/x1")), want: "cash 150.00; " + x.unbegun},
			row{name: x.name + ", of a resource", given: []act{server, unsubscribes("un", taking("rn/x1"))}, do: unsubscribes("lv"), want: "cash 183.87; " + x.left}) // Q3: 21 of 31 days
	}
	run(t, rows)
}

// compensated gives x1 some time.
func compensated(id order.ID, term order.Term, by time.Duration) act {
	d := orderFor(id, order.TypeCompensation, 0, "x1")
	d.Lines[0].Term = term
	return both(ordered(d), completes(id, changed("x1", func(x *renewal.Resource) { x.Expiry = x.Expiry.Add(by) })))
}

// Q6: what comes back goes to where it came from, once, and never more than was paid.
func TestQ6_ToWhereItCameFrom(t *testing.T) {
	owing := both(credit(100000), cash(300), ordered(draftFor("a", 400), draftFor("b", 300), draftFor("c", 300)), paid(nil, "a", "b", "c"))
	repaid := func(n int64) act { return both(owing, fails("a"), has(payment.FundCredit, n)) }
	cardDowngraded := both(issued(cardOf("card", 50000)), provided(draftFor("o1", 10000), []coupon.ID{"card"}, fresh("x1", "vm")), changes("dg", becoming("small", 0)))
	flexi := cardOf("flexi", 5000)
	flexi.Kind, flexi.Reusable = coupon.KindFlexi, false
	single := both(cash(100000), issued(flexi), provided(draftFor("o1", 10000), []coupon.ID{"flexi"}, fresh("x1", "vm")))
	four := both(cash(100000), issued(cardOf("card", 3333)), provided(linesOf("o1", []string{"ecs"}, 3333, 3334, 1, 0), []coupon.ID{"card"},
		fresh("x1", "vm"), fresh("x2", "vm"), fresh("x3", "vm"), fresh("x4", "vm")))
	three := both(four, unsubscribes("lv1"), unsubscribes("lv2", resource("x2")), unsubscribes("lv3", resource("x3")))
	rounded := both(cash(10000), issued(cardOf("card", 4999)), provided(draftFor("o1", 10000), []coupon.ID{"card"}, fresh("x1", "vm")), changes("dg", becoming("small", 0)))
	run(t, []row{
		{name: "paid by cash and credit (P4)", given: []act{}, do: owing, want: "cash 0.00; credit -7.00"},
		{name: "400 in 300 : 700", given: []act{owing}, do: fails("a"), want: "cash 1.20; credit -4.20"},
		{name: "300 in 180 : 420", given: []act{owing, fails("a")}, do: fails("b"), want: "cash 2.10; credit -2.10"},
		{name: "all of it", given: []act{owing, fails("a"), fails("b")}, do: fails("c"), want: "cash 3.00; credit 0.00"},
		{name: "90 and 210, of which 120 are owed", given: []act{repaid(300)}, do: fails("b"), want: "cash 3.00; credit 0.00"},
		{name: "all of it, partly repaid", given: []act{repaid(300), fails("b")}, do: fails("c"), want: "cash 6.00; credit 0.00"},
		{name: "repaid: more in cash than cash gave", given: []act{repaid(420)}, do: fails("b"), want: "cash 4.20; credit 0.00"},
		{name: "all of it, repaid", given: []act{repaid(420), fails("b")}, do: fails("c"), want: "cash 7.20; credit 0.00"},
		{name: "credit that was repaid before comes back as cash (P4)", given: []act{credit(100000), ordered(draftFor("a", 1000)), paid(nil, "a"), has(payment.FundCredit, 1000)}, do: fails("a"), want: "a is refunded; cash 10.00; credit 0.00"},

		{name: "a card after a downgrade", given: []act{cardDowngraded, later(day)}, do: unsubscribes("lv"), want: "card available 498.39"}, // less a day of the cheaper product
		{name: "nothing is promised to a coupon of a single use", given: []act{single}, do: quotes(), want: "back 50.00; back of x1 to coupons []"},
		{name: "nothing comes back to it", given: []act{single, later(day)}, do: unsubscribes("lv"), want: "flexi used 0.00; cash 998.39"},
		{name: "the first of four lines", given: []act{four}, do: unsubscribes("lv1"), want: "x1 released true; x2 released false"},
		{name: "the last of four lines, in which no more comes back than was paid", given: []act{three}, do: unsubscribes("lv4", resource("x4")), want: "cash 1000.00; card available 33.33"},
		{name: "rounding gives no more than was paid", given: []act{rounded}, do: unsubscribes("lv"), want: "cash 100.00; card available 49.99"}, // of 50.01 in cash and 49.99 on a card half came back before
		{name: "a renewal completed with its resource is paid once", given: []act{cash(20000), bought("o1", "x1"), renewed("rn", "x1"), completes("rn/x1", changed("x1", func(*renewal.Resource) {}))}, do: unsubscribes("lv"), want: "cash 200.00"},
		{name: "a resource named twice", given: []act{cash(20000), bought("o1", "x1"), ordered(upgradeOf("up", 3000, "x1")), paid(nil, "up")}, do: completes("up", changed("x1", func(*renewal.Resource) {}), changed("x1", func(*renewal.Resource) {})), err: `resources[1].id "x1": is a duplicate`, want: "up is paid"},
	})
}

// returned is that the payment of an order says what has come back of it.
func returned(o order.ID, r payment.Return) act {
	return put("alter", "", func(_ *given, b *ledger.Tx) {
		for _, p := range b.Now.Payments {
			if p.Quote.Items[0].Order == o {
				p.Returns = append(slices.Clone(p.Returns), r)
				ledger.Put(b, ledger.Payments, p)
			}
		}
	})
}

// Q6: what the records of a payment say has come back of a resource comes back no more, also
// where the resource still has its period: a copy of it that somebody restored.
func TestQ6_WhatHasComeBack(t *testing.T) {
	card := func(n int64) []payment.CouponPart {
		return []payment.CouponPart{{Coupon: "card", Kind: coupon.KindCard, Amount: cents(n)}}
	}
	open := both(cash(20000), issued(cardOf("card", 3100)), provided(draftFor("o1", 9300), []coupon.ID{"card"}, fresh("x1", "vm")), bought("o2", "x2"))
	r1 := both(open, returned("o1", payment.Return{Refund: "r1", Order: "o1", Resource: "x1", Cash: cents(1200), Coupons: card(100)}))
	r2 := both(r1, returned("o1", payment.Return{Refund: "r2", Order: "o1", Cash: cents(200)}))
	r3 := both(r2, returned("o1", payment.Return{Refund: "r3", Order: "o1", Resource: "x9", Cash: cents(300), Coupons: card(300)}))
	ofAnother := becomes("x2", func(_ *given, x *renewal.Resource) error { x.Periods[0].Order = "o1"; return nil })
	run(t, []row{
		{name: "12.00 and 1.00 on the card", given: []act{r1}, do: quotes(), want: "back 50.00; back of 1 periods; back of x1 to coupons [card 30.00]", altered: true},
		{name: "2.00 of the order besides", given: []act{r2}, do: quotes(), want: "back 48.00; back of x1 to coupons [card 30.00]", altered: true},
		{name: "of another resource", given: []act{r3}, do: quotes(), want: "back 48.00; back of x1 to coupons [card 30.00]", altered: true},
		// Of the 78.00 that were left 46.50 came back, half of all that was paid; 31.50 are left of
		// the other half, in 48 : 30.
		{name: "half of what was paid, in 48 : 30", given: []act{r3}, do: changes("dg", becoming("small", 0)), want: "x1 period 0 from 2024-03-01 10:00:00 keeps [28.61 17.89]", altered: true},
		{name: "what is left of that", given: []act{r3, changes("dg", becoming("small", 0))}, do: quotes(), want: "back 19.38; back of x1 to coupons [card 12.12]", altered: true},
		{name: "a resource that its order did not provide", given: []act{open, ofAnother}, do: quotes(resource("x2")), err: `resource "x2": is not what order o1 provided`},
		{name: "lines of a payment that are not those of its order are passed over (P16)", given: []act{cash(100000), issued(cardOf("card", 1000)), provided(draftFor("o1", 10000), []coupon.ID{"card"}, fresh("x1", "vm")), otherLines}, do: quotes(), want: "back 90.00"},
	})
}

// otherLines lets payments speak of lines that their orders do not have.
var otherLines = put("alter", "", func(_ *given, b *ledger.Tx) {
	for _, p := range b.Now.Payments {
		p.Quote.Items = slices.Clone(p.Quote.Items)
		p.Quote.Items[0].Lines = [][]order.Money{{cents(400), cents(600)}}
		ledger.Put(b, ledger.Payments, p)
	}
})

// Q7: what waits for approval, and what cannot be left.
func TestQ7_ApprovalAndWhatIsKept(t *testing.T) {
	waiting := both(approving(1), cash(10000), bought("o1", "x1"), unsubscribes("lv"))
	trial := draftFor("o1", 0)
	trial.Type = order.TypeTrial
	renewal := both(approving(100), cash(20000), bought("o1", "x1"), renewed("rn", "x1"), unsubscribes("back", taking("rn/x1")), later(day))
	run(t, []row{
		{name: "it waits, and holds the resource", given: []act{}, do: waiting, want: `lv is pending approval; x1 in order "lv"; x1 released false; cash 0.00`},
		{name: "it is asked for again under another ID (O12)", given: []act{waiting}, do: unsubscribes("lv2"), err: "order lv2: resource x1 is in order lv, which is pending approval: pay or cancel that one first"},
		{name: "it is approved", given: []act{waiting}, do: approves("lv"), want: "lv is completed; x1 released true; cash 100.00"},
		{name: "it is approved twice (P13)", given: []act{waiting, approves("lv")}, do: approves("lv"), want: "lv is completed; cash 100.00"},
		{name: "it fails while it waits (P13)", given: []act{waiting}, do: fails("lv"), err: "order lv: fail refused while pending approval: order state does not allow this: load it again to see where it stands"},
		{name: "it fails once it is approved (P13)", given: []act{waiting, approves("lv")}, do: fails("lv"), err: "order lv: fail refused while completed: order state does not allow this: that is final: place a new order"},
		{name: "a renewal taken back is approved", given: []act{renewal}, do: approves("back"), want: `x1 has 1 periods; cash 100.00; x1 in order ""`},
		{name: "a downgrade is approved", given: []act{renewal, approves("back"), changes("dg", becoming("small", 0)), later(day)}, do: approves("dg"), want: `x1 is small; x1 in order ""`},
		{name: "what charged nothing is kept", given: []act{provided(draftFor("o1", 0), nil, fresh("x1", "vm"))}, do: quotes(), err: "resource x1: unsubscribe refused while in use: resource cannot be left: it was free: there is nothing to give back"},
		{name: "a trial is kept", given: []act{provided(trial, nil, fresh("x1", "vm"))}, do: quotes(), err: "resource x1: unsubscribe refused while in use: resource cannot be left: it is a trial"},
	})
}

// R10: what is bound to a resource is left with it.
func TestR10_WhatIsBoundIsLeftWithIt(t *testing.T) {
	tenDays := both(cash(15000), bought("o1", "x1"), disk(5000), later(10*day)) // 10 of 31 days: 67.74 and 33.87 come back
	renewedBoth := both(tenDays, renews("rn", "x1"), cash(15000), paid(nil, "rn/x1", "rn/x2"))
	own := func(f func(*renewal.Resource)) act {
		x := resourceOf("x2", "small")
		x.Main = "x1"
		f(&x)
		return both(cash(100000), bought("o1", "x1"), there(x))
	}
	adopted := own(func(*renewal.Resource) {})
	free := both(cash(100000), bought("o1", "x1"), disk(0))
	byUse := own(func(x *renewal.Resource) {
		x.Charge, x.Mode, x.Postpaid = order.ChargePayPerUse, renewal.ModeNone, start
	})
	withdrawn := own(func(x *renewal.Resource) { x.Withdrawn, x.Mode = true, renewal.ModeNone })
	main := resourceOf("x1", "vm")
	main.Expiry = main.Expiry.AddDate(1, 0, 0)
	gone := resourceOf("x2", "small")
	gone.Main, gone.Released = "x1", start.Add(40*day)
	upgrade := both(cash(15000), bought("o1", "x1"), disk(5000), ordered(upgradeOf("up", 100, "x2")))
	const left = "cash 1000.00; x1 released true; x2 released true"
	run(t, []row{
		{name: "both on their first day", given: []act{cash(90000), bought("o1", "x1"), disk(10000)}, do: unsubscribes("lv"), want: "cash 900.00; x2 released true"},
		{name: "the disk alone", given: []act{tenDays}, do: quotes(resource("x2")), err: "resource x2: unsubscribe refused while in use: resource cannot be left: it is left with its main resource"},
		{name: "review above 101.60", given: []act{tenDays, approving(10160)}, do: quotes(), want: "back 101.61; back of 2 periods; review true"},
		{name: "review above 101.61", given: []act{tenDays, approving(10161)}, do: quotes(), want: "back 101.61; back of 2 periods; review false"},
		{name: "review above 101.62", given: []act{tenDays, approving(10162)}, do: quotes(), want: "back 101.61; back of 2 periods; review false"},
		{name: "a cheaper main resource leaves the disk alone", given: []act{tenDays}, do: quotesChange(becoming("small", 0)), want: "back 33.87; back of 1 periods"},
		{name: "a renewal of the main resource alone is taken back", given: []act{renewedBoth}, do: quotes(taking("rn/x1")), want: "back 100.00; back of 1 periods"},

		{name: "what was paid for elsewhere is renewed too", given: []act{adopted}, do: renews("rn", "x1"), want: "rn/x1 is unpaid; rn/x2 is unpaid"},
		{name: "what was free is renewed too", given: []act{free}, do: renews("rn", "x1"), want: "rn/x1 is unpaid; rn/x2 is unpaid"},
		{name: "what is paid by use is not renewed", given: []act{byUse}, do: renews("rn", "x1"), want: `rn/x1 is unpaid; x2 in order ""`},
		{name: "what is sold no longer is not renewed", given: []act{withdrawn}, do: renews("rn", "x1"), want: `rn/x1 is unpaid; x2 in order ""`},
		{name: "what was paid for elsewhere is left with it", given: []act{adopted}, do: unsubscribes("lv"), want: left},
		{name: "what was free is left with it", given: []act{free}, do: unsubscribes("lv"), want: left},
		{name: "what is paid by use is left with it", given: []act{byUse}, do: unsubscribes("lv"), want: left},
		{name: "what is sold no longer is left with it", given: []act{withdrawn}, do: unsubscribes("lv"), want: left},
		{name: "what is gone keeps nobody from renewing", given: []act{there(main, gone), later(40 * day)}, do: renews("rn", "x1"), want: "rn/x1 is unpaid"},

		{name: "an order for the disk is open (O12)", given: []act{upgrade}, do: quotes(), err: "order lv: resource x2 is in order up, which is unpaid: pay or cancel that one first"},
		{name: "an order for the disk is past its deadline (O12)", given: []act{upgrade, later(8 * day)}, do: unsubscribes("lv"), want: "up is voided; x2 released true"},
	})
}
