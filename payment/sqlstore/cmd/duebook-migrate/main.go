// Command duebook-migrate shows and applies the migrations of a database of package sqlstore.
//
//	go run github.com/duebook/duebook/payment/sqlstore/cmd/duebook-migrate -dsn postgres://owner@db/shop -list
//	... -print -partitions 16     the SQL for an empty database, for whoever applies it by other means
//	... -apply                    what the database lacks, in one transaction
//
// Without -dsn it takes DATABASE_URL from the environment. A host that opens the store migrates too,
// where its role may.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/sqlstore"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Getenv("DATABASE_URL"), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, dsn string, out io.Writer) error {
	flags := flag.NewFlagSet("duebook-migrate", flag.ContinueOnError)
	flags.StringVar(&dsn, "dsn", dsn, "the database, as sqlstore.OpenPostgres takes it")
	list := flags.Bool("list", false, "list the migrations, and when each was applied")
	script := flags.Bool("print", false, "print the SQL for an empty database, and connect to nothing")
	apply := flags.Bool("apply", false, "apply what the database lacks")
	partitions := flags.Int("partitions", 0, "how many partitions by customer a database that is empty gets")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *partitions != 0 {
		dsn = with(dsn, "duebook_partitions", strconv.Itoa(*partitions))
	}
	switch {
	case *script:
		text, err := sqlstore.PostgresScript(dsn)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, text)
		return err
	case *apply:
		done, err := sqlstore.MigratePostgres(ctx, dsn)
		if err != nil {
			return err
		}
		for _, m := range done {
			fmt.Fprintf(out, "%04d %s: applied\n", m.Number, m.Name)
		}
		if len(done) == 0 {
			fmt.Fprintln(out, "nothing to apply")
		}
		return nil
	case *list:
		all, err := sqlstore.PostgresMigrations(ctx, dsn)
		if err != nil {
			return err
		}
		for _, m := range all {
			when := "not applied"
			if !m.Applied.IsZero() {
				when = "applied " + order.Stamp(m.Applied)
			}
			fmt.Fprintf(out, "%04d %s: %s\n", m.Number, m.Name, when)
		}
		return nil
	}
	return errors.New("duebook-migrate: say what to do: -list, -print or -apply")
}

// with adds a setting to a DSN, be it a URL or a list.
func with(dsn, name, value string) string {
	if !strings.Contains(dsn, "://") {
		return dsn + " " + name + "=" + value
	}
	base, query, _ := strings.Cut(dsn, "?")
	if query != "" {
		query += "&"
	}
	return base + "?" + query + name + "=" + url.QueryEscape(value)
}
