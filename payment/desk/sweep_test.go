package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// freezes is a host whose directory of frozen accounts cannot be read for a time.
type freezes struct{ err *error }

func (f freezes) Check(context.Context, desk.Inquiry) (payment.Findings, error) {
	return payment.Findings{}, *f.err
}

// What a sweep cannot move is counted, the first ten errors are told, and it is put off, so
// that it does not stand before what can be moved.
func TestP16_SweepThatFails(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}}
	r.deposit("d", payment.FundCash, 240000)
	for i := range 12 {
		x := order.ResourceID(rune('a' + i))
		r.bought(order.ID("o"+x), x)
		r.mode(x, renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	}
	r.sweep()
	r.clock.Move(28 * day)
	broken := errors.New("the directory is down")
	r.d.Checks = desk.Checks{freezes{&broken}}
	s, err := r.d.Sweep(ctx, 100)
	if err != nil || s.Failed != 12 || len(s.Errs) != 10 || !errors.Is(s.Errs[9], broken) || s.Resources != 0 {
		t.Errorf("%d failed, %d errors, %v", s.Failed, len(s.Errs), err)
	}
	if s, err = r.d.Sweep(ctx, 100); err != nil || s.Failed != 0 {
		t.Errorf("at once again: %d failed, %v", s.Failed, err)
	}
	broken = nil
	r.clock.Move(time.Hour)
	if s, err = r.d.Sweep(ctx, 100); err != nil || s.Failed != 0 || s.Resources != 12 {
		t.Errorf("an hour later: %d resources, %d failed, %v: %v", s.Resources, s.Failed, err, s.Errs)
	}
	r.accounts("renewed", 0, 0)

	// A customer who cannot be found is one failure, whatever waits of it.
	r.clock.Move(40 * day)
	broken = errors.New("the customers are gone")
	r.d.Customers = lost{hostCustomers{r}, &broken}
	if s, err = r.d.Sweep(ctx, 100); err != nil || s.Failed != 1 || len(s.Errs) != 1 || !errors.Is(s.Errs[0], broken) {
		t.Errorf("%d failed, %v, %v", s.Failed, s.Errs, err)
	}
	if s, err = r.d.Sweep(ctx, 100); err != nil || s.Failed != 0 {
		t.Errorf("at once again: %d failed, %v", s.Failed, err)
	}
}

// lost are a host's customers that cannot be found for a time.
type lost struct {
	hostCustomers
	err *error
}

func (c lost) Customer(ctx context.Context, id order.CustomerID) (payment.Customer, error) {
	if *c.err != nil {
		return payment.Customer{}, *c.err
	}
	return c.hostCustomers.Customer(ctx, id)
}

// A sweep takes as many customers, and records of each, as its limit says, and tells
// whether it may have left some.
func TestP16_SweepInParts(t *testing.T) {
	r := newHost(t)
	for _, c := range []order.CustomerID{"c1", "c2", "c3"} {
		for _, id := range []order.ID{"a", "b"} {
			d := draftFor(id, 1000)
			d.Customer = c
			_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: c, By: "u", Drafts: []order.Draft{d}})
			r.must(err)
		}
	}
	r.clock.Move(7 * day)
	if s, err := r.d.Sweep(ctx, 0); !errors.Is(err, order.ErrInvalid) || s.Orders != 0 {
		t.Errorf("a limit of 0: %v", err)
	}
	if s, err := r.d.Sweep(ctx, 100); err != nil || s.Orders != 6 || s.More || s.Oldest != day {
		t.Errorf("reminders, in the last second: %+v, %v", s, err)
	}
	for {
		s, err := r.d.Sweep(ctx, 100) // what there is to tell, and nobody to be told
		r.must(err)
		if s.Undeliverable+s.Notices == 0 {
			break
		}
	}
	r.clock.Move(2 * time.Second)
	for _, want := range []desk.Swept{{Orders: 1, Oldest: time.Second, More: true}, {Orders: 5, Oldest: time.Second}} {
		limit := 1
		if !want.More {
			limit = 100
		}
		s, err := r.d.Sweep(ctx, limit)
		if err != nil || s.Orders != want.Orders || s.More != want.More || s.Oldest != want.Oldest || s.Failed != 0 {
			t.Errorf("of %d: %+v, %v", limit, s, err)
		}
	}
	for _, c := range []order.CustomerID{"c1", "c2", "c3"} {
		for _, o := range r.s.All(c).Orders {
			if o.State != order.StateVoided {
				t.Errorf("%s of %s is %s", o.ID, c, o.State)
			}
		}
	}
}

