package desk

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// putResource writes a resource, with when the clock moves it next.
func (b *tx) putResource(r renewal.Resource) {
	r.Waits = b.resourceWaits(&r, b.At)
	ledger.Put(b.Tx, ledger.Resources, r)
}

// resourceWaits is the first thing that happens to a resource after a time: an automatic
// renewal (R5), going to pay-per-use (R12), its retention period, of which the customer
// hears (P17), or the end of that (R9, R11).
func (b *tx) resourceWaits(r *renewal.Resource, after time.Time) (first time.Time) {
	p := b.Policy.Renewal
	if !r.Released.IsZero() || r.Charge != order.ChargeSubscription {
		return first
	}
	// What is overdue is done all the same.
	at := func(t time.Time) {
		if t = ledger.Later(t.Truncate(time.Second), after.Add(time.Second)).UTC(); first.IsZero() || t.Before(first) {
			first = t
		}
	}
	usable, kept := r.Until(p)
	if attempt, ok := b.nextAttempt(r); ok {
		at(attempt)
	}
	if r.Mode == renewal.ModePayPerUse {
		at(p.Ending.LastSecond(r.Expiry).Add(time.Second))
		return first
	}
	if kept.After(usable) && !r.Warned.Equal(kept) {
		at(usable.Add(time.Second))
	}
	if !r.Paying {
		at(kept.Add(time.Second))
	}
	return first
}

// nextAttempt is the first attempt at an automatic renewal that has not been made (R5).
func (b *tx) nextAttempt(r *renewal.Resource) (time.Time, bool) {
	attempt, ok, err := r.NextAttempt(ledger.Later(r.Start, r.Auto.Tried), b.Policy.Renewal)
	return attempt, ok && err == nil
}

// claimResource finds the open order of a resource that another order needs (O12): one
// past its deadline is voided in this commit.
func (b *tx) claimResource(id order.ResourceID, by order.ID) (renewal.Resource, error) {
	if err := b.Need(ledger.KindResource, string(id)); err != nil {
		return renewal.Resource{}, err
	}
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
	if !ok {
		return r, order.Invalid("resource", string(id), "is not the customer's: adopt it first")
	}
	r, err := b.alone(r)
	if err != nil || r.Order == "" || r.Order == by {
		return r, err
	}
	if err := b.needOrders(r.Order); err != nil {
		return r, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(r.Order))
	if ok && !b.past(&o) {
		return r, &order.ResourceError{Order: by, Resource: id, Holder: o.ID, State: o.State}
	}
	if ok {
		err := b.void(o)
		free, _ := ledger.Get(b.Tx, ledger.Resources, string(id))
		free.Attached = r.Attached
		return free, err
	}
	return r, nil
}

// lapse does what is due for a resource by itself (R9, R11, R12).
func (b *tx) lapse(r renewal.Resource) (renewal.Resource, error) {
	after, _, err := r.Lapse(b.At, b.Policy.Renewal)
	if err == nil && after.Charge != r.Charge && r.Order != "" {
		if r, err = b.needless(r, order.ReasonChargeTypeChanged); err == nil {
			after, _, err = r.Lapse(b.At, b.Policy.Renewal)
		}
	}
	if err != nil {
		return r, err
	}
	if !after.Released.IsZero() {
		return after, b.released(r, after)
	}
	usable, kept := r.Until(b.Policy.Renewal)
	if after.Charge == order.ChargeSubscription && kept.After(usable) && b.At.After(usable) && !r.Warned.Equal(kept) {
		b.Tell(ledger.Notice{Kind: ledger.NoticeRelease, Resource: r.ID, Until: kept})
		after.Warned = kept
	}
	b.putResource(after)
	return after, nil
}

// released writes a resource that is gone: the order that was open for it, and is not being
// paid, is canceled with its purchase (O9).
func (b *tx) released(was, after renewal.Resource) error {
	if _, err := b.needless(was, order.ReasonResourceDeleted); err != nil {
		return err
	}
	b.putResource(after)
	return nil
}

// needless cancels the order that is open for a resource which is no longer what it was
// placed for (O9); while it is being paid the cause is kept. What gives money back is owed
// all the same. It returns the resource as it stands then.
func (b *tx) needless(r renewal.Resource, why order.Reason) (renewal.Resource, error) {
	if r.Order == "" {
		return r, nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return r, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(r.Order))
	if !ok || !o.State.Open() || o.Flow() == order.FlowBack {
		return r, nil
	}
	err := b.moveAlone(&o, order.Move{Event: order.EventCancel, By: payment.ByDesk, Reason: why})
	r, _ = ledger.Get(b.Tx, ledger.Resources, string(r.ID))
	return r, err
}

// outdated cancels the open order of a resource that extends it from an expiry which is
// moved now (R6).
func (b *tx) outdated(r renewal.Resource) (renewal.Resource, error) {
	if r.Asked.Day == 0 {
		return r, nil
	}
	return b.needless(r, order.ReasonAdjustmentFailed)
}

// alone is a resource as it is renewed and left: what is bound to a main resource that is
// gone stands by itself from then on (R10).
func (b *tx) alone(r renewal.Resource) (renewal.Resource, error) {
	if r.Main == "" || r.Attached {
		return r, nil
	}
	if err := b.Need(ledger.KindResource, string(r.Main)); err != nil {
		return r, err
	}
	main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main))
	r.Attached = ok && main.State(b.At, b.Policy.Renewal) == renewal.StateReleased
	return r, nil
}

