package order_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
)

// The table of O2, written again from the rule: from, event, to and when.
var ruleTable = map[order.Flow]string{
	order.FlowCharge: `
 -- place --> pending confirmation, if placed on the customer's behalf
 -- place --> pending approval, if review is needed
 -- place --> unpaid
pending confirmation -- confirm --> unpaid
pending confirmation -- confirm --> pending approval, if review is needed
pending confirmation -- reject --> canceled, if another member was rejected
pending confirmation -- cancel --> canceled
pending confirmation -- expire --> voided, if deadline passed
pending approval -- approve --> unpaid
pending approval -- reject --> canceled, if the member named
pending approval -- reject --> canceled, if another member was rejected
pending approval -- cancel --> canceled
pending approval -- expire --> voided, if deadline passed
unpaid -- reject --> canceled, if another member was rejected
unpaid -- cancel --> canceled
unpaid -- expire --> voided, if deadline passed
unpaid -- hold --> paying
paying -- cancel --> paying, if for a reason that is not the customer
paying -- settle --> paid
paying -- settle --> refunding, if a cause came during payment
paying -- release --> unpaid
paying -- release --> voided, if deadline passed
paying -- release --> canceled, if a cause came during payment
paid -- complete --> completed
paid -- fail --> refunding
refunding -- refund --> refunded`,
	order.FlowNone: `
 -- place --> pending approval, if review is needed
 -- place --> paid
pending approval -- approve --> paid
pending approval -- reject --> canceled, if the member named
pending approval -- reject --> canceled, if another member was rejected
pending approval -- cancel --> canceled
paid -- complete --> completed
paid -- fail --> refunding
refunding -- refund --> refunded`,
	order.FlowBack: `
 -- place --> pending approval, if review is needed
 -- place --> refunding
pending approval -- approve --> refunding
pending approval -- reject --> canceled, if the member named
pending approval -- reject --> canceled, if another member was rejected
pending approval -- withdraw --> canceled
refunding -- refund --> completed`,
}

// O2: the table is the rule's, whole, and no state of it is a dead end.
func TestO2_Table(t *testing.T) {
	for flow, text := range ruleTable {
		t.Run("O2 "+string(flow), func(t *testing.T) {
			want := strings.Split(strings.Trim(text, "\n"), "\n")
			var got []string
			for _, x := range order.Transitions() {
				if x.Flow != flow {
					continue
				}
				line := fmt.Sprintf("%s -- %s --> %s", x.From, x.Event, x.To)
				if x.When != order.Always {
					line += ", if " + string(x.When)
				}
				got = append(got, line)
			}
			sort.Strings(want)
			sort.Strings(got)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-rule +table):\n%s", d)
			}
		})
	}
	t.Run("O2 reachable, and no dead end but the final states", func(t *testing.T) {
		all := map[order.State]bool{}
		for _, flow := range []order.Flow{order.FlowCharge, order.FlowNone, order.FlowBack} {
			reached := map[order.State]bool{"": true}
			for grew := true; grew; {
				grew = false
				for _, x := range order.Transitions() {
					if x.Flow == flow && reached[x.From] && !reached[x.To] {
						reached[x.To], all[x.To], grew = true, true, true
					}
				}
			}
			for s := range reached {
				exits := 0
				for _, x := range order.Transitions() {
					if x.Flow == flow && x.From == s && x.To != s {
						exits++
					}
				}
				if s.Final() != (exits == 0) {
					t.Errorf("%s: %q has %d exits", flow, s, exits)
				}
			}
			for _, x := range order.Transitions() {
				if x.Flow == flow && !reached[x.From] {
					t.Errorf("%s: nothing leads to %q, which %s leaves", flow, x.From, x.Event)
				}
			}
		}
		for _, s := range order.States() {
			if !all[s] {
				t.Errorf("%q is not reachable", s)
			}
		}
		if len(all) != 10 {
			t.Errorf("%d states, want 10", len(all))
		}
	})
	t.Run("O2 the line taken when nothing else holds stands last", func(t *testing.T) {
		table := order.Transitions()
		for i, x := range table {
			for _, y := range table[:i] {
				if x.Flow == y.Flow && x.From == y.From && x.Event == y.Event && y.When == order.Always {
					t.Errorf("%v hides %v", y, x)
				}
			}
		}
	})
	t.Run("O2 the table is the caller's own", func(t *testing.T) {
		before := order.Transitions()
		order.Transitions()[0].To = order.StateRefunded
		if !slices.Equal(before, order.Transitions()) {
			t.Error("a caller changed it")
		}
	})
}

// The diagram has every line of the table once, and marks the beginning and the ends.
func TestO2_Diagram(t *testing.T) {
	for flow, text := range ruleTable {
		t.Run("O2 "+string(flow), func(t *testing.T) {
			d := order.Diagram(flow)
			lines := strings.Split(strings.TrimSuffix(d, "\n"), "\n")
			if lines[0] != "stateDiagram-v2" {
				t.Errorf("begins %q", lines[0])
			}
			seen := map[string]bool{}
			for _, l := range lines {
				if seen[l] {
					t.Errorf("twice: %s", l)
				}
				seen[l] = true
			}
			for _, rule := range strings.Split(strings.Trim(text, "\n"), "\n") {
				rule, _, _ = strings.Cut(rule, ", if")
				from, rest, _ := strings.Cut(rule, " -- ")
				event, to, _ := strings.Cut(rest, " --> ")
				from, to = strings.ReplaceAll(strings.TrimSpace(from), " ", "_"), strings.ReplaceAll(to, " ", "_")
				if from == "" {
					from = "[*]"
				}
				if !strings.Contains(d, fmt.Sprintf("    %s --> %s: %s", from, to, event)) {
					t.Errorf("lacks %s --> %s: %s", from, to, event)
				}
			}
			for _, s := range order.States() {
				name := strings.ReplaceAll(string(s), " ", "_")
				ends, there := strings.Contains(d, "    "+name+" --> [*]\n"), strings.Contains(d, "--> "+name+":")
				if ends != (s.Final() && there) {
					t.Errorf("%s ends: %v", s, ends)
				}
			}
		})
	}
}
