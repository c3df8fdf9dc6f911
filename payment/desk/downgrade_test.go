package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// cheaper goes on with another product.
func cheaper(product string) func(*desk.UnsubscribeRequest) {
	return func(l *desk.UnsubscribeRequest) { l.Product = product }
}

// AccountPart takes a renewal back.
func taking(o order.ID) func(*desk.UnsubscribeRequest) {
	return func(l *desk.UnsubscribeRequest) { l.Renewal = o }
}

// renewed renews a resource for a month, and pays it from the balance.
func (r *host) renewed(id string, x order.ResourceID) order.ID {
	r.t.Helper()
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: id, Resources: []order.ResourceID{x}, Term: oneMonth()})
	r.must(err)
	r.pay(payment.Key("pay-"+id), payment.MethodBalance, nil, os[0].ID)
	return os[0].ID
}

// An upgrade that is paid while a renewal lies ahead counts from then on, for all of the
// time that is left (Q3).
func TestQ3_UpgradeBesideARenewal(t *testing.T) {
	r := newHost(t)
	r.price["big"] = 20000
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.renewed("rn", "x1")
	r.place("", upgradeOf("up", 20000, "x1"))
	r.pay("k", payment.MethodBalance, nil, "up")
	r.move("up", order.EventComplete, bigger(r.res("x1")))
	r.clock.Move(29 * day)
	// 100.00 for April, 200.00 x 32/61, 100.00 x 2/31.
	if b := r.quoteBack(left("lv", "x1", whole)); b.Total != cents(21137) {
		t.Errorf("%s", b.Total)
	}
}

// Whoever goes on with something cheaper before leaving pays the fee as whoever leaves at
// once does: of what it was bought for, by the time since (Q4).
func TestQ4_FeeAfterADowngrade(t *testing.T) {
	t.Run("ten percent", func(t *testing.T) {
		r := newHost(t)
		r.p.Renewal.Leaving.Fees = []renewal.Fee{{Rates: []order.Rate{order.Percent(10)}}}
		r.deposit("d", payment.FundCash, 10000)
		r.bought("o1", "x1")
		if b := r.quoteBack(left("lv", "x1", whole)); b.Total != cents(9000) {
			t.Errorf("at once: %s", b.Total)
		}
		r.leave(left("dg", "x1", cheaper("small"))) // 50.00 less a tenth of 100.00
		r.accounts("half the price", 4000, 0)
		r.leave(left("lv", "x1", whole)) // 50.00 less a tenth of that
		r.accounts("left", 4000+4500, 0)
		r.audit()
	})
	t.Run("by the time since it was bought", func(t *testing.T) {
		r := newHost(t)
		r.p.Renewal.Leaving.Fees = renewal.Huawei().Leaving.Fees
		r.deposit("d", payment.FundCash, 360000)
		d := draftFor("o1", 360000)
		d.Lines[0].Term = order.Term{N: 3, Unit: order.Year}
		r.place("", d)
		r.pay("k", payment.MethodBalance, nil, "o1")
		x := resourceOf("x1", "vm")
		x.Expiry = time.Date(2027, 3, 1, 23, 59, 59, 0, time.UTC)
		r.move("o1", order.EventComplete, x)
		r.clock.Move(800 * day) // in the third year
		r.leave(left("dg", "x1", cheaper("small")))
		f := r.quoteBack(left("lv", "x1", whole)).Periods[0].Refund
		if f.Paid != cents(180000) || f.Fee != cents(9000) {
			t.Errorf("%s of %s, not 5 %%", f.Fee, f.Paid)
		}
	})
	t.Run("what costs the same", func(t *testing.T) {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 10000)
		r.bought("o1", "x1")
		var f *order.FieldError
		if _, err := r.d.Unsubscribe(ctx, left("dg", "x1", cheaper("vm"))); !errors.As(err, &f) || f.Field != "new" {
			t.Errorf("is no downgrade: %v", err)
		}
	})
}

// A downgrade that is approved late gives back what it came to when it was asked for, and
// what is left later is worth no more than its time (Q3, Q7).
func TestQ3_DowngradeApprovedLate(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	r.leave(left("dg", "x1", cheaper("small")))
	r.clock.Move(28 * day)
	r.move("dg", order.EventApprove)
	r.accounts("approved", 5000, 0)
	r.p.Renewal.Leaving.Approve = order.Money{}
	r.leave(left("lv", "x1", whole)) // 50.00 less 28/31 of that, which are 45.16
	r.accounts("left", 5000+484, 0)
	r.audit()
}

