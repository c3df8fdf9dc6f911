package discount

import (
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
)

// Cut returns what d takes off each line of o, in dst if that is long enough: the bare
// arithmetic of D3, without a look at windows, states or locks. A line that is not
// covered has the zero Cut. The error is [ErrNotCovered] where no line is,
// [order.ErrCurrency] where the discount is in another currency, [ErrRule] where a
// host's rule refuses o or breaks its promise.
func (d *Discount) Cut(dst []order.Cut, o *order.Order, p Policy) ([]order.Cut, error) {
	return d.cut(dst, o, p.Rounding)
}

func (d *Discount) cut(dst []order.Cut, o *order.Order, mode order.Rounding) ([]order.Cut, error) {
	if o == nil {
		return dst[:0], ErrNotCovered
	}
	dst = slices.Grow(dst[:0], len(o.Lines))[:len(o.Lines)]
	var err error
	covered := 0
	switch {
	case d.Ratio != order.Rate{}:
		covered, err = d.cutRatio(dst, o, mode)
	case d.Price != order.Money{}:
		covered, err = d.cutPrice(dst, o)
	case d.Off != order.Money{}:
		covered, err = d.cutOff(dst, o)
	case d.Rule != nil:
		covered, err = d.cutRule(dst, o)
	}
	if err == nil && covered == 0 {
		err = ErrNotCovered
	}
	if err != nil {
		return dst[:0], err
	}
	return dst, nil
}

// cutRatio: each line is rounded once, what is to pay, not what is taken off.
func (d *Discount) cutRatio(dst []order.Cut, o *order.Order, mode order.Rounding) (covered int, err error) {
	scope := d.Scope.reach(o)
	for i := range o.Lines {
		l := &o.Lines[i]
		if !scope.covers(l) {
			dst[i] = order.Cut{}
			continue
		}
		covered++
		list := l.Amount
		pay, err := list.MulRate(d.Ratio, mode)
		if err != nil {
			return 0, err
		}
		dst[i] = order.Cut{Off: order.Minor(list.Minor()-pay.Minor(), list.Currency()), Ratio: d.Ratio}
	}
	return covered, nil
}

// cutPrice: a line costs its count times the price, or its list price if that is less.
func (d *Discount) cutPrice(dst []order.Cut, o *order.Order) (covered int, err error) {
	scope := d.Scope.reach(o)
	for i := range o.Lines {
		l := &o.Lines[i]
		dst[i] = order.Cut{}
		if !scope.covers(l) {
			continue
		}
		covered++
		if l.Amount.Currency() != d.Price.Currency() {
			return 0, d.otherCurrency(l.Amount.Currency())
		}
		list, price, count := l.Amount.Minor(), d.Price.Minor(), int64(l.Count)
		off := int64(0)
		if count > 0 && price <= list/count { // so price x count does not exceed list
			off = list - price*count
		}
		dst[i].Off = order.Minor(off, d.Price.Currency())
	}
	return covered, nil
}

// cutOff: the amount is split over the covered lines by their list prices.
func (d *Discount) cutOff(dst []order.Cut, o *order.Order) (covered int, err error) {
	var weightRoom [32]int64
	var partRoom [32]order.Money
	weights, parts := weightRoom[:0], partRoom[:0]
	sum := order.Minor(0, d.Off.Currency())
	scope := d.Scope.reach(o)
	for i := range o.Lines {
		l := &o.Lines[i]
		dst[i] = order.Cut{}
		weight := int64(0)
		if scope.covers(l) {
			covered++
			if sum, err = sum.Add(l.Amount); err != nil {
				return 0, err
			}
			weight = l.Amount.Minor()
		}
		weights = append(weights, weight)
	}
	if sum.Minor() == 0 {
		return covered, nil
	}
	off := d.Off
	if off.Minor() > sum.Minor() {
		off = sum
	}
	parts = slices.Grow(parts, len(weights))[:len(weights)]
	if err := off.SplitInto(parts, weights); err != nil {
		return 0, err
	}
	for i := range parts {
		if weights[i] != 0 {
			dst[i].Off = parts[i]
		}
	}
	return covered, nil
}

// cutRule asks the host's rule, and checks every amount it gives.
func (d *Discount) cutRule(dst []order.Cut, o *order.Order) (covered int, err error) {
	var lines []order.Line
	scope := d.Scope.reach(o)
	for i := range o.Lines {
		dst[i] = order.Cut{}
		if scope.covers(&o.Lines[i]) {
			lines = append(lines, o.Lines[i])
		}
	}
	if lines == nil {
		return 0, nil
	}
	own := *o
	own.Lines = slices.Clone(o.Lines)
	off, err := d.Rule.Off(own, lines)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRule, err)
	}
	if len(off) != len(lines) {
		return 0, fmt.Errorf("%w: %d amounts for %d lines", ErrRule, len(off), len(lines))
	}
	for i := range o.Lines {
		if !scope.covers(&o.Lines[i]) {
			continue
		}
		m, list := off[covered], o.Lines[i].Amount
		if m == (order.Money{}) { // nothing
			m = order.Minor(0, list.Currency())
		}
		if m.Currency() != list.Currency() || m.Minor() < 0 || m.Minor() > list.Minor() {
			return 0, fmt.Errorf("%w: %s off a line of %s", ErrRule, m, list)
		}
		dst[i].Off = m
		covered++
	}
	return covered, nil
}

func (d *Discount) otherCurrency(c order.Currency) error {
	m := d.Price
	if m == (order.Money{}) {
		m = d.Off
	}
	return &order.CurrencyError{Code: m.Currency().String(), With: c, Reason: "the discount is in another currency than the order"}
}
