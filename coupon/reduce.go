package coupon

import (
	"slices"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// DiscountFor returns the discount that a discount coupon is for an order at the given time,
// if the order holds it or can, and is within its limits (C3): its projects, a first order,
// the threshold on the list price of the lines that it covers (C6). Otherwise the error is
// an [*Error] with the reason. It does not check [order.Reducible], or whether the discount
// takes anything off.
func (c Coupon) DiscountFor(o order.Order, tallies []Tally, at time.Time, p Policy) (discount.Discount, error) {
	c = c.Issued()
	if err := c.Check(); err != nil {
		return discount.Discount{}, err
	}
	d, err := c.AsDiscount()
	if err != nil {
		return d, err
	}
	if v := c.judgeFor(&o, tallies, at, p); v.Reason != "" {
		v.Coupon = c.ID
		return discount.Discount{}, &Error{Verdicts: []Verdict{v}}
	}
	return d, nil
}

// dueOf returns what an order's covered lines come to, and whether any is covered.
func (l *Limits) dueOf(o *order.Order) (due int64, covered bool) {
	for i := range o.Lines {
		if o.Lines[i].Own() && l.Scope.Covers(o, i) {
			due, covered = due+o.Lines[i].Amount.Minor(), true
		}
	}
	return due, covered
}

// judgeFor says why a discount coupon cannot reduce an order. [Verdict.Reason] is empty if it
// can.
func (c *Coupon) judgeFor(o *order.Order, tallies []Tally, at time.Time, p Policy) Verdict {
	if c.Customer != o.Customer {
		return Verdict{Reason: ReasonOwner}
	}
	if !slices.Contains(c.HeldFor, o.ID) { // who holds it goes on
		if v := c.usableNow(at); v.Reason != "" {
			return v
		}
	}
	l := &c.Limits
	if len(l.Projects) > 0 && !slices.Contains(l.Projects, o.Project) {
		return Verdict{Reason: ReasonNotCovered}
	}
	due, covered := l.dueOf(o)
	if !covered {
		return Verdict{Reason: ReasonNotCovered}
	}
	for _, name := range c.FirstOrders(*o) {
		if v := notFirst([]order.Order{*o}, 0, name, tallies); v.Reason != "" {
			return v
		}
	}
	need := l.Threshold
	switch {
	case need == order.Money{}:
	case need.Currency() != o.Currency():
		return Verdict{Reason: ReasonCurrency}
	case due < need.Minor() || due == need.Minor() && !p.Threshold.Reached:
		return Verdict{Reason: ReasonThreshold, Need: need, Have: order.Minor(due, need.Currency())}
	}
	return Verdict{}
}
