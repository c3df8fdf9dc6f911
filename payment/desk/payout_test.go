package desk_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
)

// billed lets the customer have an order settled monthly, and charges its bill in the next month.
func (r *host) billed(id order.ID, amount order.Money) {
	r.t.Helper()
	d := draftFor(id, 0)
	d.Lines[0].Amount = amount
	r.place("", d)
	r.pay(payment.Key("k-"+id), payment.MethodMonthly, nil, id)
	r.clock.Move(31 * day)
	r.sweep()
}

func (r *host) payOut(id string, cur order.Currency) (desk.PaidOut, error) {
	return r.d.PayOut(ctx, desk.PayOutRequest{ID: id, Customer: "c1", By: "op", Currency: cur})
}

// backs checks what goes back, in order, and the rest.
func backs(t *testing.T, out desk.PaidOut, rest int64, want ...int64) {
	t.Helper()
	var got []int64
	sum := int64(0)
	for _, f := range out.Refunds {
		got = append(got, f.Cash.Minor())
	}
	for _, n := range want {
		sum += n
	}
	if !cmp.Equal(got, want) || out.Rest.Minor() != rest || out.Amount.Minor() != sum {
		t.Errorf("%v goes back, %s in all, rest %s; want %v, rest %d", got, out.Amount, out.Rest, want, rest)
	}
}

// leaver is a customer on monthly settlement who has left: 200.00 were charged by the bill of
// March, the resource has been released, and 151.35 were given back, which nothing takes.
func leaver(t *testing.T, days int) *host {
	r := monthlyHost(t)
	r.p.PayOutAfter = days
	r.place("", draftFor("o1", 20000))
	r.pay("k1", payment.MethodMonthly, nil, "o1")
	x := resourceOf("x1", "vm")
	x.Expiry = time.Date(2024, 5, 31, 23, 59, 59, 0, time.UTC)
	r.move("o1", order.EventComplete, x)
	r.place("", draftFor("o2", 15135))
	r.pay("k2", payment.MethodMonthly, nil, "o2")
	r.clock.Move(31 * day) // 2024-04-01 10:00
	r.sweep()
	r.move("o2", order.EventFail)
	if c := r.credit(order.USD); c.Balance != cents(15135) {
		t.Fatalf("credit %s", c.Balance)
	}
	return r
}

// The customer of the story: on monthly settlement, leaves, and 151.35 are in credit over months
// without charges. An operator pays it out, and the customer hears of it.
func TestP21_TheStory(t *testing.T) {
	r := leaver(t, 0)
	heard := &ear{}
	r.d.Notifier = heard
	if o, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole)); err != nil || o.Order.State != order.StateCompleted {
		t.Fatalf("%s, %v", o.Order.State, err)
	}
	back := 15135 + r.order("leave").Payable().Neg().Minor()
	for range 12 { // a year: no bill, and nothing goes back by itself
		r.clock.Move(31 * day)
		r.sweep()
	}
	r.bills(payment.Bill{Month: "2024-03", State: payment.BillPaid, Charges: cents(35135), Credits: cents(0)})
	if c := r.credit(order.USD); c.Balance.Minor() != back || c.State != ledger.CreditOpen {
		t.Errorf("credit %s, %s", c.Balance, c.State)
	}
	r.nets(35135)
	out, err := r.payOut("out", order.USD)
	r.must(err)
	backs(t, out, 0, back)
	r.nets(35135 - back) // sent at once, as other refunds are
	if f := r.s.All("c1").Refunds; r.credit(order.USD).Balance != cents(0) || f[len(f)-1].State != payment.RefundDone {
		t.Errorf("credit %s, refunds %+v", r.credit(order.USD).Balance, f)
	}
	r.audit()
	again, err := r.payOut("out", order.USD)
	r.must(err)
	backs(t, again, 0, back)
	if _, err := r.payOut("out", order.EUR); !errors.Is(err, payment.ReasonKey) {
		t.Errorf("the ID for another currency: %v", err)
	}
	if _, err := r.payOut("more", order.USD); !errors.Is(err, order.ErrNotFound) {
		t.Errorf("nothing left: %v", err)
	}
	r.nets(35135 - back)
	r.clock.Move(time.Hour)
	r.sweep()
	n := 0
	for _, k := range heard.kinds() {
		n += btoi(k == ledger.NoticePaidOut)
	}
	if n != 1 {
		t.Errorf("heard %v", heard.kinds())
	}
	r.audit()
}

