package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

func usd(n int64) order.Money { return order.Minor(n, order.USD) }

// A credit never goes below zero, stays in its currency, and what waited for an operator is open
// again where more came, or nothing is left.
func TestP21_CreditBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.Int64Range(1, 1e12).Draw(t, "before")
		c := ledger.CreditBalance{Customer: "c1", State: rapid.SampledFrom([]ledger.CreditState{ledger.CreditOpen, ledger.CreditReview}).Draw(t, "state"), Balance: usd(before)}
		n := rapid.Int64Range(-5, 1e12).Draw(t, "after")
		after, err := c.With(usd(n))
		if n < 0 {
			if !errors.Is(err, order.ErrInvalid) || after != c {
				t.Fatalf("%+v, %v", after, err)
			}
			return
		}
		want := c.State
		if n > before || n == 0 {
			want = ledger.CreditOpen
		}
		if err != nil || after.Balance != usd(n) || after.State != want || after.Check() != nil {
			t.Fatalf("%d of %+v: %+v, %v", n, c, after, err)
		}
		if _, err := c.With(order.Minor(n, order.EUR)); !errors.Is(err, order.ErrCurrency) {
			t.Fatalf("in another currency: %v", err)
		}
	})
	for field, change := range map[string]func(c *ledger.CreditBalance){
		"customer":    func(c *ledger.CreditBalance) { c.Customer = "" },
		"state":       func(c *ledger.CreditBalance) { c.State = "" },
		"balance":     func(c *ledger.CreditBalance) { c.Balance = usd(-1) },
		"payOutAfter": func(c *ledger.CreditBalance) { c.PayOutAfter = -1 },
		"version":     func(c *ledger.CreditBalance) { c.Version = -1 },
		"waits":       func(c *ledger.CreditBalance) { c.DueAt = time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		c := ledger.CreditBalance{Customer: "c1", State: ledger.CreditOpen, Balance: usd(5)}
		change(&c)
		var f *order.FieldError
		if err := c.Check(); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (ledger.CreditBalance{Customer: "c1", State: ledger.CreditReview, Balance: usd(0)}).Check(); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("nothing for an operator: %v", err)
	}
}
