package payment_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

func cardOf(id coupon.ID, face int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c1", Kind: coupon.KindCard, State: coupon.StateAvailable, Face: cents(face), Balance: cents(face), Reusable: true}
}

// A reusable card pays two orders of one payment; the second of them cannot be given back.
func TestQ5_ReusableReturnedTwice(t *testing.T) {
	r := newCounter(t)
	_, err := r.d.Issue(everywhere, "u", cardOf("card", 50000))
	r.must(err)
	r.place("", draftFor("a", 1000))
	r.place("", draftFor("b", 1000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "a", "b")
	r.move("a", order.EventFail)
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: "b", Event: order.EventFail}); err != nil {
		t.Errorf("fail of the second: %v", err)
	}
	r.audit()
}

// The same within one commit: a purchase of two, both with a cause, captured.
func TestQ5_ReusableReturnedTwiceInOneCommit(t *testing.T) {
	r := newCounter(t)
	_, err := r.d.Issue(everywhere, "u", cardOf("card", 1000))
	r.must(err)
	open := true
	r.g.Answer = func(payment.Charge) payment.Outcome {
		if open {
			return payment.Outcome{Status: payment.StatusProcessing}
		}
		return payment.Outcome{Status: payment.StatusCaptured}
	}
	r.place("", draftFor("a", 1000))
	r.place("", draftFor("b", 1000))
	p := r.pay("k", payment.MethodOnline, []coupon.ID{"card"}, "a", "b")
	for _, id := range []order.ID{"a", "b"} {
		_, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: id, Event: order.EventCancel, Reason: order.ReasonContractEnded})
		r.must(err)
	}
	open = false
	p, err = r.d.Hint(everywhere, payment.Hint{Customer: "c1", Payment: p.ID})
	if err != nil || p.State != payment.PaymentSucceeded {
		t.Errorf("captured, and %s: %v", p.State, err)
	}
	r.sweep()
	r.audit()
}

// Retention ends while a payment for the resource runs, which then fails: nothing ever
// releases it.
func TestR11_RetentionEndsWhilePaying(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	open := true
	r.g.Answer = func(payment.Charge) payment.Outcome {
		if open {
			return payment.Outcome{Status: payment.StatusProcessing}
		}
		return payment.Outcome{Status: payment.StatusDeclined}
	}
	r.clock.Move(60*24*time.Hour + 13*time.Hour) // 2024-04-30 23:00, kept until 23:59:59
	r.sweep()
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(2 * time.Hour)
	open = false
	if p, err = r.d.Hint(everywhere, payment.Hint{Customer: "c1", Payment: p.ID}); err != nil || p.State != payment.PaymentFailed {
		t.Fatal(p.State, err)
	}
	for range 60 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("two months after its retention it is not released, and waits until %v; its order is %s", x.Waits, r.order(os[0].ID).State)
	}
}

// A write between the second of expiry and the sweep: it never goes to pay-per-use.
func TestR12_WrittenBeforeTheSweep(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModePayPerUse, renewal.Auto{})
	r.must(err)
	r.clock.Move(30*24*time.Hour + 14*time.Hour + 5*time.Second) // 2024-04-01 00:00:05, 5 s late
	d := draftFor("up", 100)
	d.Type, d.Lines[0].Resource = order.TypeUpgrade, "x1"
	r.place("", d)
	_, _, err = r.d.CancelOrders(everywhere, "c1", "u", "up")
	r.must(err)
	for range 60 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); x.Charge != order.ChargePayPerUse {
		t.Errorf("two months after its expiry it is %s in mode %s, and waits until %v", x.Charge, x.Mode, x.Waits)
	}
}

// An attempt that a host's error put off is never made.
type counterFreezes struct{ fail *bool }

func (f counterFreezes) Frozen(context.Context, payment.Inquiry) (string, error) {
	if *f.fail {
		return "", errors.New("the host is down")
	}
	return "", nil
}

func TestR5_AttemptAfterAnErrorOfTheHost(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.must(err)
	down := true
	r.d.Checks.Freezes = counterFreezes{&down}
	r.clock.Move(29 * 24 * time.Hour) // 03-30 10:00, the attempt was 00:00
	r.sweep()
	down = false
	for range 30 {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); len(x.Periods) != 2 {
		t.Errorf("not renewed: expiry %s, waits %s", x.Expiry, x.Waits)
		for _, n := range r.s.All("c1").Notices {
			if n.Kind == payment.NoticeRenewalFailed {
				t.Log("at least the customer was told")
			}
		}
	}
}

