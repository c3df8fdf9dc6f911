package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// told is a gateway without powers that says of each charge what it is told to.
type told struct {
	traits gateway.Traits
	says   func(gateway.Charge) gateway.Outcome
	looks  []time.Time
	now    func() time.Time
}

func (g *told) Traits() gateway.Traits { return g.traits }

func (g *told) Charge(context.Context, gateway.Charge) (gateway.Outcome, error) {
	return gateway.Outcome{}, errors.New("no answer")
}

func (g *told) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.looks = append(g.looks, g.now())
	return g.says(c), nil
}

// says answers with a status, whatever is asked about.
func says(s gateway.Status) func(gateway.Charge) gateway.Outcome {
	return func(c gateway.Charge) gateway.Outcome {
		switch s {
		case gateway.StatusCaptured:
			return gateway.Outcome{Status: s, Amount: c.Amount, Reference: c.Payment, Trade: "t1"}
		case gateway.StatusAction:
			return gateway.Outcome{Status: s, Action: "https://bank/1"}
		}
		return gateway.Outcome{Status: s}
	}
}

// toldHost has a payment of 10.00, pending.
func toldHost(t *testing.T, traits gateway.Traits, s gateway.Status) (*host, *told, payment.Payment) {
	r := newHost(t)
	g := &told{traits: traits, says: says(s), now: r.clock.Now}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	return r, g, r.pay("k", payment.MethodOnline, nil, "a")
}

// look moves the clock to when a payment is looked at next, and sweeps; false: it is not.
func (r *host) look(id order.PaymentID) bool {
	r.t.Helper()
	waits := r.payment(id).DueAt
	if waits.IsZero() {
		return false
	}
	r.clock.Move(waits.Sub(r.clock.Now()))
	if s, err := r.d.Sweep(ctx, 100); err != nil || s.Failed != 0 {
		r.t.Fatalf("%+v, %v", s, err)
	}
	return true
}

func (g *told) after() (ages []time.Duration) {
	for _, at := range g.looks {
		ages = append(ages, at.Sub(start))
	}
	return ages
}

// A gateway is asked after each wait, the last one too; then an operator is.
func TestP16_EveryWaitIsLookedUp(t *testing.T) {
	waits := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, day, day, day, day, day}
	for _, x := range []struct {
		policy, waits []time.Duration
	}{{nil, waits}, {waits[:1], waits[:1]}, {waits[:2], waits[:2]}} {
		for _, captured := range []bool{false, true} { // before the last look
			r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusProcessing)
			r.p.RetryAfter, r.p.Hold = x.policy, 30*day
			at := time.Duration(0)
			var want []time.Duration
			for _, wait := range x.waits {
				at += wait
				want = append(want, at)
			}
			for range len(x.waits) - 1 {
				r.look(p.ID)
			}
			if s := r.payment(p.ID).State; s != payment.PaymentPending {
				t.Fatalf("%d waits: %s before the last look", len(x.waits), s)
			}
			end := payment.PaymentReview
			if captured {
				g.says, end = says(gateway.StatusCaptured), payment.PaymentSucceeded
			}
			r.look(p.ID)
			if s := r.payment(p.ID).State; s != end || !slices.Equal(g.after(), want) {
				t.Errorf("%d waits: %s after %v", len(x.waits), s, g.after())
			}
			if r.look(p.ID) {
				t.Errorf("%d waits: it is looked at again", len(x.waits))
			}
		}
	}
}

// What cannot be settled at the last look is for an operator too, and says why.
func TestP16_LastLookThatCannotSettleIsForAnOperator(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusProcessing)
	r.p.RetryAfter = []time.Duration{time.Second}
	g.says = says(gateway.StatusCaptured)
	s := &shakyStore{Store: r.s}
	s.commit = func(n int) error {
		if n == 2 { // claimed, and not settled
			return errStoreDown
		}
		return nil
	}
	r.d.Store = s
	r.clock.Move(time.Minute)
	swept, err := r.d.Sweep(ctx, 10)
	if p := r.payment(p.ID); err != nil || p.State != payment.PaymentReview || p.Reason == "" || swept.Failed != 1 || swept.Reviews != 1 {
		t.Errorf("%s, %q, %+v, %v", p.State, p.Reason, swept, err)
	}
}

