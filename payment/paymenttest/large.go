package paymenttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// LargeAt is when the orders of [Large] are placed. Their coupons last three days more.
var LargeAt = time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC)

// Large is the payment of which goals of speed speak: n orders of 3 lines, with a ratio discount each,
// and 3 coupons that pay in proportion. The facts have the orders and coupons in the order of the
// request, which nobody has agreed to yet.
func Large(t testing.TB, customer order.CustomerID, n int) (r payment.Request, f payment.Facts) {
	t.Helper()
	spring := discount.Discount{ID: "spring", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	r = payment.Request{Key: "key-1", Customer: customer, By: string(customer), Method: payment.MethodOnline, Gateway: "cards"}
	f = payment.Facts{Customer: payment.Customer{ID: customer}}
	for i := range n {
		d := order.Draft{ID: order.ID(fmt.Sprintf("order-%02d", i)), Customer: customer, Type: order.TypePurchase}
		for j, service := range []string{"ECS", "EVS", "VPC"} {
			d.Lines = append(d.Lines, order.Line{Product: service + ".large", Service: service, Region: "north", Count: 1,
				Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(int64(10_000+1_237*i+311*j), order.USD)})
		}
		o, err := order.Place(d, LargeAt, order.Policy{})
		if err == nil {
			o, err = discount.Apply(o, spring, LargeAt, discount.Policy{})
		}
		if err != nil {
			t.Fatal(err)
		}
		r.Orders, f.Orders = append(r.Orders, o.ID), append(f.Orders, o)
	}
	for i, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard} {
		m := order.Minor(int64(20_011*(i+1)), order.USD)
		c := coupon.Coupon{ID: coupon.ID(fmt.Sprintf("coupon-%02d", i)), Customer: customer, Kind: kind, State: coupon.StateAvailable,
			Window: order.Window{Until: LargeAt.Add(72 * time.Hour)}, Face: m, Balance: m, Limits: coupon.Limits{Threshold: order.Minor(100, order.USD)}}
		r.Coupons, f.Coupons = append(r.Coupons, c.ID), append(f.Coupons, c)
	}
	return r, f
}

// Held is the payment that the commit which holds a request writes, once it was agreed to.
func Held(t testing.TB, r payment.Request, f payment.Facts, at time.Time) payment.Payment {
	t.Helper()
	q, err := r.Quote(f, at)
	if err != nil {
		t.Fatal(err)
	}
	r.Agreed = q.Agreed()
	q.Orders = nil
	return payment.Payment{ID: r.Payment(), Customer: r.Customer, State: payment.PaymentPending, Request: r, Quote: q, HeldAt: q.At, Gateway: "cards",
		Key: "0123456789abcdef0123456789abcdef", Amount: q.Sum.Cash, FirstSentAt: q.At, LastSentAt: q.At, Changed: q.At, DueAt: q.At.Add(time.Minute)}
}
