package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// billedOnce is a host whose customer has had a bill of 100.00 charged, and what charged it.
func billedOnce(t *testing.T) (*host, payment.Payment) {
	r := monthlyHost(t)
	r.billed("o", cents(10000))
	ps := r.tries()
	if len(ps) != 1 || ps[0].State != payment.PaymentSucceeded {
		t.Fatalf("payments of the bill: %+v", ps)
	}
	return r, ps[0]
}

// tries are the payments of bills, as they were held.
func (r *stored) tries() (list []payment.Payment) {
	for _, p := range r.s.All("c1").Payments {
		if p.Bill != "" {
			list = append(list, p)
		}
	}
	return list
}

// bill checks what the one bill of March is, what is due of it, and how many bills are overdue.
func (r *stored) bill(state payment.BillState, due int64, overdue int) payment.Bill {
	r.t.Helper()
	for _, b := range r.s.All("c1").Bills {
		if b.Month != "2024-03" {
			continue
		}
		if is := b.Due().Minor(); b.State != state || state == payment.BillDue && is != due {
			r.t.Errorf("the bill is %s, %s due; want %s, %d", b.State, b.Due(), state, due)
		}
		for _, a := range r.s.All("c1").Accounts {
			if a.Fund == payment.FundMonthly && a.Overdue != overdue {
				r.t.Errorf("%d bills are overdue, want %d", a.Overdue, overdue)
			}
		}
		return b
	}
	r.t.Error("there is no such bill")
	return payment.Bill{}
}

func (r *host) resolveBill(how desk.Decision) error {
	return r.d.ResolveBill(ctx, desk.ResolveBillRequest{Customer: "c1", By: "op", Why: "agreed by phone", Month: "2024-03", Currency: order.USD, Decision: how})
}

// What is gone of a bill's payment is due again, that amount alone, overdue at once, and charged when
// an operator has it tried again: under another key.
func TestP18_BillDueAgain(t *testing.T) {
	r, p := billedOnce(t)
	r.place("", draftFor("next", 500))
	r.taken(p, 3000)
	if b := r.bill(payment.BillDue, 3000, 1); !b.DueAt.IsZero() || !b.Try.IsZero() {
		t.Errorf("the bill waits until %s", b.DueAt)
	}
	if _, err := r.d.Pay(ctx, payment.Request{Key: "n", Customer: "c1", By: "u", Orders: []order.ID{"next"}, Method: payment.MethodMonthly}); !errors.Is(err, payment.ReasonMethod) {
		t.Errorf("settled monthly while a bill is overdue: %v", err)
	}
	if got := onList(t, r.d, desk.ListBills).Bills; len(got) != 1 {
		t.Errorf("listed %+v", got)
	}
	r.audit()
	for range 60 { // it is not charged by itself
		r.clock.Move(day)
		r.sweep()
	}
	if len(r.tries()) != 1 {
		t.Fatalf("tries %+v", r.tries())
	}
	r.g.DeclineNext("no cover")
	r.must(r.resolveBill(desk.DecisionAgain))
	r.must(r.resolveBill(desk.DecisionAgain)) // said twice
	r.sweep()
	r.bill(payment.BillDue, 3000, 1)
	r.clock.Move(60 * day)
	r.sweep() // it waits for an operator again
	r.must(r.resolveBill(desk.DecisionAgain))
	r.sweep()
	r.bill(payment.BillPaid, 0, 0)
	keys := make(map[string]bool)
	for _, x := range r.tries() {
		if keys[x.Key] = true; x.ID != p.ID && x.Amount != cents(3000) {
			t.Errorf("charged %s", x.Amount)
		}
	}
	if len(r.tries()) != 3 || len(keys) != 3 {
		t.Errorf("%d tries with %d keys", len(r.tries()), len(keys))
	}
	r.nets(10000)
	r.audit()
	if es := r.entriesOf("resolve bill"); len(es) != 2 || es[0].By != "op" || es[0].Why != "agreed by phone" {
		t.Errorf("entries %+v", es)
	}
	r.place("", draftFor("after", 500))
	r.pay("a", payment.MethodMonthly, nil, "after")
}

func (r *stored) entriesOf(step string) (list []ledger.Entry) {
	for _, e := range r.s.All("c1").Entries {
		if e.Step == step {
			list = append(list, e)
		}
	}
	return list
}

