package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

// toPayPerUse lets a resource go to pay-per-use at its expiry (R12).
func (r *host) toPayPerUse(x order.ResourceID) {
	r.t.Helper()
	_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: x, Mode: renewal.ModePayPerUse, Auto: renewal.Auto{}})
	r.must(err)
}

// orderFor is an order of a type for a resource that there is.
func orderFor(id order.ID, typ order.Type, n int64, x order.ResourceID) order.Draft {
	d := draftFor(id, n)
	d.Type, d.Lines[0].Resource = typ, x
	return d
}

// What was paid by use becomes a subscription for the time that an order pays, and is left,
// renewed and ends as any (O3, R12).
func TestO3_ToSubscription(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 40000)
	r.bought("o1", "x1")
	r.toPayPerUse("x1")
	r.clock.Move(70 * day)
	r.sweep()
	r.place("", orderFor("sub", order.TypeToSubscription, 10000, "x1"))
	r.pay("k", payment.MethodBalance, nil, "sub")
	x := r.res("x1")
	var f *order.FieldError
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "sub", Event: order.EventComplete, Resources: []renewal.Resource{x}}); !errors.As(err, &f) || f.Field != "expiry" {
		t.Errorf("without a new expiry: %v", err)
	}
	x.Charge, x.Expiry = order.ChargeSubscription, time.Date(2024, 6, 10, 23, 59, 59, 0, time.UTC)
	r.move("sub", order.EventComplete, x)
	x = r.res("x1")
	if x.Charge != order.ChargeSubscription || x.Mode != renewal.ModeManual || !x.Postpaid.IsZero() || len(x.Periods) != 1 || !x.Periods[0].Start.Equal(r.clock.Now()) || !x.Periods[0].Expiry.Equal(x.Expiry) {
		t.Errorf("%+v", x)
	}
	if b := r.quoteBack(left("lv", "x1", whole)); b.Total != cents(10000) {
		t.Errorf("left at once: %s", b.Total)
	}
	for range 60 {
		r.clock.Move(time.Second)
		if s := r.sweep(); s.Resources != 0 {
			t.Fatal("nothing is due of it")
		}
	}
	r.clock.Move(80 * day)
	r.sweep()
	if r.res("x1").Released.IsZero() {
		t.Error("it does not end")
	}
	r.audit()
}

// A trial that is bought lasts a month more than the trial, and gives back what was paid
// (O3).
func TestO3_TrialToCommercial(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	free := draftFor("o1", 0)
	free.Type = order.TypeTrial
	r.place("", free)
	x := resourceOf("x1", "vm")
	x.Expiry = time.Date(2024, 3, 10, 23, 59, 59, 0, time.UTC)
	r.move("o1", order.EventComplete, x)
	r.place("", orderFor("com", order.TypeTrialToCommercial, 10000, "x1"))
	r.pay("k", payment.MethodBalance, nil, "com")
	x = r.res("x1")
	x.Expiry = time.Date(2024, 4, 10, 23, 59, 59, 0, time.UTC)
	r.move("com", order.EventComplete, x)
	r.clock.Move(45 * day) // in grace
	r.sweep()
	if got := r.res("x1"); !got.Released.IsZero() || !got.Expiry.Equal(x.Expiry) {
		t.Errorf("until %s, released %s", got.Expiry, got.Released)
	}
	r.clock.Move(-30 * day) // 03-16, five days in
	r.leave(left("lv", "x1", whole))
	r.accounts("26 of 31 days", 8387, 0)
	r.audit()
}

// A compensation makes the time of a resource longer, and costs nothing (O3).
func TestO3_Compensation(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	d := orderFor("comp", order.TypeCompensation, 0, "x1")
	d.Lines[0].Term = order.Term{N: 3, Unit: order.Day}
	r.place("", d)
	x := r.res("x1")
	var f *order.FieldError
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "comp", Event: order.EventComplete, Resources: []renewal.Resource{x}}); !errors.As(err, &f) || f.Field != "expiry" {
		t.Errorf("without more time: %v", err)
	}
	x.Expiry = x.Expiry.AddDate(0, 0, 3)
	r.move("comp", order.EventComplete, x)
	if got := r.res("x1"); !got.Expiry.Equal(x.Expiry) || len(got.Periods) != 2 {
		t.Errorf("%+v", got)
	}
	r.clock.Move(30 * day)
	r.leave(left("lv", "x1", whole)) // 1 of 31 days
	r.accounts("what was paid alone", 323, 0)
	r.audit()
}

// What an order makes pay-per-use is in use until it is released by hand, at any time (R12,
// R11).
func TestR12_ByAnOrder(t *testing.T) {
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

// An order that is open for what a resource was is canceled when it is changed, or goes to
// pay-per-use (O9).
func TestO9_ChangedMeanwhile(t *testing.T) {
	t.Run("specification", func(t *testing.T) {
		r := newHost(t)
		r.price["big"] = 20000
		r.deposit("d", payment.FundCash, 100000)
		r.bought("o1", "x1")
		r.place("", upgradeOf("up", 10000, "x1"))
		r.pay("k", payment.MethodBalance, nil, "up")
		os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
		r.must(err)
		r.move("up", order.EventComplete, bigger(r.res("x1")))
		if o := r.order(os[0].ID); o.State != order.StateCanceled || o.Reason != order.ReasonSpecificationChanged {
			t.Errorf("order %s: %s", o.State, o.Reason)
		}
		if x := r.res("x1"); x.Order != "" || x.Product != "big" {
			t.Errorf("%+v", x)
		}
		r.audit()
	})
	t.Run("charge type", func(t *testing.T) {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 100000)
		r.bought("o1", "x1")
		r.toPayPerUse("x1")
		r.clock.Move(28 * day)
		os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
		r.must(err)
		r.clock.Move(4 * day)
		r.sweep()
		if o := r.order(os[0].ID); o.State != order.StateCanceled || o.Reason != order.ReasonChargeTypeChanged {
			t.Errorf("order %s: %s", o.State, o.Reason)
		}
		if x := r.res("x1"); x.Order != "" || x.Charge != order.ChargePayPerUse {
			t.Errorf("%+v", x)
		}
		r.audit()
	})
}

