package main

import (
	"fmt"
	"io"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// table prints a line for each resource, and what it all costs.
func table(w io.Writer, rows []renewal.Row) error {
	fmt.Fprintf(w, "Renewed for 1 month, to the 1st of the month\n\n%-9s %-10s  %-10s  %-7s %9s  %s\n", "resource", "expires", "then", "term", "odd days", "price")
	sum := order.Minor(0, order.USD)
	for _, r := range rows {
		if r.Reason != "" {
			fmt.Fprintf(w, "%-9s %-10s  not: it %s\n", r.Resource, r.From.Format(time.DateOnly), r.Reason)
			continue
		}
		fmt.Fprintf(w, "%-9s %-10s  %-10s  %-7s %9d  %10s\n", r.Resource, r.From.Format(time.DateOnly), r.Until.Format(time.DateOnly), r.Whole, r.Days, r.Price)
		var err error
		if sum, err = sum.Add(r.Price); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "%-9s %54s\n", "together", sum)
	return nil
}
