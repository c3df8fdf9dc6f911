package payment

import (
	"context"

	"github.com/duebook/duebook/order"
)

// CancelOrders cancels orders of a customer that are not yet paid, up to 30 at once (O8),
// and returns those that it canceled and a refusal for each of the others. An order that
// has been canceled already counts as canceled.
func (d *Desk) CancelOrders(ctx context.Context, customer order.CustomerID, by string, ids ...order.ID) (canceled []order.Order, refused []order.Refusal, err error) {
	if err := checkList("orders", ids); err != nil {
		return nil, nil, err
	}
	err = d.forCustomer(ctx, customer, "cancel", by, func(b *book) error {
		canceled, refused = nil, nil
		if err := b.needOrders(ids...); err != nil {
			return err
		}
		var found []order.Order
		for _, id := range ids {
			o, ok := get(b, orders, string(id))
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
		m := order.Move{Event: order.EventCancel, At: b.at, By: by, Reason: order.ReasonCustomer}
		moved, not, err := order.Cancel(found, m, b.policy.Order)
		if err != nil {
			return err
		}
		for i := range moved {
			was, _ := get(b, orders, string(moved[i].ID))
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
