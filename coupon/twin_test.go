package coupon_test

import (
	"cmp"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// The twins say the rules again, as plainly as can be and as slowly as that is.

// twinSplit divides amount by weights with fractions: each its share rounded down, then a
// unit each to the largest fractions, the first of equal ones first.
func twinSplit(amount int64, weights []int64) []int64 {
	total := new(big.Int)
	for _, w := range weights {
		total.Add(total, big.NewInt(w))
	}
	parts := make([]int64, len(weights))
	if total.Sign() == 0 {
		return parts
	}
	rest, fractions := amount, make([]*big.Int, len(weights))
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(amount), big.NewInt(w)), total, new(big.Int))
		parts[i], fractions[i] = q.Int64(), r
		rest -= parts[i]
	}
	for ; rest > 0; rest-- {
		best := 0
		for i := range fractions {
			if fractions[i].Cmp(fractions[best]) > 0 {
				best = i
			}
		}
		parts[best]++
		fractions[best] = big.NewInt(-1)
	}
	return parts
}

// twinEvenly raises one level for all until amount is spread: each gets the level, capped
// at what it can take, and what is left goes a unit each to the first that can take it.
func twinEvenly(amount int64, caps []int64) []int64 {
	spread := func(level int64) (parts []int64, sum int64) {
		for _, most := range caps {
			parts = append(parts, min(level, most))
			sum += min(level, most)
		}
		return parts, sum
	}
	low, high := int64(0), amount // the largest level that is not too much
	for low < high {
		mid := high - (high-low)/2
		if _, sum := spread(mid); sum <= amount {
			low = mid
		} else {
			high = mid - 1
		}
	}
	parts, sum := spread(low)
	for i := range parts {
		if sum < amount && parts[i] < caps[i] {
			parts[i]++
			sum++
		}
	}
	return parts
}

// twinPay is what the coupons pay of each order, one after the other as given, what is left
// of each line, and what each pays of the lines of the orders that one covers in part.
func twinPay(p coupontest.Paying, cs []coupon.Coupon) (parts, left [][]int64, lines [][][]int64) {
	divided := make([]bool, len(p.Orders))
	for _, o := range p.Orders {
		var own []int64
		for _, l := range o.Lines {
			own = append(own, l.Payable().Minor())
		}
		left = append(left, own)
	}
	due := make([][]int64, len(left))
	for i := range left {
		due[i] = slices.Clone(left[i])
	}
	for _, c := range cs {
		covers := make([][]bool, len(p.Orders))
		var base int64 // due on what is covered
		for i := range p.Orders {
			o := &p.Orders[i]
			var of int64
			for j := range o.Lines {
				ok := twinCovers(p, o, j, c)
				covers[i] = append(covers[i], ok)
				if ok {
					of += due[i][j]
				}
			}
			if t := c.Limits.Threshold; p.Policy.Threshold.PerOrder && t != (order.Money{}) && !(of > t.Minor() || p.Policy.Threshold.Reached && of == t.Minor()) {
				covers[i] = make([]bool, len(o.Lines))
				of = 0
			}
			base += of
			seen := map[bool]bool{}
			for j, ok := range covers[i] {
				if due[i][j] > 0 && o.Lines[j].Seller == "" {
					seen[ok] = true
				}
			}
			divided[i] = divided[i] || len(seen) == 2
		}
		most := min(c.Balance.Minor(), base)
		if c.Limits.Share != (order.Rate{}) {
			share := new(big.Rat).SetInt64(base)
			rate, _ := new(big.Rat).SetString(c.Limits.Share.String())
			share.Mul(share, rate)
			most = min(most, new(big.Int).Quo(share.Num(), share.Denom()).Int64())
		}
		caps := make([]int64, len(p.Orders))
		var sum int64
		for i := range caps {
			for j := range left[i] {
				if covers[i][j] {
					caps[i] += left[i][j]
				}
			}
			sum += caps[i]
		}
		amount := min(most, sum)
		var mine []int64
		if p.Policy.Spread == coupon.Evenly {
			mine = twinEvenly(amount, caps)
		} else {
			mine = twinSplit(amount, caps)
		}
		var shares [][]int64
		for i, share := range mine {
			weights := make([]int64, len(left[i]))
			for j := range weights {
				if covers[i][j] {
					weights[j] = left[i][j]
				}
			}
			shares = append(shares, twinSplit(share, weights))
			for j, part := range shares[i] {
				left[i][j] -= part
			}
		}
		parts, lines = append(parts, mine), append(lines, shares)
	}
	for k := range lines {
		for i := range lines[k] {
			if !divided[i] {
				lines[k][i] = nil
			}
		}
	}
	return parts, left, lines
}

