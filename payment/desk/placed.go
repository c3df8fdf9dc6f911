package desk

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// placingID derives the ID of the entry that places an order, or a purchase.
func placingID(customer order.CustomerID, purchase order.PurchaseID, id order.ID) string {
	if purchase != "" {
		return order.Derive("purchase", string(customer), string(purchase))
	}
	return order.Derive("order", string(customer), string(id))
}

// placedAs finds an order that was placed by a request with this hash, as its entry says.
func (b *tx) placedAs(id order.ID, asked string) (o order.Order, there bool, err error) {
	if err := b.needOrders(id); err != nil {
		return o, false, err
	}
	if o, there = ledger.Get(b.Tx, ledger.Orders, string(id)); !there {
		return o, false, nil
	}
	made := placingID(b.Customer, "", id)
	if err := b.Need(ledger.KindEntry, made); err != nil {
		return o, true, err
	}
	if e, known := ledger.Get(b.Tx, ledger.Entries, made); !known || e.Asked != asked {
		return o, true, placedElse(id)
	}
	return o, true, nil
}

// placedElse refuses an ID under which something else has been placed.
func placedElse(id order.ID) error {
	return &payment.Refusal{Reason: payment.ReasonKey, Orders: []order.ID{id}, Text: "order " + string(id) + " has been placed for something else: use another ID"}
}

func placedOther(id order.ID, how string) *payment.Refusal {
	return &payment.Refusal{Reason: payment.ReasonKey, Orders: []order.ID{id}, Text: "order " + string(id) + " has been placed " + how}
}
