package desk

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// leaving is what gives money back: a resource that is left, a renewal of it that is taken
// back, or a change to what costs less. It has the time of its order, and says whether that has
// been placed: then the resource may be left.
type leaving struct {
	id       order.ID
	resource order.ResourceID
	renewal  order.ID               // that is taken back; empty: the resource is left, or changed
	changed  bool                   // it goes on as what to is
	to       renewal.Resource       // of a change
	costs    []renewal.PeriodChange // of a change
	at       time.Time
	placed   bool
}

// mark is kept in the order, and says after its approval what was asked for.
func (l *leaving) mark() string {
	if l.renewal != "" {
		return "renewal " + string(l.renewal)
	}
	return ""
}

// planBack finds out what comes back of a resource, and the order that gives it back. of is what
// the order names: the resource, or what it becomes.
func (b *tx) planBack(r, of renewal.Resource, l leaving) (x plan, err error) {
	x.leaving = &l
	if x.Refund, err = b.back(r, l); err != nil {
		return x, err
	}
	if l.changed && x.Refund.Periods == nil {
		return x, nil // nothing was paid that could come back
	}
	x.Back = x.Refund.Total
	x.Due = order.Minor(0, x.Back.Currency())
	typ, mark := order.TypeUnsubscribe, l.mark()
	if l.changed {
		typ, mark = order.TypeDowngrade, changedFrom(&r)
	}
	// The ID of a quote may be empty.
	draft, err := renewal.Refund{Back: x.Back, Review: x.Refund.Review}.Draft(cmp.Or(l.id, quoteID), typ, of, b.Policy.Renewal)
	if err != nil {
		return x, err
	}
	draft.Lines[0].Configuration = mark
	if x.Order, err = order.Place(draft, b.At, b.Policy.Order); err != nil {
		return x, err
	}
	x.Resource, err = b.left(r, l, &x.Refund)
	return x, err
}

// carryOutBack writes the order that gives money back, and does what it says, or lets it wait
// for approval.
func (b *tx) carryOutBack(x *plan) error {
	ledger.Put(b.Tx, ledger.Orders, x.Order)
	if x.Order.State == order.StateRefunding {
		return b.leave(*x.leaving, x.Refund)
	}
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(x.leaving.resource))
	taken, err := r.Claim(x.Order.ID, false, b.At, b.Policy.Renewal)
	if err != nil {
		return err
	}
	b.putResource(taken)
	return nil
}

// back computes what comes back of a resource, and of those bound to it, which are left with
// it (R10).
func (b *tx) back(r renewal.Resource, l leaving) (payment.RefundQuote, error) {
	var back payment.RefundQuote
	from, err := b.backOf(&back, r, l)
	if err != nil {
		return back, err
	}
	p := b.Policy.Renewal
	switch {
	case l.placed, l.renewal != "" && back.Periods == nil:
	case l.renewal != "":
		_, err = r.UndoRenewal(l.renewal, l.id, l.at, p)
	case l.changed:
		err = r.Changeable(from, l.at, p)
	default:
		err = r.Leave(from, l.at, p)
	}
	if err != nil {
		return back, err
	}
	if l.renewal == "" && !l.changed {
		if err := b.backOfBound(&back, r.ID, l); err != nil {
			return back, err
		}
	}
	if back.Periods == nil && !l.changed {
		return back, order.Invalid("resource", string(r.ID), "has no period that was paid for here and is left: there is nothing to give back")
	}
	back.SetReview(&p)
	return back, nil
}

// backOfBound adds what comes back of the resources that are bound to one. They all go with
// it, but nothing comes back of one that could not be left by itself. No order may be open for
// them.
func (b *tx) backOfBound(back *payment.RefundQuote, main order.ResourceID, l leaving) error {
	bound, err := b.bound(main, l.at)
	if err != nil {
		return err
	}
	for _, x := range bound {
		if !l.placed {
			if x, err = b.claimResource(x.ID, l.id); err != nil {
				return err
			}
		}
		var own payment.RefundQuote
		from, err := b.backOf(&own, x, l)
		if err != nil {
			return err
		}
		x.Attached, x.Order, x.Released = true, "", time.Time{}
		if x.Leavable(from, l.at, b.Policy.Renewal) != "" {
			continue
		}
		back.Total = order.Minor(back.Total.Minor()+own.Total.Minor(), cmp.Or(back.Total.Currency(), own.Total.Currency()))
		back.Periods = append(back.Periods, own.Periods...)
	}
	return nil
}