// What a pay-out leaves is read back by a store that keeps records as text.
func TestP21_P12_PaidOutIsReadBack(t *testing.T) {
	r := leaver(t, 0)
	_, err := r.payOut("out", order.USD)
	r.must(err)
	views, err := r.s.All("c1").Encode()
	r.must(err)
	var back ledger.Records
	for _, v := range views {
		if err := back.Decode(v); err != nil {
			t.Errorf("%s %s: %v", v.Kind, v.ID, err)
		}
	}
	again, err := back.Encode()
	r.must(err)
	if d := sameRecords(views, again); d != "" {
		t.Error(d)
	}
}

// By itself it is paid out so many days after the last resource ended, to the second, and not
// while one is left.
func TestP21_ByItself(t *testing.T) {
	r := leaver(t, 30)
	r.clock.Move(40 * day) // a resource is still there
	r.sweep()
	credit := r.credit(order.USD)
	if credit.Balance != cents(15135) {
		t.Fatalf("credit %s", credit.Balance)
	}
	_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
	r.must(err)
	back := r.credit(order.USD).Balance.Minor()
	ended := r.res("x1").Released
	if due := r.credit(order.USD).DueAt; !due.Equal(ended.Add(30 * day)) {
		t.Errorf("due %s, the resource ended %s", due, ended)
	}
	r.clock.Move(ended.Add(30*day - time.Second).Sub(r.clock.Now()))
	r.sweep()
	if c := r.credit(order.USD); c.Balance.Minor() != back {
		t.Errorf("a second early: %s", c.Balance)
	}
	r.nets(35135)
	r.audit()
	r.clock.Move(time.Second)
	s, err := r.d.Sweep(ctx, 100)
	r.must(err)
	if c := r.credit(order.USD); c.Balance != cents(0) || s.Credits != 1 || !c.DueAt.IsZero() {
		t.Errorf("%d paid out, credit %+v", s.Credits, c)
	}
	r.nets(35135 - back)
	r.audit()
}

// What ends by itself ends the wait too: the resource expires and is released by the sweep, and
// a credit that comes after that goes out at once.
func TestP21_ByItselfAfterExpiry(t *testing.T) {
	r := leaver(t, 10)
	for range 12 {
		r.clock.Move(10 * day)
		r.sweep()
	}
	ended := r.res("x1").Released
	if c := r.credit(order.USD); ended.IsZero() || c.Balance != cents(0) {
		t.Errorf("released %s, credit %+v", ended, c)
	}
	r.nets(20000)
	r.audit()
}

// A release that gives nothing back begins the wait too, to the second.
func TestP21_ByItselfAfterRelease(t *testing.T) {
	r := leaver(t, 10)
	r.clock.Move(61 * day) // the resource has expired, and is in grace
	r.sweep()
	r.must(r.d.Release(ctx, desk.ReleaseRequest{Customer: "c1", By: "u", Resource: "x1"}))
	if c, ended := r.credit(order.USD), r.res("x1").Released; !c.DueAt.Equal(ended.Add(10 * day)) {
		t.Errorf("released %s, credit %+v", ended, c)
	}
	r.clock.Move(10 * day)
	r.sweep()
	if c := r.credit(order.USD); c.Balance != cents(0) {
		t.Errorf("credit %+v", c)
	}
	r.audit()
}

// A policy that begins to pay out is seen within 30 days.
func TestP21_PolicyBeginsToPayOut(t *testing.T) {
	r := leaver(t, 0)
	_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
	r.must(err)
	r.clock.Move(100 * day)
	r.sweep()
	r.p.PayOutAfter = 5
	r.clock.Move(30 * day)
	r.sweep()
	if c := r.credit(order.USD); c.Balance != cents(0) {
		t.Errorf("credit %+v", c)
	}
	r.audit()
}

