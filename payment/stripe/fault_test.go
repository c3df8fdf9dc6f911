package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

var faults = []fake.Fault{fake.FaultLostBefore, fake.FaultLostAfter, fake.Fault409, fake.Fault429, fake.Fault500Before, fake.Fault500After}

// failing has the n-th call from now fail, and counts all of them.
func (p *place) failing(n int, fault fake.Fault) *int {
	calls := new(int)
	p.api.Fault = func(*http.Request) fake.Fault {
		if *calls++; *calls == n {
			return fault
		}
		return fake.FaultNone
	}
	return calls
}

// story is a charge that is made, and how it ends.
type story struct {
	name  string
	open  func() *place
	begin func(p *place) gateway.Charge
	then  func(p *place, key string)
	want  gateway.Status
}

func stories() []story {
	by := func(card fake.Card, absent bool) func(*place) gateway.Charge {
		return func(p *place) gateway.Charge { return p.by("k1", card, absent) }
	}
	pays := func(p *place, key string) { p.api.Pay(key, fake.CardGood) }
	return []story{
		{"saved card", open, by(fake.CardGood, false), nil, gateway.StatusCaptured},
		{"saved card, nobody there", open, by(fake.CardGood, true), nil, gateway.StatusCaptured},
		{"declined", open, by("insufficient_funds", true), nil, gateway.StatusDeclined},
		{"confirmed at the bank", open, by(fake.CardAuthenticates, false), pays, gateway.StatusCaptured},
		{"page for who is not there", open, by(fake.CardAuthenticates, true), pays, gateway.StatusCaptured},
		{"checkout", open, func(*place) gateway.Charge { return charge("k1") }, pays, gateway.StatusCaptured},
		{"own page", openPage, func(*place) gateway.Charge { return charge("k1") }, pays, gateway.StatusCaptured},
	}
}

// P16: whichever call of a charge fails, before its effect or after, the answer is an error or right,
// a lookup never says anything false, and sent again the charge ends as it would have; money is
// taken once.
func TestP16_FaultAtEachCall(t *testing.T) {
	for _, s := range stories() {
		for _, fault := range faults {
			for n := 1; ; n++ {
				p := s.open()
				c := s.begin(p)
				calls := p.failing(n, fault)
				_, failed := p.Charge(ctx, c)
				met := *calls >= n
				p.api.Fault = nil
				if out, err := p.Lookup(ctx, c); err != nil || out.Status == gateway.StatusDeclined && s.want != gateway.StatusDeclined {
					t.Errorf("%s, call %d %s: looked up %+v, %v", s.name, n, fault, out, err)
				}
				out, err := p.Charge(ctx, c)
				if err == nil && s.then != nil {
					s.then(p, c.Key)
					out, err = p.Lookup(ctx, c)
				}
				if err != nil || out.Status != s.want {
					t.Errorf("%s, call %d %s (%v): ends %+v, %v", s.name, n, fault, failed, out, err)
				}
				if moves := p.api.Moves(); len(moves) > 1 || len(moves) == 0 == (s.want == gateway.StatusCaptured) {
					t.Errorf("%s, call %d %s: moved %v", s.name, n, fault, moves)
				}
				if !met {
					break
				}
			}
		}
	}
}

// P16: whichever call of a cancellation fails, sent again it cancels what was never seen, and what is
// open.
func TestP16_FaultAtEachCallOfCancel(t *testing.T) {
	for _, s := range stories() {
		for _, seen := range []bool{false, true} {
			for _, fault := range faults {
				for n := 1; ; n++ {
					p := s.open()
					c := s.begin(p)
					var first gateway.Outcome
					if seen {
						first, _ = p.Charge(ctx, c)
					}
					calls := p.failing(n, fault)
					_, _ = p.Cancel(ctx, c)
					met := *calls >= n
					p.api.Fault = nil
					out, err := p.Cancel(ctx, c)
					if again := first.Status == gateway.StatusCaptured || first.Status == gateway.StatusDeclined; err != nil || again && out.Status != first.Status {
						t.Errorf("%s, seen %t, call %d %s: %+v, %v", s.name, seen, n, fault, out, err)
					} else if ended := out.Status == gateway.StatusCanceled || out.Status == gateway.StatusDeclined; !again && (!ended || p.api.Pay(c.Key, fake.CardGood)) {
						t.Errorf("%s, seen %t, call %d %s: %+v, and it can be paid", s.name, seen, n, fault, out)
					}
					if !met {
						break
					}
				}
			}
		}
	}
}

