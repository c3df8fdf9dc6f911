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
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
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
		"waits of a second":            {p{RetryAfter: []time.Duration{time.Second}}, ""},
		"waits of less":                {p{RetryAfter: []time.Duration{0}}, "waits[0]"},
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
