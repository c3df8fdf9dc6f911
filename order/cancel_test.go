package order_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// ids lists the IDs of orders.
func ids(os []order.Order) (out []order.ID) {
	for _, o := range os {
		out = append(out, o.ID)
	}
	return out
}

// O8: up to 30 at once, each refusal explained, purchases whole.
func TestO8_Cancel(t *testing.T) {
	many := func(n int) (os []order.Order) {
		for i := range n {
			os = append(os, placedOrder(t, draftOf(order.ID(fmt.Sprintf("O%d", i)), 100)))
		}
		return os
	}
	for _, x := range []struct {
		name string
		n    int
		p    order.Policy
		ok   bool
	}{
		{"O8 1", 1, order.Policy{}, true}, {"O8 30", 30, order.Policy{}, true}, {"O8 31", 31, order.Policy{}, false},
		{"O8 2 of 2", 2, order.Policy{MaxOrders: 2}, true}, {"O8 3 of 2", 3, order.Policy{MaxOrders: 2}, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			moved, refused, err := order.Cancel(many(x.n), mv(order.EventCancel), x.p)
			if !x.ok {
				if !errors.Is(err, order.ErrTooMany) || fieldOf(err) != "orders" || moved != nil || refused != nil {
					t.Errorf("%d moved, %v", len(moved), err)
				}
				return
			}
			if err != nil || len(refused) != 0 || len(moved) != x.n {
				t.Fatalf("%d moved, %d refused, %v", len(moved), len(refused), err)
			}
			for _, o := range moved {
				if o.State != order.StateCanceled || o.Reason != order.ReasonCustomer || !o.Changed.Equal(soon) {
					t.Errorf("%s: %s for %q", o.ID, o.State, o.Reason)
				}
			}
		})
	}
	if moved, refused, err := order.Cancel(nil, mv(order.EventCancel), order.Policy{}); !errors.Is(err, order.ErrInvalid) || fieldOf(err) != "orders" || moved != nil || refused != nil {
		t.Errorf("no orders: %v", err)
	}
	unpaid := placedOrder(t, draftOf("O1", 100))
	paying := moved(t, placedOrder(t, draftOf("O2", 100)), mv(order.EventHold))
	paid := moved(t, placedOrder(t, draftOf("O3", 100)), mv(order.EventHold), mv(order.EventSettle))
	done := moved(t, placedOrder(t, draftOf("O4", 100)), mv(order.EventCancel))
	approval := placedOrder(t, review(draftOf("O5", 100)))
	back := placedOrder(t, review(backDraft("O6", 100)))
	pair := together(t, draftOf("P1", 1), draftOf("P2", 2)).Orders
	held := movedAll(t, together(t, draftOf("H1", 1), draftOf("H2", 2)), mv(order.EventHold)).Orders
	for i := range held {
		held[i].Purchase = "M2"
	}
	t.Run("O8 each refusal is explained", func(t *testing.T) {
		all := slices.Concat([]order.Order{unpaid, paying, pair[0], paid, done, held[0], approval, back, pair[1], held[1]})
		before := slices.Clone(all)
		moved, refused, err := order.Cancel(all, mv(order.EventCancel), order.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "what was given", before, all)
		same(t, "moved", []order.ID{"O1", "P1", "P2", "O5"}, ids(moved))
		want := map[order.ID]error{"O2": order.ErrPaymentInProgress, "O3": order.ErrState, "O4": order.ErrState, "O6": order.ErrState,
			"H1": order.ErrPaymentInProgress, "H2": order.ErrPaymentInProgress}
		if len(refused) != len(want) {
			t.Errorf("%d refused: %v", len(refused), refused)
		}
		for _, r := range refused {
			var m *order.MoveError
			if !errors.Is(r.Err, want[r.Order]) || !errors.As(r.Err, &m) || m.Do == "" {
				t.Errorf("%s: %v, want %v", r.Order, r.Err, want[r.Order])
			}
		}
	})
	t.Run("O8 a part of a purchase", func(t *testing.T) {
		moved, refused, err := order.Cancel([]order.Order{pair[1], unpaid}, mv(order.EventCancel), order.Policy{})
		if err != nil || len(refused) != 1 || refused[0].Order != "P2" || !errors.Is(refused[0].Err, order.ErrMember) {
			t.Errorf("%v, %v", refused, err)
		}
		same(t, "moved", []order.ID{"O1"}, ids(moved))
	})
	t.Run("O8 from the states the policy names", func(t *testing.T) {
		moved, refused, err := order.Cancel([]order.Order{unpaid, approval}, mv(order.EventCancel), order.Huawei2024())
		if err != nil || len(refused) != 1 || refused[0].Order != "O5" || !errors.Is(refused[0].Err, order.ErrState) {
			t.Errorf("%v, %v", refused, err)
		}
		same(t, "moved", []order.ID{"O1"}, ids(moved))
		waits := together(t, draftOf("P1", 1), review(draftOf("P2", 2))).Orders
		if moved, refused, _ := order.Cancel(waits, mv(order.EventCancel), order.Huawei2024()); len(moved) != 0 || len(refused) != 2 {
			t.Errorf("a purchase: %d moved, %d refused", len(moved), len(refused))
		}
		cause := because(order.ReasonContractEnded) // the customer's choice alone is limited
		if moved, refused, _ := order.Cancel([]order.Order{approval}, cause, order.Huawei2024()); len(moved) != 1 || len(refused) != 0 {
			t.Errorf("for a cause: %d moved, %v", len(moved), refused)
		}
		if moved, _, _ := order.Cancel([]order.Order{unpaid}, mv(order.EventCancel), order.Policy{CancelFrom: []order.State{}}); len(moved) != 0 {
			t.Error("from no state at all")
		}
	})
	t.Run("O8 canceled and voided orders never come back", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.OrderIn(rapid.SampledFrom([]order.State{order.StateCanceled, order.StateVoided}).Draw(t, "state")).Draw(t, "order")
		m := anyMove(t, o)
		after, err := o.Apply(m)
		if err == nil {
			t.Fatalf("%s took %s", o.State, m.Event)
		}
		same(t, "refused", o, after)
		if _, err := o.Reduce(order.Reduction{}, nil, o.Placed); err == nil {
			t.Fatal("reduced")
		}
	}))
	t.Run("O8 any orders", rapid.MakeCheck(func(t *rapid.T) {
		orders := rapid.SliceOfNDistinct(ordertest.Order(), 0, 4, func(o order.Order) order.ID { return o.ID }).Draw(t, "orders")
		p := ordertest.Purchase().Draw(t, "purchase")
		for _, o := range p.Orders[:rapid.IntRange(0, len(p.Orders)).Draw(t, "members given")] {
			if !slices.Contains(ids(orders), o.ID) {
				orders = append(orders, o)
			}
		}
		before := slices.Clone(orders)
		for i := range before {
			before[i].Lines = slices.Clone(before[i].Lines)
		}
		m := because(rapid.SampledFrom([]order.Reason{order.ReasonCustomer, order.ReasonContractEnded}).Draw(t, "reason"))
		policy := ordertest.Policy().Draw(t, "policy")
		if len(orders) > 30 {
			orders, before = orders[:30], before[:30]
		}
		if len(orders) == 0 {
			t.Skip("no orders")
		}
		moved, refused, err := order.Cancel(orders, m, policy)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "what was given", before, orders)
		got := ids(moved)
		for _, r := range refused {
			if r.Err == nil {
				t.Fatalf("%s is refused for nothing", r.Order)
			}
			got = append(got, r.Order)
		}
		slices.Sort(got)
		want := ids(orders)
		slices.Sort(want)
		same(t, "moved or refused, each once", want, got)
		members := 0
		for _, o := range moved {
			sound(t, o)
			if o.Purchase != "" {
				members++
			}
		}
		if members != 0 && members != len(p.Orders) {
			t.Fatalf("%d of %d members moved", members, len(p.Orders))
		}
	}))
}

