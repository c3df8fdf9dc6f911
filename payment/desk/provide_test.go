package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// orderFor is an order of a type for a resource that there is.
func orderFor(id order.ID, typ order.Type, n int64, x order.ResourceID) order.Draft {
	d := draftFor(id, n)
	d.Type, d.Lines[0].Resource = typ, x
	return d
}

// upgradeOf is a draft that changes resources to something bigger.
func upgradeOf(id order.ID, amount int64, xs ...order.ResourceID) order.Draft {
	d := draftFor(id, amount)
	d.Type, d.Lines[0].Product, d.Lines[0].Term = order.TypeUpgrade, "big", order.Term{}
	line := d.Lines[0]
	d.Lines = nil
	for _, x := range xs {
		line.Resource = x
		d.Lines = append(d.Lines, line)
	}
	return d
}

// paidByUse is x1, which an order has made pay-per-use (R12).
func paidByUse() act {
	d := orderFor("ppu", order.TypeToPayPerUse, 0, "x1")
	d.Lines[0].Charge, d.Lines[0].Term = order.ChargePayPerUse, order.Term{}
	return both(ordered(d), completes("ppu", changed("x1", func(x *renewal.Resource) { x.Charge = order.ChargePayPerUse })))
}

func unchanged(id order.ResourceID) func(*given) renewal.Resource {
	return changed(id, func(*renewal.Resource) {})
}

// O3: an order makes a resource what was provided: another product, more time, a subscription.
func TestO3_WhatOrdersMakeOfResources(t *testing.T) {
	twoToUpgrade := both(costs("big", 20000), cash(30000), bought("o1", "x1"), bought("o2", "x2"), ordered(upgradeOf("up", 5000, "x1", "x2")), paid(nil, "up"))
	theirs := changed("x2", func(x *renewal.Resource) { x.Product, x.Customer = "big", "c2" })
	elsewhere := both(cash(30000), there(resourceOf("x3", "vm")), ordered(upgradeOf("up", 5000, "x3")), paid(nil, "up"))

	byUse := both(cash(40000), bought("o1", "x1"), paidByUse(), later(70*day), ordered(orderFor("sub", order.TypeToSubscription, 10000, "x1")), paid(nil, "sub"))
	untilJune := changed("x1", func(x *renewal.Resource) {
		x.Charge, x.Expiry = order.ChargeSubscription, time.Date(2024, 6, 10, 23, 59, 59, 0, time.UTC)
	})

	trial := both(provided(trialOf("o1"), nil, freshUntil("x1", 2024, 3, 10)))
	commercial := both(ordered(orderFor("com", order.TypeTrialToCommercial, 10000, "x1")), paid(nil, "com"))
	longer := orderFor("comp", order.TypeCompensation, 0, "x1")
	longer.Lines[0].Term = order.Term{N: 3, Unit: order.Day}
	compensation := both(cash(10000), bought("o1", "x1"), ordered(longer))
	run(t, []row{
		{name: "two are upgraded, and keep their time", given: []act{twoToUpgrade}, do: completes("up", enlarged("x1"), enlarged("x2")),
			want: `x1 is big; x1 until 2024-03-31 23:59:59; x1 changed by [up]; x1 in order ""; x2 is big; x2 until 2024-03-31 23:59:59; x2 changed by [up]; x2 in order ""`},
		{name: "the upgrade counts when one is left", given: []act{twoToUpgrade, completes("up", enlarged("x1"), enlarged("x2"))}, do: quotes(resource("x2")), want: "back 150.00"}, // bought and changed for 100.00 and 50.00
		{name: "an upgrade that fails changes nothing (O2)", given: []act{twoToUpgrade}, do: fails("up"), want: `up is refunded; x1 is vm; x1 until 2024-03-31 23:59:59; x1 has 1 periods; x1 in order ""; cash 100.00`},
		{name: "one is not the customer's", given: []act{twoToUpgrade}, do: completes("up", enlarged("x1"), theirs), err: `resources[1].customer "c2": is not the one whose order it is, c1`, want: "x1 is vm; up is paid"},
		{name: "what was paid for elsewhere is upgraded", given: []act{elsewhere}, do: completes("up", enlarged("x3")), want: "x3 is big; x3 changed by []; x3 has 0 periods"},

		{name: "paid by use (R12)", given: []act{cash(10000), bought("o1", "x1")}, do: paidByUse(), want: "x1 by pay-per-use, not renewed; x1 postpaid true; x1 stands in use"},
		{name: "a subscription without a new expiry", given: []act{byUse}, do: completes("sub", unchanged("x1")), err: `resources[0].expiry "2024-03-31 23:59:59 +00:00": is before the start, 2024-05-10 10:00:00 +00:00`, want: "sub is paid"},
		{name: "a subscription of what was paid by use", given: []act{byUse}, do: completes("sub", untilJune),
			want: "x1 by subscription, manual renewal; x1 postpaid false; x1 paid by [sub]; x1 period 0 from 2024-05-10 10:00:00 keeps []; x1 until 2024-06-10 23:59:59"},
		{name: "it is left at once", given: []act{byUse, completes("sub", untilJune)}, do: quotes(), want: "back 100.00"},

		{name: "a trial that is bought lasts on", given: []act{cash(10000), trial, commercial}, do: completes("com", until("x1", 2024, 4, 10)), want: "x1 until 2024-04-10 23:59:59; cash 0.00"},
		{name: "35 days later it is in grace", given: []act{cash(10000), trial, commercial, completes("com", until("x1", 2024, 4, 10))}, do: later(45 * day), want: "x1 stands grace period; x1 released false"},
		{name: "it gives back 26 of 31 days", given: []act{cash(10000), trial, commercial, completes("com", until("x1", 2024, 4, 10)), later(15 * day)}, do: unsubscribes("lv"), want: "cash 83.87"},
		{name: "a renewal of the trial counts too (Q6)", given: []act{cash(20000), trial, renewed("rn", "x1"), commercial, completes("com", until("x1", 2024, 5, 10))}, do: unsubscribes("lv"), want: "cash 200.00"},

		{name: "a compensation without more time", given: []act{compensation}, do: completes("comp", unchanged("x1")), err: `resources[0].expiry "2024-03-31 23:59:59 +00:00": is not after what it was, 2024-03-31 23:59:59 +00:00: a compensation gives time`, want: "comp is paid"},
		{name: "a compensation of three days", given: []act{compensation}, do: completes("comp", until("x1", 2024, 4, 3)), want: "x1 until 2024-04-03 23:59:59; x1 has 2 periods"},
		{name: "it gives back what was paid alone, 1 of 31 days", given: []act{compensation, completes("comp", until("x1", 2024, 4, 3)), later(30 * day)}, do: unsubscribes("lv"), want: "cash 3.23"},
	})
}

