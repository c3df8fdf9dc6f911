package sqlstore

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
)

// Lock lets the hosts of a database at a customer one after the other: it is a [ledger.Locker]. It
// holds a connection until it is unlocked, half of them at most: beyond that, and where there is but
// one, the callers of this process alone come one after the other.
func (p *Postgres) Lock(ctx context.Context, customer order.CustomerID) (unlock func(), _ error) {
	leave, err := p.here.Lock(ctx, customer)
	if err != nil {
		return nil, err
	}
	select {
	case p.held <- struct{}{}:
	default:
		return leave, nil
	}
	tx, err := p.pool.Begin(ctx)
	if err == nil {
		if _, err = tx.Exec(ctx, p.sql.turn, customer); err != nil {
			_ = tx.Rollback(context.WithoutCancel(ctx)) // where the connection is gone, so is the lock
		}
	}
	if err != nil {
		<-p.held
		leave()
		return nil, err
	}
	return func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(end) // likewise
		<-p.held
		leave()
	}, nil
}
