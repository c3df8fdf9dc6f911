package order

import (
	"fmt"
	"slices"
	"strings"
)

// When is the condition under which a transition is taken.
//
// One of: Always, placed on the customer's behalf, review is needed, the member named, another
// member was rejected, deadline passed, a cause came during payment, for a reason that is not
// the customer.
type When string

const (
	Always        When = ""
	IfConfirm     When = "placed on the customer's behalf"
	IfReview      When = "review is needed"
	IfNamed       When = "the member named"
	IfOther       When = "another member was rejected"
	IfLate        When = "deadline passed"
	IfCause       When = "a cause came during payment"
	IfNotCustomer When = "for a reason that is not the customer"
)

// Transition is one line of the table of moves (O2).
type Transition struct {
	Flow  Flow
	From  State // empty: the order is being placed
	Event Event
	To    State
	When  When
}

// transitions is the table: what is not here is refused. Of lines that share flow,
// state and event the first whose condition holds is taken. Nothing leads from pending
// approval to paying but approval (O7).
var transitions = [...]Transition{
	{FlowCharge, "", EventPlace, StatePendingConfirmation, IfConfirm},
	{FlowCharge, "", EventPlace, StatePendingApproval, IfReview},
	{FlowCharge, "", EventPlace, StateUnpaid, Always},
	{FlowCharge, StatePendingConfirmation, EventConfirm, StatePendingApproval, IfReview},
	{FlowCharge, StatePendingConfirmation, EventConfirm, StateUnpaid, Always},
	{FlowCharge, StatePendingApproval, EventApprove, StateUnpaid, Always},
	{FlowCharge, StatePendingApproval, EventReject, StateCanceled, IfNamed},
	{FlowCharge, StatePendingApproval, EventReject, StateCanceled, IfOther},
	{FlowCharge, StatePendingConfirmation, EventReject, StateCanceled, IfOther},
	{FlowCharge, StateUnpaid, EventReject, StateCanceled, IfOther},
	{FlowCharge, StatePendingApproval, EventCancel, StateCanceled, Always},
	{FlowCharge, StatePendingConfirmation, EventCancel, StateCanceled, Always},
	{FlowCharge, StateUnpaid, EventCancel, StateCanceled, Always},
	{FlowCharge, StatePendingApproval, EventExpire, StateVoided, IfLate},
	{FlowCharge, StatePendingConfirmation, EventExpire, StateVoided, IfLate},
	{FlowCharge, StateUnpaid, EventExpire, StateVoided, IfLate},
	{FlowCharge, StateUnpaid, EventHold, StatePaying, Always},
	{FlowCharge, StatePaying, EventCancel, StatePaying, IfNotCustomer},
	{FlowCharge, StatePaying, EventRelease, StateCanceled, IfCause},
	{FlowCharge, StatePaying, EventRelease, StateVoided, IfLate},
	{FlowCharge, StatePaying, EventRelease, StateUnpaid, Always},
	{FlowCharge, StatePaying, EventSettle, StateRefunding, IfCause},
	{FlowCharge, StatePaying, EventSettle, StatePaid, Always},
	{FlowCharge, StatePaid, EventComplete, StateCompleted, Always},
	{FlowCharge, StatePaid, EventFail, StateRefunding, Always},
	{FlowCharge, StateRefunding, EventRefund, StateRefunded, Always},

	{FlowNone, "", EventPlace, StatePendingApproval, IfReview},
	{FlowNone, "", EventPlace, StatePaid, Always},
	{FlowNone, StatePendingApproval, EventApprove, StatePaid, Always},
	{FlowNone, StatePendingApproval, EventReject, StateCanceled, IfNamed},
	{FlowNone, StatePendingApproval, EventReject, StateCanceled, IfOther},
	{FlowNone, StatePendingApproval, EventCancel, StateCanceled, Always},
	{FlowNone, StatePaid, EventComplete, StateCompleted, Always},
	{FlowNone, StatePaid, EventFail, StateRefunding, Always},
	{FlowNone, StateRefunding, EventRefund, StateRefunded, Always},

	{FlowBack, "", EventPlace, StatePendingApproval, IfReview},
	{FlowBack, "", EventPlace, StateRefunding, Always},
	{FlowBack, StatePendingApproval, EventApprove, StateRefunding, Always},
	{FlowBack, StatePendingApproval, EventReject, StateCanceled, IfNamed},
	{FlowBack, StatePendingApproval, EventReject, StateCanceled, IfOther},
	{FlowBack, StatePendingApproval, EventWithdraw, StateCanceled, Always},
	{FlowBack, StateRefunding, EventRefund, StateCompleted, Always},
}

// Transitions returns the table of moves, for drawing and checking.
func Transitions() []Transition { return slices.Clone(transitions[:]) }

// reachable reports whether the table of a flow leads to s.
func reachable(f Flow, s State) bool {
	for i := range transitions {
		if transitions[i].Flow == f && transitions[i].To == s {
			return true
		}
	}
	return false
}

// next returns where the table leads, given which conditions hold.
func next(f Flow, from State, e Event, holds func(When) bool) (State, bool) {
	for i := range transitions {
		t := &transitions[i]
		if t.begins(f, from, e) && (t.When == Always || holds(t.When)) {
			return t.To, true
		}
	}
	return "", false
}

// begins reports whether t is of this flow, and of this event in this state.
func (t *Transition) begins(f Flow, from State, e Event) bool {
	return t.Flow == f && t.From == from && t.Event == e
}

// Diagram returns the states and moves of a flow as a Mermaid state diagram.
func Diagram(f Flow) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	name := func(s State) string {
		if s == "" {
			return "[*]"
		}
		return strings.ReplaceAll(string(s), " ", "_")
	}
	seen := make(map[string]bool)
	for _, t := range transitions {
		if t.Flow != f {
			continue
		}
		line := fmt.Sprintf("    %s --> %s: %s", name(t.From), name(t.To), t.Event)
		if t.When == IfNamed || t.When == IfOther {
			line += " (with its purchase)"
		} else if t.When != Always {
			line += " (" + string(t.When) + ")"
		}
		if !seen[line] {
			seen[line] = true
			b.WriteString(line + "\n")
		}
	}
	for _, s := range states {
		if s.Final() && reachable(f, s) {
			b.WriteString("    " + name(s) + " --> [*]\n")
		}
	}
	return b.String()
}
