package paymenthttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenthttp"
	"github.com/duebook/duebook/renewal"
)

// logs catches what is logged by slog.Default until the test ends.
func logs(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &out
}

// answer is what a client gets for an error, as a map.
func answer(t *testing.T, err error) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	paymenthttp.Error(w, httptest.NewRequest(http.MethodPost, "/pay?card=4242", nil), err)
	var body map[string]any
	if bad := json.Unmarshal(w.Body.Bytes(), &body); bad != nil {
		t.Fatalf("%v: %v in %s", err, bad, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%v: Content-Type %s", err, got)
	}
	if body["type"] != "about:blank" || body["title"] != http.StatusText(w.Code) || body["status"] != float64(w.Code) || body["detail"] == "" {
		t.Errorf("%v: %s", err, w.Body)
	}
	if w.Code != paymenthttp.Status(err) {
		t.Errorf("%v: %d, and Status says %d", err, w.Code, paymenthttp.Status(err))
	}
	return w, body
}

// Every reason is in the body with its advice, and the text of the refusal is the detail.
func TestP11_ProblemOfEveryReason(t *testing.T) {
	log := logs(t)
	for _, r := range payment.Reasons() {
		_, body := answer(t, fmt.Errorf("till 3: %w", payment.Refusef(r, "because of %s", "this")))
		if body["reason"] != string(r) || body["advice"] != r.Advice() || body["detail"] != "because of this" || body["instance"] != nil {
			t.Errorf("%s: %v", r, body)
		}
		if _, body = answer(t, &payment.Refusal{Reason: r}); body["detail"] != string(r) {
			t.Errorf("%s without a text: %v", r, body)
		}
	}
	if log.Len() > 0 {
		t.Errorf("refusals are logged: %s", log)
	}
}

// The facts of a refusal are members of the problem, as in its own JSON; the text is the detail.
func TestP11_ProblemHasTheFactsOfARefusal(t *testing.T) {
	refusal := &payment.Refusal{
		Reason: payment.ReasonBalance, Text: "there is too little", Orders: []order.ID{"CS1"},
		Dropped: []payment.Drop{{Order: "CS2", Reason: payment.ReasonPastDeadline, Text: "it was late"}},
		Coupons: []coupon.Verdict{{Coupon: "K1", Reason: coupon.ReasonExpired}},
		Need:    order.Minor(1000, order.USD), Have: order.Minor(1, order.USD),
		Resources: []payment.ResourceFault{{Order: "CS1", Wrong: payment.WrongQuota}},
		Projects:  []payment.ProjectFault{{Project: "shop", Wrong: payment.ProjectFunds}},
		Starts:    []payment.Start{{Order: "CS1", At: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}},
		Err:       order.ErrState,
	}
	own, err := json.Marshal(refusal)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(own, &want); err != nil {
		t.Fatal(err)
	}
	delete(want, "text")
	if len(want) != 9 {
		t.Fatalf("not every fact is set: %v", want)
	}
	want["type"], want["title"], want["status"] = "about:blank", "Payment Required", 402.0
	want["detail"], want["advice"] = "there is too little", "top up, or use another method"
	if _, got := answer(t, refusal); !cmp.Equal(want, got) {
		t.Error(cmp.Diff(want, got))
	}
}

// What is not sound is named by its path, wherever the field error stands; the move that was
// refused says what to do instead.
func TestP11_ProblemSaysWhere(t *testing.T) {
	count := &order.FieldError{Field: "count", Value: "-1", Reason: "is below 1"}
	verdict := coupon.Verdict{Coupon: "K1", Reason: coupon.ReasonExpired}
	for _, x := range []struct {
		err    error
		member string
		want   any
	}{
		{order.Within("lines[2]", count), "field", "lines[2].count"},
		{order.Within("lines[2]", count), "detail", `lines[2].count "-1": is below 1`},
		{order.Within("lines[2]", fmt.Errorf("said by the host: %w", count)), "field", "lines[2]"},
		{fmt.Errorf("said by the host: %w", order.Within("orders[1]", order.Within("lines[2]", count))), "field", "orders[1].lines[2].count"},
		{payment.Refuse(payment.ReasonBadRequest, count), "field", "count"},
		{payment.Refuse(payment.ReasonBadRequest, count), "advice", "correct what was asked, and ask again"},
		{&order.DecodeError{Line: 3, Field: "lines[0]", Err: count}, "field", "lines[0]"},
		{&order.FieldError{Field: "lines", Err: order.ErrOverflow}, "detail", "lines: amount has more than 18 digits"},
		{&order.FieldError{Field: "lines[0].amount", Err: &order.CurrencyError{Code: "EUR", With: order.USD, Reason: "one order, one currency"}}, "detail",
			"lines[0].amount: currency EUR with USD: one order, one currency"},
		{&order.MoveError{Order: "CS1", From: order.StatePaid, Event: order.EventHold, Err: order.ErrState, Do: "place a new order"}, "advice", "place a new order"},
		{order.Within("orders[1]", &order.MoveError{Order: "CS1", Err: order.ErrState, Do: "wait"}), "field", "orders[1]"},
		{&renewal.MoveError{Resource: "vm-1", Err: renewal.ErrBound, Do: "choose vm-0"}, "advice", "choose vm-0"},
		{&payment.BillError{}, "reason", "order state"},
		{&coupon.Error{Verdicts: []coupon.Verdict{verdict}}, "detail", verdict.String()},
		{order.ErrNotFound, "detail", "it is not there"},
		{order.ErrLocked, "detail", "discount is locked"},
		{ledger.ErrConflict, "advice", "try again"},
	} {
		if _, body := answer(t, x.err); body[x.member] != x.want {
			t.Errorf("%v: %s is %q, want %q", x.err, x.member, body[x.member], x.want)
		}
	}
}

