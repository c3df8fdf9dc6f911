package paymenthttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// reasons is the status of each reason of a refusal (P11). 409: the request is sound, but what
// it is about does not allow it as it stands.
var reasons = map[payment.Reason]int{
	payment.ReasonBadRequest:               http.StatusUnprocessableEntity,
	payment.ReasonDenied:                   http.StatusForbidden,
	payment.ReasonNoOrder:                  http.StatusNotFound,
	payment.ReasonState:                    http.StatusConflict,
	payment.ReasonChanged:                  http.StatusConflict,
	payment.ReasonCost:                     http.StatusConflict,
	payment.ReasonDiscount:                 http.StatusConflict,
	payment.ReasonPastDeadline:             http.StatusConflict,
	payment.ReasonCouponUsed:               http.StatusConflict,
	payment.ReasonCouponDiscount:           http.StatusConflict,
	payment.ReasonCouponRatio:              http.StatusConflict,
	payment.ReasonCashWithDiscountCoupon:   http.StatusConflict,
	payment.ReasonMarketplaceWithDedicated: http.StatusConflict,
	payment.ReasonCoupon:                   http.StatusConflict,
	payment.ReasonResources:                http.StatusConflict,
	payment.ReasonProject:                  http.StatusConflict,
	payment.ReasonEffectiveTime:            http.StatusConflict,
	payment.ReasonOrganization:             http.StatusConflict,
	payment.ReasonBalance:                  http.StatusPaymentRequired,
	payment.ReasonFrozen:                   http.StatusForbidden,
	payment.ReasonAccount:                  http.StatusConflict,
	payment.ReasonMethod:                   http.StatusConflict,
	payment.ReasonCard:                     http.StatusPaymentRequired,
	payment.ReasonContract:                 http.StatusConflict,
	payment.ReasonAuthentication:           http.StatusForbidden,
	payment.ReasonNoTaxRate:                http.StatusConflict,
	payment.ReasonTooOften:                 http.StatusTooManyRequests,
	payment.ReasonDailyLimit:               http.StatusTooManyRequests,
	payment.ReasonPaymentInProgress:        http.StatusConflict,
	payment.ReasonMember:                   http.StatusConflict,
	payment.ReasonKey:                      http.StatusUnprocessableEntity, // as the draft of the header Idempotency-Key has it
	payment.ReasonOther:                    http.StatusConflict,
}

// kind is what an error is: its status and, where no error of the library says it in this case,
// what is wrong and what to do.
type kind struct {
	err    error
	status int
	text   string
	advice string
}

const again = "make the same request again: what was done is not done twice"

// before are the kinds that decide before a reason does, and after those that decide after it;
// the first that errors.Is finds does.
var (
	before = [...]kind{
		{ledger.ErrInDoubt, http.StatusServiceUnavailable, "it is not known whether it was done", again},
		{context.Canceled, http.StatusServiceUnavailable, "it was not finished", again},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "it took too long", again},
		{payment.ErrHost, http.StatusInternalServerError, "", ""},
		{order.ErrNotFound, http.StatusNotFound, "it is not there", "look for the ID in the customer's own list"},
		{gateway.ErrUnchecked, http.StatusServiceUnavailable, "the notification could not be checked", "send it again"},
		{gateway.ErrNotOurs, http.StatusNotFound, "the notification is about nothing here", "do not send it again"},
	}
	after = [...]kind{
		{ledger.ErrConflict, http.StatusConflict, "others were faster, and nothing was done", "try again"},
		{order.ErrState, http.StatusConflict, "", ""},
		{order.ErrPastDeadline, http.StatusConflict, "", ""},
		{order.ErrNotDue, http.StatusConflict, "", ""},
		{order.ErrPaymentInProgress, http.StatusConflict, "", ""},
		{order.ErrOtherPayment, http.StatusConflict, "", ""},
		{order.ErrMember, http.StatusConflict, "", ""},
		{order.ErrLocked, http.StatusConflict, "", ""},
		{order.ErrWindow, http.StatusConflict, "", ""},
		{order.ErrResourceTaken, http.StatusConflict, "", ""},
		{discount.ErrNotCovered, http.StatusConflict, "", ""},
		{discount.ErrRule, http.StatusConflict, "", ""},
		{coupon.ErrUnusable, http.StatusConflict, "", ""},
		{coupon.ErrState, http.StatusConflict, "", ""},
		{coupon.ErrHolder, http.StatusConflict, "", ""},
		{renewal.ErrState, http.StatusConflict, "", ""},
		{renewal.ErrMode, http.StatusConflict, "", ""},
		{renewal.ErrBound, http.StatusConflict, "", ""},
		{renewal.ErrKept, http.StatusConflict, "", ""},
		{renewal.ErrAtExpiry, http.StatusConflict, "", ""},
		{order.ErrTooMany, http.StatusUnprocessableEntity, "", ""},
		{renewal.ErrNoPrice, http.StatusUnprocessableEntity, "", ""},
		{renewal.ErrTooMany, http.StatusUnprocessableEntity, "", ""},
		{order.ErrCurrency, http.StatusUnprocessableEntity, "", ""},
		{order.ErrOverflow, http.StatusUnprocessableEntity, "", ""},
		{order.ErrInvalid, http.StatusUnprocessableEntity, "", ""},
	}
)

// Status returns the HTTP status for an error, as the package comment has it: 500 for one that
// is not known here, and for nil.
func Status(err error) int { return kindOf(err).status }

func kindOf(err error) kind {
	for _, k := range before {
		if errors.Is(err, k.err) {
			return k
		}
	}
	var reason payment.Reason
	if errors.As(err, &reason) && reasons[reason] != 0 {
		return kind{reason, reasons[reason], string(reason), reason.Advice()}
	}
	var body *bodyError
	if errors.As(err, &body) {
		return kind{err: body, status: body.status}
	}
	for _, k := range after {
		if errors.Is(err, k.err) {
			return k
		}
	}
	return kind{status: http.StatusInternalServerError}
}
