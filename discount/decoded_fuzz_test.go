package discount_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// D3: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzD3_Decoded(f *testing.F) {
	at := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	ordertest.Exercise(f, nil,
		discounttest.AnyDiscount(), discounttest.Kind(), discounttest.Policy(), discounttest.Scope(), ordertest.ID[discount.ID](),
		ordertest.Order(), ordertest.Line(order.FlowCharge, order.USD),
		rapid.Custom(func(t *rapid.T) discount.Choice {
			o := ordertest.OrderOf(order.FlowCharge).Draw(t, "order")
			c, err := discount.Choose(o, discounttest.Candidates(o, at).Draw(t, "discounts"), at, discount.Policy{})
			if err != nil {
				return discount.Choice{}
			}
			return c
		}),
		*new(discount.Error),
	)
}
