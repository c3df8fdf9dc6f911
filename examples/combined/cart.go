package main

import (
	"fmt"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// draft is a month of one product.
func draft(id order.ID, product string, cents int64) order.Draft {
	return order.Draft{ID: id, Customer: customer, Type: order.TypePurchase, Lines: []order.Line{{
		Product: product, Service: "compute", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
		Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD),
	}}}
}

// cluster is a purchase of four: two servers, a disk and an address. The first waits for
// approval where it is to be reviewed.
func cluster(review bool) (order.Purchase, error) {
	drafts := []order.Draft{draft("CL1", "web-4", 12480), draft("CL2", "web-4", 12480), draft("CL3", "disk-200", 2400), draft("CL4", "address", 350)}
	drafts[0].Review = review
	return order.PlaceTogether("cluster", drafts, placed, order.Huawei())
}

// singles are n orders of a server each; every second one has a commercial discount.
func singles(n int) ([]order.Order, error) {
	contract := discount.Discount{ID: "contract-9", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	var orders []order.Order
	for i := range n {
		o, err := order.Place(draft(order.ID(fmt.Sprintf("CS%02d", i+1)), "node-2", 4000+int64(i)*73), placed, order.Huawei())
		if err == nil && i%2 == 1 {
			o, err = discount.Apply(o, contract, placed, discount.Huawei2024())
		}
		if err != nil {
			return nil, err
		}
		orders = append(orders, o)
	}
	return orders, nil
}

// wallet is a cash coupon, a flexi-purchase coupon and a stored-value card.
func wallet() []coupon.Coupon {
	var coupons []coupon.Coupon
	for _, c := range []struct {
		id    coupon.ID
		kind  coupon.Kind
		cents int64
	}{{"WELCOME", coupon.KindCash, 10001}, {"FLEX-50", coupon.KindFlexi, 5000}, {"CARD-1", coupon.KindCard, 20000}} {
		m := order.Minor(c.cents, order.USD)
		coupons = append(coupons, coupon.Coupon{ID: c.id, Customer: customer, Kind: c.kind, State: coupon.StateAvailable, Face: m, Balance: m})
	}
	return coupons
}

// request asks for all the orders to be paid online.
func request(key payment.Key, orders []order.Order) payment.Request {
	r := payment.Request{Key: key, Customer: customer, By: "ann", Method: payment.MethodOnline}
	for _, o := range orders {
		r.Orders = append(r.Orders, o.ID)
	}
	return r
}
