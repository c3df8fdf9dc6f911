package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// sayings is a gateway that says what it is told to, instead of what it knows.
type sayings struct {
	*inmem.Gateway
	lookup, refund *gateway.Outcome
}

func (g *sayings) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if g.lookup != nil {
		return *g.lookup, nil
	}
	return g.Gateway.Lookup(ctx, c)
}

func (g *sayings) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if g.refund != nil {
		return *g.refund, nil
	}
	return g.Gateway.Refund(ctx, f)
}

func (g *sayings) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if g.refund != nil {
		return *g.refund, nil
	}
	return g.Gateway.LookupRefund(ctx, f)
}

func sayingHost(t *testing.T) (*host, *sayings) {
	r := newHost(t)
	g := &sayings{Gateway: r.g}
	r.d.Gateways["g"] = g
	return r, g
}

func (r *host) hint(p payment.Payment) payment.Payment {
	r.t.Helper()
	p, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
	r.must(err)
	return p
}

// refunds checks the cash part, state and reason of every refund there is.
func (r *host) refunds(want ...payment.Refund) {
	r.t.Helper()
	got := r.s.All("c1").Refunds
	if len(got) != len(want) {
		r.t.Fatalf("%d refunds, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i].Cash != want[i].Cash || got[i].State != want[i].State || got[i].Reason != want[i].Reason {
			r.t.Errorf("refund %d: %s, %s, %q, want %s, %s, %q", i, got[i].Cash, got[i].State, got[i].Reason, want[i].Cash, want[i].State, want[i].Reason)
		}
	}
}

// failedPayment is a payment of 10.00 that a gateway was asked for, and that has ended
// without its money, while the gateway still knows its key.
func failedPayment(t *testing.T) (*host, *sayings, payment.Payment) {
	r, g := sayingHost(t)
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusDeclined} }
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	if o := r.order("a"); p.State != payment.PaymentFailed || o.State != order.StateUnpaid {
		t.Fatalf("payment %s, order %s", p.State, o.State)
	}
	return r, g, p
}

// Money that comes for a payment which has ended without it goes back, once, in the amount
// that came; an amount that was not asked for is for an operator (I2, I3).
func TestI3_LateMoney(t *testing.T) {
	captured := func(cents int64) *gateway.Outcome {
		return &gateway.Outcome{Status: gateway.StatusCaptured, Amount: order.Minor(cents, order.USD), Trade: "t1"}
	}
	t.Run("as asked for", func(t *testing.T) {
		r, g, p := failedPayment(t)
		g.lookup = captured(1000)
		g.lookup.Reference = p.ID
		g.refund = captured(1000)
		for range 2 {
			if p = r.hint(p); p.State != payment.PaymentFailed || p.LateCapture != cents(1000) {
				t.Errorf("payment %s, %s late", p.State, p.LateCapture)
			}
		}
		r.sweep()
		r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundDone})
		if o := r.order("a"); o.State != order.StateUnpaid {
			t.Errorf("order %s", o.State)
		}
	})
	t.Run("another amount", func(t *testing.T) {
		r, g, p := failedPayment(t)
		g.lookup = captured(999)
		r.hint(p)
		p = r.hint(p)
		if p.LateCapture != cents(999) {
			t.Errorf("%s late", p.LateCapture)
		}
		r.sweep()
		f := r.s.All("c1").Refunds
		if len(f) != 1 || f[0].State != payment.RefundReview || f[0].Cash != cents(999) || f[0].Reason == "" {
			t.Errorf("%+v", f)
		}
	})
	for name, out := range map[string]*gateway.Outcome{
		"nothing":             captured(0),
		"less than nothing":   captured(-1),
		"more than 18 digits": captured(1e18),
		"no status there is":  {Status: "done", Amount: cents(999)},
	} {
		t.Run(name, func(t *testing.T) {
			r, g, p := failedPayment(t)
			g.lookup = out
			if p = r.hint(p); p.LateCapture != (order.Money{}) || p.State != payment.PaymentFailed {
				t.Errorf("payment %s, %s late", p.State, p.LateCapture)
			}
			r.refunds()
		})
	}
	t.Run("of one that has succeeded", func(t *testing.T) {
		r, g := sayingHost(t)
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		g.lookup = captured(999)
		if p = r.hint(p); p.State != payment.PaymentSucceeded || p.LateCapture != (order.Money{}) {
			t.Errorf("payment %s, %s late", p.State, p.LateCapture)
		}
		r.refunds()
		r.audit()
	})
	t.Run("of one that is pending", func(t *testing.T) {
		r, g := sayingHost(t)
		r.undecided()
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		g.lookup = captured(999)
		if p = r.hint(p); p.State != payment.PaymentReview || p.LateCapture != (order.Money{}) || p.Reason == "" {
			t.Errorf("payment %s, %s late, %q", p.State, p.LateCapture, p.Reason)
		}
		if o := r.order("a"); o.State != order.StatePaying {
			t.Errorf("order %s: everything stays held", o.State)
		}
	})
}

