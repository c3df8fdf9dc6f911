package stripe_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// kind is the kind of an event.
func kind(t *testing.T, body []byte) string {
	t.Helper()
	var event struct{ Type string }
	if err := json.Unmarshal(body, &event); err != nil {
		t.Fatal(err)
	}
	return event.Type
}

// eventful returns a place, and the events of all that can happen to a charge and its refunds.
func eventful(t *testing.T) (*place, [][]byte) {
	t.Helper()
	p, c, f := paid(t, 500)
	returns(t, p.Refund, f, gateway.StatusCaptured)
	p.api.EndRefund(f.Key, "failed")
	p.api.Dispute(c.Key, 100)
	p.api.Win(c.Key)
	hosted := c
	hosted.Key, hosted.Instrument = "k2", ""
	says(t, p.Charge, hosted, gateway.StatusAction)
	p.api.Pay("k2", fake.CardProcesses)
	p.api.Decide("k2", false)
	hosted.Key = "k3"
	says(t, p.Charge, hosted, gateway.StatusAction)
	says(t, p.Cancel, hosted, gateway.StatusCanceled)
	return p, p.api.Events()
}

// P16: a notification of Stripe's is taken where it is signed with one of two secrets, at most 5
// minutes ago, and says which payment and refund it is about.
func TestP16_Verifier(t *testing.T) {
	p, events := eventful(t)
	now := time.Now()
	n := gatewaytest.Notifications{Sign: fake.Sign, Age: 5 * time.Minute, Secrets: p.Secrets, Retired: []string{"whsec_retired"}}
	var kinds []string
	for _, body := range append(events, []byte(`{"object":"event","type":"payout.paid","api_version":"2019-12-03","data":{"object":{"id":"po_1"}}}`)) {
		hint := gateway.Hint{Customer: "c-7", Payment: "p-k1"}
		switch k := kind(t, body); {
		case strings.Contains(k, "refund"):
			hint.Refund = "R-1"
			fallthrough
		default:
			kinds = append(kinds, k)
		}
		signed := gatewaytest.Signed{Header: fake.Sign(body, now, p.Secrets[0]), Body: body, Hints: []gateway.Hint{hint}}
		if kind(t, body) == "payout.paid" {
			signed.Hints = nil
		}
		n.Samples = append(n.Samples, signed)
	}
	for _, want := range []string{"payment_intent.succeeded", "refund.failed", "charge.refund.updated", "charge.dispute.created", "charge.dispute.closed",
		"checkout.session.completed", "checkout.session.expired", "payment_intent.processing", "payment_intent.payment_failed"} {
		if !slices.Contains(kinds, want) {
			t.Errorf("no event is %s: %v", want, kinds)
		}
	}
	gatewaytest.TestVerifier(t, p.Gateway, n)
}

// verify verifies a body that is signed now.
func (p *place) verify(body string) ([]gateway.Hint, error) {
	return p.Verify(ctx, fake.Sign([]byte(body), time.Now(), p.Secrets[0]), []byte(body))
}

// P16: what is sound and of another system, made by hand, or of a kind that tells nothing is not ours,
// whatever version of the API it has; what is no event of this kind of endpoint too.
func TestP16_NotOurs(t *testing.T) {
	p := open()
	for name, body := range map[string]string{
		"no metadata":        `{"object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","metadata":{}}}}`,
		"metadata of others": `{"object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","metadata":{"customer":"c-7","payment":"p-1"}}}}`,
		"no customer":        `{"object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","metadata":{"duebook_payment":"p-1"}}}}`,
		"IDs that are none":  `{"object":"event","type":"payment_intent.succeeded","data":{"object":{"metadata":{"duebook_payment":"p\n1","duebook_customer":"c"}}}}`,
		"refund by hand":     `{"object":"event","type":"refund.created","data":{"object":{"id":"re_1","metadata":{}}}}`,
		"another kind":       `{"object":"event","type":"charge.succeeded","data":{"object":{"metadata":{"duebook_payment":"p-1","duebook_customer":"c-7"}}}}`,
		"dispute of nothing": `{"object":"event","type":"charge.dispute.created","data":{"object":{"id":"dp_1","payment_intent":null}}}`,
		"dispute of others":  `{"object":"event","type":"charge.dispute.created","data":{"object":{"id":"dp_1","payment_intent":"pi_none"}}}`,
		"thin event":         `{"object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","data":{}}`,
	} {
		if hints, err := p.verify(body); !errors.Is(err, gateway.ErrNotOurs) {
			t.Errorf("%s: %v, %v", name, hints, err)
		}
	}
	for name, body := range map[string]string{"no JSON": `paid`, "no object": `{"object":"event","type":"payment_intent.succeeded","data":{"object":7}}`} {
		if hints, err := p.verify(body); err == nil || errors.Is(err, gateway.ErrNotOurs) || errors.Is(err, gateway.ErrUnchecked) {
			t.Errorf("%s: %v, %v", name, hints, err)
		}
	}
}

// P16: a dispute names no payment: Stripe is asked, and where it does not answer the notification
// comes again.
func TestP16_DisputeUnchecked(t *testing.T) {
	p, c, _ := paid(t, 1200)
	p.api.Events()
	p.api.Dispute(c.Key, 100)
	body := p.api.Events()[0]
	for _, fault := range faults {
		p.api.Fault = func(*http.Request) fake.Fault { return fault }
		if hints, err := p.verify(string(body)); !errors.Is(err, gateway.ErrUnchecked) {
			t.Errorf("%s: %v, %v", fault, hints, err)
		}
	}
	p.api.Fault = nil
	hints, err := p.verify(string(body))
	if want := []gateway.Hint{{Customer: c.Customer, Payment: order.PaymentID("p-k1")}}; err != nil || !slices.Equal(hints, want) {
		t.Errorf("%v, %v", hints, err)
	}
}

// P16: without a secret nothing is sound, and an empty one is none.
func TestP16_NoSecret(t *testing.T) {
	body := []byte(`{"object":"event","type":"payout.paid"}`)
	for _, secrets := range [][]string{nil, {""}} {
		p := open()
		p.Secrets = secrets
		if hints, err := p.Verify(ctx, fake.Sign(body, time.Now(), ""), body); err == nil || errors.Is(err, gateway.ErrNotOurs) {
			t.Errorf("%v, %v", hints, err)
		}
	}
}

// P16: no notification, however it was signed, makes Verify panic, or name what is no payment.
func FuzzP16_Verify(f *testing.F) {
	f.Add(`{"object":"event","type":"refund.failed","data":{"object":{"metadata":{"duebook_payment":"p-1","duebook_customer":"c-7","duebook_refund":"R-1"}}}}`)
	f.Add(`{"object":"event","type":"charge.dispute.created","data":{"object":{"payment_intent":{"id":"pi_1"}}}}`)
	f.Add(`{"object":"event","type":"payment_intent.succeeded","data":null}`)
	p := open()
	f.Fuzz(func(t *testing.T, body string) {
		hints, err := p.verify(body)
		if err != nil && hints != nil || err == nil && len(hints) == 0 {
			t.Errorf("%v, %v", hints, err)
		}
		for _, hint := range hints {
			if err := hint.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}
