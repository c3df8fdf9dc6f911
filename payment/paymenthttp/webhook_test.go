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
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenthttp"
)

// house is a host whose customer c-7 has two payments that the bank has not decided yet.
type house struct {
	*desk.Desk
	*inmem.Store
	*inmem.Gateway
	payments [2]order.PaymentID
	loads    atomic.Int64
	broken   atomic.Pointer[error] // what Load says
	decided  atomic.Bool

	mu      sync.Mutex
	lookups []time.Time
}

func (h *house) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	h.loads.Add(1)
	if err := h.broken.Load(); err != nil {
		return ledger.Records{}, *err
	}
	return h.Store.Load(ctx, ask)
}

func (h *house) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	h.mu.Lock()
	h.lookups = append(h.lookups, time.Now())
	h.mu.Unlock()
	return h.Gateway.Lookup(ctx, c)
}

func (h *house) looked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.lookups)
}

// Customer knows c-7 alone.
func (h *house) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	if id != "c-7" {
		return payment.Customer{}, fmt.Errorf("no row: %w", order.ErrNotFound)
	}
	return payment.Customer{ID: id, Gateway: "bank"}, nil
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{Store: new(inmem.Store)}
	h.Gateway = &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome {
		if h.decided.Load() {
			return gateway.Outcome{}
		}
		return gateway.Outcome{Status: gateway.StatusProcessing}
	}}
	h.Desk = &desk.Desk{Store: h, Customers: h, Gateways: map[string]gateway.Gateway{"bank": h}, Now: inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)).Now}
	for i, id := range []order.ID{"CS1", "CS2"} {
		if _, err := h.Place(t.Context(), desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{{ID: id, Customer: "c-7", Type: order.TypePurchase,
			Lines: []order.Line{{Product: "s6.large", Count: 1, Charge: order.ChargePackage, Amount: order.Minor(10000, order.USD)}}}}}); err != nil {
			t.Fatal(err)
		}
		p, err := h.Pay(t.Context(), payment.Request{Key: payment.Key("cart-" + id), Customer: "c-7", Orders: []order.ID{id}, Method: payment.MethodOnline})
		if err != nil || p.State != payment.PaymentPending {
			t.Fatal(p.State, err)
		}
		h.payments[i] = p.ID
	}
	h.lookups = nil
	h.loads.Store(0)
	return h
}

// Traits and Charge are those of the gateway in memory; both are needed since Store and Gateway
// are embedded beside the Desk.
func (h *house) Traits() gateway.Traits { return h.Gateway.Traits() }

func (h *house) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return h.Gateway.Charge(ctx, c)
}

// proof takes bodies that are JSON lists of hints, with a header.
type proof func(body []byte) ([]gateway.Hint, error)

func (v proof) Verify(_ context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	if h.Get("Proof") != "yes" {
		return nil, errors.New("the signature is not the bank's: it is signed with secret-9")
	}
	if v != nil {
		return v(body)
	}
	var hints []gateway.Hint
	return hints, json.Unmarshal(body, &hints)
}

// saying is a verifier that returns an error for what is signed.
func saying(err error) proof { return func([]byte) ([]gateway.Hint, error) { return nil, err } }

