package coupon_test

import (
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order/ordertest"
)

// C12: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzC12_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(coupon.By), *new(coupon.ClaimError), *new(coupon.Code), *new(coupon.Coupon), *new(coupon.Error),
		*new(coupon.Group), *new(coupon.ID), *new(coupon.Kind), *new(coupon.Limits), *new(coupon.MoveError), *new(coupon.Policy),
		*new(coupon.State), *new(coupon.Tally), *new(coupon.Template), *new(coupon.Verdict),
	})
}
