package desk

import (
	"cmp"
	"context"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// UnsubscribeRequest names a resource to be given up (Q3). With Renewal, only a renewal that
// has not begun is taken back (Q5). With AtExpiry the resource is used until its expiry and not
// renewed. [Desk.Change] makes it smaller.
type UnsubscribeRequest struct {
	Customer order.CustomerID `json:"customer,omitempty"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	ID       order.ID         `json:"id"`           // of the order that gives the money back
	Resource order.ResourceID `json:"resource"`
	Renewal  order.ID         `json:"renewal,omitempty"` // only what this order paid, which has not begun
	// AtExpiry cancels at the end of the period: nothing comes back, and no order is placed, so
	// that an ID is not needed, and stays free.
	AtExpiry bool `json:"atExpiry,omitempty"`
}

// Check reports the first thing about l that is not valid, as an [*order.FieldError]. The
// customer may be left out, as in [BuyRequest].
func (l UnsubscribeRequest) Check() error {
	if !l.AtExpiry {
		if err := order.CheckID("id", l.ID); err != nil {
			return err
		}
	}
	return l.check()
}

// check is Check for a quote, which needs no ID.
func (l *UnsubscribeRequest) check() error {
	if err := cmp.Or(checkNamed(l.Customer, l.By), order.CheckOptional("id", l.ID), order.CheckID("resource", l.Resource), order.CheckOptional("renewal", l.Renewal)); err != nil {
		return err
	}
	if l.AtExpiry && l.Renewal != "" {
		return order.Invalid("renewal", string(l.Renewal), "is taken back at once: leave atExpiry out, or the renewal")
	}
	return nil
}

// at is the request at a time.
func (l *UnsubscribeRequest) at(at time.Time) leaving {
	return leaving{id: l.ID, resource: l.Resource, renewal: l.Renewal, at: at}
}

// QuoteUnsubscribe says what would come back, or why a resource cannot be left (Q7), and
// changes nothing. The ID may be empty.
func (d *Desk) QuoteUnsubscribe(ctx context.Context, l UnsubscribeRequest) (ChangeQuote, error) {
	if err := l.check(); err != nil {
		return ChangeQuote{}, err
	}
	return d.quoteAlteration(ctx, "quote refund", &l)
}

// Unsubscribe gives a resource up, or a renewal of it: it places the order that gives the
// money back, computed by package renewal of what was paid. The refunds are due in the same
// commit, and the resource is gone, or has its new expiry; if the amount needs approval, all
// that waits for the approval (Q7). The same ID again is the same order.
//
// At the expiry nothing is given up: the resource, and what is bound to it, is not renewed any
// more, as [Desk.SetMode] with [renewal.ModeNone] has it (R4). Another mode takes that back until
// the resource is released, and it can still be left at once.
func (d *Desk) Unsubscribe(ctx context.Context, l UnsubscribeRequest) (Changed, error) {
	if err := l.Check(); err != nil {
		return Changed{}, err
	}
	return d.alter(ctx, "refund", &l)
}

func (l *UnsubscribeRequest) names() (order.CustomerID, string) {
	return l.Customer, actor(l.By, l.Customer)
}

// before finds the order that a request has placed.
func (l *UnsubscribeRequest) before(b *tx) (done Changed, there bool, err error) {
	if l.AtExpiry {
		return done, false, nil // it is the same by what it does
	}
	if err := b.needOrders(l.ID); err != nil {
		return done, false, err
	}
	o, there := ledger.Get(b.Tx, ledger.Orders, string(l.ID))
	if !there {
		return done, false, nil
	}
	asked := l.at(b.At)
	if o.Type != order.TypeUnsubscribe || o.Lines[0].Resource != l.Resource || o.Lines[0].Configuration != asked.mark() {
		return done, true, placedElse(o.ID)
	}
	return b.done(o), true, nil
}

// resource finds what is left: an order that is open for it does not keep it from being left at
// its expiry.
func (l *UnsubscribeRequest) resource(b *tx) (renewal.Resource, error) {
	if l.AtExpiry {
		return b.resource(l.Resource)
	}
	return b.claimResource(l.Resource, l.ID)
}

// plan finds out what comes back, and the order that gives it back; or what the resource is once
// it is not renewed.
func (l *UnsubscribeRequest) plan(b *tx, r renewal.Resource) (x plan, err error) {
	if !l.AtExpiry {
		return b.planBack(r, r, l.at(b.At))
	}
	x.Resource, err = r.SetMode(renewal.ModeNone, renewal.Auto{}, b.At, b.Policy.Renewal)
	return x, err
}