// What is due again an operator settles by hand; what then comes again all the same was paid twice,
// and is a credit.
func TestP18_BillByHand(t *testing.T) {
	r, p := billedOnce(t)
	r.taken(p, 3000)
	r.must(r.resolveBill(desk.DecisionSucceeded))
	if b := r.bill(payment.BillPaid, 0, 0); b.ByHand != cents(3000) {
		t.Errorf("by hand %s", b.ByHand)
	}
	r.must(r.resolveBill(desk.DecisionSucceeded)) // it waits for nobody
	r.audit()
	r.taken(p, 1000) // 20.00 come again
	r.bill(payment.BillPaid, 0, 0)
	if c := r.credit(order.USD); c.Balance != cents(2000) {
		t.Errorf("credit %s", c.Balance)
	}
	r.audit()
	r.taken(p, 4000)
	r.bill(payment.BillDue, 3000, 1)
	r.audit()
}

// The money comes again while it is charged again: that is given up first, and where it was faster,
// it is a credit.
func TestP18_BillTryGivenUp(t *testing.T) {
	for _, x := range []struct {
		ends   gateway.Status
		back   int64
		state  payment.BillState
		due    int64
		credit int64
	}{
		{gateway.StatusProcessing, 0, payment.BillPaid, 0, 0},
		{gateway.StatusCaptured, 0, payment.BillPaid, 0, 3000},
		{gateway.StatusProcessing, 1000, payment.BillDue, 1000, 0},
		{gateway.StatusCaptured, 1000, payment.BillPaid, 0, 2000},
		{gateway.StatusDeclined, 0, payment.BillPaid, 0, 0},
	} {
		r, p := billedOnce(t)
		r.taken(p, 3000)
		decide := r.undecided()
		r.must(r.resolveBill(desk.DecisionAgain))
		r.sweep()
		if err := r.resolveBill(desk.DecisionSucceeded); !errors.Is(err, payment.ReasonPaymentInProgress) {
			t.Errorf("by hand while it is charged: %v", err)
		}
		try := r.tries()[1]
		r.taken(p, x.back)
		if try = r.payment(try.ID); try.State != payment.PaymentCanceling {
			t.Errorf("the try is %s", try.State)
		}
		r.audit()
		decide(x.ends)
		for range 3 {
			r.clock.Move(time.Minute)
			r.sweep()
		}
		if try = r.payment(try.ID); !try.State.Final() {
			t.Errorf("%s: the try is %s", x.ends, try.State)
		}
		b := r.bill(x.state, x.due, btoi(x.state == payment.BillDue))
		if c := r.credit(order.USD).Balance.Minor(); c != x.credit || b.Payment != "" {
			t.Errorf("%s, %d: credit %d, charged by %q", x.ends, x.back, c, b.Payment)
		}
		r.audit()
		if x.state != payment.BillDue {
			continue
		}
		decide(gateway.StatusCaptured)
		r.must(r.resolveBill(desk.DecisionAgain))
		r.sweep()
		r.bill(payment.BillPaid, 0, 0)
		r.audit()
	}
}

// More is gone while it is charged again: the try goes on, and the rest waits for an operator. What
// the try itself brought can go too.
func TestP18_BillMoreGone(t *testing.T) {
	r, p := billedOnce(t)
	r.taken(p, 3000)
	decide := r.undecided()
	r.must(r.resolveBill(desk.DecisionAgain))
	r.sweep()
	r.taken(p, 5000)
	r.bill(payment.BillDue, 5000, 1)
	r.clock.Move(day)
	r.sweep()
	if n := len(r.tries()); n != 2 {
		t.Errorf("%d tries", n)
	}
	decide(gateway.StatusCaptured)
	r.clock.Move(day)
	r.sweep()
	r.bill(payment.BillDue, 2000, 1)
	r.audit()
	r.taken(r.tries()[1], 3000)
	r.bill(payment.BillDue, 5000, 1)
	r.audit()
	r.must(r.resolveBill(desk.DecisionAgain))
	r.sweep()
	r.bill(payment.BillPaid, 0, 0)
	r.nets(10000)
	r.audit()
}

