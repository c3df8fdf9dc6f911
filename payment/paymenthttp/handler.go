package paymenthttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Handler answers a request with the JSON of what it returns, or with nothing and 204 where that
// is nil, or with the error as [Error] does. An answer that cannot be encoded is 500, before
// anything is written. A panic is left to net/http.
type Handler func(r *http.Request) (any, error)

// ServeHTTP implements [http.Handler].
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := h(r)
	if err != nil {
		Error(w, r, err)
		return
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		Error(w, r, fmt.Errorf("%w: an answer that cannot be encoded: %w", payment.ErrHost, err))
		return
	}
	write(w, http.StatusOK, "application/json", body)
}

const maxBody = 1 << 20

// bodyError says why a body is not read.
type bodyError struct {
	status int
	text   string
	err    error // may be nil
}

func (e *bodyError) Error() string { return e.text }

func (e *bodyError) Unwrap() error { return e.err }

// Decode reads the body of a request into what v points to, strictly, as [order.Decode] does: an
// [*order.DecodeError] says which field is not sound, and v is as it was. The body is JSON of at
// most 1 MiB, and Content-Type says so: application/json, or a type that ends with +json. This
// is also what keeps other sites' pages from sending a form in the name of a customer who is
// logged in with a cookie. What is no such body is an error too, for [Error]: 415, 413, or 400
// where the body breaks off.
//
// A body says what its client likes. Who the customer is, who acts, and every price, are set
// afterwards, from what the host knows.
func Decode(r *http.Request, v any) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return &bodyError{http.StatusUnsupportedMediaType, "the body is not said to be JSON: send it with Content-Type application/json", nil}
	}
	body, err := readBody(r)
	if err != nil {
		return err
	}
	err = order.Decode(body, v)
	var decode *order.DecodeError
	if err == nil || errors.As(err, &decode) {
		return err
	}
	return fmt.Errorf("%w: Decode: %w", payment.ErrHost, err) // v is no pointer
}

// readBody reads the body of a request to its end.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &bodyError{http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB: make several requests", nil}
	}
	if err != nil {
		return nil, &bodyError{http.StatusBadRequest, "the body could not be read to its end", err}
	}
	return body, nil
}
