package payment_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
)

// Times and amounts as the sources write them.
var gmt8, clock, usd = ordertest.GMT8, ordertest.Clock, ordertest.USD

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

// placed is an order of the lines.
func placed(t testing.TB, id order.ID, lines ...order.Line) order.Order {
	t.Helper()
	o, err := order.Place(draft(id, lines...), placedAt, order.Policy{Zone: gmt8})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// dues are orders CS1, CS2, ... of one line each.
func dues(t testing.TB, cents ...int64) (orders []order.Order) {
	t.Helper()
	for i, c := range cents {
		orders = append(orders, placed(t, order.ID(fmt.Sprintf("CS%d", i+1)), line("ECS", c)))
	}
	return orders
}

// reduced is o with a discount.
func reduced(t testing.TB, o order.Order, d discount.Discount, p discount.Policy) order.Order {
	t.Helper()
	o, err := discount.Apply(o, d, placedAt, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// pays is an available coupon of the customer.
func pays(id coupon.ID, kind coupon.Kind, cents int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c-7", Kind: kind, State: coupon.StateAvailable, Face: usd(cents), Balance: usd(cents)}
}

// account is one of the customer's accounts.
func account(fund payment.Fund, cents int64) payment.Account {
	if fund == payment.FundCredit {
		return payment.Account{Customer: "c-7", Fund: fund, Balance: usd(0), Limit: usd(cents)}
	}
	return payment.Account{Customer: "c-7", Fund: fund, Balance: usd(cents)}
}

// scene is a request for all of some orders, and its facts: a neutral policy, the method
// online, no coupons.
type scene struct {
	payment.Request
	facts payment.Facts
	at    time.Time
}

func asking(orders ...order.Order) *scene {
	s := &scene{at: placedAt.Add(time.Hour)}
	s.Request = payment.Request{Key: "key-1", Customer: "c-7", By: "c-7", Method: payment.MethodOnline}
	for _, o := range orders {
		s.Orders = append(s.Orders, o.ID)
	}
	s.facts = payment.Facts{Customer: payment.Customer{ID: "c-7", Gateway: "cards"}, Orders: orders}
	return s
}

// with names coupons that the customer has.
func (s *scene) with(coupons ...coupon.Coupon) *scene {
	for _, c := range coupons {
		s.Coupons = append(s.Coupons, c.ID)
	}
	s.facts.Coupons = append(s.facts.Coupons, coupons...)
	return s
}

// quote asks for the quote, and fails the test where it is refused.
func (s *scene) quote(t testing.TB) payment.Quote {
	t.Helper()
	q, err := s.Quote(s.facts, s.at)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// refused asks for the quote, and fails the test where it is not refused for the reason.
func (s *scene) refused(t testing.TB, reason payment.Reason) *payment.Refusal {
	t.Helper()
	_, err := s.Quote(s.facts, s.at)
	var r *payment.Refusal
	if !errors.As(err, &r) || !errors.Is(err, reason) || r.Reason != reason || r.Text == "" {
		t.Fatalf("not refused for %q: %v", reason, err)
	}
	return r
}

// in lists the orders that are in.
func in(q payment.Quote) (ids []order.ID) {
	for _, it := range q.Items {
		ids = append(ids, it.Order)
	}
	return ids
}

// cash lists what each order costs in cash, in cents.
func cash(q payment.Quote) (cents []int64) {
	for _, it := range q.Items {
		cents = append(cents, it.Cash.Minor())
	}
	return cents
}
