package payment_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// What a gateway says is kept as 500 characters that print, for the customer and in the record.
func TestP16_LongTexts(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("é", 501):         strings.Repeat("é", 500),
		"no\nmoney\x00 \xff":             "no money  \uFFFD",
		" ":                              string(payment.StatusDeclined),
		strings.Repeat("x", 499) + " yz": strings.Repeat("x", 499),
	} {
		r := newCounter(t)
		r.g.Answer = func(payment.Charge) payment.Outcome {
			return payment.Outcome{Status: payment.StatusDeclined, Text: text}
		}
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		n := r.s.All("c1").Notices[0]
		if p.Reason != want || n.Text != want {
			t.Errorf("%.20q...: %.20q... of %d, told %.20q... of %d", text, p.Reason, utf8.RuneCountInString(p.Reason), n.Text, utf8.RuneCountInString(n.Text))
		}
	}
	r, g := sayingCounter(t)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	g.refund = &payment.Outcome{Status: payment.StatusDeclined, Text: strings.Repeat("x", 1000)}
	r.move("a", order.EventFail)
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundReview, Reason: "the gateway declined: " + strings.Repeat("x", 500)})
}

// What a gateway leaves out of an answer is named.
func TestP16_AnswersWithHoles(t *testing.T) {
	captured := payment.Outcome{Status: payment.StatusCaptured, Amount: cents(1000), Reference: "another", Trade: "t1"}
	for want, change := range map[string]func(o *payment.Outcome){
		"the gateway captured no amount where 10.00 USD was asked for":            func(o *payment.Outcome) { o.Amount = order.Money{} },
		"the gateway captured with no reference under the key of payment PAYMENT": func(o *payment.Outcome) { o.Reference = "" },
		`the gateway captured for payment "another" under the key of PAYMENT`:     func(*payment.Outcome) {},
		`the gateway answered "", which is no status`:                             func(o *payment.Outcome) { o.Status = "" },
		`the gateway captured 0.01 USD where 10.00 USD was asked for; it gives "\n" as one`: func(o *payment.Outcome) {
			o.Amount, o.Trade = cents(1), "\n"
		},
	} {
		r, g := sayingCounter(t)
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
	r, g := sayingCounter(t)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	g.refund = &payment.Outcome{Status: payment.StatusCaptured}
	r.move("a", order.EventFail)
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundReview, Reason: "the gateway gave no amount back where 10.00 USD was asked for"})
}

// A key that dies before a charge can arrive is good for nothing.
func TestP16_KeyLifeAboveFlight(t *testing.T) {
	for _, x := range []struct {
		traits payment.Traits
		sound  bool
	}{
		{payment.Traits{KeyLife: 60, Flight: 60}, false}, {payment.Traits{KeyLife: 60, Flight: 61}, false}, {payment.Traits{KeyLife: 61, Flight: 60}, true},
		{payment.Traits{Flight: 60}, true}, {payment.Traits{KeyLife: 1}, true},
	} {
		if err := x.traits.Check(); (err == nil) != x.sound {
			t.Errorf("%+v: %v", x.traits, err)
		}
	}
}
