package sqlstore_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/sqlstore"

	diff "github.com/google/go-cmp/cmp"
)

// answer is rows of cells as text, each row with its keys first.
type answer map[string][]decimal.Decimal

// add adds numbers to the row of some keys.
func (a answer) add(numbers []decimal.Decimal, keys ...any) {
	row := strings.TrimSuffix(fmt.Sprintln(keys...), "\n")
	was, ok := a[row]
	if !ok {
		was = make([]decimal.Decimal, len(numbers))
	}
	for i, n := range numbers {
		was[i] = was[i].Add(n)
	}
	a[row] = was
}

func (a answer) lines() (all []string) {
	for row, numbers := range a {
		for _, n := range numbers {
			row += " " + n.String()
		}
		all = append(all, row)
	}
	slices.Sort(all)
	return all
}

var one = decimal.NewFromInt(1)

func numbers(n ...decimal.Decimal) []decimal.Decimal { return n }

func utc(t time.Time) string { return order.Stamp(t.UTC()) }

func month(t time.Time) string { return t.UTC().Format("2006-01") }

// count is 1 where something holds, and else 0.
func count(is bool) decimal.Decimal {
	if is {
		return one
	}
	return decimal.Zero
}

// questions are what a finance team asks, answered over the records themselves.
var questions = map[string]func(a answer, r ledger.Records, at time.Time){
	"01_revenue_by_month_and_product": func(a answer, r ledger.Records, _ time.Time) {
		for _, o := range r.Orders {
			for _, p := range r.Payments {
				if p.ID != o.Payment || p.Paid.IsZero() {
					continue
				}
				for _, l := range o.Lines {
					if l.Own() {
						a.add(numbers(l.Payable().Decimal(), one), month(p.Paid), l.Product, l.Amount.Currency())
					}
				}
			}
		}
	},
	"02_open_refunds": func(a answer, r ledger.Records, _ time.Time) {
		for _, f := range r.Refunds {
			if f.State != payment.RefundDone {
				a.add(numbers(f.Cash.Decimal(), couponsOf(f)), f.Customer, f.ID, f.State, f.Method, f.Cash.Currency(), utc(f.Made))
			}
		}
	},
	"03_coupons_outstanding": func(a answer, r ledger.Records, at time.Time) {
		for _, c := range r.Coupons {
			live := c.State == coupon.StateInactive || c.State == coupon.StateAvailable || c.State == coupon.StateHeld
			if live && c.Balance.Sign() > 0 && (c.Window.Until.IsZero() || !c.Window.Until.Before(at)) {
				a.add(numbers(one, c.Balance.Decimal()), c.Kind, c.Balance.Currency())
			}
		}
	},
	"04_deadlines_tomorrow": func(a answer, r ledger.Records, at time.Time) {
		for _, o := range r.Orders {
			if o.State == order.StateUnpaid && o.Deadline.UTC().Format(time.DateOnly) == at.AddDate(0, 0, 1).Format(time.DateOnly) {
				sum := decimal.Zero
				for _, l := range o.Lines {
					sum = sum.Add(l.Payable().Decimal())
				}
				a.add(numbers(sum), o.Customer, o.ID, utc(o.Deadline), o.Currency())
			}
		}
	},
	"05_history_of_an_order": func(a answer, r ledger.Records, _ time.Time) {
		if len(r.Orders) == 0 || r.Orders[0].Customer != "ann" {
			return
		}
		for _, e := range r.Entries {
			for _, m := range e.Moves {
				if m.Kind == ledger.KindOrder && m.ID == string(r.Orders[0].ID) {
					a.add(nil, utc(e.At), e.By, e.Step, m.From, m.To, e.Why)
				}
			}
		}
	},
	"06_receipts_by_month_and_method": func(a answer, r ledger.Records, _ time.Time) {
		for _, p := range r.Payments {
			if !p.Paid.IsZero() {
				cash, method := p.Quote.Sum.Cash, p.Quote.Method
				a.add(numbers(one, cash.Decimal(), p.Gone.Decimal()), month(p.Paid), cmp.Or(method, payment.MethodOnline), p.Gateway, cash.Currency())
			}
		}
	},
	"07_bills_to_collect": func(a answer, r ledger.Records, _ time.Time) {
		for _, b := range r.Bills {
			if b.State == payment.BillDue {
				a.add(numbers(b.Amount().Decimal(), decimal.NewFromInt(int64(b.Declines))), b.Customer, b.Month, b.Charges.Currency(), b.Overdue())
			}
		}
	},
	"08_expiring_resources": func(a answer, r ledger.Records, at time.Time) {
		for _, x := range r.Resources {
			if x.Released.IsZero() && !x.Expiry.IsZero() && !x.Expiry.Before(at) && x.Expiry.Before(at.Add(30*24*time.Hour)) {
				a.add(numbers(one), x.Mode, x.Product)
			}
		}
	},
	"09_balances": func(a answer, r ledger.Records, _ time.Time) {
		for _, c := range r.Accounts {
			left, err := c.Available()
			a.add(numbers(one, c.Balance.Decimal(), count(err == nil && left.Sign() < 0)), c.Fund, c.Balance.Currency())
		}
	},
	"10_waiting_for_an_operator": func(a answer, r ledger.Records, _ time.Time) {
		for _, p := range r.Payments {
			if p.State == payment.PaymentReview || p.State.Final() && p.Overdrawn().Sign() > 0 {
				state := string(p.State)
				if p.State.Final() {
					state = ledger.StateOverdrawn
				}
				cash := p.Quote.Sum.Cash
				a.add(numbers(cash.Decimal()), "payment", p.Customer, p.ID, state, cash.Currency(), p.Reason)
			}
		}
		for _, f := range r.Refunds {
			if f.State == payment.RefundReview || f.State == payment.RefundParked {
				a.add(numbers(f.Cash.Decimal()), "refund", f.Customer, f.ID, f.State, f.Cash.Currency(), f.Reason)
			}
		}
	},
}

