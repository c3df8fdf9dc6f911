package inmem_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

func eur(cents int64) order.Money { return order.Minor(cents, order.EUR) }

// says reports what a call of the gateway answers another status than is wanted.
func says(t *testing.T, what string, want gateway.Status) func(gateway.Outcome, error) gateway.Outcome {
	return func(out gateway.Outcome, err error) gateway.Outcome {
		t.Helper()
		if err != nil || out.Status != want {
			t.Errorf("%s: %+v, %v; want %s", what, out, err, want)
		}
		return out
	}
}

// seen reports another amount at the provider than is wanted.
func seen(t *testing.T, g *inmem.Gateway, key string, cents int64) {
	t.Helper()
	if units, digits, currency := g.Seen(key); units != cents || digits != 2 || currency != "EUR" {
		t.Errorf("of %s %d with %d digits of %q are seen, want %d cents", key, units, digits, currency, cents)
	}
}

// P16: what the provider decides later is looked up, in any sequence, until it is final.
func TestP16_Decide(t *testing.T) {
	ctx := context.Background()
	g := &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusProcessing} }}
	g.Decide("a", gateway.StatusAction) // before it is made
	if out := says(t, "made", gateway.StatusAction)(g.Charge(ctx, charge("a"))); out.Unclear() != nil {
		t.Errorf("an action at %q", out.Action)
	}
	says(t, "made without", gateway.StatusProcessing)(g.Charge(ctx, charge("b")))
	g.Decide("a", gateway.StatusProcessing)
	says(t, "on its way", gateway.StatusProcessing)(g.Lookup(ctx, charge("a")))
	g.Decide("a", gateway.StatusDeclined)
	if out := says(t, "declined", gateway.StatusDeclined)(g.Lookup(ctx, charge("a"))); out.Text == "" {
		t.Error("declined without a reason")
	}
	for _, as := range []gateway.Status{gateway.StatusCaptured, gateway.StatusReady, gateway.StatusProcessing} { // too late
		g.Decide("a", as)
		says(t, "declined", gateway.StatusDeclined)(g.Charge(ctx, charge("a")))
	}
	if moved := g.Ledger(); len(moved) != 0 {
		t.Errorf("moved %+v", moved)
	}
}

// P16: what is ready is completed by charging again, once; looking completes nothing, and what
// is canceled is not completed.
func TestP16_Ready(t *testing.T) {
	ctx, g := context.Background(), new(inmem.Gateway)
	for _, key := range []string{"a", "b"} {
		g.Decide(key, gateway.StatusReady)
		says(t, "made", gateway.StatusReady)(g.Charge(ctx, charge(key)))
		says(t, "looked up", gateway.StatusReady)(g.Lookup(ctx, charge(key)))
	}
	if moved := g.Ledger(); len(moved) != 0 {
		t.Errorf("moved %+v", moved)
	}
	first := says(t, "completed", gateway.StatusCaptured)(g.Charge(ctx, charge("a")))
	if again := says(t, "again", gateway.StatusCaptured)(g.Charge(ctx, charge("a"))); again != first {
		t.Errorf("%+v, and then %+v", first, again)
	}
	seen(t, g, "a", 1200)
	says(t, "canceled", gateway.StatusCanceled)(g.Cancel(ctx, charge("b")))
	says(t, "after", gateway.StatusCanceled)(g.Charge(ctx, charge("b")))
}

// P18: money that is taken back shows with how much in all, sinks when some comes again, and is
// captured once all has. What does not fit is not taken back.
func TestP18_Return(t *testing.T) {
	ctx, g := context.Background(), new(inmem.Gateway)
	was := says(t, "made", gateway.StatusCaptured)(g.Charge(ctx, charge("a")))
	for _, back := range []int64{500, 1200, 1, 0, 700} {
		g.Return("a", eur(back))
		want := was
		if back > 0 {
			want.Status, want.Back = gateway.StatusReversed, eur(back)
		}
		for _, call := range []func(context.Context, gateway.Charge) (gateway.Outcome, error){g.Lookup, g.Charge, g.Cancel} {
			if out, err := call(ctx, charge("a")); out != want || err != nil {
				t.Errorf("%d are gone: %+v, %v; want %+v", back, out, err, want)
			}
		}
	}
	g.Return("a", eur(1201))
	g.Return("a", eur(-1))
	g.Return("a", order.Minor(5, order.USD))
	if out, _ := g.Lookup(ctx, charge("a")); out.Back != eur(700) {
		t.Errorf("%s are gone", out.Back)
	}
	g.Return("none", eur(1))
	g.Decide("b", gateway.StatusProcessing)
	says(t, "made", gateway.StatusProcessing)(g.Charge(ctx, charge("b")))
	g.Return("b", eur(1))
	says(t, "not captured", gateway.StatusProcessing)(g.Lookup(ctx, charge("b")))
	seen(t, g, "a", 1200)
}