func twinCovers(p coupontest.Paying, o *order.Order, j int, c coupon.Coupon) bool {
	l, limits := o.Lines[j], c.Limits
	if l.Seller != "" || !limits.Scope.Covers(o, j) || slices.Contains(limits.Without, discount.Kind(o.Reduction.Kind)) {
		return false
	}
	if len(limits.Projects) > 0 && !slices.Contains(limits.Projects, o.Project) {
		return false
	}
	return !limits.FirstOrder || twinFirst(p, o, l.Service)
}

// twinFirst: no order of the service has been paid or has a coupon for first orders, and none
// comes before in the payment; without a service, no order at all.
func twinFirst(p coupontest.Paying, o *order.Order, service string) bool {
	name := "orders of " + service
	if service == "" {
		name = "orders"
	}
	for _, t := range p.Tallies {
		if t.Customer == o.Customer && t.Name == name && (t.N > 0 || t.HeldFor != "" && t.HeldFor != o.ID) {
			return false
		}
	}
	for _, before := range p.Orders {
		if before.ID == o.ID {
			break
		}
		for _, l := range before.Lines {
			if l.Seller == "" && (service == "" || l.Service == service) {
				return false
			}
		}
	}
	return true
}

// paysLike checks a plan against the twin and the identities of C7 and C9.
func paysLike(t *rapid.T, p coupontest.Paying, plan coupon.Plan) {
	t.Helper()
	var named []coupon.Coupon
	for _, pay := range plan.Pays {
		for _, c := range p.Coupons {
			if c.ID == pay.Coupon {
				named = append(named, c)
			}
		}
	}
	if len(named) != len(plan.Pays) || len(plan.Left) != len(p.Orders) {
		t.Fatalf("%d of the coupons, %d orders", len(named), len(plan.Left))
	}
	parts, left, lines := twinPay(p, named)
	var paid int64
	sums := make([]int64, len(p.Orders))
	for k, pay := range plan.Pays {
		var sum int64
		for i, part := range pay.Parts {
			if part.Minor() != parts[k][i] || part.Minor() < 0 || part.Currency() != p.Orders[0].Currency() {
				t.Fatalf("coupon %s pays %s of order %d, the twin says %d", pay.Coupon, part, i, parts[k][i])
			}
			sum += part.Minor()
			sums[i] += part.Minor()
			var of []order.Money
			if pay.Lines != nil {
				of = pay.Lines[i]
			}
			if (of == nil) != (lines[k][i] == nil) || !slices.EqualFunc(of, lines[k][i], func(m order.Money, n int64) bool { return m.Minor() == n }) {
				t.Fatalf("coupon %s pays %v of the lines of order %d, the twin says %v", pay.Coupon, of, i, lines[k][i])
			}
		}
		if len(pay.Parts) != len(p.Orders) || sum != pay.Amount.Minor() || sum > named[k].Balance.Minor() || sum <= 0 {
			t.Fatalf("coupon %s of %s pays %s, its parts add up to %d", pay.Coupon, named[k].Balance, pay.Amount, sum)
		}
		paid += sum
	}
	if plan.Paid.Minor() != paid {
		t.Fatalf("%s paid, the coupons pay %d", plan.Paid, paid)
	}
	for i, o := range p.Orders {
		var lines int64
		for _, l := range left[i] {
			if l < 0 {
				t.Fatalf("a line below zero: %v", left)
			}
			lines += l
		}
		if got := plan.Left[i].Minor(); got != lines || got != o.Payable().Minor()-sums[i] || got < 0 {
			t.Fatalf("order %d: %d left, the twin says %d; due %s, paid %d", i, got, lines, o.Payable(), sums[i])
		}
	}
}

