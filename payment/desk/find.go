package desk

import (
	"context"
	"fmt"
	"iter"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Orders returns the page of a customer's orders that q asks for, the newest first, and the
// cursor of the page that follows (X1); without From and Until they are of any time. The Desk's
// Store is a [ledger.Finder]. An error is an [*order.FieldError] with the field of q, or the
// host's ([payment.ErrHost]).
func (d *Desk) Orders(ctx context.Context, q order.Query) (order.Page, error) {
	if err := q.Check(); err != nil {
		return order.Page{}, err
	}
	if err := order.CheckID("customer", q.Customer); err != nil {
		return order.Page{}, err
	}
	store, ok := d.Store.(ledger.Finder)
	if !ok {
		return order.Page{}, &order.FieldError{Field: "desk", Reason: "has no Store that is a ledger.Finder: set one", Err: payment.ErrHost}
	}
	if _, err := d.customerOf(ctx, q.Customer); err != nil {
		return order.Page{}, err
	}
	page, err := store.Find(ctx, q)
	d.trace("find", q.Customer, string(q.Customer), err)
	if err != nil {
		return order.Page{}, fmt.Errorf("%w: payment: find orders of customer %s: %w", payment.ErrHost, q.Customer, err)
	}
	return page, nil
}

// Resources returns all resources of a customer that q asks for, the next to be renewed first (R13):
// the renewal list, which [renewal.WriteCSV] exports with prices. What has been released is among
// them, unless q asks for a state. An error is an [*order.FieldError] with the field of q, or the
// host's ([payment.ErrHost]).
func (d *Desk) Resources(ctx context.Context, q renewal.Query) ([]renewal.Resource, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	c, err := d.customerOf(ctx, q.Customer)
	if err != nil {
		return nil, err
	}
	b, err := d.open(c, "resources", payment.ByDesk)
	if err != nil {
		return nil, err
	}
	if err := d.decide(ctx, b, func() error { return b.NeedAll(ledger.KindResource) }); err != nil {
		return nil, err
	}
	return q.Select(b.Now.Resources, b.At, c.Policy.Renewal)
}

// AllOrders returns all orders that q asks for after q.After, page by page, so that an export
// holds one page at a time (X2). q.Limit is the size of a page, [order.MaxLimit] if it is zero:
// nothing stops there. An error comes last, with no order.
func (d *Desk) AllOrders(ctx context.Context, q order.Query) iter.Seq2[order.Order, error] {
	if q.Limit == 0 {
		q.Limit = order.MaxLimit
	}
	return func(yield func(order.Order, error) bool) {
		for q := q; ; {
			page, err := d.Orders(ctx, q)
			if err == nil && !page.Next.IsZero() && page.Next == q.After {
				err = fmt.Errorf("%w: payment: find orders of customer %s: the page after %s begins there again", payment.ErrHost, q.Customer, q.After.ID)
			}
			if err != nil {
				yield(order.Order{}, err)
				return
			}
			for _, o := range page.Orders {
				if !yield(o, nil) {
					return
				}
			}
			if page.Next.IsZero() {
				return
			}
			q.After = page.Next
		}
	}
}
