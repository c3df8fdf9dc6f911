package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

const neverSeen = "the gateway has not seen it, and it cannot safely be sent again: see there, and resolve it"

// replaying is a gateway that answers a refund under a key as it did the first time, and tells in a
// look-up alone what has become of it.
type replaying struct {
	*inmem.Gateway
	first       map[string]gateway.Outcome
	sent, looks []gateway.Refund
	silent      bool // a look-up gets no answer
}

func (g *replaying) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.sent = append(g.sent, f)
	out, err := g.Gateway.Refund(ctx, f)
	if out.Handle = "re_" + f.Key[:4]; g.first == nil {
		g.first = make(map[string]gateway.Outcome)
	}
	if _, known := g.first[f.Key]; !known {
		g.first[f.Key] = out
	}
	return g.first[f.Key], err
}

func (g *replaying) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.looks = append(g.looks, f)
	if g.silent {
		return gateway.Outcome{}, errors.New("no answer")
	}
	return g.Gateway.LookupRefund(ctx, f)
}

// pendingRefund has a refund of 10.00 that the gateway has as pending.
func pendingRefund(t *testing.T, traits gateway.Traits) (*host, *replaying) {
	r := newHost(t)
	traits.Flight = time.Minute
	r.g.Promises = traits
	g := &replaying{Gateway: r.g}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	r.g.EndRefund(p.RefundKey(p.RefundID("a", "a", "")), gateway.StatusProcessing)
	r.move("a", order.EventFail)
	return r, g
}

func (r *host) hintRefund(f payment.Refund) {
	r.t.Helper()
	p, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: f.Payment, Refund: f.ID})
	r.must(err)
	if p.ID != f.Payment {
		r.t.Errorf("a hint of a refund of %s returns %s", f.Payment, p.ID)
	}
}

// refunded checks the one refund, the order that waits for it, and how often the customer has heard
// of either.
func (r *host) refunded(want payment.RefundState, reason string, of order.State, told, back int) {
	r.t.Helper()
	f := r.refund()
	if f.State != want || f.Reason != reason || r.order("a").State != of {
		r.t.Errorf("after %s: refund %s, %q, order %s; want %s, %q, %s", r.clock.Now().Sub(start), f.State, f.Reason, r.order("a").State, want, reason, of)
	}
	heard := map[ledger.NoticeKind]int{}
	for _, n := range r.s.All("c1").Notices {
		if n.Refund == f.ID {
			heard[n.Kind]++
			if n.Amount != f.Cash || n.Payment != f.Payment || !slices.Equal(n.Orders, []order.ID{"a"}) {
				r.t.Errorf("told %+v", n)
			}
		}
	}
	if heard[ledger.NoticeRefunded] != told || heard[ledger.NoticeRefundBack] != back {
		r.t.Errorf("told %v, want %d refunded, %d that it came back", heard, told, back)
	}
	r.audit()
}

// A provider that answers a refund each time as it did at first, pending, and tells the truth in a
// look-up: it is sent once, and done when the look-up says so (P16).
func TestP16_RefundIsLookedUp(t *testing.T) {
	r, g := pendingRefund(t, gateway.Traits{Resend: day})
	r.refunded(payment.RefundSent, "", order.StateRefunding, 0, 0)
	r.until(hour)
	r.g.EndRefund(g.sent[0].Key, gateway.StatusCaptured)
	r.until(2 * day)
	r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
	if len(g.sent) != 1 || len(g.looks) < 4 {
		t.Errorf("sent %d times, looked up %d times", len(g.sent), len(g.looks))
	}
	if f := r.refund(); f.Handle != "re_"+f.Key[:4] || g.sent[0].Handle != "" || g.looks[0].Handle != f.Handle {
		t.Errorf("the gateway calls it %q, and is asked for %q", f.Handle, g.looks[0].Handle)
	}
	r.nets(0)
}

