package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// meanwhile is a store on which another host does something just before the n-th call.
type meanwhile struct {
	*inmem.Store
	n      *int
	do     func()
	change *ledger.Change // the last
	asked  *[]ledger.Ask
}

func (s meanwhile) call() {
	if *s.n--; *s.n == 0 {
		s.do()
	}
}

func (s meanwhile) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	s.call()
	*s.asked = append(*s.asked, ask)
	return s.Store.Load(ctx, ask)
}

func (s meanwhile) Commit(ctx context.Context, c ledger.Change) error {
	s.call()
	*s.change = c
	return s.Store.Commit(ctx, c)
}

// between does something on one host, and another thing on another just before the n-th call
// of the first to its store, for each n and anew, until there are no more calls.
func between(t *testing.T, ready func(r *host), first func(r *host, d *desk.Desk), other func(r *host), check func(t *testing.T, r *host)) {
	t.Helper()
	for n := 1; ; n++ {
		left, done := n, false
		t.Run(fmt.Sprint("before call ", n), func(t *testing.T) {
			r := newHost(t)
			ready(r)
			d := *r.d
			d.Store = meanwhile{r.s, &left, func() { other(r) }, new(ledger.Change), new([]ledger.Ask)}
			first(r, &d)
			if done = left > 0; !done {
				check(t, r)
				r.audit()
			}
		})
		if done || n == 100 {
			if n < 3 || n == 100 {
				t.Errorf("%d calls", n-1)
			}
			return
		}
	}
}

func boundTo(main, id order.ResourceID) renewal.Resource {
	x := resourceOf(id, "small")
	x.Main = main
	return x
}

func (r *host) adopt(xs ...renewal.Resource) {
	r.t.Helper()
	for _, x := range xs {
		r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: x}))
	}
}

func (r *host) modes(want renewal.Mode, ids ...order.ResourceID) {
	r.t.Helper()
	for _, id := range ids {
		if x := r.res(id); x.Mode != want {
			r.t.Errorf("%s ends by %s, want %s", id, x.Mode, want)
		}
	}
}

// A disk that came to be bound while the mode of its main resource was set was left behind
// (R4, R10).
func TestR4_AdoptedWhileTheModeIsSet(t *testing.T) {
	for _, x := range []struct {
		mode, bound renewal.Mode
		auto        renewal.Auto
	}{
		{renewal.ModePayPerUse, renewal.ModePayPerUse, renewal.Auto{}},
		{renewal.ModeNone, renewal.ModeNone, renewal.Auto{}},
		{renewal.ModeAutomatic, renewal.ModeManual, renewal.Auto{Term: oneMonth()}},
	} {
		t.Run(string(x.mode), func(t *testing.T) {
			between(t, func(r *host) {
				r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
				r.deposit("d", payment.FundCash, 1)
				r.adopt(resourceOf("x1", "vm"), boundTo("x1", "x2"))
			}, func(r *host, d *desk.Desk) {
				_, err := d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: x.mode, Auto: x.auto})
				r.must(err)
			}, func(r *host) {
				r.adopt(boundTo("x1", "x3"))
			}, func(t *testing.T, r *host) {
				r.modes(x.mode, "x1")
				r.modes(x.bound, "x2", "x3")
			})
		})
	}
}

// What is bound to a disk that stands alone is found too, though it is not in the group of
// the disk's main resource (R4, R10).
func TestR4_AdoptedWhileTheModeOfADiskIsSet(t *testing.T) {
	between(t, func(r *host) {
		disk := boundTo("x1", "x2")
		disk.Attached = true
		r.adopt(resourceOf("x1", "vm"), disk, boundTo("x2", "x3"))
	}, func(r *host, d *desk.Desk) {
		_, err := d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x2", Mode: renewal.ModePayPerUse, Auto: renewal.Auto{}})
		r.must(err)
	}, func(r *host) {
		r.adopt(boundTo("x2", "x4"))
	}, func(t *testing.T, r *host) {
		r.modes(renewal.ModePayPerUse, "x2", "x3", "x4")
		r.modes(renewal.ModeManual, "x1")
	})
}

// Saying the mode again left behind what an older host had left behind: it was said twice
// (R4, P13).
func TestR4_SaidAgainMends(t *testing.T) {
	r := newHost(t)
	r.adopt(resourceOf("x1", "vm"), boundTo("x1", "x2"))
	set := func() renewal.Resource {
		x, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModePayPerUse, Auto: renewal.Auto{}})
		r.must(err)
		return x
	}
	set()
	behind := boundTo("x1", "x3")
	gone := boundTo("x1", "x4")
	gone.Released = start.Add(time.Hour)
	r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: ledger.Records{Resources: []renewal.Resource{behind, gone}}}))
	before := r.res("x2")
	set()
	r.modes(renewal.ModePayPerUse, "x1", "x2", "x3")
	r.modes(renewal.ModeManual, "x4")
	if r.res("x2").Version != before.Version || r.res("x1").Version != 2 {
		t.Errorf("what went the right way is written again: %+v, %+v", r.res("x1"), r.res("x2"))
	}
	again := r.res("x3").Version
	set()
	if r.res("x3").Version != again {
		t.Error("said a third time, it is written again")
	}
	// Also where the main resource has gone there since.
	r = newHost(t)
	r.adopt(resourceOf("x1", "vm"))
	set()
	r.clock.Move(31 * 24 * time.Hour)
	r.sweep()
	if x := r.res("x1"); x.Charge != order.ChargePayPerUse {
		t.Fatal(x.Charge)
	}
	set()
	r.must(r.s.Commit(ctx, ledger.Change{Customer: "c1", Put: ledger.Records{Resources: []renewal.Resource{behind}}}))
	set()
	r.modes(renewal.ModePayPerUse, "x3")
}

