// Package stripe takes money with Stripe: [Gateway] is the adapter of a payment gateway, in a module
// of its own, since it needs Stripe's client.
//
//	card := &stripe.Gateway{Key: key, Secrets: secrets, ReturnURL: "https://shop.example/paid/{payment}"}
//	d := &desk.Desk{Store: store, Gateways: map[string]gateway.Gateway{"card": card}, Policy: payment.SaaS()}
//	mux.Handle("POST /hooks/card", &paymenthttp.Webhook{Desk: d, Verifier: card})
//
// # How a charge is paid
//
// A charge with a saved instrument is a PaymentIntent, made and confirmed in two steps under the
// keys Key and Key-confirm; off session where nobody is there. A charge without is paid on Stripe's
// Checkout, to which the action leads, or on the host's own page with Elements (Page). Where the
// bank wants a customer who is not there, a page takes the place of the PaymentIntent; it is open
// for 23 hours after the first send, and any card can be used on it.
//
// Instruments are kept, and charged, for customers who have an ID at Stripe (Customer). The Gateway
// says which card one is, and whose (Card): it can be the Wallets of the Desk.
//
// What Stripe declines is canceled before it is called declined: a PaymentIntent stays payable with
// another card. A crash in between leaves it ready, as one between making and confirming does: Charge
// goes on. Where Stripe's answer is a failure or none, nothing is concluded.
//
// # What an operator sees at Stripe
//
// Whatever is made has metadata: duebook_customer, duebook_payment, duebook_key, and of a refund
// duebook_refund and duebook_order. A charge is found by its key among what was made since its first
// send: give customers an ID at Stripe (Customer), so that those of one are looked through and not
// those of the account. It is asked for until the charge has a handle, which is kept with the payment.
//
// A refund that is made by hand in Stripe's Dashboard is not seen: resolve the refund by hand.
//
// # Money
//
// Stripe counts in digits of its own (ISK and UGX have two, MGA none, the last of KWD is 0). Accepts
// refuses beforehand what it cannot count, a currency that it does not take, and what is below its
// least amount.
//
// # Notifications
//
// Verify takes the secrets of a webhook endpoint, two while one is replaced. Have the endpoint send
// payment_intent.*, checkout.session.*, charge.dispute.*, refund.* and charge.refund.updated. An
// endpoint of another version of the API than the client's is no fault.
//
// # Rules
//
//   - P16: the same key never takes money twice; an error concludes nothing; what was declined or canceled cannot be paid.
//   - P18: a dispute, and a debit that was returned, is reversed, with how much; a dispute that is won comes again.
//   - P19: an instrument that is not the customer's is declined; it stands in no error, text or log.
package stripe
