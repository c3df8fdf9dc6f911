package coupon_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// firstUsed is a discount coupon with a span, used for the first time at an instant.
func firstUsed(t testing.TB, n int, at time.Time) coupon.Coupon {
	t.Helper()
	c := with(discountCoupon(), func(c *coupon.Coupon) {
		c.Window, c.Span = order.Window{}, order.Term{N: n, Unit: order.Month}
	})
	return usedFor(t, c, "O1", at)
}

func usedFor(t testing.TB, c coupon.Coupon, id order.ID, at time.Time) coupon.Coupon {
	t.Helper()
	c, err := c.HoldFor(id, at)
	if err == nil {
		c, err = c.Use(string(id), order.Money{}, at)
	}
	if err != nil {
		t.Fatalf("order %s at %s: %v", id, at, err)
	}
	return c
}

// C13: "10 % for three months" could not be issued: months count from the first use, any
// number of orders has it until then, and the last second of the span is the last.
func TestC13_ThreeMonthsFromTheFirstUse(t *testing.T) {
	begin := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	c := firstUsed(t, 3, begin)
	last := time.Date(2026, 4, 30, 9, 59, 59, 0, time.UTC) // April has no 31st
	if !c.Ends.Equal(last) || c.State != coupon.StateAvailable || !c.Validity().Until.Equal(last) {
		t.Fatalf("ends %s, %s", c.Ends, c.State)
	}
	if d, err := c.AsDiscount(); err != nil || !d.Window.Until.Equal(last) {
		t.Errorf("as a discount it ends %s, %v", d.Window.Until, err)
	}
	for n := range 5 {
		c = usedFor(t, c, order.ID(fmt.Sprint("M", n)), begin.AddDate(0, 0, 20*n))
	}
	if !c.Ends.Equal(last) || c.Used != 6 {
		t.Errorf("used %d times, ends %s", c.Used, c.Ends)
	}
	if _, err := c.HoldFor("in time", last.Add(time.Second-1)); err != nil {
		t.Errorf("in the last second: %v", err)
	}
	if _, err := c.HoldFor("late", last.Add(time.Second)); err == nil {
		t.Error("held a second after its span")
	}
	if _, err := c.Expire(last); err == nil {
		t.Error("expired in its last second")
	}
	if after, err := c.Expire(last.Add(time.Second)); err != nil || after.State != coupon.StateExpired {
		t.Errorf("after its span: %s, %v", after.State, err)
	}
}

// C13: a window that ends sooner than the span, and uses that are fewer, count.
func TestC13_SpanWindowAndUses(t *testing.T) {
	begin := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	until := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	c := with(discountCoupon(), func(c *coupon.Coupon) {
		c.Window, c.Span, c.Uses = order.Window{Until: until}, order.Term{N: 1, Unit: order.Month}, 2
	})
	c = usedFor(t, c, "A", begin)
	if !c.Validity().Until.Equal(until) {
		t.Errorf("valid until %s", c.Validity().Until)
	}
	if c = usedFor(t, c, "B", begin); c.State != coupon.StateUsed {
		t.Errorf("two of two uses, and %s", c.State)
	}
}

// C13, C14: the first use that comes back takes the span with it.
func TestC13_SpanBeginsAnew(t *testing.T) {
	begin := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	c, err := firstUsed(t, 1, begin).Return(order.Money{}, true, begin.Add(time.Hour))
	if err != nil || c.Used != 0 || !c.Ends.IsZero() {
		t.Fatalf("%+v, %v", c, err)
	}
	later := begin.AddDate(0, 0, 100)
	if c = usedFor(t, c, "O2", later); !c.Ends.Equal(order.Term{N: 1, Unit: order.Month}.Nth(later, 1).Add(-time.Second)) {
		t.Errorf("used again at %s, ends %s", later, c.Ends)
	}
}

// C13: held before its first use, it is used after: the order that holds it goes on.
func TestC13_SpanAndWhoHoldsIt(t *testing.T) {
	begin := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	c := with(discountCoupon(), func(c *coupon.Coupon) {
		c.Window, c.Span = order.Window{}, order.Term{N: 1, Unit: order.Month}
	})
	c, err := c.HoldFor("early", begin)
	if err != nil {
		t.Fatal(err)
	}
	c = usedFor(t, c, "O1", begin)
	late := c.Ends.Add(time.Second)
	if c, err = c.Use("early", order.Money{}, late); err != nil || c.State != coupon.StateExpired || c.Used != 2 {
		t.Errorf("%+v, %v", c, err)
	}
}

// C13: whenever it is used, nobody can hold it after the span from the first use, and up to
// then everybody can.
func TestC13_SpanLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "begin"), 0).UTC()
		months := rapid.IntRange(1, 36).Draw(t, "months")
		c := with(discountCoupon(), func(c *coupon.Coupon) {
			c.Window, c.Span = order.Window{}, order.Term{N: months, Unit: order.Month}
		})
		end := order.Term{N: months, Unit: order.Month}.Nth(begin, 1)
		at := begin
		for n := range rapid.IntRange(1, 5).Draw(t, "orders") {
			id := order.ID(fmt.Sprint("O", n))
			held, err := c.HoldFor(id, at)
			if at.Before(end) != (err == nil) {
				t.Fatalf("first used %s, %d months: at %s %v", begin, months, at, err)
			}
			if err != nil {
				return
			}
			if c, err = held.Use(string(id), order.Money{}, at); err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(t, "later")) * time.Second)
		}
	})
}

// C13: a span that leads out of the years that are known is refused at issue; used near their
// end, it ends with them.
func TestC13_SpanOfManyYears(t *testing.T) {
	for _, row := range []struct {
		span  order.Term
		sound bool
	}{
		{order.Term{N: 100, Unit: order.Year}, true}, {order.Term{N: 101, Unit: order.Year}, false},
		{order.Term{N: 1200, Unit: order.Month}, true}, {order.Term{N: 1201, Unit: order.Month}, false},
	} {
		c := with(discountCoupon(), func(c *coupon.Coupon) { c.Span = row.span })
		if err := c.Check(); (err == nil) != row.sound {
			t.Errorf("%s: %v", row.span, err)
		}
	}
	late := time.Date(9950, 1, 1, 0, 0, 0, 0, time.UTC)
	c := with(discountCoupon(), func(c *coupon.Coupon) { c.Window, c.Span = order.Window{}, order.Term{N: 100, Unit: order.Year} })
	if c = usedFor(t, c, "O1", late); c.Ends.Year() != 9998 || !c.Ends.After(late) {
		t.Errorf("ends %s", c.Ends)
	}
}