// R5: switched on later than the first attempt: at once.
func TestR5_AtOnce(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal = renewal.Huawei()
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.clock.Move(27 * 24 * time.Hour)
	x, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.must(err)
	r.sweep()
	r.clock.Move(time.Minute)
	r.sweep()
	if len(r.res("x1").Periods) != 2 {
		t.Errorf("switched on %s, and the attempt is %s", x.Auto.On, r.res("x1").Waits)
	}
}

// Downgraded, then left in the middle: the use of the first half is given back too.
func TestQ3_DowngradeThenLeave(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "dg", Resource: "x1", Product: "small"})
	r.must(err)
	t.Logf("after the downgrade to half the price on the first day: %d of 10000 are back", r.cash())
	r.clock.Move(16 * 24 * time.Hour)
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	if r.cash() > 7700 {
		t.Errorf("half a month of a product of 50.00 was used, and %d of 10000 are back", r.cash())
	}
}

// Downgraded twice on the first day to a quarter: all money is back, and it runs on.
func TestQ3_DowngradeTwice(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	for i, product := range []string{"small", "tiny"} {
		_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: order.ID([]string{"d1", "d2"}[i]), Resource: "x1", Product: product})
		r.must(err)
	}
	if r.cash() > 7500 {
		t.Errorf("it goes on as %s at 25.00, and %d of 10000 are back", r.res("x1").Product, r.cash())
	}
}

// A renewal that cannot be provided is refunded, and stays.
func TestR1_FailedRenewal(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.pay("k", payment.MethodBalance, nil, os[0].ID)
	o := r.move(os[0].ID, order.EventFail)
	if x := r.res("x1"); r.cash() == 10000 && len(x.Periods) == 2 {
		t.Errorf("order %s, all money back, and the resource expires %s", o.State, x.Expiry)
	}
	r.audit()
}

// Leaving waits for approval past the end of retention: the resource is stuck.
func TestQ7_ApprovalAfterTheEnd(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.clock.Move(40 * 24 * time.Hour)
	r.sweep()
	if err := r.d.Release(everywhere, "c1", "u", "x1"); err != nil {
		t.Errorf("released by hand in grace: %v", err)
	}
	r.clock.Move(40 * 24 * time.Hour)
	if s := r.sweep(); s.Failed > 0 {
		t.Errorf("sweep: %v", s.Errs)
	}
	if _, err := r.d.Move(everywhere, payment.Moving{Customer: "c1", By: "u", Order: "lv", Event: order.EventApprove}); err != nil {
		t.Errorf("approve: %v", err)
	}
}

// A bound resource that is gone keeps its main resource from ever being renewed.
func TestR10_ReleasedBound(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 90000)
	main := resourceOf("x1", "vm")
	main.Expiry = main.Expiry.AddDate(1, 0, 0)
	r.must(r.d.Adopt(everywhere, "u", main))
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.must(r.d.Adopt(everywhere, "u", disk))
	r.clock.Move(40 * 24 * time.Hour)
	r.must(r.d.Release(everywhere, "c1", "u", "x2"))
	if _, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()}); err != nil {
		t.Errorf("renewing the main resource: %v", err)
	}
}

// What has gone to pay-per-use counts as released, and is in no order any more.
func TestR12_IsInUse(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModePayPerUse, renewal.Auto{})
	r.must(err)
	for range 70 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	x := r.res("x1")
	if st := x.State(r.clock.Now(), r.p.Renewal); st != renewal.StateInUse {
		t.Errorf("it is %s since its expiry, never released, and counts as %q", x.Charge, st)
	}
	d := draftFor("sub", 100)
	d.Type, d.Lines[0].Resource = order.TypeToSubscription, "x1"
	if _, err := r.d.Place(everywhere, payment.Placing{Customer: "c1", By: "u", Drafts: []order.Draft{d}}); err != nil {
		t.Errorf("back to a subscription: %v", err)
	}
}

