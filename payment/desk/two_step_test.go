package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// twoSteps is a gateway that the customer approves a charge at, and that captures it when it is
// charged again.
type twoSteps struct {
	of       *inmem.Gateway // keeps the books
	traits   gateway.Traits
	made     map[string]bool
	approved bool
	captured bool
	canceled bool
	charges  int
	handles  []string // as given with calls after the first answer
	lost     bool     // the first answer is
}

func (g *twoSteps) Traits() gateway.Traits { return g.traits }

func (g *twoSteps) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.charges++
	if g.made == nil {
		g.made = make(map[string]bool)
	} else {
		g.handles = append(g.handles, c.Handle)
	}
	g.made[c.Key] = true
	if !g.captured && g.approved && !g.canceled {
		g.captured = true
		_, _ = g.of.Charge(ctx, c)
	}
	if g.lost && g.charges == 1 {
		return gateway.Outcome{}, errors.New("no answer")
	}
	return g.outcome(c), nil
}

func (g *twoSteps) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.handles = append(g.handles, c.Handle)
	return g.outcome(c), nil
}

func (g *twoSteps) outcome(c gateway.Charge) gateway.Outcome {
	out := gateway.Outcome{Status: gateway.StatusNotFound}
	switch {
	case !g.made[c.Key]:
		return out
	case g.captured:
		out = gateway.Outcome{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: c.Payment, Trade: "t1", Fee: order.Minor(59, c.Amount.Currency())}
	case g.canceled:
		out = gateway.Outcome{Status: gateway.StatusCanceled}
	case g.approved:
		out = gateway.Outcome{Status: gateway.StatusReady}
	default:
		out = gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank/approve", Data: "pi_1_secret_2"}
	}
	out.Handle = "pi_1"
	return out
}

// cancels is twoSteps with the power to cancel.
type cancels struct{ *twoSteps }

func (g cancels) Cancel(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.canceled = !g.captured
	return g.outcome(c), nil
}

// awaiting has a payment of 10.00 that waits for the customer's approval.
func awaiting(t *testing.T, g *twoSteps) (*host, payment.Payment) {
	r := newHost(t)
	r.d.Gateways["g"], g.of = g, r.g
	r.place("", draftFor("a", 1000))
	return r, r.pay("k", payment.MethodOnline, nil, "a")
}

// What the customer has approved is charged again under its key, at the gateway's notification, when the
// payment is asked for, when it is paid again and by the sweep: captured, once.
func TestP16_TwoSteps(t *testing.T) {
	for name, look := range map[string]func(*host, payment.Payment){
		"hint": func(r *host, p payment.Payment) { r.hint(p) },
		"payment": func(r *host, p payment.Payment) {
			_, err := r.d.Payment(ctx, "c1", p.ID)
			r.must(err)
		},
		"pay":   func(r *host, _ payment.Payment) { r.pay("k", payment.MethodOnline, nil, "a") },
		"sweep": func(r *host, _ payment.Payment) { r.sweep() },
	} {
		t.Run(name, func(t *testing.T) {
			g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute, Action: time.Hour}}
			r, p := awaiting(t, g)
			if p.Action != "https://bank/approve" || g.charges != 1 {
				t.Fatalf("at %q, after %d charges", p.Action, g.charges)
			}
			g.approved = true
			r.clock.Move(10 * time.Minute)
			look(r, p)
			r.stands(p.ID, payment.PaymentSucceeded, "", order.StatePaid)
			look(r, p)
			if p = r.payment(p.ID); g.charges != 2 || p.Action != "" || p.Handle != "pi_1" || p.Fee != cents(59) {
				t.Errorf("%d charges, at %q, handle %q, fee %s", g.charges, p.Action, p.Handle, p.Fee)
			}
		})
	}
}

// Where this host stopped between the two steps the sweep takes the second.
func TestP16_TwoStepsTornApart(t *testing.T) {
	g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute}, lost: true}
	r, p := awaiting(t, g)
	g.approved = true
	r.clock.Move(10 * time.Second)
	r.sweep()
	r.stands(p.ID, payment.PaymentSucceeded, "", order.StatePaid)
	if g.charges != 2 {
		t.Errorf("%d charges", g.charges)
	}
}

