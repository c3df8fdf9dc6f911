// Package fake plays Stripe for the tests of this module, as its public documents have it: a server
// with a clock, that forgets idempotency keys after 24 hours and until then answers under them what
// it first answered; PaymentIntents, Checkout Sessions, refunds, disputes, saved cards, events, and
// calls that fail before or after they have had their effect.
package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Fault is what goes wrong with a call.
//
// One of: none, lost before, lost after, status 409, status 429, status 500 before, status 500 after.
type Fault string

const (
	FaultNone       Fault = ""
	FaultLostBefore Fault = "lost before"       // the call never arrives
	FaultLostAfter  Fault = "lost after"        // the answer never arrives
	Fault409        Fault = "status 409"        // another call under the key is on its way
	Fault429        Fault = "status 429"        // too many calls
	Fault500Before  Fault = "status 500 before" // nothing was done, and the key is used up
	Fault500After   Fault = "status 500 after"  // it was done, and the key is used up
)

// Stripe plays Stripe. It is safe for use by many goroutines.
type Stripe struct {
	// Fault says what goes wrong with a call. Nil: nothing does. It must not call Stripe.
	Fault func(r *http.Request) Fault

	mu       sync.Mutex
	now      time.Time
	made     int // objects
	calls    []string
	used     map[string]*use
	intents  []*intent
	sessions []*session
	refunds  []*refund
	disputes []*dispute
	methods  map[string]*method
	events   [][]byte
	plans    map[string]plan // by the key of a charge: what is to become of it
	ends     map[string]string
	moves    []Move
}

// Move is a line of the balance: what was taken for a PaymentIntent, above zero, and what went again.
type Move struct {
	Key    string // of the charge
	Kind   string // charge, refund, refund failed, dispute, dispute won
	Refund string // of a refund: which one
	Amount int64
}

// use is what an idempotency key was used for.
type use struct {
	asked  string
	at     time.Time
	busy   bool
	status int
	body   []byte
}

// New returns a Stripe that has seen nothing, and whose clock shows a time.
func New(at time.Time) *Stripe {
	return &Stripe{now: at, used: map[string]*use{}, methods: map[string]*method{}, plans: map[string]plan{}, ends: map[string]string{}}
}

// Client calls it.
func (s *Stripe) Client() *http.Client { return &http.Client{Transport: s} }

// Now returns what the clock shows.
func (s *Stripe) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the clock on. Keys are forgotten, and pages that are open for too long expire.
func (s *Stripe) Advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(by)
	for _, x := range s.sessions {
		if x.status == "open" && !s.now.Before(x.expires) {
			s.expire(x)
		}
	}
}

// Calls returns the calls so far that had an effect or a look, as "POST /v1/refunds".
func (s *Stripe) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

// Moves returns the lines of the balance.
func (s *Stripe) Moves() []Move {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Move(nil), s.moves...)
}

// problem is an answer that refuses a call.
type problem struct {
	status  int
	kind    string
	code    string
	message string
	decline string
	intent  map[string]any
}

func bad(code, message string) *problem {
	return &problem{status: 400, kind: "invalid_request_error", code: code, message: message}
}

func (p *problem) render() map[string]any {
	e := map[string]any{"type": p.kind, "message": p.message}
	for name, word := range map[string]string{"code": p.code, "decline_code": p.decline} {
		if word != "" {
			e[name] = word
		}
	}
	if p.intent != nil {
		e["payment_intent"] = p.intent
	}
	return map[string]any{"error": e}
}

// RoundTrip implements [http.RoundTripper].
func (s *Stripe) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := []byte(nil)
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = read
	}
	fault := FaultNone
	if s.Fault != nil {
		fault = s.Fault(r)
	}
	switch fault {
	case FaultLostBefore:
		return nil, errors.New("connection refused")
	case Fault409:
		return s.answer(r, (&problem{status: 409, kind: "idempotency_error", code: "idempotency_key_in_use"}).reply()), nil
	case Fault429:
		return s.answer(r, (&problem{status: 429, kind: "invalid_request_error", code: "rate_limit"}).reply()), nil
	}
	reply := s.call(r, body, fault)
	if fault == FaultLostAfter {
		return nil, errors.New("connection reset")
	}
	return s.answer(r, reply), nil
}