// bound returns what is bound to a resource and was there at the time.
func (b *tx) bound(main order.ResourceID, at time.Time) ([]renewal.Resource, error) {
	if err := b.NeedBound(main); err != nil {
		return nil, err
	}
	var bound []renewal.Resource
	for _, x := range b.Now.Resources {
		there := x.Released.IsZero() || x.Released.After(at)
		if x.Main == main && !x.Attached && there {
			bound = append(bound, x)
		}
	}
	return bound, nil
}

// backOf computes what comes back of what paid for a resource, and what kind of order it came
// from.
func (b *tx) backOf(back *payment.RefundQuote, r renewal.Resource, l leaving) (from renewal.Origin, err error) {
	paid, from, err := b.paidFor(&r, l)
	if err != nil {
		return from, err
	}
	given, err := b.returns()
	if err != nil || len(paid) == 0 {
		return from, err
	}
	p := b.Policy.Renewal
	for i := range paid {
		x, h := &paid[i], &paid[i].period
		var f renewal.Refund
		switch {
		case l.changed:
			cost := costOf(l.costs, x.bought.Expiry)
			if cost.New.Minor() >= cost.Old.Minor() {
				continue
			}
			f, err = x.bought.Downgrade(cost.Old, cost.New, ledger.Later(l.at, x.bought.Start), p)
		case h.ResidualParts != nil || !h.Start.Equal(r.Start):
			f, err = x.bought.Leave(l.at, math.MaxInt, p) // not what was provided, or no longer: its days in which everything comes back are over (Q4)
		default:
			f, err = x.bought.Leave(l.at, given.N, p)
		}
		if err != nil {
			return from, err
		}
		back.Add(x.back(f))
	}
	return from, nil
}

// paidFor returns what paid for those periods of a resource that have not ended, and what kind
// of order the resource came from. An order that charged nothing is left out.
func (b *tx) paidFor(r *renewal.Resource, l leaving) (paid []bought, from renewal.Origin, err error) {
	known, charged := false, false
	for _, h := range slices.Concat(r.Added, r.Periods) {
		ended := b.Policy.Renewal.Ending.LastSecond(h.Expiry).Before(l.at)
		if other := l.renewal != "" && !r.RenewedBy(l.renewal, h.Period); ended || other {
			continue
		}
		x, o, err := b.period(r.ID, h)
		if err != nil {
			return nil, from, err
		}
		from.Trial = from.Trial || o.Type == order.TypeTrial
		known, charged = true, charged || o.Payable().Sign() > 0
		if x != nil {
			paid = append(paid, *x)
		}
	}
	from.Free, from.Trial = known && !charged, from.Trial && !charged
	return paid, from, nil
}

// costOf is what a change costs for the period that ends at an expiry, or else for the last.
func costOf(costs []renewal.PeriodChange, expiry time.Time) renewal.PeriodChange {
	for _, x := range costs {
		if x.Expiry.Equal(expiry) {
			return x
		}
	}
	return costs[len(costs)-1]
}

// returns counts how often a customer has had everything back (Q4).
func (b *tx) returns() (coupon.Tally, error) {
	err := b.Need(ledger.KindTally, ledger.TallyReturns)
	t, _ := ledger.Get(b.Tx, ledger.Tallies, ledger.TallyReturns)
	t.Customer, t.Name = b.Customer, ledger.TallyReturns
	return t, err
}

// leave makes the refunds due, and gives the resource up, or changes it.
func (b *tx) leave(l leaving, back payment.RefundQuote) error {
	if err := b.leaveResource(l, back); err != nil {
		return err
	}
	whole, done := false, true
	var last payment.Refund
	for _, x := range back.Periods {
		whole = whole || x.All && !l.at.Before(x.Start)
	}
	returns, ids := returnsOf(back.Periods, l.id)
	for i, x := range returns {
		if err := b.Need(ledger.KindPayment, string(x.payment)); err != nil {
			return err
		}
		p, _ := ledger.Get(b.Tx, ledger.Payments, string(x.payment))
		var err error
		if last, err = b.giveBack(&p, returns[i].Return, l.id, slices.Clone(ids)); err != nil {
			return err
		}
		done = done && last.State == payment.RefundDone
	}
	if whole {
		t, err := b.returns()
		if err != nil {
			return err
		}
		t.N++
		ledger.Put(b.Tx, ledger.Tallies, t)
	}
	if done {
		return b.refunded(last)
	}
	return nil
}

// returned is what a payment gives back.
type returned struct {
	payment order.PaymentID
	payment.Return
}

