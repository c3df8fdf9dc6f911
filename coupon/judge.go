package coupon

import (
	"slices"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// judge says whether candidate i can be used in the payment, as far as the other coupons
// do not matter: what it covers, and what it pays at most, or why not (C12).
func (s *sheet) judge(i int, tallies []Tally, at time.Time) {
	c, v := &s.candidates[i], &s.verdicts[i]
	x := c.coupon
	switch {
	case x.Customer != s.orders[0].Customer:
		v.Reason = ReasonOwner
	case x.Kind == KindDiscount:
		v.Reason = ReasonDiscount
	case x.Face.Currency() != s.cur:
		v.Reason = ReasonCurrency
	default:
		*v = x.usableNow(at)
	}
	if v.Reason == "" {
		no := s.cover(i, tallies)
		v.Reason, v.Order, v.Payment = no.Reason, no.Order, no.Payment
	}
	if v.Reason == "" && c.excludes&setOf(Class(KindDiscount)) != 0 && s.reducedByCoupon() {
		v.Reason = ReasonExcluded
	}
	if v.Reason != "" {
		return
	}
	due := s.meetThreshold(i)
	c.most = min(x.Balance.Minor(), due)
	if x.Limits.Share != (order.Rate{}) {
		if share, err := order.Minor(due, s.cur).MulRate(x.Limits.Share, order.Truncate); err == nil {
			c.most = min(c.most, share.Minor())
		}
	}
	if c.most == 0 && v.Reason == "" {
		v.Reason = ReasonNothingDue
	}
}

// reducedByCoupon reports whether a discount coupon reduces one of the orders.
func (s *sheet) reducedByCoupon() bool {
	return slices.ContainsFunc(s.orders, func(o order.Order) bool { return o.Reduction.Kind == string(discount.KindCoupon) })
}

// cover finds the lines that candidate i covers, or the reason why it covers no line.
func (s *sheet) cover(i int, tallies []Tally) Verdict {
	c := &s.candidates[i]
	l := &c.coupon.Limits
	if s.policy.Limit == nil && l.unlimited() {
		return Verdict{} // every line of the merchant's own
	}
	covers := s.coverRoom(i)
	no, any, fits := Verdict{Reason: ReasonNotCovered}, false, false
	for k := range s.orders {
		o := &s.orders[k]
		if len(l.Projects) > 0 && !slices.Contains(l.Projects, o.Project) {
			continue
		}
		for j := range o.Lines {
			if !l.Scope.Covers(o, j) {
				continue
			}
			if bar := s.bars(k, j, c.coupon, tallies); bar.Reason != "" {
				no = stronger(no, bar)
				continue
			}
			covers[s.first[k]+j], any = true, true
			fits = fits || l.LeastRatio == (order.Rate{}) || !below(&o.Lines[j], l.LeastRatio)
		}
	}
	switch {
	case !any:
		return no
	case !fits:
		return Verdict{Reason: ReasonRatio}
	}
	c.covers = covers
	return Verdict{}
}

// coverRoom returns memory for the lines that candidate i covers.
func (s *sheet) coverRoom(i int) []bool {
	n := len(s.due)
	if s.room == nil {
		s.room = make([]bool, n*len(s.candidates))
	}
	return s.room[i*n : (i+1)*n : (i+1)*n]
}

// unlimited reports whether the limits leave no line of the merchant's own out.
func (l *Limits) unlimited() bool {
	s := &l.Scope
	lists := len(s.Services) + len(s.Products) + len(s.Regions) + len(s.Types) + len(s.Charges) + len(l.Projects) + len(l.Without)
	if lists > 0 || l.FirstOrder {
		return false
	}
	return s.Terms == (order.Terms{}) && l.LeastRatio == (order.Rate{})
}

// bars says why line j of order k is not covered, though the scope of the coupon includes it.
// [Verdict.Reason] is empty if it is covered.
func (s *sheet) bars(k, j int, c *Coupon, tallies []Tally) Verdict {
	o := &s.orders[k]
	if slices.Contains(c.Limits.Without, discount.Kind(o.Reduction.Kind)) {
		return Verdict{Reason: ReasonWithout}
	}
	if c.Limits.FirstOrder && o.Lines[j].Own() {
		if no := notFirst(s.orders, k, FirstOrderTally(o.Lines[j].Service), tallies); no.Reason != "" {
			return no
		}
	}
	if s.policy.Limit != nil && !s.policy.Limit.Covers(*o, j, *c) {
		return Verdict{Reason: ReasonLimit}
	}
	return Verdict{}
}

// stronger returns the verdict that says more about a coupon that covers nothing, so that the
// sequence of the lines does not matter; of two that say as much, the one that names the first
// order.
func stronger(a, b Verdict) Verdict {
	rank := func(v Verdict) int {
		return slices.Index([]Reason{ReasonNotCovered, ReasonLimit, ReasonFirstOrder, ReasonWithout}, v.Reason)
	}
	n, m := rank(a), rank(b)
	onlyB := a.Order == "" && b.Order != ""
	if n < m || n == m && onlyB {
		return b
	}
	return a
}

// below reports whether a line is reduced to less than the ratio (C5): by its own ratio, or by
// the ratio that a price or an amount off comes to.
func below(l *order.Line, least order.Rate) bool {
	switch {
	case l.Ratio != order.Rate{}:
		return l.Ratio.Cmp(least) < 0
	case l.Off.Sign() == 0:
		return false
	}
	return l.Payable().Decimal().Cmp(l.Amount.Decimal().Mul(least.Decimal())) < 0
}

// meetThreshold returns what is due on the lines that candidate i covers, or says that it
// is not enough (C6). With a threshold per order, orders that do not meet it are no longer
// covered.
func (s *sheet) meetThreshold(i int) int64 {
	c, v := &s.candidates[i], &s.verdicts[i]
	need := c.coupon.Limits.Threshold
	due := s.total
	if c.covers != nil {
		due = s.dueOnCovered(c, 0, len(s.due))
	}
	good, met := due, s.meets(due, need)
	if s.policy.Threshold.PerOrder && need != (order.Money{}) {
		good, met = s.meetPerOrder(i, need)
	}
	if !met {
		v.Reason, v.Need, v.Have = ReasonThreshold, need, order.Minor(due, s.cur)
	}
	return good
}

// meetPerOrder leaves candidate i the orders that meet the threshold by themselves, and
// returns what is due on their covered lines, and whether there is such an order.
func (s *sheet) meetPerOrder(i int, need order.Money) (good int64, met bool) {
	c := &s.candidates[i]
	if c.covers == nil {
		c.covers = s.coverRoom(i)
		for j := range c.covers {
			c.covers[j] = true
		}
	}
	for k := range s.orders {
		from, to := s.first[k], s.first[k+1]
		due := s.dueOnCovered(c, from, to)
		if s.meets(due, need) {
			good, met = good+due, true
			continue
		}
		clear(c.covers[from:to])
	}
	return good, met
}

// dueOnCovered is what is due on the cells from .. to-1 that a limited candidate covers.
func (s *sheet) dueOnCovered(c *candidate, from, to int) (due int64) {
	for j := from; j < to; j++ {
		if c.covers[j] {
			due += s.due[j]
		}
	}
	return due
}

// meets reports whether the amount due meets the threshold (C6).
func (s *sheet) meets(due int64, need order.Money) bool {
	if need == (order.Money{}) || due > need.Minor() {
		return true
	}
	return s.policy.Threshold.Reached && due == need.Minor()
}

// judgeSet says which of the coupons named do not go together (C4, C5). all are the
// candidates in the sequence in which they pay, so the order given does not matter.
func (s *sheet) judgeSet(all []int) {
	count, cash := 0, 0
	for n, i := range all {
		c, v := &s.candidates[i], &s.verdicts[i]
		switch {
		case v.Reason != "":
			continue
		case slices.ContainsFunc(all[:n], func(j int) bool { return s.candidates[j].coupon.ID == c.coupon.ID }):
			v.Reason = ReasonTwice
			continue
		}
		if count++; count > s.policy.maxCoupons() {
			v.Reason = ReasonTooMany
			continue
		}
		if c.coupon.Kind == KindCash {
			if cash++; cash > s.policy.maxCash() {
				v.Reason = ReasonTooManyCash
			}
		}
	}
	for _, i := range all {
		a, v := &s.candidates[i], &s.verdicts[i]
		for _, j := range all {
			if b := &s.candidates[j]; v.Reason == "" && a.excludes&b.is != 0 && a.coupon.ID != b.coupon.ID {
				v.Reason, v.With = ReasonExcluded, b.coupon.ID
			}
		}
	}
}
