package gateway_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(gateway.Hint), *new(gateway.Outcome), *new(gateway.Status), *new(gateway.Traits),
	})
}
