package ledger

import (
	"maps"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// accounts: I13, the accounts have what was deposited, what payments took and gave back, and
// the surplus that went into them.
func (a *audit) accounts() {
	balance := make(map[string]int64)
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
		if p.Surplus == payment.SurplusBalance {
			balance[payment.FundCash.AccountID(cur)] += p.Over().Minor()
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

// billsPaid: I13, a bill that is paid was paid by one payment, and no other is.
func (a *audit) billsPaid() {
	paid := make(map[string][]order.PaymentID)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.Bill == "" {
			continue
		}
		id := p.Bill.BillID(p.Amount.Currency())
		if succeeded(p) {
			paid[id] = append(paid[id], p.ID)
		}
		if b, ok := find(a.r, Bills, id); !ok || b.Amount() != p.Amount {
			a.report("I13", append(refs(KindPayment, p.ID), refs(KindBill, id)...), "payment %s charges %s for bill %s, which is not that", p.ID, p.Amount, id)
		}
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id, want := Bills.id(b), 0
		if b.State == payment.BillPaid && b.Amount().Sign() > 0 {
			want = 1
		}
		if len(paid[id]) != want {
			a.report("I13", append(refs(KindBill, id), refs(KindPayment, paid[id]...)...), "bill %s of %s is %s, and %d payments have paid it", id, b.Amount(), b.State, len(paid[id]))
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
