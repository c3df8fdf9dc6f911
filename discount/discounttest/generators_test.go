package discounttest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// drawnOrder is an order that charges, in the second of its placement.
func drawnOrder(t *rapid.T) order.Order {
	d := ordertest.Draft(order.FlowCharge, ordertest.Currency().Draw(t, "currency")).Draw(t, "draft")
	o, err := order.Place(d, ordertest.Instant().Draw(t, "placed"), order.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDiscount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, p := drawnOrder(t), discounttest.Policy().Draw(t, "policy")
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		d := discounttest.Discount(o, o.Placed).Draw(t, "discount")
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		if _, err := discount.Apply(o, d, o.Placed, p); err != nil {
			t.Fatal(err)
		}
		if err := discounttest.AnyDiscount().Draw(t, "any").Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// Candidates reach every verdict.
func TestCandidates(t *testing.T) {
	seen := make(map[discount.Reason]int)
	choice := rapid.Custom(func(t *rapid.T) discount.Choice {
		o := drawnOrder(t)
		c, err := discount.Choose(o, discounttest.Candidates(o, o.Placed).Draw(t, "candidates"), o.Placed, discounttest.Policy().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
	for seed := range 400 { // the same every time
		for _, v := range choice.Example(seed).Verdicts {
			seen[v.Reason]++
		}
	}
	for _, why := range []discount.Reason{
		discount.ReasonChosen, discount.ReasonSavesLess, discount.ReasonKind, discount.ReasonID, discount.ReasonPartner, discount.ReasonNotBegun, discount.ReasonEnded,
		discount.ReasonNotCovered, discount.ReasonSavesNothing, discount.ReasonCurrency, discount.ReasonNoCompeting,
	} {
		if seen[why] == 0 {
			t.Errorf("no candidate %s; seen: %v", why, seen)
		}
	}
}

func TestBroken(t *testing.T) {
	seen := make(map[string]bool)
	rapid.Check(t, func(t *rapid.T) {
		b := discounttest.Broken().Draw(t, "broken")
		seen[b.Field+" "+b.What] = true
		err := b.Value.Check()
		var field *order.FieldError
		if !errors.As(err, &field) || !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("%s, %s: %v", b.Field, b.What, err)
		}
		if field.Field != b.Field {
			t.Fatalf("%s, %s: the error names %s: %v", b.Field, b.What, field.Field, err)
		}
		o, err := order.Place(order.Draft{ID: "order-1", Customer: "customer-1", Type: order.TypePurchase, Lines: []order.Line{
			{Product: "disk", Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(100, order.USD)},
		}}, time.Unix(1_543_245_152, 0), order.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := discount.Apply(o, b.Value, o.Placed, discount.Policy{}); !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("%s, %s was applied: %v", b.Field, b.What, err)
		}
	})
	if len(seen) < 15 && !testing.Short() { // a fifth of the draws meets fewer
		t.Errorf("only %d ways to be broken: %v", len(seen), seen)
	}
}
