package desk_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// lateHost has resource x1 until 2024-03-31, in retention from 2024-04-16 to 2024-04-30, in which a
// renewal begins when it is paid.
func lateHost(t *testing.T) *host {
	r := newHost(t)
	r.p.Renewal.FromPayment = true
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	return r
}

func (r *host) at(month time.Month, day, hour, minute, second int) {
	r.clock.Move(time.Date(2024, month, day, hour, minute, second, 0, time.UTC).Sub(r.clock.Now()))
}

// paidRenewal renews x1 for a month by hand, paid at once.
func (r *host) paidRenewal(id string) order.ID {
	r.t.Helper()
	o := r.renewal(id, "x1")[0].ID
	r.pay(payment.Key(id), payment.MethodBalance, nil, o)
	return o
}

func (r *host) lasts(until string, periods int) {
	r.t.Helper()
	if x := r.res("x1"); x.Expiry.Format(time.DateTime) != until || len(x.Periods) != periods {
		r.t.Errorf("until %s with %d periods, want %s with %d", x.Expiry.Format(time.DateTime), len(x.Periods), until, periods)
	}
	r.audit()
}

// A renewal that is paid in retention begins then, in grace at the expiry, by hand and by itself;
// what cannot be carried out is taken back to where it was (R1).
func TestR1_FromPayment(t *testing.T) {
	r := lateHost(t)
	r.at(time.April, 15, 23, 59, 59)
	r.paidRenewal("grace")
	r.lasts("2024-04-30 23:59:59", 2)

	r = lateHost(t)
	r.at(time.April, 16, 0, 0, 0)
	rn := r.paidRenewal("retention")
	r.lasts("2024-05-16 23:59:59", 2)
	r.at(time.May, 1, 0, 0, 0)
	if s := r.sweep(); s.Failed > 0 || !r.res("x1").Released.IsZero() {
		t.Errorf("it is released: %+v", s)
	}
	next := r.paidRenewal("next")
	r.lasts("2024-06-16 23:59:59", 3)
	r.move(next, order.EventComplete)
	r.move(rn, order.EventFail) // it was used since, by the later renewal
	r.lasts("2024-05-16 23:59:59", 2)

	r = lateHost(t)
	r.at(time.April, 20, 12, 0, 0)
	r.move(r.paidRenewal("fails"), order.EventFail)
	r.lasts("2024-03-31 23:59:59", 1)
	if r.cash() != 90000 {
		t.Errorf("cash %d", r.cash())
	}

	r = lateHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{-20}, Clock: 3 * time.Hour}
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.at(time.April, 20, 3, 0, 0)
	r.sweep()
	r.lasts("2024-05-20 23:59:59", 2)
	if h := r.res("x1").Periods[1]; h.Start.Format(time.DateTime) != "2024-04-20 03:00:00" || !h.Automatic {
		t.Errorf("%+v", h)
	}
}

// What comes back of a late renewal is what comes back of a purchase at that time (R1, Q3).
func TestR1_FromPaymentLeft(t *testing.T) {
	r := lateHost(t)
	r.at(time.April, 20, 12, 0, 0)
	r.move(r.paidRenewal("late"), order.EventComplete)
	r.place("", draftFor("o2", 10000))
	r.pay("k2", payment.MethodBalance, nil, "o2")
	_, err := r.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o2", Resources: []order.ResourceID{"x2"}})
	r.must(err)
	r.at(time.May, 1, 9, 0, 0)
	var back [2]order.Money
	for i, x := range []order.ResourceID{"x1", "x2"} {
		q, err := r.d.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: x})
		r.must(err)
		back[i] = q.Back
	}
	if back[0] != back[1] || back[0].Sign() <= 0 {
		t.Errorf("of the late renewal %s comes back, of a purchase %s", back[0], back[1])
	}
	more, err := r.d.QuoteChange(ctx, desk.ChangeRequest{ID: "up", Customer: "c1", Resource: "x1", Product: "big"})
	same, err2 := r.d.QuoteChange(ctx, desk.ChangeRequest{ID: "up", Customer: "c1", Resource: "x2", Product: "big"})
	if err != nil || err2 != nil || more.Due != same.Due || more.Due.Sign() <= 0 {
		t.Errorf("more costs %s and %s, %v, %v", more.Due, same.Due, err, err2)
	}
	_, err = r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.audit()
}

// A late renewal to a unified day is paid on the day on which its odd days were counted, or
// refused before anything is held (R1, R6).
func TestR1_FromPaymentUnified(t *testing.T) {
	r := lateHost(t)
	r.at(time.April, 17, 9, 0, 0)
	place := func(id string) order.ID {
		os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: id, Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 20})
		r.must(err)
		return os[0].ID
	}
	first := place("u1")
	if o := r.order(first); o.Payable() != cents(11000) { // three odd days
		t.Errorf("it costs %s", o.Payable())
	}
	r.at(time.April, 18, 0, 0, 0)
	before := r.s.All("c1")
	request := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{first}, Method: payment.MethodBalance}
	_, quoted := r.d.Quote(ctx, request)
	_, paid := r.d.Pay(ctx, request)
	for _, err := range []error{quoted, paid} {
		var refusal *payment.Refusal
		if !errors.As(err, &refusal) || refusal.Reason != payment.ReasonState || !errors.Is(err, renewal.ErrState) {
			t.Errorf("on the next day: %v", err)
		}
	}
	if !reflect.DeepEqual(r.s.All("c1"), before) {
		t.Error("something has changed")
	}
	_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{first}})
	r.must(err)
	again := place("u2")
	r.at(time.April, 18, 23, 59, 59)
	r.pay("k2", payment.MethodBalance, nil, again)
	r.lasts("2024-05-20 23:59:59", 2)
	if x := r.res("x1"); x.AnchorDay != 20 {
		t.Errorf("anchor %d", x.AnchorDay)
	}
}
