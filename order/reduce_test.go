package order_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// reductionOf is a discount that is valid in November 2018.
func reductionOf(lapse order.Lapse) order.Reduction {
	return order.Reduction{Kind: "promotional", ID: "spring", Window: november, Lapse: lapse}
}

// off takes so many cents off each line.
func off(cents ...int64) (cuts []order.Cut) {
	for _, n := range cents {
		cuts = append(cuts, order.Cut{Off: order.Minor(n, order.USD)})
	}
	return cuts
}

// reduced gives o a discount that must be taken.
func reduced(t testing.TB, o order.Order, r order.Reduction, cuts []order.Cut, at time.Time) order.Order {
	t.Helper()
	after, err := o.Reduce(r, cuts, at)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// E5: another discount computes the deadline anew from the placement, never beyond the
// lifetime.
func TestE5_ChoosingAgain(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	until := func(s string) order.Reduction {
		r := reductionOf(order.LapseShortens)
		r.Window.Until = on(s)
		return r
	}
	for _, x := range []struct {
		name string
		r    order.Reduction
		want string
	}{
		{"E5 a discount that ends", until("2018-11-30 23:59:59"), "2018-11-30 23:59:59"},
		{"E5 one that ends sooner", until("2018-11-27 12:00:00"), "2018-11-27 12:00:00"},
		{"E5 one that ends later", until("2018-12-01 12:00:00"), "2018-12-01 12:00:00"},
		{"E5 one that ends with the lifetime", until("2018-12-03 23:12:32"), "2018-12-03 23:12:32"},
		{"E5 never beyond the lifetime", until("2018-12-03 23:12:33"), "2018-12-03 23:12:32"},
		{"E5 one without an end", order.Reduction{Kind: "promotional", ID: "always", Lapse: order.LapseShortens}, "2018-12-03 23:12:32"},
		{"E5 one that ends again", until("2018-11-28 00:00:00"), "2018-11-28 00:00:00"},
		{"E5 none", order.Reduction{}, "2018-12-03 23:12:32"},
	} {
		var cuts []order.Cut
		if x.r != (order.Reduction{}) {
			cuts = off(1)
		}
		o = reduced(t, o, x.r, cuts, soon) // each in place of the one before
		if got := o.Deadline.Format(time.DateTime); got != x.want || o.Discount() != order.Minor(int64(len(cuts)), order.USD) {
			t.Errorf("%s: %s, want %s; %v off", x.name, got, x.want, o.Discount())
		}
		if !o.Latest.Equal(sevenLater) || !o.Changed.Equal(o.Placed) {
			t.Errorf("%s: lifetime until %v, changed %v", x.name, o.Latest, o.Changed)
		}
	}
	t.Run("E5 dropped it is as if it had never been", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderOf(order.FlowCharge).Filter(func(o order.Order) bool {
			return o.Reducible(o.Placed) == nil && o.Reduction == (order.Reduction{})
		}).Draw(t, "order")
		with, err := o.Reduce(ordertest.ReductionAt(o.Placed).Draw(t, "reduction"), ordertest.Cuts(o).Draw(t, "cuts"), o.Placed)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, with)
		if with.Deadline.After(o.Latest) || with.Deadline.Before(o.Placed) || with.List() != o.List() {
			t.Fatalf("%v until %v", with.List(), with.Deadline)
		}
		if with.Reduction.Lock == order.LockPartner {
			return
		}
		again, err := with.Reduce(order.Reduction{}, nil, o.Placed)
		if err != nil || !again.Deadline.Equal(o.Deadline) || again.Payable() != o.List() {
			t.Fatalf("%v until %v, %v", again.Payable(), again.Deadline, err)
		}
	}))
}

