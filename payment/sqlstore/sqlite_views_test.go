package sqlstore_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

// cell is what stands in a view, in the same way whatever database shows it.
func cell(t testing.TB, x any) string {
	t.Helper()
	switch x := x.(type) {
	case time.Time:
		return x.UTC().Format(time.DateTime)
	case bool:
		if x {
			return "1"
		}
		return "0"
	case float64:
		return fmt.Sprintf("%.4f", x)
	case pgtype.Numeric:
		f, err := x.Float64Value()
		if err != nil {
			t.Fatal(err)
		}
		return cell(t, f.Float64)
	case []any:
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return fmt.Sprint(x)
}

// P16: the views of both databases have the same columns, and say the same of the same records.
func TestP16_SQLiteViews(t *testing.T) {
	schema := plain.take()
	defer plain.giveBack(schema)
	lite, server := openSQLite(t), sqlstore.NewPostgres(plain.pool, schema)
	for i, id := range []order.CustomerID{"ann", "bob", "shop", "cat"} {
		var r ledger.Records
		if i < 3 {
			r = ledgertest.DrawKept().Example(3).Customers[i]
		} else {
			r = purchase(t, id, 3)
			r.Orders[1].Lines[1].Seller = "other"
			r.Bills = []payment.Bill{{Customer: id, Month: "2026-01", State: payment.BillDue, Charges: order.Minor(1234, order.USD), Credits: order.Minor(35, order.USD), Declines: 2, Try: sqliteAt}}
		}
		for _, s := range []ledger.Store{lite, server} {
			if err := s.Commit(ctx, ledger.Change{Customer: id, Put: r.Copy()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range []ledger.Archiver{lite, server} { // of what rests, the bodies are elsewhere
		if n, err := s.Archive(ctx, sqliteAt.AddDate(100, 0, 0), 1000); err != nil || n < 20 {
			t.Fatalf("%d records are archived: %v", n, err)
		}
	}
	_, read := lite.Pools()
	for _, view := range []string{"orders", "order_lines", "payments", "refunds", "coupons", "resources", "bills", "accounts", "entries"} {
		rows, err := read.Query("select * from duebook_" + view)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		got, err := lines(rows.Next, func() ([]any, error) {
			row, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				to[i] = &row[i]
			}
			return row, rows.Scan(to...)
		}, func(x any) string { return cell(t, x) })
		if err != nil || rows.Err() != nil || len(got) == 0 {
			t.Errorf("%s: %d rows, %v, %v", view, len(got), err, rows.Err())
		}
		theirs, err := plain.pool.Query(ctx, fmt.Sprintf(`select * from "%s".%s`, schema, view))
		if err != nil {
			t.Fatal(err)
		}
		want, err := lines(theirs.Next, theirs.Values, func(x any) string { return cell(t, x) })
		var names []string
		for _, f := range theirs.FieldDescriptions() {
			names = append(names, f.Name)
		}
		if err != nil || theirs.Err() != nil {
			t.Fatal(view, err, theirs.Err())
		}
		if !slices.Equal(columns, names) {
			t.Errorf("%s has columns %v, and PostgreSQL %v", view, columns, names)
		}
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%s:\n%s\nand in PostgreSQL\n%s", view, got[i], want[i])
					break
				}
			}
			t.Errorf("%s has %d rows, and %d in PostgreSQL", view, len(got), len(want))
		}
	}
}

// lines are rows as text, sorted.
func lines(next func() bool, row func() ([]any, error), cell func(any) string) (all []string, _ error) {
	for next() {
		values, err := row()
		if err != nil {
			return nil, err
		}
		var cells []string
		for _, x := range values {
			cells = append(cells, cell(x))
		}
		all = append(all, strings.Join(cells, " | "))
	}
	slices.Sort(all)
	return all, nil
}
