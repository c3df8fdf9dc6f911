// Package till reads a book of customers, discounts, coupons and orders, prices every
// order, says for each what is to be paid, until when, and why, and quotes payments. It is the program checkout,
// for importing: [Main] is all of it, [Read] and [Book.Price] are its parts, and a
// [Store] of one's own takes the place of [Memory].
//
// It places what the book says. That a resource is in one open order only (O12) is for
// who keeps the orders of all books: order.Order.Vacate.
//
// # The book
//
// A book is JSON, read as order.Decode reads: no key that is unknown, twice, or in
// another case. Times are RFC 3339. Keys that may be left out have a question mark
// here, and null is the same as leaving out.
//
//	{
//	  "about"?: "for the reader",
//	  "policy"?: "huawei2024",
//	  "customers": [{"id": "c-7", "name": "Harbour Books", "about"?: "...", "policy"?: "neutral"}],
//	  "discounts"?: [{
//	    "id": "spring", "kind": "promotional", "customer"?: "c-7",
//	    "ratio"?: "0.85",                                    one of ratio, price and off
//	    "price"?: {"amount": "21.00", "currency": "USD"},
//	    "off"?: {"amount": "5.00", "currency": "USD"},
//	    "window"?: {"from"?: "2026-03-01T00:00:00Z", "until"?: "2026-03-31T23:59:59Z"},
//	    "scope"?: {"services"?: ["compute"], "products"?: [], "regions"?: [], "types"?: [], "charges"?: [],
//	               "terms"?: {"least"?: {"n": 1, "unit": "month"}, "most"?: {"n": 3, "unit": "year"}}}
//	  }],
//	  "orders"?: [{
//	    "id": "H-01", "customer": "c-7", "type": "purchase", "placed": "2026-03-02T09:14:05Z",
//	    "lines": [{"product": "web-4", "count": 2, "charge": "subscription",
//	               "amount": {"amount": "998.40", "currency": "USD"}}],
//	    "user"?: "c-8", "project"?: "shop", "confirm"?: true, "review"?: true,
//	    "about"?: "...", "policy"?: "neutral",
//	    "discount"?: "best", "at"?: "2026-03-02T09:14:05Z",
//	    "later"?: [{"discount": "none", "at": "2026-03-03T10:00:00Z"}],
//	    "moves"?: [{"event": "hold", "at": "2026-03-03T11:00:00Z", "by": "mira", "payment": "pay-1"}],
//	    "payAt"?: ["2026-03-09T09:14:05Z"]
//	  }],
//	  "purchases"?: [{
//	    "id": "P-1", "placed": "2026-03-02T09:14:05Z", "policy"?: "neutral",
//	    "orders": [{ as above, without placed, policy, moves and payAt }],
//	    "moves"?: [], "payAt"?: []
//	  }],
//	  "coupons"?: [{
//	    "id": "GIFT", "customer": "c-7", "kind": "cash coupon", "state": "available",
//	    "face": {"amount": "20.00", "currency": "USD"}, "balance": {"amount": "20.00", "currency": "USD"},
//	    "window"?: {}, "limits"?: {"threshold"?: {"amount": "100.00", "currency": "USD"}, "group"?: "dedicated"}
//	  }],
//	  "accounts"?: [{"customer": "c-7", "fund": "cash", "balance": {"amount": "50.00", "currency": "USD"}}],
//	  "payments"?: [{
//	    "key": "march", "customer": "c-7", "by": "mira", "at": "2026-03-05T09:00:00Z", "orders": ["H-01"],
//	    "method": "online", "coupons"?: ["GIFT"], "choose"?: false, "discounts"?: [{"order": "H-01", "best"?: true}],
//	    "account"?: "own", "gateway"?: "cards", "card"?: {"brand": "visa", "funding": "credit"},
//	    "independent"?: true, "authenticated"?: true, "whole"?: true, "about"?: "...", "policy"?: "neutral"
//	  }]
//	}
//
// A customer may also have "association", "protected", "monthly" and "gateway".
//
// policy is the name of one of [Presets]; that of an order or a payment comes before that
// of its customer, that before the book's, and no name is neutral. lines, moves, coupons,
// accounts and payments have the fields of order.Line, order.Move, coupon.Coupon,
// payment.Account and payment.Request. IDs of customers, discounts, purchases and
// orders stand once each; whoever and whatever is named is in the book, and a discount
// that names a customer is for that one's orders alone.
//
// An order is placed; then its discount is chosen, at its own time or that of the
// placement ("best": what discount.Choose finds); then what later says, one after the
// other ("none": drop it); then its moves are made. payAt asks whether it could be paid
// at that time, after the moves until then, and moves nothing.
//
// When all is placed and moved, each payment is quoted on the orders as they stand then:
// who is in, what each coupon pays of each order, what is left in cash; who drops out and
// which coupon is not used, and why. A quote holds nothing, so each stands for itself.
//
// A book with a mistake is refused whole. What the rules refuse, such as a discount
// that has ended or a move that is too late, is no mistake of the book: it is told with
// the order, which stays as it was.
//
// # The records
//
// With -json there is one array, and in it a [Record] for each order, in the order of
// customers in the book and of times within each; orders made together follow each
// other. Amounts are {"amount": "12.30", "currency": "USD"}, exact, never numbers.
//
//	order        as order.Order writes itself: id, customer, purchase, type, state, lines, reduction, placed, ...
//	about        of the book, if any
//	policy       the name of the policy that counted
//	list, off, payable
//	deadline     the last second in which it can be paid; left out where there is none
//	explanation  what set the deadline: rule, thing, from, to, text
//	verdicts     where the best discount was asked for, each with kind, id, why and, where known, off
//	refusals     what the rules refused: step ("discount", "later[0]", "moves[2]"), at, code (see Codes), text
//	payAt        answers: at, can and, if not, refusal
//
// With -quotes there is one array, and in it what came of each payment: key, about, at,
// policy, and either quote, as payment.Quote writes itself, or refusal, as
// payment.Refusal does.
//
// Keys are added in time; none changes its meaning. Texts are for people and may change.
package till
