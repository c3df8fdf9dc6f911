package ordertest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// accepted fails on a drawn value that its own Check refuses.
func accepted[T interface{ Check() error }](g *rapid.Generator[T]) func(*testing.T) {
	return rapid.MakeCheck(func(t *rapid.T) {
		if err := g.Draw(t, "value").Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// What is drawn as valid is accepted.
func TestValid(t *testing.T) {
	t.Run("Window", accepted(ordertest.Window()))
	t.Run("Term", accepted(ordertest.Term()))
	t.Run("Terms", accepted(ordertest.Terms()))
	t.Run("Policy", accepted(ordertest.Policy()))
	t.Run("Order", accepted(ordertest.Order()))
	t.Run("Member", accepted(ordertest.Member()))
	t.Run("Purchase", accepted(ordertest.Purchase()))
	t.Run("Query", accepted(ordertest.Query()))
	t.Run("Money", accepted(ordertest.Money(order.KWD)))
	t.Run("Move", accepted(ordertest.Move()))
}

// A broken value is refused for what is broken, and for nothing else.
func TestBroken(t *testing.T) {
	refused := func(t *rapid.T, err error, field, what string) {
		t.Helper()
		var f *order.FieldError
		if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &f) || f.Field != field {
			t.Fatalf("%s: %s: got %v", field, what, err)
		}
	}
	t.Run("Window", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenWindow().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Term", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenTerm().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Terms", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenTerms().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("ID", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenID[order.ID]().Draw(t, "broken")
		refused(t, order.CheckID("id", b.Value), "id", b.What)
	}))
	t.Run("Policy", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenPolicy().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Query", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenQuery().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Draft", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenDraft().Draw(t, "broken")
		_, err := order.Place(b.Value, ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy"))
		refused(t, err, b.Field, b.What)
	}))
	t.Run("Order", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenOrder().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Purchase", rapid.MakeCheck(func(t *rapid.T) {
		b := ordertest.BrokenPurchase().Draw(t, "broken")
		refused(t, b.Value.Check(), b.Field, b.What)
	}))
	t.Run("Move", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		b := ordertest.BrokenMove().Draw(t, "broken")
		_, err := o.Apply(b.Value)
		refused(t, err, b.Field, b.What)
		refused(t, b.Value.Check(), strings.TrimPrefix(b.Field, "move."), b.What)
	}))
	t.Run("Reduction", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderOf(order.FlowCharge).Filter(func(o order.Order) bool { return o.Reducible(o.Placed) == nil && o.Reduction.Lock == "" }).Draw(t, "order")
		b := ordertest.BrokenReduction(o.Placed).Draw(t, "broken")
		_, err := o.Reduce(b.Value, ordertest.Cuts(o).Draw(t, "cuts"), o.Placed)
		refused(t, err, "reduction."+b.Field, b.What)
	}))
}

// Every state of every flow is drawn, and so is all that orders can be besides.
func TestReach(t *testing.T) {
	missing := map[string]bool{"reduced": true, "a cause came while paying": true, "paid by coupons": true, "of a third party": true,
		"taxed": true, "one has the deadline of another": true, "charges nothing and waits": true, "30 orders": true,
		"a member paid": true, "a member that charges nothing is refunded": true}
	for _, x := range order.Transitions() {
		missing[string(x.Flow)+": "+string(x.To)] = true
	}
	look := func(o order.Order) {
		delete(missing, string(o.Flow())+": "+string(o.State))
		for _, l := range o.Lines {
			if !l.Own() {
				delete(missing, "of a third party")
			}
			if l.Tax.Sign() != 0 {
				delete(missing, "taxed")
			}
		}
		for what, seen := range map[string]bool{
			"reduced":                                   o.Reduction != (order.Reduction{}),
			"a cause came while paying":                 o.State == order.StatePaying && o.Reason != "",
			"paid by coupons":                           o.Paid.Coupons.Sign() != 0,
			"one has the deadline of another":           o.DeadlineOf != "",
			"charges nothing and waits":                 o.Flow() == order.FlowNone && o.State == order.StateUnpaid,
			"30 orders":                                 o.Members == 30,
			"a member paid":                             o.Members > 1 && o.State == order.StatePaid && o.Flow() == order.FlowCharge,
			"a member that charges nothing is refunded": o.Flow() == order.FlowNone && o.State == order.StateRefunded,
		} {
			if seen {
				delete(missing, what)
			}
		}
	}
	for seed := range 3000 {
		if len(missing) == 0 {
			return
		}
		look(ordertest.Order().Example(seed))
		if seed%3 == 0 {
			for _, o := range ordertest.Purchase().Example(seed).Orders {
				look(o)
			}
		}
	}
	t.Errorf("never drawn: %v", missing)
}

// The amount drawn has the sign asked for.
func TestMoneyOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, sign := ordertest.Currency().Draw(t, "currency"), rapid.IntRange(-1, 1).Draw(t, "sign")
		m := ordertest.MoneyOf(c, sign).Draw(t, "money")
		if m.Sign() != sign || m.Currency() != c || m.Check() != nil {
			t.Fatalf("%v", m)
		}
	})
}

// The orders, drafts and moves drawn are of the flow and in the state asked for.
func TestOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(order.States()).Draw(t, "state")
		if o := ordertest.OrderIn(s).Draw(t, "order"); o.State != s {
			t.Fatalf("asked for %s: %s", s, o.State)
		}
		f := ordertest.Flow().Draw(t, "flow")
		if o := ordertest.OrderOf(f).Draw(t, "order of a flow"); o.Flow() != f {
			t.Fatalf("asked for one that %s: it %s", f, o.Flow())
		}
		d := ordertest.Draft(f, order.JPY).Draw(t, "draft")
		o, err := order.Place(d, ordertest.Instant().Draw(t, "at"), order.Policy{})
		if err != nil || o.Flow() != f || o.Currency() != order.JPY {
			t.Fatalf("%s in JPY: %s in %s, %v", f, o.Flow(), o.Currency(), err)
		}
		at := ordertest.Instant().Draw(t, "in the window")
		if w := ordertest.WindowAround(at).Draw(t, "window"); !w.Contains(at) {
			t.Fatalf("%v is not in %v", at, w)
		}
		payable := ordertest.Money(order.JPY).Draw(t, "payable")
		if sum, err := ordertest.Parts(payable).Draw(t, "parts").Total(); err != nil || sum != payable {
			t.Fatalf("parts of %v add up to %v, %v", payable, sum, err)
		}
	})
}

// A move drawn for an order or a purchase is taken.
func TestMoveFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		if !o.State.Final() {
			if _, err := o.Apply(ordertest.MoveFor(o).Draw(t, "move")); err != nil {
				t.Fatal(err)
			}
		}
		p := ordertest.PurchasePlaced(ordertest.Flow().Draw(t, "flow")).Draw(t, "purchase")
		if _, err := p.Apply(ordertest.MoveForPurchase(p).Draw(t, "move of the purchase")); err != nil {
			t.Fatal(err)
		}
	})
}
