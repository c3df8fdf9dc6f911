// Package payment decides what a payment of one or several orders would be, and holds the
// values that a payment is made of. It is pure: it stores nothing, calls nobody and takes
// every time as an argument. Package desk carries out what it decides, package gateway moves
// the money, package ledger keeps what happened.
//
// # Words
//
// A Request names what is to be paid and how. The Facts are what the host found about it.
// A Quote is what the payment would be; a Refusal says why it is not made, with one of a
// closed set of reasons. An order drops out when it can no longer be paid, or is not what
// the customer agreed to. The cash part is what discount, coupons and cards leave; the
// Method pays it. A Receipt says what was paid. A Bill is what a customer settles of one
// calendar month. A Payment is held, and then succeeds, fails or is canceled; a Refund is
// money on its way back; an Account is money that the customer has with the house. What is Gone
// of a payment was taken back by a bank or a card's holder, without the house.
//
// # Tour
//
// Request.Quote judges a request on the facts at a time. Quote.Agreed is what the
// customer agrees to; put into the next request, it keeps out what has changed since, and
// refuses what would cost more. Quote.Paid is what the orders are settled with,
// Quote.Receipt what the customer gets. Request.Reduce puts other discounts on orders.
// Request.Same tells whether a key is used again for the same. Reason.Advice says what
// to do about a refusal. Policy.OpenBill, Bill.Charge, Bill.Make, Bill.Decline
// and Bill.Pay are the life of a bill; Bill.TakeBack, Bill.TryAgain, Bill.Repay and Bill.PaidByHand go on
// where what paid it is gone. Payment.Left and Payment.Overdrawn say what that leaves.
//
// # The life of a payment and of a refund
//
// Payment.Apply and Refund.Apply say where an event leads, what changes of the record, and what
// else belongs into the same commit; PaymentTransitions and RefundTransitions are the tables
// that they read. In short:
//
//	pending    -> succeeded   captured: amount, currency and reference are as asked
//	pending    -> failed      declined
//	pending    -> canceling   the customer asks, or the hold is over
//	canceling  -> canceled    the gateway says that no money will come
//	canceling  -> succeeded   the money was faster
//	pending, canceling -> review     a contradiction, or no answer
//	review     -> succeeded, failed  the gateway says so after all, or an operator, with a reason
//
//	due        -> sent        a refund: its own key, the same until it is declined
//	sent       -> done        the money is back
//	due        -> parked      it is more than is left, since some was taken back (P18)
//	parked     -> due, done   an operator lets it go on once it fits, or ends it
//	due, sent  -> review      the gateway cannot, will not, or does not say
//	done       -> review      the money came back
//	review     -> sent, done  an operator asks again, or gave it back by hand
//	review     -> done        the gateway says so after all
//	review     -> due         late money whose amount the gateway first said wrong
//
// # Errors
//
//	Refusal            it is not done: branch on its Reason; Text says what is wrong, Advice what to do
//	BillError          ReasonState: the bill has moved; load it again
//	order.FieldError   what was asked, or a fact, is not valid: Field says where
//
// On every error what was given is as it was.
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
//	PayOutAfter 0: a credit is paid out by an operator alone
//	TopUpLeast, TopUpMost: any amount is paid into the balance
//	Hold       30 minutes
//	RetryAfter 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, then daily, five times
//	Complete   renewals are completed by the commit that pays them
//	RenewBy    monthly settlement, then balance
//	HoldAbsent 23 hours, at most what the gateway gives an action
//	InstrumentTries, InstrumentDays: 15 times in 30 days
//	Remind     24 hours before the deadline
//	Conflicts  16 times
//	Order, Discount, Coupon, Renewal: as these packages have it
//
// Huawei, Huawei2020, HuaweiChina, Tencent and Baidu return what these vendors publish, SaaS what
// suits a house that sells software by the month.
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
//   - P18: what was captured can be taken back without us, and come again: a refund fits what is left, a bill is due again, cash may be below zero.
//   - P20: paying into the own balance is a payment like another, online, within the limits of the policy (ours).
//   - R5: automatic renewals are paid by the first method of the policy that is open to the customer.
//   - P19: a payment names an instrument, or else the customer's own is charged; how often while nobody is there, and how long it then waits for the customer, is policy.
//   - P21: a bill that is made takes from the customer's credit; a month without charges makes none.
package payment
