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
	"github.com/duebook/duebook/payment/ledger"
)

// topUp pays into the own balance.
func (r *host) topUp(key payment.Key, n int64) (payment.Payment, error) {
	return r.d.Pay(ctx, payment.Request{Key: key, Customer: "c1", Method: payment.MethodOnline, TopUp: cents(n)})
}

// hasCash checks what is in the cash account.
func (r *host) hasCash(want int64) {
	r.t.Helper()
	a, err := r.d.Account(ctx, "c1", payment.FundCash, order.USD)
	if err != nil && !errors.Is(err, order.ErrNotFound) {
		r.t.Fatal(err)
	}
	if a.Balance.Minor() != want {
		r.t.Errorf("%s in cash, want %d minor units", a.Balance, want)
	}
	r.audit()
}

// P20: what a customer pays into the own balance is in the cash account once the gateway has captured
// it, in the commit that settles it, told once; the same key with the same request is the same
// payment, with another one it is refused, orders or not.
func TestP20_TopUp(t *testing.T) {
	r := newHost(t)
	decide := r.undecided()
	p, err := r.topUp("k", 5000)
	r.must(err)
	if p.State != payment.PaymentPending || p.Request.By != "c1" {
		t.Fatalf("%s, by %s", p.State, p.Request.By)
	}
	r.hasCash(0)
	decide(gateway.StatusCaptured)
	for range 2 {
		again, err := r.topUp("k", 5000)
		r.must(err)
		if again.ID != p.ID || again.State != payment.PaymentSucceeded {
			t.Errorf("%s, %s", again.ID, again.State)
		}
		r.hasCash(5000)
	}
	r.nets(5000)
	receipt, ok := r.payment(p.ID).Receipt()
	if !ok || receipt.TopUp != cents(5000) || receipt.Sum.Cash != cents(5000) || len(receipt.Items) != 0 || receipt.Trade == "" {
		t.Errorf("%+v, %t", receipt, ok)
	}
	told := 0
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticePaid && n.Payment == p.ID && n.Amount == cents(5000) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	r.place("", draftFor("a", 300))
	for _, x := range []payment.Request{
		{Key: "k", Customer: "c1", Method: payment.MethodOnline, TopUp: cents(5001)},
		{Key: "k", Customer: "c1", By: "u", Method: payment.MethodOnline, TopUp: cents(5000)},
		{Key: "k", Customer: "c1", Method: payment.MethodOnline, Orders: []order.ID{"a"}},
	} {
		if _, err := r.d.Pay(ctx, x); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	r.pay("b", payment.MethodBalance, nil, "a") // and it pays
	r.hasCash(4700)
}

// P20: what the gateway declines fails with a notice; money that comes for a payment that has ended
// goes back to it, and not into the balance; one that is left open is given up, as any payment.
func TestP20_TopUpThatFails(t *testing.T) {
	t.Run("declined", func(t *testing.T) {
		r := newHost(t)
		r.g.DeclineNext("no funds")
		p, err := r.topUp("k", 5000)
		r.must(err)
		if n := r.s.All("c1").Notices; p.State != payment.PaymentFailed || p.Reason != "no funds" || len(n) != 1 || n[0].Kind != ledger.NoticeFailed {
			t.Errorf("%s, %q, told %+v", p.State, p.Reason, n)
		}
		r.hasCash(0)
	})
	t.Run("late", func(t *testing.T) {
		r, g := sayingHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusDeclined} }
		p, err := r.topUp("k", 5000)
		r.must(err)
		g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(5000), Reference: p.ID, Trade: "t"}
		g.refund = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(5000)}
		r.hint(p)
		r.sweep()
		r.refunds(payment.Refund{Cash: cents(5000), State: payment.RefundDone})
		r.hasCash(0)
	})
	t.Run("left open", func(t *testing.T) {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/"}
		}
		p, err := r.topUp("k", 5000)
		r.must(err)
		r.until(31 * time.Minute)
		if p = r.payment(p.ID); p.State != payment.PaymentCanceled {
			t.Errorf("%s", p.State)
		}
		r.hasCash(0)
	})
}

