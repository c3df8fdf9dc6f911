package desk_test

import (
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
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
	done, err := r.d.Unsubscribe(ctx, l)
	r.must(err)
	return done.Order
}

// accounts checks the balances of cash and credit.
func (r *stored) accounts(when string, cash, credit int64) {
	r.t.Helper()
	if c, k := r.account(payment.FundCash), r.account(payment.FundCredit); c != cash || k != credit {
		r.t.Errorf("%s: cash %d, credit %d, want %d and %d", when, c, k, cash, credit)
	}
}

// credit is what the customer has in credit in a currency.
func (r *stored) credit(cur order.Currency) ledger.CreditBalance {
	for _, c := range r.s.All("c1").Credits {
		if c.Balance.Currency() == cur {
			return c
		}
	}
	return ledger.CreditBalance{}
}

// bills checks the bills that there are, by month.
func (r *stored) bills(want ...payment.Bill) {
	r.t.Helper()
	bills := r.s.All("c1").Bills
	slices.SortFunc(bills, func(a, b payment.Bill) int { return cmpText(a.Month, b.Month) })
	if len(bills) != len(want) {
		r.t.Errorf("%d bills, want %d: %+v", len(bills), len(want), bills)
		return
	}
	for i, w := range want {
		if b := bills[i]; b.Month != w.Month || b.State != w.State || b.Charges != w.Charges || b.Credits != w.Credits {
			r.t.Errorf("%s is %s: charges %s, credits %s, want %s %s %s %s", b.Month, b.State, b.Charges, b.Credits, w.Month, w.State, w.Charges, w.Credits)
		}
	}
}

// What is given back of orders settled monthly is a credit, which the bills take that are made;
// a month without charges makes none (P6).
func TestP21_MonthsWithoutChargesMakeNoBill(t *testing.T) {
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
	if c := r.credit(order.USD); c.Balance != cents(700) || c.State != ledger.CreditOpen {
		t.Errorf("credit %s, %s", c.Balance, c.State)
	}
	next() // April has a credit, and no bill
	next()
	next() // nor has May, nor June
	r.place("", draftFor("e", 500))
	r.pay("k2", payment.MethodMonthly, nil, "e")
	next() // July takes all from the credit
	r.place("", draftFor("f", 1000))
	r.pay("k3", payment.MethodMonthly, nil, "f")
	next() // and August the rest
	r.bills(payment.Bill{Month: "2024-03", State: payment.BillPaid, Charges: cents(1200), Credits: cents(0)},
		payment.Bill{Month: "2024-07", State: payment.BillPaid, Charges: cents(500), Credits: cents(500)},
		payment.Bill{Month: "2024-08", State: payment.BillPaid, Charges: cents(1000), Credits: cents(200)})
	if c := r.credit(order.USD); c.Balance != cents(0) {
		t.Errorf("credit %s", c.Balance)
	}
	r.nets(2000) // 1200, and 1000 less 200
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
