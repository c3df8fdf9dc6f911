package payment

import (
	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// FirstOrders names the tallies that count an order (C11).
func FirstOrders(o *order.Order) []string { return coupon.FirstOrderTallies(*o) }
