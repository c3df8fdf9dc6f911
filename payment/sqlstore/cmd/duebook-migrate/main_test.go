package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/duebook/duebook/payment/sqlstore"
	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

// The three uses of the command, on one database: what it prints is what it applies.
func TestMigrate(t *testing.T) {
	pg, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer pg.Stop()
	ctx, dsn := context.Background(), "postgres:///postgres?host="+pg.Dir()+"&user=postgres"
	say := func(args ...string) string {
		t.Helper()
		var b strings.Builder
		if err := run(ctx, args, dsn, &b); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return b.String()
	}
	if got := say("-list"); !strings.HasPrefix(got, "0001 records: not applied\n") {
		t.Errorf("of an empty database it lists %s", got)
	}
	if got := say("-apply", "-partitions", "4"); !strings.HasPrefix(got, "0001 records: applied\n") {
		t.Errorf("it applies %s", got)
	}
	if got := say("-apply"); got != "nothing to apply\n" {
		t.Errorf("the second time it applies %s", got)
	}
	if got := say("-list"); !strings.HasPrefix(got, "0001 records: applied 20") || strings.Contains(got, "not applied") {
		t.Errorf("of a database that it has migrated it lists %s", got)
	}

	script := exec.Command("psql", "-q", "-v", "ON_ERROR_STOP=1", pg.DSN("postgres"))
	script.Stdin = strings.NewReader(say("-print", "-partitions", "4", "-dsn", dsn+"&duebook_schema=by%20hand"))
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("what it prints does not run: %v\n%s", err, out)
	}
	byHand := describe(t, pg, "by hand")
	if applied := describe(t, pg, "duebook"); applied != byHand || !strings.Contains(applied, "records_3") {
		t.Errorf("applied:\n%s\nprinted:\n%s", applied, byHand)
	}
	for _, x := range []struct {
		args []string
		want string
	}{{nil, "-apply"}, {[]string{"-apply", "-partitions", "-1"}, "give a number"}, {[]string{"-apply", "-dsn", "postgres://127.0.0.1:1/nowhere"}, "open"}} {
		if err := run(ctx, x.args, dsn, os.Stdout); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v: %v, and %q is wanted", x.args, err, x.want)
		}
	}
	var wrong *sqlstore.SettingError
	if err := run(ctx, []string{"-print"}, dsn+"&duebook_schema=", os.Stdout); !errors.As(err, &wrong) {
		t.Errorf("no name of a schema: %v", err)
	}
}

// describe lists the tables, columns and indexes of a schema.
func describe(t *testing.T, pg *server.Server, schema string) string {
	t.Helper()
	query := `select c.relname, c.relkind, a.attname, a.atttypid::regtype, a.attnotnull from pg_class c
		join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
		where n.nspname = '` + schema + `' and a.attnum > 0 order by 1, a.attnum;
		select number, name from "` + schema + `".migrations order by 1`
	out, err := exec.Command("psql", "-At", "-c", query, pg.DSN("postgres")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
