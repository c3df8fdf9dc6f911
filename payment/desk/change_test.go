package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

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

func bigger(r renewal.Resource) renewal.Resource {
	r.Product = "big"
	return r
}

// An order that changes resources makes each what was provided, and keeps its time; one
// that fails changes nothing, and gives back only what it took (O3, O2).
func TestO3_Changes(t *testing.T) {
	open := func(t *testing.T) *host {
		r := newHost(t)
		r.price["big"] = 20000
		r.deposit("d", payment.FundCash, 30000)
		r.bought("o1", "x1")
		r.bought("o2", "x2")
		r.place("", upgradeOf("up", 5000, "x1", "x2"))
		r.pay("k", payment.MethodBalance, nil, "up")
		return r
	}
	t.Run("both", func(t *testing.T) {
		r := open(t)
		before := r.res("x1")
		r.move("up", order.EventComplete, bigger(r.res("x1")), bigger(r.res("x2")))
		for _, id := range []order.ResourceID{"x1", "x2"} {
			x := r.res(id)
			if x.Product != "big" || !x.Expiry.Equal(before.Expiry) || len(x.Added) != 1 || x.Added[0].Order != "up" || x.Order != "" {
				t.Errorf("%+v", x)
			}
		}
		if back := r.quoteBack(left("lv", "x2", whole)); back.Total != cents(15000) {
			t.Errorf("of what was bought and changed for 100.00 and 50.00: %s", back.Total)
		}
		r.audit()
	})
	t.Run("failed", func(t *testing.T) {
		r := open(t)
		before := r.res("x1")
		o := r.move("up", order.EventFail)
		if x := r.res("x1"); o.State != order.StateRefunded || !x.Expiry.Equal(before.Expiry) || x.Product != "vm" || len(x.Periods) != 1 || x.Order != "" {
			t.Errorf("order %s, %+v", o.State, x)
		}
		r.accounts("failed", 10000, 0)
		r.audit()
	})
	t.Run("one is not the customer's", func(t *testing.T) {
		r := open(t)
		theirs := bigger(r.res("x2"))
		theirs.Customer = "c2"
		_, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "up", Event: order.EventComplete, Resources: []renewal.Resource{bigger(r.res("x1")), theirs}})
		if !errors.Is(err, order.ErrInvalid) || r.res("x1").Product != "vm" || r.order("up").State != order.StatePaid {
			t.Errorf("%v, %s, %s", err, r.res("x1").Product, r.order("up").State)
		}
	})
	t.Run("adopted, whose payments are elsewhere", func(t *testing.T) {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 30000)
		r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf("x3", "vm")}))
		r.place("", upgradeOf("up", 5000, "x3"))
		r.pay("k", payment.MethodBalance, nil, "up")
		r.move("up", order.EventComplete, bigger(r.res("x3")))
		if x := r.res("x3"); x.Product != "big" || len(x.Added) != 0 || len(x.Periods) != 0 {
			t.Errorf("%+v", x)
		}
		r.audit()
	})
}

// A member that charged nothing is refunded at once where it cannot be provided, and only
// that member (O6).
func TestO6_FreeMemberFails(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 1000)
	free := draftFor("b", 0)
	free.Type = order.TypeTrial
	r.place("P", draftFor("a", 1000), free)
	r.pay("k", payment.MethodBalance, nil, "a", "b")
	o := r.move("b", order.EventFail)
	if a := r.order("a"); o.State != order.StateRefunded || a.State != order.StatePaid {
		t.Errorf("%s, beside %s", o.State, a.State)
	}
	r.accounts("failed", 0, 0)
	r.audit()
}

// What charged nothing is refunded without a refund (O2).
func TestO2_FreeOrderFails(t *testing.T) {
	r := newHost(t)
	free := func(id order.ID) order.Draft {
		d := draftFor(id, 0)
		d.Type = order.TypeTrial
		return d
	}
	r.place("", free("a"))
	r.place("P", free("b"), free("e"))
	for _, id := range []order.ID{"a", "b"} {
		if o := r.move(id, order.EventFail); o.State != order.StateRefunded || o.Payment != "" {
			t.Errorf("%s is %s", id, o.State)
		}
	}
	if o := r.order("e"); o.State != order.StatePaid {
		t.Errorf("beside one that failed: %s", o.State)
	}
	r.refunds()
	r.audit()
}

