package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	api "github.com/stripe/stripe-go/v85"
)

// refusal is what Stripe, or this package for it, refuses for certain before anything is made.
type refusal struct {
	text  string // for a person
	spent bool   // the instrument is not to be tried again
}

func (r *refusal) Error() string { return r.text }

var errGone = errors.New("stripe: what was just made or read is not there")

// refusedFor is the code of an answer by which Stripe refuses a call for certain, and has done
// nothing; "": it is not one. A call under a used key with other parameters is none, nor is one
// that came too often or at once with another, or with a key of the account that is not valid.
func refusedFor(err error) string {
	var e *api.Error
	if !errors.As(err, &e) || e.Type != api.ErrorTypeInvalidRequest {
		return ""
	}
	if e.HTTPStatusCode != http.StatusBadRequest && e.HTTPStatusCode != http.StatusNotFound {
		return ""
	}
	switch e.Code {
	case "":
		return "invalid_request"
	case api.ErrorCodeLockTimeout, api.ErrorCodeRateLimit, api.ErrorCodeIdempotencyKeyInUse, api.ErrorCodeAPIKeyExpired, api.ErrorCodeSecretKeyRequired:
		return ""
	}
	return string(e.Code)
}

// certain is a [*refusal] where Stripe refused for certain, else that nothing is known.
func certain(what string, err error) error {
	var no *refusal
	if errors.As(err, &no) {
		return no
	}
	if code := refusedFor(err); code != "" {
		return &refusal{text: refusalText(code)}
	}
	return unknown(what, err)
}

// refusalText says a code to a person.
func refusalText(code string) string { return "Stripe refuses it: " + words(code) }

// words are those that a code of Stripe's is made of.
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// missing reports that Stripe has no such thing.
func missing(err error) bool {
	return refusedFor(err) == string(api.ErrorCodeResourceMissing)
}

// declined reports an answer by which a card or an account was declined.
func declined(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Type == api.ErrorTypeCard
}

// again makes another idempotency key of one that is burnt.
const again = "-again"

// burnt reports that Stripe repeats a failure of its own under an idempotency key, which it does for
// as long as it keeps that. What failed has ended: once it is seen that it did nothing, another key
// is safe.
func burnt(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.HTTPStatusCode >= http.StatusInternalServerError &&
		e.LastResponse != nil && e.LastResponse.Header.Get("Idempotent-Replayed") == "true"
}

// afresh makes a call that does no harm twice: under a key, and under another where that is burnt.
func afresh[T any](key string, call func(key string) (T, error)) (T, error) {
	x, err := call(key)
	if burnt(err) {
		return call(key + again)
	}
	return x, err
}

// unknown says that a call failed, and with what. It names neither an instrument nor a customer, as
// Stripe's own texts and addresses do.
func unknown(what string, err error) error {
	var e *api.Error
	if errors.As(err, &e) {
		return fmt.Errorf("stripe: %s: status %d, %s %s, request %s", what, e.HTTPStatusCode, e.Type, e.Code, e.RequestID)
	}
	for _, ended := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, ended) {
			return fmt.Errorf("stripe: %s: %w", what, ended)
		}
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return fmt.Errorf("stripe: %s: %w", what, u.Err)
	}
	return fmt.Errorf("stripe: %s: no answer of Stripe's", what)
}
