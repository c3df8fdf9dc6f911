package order_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// TestO2_Holdable: an order is holdable exactly when a payment can hold it, and else for
// the same reason; of a purchase every member is, exactly when the purchase can be held.
func TestO2_Holdable(t *testing.T) {
	sentinels := []error{order.ErrState, order.ErrPastDeadline, order.ErrWindow, order.ErrPaymentInProgress}
	same := func(t *rapid.T, got, want error) {
		for _, s := range sentinels {
			if errors.Is(got, s) != errors.Is(want, s) {
				t.Fatalf("holdable: %v; held: %v", got, want)
			}
		}
		if (got == nil) != (want == nil) {
			t.Fatalf("holdable: %v; held: %v", got, want)
		}
	}
	// A time about one of the edges, or any after the placing.
	instant := func(t *rapid.T, o order.Order) time.Time {
		edge := rapid.SampledFrom([]time.Time{o.Deadline, o.Reduction.Window.Until, o.Placed}).Draw(t, "edge")
		if edge.IsZero() {
			edge = o.Placed
		}
		at := edge.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "seconds")) * time.Second)
		if at.Before(o.Placed) {
			return o.Placed
		}
		return at
	}
	t.Run("alone", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		at := instant(t, o)
		_, err := o.Apply(order.Move{Event: order.EventHold, At: at, By: "till", Payment: "P1"})
		same(t, o.Holdable(at), err)
	}))
	t.Run("in a purchase", rapid.MakeCheck(func(t *rapid.T) {
		p := ordertest.Purchase().Draw(t, "purchase")
		at := instant(t, p.Orders[0])
		_, err := p.Apply(order.Move{Event: order.EventHold, At: at, By: "till", Payment: "P1"})
		var first error
		for i := range p.Orders {
			if e := p.Orders[i].Holdable(at); first == nil {
				first = e
			}
		}
		same(t, first, err)
	}))
}
