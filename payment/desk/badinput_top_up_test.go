package desk_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

// badTopUps are payments into the balance, and what goes back of one, that break a rule each (P20).
func badTopUps(t *testing.T) []badRow {
	paidIn := payment.Request{Key: "in", Customer: "c-7", Method: payment.MethodOnline, TopUp: usd(500)}
	sound := func(*front) payment.Request { return paidIn }
	says := func(do func(x *payment.Request)) func(*front, *payment.Request) {
		return func(_ *front, x *payment.Request) { do(x) }
	}
	rows := breaking(t, "Pay", sound, func(h *front, x payment.Request) error { return second(h.Pay(h.ctx, x)) }, []broken[payment.Request]{
		{"into the balance, nothing", says(func(x *payment.Request) { x.TopUp = usd(0) }), payment.ReasonBadRequest, "topUp"},
		{"into the balance, less than nothing", says(func(x *payment.Request) { x.TopUp = usd(-1) }), payment.ReasonBadRequest, "topUp"},
		{"into the balance, and an order", says(func(x *payment.Request) { x.Orders = []order.ID{"o"} }), payment.ReasonBadRequest, "orders"},
		{"into the balance, with any coupon", says(func(x *payment.Request) { x.Choose = true }), payment.ReasonBadRequest, "choose"},
		{"into the balance, from the balance", says(func(x *payment.Request) { x.Method = payment.MethodBalance }), payment.ReasonBadRequest, "method"},
		{"into the balance, whole", says(func(x *payment.Request) { x.Whole = true }), payment.ReasonBadRequest, "whole"},
	}, nil)
	type back = desk.RefundTopUpRequest
	none := func(*front) back {
		return back{ID: "b", Customer: "c-7", By: "op", Payment: paidIn.Payment(), Amount: usd(500)}
	}
	for _, b := range []broken[back]{
		{"no ID", func(_ *front, x *back) { x.ID = "" }, nil, "id"},
		{"no customer", func(_ *front, x *back) { x.Customer = "" }, nil, "customer"},
		{"by the Desk", func(_ *front, x *back) { x.By = payment.ByDesk }, nil, "by"},
		{"no payment", func(_ *front, x *back) { x.Payment = "" }, nil, "payment"},
		{"nothing", func(_ *front, x *back) { x.Amount = usd(0) }, nil, "amount"},
		{"no amount", func(_ *front, x *back) { x.Amount = order.Money{} }, nil, "amount"},
	} {
		rows = append(rows, badRow{"RefundTopUp", b.what, func(h *front) error {
			x := none(h)
			b.do(h, &x)
			return second(h.RefundTopUp(h.ctx, x))
		}, b.is, b.field, false})
	}
	return append(rows, badRow{"RefundTopUp", "nobody's payment", func(h *front) error { return second(h.RefundTopUp(h.ctx, none(h))) }, payment.ReasonNoOrder, "", true},
		badRow{"RefundTopUp", "a payment that is not into the balance", func(h *front) error {
			x := none(h)
			x.Payment = h.pending
			return second(h.RefundTopUp(h.ctx, x))
		}, nil, "payment", true})
}