// A cash coupon that paid for a renewal comes back with it, also where the resource went on
// with something cheaper meanwhile (Q5).
func TestQ5_CouponAfterADowngrade(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	c := cardOf("c", 5000)
	c.Kind, c.Reusable = coupon.KindCash, false
	r.issue(c)
	r.bought("o1", "x1")
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.pay("k2", payment.MethodBalance, []coupon.ID{"c"}, os[0].ID)
	r.leave(left("dg", "x1", cheaper("small"))) // 50.00 of the first month, 25.00 of the renewal
	r.leave(left("un", "x1", taking(os[0].ID)))
	if got := r.coupon("c"); got.State != coupon.StateAvailable || got.Balance != cents(5000) {
		t.Errorf("coupon %s, %s", got.State, got.Balance)
	}
	r.accounts("taken back", 100000-10000+5000, 0)
	r.audit()
}

// Rounding gives nobody more than was paid: of 50.01 in cash and 49.99 on a card half comes
// back by the downgrade, and no more than the rest by leaving (Q6).
func TestQ6_RoundedTwice(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.issue(cardOf("card", 4999))
	r.place("", draftFor("o1", 10000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	r.leave(left("dg", "x1", cheaper("small")))
	r.leave(left("lv", "x1", whole))
	r.accounts("left", 10000, 0)
	if got := r.coupon("card"); got.Balance != cents(4999) {
		t.Errorf("card %s", got.Balance)
	}
	r.audit()
}

// Everything comes back in the days after provisioning, not after each renewal (Q4): 5 x 24
// hours, the last second included.
func TestQ4_DaysOfARenewal(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Window, r.p.Renewal.Leaving.Times = 5*day, 10
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.renewed("rn", "x1")
	for _, x := range []struct {
		at   time.Time
		all  bool
		back int64
	}{
		{start.Add(5 * day), true, 20000},
		{start.Add(5*day + time.Second), false, 10000 + 8387}, // 26 of 31 days
		{start.Add(34 * day), false, 9000},                    // 27 of 30 days of the renewal
	} {
		r.clock.Move(x.at.Sub(r.clock.Now()))
		if b := r.quoteBack(left("lv", "x1", whole)); b.Periods[0].All != x.all || b.Total != cents(x.back) {
			t.Errorf("%s: %s, all %t", x.at, b.Total, b.Periods[0].All)
		}
	}
}

// What two lines of an order paid for one resource comes back of both (Q3).
func TestQ3_TwoLinesOfOneResource(t *testing.T) {
	r := newHost(t)
	r.price["big"] = 20000
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.place("", upgradeOf("up", 5000, "x1", "x1"))
	r.pay("k", payment.MethodBalance, nil, "up")
	r.move("up", order.EventComplete, bigger(r.res("x1")))
	r.leave(left("lv", "x1", whole))
	r.accounts("left", 20000, 0)
	r.audit()
}

// A renewal that is completed with its resource is paid once (Q6).
func TestQ6_RenewalCompletedWithItsResource(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	id := r.renewed("rn", "x1")
	r.move(id, order.EventComplete, r.res("x1"))
	r.leave(left("lv", "x1", whole))
	r.accounts("left", 20000, 0)
	r.audit()
}

// A resource is named once where an order is completed (Q6).
func TestQ6_CompletedTwice(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.place("", upgradeOf("up", 3000, "x1"))
	r.pay("k", payment.MethodBalance, nil, "up")
	x := r.res("x1")
	var f *order.FieldError
	_, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "up", Event: order.EventComplete, Resources: []renewal.Resource{x, x}})
	if !errors.As(err, &f) || f.Field != "resources[1].id" || r.order("up").State != order.StatePaid {
		t.Errorf("%v", err)
	}
}

// A coupon comes back to what it paid: of two lines it paid one, whose resource gives no
// cash back, and the other all of its price (Q3, C7).
func TestQ3_CouponOfOneLine(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	c := cardOf("c", 10000)
	c.Kind, c.Reusable = coupon.KindCash, false
	c.Limits.Scope.Services = []string{"ecs"}
	r.issue(c)
	d := draftFor("o1", 10000)
	l := d.Lines[0]
	l.Service = "evs"
	d.Lines = append(d.Lines, l)
	r.place("", d)
	r.pay("k", payment.MethodBalance, []coupon.ID{"c"}, "o1")
	y := resourceOf("x2", "small")
	y.Service = "evs"
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"), y)
	if b := r.quoteBack(left("lv", "x1", whole)); b.Total.Sign() != 0 {
		t.Errorf("paid by a cash coupon alone: %s in cash", b.Total)
	}
	if b := r.quoteBack(left("lv", "x2", whole)); b.Total != cents(10000) {
		t.Errorf("paid in cash alone: %s", b.Total)
	}
	r.audit()
}

