package desk_test

import (
	"fmt"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
)

// trips counts what a Desk asks of its store.
type trips struct{ loads, commits int }

func (n *trips) of(d *desk.Desk) {
	d.Trace = func(s desk.Step) {
		switch s.Name {
		case "load":
			n.loads++
		case "commit":
			n.commits++
		}
	}
}

// A payment needs at most two loads and two commits, however it is paid and whatever it holds.
func TestP16_TripsOfAPayment(t *testing.T) {
	some := func(r *host, n int) (ids []order.ID) {
		for i := range n {
			d := draftFor(order.ID(fmt.Sprintf("o%02d", i)), 1000)
			ids = append(ids, d.ID)
			r.place("", d)
		}
		return ids
	}
	ask := func(m payment.Method, ids ...order.ID) payment.Request {
		return payment.Request{Key: "k", Customer: "c1", By: "u", Orders: ids, Method: m}
	}
	for _, x := range []struct {
		name           string
		loads, commits int
		of             func(r *host) payment.Request
	}{
		{"one order", 2, 2, func(r *host) payment.Request { return ask(payment.MethodOnline, some(r, 1)...) }},
		{"30 orders with 3 coupons", 2, 2, func(r *host) payment.Request {
			q := ask(payment.MethodOnline, some(r, 30)...)
			for i := range 3 {
				c := cardOf(coupon.ID(fmt.Sprint("card", i)), 500)
				r.issue(c)
				q.Coupons = append(q.Coupons, c.ID)
			}
			return q
		}},
		{"30 orders with the best of many coupons", 2, 2, func(r *host) payment.Request {
			q := ask(payment.MethodOnline, some(r, 30)...)
			for i := range 20 {
				r.issue(cardOf(coupon.ID(fmt.Sprint("card", i)), 500))
			}
			q.Choose = true
			return q
		}},
		{"a discount coupon for each order", 2, 2, func(r *host) payment.Request {
			q := ask(payment.MethodOnline, some(r, 10)...)
			for i, id := range q.Orders {
				c := discountCoupon(coupon.ID(fmt.Sprint("d", i)), 90)
				r.issue(c)
				q.Discounts = append(q.Discounts, payment.Pick{Order: id, Discount: discount.ID(c.ID)})
			}
			return q
		}},
		{"a discount coupon that an order of something else has too", 2, 2, func(r *host) payment.Request {
			c := discountCoupon("d", 90)
			c.Uses = 2
			r.issue(c)
			r.adopt(resourceOf("x9", "vm"))
			other := r.renewal("n9", "x9")[0].ID
			r.must(second(r.d.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c1", By: "u", Pick: payment.Pick{Order: other, Discount: "d"}})))
			q := ask(payment.MethodOnline, some(r, 1)...)
			q.Discounts = []payment.Pick{{Order: q.Orders[0], Discount: "d"}}
			return q
		}},
		{"from the balance", 2, 1, func(r *host) payment.Request {
			r.deposit("d", payment.FundCash, 100_000)
			return ask(payment.MethodBalance, some(r, 30)...)
		}},
		{"on the monthly bill", 2, 1, func(r *host) payment.Request { return ask(payment.MethodMonthly, some(r, 30)...) }},
		{"renewals of a resource and what is bound to it", 2, 2, func(r *host) payment.Request {
			r.adopt(resourceOf("x1", "vm"), boundTo("x1", "x2"), boundTo("x1", "x3"))
			q := ask(payment.MethodOnline)
			for _, o := range r.renewal("n", "x1", "x2", "x3") {
				q.Orders = append(q.Orders, o.ID)
			}
			return q
		}},
		{"declined", 2, 2, func(r *host) payment.Request {
			r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusDeclined} }
			return ask(payment.MethodOnline, some(r, 30)...)
		}},
		{"said again", 2, 0, func(r *host) payment.Request {
			q := ask(payment.MethodOnline, some(r, 30)...)
			_, err := r.d.Pay(ctx, q)
			r.must(err)
			return q
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newHost(t)
			r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
			q := x.of(r)
			var n trips
			n.of(r.d)
			p, err := r.d.Pay(ctx, q)
			r.must(err)
			if !p.State.Final() || n.loads > x.loads || n.commits > x.commits {
				t.Errorf("%s after %d loads and %d commits, at most %d and %d", p.State, n.loads, n.commits, x.loads, x.commits)
			}
			r.audit()
		})
	}
}

// A card that is charged by the customer's own instrument is no more trips.
func TestP16_TripsByInstrument(t *testing.T) {
	r := newCardHost(t)
	r.place("", draftFor("a", 1000))
	var n trips
	n.of(r.d)
	if p := r.pay("k", payment.MethodOnline, nil, "a"); p.State != payment.PaymentSucceeded || p.Instrument == "" || n != (trips{2, 2}) {
		t.Errorf("%s by %q after %+v", p.State, p.Instrument, n)
	}
}