// One look is made in the last second in which the gateway knows the key for certain, from the first
// time it was sent and from the last, of what is held and of what has ended: what was
// captured until then is found (I3).
func TestP16_LookedAtBeforeTheKeyDies(t *testing.T) {
	traits := gateway.Traits{Resend: 48 * time.Hour, Lookup: 48 * time.Hour, Flight: time.Minute}
	last := 48*time.Hour - time.Minute - time.Second
	t.Run("held", func(t *testing.T) {
		r, g, p := toldHost(t, traits, gateway.StatusProcessing)
		for range 9 {
			r.look(p.ID)
		}
		if !slices.Contains(g.after(), last) {
			t.Errorf("looked at after %v", g.after())
		}
	})
	t.Run("ended", func(t *testing.T) {
		r, g, p := toldHost(t, traits, gateway.StatusNotFound)
		_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		g.says = func(c gateway.Charge) gateway.Outcome {
			if r.clock.Now().Sub(start) < 40*time.Hour {
				return says(gateway.StatusNotFound)(c)
			}
			return says(gateway.StatusCaptured)(c)
		}
		for r.look(p.ID) {
		}
		p = r.payment(p.ID)
		if p.State != payment.PaymentCanceled || p.LateCapture != cents(1000) || g.after()[len(g.looks)-1] != last {
			t.Errorf("%s, %s late, looked at after %v", p.State, p.LateCapture, g.after())
		}
		if f := r.s.All("c1").Refunds; len(f) != 1 || f[0].Cash != cents(1000) {
			t.Errorf("%+v", f)
		}
	})
	t.Run("ended, sent twice, and the waits are used up before", func(t *testing.T) {
		r, g, p := toldHost(t, traits, gateway.StatusNotFound)
		r.p.RetryAfter = []time.Duration{10 * time.Minute, 20 * time.Minute, time.Hour}
		for r.look(p.ID) {
		}
		p = r.payment(p.ID)
		ages, again := g.after(), p.LastSentAt.Sub(start)
		if p.State != payment.PaymentCanceled || again <= 0 || !slices.Contains(ages, last) || ages[len(ages)-1] != again+last {
			t.Errorf("%s, last sent after %s, looked at after %v", p.State, again, ages)
		}
	})
	t.Run("ended, and known for ever", func(t *testing.T) {
		r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusNotFound)
		for range 100 {
			r.look(p.ID)
		}
		if p = r.payment(p.ID); p.State != payment.PaymentCanceled || !p.DueAt.IsZero() || len(g.looks) < 11 {
			t.Errorf("%s, waits until %s, looked at after %v", p.State, p.DueAt, g.after())
		}
	})
}

// ended sweeps every minute until a payment has ended, for two hours at most, and says when.
func (r *host) ended(id order.PaymentID) time.Duration {
	r.t.Helper()
	for range 120 {
		if r.payment(id).State.Final() {
			break
		}
		r.clock.Move(time.Minute)
		r.sweep()
	}
	return r.clock.Now().Sub(start)
}

// Where a gateway cannot cancel, an action of the customer is waited out to the minute, also
// one that was first seen when the payment was canceled already: then it has to be open, or
// not there, twice (P16).
func TestP16_ActionWaitedOut(t *testing.T) {
	traits := gateway.Traits{Flight: time.Minute, Action: time.Hour}
	for name, seen := range map[string]time.Duration{"seen before": 0, "seen while canceling": 3 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			r, g, p := toldHost(t, traits, gateway.StatusAction)
			r.p.RetryAfter = slices.Repeat([]time.Duration{time.Minute}, 1000)
			if seen > 0 {
				g.says = says(gateway.StatusNotFound)
			}
			_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
			r.must(err)
			r.clock.Move(seen)
			r.sweep() // not found once, where it is not seen before
			g.says = says(gateway.StatusAction)
			r.sweep()
			// 61 minutes are over after 62, and a minute later it is still so.
			if at := r.ended(p.ID); at != 63*time.Minute || r.payment(p.ID).State != payment.PaymentCanceled || r.order("a").State != order.StateUnpaid {
				t.Errorf("%s after %s, order %s", r.payment(p.ID).State, at, r.order("a").State)
			}
			if p := r.payment(p.ID); !p.ActionPossible || p.Action != "" {
				t.Errorf("acts: %t, at %q", p.ActionPossible, p.Action)
			}
			r.audit()
		})
	}
}

