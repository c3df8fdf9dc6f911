// Package coupon decides which coupons a customer may pay with, how much each pays of each
// order, and why a coupon cannot be used; which coupons are chosen when the customer names
// none; and how a coupon lives from being issued to being used up. It decides; it stores
// nothing and takes every time as an argument.
//
// # Words
//
// A [Coupon] belongs to one customer. Cash coupons, flexi-purchase coupons and
// stored-value cards pay; a discount coupon is a discount and reduces an order as every
// discount does (package discount). What is due is what an order costs after its discount
// and before any coupon. A [Tally] is a named counter of a customer, such as the orders
// of a service; it also says which of them a coupon makes the first.
//
// # Tour
//
// [Use] says what the coupons that a customer named pay, and refuses with a reason for
// each that cannot be used. [Choose] picks by the chain of comparisons in the policy, or
// the set that provably saves most. Both return a [Plan] with a verdict on every coupon.
// A host's own [Order] of coupons and [Limit] on what they cover go into the policy;
// package coupontest checks them. [Code.Claim] makes a coupon of a public code;
// [Coupon.Hold], [Coupon.Use], [Coupon.Release], [Coupon.Expire] and others move one
// through its life.
//
// A coupon has a number of uses, payments or orders, and perhaps a span from its first use:
// "10 % for the next three orders" is Uses 3, "10 % for three months" is a Span (C13). An order
// that the coupon reduces within the span has to be paid within it, as within the window of any
// discount (E2); one that held it before the first use keeps the deadline that it had.
//
// Left to the host: issuing, storing, and committing a hold together with what holds it.
//
// # What an ended order gives back
//
// What comes back of what an order held or used, by how it ended (C14):
//
//	one order                              pays, single use  pays, reusable   discount, one use     discount, three uses
//	canceled by the customer               not held          not held         the hold              the hold
//	rejected in review                     not held          not held         the hold              the hold
//	voided at its deadline                 not held          not held         the hold              the hold
//	a cause before payment                 not held          not held         the hold              the hold
//	declined                               the hold          the hold         stays with the order  stays with the order
//	the hold of the payment ended          the hold          the hold         stays with the order  stays with the order
//	a cause while paying, then declined    the hold          the hold         the hold              the hold
//	a cause while paying, then captured    whole             balance and use  the use               the use
//	failed after it was paid               whole             balance and use  the use               the use
//	provided                               nothing           nothing          nothing               nothing
//	provided, and left by the customer     nothing           what is left     nothing               nothing
//	provided, and left with all back (Q4)  whole             balance and use  nothing               nothing
//	a renewal whose order failed           whole             balance and use  the use               the use
//	a renewal taken back in time (Q5)      whole             balance and use  nothing               nothing
//
//	one order of two paid together         pays, single use  pays, reusable   discount, three uses
//	a cause while paying, then declined    the hold          the hold         the hold
//	a cause while paying, then captured    a new coupon      its part         the use
//	failed after it was paid               a new coupon      its part         the use
//	the other failed before                two new coupons   balance and use  both uses
//	provided, and left by the customer     nothing           what is left     nothing
//	provided, and left with all back (Q4)  nothing           its part         nothing
//
// Cash coupons, flexi-purchase coupons and stored-value cards do not differ, but for what is
// left of a period that the customer leaves: flexi-purchase coupons and cards get back the part
// of it that they paid, cash coupons nothing (Q3). A coupon of a single use is whole again if
// all that it paid has come back and nothing was passed on. Otherwise the part of the order
// comes back as one new coupon ([Coupon.PassOn]), which keeps its balance: what comes back
// later of a payment with the new coupon is added to the new coupon, and is not divided over
// several. Nothing comes back of a coupon that has ended, and the customer is told; a customer
// who held such a coupon is told too when a cause ends the order.
//
// A rejection in review is a cause as any other (O9). Whether the customer is told, where the
// coupon had ended before; what the order held or used then does not come back:
//
//	of a coupon that had ended             pays      discount
//	canceled by the customer               not held  not told
//	rejected in review                     not held  told
//	voided at its deadline                 not held  not told
//	a cause before payment                 not held  told
//	declined                               not told  not told
//	the hold of the payment ended          not told  not told
//	a cause while paying, then declined    told      told
//	a cause while paying, then captured    told      told
//	failed after it was paid               told      told
//	provided                               not told  not told
//	provided, and left by the customer     not told  not told
//	provided, and left with all back (Q4)  not told  not told
//	a renewal whose order failed           told      told
//	a renewal taken back in time (Q5)      not told  not told
//
// What the tallies of a customer say then: whether another order can be the first (C3), with a
// coupon that paid for this one or reduced it; whether the order counts as paid for, so that no
// other is the first; and whether it counts against the number of times that a customer may
// leave and get all back (Q4).
//
//	of the tallies                         first, pays  first, discount  counts   all given back
//	canceled by the customer               free         free             no       no
//	rejected in review                     free         free             no       no
//	voided at its deadline                 free         free             no       no
//	a cause before payment                 free         free             no       no
//	declined                               free         the order's      no       no
//	the hold of the payment ended          free         the order's      no       no
//	a cause while paying, then declined    free         free             no       no
//	a cause while paying, then captured    free         free             no       no
//	failed after it was paid               free         free             no       no
//	provided                               the order's  the order's      yes      no
//	provided, and left by the customer     the order's  the order's      yes      no
//	provided, and left with all back (Q4)  the order's  the order's      yes      yes
//	a renewal whose order failed           free         free             no       no
//	a renewal taken back in time (Q5)      the order's  the order's      yes      no
//
// # Policy
//
// What differs from house to house is data. The zero [Policy] is neutral:
//
//	MaxCoupons  3 to a payment
//	MaxCash     1 of them a cash coupon
//	Exclusions  none
//	Threshold   exceeded, by the payment as a whole
//	Spread      in proportion to what is due
//	Choice      nearest end
//	Order       none of the host's own
//	Limit       none of the host's own
//
// [Huawei], [Tencent] and [Baidu] return what these vendors publish.
//
// # Rules
//
// H20, H24 and HC are pages of Huawei Cloud, T of Tencent Cloud, B of Baidu AI Cloud;
// rules without a source are ours.
//
//   - C1: four kinds of coupon, three pay and one is a discount; each belongs to one customer (H20, H24, HC).
//   - C2: a coupon is inactive, available, held, used, expired or reclaimed, and may be frozen (HC).
//   - C3: limits are data on the coupon: window, scope, project, first order, threshold, share, uses, group (HC); one order is the first.
//   - C4: at most 3 to a payment, at most 1 of them a cash coupon, none twice (H24, HC).
//   - C5: what excludes what is one symmetric table, and a coupon says which discounts it goes with (HC, H24).
//   - C6: the threshold is on what is due on the covered lines, and must be exceeded (HC).
//   - C7: coupons pay after the discount, covered lines only, never more than is due: cash, flexi-purchase, card (HC).
//   - C8: nothing named, nothing used; the automatic choice is a chain of comparisons, or the set that saves most (HC, T, B).
//   - C9: one coupon pays several orders in proportion or evenly, exactly (T, HC).
//   - C10: redemption is hold, then use or release.
//   - C11: first order and number of uses are counted in records of their own.
//   - C12: every coupon that cannot be used has a reason.
//   - C13: uses are payments of a coupon that pays, orders of a discount coupon; each order holds and gives back its own; a span
//     is months from the first use (S, Lago).
//   - C14: of an order that is not provided, what it used comes back.
package coupon