type reply struct {
	status   int
	body     []byte
	replayed bool
}

func (p *problem) reply() reply {
	body, _ := json.Marshal(p.render())
	return reply{status: p.status, body: body}
}

func (s *Stripe) answer(r *http.Request, a reply) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}, "Request-Id": {"req_fake"}}
	if a.replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r}
}

// call answers a call that arrives, under its key as Stripe does: what was executed is kept, a
// failure and a decline too; what was refused before that is not.
func (s *Stripe) call(r *http.Request, body []byte, fault Fault) reply {
	key := r.Header.Get("Idempotency-Key")
	asked := r.Method + " " + r.URL.Path + "?" + string(body)
	if r.Method != http.MethodPost || key == "" {
		return s.execute(r, body, fault)
	}
	s.mu.Lock()
	u := s.used[key]
	if u != nil && s.now.Sub(u.at) >= 24*time.Hour {
		u = nil
	}
	if u != nil {
		defer s.mu.Unlock()
		switch {
		case u.busy:
			return (&problem{status: 409, kind: "idempotency_error", code: "idempotency_key_in_use"}).reply()
		case u.asked != asked:
			return (&problem{status: 400, kind: "idempotency_error", message: "Keys for idempotent requests can only be used with the same parameters."}).reply()
		}
		return reply{u.status, u.body, true}
	}
	u = &use{asked: asked, at: s.now, busy: true}
	s.used[key] = u
	s.mu.Unlock()
	runtime.Gosched() // others come meanwhile
	a := s.execute(r, body, fault)
	s.mu.Lock()
	defer s.mu.Unlock()
	u.busy, u.status, u.body = false, a.status, a.body
	if a.status == 400 || a.status == 404 {
		delete(s.used, key)
	}
	return a
}

// execute has a call's effect.
func (s *Stripe) execute(r *http.Request, body []byte, fault Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	failed := &problem{status: 500, kind: "api_error", message: "Something went wrong."}
	if fault == Fault500Before {
		return failed.reply()
	}
	values, err := url.ParseQuery(string(body))
	if r.Method == http.MethodGet {
		values, err = r.URL.Query(), nil
	}
	if err != nil {
		return bad("parameter_invalid_string_blank", err.Error()).reply()
	}
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	answer, wrong := s.route(r.Method, strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"), form{values})
	if fault == Fault500After {
		return failed.reply()
	}
	if wrong != nil {
		return wrong.reply()
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return failed.reply()
	}
	return reply{status: 200, body: text}
}

// route answers a call by its path.
func (s *Stripe) route(method string, path []string, f form) (map[string]any, *problem) {
	at := method + " " + path[0]
	if path[0] == "checkout" {
		at, path = method+" sessions", path[1:]
	}
	switch {
	case path[0] == "customers" && len(path) == 4:
		return s.owned(path[1], path[3])
	case len(path) == 1 && at == "GET payment_intents":
		return s.listIntents(f), nil
	case len(path) == 1 && at == "GET sessions":
		return s.listSessions(f), nil
	case len(path) == 1 && at == "GET refunds":
		return s.listRefunds(f), nil
	case len(path) == 1 && at == "GET disputes":
		return s.listDisputes(f), nil
	case len(path) == 1 && at == "POST payment_intents":
		return s.createIntent(f)
	case len(path) == 1 && at == "POST sessions":
		return s.createSession(f)
	case len(path) == 1 && at == "POST refunds":
		return s.createRefund(f)
	case path[0] == "payment_intents":
		return s.onIntent(method, path[1:], f)
	case path[0] == "sessions":
		return s.onSession(method, path[1:], f)
	case path[0] == "refunds":
		return s.onRefund(path[1])
	}
	return nil, &problem{status: 404, kind: "invalid_request_error", message: "Unrecognized request URL (" + at + ")"}
}

// id is the next ID of a kind.
func (s *Stripe) id(kind string) string {
	s.made++
	return fmt.Sprintf("%s_fake%06d", kind, s.made)
}

func absent(kind string) *problem {
	return &problem{status: 404, kind: "invalid_request_error", code: "resource_missing", message: "No such " + kind}
}
