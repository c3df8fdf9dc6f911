package main

import (
	"fmt"
	"io"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

const row = "  %-8s %9s %9s %9s %9s %9s %9s\n"

// printQuote prints the orders that are in, four of many, their sum, and who is out.
func printQuote(w io.Writer, q payment.Quote) {
	fmt.Fprintf(w, row, "order", "list", "discount", "payable", "coupons", "cards", "cash")
	for i, it := range q.Items {
		if i == 6 && len(q.Items) > 8 {
			fmt.Fprintf(w, "  ... %d more\n", len(q.Items)-7)
		}
		if i < 6 || len(q.Items) <= 8 || i == len(q.Items)-1 {
			printRow(w, string(it.Order), it.Amounts)
		}
	}
	printRow(w, fmt.Sprintf("all %d", len(q.Items)), q.Sum)
	for _, d := range q.Dropped {
		fmt.Fprintf(w, "  not %v\n", d)
	}
	fmt.Fprintf(w, "  payable until %s\n\n", order.Stamp(q.Deadline))
}

func printRow(w io.Writer, name string, a payment.Amounts) {
	fmt.Fprintf(w, row, name, a.List.Amount(), a.Discount.Amount(), a.Payable.Amount(), a.Coupons.Amount(), a.Cards.Amount(), a.Cash.Amount())
}

// printCoupons prints what each coupon pays in all, and of the first and the last order.
func printCoupons(w io.Writer, q payment.Quote) {
	first, last := q.Items[0], q.Items[len(q.Items)-1]
	for i, v := range q.Coupons {
		sum := order.Minor(0, q.Sum.Cash.Currency())
		for _, it := range q.Items {
			if more, err := sum.Add(part(it, v.Coupon)); err == nil {
				sum = more
			}
		}
		if i == 0 {
			fmt.Fprintf(w, "  %-8s %9s   of %s   of %s\n", "coupon", "pays", first.Order, last.Order)
		}
		fmt.Fprintf(w, "  %-8s %9s %8s %8s\n", string(v.Coupon), sum.Amount(), part(first, v.Coupon).Amount(), part(last, v.Coupon).Amount())
	}
}

// part is what a coupon pays of an order.
func part(it payment.Item, id coupon.ID) order.Money {
	for _, p := range it.Parts {
		if p.Coupon == id {
			return p.Amount
		}
	}
	return order.Minor(0, it.Cash.Currency())
}

// printReceipt prints what was paid, where the orders stand now, and what was not paid.
func printReceipt(w io.Writer, r payment.Receipt, paid []order.Order) {
	fmt.Fprintf(w, "  Receipt %s, %s, %s\n", r.Trade, order.Stamp(r.At), r.Method)
	for i, it := range r.Items {
		fmt.Fprintf(w, "    %s %s, now %s\n", it.Order, it.Cash, paid[i].State)
	}
	fmt.Fprintf(w, "    together %s\n", r.Sum.Cash)
	for _, d := range r.Dropped {
		fmt.Fprintf(w, "    not %v\n", d)
	}
}
