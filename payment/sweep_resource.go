package payment

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// sweepResource does what is due for a resource: an attempt at its automatic renewal, then
// what happens by itself.
func (d *Desk) sweepResource(ctx context.Context, c *Customer, id order.ResourceID, s *Swept) (done bool, err error) {
	var unpriced *priceError
	err = d.transact(ctx, c, "resource", desk, func(b *book) error {
		if err := b.need(KindResource, string(id)); err != nil {
			return err
		}
		r, ok := get(b, resources, string(id))
		if done = !ok || !s.due(b.at, r.Waits); done {
			return nil
		}
		unpriced = nil
		if attempt, ok := b.nextAttempt(&r); ok && !attempt.After(b.at) {
			tried := d.attempt(ctx, b, r)
			if tried == nil {
				return nil
			}
			var host *hostError
			if errors.As(tried, &host) {
				return tried
			}
			b.undo()
			r.Auto.Tried = b.at
			text := tried.Error()
			if errors.As(tried, &unpriced) {
				text = "there is no price for it" // what else the host says is for the host
			}
			b.tell(Notice{Kind: NoticeRenewalFailed, Resource: r.ID, Until: r.Expiry, Text: text})
		}
		_, err := b.lapse(r)
		return err
	})
	if err == nil && unpriced != nil {
		s.fail(unpriced)
	}
	return !done, err
}

// undo leaves the book as it was read; what was judged on is compared all the same.
func (b *book) undo() {
	b.now, b.puts, b.told, b.deposit = Records{}, make(map[name]bool), nil, ""
	b.now.Append(b.was)
}

// attempt renews a resource automatically, with what is bound to it: at the best discount,
// with one cash coupon, on the monthly bill or from the balance (R5). A manual renewal order
// of the resource alone that is not yet paid is canceled; any other open order stops the
// attempt (O12).
func (d *Desk) attempt(ctx context.Context, b *book, r renewal.Resource) error {
	if err := b.needBound(r.ID); err != nil {
		return err
	}
	batch, err := renewal.Batch([]order.ResourceID{r.ID}, b.now.Resources)
	if err != nil {
		return err
	}
	asked := make([]renewal.Asked, len(batch))
	for i := range batch {
		asked[i] = renewal.Asked{Term: r.Auto.Term, Automatic: batch[i].ID == r.ID}
		if err := b.supersede(batch[i]); err != nil {
			return err
		}
	}
	id := derive("automatic", string(b.customer), string(r.ID), r.Expiry.UTC().Format(time.RFC3339), b.at.UTC().Format(time.RFC3339))
	placed, err := d.placeRenewals(b, id, batch, asked)
	if err != nil {
		return err
	}
	q := Request{Key: Key(id), Customer: b.customer, By: desk, Choose: true}
	for i := range placed {
		q.Orders = append(q.Orders, placed[i].ID)
		q.Discounts = append(q.Discounts, Pick{Order: placed[i].ID, Best: true})
	}
	methods := []Method{MethodMonthly, MethodBalance}
	if !b.facts.Monthly || b.facts.Association == AssociationReseller {
		methods = methods[1:]
	}
	for _, q.Method = range methods {
		var quote Quote
		if quote, err = d.quoteAutomatic(ctx, b, q); err == nil {
			_, err = b.hold(q, quote)
			return err
		}
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			return err
		}
	}
	return err
}

// quoteAutomatic is quote with cash coupons alone.
func (d *Desk) quoteAutomatic(ctx context.Context, b *book, r Request) (Quote, error) {
	if err := b.needAll(KindCoupon); err != nil {
		return Quote{}, err
	}
	all := b.now.Coupons
	b.now.Coupons = slices.DeleteFunc(slices.Clone(all), func(c coupon.Coupon) bool {
		return c.Kind != coupon.KindCash && c.Kind != coupon.KindDiscount
	})
	at := b.at
	q, err := d.quote(ctx, b, r)
	b.at = later(at, b.at)
	for _, c := range all {
		if _, kept := get(b, coupons, string(c.ID)); !kept {
			b.now.Coupons = append(b.now.Coupons, c)
		}
	}
	return q, err
}

// supersede cancels the manual renewal order of a resource that an automatic renewal makes
// needless (O12).
func (b *book) supersede(r renewal.Resource) error {
	if r.Order == "" {
		return nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return err
	}
	o, ok := get(b, orders, string(r.Order))
	if !ok || b.past(&o) {
		return nil // it makes room by itself
	}
	if o.State == order.StatePaying || o.Type != order.TypeRenewal || o.Purchase != "" {
		return &order.ResourceError{Order: o.ID, Resource: r.ID, Holder: o.ID, State: o.State}
	}
	return b.move(o.ID, order.Move{Event: order.EventCancel, By: desk, Reason: order.ReasonRenewedAutomatically})
}
