package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file again")

// shop is the host, with the customer and Stripe around it; what is said is written down.
type shop struct {
	t     *testing.T
	web   http.Handler
	plays *fake.Stripe
	said  bytes.Buffer
}

// send sends a request, as the proxy or Stripe does, and returns the answer.
func (s *shop) send(method, path, body string, h http.Header) string {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if h == nil {
		h = http.Header{"X-Customer": {"c-7"}, "Content-Type": {"application/json"}}
	}
	r.Header = h
	w := httptest.NewRecorder()
	s.web.ServeHTTP(w, r)
	fmt.Fprintf(&s.said, "%s %s: %d %s\n", method, path, w.Code, w.Body)
	return w.Body.String()
}

// notify has Stripe send what has happened.
func (s *shop) notify(secret string) {
	for _, body := range s.plays.Events() {
		var event struct{ Type string }
		if err := json.Unmarshal(body, &event); err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintln(&s.said, "Stripe says", event.Type)
		s.send(http.MethodPost, "/hooks/cards", string(body), fake.Sign(body, time.Now(), secret))
	}
}

// TestGolden is a customer who buys, pays on Stripe's page, of which Stripe notifies the host.
func TestGolden(t *testing.T) {
	plays := fake.New(time.Now())
	cards := &stripe.Gateway{Key: "sk_test_fake", Secrets: []string{"whsec_new", "whsec_old"}, ReturnURL: "https://shop.example/paid/{payment}", HTTP: plays.Client()}
	d := &desk.Desk{Store: &inmem.Store{}, Gateways: map[string]gateway.Gateway{"cards": cards}, Prices: prices{"team": 1200}, Policy: payment.SaaS()}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, web: routes(d, cards), plays: plays}
	s.send(http.MethodPost, "/buy", `{"id":"O1","lines":[{"product":"team","count":3,"term":{"n":1,"unit":"month"}}]}`, nil)
	var pending struct{ Action string }
	if err := json.Unmarshal([]byte(s.send(http.MethodPost, "/pay", `{"key":"k1","orders":["O1"],"method":"online"}`, nil)), &pending); err != nil {
		t.Fatal(err)
	}
	if !plays.PayAt(pending.Action, fake.CardGood) {
		t.Fatalf("nothing is paid at %q", pending.Action)
	}
	fmt.Fprintln(&s.said, "the customer pays there")
	s.notify("whsec_old") // which is being replaced
	s.send(http.MethodGet, "/orders/O1", "", nil)
	s.send(http.MethodPost, "/hooks/cards", `{"object":"event"}`, fake.Sign([]byte(`{"object":"event"}`), time.Now(), "whsec_forged"))

	if *update {
		if err := os.WriteFile("testdata/example.golden", s.said.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/example.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), s.said.String()); diff != "" {
		t.Errorf("differs (-want +got); -update writes it again:\n%s", diff)
	}
}

// TestReadme: the two lines of README are those of the host, whose names it has.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`mux.Handle("POST /hooks/cards", &paymenthttp.Webhook{Desk: d, Verifier: cards})`, `ReturnURL: "https://shop.example/paid/{payment}"}`} {
		if !bytes.Contains(readme, []byte(text)) || !bytes.Contains(page, []byte(text)) {
			t.Errorf("README or the host does not have %s", text)
		}
	}
	lines := 0
	for line := range strings.Lines(string(page)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			lines++
		}
	}
	if lines > 90 {
		t.Errorf("the host has %d lines", lines)
	}
}
