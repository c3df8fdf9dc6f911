package paymenttest

import (
	"time"

	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"pgregory.net/rapid"
)

// Policy draws a policy: a preset, or any sound one.
func Policy() *rapid.Generator[payment.Policy] {
	return rapid.Custom(func(t *rapid.T) (p payment.Policy) {
		switch rapid.IntRange(0, 8).Draw(t, "preset") {
		case 0:
			return payment.Policy{}
		case 1:
			return payment.Huawei()
		case 2:
			return payment.Huawei2020()
		case 3:
			return payment.Tencent()
		case 4:
			return payment.SaaS()
		}
		p.Zone = ordertest.Zone().Draw(t, "zone")
		p.BillDay = rapid.IntRange(0, 28).Draw(t, "bill day")
		for range rapid.IntRange(0, 3).Draw(t, "tries") {
			p.BillTries = append(p.BillTries, time.Duration(rapid.IntRange(1, 10*24*60*60).Draw(t, "wait"))*time.Second)
		}
		p.Discount = discounttest.Policy().Draw(t, "discount")
		p.Coupon = coupontest.Policy().Draw(t, "coupon")
		return p
	})
}

// Account draws an account of any fund.
func Account() *rapid.Generator[payment.Account] {
	return rapid.Custom(func(t *rapid.T) payment.Account {
		cur := ordertest.Currency().Draw(t, "currency")
		a := payment.Account{Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"), Version: rapid.Int64Range(0, 9).Draw(t, "version"),
			Fund: rapid.SampledFrom([]payment.Fund{payment.FundCash, payment.FundCredit, payment.FundBudget, payment.FundMonthly}).Draw(t, "fund")}
		most := rapid.Int64Range(0, 1e12).Draw(t, "most")
		switch a.Fund {
		case payment.FundMonthly:
			a.Overdue = rapid.IntRange(0, 3).Draw(t, "overdue")
		case payment.FundCredit:
			a.Limit, a.Balance = order.Minor(most, cur), order.Minor(-rapid.Int64Range(0, most).Draw(t, "used"), cur)
		default:
			a.Balance = order.Minor(most, cur)
		}
		return a
	})
}

// Bill draws a bill in any state, and when it was last moved.
func Bill(p payment.Policy) *rapid.Generator[payment.Bill] {
	return rapid.Custom(func(t *rapid.T) payment.Bill {
		at := ordertest.Instant().Draw(t, "opened")
		b, err := p.OpenBill(ordertest.ID[order.CustomerID]().Draw(t, "customer"), ordertest.Currency().Draw(t, "currency"), at)
		if err != nil {
			t.Fatalf("%v", err)
		}
		n := rapid.Int64Range(1, 1e12).Draw(t, "charged")
		b.Charges = order.Minor(n, b.Charges.Currency())
		b.Credits = order.Minor(rapid.Int64Range(0, n-1).Draw(t, "credited"), b.Charges.Currency())
		switch rapid.IntRange(0, 2).Draw(t, "state") {
		case 1:
			b.State, b.Try, b.Declines = payment.BillDue, at.Truncate(time.Second), rapid.IntRange(0, 3).Draw(t, "declines")
		case 2:
			b.State, b.Declines = payment.BillPaid, rapid.IntRange(0, 3).Draw(t, "declines")
		}
		return b
	})
}
