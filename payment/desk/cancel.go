package desk

import (
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// CancelRequest names the orders that a customer cancels.
type CancelRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Orders   []order.ID       `json:"orders"`
}

// CancelOrders cancels orders of a customer that are not yet paid, up to 30 at once (O8),
// and returns those that it canceled and a refusal for each of the others. An order that
// has been canceled already counts as canceled.
func (d *Desk) CancelOrders(ctx context.Context, r CancelRequest) (canceled []order.Order, refused []order.Refusal, err error) {
	if err := order.CheckIDs("orders", r.Orders, order.MaxAtOnce); err != nil {
		return nil, nil, err
	}
	r.By = actor(r.By, r.Customer)
	err = d.forCustomer(ctx, r.Customer, "cancel", r.By, func(b *tx) error {
		canceled, refused = nil, nil
		if err := b.needOrders(r.Orders...); err != nil {
			return err
		}
		var found []order.Order
		for _, id := range r.Orders {
			o, ok := ledger.Get(b.Tx, ledger.Orders, string(id))
			switch {
			case !ok:
				refused = append(refused, order.Refusal{Order: id, Err: noOrder(id)})
			case o.State == order.StateCanceled:
				canceled = append(canceled, o)
			default:
				found = append(found, o)
			}
		}
		if len(found) == 0 {
			return nil
		}
		m := order.Move{Event: order.EventCancel, At: b.At, By: r.By, Reason: order.ReasonCustomer}
		moved, not, err := order.Cancel(found, m, b.Policy.Order)
		if err != nil {
			return err
		}
		for i := range moved {
			was, _ := ledger.Get(b.Tx, ledger.Orders, string(moved[i].ID))
			if err := b.follow(was, moved[i]); err != nil {
				return err
			}
		}
		canceled, refused = append(canceled, moved...), append(refused, not...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return canceled, refused, nil
}
