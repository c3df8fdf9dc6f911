package order_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// payableUntil fails unless o can be held in its last second, and not in the next.
func payableUntil(t *testing.T, o order.Order, last string) {
	t.Helper()
	at := on(last)
	if _, err := o.Apply(moveAt(order.EventHold, at.Add(999*time.Millisecond))); err != nil {
		t.Errorf("at %s.999: %v", last, err)
	}
	if _, err := o.Apply(moveAt(order.EventHold, at.Add(time.Second))); !errors.Is(err, order.ErrPastDeadline) {
		t.Errorf("a second after %s: %v", last, err)
	}
	if !o.Deadline.Equal(at) {
		t.Errorf("deadline %v, want %s", o.Deadline, last)
	}
}

// E1: exactly 7 days, or what the policy says of what is in it.
func TestE1_Lifetime(t *testing.T) {
	with := func(service string, more ...string) order.Draft {
		d := draftOf("O1", 100)
		d.Lines[0].Service = service
		for _, s := range more {
			l := server(100)
			l.Service = s
			d.Lines = append(d.Lines, l)
		}
		return d
	}
	third := with("compute", "hardware")
	third.Lines[1].Seller = "resold"
	for _, x := range []struct {
		name  string
		draft order.Draft
		p     order.Policy
		want  string
	}{
		{"E1 7 days", with("compute"), order.Huawei(), "2018-12-03 23:12:32"},
		{"E1 7 days, neutral", with("compute"), order.Policy{Zone: beijing}, "2018-12-03 23:12:32"},
		{"E1 hardware 1 hour", with("hardware"), order.Huawei(), "2018-11-27 00:12:32"},
		{"E1 resource plan 1 hour", with("resource plan"), order.Alibaba(), "2018-11-27 00:12:32"},
		{"E1 the shortest line counts", with("compute", "hardware", "disk"), order.Huawei(), "2018-11-27 00:12:32"},
		{"E1 a third party's line does not", third, order.Huawei(), "2018-12-03 23:12:32"},
		{"E1 another lifetime", with("compute"), order.Policy{Zone: beijing, Lifetime: 30 * time.Minute}, "2018-11-26 23:42:32"},
	} {
		t.Run(x.name, func(t *testing.T) {
			o, err := order.Place(x.draft, placedThen, x.p)
			if err != nil {
				t.Fatal(err)
			}
			payableUntil(t, o, x.want)
		})
	}
	t.Run("E1 waiting neither stops nor restarts it", func(t *testing.T) {
		o := placedOrder(t, review(confirm(draftOf("O1", 100))))
		o = moved(t, o, moveAt(order.EventConfirm, on("2018-11-29 10:00:00")), moveAt(order.EventApprove, on("2018-12-03 23:12:31")))
		payableUntil(t, o, "2018-12-03 23:12:32")
		o = moved(t, o, moveAt(order.EventHold, on("2018-12-03 23:12:31")), moveAt(order.EventRelease, on("2018-12-03 23:12:32")))
		payableUntil(t, o, "2018-12-03 23:12:32")
	})
	t.Run("E1 frozen over every walk", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderOf(order.FlowCharge).Draw(t, "order")
		for range 3 {
			if o.State.Final() {
				return
			}
			after, err := o.Apply(ordertest.MoveFor(o).Draw(t, "move"))
			if err != nil || !after.Latest.Equal(o.Latest) || !after.Deadline.Equal(o.Deadline) {
				t.Fatalf("%v, %v", after.Deadline, err)
			}
			o = after
		}
	}))
}

// E2: a discount that shortens moves the deadline in to its own end.
func TestE2_Shortens(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	got := reduced(t, o, reductionOf(order.LapseShortens), off(1500), soon)
	payableUntil(t, got, "2018-11-30 23:59:59")
	if got.Payable() != order.Minor(8500, order.USD) {
		t.Errorf("%v", got.Payable())
	}
	t.Run("E2 the sooner of the two", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderIn(order.StateUnpaid).Filter(func(o order.Order) bool { return o.Reduction.Lock == "" }).Draw(t, "order")
		r := ordertest.ReductionAt(o.Placed).Draw(t, "reduction")
		r.Lapse, r.Lock = order.LapseShortens, ""
		after, err := o.Reduce(r, ordertest.Cuts(o).Draw(t, "cuts"), o.Placed)
		want := o.Latest
		if u := r.Window.Until; !u.IsZero() && u.Before(want) {
			want = u
		}
		if err != nil || !after.Deadline.Equal(want) {
			t.Fatalf("%v, want %v, %v", after.Deadline, want, err)
		}
		if _, err := after.Apply(moveAt(order.EventHold, want)); err != nil {
			t.Fatal(err)
		}
		if _, err := after.Apply(moveAt(order.EventHold, want.Add(time.Second))); !errors.Is(err, order.ErrPastDeadline) {
			t.Fatal(err)
		}
	}))
}