func notify(h http.Handler, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/hooks/bank", strings.NewReader(body))
	r.Header.Set("Proof", "yes")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func hintOf(customer order.CustomerID, ids ...order.PaymentID) string {
	var list []string
	for _, id := range ids {
		list = append(list, fmt.Sprintf(`{"customer":%q,"payment":%q}`, customer, id))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (h *house) state(t *testing.T, id order.PaymentID) payment.PaymentState {
	t.Helper()
	r, err := h.Store.Load(t.Context(), ledger.Ask{Customer: "c-7", Refs: []ledger.Ref{{Kind: ledger.KindPayment, ID: string(id)}}})
	if err != nil || len(r.Payments) != 1 {
		t.Fatal(r.Payments, err)
	}
	return r.Payments[0].State
}

// P16: a notification that the verifier takes is looked up, every payment of it, and believed in
// nothing else.
func TestP16_WebhookLooksUp(t *testing.T) {
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	if w := notify(hook, `[{"customer":"c-7","payment":"`+string(h.payments[0])+`","state":"succeeded"}]`); w.Code != 200 || w.Body.Len() > 0 || h.state(t, h.payments[0]) != payment.PaymentPending {
		t.Errorf("a body that says that it is paid: %d %s", w.Code, w.Body)
	}
	h.decided.Store(true)
	hook = &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	if w := notify(hook, hintOf("c-7", h.payments[:]...)); w.Code != 200 || h.looked() != 3 {
		t.Errorf("%d after %d looks: %s", w.Code, h.looked(), w.Body)
	}
	for _, id := range h.payments {
		if got := h.state(t, id); got != payment.PaymentSucceeded {
			t.Errorf("payment %s is %s", id, got)
		}
	}
}

// P16: what each answer is, and that what is not proved costs no load and shows no reason.
func TestP16_WebhookAnswers(t *testing.T) {
	h := newHouse(t)
	secret := errors.New("dial tcp 10.0.0.7: connection refused")
	ours := hintOf("c-7", h.payments[0])
	for _, x := range []struct {
		name     string
		verifier gateway.Verifier
		body     string
		broken   error
		status   int
		looks    int
	}{
		{"not ours", saying(fmt.Errorf("event e-1: %w", gateway.ErrNotOurs)), ours, nil, 200, 0},
		{"nothing to look up", saying(nil), ours, nil, 200, 0},
		{"a customer that is not here", proof(nil), hintOf("c-8", h.payments[0]), nil, 200, 0},
		{"a payment that is not here", proof(nil), hintOf("c-7", "none"), nil, 200, 0},
		{"an ID that none of ours can be", proof(func([]byte) ([]gateway.Hint, error) { return []gateway.Hint{{Customer: "c-7"}}, nil }), ours, nil, 200, 0},
		{"another's beside ours", proof(nil), "[" + strings.Trim(hintOf("c-8", "p-9"), "[]") + "," + strings.Trim(ours, "[]") + "]", nil, 200, 1},
		{"unsound for the verifier", saying(secret), ours, nil, 400, 0},
		{"no JSON", proof(nil), "signed, but no JSON", nil, 400, 0},
		{"not checked now", saying(fmt.Errorf("%w: %w", gateway.ErrUnchecked, secret)), ours, nil, 500, 0},
		{"a store that fails", proof(nil), ours, secret, 500, 0},
		{"a store that says what it should not", proof(nil), ours, order.ErrNotFound, 500, 0},
		{"a store that says a reason", proof(nil), ours, payment.ReasonNoOrder, 500, 0},
		{"a store in doubt", proof(nil), ours, ledger.ErrInDoubt, 500, 0},
		{"no verifier", nil, ours, nil, 500, 0},
	} {
		var log bytes.Buffer
		hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: x.verifier, Log: slog.New(slog.NewJSONHandler(&log, nil))}
		if h.broken.Store(nil); x.broken != nil {
			h.broken.Store(&x.broken)
		}
		before := h.looked()
		w := notify(hook, x.body)
		if w.Code != x.status || h.looked()-before != x.looks {
			t.Errorf("%s: %d after %d looks: %s", x.name, w.Code, h.looked()-before, w.Body)
		}
		var p struct{ Instance string }
		unread := json.Unmarshal(w.Body.Bytes(), &p)
		// The drawn instance may look like the customer.
		if body := strings.ReplaceAll(w.Body.String(), p.Instance, ""); strings.Contains(body, "dial") || strings.Contains(body, "found") || strings.Contains(body, "c-7") {
			t.Errorf("%s: the body shows why: %s", x.name, body)
		}
		if x.status == 500 && (unread != nil || p.Instance == "" || !strings.Contains(log.String(), p.Instance)) {
			t.Errorf("%s: %s is not in the log: %s", x.name, w.Body, &log)
		}
		if x.status == 400 && (!strings.Contains(log.String(), `"level":"WARN"`) || strings.Contains(log.String(), "ERROR")) {
			t.Errorf("%s: the log has %s", x.name, &log)
		}
	}
	if w := notify(&paymenthttp.Webhook{Verifier: proof(nil), Log: silent()}, ours); w.Code != 500 {
		t.Errorf("no Desk: %d", w.Code)
	}
}

// P16: nothing is read from the store, nor from the body, before the verifier has taken it; a
// body too large and another method do not come as far.
func TestP16_WebhookVerifiesFirst(t *testing.T) {
	h := newHouse(t)
	asked := 0
	hook := &paymenthttp.Webhook{Desk: h.Desk, Log: silent(), Verifier: proof(func(body []byte) ([]gateway.Hint, error) {
		asked++
		return nil, gateway.ErrNotOurs
	})}
	forged := httptest.NewRecorder()
	hook.ServeHTTP(forged, httptest.NewRequest(http.MethodPost, "/hooks/bank", strings.NewReader(hintOf("c-7", h.payments[0]))))
	if got := forged.Body.String(); forged.Code != 400 || strings.Contains(got, "secret") || strings.Contains(got, "signature") || h.loads.Load() != 0 || h.looked() != 0 {
		t.Errorf("forged: %d %s after %d loads", forged.Code, got, h.loads.Load())
	}
	if w := notify(hook, strings.Repeat(" ", 1<<20+1)); w.Code != 413 || asked != 0 {
		t.Errorf("too large: %d, and the verifier was asked %d times", w.Code, asked)
	}
	if w := notify(hook, strings.Repeat(" ", 1<<20)); w.Code != 200 || asked != 1 {
		t.Errorf("as large as may be: %d, and the verifier was asked %d times", w.Code, asked)
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodHead} {
		w := httptest.NewRecorder()
		if hook.ServeHTTP(w, httptest.NewRequest(method, "/hooks/bank", nil)); w.Code != 405 || w.Header().Get("Allow") != "POST" || asked != 1 {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
}

// acknowledging is a verifier whose provider wants an answer of its own.
type acknowledging struct{ proof }

func (acknowledging) Acknowledgment() (string, []byte) { return "text/plain", []byte("[accepted]") }

// P16: the provider's own answer, to the byte, and only where the notification was taken.
func TestP16_WebhookAcknowledges(t *testing.T) {
	h := newHouse(t)
	for _, x := range []struct {
		verifier proof
		status   int
	}{{nil, 200}, {saying(gateway.ErrNotOurs), 200}, {saying(gateway.ErrUnchecked), 500}, {saying(errors.New("forged")), 400}} {
		w := notify(&paymenthttp.Webhook{Desk: h.Desk, Verifier: acknowledging{x.verifier}, Log: silent()}, hintOf("c-7", h.payments[0]))
		if taken := w.Body.String() == "[accepted]" && w.Header().Get("Content-Type") == "text/plain"; w.Code != x.status || taken != (x.status == 200) {
			t.Errorf("%d %v %s, want %d", w.Code, w.Header(), w.Body, x.status)
		}
	}
}

// P16: what fails of one payment keeps no other from being looked at, and is sent again.
func TestP16_WebhookLooksAtEach(t *testing.T) {
	h := newHouse(t)
	down := errors.New("down")
	hook := &paymenthttp.Webhook{Desk: h.Desk, Log: silent(), Verifier: proof(nil)}
	h.Desk.Customers = failing{of: h, err: &down}
	body := "[" + strings.Trim(hintOf("c-8", "p-9"), "[]") + "," + strings.Trim(hintOf("c-7", h.payments[0]), "[]") + "]"
	if w := notify(hook, body); w.Code != 500 || h.looked() != 1 {
		t.Errorf("%d after %d looks", w.Code, h.looked())
	}
}

// failing knows c-7, and fails for others.
type failing struct {
	of  *house
	err *error
}

func (f failing) Customer(ctx context.Context, id order.CustomerID) (payment.Customer, error) {
	if id == "c-7" {
		return f.of.Customer(ctx, id)
	}
	return payment.Customer{}, *f.err
}

// P16: a burst of one notification is looked up once a second at the most, and answered 200.
func TestP16_WebhookBurst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	start := time.Now()
	var burst sync.WaitGroup
	for range 50 {
		burst.Add(1)
		go func() {
			defer burst.Done()
			if w := notify(hook, hintOf("c-7", h.payments[0], h.payments[0])); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}()
	}
	burst.Wait()
	if most := 1 + int(time.Since(start)/time.Second); h.looked() < 1 || h.looked() > most {
		t.Errorf("%d looks, at most %d were due", h.looked(), most)
	}
	if w := notify(hook, hintOf("c-7", h.payments[1])); w.Code != 200 || h.looked() < 2 {
		t.Errorf("another payment: %d after %d looks", w.Code, h.looked())
	}
}

// P16: no news is lost in a second that has had its look: another notification about the payment
// waits for the next, and those that come while it waits are covered by its look.
func TestP16_WebhookLosesNoNews(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	notify(hook, hintOf("c-7", h.payments[0]))
	h.decided.Store(true)
	var news sync.WaitGroup
	for i := range 20 {
		news.Add(1)
		go func() {
			defer news.Done()
			if w := notify(hook, hintOf("c-7", h.payments[0])+strings.Repeat(" ", i+1)); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}()
	}
	news.Wait()
	if got := h.state(t, h.payments[0]); got != payment.PaymentSucceeded {
		t.Errorf("the payment is %s", got)
	}
	for i := 1; i < len(h.lookups); i++ {
		if apart := h.lookups[i].Sub(h.lookups[i-1]); apart < 900*time.Millisecond {
			t.Errorf("two looks are %s apart", apart)
		}
	}
}

// P16: a notification whose look failed, sent again in the same second, is looked up.
func TestP16_WebhookSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	down := errors.New("down")
	h.broken.Store(&down)
	if w := notify(hook, hintOf("c-7", h.payments[0])); w.Code != 500 {
		t.Fatal(w.Code)
	}
	h.broken.Store(nil)
	if w := notify(hook, hintOf("c-7", h.payments[0])); w.Code != 200 || h.looked() != 1 {
		t.Errorf("%d after %d looks", w.Code, h.looked())
	}
}

// P16: who hangs up while it waits for its look is not answered 200, and keeps nobody else from
// theirs.
func TestP16_WebhookHungUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	notify(hook, hintOf("c-7", h.payments[0]))
	ctx, hangUp := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer hangUp()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/hooks/bank", strings.NewReader(hintOf("c-7", h.payments[0])+" "))
	r.Header.Set("Proof", "yes")
	w := httptest.NewRecorder()
	hook.ServeHTTP(w, r)
	if w.Code != 500 {
		t.Errorf("who hung up is answered %d", w.Code)
	}
	h.decided.Store(true)
	if w := notify(hook, hintOf("c-7", h.payments[0])+"  "); w.Code != 200 || h.state(t, h.payments[0]) != payment.PaymentSucceeded {
		t.Errorf("the next: %d, and the payment is %s", w.Code, h.state(t, h.payments[0]))
	}
}

// P16: what is remembered of looks is bounded, whatever comes.
func TestP16_WebhookForgets(t *testing.T) {
	h := newHouse(t)
	hook := &paymenthttp.Webhook{Desk: h.Desk, Verifier: proof(nil), Log: silent()}
	for i := range 20 {
		ids := make([]order.PaymentID, 300)
		for j := range ids {
			ids[j] = order.PaymentID(fmt.Sprintf("p-%d-%d", i, j))
		}
		if w := notify(hook, hintOf("c-8", ids...)); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	if n := reflect.ValueOf(hook).Elem().FieldByName("looks").FieldByName("at").Len(); n < 1 || n > 1024 {
		t.Errorf("%d looks are remembered", n)
	}
}