func refund(key string, cents int64) gateway.Refund {
	return gateway.Refund{Key: key, Charge: "a", Refund: order.RefundID(key), Payment: "a", Customer: "c-7", Amount: eur(cents)}
}

// P16: a refund can be on its way, be done, and come back; its amount is held all the while, and
// free once it has failed.
func TestP16_EndRefund(t *testing.T) {
	ctx, g := context.Background(), new(inmem.Gateway)
	says(t, "made", gateway.StatusCaptured)(g.Charge(ctx, charge("a")))
	says(t, "not sent", gateway.StatusNotFound)(g.LookupRefund(ctx, refund("r", 800)))
	g.EndRefund("r", gateway.StatusProcessing)
	says(t, "sent", gateway.StatusProcessing)(g.Refund(ctx, refund("r", 800)))
	says(t, "beside it", gateway.StatusDeclined)(g.Refund(ctx, refund("s", 800)))
	seen(t, g, "a", 1200)
	g.EndRefund("r", gateway.StatusCaptured)
	done := says(t, "done", gateway.StatusCaptured)(g.LookupRefund(ctx, refund("r", 800)))
	if done.Amount != eur(800) || done.Trade == "" || done.Reference != "a" {
		t.Errorf("done: %+v", done)
	}
	seen(t, g, "a", 400)
	g.EndRefund("r", gateway.StatusDeclined)
	says(t, "come back", gateway.StatusDeclined)(g.LookupRefund(ctx, refund("r", 800)))
	says(t, "sent again", gateway.StatusDeclined)(g.Refund(ctx, refund("r", 800)))
	seen(t, g, "a", 1200)
	g.EndRefund("r", gateway.StatusCaptured) // too late
	seen(t, g, "a", 1200)
	says(t, "another", gateway.StatusCaptured)(g.Refund(ctx, refund("t", 1200)))
	seen(t, g, "a", 0)
	g.EndRefund("s", gateway.StatusCaptured) // which was declined when it came
	says(t, "declined", gateway.StatusDeclined)(g.LookupRefund(ctx, refund("s", 800)))
}

// P19: a saved instrument is charged for the customer whose it is, and for nobody else.
func TestP19_Instruments(t *testing.T) {
	ctx, g := context.Background(), &inmem.Gateway{Instruments: map[order.Opaque]order.CustomerID{"card": "c-7"}}
	by := func(key string, c order.CustomerID, i order.Opaque) gateway.Charge {
		x := charge(key)
		x.Customer, x.Instrument, x.Absent = c, i, true
		return x
	}
	says(t, "known from the start", gateway.StatusCaptured)(g.Charge(ctx, by("a", "c-7", "card")))
	says(t, "another's", gateway.StatusDeclined)(g.Charge(ctx, by("b", "c-8", "card")))
	says(t, "unknown", gateway.StatusDeclined)(g.Charge(ctx, by("c", "c-7", "none")))
	says(t, "made for them", gateway.StatusCaptured)(g.Charge(ctx, by("d", "c-8", g.Instrument("c-8"))))
	x := charge("e")
	x.Keep = true
	kept := says(t, "kept", gateway.StatusCaptured)(g.Charge(ctx, x))
	says(t, "by what was kept", gateway.StatusCaptured)(g.Charge(ctx, by("f", "c-7", kept.Instrument)))
	says(t, "by what another kept", gateway.StatusDeclined)(g.Charge(ctx, by("g", "c-8", kept.Instrument)))
	if out, _ := g.Lookup(ctx, charge("a")); out.Instrument != "" {
		t.Errorf("an instrument is kept that nobody asked for: %q", string(out.Instrument))
	}
}

func ExampleGateway_Return() {
	ctx, g := context.Background(), new(inmem.Gateway)
	if _, err := g.Charge(ctx, charge("k1")); err != nil {
		fmt.Println(err)
	}
	g.Return("k1", order.Minor(500, order.EUR))
	out, err := g.Lookup(ctx, charge("k1"))
	fmt.Println(out.Status, out.Back, "of", out.Amount, err)
	// Output:
	// reversed 5.00 EUR of 12.00 EUR <nil>
}