// The second step is taken while the hold lasts and sending again is safe, to the last second. Then the
// sweep gives the payment up, cancels first, and takes the step no more; a caller who asks does neither.
func TestP16_SecondStepInTime(t *testing.T) {
	for _, x := range []struct {
		age    time.Duration
		resend time.Duration
		want   payment.PaymentState
		why    string
	}{
		{30*time.Minute - time.Second, day, payment.PaymentSucceeded, ""},
		{30 * time.Minute, day, payment.PaymentCanceled, "its hold has ended, and it has not been completed"},
		{10*time.Minute - time.Second, 11 * time.Minute, payment.PaymentSucceeded, ""},
		{10 * time.Minute, 11 * time.Minute, payment.PaymentCanceled, "it cannot safely be sent again, and it has not been completed"},
	} {
		g := &twoSteps{traits: gateway.Traits{Resend: x.resend, Flight: time.Minute, Action: time.Hour}}
		r, p := awaiting(t, g)
		r.d.Gateways["g"] = cancels{g}
		r.clock.Move(x.age)
		g.approved = true
		if x.want == payment.PaymentCanceled {
			if p = r.hint(p); p.State != payment.PaymentPending || g.charges > 1 {
				t.Errorf("after %s a hint: %s, %d charges", x.age, p.State, g.charges)
			}
		}
		r.sweep()
		if p = r.payment(p.ID); p.State != x.want || p.Reason != x.why || g.captured != (x.want == payment.PaymentSucceeded) {
			t.Errorf("after %s: %s, %q, captured: %t", x.age, p.State, p.Reason, g.captured)
		}
		r.audit()
	}
}

// A gateway that cannot cancel is waited out as with an action: the step is not taken any more, and what
// it does not take by itself is free once nothing can be on its way.
func TestP16_SecondStepWaitedOut(t *testing.T) {
	g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute, Action: time.Hour}}
	r, p := awaiting(t, g)
	r.clock.Move(31 * time.Minute)
	g.approved = true
	r.until(50 * time.Minute)
	r.stands(p.ID, payment.PaymentCanceling, "its hold has ended, and it has not been completed", order.StatePaying)
	r.until(2 * time.Hour)
	r.stands(p.ID, payment.PaymentCanceled, "its hold has ended, and it has not been completed", order.StateUnpaid)
	if g.charges != 1 {
		t.Errorf("%d charges", g.charges)
	}
}

// Who cancels a payment does not complete it by that, though it was approved.
func TestP16_CancelCompletesNothing(t *testing.T) {
	g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute, Action: time.Hour}}
	r, p := awaiting(t, g)
	r.d.Gateways["g"] = cancels{g}
	g.approved = true
	p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", Payment: p.ID})
	if err != nil || p.State != payment.PaymentCanceled || g.charges != 1 || g.captured {
		t.Errorf("%s, %d charges, captured: %t, %v", p.State, g.charges, g.captured, err)
	}
	r.audit()
}

// A payment in review is not completed by itself.
func TestP16_ReviewCompletesNothing(t *testing.T) {
	g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute, Action: time.Hour}}
	r, p := awaiting(t, g)
	r.d.Gateways["g"] = &told{traits: g.traits, now: r.clock.Now, says: func(c gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(900), Reference: c.Payment, Trade: "t1"}
	}}
	if p = r.hint(p); p.State != payment.PaymentReview {
		t.Fatal(p.State)
	}
	r.d.Gateways["g"] = g
	g.approved = true
	r.hint(p)
	r.sweep()
	if p = r.payment(p.ID); p.State != payment.PaymentReview || g.charges != 1 {
		t.Errorf("%s, %d charges", p.State, g.charges)
	}
}

// What the client's own code needs comes with each answer of the gateway, and is in no record; the
// gateway's own name of the charge is kept, and given with each later call.
func TestP16_DataIsPassedOn(t *testing.T) {
	g := &twoSteps{traits: gateway.Traits{Resend: day, Flight: time.Minute, Action: time.Hour}}
	r, p := awaiting(t, g)
	if p.Data != "pi_1_secret_2" {
		t.Errorf("paid: %q", string(p.Data))
	}
	if p, err := r.d.Payment(ctx, "c1", p.ID); err != nil || p.Data != "pi_1_secret_2" {
		t.Errorf("asked for: %q, %v", string(p.Data), err)
	}
	if p = r.pay("k", payment.MethodOnline, nil, "a"); p.Data != "pi_1_secret_2" {
		t.Errorf("paid again: %q", string(p.Data))
	}
	views, err := r.s.All("c1").Encode()
	r.must(err)
	if text, err := json.Marshal(views); err != nil || bytes.Contains(text, []byte("secret")) {
		t.Errorf("a record has it: %s, %v", text, err)
	}
	if p.Check() == nil {
		t.Error("a record may have it")
	}
	for _, handle := range g.handles {
		if handle != "pi_1" {
			t.Errorf("called with handle %q", handle)
		}
	}
	if len(g.handles) == 0 {
		t.Error("not called again")
	}
	g.approved = true
	if p = r.hint(p); p.State != payment.PaymentSucceeded || p.Data != "" {
		t.Errorf("once it is paid: %s, %q", p.State, string(p.Data))
	}
}