// What an order provides knows the period that the order paid for where it was bought by
// the month or the year (R1).
func TestR1_PeriodOfTheOrder(t *testing.T) {
	for unit, periods := range map[order.Unit]int{order.Month: 1, order.Year: 1, order.Day: 0} {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 1000)
		d := draftFor("a", 1000)
		d.Lines[0].Term.Unit = unit
		r.place("", d)
		r.pay("k", payment.MethodBalance, nil, "a")
		r.move("a", order.EventComplete, resourceOf("x1", "vm"))
		if x := r.res("x1"); len(x.Periods) != periods || periods > 0 && (x.Periods[0].Order != "a" || x.Periods[0].Term.Unit != unit) {
			t.Errorf("by the %s: %+v", unit, x.Periods)
		}
	}
}

// A resource that renews itself is adopted as one whose renewal could be switched on (R5).
func TestR5_AdoptAutomatic(t *testing.T) {
	r := newHost(t)
	x := resourceOf("x1", "vm")
	x.Mode, x.Auto = renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), On: start}
	if err := r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: x}); !errors.Is(err, renewal.ErrMode) || r.res("x1").ID != "" {
		t.Errorf("the policy attempts none: %v", err)
	}
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}}
	r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: x}))
	if got := r.res("x1"); got.Mode != renewal.ModeAutomatic || got.Auto.Term != oneMonth() {
		t.Errorf("%+v", got)
	}
}

// Saying a move twice changes nothing; what was never a move of the order is refused (P13).
func TestP13_MovesSaidTwice(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 30000)
	confirm := draftFor("a", 1000)
	confirm.Confirm, confirm.Review = true, true
	r.place("", confirm)
	twice := func(id order.ID, e order.Event, want order.State) {
		t.Helper()
		for range 2 {
			o, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: e})
			if err != nil || o.State != want {
				t.Errorf("%s of %s: %s, %v", e, id, o.State, err)
			}
		}
	}
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "a", Event: order.EventApprove}); err == nil {
		t.Error("approved before it is confirmed")
	}
	r.move("a", order.EventConfirm)
	r.move("a", order.EventApprove)
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "a", Event: order.EventApprove}); err != nil {
		t.Errorf("approved twice: %v", err)
	}
	r.pay("k", payment.MethodBalance, nil, "a")
	twice("a", order.EventFail, order.StateRefunded)
	r.accounts("failed twice", 30000, 0)

	r.bought("o1", "x1")
	r.p.Renewal.Leaving.Approve = cents(1)
	r.leave(left("lv", "x1", whole))
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "lv", Event: order.EventFail}); err == nil {
		t.Error("what waits for approval cannot fail")
	}
	r.move("lv", order.EventApprove)
	if o, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "lv", Event: order.EventFail}); err == nil {
		t.Errorf("what gives money back cannot fail: %s", o.State)
	}
	r.audit()
}

// The same ID of a renewal is the same orders, and refused for anything else (P13).
func TestP13_RenewalsUnderOneID(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 30000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	renew := func(f func(x *desk.RenewRequest)) ([]order.Order, error) {
		x := desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1", "x2"}, Term: oneMonth()}
		f(&x)
		return r.d.Renew(ctx, x)
	}
	first, err := renew(func(*desk.RenewRequest) {})
	r.must(err)
	again, err := renew(func(*desk.RenewRequest) {})
	if err != nil || len(again) != 2 || again[0].ID != first[0].ID || again[1].ID != first[1].ID {
		t.Errorf("%v, %v", again, err)
	}
	unified, err := renew(func(x *desk.RenewRequest) { x.ID, x.Resources, x.Day = "un", []order.ResourceID{"x1"}, 15 })
	if err == nil {
		t.Errorf("in another order, and renewed: %v", unified)
	}
	for name, change := range map[string]func(x *desk.RenewRequest){
		"another term":  func(x *desk.RenewRequest) { x.Term.N = 2 },
		"to a day":      func(x *desk.RenewRequest) { x.Day = 15 },
		"one more":      func(x *desk.RenewRequest) { x.Resources = append(x.Resources, "x3") },
		"another first": func(x *desk.RenewRequest) { x.Resources = []order.ResourceID{"x1", "x3"} },
	} {
		r.bought(order.ID("o3"+name[:3]), order.ResourceID("x3"+name[:3]))
		var no *payment.Refusal
		if _, err := renew(change); !errors.As(err, &no) || no.Reason != payment.ReasonKey {
			t.Errorf("%s: %v", name, err)
		}
		r.deposit("more"+name, payment.FundCash, 10000)
	}
	r.audit()
}

