package desk_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk"
)

func badCredits(t *testing.T) []badRow {
	type (
		payOut = desk.PayOutRequest
		settle = desk.SettleCreditRequest
		bill   = desk.ResolveBillRequest
	)
	out := func(do func(x *payOut)) func(*front, *payOut) { return func(_ *front, x *payOut) { do(x) } }
	hand := func(do func(x *settle)) func(*front, *settle) { return func(_ *front, x *settle) { do(x) } }
	var rows []badRow
	for _, x := range []struct {
		what, field string
		do          func(*front, *payOut)
	}{
		{"no ID", "id", out(func(x *payOut) { x.ID = "" })},
		{"a long ID", "id", out(func(x *payOut) { x.ID = long })},
		{"no customer", "customer", out(func(x *payOut) { x.Customer = "" })},
		{"nobody acts", "by", out(func(x *payOut) { x.By = "" })},
		{"no currency", "currency", out(func(x *payOut) { x.Currency = 0 })},
		{"no credit", "currency", out(func(x *payOut) { x.Currency = order.JPY })},
	} {
		rows = append(rows, badRow{"PayOut", x.what, func(h *front) error {
			r := payOut{ID: "new", Customer: "c-7", By: "ann", Currency: order.USD}
			x.do(h, &r)
			return second(h.PayOut(h.ctx, r))
		}, nil, x.field, x.what == "no credit"})
	}
	for _, x := range []struct {
		what, field string
		do          func(*front, *settle)
	}{
		{"no ID", "id", hand(func(x *settle) { x.ID = "" })},
		{"no customer", "customer", hand(func(x *settle) { x.Customer = "" })},
		{"nobody acts", "by", hand(func(x *settle) { x.By = "" })},
		{"no reason", "why", hand(func(x *settle) { x.Why = "" })},
		{"a reason that does not print", "why", hand(func(x *settle) { x.Why = "a\x00" })},
		{"no amount", "amount", hand(func(x *settle) { x.Amount = order.Money{} })},
		{"nothing", "amount", hand(func(x *settle) { x.Amount = usd(0) })},
		{"more than the credit", "amount", hand(func(x *settle) { x.Amount = usd(1e15) })},
	} {
		rows = append(rows, badRow{"SettleCredit", x.what, func(h *front) error {
			r := settle{ID: "new", Customer: "c-7", By: "ann", Why: "bank transfer", Amount: usd(100)}
			x.do(h, &r)
			return second(h.SettleCredit(h.ctx, r))
		}, nil, x.field, x.what == "more than the credit"})
	}
	again := func(do func(x *bill)) func(*front, *bill) { return func(_ *front, x *bill) { do(x) } }
	return append(rows, breaking(t, "ResolveBill", func(*front) bill {
		return bill{Customer: "c-7", By: "ann", Why: "seen", Month: "2026-11", Currency: order.USD, Decision: desk.DecisionAgain}
	}, func(h *front, x bill) error { return h.ResolveBill(h.ctx, x) }, []broken[bill]{
		{"no customer", again(func(x *bill) { x.Customer = "" }), nil, "customer"},
		{"nobody acts", again(func(x *bill) { x.By = "" }), nil, "by"},
		{"no reason", again(func(x *bill) { x.Why = "" }), nil, "why"},
		{"a reason that does not print", again(func(x *bill) { x.Why = "a\x00" }), nil, "why"},
		{"no month", again(func(x *bill) { x.Month = "" }), nil, "month"},
		{"a month that is none", again(func(x *bill) { x.Month = "2026-13" }), nil, "month"},
		{"no currency", again(func(x *bill) { x.Currency = 0 }), nil, "currency"},
		{"no decision", again(func(x *bill) { x.Decision = "" }), nil, "decision"},
		{"that it failed", again(func(x *bill) { x.Decision = desk.DecisionFailed }), nil, "decision"},
	}, []broken[bill]{
		{"a month without a bill", again(func(x *bill) { x.Month = "1999-01" }), order.ErrNotFound, ""},
		{"a currency without a bill", again(func(x *bill) { x.Currency = order.JPY }), order.ErrNotFound, ""},
	})...)
}