func couponsOf(f payment.Refund) (sum decimal.Decimal) {
	for _, c := range f.Coupons {
		sum = sum.Add(c.Amount.Decimal())
	}
	return sum
}

// The questions in testdata are answered in SQL as over the records themselves, which calls of Desks
// have left, and each is answered with something on one history at least.
func TestQuestions(t *testing.T) {
	files, err := filepath.Glob("testdata/questions/*.sql")
	if err != nil || len(files) != len(questions) {
		t.Fatalf("there are %d files, and %d questions: %v", len(files), len(questions), err)
	}
	answered := make(map[string]int)
	for seed := range 30 {
		kept, schema := drawn(seed), parted.take()
		s := sqlstore.NewPostgres(parted.pool, schema)
		at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, seed*3)
		first := ""
		for i, id := range []order.CustomerID{"ann", "bob", "shop"} {
			if refunds := kept.Customers[i].Refunds; seed%2 == 1 && len(refunds) > 0 { // a history ends when all is at rest
				refunds[0].State, refunds[0].Reason = payment.RefundReview, "it came back"
			}
			for k := range kept.Customers[i].Orders { // a third party's line is no sale of ours
				o := &kept.Customers[i].Orders[k]
				third := o.Lines[0]
				third.Seller = "somebody else"
				o.Lines = append(o.Lines, third)
			}
			if err := s.Commit(ctx, ledger.Change{Customer: id, Put: kept.Customers[i].Copy()}); err != nil {
				t.Fatal(err)
			}
			for _, o := range kept.Customers[i].Orders {
				if o.State == order.StateUnpaid {
					at = o.Deadline.UTC().AddDate(0, 0, -1)
				}
			}
		}
		if mine := kept.Customers[0].Orders; len(mine) > 0 {
			first = string(mine[0].ID)
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".sql")
			want := make(answer)
			for _, r := range kept.Customers {
				questions[name](want, r, at)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			args := []any{pgx.QueryExecModeExec}
			if strings.Contains(string(text), "$2") {
				args = append(args, "ann", first)
			} else if strings.Contains(string(text), "($1)") {
				args = append(args, at)
			}
			rows, err := plain.pool.Query(ctx, strings.ReplaceAll(string(text), "duebook.", `"`+schema+`".`), args...)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, err := answers(rows)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := diff.Diff(want.lines(), got.lines()); d != "" {
				t.Errorf("history %d, %s at %s (-records +SQL):\n%s", seed, name, utc(at), d)
			}
			answered[name] += len(want)
		}
		parted.giveBack(schema)
		if t.Failed() {
			return
		}
	}
	for name := range questions {
		if answered[name] == 0 {
			t.Errorf("%s was never answered with anything", name)
		}
	}
}

// answers are rows as their keys and their sums.
func answers(rows pgx.Rows) (answer, error) {
	a := make(answer)
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		var keys []any
		var sums []decimal.Decimal
		for i, v := range values {
			switch v := v.(type) {
			case time.Time:
				keys = append(keys, utc(v))
			case nil:
				keys = append(keys, "")
			case string, bool:
				keys = append(keys, v)
			default:
				text, err := decimal.NewFromString(strings.TrimSpace(string(rows.RawValues()[i])))
				if err != nil {
					return nil, fmt.Errorf("%s: %w", rows.FieldDescriptions()[i].Name, err)
				}
				sums = append(sums, text)
			}
		}
		a.add(sums, keys...)
	}
	return a, rows.Err()
}

// Each view, and each table, says what it is.
func TestComments(t *testing.T) {
	schema := plain.take()
	defer plain.giveBack(schema)
	rows, err := plain.pool.Query(ctx, "select relname from pg_class where relnamespace = $1::text::regnamespace and relkind in ('r', 'v') and obj_description(oid) is null", `"`+schema+`"`)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || !slices.Equal(silent, []string{"migrations"}) {
		t.Errorf("%v have no comment, and but the table of migrations all have: %v", silent, err)
	}
}
