package sqlstore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/paymenttest"
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
insert into SCHEMA.order_resources select r.customer, case when r.id < 'id 5' then 'disk' else 'tape' end, r.id from SCHEMA.records r where r.kind = 'order';
analyze SCHEMA.order_resources;
analyze SCHEMA.customers;
analyze SCHEMA.records`

// plan is a node of what EXPLAIN says in JSON.
type plan struct {
	Node     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Loops    float64 `json:"Actual Loops"`
	Rows     float64 `json:"Actual Rows"` // a loop
	Removed  float64 `json:"Rows Removed by Filter"`
	Unjoined float64 `json:"Rows Removed by Join Filter"`
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

// explains returns what runs a statement over a connection of its own, takes back what it has done, and
// returns the plans of all that it ran, with the statements of functions.
func explains(t *testing.T, settings string) func(sqlstore.Statement) ([]plan, error) {
	t.Helper()
	cfg, err := pgx.ParseConfig(pg.DSN("postgres") + " plan_cache_mode=force_generic_plan") // as a store's connections
	if err != nil {
		t.Fatal(err)
	}
	var all []plan
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		var said struct{ Plan plan }
		if _, text, ok := strings.Cut(n.Message, "plan:"); !ok {
			t.Error(n.Message)
		} else if err := json.Unmarshal([]byte(text), &said); err != nil {
			t.Error(err, text)
		}
		all = append(all, said.Plan.each()...)
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	if _, err := conn.Exec(ctx, `load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on; set auto_explain.log_nested_statements = on;
		set auto_explain.log_format = json; set client_min_messages = log;`+settings, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	return func(s sqlstore.Statement) ([]plan, error) {
		t.Helper()
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		all = nil
		_, err = tx.Exec(ctx, s.SQL, s.Args...)
		err = errors.Join(err, tx.Rollback(ctx)) // some plans come when the statement's portal goes
		return all, err
	}
}

var partition = regexp.MustCompile(`^(records|customers|order_resources)_\d+$`)

// Whatever is of one customer touches one partition of each table, and everything can be looked for
// by an index.
func TestPlans(t *testing.T) {
	for _, partitions := range []int{0, 4} {
		schema := fresh("planned")
		p := opened(t, fmt.Sprintf("%s duebook_schema=%s duebook_partitions=%d", pg.DSN("postgres"), schema, partitions))
		exec(t, strings.ReplaceAll(many, "SCHEMA", schema))
		explained := explains(t, "set enable_seqscan = off") // a small table is read as quickly without its index
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
			if strings.Contains(s.SQL, "limit $") {
				t.Errorf("%s does not say in its text how many rows it returns: a plan for any number is taken to be long, and compiled at each call", name)
			}
			ran, err := explained(s)
			if err != nil {
				t.Fatalf("%v\n%s", err, s.SQL)
			}
			touched := make(map[string]bool)
			for _, n := range ran {
				if partition.MatchString(n.Relation) {
					touched[n.Relation] = true
				}
				if n.Node == "Seq Scan" {
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
			case "findWith":
				if !uses("order_resources") {
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
					of[relation[:strings.LastIndex(relation, "_")]]++
				}
				if of["records"] > 1 || of["customers"] > 1 || of["order_resources"] > 1 {
					t.Errorf("%d partitions: %s touches %v", partitions, name, touched)
				}
			}
		}
	}
}

// What a load and a commit read grows with what is asked of them, and not with what the customer has: also as it
// was planned when there was nothing yet, or little, and once other customers have little.
func TestPlansOfWhoHasMuch(t *testing.T) {
	for _, partitions := range []int{0, 4} {
		for _, first := range []string{"empty", "small"} {
			t.Run(fmt.Sprint(first, "/", partitions), func(t *testing.T) { plansOfWhoHasMuch(t, partitions, first) })
		}
	}
}

func plansOfWhoHasMuch(t *testing.T, partitions int, first string) {
	const asked = 5
	schema := fresh("much")
	p := opened(t, fmt.Sprintf("%s duebook_schema=%s duebook_partitions=%d", pg.DSN("postgres"), schema, partitions))
	explained := explains(t, "")
	q, f := paymenttest.Large(t, "ann", asked)
	ask := ledger.Ask{Customer: "ann", All: []ledger.Kind{ledger.KindCoupon}}
	for _, id := range q.Orders {
		ask.Refs = append(ask.Refs, ledger.Ref{Kind: ledger.KindOrder, ID: string(id)})
	}
	reads := func(state string) {
		put, err := p.Load(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		there := len(put.Orders) > 0
		if !there {
			put.Orders = slices.Clone(f.Orders)
			put.Orders[0].Version = 1 // it is a conflict, after all was planned
		}
		put.Entries = []ledger.Entry{{Customer: "ann", ID: "new", At: benchAt}}
		sent, err := p.Statements(ask, ledger.Change{Customer: "ann", Put: put, Expect: []ledger.Ref{{Kind: ledger.KindPayment, ID: "new"}},
			ExpectAll: []ledger.Of{{Kind: ledger.KindCoupon}, {Kind: ledger.KindOrder, Group: "g"}}}, order.Query{Customer: "ann"}, benchAt)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"load", "commit"} {
			read := 0.0
			ran, err := explained(sent[name])
			if err != nil && there {
				t.Fatal(err)
			}
			for _, n := range ran {
				if strings.Contains(n.Index, "listed") || strings.Contains(n.Index, "kind_state") {
					t.Errorf("%s: %s reads the index of lists over all customers", state, name)
				}
				read += n.Unjoined * n.Loops
				if strings.HasPrefix(n.Relation, "records") {
					read += (n.Rows + n.Removed) * n.Loops
				}
			}
			if read > 4*asked || read < asked && there {
				t.Errorf("%s: %s reads %v rows", state, name, read)
			}
		}
	}
	place := func() {
		if err := p.Commit(ctx, ledger.Change{Customer: "ann", Put: ledger.Records{Orders: f.Orders}}); err != nil {
			t.Fatal(err)
		}
	}
	if first == "small" {
		place()
		exec(t, "analyze "+schema+".records")
	}
	reads(first)
	if first == "empty" {
		place()
	}
	exec(t, `insert into `+schema+`.records (customer, kind, id, version, grp, state, at, body, placed, prepay, postpay, listing)
		select c, k, 'old ' || n, 1, '', 'completed', now(), '{}', now(), true, false, ''
		from generate_series(1, 1000) n, unnest(array['order', 'entry', 'coupon']) k, unnest(array['ann', 'bob']) c where c = 'bob' or k <> 'coupon'`)
	reads("filled")
	exec(t, strings.ReplaceAll(many, "SCHEMA", schema))
	reads("analyzed")
}
