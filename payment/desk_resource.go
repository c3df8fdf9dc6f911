package payment

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// SetMode says what happens to a resource at its expiry (R4), and how it is renewed
// automatically (R5): by [Desk.Sweep], with the best discount and one cash coupon, on the
// monthly bill where the customer has one and it takes it, else from the balance, and
// never by card. An order that renewed it stays paid until the host completes it
// ([Desk.Move], without Resources).
func (d *Desk) SetMode(ctx context.Context, customer order.CustomerID, by string, id order.ResourceID, mode renewal.Mode, auto renewal.Auto) (r renewal.Resource, err error) {
	auto.On, auto.Done, auto.Tried = time.Time{}, 0, time.Time{}
	sound := func(b *book) error {
		// What is refused of a resource that has just begun is refused of every one.
		x := renewal.Resource{ID: id, Customer: customer, Product: "any", Count: 1, Charge: order.ChargeSubscription, Start: b.at, Expiry: b.at.Add(time.Hour), Mode: renewal.ModeManual}
		_, err := x.SetMode(mode, auto, b.at, b.policy.Renewal)
		return err
	}
	err = d.resource(ctx, customer, "set mode", by, id, sound, func(b *book, was renewal.Resource) error {
		was.Auto.On, was.Auto.Done, was.Auto.Tried = time.Time{}, 0, time.Time{}
		now, _ := get(b, resources, string(id))
		now.Attached = was.Attached
		r = now
		if was.Mode == mode && was.Auto == auto || mode == renewal.ModePayPerUse && wentPayPerUse(&r) {
			return b.boundFollow(&r, mode) // said twice
		}
		if r, err = now.SetMode(mode, auto, b.at, b.policy.Renewal); err != nil {
			return err
		}
		b.putResource(r)
		return b.boundFollow(&r, mode)
	})
	return r, err
}

// Release gives an expired resource up by hand (R11): it cannot be undone, and is refused
// while an order for it is being paid. An order that is open for it is canceled (O9).
func (d *Desk) Release(ctx context.Context, customer order.CustomerID, by string, id order.ResourceID) error {
	return d.resource(ctx, customer, "release", by, id, nil, func(b *book, r renewal.Resource) error {
		if !r.Released.IsZero() {
			return nil
		}
		after, err := r.Release(b.at, b.policy.Renewal)
		if err != nil {
			return err
		}
		return b.released(r, after)
	})
}

// Adopt takes a resource into the records that was provided elsewhere. One that is there is
// left as it is. What is bound to a main resource goes the way of that at its end, whatever
// mode it comes with (R4, R10): adopt the main resource first.
func (d *Desk) Adopt(ctx context.Context, by string, r renewal.Resource) error {
	return d.forCustomer(ctx, r.Customer, "adopt", by, func(b *book) error {
		if err := r.Check(b.policy.Renewal); err != nil {
			return err
		}
		if r.Order != "" || r.Version != 0 {
			return field("order", string(r.Order), "is open for it elsewhere: adopt it free of orders")
		}
		if r.Mode == renewal.ModeAutomatic {
			manual := r
			manual.Mode, manual.Auto = renewal.ModeManual, renewal.Auto{}
			if _, err := manual.SetMode(r.Mode, r.Auto, b.at, b.policy.Renewal); err != nil {
				return err
			}
		}
		if err := b.need(KindResource, string(r.ID), string(r.Main)); err != nil {
			return err
		}
		if _, there := get(b, resources, string(r.ID)); !there {
			b.putNew(r)
		}
		return nil
	})
}

// resource judges one resource of a customer, after what is asked for where sound says
// more of that.
func (d *Desk) resource(ctx context.Context, customer order.CustomerID, step, by string, id order.ResourceID, sound func(*book) error, judge func(*book, renewal.Resource) error) error {
	if err := order.CheckID("resource", id); err != nil {
		return err
	}
	return d.forCustomer(ctx, customer, step, by, func(b *book) error {
		if sound != nil {
			if err := sound(b); err != nil {
				return err
			}
		}
		if err := b.need(KindResource, string(id)); err != nil {
			return err
		}
		r, ok := get(b, resources, string(id))
		if !ok {
			return field("resource", string(id), "is none of the customer's: adopt it first")
		}
		r, err := b.alone(r)
		if err != nil {
			return err
		}
		return judge(b, r)
	})
}

// boundFollow: what is bound goes the way of its main resource at its end (R4, R10).
func (b *book) boundFollow(main *renewal.Resource, mode renewal.Mode) error {
	if err := b.needBound(main.ID); err != nil {
		return err
	}
	for _, x := range slices.Clone(b.now.Resources) {
		if x.Main != main.ID {
			continue
		}
		if after := followed(x, main, mode); after.Mode != x.Mode {
			b.putResource(after)
		}
	}
	return nil
}

// putNew writes a resource that is new; its main resource has been read.
func (b *book) putNew(r renewal.Resource) {
	if main, ok := get(b, resources, string(r.Main)); ok && main.Charge == order.ChargeSubscription {
		r = followed(r, &main, main.Mode)
	}
	b.putResource(r)
}

// followed returns a resource of a main one as it ends: the way of that where it is bound to
// it, renewed along with it where that is renewed automatically (R4, R10). What is no longer
// sold stays not renewed; what is attached, or does not expire, is left as it is.
func followed(x renewal.Resource, main *renewal.Resource, mode renewal.Mode) renewal.Resource {
	gone := !x.Released.IsZero() || !main.Released.IsZero()
	if alone := x.Attached || x.Withdrawn || x.Charge != order.ChargeSubscription; gone || alone {
		return x
	}
	if x.Mode, x.Auto = mode, (renewal.Auto{}); mode == renewal.ModeAutomatic {
		x.Mode = renewal.ModeManual // it comes along
	}
	return x
}

// wentPayPerUse reports whether a resource has gone to pay-per-use at its end (R12).
func wentPayPerUse(r *renewal.Resource) bool {
	return r.Charge == order.ChargePayPerUse && !r.Postpaid.IsZero()
}