// ModeRequest says what happens to a resource at its expiry.
type ModeRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Resource order.ResourceID `json:"resource"`
	Mode     renewal.Mode     `json:"mode"`
	Auto     renewal.Auto     `json:"auto,omitzero"` // of automatic renewal
}

// SetMode says what happens to a resource at its expiry (R4), and how it is renewed
// automatically (R5): by [Desk.Sweep], with the best discount and one cash coupon, on the
// monthly bill where the customer has one and it takes it, else from the balance, and
// never by card. An order that renewed it stays paid until the host completes it
// ([Desk.Move], without Resources).
func (d *Desk) SetMode(ctx context.Context, m ModeRequest) (r renewal.Resource, err error) {
	m.Auto.On, m.Auto.Done, m.Auto.Tried = time.Time{}, 0, time.Time{}
	sound := func(b *tx) error {
		// What is refused of a resource that has just begun is refused of every one.
		x := renewal.Resource{ID: m.Resource, Customer: m.Customer, Product: "any", Count: 1, Charge: order.ChargeSubscription, Start: b.At, Expiry: b.At.Add(time.Hour), Mode: renewal.ModeManual}
		_, err := x.SetMode(m.Mode, m.Auto, b.At, b.Policy.Renewal)
		return err
	}
	err = d.resource(ctx, m.Customer, "set mode", m.By, m.Resource, sound, func(b *tx, was renewal.Resource) error {
		was.Auto.On, was.Auto.Done, was.Auto.Tried = time.Time{}, 0, time.Time{}
		now, _ := ledger.Get(b.Tx, ledger.Resources, string(m.Resource))
		now.Attached = was.Attached
		r = now
		if was.Mode == m.Mode && was.Auto == m.Auto || m.Mode == renewal.ModePayPerUse && wentPayPerUse(&r) {
			return b.boundFollow(&r, m.Mode) // said twice
		}
		if r, err = now.SetMode(m.Mode, m.Auto, b.At, b.Policy.Renewal); err != nil {
			return err
		}
		b.putResource(r)
		return b.boundFollow(&r, m.Mode)
	})
	return r, err
}

// ReleaseRequest names the expired resource that a customer gives up.
type ReleaseRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Resource order.ResourceID `json:"resource"`
}

// Release gives an expired resource up by hand (R11): it cannot be undone, and is refused
// while an order for it is being paid. An order that is open for it is canceled (O9).
func (d *Desk) Release(ctx context.Context, x ReleaseRequest) error {
	return d.resource(ctx, x.Customer, "release", x.By, x.Resource, nil, func(b *tx, r renewal.Resource) error {
		if !r.Released.IsZero() {
			return nil
		}
		after, err := r.Release(b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		return b.released(r, after)
	})
}

// AdoptRequest is a resource that was provided elsewhere.
type AdoptRequest struct {
	By       string           `json:"by"`
	Resource renewal.Resource `json:"resource"`
}

// Adopt takes a resource into the records that was provided elsewhere. One that is there is
// left as it is. What is bound to a main resource goes the way of that at its end, whatever
// mode it comes with (R4, R10): adopt the main resource first.
func (d *Desk) Adopt(ctx context.Context, x AdoptRequest) error {
	r := x.Resource
	return d.forCustomer(ctx, r.Customer, "adopt", x.By, func(b *tx) error {
		if err := r.Check(b.Policy.Renewal); err != nil {
			return err
		}
		if r.Order != "" || r.Version != 0 {
			return order.Invalid("order", string(r.Order), "is open for it elsewhere: adopt it free of orders")
		}
		if r.Mode == renewal.ModeAutomatic {
			manual := r
			manual.Mode, manual.Auto = renewal.ModeManual, renewal.Auto{}
			if _, err := manual.SetMode(r.Mode, r.Auto, b.At, b.Policy.Renewal); err != nil {
				return err
			}
		}
		if err := b.Need(ledger.KindResource, string(r.ID), string(r.Main)); err != nil {
			return err
		}
		if _, there := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); !there {
			b.putNew(r)
		}
		return nil
	})
}

// resource judges one resource of a customer, after what is asked for where sound says
// more of that.
func (d *Desk) resource(ctx context.Context, customer order.CustomerID, step, by string, id order.ResourceID, sound func(*tx) error, judge func(*tx, renewal.Resource) error) error {
	if err := order.CheckID("resource", id); err != nil {
		return err
	}
	return d.forCustomer(ctx, customer, step, by, func(b *tx) error {
		if sound != nil {
			if err := sound(b); err != nil {
				return err
			}
		}
		if err := b.Need(ledger.KindResource, string(id)); err != nil {
			return err
		}
		r, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
		if !ok {
			return order.Invalid("resource", string(id), "is not the customer's: adopt it first")
		}
		r, err := b.alone(r)
		if err != nil {
			return err
		}
		return judge(b, r)
	})
}

// boundFollow: what is bound goes the way of its main resource at its end (R4, R10).
func (b *tx) boundFollow(main *renewal.Resource, mode renewal.Mode) error {
	if err := b.NeedBound(main.ID); err != nil {
		return err
	}
	for _, x := range slices.Clone(b.Now.Resources) {
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
func (b *tx) putNew(r renewal.Resource) {
	if main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main)); ok && main.Charge == order.ChargeSubscription {
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
