package ledger

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// asRequested: I8, a payment of orders is derived from its request, pays what that names, and
// has a receipt once it succeeded.
func (a *audit) asRequested() {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if p.Bill != "" {
			continue
		}
		show := refs(KindPayment, p.ID)
		if p.ID != p.Request.Payment() {
			a.report("I8", show, "payment %s is not that of its key, %s", p.ID, p.Request.Key)
		}
		for k := range p.Quote.Items {
			if id := p.Quote.Items[k].Order; !slices.Contains(p.Request.Orders, id) {
				a.report("I8", show, "payment %s pays order %s, which its request does not name", p.ID, id)
			}
		}
		if _, ok := p.Receipt(); succeeded(p) && !ok {
			a.report("I8", show, "payment %s has no receipt", p.ID)
		}
	}
}

// returnsAreRefunds: I3, each return of a payment is one refund, and no other is.
func (a *audit) returnsAreRefunds() {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		for k, back := range p.Returns {
			show := append(refs(KindPayment, p.ID), refs(KindRefund, back.Refund)...)
			if slices.ContainsFunc(p.Returns[:k], func(r payment.Return) bool { return r.Refund == back.Refund }) {
				a.report("I3", show, "payment %s gives refund %s back twice", p.ID, back.Refund)
			}
			f, ok := find(a.r, Refunds, string(back.Refund))
			if same := f.Cash == back.Cash && f.Payment == p.ID && f.Order == back.Order; !ok || !same {
				a.report("I3", show, "payment %s gives back %s of order %s, and no refund says so", p.ID, back.Cash, back.Order)
			}
		}
	}
}

// refundsAreReturns: I3, each refund is a return of its payment, or gives back what was
// captured late or too much.
func (a *audit) refundsAreReturns() {
	for i := range a.r.Refunds {
		f := &a.r.Refunds[i]
		p, ok := find(a.r, Payments, string(f.Payment))
		if ok && (gaveLate(&p, f) || p.SurplusOf(f)) {
			continue
		}
		if !slices.ContainsFunc(p.Returns, func(r payment.Return) bool { return r.Refund == f.ID }) {
			a.report("I3", refs(KindRefund, f.ID), "refund %s is not what payment %s says that it gave back", f.ID, f.Payment)
		}
	}
}

// gaveLate reports whether f gives back what a payment captured after it had failed.
func gaveLate(p *payment.Payment, f *payment.Refund) bool {
	return f.ID == p.RefundID("", "", "") && f.Cash == p.LateCapture
}

// movedForPayments: I3, what gateways moved was for payments that are there, in the currency
// that they charge. What was captured late in another currency goes back in that one.
func (a *audit) movedForPayments() {
	for _, m := range a.moved {
		p, ok := find(a.r, Payments, string(m.Payment))
		switch {
		case !ok:
			a.report("I3", refs(KindPayment, m.Payment), "the gateway moved %s for payment %s, which is not there", m.Amount, m.Payment)
		case !a.charges(m) && m.Amount.Currency() != p.LateCapture.Currency():
			a.report("I3", refs(KindPayment, m.Payment), "the gateway moved %s for payment %s, which is not in the currency that it charges", m.Amount, m.Payment)
		}
	}
}

// capturedOnce: I2, a payment captures once.
func (a *audit) capturedOnce() {
	took := make(map[order.PaymentID]bool)
	for _, m := range a.moved {
		if again := m.Refund != "" || m.Unasked; m.Amount.Sign() <= 0 || again || !a.charges(m) {
			continue
		}
		if took[m.Payment] {
			a.report("I2", refs(KindPayment, m.Payment), "payment %s was captured twice", m.Payment)
		}
		took[m.Payment] = true
	}
}

// captured: I3, what gateways have of a payment is what the records say.
func (a *audit) captured() {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if !decided(p) {
			continue
		}
		least, most := a.expected(p)
		if net := a.net[p.ID]; net < least || net > most {
			a.report("I3", refs(KindPayment, p.ID), "the gateway has %d minor units of payment %s, which is %s, and %d to %d is what the records say", net, p.ID, p.State, least, most)
		}
	}
}

