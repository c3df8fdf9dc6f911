package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// longTerms is a host that sells no single months.
type longTerms struct{ renewal.Prices }

func (p longTerms) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if t == oneMonth() {
		return order.Money{}, errors.New("is not sold")
	}
	return p.Prices.Price(r, t)
}

// months is a renewal of x1 for some months, to a day.
func months(n int, day renewal.UnifiedDay) act { return unifies("rn", n, day, "x1") }

// R7: a renewal to a unified day costs the whole term at its own price, and each odd day a
// thirtieth of the month (R6).
func TestR7_PriceOfARenewal(t *testing.T) {
	untilApril5 := both(costs("vm", 6000), cash(100000), provided(draftFor("o1", 6000), nil, freshUntil("x1", 2024, 4, 5)))
	pay := paid(nil, "rn/x1")
	wholeTerms := func(g *given) error { g.Prices = longTerms{g.price}; return nil }
	run(t, []row{
		{name: "15 odd days", given: []act{untilApril5}, do: months(1, 20), want: "rn/x1 costs 90.00"}, // 60.00 + 15 x 2.00
		{name: "15 odd days, paid", given: []act{untilApril5, months(1, 20)}, do: pay, want: "x1 until 2024-05-20 23:59:59"},
		{name: "no odd day", given: []act{untilApril5}, do: months(1, 5), want: "rn/x1 costs 60.00"},
		{name: "no odd day, paid", given: []act{untilApril5, months(1, 5)}, do: pay, want: "x1 until 2024-05-05 23:59:59"},
		{name: "one odd day", given: []act{untilApril5}, do: months(1, 6), want: "rn/x1 costs 62.00"},
		{name: "one odd day, paid", given: []act{untilApril5, months(1, 6)}, do: pay, want: "x1 until 2024-05-06 23:59:59"},
		{name: "two months and 15 odd days", given: []act{untilApril5}, do: months(2, 20), want: "rn/x1 costs 150.00"},
		{name: "two months and 15 odd days, paid", given: []act{untilApril5, months(2, 20)}, do: pay, want: "x1 until 2024-06-20 23:59:59"},
		{name: "no price of a month is asked for where there is no odd day", given: []act{cash(10000), bought("o1", "x1"), wholeTerms}, do: months(3, renewal.LastDay), want: "rn/x1 costs 300.00"},
		{name: "it is asked for where there is one", given: []act{cash(10000), bought("o1", "x1"), wholeTerms}, do: months(3, 1), err: "payment: price of x1 for 1 month: is not sold"},
		{name: "what was upgraded costs what it is now (O3)", given: []act{cash(100000), bought("o1", "x1"), upgraded(10000)}, do: months(1, 0), want: "rn/x1 costs 200.00"},
	})
}

// R6: an extension to a unified day is computed from an expiry, and is not sold once that has
// changed.
func TestR6_ExtensionToADay(t *testing.T) {
	adopted := there(resourceOf("x1", "vm"))
	server := both(cash(60000), bought("o1", "x1"))
	failed := both(server, renewed("r1", "x1"), unifies("r2", 1, 1, "x1"), fails("r1/x1")) // 100.00 up to 03-31, up to 04-30, 04-30 to 06-01
	longer := orderFor("comp", order.TypeCompensation, 0, "x1")
	longer.Lines[0].Term = order.Term{N: 3, Unit: order.Day}
	run(t, []row{
		{name: "the 28th", given: []act{adopted}, do: months(1, 28), want: "rn/x1 is unpaid"},
		{name: "the 29th is no unified day", given: []act{adopted}, do: months(1, 29), err: `day "29": is no unified day: give 1 to 28, or LastDay (R6)`},
		{name: "the renewal has failed that it was computed from (O9)", given: []act{}, do: failed, want: "x1 has 1 periods; r2/x1 is canceled; r2/x1 because adjustment failed"},
		{name: "it is not paid for then", given: []act{failed}, do: paid(nil, "r2/x1"), err: "refused: order state: order r2/x1: it is canceled: that is final: place a new order", want: "cash 500.00"},
		{name: "its resource was given other time (O9)", given: []act{server, ordered(longer), months(1, 15)}, do: completes("comp", changed("x1", func(x *renewal.Resource) { x.Expiry = x.Expiry.Add(3 * day) })),
			want: "rn/x1 is canceled; rn/x1 because adjustment failed; x1 until 2024-04-03 23:59:59"},
	})
}

// R1: what an order provides has the period that the order paid for, where it was bought by
// days, weeks, months or years.
func TestR1_PeriodOfTheOrder(t *testing.T) {
	by := func(u order.Unit) act {
		d := draftFor("a", 1000)
		d.Lines[0].Term.Unit = u
		return both(cash(1000), provided(d, nil, fresh("x1", "vm")))
	}
	run(t, []row{
		{name: "by the month", do: by(order.Month), want: "x1 paid by [a]; x1 period 0 of 1 month; x1 period 0 from 2024-03-01 10:00:00 keeps []"},
		{name: "by the year", do: by(order.Year), want: "x1 paid by [a]; x1 period 0 of 1 year"},
		{name: "by the day", do: by(order.Day), want: "x1 paid by [a]; x1 period 0 of 1 day"},
		{name: "by the hour", do: by(order.Hour), want: "x1 has 0 periods"},
	})
}

