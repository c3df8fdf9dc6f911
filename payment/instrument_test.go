package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// What cannot be asked of an instrument is refused, and what was named stands in no error (P19).
func TestP19_InstrumentBadInput(t *testing.T) {
	const secret = "secret"
	long := order.Opaque(strings.Repeat(secret, 11))
	request := func(change func(*payment.Request)) func() error {
		r := payment.Request{Key: "k", Customer: "c-7", Orders: []order.ID{"o1"}, Method: payment.MethodOnline}
		change(&r)
		return r.Check
	}
	customer := func(i order.Opaque) func() error { return payment.Customer{ID: "c-7", Instrument: i}.Check }
	policy := func(p payment.Policy) func() error { return p.Check }
	for _, x := range []struct {
		name  string
		check func() error
		field string // empty: it is valid
	}{
		{"64 bytes", request(func(r *payment.Request) { r.Instrument = long[:64] }), ""},
		{"65 bytes", request(func(r *payment.Request) { r.Instrument = long[:65] }), "instrument"},
		{"no text", request(func(r *payment.Request) { r.Instrument = secret + "\xff" }), "instrument"},
		{"from the balance", request(func(r *payment.Request) { r.Method, r.Instrument = payment.MethodBalance, secret }), "instrument"},
		{"on the bill", request(func(r *payment.Request) { r.Method, r.Instrument = payment.MethodMonthly, secret }), "instrument"},
		{"by no method", request(func(r *payment.Request) { r.Method, r.Instrument = "", secret }), "instrument"},
		{"kept", request(func(r *payment.Request) { r.Keep = true }), ""},
		{"kept, at a gateway", request(func(r *payment.Request) { r.Keep, r.Gateway = true, "cards" }), ""},
		{"kept from the balance", request(func(r *payment.Request) { r.Keep, r.Method = true, payment.MethodBalance }), "keep"},
		{"kept once more", request(func(r *payment.Request) { r.Keep, r.Instrument = true, secret }), "keep"},
		{"the customer's of 64 bytes", customer(long[:64]), ""},
		{"the customer's of 65 bytes", customer(long[:65]), "instrument"},
		{"the customer's is no text", customer(secret + "\xff"), "instrument"},
		{"a hold of half a second", policy(payment.Policy{HoldAbsent: time.Second / 2}), "holdAbsent"},
		{"a hold below zero", policy(payment.Policy{HoldAbsent: -time.Second}), "holdAbsent"},
		{"fewer than no tries", policy(payment.Policy{InstrumentTries: -1}), "instrumentTries"},
		{"fewer than no days", policy(payment.Policy{InstrumentDays: -1}), "instrumentDays"},
		{"366 days", policy(payment.Policy{InstrumentTries: 1, InstrumentDays: 366, HoldAbsent: time.Hour}), ""},
		{"367 days", policy(payment.Policy{InstrumentDays: 367}), "instrumentDays"},
	} {
		err := x.check()
		var f *order.FieldError
		switch {
		case x.field == "" && err != nil, x.field != "" && (!errors.As(err, &f) || f.Field != x.field):
			t.Errorf("%s: %v, want %q", x.name, err, x.field)
		case err != nil && strings.Contains(err.Error(), secret):
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// The request's instrument is charged, or else the customer's own at the customer's gateway (P19).
func TestP19_Charges(t *testing.T) {
	c := payment.Customer{ID: "c-7", Gateway: "cards", Instrument: "own"}
	for _, x := range []struct {
		request payment.Request
		at      string
		want    order.Opaque
	}{
		{payment.Request{}, "cards", "own"},
		{payment.Request{}, "wire", ""},
		{payment.Request{Instrument: "named"}, "cards", "named"},
		{payment.Request{Instrument: "named"}, "wire", "named"},
		{payment.Request{Keep: true}, "cards", ""},
	} {
		if got := c.Charges(&x.request, x.at); got != x.want {
			t.Errorf("%+v at %s: %q, want %q", x.request, x.at, string(got), string(x.want))
		}
	}
}

// How long a payment waits for a customer who was not there: as the policy says, 23 hours where it says
// nothing, and no longer than the gateway gives an action (P19).
func TestP19_WaitsAbsent(t *testing.T) {
	for _, x := range []struct{ hold, action, want time.Duration }{
		{0, 0, 23 * time.Hour},
		{0, 24 * time.Hour, 23 * time.Hour},
		{0, 23*time.Hour - time.Second, 23*time.Hour - time.Second},
		{time.Hour, 0, time.Hour},
		{time.Hour, time.Minute, time.Minute},
		{48 * time.Hour, 24 * time.Hour, 24 * time.Hour},
	} {
		if got := (&payment.Policy{HoldAbsent: x.hold}).WaitsAbsent(x.action); got != x.want {
			t.Errorf("hold %s, action %s: %s, want %s", x.hold, x.action, got, x.want)
		}
	}
}

// A gateway's action is waited for, once, of a payment that began while nobody was there, and of no
// other; once the gateway goes on, the next action is another one (P19).
func TestP19_ActionUntil(t *testing.T) {
	at := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	move := payment.PaymentMove{Event: payment.EventAction, At: at, Action: "https://bank.example", Until: at.Add(23 * time.Hour)}
	p := payment.Payment{State: payment.PaymentPending, Absent: true}
	once, _ := p.Apply(move)
	later := move
	later.Until = later.Until.Add(time.Hour)
	twice, _ := once.Apply(later)
	if !once.ActionUntil.Equal(move.Until) || !twice.ActionUntil.Equal(move.Until) {
		t.Errorf("%s, then %s", once.ActionUntil, twice.ActionUntil)
	}
	goes, _ := twice.Apply(payment.PaymentMove{Event: payment.EventProcessing, At: at})
	again, _ := goes.Apply(later)
	if !goes.ActionUntil.IsZero() || goes.Action != "" || !again.ActionUntil.Equal(later.Until) {
		t.Errorf("%s at %q, then %s", goes.ActionUntil, goes.Action, again.ActionUntil)
	}
	p.Absent = false
	if there, _ := p.Apply(move); !there.ActionUntil.IsZero() || there.Action == "" {
		t.Errorf("with the customer there: %s", there.ActionUntil)
	}
	p.Absent, p.State = true, payment.PaymentCanceling
	if given, _ := p.Apply(move); !given.ActionUntil.IsZero() {
		t.Errorf("given up: %s", given.ActionUntil)
	}
}
