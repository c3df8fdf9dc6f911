package desk_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// A Desk without Customers serves everybody by the house's policy, and charges the only
// gateway that it has (P1).
func TestP1_PolicyOfTheHouse(t *testing.T) {
	r := newHost(t)
	r.d.Customers, r.d.Policy = nil, payment.Policy{MaxOrders: 1}
	r.place("", draftFor("a", 1000))
	r.place("", draftFor("b", 1000))
	ask := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a", "b"}, Method: payment.MethodOnline}
	if _, err := r.d.Quote(ctx, ask); !errors.Is(err, payment.ReasonBadRequest) {
		t.Errorf("two orders, where the house takes one: %v", err)
	}
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Policy = &payment.Policy{} }}
	if q, err := r.d.Quote(ctx, ask); err != nil || len(q.Items) != 2 {
		t.Errorf("by a policy of the customer's own: %v", err)
	}
	r.d.Customers = nil
	ask.Orders = ask.Orders[:1]
	if p, err := r.d.Pay(ctx, ask); err != nil || p.State != payment.PaymentSucceeded || p.Gateway != "g" {
		t.Errorf("%s by gateway %q: %v", p.State, p.Gateway, err)
	}
	two := desk.Desk{Store: r.s, Gateways: map[string]gateway.Gateway{"g": r.g, "h": new(inmem.Gateway)}, Now: r.clock.Now}
	ask.Key, ask.Orders = "k2", []order.ID{"b"}
	if _, err := two.Pay(ctx, ask); !errors.Is(err, payment.ReasonBadRequest) {
		t.Errorf("of two gateways: %v", err)
	}
	ask.Gateway = "h"
	if p, err := two.Pay(ctx, ask); err != nil || p.Gateway != "h" {
		t.Errorf("by gateway %q: %v", p.Gateway, err)
	}
}