// The newest payment comes first, each takes what is left of it, and what none can take waits for
// an operator, who settles it by hand.
func TestP21_NewestFirst(t *testing.T) {
	r := monthlyHost(t)
	r.billed("a", cents(1000)) // March
	r.billed("b", cents(2000)) // April
	r.billed("c", cents(4000)) // May
	r.move("b", order.EventFail)
	out, err := r.payOut("1", order.USD)
	r.must(err)
	backs(t, out, 0, 2000) // of May
	r.move("c", order.EventFail)
	r.move("a", order.EventFail)
	out, err = r.payOut("2", order.USD)
	r.must(err)
	backs(t, out, 0, 2000, 2000, 1000) // the rest of May, April, March
	r.nets(0)
	r.audit()
}

// What no payment can take stays in credit and is seen: it is in review, and counted.
func TestP21_RestWaitsForAnOperator(t *testing.T) {
	for _, days := range []int{0, 7} {
		r := leaver(t, days) // a bill charged 351.35
		r.d.Gateways["g"] = noRefunds{r.g}
		_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
		r.must(err)
		all := r.credit(order.USD).Balance
		// What the bill's payment captured has gone back for the most part.
		for i := range r.s.All("c1").Payments {
			if p := r.s.All("c1").Payments[i]; p.Bill != "" {
				p.Returns = append(p.Returns, payment.Return{Refund: "elsewhere", Cash: cents(35135 - 100)})
				r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: ledger.Records{Payments: []payment.Payment{p}}}))
			}
		}
		reviews := 0
		if days == 0 {
			out, err := r.payOut("out", order.USD)
			r.must(err)
			backs(t, out, all.Minor()-100, 100)
		} else {
			r.clock.Move(7 * day)
			s, err := r.d.Sweep(ctx, 100)
			r.must(err)
			reviews = s.Reviews
		}
		c := r.credit(order.USD)
		if c.State != ledger.CreditReview || c.Balance.Minor() != all.Minor()-100 || !c.DueAt.IsZero() {
			t.Errorf("%d days: credit %+v", days, c)
		}
		if days > 0 && reviews < 1 {
			t.Errorf("%d are counted", reviews)
		}
		r.clock.Move(60 * day)
		r.sweep()
		if again := r.credit(order.USD); again != c {
			t.Errorf("it is moved again: %+v", again)
		}
		if c := r.settled(t, "s", c.Balance.Minor()); c.State != ledger.CreditOpen || c.Balance != cents(0) {
			t.Errorf("%+v", c)
		}
	}
}

// settled takes an amount off the credit by hand.
func (r *host) settled(t *testing.T, id string, n int64) ledger.CreditBalance {
	t.Helper()
	c, err := r.d.SettleCredit(ctx, desk.SettleCreditRequest{ID: id, Customer: "c1", By: "op", Why: "bank transfer 4711", Amount: cents(n)})
	r.must(err)
	return c
}

// An operator takes off what was given back in another way, once, and never more than there is.
func TestP21_SettleCredit(t *testing.T) {
	r := monthlyHost(t)
	r.billed("a", cents(1000))
	r.move("a", order.EventFail)
	if c := r.settled(t, "s1", 400); c.Balance != cents(600) || c.State != ledger.CreditOpen || c.DueAt.IsZero() {
		t.Errorf("%+v", c)
	}
	if c := r.settled(t, "s1", 400); c.Balance != cents(600) {
		t.Errorf("said twice: %+v", c)
	}
	if _, err := r.d.SettleCredit(ctx, desk.SettleCreditRequest{ID: "s1", Customer: "c1", By: "op", Why: "w", Amount: cents(5)}); !errors.Is(err, payment.ReasonKey) {
		t.Errorf("the ID for another amount: %v", err)
	}
	var f *order.FieldError
	if _, err := r.d.SettleCredit(ctx, desk.SettleCreditRequest{ID: "s2", Customer: "c1", By: "op", Why: "w", Amount: cents(601)}); !errors.As(err, &f) || f.Field != "amount" {
		t.Errorf("more than there is: %v", err)
	}
	if c := r.settled(t, "s3", 600); c.Balance != cents(0) || !c.DueAt.IsZero() {
		t.Errorf("%+v", c)
	}
	r.nets(1000)
	r.audit()
}

