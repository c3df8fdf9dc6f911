package gateway_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	ordertest.Exercise(f, nil,
		gateway.Hint{Customer: "bob", Payment: "p-1", Refund: "r-1"}, gateway.Outcome{Status: gateway.StatusReversed}, gateway.StatusCaptured, *new(gateway.Traits),
	)
}
