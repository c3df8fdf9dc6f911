package gatewaytest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
)

// signature is the header that proves a body: a time, and an HMAC of it and of the body.
const signature = "Bank-Signature"

func mac(secret, text string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func sign(body []byte, at time.Time, secret string) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return http.Header{signature: {"t=" + stamp + ",v1=" + mac(secret, stamp+"."+string(body))}}
}

// verifier is right: it checks an HMAC with each of its secrets.
type verifier struct {
	secrets []string
	age     time.Duration
}

var errForged = errors.New("the signature is not the bank's")

// signed reports whether a header proves a body.
func (v verifier) signed(h http.Header, body []byte) error {
	stamp, sum, _ := strings.Cut(strings.TrimPrefix(h.Get(signature), "t="), ",v1=")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errForged
	}
	known := func(secret string) bool { return hmac.Equal([]byte(mac(secret, stamp+"."+string(body))), []byte(sum)) }
	if !slices.ContainsFunc(v.secrets, known) {
		return errForged
	}
	if now.Sub(time.Unix(seconds, 0)) > v.age {
		return errors.New("the signature is too old")
	}
	return nil
}

func (v verifier) Verify(_ context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	if err := v.signed(h, body); err != nil {
		return nil, err
	}
	return about(body)
}

// about reads which payments a body is about.
func about(body []byte) ([]gateway.Hint, error) {
	var event struct {
		Kind     string
		Payments []gateway.Hint
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, err
	}
	if event.Kind != "payment" {
		return nil, gateway.ErrNotOurs
	}
	return event.Payments, nil
}

var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// notified are notifications of the bank: of one payment, of two, and of a kind without one.
func notified() gatewaytest.Notifications {
	n := gatewaytest.Notifications{Sign: sign, At: now, Age: 5 * time.Minute, Secrets: []string{"new", "old"}, Retired: []string{"leaked"}}
	for _, s := range []gatewaytest.Signed{
		{Body: []byte(`{"kind":"payment","payments":[{"customer":"c-7","payment":"p1"}]}`), Hints: []gateway.Hint{{Customer: "c-7", Payment: "p1"}}},
		{Body: []byte(`{"kind":"payment","text":"` + strings.Repeat("~ab ", 200) + `","payments":[{"customer":"c-7","payment":"p1"},{"customer":"c-8","payment":"p2"}]}`),
			Hints: []gateway.Hint{{Customer: "c-7", Payment: "p1"}, {Customer: "c-8", Payment: "p2"}}},
		{Body: []byte(`{"kind":"payout"}`)},
	} {
		s.Header = sign(s.Body, now, "new")
		n.Samples = append(n.Samples, s)
	}
	return n
}

func rightVerifier() verifier {
	return verifier{secrets: []string{"new", "old"}, age: 5 * time.Minute}
}

// P16: a right verifier keeps every law, with all that can be checked and without.
func TestP16_VerifierSuite(t *testing.T) {
	gatewaytest.TestVerifier(t, rightVerifier(), notified())
	plain := notified()
	plain.Sign = nil
	for _, n := range []gatewaytest.Notifications{notified(), plain} {
		if err := gatewaytest.VerifyVerifier(rightVerifier(), n); err != nil {
			t.Error(err)
		}
	}
}

