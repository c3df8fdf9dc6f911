package discount_test

import (
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawnOrder draws an order that charges, before payment, and a time in its lifetime:
// the second of placement often.
func drawnOrder(t *rapid.T) (order.Order, time.Time) {
	d := ordertest.Draft(order.FlowCharge, ordertest.Currency().Draw(t, "currency")).Draw(t, "draft")
	o, err := order.Place(d, ordertest.Instant().Draw(t, "placed"), order.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	at := o.Placed
	if rapid.Bool().Draw(t, "later") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 7*24*60*60).Draw(t, "seconds")) * time.Second)
	}
	return o, at
}

func TestD3_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, at := drawnOrder(t)
		was := before
		was.Lines = slices.Clone(before.Lines)
		p := discounttest.Policy().Draw(t, "policy")
		d := discounttest.Discount(before, at).Draw(t, "discount")
		after, err := discount.Apply(before, d, at, p)
		same(t, "the input", before, was)
		if err != nil {
			same(t, "refused", after, before)
			if len(p.Confirmed) == 0 {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if err := after.Check(); err != nil {
			t.Fatal(err)
		}
		var list, off, payable int64
		for i := range after.Lines {
			l := &after.Lines[i]
			if !l.Own() || !d.Scope.Covers(&after, i) {
				if l.Off.Sign() != 0 {
					t.Fatalf("line %d is not covered, and %s is off", i, l.Off)
				}
			}
			if l.Own() {
				list, off, payable = list+l.Amount.Minor(), off+l.Off.Minor(), payable+l.Payable().Minor()
				if l.Payable().Minor() < 0 || l.Payable().Minor() > l.Amount.Minor() {
					t.Fatalf("line %d costs %s of %s", i, l.Payable(), l.Amount)
				}
			}
		}
		if after.List().Minor() != list || after.Discount().Minor() != off || after.Payable().Minor() != list-off || payable != list-off || after.List() != before.List() {
			t.Fatalf("%s - %s = %s; the lines add up to %d - %d", after.List(), after.Discount(), after.Payable(), list, off)
		}
		if after.Deadline.After(before.Latest) || !after.Latest.Equal(before.Latest) {
			t.Fatalf("deadline %s, lifetime to %s", after.Deadline, after.Latest)
		}
		if cuts, err := d.Cut(nil, &before, p); err != nil || len(cuts) != len(after.Lines) {
			t.Fatal(err)
		}
	})
}

// same fails t unless got is want.
func same[T any](t *rapid.T, what string, got, want T) {
	if diff := cmp.Diff(want, got, exact); diff != "" {
		t.Fatalf("%s differs (-want +got):\n%s", what, diff)
	}
}

func TestD2_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, at := drawnOrder(t)
		p := discounttest.Policy().Draw(t, "policy")
		p.Confirmed = nil
		first, second := discounttest.Discount(o, at).Draw(t, "first"), discounttest.Discount(o, at).Draw(t, "second")
		once := applied(t, o, first, at, p)

		again := applied(t, once, first, at, p)
		same(t, "applied twice", again, once)

		if first.Kind == discount.KindPartnerAdjusted {
			dropped, err := discount.Drop(once, at, p)
			if err == nil {
				t.Fatal("what the partner set was dropped")
			}
			same(t, "not dropped", dropped, once)
			if second.Kind != discount.KindPartnerAdjusted {
				return
			}
		} else {
			dropped, err := discount.Drop(once, at, p)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "dropped", dropped, o)
		}

		same(t, "the second after the first", applied(t, once, second, at, p), applied(t, o, second, at, p))
	})
}

func applied(t *rapid.T, o order.Order, d discount.Discount, at time.Time, p discount.Policy) order.Order {
	o, err := discount.Apply(o, d, at, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