const secret = "db-7.internal: password rejected for c-9"

// Nothing that a host's own error says is in a body: not alone, not around the library's
// errors, not inside them. It is in the log, once, with the instance that the body shows.
func TestP11_HostsErrorsStayInside(t *testing.T) {
	host := errors.New(secret)
	for _, err := range []error{
		host,
		fmt.Errorf("%w: load: %w", payment.ErrHost, host),
		fmt.Errorf("%w: %w", payment.ErrHost, order.Invalid("policy.hold", secret, secret)),
		fmt.Errorf("%s: %w", secret, payment.Refusef(payment.ReasonBalance, "there is too little")),
		fmt.Errorf("%s: %w", secret, order.Invalid("by", "", "is not set")),
		errors.Join(host, &order.MoveError{Err: order.ErrState}),
		&order.FieldError{Field: "by", Err: host},
		&order.FieldError{Field: "by", Reason: "is unknown", Err: host},
		order.Within("request", &order.FieldError{Field: "by", Err: fmt.Errorf("%w: %w", order.ErrOverflow, host)}),
		&order.FieldError{Field: "request", Err: &order.FieldError{Field: "by", Err: host}},
		&order.ExportError{Rows: 3, Err: fmt.Errorf("%w: %w", order.ErrState, host)},
		fmt.Errorf("%w: %w", order.ErrNotFound, host),
		fmt.Errorf("%w: %w", discount.ErrRule, host),
		fmt.Errorf("%w: %w", ledger.ErrConflict, host),
		fmt.Errorf("%w: %w", ledger.ErrInDoubt, host),
		fmt.Errorf("%w: %w", context.DeadlineExceeded, host),
		&payment.Refusal{Reason: payment.ReasonOther, Text: "ask us", Err: host},
		payment.Refusef("none such", secret),
		nil,
	} {
		t.Run(fmt.Sprint(err), func(t *testing.T) {
			log := logs(t)
			w, body := answer(t, err)
			for _, part := range strings.FieldsFunc(secret, func(r rune) bool { return r == ' ' || r == ':' }) {
				if len(part) > 3 && strings.Contains(w.Body.String(), part) {
					t.Errorf("the body tells: %s", w.Body)
				}
			}
			if w.Code < 500 {
				if log.Len() > 0 || body["instance"] != nil {
					t.Errorf("%d is logged: %s", w.Code, log)
				}
				return
			}
			var line map[string]any
			if bad := json.Unmarshal(log.Bytes(), &line); bad != nil {
				t.Fatalf("%v in %s", bad, log)
			}
			if line["instance"] != body["instance"] || len(body["instance"].(string)) != len("urn:uuid:")+36 || line["method"] != "POST" || line["path"] != "/pay" {
				t.Errorf("logged %s for %s", log, w.Body)
			}
			if err != nil && line["err"] != err.Error() {
				t.Errorf("logged %s, want %v", log, err)
			}
			if level := map[int]string{500: "ERROR", 503: "WARN"}[w.Code]; line["level"] != level || strings.Contains(log.String(), "4242") {
				t.Errorf("%d is logged as %s", w.Code, log)
			}
		})
	}
}

// All that says 500 says the same, but for the instance, which is never the same.
func TestP11_FaultsOfTheHostSayTheSame(t *testing.T) {
	logs(t)
	_, one := answer(t, errors.New("one"))
	_, two := answer(t, fmt.Errorf("%w: %w", payment.ErrHost, order.Invalid("a", "b", "c")))
	if one["instance"] == two["instance"] {
		t.Errorf("two instances are %s", one["instance"])
	}
	delete(one, "instance")
	delete(two, "instance")
	if diff := cmp.Diff(one, two); diff != "" || len(one) != 5 {
		t.Errorf("%v\n%s", one, diff)
	}
}

// What may be done by asking again says so, to programs too; a client that hung up is not worth
// a line in the log.
func TestP11_TryAgain(t *testing.T) {
	log := logs(t)
	for _, err := range []error{ledger.ErrInDoubt, context.DeadlineExceeded, context.Canceled} {
		w, body := answer(t, err)
		if w.Header().Get("Retry-After") != "1" || body["advice"] != "make the same request again: what was done is not done twice" {
			t.Errorf("%v: %v %s", err, w.Header(), w.Body)
		}
	}
	log.Reset()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	paymenthttp.Error(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/pay", nil), fmt.Errorf("%w: load: %w", payment.ErrHost, ctx.Err()))
	if w.Code != 503 || log.Len() > 0 {
		t.Errorf("%d, logged: %s", w.Code, log)
	}
	for _, err := range []error{payment.ReasonBalance, errors.New("other")} {
		if w, _ := answer(t, err); w.Header().Get("Retry-After") != "" {
			t.Errorf("%v: %v", err, w.Header())
		}
	}
}

// A refusal that a host made of values that have no JSON is its fault, not an endless attempt.
func TestP11_RefusalThatCannotBeEncoded(t *testing.T) {
	log := logs(t)
	w := httptest.NewRecorder()
	paymenthttp.Error(w, httptest.NewRequest(http.MethodPost, "/pay", nil), &payment.Refusal{Reason: payment.ReasonEffectiveTime, Starts: []payment.Start{{At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}})
	if w.Code != 500 || !strings.Contains(log.String(), "cannot be encoded") {
		t.Errorf("%d %s", w.Code, log)
	}
}
