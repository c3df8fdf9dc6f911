// Package gateway is what moves money: the interfaces that a payment gateway's adapter
// implements, and the words in which a gateway is asked and answers. It decides nothing
// and knows no payment: the desk translates what a gateway says into what becomes of one.
//
// # Words
//
// A [Charge] is what a [Gateway] is asked to take, a [Refund] what it is asked to give back.
// Each has a key: the same key never moves money twice. An [Outcome] is what the gateway
// says of either. [Traits] are facts of a gateway that others rely on. A [Hint] says which
// payment a notification is about. A [Movement] is a line of a gateway's own ledger.
//
// # Further powers
//
// A Gateway may also be a [Canceler], a [Refunder] or a [Verifier]. Without a Canceler a
// charge is waited out; without a Refunder refunds are given by hand; without a Verifier news
// comes with the next look of the sweep. A Verifier whose provider wants an answer of its own is
// an [Acknowledger].
//
// # Errors
//
// An error of a gateway means that nothing is known: the charge may have been made. What is
// certain stands in the Outcome alone.
//
// An error of a Verifier says what becomes of the notification: [ErrNotOurs] and [ErrUnchecked]
// are two answers, and every other refuses it.
//
// gatewaytest.TestGateway and TestVerifier check what an adapter promises.
//
// # Rules
//
//   - P18: what was captured can be taken back without us, and come again.
//   - P19: an instrument belongs to one customer, and stands in no text.
//   - P16: the same key never takes money twice, an error concludes nothing, and not found is no failure.
package gateway
