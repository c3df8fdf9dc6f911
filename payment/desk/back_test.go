package desk_test

import (
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

// left is a leaving of the host's customer.
func left(id order.ID, of order.ResourceID, f func(l *desk.UnsubscribeRequest)) desk.UnsubscribeRequest {
	l := desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: id, Resource: of}
	f(&l)
	return l
}

func whole(*desk.UnsubscribeRequest) {}

func (r *host) leave(l desk.UnsubscribeRequest) order.Order {
	r.t.Helper()
	o, err := r.d.Unsubscribe(ctx, l)
	r.must(err)
	return o
}

// accounts checks the balances of cash and credit.
func (r *stored) accounts(when string, cash, credit int64) {
	r.t.Helper()
	if c, k := r.account(payment.FundCash), r.account(payment.FundCredit); c != cash || k != credit {
		r.t.Errorf("%s: cash %d, credit %d, want %d and %d", when, c, k, cash, credit)
	}
}

// More credits than charges are carried to the bill of the next month (P6).
func TestP6_CreditsCarryOverToTheNextBill(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.place("", draftFor("a", 700))
	r.place("", draftFor("b", 500))
	r.pay("k", payment.MethodMonthly, nil, "a", "b")
	next := func() {
		r.clock.Move(31 * day)
		r.sweep()
	}
	next() // March is charged in April
	r.move("a", order.EventFail)
	next() // April is a credit
	r.place("", draftFor("e", 1000))
	r.pay("k2", payment.MethodMonthly, nil, "e")
	next()
	bills := r.s.All("c1").Bills
	slices.SortFunc(bills, func(a, b payment.Bill) int { return cmpText(a.Month, b.Month) })
	want := []struct {
		month                     payment.Month
		state                     payment.BillState
		charges, credits, carried int64
	}{
		{"2024-03", payment.BillPaid, 1200, 0, 0},
		{"2024-04", payment.BillPaid, 0, 700, 0},
		{"2024-05", payment.BillPaid, 1000, 0, -700},
	}
	for i, w := range want {
		if i >= len(bills) {
			t.Fatalf("%d bills", len(bills))
		}
		if b := bills[i]; b.Month != w.month || b.State != w.state || b.Charges != cents(w.charges) || b.Credits != cents(w.credits) || b.Carried != cents(w.carried) {
			t.Errorf("%s is %s: charges %s, credits %s, carried %s, want %+v", b.Month, b.State, b.Charges, b.Credits, b.Carried, w)
		}
	}
	r.nets(1500) // 1200, and 1000 less 700
	r.audit()
}

func cmpText[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