// E7: what has ended or not begun cannot be chosen.
func TestE7_Window(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	begins := reductionOf(order.LapseHonored)
	begins.Window = order.Window{From: on("2018-11-28 00:00:00")}
	for _, x := range []struct {
		name string
		r    order.Reduction
		at   time.Time
		ok   bool
	}{
		{"E7 in its last second", reductionOf(order.LapseHonored), on("2018-11-30 23:59:59").Add(999 * time.Millisecond), true},
		{"E7 ended", reductionOf(order.LapseHonored), on("2018-12-01 00:00:00"), false},
		{"E7 ended, judged at payment", reductionOf(order.LapseJudged), on("2018-12-01 00:00:00"), false},
		{"E7 not begun", begins, on("2018-11-27 23:59:59").Add(999 * time.Millisecond), false},
		{"E7 begun", begins, on("2018-11-28 00:00:00"), true},
	} {
		t.Run(x.name, func(t *testing.T) {
			after, err := o.Reduce(x.r, off(1), x.at)
			if x.ok {
				if err != nil || after.Reduction.ID != x.r.ID {
					t.Errorf("%v", err)
				}
				return
			}
			var e *order.ReductionError
			if !errors.Is(err, order.ErrWindow) || !errors.As(err, &e) || e.Order != "O1" || e.ID != x.r.ID || e.Window != x.r.Window || !e.At.Equal(x.at.Truncate(time.Second)) || e.Do == "" {
				t.Errorf("%v", err)
			}
			same(t, "refused", o, after)
		})
	}
	t.Run("E7 one that was dropped is chosen anew", func(t *testing.T) {
		with := reduced(t, o, reductionOf(order.LapseHonored), off(1), soon)
		without := reduced(t, with, order.Reduction{}, nil, soon)
		if _, err := without.Reduce(reductionOf(order.LapseHonored), off(1), on("2018-12-01 00:00:00")); !errors.Is(err, order.ErrWindow) {
			t.Errorf("chosen again once it has ended: %v", err)
		}
	})
	t.Run("E7 any discount, any time", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderIn(order.StateUnpaid).Filter(func(o order.Order) bool { return o.Reduction.Lock == "" }).Draw(t, "order")
		at := o.Placed.Add(time.Duration(rapid.Int64Range(0, int64(o.Deadline.Sub(o.Placed)/time.Second)).Draw(t, "after")) * time.Second)
		r := ordertest.ReductionAt(o.Placed).Draw(t, "reduction")
		_, err := o.Reduce(r, ordertest.Cuts(o).Draw(t, "cuts"), at)
		ended := !r.Window.Until.IsZero() && at.Unix() > r.Window.Until.Unix()
		if ended != errors.Is(err, order.ErrWindow) || !ended && err != nil {
			t.Fatalf("%v at %v: %v", r.Window, at, err)
		}
	}))
}

// D5, D6: who locked the discount of an order, and when it opens.
func TestD6_Locks(t *testing.T) {
	lock := func(l order.Lock) order.Reduction { r := reductionOf(order.LapseHonored); r.Lock = l; return r }
	plain := placedOrder(t, draftOf("O1", 100))
	waits := placedOrder(t, confirm(draftOf("O1", 100)))
	for _, x := range []struct {
		name     string
		from     order.Order
		had, has order.Reduction
		at       time.Time
		ok       bool
	}{
		{"D5 the partner's is not dropped", plain, lock(order.LockPartner), order.Reduction{}, placedThen, false},
		{"D5 the partner's is not replaced", plain, lock(order.LockPartner), lock(""), placedThen, false},
		{"D5 the partner replaces it", plain, lock(order.LockPartner), lock(order.LockPartner), soon, true},
		{"D5 the partner replaces what was chosen", plain, lock(order.LockConfirmed), lock(order.LockPartner), soon, true},
		{"D6 chosen in the second of placement", plain, lock(order.LockConfirmed), order.Reduction{}, placedThen.Add(999 * time.Millisecond), true},
		{"D6 not dropped a second later", plain, lock(order.LockConfirmed), order.Reduction{}, soon, false},
		{"D6 not replaced a second later", plain, lock(order.LockConfirmed), lock(order.LockConfirmed), soon, false},
		{"D6 chosen again until it is confirmed", waits, lock(order.LockConfirmed), order.Reduction{}, sevenLater, true},
		{"D6 not once it is confirmed", moved(t, waits, mv(order.EventConfirm)), lock(order.LockConfirmed), order.Reduction{}, soon, false},
		{"D6 nobody's is dropped at any time", plain, lock(""), order.Reduction{}, sevenLater, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := reduced(t, x.from, x.had, off(1), placedThen)
			var cuts []order.Cut
			if x.has != (order.Reduction{}) {
				cuts = off(2)
			}
			after, err := o.Reduce(x.has, cuts, x.at)
			if x.ok {
				if err != nil || after.Reduction.Lock != x.has.Lock {
					t.Errorf("%v", err)
				}
				return
			}
			var e *order.ReductionError
			if !errors.Is(err, order.ErrLocked) || !errors.As(err, &e) || e.ID != x.had.ID {
				t.Errorf("%v", err)
			}
			same(t, "refused", o, after)
		})
	}
}

