// Package payment decides what a payment of one or several orders would be, and carries it
// out so that nothing can break it: whole or not at all, whatever crashes, repeats, comes
// late or contradicts. The deciding part is pure: it stores nothing, calls nobody and takes
// every time as an argument. The [Desk] alone calls a host, through small interfaces.
//
// # Words
//
// A Request names what is to be paid and how. The Facts are what the host found about it.
// A Quote is what the payment would be; a Refusal says why it is not made, with one of a
// closed set of reasons. An order drops out when it can no longer be paid, or is not what
// the customer agreed to. The cash part is what discount, coupons and cards leave; the
// Method pays it. A Receipt says what was paid. A Bill is what a customer settles of one
// calendar month. A Payment is held, and then succeeds, fails or is canceled; a Refund is
// money on its way back. Records are what a Store keeps, a Change what one commit writes. A
// Gateway moves money; an Outcome is what it says of that.
//
// # Tour
//
// Request.Quote judges a request on the facts at a time. Quote.Agreed is what the
// customer agrees to; put into the next request, it keeps out what has changed since, and
// refuses what would cost more. Quote.Paid is what the orders are settled with,
// Quote.Receipt what the customer gets. Request.Same tells whether a key is used again
// for the same. Reason.Huawei translates refusals. OpenBill, Bill.Charge, Bill.Credit,
// Bill.Make, Bill.Decline and Bill.Pay are the life of a bill. Checks asks the host's own
// checks, each an interface of one method.
//
// Desk.Place, Desk.Quote and Desk.Pay are the way of a payment; Desk.Hint is told of a
// gateway's notification, Desk.Sweep does what the clock or a crash left. Desk.Move,
// Desk.ChooseDiscount, Desk.CancelOrders, Desk.CancelPayment, Desk.Refund, Desk.Renew and
// others are what else happens to orders, resources, coupons and accounts; Desk.Resolve is
// an operator's decision. Audit finds what records break.
//
// # Protocol
//
// A payment is a few commits, and no call of a gateway inside one. Each commit compares the
// versions of all that was judged, written or only read, and of what was judged whole that
// no more has come; where someone was faster it is judged anew. At any instruction the
// process may die.
//
//	hold      everything is judged again: orders are being paid, coupons held, the payment
//	          pending, with the key that the gateway is asked with
//	charge    with that key, the same for ever: the same key never takes money twice
//	settle    orders paid, coupons used, resources extended, receipt and notice
//	release   the gateway said for certain that no money comes: all is free again
//
// What needs no gateway (a balance, the bill of the month, a total of nothing) is settled
// in the commit that holds it. The sweep, and whoever asks, looks up what is not decided.
// Not found is no failure: the charge is sent again with its key while the hold lasts, and
// then canceled; a gateway that cannot cancel, or not what it has not seen, is waited out.
// Money that comes all the same goes back: it is looked for until the gateway may forget the
// key. What contradicts itself, or is undecided at the last look, is for an operator: all
// stays held.
//
//	pending    -> succeeded   captured: amount, currency and reference are as asked
//	pending    -> failed      declined
//	pending    -> canceling   the customer asks, or the hold is over
//	canceling  -> canceled    the gateway says that no money will come
//	canceling  -> succeeded   the money was faster
//	pending, canceling -> review     a contradiction, or no answer
//	review     -> succeeded, failed  an operator says so, with a reason
//
//	due        -> sent        a refund: its own key, the same for ever
//	sent       -> done        the money is back
//	due, sent  -> review      the gateway cannot, will not, or does not say
//	review     -> sent, done  an operator asks again, or gave it back by hand
//	review     -> due         late money of which the gateway first said another amount
//
// What the host must promise stands in the comments of [Store] and [Gateway], and
// paymenttest.TestStore and TestGateway check it. A store keeps whole commits; a gateway
// knows a key for as long as it says; the clocks of hosts differ by less than a key lives
// longer than a hold. A host calls [Desk.Sweep] every few seconds, verifies notifications on
// their raw body ([Verifier]) and then calls [Desk.Hint], and looks at what Swept counts.
//
// A store that is a [Finder] too finds orders for the pages that customers look at.
//
// Left to the host: the store, gateways and cards, who the customer is, what its checks
// find, prices, and telling customers ([Notifier]).
//
// # Errors
//
// The caller's, for whoever asked:
//
//	Refusal            it is not done: branch on its Reason; its Text says what to do
//	order.MoveError and others of package order, coupon and renewal: the move is not made
//	BillError          ErrBill: the bill has moved; load it again
//	ErrConflict        others were faster each time: try again
//	ErrInDoubt         perhaps it was written, whatever else the error says: say the same again
//	order.FieldError   what was asked is not sound, as an ID that is none or a list too long:
//	                   Field says where. Quote and Pay say ReasonBadRequest, with it inside
//
// The host's, of which whoever asked can do nothing:
//
//	order.FieldError   where Field begins with desk, gateway, customer., policy., facts. or
//	                   findings., or is at, and no Refusal is around it: what the host set up,
//	                   or said, is not sound
//	others             of the host's own calls, wrapped: nothing is known of them here
//
// On every error what was given is as it was, and nothing is written but where it is
// ErrInDoubt.
//
// # Policy
//
// What differs from house to house is data. The zero Policy is neutral:
//
//	Zone       UTC
//	MaxOrders  30
//	Cards      any
//	BillDay    the 1st of the next month
//	BillTries  a day after each decline
//	Hold       30 minutes
//	Waits      5 s, 30 s, 2 min, 10 min, 1 h, 6 h, then daily, five times
//	Remind     24 hours before the deadline
//	Conflicts  16 times
//	Order, Discount, Coupon, Renewal: as these packages have it
//
// Huawei, Huawei2020, HuaweiChina, Tencent and Baidu return what these vendors publish.
//
// # Rules
//
// H20, H24, H25 and HC are pages of Huawei Cloud; rules without a source are ours.
//
//   - P1: one order, or a combined payment of 2 to 30, each once; one customer, one currency (H25).
//   - P2: a purchase is in the payment with all its orders or not at all.
//   - P3: what is not as quoted drops out with its purchase, and a cash part above the quote refuses (H25).
//   - P4: balance (cash, then credit), online, or monthly settlement (H20, H24, H25).
//   - P5: which cards are taken is policy, judged before any charge (H25).
//   - P6: monthly settlement goes on the bill of the calendar month; an overdue bill stops it (H25, HC).
//   - P7: what overlaps with the standard sales contract needs the customer's word (H20, H25).
//   - P8: protected customers authenticate a second time (H20, H24).
//   - P9: a reseller's customer pays from the budget, others from the own account (H24).
//   - P10: the host's checks are asked before anything is held, and a refusal carries what they found (H24).
//   - P11: every refusal is one of a closed set, with a table to the vendor's codes (H24, HC).
//   - P12: derived IDs are hashes of fixed length.
//   - P13: the same key and the same request are the same payment.
//   - P14: the receipt lists per order and in sum who paid what, and the trade number.
//   - P15: discount, cash coupon, flexi-purchase coupon, stored-value card, then the method.
//   - P16: no crash, time-out, duplicate, late or contradictory answer leaves an order half paid, money taken twice or lost, or a coupon overdrawn.
//   - P17: what the customer hears is written in the commit that does what it tells, and delivered at least once, in order.
package payment
