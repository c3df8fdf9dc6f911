package renewaltest

import (
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Moment is when something expires, and a time about it.
type Moment struct {
	Expiry, After time.Time
}

// Span is days: those after From, up to and with Until. Both are midnights in UTC.
type Span struct {
	From, Until time.Time
}

// ScheduleLaws returns what a [renewal.Schedule] promises, law by law.
func ScheduleLaws() []Law[renewal.Schedule, Moment] {
	return []Law[renewal.Schedule, Moment]{
		{Name: "after", Says: "an attempt is after the time asked about, and has a zone and whole seconds", Holds: scheduleAfter},
		{Name: "repeatable", Says: "the same question has the same answer", Holds: scheduleRepeats},
		{Name: "none missed", Says: "asked at any time before an attempt and after the one before, it is the next", Holds: scheduleMissesNone},
		{Name: "end", Says: "attempts have an end", Holds: scheduleEnds},
	}
}

func scheduleAfter(s renewal.Schedule, on Moment) error {
	at, ok := s.Next(on.Expiry, on.After)
	switch {
	case !ok:
		return nil
	case !at.After(on.After):
		return fmt.Errorf("%s is not after %s", at, on.After)
	case at.Nanosecond() != 0:
		return fmt.Errorf("%s is not a whole second", at.Format(time.RFC3339Nano))
	}
	return nil
}

func scheduleRepeats(s renewal.Schedule, on Moment) error {
	a, ok := s.Next(on.Expiry, on.After)
	if b, again := s.Next(on.Expiry, on.After); ok != again || !a.Equal(b) {
		return fmt.Errorf("%s, %v at first, then %s, %v", a, ok, b, again)
	}
	return nil
}

func scheduleMissesNone(s renewal.Schedule, on Moment) error {
	at, ok := s.Next(on.Expiry, on.After)
	if !ok {
		if late, ok := s.Next(on.Expiry, on.After.Add(time.Hour)); ok {
			return fmt.Errorf("none after %s, and then %s", on.After, late)
		}
		return nil
	}
	if !at.After(on.After) {
		return nil // another law
	}
	for _, between := range []time.Time{on.After.Add(at.Sub(on.After) / 2).Truncate(time.Second), at.Add(-time.Second)} {
		if between.Before(on.After) {
			continue
		}
		if again, ok := s.Next(on.Expiry, between); !ok || !again.Equal(at) {
			return fmt.Errorf("after %s it is %s, after %s it is %s", on.After, at, between, again)
		}
	}
	return nil
}

func scheduleEnds(s renewal.Schedule, on Moment) error {
	at := on.After
	for range 5000 {
		next, ok := s.Next(on.Expiry, at)
		if !ok || !next.After(at) { // the latter is another law's
			return nil
		}
		at = next
	}
	return fmt.Errorf("there are more than 5000, and the last is at %s", at)
}

// CounterLaws returns what a [renewal.Counter] promises, law by law.
func CounterLaws() []Law[renewal.Counter, Span] {
	return []Law[renewal.Counter, Span]{
		{Name: "share", Says: "a share is at least 0, of a denominator above zero", Holds: counterShare},
		{Name: "nothing", Says: "no days cost nothing", Holds: counterNothing},
		{Name: "monotone", Says: "a day more never costs less", Holds: counterMonotone},
		{Name: "repeatable", Says: "the same days cost the same again", Holds: counterRepeats},
	}
}

func counterShare(c renewal.Counter, on Span) error {
	if f := c.Share(on.From, on.Until); f.Num < 0 || f.Den <= 0 {
		return fmt.Errorf("%d/%d", f.Num, f.Den)
	}
	return nil
}

func counterNothing(c renewal.Counter, on Span) error {
	if f := c.Share(on.From, on.From); f.Num != 0 {
		return fmt.Errorf("%d/%d", f.Num, f.Den)
	}
	return nil
}

func counterMonotone(c renewal.Counter, on Span) error {
	less := c.Share(on.From, on.Until)
	if more := c.Share(on.From, on.Until.AddDate(0, 0, 1)); compare(more, less) < 0 {
		return fmt.Errorf("%d/%d, with a day more %d/%d", less.Num, less.Den, more.Num, more.Den)
	}
	return nil
}

func counterRepeats(c renewal.Counter, on Span) error {
	if a, b := c.Share(on.From, on.Until), c.Share(on.From, on.Until); a != b {
		return fmt.Errorf("%+v at first, then %+v", a, b)
	}
	return nil
}

// compare compares two shares, of which a broken one counts as nothing.
func compare(a, b renewal.Fraction) int {
	value := func(f renewal.Fraction) order.Money {
		m, err := f.Of(order.Minor(1e15, order.USD), order.HalfUp)
		if err != nil {
			return order.Minor(0, order.USD)
		}
		return m
	}
	c, err := value(a).Cmp(value(b))
	if err != nil {
		return 0
	}
	return c
}

// PriceLaws returns what a [renewal.Prices] promises, law by law.
func PriceLaws() []Law[renewal.Prices, renewal.Resource] {
	return []Law[renewal.Prices, renewal.Resource]{
		{Name: "amount", Says: "a price is an amount of at least 0", Holds: priceAmount},
		{Name: "currency", Says: "all prices of a resource are in one currency", Holds: priceCurrency},
		{Name: "monotone", Says: "within one unit a longer term never costs less", Holds: priceMonotone},
		{Name: "repeatable", Says: "the same resource and term have the same price again", Holds: priceRepeats},
		{Name: "life", Says: "where the resource stands in its life does not matter", Holds: priceLife},
		{Name: "count", Says: "so large a count that its price has no room is an error, and never a small price", Holds: priceCount},
	}
}

// terms are, in each unit, from short to long.
func terms() []renewal.Term {
	var all []renewal.Term
	for _, s := range []renewal.Sold{
		{Unit: renewal.Day, Counts: []int{1, 7, 10, 14, 28, 30, 31, 90, 365}},
		{Unit: renewal.Week, Counts: []int{1, 2, 4, 13, 26, 52}},
		{Unit: renewal.Month, Counts: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24}},
		{Unit: renewal.Year, Counts: []int{1, 2, 3}},
	} {
		for _, n := range s.Counts {
			all = append(all, renewal.Term{N: n, Unit: s.Unit})
		}
	}
	return all
}

