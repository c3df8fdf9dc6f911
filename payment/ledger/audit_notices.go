package ledger

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// notices: I12.
func (a *audit) notices() {
	out, _ := find(a.r, Outboxes, OutboxID)
	if int64(len(a.r.Notices)) != out.Written {
		a.report("I12", refs(KindOutbox, OutboxID), "%d notices are there, and %d were written", len(a.r.Notices), out.Written)
	}
	paid, failed := make(map[order.PaymentID]int), make(map[order.PaymentID]int)
	voided, approved, renewed := make(map[order.ID]int), make(map[order.ID]int), make(map[order.ID]int)
	due, declined := make(map[string]int), make(map[string]int)
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
		case NoticeRenewed:
			for _, id := range n.Orders {
				renewed[id]++
			}
		case NoticeBillDue:
			due[payment.BillID(n.Bill, n.Amount.Currency())]++
		case NoticeBillDeclined:
			declined[payment.BillID(n.Bill, n.Amount.Currency())]++
		}
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		wantPaid, wantFailed := 0, 0
		if p.State == payment.PaymentSucceeded && !p.Automatic() {
			wantPaid = 1
		}
		if (p.State == payment.PaymentFailed || p.State == payment.PaymentCanceled) && p.Bill == "" {
			wantFailed = 1
		}
		if paid[p.ID] != wantPaid || failed[p.ID] != wantFailed {
			a.report("I12", refs(KindPayment, p.ID), "payment %s is %s, and %d notices say paid, %d failed", p.ID, p.State, paid[p.ID], failed[p.ID])
		}
	}
	a.automatic(renewed)
	a.couponsEnded()
	a.billed(due, declined)
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

// automatic: I12, each automatic renewal is told, once; no other is.
func (a *audit) automatic(renewed map[order.ID]int) {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		n := 0
		for k := range p.Quote.Items {
			n += renewed[p.Quote.Items[k].Order]
			delete(renewed, p.Quote.Items[k].Order)
		}
		want := 0
		if p.Automatic() && p.State == payment.PaymentSucceeded {
			want = 1
		}
		if n != want {
			a.report("I12", refs(KindPayment, p.ID), "payment %s renewed %d resources automatically, and %d notices say so", p.ID, want, n)
		}
	}
	for _, id := range sorted(renewed) {
		a.report("I12", refs(KindOrder, id), "order %s is told to have renewed a resource, and no payment has", id)
	}
}

// billed: I12, each bill that was due, and each try of it that was declined, is told once.
func (a *audit) billed(due, declined map[string]int) {
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id, want := Bills.id(b), 0
		if b.State != payment.BillOpen && b.Amount().Sign() > 0 {
			want = 1
		}
		if due[id] != want || declined[id] != b.Declines {
			a.report("I12", refs(KindBill, id), "bill %s is %s after %d declines, and %d notices say due, %d declined", id, b.State, b.Declines, due[id], declined[id])
		}
		delete(due, id)
		delete(declined, id)
	}
	for _, told := range [...]map[string]int{due, declined} {
		for _, id := range sorted(told) {
			a.report("I12", refs(KindBill, id), "bill %s is told of, and is not there", id)
		}
	}
}

// couponsEnded: I12, of an order that a cause ends, or that is not provided, the customer is
// told once of each coupon whose part in it does not come back, since the coupon had ended,
// and of no other coupon or order (C14).
func (a *audit) couponsEnded() {
	type use struct {
		order  order.ID
		coupon coupon.ID
	}
	least, most, told := make(map[use]int), make(map[use]int), make(map[use]int)
	// lost counts what ended at a time, by what is known of the coupon now: one that lasts for a
	// span from its first use, was taken back, or expired by another host's clock, may have ended
	// before or after.
	lost := func(o order.ID, id coupon.ID, at time.Time) {
		c, ok := find(a.r, Coupons, string(id))
		if !ok {
			return
		}
		u := use{o, id}
		if c.Window.Ended(at) {
			least[u], most[u] = 1, 1
		} else if c.Span != (order.Term{}) || c.State == coupon.StateReclaimed || c.State == coupon.StateExpired {
			most[u] = 1
		}
	}
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		for _, m := range e.Moves {
			o, ok := find(a.r, Orders, m.ID)
			if m.Kind != KindOrder || !ok || o.Flow() == order.FlowBack {
				continue
			}
			byCause := m.To == string(order.StateCanceled) && o.Reason != "" && o.Reason != order.ReasonCustomer
			if !byCause && !goes(m) {
				continue
			}
			if o.Reduction.Kind == payment.KindDiscountCoupon {
				lost(o.ID, coupon.ID(o.Reduction.ID), e.At)
			}
			for k := range a.r.Payments {
				p := &a.r.Payments[k]
				it := p.Item(o.ID)
				ends := slices.ContainsFunc(e.Moves, func(m EntryLine) bool { return m.Kind == KindPayment && m.ID == string(p.ID) })
				if it == nil || p.State != payment.PaymentSucceeded && !ends {
					continue
				}
				for _, part := range it.Parts {
					lost(o.ID, part.Coupon, e.At)
				}
			}
		}
	}
	for i := range a.r.Notices {
		if n := &a.r.Notices[i]; n.Kind == NoticeCouponEnded {
			for _, id := range n.Orders {
				told[use{id, coupon.ID(n.Text)}]++
				most[use{id, coupon.ID(n.Text)}] += 0
			}
		}
	}
	for _, u := range slices.SortedFunc(maps.Keys(most), func(x, y use) int { return cmp.Or(cmp.Compare(x.order, y.order), cmp.Compare(x.coupon, y.coupon)) }) {
		if told[u] < least[u] || told[u] > most[u] {
			a.report("I12", refs(KindOrder, u.order), "order %s ended, and %d notices say that coupon %s had, not %d", u.order, told[u], u.coupon, most[u])
		}
	}
}
