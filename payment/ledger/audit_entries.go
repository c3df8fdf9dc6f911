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

// entries: I9, I13: what the entries tell leads to what stands.
func (a *audit) entries() {
	type sum struct {
		states map[string]int // how often entered without being left
		amount int64
	}
	sums := make(map[name]*sum)
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		for _, m := range e.Moves {
			if m.From != m.To && !legal(e, m) {
				a.report("I9", append(refs(KindEntry, e.ID), Ref{Kind: m.Kind, ID: m.ID}), "%s %s went from %q to %q in step %q, which no table has", m.Kind, m.ID, m.From, m.To, e.Step)
			}
			n := name{m.Kind, m.ID}
			s := sums[n]
			if s == nil {
				s = &sum{states: make(map[string]int)}
				sums[n] = s
			}
			s.states[m.To]++
			s.states[m.From]--
			s.amount += m.Amount.Minor()
		}
	}
	check := func(kind Kind, id, state string) {
		s := sums[name{kind, id}]
		if s == nil {
			a.report("I9", refs(kind, id), "%s %s is %q, and no entry says how it came there", kind, id, state)
			return
		}
		for _, k := range sorted(s.states) {
			want := 0
			switch k {
			case "":
				want = -1
			case state:
				want = 1
			}
			if s.states[k] != want {
				a.report("I9", refs(kind, id), "%s %s is %q, and its entries lead elsewhere", kind, id, state)
				return
			}
		}
	}
	for i := range a.r.Orders {
		check(KindOrder, string(a.r.Orders[i].ID), string(a.r.Orders[i].State))
	}
	for i := range a.r.Payments {
		check(KindPayment, string(a.r.Payments[i].ID), string(a.r.Payments[i].State))
	}
	for i := range a.r.Refunds {
		check(KindRefund, string(a.r.Refunds[i].ID), string(a.r.Refunds[i].State))
	}
	for i := range a.r.Coupons {
		check(KindCoupon, string(a.r.Coupons[i].ID), string(a.r.Coupons[i].State))
	}
	for i := range a.r.Bills {
		check(KindBill, Bills.id(&a.r.Bills[i]), string(a.r.Bills[i].State))
	}
	for i := range a.r.Claims {
		check(KindClaim, a.r.Claims[i].ID, string(a.r.Claims[i].State))
	}
	for i := range a.r.Resources {
		check(KindResource, string(a.r.Resources[i].ID), stateOfResource(&a.r.Resources[i]))
	}
	amount := func(kind Kind, id string, is order.Money) {
		got := int64(0)
		if s := sums[name{kind, id}]; s != nil {
			got = s.amount
		}
		if got != is.Minor() {
			a.report("I13", refs(kind, id), "%s %s has %s, and its entries add up to %d minor units", kind, id, is, got)
		}
	}
	for i := range a.r.Accounts {
		amount(KindAccount, a.r.Accounts[i].ID(), a.r.Accounts[i].Balance)
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		amount(KindBill, b.Month.BillID(b.Charges.Currency()), b.Amount())
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
	case KindClaim:
		return slices.Contains(claimMoves[ClaimState(m.From)], ClaimState(m.To))
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

// billMoves and claimMoves are the moves of a bill (P6) and of a claim.
var (
	billMoves = map[payment.BillState][]payment.BillState{
		"":               {payment.BillOpen},
		payment.BillOpen: {payment.BillDue, payment.BillPaid},
		payment.BillDue:  {payment.BillPaid},
	}
	claimMoves = map[ClaimState][]ClaimState{
		"":       {ClaimDue},
		ClaimDue: {ClaimDone},
	}
)

// stepEvents are the events of orders in the steps that hold, settle or release. The other
// steps have all events but these three (I7).
var stepEvents = map[string][]order.Event{
	"hold":     {order.EventHold, order.EventSettle, order.EventRefund, order.EventCancel, order.EventExpire},
	"resource": {order.EventPlace, order.EventHold, order.EventSettle, order.EventRefund, order.EventCancel, order.EventExpire},
	"settle":   {order.EventSettle, order.EventRefund, order.EventCancel},
	"release":  {order.EventRelease, order.EventCancel},
	"resolve":  {order.EventSettle, order.EventRelease, order.EventRefund, order.EventCancel},
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
					if t.Flow == flow && t.From == way[i] && has(t.Event) && !slices.Contains(way[1:], t.To) {
						way = append(way, t.To)
					}
				}
			}
			all[from] = append(all[from], way[1:]...)
		}
	}
	return all
}
