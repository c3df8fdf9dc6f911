package desk

import (
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// resource finds a resource, as it is renewed and left.
func (b *tx) resource(id order.ResourceID) (renewal.Resource, error) {
	if err := b.Need(ledger.KindResource, string(id)); err != nil {
		return renewal.Resource{}, err
	}
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
	if !ok {
		return r, notHere("resource", string(id), "look for the ID in the customer's own list")
	}
	r, err := b.current(r)
	if err != nil {
		return r, err
	}
	return b.alone(r)
}

// current is a resource as it is now: a change that has waited for its expiry is written, and
// told, if its time has come (Q8).
func (b *tx) current(r renewal.Resource) (renewal.Resource, error) {
	after, done, err := r.ApplyNext(b.At, b.Policy.Renewal)
	if err != nil || !done {
		return r, err
	}
	b.putResource(after)
	b.Tell(ledger.Notice{Kind: ledger.NoticeChanged, Resource: r.ID, Until: after.Expiry,
		Text: "it is " + strconv.Itoa(after.Count) + " of " + after.Product + " now, and was " + strconv.Itoa(r.Count) + " of " + r.Product})
	return after, nil
}

// claimResource finds a resource that an order needs, and refuses if another open order has it
// (O12); one past its deadline is voided.
func (b *tx) claimResource(id order.ResourceID, by order.ID) (renewal.Resource, error) {
	r, err := b.resource(id)
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

// needless cancels the order that is open for a resource, since the resource is no longer what
// it was placed for (O9); an order that is being paid keeps the cause. An order that gives
// money back stays, since that is still owed. needless returns the resource as it is then.
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

// outdated cancels the open order of a resource that extends it to a unified day, since its
// expiry moves now (R6).
func (b *tx) outdated(r renewal.Resource) (renewal.Resource, error) {
	if r.Asked.Day == 0 {
		return r, nil
	}
	return b.needless(r, order.ReasonAdjustmentFailed)
}

// released writes a resource that is gone, and cancels the order that is open for it, unless
// that is being paid (O9).
func (b *tx) released(was, after renewal.Resource) error {
	if _, err := b.needless(was, order.ReasonResourceDeleted); err != nil {
		return err
	}
	b.putResource(after)
	return nil
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
	retained := after.Charge == order.ChargeSubscription && kept.After(usable)
	if retained && b.At.After(usable) && !r.RetentionNoticeFor.Equal(kept) {
		b.Tell(ledger.Notice{Kind: ledger.NoticeRelease, Resource: r.ID, Until: kept})
		after.RetentionNoticeFor = kept
	}
	b.putResource(after)
	return after, nil
}

// renewedBy returns the resources that an order renews once it is paid; none if a cause ends
// it.
func (b *tx) renewedBy(o *order.Order) (list []renewal.Resource) {
	if o.Reason != "" {
		return nil
	}
	for i := range o.Lines {
		r, ok := ledger.Get(b.Tx, ledger.Resources, string(o.Lines[i].Resource))
		if asks := r.Asked != (renewal.PendingRenewal{}); ok && asks && r.Order == o.ID {
			list = append(list, r)
		}
	}
	return list
}
