package coupon_test

import (
	"reflect"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// bare is a coupon without what goes without saying of one that is new.
func bare(c coupon.Coupon) coupon.Coupon {
	if c.State == coupon.StateAvailable {
		c.State = ""
	}
	if c.Used == 0 && c.Balance == c.Face {
		c.Balance = order.Money{}
	}
	return c
}

// A new coupon is available and whole without saying so, wherever it is judged or held (C2).
func TestC2_NewAsIssued(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := coupontest.Payment(5).Draw(t, "payment")
		short := make([]coupon.Coupon, len(p.Coupons))
		for i, c := range p.Coupons {
			if short[i] = bare(c); short[i].Issued().Check() != nil || !reflect.DeepEqual(short[i].Issued(), c) {
				t.Fatalf("%+v is issued as %+v", short[i], short[i].Issued())
			}
			held, err := c.Hold("P1", p.At)
			again, errAgain := short[i].Hold("P1", p.At)
			if (err == nil) != (errAgain == nil) || err == nil && again.State != held.State {
				t.Errorf("held: %v and %v", err, errAgain)
			}
			for _, o := range p.Orders {
				d, err := c.DiscountFor(o, p.Tallies, p.At, p.Policy)
				again, errAgain := short[i].DiscountFor(o, p.Tallies, p.At, p.Policy)
				if (err == nil) != (errAgain == nil) || d.ID != again.ID {
					t.Errorf("as a discount: %v and %v", err, errAgain)
				}
			}
		}
		want, err := coupon.Use(p.Orders, p.Coupons, p.Tallies, p.At, p.Policy)
		got, errGot := coupon.Use(p.Orders, short, p.Tallies, p.At, p.Policy)
		samePlan(t, want, got, err, errGot)
		want, err = coupon.Choose(p.Orders, p.Coupons, p.Tallies, p.At, p.Policy)
		got, errGot = coupon.Choose(p.Orders, short, p.Tallies, p.At, p.Policy)
		samePlan(t, want, got, err, errGot)
	})
}

func samePlan(t *rapid.T, want, got coupon.Plan, err, errGot error) {
	t.Helper()
	if (err == nil) != (errGot == nil) || err != nil && err.Error() != errGot.Error() {
		t.Fatalf("%v, and of new coupons %v", err, errGot)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%+v, and of new coupons %+v", want, got)
	}
}
