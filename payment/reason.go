package payment

import (
	"github.com/duebook/duebook/order"
)

// Reason is why a payment was refused, or why an order dropped out of it: one of a closed
// set (P11). It is an error, so that errors.Is(err, payment.ReasonFrozen) asks for one.
//
// One of: bad request, denied, no such order, order state, differs from quote, costs more than
// quote, discount not usable, past deadline, coupon used, coupon does not go with the
// discount, discount below the ratio of the coupon, cash coupon with discount coupon,
// marketplace coupon with dedicated coupon, coupon not usable, resources, project funds,
// effective time passed, organization budget, balance too low, account frozen, account type
// does not fit, method not available, card not taken, independent of the contract?, second
// authentication missing, no tax rate, too often, daily limit, payment in progress, member of
// a purchase, key of another request, other.
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

// reasons is the closed set, and what to do about each (P11). Package vendor has vendors'
// codes for them.
var reasons = [...]struct {
	reason Reason
	advice string
}{
	{ReasonBadRequest, "correct what was asked, and ask again"},
	{ReasonDenied, "ask somebody who may act for the customer"},
	{ReasonNoOrder, "look for the ID in the customer's own list"},
	{ReasonState, "load it again: its state says what can be done"},
	{ReasonChanged, "ask for a new quote"},
	{ReasonCost, "ask for a new quote"},
	{ReasonDiscount, "choose another discount, or none"},
	{ReasonPastDeadline, "order again"},
	{ReasonCouponUsed, "leave the coupon out, or use another"},
	{ReasonCouponDiscount, "use the coupon or the discount, not both"},
	{ReasonCouponRatio, "leave the coupon out, or choose another discount"},
	{ReasonCashWithDiscountCoupon, "use one of the two coupons"},
	{ReasonMarketplaceWithDedicated, "use one of the two coupons"},
	{ReasonCoupon, "leave the coupon out, or use another"},
	{ReasonResources, "raise the quota or order again, as each resource says"},
	{ReasonProject, "ask the owner of the project"},
	{ReasonEffectiveTime, "order again, from a later time"},
	{ReasonOrganization, "ask the organization for more budget"},
	{ReasonBalance, "top up, or use another method"},
	{ReasonFrozen, "have the account thawed first"},
	{ReasonAccount, "leave the account out: the association with the partner says which pays"},
	{ReasonMethod, "use another method"},
	{ReasonCard, "use another card, or another method"},
	{ReasonContract, "confirm that it is independent of the contract, or leave it out"},
	{ReasonAuthentication, "authenticate a second time, for this payment"},
	{ReasonNoTaxRate, "ask the merchant to set the tax rate"},
	{ReasonTooOften, "wait a moment, then try again"},
	{ReasonDailyLimit, "try again tomorrow"},
	{ReasonPaymentInProgress, "finish the other payment, or cancel it first"},
	{ReasonMember, "name all orders of the purchase"},
	{ReasonKey, "use another key or ID, or ask for the same again"},
	{ReasonOther, "ask the merchant"},
}

// Reasons returns every reason, in the order of the table.
func Reasons() []Reason {
	all := make([]Reason, len(reasons))
	for i := range reasons {
		all[i] = reasons[i].reason
	}
	return all
}

// Advice says what the caller can do about it, such as "use another method"; "" for what is no
// reason.
func (r Reason) Advice() string {
	for i := range reasons {
		if reasons[i].reason == r {
			return reasons[i].advice
		}
	}
	return ""
}

func (r Reason) Error() string { return string(r) }

// Check reports a word that is no reason.
func (r Reason) Check() error { return order.CheckWord("reason", r, Reasons()) }

// UnmarshalText reads a reason strictly.
func (r *Reason) UnmarshalText(b []byte) error { return order.ReadWord("reason", r, Reasons(), b) }

// Scan reads a reason from a text column.
func (r *Reason) Scan(src any) error { return order.ScanText("reason", src, r.UnmarshalText) }
