package ledger

import (
	"maps"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// captures: I2, I3, what the gateways moved beside what the records say.
func (a *audit) captures() {
	took, gave := make(map[order.PaymentID]int64), make(map[order.PaymentID]int64)
	for _, m := range a.ledger {
		if p, ok := find(a.r, Payments, string(m.Payment)); ok && m.Amount.Sign() != 0 && m.Amount.Currency() != p.Amount.Currency() {
			if m.Amount.Currency() != p.Late.Currency() { // what came so is given back so
				a.report("I3", refs(KindPayment, m.Payment), "the gateway moved %s for payment %s, which is not in the currency that it charges", m.Amount, m.Payment)
			}
			continue
		}
		if m.Amount.Sign() > 0 {
			if took[m.Payment] > 0 {
				a.report("I2", refs(KindPayment, m.Payment), "payment %s was captured twice", m.Payment)
			}
			took[m.Payment] += m.Amount.Minor()
		} else {
			gave[m.Payment] -= m.Amount.Minor()
		}
		if _, ok := find(a.r, Payments, string(m.Payment)); !ok {
			a.report("I3", refs(KindPayment, m.Payment), "the gateway moved %s for payment %s, which is not there", m.Amount, m.Payment)
		}
	}
	captures := make(map[order.ID][]order.PaymentID)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.Amount == (order.Money{}) || p.State == payment.PaymentReview {
			continue
		}
		// What is on its way back, or left to an operator, may be back already.
		done, byHand, open := int64(0), int64(0), int64(0)
		for k := range a.r.Refunds {
			switch f := &a.r.Refunds[k]; {
			case f.Payment != p.ID || f.Cash.Currency() != p.Amount.Currency():
			case f.ByHand:
				byHand += f.Cash.Minor()
			case f.State == payment.RefundDone:
				done += f.Cash.Minor()
			default:
				open += f.Cash.Minor()
			}
		}
		least, most := int64(0), open+byHand
		switch {
		case p.State == payment.PaymentSucceeded:
			kept := p.Amount.Minor() + p.Over().Minor()
			least, most = kept-done-open, kept-done
		case p.State.Live() || !p.Waits.IsZero():
			most = max(most, p.Amount.Minor())
		}
		net := took[p.ID] - gave[p.ID]
		if net < least || net > most {
			a.report("I3", refs(KindPayment, p.ID), "the gateway has %d minor units of payment %s, which is %s, and %d to %d is what the records say", net, p.ID, p.State, least, most)
		}
		if net > byHand && a.rest {
			for k := range p.Quote.Items {
				id := p.Quote.Items[k].Order
				if p.ReturnedOf(id) != p.Quote.Items[k].Cash {
					captures[id] = append(captures[id], p.ID)
				}
			}
		}
	}
	for i := range a.r.Orders {
		id := a.r.Orders[i].ID
		if c := captures[id]; len(c) > 1 {
			a.report("I2", append(refs(KindOrder, id), refs(KindPayment, c...)...), "order %s was captured by %d payments, and not given back", id, len(c))
		}
	}
}

// money: I13, the accounts and bills have what payments took and gave back.
func (a *audit) money() {
	balance, charges, credits := make(map[string]int64), make(map[order.Currency]int64), make(map[order.Currency]int64)
	for i := range a.r.Entries {
		if e := &a.r.Entries[i]; e.Step == StepDeposit {
			for _, m := range e.Moves {
				balance[m.ID] += m.Amount.Minor()
			}
		}
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.State != payment.PaymentSucceeded {
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
		if p.Quote.Method == payment.MethodMonthly {
			charges[cur] += p.Quote.Sum.Cash.Minor()
			credits[cur] += p.Returned().Minor()
		}
	}
	for i := range a.r.Accounts {
		x := &a.r.Accounts[i]
		if want := balance[x.ID()]; x.Fund != payment.FundMonthly && x.Balance.Minor() != want {
			a.report("I13", refs(KindAccount, x.ID()), "account %s has %s, and deposits and payments leave %d minor units", x.ID(), x.Balance, want)
		}
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		charges[b.Charges.Currency()] -= b.Charges.Minor()
		credits[b.Charges.Currency()] -= b.Credits.Minor()
	}
	for _, of := range [...]struct {
		what string
		left map[order.Currency]int64
	}{{"charges", charges}, {"credits", credits}} {
		for _, cur := range slices.Sorted(maps.Keys(of.left)) {
			if n := of.left[cur]; n != 0 {
				a.report("I13", nil, "%s %s of %d minor units are on no bill", cur, of.what, n)
			}
		}
	}
}

// bills: I13, a bill that is paid was paid by one payment, and no other is; the monthly
// account counts those that are overdue (P6).
func (a *audit) bills() {
	paid := make(map[string][]order.PaymentID)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.Bill == "" {
			continue
		}
		id := p.Bill.BillID(p.Amount.Currency())
		if p.State == payment.PaymentSucceeded {
			paid[id] = append(paid[id], p.ID)
		}
		if b, ok := find(a.r, Bills, id); !ok || b.Amount() != p.Amount {
			a.report("I13", append(refs(KindPayment, p.ID), refs(KindBill, id)...), "payment %s charges %s for bill %s, which is not that", p.ID, p.Amount, id)
		}
	}
	overdue := 0
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id, want := Bills.id(b), 0
		if b.State == payment.BillPaid && b.Amount().Sign() > 0 {
			want = 1
		}
		if len(paid[id]) != want {
			a.report("I13", append(refs(KindBill, id), refs(KindPayment, paid[id]...)...), "bill %s of %s is %s, and %d payments have paid it", id, b.Amount(), b.State, len(paid[id]))
		}
		if b.Overdue() {
			overdue++
		}
	}
	if x, _ := find(a.r, Accounts, string(payment.FundMonthly)); x.Overdue != overdue {
		a.report("I13", refs(KindAccount, payment.FundMonthly), "%d bills are overdue, and the monthly account counts %d", overdue, x.Overdue)
	}
}