// P20: the policy says how little and how much is paid in at once, in each currency; the gateway, the
// second factor, the card and the host's checks are asked as for any payment. What is refused leaves
// the key free.
func TestP20_TopUpRefused(t *testing.T) {
	for name, x := range map[string]struct {
		as   func(r *host)
		n    int64
		want payment.Reason
	}{
		"the least":        {func(r *host) { r.p.TopUpLeast = []order.Money{cents(1000)} }, 1000, ""},
		"below the least":  {func(r *host) { r.p.TopUpLeast = []order.Money{cents(1000)} }, 999, payment.ReasonBadRequest},
		"the most":         {func(r *host) { r.p.TopUpMost = []order.Money{cents(1000)} }, 1000, ""},
		"above the most":   {func(r *host) { r.p.TopUpMost = []order.Money{cents(1000)} }, 1001, payment.ReasonBadRequest},
		"another currency": {func(r *host) { r.p.TopUpMost = []order.Money{order.Minor(1, order.EUR)} }, 1000, ""},
		"never taken":      {func(r *host) { r.d.Gateways["g"] = leastBefore{&least{Gateway: r.g}} }, 1, payment.ReasonMethod},
		"no second factor": {func(r *host) { r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Protected = true }} }, 100, payment.ReasonAuthentication},
		"a reseller's": {func(r *host) {
			r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Association = payment.AssociationReseller }}
		}, 100, payment.ReasonAccount},
		"a frozen account": {func(r *host) { r.d.Checks = desk.Checks{finding(payment.Findings{Frozen: "by the house"})} }, 100, payment.ReasonFrozen},
		"not by this one":  {func(r *host) { r.d.Checks = desk.Checks{finding(payment.Findings{Denied: "a guest"})} }, 100, payment.ReasonDenied},
		"too often": {func(r *host) {
			r.d.Checks = desk.Checks{finding(payment.Findings{Other: payment.ReasonTooOften, OtherText: "wait"})}
		}, 100, payment.ReasonTooOften},
		"no such gateway": {func(r *host) {
			r.d.Gateways = map[string]gateway.Gateway{"other": r.g, "third": r.g}
			r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Gateway = "" }}
		}, 100, payment.ReasonBadRequest},
		"a card not taken": {func(r *host) {
			r.p.Cards.Brands = []string{"visa"}
			r.d.Wallets = &knownWallet{card: payment.Card{Brand: "amex"}}
		}, 100, payment.ReasonCard},
		"a card that is": {func(r *host) {
			r.p.Cards.Brands = []string{"visa"}
			r.d.Wallets = &knownWallet{card: payment.Card{Brand: "visa"}}
		}, 100, ""},
	} {
		r := newHost(t)
		x.as(r)
		q := payment.Request{Key: "k", Customer: "c1", Method: payment.MethodOnline, TopUp: cents(x.n)}
		_, quoted := r.d.Quote(ctx, q)
		p, err := r.topUp("k", x.n)
		if x.want == "" {
			if err != nil || quoted != nil || p.State != payment.PaymentSucceeded {
				t.Errorf("%s: %s, %v, %v", name, p.State, err, quoted)
			}
			continue
		}
		if !errors.Is(err, x.want) || !errors.Is(quoted, x.want) {
			t.Errorf("%s: %v, quoted %v, want %s", name, err, quoted, x.want)
		}
		if n := len(r.s.All("c1").Payments); n != 0 {
			t.Errorf("%s: %d payments", name, n)
		}
	}
}

// P20: what was paid in goes back to the payment that it came by alone, at most what is left of that
// and in the cash account, which has it no more; the gateway is asked as for any refund.
func TestP20_RefundTopUp(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 300)
	p, err := r.topUp("k", 5000)
	r.must(err)
	back := func(id string, of order.PaymentID, n int64) (payment.Refund, error) {
		return r.d.RefundTopUp(ctx, desk.RefundTopUpRequest{ID: id, Customer: "c1", By: "op", Payment: of, Amount: cents(n)})
	}
	var no *order.FieldError
	if _, err := back("1", p.ID, 5001); !errors.As(err, &no) || no.Field != "amount" {
		t.Errorf("more than was paid in: %v", err)
	}
	for range 2 {
		f, err := back("1", p.ID, 2000)
		r.must(err)
		if f.Cash != cents(2000) || f.Payment != p.ID || f.Method != payment.MethodOnline {
			t.Errorf("%+v", f)
		}
		r.hasCash(3300)
		r.nets(3000)
	}
	if _, err := back("1", p.ID, 1999); !errors.Is(err, payment.ReasonKey) {
		t.Errorf("the same ID: %v", err)
	}
	r.place("", draftFor("a", 2800))
	bought := r.pay("b", payment.MethodBalance, nil, "a")
	if _, err := back("2", p.ID, 501); !errors.Is(err, payment.ReasonBalance) {
		t.Errorf("more than is in cash: %v", err)
	}
	r.hasCash(500)
	_, err = back("2", p.ID, 500)
	r.must(err)
	r.hasCash(0)
	r.sweep()
	r.nets(2500)
	for _, f := range r.s.All("c1").Refunds {
		if f.State != payment.RefundDone {
			t.Errorf("%+v", f)
		}
	}
	r.deposit("e", payment.FundCash, 9000)
	if _, err := back("3", p.ID, 2501); !errors.As(err, &no) || no.Field != "amount" {
		t.Errorf("more than is left of the payment: %v", err)
	}
	if _, err := back("3", bought.ID, 1); !errors.As(err, &no) || no.Field != "payment" {
		t.Errorf("of a payment of orders: %v", err)
	}
	if _, err := back("3", "none", 1); !errors.Is(err, payment.ReasonNoOrder) {
		t.Errorf("of no payment: %v", err)
	}
	told := 0
	for _, n := range r.s.All("c1").Notices {
		told += map[bool]int{n.Kind == ledger.NoticeRefunded: 1}[true]
	}
	if told != 2 {
		t.Errorf("told %d times that money is back", told)
	}
}