// Exactly as many records, or customers, as the limit: there may be more.
func TestP16_SweepUpToTheLimit(t *testing.T) {
	for _, x := range []struct {
		customers, orders, limit int
		more                     bool
	}{{1, 2, 2, true}, {1, 2, 3, false}, {2, 1, 2, true}, {2, 1, 3, false}} {
		r := newHost(t)
		for i := range x.customers {
			c := order.CustomerID(rune('1' + i))
			for k := range x.orders {
				d := draftFor(order.ID(rune('a'+k)), 1000)
				d.Customer = c
				_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: c, By: "u", Drafts: []order.Draft{d}})
				r.must(err)
			}
		}
		r.clock.Move(8 * day)
		if s, err := r.d.Sweep(ctx, x.limit); err != nil || s.Orders != x.customers*x.orders || s.More != x.more {
			t.Errorf("%+v: %+v, %v", x, s, err)
		}
	}
}

// A coupon is expired in the second after its window, by the sweep (C2).
func TestC2_ExpiredBySweep(t *testing.T) {
	r := newHost(t)
	c := cardOf("card", 1000)
	c.Window.Until = start.Add(day)
	r.issue(c)
	r.clock.Move(day)
	if s, err := r.d.Sweep(ctx, 10); err != nil || s.Coupons != 0 || r.coupon("card").State != coupon.StateAvailable {
		t.Errorf("in its last second: %+v, %v, it is %s", s, err, r.coupon("card").State)
	}
	r.clock.Move(time.Second)
	if s, err := r.d.Sweep(ctx, 10); err != nil || s.Coupons != 1 || r.coupon("card").State != coupon.StateExpired {
		t.Errorf("a second later: %+v, %v, it is %s", s, err, r.coupon("card").State)
	}
}

// A claim that a crash left between its two commits is completed, and counted, once (C1).
func TestC1_ClaimBySweep(t *testing.T) {
	r := newHost(t)
	_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "u", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "WELCOME", Left: 2,
		Coupon: coupon.Template{Kind: coupon.KindCash, Face: cents(500)}}}})
	r.must(err)
	dying := *r.d
	dying.Store = &dyingStore{Store: r.s, step: 2}
	if _, err := dying.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c1", By: "c1"}); err == nil {
		t.Fatal("the store did not fail")
	}
	r.clock.Move(time.Minute)
	for _, want := range []int{1, 0} {
		if s, err := r.d.Sweep(ctx, 10); err != nil || s.Claims != want || s.Failed != 0 || len(r.s.All("c1").Coupons) != 1 {
			t.Errorf("%+v, want %d claims, %v", s, want, err)
		}
	}
}

// deaf is a gateway that cannot cancel, and that loses what it is sent; later it has it.
type deaf struct {
	of    *inmem.Gateway
	sent  []string // keys of charges
	found bool
}

func (g *deaf) Traits() gateway.Traits { return g.of.Traits() }

func (g *deaf) Charge(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.sent = append(g.sent, c.Key)
	return gateway.Outcome{}, errors.New("no answer")
}

func (g *deaf) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if g.found {
		return g.of.Charge(ctx, c)
	}
	return gateway.Outcome{Status: gateway.StatusNotFound}, nil
}

func (g *deaf) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	return g.of.Refund(ctx, f)
}

