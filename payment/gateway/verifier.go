package gateway

import (
	"context"
	"errors"
	"net/http"
)

// Verifier is a gateway's check of its own notifications: on the raw body, before anything in
// it is believed. It checks who signed the body, and how old the signature is where it has a
// time. It takes two secrets at once, since one is replaced by another, and the same
// notification as often as it comes.
//
// It returns which payments the notification is about, and one of
//
//	nil            it is sound: each hint is looked up, and the provider answered 200
//	ErrNotOurs     it is sound, with nothing to look up: 200, so that it is not sent again
//	ErrUnchecked   it could not be checked now: 500, so that it is sent again
//	another error  it is not sound, or too old: 400 without a reason, and nothing is done
//
// paymenthttp.Webhook calls it, calls desk.Desk.Hint and answers so. gatewaytest.TestVerifier
// checks what it promises (P16).
type Verifier interface {
	Verify(ctx context.Context, h http.Header, body []byte) ([]Hint, error)
}

// ErrNotOurs is what a [Verifier] says of a sound notification that says nothing of a payment
// of ours: of a kind that has no meaning here, or of another system at the same account.
var ErrNotOurs = errors.New("gateway: the notification is not about a payment of ours")

// ErrUnchecked is what a [Verifier] says where it had to ask the provider, for a certificate or
// for what a notification leaves out, and got no answer.
var ErrUnchecked = errors.New("gateway: the notification could not be checked now")

// Acknowledger is a [Verifier] whose provider wants an answer of its own to a notification that
// was taken, such as the text "success". It is the body of the 200. Without it there is none.
type Acknowledger interface {
	Acknowledgment() (contentType string, body []byte)
}
