package renewal

import "github.com/duebook/duebook/order"

// Prices are a host's list prices. renewaltest.TestPrices checks what it promises:
//
// Price returns what a renewal of r for a term costs, and is asked for 1 month too, by
// which odd days are priced (R7). The amount is at least 0, in one currency for a
// resource; it depends on what r is and the term alone, and more months, or more years,
// never cost less: a year may cost less than eleven months. An error means that there is
// no such price.
type Prices interface {
	Price(r Resource, t Term) (order.Money, error)
}

// Price returns what an extension costs (R7): the whole term its own price, odd days a
// share of the monthly price, rounded once. The error is an [*order.FieldError].
func (e Extension) Price(whole, month order.Money, p Policy) (order.Money, error) {
	if err := p.Check(); err != nil {
		return order.Money{}, under("policy", err)
	}
	return e.price(whole, month, &p)
}

func (e Extension) price(whole, month order.Money, p *Policy) (order.Money, error) {
	if e.Whole != (Term{}) {
		if err := checkPrice("whole", whole, month.Currency()); err != nil {
			return order.Money{}, err
		}
		if e.Days == 0 {
			return whole, nil
		}
	} else {
		whole = order.Minor(0, month.Currency())
	}
	if err := checkPrice("month", month, month.Currency()); err != nil {
		return order.Money{}, err
	}
	if e.Days < 0 {
		return order.Money{}, field("days", "", "are below zero")
	}
	share := Fraction{int64(e.Days), 30}
	if p.Counter != nil || p.DayCount != Days30 {
		until := dateOf(e.Until.In(p.zone()))
		share = p.share(until.days(-e.Days), until)
	}
	if share.Den <= 0 || share.Num < 0 {
		return order.Money{}, field("counter", "", "says a share that is below zero, or of nothing")
	}
	return scale(month, share, whole.Minor(), p.Rounding)
}

// checkPrice reports what is no price in a currency.
func checkPrice(name string, m order.Money, cur order.Currency) error {
	switch {
	case m == order.Money{}:
		return field(name, "", "is not set: give an amount and its currency")
	case m.Check() != nil:
		return under(name, m.Check())
	case m.Sign() < 0:
		return field(name, m.String(), "is below zero")
	case m.Currency() != cur:
		return &order.FieldError{Field: name, Err: &order.CurrencyError{Code: m.Currency().String(), With: cur, Reason: "a price has one currency"}}
	}
	return nil
}