// eachPrice calls check with every price that there is, and the one before.
func eachPrice(p renewal.Prices, r renewal.Resource, check func(t renewal.Term, m, before order.Money) error) error {
	var before order.Money
	for _, t := range terms() {
		m, err := p.Price(r, t)
		if err != nil {
			continue // there is none
		}
		if err := check(t, m, before); err != nil {
			return fmt.Errorf("for %s: %w", t, err)
		}
		before = m
	}
	return nil
}

func priceAmount(p renewal.Prices, r renewal.Resource) error {
	return eachPrice(p, r, func(_ renewal.Term, m, _ order.Money) error {
		if m == (order.Money{}) || m.Check() != nil || m.Sign() < 0 {
			return fmt.Errorf("%q is none", m)
		}
		return nil
	})
}

func priceCurrency(p renewal.Prices, r renewal.Resource) error {
	return eachPrice(p, r, func(_ renewal.Term, m, before order.Money) error {
		if before != (order.Money{}) && m.Currency() != before.Currency() {
			return fmt.Errorf("%s, and %s before", m, before)
		}
		return nil
	})
}

func priceMonotone(p renewal.Prices, r renewal.Resource) error {
	var unit renewal.Unit
	return eachPrice(p, r, func(t renewal.Term, m, before order.Money) error {
		same := t.Unit == unit
		unit = t.Unit
		if c, err := m.Cmp(before); same && err == nil && c < 0 {
			return fmt.Errorf("%s, and %s for less", m, before)
		}
		return nil
	})
}

func priceRepeats(p renewal.Prices, r renewal.Resource) error {
	return samePrices(p, r, r)
}

func priceLife(p renewal.Prices, r renewal.Resource) error {
	other := r
	other.Expiry, other.Mode, other.Auto, other.Order, other.Version = r.Expiry.AddDate(0, 3, 0), renewal.ModeManual, renewal.Auto{}, "another", r.Version+1
	return samePrices(p, r, other)
}

func priceCount(p renewal.Prices, r renewal.Resource) error {
	for _, t := range terms() {
		before := order.Money{}
		for n := 1 << 20; n > 0; n *= 2 {
			r.Count = n + 1
			m, err := p.Price(r, t)
			if err != nil {
				break // so many are not sold, nor are more
			}
			if c, err := m.Cmp(before); err != nil || c < 0 {
				return fmt.Errorf("%d for %s cost %s, and half as many %s", r.Count, t, m, before)
			}
			before = m
		}
	}
	return nil
}

func samePrices(p renewal.Prices, r, other renewal.Resource) error {
	for _, t := range terms() {
		a, err := p.Price(r, t)
		b, again := p.Price(other, t)
		if a != b || (err == nil) != (again == nil) {
			return errors.Join(fmt.Errorf("for %s: %s at first, then %s", t, a, b), err, again)
		}
	}
	return nil
}
