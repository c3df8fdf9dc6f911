// Package paymenthttp is the part of a host's web server that is the same in each: it reads what
// is asked strictly, answers in JSON, and answers errors as problem details (RFC 9457). It needs
// net/http alone, and goes with any router. [Webhook] takes the notifications of a gateway.
//
// # Status
//
// By what errors.Is finds in an error, in this order:
//
//	503  ledger.ErrInDoubt: make the same request again
//	503  the context has ended: the client hung up, or it took too long
//	500  payment.ErrHost
//	404  order.ErrNotFound
//	503  gateway.ErrUnchecked, 404 gateway.ErrNotOurs: [Webhook] answers these itself
//	     a payment.Reason, as the reasons are below
//	409  ledger.ErrConflict, and what the state of an order, a coupon or a resource does not allow
//	422  order.ErrInvalid: what was asked is not sound; the member field says where
//	413, 415, 400  a body that [Decode] does not take, or cannot read
//	500  everything else
//
// And the reasons of a refusal (P11):
//
//	402  the balance or the card
//	403  who acts may not, is not authenticated a second time, or the account is frozen
//	404  no such order
//	422  a bad request, and a key that was used for another request
//	429  too often, and the daily limit
//	409  the others: the request is sound, but what it is about does not allow it as it stands
//
// # Problems
//
// The body of an error is application/problem+json. Its type is about:blank and its title the
// status in words: what a client branches on is reason, one of payment.Reasons. The members are
//
//	type, title, status  of RFC 9457
//	detail               what is wrong, for a person
//	instance             a URN that the log has too: of 500 and 503
//	advice               what to do about it
//	field                the path of what is not sound, as in "lines[2].amount"
//	reason, orders, dropped, coupons, need, have, resources, projects, starts
//	                     of a payment.Refusal, as in its JSON
//
// Texts are those of this library's own errors. What a host wraps around them, and everything
// about an error that is not the library's, goes to [log/slog.Default] with the instance, and
// nowhere else: a body that says 500 says no more than that.
//
// # Rules
//
//   - P11: every reason of a refusal has one HTTP status.
//   - P16: what a gateway notifies of is verified first, then looked up, and never believed.
package paymenthttp
