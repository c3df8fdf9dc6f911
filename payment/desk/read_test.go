package desk_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// P11: what is read is what was written, and of its customer alone; what is not there is not
// found, and says which field of the call names it.
func TestP11_Reads(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 50000)
	r.issue(coupon.Coupon{ID: "K1", Customer: "c1", Kind: coupon.KindFlexi, State: coupon.StateAvailable, Face: cents(100), Balance: cents(100)})
	r.bought("o1", "x1")
	r.place("", draftFor("o2", 10000))
	r.pay("k2", payment.MethodOnline, nil, "o2")
	r.move("o2", order.EventFail)
	all := r.s.All("c1")
	refund := all.Refunds[0].ID
	for what, read := range map[string]struct {
		field string
		of    func(customer order.CustomerID, absent string) (any, error)
		want  any
	}{
		"order": {"order", func(c order.CustomerID, absent string) (any, error) {
			return r.d.Order(ctx, c, order.ID("o1"+absent))
		}, r.order("o1")},
		"resource": {"resource", func(c order.CustomerID, absent string) (any, error) {
			return r.d.Resource(ctx, c, order.ResourceID("x1"+absent))
		}, r.res("x1")},
		"coupon": {"coupon", func(c order.CustomerID, absent string) (any, error) {
			return r.d.Coupon(ctx, c, coupon.ID("K1"+absent))
		}, r.coupon("K1")},
		"refund": {"refund", func(c order.CustomerID, absent string) (any, error) {
			return r.d.Refund(ctx, c, refund+order.RefundID(absent))
		}, all.Refunds[0]},
	} {
		got, err := read.of("c1", "")
		if err != nil || !reflect.DeepEqual(got, read.want) {
			t.Errorf("%s: %v, got\n%+v, want\n%+v", what, err, got, read.want)
		}
		for _, x := range []struct {
			customer order.CustomerID
			absent   string
		}{{"c2", ""}, {"c1", "x"}} {
			_, err := read.of(x.customer, x.absent)
			var f *order.FieldError
			if !errors.Is(err, order.ErrNotFound) || !errors.As(err, &f) || f.Field != read.field {
				t.Errorf("%s of %s, %q: %v", what, x.customer, x.absent, err)
			}
		}
	}
}

// P4: an account that was never used is empty; P6: so is the monthly one, which has no currency.
// A bill of a month without any is not found.
func TestP4_ReadAccounts(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 50000)
	cash, err := r.d.Account(ctx, "c1", payment.FundCash, order.USD)
	if err != nil || cash.Balance != cents(50000) || cash.Version != 1 {
		t.Errorf("cash: %+v, %v", cash, err)
	}
	for _, want := range []payment.Account{{Customer: "c1", Fund: payment.FundCash, Balance: order.Minor(0, order.EUR)}, {Customer: "c1", Fund: payment.FundCredit, Balance: cents(0)},
		{Customer: "c2", Fund: payment.FundCash, Balance: cents(0)}, {Customer: "c1", Fund: payment.FundMonthly}} {
		if got, err := r.d.Account(ctx, want.Customer, want.Fund, want.Balance.Currency()); err != nil || got != want || got.Check() != nil {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if _, err := r.d.Bill(ctx, "c1", "2024-03", order.USD); !errors.Is(err, order.ErrNotFound) {
		t.Errorf("a month without a bill: %v", err)
	}
	w := newNthWorld()
	w.place("ann", "o")
	w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	if b, err := w.desk.Bill(ctx, "ann", "2026-01", order.USD); err != nil || b.Amount() != usd(1000) || b.State != payment.BillOpen {
		t.Errorf("the bill: %+v, %v", b, err)
	}
}

func badReads(t *testing.T) (rows []badRow) {
	type asking struct {
		customer order.CustomerID
		id       string
		fund     payment.Fund
		month    payment.Month
		cur      order.Currency
	}
	named := func(id string) func(*front, *asking) { return func(_ *front, x *asking) { x.id = id } }
	for _, read := range []struct {
		call, field, id, theirs string
		do                      func(h *front, x asking) error
	}{
		{"Order", "order", "U1", "O8", func(h *front, x asking) error { return second(h.Order(h.ctx, x.customer, order.ID(x.id))) }},
		{"Resource", "resource", "R1", "R8", func(h *front, x asking) error {
			return second(h.Resource(h.ctx, x.customer, order.ResourceID(x.id)))
		}},
		{"Coupon", "coupon", "FLEXI", "THEIRS", func(h *front, x asking) error { return second(h.Coupon(h.ctx, x.customer, coupon.ID(x.id))) }},
		{"Refund", "refund", "", "none", func(h *front, x asking) error {
			if x.id == "" && x.customer != "" {
				x.id = string(h.refund)
			}
			return second(h.Refund(h.ctx, x.customer, order.RefundID(x.id)))
		}},
	} {
		rows = append(rows, breaking(t, read.call, func(*front) asking { return asking{customer: "c-7", id: read.id} }, read.do, []broken[asking]{
			{"a long customer", func(_ *front, x *asking) { x.customer = long; x.id = "any" }, nil, "customer"},
			{"an ID that does not print", named("a\x00"), nil, read.field},
			{"a long ID", named(long), nil, read.field},
		}, []broken[asking]{
			{"what is nobody's", named("none at all"), order.ErrNotFound, read.field},
			{"what is another customer's", named(read.theirs), order.ErrNotFound, read.field},
		})...)
	}
	rows = append(rows, breaking(t, "Account", func(*front) asking { return asking{customer: "c-7", fund: payment.FundCash, cur: order.USD} },
		func(h *front, x asking) error { return second(h.Account(h.ctx, x.customer, x.fund, x.cur)) }, []broken[asking]{
			{"no customer", func(_ *front, x *asking) { x.customer = "" }, nil, "customer"},
			{"no fund", func(_ *front, x *asking) { x.fund = "" }, nil, "fund"},
			{"no currency", func(_ *front, x *asking) { x.cur = 0 }, nil, "currency"},
		}, nil)...)
	return append(rows, breaking(t, "Bill", func(*front) asking { return asking{customer: "c-7", month: "2026-11", cur: order.USD} },
		func(h *front, x asking) error { return second(h.Bill(h.ctx, x.customer, x.month, x.cur)) }, []broken[asking]{
			{"no customer", func(_ *front, x *asking) { x.customer = "" }, nil, "customer"},
			{"no month", func(_ *front, x *asking) { x.month = "" }, nil, "month"},
			{"no currency", func(_ *front, x *asking) { x.cur = 0 }, nil, "currency"},
		}, []broken[asking]{
			{"a month without a bill", func(_ *front, x *asking) { x.month = "2025-01" }, order.ErrNotFound, "month"},
			{"another customer's", func(_ *front, x *asking) { x.customer = "c-8" }, order.ErrNotFound, "month"},
		})...)
}
