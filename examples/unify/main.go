// Unify brings twelve resources that expire on different days to one day of the month:
// what each renewal adds, whole months and odd days, what it costs, and who cannot take
// part and why.
//
//	go run ./examples/unify [-svg | -pay]
//
// It prints a table, or with -svg a picture: a strip of the calendar for each resource,
// what it has, the whole term and the odd days, with the price beside it. With -pay it places
// the renewals with a desk.Desk in memory, pays them, and prints what each has then.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/duebook/duebook/renewal"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("unify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	picture := flags.Bool("svg", false, "print a picture")
	pays := flags.Bool("pay", false, "place and pay the renewals, and print what each has then")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return 2
	}
	rows, err := renewal.Preview(fleet(), month(1), day, list{}, now, policy())
	if err != nil {
		fmt.Fprintln(stderr, "unify:", err)
		return 1
	}
	var out bytes.Buffer
	if *picture {
		draw(&out, rows)
	} else if *pays {
		if err := payAll(&out, rows); err != nil {
			fmt.Fprintln(stderr, "unify:", err)
			return 1
		}
	} else if err := table(&out, rows); err != nil {
		fmt.Fprintln(stderr, "unify:", err)
		return 1
	}
	if _, err := stdout.Write(out.Bytes()); err != nil {
		fmt.Fprintln(stderr, "unify:", err)
		return 1
	}
	return 0
}
