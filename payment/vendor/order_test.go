package vendor_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/vendor"
)

// O1: Huawei's numbers 1, 9, 6, 6, 3, 5, 4, 4, 2, 4 and Baidu's words.
func TestO1_States(t *testing.T) {
	want := []struct {
		state  order.State
		huawei int
		baidu  string
	}{
		{order.StatePendingApproval, 1, "Unpaid"},
		{order.StatePendingConfirmation, 9, "Unpaid"},
		{order.StateUnpaid, 6, "Unpaid"},
		{order.StatePaying, 6, "Unpaid"},
		{order.StatePaid, 3, "Paid"},
		{order.StateCompleted, 5, "Paid"},
		{order.StateCanceled, 4, "Cancelled"},
		{order.StateVoided, 4, "Voided"},
		{order.StateRefunding, 2, "Paid"},
		{order.StateRefunded, 4, "Cancelled"},
	}
	for i, s := range order.States() {
		n, ok1 := vendor.HuaweiState(s)
		word, ok2 := vendor.BaiduState(s)
		if x := want[i]; s != x.state || n != x.huawei || !ok1 || word != x.baidu || !ok2 {
			t.Errorf("%q: Huawei %d, Baidu %q", s, n, word)
		}
	}
	for _, s := range []order.State{"", "Unpaid", "open"} {
		n, ok1 := vendor.HuaweiState(s)
		if word, ok2 := vendor.BaiduState(s); ok1 || ok2 || n != 0 || word != "" {
			t.Errorf("%q is taken for a state", s)
		}
	}
}

// O3: Huawei's numbers and Baidu's words of the types.
func TestO3_Types(t *testing.T) {
	want := []struct {
		typ    order.Type
		huawei int // 0: it has none
		baidu  string
	}{
		{order.TypePurchase, 1, "Purchase"},
		{order.TypeRenewal, 2, "Renewal"},
		{order.TypeUpgrade, 3, "Upgrade"},
		{order.TypeDowngrade, 3, "Downgrade"},
		{order.TypeChange, 3, "Configuration change"},
		{order.TypeCompensation, 0, "Compensation duration"},
		{order.TypeUnsubscribe, 4, ""},
		{order.TypeToPayPerUse, 10, "Configuration change"},
		{order.TypeToSubscription, 11, "Configuration change"},
		{order.TypeTrial, 13, ""},
		{order.TypeTrialToCommercial, 14, ""},
		{order.TypePriceAdjustment, 15, ""},
	}
	for i, typ := range order.Types() {
		n, ok1 := vendor.HuaweiType(typ)
		word, ok2 := vendor.BaiduType(typ)
		if x := want[i]; typ != x.typ || n != x.huawei || ok1 != (x.huawei != 0) || word != x.baidu || ok2 != (x.baidu != "") {
			t.Errorf("%q: Huawei %d, Baidu %q", typ, n, word)
		}
	}
	if n, ok := vendor.HuaweiType("gift"); ok || n != 0 {
		t.Error("a number for no type")
	}
	if w, ok := vendor.BaiduType("gift"); ok || w != "" {
		t.Error("a word for no type")
	}
}
