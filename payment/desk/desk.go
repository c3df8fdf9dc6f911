package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Desk carries out what the pure packages decide. It is the only code of the library that
// calls a host, and leaves nothing half done through crashes, repeats, late and contradictory
// answers (P16). It keeps nothing itself: several Desks, in several processes, share the store
// alone. Its fields are set once; many goroutines can use it.
//
// What the Desk returns has the Version at which it was read; the commit has made it one
// higher. Load it to compare it with what the store holds.
//
// Writes are idempotent: a call that writes takes an ID, or finds that the record is already
// in the state asked for. On an error nothing has changed, unless it is [ledger.ErrInDoubt]:
// then make the same call again.
type Desk struct {
	Store        ledger.Store
	Customers    Customers                  // nil: every ID is a customer of the house
	Gateways     map[string]gateway.Gateway // by name; a payment remembers its own
	Checks       Checks
	Offers       Offers         // nil: only discount coupons can be chosen
	Wallets      Wallets        // nil: nothing is known of cards, and no instrument is charged
	SecondFactor SecondFactor   // nil: nobody authenticates a second time
	Prices       renewal.Prices // nil: nothing is renewed
	Policy       payment.Policy // the house's: of each customer who has none of their own
	Notifier     Notifier       // nil: notices wait, and are looked at ever more seldom
	Host         string         // names this host among those that sweep the store; empty: a name that is drawn for the process

	Now   func() time.Time // nil: time.Now
	Trace func(Step)       // called after each call of a host; nil: nobody looks
}

// Customers returns the facts of a customer, and the policy that is theirs alone, if any. An
// error that is [order.ErrNotFound] says that there is no such customer; any other, that the
// host does not know.
type Customers interface {
	Customer(ctx context.Context, id order.CustomerID) (payment.Customer, error)
}

// Offers are the discounts that a customer may choose from for the orders of an inquiry.
type Offers interface {
	Discounts(ctx context.Context, in Inquiry) ([]discount.Discount, error)
}

// Wallets say which card a gateway would charge (P5): that of an instrument, or, where there is
// none, the one that it knows of the customer, the zero Card for one that is not known. The error for
// an instrument that is not this customer's at this gateway is [order.ErrNotFound], as for one that
// does not exist, whoever names it: the request, or the customer's own facts (P19). Any other error
// means that the host does not know, and nothing is paid. Bills and automatic renewals are asked
// about by [payment.ByDesk], bills without orders.
type Wallets interface {
	Card(ctx context.Context, in Inquiry, at string, instrument order.Opaque) (payment.Card, error)
}

// SecondFactor says whether the one who acts has been authenticated a second time for this
// payment (P8).
type SecondFactor interface {
	Authenticated(ctx context.Context, in Inquiry, id order.PaymentID) (bool, error)
}

// Step is one call that the Desk made of a host, for logs and spans.
type Step struct {
	Name     string // load, commit, charge and so on
	Customer order.CustomerID
	Detail   string // of what: a payment, a refund, the step of a commit
	Err      error
}

func (d *Desk) trace(what string, customer order.CustomerID, detail string, err error) {
	if d.Trace != nil {
		d.Trace(Step{what, customer, detail, err})
	}
}

// now is the clock of the Desk, in whole seconds.
func (d *Desk) now() (time.Time, error) {
	now := time.Now
	if d.Now != nil {
		now = d.Now
	}
	at, err := order.Second(now())
	return at.UTC(), ofHost(err)
}

// actor is who acts: the customer, where nobody is named.
func actor(by string, customer order.CustomerID) string { return cmp.Or(by, string(customer)) }

// checkActor checks that customer and actor are valid IDs, and that the actor is not the Desk.
func checkActor(customer order.CustomerID, by string) error {
	return cmp.Or(order.CheckID("customer", string(customer)), checkBy(by))
}

// checkBy checks who acts: nobody else has the name of the Desk, which needs no second factor (P8).
func checkBy(by string) error {
	if by == payment.ByDesk {
		return order.Invalid("by", by, "is the Desk itself: say who acts")
	}
	return order.CheckID("by", by)
}

// checkNamed checks the names of a customer's request. Both may be left out: a host says who the
// customer is after it has read the rest, and the customer is who acts.
func checkNamed(customer order.CustomerID, by string) error {
	if by == "" {
		return order.CheckOptional("customer", customer)
	}
	return cmp.Or(order.CheckOptional("customer", customer), checkBy(by))
}

// customerOf asks the host for a customer.
func (d *Desk) customerOf(ctx context.Context, id order.CustomerID) (*call, error) {
	if err := order.CheckID("customer", id); err != nil {
		return nil, err
	}
	if d.Store == nil {
		return nil, misset("desk", "", "has no Store: set it")
	}
	c := payment.Customer{ID: id}
	if d.Customers != nil {
		var err error
		c, err = d.Customers.Customer(ctx, id)
		d.trace("customer", id, "", err)
		if errors.Is(err, order.ErrNotFound) {
			return nil, notHere("customer", string(id), "is not a customer of the house")
		}
		if err != nil {
			return nil, hostError(ctx, "customer", id, err)
		}
	}
	if c.ID != id {
		return nil, misset("customer", string(c.ID), "is not the one asked for, "+string(id))
	}
	if err := c.Check(); err != nil {
		return nil, ofHost(order.Within("customer", err))
	}
	if c.Policy == nil {
		if err := d.Policy.Check(); err != nil {
			return nil, ofHost(order.Within("policy", err))
		}
	}
	if c.Gateway == "" && len(d.Gateways) == 1 {
		for only := range d.Gateways {
			c.Gateway = only
		}
	}
	return callOf(c, &d.Policy), nil
}

// callOf is a call for a customer of a house.
func callOf(c payment.Customer, house *payment.Policy) *call {
	return &call{Customer: c, Policy: *cmp.Or(c.Policy, house)}
}

// call is what the Desk is asked to do for one customer: it holds what the host says of them and what
// its last commit has left, and counts the payments and refunds that are left to an operator on the way.
type call struct {
	payment.Customer
	Policy  payment.Policy // the customer's, or else the house's
	reviews int
	recall  *ledger.Recall // what its last commit has left
}
