package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
)

const long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" // 65

func second[A any](_ A, err error) error { return err }

func third[A, B any](_ A, _ B, err error) error { return err }

// together is a purchase P1 of as many orders, of which the first waits for approval.
func together(t testing.TB, n int, review bool) order.Purchase {
	t.Helper()
	var drafts []order.Draft
	for i := range n {
		drafts = append(drafts, draft(order.ID("M"+string(rune('1'+i))), line("ECS", 1000)))
	}
	drafts[0].Review = review
	p, err := order.PlaceTogether("P1", drafts, placedAt, order.Policy{Zone: gmt8})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

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

// pays is an available coupon of the customer.
func pays(id coupon.ID, kind coupon.Kind, cents int64) coupon.Coupon {
	return coupon.Coupon{ID: id, Customer: "c-7", Kind: kind, State: coupon.StateAvailable, Face: usd(cents), Balance: usd(cents)}
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
