package coupon

import (
	"cmp"
	"slices"

	"github.com/duebook/duebook/order"
)

// usable returns the candidates that can be used, in the given sequence.
func (s *sheet) usable(compare func(a, b *candidate) int) []int {
	var list []int
	for i := range s.candidates {
		if s.verdicts[i].Reason == "" {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(i, j int) int {
		a, b := &s.candidates[i], &s.candidates[j]
		return cmp.Or(compare(a, b), cmp.Compare(a.coupon.ID, b.coupon.ID))
	})
	return list
}

// byChain takes candidates in the order of the policy's comparisons, as far as they fit
// and each pays something (C8). It returns them in the sequence of C7.
func (s *sheet) byChain() (chosen []int) {
	chain := s.policy.Choice
	if len(chain) == 0 {
		chain = []By{ByEnd}
	}
	list := s.usable(func(a, b *candidate) int {
		if s.policy.Order != nil {
			if c := s.policy.Order.Compare(s.shown(a), s.shown(b)); c != 0 {
				return c
			}
		}
		for _, by := range chain {
			if c := by.compare(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	paid := int64(0)
	for _, i := range list {
		v := &s.verdicts[i]
		if v.Reason, v.With = s.fits(chosen, i); v.Reason != "" {
			continue
		}
		with := s.inTurn(append(slices.Clone(chosen), i))
		if sum, _, ok := s.payAll(with); ok && sum > paid {
			chosen, paid = with, sum
		} else {
			v.Reason = ReasonNothingDue
		}
	}
	return chosen
}

func (s *sheet) shown(c *candidate) Candidate {
	return Candidate{Coupon: *c.coupon, Deduction: order.Minor(c.most, s.cur)}
}

// fits says why candidate i cannot join the chosen ones (C4, C5).
func (s *sheet) fits(chosen []int, i int) (Reason, ID) {
	c := &s.candidates[i]
	if len(chosen) >= s.policy.maxCoupons() {
		return ReasonTooMany, ""
	}
	cash := 0
	for _, j := range chosen {
		other := &s.candidates[j]
		cash += other.cash()
		if c.excludes&other.is != 0 {
			return ReasonExcluded, other.coupon.ID
		}
	}
	if c.cash() == 1 && cash >= s.policy.maxCash() {
		return ReasonTooManyCash, ""
	}
	return "", ""
}

// cash is 1 for a cash coupon.
func (c *candidate) cash() int { return btoi(c.coupon.Kind == KindCash) }

// inTurn sorts chosen candidates as they pay (C7).
func (s *sheet) inTurn(chosen []int) []int {
	slices.SortFunc(chosen, func(i, j int) int { return cmp.Compare(s.candidates[i].turn, s.candidates[j].turn) })
	return chosen
}

// payAll returns how much the chosen candidates, in the sequence of C7, pay together, how much
// of it single-use ones pay, and whether each pays something.
func (s *sheet) payAll(chosen []int) (sum, single int64, ok bool) {
	copy(s.left, s.due)
	ok = true
	for _, i := range chosen {
		c := &s.candidates[i]
		paid := s.pay(c)
		ok = ok && paid > 0
		sum += paid
		if !c.coupon.Reusable {
			single += paid
		}
	}
	return sum, single, ok
}

// compare is one comparison of the chain: below 0 where a comes first.
func (by By) compare(a, b *candidate) int {
	switch by {
	case ByLimits:
		return cmp.Compare(a.coupon.width(), b.coupon.width())
	case ByProduct:
		return cmp.Compare(btoi(len(a.coupon.Limits.Scope.Products) != 1), btoi(len(b.coupon.Limits.Scope.Products) != 1))
	case ByEnd:
		return byEnd(a.coupon, b.coupon)
	case ByDeduction:
		return cmp.Compare(b.most, a.most)
	case ByBalance:
		return cmp.Compare(a.coupon.Balance.Minor(), b.coupon.Balance.Minor())
	}
	return 0
}

// width: limited to products, to services, not limited.
func (c *Coupon) width() int {
	switch {
	case len(c.Limits.Scope.Products) > 0:
		return 0
	case len(c.Limits.Scope.Services) > 0:
		return 1
	}
	return 2
}
