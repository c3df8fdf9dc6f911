package discount_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/google/go-cmp/cmp"
)

// Times and amounts as the sources write them.
var gmt8, clock, usd = ordertest.GMT8, ordertest.Clock, ordertest.USD

// placed and november are the example of E1 to E4.
var (
	placed   = clock("2018-11-26 23:12:32")
	november = order.Window{From: clock("2018-11-01 00:00:00"), Until: clock("2018-11-30 23:59:59")}
)

// server is a line of one ECS for a month.
func server(amount order.Money) order.Line {
	return order.Line{
		Product: "s6.large", Service: "ECS", Region: "north", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
		Charge: order.ChargeSubscription, Amount: amount,
	}
}

// draft is a purchase of the lines.
func draft(id order.ID, lines ...order.Line) order.Draft {
	return order.Draft{ID: id, Customer: "customer-1", Type: order.TypePurchase, Lines: lines}
}

// place places a draft in the example's second.
func place(t testing.TB, d order.Draft) order.Order {
	t.Helper()
	o, err := order.Place(d, placed, order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// unchanged fails t unless got is what it was.
func unchanged[T any](t testing.TB, got, was T) {
	t.Helper()
	if diff := cmp.Diff(was, got, exact); diff != "" {
		t.Errorf("changed (-was +is):\n%s", diff)
	}
}

// exact compares what has no exported fields.
var exact = cmp.Options{
	cmp.Comparer(func(a, b order.Money) bool { return a == b }),
	cmp.Comparer(func(a, b order.Rate) bool { return a == b }),
}

// half takes half off, rounded down.
type half struct{}

func (half) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off := make([]order.Money, len(covered))
	for i, l := range covered {
		off[i] = order.Minor(l.Amount.Minor()/2, l.Amount.Currency())
	}
	return off, nil
}

// ruleFunc is a rule by a function.
type ruleFunc func(o order.Order, covered []order.Line) ([]order.Money, error)

func (f ruleFunc) Off(o order.Order, covered []order.Line) ([]order.Money, error) {
	return f(o, covered)
}

var errRefused = errors.New("this rule does not like the order")
