package coupon_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// C13: a discount coupon with three uses was used up after the first order.
func TestC13_UsesOfADiscountCoupon(t *testing.T) {
	c := with(discountCoupon(), func(c *coupon.Coupon) { c.Uses = 3 })
	var err error
	for n := range 3 {
		if c, err = c.HoldFor(order.ID(fmt.Sprint("O", n)), now); err != nil {
			t.Fatalf("order %d of 3: %v", n+1, err)
		}
	}
	var m *coupon.MoveError
	if _, err := c.HoldFor("O3", now); !errors.As(err, &m) {
		t.Errorf("a fourth order holds one of three uses: %v", err)
	}
	if c, err = c.Release("O1", now); err != nil || c.State != coupon.StateHeld || len(c.HeldFor) != 2 {
		t.Fatalf("one use released: %+v, %v", c, err)
	}
	if _, err := c.Use("O1", order.Money{}, now); !errors.Is(err, coupon.ErrHolder) {
		t.Errorf("used by who let it go: %v", err)
	}
	for n, id := range []string{"O0", "O2"} {
		if c, err = c.Use(id, order.Money{}, now); err != nil || c.Used != n+1 {
			t.Fatalf("used by %s: %+v, %v", id, c, err)
		}
	}
	if c.State != coupon.StateAvailable {
		t.Errorf("used 2 of 3, and %s", c.State)
	}
	if c, err = c.HoldFor("O3", now); err == nil {
		c, err = c.Use("O3", order.Money{}, now)
	}
	if err != nil || c.State != coupon.StateUsed || c.Used != 3 {
		t.Errorf("used 3 of 3: %+v, %v", c, err)
	}
}

// C13: two orders hold a coupon that has ended since. It stays held when the first releases it,
// and is expired when the last does.
func TestC13_EndedWhileTwoHoldIt(t *testing.T) {
	c := with(discountCoupon(), func(c *coupon.Coupon) { c.Uses = 3 })
	for _, id := range []order.ID{"A", "B"} {
		var err error
		if c, err = c.HoldFor(id, now); err != nil {
			t.Fatal(err)
		}
	}
	late := march.Until.Add(time.Second)
	c, err := c.Release("A", late)
	if err != nil || c.State != coupon.StateHeld {
		t.Fatalf("B still holds it: %s, %v", c.State, err)
	}
	if c, err = c.Use("B", order.Money{}, late); err != nil || c.State != coupon.StateExpired || c.Used != 1 {
		t.Errorf("nobody holds it: %s, used %d, %v", c.State, c.Used, err)
	}
}

// C13: a coupon whose first use leaves nothing of its balance was issued with three uses.
func TestC13_UsesOfOneBalance(t *testing.T) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard} {
		c := pays("C1", kind, 1000)
		for uses, sound := range []bool{true, true, false} {
			c.Uses, c.Reusable = uses, false
			if err := c.Check(); (err == nil) != sound {
				t.Errorf("%s of a single use with %d uses: %v", kind, uses, err)
			}
			if c.Reusable = true; c.Check() != nil {
				t.Errorf("reusable %s with %d uses: %v", kind, uses, c.Check())
			}
		}
	}
}

// C13, C11: in any sequence of holds, uses and releases by orders, a discount coupon is never
// held and used more often than its uses are.
func TestC13_NeverMoreThanUses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := coupontest.CouponIn(coupon.StateAvailable).Filter(func(c coupon.Coupon) bool { return c.Kind == coupon.KindDiscount }).Draw(t, "coupon")
		c.Window, c.Frozen = march, false
		c.Span, c.Ends, c.Used = order.Term{}, time.Time{}, min(c.Used, max(1, c.Uses)-1) // the law of spans is another
		used, most := c.Used, max(1, c.Uses)
		holds := map[order.ID]bool{}
		for _, step := range rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "steps") {
			id := order.ID(fmt.Sprint("O", step%5))
			var err error
			after := c
			switch step / 5 % 3 {
			case 0:
				after, err = c.HoldFor(id, now)
				if ok := !holds[id] && used+len(holds) < most; ok != (err == nil) {
					t.Fatalf("%s holds it beside %v, used %d of %d: %v", id, holds, used, most, err)
				}
				if err == nil {
					holds[id] = true
				}
			case 1:
				if after, err = c.Release(string(id), now); (err == nil) != holds[id] {
					t.Fatalf("%s releases it: %v", id, err)
				}
				delete(holds, id)
			case 2:
				if after, err = c.Use(string(id), order.Money{}, now); (err == nil) != holds[id] {
					t.Fatalf("%s uses it: %v", id, err)
				}
				if holds[id] {
					used++
				}
				delete(holds, id)
			}
			if after.Used != used || len(after.HeldFor) != len(holds) || after.Check() != nil {
				t.Fatalf("%+v, %v, want used %d, held by %v", after, after.Check(), used, holds)
			}
			c = after
		}
	})
}
