package desk_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// Late money whose trade number cannot be kept is for an operator, with what was said (I3).
func TestI3_LateWithAnOddTrade(t *testing.T) {
	for trade, quoted := range map[string]string{strings.Repeat("t", 65): `"` + strings.Repeat("t", 64) + `"...`, "a\nb": `"a\nb"`} {
		r, g, p := failedPayment(t)
		g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Reference: p.ID, Trade: trade}
		p = r.hint(p)
		f := r.s.All("c1").Refunds
		if p.LateCapture != cents(1000) || len(f) != 1 || f[0].Cash != cents(1000) || f[0].State != payment.RefundReview || f[0].Trade != "" || !strings.Contains(f[0].Reason, quoted) {
			t.Errorf("%s late, %+v", p.LateCapture, f)
		}
		g.lookup.Trade = "t1" // it is sane again
		g.refund = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Trade: "r1"}
		r.hint(p)
		r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundDone})
	}
}

// What a gateway captured late in another amount, or currency, does not hide what it captured
// for certain: that goes back, once, unless what it said first is on its way (I2, I3).
func TestI3_LateRightAfterWrong(t *testing.T) {
	for name, wrong := range map[string]order.Money{"more": cents(1001), "less": cents(1), "another currency": order.Minor(1000, order.EUR)} {
		t.Run(name, func(t *testing.T) {
			r, g, p := failedPayment(t)
			g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: wrong, Reference: p.ID, Trade: "x"}
			for range 2 {
				if p = r.hint(p); p.LateCapture != wrong || p.Trade != "x" {
					t.Fatalf("%s late, %s", p.LateCapture, p.Trade)
				}
			}
			g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Reference: p.ID, Trade: "t1"}
			g.refund = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Trade: "r1"}
			for range 2 {
				if p = r.hint(p); p.LateCapture != cents(1000) || p.Trade != "t1" || p.State != payment.PaymentFailed {
					t.Errorf("%s, %s late, %s", p.State, p.LateCapture, p.Trade)
				}
			}
			r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundDone})
			if f := r.s.All("c1").Refunds[0]; f.Trade != "t1" {
				t.Errorf("it was refunded of %s", f.Trade)
			}
			for _, v := range ledger.Audit(r.s.All("c1"), nil) {
				if v.Invariant == "I9" {
					t.Error(v)
				}
			}
		})
	}
	t.Run("which an operator has sent", func(t *testing.T) {
		r, g, p := failedPayment(t)
		g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Reference: p.ID, Trade: "x"}
		p = r.hint(p)
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "so it is", Refund: r.s.All("c1").Refunds[0].ID, Decision: desk.DecisionAgain}))
		g.refund = &gateway.Outcome{Status: gateway.StatusDeclined}
		r.sweep()
		g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Reference: p.ID, Trade: "t1"}
		if p = r.hint(p); p.LateCapture != cents(999) {
			t.Errorf("%s late", p.LateCapture)
		}
		r.refunds(payment.Refund{Cash: cents(999), State: payment.RefundReview, Reason: "the gateway declined: without a reason"})
	})
	t.Run("while it is looked for", func(t *testing.T) {
		r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusNotFound)
		_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		for r.payment(p.ID).State != payment.PaymentCanceled {
			r.look(p.ID)
		}
		g.says = func(c gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1), Reference: c.Payment, Trade: "x"}
		}
		r.look(p.ID)
		g.says = says(gateway.StatusCaptured)
		if !r.look(p.ID) || r.payment(p.ID).LateCapture != cents(1000) {
			t.Errorf("%s late", r.payment(p.ID).LateCapture)
		}
		if r.look(p.ID) {
			t.Error("it is still looked for")
		}
	})
	t.Run("which cannot be given back", func(t *testing.T) {
		r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusDeclined)
		r.hint(p)
		g.says = says(gateway.StatusCaptured)
		r.hint(p)
		entries := len(r.s.All("c1").Entries)
		r.hint(p)
		if n := len(r.s.All("c1").Entries); n != entries {
			t.Errorf("it was said again, and moved in %d steps", n-entries)
		}
	})
}

