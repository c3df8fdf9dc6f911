package desk_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// waiting is what a list shows of a record, and when it waits since; zero: it keeps no time.
type waiting struct {
	At       time.Time
	Customer order.CustomerID
	ID       string
}

// scanned is what waits for an operator among all records, by the rule (X4).
func scanned(of desk.List, all []ledger.Records) (list []waiting) {
	add := func(is bool, at time.Time, customer order.CustomerID, id string) {
		if is {
			list = append(list, waiting{at.UTC().Truncate(time.Second), customer, id})
		}
	}
	for _, r := range all {
		for _, p := range r.Payments {
			over := p.State.Final() && p.Overdrawn().Sign() > 0
			add(of == desk.ListPayments && p.State == payment.PaymentReview, p.Changed, p.Customer, string(p.ID))
			add(of == desk.ListExcess && over, p.Changed, p.Customer, string(p.ID))
		}
		for _, f := range r.Refunds {
			add(of == desk.ListParked && f.State == payment.RefundParked, f.Made, f.Customer, string(f.ID))
			add(of == desk.ListRefunds && f.State == payment.RefundReview, f.Made, f.Customer, string(f.ID))
		}
		for _, o := range r.Orders {
			add(of == desk.ListOrders && o.State == order.StatePaid, o.Changed, o.Customer, string(o.ID))
		}
		for _, b := range r.Bills {
			month, _ := time.Parse("2006-01", string(b.Month))
			add(of == desk.ListBills && b.Overdue(), month, b.Customer, b.Month.BillID(b.Charges.Currency()))
		}
		for _, c := range r.Credits {
			add(of == desk.ListCredits && c.State == ledger.CreditReview, time.Time{}, c.Customer, c.ID())
		}
		for _, a := range r.Accounts {
			add(of == desk.ListOverdrawn && a.Balance.Minor()+a.Limit.Minor() < 0, time.Time{}, a.Customer, a.ID())
		}
		for _, n := range r.Notices {
			add(of == desk.ListNotices && n.State == ledger.NoticeUndeliverable, n.At, n.Customer, n.ID)
		}
	}
	slices.SortFunc(list, func(x, y waiting) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Customer, y.Customer), cmp.Compare(x.ID, y.ID))
	})
	return list
}

// shown are the records of a page, in its order.
func shown(l desk.Listed) (list []waiting) {
	for _, p := range l.Payments {
		list = append(list, waiting{p.Changed, p.Customer, string(p.ID)})
	}
	for _, f := range l.Refunds {
		list = append(list, waiting{f.Made, f.Customer, string(f.ID)})
	}
	for _, o := range l.Orders {
		list = append(list, waiting{o.Changed, o.Customer, string(o.ID)})
	}
	for _, b := range l.Bills {
		month, _ := time.Parse("2006-01", string(b.Month))
		list = append(list, waiting{month, b.Customer, b.Month.BillID(b.Charges.Currency())})
	}
	for _, c := range l.Credits {
		list = append(list, waiting{time.Time{}, c.Customer, c.ID()})
	}
	for _, a := range l.Accounts {
		list = append(list, waiting{time.Time{}, a.Customer, a.ID()})
	}
	for _, n := range l.Notices {
		list = append(list, waiting{n.At, n.Customer, n.ID})
	}
	for i := range list {
		list[i].At = list[i].At.UTC().Truncate(time.Second)
	}
	return list
}

// troubled has some of a customer's records wait for an operator.
func troubled(t *rapid.T, r *ledger.Records) {
	some := func() bool { return rapid.IntRange(0, 2).Draw(t, "some") == 0 }
	for i := range r.Payments {
		if some() {
			r.Payments[i].State = payment.PaymentReview
		} else if p := &r.Payments[i]; p.Amount.Sign() > 0 && some() {
			p.Gone = order.Minor(2*p.Amount.Minor(), p.Amount.Currency())
		}
	}
	for i := range r.Refunds {
		if some() {
			r.Refunds[i].State = rapid.SampledFrom([]payment.RefundState{payment.RefundReview, payment.RefundParked}).Draw(t, "refund")
		}
	}
	for i := range r.Orders {
		if some() {
			r.Orders[i].State = order.StatePaid
		}
	}
	for i := range r.Bills {
		if some() {
			r.Bills[i].State, r.Bills[i].Declines = payment.BillDue, rapid.IntRange(0, 1).Draw(t, "declines")
		}
	}
	if len(r.Credits) == 0 && some() { // which are drawn seldom
		r.Credits = append(r.Credits, ledger.CreditBalance{Customer: r.Views()[0].Customer, State: ledger.CreditOpen, Balance: order.Minor(500, order.USD)})
	}
	for i := range r.Credits {
		if some() {
			r.Credits[i].State = ledger.CreditReview
		}
	}
	for i := range r.Accounts {
		if r.Accounts[i].Fund != payment.FundMonthly && some() { // which holds no money
			r.Accounts[i].Balance = order.Minor(rapid.Int64Range(-7000, 10).Draw(t, "balance"), r.Accounts[i].Balance.Currency())
		}
	}
	for i := range r.Notices {
		if some() {
			r.Notices[i].State = rapid.SampledFrom([]ledger.NoticeState{ledger.NoticeUndeliverable, ledger.NoticeResolved}).Draw(t, "notice")
		}
	}
}