// A refund is pending for as long as its gateway says that it may be: it is looked at daily, and done
// on the day that the money is back; one second after that time it is for an operator, and a hint
// still ends it (P16).
func TestP16_RefundPendingForDays(t *testing.T) {
	traits := gateway.Traits{Resend: day, Refund: 20 * day}
	t.Run("done after ten days", func(t *testing.T) {
		r, g := pendingRefund(t, traits)
		r.until(10 * day)
		r.refunded(payment.RefundSent, "", order.StateRefunding, 0, 0)
		r.g.EndRefund(g.sent[0].Key, gateway.StatusCaptured)
		r.until(11 * day)
		r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
		if len(g.sent) != 1 {
			t.Errorf("sent %d times", len(g.sent))
		}
	})
	t.Run("declined after ten days", func(t *testing.T) {
		r, g := pendingRefund(t, traits)
		r.until(10 * day)
		r.g.EndRefund(g.sent[0].Key, gateway.StatusDeclined)
		r.until(11 * day)
		r.refunded(payment.RefundReview, "the gateway declined: it was declined", order.StateRefunding, 0, 0)
	})
	t.Run("to the second", func(t *testing.T) {
		for age, want := range map[time.Duration]payment.RefundState{20 * day: payment.RefundSent, 20*day + time.Second: payment.RefundReview} {
			r, g := pendingRefund(t, traits)
			r.until(age)
			if f := r.refund(); f.State != want {
				t.Errorf("after %s: %s", age, f.State)
			}
			if want == payment.RefundSent {
				continue
			}
			r.refunded(want, saysNothing, order.StateRefunding, 0, 0)
			r.hintRefund(r.refund())
			r.refunded(want, saysNothing, order.StateRefunding, 0, 0)
			r.g.EndRefund(g.sent[0].Key, gateway.StatusCaptured)
			r.hintRefund(r.refund())
			r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
		}
	})
	t.Run("no longer than the waits, where the gateway says nothing of it", func(t *testing.T) {
		r, _ := pendingRefund(t, gateway.Traits{Resend: day})
		r.until(5 * day)
		r.refunded(payment.RefundSent, "", order.StateRefunding, 0, 0)
		r.until(6 * day)
		r.refunded(payment.RefundReview, saysNothing, order.StateRefunding, 0, 0)
	})
	t.Run("and two looks may fail", func(t *testing.T) {
		for fails, want := range map[int]payment.RefundState{2: payment.RefundDone, 3: payment.RefundReview} {
			r, g := pendingRefund(t, traits)
			r.until(8 * day)
			g.silent = true
			for looked := len(g.looks); len(g.looks) < looked+fails; {
				r.clock.Move(time.Hour)
				r.sweep()
			}
			g.silent = false
			r.g.EndRefund(g.sent[0].Key, gateway.StatusCaptured)
			r.clock.Move(25 * time.Hour)
			r.sweep()
			if got := r.refund().State; got != want {
				t.Errorf("%d fail: %s, want %s", fails, got, want)
			}
		}
	})
}

// unreached is a gateway that a refund does not reach.
type unreached struct {
	*replaying
	loses bool
}

func (g *unreached) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if g.loses {
		g.sent = append(g.sent, f)
		return gateway.Outcome{}, errors.New("no answer")
	}
	return g.replaying.Refund(ctx, f)
}

// What the gateway has not seen of a refund is sent again under its key until the last second in
// which that is safe; from the next on it is for an operator (P16, I3).
func TestP16_RefundResendToTheSecond(t *testing.T) {
	for age, want := range map[time.Duration]payment.RefundState{day - time.Minute - time.Second: payment.RefundDone, day - time.Minute: payment.RefundReview} {
		r := newHost(t)
		r.g.Promises = gateway.Traits{Resend: day, Flight: time.Minute}
		g := &unreached{replaying: &replaying{Gateway: r.g}, loses: true}
		r.d.Gateways["g"] = g
		r.place("", draftFor("a", 1000))
		r.pay("k", payment.MethodOnline, nil, "a")
		r.move("a", order.EventFail)
		g.loses = false
		r.clock.Move(age) // no host is up
		r.sweep()
		if f := r.refund(); f.State != want || f.Key != g.sent[0].Key || f.Key != g.sent[len(g.sent)-1].Key {
			t.Errorf("after %s: %s, %q", age, f.State, f.Reason)
		}
		if sent := map[payment.RefundState]int{payment.RefundDone: 2, payment.RefundReview: 1}[want]; len(g.sent) != sent {
			t.Errorf("after %s: sent %d times, want %d", age, len(g.sent), sent)
		}
		if want == payment.RefundReview {
			r.refunded(want, neverSeen, order.StateRefunding, 0, 0)
		}
	}
}