// The first answer to the charge of a bill is that it was taken back: in one commit the bill is
// paid and due again.
func TestP18_BillReversedAtFirst(t *testing.T) {
	r := monthlyHost(t)
	decide := r.undecided()
	r.billed("o", cents(10000))
	p := r.tries()[0]
	decide(gateway.StatusCaptured)
	_, err := r.g.Lookup(ctx, gateway.Charge{Key: p.Key})
	r.must(err)
	if p = r.taken(p, 10000); p.State != payment.PaymentSucceeded {
		t.Errorf("the payment is %s", p.State)
	}
	if b := r.bill(payment.BillDue, 10000, 1); b.Declines != 0 || b.Reopened != 1 {
		t.Errorf("%+v", b)
	}
	r.audit()
}

// A credit is paid out to what is left of the payments of bills: what is gone of them is not.
func TestP18_PayOut(t *testing.T) {
	r, p := billedOnce(t)
	r.move("o", order.EventFail) // 100.00 are in credit
	r.taken(p, 3000)
	if _, err := r.payOut("out", order.USD); !errors.Is(err, payment.ReasonState) { // while the bill is due
		t.Errorf("paid out: %v", err)
	}
	r.must(r.resolveBill(desk.DecisionSucceeded)) // by hand
	out, err := r.payOut("out", order.USD)
	r.must(err)
	backs(t, out, 3000, 7000)
	r.nets(0)
	r.audit()
}

// What of a payment went into the balance, and is gone, is taken out of cash, below zero if need be:
// then nothing is paid from balance or credit, and nothing settled monthly, until it is filled.
func TestP18_BalanceBelowZero(t *testing.T) {
	r := monthlyHost(t)
	g := &faulty{Gateway: r.g}
	r.d.Gateways["g"] = g
	r.g.Answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(15000)}
	}
	r.place("", draftFor("o", 10000))
	p := r.pay("k", payment.MethodOnline, nil, "o") // in review: 50.00 too much
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "t1", Surplus: payment.SurplusBalance}))
	_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "op", Limit: cents(90000)})
	r.must(err)
	r.place("", draftFor("spent", 5000))
	r.pay("s", payment.MethodBalance, nil, "spent") // of cash
	r.place("", draftFor("owed", 3000))
	r.pay("w", payment.MethodBalance, nil, "owed") // of credit
	if r.taken(p, 10000); r.cash() != 0 {          // what was asked for goes first
		t.Errorf("cash %d", r.cash())
	}
	r.audit()
	if r.taken(p, 15000); r.cash() != -5000 {
		t.Errorf("cash %d", r.cash())
	}
	if got := onList(t, r.d, desk.ListOverdrawn).Accounts; len(got) != 1 || got[0].Gone != cents(5000) {
		t.Errorf("listed %+v", got)
	}
	r.audit()
	r.place("", draftFor("more", 100))
	pay := func(m payment.Method) error {
		_, err := r.d.Pay(ctx, payment.Request{Key: payment.Key("m " + string(m)), Customer: "c1", By: "u", Orders: []order.ID{"more"}, Method: m})
		return err
	}
	barred := func() {
		t.Helper()
		if err := pay(payment.MethodBalance); !errors.Is(err, payment.ReasonBalance) {
			t.Errorf("paid from the balance: %v", err)
		}
		if err := pay(payment.MethodMonthly); !errors.Is(err, payment.ReasonMethod) {
			t.Errorf("settled monthly: %v", err)
		}
	}
	barred()
	repay := desk.DepositRequest{ID: "repay", Customer: "c1", By: "op", Fund: payment.FundCredit, Amount: cents(100)}
	var field *order.FieldError
	if _, err := r.d.Deposit(ctx, repay); !errors.As(err, &field) || field.Field != "fund" {
		t.Errorf("credit repaid first: %v", err)
	}
	r.move("owed", order.EventFail) // 30.00 come back: into cash, not to the credit that they came from
	if cash, credit := r.cash(), r.account(payment.FundCredit); cash != -2000 || credit != -3000 {
		t.Errorf("cash %d, credit %d", cash, credit)
	}
	r.audit()
	barred()
	r.deposit("one less", payment.FundCash, 1999)
	barred()
	r.deposit("zero", payment.FundCash, 1)
	r.must(pay(payment.MethodBalance)) // of credit
	r.audit()
	r.taken(p, 0) // won
	if r.cash() != 5000 {
		t.Errorf("cash %d", r.cash())
	}
	_, err = r.d.Deposit(ctx, repay)
	r.must(err)
	r.audit()
}
