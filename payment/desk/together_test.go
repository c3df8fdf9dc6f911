package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// An ID of renewals is one of a purchase: neither takes the other's (O6, P13).
func TestP13_RenewalsAndAPurchase(t *testing.T) {
	place := func(r *host) error {
		_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "both", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000)}})
		return err
	}
	renew := func(r *host) error {
		_, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "both", Resources: []order.ResourceID{"x1", "x2"}, Term: oneMonth()})
		return err
	}
	for name, calls := range map[string][2]func(*host) error{"renewed first": {renew, place}, "placed first": {place, renew}} {
		r := newHost(t)
		for _, x := range []order.ResourceID{"x1", "x2"} {
			r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf(x, "vm")}))
		}
		r.must(calls[0](r))
		var no *payment.Refusal
		if err := calls[1](r); !errors.As(err, &no) || no.Reason != payment.ReasonKey {
			t.Errorf("%s: %v", name, err)
		}
		r.audit()
	}
}

// unknowing is a gateway that says of a charge which it is to cancel what it says of it
// otherwise.
type unknowing struct{ *told }

func (g unknowing) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return g.Lookup(ctx, c)
}

// A charge whose key the gateway may have forgotten is for an operator, also where the
// customer cancels it: nothing is released (I3).
func TestI3_CanceledAfterTheKey(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{KeyLife: 24 * time.Hour, Flight: time.Minute}, gateway.StatusNotFound)
	r.d.Gateways["g"] = unknowing{g}
	r.clock.Move(25 * time.Hour)
	for range 2 {
		_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		r.clock.Move(5 * time.Second)
	}
	if s := r.payment(p.ID).State; s != payment.PaymentReview || r.order("a").State != order.StatePaying {
		t.Errorf("payment %s, order %s", s, r.order("a").State)
	}
}

// silent is a gateway that gives money back, and does not say so.
type silent struct {
	*told
	gave int64
	last time.Time
}

func (g *silent) Refund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if g.last.IsZero() || g.now().Sub(g.last) > g.traits.KeyLife {
		g.gave, g.last = g.gave+f.Amount.Minor(), g.now()
	}
	return gateway.Outcome{}, errors.New("no answer")
}

// Late money of which a refund has been sent goes back no second time, whatever the gateway
// says of the charge then (I3).
func TestI3_LateMoneyOnce(t *testing.T) {
	r := newHost(t)
	r.p.Waits = []time.Duration{time.Second, time.Hour}
	g := &silent{told: &told{traits: gateway.Traits{KeyLife: 24 * time.Hour, Flight: time.Second}, says: says(gateway.StatusDeclined), now: r.clock.Now}}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	p := r.hint(r.pay("k", payment.MethodOnline, nil, "a"))
	g.says = func(c gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Reference: c.Payment, Trade: "x"}
	}
	p = r.hint(p)
	again := func() {
		t.Helper()
		r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "so", Refund: r.s.All("c1").Refunds[0].ID, Decision: desk.DecisionAgain}))
	}
	again()
	r.sweep()
	for range 3 {
		r.clock.Move(2 * time.Hour)
		r.sweep()
	}
	r.clock.Move(17 * time.Hour)
	again()
	r.clock.Move(2 * time.Hour)
	r.sweep() // its key is over: for an operator
	if f := r.s.All("c1").Refunds[0]; f.State != payment.RefundReview || g.gave != 999 {
		t.Fatalf("%s, %d given back", f.State, g.gave)
	}
	g.says = says(gateway.StatusCaptured)
	r.hint(p)
	r.clock.Move(5 * time.Hour)
	r.sweep()
	if g.gave != 999 {
		t.Errorf("%d given back of 10.00", g.gave)
	}
}

// Whatever order makes a subscription of what is paid by use gives it its time; what was
// renewed before is another story (O3, I13).
func TestO3_SubscriptionByAChange(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 40000)
	r.bought("o1", "x1")
	r.move(r.renewed("rn", "x1"), order.EventComplete)
	r.toPayPerUse("x1")
	r.clock.Move(70 * day)
	r.sweep()
	r.place("", orderFor("ch", order.TypeChange, 10000, "x1"))
	r.pay("k", payment.MethodBalance, nil, "ch")
	x := r.res("x1")
	x.Charge, x.Expiry = order.ChargeSubscription, time.Date(2024, 6, 10, 23, 59, 59, 0, time.UTC)
	r.move("ch", order.EventComplete, x)
	r.audit()
	for range 10 {
		r.clock.Move(time.Second)
		if s := r.sweep(); s.Resources != 0 {
			t.Fatal("nothing is due of it")
		}
	}
	r.clock.Move(400 * day)
	r.sweep()
	if r.res("x1").Released.IsZero() {
		t.Error("it does not end")
	}
	r.audit()
}

// altered is a store whose records are not what was written.
type altered struct {
	ledger.Store
	to func(*ledger.Records)
}

func (s altered) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	r, err := s.Store.Load(ctx, ask)
	s.to(&r)
	return r, err
}
