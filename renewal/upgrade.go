package renewal

import "github.com/duebook/duebook/order"

// Change is a change of what a resource costs for what is left of its period (Q2, Q3).
type Change struct {
	Old  order.Money // list price of what Left counts, a month or a year or the whole period, before
	New  order.Money // and after
	Left Fraction    // of months or years, as Period.Remaining gives it, or of the period
	// At most one discount: a ratio still to pay, an amount off, or the fixed price of New.
	Ratio order.Rate
	Off   order.Money
	Fixed order.Money
}

// Upgrade returns what a change to a higher price costs now (Q2): (new - old) x left;
// with a ratio times it, with an amount off minus it but not below zero, with a fixed
// price times (fixed / new). It is rounded once, at the end.
func (c Change) Upgrade(p Policy) (order.Money, error) {
	if err := c.check(&p); err != nil {
		return order.Money{}, err
	}
	more := c.New.Minor() - c.Old.Minor()
	if more < 0 {
		return order.Money{}, order.Invalid("new", c.New.String(), "is less than "+c.Old.String()+": that is a downgrade")
	}
	cur := c.Old.Currency()
	switch {
	case c.Ratio != (order.Rate{}):
		return scaleRate(order.Minor(more, cur), c.Left, c.Ratio, p.Rounding)
	case c.Fixed != (order.Money{}):
		if c.New.Sign() == 0 {
			return order.Minor(0, cur), nil
		}
		return scaleBy(order.Minor(more, cur), c.Left, Fraction{c.Fixed.Minor(), c.New.Minor()}, p.Rounding)
	}
	price, err := scale(order.Minor(more, cur), c.Left, 0, p.Rounding)
	if err != nil || c.Off == (order.Money{}) {
		return price, err
	}
	return order.Minor(max(0, price.Minor()-c.Off.Minor()), cur), nil
}

func (c *Change) check(p *Policy) error {
	if err := checkPrice("old", c.Old, c.Old.Currency()); err != nil {
		return err
	}
	if err := checkPrice("new", c.New, c.Old.Currency()); err != nil {
		return err
	}
	if c.Left.Num < 0 || c.Left.Den <= 0 {
		return order.Invalid("left", "", "is below zero, or of nothing")
	}
	if p.Rounding > order.Truncate {
		return order.Invalid("policy.rounding", "", "is unknown")
	}
	discounts := 0
	if c.Ratio != (order.Rate{}) {
		discounts++
		if c.Ratio.Cmp(order.Percent(100)) > 0 {
			return order.Invalid("ratio", c.Ratio.String(), "is more than 1")
		}
	}
	for _, m := range [...]struct {
		name string
		of   order.Money
	}{{"off", c.Off}, {"fixed", c.Fixed}} {
		if m.of == (order.Money{}) {
			continue
		}
		discounts++
		if err := checkPrice(m.name, m.of, c.Old.Currency()); err != nil {
			return err
		}
	}
	if c.Fixed.Minor() > c.New.Minor() {
		return order.Invalid("fixed", c.Fixed.String(), "is more than the list price, "+c.New.String())
	}
	if discounts > 1 {
		return order.Invalid("ratio", "", "off and fixed exclude each other (D2)")
	}
	return nil
}