func byTurn(a, b coupon.Coupon) int {
	rank := map[coupon.Kind]int{coupon.KindCash: 0, coupon.KindFlexi: 1, coupon.KindCard: 2}
	return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), byEnd(a, b))
}

// byEnd is nearest end, then ID.
func byEnd(a, b coupon.Coupon) int {
	x, y := a.Window.Until, b.Window.Until
	switch {
	case x.IsZero() && !y.IsZero():
		return 1
	case y.IsZero() && !x.IsZero():
		return -1
	}
	return cmp.Or(x.Compare(y), cmp.Compare(a.ID, b.ID))
}

// choose is coupon.Choose of what was drawn, with the coupons given.
func choose(t *rapid.T, p coupontest.Paying, cs []coupon.Coupon) coupon.Plan {
	plan, err := coupon.Choose(p.Orders, cs, p.Tallies, p.At, p.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestC7_PlanIsTheTwins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := coupontest.Payment(6).Draw(t, "payment")
		if rapid.Bool().Draw(t, "many pay") {
			p.Policy.MaxCoupons, p.Policy.MaxCash = 5, 5
		}
		before := clone(p)
		plan := choose(t, p, p.Coupons)
		paysLike(t, p, plan)

		var named []coupon.Coupon
		for _, pay := range plan.Pays {
			i := slices.IndexFunc(p.Coupons, func(c coupon.Coupon) bool { return c.ID == pay.Coupon })
			named = append(named, p.Coupons[i])
		}
		if !slices.IsSortedFunc(named, byTurn) {
			t.Fatalf("not in the sequence of C7: %v", ids(plan))
		}
		if len(named) > 0 {
			named = rapid.Permutation(named).Draw(t, "named")
		}
		again, err := coupon.Use(p.Orders, named, p.Tallies, p.At, p.Policy)
		if err != nil || !reflect.DeepEqual(again.Pays, plan.Pays) || !reflect.DeepEqual(again.Left, plan.Left) || again.Paid != plan.Paid {
			t.Fatalf("named, the chosen ones pay %+v, %v; chosen %+v", again, err, plan)
		}

		verdicts := map[coupon.ID]coupon.Verdict{}
		for i, v := range plan.Verdicts {
			if v.Coupon != p.Coupons[i].ID || v.Reason == "" || (v.Reason == coupon.ReasonUsed) != slices.Contains(ids(plan), v.Coupon) {
				t.Fatalf("verdict %d: %+v", i, v)
			}
			verdicts[v.Coupon] = v
		}
		turned := slices.Clone(p.Coupons)
		if len(turned) > 0 {
			turned = rapid.Permutation(turned).Draw(t, "turned")
		}
		other := choose(t, p, turned)
		if !reflect.DeepEqual(other.Pays, plan.Pays) || !reflect.DeepEqual(other.Left, plan.Left) {
			t.Fatalf("in another order they pay %+v, not %+v", other, plan)
		}
		for _, v := range other.Verdicts {
			if v != verdicts[v.Coupon] {
				t.Fatalf("in another order %+v, not %+v", v, verdicts[v.Coupon])
			}
		}
		if !reflect.DeepEqual(p, before) {
			t.Fatal("what was given changed")
		}
	})
}

// clone is p with slices of its own.
func clone(p coupontest.Paying) coupontest.Paying {
	p.Orders, p.Coupons, p.Tallies = slices.Clone(p.Orders), slices.Clone(p.Coupons), slices.Clone(p.Tallies)
	for i := range p.Orders {
		p.Orders[i].Lines = slices.Clone(p.Orders[i].Lines)
	}
	for i := range p.Coupons {
		l := &p.Coupons[i].Limits
		l.Scope.Services, l.Scope.Products, l.Without = slices.Clone(l.Scope.Services), slices.Clone(l.Scope.Products), slices.Clone(l.Without)
	}
	p.Policy.Exclusions, p.Policy.Choice = slices.Clone(p.Policy.Exclusions), slices.Clone(p.Policy.Choice)
	return p
}

