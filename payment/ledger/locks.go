package ledger

import (
	"context"
	"sync"

	"github.com/duebook/duebook/order"
)

// Locks are a [Locker] within one process: a store embeds them. The zero Locks is ready, and safe
// for use by many goroutines.
type Locks struct {
	mu   sync.Mutex
	held map[order.CustomerID]*lock
}

// lock is of a customer that somebody has, or waits for.
type lock struct {
	free chan struct{} // holds one value while nobody has it
	n    int           // who has it, and who waits
}

// Lock waits until nobody else has the customer. The error is that of ctx.
func (l *Locks) Lock(ctx context.Context, customer order.CustomerID) (unlock func(), err error) {
	x := l.queue(customer)
	select {
	case <-x.free:
		return func() {
			x.free <- struct{}{}
			l.leave(customer, x)
		}, nil
	case <-ctx.Done():
		l.leave(customer, x)
		return nil, ctx.Err()
	}
}

func (l *Locks) queue(customer order.CustomerID) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.held[customer]
	if x == nil {
		if l.held == nil {
			l.held = make(map[order.CustomerID]*lock)
		}
		x = &lock{free: make(chan struct{}, 1)}
		x.free <- struct{}{}
		l.held[customer] = x
	}
	x.n++
	return x
}

// leave forgets the lock of a customer whom nobody has or waits for.
func (l *Locks) leave(customer order.CustomerID, x *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if x.n--; x.n == 0 {
		delete(l.held, customer)
	}
}
