package payment_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/vendor"
)

// Two orders of a customer, placed in March.
func twoOrders() []order.Order {
	at := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	var orders []order.Order
	for i, cents := range []int64{10000, 20000} {
		o, err := order.Place(order.Draft{ID: order.ID(fmt.Sprintf("CS%d", i+1)), Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{{
			Product: "s6.large", Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD),
		}}}, at, order.Policy{})
		if err != nil {
			panic(err)
		}
		orders = append(orders, o)
	}
	return orders
}

var anHourLater = time.Date(2026, 3, 2, 10, 14, 5, 0, time.UTC)

func ExampleRequest_Quote() {
	gift := order.Minor(9000, order.USD)
	facts := payment.Facts{
		Customer: payment.Customer{ID: "c-7"},
		Orders:   twoOrders(),
		Coupons:  []coupon.Coupon{{ID: "GIFT", Customer: "c-7", Kind: coupon.KindCash, State: coupon.StateAvailable, Face: gift, Balance: gift}},
		Accounts: []payment.Account{{Customer: "c-7", Fund: payment.FundCash, Balance: order.Minor(50000, order.USD)}},
	}
	request := payment.Request{Key: "pay-1", Customer: "c-7", By: "ann", Orders: []order.ID{"CS1", "CS2"}, Coupons: []coupon.ID{"GIFT"}, Method: payment.MethodBalance}

	quote, err := request.Quote(facts, anHourLater)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range quote.Items {
		fmt.Println(item.Order, item.Payable, "=", item.Coupons, "+", item.Cash)
	}
	fmt.Println("together", quote.Sum.Cash, "from", quote.Method, "until", quote.Deadline.Format(time.DateTime))
	// Output:
	// CS1 100.00 USD = 30.00 USD + 70.00 USD
	// CS2 200.00 USD = 60.00 USD + 140.00 USD
	// together 210.00 USD from balance until 2026-03-09 09:14:05
}

// An order that changes between quote and payment is not paid; the others are.
func ExampleQuote_Agreed() {
	facts := payment.Facts{Customer: payment.Customer{ID: "c-7", Gateway: "cards"}, Orders: twoOrders()}
	request := payment.Request{Key: "pay-1", Customer: "c-7", By: "ann", Orders: []order.ID{"CS1", "CS2"}, Method: payment.MethodOnline}
	quote, err := request.Quote(facts, anHourLater)
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Agreed = quote.Agreed() // what the customer saw, and says yes to

	facts.Orders[1].Lines[0].Amount = order.Minor(25000, order.USD)
	quote, err = request.Quote(facts, anHourLater)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("in:", quote.Items[0].Order, quote.Sum.Cash)
	fmt.Println("out:", quote.Dropped[0])
	// Output:
	// in: CS1 100.00 USD
	// out: order CS2: differs from quote: it is not as quoted (lines): ask for a new quote
}

func ExampleRefusal() {
	facts := payment.Facts{Customer: payment.Customer{ID: "c-7"}, Orders: twoOrders(),
		Accounts: []payment.Account{{Customer: "c-7", Fund: payment.FundCash, Balance: order.Minor(29999, order.USD)}}}
	request := payment.Request{Key: "pay-1", Customer: "c-7", By: "ann", Orders: []order.ID{"CS1", "CS2"}, Method: payment.MethodBalance}
	_, err := request.Quote(facts, anHourLater)

	var refusal *payment.Refusal
	switch {
	case errors.Is(err, payment.ReasonBalance) && errors.As(err, &refusal):
		code, status := vendor.HuaweiReasonV1(refusal.Reason)
		fmt.Println("needs", refusal.Need, "has", refusal.Have, code, status)
	case err != nil:
		fmt.Println(err)
	}
	// Output:
	// needs 300.00 USD has 299.99 USD CBC.5003 400
}

func ExampleQuote_Receipt() {
	facts := payment.Facts{Customer: payment.Customer{ID: "c-7", Gateway: "cards"}, Orders: twoOrders()}
	request := payment.Request{Key: "pay-1", Customer: "c-7", By: "ann", Orders: []order.ID{"CS2"}, Method: payment.MethodOnline}
	quote, err := request.Quote(facts, anHourLater)
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := quote.Receipt("2026030200017", anHourLater)
	fmt.Println(receipt.Trade, receipt.Items[0].Order, receipt.Sum.Payable, receipt.Method, err)
	// Output:
	// 2026030200017 CS2 200.00 USD online <nil>
}

func ExampleBill() {
	policy := payment.Huawei() // bills are made on the 3rd
	november := time.Date(2026, 11, 20, 12, 0, 0, 0, policy.Zone)
	bill, err := policy.OpenBill("c-7", order.USD, november)
	if err == nil {
		bill, err = bill.Charge(order.Minor(10000, order.USD), november, policy)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	day, err := policy.MadeAt(bill.Month)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The customer has 25.00 in credit, of what was given back: the bill takes it first.
	made, left, err := bill.Make(order.Minor(2500, order.USD), day, policy)
	fmt.Println(made.Month, made.Amount(), made.State, "on", day.Format(time.DateTime), left, err)
	// Output:
	// 2026-11 75.00 USD due on 2026-12-03 00:00:00 0.00 USD <nil>
}

func ExampleSaaS() {
	p := payment.SaaS()
	fmt.Println(p.Renewal.Mode, "on the last day and", -p.Renewal.Attempts.Days[1], -p.Renewal.Attempts.Days[2], -p.Renewal.Attempts.Days[3], "days after")
	fmt.Println(p.Completes(order.TypePurchase), p.Completes(order.TypeRenewal), p.Completes(order.TypeUpgrade))
	// Output:
	// automatic renewal on the last day and 1 3 5 days after
	// false true true
}
