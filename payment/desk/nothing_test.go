package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// unasked is a wallet and a gateway that nobody may ask.
type unasked struct{ t *testing.T }

func (u unasked) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	u.t.Error("the wallet was asked")
	return payment.Card{}, context.DeadlineExceeded
}

func (u unasked) Traits() gateway.Traits {
	u.t.Error("the gateway was asked what it promises")
	return gateway.Traits{}
}

func (u unasked) Charge(context.Context, gateway.Charge) (gateway.Outcome, error) {
	u.t.Error("the gateway was asked to charge")
	return gateway.Outcome{}, context.DeadlineExceeded
}

func (u unasked) Lookup(context.Context, gateway.Charge) (gateway.Outcome, error) {
	u.t.Error("the gateway was asked to look up")
	return gateway.Outcome{}, context.DeadlineExceeded
}

// A total of nothing asks no wallet, no gateway and no monthly settlement, whatever method is
// named, and whatever policy says of cards: the wallet was asked, and monthly settlement
// refused (P5, P6, O13).
func TestO13_NothingAsksNoHost(t *testing.T) {
	for _, m := range []payment.Method{payment.MethodOnline, payment.MethodMonthly, payment.MethodBalance} {
		for name, amount := range map[string]int64{"paid by a card": 1000, "free": 0} {
			t.Run(string(m)+", "+name, func(t *testing.T) {
				r := newHost(t)
				r.d.Wallets, r.d.Gateways = unasked{t}, map[string]gateway.Gateway{"g": unasked{t}}
				r.p.Cards.Brands = []string{"visa"}
				var coupons []coupon.ID
				if amount > 0 {
					r.issue(cardOf("card", amount))
					coupons = append(coupons, "card")
				}
				r.place("", draftFor("a", amount))
				x := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: m, Coupons: coupons}
				if _, err := r.d.Quote(ctx, x); err != nil {
					t.Error(err)
				}
				p, err := r.d.Pay(ctx, x)
				if err != nil || p.State != payment.PaymentSucceeded || r.order("a").State != order.StatePaid || len(r.s.All("c1").Bills) != 0 {
					t.Errorf("%v, %s, %d bills", err, p.State, len(r.s.All("c1").Bills))
				}
				r.sweep()
				r.audit()
			})
		}
	}
	t.Run("by monthly settlement, with an overdue bill", func(t *testing.T) {
		r := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodMonthly}
		o, err := order.Place(draftFor("a", 0), start, order.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		f := payment.Facts{Customer: payment.Customer{ID: "c1"}, Orders: []order.Order{o}, Accounts: []payment.Account{{Customer: "c1", Fund: payment.FundMonthly, Overdue: 1}}}
		if q, err := r.Quote(f, start); err != nil || q.Sum.Cash.Sign() != 0 {
			t.Errorf("%v, %+v", err, q.Sum)
		}
	})
}

// knownWallet counts how often it is asked.
type knownWallet struct {
	card  payment.Card
	asked int
}

func (w *knownWallet) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	w.asked++
	return w.card, nil
}

// What is to be charged still asks the wallet, once, and only where nothing else refuses (P5).
func TestP5_SomethingAsksTheWallet(t *testing.T) {
	r := newHost(t)
	w := &knownWallet{card: payment.Card{Brand: "visa"}}
	r.d.Wallets = w
	r.p.Cards.Brands = []string{"visa"}
	r.place("", draftFor("a", 1))
	r.pay("k", payment.MethodOnline, nil, "a")
	if w.asked != 1 {
		t.Errorf("asked %d times", w.asked)
	}
	_, err := r.d.Pay(ctx, payment.Request{Key: "k2", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodOnline})
	if err == nil || w.asked != 1 {
		t.Errorf("%v, asked %d times", err, w.asked)
	}
}

// The reason of a payment whose hold ended says so, though the gateway that gave it up says
// canceled alone, and of one that was canceled who canceled it (O13, P16).
func TestP16_ReasonOfAHoldThatEnded(t *testing.T) {
	r := newHost(t)
	r.g.Promises = gateway.Traits{Flight: time.Minute, Action: time.Hour}
	r.g.Answer = func(c gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusAction, Action: "https://pay.example/" + c.Key}
	}
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	for range 40 {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	p = r.payment(p.ID)
	if p.State != payment.PaymentCanceled || !strings.Contains(p.Reason, "hold has ended") {
		t.Errorf("%s, %q", p.State, p.Reason)
	}
	told := 0
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticeFailed && n.Text == p.Reason {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d notices say so", told)
	}
	r.audit()
	r.place("", draftFor("b", 1000))
	p = r.pay("k2", payment.MethodOnline, nil, "b")
	p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "ann", Payment: p.ID})
	if err != nil || p.State != payment.PaymentCanceled || p.Reason != "canceled by ann" {
		t.Errorf("%v, %s, %q", err, p.State, p.Reason)
	}
}
