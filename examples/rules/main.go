// Rules is a partner's tool that prices and explains. It keeps nothing and pays nothing.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	at := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	usd := func(cents int64) order.Money { return order.Minor(cents, order.USD) }
	place := func(id order.ID, product string, list order.Money, placed time.Time) order.Order {
		o, err := order.Place(order.Draft{ID: id, Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{{
			Product: product, Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: list,
		}}}, placed, order.Huawei())
		if err != nil {
			log.Fatal(err)
		}
		return o
	}
	q, err := payment.Request{
		Customer: "c-7", Orders: []order.ID{"CS1", "CS2", "CS3"},
		Discounts: []payment.Pick{{Order: "CS1", Discount: "spring"}},
		Choose:    true, // the coupons that save most
	}.Quote(payment.Facts{
		Policy:    payment.Huawei(),
		Orders:    []order.Order{place("CS1", "s6.large", usd(10000), at), place("CS2", "disk-200", usd(4160), at), place("CS3", "ip", usd(500), at.Add(-8*24*time.Hour))},
		Discounts: []discount.Discount{{ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(85), Window: order.Window{Until: at.Add(48 * time.Hour)}}},
		Coupons: []coupon.Coupon{{ID: "WELCOME", Customer: "c-7", Kind: coupon.KindCash, Face: usd(2000)},
			{ID: "BIG", Customer: "c-7", Kind: coupon.KindCash, Face: usd(9000), Limits: coupon.Limits{Threshold: usd(50000)}}},
	}, at)
	if err != nil {
		return err // a *payment.Refusal: branch on its Reason, show its Text
	}
	for _, i := range q.Items {
		fmt.Fprintln(w, i.Order, "list", i.List, "discount", i.Discount, "coupons", i.Coupons, "cash", i.Cash)
	}
	for _, d := range q.Dropped {
		fmt.Fprintln(w, d)
	}
	for _, v := range q.Coupons {
		fmt.Fprintln(w, v)
	}
	fmt.Fprintln(w, q.Sum.Cash, "by", q.Explain())
	return nil
}
