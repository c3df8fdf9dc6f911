// Package desk carries out what the pure packages decide. A [Desk] is the only code of the
// library that calls a host: its store, its gateways, its customers and checks. It leaves
// nothing half done through crashes, repeats, late and contradictory answers.
//
// # Tour
//
// Desk.Buy or Desk.Place, Desk.Quote and Desk.Pay are the way of a payment; Desk.Provide makes
// resources of what was paid, Desk.Renew, Desk.Change and Desk.Unsubscribe go on from there.
// Desk.Hint is told of a gateway's notification; Desk.Sweep does what the clock or a crash
// left. Desk.Order, Desk.Payment and other reads return one record of a customer. Desk.Move,
// Desk.ChooseDiscount, Desk.CancelOrders, Desk.CancelPayment and others do what else happens
// to orders, resources, coupons and accounts. Desk.List shows what
// waits for an operator, and Desk.Resolve, ResolveBill, ResolveNotice, PayOut and SettleCredit carry out what
// they decide. A [Case] decides the same on records that were read, for
// a host with a machine of its own.
//
// # Who asks, and for what
//
// A verb of a customer (Buy, Pay, Renew, Change, Unsubscribe, SetMode, CancelOrders and the like)
// takes an empty By as the customer. A verb of the house (Place, Provide, Move, Deposit, Issue,
// Resolve and the like) wants to know who acts, and the host's checks are asked about them.
//
// A customer's request names things, counts and terms, and Desk.Prices says what they cost: it
// may be decoded from what a browser sends; who the customer is, the host says afterwards. A
// [PlaceRequest] carries prices: fill it in from the price list, and never decode it.
//
// # IDs
//
// The IDs of orders, purchases, resources and deposits, and the keys of payments, are the host's:
// 1 to 64 printable characters, each used once for a customer; two customers may have the same.
// Make an ID before the call (a UUID, or the number of a cart), and keep it with what it is for:
// after a crash or a time-out the same call with the same ID finds what was done, and does it
// once. A key is one attempt to pay: after a decline take another.
//
// # When a period ends
//
// What is not renewed, or was canceled at the end of its period, is in grace, where it is usable,
// then in retention, where it is frozen, and then released, as long as the policy has each
// ([renewal.Policy], Keep). The host switches it off, on again and away: Resource.State says at any
// second where it stands, and Resource.Until when that changes. The customer hears of each renewal
// (renewed, or renewal failed with the reason) and, when retention begins, of the release (will be
// released, with its last second); nothing is told of the release itself. Once the attempts of the
// policy are over a balance that is filled renews nothing by itself: [Desk.Renew] does.
//
// # Instruments
//
// A saved card or mandate is a text of the gateway's, which is passed on and shown nowhere. A request
// with Keep has the gateway keep the one that the customer names there, where they have agreed to that;
// Payment.Kept is then what the host saves, as the Instrument of the customer's facts. Desk.Wallets is
// asked whose an instrument is before anything is held: one that is not this customer's is refused as if
// it did not exist. Without Wallets none is charged.
//
// Bills, and automatic renewals where the policy or the resource says online, are charged to the
// customer's own instrument while nobody is there. If the gateway then asks for the customer, a notice
// (customer needed) says where to go and until when; no other try begins until that charge is final. An
// instrument is tried so often while nobody is there as the policy says, and not again once its gateway
// has declined it for good: bills stay due and renewals fail, each with the reason, until the host names
// another one or the customer pays with this one.
//
// # Zones
//
// Three zones of a policy and one that is fixed say what a day is. Each is UTC where it is not
// set; a house in one zone sets all three to it.
//
//	Policy.Zone           whose months bills are of
//	Policy.Order.Zone     the times of an order are kept and printed in
//	Policy.Renewal.Zone   where days end: of expiries, unified days, attempts, days left
//	UTC                   all else that the Desk writes
//
// # Protocol
//
// Every step has three parts: it reads, it decides on what was read, which is pure, and it
// commits. A commit compares the versions of everything that was read. If someone was faster,
// the step is taken again. A payment is a few such steps, and no gateway is called inside one.
// The process may die at any instruction.
//
//	hold      everything is judged again: orders are being paid, coupons held, the payment
//	          pending, with the key that the gateway is asked with
//	charge    with that key, the same for ever: the same key never takes money twice
//	settle    orders paid, coupons used, resources extended, receipt and notice
//	release   the gateway said for certain that no money comes: all is free again
//
// What needs no gateway (a balance, the bill of the month, a total of nothing) is settled in
// the commit that holds it. The sweep, and each call that asks for the payment, looks up what
// is not decided. Not found is no failure: the charge is sent again with its key while the
// hold lasts, and then canceled. A gateway that cannot cancel, or has not seen the charge, is
// waited out. Money that comes later goes back: it is looked for until the gateway may forget
// the key. What was taken back of a payment is noted when the gateway tells, and before a refund is
// sent; one that no longer fits is parked. An answer that contradicts the charge, and a payment that is undecided at the last
// look, are left to an operator: everything stays held.
//
// A refund is sent once, under a key of its own, and looked up until it is decided; it is sent
// again only where the gateway has not seen it and that is safe. One that was done can come back,
// as a hint tells: it is owed, and left to an operator, who asks for it anew under another key. The
// order that gave it back stays as it is.
//
// The host promises what the comments of ledger.Store and gateway.Gateway say; the suites
// ledgertest.TestStore and gatewaytest.TestGateway check it. A store keeps whole commits. A
// gateway knows a key for as long as it says. The clocks of hosts differ by less than a key
// lives longer than a hold. A host runs [Desk.Run], or calls [Desk.Sweep] every few seconds
// and looks at what [Swept] counts; it verifies a notification on its raw body
// (gateway.Verifier), then calls [Desk.Hint], as paymenthttp.Webhook does.
//
// Left to the host: the store, gateways and cards, who the customer is, what its checks
// find, prices, and telling customers ([Notifier]).
//
// # Errors
//
// Ask in this order, with errors.Is, and errors.As for the facts:
//
//	ledger.ErrInDoubt  perhaps it was written: make the same call again
//	context.Canceled   and context.DeadlineExceeded: the caller's context has ended: nobody's fault
//	payment.ErrHost    a field of the Desk, a call of the host's or what it answered is at fault:
//	                   whoever asked can do nothing about it. What the host returned is inside
//	order.ErrNotFound  an order, resource, payment, coupon, code or customer is not there, or is
//	                   another customer's; the facts are in one of the next two
//	payment.Refusal    it is not done: branch on its Reason; Text says what is wrong, Advice what
//	                   to do. Errors of moves, of packages order, coupon and renewal, are alike
//	order.FieldError   what was asked is not valid: Field says where in the request. Quote and
//	                   Pay say ReasonBadRequest, with it inside
//	ledger.ErrConflict others were faster each time: try again
//
// [Desk.Check] finds at the start what would be an ErrHost of the Desk's fields later.
//
// On every error the arguments are as they were, and nothing is written, unless it is
// ledger.ErrInDoubt.
//
// # Rules
//
//   - X4: what waits for an operator is listed over all customers, the oldest first, in pages.
//   - R13: a customer's renewal list is found by expiry, mode, state, order and resource.
//   - P13: the same key and the same request are the same payment; every call that writes is idempotent.
//   - P16: no crash, time-out, duplicate, late or contradictory answer leaves an order half paid, money taken twice or lost, or a coupon overdrawn.
//   - P17: what the customer hears is written in the commit that does what it tells, and delivered at least once, in order.
//   - P18: what is taken back of a payment, or comes again, is noted and told, holds up refunds, and has bills due again.
//   - P19: an instrument is charged if it is the customer's; while nobody is there, one try at a time.
//   - Q8: a change of product or count, or leaving, is quoted first, and paid or given back; at the end of the period, it waits until then.
//   - P21: a credit is paid out by an operator, or by itself after the last resource ended, in the commit that makes its refunds due.
package desk
