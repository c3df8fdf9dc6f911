package payment

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
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
			if m.From != m.To && !legal(m) {
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
		amount(KindAccount, a.r.Accounts[i].id(), a.r.Accounts[i].Balance)
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		amount(KindBill, billID(b.Month, b.Charges.Currency()), b.Amount())
	}
}

// legal reports whether a table has the move.
func legal(m Moved) bool {
	switch m.Kind {
	case KindOrder:
		// A commit can make several moves of an order: voided from paying, say, or placed and
		// settled. It leads where the table leads.
		return slices.Contains(orderReach[order.State(m.From)], order.State(m.To))
	case KindPayment:
		return slices.Contains(paymentMoves[PaymentState(m.From)], PaymentState(m.To))
	case KindRefund:
		return slices.Contains(refundMoves[RefundState(m.From)], RefundState(m.To))
	case KindCoupon:
		return slices.Contains(couponMovesTo[coupon.State(m.From)], coupon.State(m.To))
	}
	return true
}

// orderReach are the states that the table leads to from each, in one move or several of
// one commit.
var orderReach = func() map[order.State][]order.State {
	all := make(map[order.State][]order.State)
	moves := order.Transitions()
	for _, from := range append(order.States(), "") {
		var reach []order.State
		for next := []order.State{from}; len(next) > 0; next = next[1:] {
			for _, t := range moves {
				if t.From == next[0] && !slices.Contains(reach, t.To) {
					reach, next = append(reach, t.To), append(next, t.To)
				}
			}
		}
		all[from] = reach
	}
	return all
}()

// notices: I12.
func (a *audit) notices() {
	out, _ := find(a.r, outboxes, outboxID)
	if int64(len(a.r.Notices)) != out.Written {
		a.report("I12", refs(KindOutbox, outboxID), "%d notices are there, and %d were written", len(a.r.Notices), out.Written)
	}
	paid, failed := make(map[order.PaymentID]int), make(map[order.PaymentID]int)
	voided, approved := make(map[order.ID]int), make(map[order.ID]int)
	for i := range a.r.Notices {
		n := &a.r.Notices[i]
		if err := n.Check(); err != nil {
			a.report("I12", refs(KindNotice, n.ID), "notice %s: %v", n.ID, err)
		}
		switch n.Kind {
		case NoticePaid:
			paid[n.Payment]++
		case NoticeFailed:
			failed[n.Payment]++
		case NoticeVoided:
			for _, id := range n.Orders {
				voided[id]++
			}
		case NoticeApproved:
			for _, id := range n.Orders {
				approved[id]++
			}
		}
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		wantPaid, wantFailed := 0, 0
		if p.State == PaymentSucceeded && !p.automatic() {
			wantPaid = 1
		}
		if (p.State == PaymentFailed || p.State == PaymentCanceled) && p.Bill == "" {
			wantFailed = 1
		}
		if paid[p.ID] != wantPaid || failed[p.ID] != wantFailed {
			a.report("I12", refs(KindPayment, p.ID), "payment %s is %s, and %d notices say paid, %d failed", p.ID, p.State, paid[p.ID], failed[p.ID])
		}
	}
	approvals := make(map[order.ID]int)
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			if m.Kind == KindOrder && m.From == string(order.StatePendingApproval) && a.r.Entries[i].Step == "move" && m.To != string(order.StateCanceled) {
				approvals[order.ID(m.ID)]++
			}
		}
	}
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		want := 0
		if o.State == order.StateVoided {
			want = 1
		}
		if voided[o.ID] != want {
			a.report("I12", refs(KindOrder, o.ID), "order %s is %s, and %d notices say voided", o.ID, o.State, voided[o.ID])
		}
		if approved[o.ID] != approvals[o.ID] {
			a.report("I12", refs(KindOrder, o.ID), "order %s was approved %d times, and %d notices say so", o.ID, approvals[o.ID], approved[o.ID])
		}
	}
}

// renewed: I13, what a renewal order paid for is there, or was given back.
func (a *audit) renewed() {
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		if o.Type != order.TypeRenewal || o.State != order.StatePaid && o.State != order.StateCompleted {
			continue
		}
		for k := range o.Lines {
			r, ok := find(a.r, resources, string(o.Lines[k].Resource))
			if !ok || !r.Released.IsZero() || slices.ContainsFunc(r.Periods, func(h renewal.Held) bool { return h.Order == o.ID }) {
				continue
			}
			p, _ := find(a.r, payments, string(o.Payment))
			if !slices.ContainsFunc(p.Returns, func(b Return) bool { return b.Order == o.ID }) {
				a.report("I13", append(refs(KindOrder, o.ID), Ref{Kind: KindResource, ID: string(r.ID)}), "order %s is %s, and resource %s has no period of it", o.ID, o.State, r.ID)
			}
		}
	}
}

// resources: I13, I11.
func (a *audit) resources() {
	a.renewed()
	for i := range a.r.Resources {
		r := &a.r.Resources[i]
		show := refs(KindResource, r.ID)
		if n := len(r.Periods); n > 0 && !r.Periods[n-1].Expiry.Equal(r.Expiry) {
			a.report("I13", show, "resource %s expires %s, and the last period that was paid for %s", r.ID, r.Expiry, r.Periods[n-1].Expiry)
		}
		for _, h := range r.Periods {
			if !r.Released.IsZero() {
				break // it was left
			}
			if o, ok := find(a.r, orders, string(h.Order)); ok && o.State != order.StatePaid && o.State != order.StateCompleted {
				a.report("I13", append(show, refs(KindOrder, o.ID)...), "resource %s has a period of order %s, which is %s", r.ID, o.ID, o.State)
			}
		}
		if r.Order == "" {
			continue
		}
		if o, ok := find(a.r, orders, string(r.Order)); !ok || !o.State.Open() || (o.State == order.StatePaying) != r.Paying {
			a.report("I11", append(show, refs(KindOrder, r.Order)...), "resource %s is taken by order %s, which is not open, or being paid otherwise", r.ID, r.Order)
		}
	}
}
