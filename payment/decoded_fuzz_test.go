package payment_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
)

// P11: no exported method panics on a value that can be decoded, as Quote.Agreed did on a
// quote that had been through JSON.
func FuzzP11_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(payment.Account), *new(payment.AccountType), *new(payment.Agreed), *new(payment.Amounts), *new(payment.Association),
		*new(payment.Back), *new(payment.Bill), *new(payment.BillError), *new(payment.BillState), *new(payment.Cards),
		*new(payment.Change), *new(payment.Checks), *new(payment.Claim), *new(payment.ClaimState), *new(payment.Customer),
		*new(payment.Decision), *new(payment.Deposit), *new(payment.Drop), *new(payment.Entry), *new(payment.Facts),
		*new(payment.Findings), *new(payment.Fund), *new(payment.Funding), *new(payment.Hint), *new(payment.Item), *new(payment.Key),
		*new(payment.Leaving), *new(payment.Method), *new(payment.Month), *new(payment.Moving), *new(payment.Notice),
		*new(payment.NoticeKind), *new(payment.Of), *new(payment.Outbox), *new(payment.Outcome), *new(payment.Payment),
		*new(payment.PaymentState), *new(payment.Placing), *new(payment.Policy), *new(payment.ProjectWrong), *new(payment.PublicCode),
		*new(payment.Quote), *new(payment.Reason), *new(payment.Receipt), *new(payment.Records), *new(payment.Ref), *new(payment.Refund),
		*new(payment.RefundState), *new(payment.Refusal), *new(payment.Renewing), *new(payment.Request), *new(payment.Resolving),
		*new(payment.Status), *new(payment.Surplus), *new(payment.Swept), *new(payment.Takes), *new(payment.Traits),
		*new(payment.Violation), *new(payment.Wrong),
	}, "Desk")
}