// A refund that was done fails, the account is closed: the hint that names it leaves it to an
// operator with what the gateway says, and the customer hears of it. Asked again, it has another key,
// and is done. The order that gave back stays as it is, and the money owed in between (P16, I3).
func TestP16_RefundComesBack(t *testing.T) {
	r := newHost(t)
	g := &replaying{Gateway: r.g}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	r.move("a", order.EventFail)
	r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
	first := r.refund()

	r.hintRefund(first)
	r.hint(p)
	r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)

	r.g.EndRefund(first.Key, gateway.StatusDeclined)
	for range 2 {
		r.hintRefund(first)
		r.refunded(payment.RefundReview, "it came back: it was declined", order.StateRefunded, 1, 1)
	}
	r.nets(1000)
	if f := r.refund(); f.CameBack != 1 || f.Attempt != 1 || !f.Done.IsZero() || f.Handle == "" {
		t.Errorf("%+v", f)
	}
	if p := r.payment(p.ID); p.Returned() != cents(1000) {
		t.Errorf("%s is given back, and it is owed", p.Returned())
	}
	if list := onList(t, r.d, desk.ListRefunds); len(list.Refunds) != 1 {
		t.Errorf("an operator sees %+v", list.Refunds)
	}

	r.must(r.again())
	r.sweep()
	r.refunded(payment.RefundDone, "", order.StateRefunded, 2, 1)
	if f := r.refund(); f.Key == first.Key || f.Handle == first.Handle || len(g.sent) != 2 || g.sent[1].Key != f.Key || g.sent[1].Handle != "" {
		t.Errorf("%+v, sent %+v", f, g.sent)
	}
	r.nets(0)
	r.hintRefund(first) // an old notification, of what has another key now
	r.refunded(payment.RefundDone, "", order.StateRefunded, 2, 1)
}

// What an operator gave back by hand does not come back through the gateway, whatever that says of
// its own attempt.
func TestP16_ByHandStaysDone(t *testing.T) {
	r, g := owingHost(t, func() (gateway.Outcome, error) {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "balance short"}, nil
	})
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "in cash", Refund: r.refund().ID, Decision: desk.DecisionSucceeded}))
	_, err := g.Gateway.Refund(ctx, gateway.Refund{Key: r.refund().Key, Charge: "none", Amount: cents(1)}) // declined there
	r.must(err)
	r.hintRefund(r.refund())
	r.refunded(payment.RefundDone, "in cash", order.StateRefunded, 1, 0)
}

// A hint of a refund in review takes what is certain and fits: done where the money is back, and
// declined, so that it can be asked for with another key. What else the gateway says leaves it there.
func TestP16_HintOfARefundInReview(t *testing.T) {
	const silence = "the gateway has not said how it ends: see there, and resolve it"
	for name, x := range map[string]struct {
		says    gateway.Outcome
		want    payment.RefundState
		why     string
		attempt int
	}{
		"back":            {gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000)}, payment.RefundDone, "", 0},
		"declined":        {gateway.Outcome{Status: gateway.StatusDeclined, Text: "account closed"}, payment.RefundReview, "the gateway declined: account closed", 1},
		"less":            {gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999)}, payment.RefundReview, silence, 0},
		"still pending":   {gateway.Outcome{Status: gateway.StatusProcessing}, payment.RefundReview, silence, 0},
		"not found":       {gateway.Outcome{Status: gateway.StatusNotFound}, payment.RefundReview, silence, 0},
		"an odd status":   {gateway.Outcome{Status: "done"}, payment.RefundReview, silence, 0},
		"a reversed one?": {gateway.Outcome{Status: gateway.StatusReversed, Amount: cents(1000), Back: cents(1)}, payment.RefundReview, silence, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, g := sayingHost(t)
			g.refund = &gateway.Outcome{Status: gateway.StatusProcessing}
			r.place("", draftFor("a", 1000))
			r.pay("k", payment.MethodOnline, nil, "a")
			r.move("a", order.EventFail)
			r.until(6 * day)
			if f := r.refund(); f.State != payment.RefundReview || f.Reason != silence {
				t.Fatalf("%s, %q", f.State, f.Reason)
			}
			g.refund = &x.says
			for range 2 {
				r.hintRefund(r.refund())
				if f := r.refund(); f.State != x.want || f.Reason != x.why || f.Attempt != x.attempt {
					t.Errorf("%s, %q, attempt %d; want %s, %q, %d", f.State, f.Reason, f.Attempt, x.want, x.why, x.attempt)
				}
			}
		})
	}
}

