package ledger

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// words are those of closed sets that most records have: reading them copies nothing.
var words = slices.Concat(texts(order.States()), texts(order.Types()), texts(order.Charges()),
	texts([]order.Unit{order.Day, order.Month, order.Year}), texts([]order.Lapse{order.LapseShortens, order.LapseHonored, order.LapseJudged}),
	texts([]coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindDiscount, coupon.KindCard}),
	texts([]coupon.State{coupon.StateAvailable, coupon.StateUsed}),
	texts([]payment.PaymentState{payment.PaymentPending, payment.PaymentSucceeded, payment.PaymentFailed, payment.PaymentCanceling, payment.PaymentCanceled, payment.PaymentReview}),
	texts([]payment.Method{payment.MethodOnline, payment.MethodBalance, payment.MethodMonthly}))

// texts are words as strings.
func texts[T ~string](all []T) []string {
	s := make([]string, len(all))
	for i, w := range all {
		s[i] = string(w)
	}
	return s
}