// A customer who is to act at the gateway is sent where it said last.
func TestP16_ActionMoves(t *testing.T) {
	r, g := sayingHost(t)
	act := func(url string) *gateway.Outcome { return &gateway.Outcome{Status: gateway.StatusAction, Action: url} }
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return *act("https://bank/1") }
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	if p.Action != "https://bank/1" || !p.ActionPossible {
		t.Fatalf("%q", p.Action)
	}
	version := r.s.All("c1").Payments[0].Version
	r.hint(p)
	if v := r.s.All("c1").Payments[0].Version; v != version {
		t.Errorf("the same was said, and the payment went from version %d to %d", version, v)
	}
	g.lookup = act("https://bank/2")
	if p = r.hint(p); p.Action != "https://bank/2" || p.State != payment.PaymentPending {
		t.Errorf("%s, %q", p.State, p.Action)
	}
	g.lookup = nil
	p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	if err != nil || p.State != payment.PaymentCanceled || p.Action != "" {
		t.Errorf("%s, %q, %v", p.State, p.Action, err)
	}
	version = r.s.All("c1").Payments[0].Version
	again, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	if v := r.s.All("c1").Payments[0].Version; err != nil || again.State != payment.PaymentCanceled || v != version {
		t.Errorf("canceled twice: %s, version %d after %d, %v", again.State, v, version, err)
	}
	if o := r.order("a"); o.State != order.StateUnpaid {
		t.Errorf("order %s", o.State)
	}
	r.audit()
}

// A payment whose gateway is no longer among the Desk's waits for it, canceled or not.
func TestP16_GatewayThatIsGone(t *testing.T) {
	r := newHost(t)
	r.undecided()
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	delete(r.d.Gateways, "g")
	if p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID}); err != nil || p.State != payment.PaymentCanceling {
		t.Errorf("%s, %v", p.State, err)
	}
	r.d.Gateways["g"] = r.g
	r.clock.Move(time.Minute)
	r.sweep()
	if p, err := r.d.Payment(ctx, "c1", p.ID); err != nil || p.State != payment.PaymentCanceled {
		t.Errorf("%s, %v", p.State, err)
	}
	r.audit()
}

// A refund is done when the gateway gave just that back; what it declines, or gives in
// another amount, is for an operator, who says that it was given by hand or has it asked
// again (P16, I3).
func TestP16_RefundInReview(t *testing.T) {
	for name, out := range map[string]gateway.Outcome{
		"declined":           {Status: gateway.StatusDeclined, Text: "card closed"},
		"canceled":           {Status: gateway.StatusCanceled},
		"in another amount":  {Status: gateway.StatusCaptured, Amount: cents(999), Trade: "r1"},
		"in another country": {Status: gateway.StatusCaptured, Amount: order.Minor(1000, order.EUR), Trade: "r1"},
	} {
		for _, decision := range []desk.Decision{desk.DecisionSucceeded, desk.DecisionAgain} {
			t.Run(name+", "+string(decision), func(t *testing.T) {
				r, g := sayingHost(t)
				r.place("", draftFor("a", 1000))
				r.pay("k", payment.MethodOnline, nil, "a")
				g.refund = &out
				r.move("a", order.EventFail)
				r.sweep()
				f := r.s.All("c1").Refunds[0]
				if o := r.order("a"); f.State != payment.RefundReview || f.Reason == "" || o.State != order.StateRefunding {
					t.Fatalf("refund %s, %q, order %s", f.State, f.Reason, o.State)
				}
				g.refund = nil
				resolve := desk.ResolveRequest{Customer: "c1", By: "op", Why: "the bank was called", Refund: f.ID, Decision: decision}
				r.must(r.d.Resolve(ctx, resolve))
				r.sweep()
				r.must(r.d.Resolve(ctx, resolve)) // it is no longer in review
				f = r.s.All("c1").Refunds[0]
				if o := r.order("a"); f.State != payment.RefundDone || f.ByHand != (decision == desk.DecisionSucceeded) || o.State != order.StateRefunded {
					t.Errorf("refund %s, by hand: %t, order %s", f.State, f.ByHand, o.State)
				}
				r.audit()
			})
		}
	}
	t.Run("still on its way", func(t *testing.T) {
		r, g := sayingHost(t)
		r.place("", draftFor("a", 1000))
		r.pay("k", payment.MethodOnline, nil, "a")
		g.refund = &gateway.Outcome{Status: gateway.StatusProcessing}
		r.move("a", order.EventFail)
		r.sweep()
		if f := r.s.All("c1").Refunds[0]; f.State != payment.RefundSent {
			t.Errorf("refund %s", f.State)
		}
	})
}