// "Not found" counts from the last time that the charge was seen, and twice only where it was
// said twice, apart.
func TestP16_NotFoundTwiceApart(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{Flight: time.Second}, gateway.StatusNotFound)
	_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	r.must(err)
	state := func() payment.PaymentState { return r.payment(p.ID).State }
	r.clock.Move(time.Minute)
	for range 3 {
		r.sweep()
	}
	if state() != payment.PaymentCanceling {
		t.Fatalf("swept in one second: %s", state())
	}
	for _, s := range []gateway.Status{gateway.StatusProcessing, gateway.StatusNotFound} {
		g.says = says(s)
		r.clock.Move(10 * time.Minute)
		r.sweep()
		if absent := !r.payment(p.ID).NotFoundSince.IsZero(); state() != payment.PaymentCanceling || absent != (s == gateway.StatusNotFound) {
			t.Fatalf("%s: %s, absent: %t", s, state(), absent)
		}
	}
	r.clock.Move(time.Hour)
	r.sweep()
	if state() != payment.PaymentCanceled || r.order("a").State != order.StateUnpaid {
		t.Errorf("%s, order %s", state(), r.order("a").State)
	}
	r.audit()
}

// blind is a gateway that never gets a charge, and cancels none that it has not seen.
type blind struct{ *inmem.Gateway }

func (blind) Charge(context.Context, gateway.Charge) (gateway.Outcome, error) {
	return gateway.Outcome{}, errors.New("no route")
}

func (g blind) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return g.Lookup(ctx, c)
}

// A gateway that can cancel, and answers "not found", is waited out as one that cannot.
func TestP16_CancelNotFound(t *testing.T) {
	r := newHost(t)
	r.g.Promises.Flight = 10 * time.Minute
	r.d.Gateways["g"] = blind{r.g}
	r.p.RetryAfter = slices.Repeat([]time.Duration{time.Minute}, 1000)
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	r.must(err)
	if at := r.ended(p.ID); at != 12*time.Minute || r.payment(p.ID).State != payment.PaymentCanceled || r.order("a").State != order.StateUnpaid {
		t.Errorf("%s after %s, order %s", r.payment(p.ID).State, at, r.order("a").State)
	}
	r.audit()
}

// A payment that an operator has failed is looked at when its gateway must have decided, also long after
// the waits, and what it has captured by then goes back (P16, I3).
func TestP16_LateWhileItSettles(t *testing.T) {
	const settle = 60 * 24 * time.Hour
	r, g, p := toldHost(t, gateway.Traits{Flight: time.Minute, Settle: settle}, gateway.StatusProcessing)
	g.says = func(c gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: "sold"} }
	_, err := r.d.Payment(ctx, "c1", p.ID)
	for err == nil && r.payment(p.ID).State == payment.PaymentPending && r.look(p.ID) {
	}
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "the bank has not seen it", Payment: p.ID, Decision: desk.DecisionFailed}))
	decided := p.LastSentAt.Add(time.Minute + settle + time.Second)
	g.says = func(c gateway.Charge) gateway.Outcome {
		if s := gateway.StatusProcessing; r.clock.Now().Before(decided) {
			return says(s)(c)
		}
		return says(gateway.StatusCaptured)(c)
	}
	for r.look(p.ID) {
	}
	if last := g.looks[len(g.looks)-1]; !last.Equal(decided) || r.payment(p.ID).LateCapture != cents(1000) {
		t.Errorf("looked at last %s, when %s was captured; it was decided %s", order.Stamp(last), r.payment(p.ID).LateCapture, order.Stamp(decided))
	}
}
