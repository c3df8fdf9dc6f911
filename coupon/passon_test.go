package coupon_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// spent is a cash coupon of 30.00 of a single use that has paid.
func spent(t testing.TB, at time.Time) coupon.Coupon {
	t.Helper()
	c := coupon.Coupon{ID: "C1", Customer: "c", Kind: coupon.KindCash, State: coupon.StateAvailable, Face: usd(3000), Balance: usd(3000), Window: march,
		Limits: coupon.Limits{Threshold: usd(10000), Projects: []order.ProjectID{"p"}, Share: order.Percent(50)}, Version: 4}
	c, err := c.Hold("P1", at)
	if err == nil {
		c, err = c.Use("P1", usd(3000), at)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// C14: what a coupon of a single use paid of an order that is not provided is one new coupon
// of the same kind, limits and window, without a threshold, worth that part.
func TestC14_PassOn(t *testing.T) {
	c := spent(t, now)
	after, fresh, err := c.PassOn("C1-a", usd(1200), now)
	if err != nil || after.PassedOn != usd(1200) || after.State != coupon.StateUsed || c.PassedOn != (order.Money{}) {
		t.Fatalf("%+v, %v", after, err)
	}
	switch {
	case fresh.ID != "C1-a" || fresh.From != "C1" || fresh.Kind != c.Kind || fresh.Customer != "c" || fresh.Window != c.Window:
		t.Errorf("%+v", fresh)
	case fresh.Face != usd(1200) || fresh.Balance != usd(1200) || fresh.State != coupon.StateAvailable || fresh.Used != 0 || fresh.Version != 0:
		t.Errorf("worth %s of %s, %s, used %d", fresh.Balance, fresh.Face, fresh.State, fresh.Used)
	case fresh.Limits.Threshold != (order.Money{}) || fresh.Limits.Share != c.Limits.Share || len(fresh.Limits.Projects) != 1:
		t.Errorf("limits %+v", fresh.Limits)
	}
	if after, _, err = after.PassOn("C1-b", usd(1800), now); err != nil || after.PassedOn != usd(3000) {
		t.Fatalf("the rest: %+v, %v", after, err)
	}
	if _, _, err := after.PassOn("C1-c", usd(1), now); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a cent more than was used: %v", err)
	}
	if _, err := after.Return(usd(3000), true, now); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("passed on and returned: %v", err)
	}
}

// C14: what passes nothing on.
func TestC14_PassOnRefused(t *testing.T) {
	last := march.Until
	reusable := with(spent(t, now), func(c *coupon.Coupon) { c.Reusable = true })
	for name, row := range map[string]struct {
		c    coupon.Coupon
		part order.Money
		at   time.Time
		want error
	}{
		"nothing":                 {spent(t, now), usd(0), now, order.ErrInvalid},
		"below zero":              {spent(t, now), usd(-1), now, order.ErrInvalid},
		"another currency":        {spent(t, now), order.Minor(100, order.EUR), now, order.ErrInvalid},
		"more than it paid":       {spent(t, now), usd(3001), now, order.ErrInvalid},
		"of several uses":         {reusable, usd(100), now, coupon.ErrState},
		"a discount coupon":       {discountCoupon(), usd(100), now, coupon.ErrState},
		"not used":                {with(spent(t, now), func(c *coupon.Coupon) { c.State, c.Balance, c.Used = coupon.StateAvailable, c.Face, 0 }), usd(100), now, coupon.ErrState},
		"a second after its last": {spent(t, now), usd(100), last.Add(time.Second), coupon.ErrState},
	} {
		after, fresh, err := row.c.PassOn("new", row.part, row.at)
		if !errors.Is(err, row.want) || fresh.ID != "" || after.PassedOn != row.c.PassedOn {
			t.Errorf("%s: %+v, %v", name, fresh, err)
		}
	}
	if _, _, err := spent(t, now).PassOn("new", usd(100), last); err != nil {
		t.Errorf("in its last second: %v", err)
	}
}

// C14, I6: the parts that are passed on are together at most what was used, and worth as much
// as the new coupons.
func TestC14_PassedOnIsWhatWasUsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := spentOf(t)
		sum := int64(0)
		for _, part := range rapid.SliceOfN(rapid.Int64Range(-10, 2000), 0, 8).Draw(t, "parts") {
			after, fresh, err := c.PassOn("new", usd(part), now)
			if ok := part > 0 && sum+part <= c.Face.Minor(); ok != (err == nil) {
				t.Fatalf("%d beside %d of %s: %v", part, sum, c.Face, err)
			}
			if err != nil {
				continue
			}
			if sum += part; after.PassedOn.Minor() != sum || fresh.Face.Minor() != part || fresh.Balance != fresh.Face {
				t.Fatalf("passed on %s, want %d, as %s", after.PassedOn, sum, fresh.Face)
			}
			c = after
		}
	})
}

func spentOf(t *rapid.T) coupon.Coupon {
	c := coupon.Coupon{ID: "C1", Customer: "c", Kind: coupon.KindFlexi, State: coupon.StateUsed, Face: usd(rapid.Int64Range(1, 5000).Draw(t, "face")), Balance: usd(0), Used: 1, Window: march}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return c
}
