package coupon

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// candidate is a coupon as it fares in one payment.
type candidate struct {
	coupon       *Coupon
	is, excludes classSet
	turn         int    // its place among those that pay (C7)
	covers       []bool // per cell; nil: all
	most         int64  // what it pays at most: balance, share, and what is due on what it covers
}

// sheet is one payment, all its amounts side by side. A cell is a line of an order, or a
// whole order where no coupon tells its lines apart.
type sheet struct {
	orders     []order.Order
	first      []int   // index of each order's first cell; one more at the end
	due, left  []int64 // per cell, before any coupon and now
	before     []int64 // per cell, what was left before the coupon at hand
	total      int64   // sum of due
	whole      bool    // each order is one cell
	cur        order.Currency
	policy     Policy
	candidates []candidate
	verdicts   []Verdict // per candidate; Reason empty: it can be used
	turns      []int     // the candidates in the sequence in which they pay (C7)

	room    []bool  // for the candidates' covers, made when one is limited
	shares  []int64 // per order: what the coupon at hand pays
	weights []int64 // scratch for splitting, as are the next two
	open    []int64
	parts   []order.Money
	planned []order.Money // room for what the plan says of each order

	// Room for as many orders and coupons as payments commonly have.
	cells  [160]int64
	firsts [32]int
	places [4]int
	few    [4]candidate
}

func newSheet(orders []order.Order, coupons []Coupon, tallies []Tally, at time.Time, p Policy) (*sheet, error) {
	at, err := order.Second(at)
	if err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, order.Within("policy", err)
	}
	if len(orders) == 0 {
		return nil, order.Invalid("orders", "", "is required")
	}
	s := &sheet{orders: orders, cur: orders[0].Currency(), policy: p, whole: p.Limit == nil}
	for i := range coupons {
		s.whole = s.whole && coupons[i].Limits.unlimited()
	}
	if err := s.addOrders(min(len(coupons), p.maxCoupons())); err != nil {
		return nil, err
	}
	s.verdicts, s.turns, s.candidates = make([]Verdict, len(coupons)), s.places[:0], s.few[:0]
	s.turns, s.candidates = slices.Grow(s.turns, len(coupons))[:len(coupons)], slices.Grow(s.candidates, len(coupons))[:len(coupons)]
	for i := range coupons {
		x := &coupons[i]
		if x.isNew() {
			issued := x.Issued()
			x = &issued
		}
		if err := x.Check(); err != nil {
			return nil, order.Within(order.Element("coupons", i), err)
		}
		c := &s.candidates[i]
		c.coupon, c.is, s.verdicts[i].Coupon, s.turns[i] = x, classesOf(x), x.ID, i
		c.excludes = p.excludedBy(c.is)
		s.judge(i, tallies, at)
	}
	if !s.whole {
		s.fold()
	}
	slices.SortFunc(s.turns, func(i, j int) int {
		a, b := s.candidates[i].coupon, s.candidates[j].coupon
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), byEnd(a, b), cmp.Compare(a.ID, b.ID))
	})
	for n, i := range s.turns {
		s.candidates[i].turn = n
	}
	return s, nil
}

// addOrders makes a cell of each line, and room for coupons that pay.
func (s *sheet) addOrders(coupons int) error {
	n := len(s.orders)
	cells, most := n, n // most is how much is split at once
	if !s.whole {
		cells = 0
		for i := range s.orders {
			cells += len(s.orders[i].Lines)
			most = max(most, len(s.orders[i].Lines))
		}
	}
	room := slices.Grow(s.cells[:0], 2*cells+2*n+most)[:2*cells+2*n+most]
	s.due, room = room[:0:cells], room[cells:]
	s.left, room = room[:cells], room[cells:]
	s.shares, s.open, s.weights = room[:n], room[n:2*n], room[2*n:]
	amounts := make([]order.Money, most+(coupons+1)*n)
	s.parts, s.planned = amounts[:most], amounts[most:]
	s.first = slices.Grow(s.firsts[:0], n+1)
	var seen idFilter
	for i := range s.orders {
		o := &s.orders[i]
		if err := s.addOrder(o); err != nil {
			return order.Within(order.Element("orders", i), err)
		}
		if seen.maybe(o.ID) && slices.ContainsFunc(s.orders[:i], func(p order.Order) bool { return p.ID == o.ID }) {
			return order.Invalid(order.Element("orders", i)+".id", string(o.ID), "is given twice")
		}
	}
	s.first = append(s.first, len(s.due))
	return nil
}

