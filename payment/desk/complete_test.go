package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

// Which orders the commit that pays them completes is policy: nil is renewals, empty is none
// (O2).
func TestO2_CompletedByTheCommitThatPays(t *testing.T) {
	for _, x := range []struct {
		name              string
		complete          []order.Type
		purchase, renewal order.State
	}{
		{"as it is", nil, order.StatePaid, order.StateCompleted},
		{"none", []order.Type{}, order.StatePaid, order.StatePaid},
		{"purchases", []order.Type{order.TypePurchase}, order.StateCompleted, order.StatePaid},
	} {
		for _, m := range []payment.Method{payment.MethodBalance, payment.MethodOnline} {
			r := newHost(t)
			r.deposit("d", payment.FundCash, 40000)
			r.bought("o1", "x1")
			r.p.Complete = x.complete
			renewal := r.renewal("rn", "x1")[0].ID
			r.place("", draftFor("o2", 1000))
			r.pay("k", m, nil, renewal, "o2")
			if p, n := r.order("o2").State, r.order(renewal).State; p != x.purchase || n != x.renewal {
				t.Errorf("%s, by %s: the purchase is %s, the renewal %s", x.name, m, p, n)
			}
			if n := len(r.res("x1").Periods); n != 2 {
				t.Errorf("%s, by %s: %d periods", x.name, m, n)
			}
			r.audit()
		}
	}
}

// What was provided is provided once: the same IDs again are the same resources, as they are
// then, and a start that is not said is now (P13).
func TestP13_ProvidedAgain(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 40000)
	two := draftFor("o1", 100)
	two.Lines = append(two.Lines, two.Lines[0])
	r.place("", two)
	r.pay("k", payment.MethodBalance, nil, "o1")
	r.clock.Move(3 * time.Hour)
	asked := desk.ProvideRequest{Customer: "c1", By: "host", Order: "o1", Resources: []order.ResourceID{"x1", "x2"}}
	first, err := r.d.Provide(ctx, asked)
	r.must(err)
	if len(first) != 2 || !first[1].Start.Equal(r.clock.Now()) || r.order("o1").State != order.StateCompleted {
		t.Errorf("order %s, %+v", r.order("o1").State, first)
	}
	before, _ := r.s.All("c1").Encode()
	r.clock.Move(time.Hour)
	again, err := r.d.Provide(ctx, asked)
	r.must(err)
	if after, _ := r.s.All("c1").Encode(); len(again) != 2 || again[0].ID != "x1" || !again[0].Start.Equal(first[0].Start) || sameRecords(before, after) != "" {
		t.Errorf("again: %+v", again)
	}
	r.audit()
}
