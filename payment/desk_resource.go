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
		if r = now; was.Mode == mode && was.Auto == auto {
			return nil // said twice
		}
		if r, err = now.SetMode(mode, auto, b.at, b.policy.Renewal); err != nil {
			return err
		}
		b.putResource(r)
		return b.boundFollow(&r)
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
// left as it is.
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
		if err := b.need(KindResource, string(r.ID)); err != nil {
			return err
		}
		if _, there := get(b, resources, string(r.ID)); !there {
			b.putResource(r)
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
func (b *book) boundFollow(main *renewal.Resource) error {
	if err := b.needAll(KindResource); err != nil {
		return err
	}
	for _, x := range slices.Clone(b.now.Resources) {
		if x.Main != main.ID || x.Attached || !x.Released.IsZero() || x.Withdrawn {
			continue
		}
		if x.Mode = main.Mode; x.Mode == renewal.ModeAutomatic {
			x.Mode = renewal.ModeManual // it comes along
		}
		b.putResource(x)
	}
	return nil
}