// idFilter says of an ID that it is new, or perhaps a duplicate. With it Use takes about a
// quarter less time for 30 orders than by comparing each with those before it.
type idFilter [8]uint64

func (f *idFilter) maybe(id order.ID) bool {
	h := uint32(2166136261) // FNV-1a
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	h ^= h >> 16
	word, bit := &f[h>>6%8], uint64(1)<<(h%64)
	there := *word&bit != 0
	*word |= bit
	return there
}

// maxMinor is the largest amount in minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

func (s *sheet) addOrder(o *order.Order) error {
	if o.Customer != s.orders[0].Customer {
		return order.Invalid("customer", "", "is another than that of the first order")
	}
	s.first = append(s.first, len(s.due))
	sum, own := int64(0), false
	for j := range o.Lines {
		l := &o.Lines[j]
		if l.Seller != "" { // it stands outside every sum (O11)
			if !s.whole {
				s.due = append(s.due, 0)
			}
			continue
		}
		due, ok := s.dueOn(l)
		if !ok {
			return s.unpayable(o)
		}
		if !s.whole {
			s.due = append(s.due, due)
		}
		if sum, own = sum+due, true; sum > maxMinor {
			return s.unpayable(o)
		}
	}
	if !own || order.Minor(0, s.cur).Check() != nil {
		return s.unpayable(o)
	}
	if s.whole {
		s.due = append(s.due, sum)
	}
	if s.total += sum; s.total > maxMinor {
		return &order.FieldError{Field: "lines", Reason: "add up to more than 18 digits with those before", Err: order.ErrOverflow}
	}
	return nil
}

// dueOn returns what is due on a line, and false if that is no amount to pay in the currency
// of the payment.
func (s *sheet) dueOn(l *order.Line) (int64, bool) {
	list, off := l.Amount.Minor(), l.Off.Minor()
	if l.Amount.Currency() != s.cur || list > maxMinor {
		return 0, false
	}
	if l.Off != (order.Money{}) && l.Off.Currency() != s.cur {
		return 0, false
	}
	return list - off, 0 <= off && off <= list
}

// unpayable says why an order cannot be paid.
func (s *sheet) unpayable(o *order.Order) error {
	if err := o.Check(); err != nil {
		return err
	}
	if o.Currency() != s.cur {
		return &order.FieldError{Field: "lines[0].amount", Err: &order.CurrencyError{Code: o.Currency().String(), With: s.cur, Reason: "a payment has one currency"}}
	}
	return order.Invalid("type", string(o.Type), "gives money back: there is nothing to pay")
}

// fold makes one cell of the lines of an order if every coupon covers either all that is due
// on them or nothing: how a coupon divides over them then changes no sum.
func (s *sheet) fold() {
	n, from := 0, s.first[0]
	for i := range s.orders {
		to := s.first[i+1]
		s.first[i] = n
		if s.divided(from, to) {
			for j := from; j < to; j++ {
				s.merge(n, j, j+1)
				n++
			}
		} else {
			s.merge(n, from, to)
			n++
		}
		from = to
	}
	s.first[len(s.orders)] = n
	s.due, s.left = s.due[:n], s.left[:n]
	s.whole = n == len(s.orders)
	for i := range s.candidates {
		if c := &s.candidates[i]; c.covers != nil {
			c.covers = c.covers[:n]
		}
	}
}

// divided reports whether a coupon that can be used divides the given cells.
func (s *sheet) divided(from, to int) bool {
	for i := range s.candidates {
		if s.verdicts[i].Reason == "" && s.divides(&s.candidates[i], from, to) {
			return true
		}
	}
	return false
}

