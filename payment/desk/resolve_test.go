package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// givesBack is a gateway that counts what it is asked to give back, and answers as it is told.
type givesBack struct {
	*inmem.Gateway
	says func() (gateway.Outcome, error) // nil: it gives it back
	keys []string
}

func (g *givesBack) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.keys = append(g.keys, f.Key)
	if g.says != nil {
		return g.says()
	}
	return g.Gateway.Refund(ctx, f)
}

// owingHost has a refund of 10.00 that the gateway was asked for once.
func owingHost(t *testing.T, says func() (gateway.Outcome, error)) (*host, *givesBack) {
	r := newHost(t)
	r.g.Promises = gateway.Traits{Resend: day, Lookup: day, Flight: time.Minute}
	g := &givesBack{Gateway: r.g, says: says}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	r.move("a", order.EventFail)
	return r, g
}

func (r *host) refund() payment.Refund { return r.s.All("c1").Refunds[0] }

func (r *host) again() error {
	return r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "the account has money again", Refund: r.refund().ID, Decision: desk.DecisionAgain})
}

// What a gateway declined can be asked for again, at any time, as often as an operator says so: each
// time with another key, since a gateway answers a key that it has declined as before (P16).
func TestP16_AskedAgainAfterADecline(t *testing.T) {
	declines := func() (gateway.Outcome, error) {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "balance short"}, nil
	}
	r, g := owingHost(t, declines)
	for i := range 2 {
		r.clock.Move(2 * day)
		if f := r.refund(); f.State != payment.RefundReview || len(g.keys) != i+1 {
			t.Fatalf("%s, %q, asked %d times", f.State, f.Reason, len(g.keys))
		}
		r.must(r.again())
		r.sweep()
	}
	r.clock.Move(2 * day)
	g.says = nil
	r.must(r.again())
	r.sweep()
	if f := r.refund(); f.State != payment.RefundDone || len(g.keys) != 4 {
		t.Errorf("%s, %q, asked %d times", f.State, f.Reason, len(g.keys))
	}
	seen := make(map[string]bool)
	for _, key := range g.keys {
		if seen[key] || len(key) != len(g.keys[0]) {
			t.Errorf("asked with %s, after %v", key, seen)
		}
		seen[key] = true
	}
	if f := r.refund(); f.Key != g.keys[3] || f.Attempt != 3 {
		t.Errorf("attempt %d, with key %s", f.Attempt, f.Key)
	}
	r.nets(0)
	r.audit()
}

// While the gateway has not declined it a refund has one key, however often it is sent and an
// operator has it asked again: nothing comes back twice.
func TestP16_OneKeyUntilADecline(t *testing.T) {
	r, g := owingHost(t, func() (gateway.Outcome, error) {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Trade: "r1"}, nil
	})
	r.sweep()
	if f := r.refund(); f.State != payment.RefundReview {
		t.Fatalf("%s, %q", f.State, f.Reason)
	}
	g.says = func() (gateway.Outcome, error) { return gateway.Outcome{}, errors.New("no answer") }
	r.must(r.again())
	for range 3 {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	g.says = nil
	r.clock.Move(6 * time.Hour)
	r.sweep()
	for _, key := range g.keys {
		if key != g.keys[0] {
			t.Errorf("asked with %s and %s", g.keys[0], key)
		}
	}
	if f := r.refund(); f.State != payment.RefundDone || f.Attempt != 0 || len(g.keys) < 4 {
		t.Errorf("%s, attempt %d, asked %d times", f.State, f.Attempt, len(g.keys))
	}
}

// A refund that the gateway has not answered is never sent again once the key may be
// forgotten, not by an operator either: it is looked up, and who asks is told why (P16, I3).
func TestP16_RefundPastItsKey(t *testing.T) {
	silent := func() (gateway.Outcome, error) { return gateway.Outcome{}, errors.New("no answer") }
	otherwise := func() (gateway.Outcome, error) {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Trade: "r1"}, nil
	}
	for name, says := range map[string]func() (gateway.Outcome, error){"silent": silent, "in another amount": otherwise} {
		t.Run(name, func(t *testing.T) {
			r, g := owingHost(t, says)
			for range 20 {
				r.clock.Move(3 * time.Hour)
				r.sweep()
			}
			asked := len(g.keys)
			if f := r.refund(); f.State != payment.RefundReview || f.FirstSentAt.IsZero() || f.Reason == "" {
				t.Fatalf("%s, %q", f.State, f.Reason)
			}
			r.must(r.again())
			r.sweep()
			if f := r.refund(); len(g.keys) != asked || f.State != payment.RefundReview || f.Reason != neverSeen {
				t.Errorf("sent %d times more, %s, %q", len(g.keys)-asked, f.State, f.Reason)
			}
			r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen there", Refund: r.refund().ID, Decision: desk.DecisionSucceeded}))
			if f := r.refund(); f.State != payment.RefundDone || !f.ByHand {
				t.Errorf("%s, by hand: %t", f.State, f.ByHand)
			}
		})
	}
	t.Run("while the key lives", func(t *testing.T) {
		r, g := owingHost(t, otherwise)
		g.says = nil
		r.must(r.again())
		r.sweep()
		if f := r.refund(); f.State != payment.RefundDone {
			t.Errorf("%s, %q", f.State, f.Reason)
		}
	})
	t.Run("where nothing is given back", func(t *testing.T) {
		r := newHost(t)
		r.d.Gateways["g"] = inmem.Plain{Of: r.g}
		r.place("", draftFor("a", 1000))
		r.pay("k", payment.MethodOnline, nil, "a")
		r.move("a", order.EventFail)
		var no *order.FieldError
		if err := r.again(); !errors.As(err, &no) || no.Field != "decision" || r.refund().State != payment.RefundReview {
			t.Errorf("%v, it is %s", err, r.refund().State)
		}
		delete(r.d.Gateways, "g")
		if err := r.again(); !errors.As(err, &no) || no.Field != "gateway" {
			t.Errorf("%v", err)
		}
	})
}

// An operator's reason stays in the entry, whatever the record keeps of it; it has 1 to 500
// characters that print.
func TestP16_OperatorsReason(t *testing.T) {
	why := strings.Repeat("ä", 500)
	for _, decision := range []desk.Decision{desk.DecisionSucceeded, desk.DecisionFailed} {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: "?"} }
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: why, Payment: p.ID, Decision: decision, Trade: "t1"}))
		n := 0
		for _, e := range r.s.All("c1").Entries {
			if e.Step == "resolve" && e.By == "op" && e.Why == why {
				n++
			}
		}
		if p := r.payment(p.ID); n != 1 || !p.State.Final() || (p.Reason == why) != (decision == desk.DecisionFailed) {
			t.Errorf("%s: %s, %d entries say why, the payment %.20q", decision, p.State, n, p.Reason)
		}
	}
	x := desk.ResolveRequest{Customer: "c1", By: "op", Payment: "p", Decision: desk.DecisionFailed}
	for _, bad := range []string{"", " ", why + "ä", "a\nb", "\xff", " seen"} {
		x.Why = bad
		var no *order.FieldError
		if err := x.Check(); !errors.As(err, &no) || no.Field != "why" {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}