// E3: a discount that is honored stays good until the order's own deadline.
func TestE3_Honored(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	got := reduced(t, o, reductionOf(order.LapseHonored), off(1500), soon)
	payableUntil(t, got, "2018-12-03 23:12:32")
	held := moved(t, got, moveAt(order.EventHold, on("2018-12-03 23:12:32")), moveAt(order.EventSettle, on("2018-12-03 23:12:40")))
	if held.Paid.Cash != order.Minor(8500, order.USD) {
		t.Errorf("paid %v", held.Paid)
	}
	t.Run("E3 every one", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderIn(order.StateUnpaid).Filter(func(o order.Order) bool { return o.Reduction.Lock == "" }).Draw(t, "order")
		r := ordertest.ReductionAt(o.Placed).Draw(t, "reduction")
		r.Lapse = order.LapseHonored
		after, err := o.Reduce(r, ordertest.Cuts(o).Draw(t, "cuts"), o.Placed)
		if err != nil || !after.Deadline.Equal(o.Latest) {
			t.Fatalf("%v, %v", after.Deadline, err)
		}
		if _, err := after.Apply(moveAt(order.EventHold, after.Latest)); err != nil {
			t.Fatal(err)
		}
	}))
}

// E4: a discount that is judged at payment cannot be paid with once it has ended; the
// deadline stays.
func TestE4_Judged(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	got := reduced(t, o, reductionOf(order.LapseJudged), off(1500), soon)
	if !got.Deadline.Equal(sevenLater) {
		t.Errorf("deadline %v", got.Deadline)
	}
	t.Run("E4 in its last second", func(t *testing.T) {
		if _, err := got.Apply(moveAt(order.EventHold, on("2018-11-30 23:59:59").Add(999*time.Millisecond))); err != nil {
			t.Error(err)
		}
	})
	t.Run("E4 ended", func(t *testing.T) {
		after, err := got.Apply(moveAt(order.EventHold, on("2018-12-01 00:00:00")))
		var e *order.ReductionError
		if !errors.Is(err, order.ErrWindow) || !errors.As(err, &e) || e.ID != "spring" || e.Order != "O1" || e.Do == "" {
			t.Errorf("%v", err)
		}
		same(t, "refused", got, after)
	})
	t.Run("E4 dropped, it can be paid", func(t *testing.T) {
		payableUntil(t, reduced(t, got, order.Reduction{}, nil, on("2018-12-01 00:00:00")), "2018-12-03 23:12:32")
	})
	t.Run("E4 held in time and settled later", func(t *testing.T) {
		held := moved(t, got, moveAt(order.EventHold, november.Until), moveAt(order.EventSettle, on("2018-12-02 00:00:00")))
		if held.State != order.StatePaid || held.Paid.Cash != order.Minor(8500, order.USD) {
			t.Errorf("%s, %v", held.State, held.Paid)
		}
	})
	t.Run("E4 approved and confirmed after its end", func(t *testing.T) {
		waits := reduced(t, placedOrder(t, review(draftOf("O1", 10000))), reductionOf(order.LapseJudged), off(1), soon)
		if _, err := waits.Apply(moveAt(order.EventApprove, on("2018-12-01 00:00:00"))); err != nil {
			t.Error(err)
		}
	})
	t.Run("E4 the whole purchase waits for another choice", func(t *testing.T) {
		p, err := placedPair(t).Reduce("O2", reductionOf(order.LapseJudged), off(1), soon)
		if err != nil {
			t.Fatal(err)
		}
		after, err := p.Apply(moveAt(order.EventHold, on("2018-12-01 00:00:00")))
		if !errors.Is(err, order.ErrWindow) {
			t.Errorf("%v", err)
		}
		same(t, "refused", p, after)
		if p, err = p.Reduce("O2", order.Reduction{}, nil, on("2018-12-01 00:00:00")); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Apply(moveAt(order.EventHold, on("2018-12-01 00:00:00"))); err != nil {
			t.Error(err)
		}
	})
}