// Leaving the main resource leaves what is bound to it behind, which cannot be left.
func TestR10_LeftWithItsMain(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 90000)
	r.bought("o1", "x1")
	r.place("", draftFor("o2", 10000))
	r.pay("k2", payment.MethodBalance, nil, "o2")
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.move("o2", order.EventComplete, disk)
	_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	if x := r.res("x2"); x.Released.IsZero() {
		_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv2", Resource: "x2"})
		t.Errorf("the disk runs on; leaving it: %v", err)
	}
}

// Downgrade, then leave, of what a reusable card paid.
func TestQ6_CardDowngradeThenLeave(t *testing.T) {
	r := newCounter(t)
	_, err := r.d.Issue(everywhere, "u", cardOf("card", 50000))
	r.must(err)
	r.place("", draftFor("o1", 10000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "dg", Resource: "x1", Product: "small"})
	r.must(err)
	r.clock.Move(24 * time.Hour)
	if _, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"}); err != nil {
		t.Errorf("leaving: %v", err)
	}
}

// A renewal fails under an open order that extends to a unified day: the month that
// was given back is extended over.
func TestR6_ExtensionOfWhatIsTakenBack(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 60000)
	r.bought("o1", "x1") // 100.00 up to 03-31
	a, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "r1", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.pay("k1", payment.MethodBalance, nil, a[0].ID) // up to 04-30
	e, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "r2", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 1})
	r.must(err) // 04-30 to 06-01
	r.move(a[0].ID, order.EventFail)
	if x := r.res("x1"); len(x.Periods) != 1 {
		t.Fatal(x.Periods)
	}
	p, err := r.d.Pay(everywhere, payment.Request{Key: "k2", Customer: "c1", By: "u", Orders: []order.ID{e[0].ID}, Method: payment.MethodBalance})
	if err == nil && p.State == payment.PaymentSucceeded {
		t.Errorf("%d were paid for the time until %s, two months and a day after the first, which cost 10000", 60000-10000-r.cash(), r.res("x1").Expiry)
	}
}

// What a card of a single use paid of a period that is left: promised back, and lost.
func TestQ6_SingleUseIsNotPromised(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	c := cardOf("flexi", 5000)
	c.Kind, c.Reusable = coupon.KindFlexi, false
	_, err := r.d.Issue(everywhere, "u", c)
	r.must(err)
	r.place("", draftFor("o1", 10000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"flexi"}, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	q, err := r.d.QuoteRefund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.clock.Move(24 * time.Hour)
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	for _, x := range r.s.All("c1").Coupons {
		if x.State == coupon.StateUsed && len(q.Periods[0].Coupons) > 0 {
			t.Errorf("the quote says %v come back, the payment says so too, and the coupon is %s with %s", q.Periods[0].Coupons, x.State, x.Balance)
		}
	}
}

// Two payments take what is refunded once each: Q6 over orders with several lines.
func TestR5_WrittenBetweenDueAndSweep(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.must(err)
	r.clock.Move(28*24*time.Hour + 14*time.Hour + 3*time.Second) // 3 s after the attempt was due
	d := draftFor("up", 100)
	d.Type, d.Lines[0].Resource = order.TypeUpgrade, "x1"
	r.place("", d)
	_, _, err = r.d.CancelOrders(everywhere, "c1", "u", "up")
	r.must(err)
	for range 5 {
		r.sweep()
		r.clock.Move(12 * time.Hour)
	}
	if n := len(r.res("x1").Periods); n != 2 {
		t.Errorf("the only attempt is lost; waits %s, notices %v", r.res("x1").Waits, len(r.s.All("c1").Notices))
	}
}

// Adopted after its retention has ended: it is never released.
func TestR11_AdoptedExpired(t *testing.T) {
	r := newCounter(t)
	r.clock.Move(100 * 24 * time.Hour)
	r.must(r.d.Adopt(everywhere, "u", resourceOf("x1", "vm")))
	for range 10 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("it counts as %s, and waits until %v", x.State(r.clock.Now(), r.p.Renewal), x.Waits)
	}
}

