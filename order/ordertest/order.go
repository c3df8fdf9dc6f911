package ordertest

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Order draws an order that was not made together with others, of any flow and in any
// state that the flow has; each state is as likely.
func Order() *rapid.Generator[order.Order] {
	return rapid.Custom(func(t *rapid.T) order.Order {
		return drawOrder(t, rapid.SampledFrom(ends).Draw(t, "flow and state"))
	})
}

// OrderIn draws an order that stands in s.
func OrderIn(s order.State) *rapid.Generator[order.Order] {
	return rapid.Custom(func(t *rapid.T) order.Order {
		return drawOrder(t, rapid.SampledFrom(keep(ends, func(e end) bool { return e.state == s })).Draw(t, "flow"))
	})
}

// OrderOf draws an order of flow f, in any state that the flow has.
func OrderOf(f order.Flow) *rapid.Generator[order.Order] {
	return rapid.Custom(func(t *rapid.T) order.Order {
		return drawOrder(t, rapid.SampledFrom(keep(ends, func(e end) bool { return e.flow == f })).Draw(t, "state"))
	})
}

// end is where an order may stand.
type end struct {
	flow  order.Flow
	state order.State
}

// ends lists every state of every flow.
var ends = func() (all []end) {
	for _, x := range order.Transitions() {
		e := end{x.Flow, x.To}
		// An order that charges nothing and is not yet paid waits for its purchase.
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}()

func keep[T any](all []T, want func(T) bool) (kept []T) {
	for _, x := range all {
		if want(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// node is a state with what decides where its moves lead.
type node struct {
	state         order.State
	caused, asked bool // a cause came while paying; a review is still needed
}

func nodeOf(o order.Order) node {
	return node{o.State, o.State == order.StatePaying && o.Reason != "", o.Review}
}

// takes reports whether a transition that leaves the state is one that an order alone takes.
func (n node) takes(x order.Transition) bool {
	switch x.When {
	case order.IfOther:
		return false
	case order.IfCause:
		return n.caused
	case order.IfReview:
		return n.asked && !n.caused
	}
	return !n.caused || x.Event == order.EventCancel
}

// distance is how many moves lead from one state of a flow to another; -1: none do.
func distance(f order.Flow, from node, to order.State) int {
	seen, ring := map[node]bool{from: true}, []node{from}
	for d := 0; len(ring) > 0; d++ {
		var more []node
		for _, n := range ring {
			if n.state == to {
				return d
			}
			for _, x := range order.Transitions() {
				if x.Flow != f || x.From != n.state || !n.takes(x) {
					continue
				}
				if y := (node{x.To, x.When == order.IfNotCustomer, false}); !seen[y] {
					seen[y] = true
					more = append(more, y)
				}
			}
		}
		ring = more
	}
	return -1
}

// drawOrder places an order and moves it until it stands where it should.
func drawOrder(t *rapid.T, want end) order.Order {
	policy := Policy().Draw(t, "policy")
	d := Draft(want.flow, Currency().Draw(t, "currency")).Draw(t, "draft")
	switch want.state { // where a draft leads to decides whether the state is reached
	case order.StatePendingApproval:
		d.Review = true
	case order.StatePendingConfirmation:
		d.Confirm = true
	case order.StateCanceled:
		d.Review = d.Review || want.flow != order.FlowCharge
	}
	o, err := order.Place(d, Instant().Draw(t, "placed"), policy)
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	for step := 0; ; step++ {
		if o.Flow() == order.FlowCharge && o.State != order.StatePaying && rapid.IntRange(0, 3).Draw(t, "reduce") == 0 {
			o = reduce(t, o)
		}
		here := distance(want.flow, nodeOf(o), want.state)
		if here == 0 && (step > 4 || o.State.Final() || rapid.Bool().Draw(t, "stop here")) {
			return o
		}
		var next []order.Order
		for _, m := range movesFor(t, o) {
			moved, err := o.Apply(m)
			if err != nil {
				t.Fatalf("move: %v", err)
			}
			if d := distance(want.flow, nodeOf(moved), want.state); d >= 0 && (step < 4 || d < here) {
				next = append(next, moved)
			}
		}
		if len(next) == 0 {
			if here == 0 {
				return o
			}
			t.Fatalf("no way from %s to %s: an order that %s", o.State, want.state, want.flow)
		}
		o = rapid.SampledFrom(next).Draw(t, "next")
	}
}

// reduce gives o another discount, or none, where it can have one.
func reduce(t *rapid.T, o order.Order) order.Order {
	at := o.Placed.Add(time.Duration(rapid.Int64Range(0, int64(o.Deadline.Sub(o.Placed)/time.Second)).Draw(t, "reduced after")) * time.Second)
	var r order.Reduction
	var cuts []order.Cut
	if rapid.IntRange(0, 4).Draw(t, "a discount") > 0 {
		r, cuts = ReductionAt(at).Draw(t, "reduction"), Cuts(o).Draw(t, "cuts")
	}
	if reduced, err := o.Reduce(r, cuts, at); err == nil {
		return reduced
	}
	return o // paid for already, or its discount is locked
}
