package stripemock_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
)

// mirror answers as the fake does, and has stripe-mock judge each request.
type mirror struct {
	t    *testing.T
	api  *fake.Stripe
	mock http.Handler

	mu   sync.Mutex
	seen map[string]bool
}

var ids = regexp.MustCompile(`/(pi|cs|re|cus|pm)_[^/]+`)

func (m *mirror) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = read
	}
	m.mu.Lock()
	m.seen[r.Method+" "+ids.ReplaceAllString(r.URL.Path, "/ID")] = true
	m.mu.Unlock()
	judged := r.Clone(r.Context())
	judged.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	m.mock.ServeHTTP(answer, judged)
	if answer.Code != http.StatusOK {
		m.t.Errorf("%s %s, %s: stripe-mock answers %d, %s", r.Method, r.URL, body, answer.Code, answer.Body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return m.api.RoundTrip(r)
}

// stub is stripe-mock.
func stub(t *testing.T) http.Handler {
	t.Helper()
	spec, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	mock, err := server.NewStubServer(fixtures, spec, false, false)
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(mock.HandleRequest)
}

// P16: every request that is ever sent has the shape that Stripe describes.
func TestP16_Shapes(t *testing.T) {
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	m := &mirror{t: t, api: fake.New(at), mock: stub(t), seen: map[string]bool{}}
	card := &stripe.Gateway{Key: "sk_test_fake", ReturnURL: "https://shop.example/paid/{payment}", HTTP: &http.Client{Transport: m},
		Customer: func(context.Context, order.CustomerID) (string, error) { return "cus_7", nil }}
	own := &stripe.Gateway{Key: card.Key, ReturnURL: card.ReturnURL, HTTP: card.HTTP, Customer: card.Customer, Page: func(gateway.Charge) string { return "" }}

	c := gateway.Charge{Customer: "c-7", Amount: order.Minor(1200, order.EUR), At: at, Keep: true}
	ways := map[string]func(key string){
		"checkout, paid, refunded": func(key string) {
			m.api.Pay(key, fake.CardGood)
			f := gateway.Refund{Key: key + "-r", Charge: key, Trade: m.trade(card, c, key), Customer: "c-7", Payment: "p-1", Refund: "R-1", Order: "CS1", Amount: c.Amount}
			out, err := card.Refund(context.Background(), f)
			if err != nil || out.Status != gateway.StatusCaptured {
				t.Errorf("refund: %+v, %v", out, err)
			}
			f.Handle = out.Handle
			if out, err = card.LookupRefund(context.Background(), f); err != nil || out.Status != gateway.StatusCaptured {
				t.Errorf("refund: %+v, %v", out, err)
			}
			m.api.Dispute(key, 100)
			m.trade(card, c, key)
		},
		"checkout, canceled": func(key string) {
			c.Key, c.Payment = key, "p-1"
			if out, err := card.Cancel(context.Background(), c); err != nil || out.Status != gateway.StatusCanceled {
				t.Errorf("canceled: %+v, %v", out, err)
			}
		},
	}
	for name, then := range ways {
		c.Key, c.Payment, c.Instrument = name, "p-1", ""
		if out, err := card.Charge(context.Background(), c); err != nil || out.Status != gateway.StatusAction {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
		then(name)
	}
	for _, behaves := range []fake.Card{fake.CardGood, fake.CardAuthenticates, "insufficient_funds"} {
		for _, g := range []*stripe.Gateway{card, own} {
			for _, c.Absent = range []bool{false, true} {
				c.Key, c.Payment, c.Instrument = string(behaves)+time.Now().String(), "p-1", order.Opaque(m.api.Save("cus_7", behaves))
				if _, err := g.Charge(context.Background(), c); err != nil {
					t.Errorf("%s: %v", behaves, err)
				}
			}
		}
	}
	for _, want := range []string{"GET /v1/payment_intents", "POST /v1/payment_intents", "GET /v1/payment_intents/ID", "POST /v1/payment_intents/ID", "POST /v1/payment_intents/ID/confirm",
		"POST /v1/payment_intents/ID/cancel", "GET /v1/checkout/sessions", "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/ID", "POST /v1/checkout/sessions/ID/expire",
		"GET /v1/customers/ID/payment_methods/ID", "GET /v1/refunds", "POST /v1/refunds", "GET /v1/refunds/ID", "GET /v1/disputes"} {
		if !m.seen[want] {
			t.Errorf("%s was not sent", want)
		}
		delete(m.seen, want)
	}
	for more := range m.seen {
		t.Errorf("%s is not listed here", more)
	}
}

// The judge refuses what Stripe does not describe.
func TestP16_ShapesAreJudged(t *testing.T) {
	mock := stub(t)
	for _, target := range []string{"/v1/payment_intents?limit=ten", "/v1/refunds?of=pi_1", "/v1/intents"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Authorization", "Bearer sk_test_fake")
		answer := httptest.NewRecorder()
		mock.ServeHTTP(answer, r)
		if answer.Code < 400 {
			t.Errorf("%s is taken", target)
		}
	}
}

// trade is the trade number of a charge, of which the money was taken.
func (m *mirror) trade(g *stripe.Gateway, c gateway.Charge, key string) string {
	c.Key, c.Payment = key, "p-1"
	out, err := g.Lookup(context.Background(), c)
	if err != nil || !slices.Contains([]gateway.Status{gateway.StatusCaptured, gateway.StatusReversed}, out.Status) {
		m.t.Errorf("%+v, %v", out, err)
	}
	return out.Trade
}
