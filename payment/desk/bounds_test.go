package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// 30 orders are placed at once, 31 are not (O6).
func TestO6_MostAtOnce(t *testing.T) {
	r := newHost(t)
	var ds []order.Draft
	for i := range 31 {
		ds = append(ds, draftFor(order.ID(fmt.Sprint("o", i)), 100))
	}
	var f *order.FieldError
	_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "P", Drafts: ds})
	if !errors.As(err, &f) || f.Field != "drafts" || !errors.Is(err, order.ErrTooMany) {
		t.Errorf("31: %v", err)
	}
	if placed := r.place("P", ds[:30]...); len(placed) != 30 {
		t.Errorf("30: %d", len(placed))
	}
}

// What was placed with a discount is the same when it is said again, though it has been paid
// since (P13).
func TestP13_PlacedWithADiscount(t *testing.T) {
	r := newHost(t)
	r.d.Offers = hostOffers{{ID: "p1", Kind: discount.KindPromotional, Ratio: order.Percent(90)}}
	r.deposit("d", payment.FundCash, 900)
	say := func() []order.Order {
		os, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Drafts: []order.Draft{draftFor("a", 1000)}, Discounts: []payment.Pick{{Order: "a", Discount: "p1"}}})
		r.must(err)
		return os
	}
	say()
	r.pay("k", payment.MethodBalance, nil, "a")
	if os := say(); os[0].State != order.StatePaid || os[0].Payable() != cents(900) {
		t.Errorf("%s, %s", os[0].State, os[0].Payable())
	}
}

// No credit is a limit of credit; a repayment of more than is used says how much that is (P4).
func TestP4_CreditBounds(t *testing.T) {
	r := newHost(t)
	_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(0)})
	r.must(err)
	_, err = r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(1000)})
	r.must(err)
	r.place("", draftFor("a", 700))
	r.pay("k", payment.MethodBalance, nil, "a")
	_, err = r.d.Deposit(ctx, desk.DepositRequest{ID: "d", Customer: "c1", By: "u", Fund: payment.FundCredit, Amount: cents(701)})
	if err == nil || !strings.Contains(err.Error(), "is more than the 7.00 USD that is used") {
		t.Errorf("%v", err)
	}
	r.deposit("d", payment.FundCredit, 700)
}

// A bill that is on its way to a gateway waits for its payment, which the sweep looks at (P6).
func TestP6_BillOnItsWay(t *testing.T) {
	r := newHost(t)
	r.d.Customers = inmem.Customers{Default: payment.Customer{Gateway: "g", Monthly: true}}
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.clock.Move(31 * day)
	for range 5 {
		r.clock.Move(10 * time.Minute)
		if s := r.sweep(); s.Failed != 0 {
			t.Fatal(s.Errs)
		}
	}
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillDue || !b.DueAt.IsZero() {
		t.Errorf("bill %s waits until %s", b.State, b.DueAt)
	}
	decide(gateway.StatusCaptured)
	r.clock.Move(day)
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillPaid {
		t.Errorf("bill %s", b.State)
	}
	r.nets(1000)
	r.audit()
}

// A month whose charges all came back has a bill that takes all from the credit: nobody is
// charged, or told (P6, P21).
func TestP6_BillOfNothing(t *testing.T) {
	r := newHost(t)
	r.d.Customers = inmem.Customers{Default: payment.Customer{Gateway: "g", Monthly: true}}
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.move("a", order.EventFail)
	r.clock.Move(40 * day)
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillPaid || b.Amount() != cents(0) || b.Credits != cents(1000) {
		t.Errorf("bill %s of %s, takes %s", b.State, b.Amount(), b.Credits)
	}
	r.nets(0)
	r.audit()
}

// Who cancels a payment is told what has become of it (P16).
func TestP16_CanceledIsTold(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{Flight: time.Minute}, gateway.StatusNotFound)
	r.d.Gateways["g"] = unknowing{g}
	cancel := func() payment.Payment {
		t.Helper()
		p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		return p
	}
	if now := cancel(); now.State != payment.PaymentCanceling || !now.NotFoundSince.IsZero() {
		t.Errorf("while it may be on its way: %s, absent %s", now.State, now.NotFoundSince)
	}
	r.clock.Move(61 * time.Second)
	if now := cancel(); now.State != payment.PaymentCanceling || now.NotFoundSince.IsZero() {
		t.Errorf("the first time: %s, absent %s", now.State, now.NotFoundSince)
	}
	r.clock.Move(4 * time.Second)
	if now := cancel(); now.State != payment.PaymentCanceling {
		t.Errorf("not apart: %s", now.State)
	}
	r.clock.Move(time.Second)
	if now := cancel(); now.State != payment.PaymentCanceled {
		t.Errorf("twice, apart: %s", now.State)
	}
}

