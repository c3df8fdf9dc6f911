package desk_test

import (
	"context"
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// meddling is a gateway at which something happens while it charges.
type meddling struct {
	*inmem.Gateway
	meanwhile func()
}

func (g meddling) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := g.Gateway.Charge(ctx, c)
	g.meanwhile()
	return out, err
}

// What a payment remembers of its own hold decides nothing where somebody else has moved it
// meanwhile: the commit finds out, and it is read again (P16).
func TestP16_MovedWhileItIsCharged(t *testing.T) {
	cancels := func(d *desk.Desk) error {
		return second(d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: payment.Request{Key: "k", Customer: "c1"}.Payment()}))
	}
	hints := func(d *desk.Desk) error {
		return second(d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: payment.Request{Key: "k", Customer: "c1"}.Payment()}))
	}
	for _, x := range []struct {
		name      string
		meanwhile func(*desk.Desk) error
		says      gateway.Status
		want      payment.PaymentState
	}{
		{"settled", hints, gateway.StatusCaptured, payment.PaymentSucceeded},
		{"released", hints, gateway.StatusDeclined, payment.PaymentFailed},
		{"canceled, and was captured", cancels, gateway.StatusCaptured, payment.PaymentSucceeded},
		{"canceled, and was declined", cancels, gateway.StatusDeclined, payment.PaymentFailed},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newHost(t)
			r.place("", draftFor("a", 1000))
			r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: x.says} }
			other := *r.d
			moved := 0
			r.d.Gateways = map[string]gateway.Gateway{"g": meddling{r.g, func() { moved++; r.must(x.meanwhile(&other)) }}}
			p := r.pay("k", payment.MethodOnline, nil, "a")
			if p.State != x.want || r.payment(p.ID).State != x.want || moved != 1 {
				t.Errorf("returned %s, stored %s, want %s", p.State, r.payment(p.ID).State, x.want)
			}
			r.audit()
		})
	}
}
