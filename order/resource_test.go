package order_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// O12: a resource is in at most one open order; one past its deadline makes room.
func TestO12_Vacate(t *testing.T) {
	with := func(d order.Draft, rs ...order.ResourceID) order.Draft {
		for i, r := range rs {
			d.Lines[i].Resource = r
		}
		return d
	}
	mine := placedOrder(t, with(draftOf("NEW", 1, 1), "r1", "r2"))
	unpaid := placedOrder(t, with(draftOf("OLD", 1, 1), "r0", "r2"))
	paying := moved(t, unpaid, mv(order.EventHold))
	third := with(draftOf("OLD", 1, 1), "r0", "r1")
	third.Lines[1].Seller = "imagemaker"
	last := sevenLater.Add(999 * time.Millisecond)
	over := sevenLater.Add(time.Second)
	for _, x := range []struct {
		name  string
		other order.Order
		at    time.Time
		void  []order.ID
		taken order.ResourceID // "": it is free
	}{
		{"O12 in an unpaid order", unpaid, soon, nil, "r2"},
		{"O12 in the last second it can be paid", unpaid, last, nil, "r2"},
		{"O12 past its deadline it is voided", unpaid, over, []order.ID{"OLD"}, ""},
		{"O12 being paid", paying, soon, nil, "r2"},
		{"O12 being paid past its deadline", paying, over, nil, "r2"},
		{"O12 waiting for approval", placedOrder(t, review(with(draftOf("OLD", 1), "r1"))), soon, nil, "r1"},
		{"O12 waiting for confirmation, past its deadline", placedOrder(t, confirm(with(draftOf("OLD", 1), "r1"))), over, []order.ID{"OLD"}, ""},
		{"O12 a free order waits for approval without end", placedOrder(t, review(with(freeDraft("OLD"), "r1"))), on("2030-01-01 00:00:00"), nil, "r1"},
		{"O12 paid", moved(t, paying, mv(order.EventSettle)), soon, nil, ""},
		{"O12 canceled", moved(t, unpaid, mv(order.EventCancel)), soon, nil, ""},
		{"O12 another resource", placedOrder(t, with(draftOf("OLD", 1), "r9")), soon, nil, ""},
		{"O12 no resource yet", placedOrder(t, draftOf("OLD", 1)), soon, nil, ""},
		{"O12 in a third party's line", placedOrder(t, third), soon, nil, "r1"},
		{"O12 the order itself", placedOrder(t, with(draftOf("NEW", 1), "r1")), soon, nil, ""},
		{"O12 both of its resources, voided once", placedOrder(t, with(draftOf("OLD", 1, 1), "r2", "r1")), over, []order.ID{"OLD"}, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			void, err := mine.Vacate([]order.Order{x.other}, x.at)
			if x.taken == "" {
				if err != nil || !slices.Equal(void, x.void) {
					t.Errorf("%v, %v; want %v", void, err, x.void)
				}
				return
			}
			var e *order.ResourceError
			if !errors.Is(err, order.ErrResourceTaken) || !errors.As(err, &e) || e.Holder != "OLD" || e.Resource != x.taken || e.Order != "NEW" || e.State != x.other.State || void != nil {
				t.Errorf("%v, %v", void, err)
			}
		})
	}
	t.Run("O12 the one that can be paid decides, wherever it stands", func(t *testing.T) {
		late := placedOrder(t, with(draftOf("OLD", 1), "r1"))
		young, err := order.Place(with(draftOf("YOUNG", 1), "r2"), over, order.Huawei())
		if err != nil {
			t.Fatal(err)
		}
		for _, others := range [][]order.Order{{late, young}, {young, late}} {
			var e *order.ResourceError
			if void, err := mine.Vacate(others, over); !errors.As(err, &e) || e.Holder != "YOUNG" || void != nil {
				t.Errorf("%v, %v", void, err)
			}
		}
	})
	t.Run("T2 a time that is none", func(t *testing.T) {
		for _, at := range []time.Time{{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			if void, err := mine.Vacate([]order.Order{unpaid}, at); !errors.Is(err, order.ErrInvalid) || fieldOf(err) != "at" || void != nil {
				t.Errorf("%v: %v, %v", at, void, err)
			}
		}
	})
	t.Run("O12 what is to be voided can be, and what stays open cannot", rapid.MakeCheck(func(t *rapid.T) {
		others := rapid.SliceOfNDistinct(ordertest.Order(), 1, 4, func(o order.Order) order.ID { return o.ID }).Draw(t, "others")
		for i := range others {
			others[i].Lines[0].Resource = rapid.SampledFrom([]order.ResourceID{"r1", "r2", "r3", "r4"}).Draw(t, "resource")
		}
		at := others[0].Placed
		if !others[0].Deadline.IsZero() {
			at = others[0].Deadline.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "late")) * time.Second)
		}
		void, err := mine.Vacate(others, at)
		blocked := false
		for _, o := range others {
			has := slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Resource == "r1" || l.Resource == "r2" })
			_, expires := o.Apply(moveAt(order.EventExpire, at))
			switch {
			case !has || !o.State.Open() || o.ID == mine.ID:
				if slices.Contains(void, o.ID) {
					t.Fatalf("%s is %s, and to be voided", o.ID, o.State)
				}
			case expires != nil:
				blocked = true
			case err == nil && !slices.Contains(void, o.ID):
				t.Fatalf("%s keeps the resource", o.ID)
			}
		}
		if blocked != (err != nil) {
			t.Fatalf("blocked %v, %v", blocked, err)
		}
	}))
}
