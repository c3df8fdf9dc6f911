package paymenthttp

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// Webhook takes the notifications of one gateway, by POST. The Verifier checks the raw body, of
// at most 1 MiB, before anything is read from the store; then the Desk looks up each payment that
// it is about (P16). What a notification says of a payment is never believed.
//
// The answer says whether the provider should send it again:
//
//	200            it was looked up, or it is not ours: gateway.ErrNotOurs, and what names a
//	               payment or a customer that is not here; the body is that of a
//	               [gateway.Acknowledger], or empty
//	400            the Verifier does not take it; the reason is in the log alone
//	405, 413       no POST, a body that is too large
//	500            it could not be checked, or looked up, now; the log has the instance
//
// A payment is looked up once a second at the most. The same notification again within that
// second is answered 200 at once; another about the same payment waits for the second to end, and
// those that come while it waits are answered 200 at once, since they came before its look.
//
// A Webhook is used by its address, and is safe for use by many goroutines.
type Webhook struct {
	Desk     *desk.Desk
	Verifier gateway.Verifier
	Log      *slog.Logger // nil: slog.Default

	looks looks
}

// ServeHTTP implements [http.Handler].
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, http.StatusMethodNotAllowed, "send a notification by POST")
		return
	}
	if h.Desk == nil || h.Verifier == nil {
		h.fail(w, r, errors.New("the Webhook has no Desk or no Verifier: set both"))
		return
	}
	body, err := readBody(r)
	if err != nil {
		Error(w, r, err)
		return
	}
	hints, err := h.Verifier.Verify(r.Context(), r.Header, body)
	switch {
	case errors.Is(err, gateway.ErrUnchecked), err != nil && r.Context().Err() != nil:
		h.fail(w, r, err)
		return
	case err != nil && !errors.Is(err, gateway.ErrNotOurs):
		h.log().LogAttrs(r.Context(), slog.LevelWarn, "payment: a notification was refused", slog.String("path", r.URL.Path), slog.Any("err", err))
		h.refuse(w, http.StatusBadRequest, "the notification is not accepted")
		return
	case err == nil:
		if err := h.lookUp(r.Context(), hints, sha256.Sum256(body)); err != nil {
			h.fail(w, r, err)
			return
		}
	}
	h.acknowledge(w)
}

// lookUp has the Desk look at what a notification is about. What fails of one does not keep the
// others from being looked at.
func (h *Webhook) lookUp(ctx context.Context, hints []gateway.Hint, body [sha256.Size]byte) (failed error) {
	due := make([]time.Time, len(hints)) // all turns are taken first: they are waited for together
	for i, hint := range hints {
		due[i] = h.looks.take(hint, body, time.Now())
	}
	for i, hint := range hints {
		if due[i].IsZero() {
			continue
		}
		err := sleep(ctx, time.Until(due[i]))
		if err == nil {
			err = h.hint(ctx, hint)
		}
		if err != nil {
			h.looks.failed(hint, due[i], time.Now())
			failed = errors.Join(failed, fmt.Errorf("payment %q of customer %q: %w", hint.Payment, hint.Customer, err))
		}
	}
	return failed
}

// hint has the Desk look one payment up. What is not here is not ours, and no error.
func (h *Webhook) hint(ctx context.Context, hint gateway.Hint) error {
	err := hint.Check() // no ID of ours is not valid
	if err == nil {
		if _, err = h.Desk.Hint(ctx, hint); err == nil || !absent(err) {
			return err
		}
	}
	h.log().LogAttrs(ctx, slog.LevelInfo, "payment: a notification is about what is not here",
		slog.String("customer", string(hint.Customer)), slog.String("payment", string(hint.Payment)), slog.Any("err", err))
	return nil
}

// absent reports whether an error says that there is no such payment or customer. What a host or
// a store says in these words is its fault, and does not count.
func absent(err error) bool {
	if errors.Is(err, payment.ErrHost) || errors.Is(err, ledger.ErrInDoubt) {
		return false
	}
	return errors.Is(err, order.ErrNotFound) || errors.Is(err, payment.ReasonNoOrder)
}

// sleep waits, or says that ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Webhook) log() *slog.Logger { return cmp.Or(h.Log, slog.Default()) }

// acknowledge answers 200 in the provider's words, to the byte.
func (h *Webhook) acknowledge(w http.ResponseWriter) {
	var body []byte
	if a, ok := h.Verifier.(gateway.Acknowledger); ok {
		var media string
		if media, body = a.Acknowledgment(); media != "" {
			w.Header().Set("Content-Type", media)
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // whom it cannot be written to has hung up
}

// refuse answers with a fixed text.
func (h *Webhook) refuse(w http.ResponseWriter, status int, detail string) {
	writeProblem(w, &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail})
}

// fail answers 500, so that the provider sends the notification again. What failed is in the log
// alone.
func (h *Webhook) fail(w http.ResponseWriter, r *http.Request, err error) {
	const status = http.StatusInternalServerError
	p := &problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: "the notification could not be looked up", Advice: "send it again", Instance: instance()}
	level := slog.LevelError
	if r.Context().Err() != nil { // the provider has hung up
		level = slog.LevelWarn
	}
	record(r, h.log(), level, p, err)
	writeProblem(w, p)
}

func writeProblem(w http.ResponseWriter, p *problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}") // of texts alone: it does not happen
	}
	write(w, p.Status, "application/problem+json", body)
}
