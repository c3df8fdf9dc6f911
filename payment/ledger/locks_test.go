package ledger_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// P16: one at a time has a customer, whoever waits gets it, and other customers are free.
func TestP16_Locks(t *testing.T) {
	var (
		l  ledger.Locks
		wg sync.WaitGroup
	)
	for range 50 {
		for _, c := range []order.CustomerID{"a", "b"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				unlock, err := l.Lock(context.Background(), c)
				if err != nil {
					t.Error(err)
					return
				}
				defer unlock()
				other, err := l.Lock(context.Background(), c+" too") // nobody has it for long
				if err != nil {
					t.Error(err)
					return
				}
				other()
			}()
		}
	}
	wg.Wait()

	unlock, err := l.Lock(context.Background(), "a")
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Lock(gone, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a customer whom somebody has is locked: %v", err)
	}
	count := 0
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			unlock, err := l.Lock(context.Background(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			count++ // the race detector sees two who have it
			unlock()
		}()
	}
	unlock()
	wg.Wait()
	if count != 20 {
		t.Errorf("%d of 20 got it", count)
	}
}

// P16: a change says whether a gateway is called on the strength of it.
func TestP16_CallsGateway(t *testing.T) {
	paid := func(s payment.PaymentState) ledger.Change {
		return ledger.Change{Put: ledger.Records{Payments: []payment.Payment{{State: payment.PaymentSucceeded}, {State: s}}}}
	}
	back := func(s payment.RefundState) ledger.Change {
		return ledger.Change{Put: ledger.Records{Refunds: []payment.Refund{{State: payment.RefundDone}, {State: s}}}}
	}
	for _, x := range []struct {
		what string
		c    ledger.Change
		want bool
	}{
		{"an order", ledger.Change{Put: ledger.Records{Orders: []order.Order{{}}}}, false},
		{"pending", paid(payment.PaymentPending), true}, {"canceling", paid(payment.PaymentCanceling), true},
		{"succeeded", paid(payment.PaymentSucceeded), false}, {"failed", paid(payment.PaymentFailed), false}, {"in review", paid(payment.PaymentReview), false},
		{"due", back(payment.RefundDue), true}, {"sent", back(payment.RefundSent), true},
		{"done", back(payment.RefundDone), false}, {"parked", back(payment.RefundParked), false}, {"refund in review", back(payment.RefundReview), false},
	} {
		if got := x.c.CallsGateway(); got != x.want {
			t.Errorf("%s: calls a gateway: %t", x.what, got)
		}
	}
}