// An open order, a bill that is due, and an open payment each refuse, and let it be once they end;
// by itself it waits a day each time.
func TestP21_Barred(t *testing.T) {
	for _, row := range []struct {
		what   string
		bar    func(r *host) (end func())
		reason payment.Reason
	}{
		{"an open order", func(r *host) func() {
			r.place("", draftFor("o", 100))
			return func() {
				_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"o"}})
				r.must(err)
			}
		}, payment.ReasonState},
		{"an open payment", func(r *host) func() {
			decide := r.undecided()
			r.place("", draftFor("o", 100))
			r.pay("ko", payment.MethodOnline, nil, "o")
			return func() {
				decide(gateway.StatusCaptured)
				r.clock.Move(time.Hour)
				r.sweep()
			}
		}, payment.ReasonPaymentInProgress},
		{"a bill that is due", func(r *host) func() {
			r.settled(r.t, "all", 1000)
			r.place("", draftFor("o", 3000))
			r.pay("ko", payment.MethodMonthly, nil, "o")
			decide := r.undecided()
			decide(gateway.StatusDeclined)
			r.clock.Move(31 * day)
			r.sweep()
			r.move("b", order.EventFail)
			return func() {
				decide(gateway.StatusCaptured)
				r.clock.Move(day)
				r.sweep()
			}
		}, payment.ReasonState},
	} {
		r := monthlyHost(t)
		r.place("", draftFor("b", 1000))
		r.pay("kb", payment.MethodMonthly, nil, "b")
		r.billed("a", cents(1000))
		r.move("a", order.EventFail)
		end := row.bar(r)
		before := r.credit(order.USD)
		if _, err := r.payOut("no", order.USD); !errors.Is(err, row.reason) {
			t.Errorf("%s: %v", row.what, err)
		}
		if c := r.credit(order.USD); c != before {
			t.Errorf("%s: refused, and the credit is %+v", row.what, c)
		}
		r.audit()
		end()
		out, err := r.payOut("no", order.USD) // a refusal has used nothing up
		r.must(err)
		backs(t, out, 0, 1000)
		r.audit()
	}
}

// By itself a credit waits while an order is open, and is looked at again a day later.
func TestP21_ByItselfWaits(t *testing.T) {
	r := leaver(t, 10)
	_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
	r.must(err)
	r.clock.Move(9 * day)
	r.place("", draftFor("o", 100)) // open for 7 days
	r.clock.Move(day)
	r.sweep()
	c := r.credit(order.USD)
	if c.Balance.Sign() == 0 || !c.DueAt.Equal(r.clock.Now().Add(day)) {
		t.Errorf("credit %+v at %s", c, r.clock.Now())
	}
	r.audit()
	for range 7 {
		r.clock.Move(day)
		r.sweep()
	}
	if c := r.credit(order.USD); c.Balance.Sign() != 0 {
		t.Errorf("credit %+v", c)
	}
	r.audit()
}

// beforeCommit is a store in which somebody else does something before a step is committed, once.
type beforeCommit struct {
	*inmem.Store
	step string
	do   *func()
}

func (s beforeCommit) Commit(ctx context.Context, c ledger.Change) error {
	if do := *s.do; do != nil && len(c.Put.Entries) > 0 && c.Put.Entries[0].Step == s.step {
		*s.do = nil
		do()
	}
	return s.Store.Commit(ctx, c)
}