// A renewal to a unified day costs the whole term at its own price, and each odd day a
// thirtieth of the month (R6, R7).
func TestR7_Unified(t *testing.T) {
	r := newHost(t)
	r.price["vm"] = 6000
	r.deposit("d", payment.FundCash, 100000)
	for _, x := range []struct {
		id     string
		months int
		day    renewal.UnifiedDay
		amount int64
		want   string
	}{
		{"15", 1, 20, 9000, "2024-05-20"}, // T: 60.00 + 15 x 2.00
		{"0", 1, 5, 6000, "2024-05-05"},
		{"1", 1, 6, 6200, "2024-05-06"},
		{"of two months 15", 2, 20, 15000, "2024-06-20"},
	} {
		id := order.ResourceID("x" + x.id)
		r.place("", draftFor(order.ID("o"+x.id), 6000))
		r.pay(payment.Key("p"+x.id), payment.MethodBalance, nil, order.ID("o"+x.id))
		res := resourceOf(id, "vm")
		res.Expiry = time.Date(2024, 4, 5, 23, 59, 59, 0, time.UTC)
		r.move(order.ID("o"+x.id), order.EventComplete, res)
		os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn" + x.id, Resources: []order.ResourceID{id}, Term: renewal.Term{N: x.months, Unit: renewal.Month}, Day: x.day})
		r.must(err)
		if os[0].Payable() != cents(x.amount) {
			t.Errorf("%s odd days: %s", x.id, os[0].Payable())
		}
		r.pay(payment.Key("k"+x.id), payment.MethodBalance, nil, os[0].ID)
		if got := r.res(id).Expiry.Format(time.DateOnly); got != x.want {
			t.Errorf("%s odd days: until %s", x.id, got)
		}
	}
	r.audit()
}

// An automatic renewal takes one cash coupon, and no other coupon (R5).
func TestR5_CashCouponsAlone(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}}
	r.deposit("d", payment.FundCash, 20000)
	r.issue(cardOf("card", 9000))
	flexi := cardOf("flexi", 8000)
	flexi.Kind = coupon.KindFlexi
	cash := cardOf("cash", 4000)
	cash.Kind, cash.Reusable = coupon.KindCash, false
	r.issue(flexi)
	r.issue(cash)
	r.bought("o1", "x1")
	_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: oneMonth()}})
	r.must(err)
	r.clock.Move(29 * day)
	r.sweep()
	if n := len(r.res("x1").Periods); n != 2 {
		t.Fatalf("%d periods", n)
	}
	r.accounts("renewed", 20000-10000-6000, 0)
	for id, state := range map[coupon.ID]coupon.State{"card": coupon.StateAvailable, "flexi": coupon.StateAvailable, "cash": coupon.StateUsed} {
		if c := r.coupon(id); c.State != state {
			t.Errorf("%s is %s", id, c.State)
		}
	}
	r.audit()
}

// A key is cut to what the gateway takes, from 16 characters on.
func TestP16_KeyLength(t *testing.T) {
	for length, ok := range map[int]bool{0: true, 1: false, 15: false, 16: true, 17: true, 64: true} {
		if err := (gateway.Traits{KeyLength: length}).Check(); (err == nil) != ok {
			t.Errorf("%d: %v", length, err)
		}
	}
	for length, want := range map[int]int{0: 32, 16: 16, 31: 31, 32: 32, 64: 32} {
		r := newHost(t)
		r.g.Promises.KeyLength = length
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		r.move("a", order.EventFail)
		r.sweep()
		f := r.s.All("c1").Refunds[0]
		if len(p.Key) != want || len(f.Key) != want || p.Key == f.Key || f.State != payment.RefundDone {
			t.Errorf("of up to %d: %q, and the refund %q is %s", length, p.Key, f.Key, f.State)
		}
	}
}

