package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// nthWorld is a store, two gateways, a clock and the customers ann, bob, whose gateway can
// neither cancel nor refund, and shop, who issues codes; and a Desk that reaches them
// through what can fail.
type nthWorld struct {
	desk        *desk.Desk
	store       *inmem.Store
	full, plain *inmem.Gateway
	clock       *inmem.Clock
	policy      payment.Policy
	answer      func(gateway.Charge) gateway.Outcome // of both gateways; nil: captured
	instrument  order.Opaque                         // of ann's own, which is renewed by; empty: she has none
	heard       map[string]int
	ahead       bool // a gateway has moved what the Desk hears of by the call

	start time.Time // of the call
	plan  nthPlan
	trace []string            // the I/Os of the call
	down  map[string]nthFault // what fails each time
	wrong []string
}

func newNthWorld() *nthWorld {
	w := &nthWorld{store: new(inmem.Store), clock: inmem.NewClock(time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)), heard: make(map[string]int),
		down: make(map[string]nthFault)}
	w.policy.Renewal.Keep = []renewal.Keep{{Grace: 15 * 24 * time.Hour, Retention: 15 * 24 * time.Hour}}
	w.policy.Renewal.Attempts = renewal.Attempts{Days: []int{1}, Clock: 3 * time.Hour}
	traits := gateway.Traits{Resend: 40 * time.Hour, Lookup: 40 * time.Hour, Flight: 2 * time.Minute, Action: time.Hour}
	answer := func(c gateway.Charge) gateway.Outcome {
		if w.answer == nil {
			return gateway.Outcome{Status: gateway.StatusCaptured}
		}
		return w.answer(c)
	}
	w.full, w.plain = &inmem.Gateway{Promises: traits, Answer: answer}, &inmem.Gateway{Promises: traits, Answer: answer}
	w.desk = &desk.Desk{Store: nthStore{w}, Customers: nthHost{w}, Offers: nthHost{w}, Wallets: nthHost{w}, SecondFactor: nthHost{w}, Prices: nthHost{w},
		Notifier: nthHost{w}, Checks: desk.Checks{nthHost{w}}, Now: w.clock.Now,
		Gateways: map[string]gateway.Gateway{"full": nthFull{nthGateway{w, w.full}, w.full}, "plain": nthGateway{w, w.plain}}}
	return w
}

// begin ends the preparation: from here on I/Os are counted.
func (w *nthWorld) begin() { w.start, w.trace, w.down = w.clock.Now(), nil, nil }

func (w *nthWorld) violate(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// must is for what cannot fail.
func (w *nthWorld) must(err error) {
	if err != nil {
		w.violate("%v", err)
	}
}

var errNth = errors.New("connection reset")

// meets is one I/O: what it is, what it does, and what goes wrong with it.
func meets[T any](w *nthWorld, what string, do func() (T, error)) (x T, err error) {
	w.trace = append(w.trace, what)
	f, down := w.down[what]
	if !down {
		f = w.plan[len(w.trace)]
	}
	switch f {
	case nthCrash:
		panic(nthDies{})
	case nthError:
		return x, errNth
	case nthConflict:
		return x, ledger.ErrConflict
	case nthDoubt:
		return x, ledger.ErrInDoubt
	}
	y, err := do()
	switch {
	case f == nthCrashAfter:
		panic(nthDies{})
	case f == nthLost && strings.HasPrefix(what, "commit") && err == nil:
		return x, ledger.ErrInDoubt
	case f == nthLost:
		return x, errNth
	}
	return y, err
}

// nthStore is the store as the Desk reaches it.
type nthStore struct{ w *nthWorld }

func (s nthStore) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	var kinds []string
	for _, r := range ask.Refs {
		kinds = append(kinds, string(r.Kind))
	}
	for _, k := range ask.All {
		kinds = append(kinds, "all "+string(k))
	}
	return meets(s.w, "load "+strings.Join(slices.Compact(kinds), " and "), func() (ledger.Records, error) { return s.w.store.Load(ctx, ask) })
}