// TestC12_WhateverIsNamed: naming any coupons at all pays as the twin says, or refuses each
// that is at fault and changes nothing.
func TestC12_WhateverIsNamed(t *testing.T) {
	paid := 0
	rapid.Check(t, func(t *rapid.T) {
		p := coupontest.Payment(4).Draw(t, "payment")
		p.Policy.MaxCash = 2
		before := clone(p)
		plan, err := coupon.Use(p.Orders, p.Coupons, p.Tallies, p.At, p.Policy)
		if !reflect.DeepEqual(p, before) {
			t.Fatal("what was given changed")
		}
		if err == nil {
			paid++
			paysLike(t, p, plan)
			for _, v := range plan.Verdicts {
				if v.Reason != coupon.ReasonUsed {
					t.Fatalf("%+v, and no error", v)
				}
			}
			return
		}
		if !isEmpty(plan) {
			t.Fatalf("%+v with %v", plan, err)
		}
		reasons := 0
		for _, v := range whysOf(t, err) {
			if v == coupon.ReasonUsed || v == coupon.ReasonNotChosen || v == "" {
				t.Fatalf("refused because it %q", v)
			}
			reasons++
		}
		if reasons == 0 {
			t.Fatal("no reason")
		}
	})
	if paid == 0 {
		t.Error("no payment was accepted")
	}
}

func whysOf(t *rapid.T, err error) (all []coupon.Reason) {
	refused, ok := err.(*coupon.Error)
	if !ok {
		t.Fatal(err)
	}
	for _, v := range refused.Verdicts {
		all = append(all, v.Reason)
	}
	return all
}

// everySet tries every set of coupons by naming it, and returns the plan of the best: it
// pays the most, wastes least, and its coupons by end and ID come first.
func everySet(p coupontest.Paying) (best coupon.Plan, tried int) {
	list := slices.Clone(p.Coupons)
	slices.SortFunc(list, byEnd)
	most := p.Policy.MaxCoupons
	if most == 0 {
		most = 3
	}
	var bestWaste int64
	var bestSet []int
	var walk func(from int, set []int)
	walk = func(from int, set []int) {
		if len(set) > 0 {
			var named []coupon.Coupon
			var waste int64
			for _, i := range set {
				named = append(named, list[i])
			}
			tried++
			if plan, err := coupon.Use(p.Orders, named, p.Tallies, p.At, p.Policy); err == nil {
				for _, pay := range plan.Pays {
					c := named[slices.IndexFunc(named, func(c coupon.Coupon) bool { return c.ID == pay.Coupon })]
					if !c.Reusable {
						waste += c.Balance.Minor() - pay.Amount.Minor()
					}
				}
				c := cmp.Or(cmp.Compare(plan.Paid.Minor(), best.Paid.Minor()), cmp.Compare(bestWaste, waste), slices.Compare(bestSet, set))
				if bestSet == nil || c > 0 {
					best, bestWaste, bestSet = plan, waste, slices.Clone(set)
				}
			}
		}
		if len(set) == most {
			return
		}
		for i := from; i < len(list); i++ {
			walk(i+1, append(slices.Clone(set), i))
		}
	}
	walk(0, nil)
	return best, tried
}

func TestC8_MostSavedIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := coupontest.Payment(7).Draw(t, "payment")
		p.Policy.Choice = []coupon.By{coupon.MostSaved}
		plan := choose(t, p, p.Coupons)
		best, _ := everySet(p)
		if !reflect.DeepEqual(plan.Pays, best.Pays) || plan.Pays != nil && !reflect.DeepEqual(plan.Left, best.Left) {
			t.Fatalf("chosen %v pay %s, %v would pay %s", ids(plan), plan.Paid, ids(best), best.Paid)
		}
	})
}