// What was bound to a resource that is gone stands by itself: it is renewed, set and left
// alone (R10).
func TestR10_MainIsGone(t *testing.T) {
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
	_, err = r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x2", Mode: renewal.ModeNone, Auto: renewal.Auto{}})
	r.must(err)
	r.leave(left("lv", "x2", whole))
	if r.res("x2").Released.IsZero() {
		t.Error("it is there still")
	}
	r.audit()
}

// An ID of a renewal is used for one thing: the same day, term and resources (P13).
func TestP13_RenewalsOfOneID(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 400000)
	for _, x := range []order.ResourceID{"x1", "x2", "x3"} {
		r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf(x, "vm")}))
	}
	ask := func(id string, day renewal.UnifiedDay, n int, xs ...order.ResourceID) ([]order.Order, error) {
		return r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: id, Resources: xs, Day: day, Term: renewal.Term{N: n, Unit: renewal.Month}})
	}
	taken := func(what, id string, day renewal.UnifiedDay, n int, xs ...order.ResourceID) {
		t.Helper()
		var no *payment.Refusal
		if o, err := ask(id, day, n, xs...); !errors.As(err, &no) || no.Reason != payment.ReasonKey {
			t.Errorf("%s: %d orders, %v", what, len(o), err)
		}
	}
	first, err := ask("day", 1, 1, "x1")
	r.must(err)
	if again, err := ask("day", 1, 1, "x1"); err != nil || again[0].ID != first[0].ID {
		t.Errorf("said twice: %v", err)
	}
	taken("another day", "day", 20, 1, "x1")
	taken("the last day", "day", renewal.LastDay, 1, "x1")
	taken("another term", "day", 1, 11, "x1")
	taken("no day", "day", 0, 1, "x1")
	taken("another resource", "day", 1, 1, "x2")
	both, err := ask("both", 0, 1, "x2", "x3")
	r.must(err)
	if again, err := ask("both", 0, 1, "x3", "x2"); err != nil || len(again) != len(both) {
		t.Errorf("in another order: %v", err)
	}
	taken("one of two", "both", 0, 1, "x2")
	taken("one more", "both", 0, 1, "x2", "x3", "x1")
	taken("another one first", "both", 0, 1, "x1", "x2")
}

// An automatic renewal that is taken back, or fails, is not made again by an attempt that
// has been made, and uses up no time (R5).
func TestR5_TakenBack(t *testing.T) {
	for name, undo := range map[string]func(*host, order.ID){
		"taken back": func(r *host, id order.ID) { r.leave(left("un", "x1", taking(id))) },
		"failed":     func(r *host, id order.ID) { r.move(id, order.EventFail) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newHost(t)
			r.p.Renewal.Attempts = renewal.Attempts{Days: []int{7}}
			r.deposit("d", payment.FundCash, 40000)
			r.bought("o1", "x1")
			_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: oneMonth(), Times: 2}})
			r.must(err)
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

// An order that could not be carried out was no first order: its coupon is good for the next
// (C11).
func TestC11_FirstOrderAfterAFailure(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	c := cardOf("c", 3000)
	c.Kind, c.Reusable, c.Limits.FirstOrder = coupon.KindCash, false, true
	r.issue(c)
	r.place("", draftFor("o1", 10000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"c"}, "o1")
	r.move("o1", order.EventFail)
	r.audit()
	r.place("", draftFor("o2", 10000))
	r.pay("k2", payment.MethodBalance, []coupon.ID{"c"}, "o2")
	r.accounts("30.00 less", 100000-7000, 0)
	r.audit()
}

// What was bought is what it was when the policy ends periods otherwise later: a renewal
// that was held is settled (R2, P16).
func TestR2_AnotherEnding(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Ending = renewal.NextMidnight
	r.deposit("d", payment.FundCash, 100000)
	r.place("", draftFor("o1", 10000))
	r.pay("k1", payment.MethodBalance, nil, "o1")
	x := resourceOf("x1", "vm")
	x.Expiry = time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC)
	r.move("o1", order.EventComplete, x)
	r.renewed("R1", "x1")
	decide := r.undecided()
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "R2", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	p := r.pay("k3", payment.MethodOnline, nil, os[0].ID)
	r.p.Renewal.Ending = renewal.EndOfDay
	decide(gateway.StatusCaptured)
	if p = r.hint(p); p.State != payment.PaymentSucceeded || len(r.res("x1").Periods) != 3 {
		t.Errorf("%s, %d periods", p.State, len(r.res("x1").Periods))
	}
	r.audit()
}

// longTerms is a host that sells no single months.
type longTerms struct{ renewal.Prices }

func (p longTerms) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if t == oneMonth() {
		return order.Money{}, errors.New("is not sold")
	}
	return p.Prices.Price(r, t)
}

// A renewal to a unified day that has no odd days asks for no price of a month (R7).
func TestR7_WholeTermsOnly(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	r.d.Prices = longTerms{r.price}
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: renewal.Term{N: 3, Unit: renewal.Month}, Day: renewal.LastDay})
	if err != nil || os[0].Payable() != cents(30000) {
		t.Errorf("%v, %v", os, err)
	}
}
