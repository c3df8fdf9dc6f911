package vendor

import "github.com/duebook/duebook/payment"

// codes are Huawei Cloud's codes and HTTP statuses for the reasons of refusals (P11): of its
// interface v1.0 (H24), where some have no code, and of v2 (HC). Where it has no code for a
// reason the table has the nearest, which is ours.
var codes = [...]struct {
	reason           payment.Reason
	v1, v2           string
	status1, status2 int
}{
	{payment.ReasonBadRequest, "0100", "0100", 400, 400},
	{payment.ReasonDenied, "0151", "0151", 403, 403},
	{payment.ReasonNoOrder, "30000010", "30000010", 500, 400},
	{payment.ReasonState, "3106", "99003106", 400, 400},
	{payment.ReasonChanged, "3106", "99003106", 400, 400}, // ours
	{payment.ReasonCost, "3106", "99003106", 400, 400},    // ours
	{payment.ReasonDiscount, "", "99003108", 400, 400},
	{payment.ReasonPastDeadline, "", "99003110", 400, 400},
	{payment.ReasonCouponUsed, "3112", "99003112", 400, 400},
	{payment.ReasonCouponDiscount, "", "99003116", 400, 400},
	{payment.ReasonCouponRatio, "", "99003117", 400, 400},
	{payment.ReasonCashWithDiscountCoupon, "", "99003147", 400, 400},
	{payment.ReasonMarketplaceWithDedicated, "99003156", "99003156", 400, 400},
	{payment.ReasonCoupon, "0100", "0100", 400, 400}, // ours
	{payment.ReasonResources, "3141", "99003141", 400, 400},
	{payment.ReasonProject, "3155", "99003155", 400, 400},
	{payment.ReasonEffectiveTime, "3162", "99003162", 400, 400},
	{payment.ReasonOrganization, "99003198", "99003198", 400, 400},
	{payment.ReasonBalance, "5003", "99005003", 400, 400},
	{payment.ReasonFrozen, "7281", "7281", 400, 400},
	{payment.ReasonAccount, "5023", "5023", 200, 200},
	{payment.ReasonMethod, "0100", "0100", 400, 400},         // ours
	{payment.ReasonCard, "0100", "0100", 400, 400},           // ours
	{payment.ReasonContract, "0100", "0100", 400, 400},       // ours
	{payment.ReasonAuthentication, "0151", "0151", 403, 403}, // ours
	{payment.ReasonNoTaxRate, "", "99006093", 400, 400},
	{payment.ReasonTooOften, "", "99008040", 400, 400},
	{payment.ReasonDailyLimit, "", "99008056", 400, 400},
	{payment.ReasonPaymentInProgress, "99000088", "99000088", 400, 400},
	{payment.ReasonMember, "99000089", "99000089", 400, 400},
	{payment.ReasonKey, "0100", "0100", 400, 400}, // ours
	{payment.ReasonOther, "0999", "0999", 500, 500},
}

// HuaweiReasonV1 returns the code and the HTTP status with which Huawei Cloud's interface v1.0
// refuses for a reason (P11). The code is empty where v1.0 has none; an unknown reason is "" and
// 0.
func HuaweiReasonV1(r payment.Reason) (code string, status int) {
	for _, v := range codes {
		if v.reason == r {
			return cbc(v.v1), v.status1
		}
	}
	return "", 0
}

// HuaweiReasonV2 returns the code and the HTTP status of its interface v2; an unknown reason is
// "" and 0.
func HuaweiReasonV2(r payment.Reason) (code string, status int) {
	for _, v := range codes {
		if v.reason == r {
			return cbc(v.v2), v.status2
		}
	}
	return "", 0
}

func cbc(code string) string {
	if code == "" {
		return ""
	}
	return "CBC." + code
}

// HuaweiAccountType returns Huawei Cloud's number for whose money a balance is (P9).
func HuaweiAccountType(t payment.AccountType) (int, bool) {
	switch t {
	case payment.AccountOwn:
		return 1, true
	case payment.AccountBudget:
		return 2, true
	}
	return 0, false
}

// HuaweiFault returns Huawei Cloud's number for what is wrong with a resource, and its one number
// for all that is wrong with a project (P10).
func HuaweiFault(f payment.Fault) (int, bool) {
	switch f {
	case payment.WrongQuota:
		return 1, true
	case payment.WrongCapacity:
		return 2, true
	case payment.WrongSpecification:
		return 3, true
	case payment.WrongAssociated:
		return 4, true
	case payment.ProjectFunds, payment.ProjectInvalid:
		return 10, true
	case payment.WrongOther:
		return 99, true
	}
	return 0, false
}
