package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Case is what one step is decided on: a customer, who acts, the second, and the records
// that have been read. Its verbs are what the Desk does between its load and its commit, for
// a host that has a machine of its own, for a test and for a simulation: they call nobody,
// change nothing of the Case, and return the [ledger.Change] that carries the step out. A
// Change that writes nothing has nothing to commit.
//
// Where the records lack something, the error is a [*ledger.Missing]: load that as well, and
// decide again on both. Records of [ledger.AskAll] lack nothing.
type Case struct {
	Customer payment.Customer
	Policy   payment.Policy // the house's, for a customer who has none of their own
	By       string         // who acts
	At       time.Time      // a whole second
	Asked    ledger.Ask
	Records  ledger.Records // the answer to Asked; both empty: nothing has been read
	Prices   renewal.Prices // nil: nothing is renewed, and nothing goes on with another product
}

// With returns c with what a store has returned when it was asked for more. If a record has
// been read before, the first reading stays: the commit finds out whether it has changed.
func (c Case) With(ask ledger.Ask, got ledger.Records) Case {
	c.Asked.Refs = append(slices.Clip(c.Asked.Refs), ask.Refs...)
	c.Asked.All = append(slices.Clip(c.Asked.All), ask.All...)
	c.Records = c.Records.Copy()
	there := make(map[ledger.Ref]bool)
	for _, v := range c.Records.Views() {
		there[ledger.Ref{Kind: v.Kind, ID: v.ID}] = true
	}
	for v, one := range got.Each() {
		if !there[ledger.Ref{Kind: v.Kind, ID: v.ID}] {
			c.Records.Append(one)
		}
	}
	return c
}

// decide runs one decision on the case.
func (c Case) decide(step string, decision func(*tx) error) (ledger.Change, error) {
	if err := cmp.Or(order.CheckID("customer", c.Customer.ID), order.CheckID("by", c.By)); err != nil { // a step of the Desk itself too
		return ledger.Change{}, err
	}
	if err := c.Customer.Check(); err != nil {
		return ledger.Change{}, ofHost(order.Within("customer", err))
	}
	of := callOf(c.Customer, &c.Policy)
	if c.Customer.Policy == nil {
		if err := of.Policy.Check(); err != nil {
			return ledger.Change{}, ofHost(order.Within("policy", err))
		}
	}
	at, err := order.Second(c.At)
	if err != nil {
		return ledger.Change{}, ofHost(err)
	}
	b := &tx{Tx: ledger.Begin(c.Customer.ID, &of.Policy, at.UTC(), step, c.By), call: of, price: c.price}
	if err := c.Records.Check(&of.Policy); err != nil {
		return ledger.Change{}, ofHost(order.Within("records", err))
	}
	if err := b.Read(c.Asked, c.Records.Copy()); err != nil {
		return ledger.Change{}, ofHost(err)
	}
	err = decision(b)
	if ask, missing := ledger.MissingOf(err); missing {
		err = &ledger.Missing{Ask: ask} // as one
	}
	if err != nil {
		return ledger.Change{}, err
	}
	if b.Empty() {
		return ledger.Change{Customer: c.Customer.ID}, nil
	}
	return b.Change()
}

// price asks the case's Prices.
func (c Case) price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if c.Prices == nil {
		return order.Money{}, misset("prices", "", "is required to renew, or to change")
	}
	m, err := c.Prices.Price(r, t)
	return priced(r, t, m, err)
}

// Pay holds what a quote says for the request that it was made of: the orders are being
// paid, the coupons and the balance held (P13). What needs no gateway has succeeded then; a
// payment that is pending is to be charged next, once the change is committed. The traits
// are those of its gateway.
func (c Case) Pay(r payment.Request, q payment.Quote, t gateway.Traits) (p payment.Payment, change ledger.Change, err error) {
	r.By = actor(r.By, r.Customer)
	change, err = c.decide("hold", func(b *tx) error {
		there := false
		if p, there, err = b.paidBefore(r); err != nil || there {
			return err
		}
		if err := b.makeRoom(&r); err != nil {
			return err
		}
		p, err = b.pay(r, q, t)
		return err
	})
	return p, change, err
}

