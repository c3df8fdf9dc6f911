// Checkout prices a book of orders: what each costs, until when it can be paid, and
// why; and quotes its payments: who pays what of each order, and why another coupon, or
// another order, is not used.
//
//	go run ./examples/checkout [-json | -csv | -quotes | -pay] [FILE]
//
// FILE holds customers, discounts, coupons, orders and payments as JSON; - reads stdin,
// and without one the book built in is priced, till/book.json: the published examples of
// what a discount does to a deadline, a month of a small customer, and the published
// examples of what coupons pay. Package till describes the book, the records that -json
// prints, and the quotes that -quotes prints. -csv prints the orders as order.WriteCSV
// does; -pay pays what was quoted with a desk.Desk in memory, and prints the receipts.
//
// A book with a mistake prints nothing but FILE:LINE:COLUMN: FIELD: REASON on stderr
// and ends with status 1; a wrong command line ends with status 2.
package main

import (
	"context"
	"io"
	"os"

	"github.com/duebook/duebook/examples/checkout/till"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return till.Main(context.Background(), &till.Memory{}, args, stdin, stdout, stderr)
}