// D8: what an order was reduced by is frozen with it, in its own zone and seconds.
func TestD8_Frozen(t *testing.T) {
	d := draftOf("O1", 10000, 5000)
	o := placedOrder(t, d)
	r := reductionOf(order.LapseShortens)
	r.Window = order.Window{From: november.From.UTC(), Until: november.Until.UTC().Add(999 * time.Millisecond)}
	cuts := off(1500, 750)
	cuts[0].Ratio = order.Percent(85)
	before := o.Lines[0]
	got := reduced(t, o, r, cuts, soon)
	cuts[0].Off = order.Minor(1, order.USD) // the caller's own again
	if got.Reduction != reductionOf(order.LapseShortens) && !got.Reduction.Window.Until.Equal(november.Until) || got.Reduction.Window.Until.Location() != o.Placed.Location() {
		t.Errorf("%+v", got.Reduction)
	}
	if l := got.Lines[0]; l.Off != order.Minor(1500, order.USD) || l.Ratio != order.Percent(85) || l.Payable() != order.Minor(8500, order.USD) {
		t.Errorf("%+v", l)
	}
	same(t, "the order that was reduced", before, o.Lines[0])
}

// Reducible says beforehand what Reduce will say.
func TestReducible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		at := o.Placed.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "seconds")) * time.Second)
		if rapid.Bool().Draw(t, "at the deadline") && !o.Deadline.IsZero() {
			at = o.Deadline.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "s")) * time.Second)
		}
		open := o.Flow() == order.FlowCharge && (o.State == order.StatePendingApproval || o.State == order.StatePendingConfirmation || o.State == order.StateUnpaid) &&
			at.Unix() >= o.Placed.Unix() && at.Unix() <= o.Deadline.Unix()
		if got := o.Reducible(at); (got == nil) != open {
			t.Fatalf("%s at %v: %v", o.State, at, got)
		}
		if _, err := o.Reduce(order.Reduction{}, nil, at); (err == nil) != (open && (o.Reduction.Lock == "" || o.Reduction.Lock == order.LockConfirmed && o.Confirming(at))) {
			t.Fatalf("%s, %q: %v", o.State, o.Reduction.Lock, err)
		}
	})
}

