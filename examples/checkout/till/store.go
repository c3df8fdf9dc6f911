package till

import (
	"context"
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
)

// Store keeps the orders between two steps of their life. A book runs on any: what
// a step made is saved, and the next step starts from what was loaded.
//
// Load returns exactly what Save was last given under each ID, in the order asked,
// or an error where there is none. Save keeps all that it is given or nothing. Neither
// keeps hold of, nor hands out twice, the slices it is given or returns.
type Store interface {
	Save(ctx context.Context, orders []order.Order) error
	Load(ctx context.Context, ids []order.ID) ([]order.Order, error)
}

// Memory is a Store that forgets with the process. The zero Memory is ready to use.
// It is for one goroutine.
type Memory struct {
	orders map[order.ID]order.Order
}

// Save keeps the orders.
func (m *Memory) Save(_ context.Context, orders []order.Order) error {
	if m.orders == nil {
		m.orders = make(map[order.ID]order.Order)
	}
	for _, o := range orders {
		o.Lines = slices.Clone(o.Lines)
		m.orders[o.ID] = o
	}
	return nil
}

// Load returns the orders with the given IDs.
func (m *Memory) Load(_ context.Context, ids []order.ID) ([]order.Order, error) {
	orders := make([]order.Order, len(ids))
	for i, id := range ids {
		o, ok := m.orders[id]
		if !ok {
			return nil, fmt.Errorf("there is no order %q", string(id))
		}
		o.Lines = slices.Clone(o.Lines)
		orders[i] = o
	}
	return orders, nil
}