// A paid upgrade leaves the resource as it was: it is renewed, and given back, at the
// old price.
func TestQ3_LeavingWhatWasUpgraded(t *testing.T) {
	r := newCounter(t)
	r.price["big"] = 20000
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	d := draftFor("up", 10000)
	d.Type, d.Lines[0].Resource, d.Lines[0].Product, d.Lines[0].Term = order.TypeUpgrade, "x1", "big", order.Term{}
	r.place("", d)
	r.pay("k", payment.MethodBalance, nil, "up")
	big := r.res("x1")
	big.Product = "big"
	r.move("up", order.EventComplete, big)
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	if os[0].Payable() != cents(20000) {
		t.Errorf("upgraded to big, 200.00 a month, it is renewed as %s for %s", os[0].Lines[0].Product, os[0].Payable())
	}
	_, _, err = r.d.CancelOrders(everywhere, "c1", "u", os[0].ID)
	r.must(err)
	q, err := r.d.QuoteRefund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	if q.Total != cents(20000) {
		t.Errorf("left on the day it was bought and upgraded for 200.00, %s come back", q.Total)
	}
}

// Several lines, cash and a card: each resource is left once, no more comes back than was paid.
func TestQ6_ManyLines(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 100000)
	_, err := r.d.Issue(everywhere, "u", cardOf("card", 3333))
	r.must(err)
	d := draftFor("o1", 3333)
	for _, n := range []int64{3334, 1, 0} {
		l := d.Lines[0]
		l.Amount = cents(n)
		d.Lines = append(d.Lines, l)
	}
	r.place("", d)
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"), resourceOf("x2", "vm"), resourceOf("x3", "vm"), resourceOf("x4", "vm"))
	for _, x := range []order.ResourceID{"x1", "x2", "x3", "x4"} {
		_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv" + order.ID(x), Resource: x})
		if err != nil {
			t.Errorf("leaving %s: %v", x, err)
		}
	}
	t.Log(r.cash())
	r.audit()
}

// Rejected in review after the resource's retention has ended; and the other resources
// of the house go on.
func TestR11_RejectedAfterRetention(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.clock.Move(80 * 24 * time.Hour)
	r.move("lv", order.EventReject)
	for range 5 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("never released, waits %v", x.Waits)
	}
}

// A renewal order of an expired resource is voided by somebody else than the sweep
// after retention: nothing ever releases the resource.
func TestR11_CanceledAfterRetention(t *testing.T) {
	r := newCounter(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.clock.Move(59 * 24 * time.Hour)
	r.sweep()
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.clock.Move(2 * 24 * time.Hour)
	_, _, err = r.d.CancelOrders(everywhere, "c1", "u", os[0].ID) // faster than the sweep
	r.must(err)
	for range 5 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("never released, waits %v", x.Waits)
	}
}

// Approval of a downgrade, and of a renewal taken back.
func TestQ7_ApproveDowngradeAndRenewal(t *testing.T) {
	r := newCounter(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	os, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.pay("k", payment.MethodBalance, nil, os[0].ID)
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "back", Resource: "x1", Renewal: os[0].ID})
	r.must(err)
	r.clock.Move(24 * time.Hour)
	r.move("back", order.EventApprove)
	if x := r.res("x1"); len(x.Periods) != 1 || r.cash() != 10000 || x.Order != "" {
		t.Error(x.Periods, r.cash(), x.Order)
	}
	_, err = r.d.Refund(everywhere, payment.Leaving{Customer: "c1", By: "u", ID: "dg", Resource: "x1", Product: "small"})
	r.must(err)
	r.clock.Move(24 * time.Hour)
	r.move("dg", order.EventApprove)
	if x := r.res("x1"); x.Product != "small" || x.Order != "" {
		t.Error(x.Product, r.cash(), x.Order)
	}
	r.audit()
}

// A main resource goes to pay-per-use; what is bound to it is released with its data.
func TestR4_BoundFollows(t *testing.T) {
	r := newCounter(t)
	r.must(r.d.Adopt(everywhere, "u", resourceOf("x1", "vm")))
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.must(r.d.Adopt(everywhere, "u", disk))
	_, err := r.d.SetMode(everywhere, "c1", "u", "x1", renewal.ModePayPerUse, renewal.Auto{})
	r.must(err)
	for range 70 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x, y := r.res("x1"), r.res("x2"); x.Released.IsZero() != y.Released.IsZero() || x.Charge != y.Charge {
		t.Errorf("main %s released %v; bound %s released %v", x.Charge, x.Released, y.Charge, y.Released)
	}
}