// What came to be bound after the mode of its main resource was set ended otherwise, whether
// it was adopted or provided (R4, R10).
func TestR4_BoundAfterTheModeWasSet(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 90000)
	r.adopt(resourceOf("x1", "vm"))
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
	r.boughtDisk(5000)
	attached, old, used := boundTo("x1", "x3"), boundTo("x1", "x4"), boundTo("x1", "x5")
	attached.Attached, old.Withdrawn, old.Mode = true, true, renewal.ModeNone
	used.Charge, used.Mode, used.Postpaid = order.ChargePayPerUse, renewal.ModeNone, start
	r.adopt(attached, old, used, boundTo("x1", "x6"))
	automatic := boundTo("x1", "x7")
	automatic.Mode, automatic.Auto = renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()}
	r.place("", draftFor("o7", 0))
	r.pay("k7", payment.MethodBalance, nil, "o7")
	r.move("o7", order.EventComplete, automatic)
	r.modes(renewal.ModePayPerUse, "x2", "x6", "x7")
	r.modes(renewal.ModeManual, "x3") // it ends on its own
	r.modes(renewal.ModeNone, "x4", "x5")
	if x := r.res("x7"); x.Auto != (renewal.Auto{}) {
		t.Errorf("it is renewed by nobody, and how: %+v", x.Auto)
	}
	r.audit()
}

// A disk that came to be bound while its main resource was left ran on, and its money did not
// come back (R10).
func TestR10_BoundWhileItsMainIsLeft(t *testing.T) {
	ready := func(r *host) {
		r.deposit("d", payment.FundCash, 90000)
		r.bought("o1", "x1")
		r.place("", draftFor("o2", 10000))
		r.pay("k2", payment.MethodBalance, nil, "o2")
	}
	var late bool // the main resource was gone before the disk was there
	provide := func(r *host) {
		late = !r.res("x1").Released.IsZero()
		r.move("o2", order.EventComplete, boundTo("x1", "x2"))
	}
	check := func(t *testing.T, r *host) {
		want := int64(90000)
		if late {
			want = 80000
		}
		if r.res("x1").Released.IsZero() || r.res("x2").Released.IsZero() != late || r.cash() != want {
			t.Errorf("main released %s, disk %s, the balance is %d, want %d", r.res("x1").Released, r.res("x2").Released, r.cash(), want)
		}
	}
	t.Run("at once", func(t *testing.T) {
		between(t, ready, func(r *host, d *desk.Desk) {
			_, err := d.Unsubscribe(ctx, left("lv", "x1", whole))
			r.must(err)
		}, provide, check)
	})
}

// A disk that came to be bound while the order that leaves its main resource was approved ran
// on (R10).
func TestR10_BoundWhileItsMainIsLeftByApproval(t *testing.T) {
	var late bool
	between(t, func(r *host) {
		r.deposit("d", payment.FundCash, 90000)
		r.p.Renewal.Leaving.Approve = cents(1)
		r.bought("o1", "x1")
		r.leave(left("lv", "x1", whole))
	}, func(r *host, d *desk.Desk) {
		_, err := d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "lv", Event: order.EventApprove})
		r.must(err)
	}, func(r *host) {
		late = !r.res("x1").Released.IsZero()
		r.adopt(boundTo("x1", "x2"))
	}, func(t *testing.T, r *host) {
		if r.res("x1").Released.IsZero() || r.res("x2").Released.IsZero() != late {
			t.Errorf("main released %s, disk %s", r.res("x1").Released, r.res("x2").Released)
		}
	})
}

// A disk that came to be bound while its main resource was renewed was not renewed with it
// (R10).
func TestR10_BoundWhileItsMainIsRenewed(t *testing.T) {
	var late bool
	between(t, func(r *host) {
		r.adopt(resourceOf("x1", "vm"), boundTo("x1", "x2"))
	}, func(r *host, d *desk.Desk) {
		_, err := d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
		r.must(err)
	}, func(r *host) {
		late = r.res("x1").Order != ""
		r.adopt(boundTo("x1", "x3"))
	}, func(t *testing.T, r *host) {
		if x := r.res("x3"); r.res("x2").Order == "" || (x.Order == "") != late {
			t.Errorf("renewed by %q, its disk by %q, and the new one by %q", r.res("x1").Order, r.res("x2").Order, x.Order)
		}
	})
}

