package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// MoveRequest is a move of one order by name (O2): confirm, approve, reject, complete or fail, a
// cause that cancels it (O9), or withdraw of one that gives money back. Paying, refunding
// and the clock are the Desk's own.
type MoveRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Order    order.ID         `json:"order"`
	Event    order.Event      `json:"event"`
	Reason   order.Reason     `json:"reason,omitempty"`
	// Resources are, for complete, what was provided: one for each of the merchant's own
	// lines that has none yet, in their order, or none of these; and what the resources are
	// now that the order changed (O3): what was sold for a time, to subscription, trial to
	// commercial or compensation, has its new Expiry, of the others the time stays. What was
	// provided keeps the day and the clock time of its Start where it expires a term after
	// that and names no anchor (R3, [renewal.Anchor]). An order that renews has nothing to provide, and is completed without.
	Resources []renewal.Resource `json:"resources,omitempty"`
}

// Check reports the first thing about m that is not sound, as an [*order.FieldError].
func (m MoveRequest) Check() error {
	if err := checkActor(m.Customer, m.By); err != nil {
		return err
	}
	if err := order.CheckID("order", m.Order); err != nil {
		return err
	}
	if _, known := leads[m.Event]; !known {
		return order.Invalid("event", string(m.Event), "is not made by name: pay, cancel and refund have calls of their own")
	}
	if m.Event == order.EventCancel && m.Reason == order.ReasonCustomer {
		return order.Invalid("event", string(m.Event), "of a customer is made by CancelOrders")
	}
	if len(m.Resources) > 0 && m.Event != order.EventComplete {
		return order.Invalid("resources", "", "belong to complete alone")
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

// Move moves an order, once: an order that stands where the move leads is returned as it
// is. Approval is told to the customer (O7). What cannot be provided is refunded, with its
// coupons: the refund is due in the same commit. A cause other than the customer's that
// comes while the order is being paid is kept until its end (O9). What is provided becomes
// a resource, whose life the sweep follows.
func (d *Desk) Move(ctx context.Context, m MoveRequest) (moved order.Order, err error) {
	if err := m.Check(); err != nil {
		return order.Order{}, err
	}
	err = d.forCustomer(ctx, m.Customer, "move", m.By, func(b *tx) error {
		if err := (order.Move{Event: m.Event, At: b.At, By: m.By, Reason: m.Reason}).Check(); err != nil {
			return order.Within("move", err)
		}
		moved, err = b.moveByName(m)
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return moved, nil
}

// leads is where a move by name leads, for saying it twice.
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
		// Said twice: it stands where this leads.
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
