package discount_test

import (
	"fmt"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// exampleOrder is a server for 100.00 USD, ordered 2018-11-26 23:12:32 +08:00.
func exampleOrder() order.Order {
	o, err := order.Place(order.Draft{
		ID: "order-1", Customer: "customer-1", Type: order.TypePurchase,
		Lines: []order.Line{{
			Product: "s6.large", Service: "ECS", Region: "north", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
			Charge: order.ChargeSubscription, Amount: order.Minor(10000, order.USD),
		}},
	}, exampleTime(), order.Huawei())
	if err != nil {
		panic(err)
	}
	return o
}

func exampleTime() time.Time {
	return time.Date(2018, 11, 26, 23, 12, 32, 0, time.FixedZone("+08:00", 8*60*60))
}

// spring is 15 % off until the end of November.
func spring() discount.Discount {
	at := exampleTime()
	return discount.Discount{
		ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(85),
		Window: order.Window{
			From:  time.Date(2018, 11, 1, 0, 0, 0, 0, at.Location()),
			Until: time.Date(2018, 11, 30, 23, 59, 59, 0, at.Location()),
		},
	}
}

// The price and the deadline move together.
func ExampleApply() {
	o, at := exampleOrder(), exampleTime()
	fmt.Println(o.Payable(), "until", o.Explain())

	o, err := discount.Apply(o, spring(), at, discount.Huawei2024())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Payable(), "until", o.Explain())
	// Output:
	// 100.00 USD until 2018-12-03 23:12:32 +08:00: 7 days after placement (E1)
	// 85.00 USD until 2018-11-30 23:59:59 +08:00: promotional "spring" ends then (E2), before 7 days after placement, 2018-12-03 23:12:32 +08:00 (E1)
}

func ExampleDrop() {
	o, at := exampleOrder(), exampleTime()
	o, err := discount.Apply(o, spring(), at, discount.Huawei2024())
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err = discount.Drop(o, at.Add(time.Hour), discount.Huawei2024())
	fmt.Println(o.Payable(), "until", o.Explain(), err)
	// Output:
	// 100.00 USD until 2018-12-03 23:12:32 +08:00: 7 days after placement (E1) <nil>
}

// A member of a purchase takes the deadline of the others with it.
func ExampleApplyIn() {
	at := exampleTime()
	line := exampleOrder().Lines[0]
	p, err := order.PlaceTogether("purchase-1", []order.Draft{
		{ID: "order-1", Customer: "customer-1", Type: order.TypePurchase, Lines: []order.Line{line}},
		{ID: "order-2", Customer: "customer-1", Type: order.TypePurchase, Lines: []order.Line{line}},
	}, at, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err = discount.ApplyIn(p, "order-2", spring(), at, discount.Huawei2024())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range p.Orders {
		fmt.Println(o.ID, o.Payable(), "until", o.Explain())
	}
	// Output:
	// order-1 100.00 USD until 2018-11-30 23:59:59 +08:00: order order-2 of the same purchase can be paid until then (O6)
	// order-2 85.00 USD until 2018-11-30 23:59:59 +08:00: promotional "spring" ends then (E2), before 7 days after placement, 2018-12-03 23:12:32 +08:00 (E1)
}

// Every candidate that is not chosen is told why.
func ExampleChoose() {
	candidates := []discount.Discount{
		spring(),
		{ID: "agreed", Kind: discount.KindCommercial, Ratio: order.Percent(90)},
		{ID: "contract", Kind: discount.KindOfflineContract, Off: order.Minor(1500, order.USD)},
		{ID: "granted", Kind: discount.KindPartnerAuthorized, Price: order.Minor(8500, order.USD)},
		{ID: "disks", Kind: discount.KindCommercial, Ratio: order.Percent(50), Scope: discount.Scope{Services: []string{"EVS"}}},
	}
	best, err := discount.Choose(exampleOrder(), candidates, exampleTime(), discount.Huawei2024())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(candidates[best.Best].ID, "takes", best.Off, "off")
	fmt.Print(best)
	// Output:
	// contract takes 15.00 USD off
	// promotional "spring": its kind does not compete in the automatic choice
	// commercial "agreed": saves less than the chosen one (10.00 USD off)
	// offline contract "contract": chosen (15.00 USD off)
	// partner-authorized "granted": saves as much, but its kind comes later (15.00 USD off)
	// commercial "disks": covers no line of the order
}

// BuyTwoGetThirdFree is a host's own rule: of every three instances of a line one costs
// nothing.
type BuyTwoGetThirdFree struct{}

func (BuyTwoGetThirdFree) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off := make([]order.Money, len(covered))
	for i, l := range covered {
		each := l.Amount.Minor() / int64(l.Count)
		off[i] = order.Minor(each*int64(l.Count/3), l.Amount.Currency())
	}
	return off, nil
}

// A host's own way to reduce. Its whole test is
//
//	func TestBuyTwo(t *testing.T) { discounttest.TestRule(t, BuyTwoGetThirdFree{}) }
func ExampleRule() {
	o := exampleOrder()
	o.Lines[0].Count, o.Lines[0].Amount = 3, order.Minor(30000, order.USD)
	o, err := discount.Apply(o, discount.Discount{ID: "third free", Kind: discount.KindPromotional, Rule: BuyTwoGetThirdFree{}}, exampleTime(), discount.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.List(), "-", o.Discount(), "=", o.Payable())
	// Output:
	// 300.00 USD - 100.00 USD = 200.00 USD
}

// The discounts of a customer are checked once, for all orders to be paid.
func ExampleChooseEach() {
	small := exampleOrder()
	small.ID, small.Lines[0].Amount = "order-2", order.Minor(1000, order.USD)
	candidates := []discount.Discount{
		{ID: "agreed", Kind: discount.KindCommercial, Ratio: order.Percent(90)},
		{ID: "contract", Kind: discount.KindOfflineContract, Off: order.Minor(500, order.USD)},
	}
	choices, err := discount.ChooseEach([]order.Order{exampleOrder(), small}, candidates, exampleTime(), discount.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range choices {
		fmt.Println(candidates[c.Best].ID, c.Off)
	}
	// Output:
	// agreed 10.00 USD
	// contract 5.00 USD
}

// A price list shows what a discount takes off, before there is an order to put it on.
func ExampleDiscount_Cut() {
	d := spring()
	listed := order.Order{Type: order.TypePurchase, Lines: exampleOrder().Lines}
	cuts, err := d.Cut(nil, &listed, discount.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cuts[0].Off)
	// Output:
	// 15.00 USD
}
