package order_test

import (
	"testing"

	"github.com/duebook/duebook/order"
)

// O1: ten states, some final, some open.
func TestO1_States(t *testing.T) {
	want := []struct {
		state order.State
		word  string
		final bool
		open  bool
	}{
		{order.StatePendingApproval, "pending approval", false, true},
		{order.StatePendingConfirmation, "pending confirmation", false, true},
		{order.StateUnpaid, "unpaid", false, true},
		{order.StatePaying, "paying", false, true},
		{order.StatePaid, "paid", false, false},
		{order.StateCompleted, "completed", true, false},
		{order.StateCanceled, "canceled", true, false},
		{order.StateVoided, "voided", true, false},
		{order.StateRefunding, "refunding", false, false},
		{order.StateRefunded, "refunded", true, false},
	}
	states := order.States()
	if len(states) != len(want) {
		t.Fatalf("%d states, want 10", len(states))
	}
	for i, x := range want {
		t.Run("O1 "+x.word, func(t *testing.T) {
			s := states[i]
			if s != x.state || string(s) != x.word {
				t.Errorf("%q", s)
			}
			if s.Final() != x.final || s.Open() != x.open {
				t.Errorf("final %v, open %v", s.Final(), s.Open())
			}
			var read order.State
			if err := read.UnmarshalText([]byte(x.word)); err != nil || read != s {
				t.Errorf("read back as %q, %v", read, err)
			}
		})
	}
	t.Run("O1 no state", func(t *testing.T) {
		for _, s := range []order.State{"", "Unpaid", "open"} {
			if s.Final() || s.Open() {
				t.Errorf("%q is taken for a state", s)
			}
		}
	})
	t.Run("O1 the list is the caller's own", func(t *testing.T) {
		order.States()[0] = "changed"
		if order.States()[0] != order.StatePendingApproval {
			t.Error("a caller changed it")
		}
	})
}

// O3: twelve types; an order of each has one.
func TestO3_Types(t *testing.T) {
	want := []struct {
		typ  order.Type
		word string
		flow order.Flow // of an order that costs something
	}{
		{order.TypePurchase, "purchase", order.FlowCharge},
		{order.TypeRenewal, "renewal", order.FlowCharge},
		{order.TypeUpgrade, "upgrade", order.FlowCharge},
		{order.TypeDowngrade, "downgrade", order.FlowBack},
		{order.TypeChange, "configuration change", order.FlowCharge},
		{order.TypeCompensation, "compensation duration", order.FlowNone},
		{order.TypeUnsubscribe, "unsubscribe", order.FlowBack},
		{order.TypeToPayPerUse, "to pay-per-use", order.FlowNone},
		{order.TypeToSubscription, "to subscription", order.FlowCharge},
		{order.TypeTrial, "trial", order.FlowNone},
		{order.TypeTrialToCommercial, "trial to commercial", order.FlowCharge},
		{order.TypePriceAdjustment, "price adjustment", order.FlowCharge},
	}
	types := order.Types()
	if len(types) != len(want) {
		t.Fatalf("%d types, want 12", len(types))
	}
	for i, x := range want {
		t.Run("O3 "+x.word, func(t *testing.T) {
			typ := types[i]
			if typ != x.typ || string(typ) != x.word {
				t.Errorf("%q", typ)
			}
			cents := map[order.Flow]int64{order.FlowCharge: 100, order.FlowBack: -100}[x.flow]
			d := draftOf("O1", cents)
			d.Type = typ
			if o := placedOrder(t, d); o.Type != typ || o.Flow() != x.flow {
				t.Errorf("%s: %s", o.Type, o.Flow())
			}
		})
	}
}

// O4: three charge types; a reserved instance is a mark on a line.
func TestO4_Charges(t *testing.T) {
	want := []order.Charge{"subscription", "pay-per-use", "package"}
	same(t, "charge types", want, order.Charges())
	for _, x := range []struct {
		name   string
		charge order.Charge
		cents  int64
		want   order.Flow
	}{
		{"O4 a subscription is prepaid", order.ChargeSubscription, 100, order.FlowCharge},
		{"O4 a package is prepaid", order.ChargePackage, 100, order.FlowCharge},
		{"O4 pay-per-use is postpaid, by the minute too", order.ChargePayPerUse, 0, order.FlowNone},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := draftOf("O1", x.cents)
			l := &d.Lines[0]
			l.Charge, l.Per, l.UnitPrice, l.Reserved = x.charge, order.Minute, order.Percent(3), true
			o := placedOrder(t, d)
			if o.Flow() != x.want || o.Payable() != order.Minor(x.cents, order.USD) {
				t.Errorf("%s, %v", o.Flow(), o.Payable())
			}
			same(t, "the line", d.Lines[0], o.Lines[0])
		})
	}
}
