package renewal

import (
	"strconv"

	"github.com/duebook/duebook/order"
)

// Prices are a host's list prices. renewaltest.TestPrices checks what it promises:
//
// Price returns what a renewal of r for a term costs, and is asked for 1 month too, by
// which odd days are priced (R7). The amount is at least 0, in one currency for a
// resource; it depends on what r is and the term alone, and more months, or more years,
// never cost less: a year may cost less than eleven months. [ErrNoPrice] says that this is not
// sold, or not for such a term; any other error, that the price is not known now.
type Prices interface {
	Price(r Resource, t Term) (order.Money, error)
}

// Price returns what an extension costs (R7): the whole term its own price, odd days a
// share of the monthly price, rounded once. A shortened first term, as [Align] returned it,
// costs a share of the monthly price, and never more than all of that, nor than whole, which
// is what the term would have cost and may be left out. The error is an [*order.FieldError].
func (e Extension) Price(whole, month order.Money, p Policy) (order.Money, error) {
	if err := p.Check(); err != nil {
		return order.Money{}, order.Within("policy", err)
	}
	return e.price(whole, month, &p)
}

func (e Extension) price(whole, month order.Money, p *Policy) (order.Money, error) {
	short := e.Whole == (Term{})
	if !short || e.Of > 0 && whole != (order.Money{}) {
		if err := checkPrice("whole", whole, month.Currency()); err != nil {
			return order.Money{}, err
		}
	}
	if !short && e.Days == 0 {
		return whole, nil
	}
	if err := checkPrice("month", month, month.Currency()); err != nil {
		return order.Money{}, err
	}
	share, err := e.share(p)
	switch {
	case err != nil:
		return order.Money{}, err
	case !short:
		return scale(month, share, whole.Minor(), p.Rounding)
	}
	price, err := scale(month, share, 0, p.Rounding)
	if err != nil {
		return price, err
	}
	if limited := e.Of > 0 && whole != (order.Money{}); limited && price.Minor() > whole.Minor() {
		return whole, nil
	}
	return price, nil
}

// share is what of the monthly price the odd days cost; of a shortened first term not more
// than all of it, and by actual days a part of the month that ends on the unified day (R7).
func (e *Extension) share(p *Policy) (Fraction, error) {
	switch {
	case e.Days < 0:
		return Fraction{}, order.Invalid("days", strconv.Itoa(e.Days), "are below zero")
	case e.Of < 0:
		return Fraction{}, order.Invalid("of", strconv.Itoa(e.Of), "is below zero")
	}
	share := Fraction{int64(e.Days), 30}
	switch {
	case p.Counter == nil && p.DayCount == ActualPeriod && e.Of > 0:
		share.Den = int64(e.Of)
	case p.Counter != nil || p.DayCount != Days30:
		until := order.DateOf(e.Until.In(p.zone()))
		share = p.share(until.AddDays(-e.Days), until)
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