// X4: what is listed, on pages of any size, is what a scan of all records finds, the oldest first.
func TestX4_AsAScanFinds(t *testing.T) {
	lists := []desk.List{desk.ListPayments, desk.ListExcess, desk.ListRefunds, desk.ListParked, desk.ListOrders, desk.ListBills, desk.ListCredits, desk.ListOverdrawn, desk.ListNotices}
	found := make(map[desk.List]int)
	rapid.Check(t, func(t *rapid.T) {
		store := new(inmem.Store)
		var all []ledger.Records
		for _, r := range ledgertest.DrawKept().Draw(t, "kept").Customers {
			if views := r.Views(); len(views) > 0 {
				troubled(t, &r)
				if err := store.Commit(ctx, ledger.Change{Customer: views[0].Customer, Put: r}); err != nil {
					t.Fatal(err)
				}
				all = append(all, r)
			}
		}
		d := desk.Desk{Store: store, Now: func() time.Time { return start }}
		for _, of := range lists {
			q := desk.ListRequest{By: "op", List: of, Limit: rapid.SampledFrom([]int{0, 1, 2, 3, 7, order.MaxLimit}).Draw(t, "limit")}
			var got []waiting
			for {
				page, err := d.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				on := shown(page)
				if most := cmp.Or(q.Limit, order.DefaultLimit); len(on) > most || len(on) < most && !page.Next.IsZero() {
					t.Fatalf("%s: %d on a page of %d, and more to come: %t", of, len(on), most, !page.Next.IsZero())
				}
				got = append(got, on...)
				if q.After = page.Next; page.Next.IsZero() {
					break
				}
			}
			if d := gocmp.Diff(scanned(of, all), got); d != "" {
				t.Fatalf("%s, on pages of %d (-scan +list):\n%s", of, q.Limit, d)
			}
			found[of] += len(got)
		}
	})
	for _, of := range lists {
		if found[of] == 0 && !testing.Short() { // which draws a fifth
			t.Errorf("%s: nothing was ever listed", of)
		}
	}
}

// X4, P21: what no payment can take of a credit is listed from the pay-out until it is settled by hand.
func TestX4_CreditsInReview(t *testing.T) {
	r := leaver(t, 0)
	for _, p := range r.s.All("c1").Payments {
		if p.Bill != "" { // most of it has gone back
			p.Returns = append(p.Returns, payment.Return{Refund: "elsewhere", Cash: cents(p.Amount.Minor() - 100)})
			r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: ledger.Records{Payments: []payment.Payment{p}}}))
		}
	}
	if got := onList(t, r.d, desk.ListCredits).Credits; len(got) != 0 {
		t.Errorf("before it is paid out: %+v", got)
	}
	out, err := r.payOut("out", order.USD)
	r.must(err)
	if got := onList(t, r.d, desk.ListCredits).Credits; len(got) != 1 || got[0].Customer != "c1" || got[0].Balance != out.Rest || out.Rest != cents(15035) {
		t.Errorf("paid out but for %s: %+v", out.Rest, got)
	}
	settle := func(id string, amount order.Money) {
		_, err := r.d.SettleCredit(ctx, desk.SettleCreditRequest{ID: id, Customer: "c1", By: "op", Why: "bank transfer", Amount: amount})
		r.must(err)
	}
	settle("part", cents(15034))
	if got := onList(t, r.d, desk.ListCredits).Credits; len(got) != 1 || got[0].Balance != cents(1) {
		t.Errorf("a cent is left: %+v", got)
	}
	settle("rest", cents(1))
	if got := onList(t, r.d, desk.ListCredits).Credits; len(got) != 0 {
		t.Errorf("all is settled: %+v", got)
	}
}

func badLists(t *testing.T) []badRow {
	type request = desk.ListRequest
	of := func(do func(x *request)) func(*front, *request) { return func(_ *front, x *request) { do(x) } }
	after := func(c ledger.Cursor) func(*front, *request) { return of(func(x *request) { x.After = c }) }
	return breaking(t, "List", func(*front) request { return request{By: "op", List: desk.ListOrders} },
		func(h *front, x request) error { return second(h.List(h.ctx, x)) }, []broken[request]{
			{"nobody acts", of(func(x *request) { x.By = "" }), nil, "by"},
			{"who acts is long", of(func(x *request) { x.By = long }), nil, "by"},
			{"who acts does not print", of(func(x *request) { x.By = "a\x00" }), nil, "by"},
			{"no list", of(func(x *request) { x.List = "" }), nil, "list"},
			{"an unknown list", of(func(x *request) { x.List = "Orders paid" }), nil, "list"},
			{"a limit below zero", of(func(x *request) { x.Limit = -1 }), nil, "limit"},
			{"more than a page holds", of(func(x *request) { x.Limit = order.MaxLimit + 1 }), nil, "limit"},
			{"after nobody's", after(ledger.Cursor{At: start, ID: "x"}), nil, "after.customer"},
			{"after nothing of a customer's", after(ledger.Cursor{At: start, Customer: "c-7"}), nil, "after.id"},
			{"after the year 9999", after(ledger.Cursor{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Customer: "c-7", ID: "x"}), nil, "after.at"},
		}, nil)
}
