package desk

import (
	"context"

	"github.com/duebook/duebook/payment/ledger"
)

// Notifier is the host's: it tells the customer, by phone, mail or otherwise (P17).
// [Desk.Sweep] calls it at least once for each notice, in their order for each customer;
// the same notice has the same ID. An error: it is tried again.
type Notifier interface {
	Notify(ctx context.Context, n ledger.Notice) error
}