func (g *deaf) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	return g.of.LookupRefund(ctx, f)
}

// What a gateway has not seen is sent again under its key while the hold lasts; then, where
// it cannot cancel, it has to say so twice after nothing can be on its way any more. Then
// everything is free, and it is still looked at: what comes late goes back (I2, I3).
func TestP16_ChargeTheGatewayHasNotSeen(t *testing.T) {
	r := newHost(t)
	r.g.Promises.Flight = 10 * time.Minute
	g := &deaf{of: r.g}
	r.d.Gateways["g"] = g
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	state := func() payment.PaymentState {
		p, err := r.d.Payment(ctx, "c1", p.ID)
		r.must(err)
		return p.State
	}
	for range 29 {
		r.clock.Move(time.Minute)
		r.sweep()
	}
	sent := len(g.sent)
	if sent < 4 || state() != payment.PaymentPending {
		t.Errorf("sent %d times within the hold, and %s", sent, state())
	}
	for _, key := range g.sent {
		if key != p.Key {
			t.Errorf("sent under %q, then under %q", p.Key, key)
		}
	}
	ended := 0
	for i := 30; i < 120 && ended == 0; i++ { // the first time that it was not found after the hold, and the second
		r.clock.Move(time.Minute)
		r.sweep()
		if state() == payment.PaymentCanceled {
			ended = i
		}
	}
	if ended != 31 || len(g.sent) != sent || r.order("a").State != order.StateUnpaid {
		t.Errorf("after %d minutes it is %s, sent %d times more, order %s", ended, state(), len(g.sent)-sent, r.order("a").State)
	}
	g.found = true // it was on its way for longer than promised
	r.clock.Move(2 * day)
	for range 3 {
		r.sweep()
		r.clock.Move(day)
	}
	if p, err := r.d.Payment(ctx, "c1", p.ID); err != nil || p.State != payment.PaymentCanceled || p.LateCapture != cents(1000) {
		t.Errorf("%s, %s late, %v", p.State, p.LateCapture, err)
	}
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundDone})
	r.audit()
}

// A charge that is being canceled, and whose key the gateway may have forgotten, is for an
// operator: "not found" says nothing any more (I3).
func TestP16_ForgottenWhileCanceling(t *testing.T) {
	r := newHost(t)
	r.g.Promises = gateway.Traits{Resend: day, Lookup: day, Flight: 10 * time.Minute}
	r.d.Gateways["g"] = &deaf{of: r.g}
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	r.clock.Move(30 * time.Minute)
	_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	r.must(err)
	r.clock.Move(day) // no host is up
	r.sweep()
	if p, err := r.d.Payment(ctx, "c1", p.ID); err != nil || p.State != payment.PaymentReview || r.order("a").State != order.StatePaying {
		t.Errorf("%s, order %s, %v", p.State, r.order("a").State, err)
	}
}

// A bill of a customer who has no gateway counts as declined, and stops monthly settlement (P6).
func TestP6_NoGateway(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly, c.Gateway = true, "" }}
	r.d.Gateways["other"] = r.g // of two gateways none is the customer's
	heard := &ear{}
	r.d.Notifier = heard
	r.place("", draftFor("a", 700))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.clock.Move(31 * day)
	r.sweep()
	if kinds := heard.kinds(); !slices.Contains(kinds, ledger.NoticeBillDeclined) {
		t.Errorf("told %v", kinds)
	}
	bills := r.s.All("c1").Bills
	if len(bills) != 1 || bills[0].State != payment.BillDue || bills[0].Declines != 1 {
		t.Errorf("%+v", bills)
	}
	var no *payment.Refusal
	r.place("", draftFor("b", 700))
	if _, err := r.d.Pay(ctx, payment.Request{Key: "k2", Customer: "c1", By: "u", Orders: []order.ID{"b"}, Method: payment.MethodMonthly}); !errors.As(err, &no) || no.Reason != payment.ReasonMethod {
		t.Errorf("%v", err)
	}
	r.audit()
}