// What a gateway says is kept as 500 characters that print, for the customer and in the record.
func TestP16_LongTexts(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("é", 501):         strings.Repeat("é", 500),
		"no\nmoney\x00 \xff":             "no money  \uFFFD",
		" ":                              string(gateway.StatusDeclined),
		strings.Repeat("x", 499) + " yz": strings.Repeat("x", 499),
	} {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusDeclined, Text: text}
		}
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		n := r.s.All("c1").Notices[0]
		if p.Reason != want || n.Text != want {
			t.Errorf("%.20q...: %.20q... of %d, told %.20q... of %d", text, p.Reason, utf8.RuneCountInString(p.Reason), n.Text, utf8.RuneCountInString(n.Text))
		}
	}
	r, g := sayingHost(t)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	g.refund = &gateway.Outcome{Status: gateway.StatusDeclined, Text: strings.Repeat("x", 1000)}
	r.move("a", order.EventFail)
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundReview, Reason: "the gateway declined: " + strings.Repeat("x", 500)})
}

// What a gateway leaves out of an answer is named.
func TestP16_ReasonNamesWhatAnAnswerLacks(t *testing.T) {
	captured := gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Reference: "another", Trade: "t1"}
	for want, change := range map[string]func(o *gateway.Outcome){
		"the gateway captured no amount where 10.00 USD was asked for":            func(o *gateway.Outcome) { o.Amount = order.Money{} },
		"the gateway captured with no reference under the key of payment PAYMENT": func(o *gateway.Outcome) { o.Reference = "" },
		`the gateway captured for payment "another" under the key of PAYMENT`:     func(*gateway.Outcome) {},
		`the gateway answered "", which is no status`:                             func(o *gateway.Outcome) { o.Status = "" },
		`the gateway captured 0.01 USD where 10.00 USD was asked for; it gives "\n" as one`: func(o *gateway.Outcome) {
			o.Amount, o.Trade = cents(1), "\n"
		},
	} {
		r, g := sayingHost(t)
		r.undecided()
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		out := captured
		change(&out)
		g.lookup = &out
		if p = r.hint(p); p.State != payment.PaymentReview || p.Reason != strings.ReplaceAll(want, "PAYMENT", string(p.ID)) {
			t.Errorf("%s: %q, want %q", p.State, p.Reason, want)
		}
	}
	r, g := sayingHost(t)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	g.refund = &gateway.Outcome{Status: gateway.StatusCaptured}
	r.move("a", order.EventFail)
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundReview, Reason: "the gateway gave no amount back where 10.00 USD was asked for"})
}

// A key that dies before a charge can arrive is good for nothing, nor is a lookup that is true
// until then.
func TestP16_LivesAboveFlight(t *testing.T) {
	for _, x := range []struct {
		traits gateway.Traits
		sound  bool
	}{
		{gateway.Traits{Resend: 60, Flight: 60}, false}, {gateway.Traits{Resend: 60, Flight: 61}, false}, {gateway.Traits{Resend: 61, Flight: 60}, true},
		{gateway.Traits{Lookup: 60, Flight: 60}, false}, {gateway.Traits{Lookup: 60, Flight: 61}, false}, {gateway.Traits{Lookup: 61, Flight: 60}, true},
		{gateway.Traits{Resend: 61, Lookup: 60, Flight: 60}, false}, {gateway.Traits{Resend: 60, Lookup: 61, Flight: 60}, false},
		{gateway.Traits{Flight: 60}, true}, {gateway.Traits{Resend: 1}, true}, {gateway.Traits{Lookup: 1}, true},
		{gateway.Traits{Settle: 1}, true}, {gateway.Traits{Settle: -1}, false}, {gateway.Traits{Lookup: -1}, false},
	} {
		if err := x.traits.Check(); (err == nil) != x.sound {
			t.Errorf("%+v: %v", x.traits, err)
		}
	}
}
