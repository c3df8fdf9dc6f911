package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// tx decides one step of one customer. Its methods are pure: what they need and has not been
// read is a [*ledger.Missing], and what the host says is handed to them.
type tx struct {
	*ledger.Tx
	call  *call
	price func(r renewal.Resource, t renewal.Term) (order.Money, error)
	ended bool // a resource may have ended here

	recall   *ledger.Recall // what the commit before has left, for the first try
	recalled bool           // something of it was read
}

// open begins a transaction of a customer for one step.
func (d *Desk) open(c *call, step, by string) (*tx, error) {
	at, err := d.now()
	if err != nil {
		return nil, err
	}
	return &tx{Tx: ledger.Begin(c.ID, &c.Policy, at, step, by), call: c, price: d.price}, nil
}

// decide makes a decision on what has been read. If the decision lacks a record, decide reads
// that, takes back what the decision has written, and makes it again.
func (d *Desk) decide(ctx context.Context, b *tx, decision func() error) error {
	for {
		end := b.Mark()
		err := decision()
		ask, missing := ledger.MissingOf(err)
		if end(missing); !missing {
			return err
		}
		got, err := d.load(ctx, b, ask)
		if err != nil {
			return err
		}
		if err := b.Read(ask, got); err != nil {
			return ofHost(err)
		}
	}
}

// load returns records as the commit before has left them, or asks the store.
func (d *Desk) load(ctx context.Context, b *tx, ask ledger.Ask) (ledger.Records, error) {
	if got, known := b.recall.Answer(ask); known {
		b.recalled = true
		return got, nil
	}
	got, err := d.Store.Load(ctx, ask)
	d.trace("load", b.Customer, b.Step, err)
	if err != nil {
		return got, hostError(ctx, "load", b.Customer, err)
	}
	return got, nil
}

// commit commits what a transaction writes, if it writes anything.
func (d *Desk) commit(ctx context.Context, b *tx) error {
	if b.Empty() {
		return nil
	}
	var c ledger.Change
	if err := d.decide(ctx, b, func() (err error) {
		c, err = b.Change()
		if _, missing := ledger.MissingOf(err); !missing {
			err = ofHost(err) // what was asked has been checked
		}
		return err
	}); err != nil {
		return err
	}
	err := d.Store.Commit(ctx, c)
	d.trace("commit", b.Customer, b.Step, err)
	if err == nil {
		b.call.reviews += reviews(&c)
		b.call.recall = b.Recall(c)
	} else if !errors.Is(err, ledger.ErrConflict) && !errors.Is(err, ledger.ErrInDoubt) {
		err = hostError(ctx, "commit of "+b.Step, b.Customer, err)
	}
	return err
}

// transact makes a decision and commits it. If others were faster, or nobody knows whether the
// commit was written, it does so again: the decision then finds what was written.
func (d *Desk) transact(ctx context.Context, c *call, step, by string, decision func(*tx) error) error {
	return d.transactAsking(ctx, c, step, by, func(b *tx) error {
		return d.decide(ctx, b, func() error { return decision(b) })
	})
}