// Late money that an operator gave back by hand is accounted for (I3), and the sweep counts
// the refund that it left to the operator.
func TestI3_LateByHand(t *testing.T) {
	r := newHost(t)
	r.d.Gateways["g"] = inmem.Plain{Of: r.g}
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	reviews := 0
	sweep := func(wait time.Duration) {
		t.Helper()
		r.clock.Move(wait)
		s, err := r.d.Sweep(ctx, 100)
		r.must(err)
		reviews += s.Reviews
	}
	for range 16 {
		sweep(day)
	}
	if p = r.payment(p.ID); p.State != payment.PaymentReview || reviews != 1 {
		t.Fatalf("payment %s, %d reviews", p.State, reviews)
	}
	decide(gateway.StatusCaptured)
	_, err := r.g.Lookup(ctx, gateway.Charge{Key: p.Key}) // the bank captures it now
	r.must(err)
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "too late", Payment: p.ID, Decision: desk.DecisionFailed, Captured: cents(1000), Trade: "t"}))
	for range 3 {
		sweep(time.Hour)
	}
	fs := r.s.All("c1").Refunds
	if len(fs) != 1 || fs[0].State != payment.RefundReview {
		t.Fatalf("%+v, %d reviews", fs, reviews)
	}
	r.audit()
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "in cash", Refund: fs[0].ID, Decision: desk.DecisionSucceeded}))
	r.audit()
}

// A refund that no gateway answers for is counted once as left to an operator (P16).
func TestP16_RefundLeftToAnOperator(t *testing.T) {
	r := newHost(t)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodOnline, nil, "a")
	r.g.Fail = func(call string) error {
		if call == "refund" || call == "lookup refund" {
			return errors.New("no answer")
		}
		return nil
	}
	r.move("a", order.EventFail)
	reviews := 0
	for range 16 {
		r.clock.Move(day)
		s, err := r.d.Sweep(ctx, 100)
		r.must(err)
		reviews += s.Reviews
	}
	if f := r.s.All("c1").Refunds[0]; f.State != payment.RefundReview || reviews != 1 {
		t.Errorf("refund %s, %d reviews", f.State, reviews)
	}
}

// out is a price list that says an error.
type out struct{ err error }

func (o out) Price(renewal.Resource, renewal.Term) (order.Money, error) { return order.Money{}, o.err }

// A price list that cannot be read is no failed renewal: the sweep counts it, tries again later,
// and the customer hears nothing. If it says that nothing is sold, the customer hears that the
// renewal has failed (P17, R5).
func TestP17_NoPrice(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.d.Prices = out{errors.New("dial tcp 10.0.3.7:5432: connection refused")}
	r.clock.Move(30 * day)
	s, err := r.d.Sweep(ctx, 100)
	if err != nil || s.Failed != 1 || len(s.Errs) != 1 || !strings.Contains(s.Errs[0].Error(), "price of x1 for 1 month: dial tcp") || !errors.Is(s.Errs[0], payment.ErrHost) {
		t.Errorf("%+v, %v", s, err)
	}
	if slices.ContainsFunc(r.s.All("c1").Notices, func(n ledger.Notice) bool { return n.Kind == ledger.NoticeRenewalFailed }) {
		t.Error("the customer hears of a price list that cannot be read")
	}
	r.d.Prices = out{fmt.Errorf("withdrawn: %w", renewal.ErrNoPrice)}
	r.clock.Move(10 * time.Minute)
	if s, err := r.d.Sweep(ctx, 100); err != nil || s.Failed != 1 || errors.Is(s.Errs[0], payment.ErrHost) || !errors.Is(s.Errs[0], renewal.ErrNoPrice) {
		t.Errorf("%+v, %v", s, err)
	}
	told := 0
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticeRenewalFailed {
			told++
			if n.Text != "there is no price for it" {
				t.Errorf("the customer hears: %s", n.Text)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
