// Package ordertest draws the values of package order for property tests with
// [pgregory.net/rapid]: valid ones, and ones in which exactly one rule is broken
// ([Broken]). Hosts and the packages above order test against them.
//
// [Order] draws an order in any state, [OrderIn] one in a given state, [Purchase]
// orders made together; each was placed and then moved and reduced by package order
// itself. [Draft] and [Line] draw for a [order.Flow], [Money] in a [order.Currency].
// [MoveFor] and [MoveForPurchase] draw what is allowed next, [Move] anything.
//
//	rapid.Check(t, func(t *rapid.T) {
//		o := ordertest.Order().Draw(t, "order")
//		...
//	})
//
// [Law] and [Suite] are how the packages above order check what a host implements.
//
// [Bench] runs a benchmark beside its floor.
//
// What is drawn is printed in full when a property fails, and shrinks.
package ordertest
