package ledger

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// settled reports whether an order says that a payment has paid it.
func (o *auditedOrder) settled() bool { return o.Payment != "" && o.State != order.StatePaying }

// paidOnce: I1, an order is paid by at most one payment, and by the one that it names.
func (a *audit) paidOnce() {
	for _, o := range a.orders {
		switch {
		case len(o.paid) > 1:
			a.report("I1", o.show, "order %s is paid by %d payments", o.ID, len(o.paid))
		case o.settled() && (len(o.paid) == 0 || o.paid[0].ID != o.Payment):
			a.report("I1", o.show, "order %s is %s, and payment %s has not paid it", o.ID, o.State, o.Payment)
		case !o.settled() && len(o.paid) == 1:
			a.report("I1", o.show, "order %s is %s, and payment %s has paid it", o.ID, o.State, o.paid[0].ID)
		}
	}
}

// paidAlike: I4, an order and its payment say the same of what paid it.
func (a *audit) paidAlike() {
	for _, o := range a.orders {
		if !o.settled() || len(o.paid) != 1 || o.paid[0].ID != o.Payment {
			continue
		}
		if o.Paid != o.paid[0].Item(o.ID).Paid() {
			a.report("I4", o.show, "order %s says that other parts paid it than payment %s", o.ID, o.Payment)
		}
	}
}

// refundedWhole: I3, of an order that is given back all of the cash part comes back.
func (a *audit) refundedWhole() {
	for _, o := range a.orders {
		if o.State != order.StateRefunding && o.State != order.StateRefunded || len(o.paid) != 1 {
			continue
		}
		if back, cash := o.paid[0].ReturnedOf(o.ID), o.paid[0].Item(o.ID).Cash; back != cash {
			a.report("I3", o.show, "order %s is %s, and %s of %s comes back", o.ID, o.State, back, cash)
		}
	}
}

// refundingEnds: I11, at rest no order waits for its refunds, unless one is in review or parked.
func (a *audit) refundingEnds() {
	for _, o := range a.orders {
		owed := slices.ContainsFunc(a.r.Refunds, func(f payment.Refund) bool { return f.RefundOrder == o.ID && f.State != payment.RefundDone })
		if o.State == order.StateRefunding && a.rest && !owed {
			a.report("I11", o.show, "order %s is refunding, and all refunds are done", o.ID)
		}
	}
}

// heldByOne: I5, an order is being paid exactly while the one live payment that names it holds it.
func (a *audit) heldByOne() {
	for _, o := range a.orders {
		if o.State == order.StatePaying && (len(o.held) != 1 || o.held[0].ID != o.Payment) {
			a.report("I5", o.show, "order %s is being paid, and %d live payments name it", o.ID, len(o.held))
		}
		if o.State != order.StatePaying && len(o.held) > 0 {
			a.report("I5", o.show, "order %s is %s, and payment %s holds it", o.ID, o.State, o.held[0].ID)
		}
	}
}

// heldInTime: I7, no order was held after its deadline.
func (a *audit) heldInTime() {
	for _, o := range a.orders {
		for _, p := range slices.Concat(o.paid, o.held) {
			if !o.Deadline.IsZero() && p.HeldAt.Unix() > o.Deadline.Unix() {
				a.report("I7", o.show, "order %s was held %s, after its deadline, %s", o.ID, order.Stamp(p.HeldAt), order.Stamp(o.Deadline))
			}
		}
	}
}
