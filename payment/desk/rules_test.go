package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// ear hears what a customer is told; it fails for as long as it is deaf.
type ear struct {
	heard []ledger.Notice
	deaf  int
}

func (e *ear) Notify(_ context.Context, n ledger.Notice) error {
	if e.deaf > 0 {
		e.deaf--
		return errors.New("no connection")
	}
	e.heard = append(e.heard, n)
	return nil
}

func (e *ear) kinds() (kinds []ledger.NoticeKind) {
	for _, n := range e.heard {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

// P17: the customer hears of everything that is promised, once and in order.
func TestP17_Notices(t *testing.T) {
	r := newHost(t)
	e := &ear{}
	r.d.Notifier = e
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	decline := false
	r.g.Answer = func(gateway.Charge) gateway.Outcome {
		if decline {
			return gateway.Outcome{Status: gateway.StatusDeclined, Text: "insufficient funds"}
		}
		return gateway.Outcome{Status: gateway.StatusCaptured}
	}
	hear := func(step string, want ...ledger.NoticeKind) {
		t.Helper()
		r.sweep()
		if got := e.kinds(); !slices.Equal(got, want) {
			t.Errorf("%s: heard %v, want %v", step, got, want)
		}
		e.heard = nil
	}
	// O7: an approval is told.
	reviewed := draftFor("a", 1000)
	reviewed.Review = true
	r.place("", reviewed)
	if _, err := r.d.Pay(ctx, payment.Request{Key: "early", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodOnline}); !errors.Is(err, payment.ReasonState) {
		t.Errorf("paid before approval: %v", err)
	}
	hear("placed")
	r.move("a", order.EventApprove)
	hear("approved", ledger.NoticeApproved)
	decline = true
	if p := r.pay("declined", payment.MethodOnline, nil, "a"); p.State != payment.PaymentFailed || p.Reason != "insufficient funds" {
		t.Errorf("declined: %s, %q", p.State, p.Reason)
	}
	hear("declined", ledger.NoticeFailed)
	decline = false
	r.pay("paid", payment.MethodOnline, nil, "a")
	hear("paid", ledger.NoticePaid)

	r.place("P", draftFor("p", 1000), draftFor("q", 500))
	r.clock.Move(6*24*time.Hour - time.Second)
	hear("25 hours and a second before the deadline")
	r.clock.Move(time.Second)
	r.sweep()
	if len(e.heard) != 1 || e.heard[0].Kind != ledger.NoticeDeadline || len(e.heard[0].Orders) != 2 || e.heard[0].Amount != cents(1500) {
		t.Errorf("24 hours before the deadline: %+v", e.heard)
	}
	e.heard = nil
	r.clock.Move(24 * time.Hour)
	hear("the last second")
	r.clock.Move(time.Second)
	hear("a second later", ledger.NoticeVoided)

	r.deposit("d", payment.FundCash, 30000)
	r.bought("b", "x")
	hear("bought", ledger.NoticePaid)
	r.mode("x", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), Times: 1})
	r.clock.Move(22 * 24 * time.Hour)
	hear("the attempt", ledger.NoticeRenewed)
	r.mode("x", renewal.ModeAutomatic, renewal.Auto{Term: renewal.Term{N: 3, Unit: renewal.Year}})
	r.d.Customers = hostCustomers{r} // no more monthly settlement
	r.clock.Move(30 * 24 * time.Hour)
	hear("an attempt that costs too much, and the bill of the first", ledger.NoticeBillDue, ledger.NoticePaid, ledger.NoticeRenewalFailed)
	r.mode("x", renewal.ModeManual, renewal.Auto{})
	r.clock.Move(17 * 24 * time.Hour)
	hear("its retention begins", ledger.NoticeRelease)
	r.clock.Move(16 * 24 * time.Hour)
	hear("and ends")
	if r.res("x").Released.IsZero() {
		t.Error("it is not released")
	}
	r.audit()
}

