package ledger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// told is what notices of a kind are about: a payment, an order, a bill or a use of a coupon.
type told struct {
	kind NoticeKind
	of   string
}

// notices: I12, each notice is sound, and none is lost: each entry says how many its commit wrote,
// the outbox how many there were before schema 11.
func (a *audit) notices() {
	wrote, told, stands := make(map[string]int), make(map[string]int), make(map[[2]string]int)
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		wrote[e.ID] = e.Told
		for _, m := range e.Moves {
			if m.Kind == KindNotice {
				stands[[2]string{m.ID, m.To}]++
				stands[[2]string{m.ID, m.From}]--
			}
		}
	}
	for i := range a.r.Notices {
		n := &a.r.Notices[i]
		told[n.Entry]++
		if err := n.Check(); err != nil {
			a.report("I12", refs(KindNotice, n.ID), "notice %s: %v", n.ID, err)
		}
		if n.Entry != "" && n.N > int64(wrote[n.Entry]) {
			a.report("I12", refs(KindNotice, n.ID), "notice %s is number %d of entry %s, which tells of %d", n.ID, n.N, n.Entry, wrote[n.Entry])
		}
		for _, state := range noticeStates {
			if stands[[2]string{n.ID, string(state)}] != once(n.State == state) {
				a.report("I12", refs(KindNotice, n.ID), "notice %s is %q, and its entries lead elsewhere", n.ID, n.State)
				break
			}
		}
	}
	out, _ := find(a.r, Outboxes, OutboxID)
	if int64(told[""]) != out.Written {
		a.report("I12", refs(KindOutbox, OutboxID), "%d notices from before schema 11 are there, and %d were written", told[""], out.Written)
	}
	for _, id := range sorted(wrote) {
		if told[id] < wrote[id] {
			a.report("I12", refs(KindEntry, id), "entry %s tells of %d notices, and %d are there", id, wrote[id], told[id])
		}
	}
}

// tellings counts the notices by what they are about.
func (a *audit) tellings() map[told]int {
	all := make(map[told]int)
	for i := range a.r.Notices {
		n := &a.r.Notices[i]
		switch n.Kind {
		case NoticePaid, NoticeFailed, NoticeRenewalFailed, NoticeAction:
			all[told{n.Kind, string(n.Payment)}]++
		case NoticeVoided, NoticeApproved, NoticeRenewed:
			for _, id := range n.Orders {
				all[told{n.Kind, string(id)}]++
			}
		case NoticeRefunded, NoticeRefundBack:
			all[told{n.Kind, string(n.Refund)}]++
		case NoticeBillDue, NoticeBillDeclined:
			all[told{n.Kind, n.Bill.BillID(n.Amount.Currency())}]++
		}
	}
	return all
}

// paymentsTold: I12, a payment that succeeded is told once, unless it renews by itself; so is
// one that did not, unless it charges a bill. Where the gateway of a payment asks for a customer who
// is not there, that is told as well, and of no other payment (P19).
func (a *audit) paymentsTold() {
	all := a.tellings()
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		paid, failed := all[told{NoticePaid, string(p.ID)}], all[told{NoticeFailed, string(p.ID)}]
		wantPaid := p.State == payment.PaymentSucceeded && !p.Automatic()
		wantFailed := (p.State == payment.PaymentFailed || p.State == payment.PaymentCanceled) && p.Bill == "" && !p.Automatic()
		if paid != once(wantPaid) || failed != once(wantFailed) {
			a.report("I12", refs(KindPayment, p.ID), "payment %s is %s, and %d notices say paid, %d failed", p.ID, p.State, paid, failed)
		}
		n, waits := all[told{NoticeAction, string(p.ID)}], !p.ActionUntil.IsZero()
		if missing, wrong := waits && n == 0, n > 0 && !p.Absent; missing || wrong {
			a.report("I12", refs(KindPayment, p.ID), "payment %s waits for the customer until %s, and %d notices say so", p.ID, order.Stamp(p.ActionUntil), n)
		}
	}
}