// P20: a payment into the balance of which the gateway captured more is left to an operator, who says
// whether the rest goes back or in.
func TestP20_TopUpCapturedMore(t *testing.T) {
	for surplus, want := range map[payment.Surplus]int64{payment.SurplusBalance: 5100, payment.SurplusRefund: 5000} {
		r := newHost(t)
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(5100)}
		}
		p, err := r.topUp("k", 5000)
		r.must(err)
		if p.State != payment.PaymentReview {
			t.Fatalf("%s", p.State)
		}
		r.hasCash(0)
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen there", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "t", Surplus: surplus}))
		r.sweep()
		r.hasCash(want)
	}
}

// P20: an account that cannot hold more has a payment end with an operator, who gives it back.
func TestP20_TopUpThatNoAccountHolds(t *testing.T) {
	r := newHost(t)
	decide := r.undecided()
	p, err := r.topUp("k", 5000)
	r.must(err)
	r.deposit("d", payment.FundCash, 999_999_999_999_999_999)
	decide(gateway.StatusCaptured)
	r.until(6 * day)
	if p = r.payment(p.ID); p.State != payment.PaymentReview || p.Reason == "" {
		t.Fatalf("%s, %q", p.State, p.Reason)
	}
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "too much", Payment: p.ID, Decision: desk.DecisionFailed, Captured: cents(5000), Trade: "t1"}))
	r.sweep()
	r.nets(0)
	r.hasCash(999_999_999_999_999_999)
}

// finding is a check that finds the same each time.
func finding(f payment.Findings) desk.Check {
	return desk.CheckFunc(func(context.Context, desk.Inquiry) (payment.Findings, error) { return f, nil })
}

// P20, P18: what is taken back of a payment into the balance is taken out of cash, below zero if need
// be, and comes again; what comes in fills it first, and nothing that is gone goes back.
func TestP20_TopUpTakenBack(t *testing.T) {
	r := newHost(t)
	p, err := r.topUp("k", 5000)
	r.must(err)
	r.place("", draftFor("a", 4000))
	r.pay("b", payment.MethodBalance, nil, "a")
	r.g.Return(p.Key, cents(3000))
	r.hint(p)
	r.hasCash(-2000)
	r.place("", draftFor("c", 100))
	if _, err := r.d.Pay(ctx, payment.Request{Key: "c", Customer: "c1", Method: payment.MethodBalance, Orders: []order.ID{"c"}}); !errors.Is(err, payment.ReasonBalance) {
		t.Errorf("paid from less than nothing: %v", err)
	}
	_, err = r.topUp("k2", 2500)
	r.must(err)
	r.hasCash(500)
	var no *order.FieldError
	x := desk.RefundTopUpRequest{ID: "1", Customer: "c1", By: "op", Payment: p.ID, Amount: cents(2001)}
	if _, err := r.d.RefundTopUp(ctx, x); !errors.As(err, &no) || no.Field != "amount" {
		t.Errorf("more than is left: %v", err)
	}
	r.g.Return(p.Key, cents(0))
	r.hint(p)
	r.hasCash(3500)
	_, err = r.d.RefundTopUp(ctx, x)
	r.must(err)
	r.hasCash(1499)
}
