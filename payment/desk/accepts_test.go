package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// least is a gateway that takes nothing below 50 cents: it says so beforehand if it can, and when
// it is asked.
type least struct {
	*inmem.Gateway
	charges int
}

func (g *least) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.charges++
	if c.Amount.Minor() < 50 {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "amount_too_small"}, nil
	}
	return g.Gateway.Charge(ctx, c)
}

type leastBefore struct{ *least }

func (leastBefore) Accepts(c gateway.Charge) error {
	if c.Amount.Minor() < 50 {
		return errors.New("at least 0.50 USD")
	}
	return nil
}

// P16: a certain refusal before anything was made ends the payment at once: it is asked once, and the
// order can be paid in another way.
func TestP16_RefusedAtOnce(t *testing.T) {
	r := newHost(t)
	g := &least{Gateway: r.g}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 49))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	if p.State != payment.PaymentFailed || p.Reason != "amount_too_small" || r.order("a").State != order.StateUnpaid {
		t.Errorf("%s, %q, the order is %s", p.State, p.Reason, r.order("a").State)
	}
	r.clock.Move(day)
	r.sweep()
	if g.charges != 1 {
		t.Errorf("it was asked %d times", g.charges)
	}
	r.audit()
}

// P4: what a gateway says beforehand that it never takes is refused by the quote, with its reason,
// and nothing is held: a cent below its least amount, and not at it.
func TestP4_WhatAGatewayAccepts(t *testing.T) {
	r := newHost(t)
	g := leastBefore{&least{Gateway: r.g}}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 49))
	r.place("", draftFor("b", 50))
	q := payment.Request{Key: "k", Customer: "c1", Orders: []order.ID{"a"}, Method: payment.MethodOnline}
	_, quoted := r.d.Quote(ctx, q)
	_, paid := r.d.Pay(ctx, q)
	for _, err := range []error{quoted, paid} {
		if !errors.Is(err, payment.ReasonMethod) || !strings.Contains(err.Error(), "at least 0.50 USD") {
			t.Errorf("%v", err)
		}
	}
	if g.charges > 0 || r.order("a").State != order.StateUnpaid || len(r.s.All("c1").Payments) > 0 {
		t.Errorf("asked %d times, the order is %s", g.charges, r.order("a").State)
	}
	if p := r.pay("k", payment.MethodOnline, nil, "b"); p.State != payment.PaymentSucceeded {
		t.Errorf("50 cents: %s", p.State)
	}
}

// P16: an action that is no https page is an answer that nothing is concluded from, and no case for an
// operator: the payment is looked up on, and ends as the gateway says next.
func TestP16_ActionNowhere(t *testing.T) {
	for _, action := range []string{"", "weixin://wxpay/bizpayurl?pr=a", "http://pay.example", "https://", "pi_1_secret_2"} {
		for _, x := range []struct {
			next gateway.Status
			want payment.PaymentState
		}{{gateway.StatusCaptured, payment.PaymentSucceeded}, {gateway.StatusDeclined, payment.PaymentFailed}} {
			r := newHost(t)
			out := gateway.Outcome{Status: gateway.StatusAction, Action: action}
			r.g.Answer = func(gateway.Charge) gateway.Outcome { return out }
			r.place("", draftFor("a", 1000))
			p := r.pay("k", payment.MethodOnline, nil, "a")
			if p.State != payment.PaymentPending || p.Action != "" {
				t.Errorf("%q: %s, at %q", action, p.State, p.Action)
			}
			if _, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); !errors.Is(err, payment.ErrHost) {
				t.Errorf("%q: a hint says %v", action, err)
			}
			out = gateway.Outcome{Status: x.next}
			r.clock.Move(10 * time.Minute)
			r.sweep()
			if p := r.payment(p.ID); p.State != x.want {
				t.Errorf("%q, then %s: %s, %q", action, x.next, p.State, p.Reason)
			}
			r.audit()
		}
	}
}
