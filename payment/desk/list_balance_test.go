package desk_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

// What was paid from the balance or on the monthly bill goes back there, and no gateway is short of
// it: such a payment waits for no operator (X4, P18).
func TestX4_GivenBackToBalance(t *testing.T) {
	for _, method := range []payment.Method{payment.MethodBalance, payment.MethodMonthly} {
		r := newHost(t)
		r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
		r.deposit("d", payment.FundCash, 5000)
		r.place("", draftFor("a", 1000))
		p := r.pay("k", method, nil, "a")
		if o := r.move("a", order.EventFail); o.State != order.StateRefunded {
			t.Errorf("%s: the order is %s", method, o.State)
		}
		p = r.payment(p.ID)
		if p.Returned() != cents(1000) || p.Left().Sign() != 0 || p.Overdrawn().Sign() != 0 {
			t.Errorf("%s: %s came back, %s is left, %s overdrawn", method, p.Returned(), p.Left(), p.Overdrawn())
		}
		if l := onList(t, r.d, desk.ListExcess); len(l.Payments) != 0 {
			t.Errorf("%s: an operator is asked about %d payments", method, len(l.Payments))
		}
	}
}
