package stripe_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// paid returns a place where a charge was captured, and a refund of so many minor units of it.
func paid(t *testing.T, minor int64) (*place, gateway.Charge, gateway.Refund) {
	t.Helper()
	p := open()
	c := p.by("k1", fake.CardGood, true)
	out := says(t, p.Charge, c, gateway.StatusCaptured)
	return p, c, gateway.Refund{Gateway: "card", Key: "r1", Charge: c.Key, Trade: out.Trade, Customer: c.Customer, Payment: c.Payment, Refund: "R-1", Order: "CS1",
		Amount: order.Minor(minor, order.EUR)}
}

// returns fails unless a call answers with a status, and returns the outcome.
func returns(t *testing.T, call func(context.Context, gateway.Refund) (gateway.Outcome, error), f gateway.Refund, want gateway.Status) gateway.Outcome {
	t.Helper()
	out, err := call(ctx, f)
	if err != nil || out.Status != want {
		t.Fatalf("got %+v, %v, want %s", out, err, want)
	}
	return out
}

// P16: money is given back once for a key, also when the key is long forgotten; looking for a refund
// sends none.
func TestP16_RefundOnce(t *testing.T) {
	p, _, f := paid(t, 500)
	returns(t, p.LookupRefund, f, gateway.StatusNotFound)
	out := returns(t, p.Refund, f, gateway.StatusCaptured)
	if out.Amount != f.Amount || out.Reference != f.Payment || out.Trade != out.Handle || !strings.HasPrefix(out.Handle, "re_") {
		t.Errorf("%+v", out)
	}
	p.api.Advance(40 * 24 * time.Hour)
	for _, handle := range []string{"", out.Handle, "re_other"} {
		f.Handle = handle
		for _, again := range []gateway.Outcome{returns(t, p.Refund, f, gateway.StatusCaptured), returns(t, p.LookupRefund, f, gateway.StatusCaptured)} {
			if again != out {
				t.Errorf("%+v, and then %+v", out, again)
			}
		}
	}
	if n, _ := p.api.Taken("k1"); n != 700 {
		t.Errorf("%d are left", n)
	}
}

// P16: a refund that is pending is looked up as it ends, though Stripe answers under its key for a
// day that it is pending.
func TestP16_RefundPending(t *testing.T) {
	for end, want := range map[string]gateway.Status{"succeeded": gateway.StatusCaptured, "failed": gateway.StatusDeclined, "canceled": gateway.StatusDeclined, "requires_action": gateway.StatusProcessing} {
		p, _, f := paid(t, 1200)
		p.api.EndRefund("r1", "pending")
		f.Handle = returns(t, p.Refund, f, gateway.StatusProcessing).Handle
		returns(t, p.LookupRefund, f, gateway.StatusProcessing)
		p.api.EndRefund("r1", end)
		returns(t, p.LookupRefund, f, want)
		returns(t, p.Refund, f, want)
	}
}

// P17: a refund that failed after it was done is declined, with why; asked again with another key it
// is given back once more.
func TestP17_RefundCameBack(t *testing.T) {
	p, _, f := paid(t, 1200)
	returns(t, p.Refund, f, gateway.StatusCaptured)
	p.api.EndRefund("r1", "failed")
	if out := returns(t, p.LookupRefund, f, gateway.StatusDeclined); out.Text != "Stripe could not give it back: expired or canceled card" {
		t.Errorf("%+v", out)
	}
	f.Key = "r2"
	returns(t, p.Refund, f, gateway.StatusCaptured)
}

// P18: what Stripe does not give back is declined for certain: more than is left, what is disputed, what
// was never taken or is of another payment.
func TestP18_RefundDeclined(t *testing.T) {
	p, c, f := paid(t, 1201)
	returns(t, p.Refund, f, gateway.StatusDeclined)
	returns(t, p.LookupRefund, f, gateway.StatusNotFound)
	f.Amount = order.Minor(1200, order.EUR)
	for name, other := range map[string]gateway.Refund{"no trade": {Trade: "none"}, "no such trade": {Trade: "pi_none"}, "another payment's": {Trade: f.Trade, Payment: "p-2"}} {
		other.Key, other.Amount = "r-"+name, f.Amount
		returns(t, p.Refund, other, gateway.StatusDeclined)
		returns(t, p.LookupRefund, other, gateway.StatusNotFound)
	}
	p.api.Dispute(c.Key, 1200)
	if out := returns(t, p.Refund, f, gateway.StatusDeclined); out.Text != "Stripe refuses it: charge disputed" {
		t.Errorf("%+v", out)
	}
	mga := f
	mga.Key, mga.Amount = "r3", order.Minor(1, currency(t, "MGA"))
	returns(t, p.Refund, mga, gateway.StatusDeclined)
	if n, _ := p.api.Taken("k1"); n != 1200 {
		t.Errorf("%d are left", n)
	}
}

// P16: whichever call of a refund fails, sent again it is given back once.
func TestP16_FaultAtEachCallOfRefund(t *testing.T) {
	for _, fault := range faults {
		for n := 1; ; n++ {
			p, _, f := paid(t, 700)
			calls := p.failing(n, fault)
			_, _ = p.Refund(ctx, f)
			met := *calls >= n
			p.api.Fault = nil
			if _, err := p.LookupRefund(ctx, f); err != nil {
				t.Errorf("call %d %s: %v", n, fault, err)
			}
			returns(t, p.Refund, f, gateway.StatusCaptured)
			if left, _ := p.api.Taken("k1"); left != 500 {
				t.Errorf("call %d %s: %d are left", n, fault, left)
			}
			if !met {
				break
			}
		}
	}
}

// P18: a dispute takes money back, of which it says how much; won, all of that has come again. An
// inquiry takes nothing. What Stripe cannot say now is unknown.
func TestP18_Disputed(t *testing.T) {
	p, c, _ := paid(t, 1200)
	p.api.Inquire(c.Key)
	says(t, p.Lookup, c, gateway.StatusCaptured)
	for _, row := range []struct{ takes, back int64 }{{200, 200}, {300, 500}, {1000, 1200}} { // of a charge of 1200 no more is gone
		p.api.Dispute(c.Key, row.takes)
		if out := says(t, p.Lookup, c, gateway.StatusReversed); out.Back != order.Minor(row.back, order.EUR) || out.Amount != c.Amount || out.Trade == "" {
			t.Errorf("%+v", out)
		}
		says(t, p.Charge, c, gateway.StatusReversed)
		says(t, p.Cancel, c, gateway.StatusReversed)
	}
	p.api.Fault = func(r *http.Request) fake.Fault {
		if strings.HasSuffix(r.URL.Path, "/disputes") {
			return fake.Fault429
		}
		return fake.FaultNone
	}
	if out, err := p.Lookup(ctx, c); err == nil {
		t.Errorf("%+v", out)
	}
	p.api.Fault = nil
	p.api.Win(c.Key)
	if out := says(t, p.Lookup, c, gateway.StatusCaptured); out.Back.Sign() != 0 {
		t.Errorf("%+v", out)
	}
}