// Bad input to Cancel: nothing is moved.
func TestBadInput_Cancel(t *testing.T) {
	orders := []order.Order{placedOrder(t, draftOf("O1", 1)), placedOrder(t, draftOf("O2", 1))}
	for _, x := range []struct {
		name   string
		change func(os *[]order.Order, m *order.Move, p *order.Policy)
		field  string
	}{
		{"O8 one twice", func(os *[]order.Order, _ *order.Move, _ *order.Policy) { *os = append(*os, (*os)[0]) }, "orders[2]"},
		{"O9 not why", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.Reason = "" }, "move.reason"},
		{"O9 as rejected", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.Reason = order.ReasonRejected }, "move.reason"},
		{"O2 not when", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.At = time.Time{} }, "move.at"},
		{"O2 not who", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.By = "" }, "move.by"},
		{"O2 by a payment", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.Payment = "P1" }, "move.payment"},
		{"O8 naming one", func(_ *[]order.Order, m *order.Move, _ *order.Policy) { m.Order = "O1" }, "move.order"},
		{"O8 a most below zero", func(_ *[]order.Order, _ *order.Move, p *order.Policy) { p.MaxOrders = -1 }, "policy.maxOrders"},
		{"O8 from a state of payment", func(_ *[]order.Order, _ *order.Move, p *order.Policy) {
			p.CancelFrom = []order.State{order.StatePaying}
		}, "policy.cancelFrom"},
	} {
		t.Run(x.name, func(t *testing.T) {
			os, m, p := slices.Clone(orders), mv(order.EventCancel), order.Policy{}
			x.change(&os, &m, &p)
			moved, refused, err := order.Cancel(os, m, p)
			if !errors.Is(err, order.ErrInvalid) || fieldOf(err) != x.field || moved != nil || refused != nil {
				t.Errorf("%d moved, %d refused, %v; want field %s", len(moved), len(refused), err, x.field)
			}
			leads(t, struct {
				Orders []order.Order
				Move   order.Move
				Policy order.Policy
			}{}, x.field)
		})
	}
	t.Run("O5 one that is not sound is refused, the others are not", func(t *testing.T) {
		os := slices.Clone(orders)
		os[0].Version = -1
		moved, refused, err := order.Cancel(os, mv(order.EventCancel), order.Policy{})
		if err != nil || len(moved) != 1 || len(refused) != 1 || fieldOf(refused[0].Err) != "order.version" {
			t.Errorf("%v, %v, %v", ids(moved), refused, err)
		}
	})
}

func TestO8_CancelIsTheEvent(t *testing.T) {
	o := placedOrder(t, draftOf("O1", 100))
	for _, e := range []order.Event{order.EventHold, order.EventExpire, "zz"} {
		m := mv(order.EventCancel)
		m.Event = e
		if moved, refused, err := order.Cancel([]order.Order{o}, m, order.Policy{}); fieldOf(err) != "move.event" || moved != nil || refused != nil {
			t.Errorf("%q: %d moved, %v", e, len(moved), err)
		}
	}
	m := mv(order.EventCancel)
	m.Event = ""
	if moved, _, err := order.Cancel([]order.Order{o}, m, order.Policy{}); err != nil || len(moved) != 1 {
		t.Errorf("no event: %d moved, %v", len(moved), err)
	}
}
