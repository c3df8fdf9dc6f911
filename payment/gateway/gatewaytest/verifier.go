package gatewaytest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
	"pgregory.net/rapid"
)

// Signed is a notification as the provider sends it.
type Signed struct {
	Header http.Header // those that prove it, and no others: each is dropped and changed
	Body   []byte
	Hints  []gateway.Hint // what it is about; none: it is sound, but not ours
}

// Notifications are what a [gateway.Verifier] is checked with: what the provider has signed, and
// how its fake signs.
type Notifications struct {
	// Samples are signed so that the verifier takes them now. At least one has hints, and at
	// least one has none.
	Samples []Signed
	// Sign returns the headers of a body that is signed at a time with a secret. Nil: the laws of
	// age and secrets are skipped.
	Sign    func(body []byte, at time.Time, secret string) http.Header
	At      time.Time     // what the verifier's clock shows; zero: time.Now
	Age     time.Duration // how old a signature is at the most; zero: it has no time
	Secrets []string      // which the verifier knows; the laws of secrets want two
	Retired []string      // which it knew, and no longer does
}

// Check reports samples with which not every law can be checked, as an [*order.FieldError].
func (n Notifications) Check() error {
	ours, others := false, false
	for i, s := range n.Samples {
		if len(s.Body) == 0 {
			return order.Invalid(fmt.Sprintf("samples[%d].body", i), "", "is empty")
		}
		for j, h := range s.Hints {
			if err := h.Check(); err != nil {
				return order.Within(fmt.Sprintf("samples[%d].hints[%d]", i, j), err)
			}
		}
		ours, others = ours || len(s.Hints) > 0, others || len(s.Hints) == 0
	}
	switch {
	case !ours:
		return order.Invalid("samples", "", "has none with hints: add one of a payment")
	case !others:
		return order.Invalid("samples", "", "has none without hints: add one of a kind that says nothing of a payment")
	case n.Sign != nil && len(n.Secrets) == 0:
		return order.Invalid("secrets", "", "is required: Sign signs with them")
	}
	return nil
}

// now is what the verifier's clock shows.
func (n Notifications) now() time.Time {
	if n.At.IsZero() {
		return time.Now()
	}
	return n.At
}

// VerifierLaw is one promise of a [gateway.Verifier].
type VerifierLaw = ordertest.Law[gateway.Verifier, Notifications]

// VerifierLaws returns what a verifier promises, law by law. Those of age and secrets keep what
// [Notifications] cannot show.
func VerifierLaws() []VerifierLaw {
	return []VerifierLaw{
		{Name: "accepted", Says: "a sound notification has its hints, as often as it comes", Holds: verifierAccepted},
		{Name: "not ours", Says: "a sound notification without a hint is ErrNotOurs", Holds: verifierNotOurs},
		{Name: "body", Says: "a body is refused that is changed by a byte, shortened or made longer", Holds: verifierBody},
		{Name: "header", Says: "a header that is dropped, changed, or of another body is refused", Holds: verifierHeader},
		{Name: "age", Says: "a signature that is too old is refused", Holds: verifierAge},
		{Name: "secrets", Says: "each secret that is known is taken", Holds: verifierSecrets},
		{Name: "retired", Says: "a secret that is no longer known is refused, and an empty one", Holds: verifierRetired},
	}
}

