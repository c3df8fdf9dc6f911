package payment

import "github.com/duebook/duebook/order"

// Movement is one line of a gateway's own ledger, for [Audit]: what it took under the key
// of a payment, above zero, or gave back of that, below zero.
type Movement struct {
	Customer order.CustomerID
	Payment  order.PaymentID
	Key      string
	Amount   order.Money
}