// Bad input to Reduce: each row breaks a rule of its own, and the order stays.
func TestBadInput_Reduce(t *testing.T) {
	d := draftOf("O1", 100, 200)
	d.Lines[1].Seller = "imagemaker"
	o := placedOrder(t, d)
	paying := moved(t, o, mv(order.EventHold))
	paid := moved(t, paying, mv(order.EventSettle))
	broken := o
	broken.Version = -1
	for _, x := range []struct {
		name   string
		from   order.Order
		change func(r *order.Reduction, cuts *[]order.Cut, at *time.Time)
		field  string
		is     error
	}{
		{"D8 no kind", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.Kind = "" }, "reduction.kind", order.ErrInvalid},
		{"D8 no ID", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.ID = "" }, "reduction.id", order.ErrInvalid},
		{"D8 an ID that does not print", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.ID = "\u200b" }, "reduction.id", order.ErrInvalid},
		{"T1 a window turned round", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) {
			r.Window = order.Window{From: november.Until, Until: november.From}
		}, "reduction.window.until", order.ErrInvalid},
		{"T1 a window from the year 0", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) {
			r.Window.From = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "reduction.window.from", order.ErrInvalid},
		{"E4 no lapse", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.Lapse = "" }, "reduction.lapse", order.ErrInvalid},
		{"E4 an unknown lapse", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.Lapse = "judged" }, "reduction.lapse", order.ErrInvalid},
		{"E4 locked, and not honored", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.Lock = order.LockPartner }, "reduction.lapse", order.ErrInvalid},
		{"D6 an unknown lock", o, func(r *order.Reduction, _ *[]order.Cut, _ *time.Time) { r.Lock = "me" }, "reduction.lock", order.ErrInvalid},
		{"D3 too few cuts", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { *cuts = off(1) }, "cuts", order.ErrInvalid},
		{"D3 too many cuts", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { *cuts = off(1, 0, 0) }, "cuts", order.ErrInvalid},
		{"D3 cuts of no discount", o, func(r *order.Reduction, cuts *[]order.Cut, _ *time.Time) { *r = order.Reduction{} }, "cuts", order.ErrInvalid},
		{"D3 more than the list price", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) {
			(*cuts)[0].Off = order.Minor(101, order.USD)
		}, "cuts[0].off", order.ErrInvalid},
		{"D3 above the list price", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { (*cuts)[0].Off = order.Minor(-1, order.USD) }, "cuts[0].off", order.ErrInvalid},
		{"O13 off in another currency", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { (*cuts)[0].Off = order.Minor(1, order.CNY) }, "cuts[0].off", order.ErrCurrency},
		{"O11 a third party's line", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { (*cuts)[1].Off = order.Minor(1, order.USD) }, "cuts[1]", order.ErrInvalid},
		{"O11 a third party's ratio", o, func(_ *order.Reduction, cuts *[]order.Cut, _ *time.Time) { (*cuts)[1].Ratio = order.Percent(90) }, "cuts[1]", order.ErrInvalid},
		{"T2 no time", o, func(_ *order.Reduction, _ *[]order.Cut, at *time.Time) { *at = time.Time{} }, "at", order.ErrInvalid},
		{"T2 the year 9999", o, func(_ *order.Reduction, _ *[]order.Cut, at *time.Time) { *at = at.AddDate(7981, 0, 0) }, "at", order.ErrInvalid},
		{"E7 before it was placed", o, func(_ *order.Reduction, _ *[]order.Cut, at *time.Time) { *at = placedThen.Add(-time.Second) }, "at", order.ErrInvalid},
		{"E5 past the deadline", o, func(_ *order.Reduction, _ *[]order.Cut, at *time.Time) { *at = sevenLater.Add(time.Second) }, "", order.ErrPastDeadline},
		{"E5 while paying", paying, func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrPaymentInProgress},
		{"E5 once paid", paid, func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrState},
		{"E5 once canceled", moved(t, o, mv(order.EventCancel)), func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrState},
		{"D2 what charges nothing", placedOrder(t, review(freeDraft("O1"))), func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrState},
		{"D2 what gives money back", placedOrder(t, review(backDraft("O1", 1))), func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrState},
		{"O6 one member of a purchase", placedPair(t).Orders[0], func(*order.Reduction, *[]order.Cut, *time.Time) {}, "", order.ErrMember},
		{"O5 an order that is not sound", broken, func(*order.Reduction, *[]order.Cut, *time.Time) {}, "order.version", order.ErrInvalid},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, cuts, at := reductionOf(order.LapseShortens), off(10, 0), soon
			cuts[1] = order.Cut{}
			x.change(&r, &cuts, &at)
			after, err := x.from.Reduce(r, cuts, at)
			if !errors.Is(err, x.is) || fieldOf(err) != x.field {
				t.Errorf("%v; want field %q and %v", err, x.field, x.is)
			}
			leads(t, struct {
				Order     order.Order
				Reduction order.Reduction
				Cuts      []order.Cut
				At        time.Time
			}{}, x.field)
			same(t, "refused", x.from, after)
		})
	}
	t.Run("O6 a stranger to the purchase", func(t *testing.T) {
		p := placedPair(t)
		after, err := p.Reduce("O9", order.Reduction{}, nil, soon)
		if !errors.Is(err, order.ErrInvalid) || fieldOf(err) != "order" {
			t.Errorf("%v", err)
		}
		same(t, "refused", p, after)
	})
}