// An action may have data in place of a page, up to 4096 bytes of it.
func TestP16_ActionByData(t *testing.T) {
	for _, x := range []struct {
		out gateway.Outcome
		ok  bool
	}{
		{gateway.Outcome{Data: "weixin://wxpay/bizpayurl?pr=a"}, true},
		{gateway.Outcome{Data: order.Opaque(strings.Repeat("a", 4096))}, true},
		{gateway.Outcome{Data: order.Opaque(strings.Repeat("a", 4097))}, false},
		{gateway.Outcome{Data: "\xff"}, false},
		{gateway.Outcome{Data: "weixin://a", Action: "http://pay.example"}, false},
		{gateway.Outcome{Data: "weixin://a", Action: "https://pay.example"}, true},
	} {
		r := newHost(t)
		x.out.Status = gateway.StatusAction
		r.g.Answer = func(gateway.Charge) gateway.Outcome { return x.out }
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		if p.State != payment.PaymentPending || (p.Data == x.out.Data) != x.ok || p.ActionPossible != x.ok {
			t.Errorf("%d bytes at %q: %s, %d bytes, acts %t", len(x.out.Data), x.out.Action, p.State, len(p.Data), p.ActionPossible)
		}
		if _, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); (err == nil) != x.ok || err != nil && strings.Contains(err.Error(), "weixin") {
			t.Errorf("%d bytes at %q: a hint says %v", len(x.out.Data), x.out.Action, err)
		}
	}
}

// What a gateway says of its own name and fee is kept where it can be, and nothing is judged by it.
func TestP16_HandleAndFee(t *testing.T) {
	for _, x := range []struct {
		handle, kept string
		fee, keeps   order.Money
	}{
		{"pi_1", "pi_1", cents(59), cents(59)},
		{strings.Repeat("a", 255), strings.Repeat("a", 255), cents(0), cents(0)},
		{strings.Repeat("a", 256), "", cents(-1), order.Money{}},
		{"a\nb", "", order.Minor(3, order.EUR), order.Minor(3, order.EUR)},
	} {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Handle: x.handle, Fee: x.fee}
		}
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		if p.State != payment.PaymentSucceeded || p.Handle != x.kept || p.Fee != x.keeps {
			t.Errorf("%q, %s: %s, %q, %s", x.handle, x.fee, p.State, p.Handle, p.Fee)
		}
		r.audit()
	}
}

// The gateway's own name of a charge is kept from a first answer that decides nothing.
func TestP16_HandleOfAnOpenCharge(t *testing.T) {
	r, p, decide := slow(t, gateway.Traits{Resend: day, Flight: time.Minute, Settle: 20 * day})
	decide(gateway.Outcome{Status: gateway.StatusProcessing, Handle: "pi_1"})
	r.until(time.Hour)
	decide(gateway.Outcome{Status: gateway.StatusProcessing, Handle: "pi_2"})
	r.until(2 * time.Hour)
	if p = r.payment(p.ID); p.Handle != "pi_1" {
		t.Errorf("handle %q", p.Handle)
	}
}

// A host that has slept between the commit and the charge sends nothing that the gateway may no longer
// know the key of: until the last second it does.
func TestP16_SleptBeforeItSends(t *testing.T) {
	for _, x := range []struct {
		slept time.Duration
		sends bool
	}{{58*time.Minute + 59*time.Second, true}, {59 * time.Minute, false}, {2 * time.Hour, false}} {
		r := newHost(t)
		r.g.Promises = gateway.Traits{Resend: time.Hour, Flight: time.Minute}
		r.place("", draftFor("a", 1000))
		slow := &sleepsHere{Store: r.s, held: func() { r.clock.Move(x.slept) }}
		r.d.Store = slow
		p := r.pay("k", payment.MethodOnline, nil, "a")
		if sent := len(r.g.Ledger()) > 0; sent != x.sends || (p.State == payment.PaymentSucceeded) != x.sends {
			t.Errorf("slept for %s: sent %t, %s", x.slept, sent, p.State)
		}
	}
}

// It sends no refund either, to the same second.
func TestP16_SleptBeforeItGivesBack(t *testing.T) {
	for _, x := range []struct {
		slept time.Duration
		sends bool
	}{{58*time.Minute + 59*time.Second, true}, {59 * time.Minute, false}} {
		r := newHost(t)
		r.g.Promises = gateway.Traits{Resend: time.Hour, Flight: time.Minute}
		r.place("", draftFor("a", 1000))
		r.pay("k", payment.MethodOnline, nil, "a")
		r.d.Store = &sleepsHere{Store: r.s, held: func() { r.clock.Move(x.slept) }}
		r.move("a", order.EventFail)
		if sent := len(r.g.Ledger()) > 1; sent != x.sends || (r.order("a").State == order.StateRefunded) != x.sends {
			t.Errorf("slept for %s: sent %t, order %s", x.slept, sent, r.order("a").State)
		}
	}
}

// sleepsHere takes its time to answer the commit that holds a payment, or claims a refund.
type sleepsHere struct {
	ledger.Store
	held func()
}

func (s *sleepsHere) Commit(ctx context.Context, c ledger.Change) error {
	err := s.Store.Commit(ctx, c)
	holds := len(c.Put.Payments) > 0 && c.Put.Payments[0].State == payment.PaymentPending
	if claims := len(c.Put.Refunds) > 0 && c.Put.Refunds[0].State == payment.RefundSent; holds || claims {
		s.held()
	}
	return err
}