// What the gateway says of a key that a refund no longer has changes nothing: it was said before the
// refund was asked for anew.
func TestP16_AnswerOfAnOldKey(t *testing.T) {
	r, g := pendingRefund(t, gateway.Traits{Resend: day})
	old := g.sent[0]
	r.g.EndRefund(old.Key, gateway.StatusDeclined)
	slow := &overtaken{replaying: g, of: old.Key, do: func() {
		r.hintRefund(r.refund()) // another host was faster, and an operator too
		r.must(r.again())
		r.sweep()
	}}
	r.d.Gateways["g"] = slow
	r.hintRefund(r.refund())
	if f := r.refund(); f.State != payment.RefundDone || f.Attempt != 1 || f.Key == old.Key || len(g.sent) != 2 {
		t.Errorf("%s, attempt %d, sent %d times: %q", f.State, f.Attempt, len(g.sent), f.Reason)
	}
}

// overtaken does something, once, between what the gateway says of a refund and its arrival.
type overtaken struct {
	*replaying
	of string
	do func()
}

func (g *overtaken) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	out, err := g.replaying.LookupRefund(ctx, f)
	if do := g.do; do != nil && f.Key == g.of {
		g.do = nil
		do()
	}
	return out, err
}

// A hint of a refund is about that alone, and of the payment that it names; a gateway that gives no
// answer is the host's fault.
func TestP16_HintOfARefund(t *testing.T) {
	r, g := pendingRefund(t, gateway.Traits{Resend: day})
	f := r.refund()
	r.place("", draftFor("b", 500))
	other := r.pay("k2", payment.MethodOnline, nil, "b")
	for _, h := range []gateway.Hint{{Customer: "c1", Payment: other.ID, Refund: f.ID}, {Customer: "c1", Payment: f.Payment, Refund: "none"}, {Customer: "c1", Payment: "none", Refund: f.ID}} {
		if _, err := r.d.Hint(ctx, h); !errors.Is(err, payment.ReasonNoOrder) {
			t.Errorf("%+v: %v", h, err)
		}
	}
	g.silent = true
	if _, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: f.Payment, Refund: f.ID}); !errors.Is(err, payment.ErrHost) {
		t.Errorf("no answer: %v", err)
	}
	g.silent = false
	r.d.Gateways["g"] = inmem.Plain{Of: r.g} // it no longer gives money back
	r.hintRefund(f)
	if got := r.refund(); got.State != payment.RefundSent {
		t.Errorf("%s", got.State)
	}
}

// The customer hears once that money is back, wherever it goes: to an account, to the credit of the
// bill, or through the gateway. Coupons that come back are no money (P17).
func TestP17_Refunded(t *testing.T) {
	for _, method := range []payment.Method{payment.MethodOnline, payment.MethodBalance, payment.MethodMonthly} {
		r := newHost(t)
		r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
		r.deposit("d", payment.FundCash, 1000)
		r.place("", draftFor("a", 1000))
		r.pay("k", method, nil, "a")
		r.move("a", order.EventFail)
		r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
		r.until(hour)
		r.refunded(payment.RefundDone, "", order.StateRefunded, 1, 0)
	}
}

// A refund that was done before schema 10 is read as one that nobody was told of, and Audit misses no
// notice of it; nobody else is (I12).
func TestI12_RefundsOfAnEarlierSchema(t *testing.T) {
	sound, moved := audited(t)
	for i := range sound.Notices {
		if n := &sound.Notices[i]; n.Kind == ledger.NoticeRefunded {
			n.Kind = ledger.NoticeDeadline
		}
	}
	views, err := sound.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range []string{"9", "10"} {
		var read ledger.Records
		for _, v := range views {
			if v.Kind == ledger.KindRefund {
				v.Body = bytes.Replace(v.Body, []byte(fmt.Sprintf(`{"schema":%d,`, ledger.Schema)), []byte(`{"schema":`+schema+`,`), 1)
			}
			if err := read.Decode(v); err != nil {
				t.Fatal(err)
			}
		}
		missed := 0
		for _, v := range ledger.Audit(read, moved) {
			if v.Invariant != "I12" {
				t.Errorf("schema %s: %s", schema, v)
			}
			missed++
		}
		if want := map[string]bool{"9": false, "10": true}[schema]; missed > 0 != want {
			t.Errorf("schema %s: %d notices are missed", schema, missed)
		}
	}
}
