package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// A resource whose retention ends while it is being paid for is released once the payment
// has failed (R11).
func TestR11_RetentionEndsWhilePaying(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	decide := r.undecided()
	r.clock.Move(60*24*time.Hour + 13*time.Hour) // 2024-04-30 23:00, kept until 23:59:59
	r.sweep()
	os := r.renewal("rn", "x1")
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.clock.Move(2 * time.Hour)
	decide(gateway.StatusDeclined)
	if p, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); err != nil || p.State != payment.PaymentFailed {
		t.Fatal(p.State, err)
	}
	for range 60 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("two months after its retention it is not released, and waits until %v; its order is %s", x.DueAt, r.order(os[0].ID).State)
	}
}

// A write between the end of a resource and the sweep takes nothing away of what is due:
// it goes to pay-per-use (R12).
func TestR12_WrittenBeforeTheSweep(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
	r.clock.Move(30*24*time.Hour + 14*time.Hour + 5*time.Second) // 2024-04-01 00:00:05, 5 s late
	d := draftFor("up", 100)
	d.Type, d.Lines[0].Resource = order.TypeUpgrade, "x1"
	r.place("", d)
	_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"up"}})
	r.must(err)
	for range 60 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); x.Charge != order.ChargePayPerUse {
		t.Errorf("two months after its expiry it is %s in mode %s, and waits until %v", x.Charge, x.Mode, x.DueAt)
	}
}

// hostFreezes is a check that cannot be made for a time.
type hostFreezes struct{ fail *bool }

func (f hostFreezes) Check(context.Context, desk.Inquiry) (payment.Findings, error) {
	if *f.fail {
		return payment.Findings{}, errors.New("the host is down")
	}
	return payment.Findings{}, nil
}

// An attempt that a host's error stopped is made later, and tells the customer nothing
// (R5, P17).
func TestR5_AttemptAfterAnErrorOfTheHost(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	down := true
	r.d.Checks = desk.Checks{hostFreezes{&down}}
	r.clock.Move(29 * 24 * time.Hour) // 03-30 10:00, the attempt was 00:00
	r.sweep()
	down = false
	for range 30 {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	if x := r.res("x1"); len(x.Periods) != 2 {
		t.Errorf("not renewed: expiry %s, waits %s", x.Expiry, x.DueAt)
	}
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticeRenewalFailed {
			t.Errorf("the customer hears: %s", n.Text)
		}
	}
}

// An automatic renewal that is switched on after its first attempt is tried at once (R5).
func TestR5_SwitchedOnAfterTheAttempt(t *testing.T) {
	r := newHost(t)
	r.p.Renewal = renewal.Huawei()
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.clock.Move(27 * 24 * time.Hour)
	x, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: oneMonth()}})
	r.must(err)
	r.sweep()
	r.clock.Move(time.Minute)
	r.sweep()
	if len(r.res("x1").Periods) != 2 {
		t.Errorf("switched on %s, and the attempt is %s", x.Auto.On, r.res("x1").DueAt)
	}
}

// A resource that waits for the approval of its leaving can be released, and approval
// comes after it without harm (Q7, R11).
func TestQ7_ApprovalAfterTheEnd(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.clock.Move(40 * 24 * time.Hour)
	r.sweep()
	if err := r.d.Release(ctx, desk.ReleaseRequest{Customer: "c1", By: "u", Resource: "x1"}); err != nil {
		t.Errorf("released by hand in grace: %v", err)
	}
	r.clock.Move(40 * 24 * time.Hour)
	if s := r.sweep(); s.Failed > 0 {
		t.Errorf("sweep: %v", s.Errs)
	}
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "lv", Event: order.EventApprove}); err != nil {
		t.Errorf("approve: %v", err)
	}
	if o := r.order("lv"); o.State != order.StateCompleted {
		t.Errorf("order %s", o.State)
	}
	r.accounts("approved", 20000, 0)
	r.audit()
}

// What has gone to pay-per-use is in use, and in no order (R12).
func TestR12_PayPerUseIsInUse(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
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
	if _, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Drafts: []order.Draft{d}}); err != nil {
		t.Errorf("back to a subscription: %v", err)
	}
}

// A write between the time of an attempt and the sweep does not put the attempt off (R5).
func TestR5_WrittenBetweenDueAndSweep(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.clock.Move(28*24*time.Hour + 14*time.Hour + 3*time.Second) // 3 s after the attempt was due
	d := draftFor("up", 100)
	d.Type, d.Lines[0].Resource = order.TypeUpgrade, "x1"
	r.place("", d)
	_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{"up"}})
	r.must(err)
	for range 5 {
		r.sweep()
		r.clock.Move(12 * time.Hour)
	}
	if n := len(r.res("x1").Periods); n != 2 {
		t.Errorf("the only attempt is lost; waits %s, notices %v", r.res("x1").DueAt, len(r.s.All("c1").Notices))
	}
}

// A resource that is adopted after its retention is released (R11).
func TestR11_AdoptedExpired(t *testing.T) {
	r := newHost(t)
	r.clock.Move(100 * 24 * time.Hour)
	r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf("x1", "vm")}))
	for range 10 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("it counts as %s, and waits until %v", x.State(r.clock.Now(), r.p.Renewal), x.DueAt)
	}
}

// A leaving that is rejected after the end of retention releases the resource, and holds
// no other up (R11, Q7).
func TestR11_RejectedAfterRetention(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	r.clock.Move(80 * 24 * time.Hour)
	r.move("lv", order.EventReject)
	for range 5 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("never released, waits %v", x.DueAt)
	}
}

// A resource whose renewal order is canceled after its retention is released (R11).
func TestR11_CanceledAfterRetention(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.clock.Move(59 * 24 * time.Hour)
	r.sweep()
	os := r.renewal("rn", "x1")
	r.clock.Move(2 * 24 * time.Hour)
	_, _, err := r.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{os[0].ID}}) // faster than the sweep
	r.must(err)
	for range 5 {
		r.sweep()
		r.clock.Move(24 * time.Hour)
	}
	if x := r.res("x1"); x.Released.IsZero() {
		t.Errorf("never released, waits %v", x.DueAt)
	}
}

// What is bound follows its main resource to pay-per-use (R4, R10).
func TestR4_BoundFollows(t *testing.T) {
	r := newHost(t)
	r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf("x1", "vm")}))
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: disk}))
	r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
	for range 70 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if x, y := r.res("x1"), r.res("x2"); !x.Released.IsZero() || !y.Released.IsZero() || x.Charge != order.ChargePayPerUse || y.Charge != order.ChargePayPerUse {
		t.Errorf("main %s released %v; bound %s released %v", x.Charge, x.Released, y.Charge, y.Released)
	}
}
