package desk

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// turn lets those who conflict at one customer come one after the other.
type turn struct {
	desk     *Desk
	customer order.CustomerID
	unlock   func()
}

// take waits before a try. The second comes at once, and where the store is a [ledger.Locker] with the
// customer locked: somebody has just committed. Before the others it waits for a random time, longer
// each time, so that those who met do not meet again.
func (t *turn) take(ctx context.Context, try int) {
	if try == 0 {
		return
	}
	if try > 1 {
		pause(ctx, try)
	}
	locker, ok := t.desk.Store.(ledger.Locker)
	if !ok || t.unlock != nil {
		return
	}
	unlock, err := locker.Lock(ctx, t.customer)
	t.desk.trace("lock", t.customer, "", err)
	if err == nil {
		t.unlock = unlock
	}
}

// end leaves the customer to others.
func (t *turn) end() {
	if t.unlock != nil {
		t.unlock()
		t.unlock = nil
	}
}

// pause waits up to 2, 4, 8 and so on to 64 ms, or for the end of ctx.
func pause(ctx context.Context, try int) {
	timer := time.NewTimer(rand.N(time.Millisecond << min(try-1, 6)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
