package coupon_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// Times and amounts as the sources write them.
var clock, usd = ordertest.Clock, ordertest.USD

var (
	now   = clock("2017-03-01 12:00:00")
	march = order.Window{From: clock("2017-03-01 00:00:00"), Until: clock("2017-03-09 23:59:59")}
)

// line is a line of one product of a service, s6.large of ECS and so on.
func line(service string, cents int64) order.Line {
	return order.Line{
		Product: map[string]string{"ECS": "s6.large", "EVS": "disk", "VPC": "address"}[service], Service: service, Region: "north",
		Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(cents),
	}
}

// placed is a purchase of the lines.
func placed(t testing.TB, id order.ID, lines ...order.Line) order.Order {
	t.Helper()
	o, err := order.Place(order.Draft{ID: id, Customer: "customer-1", Type: order.TypePurchase, Lines: lines}, now, order.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// reduced is o with a discount.
func reduced(t testing.TB, o order.Order, d discount.Discount) order.Order {
	t.Helper()
	o, err := discount.Apply(o, d, now, discount.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// dues is a purchase of one ECS for each amount.
func dues(t testing.TB, cents ...int64) (orders []order.Order) {
	for i, c := range cents {
		orders = append(orders, placed(t, order.ID(rune('1'+i)), line("ECS", c)))
	}
	return orders
}

// pays is an available coupon of the customer.
func pays(id coupon.ID, kind coupon.Kind, cents int64) coupon.Coupon {
	return coupon.Coupon{
		ID: id, Customer: "customer-1", Kind: kind, State: coupon.StateAvailable, Window: march, Face: usd(cents), Balance: usd(cents),
	}
}

func flexi(id coupon.ID, cents int64) coupon.Coupon { return pays(id, coupon.KindFlexi, cents) }

// with is c after f.
func with(c coupon.Coupon, f func(c *coupon.Coupon)) coupon.Coupon {
	f(&c)
	return c
}

// until is c with another end.
func until(c coupon.Coupon, end string) coupon.Coupon {
	c.Window.Until = clock(end)
	return c
}

// whys are the reasons for which coupons were refused, by ID.
func whys(t testing.TB, err error) map[coupon.ID]coupon.Reason {
	t.Helper()
	var refused *coupon.Error
	if !errors.Is(err, coupon.ErrUnusable) || !errors.As(err, &refused) {
		t.Fatalf("not refused as unusable: %v", err)
	}
	all := map[coupon.ID]coupon.Reason{}
	for _, v := range refused.Verdicts {
		all[v.Coupon] = v.Reason
	}
	return all
}

func ids(p coupon.Plan) (all []coupon.ID) {
	for _, pay := range p.Pays {
		all = append(all, pay.Coupon)
	}
	return all
}

// isEmpty reports whether nothing is in the plan, as on an error.
func isEmpty(p coupon.Plan) bool {
	return p.Pays == nil && p.Verdicts == nil && p.Left == nil && p.Paid == order.Money{}
}
