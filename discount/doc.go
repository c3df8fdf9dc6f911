// Package discount decides what a discount takes off an order, which of several is
// the best and why the others are not, and what becomes of the order's deadline. It
// decides; it stores nothing and takes every time as an argument.
//
// # Words
//
// A [Discount] has a kind, a window, a scope and one way to reduce: a ratio (the share
// still to pay), a fixed price, an amount off, or a host's own [Rule]. Applying one
// freezes it into the order as its one [order.Reduction].
// A lapse says what happens when the discount ends before the order's deadline.
//
// # Tour
//
// [Apply] puts a discount on an order and moves price and deadline together; done
// again with another it starts again from the list price and the time of placement.
// [Drop] leaves the order without one. [ApplyIn] and [DropIn] do the same for one order
// of a purchase, whose deadline the others share. [Choose] finds the best of several,
// with a verdict on each. [Discount.Cut] is the bare arithmetic.
//
// Left to the host: which discounts a customer has, and who may set one as a partner.
//
// # Policy
//
// What differs from house to house is data. The zero [Policy] is neutral:
//
//	Rounding   half up
//	Lapses     promotional and discount coupon shorten the order (E2); the others are
//	           honored until its deadline (E3)
//	Confirmed  no order has its discount fixed when it is confirmed
//	Compete    commercial, offline contract and partner-authorized
//
// [Huawei2020] reads expiry as E4, [Huawei2024] as E2 and E3, [HuaweiChina] truncates.
//
// # Rules
//
// H20, H24 and HC are pages of Huawei Cloud; rules without a source are ours.
//
//   - D1: six kinds of discount (H20, H24, HC).
//   - D2: an order carries at most one (all).
//   - D3: a ratio, a fixed price or an amount off reduces each covered line, rounded once, never below zero nor above its list price (HC).
//   - D4: a discount covers lines by service, product, region, order type, charge type and term (HC).
//   - D5: what the partner set must be used (H20, H24).
//   - D6: for some orders the discount is chosen when the order is confirmed and not later (H20, H24).
//   - D7: best is the largest reduction, then the kind, then the ID, and every loser is told why (HC).
//   - D8: what an order was reduced by is frozen with it.
//   - E2: a promotional discount or discount coupon that ends sooner shortens the order (H24).
//   - E3: a commercial or partner-authorized discount stays good until the order's deadline (H24).
//   - E4: the other reading: a discount that has ended cannot be paid with (H20).
//   - E5: choosing another discount computes the deadline again from the placement.
//   - E7: a discount that has ended or not begun cannot be chosen.
package discount
