package coupon

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// Plan says how much each coupon pays of each order, and how much is left for cash.
type Plan struct {
	Pays     []Pay         // the coupons that pay, in the sequence of C7
	Verdicts []Verdict     // one for each coupon given, in the order given (C12)
	Left     []order.Money // per order: what is due after all coupons
	Paid     order.Money   // what all coupons pay
}

// Pay is what one coupon pays.
type Pay struct {
	Coupon ID
	Kind   Kind
	Amount order.Money   // above zero
	Parts  []order.Money // per order; they add up to Amount (C9)
	// Lines are, per order, what it pays of each line if a coupon of the plan covers only some
	// of what is due on the order. An order without such a coupon has nil: there coupons pay in
	// proportion to what is left of each line. Lines is nil if no order has such a coupon.
	Lines [][]order.Money
}

// Use says what the coupons that a customer named pay of the orders at the given time.
// All of them must be usable together: otherwise the error is an [*Error] with a reason
// for each that is not, and nothing is paid. Named twice, more than the policy allows,
// excluded by another, or left with nothing to pay by those before it is such a reason
// too. The order in which coupons are given does not matter. None named, none used (C8).
//
// An [*order.FieldError] says what is not valid. The orders are taken as package order
// returned them. Use checks that they have one customer and one currency, that none is given
// twice, and that their amounts can be paid. It does not check their states and deadlines.
func Use(orders []order.Order, named []Coupon, tallies []Tally, at time.Time, p Policy) (Plan, error) {
	s, err := newSheet(orders, named, tallies, at, p)
	if err != nil {
		return Plan{}, err
	}
	s.judgeSet(s.turns)
	if err := s.refusal(); err != nil {
		return Plan{}, err
	}
	plan := s.plan(s.turns)
	if err := s.refusal(); err != nil { // one found nothing left to pay
		return Plan{}, err
	}
	return plan, nil
}

// refusal is an [*Error] with the coupons that cannot be used, nil if all can.
func (s *sheet) refusal() error {
	var refused []Verdict
	for _, v := range s.verdicts {
		if v.Reason != "" && v.Reason != ReasonUsed {
			refused = append(refused, v)
		}
	}
	if refused == nil {
		return nil
	}
	return &Error{Verdicts: refused}
}

// Choose picks from the coupons of a customer those to pay the orders with, by the chain
// of comparisons in the policy, as far as they may be used together and find something
// left to pay (C8); with [MostSaved], the set that pays the most. The order in which
// coupons are given does not matter. An [*order.FieldError] says what is not valid: as
// for [Use], and a coupon given twice.
func Choose(orders []order.Order, coupons []Coupon, tallies []Tally, at time.Time, p Policy) (Plan, error) {
	s, err := newSheet(orders, coupons, tallies, at, p)
	if err != nil {
		return Plan{}, err
	}
	seen := make(map[ID]bool, len(coupons))
	for i := range coupons {
		if id := coupons[i].ID; seen[id] {
			return Plan{}, order.Invalid(order.Element("coupons", i)+".id", string(id), "is given twice")
		}
		seen[coupons[i].ID] = true
	}
	if len(p.Choice) == 1 && p.Choice[0] == MostSaved {
		return s.plan(s.mostSaved()), nil
	}
	return s.plan(s.byChain()), nil
}

// lines is how much the coupon at hand has paid of each line, given what was left before, in
// the orders that a chosen coupon covers in part.
func (s *sheet) lines(before []int64, chosen []int) (lines [][]order.Money) {
	if s.whole {
		return nil
	}
	var room []order.Money
	for i := range s.orders {
		from, to := s.first[i], s.first[i+1]
		if !slices.ContainsFunc(chosen, func(k int) bool { return s.divides(&s.candidates[k], from, to) }) {
			continue
		}
		if lines == nil {
			lines, room = make([][]order.Money, len(s.orders)), make([]order.Money, len(s.left))
		}
		for j := from; j < to; j++ {
			room[j] = order.Minor(before[j]-s.left[j], s.cur)
		}
		lines[i] = room[from:to:to]
	}
	return lines
}

// plan writes out what the chosen candidates, in the sequence of C7, pay.
func (s *sheet) plan(chosen []int) Plan {
	n, room := len(s.orders), s.planned
	p := Plan{Verdicts: s.verdicts, Left: room[:n:n]}
	if len(chosen) > 0 {
		p.Pays = make([]Pay, len(chosen))
	}
	copy(s.left, s.due)
	paid := int64(0)
	for k, i := range chosen {
		c, v := &s.candidates[i], &s.verdicts[i]
		room = room[n:]
		if !s.whole {
			s.before = append(s.before[:0], s.left...)
		}
		amount := s.pay(c)
		paid += amount
		for j, share := range s.shares {
			room[j] = order.Minor(share, s.cur)
		}
		p.Pays[k] = Pay{Coupon: c.coupon.ID, Kind: c.coupon.Kind, Amount: order.Minor(amount, s.cur), Parts: room[:n:n], Lines: s.lines(s.before, chosen)}
		v.Reason = ReasonUsed
		if amount == 0 {
			v.Reason = ReasonNothingDue
		}
	}
	for i := range p.Left {
		sum := int64(0)
		for j := s.first[i]; j < s.first[i+1]; j++ {
			sum += s.left[j]
		}
		p.Left[i] = order.Minor(sum, s.cur)
	}
	p.Paid = order.Minor(paid, s.cur)
	return p
}