// P6: a bill is made on its day and charged then; while it is overdue nothing more is
// settled monthly; each try is a payment of its own, until it is charged.
func TestP6_ChargedAndTriedAgain(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.p.BillDay = 3
	r.p.BillTries = []time.Duration{24 * time.Hour, 72 * time.Hour}
	decline := true
	var keys []string
	r.g.Answer = func(c gateway.Charge) gateway.Outcome {
		keys = append(keys, c.Key)
		if decline {
			return gateway.Outcome{Status: gateway.StatusDeclined}
		}
		return gateway.Outcome{Status: gateway.StatusCaptured}
	}
	r.place("", draftFor("a", 1000))
	r.pay("a", payment.MethodMonthly, nil, "a")
	r.clock.Move(time.Date(2024, 4, 2, 23, 59, 59, 0, time.UTC).Sub(r.clock.Now()))
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillOpen {
		t.Errorf("a second before its day: %+v", b)
	}
	r.clock.Move(time.Second)
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillDue || b.Declines != 1 || !b.Try.Equal(r.clock.Now().Add(24*time.Hour)) {
		t.Errorf("on its day, declined: %+v", b)
	}
	monthly := func(key payment.Key, id order.ID) error {
		r.place("", draftFor(id, 500))
		_, err := r.d.Pay(ctx, payment.Request{Key: key, Customer: "c1", By: "u", Orders: []order.ID{id}, Method: payment.MethodMonthly})
		return err
	}
	if err := monthly("b", "b"); !errors.Is(err, payment.ReasonMethod) {
		t.Errorf("overdue: %v", err)
	}
	r.clock.Move(24 * time.Hour)
	r.sweep()
	decline = false
	r.clock.Move(72*time.Hour - time.Second)
	r.sweep()
	if n := len(keys); n != 2 {
		t.Errorf("charged %d times a second before the third try", n)
	}
	r.clock.Move(time.Second)
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillPaid || len(keys) != 3 || keys[0] == keys[1] || keys[1] == keys[2] {
		t.Errorf("charged: %+v, keys %v", b, keys)
	}
	if err := monthly("c", "c"); err != nil {
		t.Errorf("charged, and still: %v", err)
	}
	r.audit()
}

// R5, O12: an automatic renewal takes the place of a manual order that is not yet paid, in
// one commit; it pays with one cash coupon and the balance, and tells.
func TestO12_AutomaticInPlaceOfManual(t *testing.T) {
	r := newHost(t)
	e := &ear{}
	r.d.Notifier = e
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{7}, Daily: true, Clock: 3 * time.Hour}
	r.deposit("d", payment.FundCash, 100000)
	r.bought("b", "x")
	_, err := r.d.Issue(ctx, desk.IssueRequest{By: "u", Coupon: coupon.Coupon{ID: "cash", Customer: "c1", Kind: coupon.KindCash, State: coupon.StateAvailable, Face: cents(300), Balance: cents(300)}})
	r.must(err)
	r.mode("x", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.clock.Move(21 * 24 * time.Hour)
	manual := r.renewal("manual", "x")
	r.clock.Move(time.Date(2024, 3, 24, 2, 59, 59, 0, time.UTC).Sub(r.clock.Now()))
	r.sweep()
	if len(r.res("x").Periods) != 1 {
		t.Error("renewed a second before 03:00")
	}
	before := r.cash()
	r.clock.Move(time.Second)
	r.sweep()
	if x := r.res("x"); len(x.Periods) != 2 || !x.Expiry.Equal(time.Date(2024, 4, 30, 23, 59, 59, 0, time.UTC)) || x.Auto.Done != 1 || x.Order != "" {
		t.Errorf("at 03:00: %+v", x)
	}
	if o := r.order(manual[0].ID); o.State != order.StateCanceled || o.Reason != order.ReasonRenewedAutomatically {
		t.Errorf("the manual order is %s, %s", o.State, o.Reason)
	}
	if paid := before - r.cash(); paid != 9700 {
		t.Errorf("%d were taken beside the cash coupon", paid)
	}
	if !slices.Equal(e.kinds()[len(e.kinds())-1:], []ledger.NoticeKind{ledger.NoticeRenewed}) {
		t.Errorf("heard %v", e.kinds())
	}
	r.audit()
}

