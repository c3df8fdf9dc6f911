package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// MoveRequest asks for one event of an order (O2): confirm, approve, reject, complete, fail,
// cancel for a cause (O9), or withdraw of an order that gives money back. The other events are
// the Desk's own.
type MoveRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Order    order.ID         `json:"order"`
	Event    order.Event      `json:"event"`
	Reason   order.Reason     `json:"reason,omitempty"`
	// Resources are, for complete, what was provided where [Desk.Provide] cannot say it: one for
	// each of the merchant's own lines that has none yet, in their order, or none of these; and what the resources are
	// now that the order changed (O3): what was sold for a time, to subscription, trial to
	// commercial or compensation, has its new Expiry, of the others the time stays. What was
	// provided keeps the day and the clock time of its Start where it expires a term after
	// that and names no anchor (R3, [renewal.Anchor]).
	Resources []renewal.Resource `json:"resources,omitempty"`
}

// Check reports the first thing about m that is not valid, as an [*order.FieldError].
func (m MoveRequest) Check() error {
	if err := checkActor(m.Customer, m.By); err != nil {
		return err
	}
	if err := order.CheckID("order", m.Order); err != nil {
		return err
	}
	if _, known := leads[m.Event]; !known {
		return order.Invalid("event", string(m.Event), "is not an event for Move: Pay, CancelOrders, Unsubscribe and the clock make the others")
	}
	if m.Event == order.EventCancel && m.Reason == order.ReasonCustomer {
		return order.Invalid("event", string(m.Event), "for the reason of a customer is made by CancelOrders")
	}
	if len(m.Resources) > 0 && m.Event != order.EventComplete {
		return order.Invalid("resources", "", "are for complete alone: leave them out")
	}
	for i, r := range m.Resources {
		if r.Customer != m.Customer {
			return order.Invalid(order.Element("resources", i)+".customer", string(r.Customer), "is not the one whose order it is, "+string(m.Customer))
		}
		if err := order.CheckID("id", r.ID); err != nil {
			return order.Within(order.Element("resources", i), err)
		}
	}
	return nil
}

// Move moves an order, once: an order that is already in the state to which the event leads is
// returned as it is. Approval is told to the customer (O7). What cannot be provided is
// refunded, with its coupons: the refund is due in the same commit. A cause other than the
// customer's that comes while the order is being paid is kept until its end (O9). What is
// provided becomes a resource, whose life the sweep follows.
func (d *Desk) Move(ctx context.Context, m MoveRequest) (moved order.Order, err error) {
	if err := m.Check(); err != nil {
		return order.Order{}, err
	}
	err = d.forHouse(ctx, m.Customer, "move", m.By, func(b *tx) error {
		if err := (order.Move{Event: m.Event, At: b.At, By: m.By, Reason: m.Reason}).Check(); err != nil {
			return err
		}
		moved, err = b.moveByName(m)
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return moved, nil
}

// leads lists the states of an order in which an event has been done already.
var leads = map[order.Event][]order.State{
	order.EventConfirm: {order.StateUnpaid, order.StatePendingApproval, order.StatePaying, order.StatePaid, order.StateRefunding, order.StateRefunded,
		order.StateCompleted},
	order.EventApprove:  {order.StateUnpaid, order.StatePaying, order.StatePaid, order.StateRefunding, order.StateRefunded, order.StateCompleted},
	order.EventReject:   {order.StateCanceled},
	order.EventCancel:   {order.StateCanceled},
	order.EventWithdraw: {order.StateCanceled},
	order.EventComplete: {order.StateCompleted},
	order.EventFail:     {order.StateRefunding, order.StateRefunded},
}

func (b *tx) moveByName(m MoveRequest) (order.Order, error) {
	to := leads[m.Event]
	if err := b.needOrders(m.Order); err != nil {
		return order.Order{}, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(m.Order))
	if !ok {
		return o, noOrder(m.Order)
	}
	move := order.Move{Event: m.Event, By: m.By, Reason: m.Reason}
	before := o
	if err := b.moveAlone(&o, move); err != nil {
		// It has been done already.
		fails := m.Event == order.EventFail && o.Flow() == order.FlowBack // which no such order does
		if slices.Contains(to, o.State) && !errors.Is(err, order.ErrPastDeadline) && !fails {
			return o, nil
		}
		return o, err
	}
	o, _ = ledger.Get(b.Tx, ledger.Orders, string(m.Order))
	switch {
	case m.Event == order.EventApprove:
		if o.State == order.StateRefunding {
			if err := b.leaveApproved(o); err != nil {
				return before, err
			}
		}
		b.Tell(ledger.Notice{Kind: ledger.NoticeApproved, Orders: []order.ID{o.ID}, Until: o.Deadline})
	case m.Event == order.EventComplete:
		if err := b.provide(&o, m.Resources); err != nil {
			return before, err
		}
	case o.State == order.StateRefunding:
		if err := b.giveBackOrder(o); err != nil {
			return before, err
		}
	}
	o, _ = ledger.Get(b.Tx, ledger.Orders, string(m.Order))
	return o, nil
}
