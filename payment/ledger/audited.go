package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// Violation is an invariant that records break, and the records that show it.
type Violation struct {
	Invariant string // I1 to I14
	Text      string
	Records   []Ref
}

func (v Violation) String() string { return v.Invariant + ": " + v.Text }

// audit is what the invariants look at, and what they found.
type audit struct {
	r       *Records
	moved   []gateway.Movement
	rest    bool // nothing is on its way: a refund in review or parked is owed
	orders  []auditedOrder
	coupons []auditedCoupon           // those that pay
	net     map[order.PaymentID]int64 // what gateways took of each payment in the currency that it charges, without what they gave back
	found   []Violation
}

// auditedOrder is an order with the payments that paid it, and those that hold it.
type auditedOrder struct {
	*order.Order
	paid, held []*payment.Payment
	show       []Ref
}

// auditedCoupon is a coupon that pays, with what payments did with it.
type auditedCoupon struct {
	*coupon.Coupon
	paid, back  int64 // in minor units
	uses, holds int
	last        *payment.Payment // of those that succeeded: what was passed on is of it, since a coupon that passed on is used no more
	show        []Ref
}

// add adds what a payment did with the coupon.
func (c *auditedCoupon) add(p *payment.Payment) {
	amount := p.PaidBy(c.ID).Minor()
	if amount == 0 {
		return
	}
	c.show = append(c.show, Ref{Kind: KindPayment, ID: string(p.ID)})
	switch {
	case succeeded(p):
		c.paid += amount
		if c.back += c.returned(p); p.ReturnedTo(c.ID).Minor() < amount {
			c.uses++
		}
		if c.last == nil || c.last.HeldAt.Before(p.HeldAt) || c.last.HeldAt.Equal(p.HeldAt) && c.returned(p) == 0 {
			c.last = p
		}
	case live(p):
		c.holds++
	}
}

// returned is what a payment gave back to the coupon itself: of a single use all that it paid, or
// nothing, since a part comes back as a new coupon.
func (c *auditedCoupon) returned(p *payment.Payment) int64 {
	if back := p.ReturnedTo(c.ID).Minor(); c.Reusable || back == p.PaidBy(c.ID).Minor() {
		return back
	}
	return 0
}

// passes counts what was passed on as back in place of what its payment gave back.
func (c *auditedCoupon) passes() {
	if c.PassedOn.Sign() > 0 && c.last != nil {
		c.back += c.PassedOn.Minor() - c.returned(c.last)
	}
}

func newAudit(r *Records, moved []gateway.Movement) *audit {
	a := &audit{r: r, moved: moved, net: make(map[order.PaymentID]int64)}
	a.rest = !slices.ContainsFunc(r.Payments, func(p payment.Payment) bool { return p.State.Live() }) &&
		!slices.ContainsFunc(r.Refunds, func(f payment.Refund) bool { return !f.DueAt.IsZero() })
	for i := range r.Orders {
		o := &r.Orders[i]
		x := auditedOrder{Order: o, paid: a.naming(o.ID, succeeded), held: a.naming(o.ID, live), show: refs(KindOrder, o.ID)}
		for _, p := range slices.Concat(x.paid, x.held) {
			x.show = append(x.show, Ref{Kind: KindPayment, ID: string(p.ID)})
		}
		a.orders = append(a.orders, x)
	}
	for i := range r.Coupons {
		if r.Coupons[i].Kind == coupon.KindDiscount {
			continue
		}
		c := auditedCoupon{Coupon: &r.Coupons[i], show: refs(KindCoupon, r.Coupons[i].ID)}
		for k := range r.Payments {
			c.add(&r.Payments[k])
		}
		c.passes()
		a.coupons = append(a.coupons, c)
	}
	for _, m := range moved {
		if a.charges(m) && !m.Unasked {
			a.net[m.Payment] += m.Amount.Minor()
		}
	}
	return a
}

func (a *audit) report(invariant string, refs []Ref, format string, args ...any) {
	a.found = append(a.found, Violation{invariant, fmt.Sprintf(format, args...), refs})
}

// naming returns the payments that name an order and for which is holds.
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

// charges reports whether a movement is in the currency that its payment charges, or of a
// payment that is not there.
func (a *audit) charges(m gateway.Movement) bool {
	p, ok := find(a.r, Payments, string(m.Payment))
	return !ok || m.Amount.Sign() == 0 || m.Amount.Currency() == p.Amount.Currency()
}

func refs[T ~string](kind Kind, ids ...T) []Ref {
	all := make([]Ref, len(ids))
	for i, id := range ids {
		all[i] = Ref{Kind: kind, ID: string(id)}
	}
	return all
}

func sorted[K cmp.Ordered, T any](m map[K]T) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
