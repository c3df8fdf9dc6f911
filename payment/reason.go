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

type reasonRow struct {
	reason       Reason
	v1, v2       string
	http1, http2 int
	advice       string
}

// reasons is the table, one row for each (P11): the codes, and what to do about it. Where Huawei Cloud has no code for
// a reason it has the nearest, which is ours.
var reasons = [...]reasonRow{
	{ReasonBadRequest, "0100", "0100", 400, 400, "correct what was asked, and ask again"},
	{ReasonDenied, "0151", "0151", 403, 403, "ask somebody who may act for the customer"},
	{ReasonNoOrder, "30000010", "30000010", 500, 400, "look for the ID in the customer's own list"},
	{ReasonState, "3106", "99003106", 400, 400, "load it again: its state says what can be done"},
	{ReasonChanged, "3106", "99003106", 400, 400, "ask for a new quote"}, // ours
	{ReasonCost, "3106", "99003106", 400, 400, "ask for a new quote"},    // ours
	{ReasonDiscount, "", "99003108", 400, 400, "choose another discount, or none"},
	{ReasonPastDeadline, "", "99003110", 400, 400, "order again"},
	{ReasonCouponUsed, "3112", "99003112", 400, 400, "leave the coupon out, or use another"},
	{ReasonCouponDiscount, "", "99003116", 400, 400, "use the coupon or the discount, not both"},
	{ReasonCouponRatio, "", "99003117", 400, 400, "leave the coupon out, or choose another discount"},
	{ReasonCashWithDiscountCoupon, "", "99003147", 400, 400, "use one of the two coupons"},
	{ReasonMarketplaceWithDedicated, "99003156", "99003156", 400, 400, "use one of the two coupons"},
	{ReasonCoupon, "0100", "0100", 400, 400, "leave the coupon out, or use another"}, // ours
	{ReasonResources, "3141", "99003141", 400, 400, "raise the quota or order again, as each resource says"},
	{ReasonProject, "3155", "99003155", 400, 400, "ask the owner of the project"},
	{ReasonEffectiveTime, "3162", "99003162", 400, 400, "order again, from a later time"},
	{ReasonOrganization, "99003198", "99003198", 400, 400, "ask the organization for more budget"},
	{ReasonBalance, "5003", "99005003", 400, 400, "top up, or use another method"},
	{ReasonFrozen, "7281", "7281", 400, 400, "have the account thawed first"},
	{ReasonAccount, "5023", "5023", 200, 200, "leave the account out: the association with the partner says which pays"},
	{ReasonMethod, "0100", "0100", 400, 400, "use another method"},                                                // ours
	{ReasonCard, "0100", "0100", 400, 400, "use another card, or another method"},                                 // ours
	{ReasonContract, "0100", "0100", 400, 400, "confirm that it is independent of the contract, or leave it out"}, // ours
	{ReasonAuthentication, "0151", "0151", 403, 403, "authenticate a second time, for this payment"},              // ours
	{ReasonNoTaxRate, "", "99006093", 400, 400, "ask the merchant to set the tax rate"},
	{ReasonTooOften, "", "99008040", 400, 400, "wait a moment, then try again"},
	{ReasonDailyLimit, "", "99008056", 400, 400, "try again tomorrow"},
	{ReasonPaymentInProgress, "99000088", "99000088", 400, 400, "finish the other payment, or cancel it first"},
	{ReasonMember, "99000089", "99000089", 400, 400, "name all orders of the purchase"},
	{ReasonKey, "0100", "0100", 400, 400, "use another key, or ask for the same again"}, // ours
	{ReasonOther, "0999", "0999", 500, 500, "ask the merchant"},
}

// Reasons returns every reason, in the order of the table.
func Reasons() []Reason {
	all := make([]Reason, len(reasons))
	for i := range reasons {
		all[i] = reasons[i].reason
	}
	return all
}

func rowOf(r Reason) *reasonRow {
	for i := range reasons {
		if reasons[i].reason == r {
			return &reasons[i]
		}
	}
	return nil
}

// Advice says what the caller can do about it, such as "use another method"; "" for what is no
// reason.
func (r Reason) Advice() string {
	if row := rowOf(r); row != nil {
		return row.advice
	}
	return ""
}

func (r Reason) Error() string { return string(r) }

// HuaweiV1 returns what Huawei Cloud's interface v1.0 answers for the reason (H24): a code and
// an HTTP status. The code is empty where v1.0 has none.
func (r Reason) HuaweiV1() (code string, status int) {
	if row := rowOf(r); row != nil {
		return cbc(row.v1), row.http1
	}
	return "", 0
}

// HuaweiV2 returns what its interface v2 answers (HC): "" and 0 for what is no reason.
func (r Reason) HuaweiV2() (code string, status int) {
	if row := rowOf(r); row != nil {
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
