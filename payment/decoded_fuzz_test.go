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
		*new(payment.Account), *new(payment.AccountParts), *new(payment.AccountType), *new(payment.Agreed), *new(payment.Amounts),
		*new(payment.Association), *new(payment.Bill), *new(payment.BillError), *new(payment.BillState), *new(payment.Customer),
		*new(payment.Drop), *new(payment.Facts), *new(payment.Fault), *new(payment.Findings), *new(payment.Fund), *new(payment.Funding),
		*new(payment.Item), *new(payment.Key), *new(payment.Method), *new(payment.Month), *new(payment.Payment),
		*new(payment.PaymentState), *new(payment.Policy), *new(payment.ProjectWrong), *new(payment.Quote), *new(payment.Reason),
		*new(payment.Receipt), *new(payment.Refund), *new(payment.RefundQuote), *new(payment.RefundState), *new(payment.Refusal),
		*new(payment.Request), *new(payment.Surplus),
	})
}
