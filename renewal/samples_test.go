package renewal_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// Times and amounts as the sources write them.
var gmt8, clock, usd = ordertest.GMT8, ordertest.Clock, ordertest.USD

func months(n int) renewal.Term { return renewal.Term{N: n, Unit: renewal.Month} }
func years(n int) renewal.Term  { return renewal.Term{N: n, Unit: renewal.Year} }
func weeks(n int) renewal.Term  { return renewal.Term{N: n, Unit: renewal.Week} }
func days(n int) renewal.Term   { return renewal.Term{N: n, Unit: renewal.Day} }

// server is a subscription of a month, bought 2023-03-08 15:50:04.
func server() renewal.Resource {
	return renewal.Resource{ID: "vm-1", Customer: "c-7", Product: "s6.large", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
		Start: clock("2023-03-08 15:50:04"), Expiry: clock("2023-04-08 23:59:59"), Mode: renewal.ModeManual}
}

// with is r after f.
func with(r renewal.Resource, f func(r *renewal.Resource)) renewal.Resource {
	f(&r)
	return r
}

// monthly is a price list: so many cents a month, ten months for a year.
type monthly int64

func (m monthly) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	if r.Product == "unpriced" {
		return order.Money{}, renewal.ErrNoPrice
	}
	n := int64(t.N)
	if t.Unit == renewal.Year {
		n *= 10
	}
	return usd(int64(m) * n), nil
}

// isField fails the test unless err is a FieldError for the field.
// leads fails the test unless the path of an error leads into what was given.
func leads(t testing.TB, given any, path string) {
	t.Helper()
	if err := ordertest.Leads(given, path); err != nil {
		t.Error(err)
	}
}

func isField(t testing.TB, what string, err error, name string) {
	t.Helper()
	var f *order.FieldError
	if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &f) || f.Field != name {
		t.Errorf("%s: %v, want one for %s", what, err, name)
		return
	}
	if err := ordertest.Zoned(err.Error()); err != nil {
		t.Error(err)
	}
}
