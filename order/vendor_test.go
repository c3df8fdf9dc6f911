package order_test

import (
	"testing"

	"github.com/duebook/duebook/order"
)

// O1: ten states, with Huawei's numbers 1, 9, 6, 6, 3, 5, 4, 4, 2, 4 and Baidu's words.
func TestO1_States(t *testing.T) {
	want := []struct {
		state  order.State
		word   string
		huawei int
		baidu  string
		final  bool
		open   bool
	}{
		{order.StatePendingApproval, "pending approval", 1, "Unpaid", false, true},
		{order.StatePendingConfirmation, "pending confirmation", 9, "Unpaid", false, true},
		{order.StateUnpaid, "unpaid", 6, "Unpaid", false, true},
		{order.StatePaying, "paying", 6, "Unpaid", false, true},
		{order.StatePaid, "paid", 3, "Paid", false, false},
		{order.StateCompleted, "completed", 5, "Paid", true, false},
		{order.StateCanceled, "canceled", 4, "Cancelled", true, false},
		{order.StateVoided, "voided", 4, "Voided", true, false},
		{order.StateRefunding, "refunding", 2, "Paid", false, false},
		{order.StateRefunded, "refunded", 4, "Cancelled", true, false},
	}
	states := order.States()
	if len(states) != len(want) {
		t.Fatalf("%d states, want 10", len(states))
	}
	for i, x := range want {
		t.Run("O1 "+x.word, func(t *testing.T) {
			s := states[i]
			n, ok1 := s.Huawei()
			word, ok2 := s.Baidu()
			if s != x.state || string(s) != x.word || n != x.huawei || !ok1 || word != x.baidu || !ok2 {
				t.Errorf("%q: Huawei %d, Baidu %q", s, n, word)
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
			n, ok1 := s.Huawei()
			word, ok2 := s.Baidu()
			if ok1 || ok2 || n != 0 || word != "" || s.Final() || s.Open() {
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

// O3: twelve types, with Huawei's numbers and Baidu's words; an order of each has one.
func TestO3_Types(t *testing.T) {
	want := []struct {
		typ    order.Type
		word   string
		huawei int // 0: it has none
		baidu  string
		flow   order.Flow // of an order that costs something
	}{
		{order.TypePurchase, "purchase", 1, "Purchase", order.FlowCharge},
		{order.TypeRenewal, "renewal", 2, "Renewal", order.FlowCharge},
		{order.TypeUpgrade, "upgrade", 3, "Upgrade", order.FlowCharge},
		{order.TypeDowngrade, "downgrade", 3, "Downgrade", order.FlowBack},
		{order.TypeChange, "configuration change", 3, "Configuration change", order.FlowCharge},
		{order.TypeCompensation, "compensation duration", 0, "Compensation duration", order.FlowNone},
		{order.TypeUnsubscribe, "unsubscribe", 4, "", order.FlowBack},
		{order.TypeToPayPerUse, "to pay-per-use", 10, "Configuration change", order.FlowNone},
		{order.TypeToSubscription, "to subscription", 11, "Configuration change", order.FlowCharge},
		{order.TypeTrial, "trial", 13, "", order.FlowNone},
		{order.TypeTrialToCommercial, "trial to commercial", 14, "", order.FlowCharge},
		{order.TypePriceAdjustment, "price adjustment", 15, "", order.FlowCharge},
	}
	types := order.Types()
	if len(types) != len(want) {
		t.Fatalf("%d types, want 12", len(types))
	}
	for i, x := range want {
		t.Run("O3 "+x.word, func(t *testing.T) {
			typ := types[i]
			n, ok1 := typ.Huawei()
			word, ok2 := typ.Baidu()
			if typ != x.typ || string(typ) != x.word || n != x.huawei || ok1 != (x.huawei != 0) || word != x.baidu || ok2 != (x.baidu != "") {
				t.Errorf("%q: Huawei %d, Baidu %q", typ, n, word)
			}
			cents := map[order.Flow]int64{order.FlowCharge: 100, order.FlowBack: -100}[x.flow]
			d := draftOf("O1", cents)
			d.Type = typ
			if o := placedOrder(t, d); o.Type != typ || o.Flow() != x.flow {
				t.Errorf("%s: %s", o.Type, o.Flow())
			}
		})
	}
	if n, ok := order.Type("gift").Huawei(); ok || n != 0 {
		t.Error("a number for no type")
	}
	if w, ok := order.Type("gift").Baidu(); ok || w != "" {
		t.Error("a word for no type")
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
