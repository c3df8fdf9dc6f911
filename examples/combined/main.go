// Combined tells what happens when many orders are paid at once: a purchase that waits
// for approval, thirty orders with three coupons, an order that changes between quote and
// payment, and one order too many.
//
//	go run ./examples/combined
//
// What it decides it pays with a desk.Desk in memory.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/duebook/duebook/payment"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "combined:", err)
		os.Exit(1)
	}
}

// The customer, and when things happen.
const customer = "c-7"

var (
	placed = time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	look   = placed.Add(time.Hour) // when the customer looks
	pay    = placed.Add(2 * time.Hour)
)

func run(w io.Writer) error {
	for _, chapter := range []struct {
		title string
		tell  func(w io.Writer) error
	}{
		{"A purchase of four orders; one waits for approval", approval},
		{"Thirty orders and three coupons", thirty},
		{"An order changes between quote and payment", changed},
		{"One order too many", tooMany},
	} {
		fmt.Fprintf(w, "%s\n\n", chapter.title)
		if err := chapter.tell(w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}

// facts are what a host knows of the customer: who it is, and which gateway charges its
// card.
func facts() payment.Facts {
	return payment.Facts{
		Customer: payment.Customer{ID: customer, Gateway: "cards"},
		Policy:   payment.Huawei(),
		Card:     payment.Card{Brand: "visa", Funding: payment.FundingCredit},
	}
}