// Leaving that has been asked for is approved as it was then, whatever the clock has done to
// the resources meanwhile (Q7).
func TestQ7_ApprovedAfterTheClock(t *testing.T) {
	for _, x := range []struct {
		name  string
		setup func(r *host)
		wait  time.Duration
		cash  int64
	}{
		{"gone to pay-per-use", func(r *host) {
			_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModePayPerUse, Auto: renewal.Auto{}})
			r.must(err)
			r.leave(left("lv", "x1", whole))
		}, 40 * day, 40000},
		{"what is bound was released", func(r *host) {
			r.boughtDisk(5000)
			r.leave(left("lv", "x1", whole))
		}, 80 * day, 40000},
		{"the renewal has begun", func(r *host) {
			id := r.renewed("rn", "x1")
			r.clock.Move(29 * day)
			r.leave(left("lv", "x1", taking(id)))
		}, 4 * day, 30000},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newHost(t)
			r.p.Renewal.Leaving.Approve = cents(100)
			r.deposit("d", payment.FundCash, 40000)
			r.bought("o1", "x1")
			x.setup(r)
			r.clock.Move(x.wait)
			r.sweep()
			if o := r.move("lv", order.EventApprove); o.State != order.StateCompleted {
				t.Errorf("order %s", o.State)
			}
			r.accounts("given back", x.cash, 0)
			r.audit()
		})
	}
}

// A renewal that has begun, or that another follows, is not taken back: no order is placed
// for it (Q5).
func TestQ5_NotTheLastRenewal(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 40000)
	r.bought("o1", "x1")
	first := r.renewed("r1", "x1")
	r.renewed("r2", "x1")
	if _, err := r.d.Unsubscribe(ctx, left("un", "x1", taking(first))); !errors.Is(err, renewal.ErrState) || r.order("un").ID != "" {
		t.Errorf("another follows: %v", err)
	}
	last := r.res("x1").Periods[2]
	r.clock.Move(last.Start.Sub(r.clock.Now()) - time.Second)
	if b := r.quoteBack(left("un", "x1", taking(last.Order))); b.Total != cents(10000) {
		t.Errorf("in the last second before it begins: %s", b.Total)
	}
	r.clock.Move(time.Second)
	if _, err := r.d.QuoteUnsubscribe(ctx, left("un", "x1", taking(last.Order))); !errors.Is(err, renewal.ErrState) {
		t.Errorf("it has begun: %v", err)
	}
}

type invoiced struct{ seen []order.Order }

func (i *invoiced) Check(_ context.Context, in desk.Inquiry) (payment.Findings, error) {
	i.seen = in.Orders
	return payment.Findings{Other: payment.ReasonDenied, OtherText: "it was invoiced at the marketplace"}, nil
}

// A host's own check is asked about the order that would give money back, and refuses it
// (Q7, P10).
func TestQ7_Invoiced(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	check := &invoiced{}
	r.d.Checks = desk.Checks{check}
	for name, ask := range map[string]func() error{
		"quoted": func() error { _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x1", whole)); return err },
		"left":   func() error { _, err := r.d.Unsubscribe(ctx, left("lv", "x1", whole)); return err },
	} {
		var no *payment.Refusal
		if err := ask(); !errors.As(err, &no) || no.Reason != payment.ReasonDenied {
			t.Errorf("%s: %v", name, err)
		}
		if len(check.seen) != 1 || check.seen[0].Type != order.TypeUnsubscribe || check.seen[0].Lines[0].Resource != "x1" {
			t.Errorf("%s: asked about %+v", name, check.seen)
		}
	}
	if r.order("lv").ID != "" || !r.res("x1").Released.IsZero() {
		t.Error("it was left")
	}
}

// A trial is not left, and neither is what was free (Q7); what was bought after the trial is.
func TestQ7_Trial(t *testing.T) {
	r := newHost(t)
	free := draftFor("o1", 0)
	free.Type = order.TypeTrial
	r.place("", free)
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	var no *renewal.MoveError
	if _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x1", whole)); !errors.As(err, &no) || no.Advice != string(renewal.NotRefundableTrial) {
		t.Errorf("%v", err)
	}
}
