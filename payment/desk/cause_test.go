package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

// An order that renews what is released is canceled, with its purchase (O9, R11).
func TestR11_ReleasedUnderAnOrder(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 30000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	r.clock.Move(56 * day) // 30 days of use, 26 of the 30 that it is kept
	one := r.renewal("one", "x1")
	two := r.renewal("two", "x2")
	r.clock.Move(5 * day)
	r.sweep()
	for i, o := range []order.Order{r.order(one[0].ID), r.order(two[0].ID)} {
		if o.State != order.StateCanceled || o.Reason != order.ReasonResourceDeleted {
			t.Errorf("order %d is %s: %s", i, o.State, o.Reason)
		}
	}
	for _, id := range []order.ResourceID{"x1", "x2"} {
		if x := r.res(id); x.Released.IsZero() || x.Order != "" {
			t.Errorf("%s is released %s, and in order %q", id, x.Released, x.Order)
		}
	}
	r.audit()
}

// Two of a purchase go to pay-per-use while they are being renewed: all that was paid comes
// back (O9).
func TestO9_ChargeTypeOfAllChangedWhilePaying(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	ids := []order.ResourceID{"x1", "x2"}
	for i, x := range ids {
		r.bought(order.ID([]string{"o1", "o2"}[i]), x)
		r.mode(x, renewal.ModePayPerUse, renewal.Auto{})
	}
	decide := r.undecided()
	r.clock.Move(30*day + 13*time.Hour)
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: ids, Term: oneMonth()})
	r.must(err)
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID, os[1].ID)
	r.clock.Move(2 * time.Hour)
	r.sweep()
	decide(gateway.StatusCaptured)
	p = r.hint(p)
	r.sweep()
	for _, o := range os {
		if o := r.order(o.ID); o.State != order.StateRefunded || o.Reason != order.ReasonChargeTypeChanged {
			t.Errorf("%s is %s: %s", o.ID, o.State, o.Reason)
		}
	}
	if got := r.s.All("c1").Payments; p.State != payment.PaymentSucceeded || got[len(got)-1].ID == "" {
		t.Errorf("%s", p.State)
	}
	r.nets(0)
	for _, x := range ids {
		if n := len(r.res(x).Periods); n != 1 {
			t.Errorf("%s has %d periods", x, n)
		}
	}
	r.audit()
}
