package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// toPayPerUse lets a resource go to pay-per-use at its expiry (R12).
func (r *host) toPayPerUse(x order.ResourceID) {
	r.t.Helper()
	r.mode(x, renewal.ModePayPerUse, renewal.Auto{})
}

// What an order makes pay-per-use is in use until it is released by hand, at any time (R12,
// R11).
func TestR12_OrderMakesPayPerUse(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 40000)
	r.bought("o1", "x1")
	d := orderFor("ppu", order.TypeToPayPerUse, 0, "x1")
	d.Lines[0].Charge, d.Lines[0].Term = order.ChargePayPerUse, order.Term{}
	r.place("", d)
	x := r.res("x1")
	x.Charge = order.ChargePayPerUse
	r.move("ppu", order.EventComplete, x)
	r.clock.Move(100 * day)
	r.sweep()
	if s := r.res("x1").State(r.clock.Now(), r.p.Renewal); s != renewal.StateInUse {
		t.Errorf("it is %s", s)
	}
	r.must(r.d.Release(ctx, desk.ReleaseRequest{Customer: "c1", By: "u", Resource: "x1"}))
	if r.res("x1").Released.IsZero() {
		t.Error("it is there still")
	}
	r.audit()
}

// An order that renews a resource is canceled when that goes to pay-per-use (O9).
func TestO9_ChargeTypeChangedBeforePayment(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.toPayPerUse("x1")
	r.clock.Move(28 * day)
	id := r.renewal("rn", "x1")[0].ID
	r.clock.Move(4 * day)
	r.sweep()
	if o := r.order(id); o.State != order.StateCanceled || o.Reason != order.ReasonChargeTypeChanged {
		t.Errorf("order %s: %s", o.State, o.Reason)
	}
	if x := r.res("x1"); x.Order != "" || x.Charge != order.ChargePayPerUse {
		t.Errorf("%+v", x)
	}
	r.audit()
}

// What was bound to a resource that is gone stands by itself: it is renewed, set and left
// alone (R10).
func TestR10_BoundStandsAloneOnceItsMainIsGone(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 200000)
	r.bought("o1", "x1")
	r.boughtDisk(5000)
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: renewal.Term{N: 6, Unit: renewal.Month}})
	r.must(err)
	r.pay("k3", payment.MethodBalance, nil, os[0].ID, os[1].ID)
	if _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x2", whole)); err == nil {
		t.Error("bound, and left alone")
	}
	r.leave(left("un", "x1", taking(os[0].ID)))
	r.clock.Move(65 * day)
	r.sweep()
	if r.res("x1").Released.IsZero() {
		t.Fatal("the main resource is there")
	}
	r.renewed("alone", "x2")
	r.mode("x2", renewal.ModeNone, renewal.Auto{})
	r.leave(left("lv", "x2", whole))
	if r.res("x2").Released.IsZero() {
		t.Error("it is there still")
	}
	r.audit()
}

// An automatic renewal that is taken back, or fails, is not made again by an attempt that
// has been made, and uses up no time (R5).
func TestR5_UndoneRenewalUsesNoTime(t *testing.T) {
	for name, undo := range map[string]func(*host, order.ID){
		"taken back": func(r *host, id order.ID) { r.leave(left("un", "x1", taking(id))) },
		"failed":     func(r *host, id order.ID) { r.move(id, order.EventFail) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newHost(t)
			r.p.Renewal.Attempts = renewal.Attempts{Days: []int{7}}
			r.deposit("d", payment.FundCash, 40000)
			r.bought("o1", "x1")
			r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), Times: 2})
			r.clock.Move(25 * day)
			r.sweep()
			x := r.res("x1")
			if len(x.Periods) != 2 || x.Auto.Done != 1 {
				t.Fatalf("%+v", x)
			}
			undo(r, x.Periods[1].Order)
			r.clock.Move(time.Minute)
			r.sweep()
			if x := r.res("x1"); len(x.Periods) != 1 || x.Auto.Done != 0 {
				t.Errorf("%d periods, %d times used", len(x.Periods), x.Auto.Done)
			}
			r.audit()
		})
	}
}

// A renewal that cannot be carried out comes back also when its resource's time has ended,
// before the sweep has said so (O2).
func TestO2_FailAfterTheEnd(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	id := r.renewed("rn", "x1")
	r.clock.Move(95 * day)
	if o := r.move(id, order.EventFail); o.State != order.StateRefunded {
		t.Errorf("order %s", o.State)
	}
	r.sweep()
	r.accounts("given back", 10000, 0)
	r.audit()
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

// The Desk loads an order that is needless once another has ended, whichever way that was:
// it was not read with it (R6, O9).
func TestR6_ExtensionIsLoadedToBeCanceled(t *testing.T) {
	longer := orderFor("comp", order.TypeCompensation, 0, "x1")
	longer.Lines[0].Term = order.Term{N: 3, Unit: order.Day}
	for name, end := range map[string]func(*host, order.ID){
		"the renewal before it failed": func(r *host, before order.ID) { r.move(before, order.EventFail) },
		"its resource was given time": func(r *host, _ order.ID) {
			x := r.res("x1")
			x.Expiry = x.Expiry.Add(3 * day)
			r.move("comp", order.EventComplete, x)
		},
	} {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 60000)
		r.bought("o1", "x1")
		r.place("", longer)
		before := r.renewed("r1", "x1")
		os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "r2", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 15})
		r.must(err)
		end(r, before)
		if o := r.order(os[0].ID); o.State != order.StateCanceled || o.Reason != order.ReasonAdjustmentFailed {
			t.Errorf("%s: order %s: %s", name, o.State, o.Reason)
		}
		r.audit()
	}
}