// P16: a crash between making a charge and confirming it leaves it ready, not found nor declined.
func TestP16_CrashBeforeConfirm(t *testing.T) {
	p := open()
	c := p.by("k1", fake.CardGood, true)
	p.api.Fault = func(r *http.Request) fake.Fault {
		if strings.HasSuffix(r.URL.Path, "/confirm") {
			return fake.FaultLostBefore
		}
		return fake.FaultNone
	}
	if _, err := p.Charge(ctx, c); err == nil {
		t.Fatal("it is said to be decided")
	}
	p.api.Fault = nil
	says(t, p.Lookup, c, gateway.StatusReady)
	if len(p.api.Moves()) != 0 {
		t.Error("looking took money")
	}
	says(t, p.Charge, c, gateway.StatusCaptured)
}

// P16: a crash between a decline and its cancellation leaves a charge that another card could pay: it
// is ready to be ended, and not declined yet.
func TestP16_CrashBeforeCancel(t *testing.T) {
	p := open()
	c := p.by("k1", "generic_decline", false)
	p.api.Fault = func(r *http.Request) fake.Fault {
		if strings.HasSuffix(r.URL.Path, "/cancel") {
			return fake.FaultLostBefore
		}
		return fake.FaultNone
	}
	if out, err := p.Charge(ctx, c); err == nil {
		t.Fatalf("answered %+v", out)
	}
	p.api.Fault = nil
	says(t, p.Lookup, c, gateway.StatusReady)
	says(t, p.Charge, c, gateway.StatusDeclined)
}

// P16: a failure that Stripe repeats under a key for a day does not hold a charge up, nor lead to a
// second one: what came of it is looked for first.
func TestP16_BurntKey(t *testing.T) {
	for _, fault := range []fake.Fault{fake.Fault500Before, fake.Fault500After} {
		p := open()
		c := p.by("k1", fake.CardGood, true)
		p.api.Fault = func(r *http.Request) fake.Fault {
			if r.Method == http.MethodPost {
				return fault
			}
			return fake.FaultNone
		}
		if _, err := p.Charge(ctx, c); err == nil {
			t.Fatal("it is said to be decided")
		}
		p.api.Fault = nil
		says(t, p.Charge, c, gateway.StatusCaptured)
		if moves := p.api.Moves(); len(moves) != 1 {
			t.Errorf("moved %v", moves)
		}
	}
}

// P16: sent again when the key is long forgotten, money is not taken again, with a handle or without.
func TestP16_AfterTheKeysLife(t *testing.T) {
	for _, s := range stories() {
		p := s.open()
		c := s.begin(p)
		if _, err := p.Charge(ctx, c); err != nil {
			t.Fatal(err)
		}
		if s.then != nil {
			s.then(p, c.Key)
		}
		for _, by := range []time.Duration{25 * time.Hour, 90 * 24 * time.Hour} {
			p.api.Advance(by)
			says(t, p.Charge, c, s.want)
		}
		if moves := p.api.Moves(); len(moves) > 1 {
			t.Errorf("%s: moved %v", s.name, moves)
		}
	}
}

// P16: a charge is found among others of its customer on pages of a hundred, and one of another
// customer is not.
func TestP16_FoundOnLaterPages(t *testing.T) {
	p := open()
	first := p.by("first", fake.CardGood, true)
	says(t, p.Charge, first, gateway.StatusCaptured)
	for i := range 205 {
		c := first
		c.Key = fmt.Sprintf("k%d", i)
		says(t, p.Charge, c, gateway.StatusCaptured)
	}
	says(t, p.Lookup, first, gateway.StatusCaptured)
	first.Customer = "c-8"
	says(t, p.Lookup, first, gateway.StatusNotFound)
}

