package ledger

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// couponMovesTo are the moves of a coupon's state (C2); what is used can come back (Q5).
var couponMovesTo = map[coupon.State][]coupon.State{
	"":                    {coupon.StateInactive, coupon.StateAvailable, coupon.StateHeld},
	coupon.StateInactive:  {coupon.StateAvailable, coupon.StateReclaimed, coupon.StateExpired},
	coupon.StateAvailable: {coupon.StateHeld, coupon.StateUsed, coupon.StateReclaimed, coupon.StateExpired},
	coupon.StateHeld:      {coupon.StateAvailable, coupon.StateUsed, coupon.StateExpired, coupon.StateReclaimed},
	coupon.StateUsed:      {coupon.StateAvailable},
}

// moves: I9, each move that an entry tells is one of the tables.
func (a *audit) moves() {
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		for _, m := range e.Moves {
			if m.From != m.To && !legal(e, m) {
				a.report("I9", append(refs(KindEntry, e.ID), Ref{Kind: m.Kind, ID: m.ID}), "%s %s went from %q to %q in step %q, which no table has", m.Kind, m.ID, m.From, m.To, e.Step)
			}
		}
	}
}

// states: I9, the entries lead each record to the state that it is in.
func (a *audit) states() {
	entered := make(map[name]map[string]int) // how often each state was, without being left
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			n := name{m.Kind, m.ID}
			if entered[n] == nil {
				entered[n] = make(map[string]int)
			}
			entered[n][m.To]++
			entered[n][m.From]--
		}
	}
	leadTo(a, entered, Orders, func(o *order.Order) string { return string(o.State) })
	leadTo(a, entered, Payments, func(p *payment.Payment) string { return string(p.State) })
	leadTo(a, entered, Refunds, func(f *payment.Refund) string { return string(f.State) })
	leadTo(a, entered, Coupons, func(c *coupon.Coupon) string { return string(c.State) })
	leadTo(a, entered, Bills, func(b *payment.Bill) string { return string(b.State) })
	leadTo(a, entered, Credits, func(c *CreditBalance) string { return string(c.State) })
	leadTo(a, entered, Claims, func(c *Claim) string { return string(c.State) })
	leadTo(a, entered, Resources, stateOfResource)
}

// leadTo reports the records of a kind that are in another state than the entries lead to: none
// has been left as often as entered but the one that it is in.
func leadTo[T any](a *audit, entered map[name]map[string]int, s *Table[T], stateOf func(*T) string) {
	list := *s.in(a.r)
	for i := range list {
		id, state := s.id(&list[i]), stateOf(&list[i])
		states := entered[name{s.kind, id}]
		if states == nil {
			a.report("I9", refs(s.kind, id), "%s %s is %q, and no entry says how it came there", s.kind, id, state)
			continue
		}
		want := map[string]int{"": -1, state: 1}
		if slices.ContainsFunc(sorted(states), func(k string) bool { return states[k] != want[k] }) {
			a.report("I9", refs(s.kind, id), "%s %s is %q, and its entries lead elsewhere", s.kind, id, state)
		}
	}
}

// amounts: I13, the entries of an account, of a bill and of a credit add up to what it has.
func (a *audit) amounts() {
	sums := make(map[name]int64)
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			sums[name{m.Kind, m.ID}] += m.Amount.Minor()
		}
	}
	addUp := func(kind Kind, id string, is order.Money) {
		if got := sums[name{kind, id}]; got != is.Minor() {
			a.report("I13", refs(kind, id), "%s %s has %s, and its entries add up to %d minor units", kind, id, is, got)
		}
	}
	for i := range a.r.Accounts {
		addUp(KindAccount, a.r.Accounts[i].ID(), a.r.Accounts[i].Balance)
	}
	for i := range a.r.Bills {
		addUp(KindBill, Bills.id(&a.r.Bills[i]), a.r.Bills[i].Amount())
	}
	for i := range a.r.Credits {
		addUp(KindCredit, a.r.Credits[i].ID(), a.r.Credits[i].Balance)
	}
}