// TestVerifier checks that v keeps every law of [VerifierLaws], each in a subtest of its own. A
// law that n has not what it takes is skipped.
func TestVerifier(t *testing.T, v gateway.Verifier, n Notifications) {
	t.Helper()
	if err := n.Check(); err != nil {
		t.Fatal(err)
	}
	for _, law := range VerifierLaws() {
		t.Run(law.Name, func(t *testing.T) {
			if lacks := n.lacks(law.Name); lacks != "" {
				t.Skip("not checked: the notifications have no " + lacks)
			}
			if err := verifierSuite(n, law).Verify(v, 1); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// VerifyVerifier checks the same, for a program. The error is a [*ordertest.LawError] for the
// first law that is broken, or says what is wrong with n.
func VerifyVerifier(v gateway.Verifier, n Notifications) error {
	if err := n.Check(); err != nil {
		return err
	}
	return verifierSuite(n, VerifierLaws()...).Verify(v, 1)
}

func verifierSuite(n Notifications, laws ...VerifierLaw) ordertest.Suite[gateway.Verifier, Notifications] {
	shown := func(n Notifications) string {
		return fmt.Sprintf("%d samples and %d secrets", len(n.Samples), len(n.Secrets))
	} // no secret
	return ordertest.Suite[gateway.Verifier, Notifications]{Laws: laws, Drawn: rapid.Just(n), Shown: shown}
}

// lacks is what a law takes that n has not; empty: it has it.
func (n Notifications) lacks(law string) string {
	switch {
	case !slices.Contains([]string{"age", "secrets", "retired"}, law):
	case n.Sign == nil:
		return "Sign"
	case law == "age" && n.Age <= 0:
		return "Age"
	case law == "secrets" && len(n.Secrets) < 2:
		return "second of Secrets"
	case law == "retired" && len(n.Retired) == 0:
		return "Retired"
	}
	return ""
}

// verify asks v of copies.
func verify(v gateway.Verifier, header http.Header, body []byte) ([]gateway.Hint, error) {
	return v.Verify(ctx, header.Clone(), bytes.Clone(body))
}

// refused reports what v takes that is not sound, though it says that it is not ours.
func refused(v gateway.Verifier, header http.Header, body []byte) error {
	hints, err := verify(v, header, body)
	switch {
	case err == nil:
		return fmt.Errorf("it is taken, with the hints %v", hints)
	case errors.Is(err, gateway.ErrNotOurs):
		return fmt.Errorf("it is said to be sound: %w", err)
	}
	return nil
}

// taken reports what v does not take that is sound.
func taken(v gateway.Verifier, header http.Header, s Signed) error {
	hints, err := verify(v, header, s.Body)
	switch {
	case len(s.Hints) == 0 && errors.Is(err, gateway.ErrNotOurs):
		return nil
	case err != nil:
		return err
	case len(s.Hints) == 0:
		return fmt.Errorf("it has the hints %v, where none is ours", hints)
	case !slices.Equal(hints, s.Hints):
		return fmt.Errorf("it has the hints %v, where %v are meant", hints, s.Hints)
	}
	return nil
}

// each checks every sample, and says which it was.
func (n Notifications) each(check func(Signed) error) error {
	for i, s := range n.Samples {
		if err := check(s); err != nil {
			return fmt.Errorf("samples[%d]: %w", i, err)
		}
	}
	return nil
}

func verifierAccepted(v gateway.Verifier, n Notifications) error {
	return n.each(func(s Signed) error {
		if len(s.Hints) == 0 {
			return nil
		}
		if err := cmp.Or(taken(v, s.Header, s), taken(v, s.Header, s)); err != nil {
			return err
		}
		errs := together(slices.Repeat([]func() error{func() error { return taken(v, s.Header, s) }}, 6)...)
		return cmp.Or(errs...)
	})
}

func verifierNotOurs(v gateway.Verifier, n Notifications) error {
	return n.each(func(s Signed) error {
		if len(s.Hints) > 0 {
			return nil
		}
		return taken(v, s.Header, s)
	})
}

// otherwise is a byte that is another, in no alphabet in which signatures are written.
func otherwise(b byte) byte {
	if b == '~' {
		return '!'
	}
	return '~'
}

func verifierBody(v gateway.Verifier, n Notifications) error {
	const most = 256
	return n.each(func(s Signed) error {
		length := len(s.Body)
		for i := range min(length, most) {
			at := i
			if length > most {
				at = i * (length - 1) / (most - 1)
			}
			changed := bytes.Clone(s.Body)
			changed[at] = otherwise(changed[at])
			if err := refused(v, s.Header, changed); err != nil {
				return fmt.Errorf("byte %d is changed: %w", at, err)
			}
		}
		for what, body := range map[string][]byte{
			"its last byte is dropped": s.Body[:length-1], "nothing is left of it": nil,
			"a space is before it": slices.Concat([]byte(" "), s.Body), "a line ends it": slices.Concat(s.Body, []byte("\n")),
		} {
			if err := refused(v, s.Header, body); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
		}
		return nil
	})
}

func verifierHeader(v gateway.Verifier, n Notifications) error {
	return n.each(func(s Signed) error {
		for name := range s.Header {
			for what, changed := range headersLike(s.Header, name) {
				if err := refused(v, changed, s.Body); err != nil {
					return fmt.Errorf("%s is %s: %w", name, what, err)
				}
			}
		}
		for i, other := range n.Samples {
			if len(s.Header) == 0 || bytes.Equal(other.Body, s.Body) {
				continue
			}
			if err := refused(v, other.Header, s.Body); err != nil {
				return fmt.Errorf("it is signed as samples[%d]: %w", i, err)
			}
		}
		return nil
	})
}

// headersLike are headers of which one is not as it was.
func headersLike(h http.Header, name string) map[string]http.Header {
	dropped, value := h.Clone(), h.Get(name)
	dropped.Del(name)
	like := map[string]http.Header{"dropped": dropped}
	set := func(what, value string) {
		changed := h.Clone()
		changed.Set(name, value)
		like[what] = changed
	}
	set("empty", "")
	set("changed throughout", string(bytes.Map(func(r rune) rune { return rune(otherwise(byte(r))) }, []byte(value))))
	for _, at := range []int{len(value) / 4, len(value) / 2, len(value) * 3 / 4, len(value) - 5} {
		if at >= 0 && at < len(value) {
			b := []byte(value)
			b[at] = otherwise(b[at])
			set(fmt.Sprintf("changed in byte %d", at), string(b))
		}
	}
	return like
}

func verifierAge(v gateway.Verifier, n Notifications) error {
	if n.lacks("age") != "" {
		return nil
	}
	return n.each(func(s Signed) error {
		secret := n.Secrets[0]
		if err := taken(v, n.Sign(s.Body, n.now(), secret), s); err != nil {
			return fmt.Errorf("signed now: %w", err)
		}
		for _, old := range []time.Duration{n.Age + time.Minute, n.Age + 24*time.Hour, n.Age + 400*24*time.Hour} {
			if err := refused(v, n.Sign(s.Body, n.now().Add(-old), secret), s.Body); err != nil {
				return fmt.Errorf("signed %s ago: %w", old, err)
			}
		}
		return nil
	})
}

func verifierSecrets(v gateway.Verifier, n Notifications) error {
	if n.lacks("secrets") != "" {
		return nil
	}
	return n.each(func(s Signed) error {
		for i, secret := range n.Secrets {
			if err := taken(v, n.Sign(s.Body, n.now(), secret), s); err != nil {
				return fmt.Errorf("signed with secrets[%d]: %w", i, err)
			}
		}
		return nil
	})
}

func verifierRetired(v gateway.Verifier, n Notifications) error {
	if n.lacks("retired") != "" {
		return nil
	}
	return n.each(func(s Signed) error {
		if err := taken(v, n.Sign(s.Body, n.now(), n.Secrets[0]), s); err != nil {
			return fmt.Errorf("signed with secrets[0]: %w", err)
		}
		for i, secret := range n.Retired {
			if err := refused(v, n.Sign(s.Body, n.now(), secret), s.Body); err != nil {
				return fmt.Errorf("signed with retired[%d]: %w", i, err)
			}
		}
		if err := refused(v, n.Sign(s.Body, n.now(), ""), s.Body); err != nil {
			return fmt.Errorf("signed with an empty secret: %w", err)
		}
		return nil
	})
}