// O9: a cause that is not the customer's ends orders: at once where they are not paid, with
// their money back where they are being paid.
func TestO9_CausesOfOrders(t *testing.T) {
	renewalOf := func(typ order.Type) act {
		return both(cash(20000), bought("o1", "x1"), ordered(orderFor("ch", typ, 100, "x1")), paid(nil, "ch"), renews("rn", "x1"))
	}
	open := renewalOf(order.TypeChange)
	change := func(f func(*renewal.Resource)) act { return completes("ch", changed("x1", f)) }
	const canceled = `rn/x1 is canceled; rn/x1 because specification changed; x1 in order ""`
	whilePaying := both(cash(30000), bought("o1", "x1"), bought("o2", "x2"), renewed("r1", "x1"), unifies("r2", 1, 1, "x1", "x2"), charges(nil, "r2/x1", "r2/x2"), fails("r1/x1"))
	lastDay := both(cash(20000), bought("o1", "x1"), bought("o2", "x2"), unifies("rn", 1, renewal.LastDay, "x1", "x2"), charges(nil, "rn/x1", "rn/x2"),
		under(func(p *payment.Policy) { p.Renewal.UnifiedDays = renewal.Days28 }))
	both2 := both(cash(20000), bought("o1", "x1"), bought("o2", "x2"), renews("rn", "x1", "x2"), charges(nil, "rn/x1", "rn/x2"), cause("rn/x1", order.ReasonChargeTypeChanged), cause("rn/x2", order.ReasonChargeTypeChanged))
	run(t, []row{
		{name: "nothing is changed", given: []act{open}, do: change(func(*renewal.Resource) {}), want: "rn/x1 is unpaid"},
		{name: "another product", given: []act{open}, do: change(func(x *renewal.Resource) { x.Product = "big" }), want: canceled + "; x1 is big"},
		{name: "another service", given: []act{open}, do: change(func(x *renewal.Resource) { x.Service = "evs" }), want: canceled},
		{name: "another region", given: []act{open}, do: change(func(x *renewal.Resource) { x.Region = "south" }), want: canceled},
		{name: "another number", given: []act{open}, do: change(func(x *renewal.Resource) { x.Count = 2 }), want: canceled},

		{name: "the renewal fails that one of two extensions being paid was computed from (R6)", given: []act{whilePaying}, do: hears(payment.EventCaptured),
			want: `r2/x1 is refunding; r2/x1 because adjustment failed; r2/x2 is paid; x1 has 1 periods; x2 has 2 periods; x1 in order ""; x2 in order ""`},
		{name: "its money is back", given: []act{whilePaying, hears(payment.EventCaptured)}, do: givenBack(), want: "r2/x1 is refunded; r2/x2 is paid"},
		{name: "the policy has the day no more when the money comes", given: []act{lastDay}, do: hears(payment.EventCaptured),
			want: "rn/x1 because adjustment failed; rn/x2 because adjustment failed; x1 until 2024-03-31 23:59:59; x2 until 2024-03-31 23:59:59"},
		{name: "the money of both is back", given: []act{lastDay, hears(payment.EventCaptured)}, do: givenBack(), want: "rn/x1 is refunded; rn/x2 is refunded"},
		{name: "a cause for both of a purchase", given: []act{both2, hears(payment.EventCaptured)}, do: givenBack(), want: "rn/x1 is refunded; rn/x2 is refunded; x1 has 1 periods; x2 has 1 periods"},
	})
}

// givenBack lets the gateway give back what is to be refunded.
func givenBack() act {
	return func(g *given) error {
		for _, f := range g.s.All("c1").Refunds {
			if f.State == payment.RefundDone { // it needed no gateway
				continue
			}
			for _, e := range []payment.Event{payment.EventAsk, payment.EventCaptured} {
				_, change, err := g.all().HearRefund(f.ID, payment.RefundMove{Event: e, Why: string(e), Next: g.At.Add(time.Hour)})
				if err := g.commit(change, err); err != nil {
					return err
				}
			}
			g.move(g.payment(f.Payment), f.Cash.Neg())
		}
		return nil
	}
}
