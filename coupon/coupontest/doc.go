// Package coupontest checks a host's own [coupon.Order] and [coupon.Limit], and draws
// coupons and payments for property tests with rapid.
//
// A host's whole test is one line:
//
//	func TestOldestFirst(t *testing.T) { coupontest.TestOrder(t, OldestFirst{}) }
//	func TestNorthOnly(t *testing.T) { coupontest.TestLimit(t, NorthOnly{}) }
//
// [VerifyOrder] and [VerifyLimit] do the same without a *testing.T. [OrderLaws] and
// [LimitLaws] are the lists of what is checked. A law returns an error instead of failing
// a test, so that a suite of a host's own can show a broken one being caught.
//
// The generators, [Coupon], [CouponIn], [Limits], [Policy], [Tally], [Code] and
// [Payment], return valid values; [BrokenCoupon], [BrokenCode] and [BrokenPolicy] return
// a value with one thing wrong, and the name of that.
package coupontest
