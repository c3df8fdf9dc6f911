package vendor

import "github.com/duebook/duebook/order"

// states are the numbers and words of the states (O1). Those of refunded are ours.
var states = [...]struct {
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

// types are the numbers and words of the types (O3).
var types = [...]struct {
	typ    order.Type
	huawei int    // 0: it has none
	baidu  string // "": it has none
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

// HuaweiState returns Huawei Cloud's number of a state (O1).
func HuaweiState(s order.State) (int, bool) {
	for _, v := range states {
		if v.state == s {
			return v.huawei, true
		}
	}
	return 0, false
}

// BaiduState returns Baidu AI Cloud's word for a state (O1).
func BaiduState(s order.State) (string, bool) {
	for _, v := range states {
		if v.state == s {
			return v.baidu, true
		}
	}
	return "", false
}

// HuaweiType returns Huawei Cloud's number of a type (O3). It has none for compensation, whose
// source type there is 7.
func HuaweiType(t order.Type) (int, bool) {
	for _, v := range types {
		if v.typ == t {
			return v.huawei, v.huawei != 0
		}
	}
	return 0, false
}

// BaiduType returns Baidu AI Cloud's word for a type (O3). Its configuration change is also
// switching the charge type.
func BaiduType(t order.Type) (string, bool) {
	for _, v := range types {
		if v.typ == t {
			return v.baidu, v.baidu != ""
		}
	}
	return "", false
}
