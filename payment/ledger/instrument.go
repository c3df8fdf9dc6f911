package ledger

import (
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Instrument is how often one instrument was charged while nobody was there, and whether it may be
// again (P19). The instrument itself does not stand in it.
type Instrument struct {
	Customer order.CustomerID `json:"customer"`
	ID       string           `json:"id"`              // derived from customer, gateway and instrument
	Tries    []time.Time      `json:"tries,omitempty"` // while nobody was there, the first one first; those that count no more go with the next
	SpentAt  time.Time        `json:"spent,omitzero"`  // since when it is not to be tried again, as its gateway said; zero: it may be
	Version  int64            `json:"version,omitempty"`
}

// InstrumentID names what is kept of an instrument at a gateway among a customer's: 32 characters
// that do not show it (P12).
func InstrumentID(customer order.CustomerID, gateway string, instrument order.Opaque) string {
	return order.Derive("instrument", string(customer), gateway, string(instrument))
}

// Again returns x with one try more, made now, or why there is none: a [*payment.Refusal] of
// [payment.ReasonCard], or an [*order.FieldError] for a policy that is not valid. A try counts for as long as the policy says, and no second more.
func (x Instrument) Again(at time.Time, p *payment.Policy) (Instrument, error) {
	if err := p.Check(); err != nil {
		return x, order.Within("policy", err)
	}
	if !x.SpentAt.IsZero() {
		return x, payment.Refusef(payment.ReasonCard, "the instrument cannot be charged any more: name another one, or pay with it yourself")
	}
	most, within := p.TriesOf()
	after := x
	after.Tries = slices.DeleteFunc(slices.Clone(x.Tries), func(t time.Time) bool { return !t.Add(within).After(at) })
	if n := len(after.Tries); n >= most {
		return x, payment.Refusef(payment.ReasonCard, "the instrument was tried %d times in %d days: name another one, pay yourself, or wait until %s",
			n, within/(24*time.Hour), order.Stamp(after.Tries[n-most].Add(within)))
	}
	after.Tries = append(after.Tries, at)
	return after, nil
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x Instrument) Check() error {
	if err := order.CheckID("customer", x.Customer); err != nil {
		return err
	}
	if err := order.CheckID("id", x.ID); err != nil {
		return err
	}
	for i, t := range x.Tries {
		if _, err := order.Second(t); err != nil {
			return order.Within(order.Element("tries", i), err)
		}
	}
	if x.Version < 0 {
		return order.Invalid("version", strconv.FormatInt(x.Version, 10), "is below zero")
	}
	return order.CheckOptionalTime("spent", x.SpentAt)
}
