package desk

import (
	"context"
	"errors"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// alteration is a request of a customer to leave a resource, or to change it.
type alteration interface {
	names() (customer order.CustomerID, by string)
	resource(b *tx) (renewal.Resource, error)
	before(b *tx) (done Changed, there bool, err error)
	plan(b *tx, r renewal.Resource) (plan, error)
}

// plan is what an alteration comes to, with the order that makes it; without an order the
// resource is what it says.
type plan struct {
	Changed
	leaving *leaving         // of what gives money back
	to      renewal.Resource // of another change
	begins  bool             // which begins a new period
	hash    string           // of the request, for the entry
}

// quoteAlteration quotes an alteration.
func (d *Desk) quoteAlteration(ctx context.Context, step string, a alteration) (ChangeQuote, error) {
	customer, by := a.names()
	if err := checkActor(customer, by); err != nil {
		return ChangeQuote{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return ChangeQuote{}, err
	}
	b, err := d.open(c, step, by)
	if err != nil {
		return ChangeQuote{}, err
	}
	said, err := d.askAlteration(ctx, b, a)
	if err != nil {
		return ChangeQuote{}, err
	}
	var x plan
	err = d.decide(ctx, b, func() error {
		x, err = b.planned(a, said)
		return err
	})
	if err != nil {
		return ChangeQuote{}, err
	}
	return x.ChangeQuote, nil
}

// alter carries an alteration out, once.
func (d *Desk) alter(ctx context.Context, step string, a alteration) (done Changed, err error) {
	customer, by := a.names()
	err = d.forCustomerAsking(ctx, customer, step, by, func(b *tx) error {
		there := false
		if err := d.decide(ctx, b, func() error {
			done, there, err = a.before(b)
			return err
		}); err != nil || there {
			return err
		}
		said, err := d.askAlteration(ctx, b, a)
		if err != nil {
			return err
		}
		return d.decide(ctx, b, func() error {
			done, err = b.alter(a, said)
			return err
		})
	})
	if err != nil {
		return Changed{}, err
	}
	return done, nil
}

// askAlteration asks the host's checks about the order that would be placed, or about no
// order if none would be. A frozen account keeps what it has (P10).
func (d *Desk) askAlteration(ctx context.Context, b *tx, a alteration) (said payment.Findings, err error) {
	_, by := a.names()
	var in []order.Order
	if err := d.decide(ctx, b, func() error {
		defer b.Mark()(true) // it is only looked at
		in = nil
		r, err := a.resource(b)
		if err != nil {
			return err
		}
		x, err := a.plan(b, r)
		var missing *ledger.Missing
		switch {
		case errors.As(err, &missing):
			return err
		case err == nil && x.Order.ID != "":
			in = append(in, x.Order)
		}
		return nil
	}); err != nil {
		return said, err
	}
	return d.ask(ctx, b.Step, Inquiry{Customer: b.Customer, By: by, Orders: in, At: b.At})
}

// planned finds out what an alteration comes to, or why it is refused: what the host found of
// who acts comes first, and of the order last.
func (b *tx) planned(a alteration, said payment.Findings) (x plan, err error) {
	_, by := a.names()
	r, err := a.resource(b)
	if err == nil {
		err = said.Admit(by)
	}
	if err == nil {
		x, err = a.plan(b, r)
	}
	if err != nil {
		return x, err
	}
	if said.Other != "" {
		return x, payment.Refusef(said.Other, "%s", said.OtherText)
	}
	return x, nil
}

// alter places the order of an alteration, and does what it says, or lets it wait for payment or
// approval; or finds it where it has been placed.
func (b *tx) alter(a alteration, said payment.Findings) (Changed, error) {
	if done, there, err := a.before(b); there || err != nil {
		return done, err
	}
	x, err := b.planned(a, said)
	if err != nil {
		return x.Changed, err
	}
	switch {
	case x.Order.ID == "":
		return x.Changed, b.keepAs(x.Resource)
	case x.leaving != nil:
		err = b.carryOutBack(&x)
	default:
		err = b.carryOutCharge(&x)
	}
	if x.hash != "" {
		b.EntryID, b.Hash = placingID(b.Customer, "", x.Order.ID), x.hash
	}
	x.Order, _ = ledger.Get(b.Tx, ledger.Orders, string(x.Order.ID))
	return x.Changed, err
}

// keepAs writes what a resource is without an order, and gives what is bound to it its mode (R4,
// R10).
func (b *tx) keepAs(r renewal.Resource) error {
	if was, _ := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); was.Mode != r.Mode || was.Auto != r.Auto || was.Next != r.Next {
		b.putResource(r)
	}
	return b.boundFollow(&r, r.Mode)
}

// done is what an order that was placed before has done.
func (b *tx) done(o order.Order) Changed {
	zero := order.Minor(0, o.Currency())
	x := Changed{ChangeQuote: ChangeQuote{Due: zero, Back: zero}, Order: o}
	if o.Flow() == order.FlowBack {
		x.Back = o.Payable().Neg()
	} else {
		x.Due = o.List()
	}
	x.Resource, _ = ledger.Get(b.Tx, ledger.Resources, string(o.Lines[0].Resource))
	return x
}
