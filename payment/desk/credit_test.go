package desk_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// monthlyHost is a host whose customer is on monthly settlement.
func monthlyHost(t *testing.T) *host {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	return r
}

// inSchema1 is what schema 1 had of records: no credit, and what was given back on the open bill,
// which carried part of it from the bills before.
func inSchema1(t *testing.T, r ledger.Records, month payment.Month, credits, carried string) ledger.Records {
	t.Helper()
	id := month.BillID(order.USD)
	r.Credits = nil
	for i := range r.Entries {
		for k := range r.Entries[i].Moves {
			if m := &r.Entries[i].Moves[k]; m.Kind == ledger.KindCredit {
				m.Kind, m.ID, m.Amount = ledger.KindBill, id, m.Amount.Neg()
			}
		}
	}
	made, err := (&payment.Policy{}).MadeAt(month)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"schema":1,"customer":"c1","month":"` + string(month) + `","state":"open","charges":{"amount":"0.00","currency":"USD"},"credits":{"amount":"` + credits +
		`","currency":"USD"},"carried":{"amount":"` + carried + `","currency":"USD"},"waits":"` + made.Format("2006-01-02T15:04:05Z07:00") + `"}`
	if err := r.Decode(ledger.Record{Customer: "c1", Ref: ledger.Ref{Kind: ledger.KindBill, ID: id, Version: 4}, DueAt: made, Body: json.RawMessage(body)}); err != nil {
		t.Fatal(err)
	}
	return r
}

// What a bill of schema 1 carried is read with its credits, and becomes the customer's credit when
// the bill is made: nothing is lost, and no bill follows (P12).
func TestP21_BillsOfSchema1(t *testing.T) {
	for _, row := range []struct{ credits, carried string }{{"151.35", "0.00"}, {"0.00", "-151.35"}, {"100.00", "-51.35"}} {
		r := monthlyHost(t)
		r.place("", draftFor("a", 15135))
		r.pay("k", payment.MethodMonthly, nil, "a")
		r.clock.Move(31 * day)
		r.sweep()
		r.move("a", order.EventFail)
		old := inSchema1(t, r.s.All("c1"), "2024-04", row.credits, row.carried)
		if v := ledger.Audit(old, r.g.Ledger()); len(v) > 0 {
			t.Errorf("%+v: audit: %v", row, v)
		}
		r.s = &inmem.Store{}
		r.d.Store = r.s
		r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: unstored(t, old)}))
		r.clock.Move(31 * day)
		r.sweep()
		r.clock.Move(62 * day)
		r.sweep()
		if c := r.credit(order.USD); c.Balance != cents(15135) {
			t.Errorf("%+v: credit %s", row, c.Balance)
		}
		r.bills(payment.Bill{Month: "2024-03", State: payment.BillPaid, Charges: cents(15135), Credits: cents(0)},
			payment.Bill{Month: "2024-04", State: payment.BillPaid, Charges: cents(0), Credits: cents(0)})
		r.audit()
	}
}

// A bill that was made in schema 1 with more credits than charges took what it charged, and the
// next one has the rest: the audit counts both once.
func TestP21_BillMadeInSchema1(t *testing.T) {
	r := monthlyHost(t)
	r.place("", draftFor("a", 15135))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.clock.Move(31 * day)
	r.sweep()
	r.place("", draftFor("b", 1000))
	r.pay("k2", payment.MethodMonthly, nil, "b")
	r.move("a", order.EventFail)
	credited := func(carried string) (found []string) {
		old := inSchema1(t, r.s.All("c1"), "2024-05", "0.00", carried)
		i := slices.IndexFunc(old.Bills, func(b payment.Bill) bool { return b.Month == "2024-04" })
		old.Bills[i].State, old.Bills[i].Credits = payment.BillPaid, cents(15135)
		for _, v := range ledger.Audit(old, r.g.Ledger()) {
			if v.Invariant == "I14" {
				found = append(found, v.Text)
			}
		}
		return found
	}
	if found := credited("-141.35"); found != nil {
		t.Error(found)
	}
	if found := credited("-141.34"); found == nil {
		t.Error("a cent that is missing is not found")
	}
}

// unstored are records that no store has.
func unstored(t *testing.T, r ledger.Records) (put ledger.Records) {
	t.Helper()
	views, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		v.Version = 0
		if err := put.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	return put
}