// goneTold: I12, each time that some of a payment is taken back, or comes again, the customer hears
// how much, once (P18).
func (a *audit) goneTold() {
	left := make(map[told]int)
	count := func(kind NoticeKind, id string, amount order.Money, by int) {
		left[told{kind, id + " " + amount.String()}] += by
	}
	for i := range a.r.Notices {
		if n := &a.r.Notices[i]; n.Kind == NoticeTakenBack || n.Kind == NoticeComeAgain {
			count(n.Kind, string(n.Payment), n.Amount, 1)
		}
	}
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			switch sign := m.Amount.Sign(); {
			case m.Kind == KindPayment && sign < 0:
				count(NoticeTakenBack, m.ID, m.Amount.Neg(), -1)
			case m.Kind == KindPayment && sign > 0:
				count(NoticeComeAgain, m.ID, m.Amount, -1)
			}
		}
	}
	for _, x := range slices.SortedFunc(maps.Keys(left), compareTold) {
		if n := left[x]; n != 0 {
			a.report("I12", nil, "%s, of payment %s: %d notices too many say so", x.kind, x.of, n)
		}
	}
}

func compareTold(x, y told) int {
	return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.of, y.of))
}

// once is how often a customer hears of what is to be told.
func once(wanted bool) int {
	if wanted {
		return 1
	}
	return 0
}

// ordersTold: I12, an order that was voided, and each approval, is told once.
func (a *audit) ordersTold() {
	approvals := make(map[order.ID]int)
	for i := range a.r.Entries {
		for _, m := range a.r.Entries[i].Moves {
			if a.r.Entries[i].Step == "move" && m.approves() {
				approvals[order.ID(m.ID)]++
			}
		}
	}
	all := a.tellings()
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		if n := all[told{NoticeVoided, string(o.ID)}]; n != once(o.State == order.StateVoided) {
			a.report("I12", refs(KindOrder, o.ID), "order %s is %s, and %d notices say voided", o.ID, o.State, n)
		}
		if n := all[told{NoticeApproved, string(o.ID)}]; n != approvals[o.ID] {
			a.report("I12", refs(KindOrder, o.ID), "order %s was approved %d times, and %d notices say so", o.ID, approvals[o.ID], n)
		}
	}
}

// approves reports whether an order leaves the state in which it waits for approval, and is not
// canceled.
func (m *EntryLine) approves() bool {
	return m.Kind == KindOrder && m.From == string(order.StatePendingApproval) && m.To != string(order.StateCanceled)
}

// renewalsTold: I12, each automatic renewal is told, once, and so is each that was charged in vain; no
// other is.
func (a *audit) renewalsTold() {
	all := a.tellings()
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		n := 0
		for k := range p.Quote.Items {
			x := told{NoticeRenewed, string(p.Quote.Items[k].Order)}
			n += all[x]
			delete(all, x)
		}
		failed := all[told{NoticeRenewalFailed, string(p.ID)}]
		if want := once(p.Automatic() && p.State.Final()); n+failed != want || n > 0 && p.State != payment.PaymentSucceeded {
			a.report("I12", refs(KindPayment, p.ID), "payment %s is %s, and %d notices say that it renewed a resource automatically, %d that it did not", p.ID, p.State, n, failed)
		}
	}
	for _, id := range left(all, NoticeRenewed) {
		a.report("I12", refs(KindOrder, id), "order %s is told to have renewed a resource, and no payment has", id)
	}
}

// left lists what notices of a kind are about.
func left(all map[told]int, kind NoticeKind) (of []string) {
	for x := range all {
		if x.kind == kind {
			of = append(of, x.of)
		}
	}
	slices.Sort(of)
	return of
}

// billsTold: I12, each bill that was due, and each try of it that was declined, is told once.
func (a *audit) billsTold() {
	all := a.tellings()
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id := Bills.id(b)
		due, declined := told{NoticeBillDue, id}, told{NoticeBillDeclined, id}
		if all[due] != once(b.State != payment.BillOpen && b.Amount().Sign() > 0) || all[declined] != b.Declines {
			a.report("I12", refs(KindBill, id), "bill %s is %s after %d declines, and %d notices say due, %d declined", id, b.State, b.Declines, all[due], all[declined])
		}
		delete(all, due)
		delete(all, declined)
	}
	for _, id := range slices.Concat(left(all, NoticeBillDue), left(all, NoticeBillDeclined)) {
		a.report("I12", refs(KindBill, id), "bill %s is told of, and is not there", id)
	}
}

// PaysOut reports whether a refund gives back of a payment of a bill what was in credit: the
// customer has heard of it when the credit was paid out (P21).
func PaysOut(p *payment.Payment, f *payment.Refund) bool {
	return p.Bill != "" && f.ID != p.RefundID("", "", "")
}

