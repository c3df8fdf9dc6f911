package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// spanning is a host with a discount coupon C of 20 % for a month from its first use, which
// order a had at the start: its last second is 2024-04-01 09:59:59.
func spanning(t *testing.T) (r *host, last time.Time) {
	r = newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	c := discountCoupon("C", 80)
	c.Span = oneMonth()
	r.issue(c)
	r.reduced("a")
	r.pay("ka", payment.MethodBalance, nil, "a")
	return r, time.Date(2024, 4, 1, 9, 59, 59, 0, time.UTC)
}

// reduced places an order of 100.00 that C reduces.
func (r *host) reduced(id order.ID) {
	r.t.Helper()
	r.place("", draftFor(id, 10000))
	_, err := r.choose(id, "C")
	r.must(err)
}

// C13, E2: an order that a coupon for a month reduces has to be paid within that month, in its
// last second too; a second later it is voided, and the coupon reduces nothing any more.
func TestC13_SpanAtTheDesk(t *testing.T) {
	for after := range 2 {
		r, last := spanning(t)
		r.clock.Move(last.Add(-day).Sub(start))
		r.reduced("b")
		if o := r.order("b"); !o.Deadline.Equal(last) {
			t.Errorf("the deadline of b is %s", o.Deadline)
		}
		r.clock.Move(day + time.Duration(after)*time.Second)
		if after == 0 {
			if p := r.pay("kb", payment.MethodBalance, nil, "b"); p.Quote.Sum.Payable != cents(8000) || r.coupon("C").Used != 2 {
				t.Errorf("b costs %s, used %d times", p.Quote.Sum.Payable, r.coupon("C").Used)
			}
			continue
		}
		_, err := r.tryPay("kb", nil, "b")
		refusedSaying(t, err, payment.ReasonPastDeadline, "b")
		r.sweep()
		if o, c := r.order("b"), r.coupon("C"); o.State != order.StateVoided || c.State != coupon.StateExpired || c.Used != 1 {
			t.Errorf("b is %s, the coupon %s, used %d times", o.State, c.State, c.Used)
		}
		r.place("", draftFor("late", 10000))
		_, err = r.choose("late", "C")
		refusedSaying(t, err, payment.ReasonDiscount, "coupon C has ended")
		r.audit()
	}
}

// C13, C2: nobody holds it: the sweep expires it when its span is over, and not before.
func TestC13_SweptAtTheEndOfItsSpan(t *testing.T) {
	for after, want := range map[time.Duration]coupon.State{0: coupon.StateAvailable, time.Second: coupon.StateExpired} {
		r, last := spanning(t)
		r.clock.Move(last.Add(after).Sub(start))
		r.sweep()
		if got := r.coupon("C"); got.State != want {
			t.Errorf("%s after its last second: %s, want %s", after, got.State, want)
		}
		r.audit()
	}
}

// C13, C14: the first use comes back within the span, which begins anew with the next; after
// it the use is lost, and that is told.
func TestC13_SpanAndAnOrderThatFailed(t *testing.T) {
	for after, want := range map[time.Duration]struct {
		state coupon.State
		used  int
		told  int
	}{0: {coupon.StateAvailable, 0, 0}, time.Second: {coupon.StateAvailable, 1, 1}} {
		r, last := spanning(t)
		r.clock.Move(last.Add(after).Sub(start))
		r.move("a", order.EventFail)
		told := 0
		for _, n := range r.s.All("c1").Notices {
			told += btoi(n.Kind == ledger.NoticeCouponEnded && n.Text == "C")
		}
		got := r.coupon("C")
		if got.State != want.state || got.Used != want.used || told != want.told || got.Ends.IsZero() != (want.used == 0) {
			t.Errorf("%s after its last second: %s, used %d, ends %s, told %d times", after, got.State, got.Used, got.Ends, told)
		}
		if want.used == 0 {
			r.clock.Move(5 * day)
			r.reduced("again")
			r.pay("again", payment.MethodBalance, nil, "again")
			if got := r.coupon("C"); !got.Ends.After(last.Add(5 * day)) {
				t.Errorf("used anew, it ends %s", got.Ends)
			}
		}
		r.audit()
	}
}

// C13, C1: a coupon that was claimed lasts from its own first use, not from the claim, nor from
// that of another customer.
func TestC13_ClaimedSpanBeginsWithItsOwnFirstUse(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	ten := coupon.Template{Kind: coupon.KindDiscount, Discount: coupon.Discount{Ratio: order.Percent(90)}, Span: oneMonth()}
	_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "u", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "TEN", Left: 2, Coupon: ten}}})
	r.must(err)
	c, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "TEN", Customer: "c1", By: "u"})
	r.must(err)
	if !c.Ends.IsZero() || c.Span != oneMonth() {
		t.Errorf("claimed: lasts %s, ends %s", c.Span, c.Ends)
	}
	r.clock.Move(10 * day)
	r.place("", draftFor("a", 10000))
	_, err = r.choose("a", string(c.ID))
	r.must(err)
	r.pay("k", payment.MethodBalance, nil, "a")
	if got := r.coupon(c.ID); !got.Ends.Equal(time.Date(2024, 4, 11, 9, 59, 59, 0, time.UTC)) {
		t.Errorf("ends %s", got.Ends)
	}
	other, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "TEN", Customer: "c2", By: "u"})
	if err != nil || !other.Ends.IsZero() {
		t.Errorf("another customer's ends %s, %v", other.Ends, err)
	}
	r.audit()
}
