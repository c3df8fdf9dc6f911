package discount_test

import (
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order/ordertest"
)

// D3: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzD3_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(discount.Choice), *new(discount.Discount), *new(discount.Error), *new(discount.ID), *new(discount.Kind),
		*new(discount.Policy), *new(discount.Scope),
	})
}
