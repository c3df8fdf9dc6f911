package coupon_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// server is an order of one server, placed 2017-03-01.
func server(id order.ID, cents int64) order.Order {
	o, err := order.Place(order.Draft{
		ID: id, Customer: "customer-1", Type: order.TypePurchase,
		Lines: []order.Line{{Product: "s6.large", Service: "ECS", Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD)}},
	}, exampleAt, order.Policy{})
	if err != nil {
		panic(err)
	}
	return o
}

var exampleAt = time.Date(2017, 3, 1, 12, 0, 0, 0, time.UTC)

func value(id coupon.ID, kind coupon.Kind, cents int64, day int) coupon.Coupon {
	m := order.Minor(cents, order.USD)
	return coupon.Coupon{
		ID: id, Customer: "customer-1", Kind: kind, State: coupon.StateAvailable, Face: m, Balance: m,
		Window: order.Window{Until: time.Date(2017, 3, day, 23, 59, 59, 0, time.UTC)},
	}
}

func ExampleUse() {
	orders := []order.Order{server("order-1", 100_00), server("order-2", 200_00)}
	plan, err := coupon.Use(orders, []coupon.Coupon{value("SPRING", coupon.KindFlexi, 90_00, 9)}, nil, exampleAt, coupon.Tencent())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Pays[0].Coupon, "pays", plan.Pays[0].Parts)
	fmt.Println("left", plan.Left)

	large := value("LARGE", coupon.KindCash, 50_00, 9)
	large.Limits.Threshold = order.Minor(300_00, order.USD)
	_, err = coupon.Use(orders, []coupon.Coupon{large, value("PAST", coupon.KindCard, 10_00, 0)}, nil, exampleAt, coupon.Tencent())
	fmt.Println(errors.Is(err, coupon.ErrUnusable))
	fmt.Println(err)
	// Output:
	// SPRING pays [30.00 USD 60.00 USD]
	// left [70.00 USD 140.00 USD]
	// true
	// coupon LARGE needs more to be due on what it covers: 300.00 USD, there is 300.00 USD; coupon PAST has ended
}

func ExampleChoose() {
	coupons := []coupon.Coupon{
		value("A", coupon.KindFlexi, 10_00, 9), value("B", coupon.KindFlexi, 8_00, 9), value("C", coupon.KindFlexi, 5_00, 9),
		value("D", coupon.KindFlexi, 2_00, 9), value("E", coupon.KindFlexi, 4_00, 10), value("F", coupon.KindFlexi, 4_00, 0),
	}
	plan, err := coupon.Choose([]order.Order{server("order-1", 4_00)}, coupons, nil, exampleAt, coupon.Tencent())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range plan.Verdicts {
		fmt.Println(v)
	}
	// Output:
	// coupon A finds nothing left to pay
	// coupon B finds nothing left to pay
	// coupon C pays
	// coupon D finds nothing left to pay
	// coupon E finds nothing left to pay
	// coupon F has ended
}

