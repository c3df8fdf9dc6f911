package order_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/duebook/duebook/order"
)

func ExampleParseMoney() {
	m, err := order.ParseMoney("12.30", order.USD)
	fmt.Println(m, err)

	_, err = order.ParseMoney("12.305", order.USD)
	fmt.Println(err)

	_, err = order.ParseMoney("1e3", order.JPY)
	fmt.Println(errors.Is(err, order.ErrInvalid), err)
	// Output:
	// 12.30 USD <nil>
	// amount "12.305" in USD: more decimals than the currency has, which is 2
	// true amount "1e3" in JPY: an exponent is not accepted: write the digits out
}

func ExampleMoney_Add() {
	var sum order.Money // nothing yet: it takes the currency of what is added
	for _, cents := range []int64{1230, -30, 77} {
		var err error
		if sum, err = sum.Add(order.Minor(cents, order.USD)); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(sum)

	_, err := sum.Add(order.Minor(100, order.JPY))
	fmt.Println(err)
	// Output:
	// 12.77 USD
	// currency USD with JPY: amounts of two currencies cannot be combined: convert one first
}

// A coupon of 69.31 evenly over three orders, and 90.00 in proportion to what is due:
// the parts always add up to the whole.
func ExampleMoney_Split() {
	even, _ := order.Minor(6931, order.USD).Split(1, 1, 1)
	fmt.Println(even)
	due, _ := order.Minor(9000, order.CNY).Split(100_00, 200_00)
	fmt.Println(due)
	// Output:
	// [23.11 USD 23.10 USD 23.10 USD]
	// [30.00 CNY 60.00 CNY]
}

func ExampleMoney_Mul() {
	price := order.Minor(100, order.USD)
	share := decimal.RequireFromString("0.125")
	for _, mode := range []order.Rounding{order.HalfUp, order.HalfEven, order.Truncate} {
		m, err := price.Mul(share, mode)
		fmt.Println(m, mode, err)
	}
	// Output:
	// 0.13 USD half up <nil>
	// 0.12 USD half even <nil>
	// 0.12 USD truncate <nil>
}

func ExampleRate() {
	pay := order.Percent(85)
	same, _ := order.ParseRate("0.850")
	fmt.Println(pay, pay == same)

	due, err := order.Minor(6931, order.USD).MulRate(pay, order.HalfUp)
	fmt.Println(due, err)
	// Output:
	// 0.85 true
	// 58.91 USD <nil>
}

func ExampleDecode() {
	var line order.Line
	err := order.Decode([]byte(`{
	"product": "server",
	"count": 1,
	"charge": "subscription",
	"amount": {"amount": "12.305", "currency": "USD"}
}`), &line)
	fmt.Println(err)

	var where *order.DecodeError
	if errors.As(err, &where) {
		fmt.Println(where.Line, where.Column, where.Field)
	}
	// Output:
	// line 5: amount: amount "12.305" in USD: more decimals than the currency has, which is 2
	// 5 12 amount
}

// A text for a person names the zone of a time.
func ExampleStamp() {
	at := time.Date(2026, 3, 1, 9, 14, 5, 0, time.UTC)
	fmt.Println(order.Stamp(at))
	fmt.Println(order.Stamp(at.In(time.FixedZone("", 8*60*60))))
	fmt.Printf("%q\n", order.Stamp(time.Time{}))
	// Output:
	// 2026-03-01 09:14:05 +00:00
	// 2026-03-01 17:14:05 +08:00
	// ""
}

// What is valid until 23:59:59 is valid to the end of that second.
func ExampleWindow() {
	zone := time.FixedZone("", 8*60*60)
	w := order.Window{
		From:  time.Date(2018, 11, 1, 0, 0, 0, 0, zone),
		Until: time.Date(2018, 11, 30, 23, 59, 59, 0, zone),
	}
	fmt.Println(w)
	fmt.Println(w.Contains(time.Date(2018, 11, 30, 23, 59, 59, 999_000_000, zone)))
	fmt.Println(w.Contains(time.Date(2018, 12, 1, 0, 0, 0, 0, zone)))
	// Output:
	// 2018-11-01 00:00:00 +08:00 .. 2018-11-30 23:59:59 +08:00
	// true
	// false
}
