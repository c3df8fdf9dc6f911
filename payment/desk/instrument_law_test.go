package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// saysLast is a gateway that remembers what it last said of each charge.
type saysLast struct {
	*inmem.Gateway
	said map[string]gateway.Status
}

func (g saysLast) note(c gateway.Charge, out gateway.Outcome, err error) (gateway.Outcome, error) {
	g.said[c.Key] = out.Status
	return out, err
}

func (g saysLast) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := g.Gateway.Charge(ctx, c)
	return g.note(c, out, err)
}

func (g saysLast) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := g.Gateway.Lookup(ctx, c)
	return g.note(c, out, err)
}

func (g saysLast) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := g.Gateway.Cancel(ctx, c)
	return g.note(c, out, err)
}

// Over drawn histories of a bill and a resource: no second try of either begins while one is open, here
// or at a gateway that can cancel; and no instrument is charged more often than the policy says (P19).
func TestP19_OneTryAtATime(t *testing.T) {
	second, asked, ended := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		r, made := owing(t)
		g := saysLast{r.g, make(map[string]gateway.Status)}
		r.d.Gateways["g"] = g
		cancels := rapid.Bool().Draw(rt, "the gateway cancels")
		if !cancels {
			plain(r)
		}
		r.g.Promises.Action = rapid.SampledFrom([]time.Duration{0, time.Hour, day}).Draw(rt, "action")
		r.p.HoldAbsent = rapid.SampledFrom([]time.Duration{0, time.Hour, 40 * time.Hour}).Draw(rt, "hold")
		r.p.BillTries = rapid.SampledFrom([][]time.Duration{nil, {time.Hour}, {10 * time.Minute, 6 * time.Hour}}).Draw(rt, "tries")
		r.p.InstrumentTries = rapid.IntRange(2, 9).Draw(rt, "most tries")
		r.p.RenewBy = []payment.Method{payment.MethodOnline}
		r.p.Renewal.Attempts = renewal.Attempts{Days: []int{-1}, Daily: true, Clock: 3 * time.Hour}
		r.adopt(resourceOf("x1", "vm"))
		r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
		status := gateway.StatusCaptured
		spent := false
		known := make(map[string]bool)
		r.answer = func(c gateway.Charge) gateway.Outcome {
			if !known[c.Key] {
				known[c.Key] = true
				now := r.payment(c.Payment)
				for _, p := range r.s.All("c1").Payments {
					renewed := p.Bill == "" && p.State == payment.PaymentSucceeded // the time before
					if p.ID == now.ID || !p.Absent || p.Bill != now.Bill || renewed {
						continue
					}
					second++
					if !p.State.Final() || cancels && g.said[p.Key] != gateway.StatusDeclined && g.said[p.Key] != gateway.StatusCanceled {
						rt.Errorf("payment %s begins, and %s is %s, at the gateway %q", now.ID, p.ID, p.State, g.said[p.Key])
					}
				}
			}
			switch status {
			case gateway.StatusAction:
				asked++
				return gateway.Outcome{Status: status, Action: "https://bank.example/3ds"}
			case gateway.StatusDeclined:
				return gateway.Outcome{Status: status, Text: "no", Spent: spent}
			case gateway.StatusProcessing:
				return gateway.Outcome{Status: status}
			}
			return gateway.Outcome{}
		}
		words := []gateway.Status{gateway.StatusAction, gateway.StatusAction, gateway.StatusDeclined, gateway.StatusDeclined, gateway.StatusProcessing, gateway.StatusCaptured}
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			status, spent = rapid.SampledFrom(words).Draw(rt, "says"), rapid.IntRange(0, 9).Draw(rt, "spent") == 0
			r.clock.Move(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, time.Hour, 6 * time.Hour, day}).Draw(rt, "later"))
			r.sweep()
		}
		for _, x := range r.s.All("c1").Instruments {
			if len(x.Tries) > r.p.InstrumentTries {
				rt.Errorf("%d tries in 30 days, and at most %d", len(x.Tries), r.p.InstrumentTries)
			}
		}
		status = gateway.StatusCaptured
		for range 60 {
			r.clock.Move(day)
			r.own = other
			r.sweep()
		}
		if bill := r.onlyBill(); bill.State == payment.BillPaid {
			ended++
		} else {
			rt.Errorf("%s after %s, the bill is %s", made, r.clock.Now(), bill.State)
		}
		r.audit()
	})
	if testing.Short() {
		return
	}
	if second < 50 || asked < 50 || ended < 50 {
		t.Errorf("%d second tries, asked %d times, %d bills paid in the end: too few", second, asked, ended)
	}
}
