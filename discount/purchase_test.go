package discount_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

func TestE2_InPurchase(t *testing.T) {
	other := server(usd(5000))
	other.Service = "OBS"
	p, err := order.PlaceTogether("purchase-1", []order.Draft{draft("order-1", server(usd(10000))), draft("order-2", other)}, placed, order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	spring := ratio85(discount.KindPromotional, "spring")

	reduced, err := discount.ApplyIn(p, "order-2", spring, placed, discount.Huawei2024())
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range reduced.Orders {
		sameInstant(t, string(o.ID), o.Deadline, clock("2018-11-30 23:59:59"))
		if (o.DeadlineOf == "order-2") != (i == 0) {
			t.Errorf("%s: the deadline is of %q", o.ID, o.DeadlineOf)
		}
	}
	if reduced.Orders[0].Explain().Rule != "O6" || reduced.Orders[1].Explain().Rule != "E2" {
		t.Errorf("explained by %s and %s", reduced.Orders[0].Explain(), reduced.Orders[1].Explain())
	}
	if sum, err := reduced.Payable(); err != nil || sum != usd(10000+4250) {
		t.Errorf("%s payable: %v", sum, err)
	}
	sameInstant(t, "before", p.Deadline(), clock("2018-12-03 23:12:32"))

	t.Run("dropped, the deadline comes back out for all", func(t *testing.T) {
		dropped, err := discount.DropIn(reduced, "order-2", placed, discount.Huawei2024())
		if err != nil {
			t.Fatal(err)
		}
		unchanged(t, dropped, p)
	})
	t.Run("another of another member is earlier still", func(t *testing.T) {
		earlier := ratio85(discount.KindCoupon, "flash")
		earlier.Window.Until = clock("2018-11-27 00:00:00")
		both, err := discount.ApplyIn(reduced, "order-1", earlier, placed, discount.Huawei2024())
		if err != nil {
			t.Fatal(err)
		}
		sameInstant(t, "deadline", both.Deadline(), clock("2018-11-27 00:00:00"))
		back, err := discount.DropIn(both, "order-1", placed, discount.Huawei2024())
		if err != nil {
			t.Fatal(err)
		}
		unchanged(t, back, reduced)
	})
	t.Run("a member alone is refused", func(t *testing.T) {
		member := reduced.Orders[1]
		var move *order.MoveError
		after, err := discount.Apply(member, spring, placed, discount.Huawei2024())
		if !errors.Is(err, order.ErrMember) || !errors.As(err, &move) || move.Purchase != "purchase-1" {
			t.Errorf("applied: %v", err)
		}
		unchanged(t, after, member)
		after, err = discount.Drop(member, placed, discount.Huawei2024())
		if !errors.Is(err, order.ErrMember) {
			t.Errorf("dropped: %v", err)
		}
		unchanged(t, after, member)
	})
	t.Run("its best is chosen alone", func(t *testing.T) {
		c, err := discount.Choose(p.Orders[1], []discount.Discount{ratio85(discount.KindCommercial, "agreed")}, placed, discount.Huawei2024())
		if err != nil || c.Off != usd(750) {
			t.Errorf("%s, %v", c, err)
		}
	})
	t.Run("D5 and D6 hold for members", func(t *testing.T) {
		set, err := discount.ApplyIn(p, "order-1", ratio85(discount.KindPartnerAdjusted, "set"), placed, discount.Huawei2024())
		if err != nil {
			t.Fatal(err)
		}
		after, err := discount.DropIn(set, "order-1", placed, discount.Huawei2024())
		locked(t, err)
		unchanged(t, after, set)
		later := clock("2018-11-26 23:12:33")
		after, err = discount.DropIn(p, "order-1", later, discount.HuaweiChina())
		locked(t, err)
		unchanged(t, after, p)
		after, err = discount.ApplyIn(p, "order-1", spring, later, discount.HuaweiChina())
		locked(t, err)
		unchanged(t, after, p)
	})
}
