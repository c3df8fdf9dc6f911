package coupon_test

import (
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// C12: no exported method panics on a value that can be decoded, even if something else is wrong
// with it.
func FuzzC12_Decoded(f *testing.F) {
	ordertest.Exercise(f, nil,
		coupontest.Coupon(), coupontest.Code(), coupontest.Kind(), coupontest.State(), coupontest.Policy(), coupontest.Tally(),
		coupontest.ID(), coupontest.Limits(order.USD), ordertest.Order(), ordertest.Money(order.USD), ordertest.Instant(),
		coupon.ByLimits, *new(coupon.ClaimError), *new(coupon.Error), *new(coupon.Group), *new(coupon.MoveError), *new(coupon.Template), *new(coupon.Verdict),
	)
}