func (s nthStore) Commit(ctx context.Context, c ledger.Change) error {
	step := string(c.Put.Views()[0].Kind)
	if len(c.Put.Entries) > 0 {
		step = c.Put.Entries[0].Step
	}
	_, err := meets(s.w, "commit "+step, func() (struct{}, error) { return struct{}{}, s.w.store.Commit(ctx, c) })
	return err
}

func (s nthStore) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	return meets(s.w, "waiting", func() ([]ledger.Ask, error) { return s.w.store.Waiting(ctx, due) })
}

func (s nthStore) List(ctx context.Context, q ledger.ListQuery) (ledger.RecordPage, error) {
	return meets(s.w, "list", func() (ledger.RecordPage, error) { return s.w.store.List(ctx, q) })
}

func (s nthStore) Find(ctx context.Context, q order.Query) (order.Page, error) {
	return meets(s.w, "find", func() (order.Page, error) { return s.w.store.Find(ctx, q) })
}

// nthHost is everything else that the Desk asks.
type nthHost struct{ w *nthWorld }

func (h nthHost) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return meets(h.w, "customer", func() (payment.Customer, error) {
		c := payment.Customer{ID: id, Monthly: true, Protected: true, Gateway: "full", Policy: &h.w.policy}
		switch id {
		case "ann":
			c.Instrument = h.w.instrument
		case "bob":
			c.Gateway = "plain"
		}
		return c, nil
	})
}

// Discounts has 10 % off for whoever picks it.
func (h nthHost) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return meets(h.w, "discounts", func() ([]discount.Discount, error) {
		return []discount.Discount{{ID: "tenth", Kind: discount.KindPromotional, Ratio: order.Percent(90)}}, nil
	})
}

func (h nthHost) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	return meets(h.w, "card", func() (payment.Card, error) { return payment.Card{Brand: "visa"}, nil })
}

func (h nthHost) Authenticated(context.Context, desk.Inquiry, order.PaymentID) (bool, error) {
	return meets(h.w, "authenticated", func() (bool, error) { return true, nil })
}

func (h nthHost) Check(context.Context, desk.Inquiry) (payment.Findings, error) {
	return meets(h.w, "checks", func() (f payment.Findings, err error) { return f, nil })
}

func (h nthHost) Notify(_ context.Context, n ledger.Notice) error {
	_, err := meets(h.w, "notify "+string(n.Kind), func() (int, error) { h.w.heard[n.ID]++; return 0, nil })
	return err
}

// Price is 30.00 a month, 20.00 of what is small; it is computed, and cannot fail.
func (h nthHost) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	month := int64(3000)
	if r.Product == "small" {
		month = 2000
	}
	if r.Product == "big" {
		month = 4000
	}
	return usd(month * int64(t.N)), nil
}

// nthGateway is a gateway without powers as the Desk reaches it.
type nthGateway struct {
	w  *nthWorld
	of *inmem.Gateway
}

func (g nthGateway) Traits() gateway.Traits { return g.of.Traits() }

func (g nthGateway) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return meets(g.w, "charge", func() (gateway.Outcome, error) { return g.of.Charge(ctx, c) })
}

func (g nthGateway) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return meets(g.w, "lookup", func() (gateway.Outcome, error) { return g.of.Lookup(ctx, c) })
}

// nthFull can cancel and refund.
type nthFull struct {
	nthGateway
	of *inmem.Gateway
}

func (g nthFull) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return meets(g.w, "cancel", func() (gateway.Outcome, error) { return g.of.Cancel(ctx, c) })
}

func (g nthFull) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	return meets(g.w, "refund", func() (gateway.Outcome, error) { return g.of.Refund(ctx, f) })
}

func (g nthFull) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	return meets(g.w, "lookup refund", func() (gateway.Outcome, error) { return g.of.LookupRefund(ctx, f) })
}
