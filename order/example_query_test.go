package order_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// exampleOrders returns three orders, placed an hour apart.
func exampleOrders() []order.Order {
	orders := make([]order.Order, 3)
	for i := range orders {
		d := exampleDraft
		d.ID = order.ID(fmt.Sprintf("CS%d", i+1))
		o, err := order.Place(d, exampleTime.Add(time.Duration(i)*time.Hour), order.Huawei())
		if err != nil {
			panic(err)
		}
		orders[i] = o
	}
	return orders
}

// The cursor of a page is where the next one begins; it is zero with the last page. A
// query without a limit has pages of DefaultLimit orders.
func ExampleQuery_Page() {
	q := order.Query{Customer: "c-7", Limit: 2}
	for {
		page, err := q.Page(order.Each(exampleOrders()))
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range page.Orders {
			fmt.Println(o.ID, o.Placed.Format(time.TimeOnly))
		}
		if page.Next.IsZero() {
			break
		}
		fmt.Println("more after", page.Next.ID)
		q.After = page.Next
	}
	fmt.Println("without a limit", order.DefaultLimit)
	// Output:
	// CS3 01:12:32
	// CS2 00:12:32
	// more after CS2
	// CS1 23:12:32
	// without a limit 50
}

// A list shows the last 7 days, unless it is asked for a time, an order or a resource.
func ExampleQuery_DefaultWindow() {
	recent := order.LastDays(7, exampleTime)
	fmt.Println(recent)

	orders := exampleOrders()
	later := exampleTime.AddDate(1, 0, 0)
	for _, q := range []order.Query{{Customer: "c-7"}, {Customer: "c-7", Order: "CS1"}, {Customer: "c-7", From: exampleTime}} {
		page, err := q.DefaultWindow(order.LastDays(7, later)).Page(order.Each(orders))
		fmt.Println(len(page.Orders), err)
	}
	// Output:
	// 2018-11-19 23:12:32 +08:00 .. 2018-11-26 23:12:32 +08:00
	// 0 <nil>
	// 1 <nil>
	// 3 <nil>
}

// The newer one comes first.
func ExampleCompare() {
	orders := exampleOrders()
	fmt.Println(order.Compare(orders[2], orders[0]))
	// Output:
	// -1
}

func ExampleQuery_Match() {
	o := exampleOrders()[0]
	fmt.Println(order.Query{Product: "disk.ssd"}.Match(o))
	fmt.Println(order.Query{Bill: order.BillPostpay}.Match(o))
	// Output:
	// true
	// false
}

// Everything that matches is exported as it comes; no page is kept.
func ExampleQuery_Select() {
	q := order.Query{From: exampleTime.Add(time.Hour)}
	for o, err := range q.Select(order.Each(exampleOrders())) {
		fmt.Println(o.ID, err)
	}
	// Output:
	// CS2 <nil>
	// CS3 <nil>
}

func ExampleWriteLinesCSV() {
	var file strings.Builder
	n, err := order.WriteLinesCSV(&file, order.Each(exampleOrders()[:1]))
	fmt.Print(strings.ReplaceAll(file.String(), "\r\n", "\n"))
	fmt.Println(n, err)
	// Output:
	// order,product,service,region,configuration,resource,count,duration,unit price,per,charge,amount,tax,off,payable,currency,seller
	// CS1,ecs.large,,,,,1,1 month,,,subscription,90.00,,0.00,90.00,USD,
	// CS1,disk.ssd,,,,,2,1 month,,,subscription,10.00,,0.00,10.00,USD,
	// 2 <nil>
}

// What a spreadsheet could take for a formula gets a quotation mark, which a reader of the
// file takes off.
func ExampleCSVText() {
	cell := order.CSVCell("=1+1")
	fmt.Println(cell, order.CSVText(cell))
	// Output:
	// '=1+1 =1+1
}

// An export is kept for 3 days.
func ExamplePolicy_ExportUntil() {
	until, ends := order.HuaweiChina().ExportUntil(exampleTime)
	fmt.Println(until.Format(time.DateTime), ends)
	// Output:
	// 2018-11-29 23:12:32 true
}
