package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/renewal"
)

// payAll renews those that can take part, as one purchase, pays it from the balance, and
// prints what each has now.
func payAll(w io.Writer, rows []renewal.Row) error {
	ctx, store := context.Background(), new(inmem.Store)
	d := desk.Desk{Store: store, Policy: payment.Policy{Renewal: policy()}, Prices: list{},
		Now: func() time.Time { return now }}
	if _, err := d.Deposit(ctx, desk.DepositRequest{ID: "D-1", Customer: "c-7", By: "c-7", Fund: payment.FundCash, Amount: order.Minor(200000, order.USD)}); err != nil {
		return err
	}
	var chosen []order.ResourceID
	for i, r := range fleet() {
		if rows[i].Reason != "" {
			continue
		}
		if err := d.Adopt(ctx, desk.AdoptRequest{By: "c-7", Resource: r}); err != nil {
			return err
		}
		chosen = append(chosen, r.ID)
	}
	placed, err := d.Renew(ctx, desk.RenewRequest{Customer: "c-7", By: "c-7", ID: "to-the-1st", Resources: chosen, Term: month(1), Day: day})
	if err != nil {
		return err
	}
	r := payment.Request{Key: "to-the-1st", Customer: "c-7", By: "c-7", Method: payment.MethodBalance}
	for _, o := range placed {
		r.Orders = append(r.Orders, o.ID)
	}
	p, err := d.Pay(ctx, r)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Paid %s for %d renewals: %s\n\n", p.Quote.Sum.Cash, len(p.Quote.Items), p.State)
	for _, x := range store.All("c-7").Resources {
		n := len(x.Periods) - 1
		fmt.Fprintf(w, "  %-8s until %s, paid by order %s\n", x.ID, order.Stamp(x.Expiry.In(policy().Zone)), x.Periods[n].Order)
	}
	return nil
}
