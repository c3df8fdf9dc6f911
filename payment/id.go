package payment

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"

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

// lower is base32 with digits and small letters.
var lower = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// derive returns an ID of 32 characters for what a thing is and belongs to: the same for
// the same parts, another for any others (P12).
func derive(kind string, parts ...string) string {
	room := [256]byte{}
	text := append(room[:0], kind...)
	for _, part := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part))) // so that no two lists of parts run together
		text = append(text, part...)
	}
	sum, id := sha256.Sum256(text), [32]byte{}
	lower.Encode(id[:], sum[:20])
	return string(id[:])
}

// PaymentID derives the ID of a payment from its customer and key: 32 characters, and
// the same whoever derives it (P12).
func PaymentID(customer order.CustomerID, key Key) order.PaymentID {
	return order.PaymentID(derive("payment", string(customer), string(key)))
}
