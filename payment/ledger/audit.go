package ledger

import (
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// Violation is an invariant that records break, and the records that show it.
type Violation struct {
	Invariant string // I1 to I13
	Text      string
	Records   []Ref
}

func (v Violation) String() string { return v.Invariant + ": " + v.Text }

// Audit reports the invariants that the records of one customer break, given all of them
// as of one instant, and what the gateways moved for the customer. A host streams over its
// customers, each by itself: a claim of a public code stands with whoever issued it.
//
//	I1   an order is paid by at most one payment; one that charges is paid exactly when a succeeded payment names it
//	I2   a payment captures once; at rest no order has two captures that were not given back
//	I3   what gateways took and did not give back is the cash of succeeded payments without their refunds, in its currency,
//	     with what was captured over it and has not gone back
//	I4   per order and in sum list = discount + coupons + cards + cash, each at least 0
//	I5   the orders of a purchase, and of a payment, are in payment together, enter it and leave it in one commit
//	I6   a coupon's balance is what was issued without what it paid; a single use is one use; one order is the first
//	I7   what was paid was held approved and within the deadline; nothing live holds what is voided
//	I8   a payment is what its request asked for
//	I9   states move along the tables, orders in the steps that may move them so
//	I11  at rest nothing is held
//	I12  one notice for each move that promises one
//	I13  accounts and bills are what the entries add up to; a bill is paid by one payment; a resource has one period after
//	     the other, one for each order, and the expiry of the last
//
// I10 is what a store promises: nothing that was acknowledged is lost.
func Audit(r Records, moved []gateway.Movement) []Violation {
	a := &audit{r: &r, ledger: moved}
	a.rest = !slices.ContainsFunc(r.Payments, func(p payment.Payment) bool { return p.State.Live() }) &&
		!slices.ContainsFunc(r.Refunds, func(f payment.Refund) bool { return f.State != payment.RefundDone })
	for _, holds := range invariants {
		holds(a)
	}
	return a.found
}

// invariants are the invariants that Audit goes through, each looked at by functions of its
// own; one that finds another broken on its way says that one's name.
var invariants = []func(*audit){
	(*audit).orders,       // I1 I4 I5 I7
	(*audit).captures,     // I2 I3
	(*audit).sound,        // I3 I4 I6 I13
	(*audit).payments,     // I3 I8
	(*audit).purchases,    // I5
	(*audit).together,     // I5
	(*audit).coupons,      // I6
	(*audit).counted,      // I6
	(*audit).firsts,       // I6
	(*audit).entries,      // I9 I13
	(*audit).notices,      // I12
	(*audit).paymentsTold, // I12
	(*audit).ordersTold,   // I12
	(*audit).renewalsTold, // I12
	(*audit).billsTold,    // I12
	(*audit).couponsTold,  // I12
	(*audit).money,        // I13
	(*audit).bills,        // I13
	(*audit).resources,    // I13 I11
}

type audit struct {
	r      *Records
	ledger []gateway.Movement
	rest   bool // nothing is on its way
	found  []Violation
}

func (a *audit) report(invariant string, refs []Ref, format string, args ...any) {
	a.found = append(a.found, Violation{invariant, fmt.Sprintf(format, args...), refs})
}

func refs[T ~string](kind Kind, ids ...T) []Ref {
	all := make([]Ref, len(ids))
	for i, id := range ids {
		all[i] = Ref{Kind: kind, ID: string(id)}
	}
	return all
}

// sound: every record fulfils the identities of its own.
func (a *audit) sound() {
	unsound(a, "I4", Orders)
	unsound(a, "I4", Payments)
	unsound(a, "I3", Refunds)
	unsound(a, "I6", Coupons)
	unsound(a, "I13", Accounts)
	unsound(a, "I13", Bills)
}

// unsound reports the records of a kind that are not sound by themselves, whatever the policy.
func unsound[T any](a *audit, invariant string, s *Table[T]) {
	list := *s.in(a.r)
	for i := range list {
		if err := s.check(&list[i], nil); err != nil {
			a.report(invariant, []Ref{{Kind: s.kind, ID: s.id(&list[i])}}, "%s %s: %v", s.kind, s.id(&list[i]), err)
		}
	}
}

// naming returns the payments in a state for which is true that name an order.
func (a *audit) naming(id order.ID, is func(*payment.Payment) bool) (names []*payment.Payment) {
	for i := range a.r.Payments {
		if p := &a.r.Payments[i]; is(p) && p.Item(id) != nil {
			names = append(names, p)
		}
	}
	return names
}

func succeeded(p *payment.Payment) bool { return p.State == payment.PaymentSucceeded }

func live(p *payment.Payment) bool { return p.State.Live() }

// orders: I1, I5, I7 of each order.
func (a *audit) orders() {
	for i := range a.r.Orders {
		o := &a.r.Orders[i]
		paid, held := a.naming(o.ID, succeeded), a.naming(o.ID, live)
		show := refs(KindOrder, o.ID)
		for _, p := range slices.Concat(paid, held) {
			show = append(show, Ref{Kind: KindPayment, ID: string(p.ID)})
		}
		settled := o.Payment != "" && o.State != order.StatePaying
		switch {
		case len(paid) > 1:
			a.report("I1", show, "order %s is paid by %d payments", o.ID, len(paid))
		case settled && (len(paid) == 0 || paid[0].ID != o.Payment):
			a.report("I1", show, "order %s is %s, and payment %s has not paid it", o.ID, o.State, o.Payment)
		case !settled && len(paid) == 1:
			a.report("I1", show, "order %s is %s, and payment %s has paid it", o.ID, o.State, paid[0].ID)
		case settled && o.Paid != paid[0].Item(o.ID).Paid():
			a.report("I4", show, "order %s says that other parts paid it than payment %s", o.ID, o.Payment)
		}
		if back := o.State == order.StateRefunding || o.State == order.StateRefunded; back && len(paid) == 1 && paid[0].ReturnedOf(o.ID) != paid[0].Item(o.ID).Cash {
			a.report("I3", show, "order %s is %s, and %s of %s comes back", o.ID, o.State, paid[0].ReturnedOf(o.ID), paid[0].Item(o.ID).Cash)
		}
		if o.State == order.StateRefunding && a.rest {
			a.report("I11", show, "order %s is refunding, and all refunds are done", o.ID)
		}
		if o.State == order.StatePaying && (len(held) != 1 || held[0].ID != o.Payment) {
			a.report("I5", show, "order %s is being paid, and %d live payments name it", o.ID, len(held))
		}
		if o.State != order.StatePaying && len(held) > 0 {
			a.report("I5", show, "order %s is %s, and payment %s holds it", o.ID, o.State, held[0].ID)
		}
		for _, p := range slices.Concat(paid, held) {
			if !o.Deadline.IsZero() && p.Held.Unix() > o.Deadline.Unix() {
				a.report("I7", show, "order %s was held %s, after its deadline, %s", o.ID, p.Held, o.Deadline)
			}
		}
	}
}

// payments: I8, and that what a payment says was given back is what refunds say.
func (a *audit) payments() {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		show := refs(KindPayment, p.ID)
		if p.Bill == "" && p.ID != p.Request.Payment() {
			a.report("I8", show, "payment %s is not that of its key, %s", p.ID, p.Request.Key)
		}
		for k := range p.Quote.Items {
			if id := p.Quote.Items[k].Order; p.Bill == "" && !slices.Contains(p.Request.Orders, id) {
				a.report("I8", show, "payment %s pays order %s, which its request does not name", p.ID, id)
			}
		}
		if p.State == payment.PaymentSucceeded && p.Bill == "" {
			if _, ok := p.Receipt(); !ok {
				a.report("I8", show, "payment %s has no receipt", p.ID)
			}
		}
		for k, back := range p.Returns {
			if slices.ContainsFunc(p.Returns[:k], func(r payment.Return) bool { return r.Refund == back.Refund }) {
				a.report("I3", append(show, refs(KindRefund, back.Refund)...), "payment %s gives refund %s back twice", p.ID, back.Refund)
			}
			f, ok := find(a.r, Refunds, string(back.Refund))
			if !ok || f.Cash != back.Cash || f.Payment != p.ID || f.Order != back.Order {
				a.report("I3", append(show, refs(KindRefund, back.Refund)...), "payment %s gives back %s of order %s, and no refund says so", p.ID, back.Cash, back.Order)
			}
		}
	}
	for i := range a.r.Refunds {
		f := &a.r.Refunds[i]
		p, ok := find(a.r, Payments, string(f.Payment))
		late := ok && (f.ID == p.RefundID("", "", "") && p.Late == f.Cash || p.SurplusOf(f)) // one of them
		if !late && !slices.ContainsFunc(p.Returns, func(r payment.Return) bool { return r.Refund == f.ID }) {
			a.report("I3", refs(KindRefund, f.ID), "refund %s is not what payment %s says that it gave back", f.ID, f.Payment)
		}
	}
}
