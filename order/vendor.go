package order

// The numbers and words of two vendors (O1, O3), one way: several of ours may map to
// one of theirs. Refunded to 4 and Cancelled is ours.
var vendorStates = [...]struct {
	state  State
	huawei int
	baidu  string
}{
	{StatePendingApproval, 1, "Unpaid"},
	{StatePendingConfirmation, 9, "Unpaid"},
	{StateUnpaid, 6, "Unpaid"},
	{StatePaying, 6, "Unpaid"},
	{StatePaid, 3, "Paid"},
	{StateCompleted, 5, "Paid"},
	{StateCanceled, 4, "Cancelled"},
	{StateVoided, 4, "Voided"},
	{StateRefunding, 2, "Paid"},
	{StateRefunded, 4, "Cancelled"},
}

var vendorTypes = [...]struct {
	typ    Type
	huawei int    // 0: it has none
	baidu  string // "": it has none
}{
	{TypePurchase, 1, "Purchase"},
	{TypeRenewal, 2, "Renewal"},
	{TypeUpgrade, 3, "Upgrade"},
	{TypeDowngrade, 3, "Downgrade"},
	{TypeChange, 3, "Configuration change"},
	{TypeCompensation, 0, "Compensation duration"},
	{TypeUnsubscribe, 4, ""},
	{TypeToPayPerUse, 10, "Configuration change"},
	{TypeToSubscription, 11, "Configuration change"},
	{TypeTrial, 13, ""},
	{TypeTrialToCommercial, 14, ""},
	{TypePriceAdjustment, 15, ""},
}

// Huawei returns Huawei Cloud's number of the state, and false for no state (O1).
func (s State) Huawei() (int, bool) {
	for _, v := range vendorStates {
		if v.state == s {
			return v.huawei, true
		}
	}
	return 0, false
}

// Baidu returns Baidu AI Cloud's word for the state, and false for no state (O1).
func (s State) Baidu() (string, bool) {
	for _, v := range vendorStates {
		if v.state == s {
			return v.baidu, true
		}
	}
	return "", false
}

// Huawei returns Huawei Cloud's number of the type, and false where it has none
// (O3): compensation, whose source type there is 7.
func (t Type) Huawei() (int, bool) {
	for _, v := range vendorTypes {
		if v.typ == t {
			return v.huawei, v.huawei != 0
		}
	}
	return 0, false
}

// Baidu returns Baidu AI Cloud's word for the type, and false where it has none (O3).
// Its configuration change is also switching the charge type.
func (t Type) Baidu() (string, bool) {
	for _, v := range vendorTypes {
		if v.typ == t {
			return v.baidu, v.baidu != ""
		}
	}
	return "", false
}
