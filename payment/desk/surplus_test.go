package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reviewed has a payment of 10.00 in review, of which the gateway captured another amount.
func reviewed(t *testing.T, captured order.Money) (*host, desk.ResolveRequest) {
	t.Helper()
	r := newHost(t)
	r.g.Answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: captured}
	}
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	if p.State != payment.PaymentReview || p.Captured != captured {
		t.Fatalf("%s, captured %s, want %s", p.State, p.Captured, captured)
	}
	return r, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen there", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "t1"}
}

// refuses resolves, is refused because of a field, and finds that nothing has changed.
func (r *host) refuses(x desk.ResolveRequest, name, advice string) {
	r.t.Helper()
	before, _ := r.s.All("c1").Encode()
	var no *order.FieldError
	if err := r.d.Resolve(ctx, x); !errors.As(err, &no) || no.Field != name || !strings.Contains(no.Reason, advice) {
		r.t.Errorf("%+v: %v, want %s: %s", x, err, name, advice)
	}
	after, _ := r.s.All("c1").Encode()
	if d := cmp.Diff(before, after); d != "" {
		r.t.Errorf("refused, and something has changed (-before +after):\n%s", d)
	}
}

// 100 times the amount was captured: the operator says where the rest goes, it was kept in
// silence, and the audit reported it for ever (P16, I3, I13).
func TestP16_SurplusIsNotKeptInSilence(t *testing.T) {
	t.Run("I3 not said where to, nothing changes", func(t *testing.T) {
		r, x := reviewed(t, cents(100000))
		r.refuses(x, "surplus", "say refund")
		x.Surplus = "keep"
		r.refuses(x, "surplus", "")
		x.Surplus, x.Captured = "", cents(5000) // not what the gateway says
		r.refuses(x, "surplus", "40.00")
	})
	t.Run("I3 more than a balance can hold", func(t *testing.T) {
		r, x := reviewed(t, cents(100000))
		if _, err := r.d.Deposit(ctx, desk.DepositRequest{ID: "d1", Customer: "c1", By: "op", Fund: payment.FundCash, Amount: cents(999_999_999_999_999_000)}); err != nil {
			t.Fatal(err)
		}
		x.Captured, x.Surplus = cents(100000), payment.SurplusBalance
		r.refuses(x, "surplus", "say refund")
	})
	t.Run("I3 it goes back", func(t *testing.T) {
		r, x := reviewed(t, cents(100000))
		x.Surplus = payment.SurplusRefund
		r.must(r.d.Resolve(ctx, x))
		p := r.payment(x.Payment)
		if p.State != payment.PaymentSucceeded || p.Captured != cents(100000) || p.Surplus != payment.SurplusRefund || p.Over() != cents(99000) || r.order("a").State != order.StatePaid {
			t.Errorf("%s, %s captured, %q, %s over", p.State, p.Captured, p.Surplus, p.Over())
		}
		r.audit() // also before it is back
		r.sweep()
		if f := r.s.All("c1").Refunds; len(f) != 1 || f[0].State != payment.RefundDone || f[0].Cash != cents(99000) || f[0].Trade != "t1" || f[0].Order != "" {
			t.Errorf("%+v", f)
		}
		r.nets(1000)
		r.audit()
		r.must(r.d.Resolve(ctx, x)) // it is no longer in review
		r.sweep()
		r.move("a", order.EventFail) // and what was paid comes back besides
		r.sweep()
		r.nets(0)
		r.audit()
	})
	t.Run("I13 it goes into the balance", func(t *testing.T) {
		r, x := reviewed(t, cents(100000))
		r.deposit("d1", payment.FundCash, 7)
		x.Surplus = payment.SurplusBalance
		r.must(r.d.Resolve(ctx, x))
		r.must(r.d.Resolve(ctx, x))
		r.sweep()
		if r.cash() != 99007 || len(r.s.All("c1").Refunds) != 0 {
			t.Errorf("%d in cash, %+v", r.cash(), r.s.All("c1").Refunds)
		}
		n := 0
		for _, e := range r.s.All("c1").Entries {
			for _, m := range e.Moves {
				if m.Kind == ledger.KindAccount && m.Amount == cents(99000) && e.Step == "resolve" && e.By == "op" && e.Why == x.Why {
					n++
				}
			}
		}
		if n != 1 {
			t.Errorf("%d entries tell of it", n)
		}
		r.nets(100000)
		r.audit()
		r.move("a", order.EventFail)
		r.sweep()
		r.nets(99000)
		r.audit()
	})
	t.Run("I3 a gateway that gives nothing back", func(t *testing.T) {
		r, x := reviewed(t, cents(1001))
		r.d.Gateways["g"] = inmem.Plain{Of: r.g}
		x.Surplus = payment.SurplusRefund
		r.must(r.d.Resolve(ctx, x))
		r.sweep()
		f := r.refund()
		if f.State != payment.RefundReview || f.Cash != cents(1) {
			t.Fatalf("%s, %s", f.State, f.Cash)
		}
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "in cash", Refund: f.ID, Decision: desk.DecisionSucceeded}))
		r.nets(1001)
		r.audit()
	})
	t.Run("I3 an operator who says more than the gateway said", func(t *testing.T) {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: "?"} }
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		x := desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "t1", Captured: cents(1500)}
		r.refuses(x, "surplus", "5.00")
		x.Surplus = payment.SurplusBalance
		r.must(r.d.Resolve(ctx, x))
		if r.cash() != 500 {
			t.Errorf("%d in cash", r.cash())
		}
	})
	t.Run("I3 nothing is over", func(t *testing.T) {
		r, x := reviewed(t, cents(1001))
		x.Captured, x.Surplus = cents(1000), payment.SurplusRefund
		r.refuses(x, "surplus", "leave it out")
		x.Surplus = ""
		r.must(r.d.Resolve(ctx, x))
		if p := r.payment(x.Payment); p.Captured != (order.Money{}) || p.Over() != cents(0) {
			t.Errorf("%s captured", p.Captured)
		}
	})
	t.Run("I13 an account that holds no more", func(t *testing.T) {
		r, x := reviewed(t, cents(100000))
		r.deposit("d1", payment.FundCash, 999_999_999_999_999_999)
		x.Surplus = payment.SurplusBalance
		before := r.cash()
		if err := r.d.Resolve(ctx, x); !errors.Is(err, order.ErrOverflow) || r.cash() != before || r.payment(x.Payment).State != payment.PaymentReview {
			t.Errorf("%v", err)
		}
	})
}

