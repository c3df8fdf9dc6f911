package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// A refusal of a discount coupon says as much as one of a coupon that pays (C12).
func TestC12_RefusalsOfDiscountCoupons(t *testing.T) {
	reduces := func(id coupon.ID, change func(*coupon.Coupon)) coupon.Coupon {
		c := firstOff(id)
		c.Limits.FirstOrder = false
		change(&c)
		return c
	}
	start := func(t *testing.T) *host {
		r := firsts(t)
		r.issue(reduces("off", func(*coupon.Coupon) {}))
		r.issue(reduces("much", func(c *coupon.Coupon) { c.Limits.Threshold = cents(2000) }))
		r.issue(reduces("theirs", func(c *coupon.Coupon) { c.Customer = "c2" }))
		r.issue(reduces("percent", func(c *coupon.Coupon) {
			c.Discount = coupon.Discount{Ratio: order.Percent(99)}
		}))
		r.place("", draftFor("dime", 10))
		return r
	}
	t.Run("C12 a threshold did not say what is needed and what is there", func(t *testing.T) {
		r := start(t)
		_, err := r.reduce("a", "much")
		refusedSaying(t, err, payment.ReasonDiscount, "coupon much needs more to be due on what it covers: 20.00 USD, there is 10.00 USD")
	})
	t.Run("C12 a coupon that another order holds did not name the order", func(t *testing.T) {
		r := start(t)
		r.chosen("a", "off")
		_, err := r.reduce("b", "off")
		refusedSaying(t, err, payment.ReasonDiscount, "coupon off is held by order a")
		r.chosen("a", "off") // its own hold is no reason
	})
	t.Run("C12 a coupon that another payment holds did not name the payment", func(t *testing.T) {
		r := start(t)
		r.issue(cardOf("card", 500))
		r.undecided()
		p := r.pay("slow", payment.MethodOnline, []coupon.ID{"card"}, "a")
		_, err := r.tryPay("k", []coupon.ID{"card"}, "b")
		refusedSaying(t, err, payment.ReasonCouponUsed, "coupon card is held by payment "+string(p.ID))
	})
	t.Run("C12 another customer is never named", func(t *testing.T) {
		r := start(t)
		d := draftFor("of-c2", 1000)
		d.Customer = "c2"
		_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c2", By: "u2", Drafts: []order.Draft{d}})
		r.must(err)
		_, err = r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c2", By: "u2", Pick: payment.Pick{Order: "of-c2", Discount: "theirs"}})
		r.must(err)
		_, err = r.reduce("a", "theirs")
		refusedSaying(t, err, payment.ReasonDiscount, "is not offered to the customer")
		if s := err.Error(); strings.Contains(s, "c2") {
			t.Errorf("%q", s)
		}
	})
	t.Run("C13 a discount coupon that takes nothing off was used up", func(t *testing.T) {
		r := start(t)
		_, err := r.reduce("dime", "percent") // 0.099 is 0.10
		refusedSaying(t, err, payment.ReasonDiscount, "coupon percent would take nothing off")
		if o := r.order("dime"); o.Reduction != (order.Reduction{}) || r.coupon("percent").State != coupon.StateAvailable {
			t.Errorf("%+v, coupon %s", o.Reduction, r.coupon("percent").State)
		}
		r.place("", draftFor("half", 50)) // 0.495 is 0.50
		_, err = r.reduce("half", "percent")
		refusedSaying(t, err, payment.ReasonDiscount, "would take nothing off")
		r.place("", draftFor("more", 51)) // 0.5049 is 0.50
		r.chosen("more", "percent")
		if o := r.order("more"); o.Payable() != cents(50) {
			t.Errorf("%s", o.Payable())
		}
		r.audit()
	})
	t.Run("C13 a discount coupon that takes nothing off is refused in a purchase too", func(t *testing.T) {
		r := start(t)
		r.place("P", draftFor("m1", 10), draftFor("m2", 1000))
		_, err := r.reduce("m1", "percent")
		refusedSaying(t, err, payment.ReasonDiscount, "would take nothing off")
		r.chosen("m2", "percent")
		r.audit()
	})
}

// Claiming a code refuses in the words of who claims it (C1, C12).
func TestC1_RefusalsOfClaims(t *testing.T) {
	r := newHost(t)
	for name, c := range map[string]coupon.Code{
		"ONE":  {Left: 1},
		"PAST": {Left: 1, Window: order.Window{Until: start.Add(-time.Second)}},
		"OVER": {Left: 1, Coupon: coupon.Template{Window: order.Window{Until: start.Add(-time.Second)}}},
	} {
		c.Code, c.Coupon.Kind, c.Coupon.Face = name, coupon.KindCard, cents(300)
		_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "shop", Code: ledger.PublicCode{Issuer: "shop", Code: c}})
		r.must(err)
	}
	claim := func(code string, who order.CustomerID) error {
		_, err := r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: code, Customer: who, By: "u"})
		return err
	}
	r.must(claim("ONE", "c1"))
	r.must(claim("ONE", "c1"))
	for code, says := range map[string]string{
		"ONE":  "code ONE has been claimed",
		"PAST": "code PAST can be claimed ever .. 2024-03-01 09:59:59 +00:00",
		"OVER": "code OVER is for a coupon that was valid ever .. 2024-03-01 09:59:59 +00:00",
	} {
		err := claim(code, "c2")
		var no *payment.Refusal
		if !errors.As(err, &no) || no.Reason != payment.ReasonCoupon || no.Text != says {
			t.Errorf("C1 a code was refused in the words of its record, or named a coupon that nobody knows: %v, want %q", err, says)
		}
	}
	if err := claim("NONE", "c2"); !errors.Is(err, order.ErrNotFound) || !strings.Contains(err.Error(), `code "NONE"`) {
		t.Errorf("no such code: %v", err)
	}
}
