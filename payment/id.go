package payment

import (
	"github.com/duebook/duebook/order"
)

// Key is chosen by the caller and names a payment among those of its customer (P13): 1
// to 64 printable characters. The same key and the same request are the same payment.
type Key string

// UnmarshalText reads a key strictly.
func (k *Key) UnmarshalText(b []byte) error {
	if err := order.CheckID("key", Key(b)); err != nil {
		return err
	}
	*k = Key(b)
	return nil
}

// Scan reads a key from a text column.
func (k *Key) Scan(src any) error { return order.ScanText("key", src, k.UnmarshalText) }

func refundID(payment order.PaymentID, of, by order.ID, resource order.ResourceID) order.RefundID {
	return order.RefundID(order.Derive("refund", string(payment), string(of), string(by), string(resource)))
}
