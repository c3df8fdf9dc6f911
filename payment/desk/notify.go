package desk

import (
	"context"

	"github.com/duebook/duebook/payment/ledger"
)

// Notifier is the host's: it tells the customer, by phone, mail or otherwise (P17).
// [Desk.Sweep] calls it at least once for each notice; the same notice has the same ID. Those of a
// customer that are due come in their order, which is that of the clock: by At. An error: it is
// tried again later, and holds up none of those after it; a host that shows them sorts by At.
type Notifier interface {
	Notify(ctx context.Context, n ledger.Notice) error
}