// E6: the deadline explains itself: the rule, the thing, from what, to what, in words.
func TestE6_Explain(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 10000))
	hardware := draftOf("O1", 100)
	hardware.Lines[0].Service = "hardware"
	later := reductionOf(order.LapseShortens)
	later.Window.Until = sevenLater
	odd, err := order.Place(draftOf("O1", 1), placedThen, order.Policy{Zone: beijing, Lifetime: 90 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	half, err := order.Place(draftOf("O1", 1), placedThen, order.Policy{Zone: beijing, Lifetime: 30 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	pair := placedPair(t)
	none := time.Time{}
	for _, x := range []struct {
		name        string
		o           order.Order
		rule, thing string
		from, to    time.Time
		text        string
	}{
		{"E6 the lifetime", o, "E1", "lifetime of 7 days", sevenLater, sevenLater, `2018-12-03 23:12:32 +08:00: 7 days after placement (E1)`},
		{"E6 another lifetime", placedOrder(t, hardware), "E1", "lifetime of 1 hour", on("2018-11-27 00:12:32"), on("2018-11-27 00:12:32"), `2018-11-27 00:12:32 +08:00: 1 hour after placement (E1)`},
		{"E6 half an hour", half, "E1", "lifetime of 30 minutes", on("2018-11-26 23:42:32"), on("2018-11-26 23:42:32"), `2018-11-26 23:42:32 +08:00: 30 minutes after placement (E1)`},
		{"E6 an odd lifetime", odd, "E1", "lifetime of 1m30s", on("2018-11-26 23:14:02"), on("2018-11-26 23:14:02"), `2018-11-26 23:14:02 +08:00: 1m30s after placement (E1)`},
		{"E6 a discount that shortens", reduced(t, o, reductionOf(order.LapseShortens), off(1), soon), "E2", `promotional "spring"`, sevenLater, november.Until,
			`2018-11-30 23:59:59 +08:00: promotional "spring" ends then (E2), before 7 days after placement, 2018-12-03 23:12:32 +08:00 (E1)`},
		{"E6 one that ends with the lifetime", reduced(t, o, later, off(1), soon), "E1", "lifetime of 7 days", sevenLater, sevenLater, `2018-12-03 23:12:32 +08:00: 7 days after placement (E1)`},
		{"E6 a discount that is honored", reduced(t, o, reductionOf(order.LapseHonored), off(1), soon), "E3", `promotional "spring"`, sevenLater, sevenLater,
			`2018-12-03 23:12:32 +08:00: 7 days after placement (E1); promotional "spring" ends 2018-11-30 23:59:59 +08:00 and is honored until then (E3)`},
		{"E6 a discount that is judged", reduced(t, o, reductionOf(order.LapseJudged), off(1), soon), "E4", `promotional "spring"`, sevenLater, sevenLater,
			`2018-12-03 23:12:32 +08:00: 7 days after placement (E1); promotional "spring" can be paid with until 2018-11-30 23:59:59 +08:00 only (E4)`},
		{"E6 another member's", pair.Orders[1], "O6", "order O1", sevenLater, sevenLater, `2018-12-03 23:12:32 +08:00: order O1 of the same purchase can be paid until then (O6)`},
		{"E6 its own in a purchase", pair.Orders[0], "E1", "lifetime of 7 days", sevenLater, sevenLater, `2018-12-03 23:12:32 +08:00: 7 days after placement (E1)`},
		{"E6 nothing is charged", placedOrder(t, freeDraft("O1")), "O2", "charges nothing", none, none, `no deadline: it charges nothing (O2)`},
		{"E6 money goes back", placedOrder(t, backDraft("O1", 1)), "O2", "gives money back", none, none, `no deadline: it gives money back (O2)`},
	} {
		t.Run(x.name, func(t *testing.T) {
			e := x.o.Explain()
			if e.Rule != x.rule || e.Thing != x.thing || !e.From.Equal(x.from) || !e.To.Equal(x.to) || e.String() != x.text {
				t.Errorf("%s by %s, from %v to %v:\n got %s\nwant %s", e.Rule, e.Thing, e.From, e.To, e, x.text)
			}
		})
	}
	t.Run("E6 every order's deadline is what it explains", rapid.MakeCheck(func(t *rapid.T) {
		for _, o := range append(ordertest.Purchase().Draw(t, "purchase").Orders, ordertest.Order().Draw(t, "order")) {
			e := o.Explain()
			if !e.To.Equal(o.Deadline) || e.Rule == "" || e.Thing == "" || e.Text == "" || !e.From.Equal(o.Latest) {
				t.Fatalf("%+v", e)
			}
			if moves := e.Rule == "E2"; moves && !e.To.Before(e.From) || (e.Rule == "E1" || e.Rule == "E3" || e.Rule == "E4") && !e.To.Equal(e.From) {
				t.Fatalf("%s from %v to %v", e.Rule, e.From, e.To)
			}
		}
	}))
}
