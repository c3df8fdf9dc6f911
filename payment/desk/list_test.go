package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// onList is all of a list, on pages of one.
func onList(t *testing.T, d *desk.Desk, of desk.List) (all desk.Listed) {
	t.Helper()
	for {
		page, err := d.List(ctx, desk.ListRequest{By: "op", List: of, After: all.Next, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		all.Payments, all.Refunds, all.Orders = append(all.Payments, page.Payments...), append(all.Refunds, page.Refunds...), append(all.Orders, page.Orders...)
		all.Bills, all.Accounts, all.Notices = append(all.Bills, page.Bills...), append(all.Accounts, page.Accounts...), append(all.Notices, page.Notices...)
		all.Credits = append(all.Credits, page.Credits...)
		if all.Next = page.Next; all.Next.IsZero() {
			return all
		}
	}
}

// X4: payments and refunds in review, and orders that are paid, of two customers, the oldest
// first, until an operator has resolved them, or they are completed.
func TestX4_ReviewsAndOrders(t *testing.T) {
	w := newNthWorld()
	paid := func(c order.CustomerID, id order.ID) {
		w.place(c, id)
		w.pay(nthRequest(c, payment.Key("pay-"+id), payment.MethodOnline, id), payment.PaymentSucceeded)
		w.clock.Move(time.Second)
	}
	paid("bob", "1")
	paid("ann", "2")
	w.place("ann", "unpaid")
	var got []order.ID
	for _, o := range onList(t, w.desk, desk.ListOrders).Orders {
		got = append(got, o.ID)
	}
	if !slices.Equal(got, []order.ID{"1", "2"}) {
		t.Errorf("orders paid: %v", got)
	}
	w.move("bob", "1", order.EventFail) // bob's gateway gives nothing back
	r := w.store.All("bob").Refunds
	if got := onList(t, w.desk, desk.ListRefunds).Refunds; len(got) != 1 || got[0].ID != r[0].ID || got[0].Customer != "bob" {
		t.Errorf("refunds in review: %+v", got)
	}
	w.must(w.desk.Resolve(nthCtx, desk.ResolveRequest{Customer: "bob", By: "op", Why: "by hand", Refund: r[0].ID, Decision: desk.DecisionSucceeded}))
	w.review()
	p := payment.Request{Customer: "ann", Key: "k"}.Payment()
	if got := onList(t, w.desk, desk.ListPayments).Payments; len(got) != 1 || got[0].ID != p {
		t.Errorf("payments in review: %+v", got)
	}
	w.must(w.desk.Resolve(nthCtx, desk.ResolveRequest{Customer: "ann", By: "op", Why: "seen", Payment: p, Decision: desk.DecisionFailed, Captured: usd(0)}))
	w.move("ann", "2", order.EventFail)
	if len(w.wrong) > 0 {
		t.Fatal(w.wrong)
	}
	for _, of := range []desk.List{desk.ListPayments, desk.ListRefunds, desk.ListOrders} {
		if l := onList(t, w.desk, of); len(l.Payments)+len(l.Refunds)+len(l.Orders) > 0 {
			t.Errorf("%s, when all is resolved: %+v", of, l)
		}
	}
}

// X4, P6: a bill is overdue from the second in which it is declined, until it is charged.
func TestX4_BillsOverdue(t *testing.T) {
	w := newNthWorld()
	w.place("ann", "o")
	w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	w.policy.BillTries = []time.Duration{24 * time.Hour}
	w.always(gateway.Outcome{Status: gateway.StatusDeclined, Text: "no"})
	overdue := func(when string, want int) {
		t.Helper()
		if got := onList(t, w.desk, desk.ListBills).Bills; len(got) != want {
			t.Errorf("%s: %+v", when, got)
		}
	}
	overdue("before it is made", 0)
	w.clock.Move(14 * 24 * time.Hour)
	w.must(nthSweep(w, w.desk))
	overdue("when it is declined", 1)
	w.always(nthCaptured)
	w.clock.Move(24*time.Hour - time.Second)
	w.must(nthSweep(w, w.desk))
	overdue("a second before it is tried again", 1)
	w.clock.Move(time.Second)
	w.must(nthSweep(w, w.desk))
	overdue("when it is charged", 0)
}

// X4, P17: a notice whose tries are used up is listed; an account is when it is further below zero than it may be.
func TestX4_NoticesAndAccounts(t *testing.T) {
	r := newHost(t)
	r.d.Notifier = &ear{deaf: 2}
	r.p.RetryAfter = []time.Duration{time.Minute, time.Hour}
	r.deposit("d", payment.FundCash, 5000)
	r.place("", draftFor("a", 100))
	r.pay("a", payment.MethodBalance, nil, "a")
	r.sweep()
	r.clock.Move(time.Minute)
	r.sweep()
	r.clock.Move(time.Hour - time.Second)
	r.sweep()
	if got := onList(t, r.d, desk.ListNotices).Notices; len(got) != 0 {
		t.Errorf("a second before its tries are used up: %+v", got)
	}
	r.clock.Move(time.Second)
	r.sweep()
	if got := onList(t, r.d, desk.ListNotices).Notices; len(got) != 1 || got[0].Orders[0] != "a" {
		t.Errorf("when its tries are used up: %+v", got)
	}
	r.audit()
	if got := onList(t, r.d, desk.ListOverdrawn).Accounts; len(got) != 0 {
		t.Errorf("overdrawn: %+v", got)
	}
	r.must(r.s.Commit(ctx, ledger.Change{Customer: "c2", Put: ledger.Records{Accounts: []payment.Account{{Customer: "c2", Fund: payment.FundCash, Balance: cents(-1)}}}}))
	if got := onList(t, r.d, desk.ListOverdrawn).Accounts; len(got) != 1 || got[0].Customer != "c2" {
		t.Errorf("overdrawn: %+v", got)
	}
}

// P10: an operator names who acts, and is checked before anything is listed.
func TestP10_WhoLists(t *testing.T) {
	r := newHost(t)
	var asked desk.Inquiry
	r.d.Checks = desk.Checks{desk.CheckFunc(func(_ context.Context, in desk.Inquiry) (f payment.Findings, err error) {
		if asked = in; in.By != "op" {
			f.Denied = "no operator"
		}
		return f, nil
	})}
	onList(t, r.d, desk.ListOrders)
	if asked.By != "op" || asked.Customer != "" || !asked.At.Equal(start) {
		t.Errorf("asked %+v", asked)
	}
	if _, err := r.d.List(ctx, desk.ListRequest{By: "eve", List: desk.ListOrders}); !errors.Is(err, payment.ReasonDenied) {
		t.Errorf("denied: %v", err)
	}
	for field, x := range map[string]desk.ListRequest{"by": {List: desk.ListOrders}, "list": {By: "op"}, "limit": {By: "op", List: desk.ListOrders, Limit: 1001}} {
		var f *order.FieldError
		if _, err := r.d.List(ctx, x); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	r.d.Checks = desk.Checks{desk.CheckFunc(func(context.Context, desk.Inquiry) (f payment.Findings, err error) { return f, errHost })}
	if _, err := r.d.List(ctx, desk.ListRequest{By: "op", List: desk.ListOrders}); !errors.Is(err, errHost) || !errors.Is(err, payment.ErrHost) {
		t.Errorf("no answer: %v", err)
	}
	r.d.Store = struct{ ledger.Store }{r.s}
	if _, err := r.d.List(ctx, desk.ListRequest{By: "op", List: desk.ListOrders}); !errors.Is(err, payment.ErrHost) {
		t.Errorf("a store that lists nothing: %v", err)
	}
}

// P10: every verb of the house asks who acts before it reads, and writes nothing for one who may
// not; a claim, which the Desk completes, asks nobody.
func TestP10_OperatorsAreChecked(t *testing.T) {
	for _, verb := range []string{"Place", "Move", "Deposit", "SetCredit", "Issue", "IssueCode", "MoveCoupon", "Resolve", "ResolveNotice", "ResolveBill", "PayOut", "SettleCredit", "Adopt"} {
		h := newFront(t)
		asked := 0
		h.Checks = desk.Checks{desk.CheckFunc(func(_ context.Context, in desk.Inquiry) (payment.Findings, error) {
			asked++
			return payment.Findings{Denied: "on leave"}, nil
		})}
		before, _ := h.everything(t)
		err := calls[verb](h)
		after, _ := h.everything(t)
		if !errors.Is(err, payment.ReasonDenied) || asked != 1 || h.reads.n > 0 || sameRecords(before, after) != "" {
			t.Errorf("%s: %v, asked %d times, read %d times", verb, err, asked, h.reads.n)
		}
		if err := calls["Claim"](h); err != nil {
			t.Errorf("a claim: %v", err)
		}
	}
}