// What refuses for too little money says what is there in all: cash and credit (P4).
func TestP4_WhatIsThere(t *testing.T) {
	r := newHost(t)
	_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(500)})
	r.must(err)
	r.deposit("d", payment.FundCash, 300)
	r.place("", draftFor("a", 801))
	r.place("", draftFor("b", 800))
	var no *payment.Refusal
	_, err = r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance})
	if !errors.As(err, &no) || no.Reason != payment.ReasonBalance || no.Need != cents(801) || no.Have != cents(800) {
		t.Errorf("%v", err)
	}
	r.pay("k2", payment.MethodBalance, nil, "b")
	r.accounts("to the last cent", 0, -500)
	r.audit()
}

// While a bill is overdue nothing more is settled monthly, but what coupons pay whole (P6).
func TestP6_OverdueAndNothingToCharge(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.issue(cardOf("card", 1000))
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusDeclined} }
	r.place("", draftFor("a", 700))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.clock.Move(35 * day)
	r.sweep()
	r.place("", draftFor("b", 1000))
	var no *payment.Refusal
	if _, err := r.d.Pay(ctx, payment.Request{Key: "k2", Customer: "c1", By: "u", Orders: []order.ID{"b"}, Method: payment.MethodMonthly}); !errors.As(err, &no) || no.Reason != payment.ReasonMethod {
		t.Errorf("%v", err)
	}
	if p := r.pay("k3", payment.MethodMonthly, []coupon.ID{"card"}, "b"); p.State != payment.PaymentSucceeded || p.Quote.Sum.Cash.Sign() != 0 {
		t.Errorf("%s, %+v", p.State, p.Quote.Sum)
	}
}

// Months of bills, and times of a policy, at their bounds (P6, P11).
func TestP11_Bounds(t *testing.T) {
	for m, ok := range map[payment.Month]bool{"0001-01": true, "9998-12": true, "9999-01": false, "0000-12": false, "2024-13": false, "2024-1": false} {
		if err := m.Check(); (err == nil) != ok {
			t.Errorf("%s: %v", m, err)
		}
	}
	type p = payment.Policy
	for name, x := range map[string]struct {
		policy p
		field  string // "": sound
	}{
		"tries of a second":            {p{BillTries: []time.Duration{time.Second}}, ""},
		"tries of less":                {p{BillTries: []time.Duration{time.Hour, 999 * time.Millisecond}}, "billTries[1]"},
		"tries of a second and a half": {p{BillTries: []time.Duration{1500 * time.Millisecond}}, "billTries[0]"},
		"waits of a second":            {p{Waits: []time.Duration{time.Second}}, ""},
		"waits of less":                {p{Waits: []time.Duration{0}}, "waits[0]"},
		"a hold of 90 minutes":         {p{Hold: 90 * time.Minute}, ""},
		"a hold of half a second":      {p{Hold: time.Second / 2}, "hold"},
		"a hold below zero":            {p{Hold: -time.Second}, "hold"},
		"a reminder a day before":      {p{Remind: day}, ""},
		"a reminder below zero":        {p{Remind: -day}, "remind"},
		"conflicts below zero":         {p{Conflicts: -1}, "conflicts"},
		"a bill on the 28th":           {p{BillDay: 28}, ""},
		"30 orders":                    {p{MaxOrders: 30}, ""},
		"31 orders":                    {p{MaxOrders: 31}, "maxOrders"},
		"a bill on the 29th":           {p{BillDay: 29}, "billDay"},
	} {
		var f *order.FieldError
		if err := x.policy.Check(); (err == nil) != (x.field == "") || err != nil && (!errors.As(err, &f) || f.Field != x.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
