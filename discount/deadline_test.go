package discount_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// ratio85 is the discount of the example: 15 % off, valid in November 2018.
func ratio85(k discount.Kind, id discount.ID) discount.Discount {
	return discount.Discount{ID: id, Kind: k, Window: november, Ratio: order.Percent(85)}
}

func apply(t *testing.T, o order.Order, d discount.Discount, at time.Time, p discount.Policy) order.Order {
	t.Helper()
	o, err := discount.Apply(o, d, at, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func hold(o order.Order, at time.Time) (order.Order, error) {
	return o.Apply(order.Move{Event: order.EventHold, At: at, By: "payment", Payment: "payment-1"})
}

func sameInstant(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is %s, want %s", what, got.Format(time.DateTime), want.Format(time.DateTime))
	}
}

func TestE2_Shortens(t *testing.T) {
	for _, k := range []discount.Kind{discount.KindPromotional, discount.KindCoupon} {
		for name, p := range map[string]discount.Policy{"zero": {}, "Huawei2024": discount.Huawei2024()} {
			t.Run(string(k)+" "+name, func(t *testing.T) {
				o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(k, "spring"), placed, p)
				sameInstant(t, "deadline", o.Deadline, clock("2018-11-30 23:59:59"))
				if o.Reduction.Lapse != order.LapseShortens || o.Explain().Rule != "E2" {
					t.Errorf("%s, explained by %s", o.Reduction.Lapse, o.Explain())
				}
				if _, err := hold(o, clock("2018-11-30 23:59:59").Add(999*time.Millisecond)); err != nil {
					t.Error(err)
				}
				if _, err := hold(o, clock("2018-12-01 00:00:00")); !errors.Is(err, order.ErrPastDeadline) {
					t.Errorf("held after its deadline: %v", err)
				}
			})
		}
	}
	t.Run("one that outlives the order does not move it", func(t *testing.T) {
		d := ratio85(discount.KindPromotional, "long")
		d.Window.Until = clock("2018-12-03 23:12:32")
		o := apply(t, place(t, draft("order-1", server(usd(10000)))), d, placed, discount.Policy{})
		sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:32"))
		if o.Explain().Rule != "E1" {
			t.Errorf("explained by %s", o.Explain())
		}
		d.Window.Until = clock("2018-12-03 23:12:31")
		o = apply(t, o, d, placed, discount.Policy{})
		sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:31"))
	})
}

func TestE3_Honored(t *testing.T) {
	for _, k := range []discount.Kind{discount.KindCommercial, discount.KindPartnerAuthorized, discount.KindPartnerAdjusted, discount.KindOfflineContract} {
		t.Run(string(k), func(t *testing.T) {
			o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(k, "agreed"), placed, discount.Huawei2024())
			sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:32"))
			if o.Reduction.Lapse != order.LapseHonored || o.Explain().Rule != "E3" {
				t.Errorf("%s, explained by %s", o.Reduction.Lapse, o.Explain())
			}
			held, err := hold(o, clock("2018-12-03 23:12:32"))
			if err != nil || held.Payable() != usd(8500) {
				t.Errorf("payable %s: %v", held.Payable(), err)
			}
			if _, err := hold(o, clock("2018-12-03 23:12:33")); !errors.Is(err, order.ErrPastDeadline) {
				t.Errorf("held after its deadline: %v", err)
			}
		})
	}
}

