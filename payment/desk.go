package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Desk carries out what the pure packages decide, and whatever crashes, repeats, comes late
// or contradicts, nothing is half done (P16): it is the only code of the library that calls
// a host. It keeps nothing itself: several Desks, in several processes, share
// nothing but the store. Its fields are set once; it is safe for use by many goroutines.
//
// What the Desk returns has the Version at which it was read: the commit has made it one
// higher since. To compare with what the store holds, load it.
//
// What is said twice is done once: every call that writes takes an ID, or is the same by
// state. On an error nothing has changed, but where it is [ErrInDoubt]: then say the same
// again.
type Desk struct {
	Store     Store
	Customers Customers
	Gateways  map[string]Gateway // by name; a payment remembers its own
	Checks    Checks
	Offers    Offers          // nil: only discount coupons can be chosen
	Wallets   Wallets         // nil: nothing is known of cards
	Seconds   Authentications // nil: nobody authenticates a second time
	Prices    renewal.Prices  // nil: nothing is renewed
	Notifier  Notifier        // nil: notices wait

	Now   func() time.Time // nil: time.Now
	Trace func(Step)       // called after each call of a host; nil: nobody looks

	reviews *int // of a sweep: counts what is left to an operator
}

// Customers is where the Desk finds the facts and policies of a customer who pays. The
// error is of the host; an unknown customer is one too.
type Customers interface {
	Customer(ctx context.Context, id order.CustomerID) (Customer, error)
}

// Offers are the discounts that a customer may choose from for the orders of an inquiry.
type Offers interface {
	Discounts(ctx context.Context, in Inquiry) ([]discount.Discount, error)
}

// Wallets say which card a gateway would charge (P5).
type Wallets interface {
	Card(ctx context.Context, in Inquiry, gateway string) (Card, error)
}

// Authentications say whether who acts has been authenticated a second time, for this
// payment (P8).
type Authentications interface {
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
	return at.UTC(), err
}

// checkActor reports who is no customer, or nobody who acts.
func checkActor(customer order.CustomerID, by string) error {
	return checkIDs(namedWord{"customer", string(customer)}, namedWord{"by", by})
}

// customerOf asks the host for a customer.
func (d *Desk) customerOf(ctx context.Context, id order.CustomerID) (*Customer, error) {
	if err := order.CheckID("customer", id); err != nil {
		return nil, err
	}
	if d.Store == nil || d.Customers == nil {
		return nil, field("desk", "", "has no Store or no Customers: set both")
	}
	c, err := d.Customers.Customer(ctx, id)
	d.trace("customer", id, "", err)
	if err != nil {
		return nil, fmt.Errorf("payment: customer %s: %w", id, err)
	}
	if c.ID != id {
		return nil, field("customer", string(c.ID), "is not the one asked for, "+string(id))
	}
	if err := c.Check(); err != nil {
		return nil, under("customer", err)
	}
	return &c, nil
}

// open opens the book of a customer for one step.
func (d *Desk) open(ctx context.Context, c *Customer, step, by string) (*book, error) {
	at, err := d.now()
	if err != nil {
		return nil, err
	}
	b := &book{customer: c.ID, facts: c, policy: &c.Policy, at: at, step: step, by: by, read: make(map[name]int64), all: make(map[name]Of), puts: make(map[name]bool)}
	b.load = func(ask Ask) (Records, error) {
		r, err := d.Store.Load(ctx, ask)
		d.trace("load", c.ID, step, err)
		if err != nil {
			return r, &hostError{"load", c.ID, err}
		}
		return r, nil
	}
	return b, nil
}

// hostError is an error of a host, which says nothing of what a customer asked for.
type hostError struct {
	call     string
	customer order.CustomerID
	err      error
}

func (e *hostError) Error() string {
	return "payment: " + e.call + " for customer " + string(e.customer) + ": " + e.err.Error()
}

func (e *hostError) Unwrap() error { return e.err }

// commit writes what has become of the book; nothing has, where nothing was written.
func (d *Desk) commit(ctx context.Context, b *book) error {
	if len(b.puts) == 0 {
		return nil
	}
	c, err := b.change()
	if err != nil {
		return err
	}
	err = d.Store.Commit(ctx, c)
	d.trace("commit", b.customer, b.step, err)
	if err == nil && d.reviews != nil {
		*d.reviews += reviews(&c)
	}
	if err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrInDoubt) {
		err = fmt.Errorf("payment: commit of %s for customer %s: %w", b.step, b.customer, err)
	}
	return err
}

// reviews counts the payments and refunds that a change leaves to an operator.
func reviews(c *Change) (n int) {
	for i := range c.Put.Entries {
		for _, m := range c.Put.Entries[i].Moves {
			if m.From != m.To && (m.Kind == KindPayment && m.To == string(PaymentReview) || m.Kind == KindRefund && m.To == string(RefundReview)) {
				n++
			}
		}
	}
	return n
}

// transact loads, judges and commits, anew for as long as others are faster or it is not
// known whether it was written: judging then finds what was.
func (d *Desk) transact(ctx context.Context, c *Customer, step, by string, judge func(*book) error) (err error) {
	doubt := false // whether one of the commits was perhaps written
	defer func() {
		if doubt && err != nil && !errors.Is(err, ErrInDoubt) {
			err = fmt.Errorf("%w: %w", ErrInDoubt, err)
		}
	}()
	for range c.Policy.conflicts() {
		var b *book
		if b, err = d.open(ctx, c, step, by); err != nil {
			return err
		}
		if err = judge(b); err != nil {
			return err
		}
		if err = d.commit(ctx, b); err == nil {
			d.sendDue(ctx, c, b)
			return nil
		} else if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrInDoubt) {
			return err
		}
		doubt = doubt || errors.Is(err, ErrInDoubt)
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("payment: %s for customer %s: others were faster %d times, try again: %w", step, c.ID, c.Policy.conflicts(), err)
}

// forCustomer is transact for a customer whose facts the host is asked for, after it is
// seen that both names are some.
func (d *Desk) forCustomer(ctx context.Context, id order.CustomerID, step, by string, judge func(*book) error) error {
	if err := checkActor(id, by); err != nil {
		return err
	}
	c, err := d.customerOf(ctx, id)
	if err != nil {
		return err
	}
	return d.transact(ctx, c, step, by, judge)
}
