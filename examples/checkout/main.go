// Checkout is a small tool: it reads a book of customers, discounts, coupons and orders,
// prices each order, quotes the payments, and prints tables that say what each order
// costs, until when it can be paid, who pays what of it, and why.
//
//	go run ./examples/checkout [-json | -quotes | -pay] [FILE]
//
// FILE is a book as JSON, - is stdin; without one it is [book.json], which shows every
// key: the published examples of what a discount does to a deadline, a month of a small
// customer, and the published examples of what coupons pay. lines, moves, coupons,
// accounts and payments are written as order.Line, order.Move, coupon.Coupon,
// payment.Account and payment.Request write themselves.
//
// An order is placed, its discount is chosen ("best": the one that discount.Choose
// finds), then what later says ("none": drop it), then its moves are made. payAt asks
// whether it could be paid at that time, and moves nothing. When all is placed and
// moved, each payment is quoted. The policy of an order or a payment comes before that
// of its customer, and that before the book's.
//
// What the rules refuse, such as a move that is too late, is printed with the order,
// which stays as it was. A mistake in the book prints nothing but
// FILE:LINE:COLUMN: FIELD: REASON on stderr and ends with status 1; a wrong command
// line ends with status 2. -json prints the orders and -quotes the payments for
// programs; -pay pays them with a desk.Desk in memory, and prints the receipts.
//
// To read the code, begin with price.go: it calls order and discount. quote.go calls
// payment and the desk.
//
// [book.json]: https://github.com/duebook/duebook/blob/main/examples/checkout/book.json
package main

import (
	"bytes"
	_ "embed" // for the book built in
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/duebook/duebook/order"
)

//go:embed book.json
var sample []byte

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("checkout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "use: checkout [-json | -quotes | -pay] [FILE]\nFILE is a book of customers, discounts, orders and payments; - is stdin; without FILE, the book built in.\n")
		flags.PrintDefaults()
	}
	forms := []struct {
		chosen *bool
		write  func(report, io.Writer) error
	}{
		{flags.Bool("json", false, "print the orders, for programs"), report.writeOrders},
		{flags.Bool("quotes", false, "print what the payments would be, for programs"), report.writeQuotes},
		{flags.Bool("pay", false, "pay what was quoted, and print the receipts, for programs"), report.writeReceipts},
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	write, chosen := report.writeTable, 0
	for _, f := range forms {
		if *f.chosen {
			write, chosen = f.write, chosen+1
		}
	}
	if flags.NArg() > 1 || chosen > 1 {
		flags.Usage()
		return 2
	}
	out, err := print(flags.Arg(0), stdin, write)
	if err == nil {
		_, err = stdout.Write(out)
	}
	if err != nil {
		fmt.Fprintf(stderr, "checkout: %s\n", printable(err.Error()))
		return 1
	}
	return 0
}

// print returns all of the output, or nothing and the reason.
func print(path string, stdin io.Reader, write func(report, io.Writer) error) ([]byte, error) {
	name, text, err := source(path, stdin)
	if err != nil {
		return nil, err
	}
	b, err := read(text)
	if err != nil {
		return nil, located(name, err)
	}
	r, err := b.price()
	if err != nil {
		return nil, located(name, err)
	}
	var out bytes.Buffer
	if err := write(r, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out.Bytes(), nil
}

func source(path string, stdin io.Reader) (name string, text []byte, err error) {
	switch path {
	case "":
		return "book.json", sample, nil
	case "-":
		text, err = io.ReadAll(stdin)
		return "stdin", text, err
	}
	text, err = os.ReadFile(path)
	return path, text, err
}

// located says where in the file a mistake is.
func located(name string, err error) error {
	var d *order.DecodeError
	if errors.As(err, &d) {
		return fmt.Errorf("%s:%d:%d: %s", name, d.Line, d.Column, d.Why())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// printable keeps text from somebody's file from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

// writeArray writes JSON for programs.
func writeArray[T any](w io.Writer, all []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(append([]T{}, all...))
}
