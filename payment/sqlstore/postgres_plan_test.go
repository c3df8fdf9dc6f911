package sqlstore_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

// many fills a store with customers of twelve records each, one in ten of which waits.
const many = `
insert into SCHEMA.customers (customer, commits, waits)
	select 'customer ' || c, 1, timestamptz '2026-02-01' + c * interval '1 second' from generate_series(1, 300) c;
insert into SCHEMA.records (customer, kind, id, version, grp, state, at, waits, body, placed, prepay, postpay, listing)
	select 'customer ' || c, case n % 3 when 0 then 'order' when 1 then 'payment' else 'entry' end, 'id ' || n, 1,
		case n % 3 when 0 then 'group ' || n / 9 else '' end, case n % 3 when 2 then '' else 'succeeded' end,
		timestamptz '2026-01-01' + n * interval '1 hour', case when n % 10 = 0 then timestamptz '2026-02-01' + c * interval '1 second' end,
		'{"schema": 1, "lines": [{"product": "ecs"}]}', case n % 3 when 0 then timestamptz '2026-01-01' + n * interval '1 hour' end, true, false, ''
	from generate_series(1, 300) c, generate_series(1, 12) n;
analyze SCHEMA.customers;
analyze SCHEMA.records`

// plan is a node of what EXPLAIN says in JSON.
type plan struct {
	Node     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Loops    float64 `json:"Actual Loops"`
	Plans    []plan
}

// each returns the nodes of a plan that were run.
func (p plan) each() (all []plan) {
	if p.Loops > 0 {
		all = append(all, p)
	}
	for _, q := range p.Plans {
		all = append(all, q.each()...)
	}
	return all
}

// explained runs a statement, and takes back what it has done.
func explained(t *testing.T, s sqlstore.Statement) []plan {
	t.Helper()
	tx, err := plain.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "set local enable_seqscan = off"); err != nil { // a small table is read as quickly without its index
		t.Fatal(err)
	}
	var text []byte
	args := append([]any{pgx.QueryExecModeExec}, s.Args...)
	if err := tx.QueryRow(ctx, "explain (analyze, format json) "+s.SQL, args...).Scan(&text); err != nil {
		t.Fatalf("%v\n%s", err, s.SQL)
	}
	var said []struct{ Plan plan }
	if err := json.Unmarshal(text, &said); err != nil || len(said) != 1 {
		t.Fatal(err, string(text))
	}
	return said[0].Plan.each()
}

var partition = regexp.MustCompile(`^(records|customers)_\d+$`)

// Whatever is of one customer touches one partition of each table, and everything can be looked for
// by an index.
func TestPlans(t *testing.T) {
	for _, partitions := range []int{0, 4} {
		schema := fresh("planned")
		p := opened(t, fmt.Sprintf("%s duebook_schema=%s duebook_partitions=%d", pg.DSN("postgres"), schema, partitions))
		exec(t, strings.ReplaceAll(many, "SCHEMA", schema))
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		var put ledger.Records
		for _, x := range ledgertest.DrawKept().Example(1).Customers[0].Each() {
			if len(x.Orders) > 0 {
				x.Orders[0].Customer = "customer 7"
				put.Append(x)
			}
		}
		sent, err := p.Statements(
			ledger.Ask{Customer: "customer 7", All: []ledger.Kind{ledger.KindPayment}, Refs: []ledger.Ref{{Kind: ledger.KindOrder, ID: "id 3"}, {Kind: ledger.KindEntry, ID: "id 2"}}},
			ledger.Change{Customer: "customer 7", Put: put, Expect: []ledger.Ref{{Kind: ledger.KindOrder, ID: "id 3", Version: 1}},
				ExpectAll: []ledger.Of{{Kind: ledger.KindPayment, N: 4, Versions: 4}, {Kind: ledger.KindOrder, Group: "group 0", N: 2, Versions: 2}}},
			order.Query{Customer: "customer 7", From: at.AddDate(0, -2, 0), Until: at, Product: "ecs", Bill: order.BillPrepay, After: order.Cursor{Placed: at, ID: "z"}}, at)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range sent {
			ran := explained(t, s)
			touched := make(map[string]bool)
			for _, n := range ran {
				if partition.MatchString(n.Relation) {
					touched[n.Relation] = true
				}
				if n.Node == "Seq Scan" && name != "write" {
					t.Errorf("%d partitions: %s reads all of %s", partitions, name, n.Relation)
				}
			}
			uses := func(index string) bool {
				return slices.ContainsFunc(ran, func(n plan) bool { return strings.Contains(n.Index, index) })
			}
			switch name {
			case "waiting", "leasing":
				if !uses("waits") {
					t.Errorf("%d partitions: %s does without its index", partitions, name)
				}
			case "list", "listState":
				if !uses("listed") && !uses("kind_state") {
					t.Errorf("%d partitions: %s does without its index", partitions, name)
				}
			case "find":
				if !uses("placed") {
					t.Errorf("%d partitions: %s does without its index", partitions, name)
				}
				fallthrough
			default:
				of := make(map[string]int)
				for relation := range touched {
					of[strings.SplitN(relation, "_", 2)[0]]++
				}
				if of["records"] > 1 || of["customers"] > 1 {
					t.Errorf("%d partitions: %s touches %v", partitions, name, touched)
				}
			}
		}
	}
}