// decided reports whether a payment charges something, and the records say how that went.
func decided(p *payment.Payment) bool {
	return p.Amount != (order.Money{}) && p.State != payment.PaymentReview
}

// expected is the least and the most that gateways may have of a payment.
func (a *audit) expected(p *payment.Payment) (least, most int64) {
	done, byHand, open := a.refunded(p)
	switch {
	case succeeded(p):
		kept := p.Amount.Minor() + p.Over().Minor()
		return kept - done - open, kept - done
	case p.State.Live() || !p.DueAt.IsZero():
		return 0, max(open+byHand, p.Amount.Minor())
	}
	return 0, open + byHand
}

// refunded is what has gone back of a payment through its gateway, what an operator gave back
// by hand, or let what was taken back stand for, and what is on its way, in review or parked: it may
// be back already, or is owed.
func (a *audit) refunded(p *payment.Payment) (done, byHand, open int64) {
	for k := range a.r.Refunds {
		switch f := &a.r.Refunds[k]; {
		case f.Payment != p.ID || f.Cash.Currency() != p.Amount.Currency():
		case f.ByHand, f.Gone:
			byHand += f.Cash.Minor()
		case f.State == payment.RefundDone:
			done += f.Cash.Minor()
		default:
			open += f.Cash.Minor()
		}
	}
	return done, byHand, open
}

// parked: I3, a payment says what of its refunds is not sent, since some of it was taken back (P18).
func (a *audit) parked() {
	for i := range a.r.Payments {
		p, sum := &a.r.Payments[i], int64(0)
		for k := range a.r.Refunds {
			if f := &a.r.Refunds[k]; f.Payment == p.ID && f.Stays() {
				sum += f.Cash.Minor()
			}
		}
		if sum != p.Parked.Minor() {
			a.report("I3", refs(KindPayment, p.ID), "payment %s says that %d minor units of its refunds are parked, and its refunds come to %d", p.ID, p.Parked.Minor(), sum)
		}
	}
}

// gone: I3, what is gone of a payment is what its entries say, and, where the gateway's ledger shows
// what was taken back, what was gone at some time by that: the newest may not have been heard (P18).
func (a *audit) gone() {
	told, back := make(map[string]int64), make(map[order.PaymentID][]int64)
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			if m.Kind == KindPayment {
				told[m.ID] -= m.Amount.Minor()
			}
		}
	}
	for _, m := range a.moved {
		if m.Unasked {
			if back[m.Payment] == nil {
				back[m.Payment] = []int64{0}
			}
			n := len(back[m.Payment])
			back[m.Payment] = append(back[m.Payment], back[m.Payment][n-1]-m.Amount.Minor())
		}
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if told[string(p.ID)] != p.Gone.Minor() {
			a.report("I3", refs(KindPayment, p.ID), "%d minor units of payment %s are gone, and its entries add up to %d", p.Gone.Minor(), p.ID, told[string(p.ID)])
		}
		if was := back[p.ID]; was != nil && !slices.Contains(was, p.Gone.Minor()) {
			a.report("I3", refs(KindPayment, p.ID), "%d minor units of payment %s are gone, and never were by the gateway", p.Gone.Minor(), p.ID)
		}
	}
}

// ordersCapturedOnce: I2, at rest no order has two captures that were not given back.
func (a *audit) ordersCapturedOnce() {
	captures := make(map[order.ID][]order.PaymentID)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		if _, byHand, open := a.refunded(p); !a.rest || !decided(p) || a.net[p.ID] <= byHand+open {
			continue
		}
		for k := range p.Quote.Items {
			if it := &p.Quote.Items[k]; p.ReturnedOf(it.Order) != it.Cash {
				captures[it.Order] = append(captures[it.Order], p.ID)
			}
		}
	}
	for _, o := range a.orders {
		if c := captures[o.ID]; len(c) > 1 {
			a.report("I2", append(refs(KindOrder, o.ID), refs(KindPayment, c...)...), "order %s was captured by %d payments, and not given back", o.ID, len(c))
		}
	}
}
