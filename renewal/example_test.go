package renewal_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

func ExampleNext() {
	p := renewal.Huawei()
	at := renewal.Position{Expiry: time.Date(2024, 1, 31, 23, 59, 59, 0, p.Zone)}
	at.AnchorDay = 31 // what was bought on the 31st comes back to it
	for range 3 {
		next, err := renewal.Next(at, renewal.Term{N: 1, Unit: renewal.Month}, p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(next.Format(time.DateTime))
		at.Expiry = next
	}
	// Output:
	// 2024-02-29 23:59:59
	// 2024-03-31 23:59:59
	// 2024-04-30 23:59:59
}

func ExampleUnify() {
	p := renewal.Tencent()
	at := renewal.Position{Expiry: time.Date(2018, 4, 5, 10, 0, 0, 0, p.Zone)}
	e, err := renewal.Unify(at, renewal.Term{N: 1, Unit: renewal.Month}, 20, p)
	if err != nil {
		fmt.Println(err)
		return
	}
	month := order.Minor(6000, order.USD)
	price, err := e.Price(month, month, p)
	fmt.Println(e.Whole, "and", e.Days, "days until", e.Until.Format(time.DateOnly), "for", price, err)
	// Output:
	// 1 month and 15 days until 2018-05-20 for 90.00 USD <nil>
}

func ExampleResource_Renew() {
	p := renewal.Huawei()
	r := renewal.Resource{ID: "vm-1", Customer: "c-7", Product: "s6.large", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: time.Date(2023, 3, 8, 15, 50, 4, 0, p.Zone), Expiry: time.Date(2023, 4, 8, 23, 59, 59, 0, p.Zone)}
	late := time.Date(2023, 4, 20, 9, 0, 0, 0, p.Zone)
	fmt.Println(r.State(late, p))
	r, err := r.Renew(renewal.Term{N: 1, Unit: renewal.Month}, "CS1", late, p)
	fmt.Println(r.Expiry.Format(time.DateTime), r.State(late, p), err) // from the expiry, not from the payment
	_, err = r.Release(late, p)
	fmt.Println(err)
	// Output:
	// grace period
	// 2023-05-08 23:59:59 in use <nil>
	// resource vm-1: release refused while in use: resource state does not allow this: it has not expired: unsubscribe from it
}

func ExampleResource_NextAttempt() {
	p := renewal.Huawei()
	r := renewal.Resource{ID: "vm-1", Customer: "c-7", Product: "s6.large", Count: 1, Charge: order.ChargeSubscription,
		Start: time.Date(2023, 3, 8, 15, 50, 4, 0, p.Zone), Expiry: time.Date(2023, 4, 8, 23, 59, 59, 0, p.Zone),
		Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: renewal.Term{N: 1, Unit: renewal.Month}}}
	at, ok, err := r.NextAttempt(r.Start, p)
	fmt.Println(at.Format(time.DateTime), ok, err)
	// Output:
	// 2023-04-01 03:00:00 true <nil>
}

func ExampleChange_Upgrade() {
	p := renewal.Huawei()
	bought := renewal.Period{Start: time.Date(2023, 4, 8, 0, 0, 0, 0, p.Zone), Expiry: time.Date(2023, 5, 8, 23, 59, 59, 0, p.Zone),
		Term: renewal.Term{N: 1, Unit: renewal.Month}}
	left, err := bought.Remaining(time.Date(2023, 4, 18, 10, 0, 0, 0, p.Zone), p) // 12/30 + 8/31
	if err != nil {
		fmt.Println(err)
		return
	}
	price, err := renewal.Change{Old: order.Minor(175000, order.USD), New: order.Minor(350000, order.USD), Left: left}.Upgrade(p)
	fmt.Printf("%d/%d of a month: %s %v\n", left.Num, left.Den, price, err)
	// Output:
	// 102/155 of a month: 1151.61 USD <nil>
}