// Hear changes a payment by what happens to it, as its table says ([payment.Payment.Apply]),
// and with it orders, coupons, resources and bills: it settles them, releases them, or
// refunds money that came late.
func (c Case) Hear(id order.PaymentID, m payment.PaymentMove) (p payment.Payment, change ledger.Change, err error) {
	change, err = c.decide(string(m.Event), func(b *tx) error {
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		do, err := b.apply(&p, m)
		switch do {
		case payment.EffectSettle:
			b.Step = "settle"
		case payment.EffectRelease:
			b.Step = "release"
		}
		return err
	})
	return p, change, err
}

// HearRefund changes a refund by what happens to it ([payment.Refund.Apply]), and with the
// last one the order that gives back.
func (c Case) HearRefund(id order.RefundID, m payment.RefundMove) (f payment.Refund, change ledger.Change, err error) {
	change, err = c.decide("refund", func(b *tx) error {
		if f, err = b.needRefund(id); err != nil {
			return err
		}
		return b.hearRefund(&f, m)
	})
	return f, change, err
}

// Move moves an order by name, as [Desk.Move] does: one that cannot be provided gives back
// what it took, to the accounts, the bill, the gateway and the coupons (O2, C14).
func (c Case) Move(m MoveRequest) (o order.Order, change ledger.Change, err error) {
	m.Customer, m.By = c.Customer.ID, c.By
	if err := m.Check(); err != nil {
		return o, change, err
	}
	change, err = c.decide("move", func(b *tx) error {
		o, err = b.moveByName(m)
		return err
	})
	return o, change, err
}

// Renew places the renewal orders of resources, as [Desk.Renew] does, given what the host
// found of who acts (R1, R6, R7, R10).
func (c Case) Renew(r RenewRequest, said payment.Findings) (placed []order.Order, change ledger.Change, err error) {
	r.Customer, r.By = c.Customer.ID, c.By
	if err := r.Check(); err != nil {
		return nil, change, err
	}
	change, err = c.decide("renew", func(b *tx) error {
		placed, err = b.renew(r, said)
		return err
	})
	return placed, change, err
}

// QuoteUnsubscribe says what would come back of a resource, or why it cannot be left, as
// [Desk.QuoteUnsubscribe] does, given what the host found of who acts (Q3, Q5, Q7).
func (c Case) QuoteUnsubscribe(l UnsubscribeRequest, said payment.Findings) (ChangeQuote, error) {
	l.Customer, l.By = c.Customer.ID, c.By
	if err := l.check(); err != nil {
		return ChangeQuote{}, err
	}
	return c.quoteAlteration("quote refund", &l, said)
}

// QuoteChange says what a change of a resource would cost or give back, as [Desk.QuoteChange]
// does, given what the host found of who acts (Q8).
func (c Case) QuoteChange(q ChangeRequest, said payment.Findings) (ChangeQuote, error) {
	q.Customer, q.By = c.Customer.ID, c.By
	if err := q.check(); err != nil {
		return ChangeQuote{}, err
	}
	return c.quoteAlteration("quote change", &q, said)
}

func (c Case) quoteAlteration(step string, a alteration, said payment.Findings) (ChangeQuote, error) {
	var x plan
	_, err := c.decide(step, func(b *tx) (err error) {
		defer b.Mark()(true)
		x, err = b.planned(a, said)
		return err
	})
	if err != nil {
		return ChangeQuote{}, err
	}
	return x.ChangeQuote, nil
}

// Unsubscribe places the order that gives money back, and makes its refunds due or lets them
// wait for approval, as [Desk.Unsubscribe] does (Q3, Q5, Q7).
func (c Case) Unsubscribe(l UnsubscribeRequest, said payment.Findings) (done Changed, change ledger.Change, err error) {
	l.Customer, l.By = c.Customer.ID, c.By
	if err := l.Check(); err != nil {
		return done, change, err
	}
	change, err = c.decide("refund", func(b *tx) error {
		done, err = b.alter(&l, said)
		return err
	})
	return done, change, err
}

// Change places the order of a change, and makes what comes back due or lets it wait for
// approval, as [Desk.Change] does (Q8).
func (c Case) Change(q ChangeRequest, said payment.Findings) (done Changed, change ledger.Change, err error) {
	q.Customer, q.By = c.Customer.ID, c.By
	if err := q.Check(); err != nil {
		return done, change, err
	}
	change, err = c.decide("change", func(b *tx) error {
		done, err = b.alter(&q, said)
		return err
	})
	return done, change, err
}
