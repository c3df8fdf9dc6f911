package desk_test

import (
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

const long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" // 65

func second[A any](_ A, err error) error { return err }

func third[A, B any](_ A, _ B, err error) error { return err }

// Times and amounts as the sources write them.
var clock, usd = ordertest.Clock, ordertest.USD

var (
	placedAt = clock("2018-11-26 23:12:32")
	november = order.Window{From: clock("2018-11-01 00:00:00"), Until: clock("2018-11-30 23:59:59")}
)

// line is a month of something of the merchant's own.
func line(service string, cents int64) order.Line {
	return order.Line{Product: service + ".large", Service: service, Region: "north", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
		Charge: order.ChargeSubscription, Amount: usd(cents)}
}

func draft(id order.ID, lines ...order.Line) order.Draft {
	return order.Draft{ID: id, Customer: "c-7", Type: order.TypePurchase, Lines: lines}
}

// placedOf is the order of a draft.
func placedOf(t testing.TB, d order.Draft) order.Order {
	t.Helper()
	o, err := order.Place(d, placedAt, order.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// pays is an available coupon of the customer.
func pays(id coupon.ID, kind coupon.Kind, cents int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c-7", Kind: kind, State: coupon.StateAvailable, Face: usd(cents), Balance: usd(cents)}
}
