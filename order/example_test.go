package order_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
)

// A server and a disk for a month, ordered on 26 November 2018 in Beijing.
var (
	exampleTime  = time.Date(2018, 11, 26, 23, 12, 32, 0, time.FixedZone("+08:00", 8*60*60))
	exampleDraft = order.Draft{
		ID:       "CS1",
		Customer: "c-7",
		Type:     order.TypePurchase,
		Lines: []order.Line{
			{Product: "ecs.large", Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(9000, order.USD)},
			{Product: "disk.ssd", Count: 2, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(1000, order.USD)},
		},
	}
)

func ExamplePlace() {
	o, err := order.Place(exampleDraft, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.ID, o.State, o.Payable(), "until", o.Deadline.Format(time.DateTime))

	_, err = order.Place(order.Draft{ID: "CS2", Customer: "c-7", Type: order.TypePurchase}, exampleTime, order.Huawei())
	fmt.Println(err)
	// Output:
	// CS1 unpaid 100.00 USD until 2018-12-03 23:12:32
	// lines: has none of the merchant's own: there is nothing to order (O11)
}

func ExampleOrder_Apply() {
	o, err := order.Place(exampleDraft, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	at := exampleTime.Add(time.Hour)
	o, err = o.Apply(order.Move{Event: order.EventHold, At: at, By: "desk", Payment: "P1"})
	fmt.Println(o.State, o.Payment, err)

	_, err = o.Apply(order.Move{Event: order.EventCancel, At: at, By: "c-7", Reason: order.ReasonCustomer})
	fmt.Println(errors.Is(err, order.ErrPaymentInProgress), err)

	o, err = o.Apply(order.Move{Event: order.EventSettle, At: at, By: "desk", Payment: "P1"})
	fmt.Println(o.State, o.Paid.Cash, err)
	// Output:
	// paying P1 <nil>
	// true order CS1: cancel refused while paying: payment in progress: cancel payment P1 first, or wait for it
	// paid 100.00 USD <nil>
}

func ExamplePlaceTogether() {
	disk := exampleDraft
	disk.ID, disk.Lines = "CS2", disk.Lines[1:]
	p, err := order.PlaceTogether("M1", []order.Draft{exampleDraft, disk}, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	sum, err := p.Payable()
	fmt.Println(len(p.Orders), "orders,", sum, "until", p.Deadline().Format(time.DateTime), err)
	// Output:
	// 2 orders, 110.00 USD until 2018-12-03 23:12:32 <nil>
}

func ExamplePurchase_Apply() {
	second := exampleDraft
	second.ID, second.Review = "CS2", true // waits for approval
	p, err := order.PlaceTogether("M1", []order.Draft{exampleDraft, second}, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	at := exampleTime.Add(time.Hour)
	hold := order.Move{Event: order.EventHold, At: at, By: "desk", Payment: "P1"}
	_, err = p.Apply(hold)
	fmt.Println(err)

	_, err = p.Orders[0].Apply(hold)
	fmt.Println(err)

	p, err = p.Apply(order.Move{Event: order.EventApprove, At: at, By: "reviewer", Order: "CS2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err = p.Apply(hold)
	fmt.Println(p.Orders[0].State, p.Orders[1].State, err)
	// Output:
	// order CS2: hold refused while pending approval: order state does not allow this: it is paid only after approval (O7): approve it first
	// order CS1: hold refused while unpaid: member of a purchase: move purchase M1 as a whole
	// paying paying <nil>
}

func ExampleOrder_Explain() {
	o, err := order.Place(exampleDraft, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Explain())

	spring := order.Reduction{
		Kind: "promotional", ID: "spring", Lapse: order.LapseShortens,
		Window: order.Window{Until: time.Date(2018, 11, 30, 23, 59, 59, 0, exampleTime.Location())},
	}
	cuts := []order.Cut{{Off: order.Minor(1350, order.USD)}, {Off: order.Minor(150, order.USD)}}
	o, err = o.Reduce(spring, cuts, exampleTime)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Payable())
	fmt.Println(o.Explain())
	// Output:
	// 2018-12-03 23:12:32 +08:00: 7 days after placement (E1)
	// 85.00 USD
	// 2018-11-30 23:59:59 +08:00: promotional "spring" ends then (E2), before 7 days after placement, 2018-12-03 23:12:32 +08:00 (E1)
}

func ExampleDiagram() {
	fmt.Print(order.Diagram(order.FlowBack))
	// Output:
	// stateDiagram-v2
	//     [*] --> pending_approval: place (review is needed)
	//     [*] --> refunding: place
	//     pending_approval --> refunding: approve
	//     pending_approval --> canceled: reject (with its purchase)
	//     pending_approval --> canceled: withdraw
	//     refunding --> completed: refund
	//     completed --> [*]
	//     canceled --> [*]
}

func ExampleCancel() {
	first, err := order.Place(exampleDraft, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	second := exampleDraft
	second.ID = "CS2"
	paying, err := order.Place(second, exampleTime, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	at := exampleTime.Add(time.Hour)
	paying, err = paying.Apply(order.Move{Event: order.EventHold, At: at, By: "desk", Payment: "P1"})
	if err != nil {
		fmt.Println(err)
		return
	}

	cancel := order.Move{At: at, By: "c-7", Reason: order.ReasonCustomer}
	moved, refused, err := order.Cancel([]order.Order{first, paying}, cancel, order.Huawei())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range moved {
		fmt.Println(o.ID, o.State, "by the", o.Reason)
	}
	for _, r := range refused {
		fmt.Println(r.Err)
	}
	// Output:
	// CS1 canceled by the customer
	// order CS2: cancel refused while paying: payment in progress: cancel payment P1 first, or wait for it
}

func ExampleOrder_Vacate() {
	renew := func(id order.ID, at time.Time) order.Order {
		o, err := order.Place(order.Draft{ID: id, Customer: "c-7", Type: order.TypeRenewal, Lines: []order.Line{
			{Product: "ecs.large", Resource: "i-42", Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(9000, order.USD)},
		}}, at, order.Huawei())
		if err != nil {
			fmt.Println(err)
		}
		return o
	}
	first := renew("CS1", exampleTime)

	nextDay := exampleTime.Add(24 * time.Hour)
	_, err := renew("CS2", nextDay).Vacate([]order.Order{first}, nextDay)
	fmt.Println(err)

	nextWeek := exampleTime.Add(8 * 24 * time.Hour) // the first can no longer be paid
	void, err := renew("CS3", nextWeek).Vacate([]order.Order{first}, nextWeek)
	fmt.Println("void", void, err)
	// Output:
	// order CS2: resource i-42 is in order CS1, which is unpaid: pay or cancel that one first
	// void [CS1] <nil>
}

// Of a line with 6.00 of tax in 106.00, a discount of half leaves half of the tax.
func ExampleLine_PayableTax() {
	l := order.Line{Amount: order.Minor(10600, order.CNY), Tax: order.Minor(600, order.CNY), Off: order.Minor(5300, order.CNY)}
	fmt.Println(l.Payable(), "with", l.PayableTax(), "of tax")
	// Output:
	// 53.00 CNY with 3.00 CNY of tax
}

// Coupons, cards and cash add up to what was payable (O5).
func ExampleParts_Total() {
	paid := order.Parts{Coupons: order.Minor(2000, order.USD), Cash: order.Minor(8000, order.USD)}
	sum, err := paid.Total()
	fmt.Println(sum, err)
	// Output:
	// 100.00 USD <nil>
}

// A server bought on 31 January keeps that day, also when a period was counted from the end
// of February (R3).
func ExampleTerm_NthOf() {
	month := order.Term{N: 1, Unit: order.Month}
	bought := time.Date(2023, 1, 31, 10, 0, 0, 0, time.UTC)
	february := month.Nth(bought, 1)
	fmt.Println(february.Format(time.DateOnly))
	fmt.Println(month.Nth(february, 1).Format(time.DateOnly))
	fmt.Println(month.NthOf(february, 1, 31).Format(time.DateOnly))
	// Output:
	// 2023-02-28
	// 2023-03-28
	// 2023-03-31
}