// Less than was asked for, and money of another currency, settle nothing: said as failed, they
// go back; and an operator who says that nothing was taken, where the gateway says that
// something was, says so in so many words (P16, I3).
func TestP16_MoneyThatDoesNotFitSettlesNothing(t *testing.T) {
	for name, m := range map[string]order.Money{"less": cents(999), "another currency": order.Minor(1000, order.EUR), "more, in another currency": order.Minor(100000, order.EUR)} {
		t.Run("I3 "+name, func(t *testing.T) {
			r, x := reviewed(t, m)
			r.refuses(x, "captured", "say failed")
			x.Surplus = payment.SurplusBalance
			r.refuses(x, "captured", "say failed")
			x.Decision, x.Surplus, x.Trade = desk.DecisionFailed, "", "t1"
			r.refuses(x, "captured", m.String())
			x.Captured = m
			r.must(r.d.Resolve(ctx, x))
			r.sweep()
			p := r.payment(x.Payment)
			if f := r.refund(); p.State != payment.PaymentFailed || p.LateCapture != m || p.Captured != (order.Money{}) || f.State != payment.RefundDone || f.Cash != m || r.order("a").State != order.StateUnpaid {
				t.Errorf("%s, %s late, %s: %s, %q", p.State, p.LateCapture, f.Cash, f.State, f.Reason)
			}
			r.nets(0)
			r.audit()
		})
		t.Run("I3 nothing was taken after all: "+name, func(t *testing.T) {
			r, x := reviewed(t, m)
			x.Decision, x.Captured = desk.DecisionFailed, order.Minor(0, m.Currency())
			r.must(r.d.Resolve(ctx, x))
			if p := r.payment(x.Payment); p.State != payment.PaymentFailed || p.LateCapture != (order.Money{}) || len(r.s.All("c1").Refunds) != 0 {
				t.Errorf("%s, %s late", p.State, p.LateCapture)
			}
		})
	}
}

// I3, I13: whatever was captured, and whatever the operator says of it: it is refused and
// nothing changes, or at rest the audit is clean.
func TestP16_CapturedIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		captured := order.Minor(rapid.OneOf(rapid.Int64Range(1, 999), rapid.Int64Range(1001, 2000), rapid.Just(int64(100000))).Draw(rt, "captured"),
			rapid.SampledFrom([]order.Currency{order.USD, order.USD, order.EUR}).Draw(rt, "currency"))
		r, x := reviewed(t, captured)
		x.Decision = rapid.SampledFrom([]desk.Decision{desk.DecisionSucceeded, desk.DecisionFailed}).Draw(rt, "decision")
		x.Surplus = rapid.SampledFrom([]payment.Surplus{"", payment.SurplusRefund, payment.SurplusBalance}).Draw(rt, "surplus")
		if rapid.Bool().Draw(rt, "says how much") {
			x.Captured = captured
		}
		before, _ := r.s.All("c1").Encode()
		err := r.d.Resolve(ctx, x)
		if err == nil {
			r.sweep()
			if rapid.Bool().Draw(rt, "it cannot be provided") && r.order("a").State == order.StatePaid {
				r.move("a", order.EventFail)
				r.sweep()
			}
			for _, v := range ledger.Audit(r.s.All("c1"), r.g.Ledger()) {
				rt.Fatalf("%+v: %s", x, v)
			}
			return
		}
		after, _ := r.s.All("c1").Encode()
		var no *order.FieldError
		if d := cmp.Diff(before, after); !errors.As(err, &no) || d != "" {
			rt.Fatalf("%+v: %v, changed %s", x, err, d)
		}
	})
}