// returnsOf adds up what comes back of several periods that one order paid for: it is one
// refund. ids are those of the refunds.
func returnsOf(periods []payment.PeriodRefund, by order.ID) (list []returned, ids []order.RefundID) {
	for _, x := range periods {
		i := slices.Index(ids, x.RefundID(by))
		if i < 0 {
			ids = append(ids, x.RefundID(by))
			list = append(list, returned{x.Payment, payment.Return{Order: x.Order, Resource: x.Resource, Cash: x.Cash, Coupons: slices.Clone(x.Coupons)}})
			continue
		}
		sum := &list[i]
		sum.Cash = order.Minor(sum.Cash.Minor()+x.Cash.Minor(), sum.Cash.Currency())
		for _, c := range x.Coupons {
			k := slices.IndexFunc(sum.Coupons, func(y payment.CouponPart) bool { return y.Coupon == c.Coupon })
			if k < 0 {
				sum.Coupons = append(sum.Coupons, c)
				continue
			}
			sum.Coupons[k].Amount = order.Minor(sum.Coupons[k].Amount.Minor()+c.Amount.Minor(), c.Amount.Currency())
		}
	}
	return list, ids
}

// leaveResource gives a resource up with those bound to it, takes a renewal back, or makes it
// what it is changed to.
func (b *tx) leaveResource(l leaving, back payment.RefundQuote) error {
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.resource))
	if l.renewal == "" && !l.changed {
		return b.giveUpWhole(r, l.id)
	}
	after, err := b.left(r, l, &back)
	if err != nil {
		return err
	}
	b.putResource(after)
	return nil
}

// left is a resource as it is once it has been left, or changed.
func (b *tx) left(r renewal.Resource, l leaving, back *payment.RefundQuote) (renewal.Resource, error) {
	p := b.Policy.Renewal
	switch {
	case l.renewal != "":
		return r.UndoRenewal(l.renewal, l.id, l.at, p)
	case !l.changed:
		return r.Unsubscribe(l.id, b.At, p)
	}
	after := ledger.Resources.Copy(r).Changed(l.to.Product, l.to.Count)
	for _, x := range back.Periods {
		for _, held := range [...][]renewal.PaidPeriod{after.Periods, after.Added} {
			for i := range held {
				if h := &held[i]; h.Order == x.Order && h.Expiry.Equal(x.Expiry) {
					h.ResidualParts = x.ResidualParts
				}
			}
		}
	}
	if after.Order == l.id && l.id != "" {
		return after.Unclaim(l.id, b.At, p)
	}
	return after, nil
}

// giveUpWhole gives a resource up with what is bound to it.
func (b *tx) giveUpWhole(r renewal.Resource, by order.ID) error {
	bound, err := b.bound(r.ID, b.At)
	if err != nil {
		return err
	}
	for _, x := range append(bound, r) {
		if !x.Released.IsZero() {
			continue // its time has ended by now
		}
		gone, err := x.Unsubscribe(by, b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(gone)
	}
	return nil
}

// leaveApproved carries out an order that has been approved: what it gives back was computed
// when it was placed.
func (b *tx) leaveApproved(o order.Order) error {
	line := &o.Lines[0]
	l := leaving{id: o.ID, resource: line.Resource, changed: o.Type == order.TypeDowngrade, at: o.Placed, placed: true}
	if id, ok := strings.CutPrefix(line.Configuration, "renewal "); ok && !l.changed {
		l.renewal = order.ID(id)
	}
	if err := b.Need(ledger.KindResource, string(l.resource)); err != nil {
		return err
	}
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.resource))
	if l.changed {
		var err error
		l.to = r.Changed(line.Product, line.Count)
		if l.costs, err = r.PriceChange(l.to, l.at, pricesOf(b.price), b.Policy.Renewal); err != nil {
			return err
		}
	}
	back, err := b.back(r, l)
	if err != nil {
		return err
	}
	if back.Total != o.Payable().Neg() {
		return order.Invalid("order", string(o.ID), "gives back "+o.Payable().Neg().String()+", and "+back.Total.String()+" is what it comes to now: reject it, and ask again")
	}
	return b.leave(l, back)
}

// changedFrom is kept in an order that changes a resource, and says what it was.
func changedFrom(r *renewal.Resource) string {
	return "from " + strconv.Itoa(r.Count) + " " + r.Product
}

// wasBefore reads what a resource was before an order changed it.
func wasBefore(l *order.Line) (was renewal.Resource, ok bool) {
	text, ok := strings.CutPrefix(l.Configuration, "from ")
	if i := strings.LastIndex(text, untilText); i >= 0 {
		text = text[:i]
	}
	count, product, found := strings.Cut(text, " ")
	n, err := strconv.Atoi(count)
	return renewal.Resource{Product: product, Count: n}, ok && found && err == nil
}

// untilText stands in a line of a change before the end of the period that it is for.
const untilText = ", until "
