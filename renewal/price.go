package renewal

import (
	"strconv"

	"github.com/duebook/duebook/order"
)

// Prices are a host's list prices. renewaltest.TestPrices checks what it promises:
//
// Price returns what a renewal of r for a term costs, and is asked for 1 month too, by
// which odd days are priced beside months and years (R7). The amount is at least 0, in one
// currency for a resource; it depends on what r is and the term alone, and within one unit a
// longer term never costs less: a year may cost less than eleven months, and a week more than 7
// days. [ErrNoPrice] says that this is not sold, or not for such a term, [order.ErrOverflow] that
// so many have no price ([order.Money.Times]); any other error, that the price is not known now.
type Prices interface {
	Price(r Resource, t Term) (order.Money, error)
}

// Price returns what an extension costs (R7): the whole term its own price, odd days a
// share of the price of the term e.Per, rounded once. A shortened first term, as [Align]
// returned it, costs a share of the price of e.Per, and never more than all of that, nor than
// whole, which is what the term would have cost and may be left out. The error is an
// [*order.FieldError].
func (e Extension) Price(whole, per order.Money, p Policy) (order.Money, error) {
	if err := p.Check(); err != nil {
		return order.Money{}, order.Within("policy", err)
	}
	return e.price(whole, per, &p)
}

func (e Extension) price(whole, per order.Money, p *Policy) (order.Money, error) {
	short := e.Whole == (Term{})
	if own := e.Days == 0 || e.Per == e.Whole; own && !short {
		per = whole // no other price is asked for
	}
	capped := e.Of > 0 && whole != (order.Money{})
	if !short || capped {
		if err := checkPrice("whole", whole, per.Currency()); err != nil {
			return order.Money{}, err
		}
	}
	if !short && e.Days == 0 {
		return whole, nil
	}
	if err := checkPrice("per", per, per.Currency()); err != nil {
		return order.Money{}, err
	}
	share, err := e.share(p)
	if err != nil {
		return order.Money{}, err
	}
	if !short {
		return scale(per, share, whole.Minor(), p.Rounding)
	}
	price, err := scale(per, share, 0, p.Rounding)
	if err == nil && capped {
		price = order.Minor(min(price.Minor(), whole.Minor()), price.Currency())
	}
	return price, err
}

// share is what of the price of e.Per the odd days cost: of a term of days or weeks its part,
// of others by the day count. Of a shortened first term it is not more than all, and by actual
// days a part of the period that ends on the unified day (R7).
func (e *Extension) share(p *Policy) (Fraction, error) {
	per := e.Per
	if per == (Term{}) {
		per = Term{N: 1, Unit: Month}
	}
	switch {
	case e.Days < 0:
		return Fraction{}, order.Invalid("days", strconv.Itoa(e.Days), "are below zero")
	case e.Of < 0:
		return Fraction{}, order.Invalid("of", strconv.Itoa(e.Of), "is below zero")
	case !per.Civil():
		return Fraction{}, order.Invalid("per", per.String(), "is not a term of days, weeks, months or years")
	}
	share := Fraction{int64(e.Days), 30 * int64(monthsOf(per))}
	actual := p.Counter == nil && p.DayCount == ActualPeriod && e.Of > 0
	switch n, inDays := daysOf(per); {
	case inDays:
		share.Den = int64(n)
	case actual:
		share.Den = int64(e.Of)
	case p.Counter != nil || p.DayCount != Days30:
		until := p.dated(e.Until)
		share = p.share(until.AddDays(-e.Days), until)
		share.Den *= int64(monthsOf(per))
	}
	if share.Den <= 0 || share.Num < 0 {
		return Fraction{}, order.Invalid("counter", "", "says a share that is below zero, or of nothing")
	}
	if e.Of > 0 && share.Num > share.Den {
		share = Fraction{1, 1}
	}
	return share, nil
}

// checkPrice reports what is no price in a currency.
func checkPrice(name string, m order.Money, cur order.Currency) error {
	switch {
	case m == order.Money{}:
		return order.Invalid(name, "", "is not set: give an amount and its currency")
	case m.Check() != nil:
		return order.Within(name, m.Check())
	case m.Sign() < 0:
		return order.Invalid(name, m.String(), "is below zero")
	case m.Currency() != cur:
		return &order.FieldError{Field: name, Err: &order.CurrencyError{Code: m.Currency().String(), With: cur, Reason: "a price has one currency"}}
	}
	return nil
}