// transactAsking is transact for a step that asks the host between two decisions.
func (d *Desk) transactAsking(ctx context.Context, c *call, step, by string, judge func(*tx) error) (err error) {
	doubt := false // whether one of the commits was perhaps written
	defer func() {
		if doubt && err != nil && !errors.Is(err, ledger.ErrInDoubt) {
			err = fmt.Errorf("%w: %w", ledger.ErrInDoubt, err)
		}
	}()
	mine := turn{desk: d, customer: c.ID}
	defer mine.end()
	for try := range c.Policy.ConflictTries() {
		mine.take(ctx, try)
		var b *tx
		if b, err = d.judgedOn(c, step, by, judge); err != nil {
			return err
		}
		if err = d.commit(ctx, b); err == nil {
			mine.end()
			d.sendDue(ctx, c, b)
			return nil
		} else if !errors.Is(err, ledger.ErrConflict) && !errors.Is(err, ledger.ErrInDoubt) {
			return err
		}
		doubt = doubt || errors.Is(err, ledger.ErrInDoubt)
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("payment: %s for customer %s: others were faster %d times, try again: %w", step, c.ID, c.Policy.ConflictTries(), err)
}

// judgedOn opens a transaction and makes a decision, on what the last commit of the call has left; and
// where nothing is written for it, whose commit would say whether that still stands, on what is in the
// store.
func (d *Desk) judgedOn(c *call, step, by string, judge func(*tx) error) (*tx, error) {
	recall := c.recall
	c.recall = nil
	for {
		b, err := d.open(c, step, by)
		if err != nil {
			return nil, err
		}
		b.recall = recall
		if err = judge(b); !b.recalled || err == nil && !b.Empty() {
			return b, err
		}
		recall = nil
	}
}

// forCustomer is transact for a customer whose facts the host is asked for, once both names
// have been checked.
func (d *Desk) forCustomer(ctx context.Context, id order.CustomerID, step, by string, decision func(*tx) error) error {
	return d.forCustomerAsking(ctx, id, step, by, func(b *tx) error {
		return d.decide(ctx, b, func() error { return decision(b) })
	})
}

// forCustomerAsking is transactAsking for such a customer.
func (d *Desk) forCustomerAsking(ctx context.Context, id order.CustomerID, step, by string, judge func(*tx) error) error {
	if err := checkActor(id, by); err != nil {
		return err
	}
	c, err := d.customerOf(ctx, id)
	if err != nil {
		return err
	}
	return d.transactAsking(ctx, c, step, by, judge)
}

// forHouse is forCustomer for a verb of the house: the host's checks are asked about the operator
// who acts before anything is read (P10).
func (d *Desk) forHouse(ctx context.Context, id order.CustomerID, step, by string, decision func(*tx) error) error {
	return d.forHouseAsking(ctx, id, step, by, func(b *tx) error {
		return d.decide(ctx, b, func() error { return decision(b) })
	})
}

// forHouseAsking is forHouse for a step that asks the host between two decisions.
func (d *Desk) forHouseAsking(ctx context.Context, id order.CustomerID, step, by string, judge func(*tx) error) error {
	if err := checkActor(id, by); err != nil {
		return err
	}
	c, err := d.customerOf(ctx, id)
	if err != nil {
		return err
	}
	b, err := d.open(c, step, by)
	if err != nil {
		return err
	}
	said, err := d.ask(ctx, b.Step, Inquiry{Customer: b.Customer, By: by, At: b.At})
	if err != nil {
		return err
	}
	if said.Denied != "" {
		return payment.Refusef(payment.ReasonDenied, "%s may not act for customer %s: %s", by, id, said.Denied)
	}
	return d.transactAsking(ctx, c, step, by, judge)
}

// price asks the host for a price.
func (d *Desk) price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if d.Prices == nil {
		return order.Money{}, misset("desk", "", "has no Prices: set them to buy, to renew and to change")
	}
	m, err := d.Prices.Price(r, t)
	d.trace("price", r.Customer, ofWhat(r), err)
	return priced(r, t, m, err)
}

// priced is what the host's Prices said: an amount, that it is not sold, or nothing sound.
func priced(r renewal.Resource, t renewal.Term, m order.Money, err error) (order.Money, error) {
	switch {
	case errors.Is(err, renewal.ErrNoPrice), errors.Is(err, order.ErrOverflow): // not sold, or not so many
		return m, &priceError{ofWhat(r), t, err}
	case err != nil:
		return m, ofHost(fmt.Errorf("payment: price of %s for %s: %w", ofWhat(r), t, err))
	}
	if err := order.CheckAmount("price", m); err != nil {
		return m, ofHost(err)
	}
	if m.Sign() < 0 {
		return m, misset("price", m.String(), "of "+ofWhat(r)+" for "+t.String()+" is below zero")
	}
	return m, nil
}

// ofWhat names a resource, or the product that is to be one.
func ofWhat(r renewal.Resource) string { return cmp.Or(string(r.ID), r.Product) }

// ofPrices is an error of amounts that the host's Prices said: two currencies are the host's fault.
func ofPrices(err error) error {
	var two *order.CurrencyError
	if errors.As(err, &two) {
		return ofHost(fmt.Errorf("payment: prices: %w", err))
	}
	return err
}

// priceError says that a product is not sold, or not for such a term.
type priceError struct {
	of   string
	term renewal.Term
	err  error
}

func (e *priceError) Error() string {
	return "payment: price of " + e.of + " for " + e.term.String() + ": " + e.err.Error()
}

func (e *priceError) Unwrap() error { return e.err }

// notSold names the field of the request that asks for what is not sold.
func notSold(err error, field, value string) error {
	var unpriced *priceError
	if errors.As(err, &unpriced) {
		return &order.FieldError{Field: field, Value: value, Reason: "the house has no price for it", Err: err}
	}
	return err
}

// forOperators are the states in which a record waits for an operator.
var forOperators = map[ledger.Kind][]string{
	ledger.KindPayment: {string(payment.PaymentReview)},
	ledger.KindRefund:  {string(payment.RefundReview), string(payment.RefundParked)},
	ledger.KindCredit:  {string(ledger.CreditReview)},
}

// reviews counts the payments, refunds and credits that a change leaves to an operator.
func reviews(c *ledger.Change) (n int) {
	for i := range c.Put.Entries {
		for _, m := range c.Put.Entries[i].Moves {
			if m.From != m.To && slices.Contains(forOperators[m.Kind], m.To) {
				n++
			}
		}
	}
	return n
}
