package vendor_test

import (
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/vendor"
)

// TestP11_VendorCodes is the published table.
func TestP11_VendorCodes(t *testing.T) {
	type codes struct {
		V1, V2       string
		HTTP1, HTTP2 int
	}
	of := func(r payment.Reason) (c codes) {
		c.V1, c.HTTP1 = vendor.HuaweiReasonV1(r)
		c.V2, c.HTTP2 = vendor.HuaweiReasonV2(r)
		return c
	}
	table := map[payment.Reason]codes{
		payment.ReasonBadRequest:               {V1: "CBC.0100", V2: "CBC.0100", HTTP1: 400, HTTP2: 400},
		payment.ReasonDenied:                   {V1: "CBC.0151", V2: "CBC.0151", HTTP1: 403, HTTP2: 403},
		payment.ReasonNoOrder:                  {V1: "CBC.30000010", V2: "CBC.30000010", HTTP1: 500, HTTP2: 400},
		payment.ReasonState:                    {V1: "CBC.3106", V2: "CBC.99003106", HTTP1: 400, HTTP2: 400},
		payment.ReasonDiscount:                 {V2: "CBC.99003108", HTTP1: 400, HTTP2: 400},
		payment.ReasonPastDeadline:             {V2: "CBC.99003110", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponUsed:               {V1: "CBC.3112", V2: "CBC.99003112", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponDiscount:           {V2: "CBC.99003116", HTTP1: 400, HTTP2: 400},
		payment.ReasonCouponRatio:              {V2: "CBC.99003117", HTTP1: 400, HTTP2: 400},
		payment.ReasonResources:                {V1: "CBC.3141", V2: "CBC.99003141", HTTP1: 400, HTTP2: 400},
		payment.ReasonCashWithDiscountCoupon:   {V2: "CBC.99003147", HTTP1: 400, HTTP2: 400},
		payment.ReasonProject:                  {V1: "CBC.3155", V2: "CBC.99003155", HTTP1: 400, HTTP2: 400},
		payment.ReasonMarketplaceWithDedicated: {V1: "CBC.99003156", V2: "CBC.99003156", HTTP1: 400, HTTP2: 400},
		payment.ReasonEffectiveTime:            {V1: "CBC.3162", V2: "CBC.99003162", HTTP1: 400, HTTP2: 400},
		payment.ReasonOrganization:             {V1: "CBC.99003198", V2: "CBC.99003198", HTTP1: 400, HTTP2: 400},
		payment.ReasonBalance:                  {V1: "CBC.5003", V2: "CBC.99005003", HTTP1: 400, HTTP2: 400},
		payment.ReasonFrozen:                   {V1: "CBC.7281", V2: "CBC.7281", HTTP1: 400, HTTP2: 400},
		payment.ReasonAccount:                  {V1: "CBC.5023", V2: "CBC.5023", HTTP1: 200, HTTP2: 200},
		payment.ReasonNoTaxRate:                {V2: "CBC.99006093", HTTP1: 400, HTTP2: 400},
		payment.ReasonTooOften:                 {V2: "CBC.99008040", HTTP1: 400, HTTP2: 400},
		payment.ReasonDailyLimit:               {V2: "CBC.99008056", HTTP1: 400, HTTP2: 400},
		payment.ReasonPaymentInProgress:        {V1: "CBC.99000088", V2: "CBC.99000088", HTTP1: 400, HTTP2: 400},
		payment.ReasonMember:                   {V1: "CBC.99000089", V2: "CBC.99000089", HTTP1: 400, HTTP2: 400},
		payment.ReasonOther:                    {V1: "CBC.0999", V2: "CBC.0999", HTTP1: 500, HTTP2: 500},
	}
	for reason, want := range table {
		if got := of(reason); got != want {
			t.Errorf("%s: %+v, want %+v", reason, got, want)
		}
	}
	seen := make(map[payment.Reason]bool)
	for _, r := range payment.Reasons() {
		c := of(r)
		if c.V2 == "" || c.HTTP1 == 0 || c.HTTP2 == 0 || seen[r] {
			t.Errorf("%q: %+v", r, c)
		}
		seen[r] = true
	}
	if of("none such") != (codes{}) {
		t.Error("a word that is no reason has a code")
	}
}

// P9: own 1, budget 2.
func TestP9_AccountTypes(t *testing.T) {
	for typ, want := range map[payment.AccountType]int{payment.AccountOwn: 1, payment.AccountBudget: 2} {
		if n, ok := vendor.HuaweiAccountType(typ); n != want || !ok {
			t.Errorf("%s is %d", typ, n)
		}
	}
	if n, ok := vendor.HuaweiAccountType(""); ok || n != 0 {
		t.Error("no account type has a number")
	}
}

// P10: quota 1, capacity 2, specification 3, associated 4, any of a project 10, other 99.
func TestP10_Faults(t *testing.T) {
	for fault, want := range map[payment.Fault]int{payment.WrongQuota: 1, payment.WrongCapacity: 2, payment.WrongSpecification: 3, payment.WrongAssociated: 4,
		payment.ProjectFunds: 10, payment.ProjectInvalid: 10, payment.WrongOther: 99} {
		if n, ok := vendor.HuaweiFault(fault); n != want || !ok || fault.Advice() == "" {
			t.Errorf("%s is %d, and advises %q", fault, n, fault.Advice())
		}
	}
	if n, ok := vendor.HuaweiFault(""); ok || n != 0 {
		t.Error("no fault has a number")
	}
}
