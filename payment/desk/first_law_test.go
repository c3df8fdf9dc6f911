package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// firstWorld draws what becomes of orders with coupons for first orders.
type firstWorld struct {
	*rapid.T
	r      *host
	status gateway.Status
	keys   int
}

// sameFirst reports whether two orders of one line count against each other, where the first
// of them has what is for first orders alone.
func sameFirst(first, other order.Order) bool {
	s := first.Lines[0].Service
	return s == "" || s == other.Lines[0].Service
}

// profits reports whether an order has what is for first orders alone, as the orders and the
// payments say, whatever the tallies do.
func profits(all ledger.Records, o order.Order) bool {
	if slices.Contains([]order.State{order.StateCanceled, order.StateVoided, order.StateRefunding, order.StateRefunded}, o.State) {
		return false
	}
	if o.Reduction.Kind != "" {
		return true // every discount of this world is one
	}
	return slices.ContainsFunc(all.Payments, func(p payment.Payment) bool {
		return p.ID == o.Payment && slices.ContainsFunc(p.Quote.Items, func(it payment.Item) bool { return it.Order == o.ID && len(it.Parts) > 0 })
	})
}

// check: of the orders of one service, and of those without one, one has what is for first
// orders alone; and nothing that the audit finds (I6).
func (w *firstWorld) check() {
	all := w.r.s.All("c1")
	has := make(map[string]order.ID)
	for _, o := range all.Orders {
		if !profits(all, o) {
			continue
		}
		s := o.Lines[0].Service
		if other, twice := has[s]; twice {
			w.Fatalf("C3: orders %s and %s both are the first of %q", other, o.ID, s)
		}
		has[s] = o.ID
	}
	for _, v := range ledger.Audit(all, w.r.g.Ledger()) {
		w.Fatalf("audit: %s", v)
	}
}

func (w *firstWorld) order() order.ID {
	return rapid.SampledFrom(w.r.s.All("c1").Orders).Draw(w.T, "order").ID
}

func (w *firstWorld) place() {
	d := draftFor(order.ID(fmt.Sprint("o", len(w.r.s.All("c1").Orders))), 1000)
	d.Lines[0].Service = rapid.SampledFrom([]string{"ecs", "ecs", "evs", ""}).Draw(w.T, "service")
	w.r.place("", d)
}

func (w *firstWorld) choose() {
	d := rapid.SampledFrom([]discount.ID{"", "d1", "d2", "d3"}).Draw(w.T, "discount")
	_, _ = w.r.reduce(w.order(), d)
}

// pay pays for some orders, and holds what was first against what had been paid before.
func (w *firstWorld) pay() {
	w.keys++
	r := payment.Request{Key: payment.Key(fmt.Sprint("k", w.keys)), Customer: "c1", By: "u",
		Method: rapid.SampledFrom([]payment.Method{payment.MethodBalance, payment.MethodOnline}).Draw(w.T, "method")}
	for range rapid.IntRange(1, 3).Draw(w.T, "orders") {
		if id := w.order(); !slices.Contains(r.Orders, id) {
			r.Orders = append(r.Orders, id)
		}
	}
	if rapid.Bool().Draw(w.T, "with a coupon") {
		r.Coupons = []coupon.ID{rapid.SampledFrom([]coupon.ID{"k1", "k2"}).Draw(w.T, "coupon")}
	}
	var before []order.Order
	for _, o := range w.r.s.All("c1").Orders {
		if o.State == order.StatePaying || o.State == order.StatePaid || o.State == order.StateCompleted {
			before = append(before, o)
		}
	}
	p, err := w.r.d.Pay(ctx, r)
	var no *payment.Refusal
	if err != nil && !errors.As(err, &no) {
		w.Fatal(err)
	}
	for _, it := range p.Quote.Items {
		o := w.r.order(it.Order)
		for _, other := range before {
			if (o.Reduction.Kind != "" || len(it.Parts) > 0) && sameFirst(o, other) {
				w.Fatalf("C3: order %s is paid as the first, after order %s", o.ID, other.ID)
			}
		}
		before = append(before, o)
	}
}

func (w *firstWorld) decide() {
	w.status = rapid.SampledFrom([]gateway.Status{gateway.StatusCaptured, gateway.StatusDeclined}).Draw(w.T, "outcome")
	w.settle()
}

// settle has the gateway say how what is pending ended.
func (w *firstWorld) settle() {
	for _, p := range w.r.s.All("c1").Payments {
		if !p.State.Final() {
			w.r.hint(p)
		}
	}
	w.status = gateway.StatusProcessing
}

func (w *firstWorld) end() {
	id := w.order()
	switch rapid.SampledFrom([]string{"cancel", "fail", "refund", "week"}).Draw(w.T, "end") {
	case "cancel":
		_, _, err := w.r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{id}})
		w.r.must(err)
	case "fail":
		_, _ = w.r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: order.EventFail})
	case "refund":
		x := resourceOf(order.ResourceID("of-"+id), "vm")
		x.Service, x.Expiry = w.r.order(id).Lines[0].Service, w.r.clock.Now().Add(20*24*time.Hour)
		x.Start = w.r.clock.Now()
		if _, err := w.r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: order.EventComplete, Resources: []renewal.Resource{x}}); err == nil {
			_, _ = w.r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "leave-" + id, Resource: x.ID})
		}
	case "week":
		w.settle()
		w.r.clock.Move(7*24*time.Hour + time.Second)
	}
}

// all ends what can end without being a first order.
func (w *firstWorld) all() {
	w.status = gateway.StatusDeclined
	w.settle()
	for _, o := range w.r.s.All("c1").Orders {
		_, _, err := w.r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{o.ID}})
		w.r.must(err)
		_, _ = w.r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: o.ID, Event: order.EventFail})
	}
}

// Whatever becomes of orders, and in which order: one has what is for first orders alone,
// and once it has come to nothing another can (C3, C11).
func TestC3_OneFirstOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &firstWorld{T: rt, r: newHost(t), status: gateway.StatusProcessing}
		w.r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: w.status} }
		w.r.deposit("d", payment.FundCash, 1000000)
		for _, c := range []coupon.Coupon{firstOff("d1"), firstOff("d2"), firstOff("d3"), firstCard("k1"), firstCard("k2")} {
			if c.Kind != coupon.KindDiscount {
				c.Face, c.Balance, c.Reusable = cents(100000), cents(100000), true
				c.Limits.Share = order.Percent(50)
			}
			w.r.issue(c)
		}
		w.place()
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			rapid.SampledFrom([]func(){w.place, w.choose, w.choose, w.pay, w.pay, w.decide, w.end}).Draw(rt, "step")()
			w.check()
		}
		w.all()
		w.check()
		for _, s := range []string{"ecs", "evs", ""} {
			d := draftFor(order.ID("last-"+s), 1000)
			d.Lines[0].Service = s
			w.r.place("", d)
			w.r.issue(firstOff(coupon.ID("last-" + s)))
			spoilt := slices.ContainsFunc(w.r.s.All("c1").Orders, func(o order.Order) bool {
				return o.Flow() != order.FlowBack && o.State == order.StateCompleted && sameFirst(order.Order{Lines: d.Lines}, o)
			})
			if _, err := w.r.reduce(d.ID, discount.ID("last-"+s)); (err == nil) == spoilt {
				rt.Fatalf("C3 of %q, where one is completed: %t: %v", s, spoilt, err)
			}
			_, _, err := w.r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{d.ID}})
			w.r.must(err)
		}
	})
}