// refundsTold: I12, each time that a refund was done, and each time that it came back, is told once.
func (a *audit) refundsTold() {
	all := a.tellings()
	for i := range a.r.Refunds {
		f := &a.r.Refunds[i]
		p, _ := find(a.r, Payments, string(f.Payment))
		back, came := told{NoticeRefunded, string(f.ID)}, told{NoticeRefundBack, string(f.ID)}
		want := f.CameBack + once(f.State == payment.RefundDone && !f.Gone)
		if want > 0 && (f.Untold || PaysOut(&p, f)) {
			want--
		}
		if f.Cash.Sign() == 0 {
			want = 0
		}
		if all[back] != want || all[came] != f.CameBack {
			a.report("I12", refs(KindRefund, f.ID), "refund %s is %s and came back %d times, and %d notices say refunded, %d that it came back", f.ID, f.State, f.CameBack, all[back], all[came])
		}
		delete(all, back)
		delete(all, came)
	}
	for _, id := range slices.Concat(left(all, NoticeRefunded), left(all, NoticeRefundBack)) {
		a.report("I12", refs(KindRefund, id), "refund %s is told of, and is not there", id)
	}
}

// use is what an order held or used of a coupon.
type use struct {
	order  order.ID
	coupon coupon.ID
}

func compareUses(x, y use) int {
	return cmp.Or(cmp.Compare(x.order, y.order), cmp.Compare(x.coupon, y.coupon))
}

// couponsTold: I12, of an order that a cause ends, or that is not provided, the customer is
// told once of each coupon whose part in it does not come back, since the coupon had ended,
// and of no other coupon or order (C14).
func (a *audit) couponsTold() {
	most, sure := make(map[use]int), make(map[use]bool)
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		for _, m := range e.Moves {
			for _, u := range a.givenUp(e, m) {
				c, _ := find(a.r, Coupons, string(u.coupon))
				switch {
				case c.Window.Ended(e.At):
					most[u], sure[u] = 1, true
				case mayHaveEnded(&c):
					most[u] = 1
				}
			}
		}
	}
	said := make(map[use]int)
	for i := range a.r.Notices {
		if n := &a.r.Notices[i]; n.Kind == NoticeCouponEnded {
			for _, id := range n.Orders {
				said[use{id, coupon.ID(n.Text)}]++
				most[use{id, coupon.ID(n.Text)}] += 0
			}
		}
	}
	for _, u := range slices.SortedFunc(maps.Keys(most), compareUses) {
		if n := said[u]; n > most[u] || n == 0 && sure[u] {
			a.report("I12", refs(KindOrder, u.order), "order %s ended, and %d notices say that coupon %s had, not %d", u.order, n, u.coupon, most[u])
		}
	}
}

// mayHaveEnded reports whether nobody can tell today when a coupon ended: it lasts for a span
// from its first use, was taken back, or expired by another host's clock.
func mayHaveEnded(c *coupon.Coupon) bool {
	return c.Span != (order.Term{}) || c.State == coupon.StateReclaimed || c.State == coupon.StateExpired
}

// givenUp are the uses of coupons that an order gives up with a move: it is given back, or a
// cause ends it. A coupon that pays is one of a payment that has paid for it, or ends with it.
func (a *audit) givenUp(e *Entry, m EntryLine) (uses []use) {
	o, ok := find(a.r, Orders, m.ID)
	if m.Kind != KindOrder || !ok || o.Flow() == order.FlowBack {
		return nil
	}
	byCause := m.To == string(order.StateCanceled) && o.Reason != "" && o.Reason != order.ReasonCustomer
	if !byCause && !goes(m) {
		return nil
	}
	add := func(id coupon.ID) {
		if _, there := find(a.r, Coupons, string(id)); there {
			uses = append(uses, use{o.ID, id})
		}
	}
	if o.Reduction.Kind == string(discount.KindCoupon) {
		add(coupon.ID(o.Reduction.ID))
	}
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		it := p.Item(o.ID)
		if it == nil || p.State != payment.PaymentSucceeded && !e.moves(KindPayment, string(p.ID)) {
			continue
		}
		for _, part := range it.Parts {
			add(part.Coupon)
		}
	}
	return uses
}

// moves reports whether an entry tells of a record.
func (e *Entry) moves(kind Kind, id string) bool {
	return slices.ContainsFunc(e.Moves, func(m EntryLine) bool { return m.Kind == kind && m.ID == id })
}
