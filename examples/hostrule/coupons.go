package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
)

// PartnerFirst is a partner's own order of coupons: those that it issued come before the
// others, so that its customers use them up first. The rest is left to the policy.
type PartnerFirst struct{}

// Compare implements [coupon.Order].
func (PartnerFirst) Compare(a, b coupon.Candidate) int { return cmp.Compare(foreign(a), foreign(b)) }

// foreign is 0 for a coupon that the partner issued, 1 for any other.
func foreign(c coupon.Candidate) int {
	if strings.HasPrefix(string(c.Coupon.ID), "PARTNER-") {
		return 0
	}
	return 1
}

// LargerFirst was the first attempt: the larger deduction first, but of those within 5.00
// of each other the partner's. It looks right for any two. Of three, though, the first can
// be as good as the second, the second as the third, and the third better than the first:
// which is chosen then depends on which two are compared.
type LargerFirst struct{}

// Compare implements [coupon.Order], and breaks one of its laws.
func (LargerFirst) Compare(a, b coupon.Candidate) int {
	if d := a.Deduction.Minor() - b.Deduction.Minor(); d > 500 || d < -500 {
		return cmp.Compare(0, d)
	}
	return cmp.Compare(foreign(a), foreign(b))
}

// choose lets coupons pay an order in the partner's order, and says why another did not.
func choose(w io.Writer) error {
	at := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	o, err := order.Place(order.Draft{ID: "CS2", Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{{
		Product: "web-4", Service: "compute", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
		Charge: order.ChargeSubscription, Amount: order.Minor(4160, order.USD),
	}}}, at, order.Policy{})
	if err != nil {
		return err
	}
	plan, err := coupon.Choose([]order.Order{o}, []coupon.Coupon{
		issued("SPRING-10", coupon.KindCash, 1000, at.Add(24*time.Hour)),
		issued("PARTNER-5", coupon.KindCash, 500, at.Add(30*24*time.Hour)),
		issued("PARTNER-20", coupon.KindFlexi, 2000, at.Add(60*24*time.Hour)),
		issued("CARD-1", coupon.KindCard, 9000, at.Add(90*24*time.Hour)),
	}, nil, at, coupon.Policy{Order: PartnerFirst{}})
	if err != nil {
		return err
	}
	for _, p := range plan.Pays {
		fmt.Fprintf(w, "%-11s %-21s pays %9s\n", string(p.Coupon), p.Kind, p.Amount)
	}
	for _, v := range plan.Verdicts {
		if v.Reason != coupon.ReasonUsed {
			fmt.Fprintln(w, v)
		}
	}
	fmt.Fprintf(w, "cash %s of %s\n", plan.Left[0], o.Payable())
	return nil
}

// issued is an available coupon of the customer.
func issued(id coupon.ID, kind coupon.Kind, cents int64, until time.Time) coupon.Coupon {
	m := order.Minor(cents, order.USD)
	return coupon.Coupon{ID: id, Customer: "c-7", Kind: kind, State: coupon.StateAvailable, Window: order.Window{Until: until}, Face: m, Balance: m}
}

// verifyOrders holds both orders to the laws of a coupon order.
func verifyOrders(w io.Writer) {
	for _, r := range []struct {
		name string
		rule coupon.Order
	}{{"PartnerFirst", PartnerFirst{}}, {"LargerFirst", LargerFirst{}}} {
		if err := coupontest.VerifyOrder(r.rule, drawn); err != nil {
			fmt.Fprintf(w, "\n%s breaks a law\n%v\n", r.name, err)
		} else {
			fmt.Fprintf(w, "\n%s keeps all %d laws on %d draws\n", r.name, len(coupontest.OrderLaws()), drawn)
		}
	}
}