// R9, R11: grace, retention and release, by the sweep; renewing late loses the days (R1).
func TestR9_BySweep(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("b", "x")
	r.bought("c", "y")
	stands := func(id order.ResourceID) renewal.State { x := r.res(id); return x.State(r.clock.Now(), r.p.Renewal) }
	r.clock.Move(time.Date(2024, 4, 15, 23, 59, 59, 0, time.UTC).Sub(r.clock.Now()))
	r.sweep()
	if s := stands("x"); s != renewal.StateGrace {
		t.Errorf("the last second of grace: %s", s)
	}
	late := r.renewal("late", "y")
	r.clock.Move(time.Second)
	r.sweep()
	r.pay("late", payment.MethodBalance, nil, late[0].ID)
	if y := r.res("y"); !y.Expiry.Equal(time.Date(2024, 4, 30, 23, 59, 59, 0, time.UTC)) {
		t.Errorf("renewed in retention: %s", y.Expiry)
	}
	if s := stands("x"); s != renewal.StateRetention {
		t.Errorf("a second later: %s", s)
	}
	r.clock.Move(time.Date(2024, 4, 30, 23, 59, 59, 0, time.UTC).Sub(r.clock.Now()))
	r.sweep()
	if s := stands("x"); s != renewal.StateRetention || !r.res("x").Released.IsZero() {
		t.Errorf("the last second of retention: %s", s)
	}
	r.clock.Move(time.Second)
	r.sweep()
	if x := r.res("x"); x.Released.IsZero() || stands("y") != renewal.StateGrace {
		t.Errorf("a second later: %+v", x)
	}
	if err := r.d.Release(ctx, desk.ReleaseRequest{Customer: "c1", By: "u", Resource: "y"}); err != nil {
		t.Errorf("by hand: %v", err)
	}
	r.audit()
}

// C1, C11: a code is claimed once by a customer, and no more often than there are coupons;
// what a crash leaves between the two records the sweep completes.
func TestC1_Claim(t *testing.T) {
	r := newHost(t)
	code := ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "WELCOME", Left: 2,
		Coupon: coupon.Template{Kind: coupon.KindCash, Face: cents(500)}}}
	_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "u", Code: code})
	r.must(err)
	dying := &dyingStore{Store: r.s, step: 2}
	first := *r.d
	first.Store = dying
	if _, err := first.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c1", By: "c1"}); err == nil {
		t.Fatal("the store did not fail")
	}
	if len(r.s.All("c1").Coupons) != 0 {
		t.Fatal("the coupon is there")
	}
	r.clock.Move(time.Minute)
	r.sweep()
	got := r.s.All("c1").Coupons
	if len(got) != 1 || got[0].State != coupon.StateAvailable || got[0].Balance != cents(500) {
		t.Errorf("after the sweep: %+v", got)
	}
	again, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c1", By: "c1"})
	if err != nil || again.ID != got[0].ID || r.s.All("shop").Codes[0].Left != 1 {
		t.Errorf("claimed again: %v, %d left, %v", again.ID, r.s.All("shop").Codes[0].Left, err)
	}
	if _, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c2", By: "c2"}); err != nil {
		t.Errorf("the last: %v", err)
	}
	if _, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c3", By: "c3"}); !errors.Is(err, coupon.ErrState) || len(r.s.All("c3").Coupons) != 0 {
		t.Errorf("one more than there are: %v", err)
	}
}

// dyingStore fails at the n-th commit, and at all after it.
type dyingStore struct {
	*inmem.Store
	step int
}

func (s *dyingStore) Commit(ctx context.Context, c ledger.Change) error {
	if s.step--; s.step <= 0 {
		return errors.New("the store is gone")
	}
	return s.Store.Commit(ctx, c)
}