func ExampleBought_Leave() {
	p := renewal.Huawei() // by hour, and a fee of 10 % for a month
	bought := renewal.Bought{
		Period: renewal.Period{Start: time.Date(2024, 1, 1, 10, 30, 0, 0, p.Zone), Expiry: time.Date(2024, 2, 1, 23, 59, 59, 0, p.Zone), Term: renewal.Term{N: 1, Unit: renewal.Month}},
		Parts:  []renewal.Part{{Name: "cash", Amount: order.Minor(75800, order.USD)}, {Name: "gift", Amount: order.Minor(5000, order.USD), Coupon: true}},
	}
	r, err := bought.Leave(time.Date(2024, 1, 15, 18, 40, 0, 0, p.Zone), 0, p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s - %s (%d/%d) - %s = %s, to %v\n", r.Paid, r.Consumed, r.Used.Num, r.Used.Den, r.Fee, r.Back, r.Parts)
	// Output:
	// 758.00 USD - 344.00 USD (344/758) - 75.80 USD = 338.20 USD, to [338.20 USD 0.00 USD]
}

func ExampleAlign() {
	at := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC)
	e, err := renewal.Align(at, renewal.Term{N: 1, Unit: renewal.Month}, 1, renewal.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	price, err := e.Price(order.Money{}, order.Minor(3000, order.USD), renewal.Policy{})
	fmt.Println("until", e.Until.Format(time.DateTime), "for", e.Days, "days,", price, err)
	// Output:
	// until 2026-12-01 23:59:59 for 20 days, 20.00 USD <nil>
}

func ExampleWriteCSV() {
	day := func(d int) time.Time { return time.Date(2026, 12, d, 23, 59, 59, 0, time.UTC) }
	var all []renewal.Resource
	for i, id := range []order.ResourceID{"vm-1", "vm-2", "vm-3"} {
		all = append(all, renewal.Resource{ID: id, Customer: "c-7", Product: "s6.large", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
			Start: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Expiry: day(10 * (i + 1))})
	}
	p, month := renewal.Policy{MaxRows: 1}, renewal.Term{N: 1, Unit: renewal.Month}
	due, err := renewal.Query{Expiry: order.Window{Until: day(20)}}.Select(all, day(1), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	var list strings.Builder
	rows, err := renewal.WriteCSV(&list, renewal.Each(due), month, perMonth{}, day(1), p)
	fmt.Println(rows, "of", len(due))
	var stopped *renewal.ExportError
	fmt.Println(errors.As(err, &stopped) && errors.Is(err, renewal.ErrTooMany), err)
	// Output:
	// 1 of 2
	// true export stopped after 1 rows, at resource vm-2: too many rows: at most 1: narrow the query, or export in parts
}

// perMonth is a price list: 30.00 a month.
type perMonth struct{}

func (perMonth) Price(_ renewal.Resource, t renewal.Term) (order.Money, error) {
	return order.Minor(3000*int64(t.N), order.USD), nil
}

func ExampleHuawei2025() {
	month := renewal.Period{Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Expiry: time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), Term: renewal.Term{N: 1, Unit: renewal.Month}}
	at := time.Date(2026, 11, 16, 12, 30, 0, 0, time.UTC)
	for _, p := range []renewal.Policy{renewal.Huawei(), renewal.Huawei2025()} {
		p.Zone = time.UTC
		left, err := month.Remaining(at, p)
		fmt.Println(left.Num, "of", left.Den, err)
	}
	// Output:
	// 7 of 15 <nil>
	// 29 of 60 <nil>
}

func ExampleSold() {
	p := renewal.Policy{Ending: renewal.DayBefore, UnifiedMonths: renewal.EveryQuarter,
		Terms: []renewal.Sold{{Unit: renewal.Week, Counts: []int{1, 2}}, {Unit: renewal.Month, Counts: []int{3, 6}}, {Unit: renewal.Year, Counts: []int{1}}}}
	start := time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)
	for _, t := range []renewal.Term{{N: 2, Unit: renewal.Week}, {N: 3, Unit: renewal.Month}, {N: 12, Unit: renewal.Month}} {
		expiry, err := renewal.First(start, t, p)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(t, "until", expiry.Format(time.DateTime))
	}
	e, err := renewal.Align(start, renewal.Term{N: 3, Unit: renewal.Month}, 1, p)
	fmt.Println("to the quarter:", e.Days, "days until", e.Until.Format(time.DateTime), err)
	// Output:
	// 2 weeks until 2026-08-14 23:59:59
	// 3 months until 2026-10-31 23:59:59
	// term "12 months": is not sold: give 1 year; sold are 1, 2 weeks, or 3, 6 months, or 1 year (R1)
	// to the quarter: 61 days until 2026-09-30 23:59:59 <nil>
}

func ExampleSaaS() {
	p := renewal.SaaS()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	until, err := renewal.First(start, renewal.Term{N: 1, Unit: renewal.Month}, p)
	usable, kept := renewal.Resource{Expiry: until}.Until(p)
	fmt.Println("until", until.Format(time.DateTime), "usable until", usable.Format(time.DateOnly), "kept until", kept.Format(time.DateOnly), err)
	// Output:
	// until 2026-04-01 09:00:00 usable until 2026-04-08 kept until 2026-05-08 <nil>
}