func TestE4_Judged(t *testing.T) {
	p := discount.Huawei2020()
	for _, k := range []discount.Kind{discount.KindCommercial, discount.KindPromotional, discount.KindPartnerAuthorized, discount.KindCoupon} {
		t.Run(string(k), func(t *testing.T) {
			o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(k, "agreed"), placed, p)
			sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:32"))
			for _, at := range []time.Time{clock("2018-11-30 23:59:59"), clock("2018-11-30 23:59:59").Add(999 * time.Millisecond)} {
				if _, err := hold(o, at); err != nil {
					t.Errorf("at %s: %v", at, err)
				}
			}
			ended := clock("2018-12-01 00:00:00")
			same, err := hold(o, ended)
			var reduction *order.ReductionError
			if !errors.Is(err, order.ErrWindow) || !errors.As(err, &reduction) || reduction.ID != "agreed" || same.State != order.StateUnpaid {
				t.Fatalf("held with a discount that has ended: %v", err)
			}
			another := discount.Discount{ID: "winter", Kind: k, Window: order.Window{From: ended}, Ratio: order.Percent(90)}
			o = apply(t, o, another, ended, p)
			if o, err = hold(o, ended); err != nil || o.Payable() != usd(9000) {
				t.Errorf("payable %s with another: %v", o.Payable(), err)
			}
		})
	}
	t.Run("none is chosen instead", func(t *testing.T) {
		o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(discount.KindCommercial, "agreed"), placed, p)
		o, err := discount.Drop(o, clock("2018-12-01 00:00:00"), p)
		if err != nil {
			t.Fatal(err)
		}
		if o, err = hold(o, clock("2018-12-01 00:00:00")); err != nil || o.Payable() != usd(10000) {
			t.Errorf("payable %s: %v", o.Payable(), err)
		}
	})
	for _, k := range []discount.Kind{discount.KindPartnerAdjusted, discount.KindOfflineContract} {
		t.Run(string(k)+" is honored", func(t *testing.T) {
			o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(k, "agreed"), placed, p)
			if _, err := hold(o, clock("2018-12-03 23:12:32")); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("what is locked is honored", func(t *testing.T) {
		d := draft("order-1", server(usd(10000)))
		d.Type = order.TypeUpgrade
		o := apply(t, place(t, d), ratio85(discount.KindCommercial, "agreed"), placed, p)
		if _, err := hold(o, clock("2018-12-03 23:12:32")); err != nil {
			t.Error(err)
		}
	})
	t.Run("whatever the policy says", func(t *testing.T) {
		p := discount.Policy{Lapses: discount.Lapses{OfflineContract: order.LapseJudged}}
		o := apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(discount.KindOfflineContract, "agreed"), placed, p)
		if _, err := hold(o, clock("2018-12-01 00:00:00")); !errors.Is(err, order.ErrWindow) {
			t.Errorf("the policy judges offline contracts: %v", err)
		}
		o = apply(t, place(t, draft("order-1", server(usd(10000)))), ratio85(discount.KindPartnerAdjusted, "set"), placed, p)
		if o.Reduction.Lapse != order.LapseHonored {
			t.Errorf("partner-adjusted: %s", o.Reduction.Lapse)
		}
	})
}

func TestE5_ChoosingAnother(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000))))
	short := ratio85(discount.KindPromotional, "short")
	short.Window.Until = clock("2018-11-28 00:00:00")
	longer := ratio85(discount.KindPromotional, "longer")
	beyond := ratio85(discount.KindPromotional, "beyond")
	beyond.Window.Until = clock("2019-12-31 23:59:59")
	at := clock("2018-11-27 12:00:00")
	for _, step := range []struct {
		d    discount.Discount
		want string
	}{
		{short, "2018-11-28 00:00:00"},
		{longer, "2018-11-30 23:59:59"},
		{beyond, "2018-12-03 23:12:32"},
		{short, "2018-11-28 00:00:00"},
		{ratio85(discount.KindCommercial, "agreed"), "2018-12-03 23:12:32"},
	} {
		o = apply(t, o, step.d, at, discount.Policy{})
		sameInstant(t, string(step.d.ID), o.Deadline, clock(step.want))
		sameInstant(t, "the lifetime", o.Latest, clock("2018-12-03 23:12:32"))
	}
	o = apply(t, o, short, at, discount.Policy{})
	o, err := discount.Drop(o, at, discount.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	sameInstant(t, "none", o.Deadline, clock("2018-12-03 23:12:32"))
	t.Run("not once the shorter deadline has passed", func(t *testing.T) {
		o := apply(t, o, short, at, discount.Policy{})
		if _, err := discount.Apply(o, longer, clock("2018-11-28 00:00:00"), discount.Policy{}); err != nil {
			t.Errorf("in the last second: %v", err)
		}
		_, err := discount.Apply(o, longer, clock("2018-11-28 00:00:01"), discount.Policy{})
		if !errors.Is(err, order.ErrPastDeadline) {
			t.Errorf("a second later: %v", err)
		}
		if _, err := discount.Drop(o, clock("2018-11-28 00:00:01"), discount.Policy{}); !errors.Is(err, order.ErrPastDeadline) {
			t.Errorf("dropped a second later: %v", err)
		}
	})
}

