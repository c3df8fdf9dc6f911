package payment

import (
	"github.com/duebook/duebook/order"
)

// Reason is why a payment was refused, or why an order dropped out of it: one of a closed
// set (P11). It is an error, so that errors.Is(err, payment.ReasonFrozen) asks for one.
type Reason string

const (
	ReasonBadRequest               Reason = "bad request"
	ReasonDenied                   Reason = "denied"                // who acts may not
	ReasonNoOrder                  Reason = "no such order"         // or another customer's
	ReasonState                    Reason = "order state"           // it has changed, or is not approved yet; or that of a bill
	ReasonChanged                  Reason = "differs from quote"    // the order (P3)
	ReasonCost                     Reason = "costs more than quote" // the cash part (P3)
	ReasonDiscount                 Reason = "discount not usable"
	ReasonPastDeadline             Reason = "past deadline"
	ReasonCouponUsed               Reason = "coupon used"
	ReasonCouponDiscount           Reason = "coupon does not go with the discount"
	ReasonCouponRatio              Reason = "discount below the ratio of the coupon"
	ReasonCashWithDiscountCoupon   Reason = "cash coupon with discount coupon"
	ReasonMarketplaceWithDedicated Reason = "marketplace coupon with dedicated coupon"
	ReasonCoupon                   Reason = "coupon not usable" // in another way
	ReasonResources                Reason = "resources"         // quota, capacity or specification
	ReasonProject                  Reason = "project funds"
	ReasonEffectiveTime            Reason = "effective time passed"
	ReasonOrganization             Reason = "organization budget"
	ReasonBalance                  Reason = "balance too low"
	ReasonFrozen                   Reason = "account frozen"
	ReasonAccount                  Reason = "account type does not fit"
	ReasonMethod                   Reason = "method not available" // not enabled, or a bill is overdue
	ReasonCard                     Reason = "card not taken"
	ReasonContract                 Reason = "independent of the contract?"
	ReasonAuthentication           Reason = "second authentication missing"
	ReasonNoTaxRate                Reason = "no tax rate"
	ReasonTooOften                 Reason = "too often"
	ReasonDailyLimit               Reason = "daily limit"
	ReasonPaymentInProgress        Reason = "payment in progress"
	ReasonMember                   Reason = "member of a purchase"
	ReasonKey                      Reason = "key of another request"
	ReasonOther                    Reason = "other"
)

type reasonCodes struct {
	reason       Reason
	v1, v2       string
	http1, http2 int
}

// codes is the table, one row for each reason (P11). Where Huawei Cloud has no code for
// a reason it has the nearest, which is ours.
var codes = [...]reasonCodes{
	{ReasonBadRequest, "0100", "0100", 400, 400},
	{ReasonDenied, "0151", "0151", 403, 403},
	{ReasonNoOrder, "30000010", "30000010", 500, 400},
	{ReasonState, "3106", "99003106", 400, 400},
	{ReasonChanged, "3106", "99003106", 400, 400}, // ours
	{ReasonCost, "3106", "99003106", 400, 400},    // ours
	{ReasonDiscount, "", "99003108", 400, 400},
	{ReasonPastDeadline, "", "99003110", 400, 400},
	{ReasonCouponUsed, "3112", "99003112", 400, 400},
	{ReasonCouponDiscount, "", "99003116", 400, 400},
	{ReasonCouponRatio, "", "99003117", 400, 400},
	{ReasonCashWithDiscountCoupon, "", "99003147", 400, 400},
	{ReasonMarketplaceWithDedicated, "99003156", "99003156", 400, 400},
	{ReasonCoupon, "0100", "0100", 400, 400}, // ours
	{ReasonResources, "3141", "99003141", 400, 400},
	{ReasonProject, "3155", "99003155", 400, 400},
	{ReasonEffectiveTime, "3162", "99003162", 400, 400},
	{ReasonOrganization, "99003198", "99003198", 400, 400},
	{ReasonBalance, "5003", "99005003", 400, 400},
	{ReasonFrozen, "7281", "7281", 400, 400},
	{ReasonAccount, "5023", "5023", 200, 200},
	{ReasonMethod, "0100", "0100", 400, 400},         // ours
	{ReasonCard, "0100", "0100", 400, 400},           // ours
	{ReasonContract, "0100", "0100", 400, 400},       // ours
	{ReasonAuthentication, "0151", "0151", 403, 403}, // ours
	{ReasonNoTaxRate, "", "99006093", 400, 400},
	{ReasonTooOften, "", "99008040", 400, 400},
	{ReasonDailyLimit, "", "99008056", 400, 400},
	{ReasonPaymentInProgress, "99000088", "99000088", 400, 400},
	{ReasonMember, "99000089", "99000089", 400, 400},
	{ReasonKey, "0100", "0100", 400, 400}, // ours
	{ReasonOther, "0999", "0999", 500, 500},
}

// Reasons returns every reason, in the order of the table.
func Reasons() []Reason {
	all := make([]Reason, len(codes))
	for i := range codes {
		all[i] = codes[i].reason
	}
	return all
}

func codesOf(r Reason) *reasonCodes {
	for i := range codes {
		if codes[i].reason == r {
			return &codes[i]
		}
	}
	return nil
}

func (r Reason) Error() string { return string(r) }

// HuaweiV1 returns what Huawei Cloud's interface v1.0 answers for the reason (H24): a code and
// an HTTP status. The code is empty where v1.0 has none.
func (r Reason) HuaweiV1() (code string, status int) {
	if row := codesOf(r); row != nil {
		return cbc(row.v1), row.http1
	}
	return "", 0
}

// HuaweiV2 returns what its interface v2 answers (HC): "" and 0 for what is no reason.
func (r Reason) HuaweiV2() (code string, status int) {
	if row := codesOf(r); row != nil {
		return cbc(row.v2), row.http2
	}
	return "", 0
}

func cbc(code string) string {
	if code == "" {
		return ""
	}
	return "CBC." + code
}

// Check reports a word that is no reason.
func (r Reason) Check() error { return order.CheckWord("reason", r, Reasons()) }

// UnmarshalText reads a reason strictly.
func (r *Reason) UnmarshalText(b []byte) error { return order.ReadWord("reason", r, Reasons(), b) }

// Scan reads a reason from a text column.
func (r *Reason) Scan(src any) error { return order.ScanText("reason", src, r.UnmarshalText) }