// legal reports whether a table has the move that an entry tells.
func legal(e *Entry, m EntryLine) bool {
	switch m.Kind {
	case KindOrder:
		// A commit can make several moves of an order: hold and settle, say. It leads where the
		// table leads by the events of its step.
		return slices.Contains(reach(e.Step)[order.State(m.From)], order.State(m.To))
	case KindPayment:
		return paymentLeads[[2]string{m.From, m.To}]
	case KindRefund:
		return refundLeads[[2]string{m.From, m.To}]
	case KindCoupon:
		return slices.Contains(couponMovesTo[coupon.State(m.From)], coupon.State(m.To))
	case KindBill:
		return slices.Contains(billMoves[payment.BillState(m.From)], payment.BillState(m.To))
	case KindCredit:
		return slices.Contains(creditMoves[CreditState(m.From)], CreditState(m.To))
	case KindClaim:
		return slices.Contains(claimMoves[ClaimState(m.From)], ClaimState(m.To))
	case KindNotice:
		return slices.Contains(noticeMoves[NoticeState(m.From)], NoticeState(m.To))
	case KindResource: // its state says until when it is
		return m.From != string(renewal.StateReleased) && m.To != ""
	}
	return false // the others have no states
}

// paymentLeads and refundLeads are the moves that the tables of payments and refunds have.
var (
	paymentLeads = leads(payment.PaymentTransitions())
	refundLeads  = leads(payment.RefundTransitions())
)

func leads[S ~string](life []payment.Transition[S]) map[[2]string]bool {
	all := make(map[[2]string]bool)
	for _, t := range life {
		all[[2]string{string(t.From), string(t.To)}] = true
	}
	return all
}

// billMoves, creditMoves, claimMoves and noticeMoves are the moves of a bill (P6), of a credit
// (P21), of a claim and of a notice.
var (
	billMoves = map[payment.BillState][]payment.BillState{
		"":               {payment.BillOpen},
		payment.BillOpen: {payment.BillDue, payment.BillPaid},
		payment.BillDue:  {payment.BillPaid},
		payment.BillPaid: {payment.BillDue}, // what it was paid by was taken back (P18)
	}
	creditMoves = map[CreditState][]CreditState{
		"":           {CreditOpen},
		CreditOpen:   {CreditReview},
		CreditReview: {CreditOpen},
	}
	claimMoves = map[ClaimState][]ClaimState{
		"":       {ClaimDue},
		ClaimDue: {ClaimDone},
	}
	noticeMoves = map[NoticeState][]NoticeState{
		"":                  {NoticeUndeliverable},
		NoticeUndeliverable: {NoticeResolved, ""}, // sent again
	}
)

// stepEvents are the events of orders in the steps that hold, settle or release. The other
// steps have all events but these three (I7).
var stepEvents = map[string][]order.Event{
	"hold":     {order.EventHold, order.EventSettle, order.EventComplete, order.EventRefund, order.EventCancel, order.EventExpire},
	"resource": {order.EventPlace, order.EventHold, order.EventSettle, order.EventComplete, order.EventRefund, order.EventCancel, order.EventExpire},
	"settle":   {order.EventSettle, order.EventComplete, order.EventRefund, order.EventCancel},
	"release":  {order.EventRelease, order.EventCancel},
	"resolve":  {order.EventSettle, order.EventComplete, order.EventRelease, order.EventRefund, order.EventCancel},
}

// reaches are the states that the table leads to from each in one commit, by the step; that
// of the other steps is under "".
var reaches = func() map[string]map[order.State][]order.State {
	all := map[string]map[order.State][]order.State{"": reachBy(func(e order.Event) bool {
		return e != order.EventHold && e != order.EventSettle && e != order.EventRelease
	})}
	for step, events := range stepEvents {
		all[step] = reachBy(func(e order.Event) bool { return slices.Contains(events, e) })
	}
	return all
}()

func reach(step string) map[order.State][]order.State {
	if r, ok := reaches[step]; ok {
		return r
	}
	return reaches[""]
}

// reachBy are the states that the table of a flow leads to from each, by some events alone.
func reachBy(has func(order.Event) bool) map[order.State][]order.State {
	all := make(map[order.State][]order.State)
	for _, flow := range [...]order.Flow{order.FlowCharge, order.FlowNone, order.FlowBack} {
		for _, from := range append(order.States(), "") {
			way := []order.State{from}
			for i := 0; i < len(way); i++ {
				for _, t := range order.Transitions() {
					if next := t.Flow == flow && t.From == way[i] && has(t.Event); next && !slices.Contains(way[1:], t.To) {
						way = append(way, t.To)
					}
				}
			}
			all[from] = append(all[from], way[1:]...)
		}
	}
	return all
}
