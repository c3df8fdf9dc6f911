package payment_test

import (
	"testing"

	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenttest"
	"pgregory.net/rapid"
)

// P11: no exported method panics on a value that can be decoded, as Quote.Agreed did on a
// quote that had been through JSON.
func FuzzP11_Decoded(f *testing.F) {
	quote := rapid.Map(paymenttest.Draw(), func(s paymenttest.Scene) payment.Quote {
		q, _ := s.Request.Quote(s.Facts, s.At) // refused, it is the zero value
		return q
	})
	ordertest.Exercise(f, nil,
		quote, left(func(r ledger.Records) []payment.Payment { return r.Payments }), left(func(r ledger.Records) []payment.Refund { return r.Refunds }),
		left(func(r ledger.Records) []payment.Account { return r.Accounts }), left(func(r ledger.Records) []payment.Bill { return r.Bills }),
		paymenttest.Account(), paymenttest.Bill(payment.Huawei()), paymenttest.Policy(), payment.Cards{Brands: []string{"visa"}}, coupontest.ID(), ordertest.ID[order.ID](),
		rapid.Map(quote, func(q payment.Quote) (it payment.Item) {
			if len(q.Items) > 0 {
				return q.Items[0]
			}
			return it
		}),
		rapid.Map(quote, func(q payment.Quote) (r payment.Receipt) {
			if len(q.Items) > 0 {
				r, _ = q.Receipt("trade", q.At)
			}
			return r
		}),
		rapid.Map(quote, func(q payment.Quote) (a payment.Agreed) {
			if all := q.Agreed(); len(all) > 0 {
				a = all[0]
			}
			return a
		}),
		rapid.Map(paymenttest.Draw(), func(s paymenttest.Scene) payment.Request { return s.Request }),
		rapid.Map(paymenttest.Draw(), func(s paymenttest.Scene) payment.Facts { return s.Facts }),
		rapid.Map(paymenttest.Draw(), func(s paymenttest.Scene) payment.Customer { return s.Facts.Customer }),
		*new(payment.AccountParts), *new(payment.AccountType), *new(payment.Amounts), *new(payment.Association), *new(payment.BillError),
		*new(payment.BillState), *new(payment.Drop), *new(payment.Fault), *new(payment.Findings), *new(payment.Fund), *new(payment.Funding),
		*new(payment.Key), *new(payment.Method), *new(payment.Month), *new(payment.PaymentState), *new(payment.PeriodRefund), *new(payment.Pick),
		*new(payment.Reason), *new(payment.RefundQuote), *new(payment.RefundState), *new(payment.Refusal), *new(payment.Surplus),
	)
}

// left draws records that a history leaves.
func left[T any](of func(ledger.Records) []T) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) (v T) {
		for _, r := range desktest.Left(rapid.Uint64Range(1, 50).Draw(t, "history"), "bob") {
			if all := of(r); len(all) > 0 {
				return rapid.SampledFrom(all).Draw(t, "record")
			}
		}
		return v
	})
}
