package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/vendor"
)

// approval: a purchase is paid whole or not at all, so one member that waits keeps all
// four out; the order beside them is paid.
func approval(w io.Writer) error {
	p, err := cluster(true)
	if err != nil {
		return err
	}
	other, err := singles(1)
	if err != nil {
		return err
	}
	f := facts()
	f.Orders = append(slices.Clone(p.Orders), other...)
	r := request("pay-1", f.Orders)
	q, err := r.Quote(f, look)
	if err != nil {
		return err
	}
	printQuote(w, q)

	if p, err = p.Apply(order.Move{Event: order.EventApprove, At: look, By: "boss", Order: "CL1"}); err != nil {
		return err
	}
	fmt.Fprintln(w, "  CL1 is approved.")
	f.Orders = append(slices.Clone(p.Orders), other...)
	if q, err = r.Quote(f, look); err != nil {
		return err
	}
	printQuote(w, q)
	return nil
}

// thirty: the most that is paid at once, a purchase among them; the coupons are spread
// over all of it, exactly.
func thirty(w io.Writer) error {
	f, err := thirtyOrders()
	if err != nil {
		return err
	}
	r := request("pay-2", f.Orders)
	for _, c := range f.Coupons {
		r.Coupons = append(r.Coupons, c.ID)
	}
	q, err := r.Quote(f, look)
	if err != nil {
		return err
	}
	printQuote(w, q)
	printCoupons(w, q)
	r.Agreed = q.Agreed()
	receipt, _, err := paid(f, r)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n  Paid whole: receipt %s of %d orders, %s charged once.\n", receipt.Trade, len(receipt.Items), receipt.Sum.Cash)
	return nil
}

// thirtyOrders are a purchase of 4, 26 orders besides, and three coupons.
func thirtyOrders() (payment.Facts, error) {
	f := facts()
	p, err := cluster(false)
	if err != nil {
		return f, err
	}
	orders, err := singles(26)
	f.Orders, f.Coupons = append(slices.Clone(p.Orders), orders...), wallet()
	f.Policy.Coupon = coupon.Policy{} // in proportion to what is due
	return f, err
}

// changed: what is not as the customer agreed to is not paid; the rest is, and the
// receipt says so. Asked to pay all or nothing, the payment is refused.
func changed(w io.Writer) error {
	orders, err := singles(3)
	if err != nil {
		return err
	}
	f := facts()
	f.Orders = orders
	r := request("pay-3", orders)
	q, err := r.Quote(f, look)
	if err != nil {
		return err
	}
	printQuote(w, q)
	r.Agreed = q.Agreed() // the customer says yes to this

	fmt.Fprintln(w, "  Then a promotional discount is put on CS01.")
	spring := discount.Discount{ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(50)}
	if f.Orders[0], err = discount.Apply(f.Orders[0], spring, look, discount.Huawei2024()); err != nil {
		return err
	}
	whole := r
	whole.Whole = true
	if _, err := whole.Quote(f, pay); err != nil {
		fmt.Fprintf(w, "  All or nothing: %v\n", err)
	}
	receipt, stand, err := paid(f, r)
	if err != nil {
		return err
	}
	printReceipt(w, receipt, stand)
	return nil
}

// tooMany: 31 orders are refused, and nothing is paid.
func tooMany(w io.Writer) error {
	orders, err := singles(31)
	if err != nil {
		return err
	}
	f := facts()
	f.Orders = orders
	_, err = request("pay-4", orders).Quote(f, look)
	var refusal *payment.Refusal
	if !errors.As(err, &refusal) {
		return fmt.Errorf("31 orders were not refused: %w", err)
	}
	code, status := vendor.HuaweiReasonV2(refusal.Reason)
	fmt.Fprintf(w, "  %v\n  (HTTP %d, %s)\n", refusal, status, code)
	return nil
}
