package coupon_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// unserved is a line of no service.
func unserved(n int64) order.Line {
	l := line("ECS", n)
	l.Service = ""
	return l
}

// One order has what is for a first order alone (C3).
func TestC3_FirstOrder(t *testing.T) {
	first := with(flexi("C1", 100_000), func(c *coupon.Coupon) { c.Limits.FirstOrder = true })
	theirs := line("ECS", 100)
	theirs.Seller = "somebody else"
	orders := func(lines ...order.Line) (os []order.Order) {
		for i, l := range lines {
			os = append(os, placed(t, order.ID('1'+rune(i)), l))
		}
		return os
	}
	held := func(service string, by order.ID, payment order.PaymentID) coupon.Tally {
		return coupon.Tally{Customer: "customer-1", Name: coupon.FirstOrderTally(service), HeldFor: by, HeldBy: payment}
	}
	three := orders(line("ECS", 100), line("ECS", 20), line("EVS", 3))
	for name, x := range map[string]struct {
		orders  []order.Order
		tallies []coupon.Tally
		pays    int64  // 0: it is refused
		says    string // then
	}{
		"C3 it paid two orders of one payment":         {orders: three, pays: 103},
		"C3 in another sequence":                       {orders: []order.Order{three[1], three[0], three[2]}, pays: 23},
		"C3 without a service it was always a first":   {orders: orders(unserved(100), unserved(20)), pays: 100},
		"C3 of anything, after an order of a service":  {orders: orders(line("ECS", 100), unserved(20)), pays: 100},
		"C3 of a service, after an order of none":      {orders: orders(unserved(100), line("ECS", 20)), pays: 120},
		"C3 a third party's order comes before none":   {orders: []order.Order{placed(t, "1", theirs, line("VPC", 1)), three[1]}, pays: 21},
		"C3 held for itself":                           {orders: three[:1], tallies: []coupon.Tally{held("ECS", three[0].ID, "")}, pays: 100},
		"C3 held for another order":                    {orders: three[:1], tallies: []coupon.Tally{held("ECS", "another", "")}, says: "coupon C1 is for a first order only: order another has it"},
		"C3 held for another order by another payment": {orders: three[:1], tallies: []coupon.Tally{held("ECS", "another", "P9")}, says: "order another has it, by payment P9"},
		"C3 of anything, held":                         {orders: orders(unserved(100)), tallies: []coupon.Tally{held("", "another", "")}, says: "order another has it"},
		"C3 held for another order, beside one paid": {orders: []order.Order{placed(t, "1", line("ECS", 100), line("EVS", 20))},
			tallies: []coupon.Tally{held("ECS", "another", ""), {Customer: "customer-1", Name: "orders of EVS", N: 1}}, says: "order another has it"},
		"C3 one paid, beside held for another order": {orders: []order.Order{placed(t, "1", line("EVS", 20), line("ECS", 100))},
			tallies: []coupon.Tally{held("ECS", "another", ""), {Customer: "customer-1", Name: "orders of EVS", N: 1}}, says: "order another has it"},
		"C3 another is paid": {orders: three[:1], tallies: []coupon.Tally{{Customer: "customer-1", Name: "orders of ECS", N: 1}}, says: "another is paid, or is being paid"},
	} {
		plan, err := coupon.Use(x.orders, []coupon.Coupon{first}, x.tallies, now, coupon.Policy{})
		switch {
		case x.pays == 0 && (whys(t, err)["C1"] != coupon.ReasonFirstOrder || !strings.Contains(err.Error(), x.says)):
			t.Errorf("%s: %v", name, err)
		case x.pays > 0 && (err != nil || plan.Paid != usd(x.pays)):
			t.Errorf("%s: %s paid, want %d, %v", name, plan.Paid, x.pays, err)
		}
	}
}

// An order is counted as one of anything, and one of each service of its own lines (C11).
func TestC11_FirstOrderTallies(t *testing.T) {
	theirs := line("VPC", 100)
	theirs.Seller = "somebody else"
	o := placed(t, "1", line("ECS", 1), theirs, unserved(1), line("ECS", 1))
	if got, want := coupon.FirstOrderTallies(o), []string{"orders", "orders of ECS"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c := discountCoupon()
	if got := c.FirstOrders(o); got != nil {
		t.Errorf("good for any order, it takes %q", got)
	}
	c.Limits.FirstOrder = true
	if got, want := c.FirstOrders(o), []string{"orders of ECS", "orders"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c.Limits.Scope.Services = []string{"ECS", "VPC"}
	if got, want := c.FirstOrders(o), []string{"orders of ECS"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A discount coupon is refused with what a customer can act on (C12).
func TestC12_DiscountForSays(t *testing.T) {
	o := placed(t, "1", line("ECS", 1000))
	for says, change := range map[string]func(c *coupon.Coupon){
		"coupon D1 needs more to be due on what it covers: 20.00 USD, there is 10.00 USD": func(c *coupon.Coupon) { c.Limits.Threshold = usd(2000) },
		"coupon D1 is held by order another":                                              func(c *coupon.Coupon) { c.State, c.HeldFor = coupon.StateHeld, []order.ID{"another"} },
		"coupon D1 is not a coupon of this customer": func(c *coupon.Coupon) {
			c.Customer, c.State, c.HeldFor = "customer-2", coupon.StateHeld, []order.ID{"of-customer-2"}
		},
		"coupon D1 is frozen":  func(c *coupon.Coupon) { c.Frozen = true },
		"coupon D1 is used up": func(c *coupon.Coupon) { c.State = coupon.StateUsed },
	} {
		c := with(discountCoupon(), change)
		_, err := c.DiscountFor(o, nil, now, coupon.Policy{})
		var e *coupon.Error
		if !errors.As(err, &e) || err.Error() != says {
			t.Errorf("%v, want %q", err, says)
		}
	}
	mine := with(discountCoupon(), func(c *coupon.Coupon) { c.State, c.HeldFor, c.Frozen = coupon.StateHeld, []order.ID{o.ID}, true })
	if _, err := mine.DiscountFor(o, nil, now, coupon.Policy{}); err != nil {
		t.Errorf("its own order goes on: %v", err)
	}
}

// Claiming refuses in the words of who claims (C1).
func TestC1_ClaimSays(t *testing.T) {
	code := coupon.Code{Code: "SPRING", Coupon: coupon.Template{Kind: coupon.KindCard, Face: usd(500)}}
	_, _, err := code.Claim("derived", "customer-1", now)
	var e *coupon.ClaimError
	if !errors.As(err, &e) || !errors.Is(err, coupon.ErrState) || e.Code != "SPRING" || err.Error() != "code SPRING has been claimed" {
		t.Errorf("%v", err)
	}
}
