package desk_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// A reseller's customer pays from the budget that the partner granted, and has it back when
// the order fails (P9, Q6).
func TestQ6_BudgetOfAPartner(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Association = payment.AssociationReseller }}
	r.deposit("own", payment.FundCash, 5000)
	r.place("", draftFor("a", 1000))
	_, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance})
	if !errors.Is(err, payment.ReasonBalance) {
		t.Errorf("without a budget: %v", err)
	}
	r.deposit("grant", payment.FundBudget, 1500)
	p := r.pay("k", payment.MethodBalance, nil, "a")
	if p.State != payment.PaymentSucceeded || p.Quote.Takes.Budget != cents(1000) || r.account(payment.FundBudget) != 500 || r.cash() != 5000 {
		t.Errorf("%s, took %+v, the budget has %d, the customer %d", p.State, p.Quote.Takes, r.account(payment.FundBudget), r.cash())
	}
	r.audit()
	if o := r.move("a", order.EventFail); o.State != order.StateRefunded || r.account(payment.FundBudget) != 1500 || r.cash() != 5000 {
		t.Errorf("order %s, the budget has %d, the customer %d", o.State, r.account(payment.FundBudget), r.cash())
	}
	if back := r.payment(p.ID).Returns; len(back) != 1 || back[0].Takes.Budget != cents(1000) {
		t.Errorf("given back: %+v", back)
	}
	r.audit()
}

// Two hosts, each with a Desk of its own, and 64 callers at once: the same orders with the same
// coupon, under the same key and under others. One payment pays, the others are refused,
// and nobody is left behind (I1, I2, I6, I8).
func TestI8_TwoHosts(t *testing.T) {
	before := runtime.NumGoroutine()
	r := newHost(t)
	r.issue(cardOf("card", 500))
	r.place("", draftFor("a", 1000))
	r.place("", draftFor("b", 1000))
	r.p.Conflicts = 1000
	other := *r.d
	hosts := [...]*desk.Desk{r.d, &other}
	var wait sync.WaitGroup
	var mu sync.Mutex
	start, paid := make(chan struct{}), make(map[order.PaymentID]int)
	for i := range 64 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			q := payment.Request{Key: "same", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodOnline, Coupons: []coupon.ID{"card"}}
			if i%3 == 2 {
				q.Key = payment.Key(rune('A' + i%8))
			}
			<-start
			p, err := hosts[i%2].Pay(ctx, q)
			var no *payment.Refusal
			switch {
			case errors.As(err, &no) && (no.Reason == payment.ReasonPaymentInProgress || no.Reason == payment.ReasonState || no.Reason == payment.ReasonCouponUsed):
			case err != nil:
				t.Errorf("%s: %v", q.Key, err)
			case p.State != payment.PaymentSucceeded && p.State != payment.PaymentPending:
				t.Errorf("%s: %s", q.Key, p.State)
			default:
				mu.Lock()
				defer mu.Unlock()
				paid[p.ID]++
			}
		}()
	}
	close(start)
	wait.Wait()
	r.clock.Move(time.Minute)
	r.sweep()
	if len(paid) != 1 {
		t.Errorf("paid by %v", paid)
	}
	for id := range paid {
		if p := r.payment(id); p.State != payment.PaymentSucceeded {
			t.Errorf("%s", p.State)
		}
	}
	r.nets(1500)
	if c := r.coupon("card"); c.Balance != cents(0) || c.Used != 1 {
		t.Errorf("the card is %s with %s, used %d times", c.State, c.Balance, c.Used)
	}
	r.audit()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
}

// beforeCoupons is a store that does something else before it reads a coupon, once.
type beforeCoupons struct {
	*inmem.Store
	do *func()
}

func (s beforeCoupons) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if do := *s.do; do != nil && slices.ContainsFunc(ask.Refs, func(r ledger.Ref) bool { return r.Kind == ledger.KindCoupon }) {
		*s.do = nil
		do()
	}
	return s.Store.Load(ctx, ask)
}

// The same is said by two, and the second has looked for the payment when the first makes
// it, but not for the coupon: both have the one payment (I8).
func TestI8_SameBetweenTwoLoads(t *testing.T) {
	r := newHost(t)
	r.issue(cardOf("card", 500))
	r.place("", draftFor("a", 1000))
	first, do := *r.d, func() { r.pay("k", payment.MethodOnline, []coupon.ID{"card"}, "a") }
	first.Store = beforeCoupons{r.s, &do}
	p, err := first.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodOnline, Coupons: []coupon.ID{"card"}})
	if err != nil || p.State != payment.PaymentSucceeded || len(r.s.All("c1").Payments) != 1 {
		t.Errorf("%s, %v", p.State, err)
	}
	r.nets(500)
	r.audit()
}