func ExampleChoose_mostSaved() {
	coupons := []coupon.Coupon{
		value("A", coupon.KindCash, 60_00, 2), value("B", coupon.KindCash, 70_00, 9), value("C", coupon.KindFlexi, 30_00, 9),
		value("D", coupon.KindCard, 25_00, 9), value("E", coupon.KindCard, 20_00, 9),
	}
	policy := coupon.Policy{Choice: []coupon.By{coupon.MostSaved}}
	plan, err := coupon.Choose([]order.Order{server("order-1", 120_00)}, coupons, nil, exampleAt, policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pay := range plan.Pays {
		fmt.Println(pay.Coupon, "pays", pay.Amount)
	}
	fmt.Println("left", plan.Left[0])
	// Output:
	// B pays 70.00 USD
	// C pays 30.00 USD
	// E pays 20.00 USD
	// left 0.00 USD
}

func ExampleCoupon_Hold() {
	card := value("CARD", coupon.KindCard, 100_00, 9)
	card.Reusable = true
	held, err := card.Hold("payment-1", exampleAt)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = held.Hold("payment-2", exampleAt)
	fmt.Println(err)

	released, err := held.Release("payment-1", exampleAt)
	fmt.Println(released.State, released.Balance, err)

	used, err := held.Use("payment-1", order.Minor(30_00, order.USD), exampleAt)
	fmt.Println(used.State, used.Balance, err)
	// Output:
	// coupon CARD: hold refused while held: coupon state does not allow this: it is held by payment payment-1
	// available 100.00 USD <nil>
	// available 70.00 USD <nil>
}

func ExampleCoupon_Release() {
	held, err := value("CARD", coupon.KindCard, 100_00, 9).Hold("payment-1", exampleAt)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = held.Release("payment-2", exampleAt)
	fmt.Println(errors.Is(err, coupon.ErrHolder))

	late := time.Date(2017, 3, 10, 0, 0, 0, 0, time.UTC)
	ended, err := held.Release("payment-1", late)
	fmt.Println(ended.State, err)
	// Output:
	// true
	// expired <nil>
}

// A coupon of a single use paid 30.00 of two orders, 10.00 of them of one that fails. That
// part comes back as a coupon of its own.
func ExampleCoupon_PassOn() {
	c, err := value("SPRING", coupon.KindFlexi, 30_00, 9).Hold("payment-1", exampleAt)
	if err != nil {
		fmt.Println(err)
		return
	}
	if c, err = c.Use("payment-1", order.Minor(30_00, order.USD), exampleAt); err != nil {
		fmt.Println(err)
		return
	}
	after, fresh, err := c.PassOn("SPRING/order-1", order.Minor(10_00, order.USD), exampleAt)
	fmt.Println(after.State, after.PassedOn, err)
	fmt.Println(fresh.ID, fresh.State, fresh.Balance, fresh.From)
	// Output:
	// used 10.00 USD <nil>
	// SPRING/order-1 available 10.00 USD SPRING
}

func ExampleCoupon_DiscountFor() {
	c := coupon.Coupon{
		ID: "TENTH", Customer: "customer-1", Kind: coupon.KindDiscount, State: coupon.StateAvailable,
		Discount: coupon.Discount{Ratio: order.Percent(90)},
		Limits:   coupon.Limits{Threshold: order.Minor(150_00, order.USD)},
	}
	d, err := c.DiscountFor(server("order-1", 200_00), nil, exampleAt, coupon.Policy{})
	fmt.Println(d.Kind, d.Ratio, err)

	_, err = c.DiscountFor(server("order-2", 100_00), nil, exampleAt, coupon.Policy{})
	fmt.Println(err)
	// Output:
	// discount coupon 0.9 <nil>
	// coupon TENTH needs more to be due on what it covers: 150.00 USD, there is 100.00 USD
}

// A coupon for purchases and changes does not pay for a renewal.
func ExampleNew() {
	c := value("START", coupon.KindFlexi, 10_00, 9)
	c.Limits.Scope.Types = append(coupon.New(), coupon.Change()...)
	for _, renewal := range coupon.Renew() {
		fmt.Println(renewal, slices.Contains(c.Limits.Scope.Types, renewal))
	}
	plan, err := coupon.Use([]order.Order{server("order-1", 100_00)}, []coupon.Coupon{c}, nil, exampleAt, coupon.Policy{})
	fmt.Println(plan.Paid, err)
	// Output:
	// renewal false
	// 10.00 USD <nil>
}

// A first order is one that no tally counts. A coupon for first orders is held together with
// the tallies that it needs.
func ExampleTally_NotFirst() {
	c := value("WELCOME", coupon.KindFlexi, 10_00, 9)
	c.Limits.FirstOrder = true
	names := c.FirstOrders(server("order-1", 100_00))
	fmt.Println(names)

	tally := coupon.Tally{Customer: "customer-1", Name: names[0]}.Hold("order-1", "payment-1")
	fmt.Printf("%q\n", tally.NotFirst("order-1").Reason)
	fmt.Printf("%q\n", tally.NotFirst("order-2").Reason)
	// Output:
	// [orders of ECS]
	// ""
	// "is for a first order only"
}

func ExampleCode_Claim() {
	code := coupon.Code{
		Code: "SPRING", Left: 1,
		Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: order.Minor(5_00, order.USD)},
	}
	claimed, code, err := code.Claim("SPRING/customer-1", "customer-1", exampleAt)
	fmt.Println(claimed.ID, claimed.State, claimed.Balance, code.Left, err)

	_, _, err = code.Claim("SPRING/customer-2", "customer-2", exampleAt)
	fmt.Println(err)
	// Output:
	// SPRING/customer-1 available 5.00 USD 0 <nil>
	// code SPRING has been claimed
}