// What an operator says was captured of a failed payment is not below zero.
func TestP11_ResolvingOfNothing(t *testing.T) {
	x := desk.ResolveRequest{Customer: "c1", By: "op", Why: "called", Payment: "p", Decision: desk.DecisionFailed}
	if err := x.Check(); err != nil {
		t.Error(err)
	}
	for cents, ok := range map[int64]bool{-1: false, 0: true, 1: true} {
		x.Captured = order.Minor(cents, order.USD)
		var f *order.FieldError
		if err := x.Check(); ok != (err == nil) || !ok && (!errors.As(err, &f) || f.Field != "captured") {
			t.Errorf("%s: %v", x.Captured, err)
		}
	}
}

// unknowing is a gateway that says of a charge which it is to cancel what it says of it
// otherwise.
type unknowing struct{ *told }

func (g unknowing) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return g.Lookup(ctx, c)
}

// A charge whose key the gateway may have forgotten is for an operator, also where the
// customer cancels it: nothing is released (I3).
func TestI3_CanceledAfterTheKey(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{Resend: 24 * time.Hour, Lookup: 24 * time.Hour, Flight: time.Minute}, gateway.StatusNotFound)
	r.d.Gateways["g"] = unknowing{g}
	r.clock.Move(25 * time.Hour)
	for range 2 {
		_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		r.clock.Move(5 * time.Second)
	}
	if s := r.payment(p.ID).State; s != payment.PaymentReview || r.order("a").State != order.StatePaying {
		t.Errorf("payment %s, order %s", s, r.order("a").State)
	}
}

// silent is a gateway that gives money back, and does not say so.
type silent struct {
	*told
	gave int64
	last time.Time
}

func (g *silent) Refund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if g.last.IsZero() || g.now().Sub(g.last) > g.traits.Resend {
		g.gave, g.last = g.gave+f.Amount.Minor(), g.now()
	}
	return gateway.Outcome{}, errors.New("no answer")
}

func (g *silent) LookupRefund(context.Context, gateway.Refund) (gateway.Outcome, error) {
	return gateway.Outcome{}, errors.New("no answer")
}

// Late money of which a refund has been sent goes back no second time, whatever the gateway
// says of the charge then (I3).
func TestI3_LateMoneyOnce(t *testing.T) {
	r := newHost(t)
	r.p.RetryAfter = []time.Duration{time.Second, time.Hour}
	g := &silent{told: &told{traits: gateway.Traits{Resend: 24 * time.Hour, Lookup: 24 * time.Hour, Flight: time.Second}, says: says(gateway.StatusDeclined), now: r.clock.Now}}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	p := r.hint(r.pay("k", payment.MethodOnline, nil, "a"))
	g.says = func(c gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Reference: c.Payment, Trade: "x"}
	}
	p = r.hint(p)
	again := func() {
		t.Helper()
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "so", Refund: r.s.All("c1").Refunds[0].ID, Decision: desk.DecisionAgain}))
	}
	again()
	r.sweep()
	for range 3 {
		r.clock.Move(2 * time.Hour)
		r.sweep()
	}
	r.clock.Move(17 * time.Hour)
	again()
	for range 3 { // its key is over, and nothing is found: for an operator
		r.clock.Move(2 * time.Hour)
		r.sweep()
	}
	if f := r.s.All("c1").Refunds[0]; f.State != payment.RefundReview || g.gave != 999 {
		t.Fatalf("%s, %d given back", f.State, g.gave)
	}
	g.says = says(gateway.StatusCaptured)
	r.hint(p)
	r.clock.Move(5 * time.Hour)
	r.sweep()
	if g.gave != 999 {
		t.Errorf("%d given back of 10.00", g.gave)
	}
}
