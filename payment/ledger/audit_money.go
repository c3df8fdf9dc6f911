package ledger

import (
	"maps"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// accounts: I13, the accounts have what was deposited, what payments took and gave back, what
// customers paid into them and had back (P20), and the surplus that went into them, without what of
// that was taken back (P18).
func (a *audit) accounts() {
	balance, gone := make(map[string]int64), make(map[string]int64)
	for i := range a.r.Entries {
		if e := &a.r.Entries[i]; e.Step == StepDeposit {
			for _, m := range e.Moves {
				balance[m.ID] += m.Amount.Minor()
			}
		}
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if !succeeded(p) {
			continue
		}
		cur := p.Quote.Sum.Cash.Currency()
		cash, lost := payment.FundCash.AccountID(cur), p.CashGone(p.Gone).Minor()
		gone[cash] += lost
		balance[cash] -= lost
		if p.Quote.TopUp.Sign() > 0 {
			balance[cash] += p.Quote.TopUp.Minor() - p.Returned().Minor()
		}
		if p.Surplus == payment.SurplusBalance {
			balance[cash] += p.Over().Minor()
		}
		for _, t := range p.Quote.Takes.Each() {
			balance[t.Fund.AccountID(cur)] -= t.Amount.Minor()
		}
		for k := range p.Returns {
			for _, t := range p.Returns[k].Takes.Each() {
				balance[t.Fund.AccountID(cur)] += t.Amount.Minor()
			}
		}
	}
	for i := range a.r.Accounts {
		x := &a.r.Accounts[i]
		if want := balance[x.ID()]; x.Fund != payment.FundMonthly && x.Balance.Minor() != want {
			a.report("I13", refs(KindAccount, x.ID()), "account %s has %s, and deposits and payments leave %d minor units", x.ID(), x.Balance, want)
		}
		if want := gone[x.ID()]; x.Gone.Minor() != want {
			a.report("I13", refs(KindAccount, x.ID()), "%d minor units are gone of account %s, and payments say %d", x.Gone.Minor(), x.ID(), want)
		}
	}
}

// billed: I13, the bills of a currency have what was settled monthly.
func (a *audit) billed() {
	left := make(map[order.Currency]int64)
	for i := range a.r.Payments {
		if p := &a.r.Payments[i]; succeeded(p) && p.Quote.Method == payment.MethodMonthly {
			left[p.Quote.Sum.Cash.Currency()] += p.Quote.Sum.Cash.Minor()
		}
	}
	for i := range a.r.Bills {
		left[a.r.Bills[i].Charges.Currency()] -= a.r.Bills[i].Charges.Minor()
	}
	for _, cur := range slices.Sorted(maps.Keys(left)) {
		if n := left[cur]; n != 0 {
			a.report("I13", nil, "%s charges of %d minor units are on no bill", cur, n)
		}
	}
}

// paidFor is what the payments of a bill come to.
type paidFor struct {
	payments   []order.PaymentID // those that succeeded
	paid, gone int64             // what they charged, and what of that was taken back
}

// billsPaid: I13, a bill that is paid was paid by one payment, and no other is; what was taken back
// of it is due, or was paid again (P18).
func (a *audit) billsPaid() {
	all := make(map[string]paidFor)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.Bill == "" {
			continue
		}
		id := p.Bill.BillID(p.Amount.Currency())
		if x := all[id]; succeeded(p) {
			all[id] = paidFor{append(x.payments, p.ID), x.paid + p.Amount.Minor(), x.gone + p.Gone.Minor()}
		}
		b, ok := find(a.r, Bills, id)
		if fits := b.Amount() == p.Amount || b.Reopened > 0; !ok || !fits {
			a.report("I13", append(refs(KindPayment, p.ID), refs(KindBill, id)...), "payment %s charges %s for bill %s, which is not that", p.ID, p.Amount, id)
		}
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id, want := Bills.id(b), int64(0)
		if wasPaid := b.State == payment.BillPaid || b.Reopened > 0; wasPaid {
			want = max(0, b.Amount().Minor()) + b.Repaid.Minor() - b.ByHand.Minor() // of an earlier schema it may be below zero
		}
		x := all[id]
		once := b.Reopened > 0 || len(x.payments) <= 1
		if !once || x.paid != want || x.gone != b.Gone.Minor() {
			a.report("I13", append(refs(KindBill, id), refs(KindPayment, x.payments...)...), "bill %s of %s is %s, and %d payments have paid it: %d minor units, of which %d are gone; the bill says %d and %d",
				id, b.Amount(), b.State, len(x.payments), x.paid, x.gone, want, b.Gone.Minor())
		}
	}
}

// overdue: I13, the monthly account counts the bills that are overdue (P6).
func (a *audit) overdue() {
	n := 0
	for i := range a.r.Bills {
		if a.r.Bills[i].Overdue() {
			n++
		}
	}
	if x, _ := find(a.r, Accounts, string(payment.FundMonthly)); x.Overdue != n {
		a.report("I13", refs(KindAccount, payment.FundMonthly), "%d bills are overdue, and the monthly account counts %d", n, x.Overdue)
	}
}