func TestE7_Window(t *testing.T) {
	// The order's lifetime of 7 days lies around each end of the window.
	for _, c := range []struct {
		name   string
		window order.Window
		at     time.Time
		ok     bool
	}{
		{"not begun", order.Window{From: clock("2018-11-28 00:00:00")}, clock("2018-11-27 23:59:59").Add(999 * time.Millisecond), false},
		{"begins", order.Window{From: clock("2018-11-28 00:00:00")}, clock("2018-11-28 00:00:00"), true},
		{"ends", november, clock("2018-11-30 23:59:59"), true},
		{"ends within its second", november, clock("2018-11-30 23:59:59").Add(999 * time.Millisecond), true},
		{"ended", november, clock("2018-12-01 00:00:00"), false},
		{"in another zone", november, clock("2018-11-30 23:59:59").UTC(), true},
		{"of one second", order.Window{From: clock("2018-11-28 00:00:00"), Until: clock("2018-11-28 00:00:00")}, clock("2018-11-28 00:00:00"), true},
		{"without ends", order.Window{}, clock("2018-12-03 23:12:32"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := ratio85(discount.KindCommercial, "agreed")
			d.Window = c.window
			o := place(t, draft("order-1", server(usd(10000))))
			got, err := discount.Apply(o, d, c.at, discount.Policy{})
			choice, chooseErr := discount.Choose(o, []discount.Discount{d}, c.at, discount.Policy{})
			if chooseErr != nil {
				t.Fatal(chooseErr)
			}
			if c.ok {
				if err != nil || got.Payable() != usd(8500) || choice.Best != 0 {
					t.Errorf("payable %s, choice %d: %v", got.Payable(), choice.Best, err)
				}
				return
			}
			var reduction *order.ReductionError
			if !errors.Is(err, order.ErrWindow) || !errors.As(err, &reduction) || reduction.Window != c.window || choice.Best != -1 {
				t.Errorf("choice %d: %v", choice.Best, err)
			}
			unchanged(t, got, o)
		})
	}
	t.Run("when placing too", func(t *testing.T) {
		d := ratio85(discount.KindPromotional, "winter")
		d.Window = order.Window{From: placed.Add(time.Second)}
		if _, err := discount.Apply(place(t, draft("order-1", server(usd(10000)))), d, placed, discount.Policy{}); !errors.Is(err, order.ErrWindow) {
			t.Errorf("applied: %v", err)
		}
	})
	t.Run("a dropped one is chosen anew", func(t *testing.T) {
		d := ratio85(discount.KindCommercial, "agreed")
		o := apply(t, place(t, draft("order-1", server(usd(10000)))), d, placed, discount.Huawei2024())
		o, err := discount.Drop(o, clock("2018-11-30 23:59:59"), discount.Huawei2024())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := discount.Apply(o, d, clock("2018-11-30 23:59:59"), discount.Huawei2024()); err != nil {
			t.Errorf("while it is valid: %v", err)
		}
		if _, err := discount.Apply(o, d, clock("2018-12-01 00:00:00"), discount.Huawei2024()); !errors.Is(err, order.ErrWindow) {
			t.Errorf("once it has ended: %v", err)
		}
	})
}
