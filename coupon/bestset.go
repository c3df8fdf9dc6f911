package coupon

import (
	"cmp"
	"math"
	"slices"
)

// mostSaved finds the set within C4 and C5 that pays the most (C8); among equal ones the
// one that wastes least, then the one whose coupons, nearest end and smallest ID first,
// come first. Each coupon of the set pays something. The first search goes from the largest
// coupons down and finds how much the best set pays and wastes: most sets are then known to
// be worse before they are tried. The second goes in the order that decides, and finds the
// first set that pays and wastes as much.
func (s *sheet) mostSaved() []int {
	b := &search{sheet: s, most: min(s.policy.maxCoupons(), len(s.candidates)), cash: s.policy.maxCash()}
	b.list = s.usable(func(a, b *candidate) int { return cmp.Compare(b.most, a.most) })
	b.rank()
	b.walk(0, set{})
	if b.best.pays > 0 {
		b.list = s.usable(func(a, b *candidate) int { return byEnd(a.coupon, b.coupon) })
		b.rank()
		b.first = true
		b.walk(0, set{})
	}
	for _, i := range b.list {
		s.verdicts[i].Reason = ReasonNotChosen
	}
	return b.chosen
}

// search walks sets in the order of their members in list, and turns back if no set that has
// the members at hand can be better.
type search struct {
	*sheet
	most, cash int     // how many a set may have, and of them cash coupons
	list       []int   // the candidates
	top        []int64 // top[n*(most+1)+k]: what any k of list[n:] pay at most
	best       value   // of the sets seen; pays 0: none yet
	first      bool    // best is known: the first set that is as good is wanted
	done       bool
	members    []int // of the set at hand, in the order of list
	trial      []int // the same in the sequence of C7
	chosen     []int
}

// value is how much a set pays, and how much of its single-use coupons it wastes.
type value struct {
	pays   int64
	wastes uint64
}

// set is what is known of a set without trying it.
type set struct {
	bound    int64  // what its members pay at most
	single   uint64 // the balances of the single-use ones, of up to 18 exact, then at most the largest number
	cash     int
	excludes classSet
	limited  bool // a member does not cover everything
}

// rank fills top for the list.
func (b *search) rank() {
	width := b.most + 1
	b.top = make([]int64, (len(b.list)+1)*width)
	largest := make([]int64, 0, b.most+1)
	for n := len(b.list) - 1; n >= 0; n-- {
		most := b.candidates[b.list[n]].most
		at, _ := slices.BinarySearchFunc(largest, most, func(a, b int64) int { return cmp.Compare(b, a) })
		largest = slices.Insert(largest, at, most)
		largest = largest[:min(len(largest), b.most)]
		row := b.top[n*width : (n+1)*width]
		for k := range b.most {
			row[k+1] = row[k]
			if k < len(largest) {
				row[k+1] = min(b.total, row[k]+largest[k])
			}
		}
	}
}

// hopeless reports whether a set that pays at most the given amount, and has single-use coupons
// of at least the given balances, cannot be the set wanted.
func (b *search) hopeless(pays int64, single uint64) bool {
	if b.first {
		return pays < b.best.pays || single > uint64(b.best.pays) && single-uint64(b.best.pays) > b.best.wastes
	}
	pays = min(pays, b.total)
	waste := single - min(single, uint64(pays))
	return pays < b.best.pays || pays == b.best.pays && waste >= b.best.wastes
}

// walk tries every set that has the members at hand, which at sums up, and goes on from
// list[from].
func (b *search) walk(from int, at set) {
	free := b.most - len(b.members)
	if free == 0 {
		return
	}
	for n := from; n < len(b.list) && !b.done; n++ {
		if b.hopeless(at.bound+b.top[n*(b.most+1)+free], at.single) {
			return
		}
		i := b.list[n]
		c := &b.candidates[i]
		next := set{bound: min(b.total, at.bound+c.most), single: at.single, cash: at.cash + c.cash(), excludes: at.excludes | c.excludes, limited: at.limited || c.covers != nil}
		if at.excludes&c.is != 0 || next.cash > b.cash {
			continue
		}
		if !c.coupon.Reusable {
			next.single += min(uint64(c.coupon.Balance.Minor()), math.MaxUint64-next.single)
		}
		b.members = append(b.members, i)
		if next.limited {
			next.bound = min(next.bound, b.reach())
		}
		if !b.hopeless(next.bound, next.single) {
			b.try(next)
		}
		if !b.done && !b.hopeless(next.bound+b.top[(n+1)*(b.most+1)+free-1], next.single) {
			b.walk(n+1, next)
		}
		b.members = b.members[:len(b.members)-1]
	}
}

// reach is what is due on all that the members cover.
func (b *search) reach() (due int64) {
	for j := range b.due {
		for _, i := range b.members {
			if c := &b.candidates[i]; c.covers == nil || c.covers[j] {
				due += b.due[j]
				break
			}
		}
	}
	return due
}

// try finds out how much the set at hand pays. The first search keeps the best value, the second
// the first set that has it.
func (b *search) try(at set) {
	b.trial = b.inTurn(append(b.trial[:0], b.members...))
	sum, single, ok := b.pays(at.limited)
	if !ok {
		return
	}
	v := value{sum, at.single - uint64(single)}
	if b.first {
		if v == b.best {
			b.chosen, b.done = slices.Clone(b.trial), true
		}
		return
	}
	if v.pays > b.best.pays || v.pays == b.best.pays && v.wastes < b.best.wastes {
		b.best = v
	}
}

// pays is payAll for the set at hand. Where each covers everything, how it is spread does
// not matter.
func (b *search) pays(limited bool) (sum, single int64, ok bool) {
	if limited {
		return b.payAll(b.trial)
	}
	for _, i := range b.trial {
		c := &b.candidates[i]
		paid := min(c.most, b.total-sum)
		if paid == 0 {
			return 0, 0, false
		}
		sum += paid
		if !c.coupon.Reusable {
			single += paid
		}
	}
	return sum, single, true
}