// R2: what was bought is what it is when the policy ends periods otherwise later: a renewal
// that was held is settled (P16).
func TestR2_AnotherEnding(t *testing.T) {
	ending := func(e renewal.Ending) act { return under(func(p *payment.Policy) { p.Renewal.Ending = e }) }
	midnight := func(*given) renewal.Resource {
		x := resourceOf("x1", "vm")
		x.Expiry = time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC)
		return x
	}
	run(t, []row{{name: "held before, captured after", given: []act{ending(renewal.NextMidnight), cash(100000), provided(draftFor("o1", 10000), nil, midnight), renewed("r1", "x1"),
		renews("r2", "x1"), charges(nil, "r2/x1"), ending(renewal.EndOfDay)}, do: hears(payment.EventCaptured), want: "payment succeeded of 100.00; x1 has 3 periods"}})
}

// R3, T2: what is provided keeps the clock time that it was bought at, also where its first
// expiry is moved on by summer time; before, every expiry after that was moved on too.
func TestR3_ProvidedWithTheClockThatWasBought(t *testing.T) {
	zone, err := time.LoadLocation("America/Asuncion")
	if err != nil {
		t.Fatal(err)
	}
	inZone := func(g *given) error {
		p := &g.Policy
		p.Zone, p.Renewal.Zone, p.Renewal.Ending = zone, zone, renewal.SameClock
		g.At = time.Date(2023, 9, 1, 0, 20, 0, 0, zone)
		return nil
	}
	server := func(g *given) renewal.Resource {
		x := resourceOf("x1", "vm")
		x.Start = time.Date(2023, 9, 1, 0, 30, 0, 0, zone)
		var err error
		if x.Expiry, err = renewal.First(x.Start, oneMonth(), g.Policy.Renewal); err != nil {
			g.t.Fatal(err)
		}
		return x
	}
	bought := both(inZone, cash(100000), provided(draftFor("o1", 10000), nil, server))
	run(t, []row{
		{name: "provided", do: bought, want: "x1 anchored on day 1 at 00:30:00; x1 until 2023-10-01 01:30:00"},
		{name: "renewed", given: []act{bought}, do: renewed("rn", "x1"), want: "x1 until 2023-11-01 00:30:00"},
	})
}

// P13: an ID of a renewal is used for one thing: the same day, term and resources.
func TestP13_RenewalsOfOneID(t *testing.T) {
	const taken = "refused: key of another request: renewal rn has been placed with other contents: use another ID"
	three := there(resourceOf("x1", "vm"), resourceOf("x2", "vm"), resourceOf("x3", "vm"), resourceOf("x4", "vm"))
	toADay := both(three, unifies("rn", 1, 1, "x1"))
	two := both(three, renews("rn", "x2", "x3"))
	second := both(three, unifies("rn", 6, 0, "x2"))
	run(t, []row{
		{name: "the same day again", given: []act{toADay}, do: months(1, 1), want: "1 orders are placed"},
		{name: "another day", given: []act{toADay}, do: months(1, 20), err: taken, want: "1 orders are placed"},
		{name: "the last day", given: []act{toADay}, do: months(1, renewal.LastDay), err: taken},
		{name: "another term to the day", given: []act{toADay}, do: months(11, 1), err: taken},
		{name: "no day", given: []act{toADay}, do: months(1, 0), err: taken},
		{name: "another resource to the day", given: []act{toADay}, do: unifies("rn", 1, 1, "x2"), err: taken},
		{name: "another ID, while it is in an order (O12)", given: []act{toADay}, do: unifies("un", 1, 15, "x1"), err: "order un/x1: resource x1 is in order rn/x1, which is unpaid: pay or cancel that one first"},

		{name: "the same two", given: []act{two}, do: renews("rn", "x2", "x3"), want: "2 orders are placed"},
		{name: "the same two in another order", given: []act{two}, do: renews("rn", "x3", "x2"), want: "2 orders are placed"},
		{name: "one of two", given: []act{two}, do: renews("rn", "x2"), err: taken},
		{name: "one more", given: []act{two}, do: renews("rn", "x2", "x3", "x1"), err: taken},
		{name: "another one first", given: []act{two}, do: renews("rn", "x1", "x2"), err: taken},
		{name: "another one last", given: []act{two}, do: renews("rn", "x2", "x1"), err: taken},
		{name: "two others", given: []act{two}, do: renews("rn", "x1", "x4"), err: taken},
		{name: "another term of two", given: []act{two}, do: unifies("rn", 2, 0, "x2", "x3"), err: taken},
		{name: "two to a day", given: []act{two}, do: unifies("rn", 1, 15, "x2", "x3"), err: taken},

		{name: "one more, named first", given: []act{second}, do: unifies("rn", 6, 0, "x1", "x2"), err: taken},
		{name: "the same when the policy has its term no more", given: []act{second, under(func(p *payment.Policy) {
			p.Renewal.Terms = []renewal.Sold{{Unit: renewal.Month, Counts: []int{1, 2, 3}}}
		})}, do: unifies("rn", 6, 0, "x2"), want: "1 orders are placed"},
	})
}