// A disk that came to be bound while its main resource was renewed automatically was not
// renewed with it (R5, R10).
func TestR5_BoundWhileItsMainIsRenewedAutomatically(t *testing.T) {
	var late bool
	between(t, func(r *host) {
		r.deposit("d", payment.FundCash, 90000)
		r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
		r.adopt(resourceOf("x1", "vm"), boundTo("x1", "x2"))
		r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
		r.clock.Move(30 * 24 * time.Hour)
	}, func(r *host, d *desk.Desk) {
		s, err := d.Sweep(ctx, 10)
		r.must(err)
		if s.Failed > 0 {
			t.Error(s.Errs)
		}
	}, func(r *host) {
		late = r.res("x1").Expiry.After(resourceOf("x1", "vm").Expiry)
		r.adopt(boundTo("x1", "x3"))
	}, func(t *testing.T, r *host) {
		main, disk, other := r.res("x1"), r.res("x2"), r.res("x3")
		if main.Expiry.Equal(resourceOf("x1", "vm").Expiry) || !disk.Expiry.Equal(main.Expiry) || other.Expiry.Equal(main.Expiry) == late {
			t.Errorf("the main resource ends %s, its disk %s, and the new one %s", main.Expiry, disk.Expiry, other.Expiry)
		}
	})
}

// A coupon that came while the best was chosen was not looked at (P11, P16).
func TestP11_IssuedWhileTheBestIsChosen(t *testing.T) {
	once := func(id coupon.ID, n int64) coupon.Coupon {
		c := cardOf(id, n)
		c.Kind, c.Reusable = coupon.KindCash, false
		return c
	}
	for _, x := range []struct {
		name  string
		issue coupon.Coupon
		first coupon.Coupon
		do    func(d *desk.Desk) error
	}{
		{"to pay with", once("better", 900), once("first", 500), func(d *desk.Desk) error {
			_, err := d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance, Choose: true})
			return err
		}},
		{"to reduce by", discountCoupon("better", 50), discountCoupon("first", 90), func(d *desk.Desk) error {
			_, err := d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: "a", Best: true}})
			return err
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			var late bool
			used := func(c coupon.Coupon) bool { return c.State != coupon.StateAvailable || c.HeldFor != nil }
			between(t, func(r *host) {
				r.p.Discount.Compete = []discount.Kind{discount.KindCoupon}
				r.deposit("d", payment.FundCash, 5000)
				r.place("", draftFor("a", 1000))
				r.issue(x.first)
			}, func(r *host, d *desk.Desk) {
				r.must(x.do(d))
			}, func(r *host) {
				late = used(r.coupon("first"))
				r.issue(x.issue)
			}, func(t *testing.T, r *host) {
				if used(r.coupon("better")) == late || used(r.coupon("first")) != late {
					t.Errorf("it has used %+v, and there was %+v", r.coupon("first"), r.coupon("better"))
				}
			})
		})
	}
}

// One resource of a fleet was judged with all of them: whatever was written of another was a
// conflict (R10).
func TestR10_TheFleetIsNotCompared(t *testing.T) {
	for name, do := range map[string]func(d *desk.Desk) error{
		"mode": func(d *desk.Desk) error {
			_, err := d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModePayPerUse, Auto: renewal.Auto{}})
			return err
		},
		"renewing": func(d *desk.Desk) error {
			_, err := d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
			return err
		},
		"leaving": func(d *desk.Desk) error {
			_, err := d.Unsubscribe(ctx, left("lv", "x1", whole))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newHost(t)
			r.deposit("d", payment.FundCash, 90000)
			r.bought("o1", "x1")
			r.boughtDisk(5000)
			for i := range 20 {
				r.adopt(resourceOf(order.ResourceID(fmt.Sprint("other-", i)), "vm"))
			}
			var c ledger.Change
			var asked []ledger.Ask
			d, n := *r.d, 0
			d.Store = meanwhile{r.s, &n, func() {}, &c, &asked}
			r.must(do(&d))
			for _, ask := range asked {
				if len(ask.All) > 0 {
					t.Errorf("all of %v are loaded", ask.All)
				}
			}
			main, disk := r.res("x1"), r.res("x2")
			group := ledger.Of{Kind: ledger.KindResource, Group: "x1", N: 2, Versions: main.Version + disk.Version - 2} // both are written
			ofResources := slices.DeleteFunc(c.ExpectAll, func(of ledger.Of) bool { return of.Kind != ledger.KindResource })
			if len(ofResources) != 1 || ofResources[0] != group {
				t.Errorf("expected whole: %+v, want %+v", ofResources, group)
			}
			if slices.ContainsFunc(c.Expect, func(x ledger.Ref) bool { return x.Kind == ledger.KindResource }) {
				t.Errorf("expected beside its group: %+v", c.Expect)
			}
		})
	}
}