// P16: notifications that show too little are refused with what to add, before a law is asked.
func TestP16_Notifications(t *testing.T) {
	for field, change := range map[string]func(*gatewaytest.Notifications){
		"samples":                       func(n *gatewaytest.Notifications) { n.Samples = n.Samples[:2] },
		"samples[0].body":               func(n *gatewaytest.Notifications) { n.Samples[0].Body = nil },
		"samples[1].hints[1].payment":   func(n *gatewaytest.Notifications) { n.Samples[1].Hints[1].Payment = "" },
		"secrets":                       func(n *gatewaytest.Notifications) { n.Secrets = nil },
		"samples, without hints at all": func(n *gatewaytest.Notifications) { n.Samples = n.Samples[2:] },
	} {
		n := notified()
		change(&n)
		var wrong *order.FieldError
		if err := gatewaytest.VerifyVerifier(rightVerifier(), n); !errors.As(err, &wrong) || order.Locate(nil, "", wrong).Field != strings.Split(field, ",")[0] {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := gatewaytest.VerifyVerifier(nil, notified()); err == nil {
		t.Error("no verifier is taken")
	}
}

// verifying makes a verifier of a function.
type verifying func(h http.Header, body []byte) ([]gateway.Hint, error)

func (v verifying) Verify(_ context.Context, h http.Header, body []byte) ([]gateway.Hint, error) {
	return v(h, body)
}

// wrongVerifiers break a law each.
func wrongVerifiers() []struct {
	law, what string
	v         gateway.Verifier
} {
	right := rightVerifier()
	first := true
	busy := new(sync.Mutex)
	return []struct {
		law, what string
		v         gateway.Verifier
	}{
		{"accepted", "the first hint alone", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			hints, err := right.Verify(context.Background(), h, body)
			return hints[:min(1, len(hints))], err
		})},
		{"accepted", "what comes twice refused", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			if !first {
				return nil, errors.New("it has come before")
			}
			first = false
			return right.Verify(context.Background(), h, body)
		})},
		{"accepted", "one call at a time", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			if !busy.TryLock() {
				return nil, errors.New("busy")
			}
			defer busy.Unlock()
			time.Sleep(time.Millisecond)
			return right.Verify(context.Background(), h, body)
		})},
		{"not ours", "what it does not know taken for forged", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			hints, err := right.Verify(context.Background(), h, body)
			if errors.Is(err, gateway.ErrNotOurs) {
				err = errors.New("an unknown kind of notification")
			}
			return hints, err
		})},
		{"not ours", "a hint without a payment", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			hints, err := right.Verify(context.Background(), h, body)
			if errors.Is(err, gateway.ErrNotOurs) {
				return []gateway.Hint{{}}, nil
			}
			return hints, err
		})},
		{"not ours", "nothing at all", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			hints, err := right.Verify(context.Background(), h, body)
			if errors.Is(err, gateway.ErrNotOurs) {
				err = nil
			}
			return hints, err
		})},
		{"body", "no check", verifying(func(_ http.Header, body []byte) ([]gateway.Hint, error) { return about(body) })},
		{"body", "a kind that is read before the signature", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			if _, err := about(body); errors.Is(err, gateway.ErrNotOurs) {
				return nil, err
			}
			return right.Verify(context.Background(), h, body)
		})},
		{"body", "a signature of what was decoded", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			return right.Verify(context.Background(), h, []byte(strings.TrimSpace(string(body))))
		})},
		{"body", "a signature of its end", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			for _, s := range notified().Samples {
				if n := min(len(body), len(s.Body), 60); len(body) == len(s.Body) && string(body[len(body)-n:]) == string(s.Body[len(s.Body)-n:]) {
					return about(s.Body)
				}
			}
			return right.Verify(context.Background(), h, body)
		})},
		{"header", "taken without a header", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			if h.Get(signature) == "" {
				return about(body)
			}
			return right.Verify(context.Background(), h, body)
		})},
		{"header", "the first half of a signature compared", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			want := sign(body, now, "new").Get(signature)
			if got := h.Get(signature); len(got) != len(want) || got[:len(want)/2] != want[:len(want)/2] {
				return nil, errForged
			}
			return about(body)
		})},
		{"header", "any signature that was once right", verifying(func(h http.Header, body []byte) ([]gateway.Hint, error) {
			for _, s := range notified().Samples {
				if h.Get(signature) == s.Header.Get(signature) {
					return about(body)
				}
			}
			return nil, errForged
		})},
		{"age", "any age", verifier{secrets: right.secrets, age: 1 << 62}},
		{"age", "a day", verifier{secrets: right.secrets, age: 24 * time.Hour}},
		{"secrets", "one secret", verifier{secrets: right.secrets[:1], age: right.age}},
		{"retired", "a secret that was retired", verifier{secrets: []string{"new", "old", "leaked"}, age: right.age}},
		{"retired", "a secret that is empty", verifier{secrets: []string{"new", "old", ""}, age: right.age}},
	}
}

// TestP16_VerifierLawsCatch: beside every law stand verifiers that break it, and are caught by
// it and named.
func TestP16_VerifierLawsCatch(t *testing.T) {
	caught := map[string]int{}
	for i, flaw := range wrongVerifiers() {
		for _, law := range gatewaytest.VerifierLaws() {
			if law.Name != flaw.law {
				continue
			}
			if law.Holds(wrongVerifiers()[i].v, notified()) == nil {
				t.Errorf("the law %q does not catch a verifier with %s", flaw.law, flaw.what)
			}
			caught[law.Name]++
		}
		var broken *ordertest.LawError
		if err := gatewaytest.VerifyVerifier(flaw.v, notified()); !errors.As(err, &broken) {
			t.Errorf("a verifier with %s passes: %v", flaw.what, err)
		} else if text := broken.Error(); strings.Contains(text, "leaked") || !strings.Contains(text, fmt.Sprint(len(notified().Samples))) {
			t.Errorf("%s: %s", flaw.what, text)
		}
	}
	for _, law := range gatewaytest.VerifierLaws() {
		if caught[law.Name] == 0 {
			t.Errorf("no verifier breaks the law %q", law.Name)
		}
	}
}

// P16: a verifier that panics breaks the law that it was asked for.
func TestP16_VerifierPanics(t *testing.T) {
	err := gatewaytest.VerifyVerifier(verifying(func(http.Header, []byte) ([]gateway.Hint, error) { panic("no secret is set") }), notified())
	if err == nil || !strings.Contains(err.Error(), "no secret is set") {
		t.Error(err)
	}
}
