package till

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/duebook/duebook/order"
)

// Main is the whole program: it reads a book, prices it on the given store and prints
// the bill. It returns the exit status: 0; 1 for a book or a store that does not serve,
// with the reason on stderr and nothing on stdout; 2 for a command line that is none.
func Main(ctx context.Context, s Store, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("checkout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print records for programs")
	asCSV := flags.Bool("csv", false, "print the orders as CSV")
	asQuotes := flags.Bool("quotes", false, "print what the payments would be, for programs")
	asReceipts := flags.Bool("pay", false, "pay what was quoted, and print the receipts, for programs")
	flags.Usage = func() {
		fmt.Fprint(stderr, "use: checkout [-json | -csv | -quotes | -pay] [FILE]\nFILE is a book of customers, discounts, orders and payments; - is stdin, none the one built in.\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() > 1 || *asJSON && *asCSV || *asQuotes && (*asJSON || *asCSV) || *asReceipts && (*asJSON || *asCSV || *asQuotes) {
		flags.Usage()
		return 2
	}
	fail := func(why string) int {
		fmt.Fprintf(stderr, "checkout: %s\n", printable(why))
		return 1
	}
	name, text, err := source(flags.Arg(0), stdin)
	if err != nil {
		return fail(err.Error())
	}
	book, err := Read(text)
	if err != nil {
		var d *order.DecodeError
		if !errors.As(err, &d) {
			return fail(name + ": " + err.Error())
		}
		return fail(fmt.Sprintf("%s:%d:%d: %s", name, d.Line, d.Column, d.Why()))
	}
	bill, err := book.Price(ctx, s)
	if err != nil {
		return fail(name + ": " + err.Error())
	}
	write := bill.WriteTable
	switch {
	case *asJSON:
		write = bill.WriteJSON
	case *asCSV:
		write = bill.WriteCSV
	case *asQuotes:
		write = bill.WriteQuotes
	case *asReceipts:
		write = bill.WriteReceipts
	}
	var out bytes.Buffer // so that there is all of it or nothing
	if err := write(&out); err != nil {
		return fail(name + ": " + err.Error())
	}
	if _, err := stdout.Write(out.Bytes()); err != nil {
		return fail(err.Error())
	}
	return 0
}

func source(path string, stdin io.Reader) (name string, text []byte, err error) {
	switch path {
	case "":
		return "book.json", Sample(), nil
	case "-":
		text, err = io.ReadAll(stdin)
		return "stdin", text, err
	}
	text, err = os.ReadFile(path)
	return path, text, err
}

// printable keeps what stands in somebody's file from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}
