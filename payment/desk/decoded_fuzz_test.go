package desk_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/desk"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(desk.Checks), *new(desk.Decision), *new(desk.Deposit), *new(desk.MoveRequest), *new(desk.PlaceRequest),
		*new(desk.RenewRequest), *new(desk.ResolveRequest), *new(desk.UnsubscribeRequest),
	}, "Desk")
}