// P16: Stripe's refusals by what is certain: a charge that it refuses before it makes anything is
// declined at once, with why, and stays so.
func TestP16_RefusedForCertain(t *testing.T) {
	p := open()
	p.Settles = currency(t, "GBP") // in another currency than the charge's nothing is refused beforehand
	c := charge("k1")
	c.Amount = order.Minor(49, order.EUR)
	if out := says(t, p.Charge, c, gateway.StatusDeclined); out.Text != "Stripe refuses it: amount too small" {
		t.Errorf("%+v", out)
	}
	says(t, p.Lookup, c, gateway.StatusNotFound)
	says(t, p.Charge, c, gateway.StatusDeclined)
	says(t, p.Cancel, c, gateway.StatusNotFound)

	late := charge("k2") // no page is opened for less than half an hour
	p.api.Advance(23 * time.Hour)
	says(t, p.Charge, late, gateway.StatusDeclined)
}

// P16: a charge that Stripe refuses to confirm would stay open: it is canceled, and says why.
func TestP16_RefusedConfirmation(t *testing.T) {
	p := open()
	c := p.by("k1", fake.CardGood, false)
	p.api.Fault = func(r *http.Request) fake.Fault {
		if strings.HasSuffix(r.URL.Path, "/confirm") {
			p.api.Remove(string(c.Instrument)) // between the look and this
		}
		return fake.FaultNone
	}
	out := says(t, p.Charge, c, gateway.StatusDeclined)
	if out.Text != "Stripe refuses it: resource missing" || p.api.Status("k1") != "canceled" {
		t.Errorf("%+v, and it is %s", out, p.api.Status("k1"))
	}
	says(t, p.Lookup, c, gateway.StatusDeclined)
}

// Each answer is a refusal that is certain, a decline, or nothing that is known.
func TestP16_Statuses(t *testing.T) {
	for _, row := range []struct {
		status   int
		kind     string
		code     string
		declined bool
	}{
		{400, "invalid_request_error", "amount_too_small", true}, {400, "invalid_request_error", "parameter_invalid_integer", true},
		{400, "invalid_request_error", "", true}, {404, "invalid_request_error", "resource_missing", true},
		{400, "idempotency_error", "", false}, {400, "invalid_request_error", "rate_limit", false}, {400, "invalid_request_error", "lock_timeout", false},
		{400, "api_error", "", false}, {401, "invalid_request_error", "api_key_expired", false}, {403, "invalid_request_error", "", false},
		{409, "invalid_request_error", "idempotency_key_in_use", false}, {429, "invalid_request_error", "rate_limit", false},
		{500, "api_error", "", false}, {502, "", "", false}, {503, "api_error", "", false},
	} {
		p := open()
		p.HTTP = &http.Client{Transport: answering{p.api, row.status, row.kind, row.code}}
		out, err := p.Charge(ctx, charge("k1"))
		if row.declined != (err == nil && out.Status == gateway.StatusDeclined) {
			t.Errorf("%d %s %s: %+v, %v", row.status, row.kind, row.code, out, err)
		}
	}
}

// P19: no error has an instrument, a customer or a secret in it, whatever Stripe's own has; a context
// that has ended is said.
func TestP19_ErrorsNameNoInstrument(t *testing.T) {
	for _, fault := range faults {
		for n := 1; n <= 7; n++ {
			p := open()
			c := p.by("k1", fake.CardGood, true)
			p.failing(n, fault)
			_, err := p.Charge(ctx, c)
			if err == nil {
				continue
			}
			for _, secret := range []string{string(c.Instrument), atStripe(c.Customer), "sk_test"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("call %d %s: %v", n, fault, err)
				}
			}
		}
	}
	p := open()
	ended, stop := context.WithCancel(ctx)
	stop()
	if _, err := p.Charge(ended, charge("k1")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