// divides reports whether a coupon covers a part of what is due in the given cells.
func (s *sheet) divides(c *candidate, from, to int) bool {
	var seen [2]bool
	for j := from; c.covers != nil && j < to; j++ {
		if s.due[j] > 0 {
			seen[btoi(c.covers[j])] = true
		}
	}
	return seen[0] && seen[1]
}

// merge makes cell n of the cells from .. to-1; n is at most from.
func (s *sheet) merge(n, from, to int) {
	for i := range s.candidates {
		if c := &s.candidates[i]; c.covers != nil {
			any := false
			for j := from; j < to; j++ {
				any = any || c.covers[j] && s.due[j] > 0
			}
			c.covers[n] = any
		}
	}
	sum := int64(0)
	for j := from; j < to; j++ {
		sum += s.due[j]
	}
	s.due[n] = sum
}

// pay lets a coupon pay what it may of what is left, sets s.shares and returns the sum.
func (s *sheet) pay(c *candidate) int64 {
	sum := int64(0)
	if s.whole && c.covers == nil {
		copy(s.shares, s.left)
		for _, left := range s.left {
			sum += left
		}
	} else {
		for i := range s.shares {
			share := int64(0)
			for j := s.first[i]; j < s.first[i+1]; j++ {
				if c.covers == nil || c.covers[j] {
					share += s.left[j]
				}
			}
			s.shares[i] = share
			sum += share
		}
	}
	amount := min(c.most, sum)
	if amount < sum {
		s.spread(amount)
	}
	for i, share := range s.shares {
		switch from, to := s.first[i], s.first[i+1]; {
		case share == 0:
		case to-from == 1:
			s.left[from] -= share
		default:
			s.take(c, from, to, share)
		}
	}
	return amount
}

// take lets the coupon pay share of an order, from the cells that it covers in proportion
// to what is left of them.
func (s *sheet) take(c *candidate, from, to int, share int64) {
	left, weights := s.left[from:to], s.weights[:to-from]
	for j := range left {
		weights[j] = 0
		if c.covers == nil || c.covers[from+j] {
			weights[j] = left[j]
		}
	}
	s.split(share, weights, weights)
	for j := range left {
		left[j] -= weights[j]
	}
}

// spread divides amount over the orders. Before, s.shares says how much each could take at
// most, together more than amount; after, how much each gets (C9).
func (s *sheet) spread(amount int64) {
	if s.policy.Spread == Proportional {
		s.split(amount, s.shares, s.shares)
		return
	}
	// Evenly: an order that could take no more than an equal part of the rest takes all it can,
	// until no such order is left; the others share the rest, and there is always one.
	caps, open, room := s.weights[:len(s.shares)], s.open, int64(0)
	for i, most := range s.shares {
		caps[i], open[i], s.shares[i] = most, min(1, most), 0
		room += open[i]
	}
	for again := true; again; {
		again = false
		for i, equal := 0, amount/room; i < len(caps); i++ {
			if open[i] == 1 && caps[i] <= equal {
				s.shares[i], open[i], again = caps[i], 0, true
				amount, room = amount-caps[i], room-1
			}
		}
	}
	s.split(amount, open, open)
	for i := range open {
		s.shares[i] += open[i]
	}
}

// split divides amount in proportion to weights into parts, exactly (O13).
func (s *sheet) split(amount int64, weights, parts []int64) {
	room := s.parts[:len(weights)]
	if err := order.Minor(amount, s.cur).SplitInto(room, weights); err != nil {
		return // weights are amounts of one payment, and not all 0
	}
	for i := range room {
		parts[i] = room[i].Minor()
	}
}

// byEnd compares the ends of two coupons; one without an end comes last.
func byEnd(a, b *Coupon) int {
	x, y := a.Validity().Until, b.Validity().Until
	if x.IsZero() || y.IsZero() {
		return cmp.Compare(btoi(x.IsZero()), btoi(y.IsZero()))
	}
	return x.Truncate(time.Second).Compare(y.Truncate(time.Second))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