// What comes between load and commit is found: an order, a bill that becomes due, a payment, all
// new; and more credit, of which all is paid out.
func TestP21_Meanwhile(t *testing.T) {
	for what, row := range map[string]struct {
		do     func(r *host)
		reason payment.Reason
	}{
		"an order": {func(r *host) { r.place("", draftFor("o", 100)) }, payment.ReasonState},
		"a payment": {func(r *host) {
			r.undecided()
			r.place("", draftFor("here", 100))
			r.pay("ko", payment.MethodOnline, nil, "here")
		}, payment.ReasonPaymentInProgress},
		"a bill": {func(r *host) {
			r.undecided()(gateway.StatusDeclined)
			r.clock.Move(31 * day)
			_, err := r.d.Sweep(ctx, 100)
			r.must(err)
			r.move("late", order.EventFail)
		}, payment.ReasonState},
		"more credit": {func(r *host) { r.move("late", order.EventFail) }, ""},
	} {
		r := monthlyHost(t)
		r.place("", draftFor("late", 500))
		r.pay("kl", payment.MethodMonthly, nil, "late")
		r.billed("a", cents(1000))
		r.move("a", order.EventFail)
		if what == "a bill" {
			r.place("", draftFor("m", 3000))
			r.pay("km", payment.MethodMonthly, nil, "m")
		}
		do := func() { row.do(r) }
		other := *r.d
		other.Store = beforeCommit{r.s, ledger.StepPayOut, &do}
		out, err := other.PayOut(ctx, desk.PayOutRequest{ID: "out", Customer: "c1", By: "op", Currency: order.USD})
		if do != nil {
			t.Errorf("%s: nothing came meanwhile", what)
		}
		if row.reason == "" {
			r.must(err)
			backs(t, out, 0, 1500)
		} else if !errors.Is(err, row.reason) {
			t.Errorf("%s: %v, %+v", what, err, out)
		}
		r.audit()
	}
}

// Two currencies are two credits: what pays one out leaves the other, and a bill due in one does
// not keep the other.
func TestP21_Currencies(t *testing.T) {
	r := monthlyHost(t)
	r.billed("usd", cents(1000))
	r.billed("eur", order.Minor(2000, order.EUR))
	r.move("usd", order.EventFail)
	r.move("eur", order.EventFail)
	r.place("", draftFor("due", 5000))
	r.pay("kd", payment.MethodMonthly, nil, "due")
	r.undecided()(gateway.StatusDeclined)
	r.clock.Move(31 * day)
	r.sweep() // takes 10.00, and is declined
	if usd, eur := r.credit(order.USD), r.credit(order.EUR); usd.Balance != cents(0) || eur.Balance != order.Minor(2000, order.EUR) {
		t.Errorf("%s, %s", usd.Balance, eur.Balance)
	}
	out, err := r.payOut("out", order.EUR)
	r.must(err)
	backs(t, out, 0, 2000)
	if out.Refunds[0].Cash.Currency() != order.EUR {
		t.Errorf("%s", out.Refunds[0].Cash)
	}
	r.audit()
}

// Two hosts pay out at once, by hand and by themselves: it goes back once.
func TestP21_TwoHosts(t *testing.T) {
	r := leaver(t, 1)
	_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
	r.must(err)
	back := r.credit(order.USD).Balance.Minor()
	r.p.Conflicts = 1000
	r.clock.Move(day)
	other := *r.d
	var wait sync.WaitGroup
	for i, d := range []*desk.Desk{r.d, &other, r.d, &other} {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if i < 2 {
				if _, err := d.Sweep(ctx, 100); err != nil {
					t.Error(err)
				}
				return
			}
			_, err := d.PayOut(ctx, desk.PayOutRequest{ID: fmt.Sprint("out", i), Customer: "c1", By: "op", Currency: order.USD})
			if err != nil && !errors.Is(err, order.ErrNotFound) {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	r.clock.Move(time.Hour)
	r.sweep()
	r.nets(35135 - back)
	if n := len(r.s.All("c1").Refunds); r.credit(order.USD).Balance != cents(0) {
		t.Errorf("credit %s, %d refunds", r.credit(order.USD).Balance, n)
	}
	r.audit()
}

// A refund that the gateway declines is handled as others are: it waits for an operator, and the
// credit does not come back.
func TestP21_DeclinedRefund(t *testing.T) {
	r := monthlyHost(t)
	r.billed("a", cents(1000))
	r.move("a", order.EventFail)
	r.d.Gateways["g"] = noRefunds{r.g}
	out, err := r.payOut("out", order.USD)
	r.must(err)
	backs(t, out, 0, 1000)
	f, err := r.d.Refund(ctx, "c1", out.Refunds[0].ID)
	if err != nil || f.State != payment.RefundReview || r.credit(order.USD).Balance != cents(0) {
		t.Fatalf("%+v, %v", f, err)
	}
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "bank transfer", Refund: f.ID, Decision: desk.DecisionSucceeded}))
	r.audit()
}

// noRefunds is a gateway that gives no money back.
type noRefunds struct{ gateway.Gateway }
