package paymenthttp

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// problem is the body of an error (RFC 9457).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance,omitempty"`
	Advice   string `json:"advice,omitempty"`
	Field    string `json:"field,omitempty"`

	Reason    payment.Reason          `json:"reason,omitempty"`
	Orders    []order.ID              `json:"orders,omitempty"`
	Dropped   []payment.Drop          `json:"dropped,omitempty"`
	Coupons   []coupon.Verdict        `json:"coupons,omitempty"`
	Need      order.Money             `json:"need,omitzero"`
	Have      order.Money             `json:"have,omitzero"`
	Resources []payment.ResourceFault `json:"resources,omitempty"`
	Projects  []payment.ProjectFault  `json:"projects,omitempty"`
	Starts    []payment.Start         `json:"starts,omitempty"`
}

// Error answers a request with an error as problem details, with the status of [Status]. It is
// for hosts with a router or handlers of their own; a [Handler] calls it. What a host is at
// fault for is logged by slog.Default, with the instance that the body has, and nothing of it
// is in the body. A try later may help where the status is 503: Retry-After says a second, and
// it is logged as a warning, unless the client has hung up.
//
// Nothing may have been written to w.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	k := kindOf(err)
	p := &problem{Type: "about:blank", Title: http.StatusText(k.status), Status: k.status}
	switch k.status {
	case http.StatusInternalServerError:
		p.Detail, p.Advice, p.Instance = "something is wrong here, not with the request", "report the instance", instance()
		record(r, slog.Default(), slog.LevelError, p, err)
	case http.StatusServiceUnavailable:
		p.Detail, p.Advice, p.Instance = k.text, k.advice, instance()
		w.Header().Set("Retry-After", "1")
		if r.Context().Err() == nil {
			record(r, slog.Default(), slog.LevelWarn, p, err)
		}
	default:
		p.explain(k, err)
	}
	body, bad := json.Marshal(p)
	if bad != nil { // a refusal that a host made of values that are not sound
		Error(w, r, fmt.Errorf("%w: a refusal that cannot be encoded: %w: %w", payment.ErrHost, bad, err))
		return
	}
	write(w, k.status, "application/problem+json", body)
}

// explain says in p what the library's own errors in err say.
func (p *problem) explain(k kind, err error) {
	p.Detail, p.Advice = text(facts(err)), k.advice
	if p.Detail == "" {
		p.Detail = cmp.Or(k.text, k.err.Error())
	}
	var says interface{ Advice() string }
	if errors.As(err, &says) {
		p.Advice = says.Advice()
	}
	p.Field = field(err)
	var reason payment.Reason
	if errors.As(err, &reason) && reasons[reason] != 0 {
		p.Reason = reason
	}
	var unusable *coupon.Error
	if errors.As(err, &unusable) {
		p.Coupons = unusable.Verdicts
	}
	var refusal *payment.Refusal
	if errors.As(err, &refusal) {
		p.Orders, p.Dropped, p.Coupons, p.Need, p.Have = refusal.Orders, refusal.Dropped, refusal.Coupons, refusal.Need, refusal.Have
		p.Resources, p.Projects, p.Starts = refusal.Resources, refusal.Projects, refusal.Starts
	}
}

// facts returns the outermost error in err whose text is made for whoever asked; nil: there is
// none.
func facts(err error) error {
	switch err.(type) {
	case *payment.Refusal, payment.Reason, *payment.BillError, *bodyError,
		*order.MoveError, *order.ReductionError, *order.ResourceError, *order.FieldError, *order.DecodeError, *order.AmountError, *order.CurrencyError,
		*discount.Error, *coupon.Error, *coupon.MoveError, *coupon.ClaimError, *renewal.MoveError:
		return err
	}
	switch inside := err.(type) {
	case interface{ Unwrap() error }:
		return facts(inside.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range inside.Unwrap() {
			if f := facts(e); f != nil {
				return f
			}
		}
	}
	return nil
}

// text is what facts say.
func text(err error) string {
	switch e := err.(type) {
	case nil:
		return ""
	case *payment.Refusal:
		return cmp.Or(e.Text, string(e.Reason))
	case *order.FieldError:
		return plain(e).Error()
	}
	return err.Error()
}

// plain is a field error without the cause that a host's error is.
func plain(e *order.FieldError) error {
	f := *e
	switch cause := f.Err.(type) {
	case nil:
		return &f
	case *order.FieldError:
		f.Err = plain(cause)
		return &f
	}
	if known := kindOf(f.Err); facts(f.Err) != nil || f.Err == known.err {
		return &f
	}
	f.Err, f.Reason = nil, cmp.Or(f.Reason, "is not valid")
	return &f
}

// field is the path of what is not sound; empty: no error says.
func field(err error) string {
	var decode *order.DecodeError
	if errors.As(err, &decode) {
		return decode.Field
	}
	var f *order.FieldError
	if errors.As(err, &f) {
		return order.Locate(nil, "", f).Field
	}
	return ""
}

func record(r *http.Request, log *slog.Logger, level slog.Level, p *problem, err error) {
	log.LogAttrs(r.Context(), level, "payment: a request failed", slog.String("instance", p.Instance), slog.Int("status", p.Status),
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("err", err))
}

// instance returns a new URN, of a random UUID.
func instance() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// write answers with a whole body. What is answered is a customer's: nobody else keeps it,
// unless w says so already.
func write(w http.ResponseWriter, status int, media string, body []byte) {
	body = append(body, '\n')
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // whom it cannot be written to has hung up
}
