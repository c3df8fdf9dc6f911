package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
)

// checkout runs the program on a book, the one built in if text is empty.
func checkout(t *testing.T, text string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if text != "" {
		args = append(args, "-")
	}
	status = run(args, strings.NewReader(text), &out, &errs)
	return status, out.String(), errs.String()
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{"checkout.golden": nil, "checkout.json.golden": {"-json"}, "checkout.quotes.golden": {"-quotes"}} {
		t.Run(name, func(t *testing.T) {
			status, got, stderr := checkout(t, "", args...)
			if status != 0 || stderr != "" {
				t.Fatalf("status %d, stderr %q", status, stderr)
			}
			golden.Check(t, filepath.Join("testdata", name), got)
		})
	}
}

// TestReadme: the order that README shows is printed so.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := checkout(t, "")
	shown := regexp.MustCompile(`(?m)^    ORDER .*\n(    .*\n)+`).FindString(string(readme))
	for line := range strings.Lines(shown) {
		if line = strings.TrimPrefix(line, "    "); !strings.Contains(table, "\n  "+line) {
			t.Errorf("README.md shows what is not printed: %q", line)
		}
	}
	if !strings.Contains(shown, "why  ") {
		t.Errorf("README.md shows no order with its reason: %q", shown)
	}
}

// block is what the table says about one order.
func block(t *testing.T, table, id string) string {
	t.Helper()
	found := regexp.MustCompile(`(?ms)^  ` + id + ` .*?\n\n`).FindString(table)
	if found == "" {
		t.Fatalf("no order %s in\n%s", id, table)
	}
	return found
}

func TestSampleTable(t *testing.T) {
	_, table, _ := checkout(t, "")
	for _, row := range []struct {
		rule, id string
		says     []string
	}{
		{"E2 the promotional discount ends sooner", "L-1", []string{"unpaid            2018-11-30 23:59:59\n", `promotional "november" ends then (E2)`}},
		{"E3 the commercial one is honored", "L-2", []string{"unpaid            2018-12-03 23:12:32\n", "honored until then (E3)", "2018-12-03 23:12:32? yes", "2018-12-03 23:12:33? no, "}},
		{"E4 the reading of 2020", "L-3", []string{"2018-11-30 23:59:59? yes", "2018-12-01 00:00:00? no, ", "choose another, or none (E4)"}},
		{"E5 another discount, another deadline", "L-4", []string{"2018-12-03 23:12:32\n", `discount  commercial "agreed"`}},
		{"E7 an ended discount", "L-5", []string{`refused   2018-11-26 23:12:32: promotional "summer"`, "(E7)", "63.00    0.00     63.00 USD"}},
		{"D5 set by the partner", "L-6", []string{"(D5)", "the partner set it"}},
		{"D6 an upgrade", "L-7", []string{"(D6)", "fixed when the order was confirmed", "35.11 USD"}},
		{"O11 a third party", "L-8", []string{"listed    1 x hardened-linux, 1 month, 9.00 USD: sold by Acme Images, not charged here", "77.70    7.77     69.93 USD"}},
		{"E1 hardware", "L-9", []string{"2018-11-27 00:12:32\n", "1 hour after placement (E1)"}},
		{"O7 pending approval", "L-10", []string{"pending approval", "2018-11-28 12:00:00? no, "}},
		{"O6 a purchase", "L-11", []string{"2018-11-30 23:59:59\n", "order L-12 of the same purchase"}},
		{"O6 who set it", "L-12", []string{`promotional "november" ends then (E2)`}},
		{"O6 the whole", "L-13", []string{"purchase L-P1 has 3 orders and 83.51 USD payable"}},
		{"D7 why the others lost", "H-01", []string{`commercial "frame-2026", 178.56 off`, `partner-authorized "partner" (119.04): saves less`, `"frame-2025": has ended`, `"april": has not begun`}},
		{"O2 money back", "H-09", []string{"-38.71 USD  completed             -\n", "gives money back (O2)"}},
	} {
		t.Run(row.rule, func(t *testing.T) {
			b := block(t, table, row.id)
			text := strings.Join(strings.Fields(b), " ") // wherever its lines break
			for _, s := range row.says {
				if !strings.Contains(b, s) && !strings.Contains(text, s) {
					t.Errorf("does not say %q:\n%s", s, b)
				}
			}
		})
	}
	for i, line := range strings.Split(table, "\n") {
		if n := utf8.RuneCountInString(line); n > 110 {
			t.Errorf("line %d is %d wide: %s", i+1, n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("line %d ends in space", i+1)
		}
	}
}

// The records are read back strictly into the types they came from, and write the same.
func TestSampleRecords(t *testing.T) {
	_, text, _ := checkout(t, "", "-json")
	var records []record
	if err := order.Decode([]byte(text), &records); err != nil {
		t.Fatal(err)
	}
	var want []record
	for _, s := range priced(t, string(sample)).sections {
		want = append(want, s.records...)
	}
	if len(records) != len(want) || len(want) != 29 {
		t.Fatalf("%d records, %d in the report", len(records), len(want))
	}
	for i, r := range records {
		if err := r.Order.Check(); err != nil {
			t.Errorf("%s: %v", r.Order.ID, err)
		}
		if diff := cmp.Diff(want[i], r, cmp.Comparer(func(a, b order.Money) bool { return a == b }), cmp.Comparer(func(a, b order.Rate) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Order.ID, diff)
		}
	}
}

func priced(t *testing.T, text string) report {
	t.Helper()
	b, err := read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.price()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSumsNeverMix(t *testing.T) {
	for _, s := range priced(t, string(sample)).sections {
		seen := map[order.Currency]bool{}
		for _, x := range s.sums {
			if seen[x.list.Currency()] {
				t.Errorf("%s: two sums in %s", s.customer.ID, x.list.Currency())
			}
			seen[x.list.Currency()] = true
			if x.list.Minor()-x.off.Minor() != x.payable.Minor() {
				t.Errorf("%s: %+v does not add up", s.customer.ID, x)
			}
		}
	}
}

// good is a book that the bad ones differ from in one place.
const good = `{
  "policy": "huawei2024",
  "customers": [
    {"id": "c-1", "name": "One"},
    {"id": "c-2", "name": "Two"}
  ],
  "discounts": [
    {"id": "spring", "kind": "promotional", "ratio": "0.85",
     "window": {"from": "2026-03-01T00:00:00Z", "until": "2026-03-31T23:59:59Z"}},
    {"id": "two's", "customer": "c-2", "kind": "commercial", "ratio": "0.8"}
  ],
  "orders": [
    {"id": "A-1", "customer": "c-1", "type": "purchase", "placed": "2026-03-02T09:00:00Z",
     "lines": [
       {"product": "server", "count": 1, "charge": "subscription",
        "amount": {"amount": "10.00", "currency": "USD"}},
       {"product": "disk", "count": 1, "charge": "subscription", "amount": {"amount": "2.50", "currency": "USD"}}
     ],
     "discount": "spring",
     "later": [{"discount": "best", "at": "2026-03-02T10:00:00Z"}],
     "moves": [
       {"event": "hold", "at": "2026-03-03T09:00:00Z", "by": "ann", "payment": "p-1"}
     ],
     "payAt": ["2026-03-02T12:00:00Z"]
    }
  ],
  "purchases": [
    {"id": "P-1", "placed": "2026-03-02T09:00:00Z",
     "orders": [
       {"id": "B-1", "customer": "c-2", "type": "purchase", "discount": "two's",
        "lines": [{"product": "server", "count": 1, "charge": "subscription", "amount": {"amount": "10.00", "currency": "USD"}}]}
     ]}
  ]
}
`

func TestGoodBook(t *testing.T) {
	status, table, stderr := checkout(t, good)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	for _, s := range []string{"2026-03-02 20:00:00? yes", "paying", "One (c-1), times UTC+08:00", "8.00 USD"} {
		if !strings.Contains(table, s) {
			t.Errorf("does not say %q:\n%s", s, table)
		}
	}
}

func TestBadBooks(t *testing.T) {
	many := `{"id": "B-1", "customer": "c-2", "type": "purchase", "discount": "two's",
        "lines": [{"product": "server", "count": 1, "charge": "subscription", "amount": {"amount": "10.00", "currency": "USD"}}]}`
	var members []string
	for i := range 31 {
		members = append(members, strings.Replace(many, "B-1", fmt.Sprintf("B-%d", i), 1))
	}
	for _, row := range []struct {
		breaks, old, new string
		line             int
		field, says      string
	}{
		{"a syntax error", `"name": "Two"}`, `"name": "Two"`, 6, "customers[1]", "invalid character ']'"},
		{"a cut text", good[strings.Index(good, `"purchases"`):], "", 27, "", "too early"},
		{"nothing at all", good, " ", 1, "", "too early"},
		{"another kind of value", good, "[]", 1, "", "array does not belong here"},
		{"trailing data", "  ]\n}\n", "  ]\n}\n{}\n", 35, "", "something follows"},
		{"an unknown key", `"name": "Two"`, `"title": "Two"`, 5, "customers[1].title", "the keys are id, name"},
		{"a duplicate key", `"count": 1, "charge": "subscription",` + "\n", `"count": 1, "count": 2, "charge": "subscription",` + "\n", 15, "orders[0].lines[0].count", "is a duplicate"},
		{"another case", `"type": "purchase", "placed"`, `"Type": "purchase", "placed"`, 13, "orders[0].Type", "not known here"},
		{"a case variant inside money", `"amount": {"amount": "10.00", "currency": "USD"}},` + "\n", `"amount": {"Amount": "10.00", "currency": "USD"}},` + "\n", 16, "orders[0].lines[0].amount.Amount", "not known here"},
		{"a lower-case currency", `"10.00", "currency": "USD"`, `"10.00", "currency": "usd"`, 16, "orders[0].lines[0].amount", `"usd"`},
		{"no such currency", `"10.00", "currency": "USD"`, `"10.00", "currency": "XXX"`, 16, "orders[0].lines[0].amount", `"XXX"`},
		{"too many decimals", `"10.00"`, `"10.005"`, 16, "orders[0].lines[0].amount", `"10.005"`},
		{"an exponent", `"10.00"`, `"1e1"`, 16, "orders[0].lines[0].amount", `"1e1"`},
		{"19 digits", `"10.00"`, `"12345678901234567.00"`, 16, "orders[0].lines[0].amount", "18 digits"},
		{"an amount that is a number", `{"amount": "10.00", "currency": "USD"}},` + "\n", `10.00},` + "\n", 16, "orders[0].lines[0].amount", ""},
		{"two currencies in an order", `"2.50", "currency": "USD"`, `"2.50", "currency": "EUR"`, 17, "orders[0].lines[1].amount", "one currency"},
		{"an amount below zero", `"2.50"`, `"-2.50"`, 17, "orders[0].lines[1].amount", "below zero"},
		{"a count of 0", `"disk", "count": 1`, `"disk", "count": 0`, 17, "orders[0].lines[1].count", "less than 1"},
		{"no product", `"product": "disk", `, ``, 17, "orders[0].lines[1].product", "name it"},
		{"a reduction without a discount", `"disk", "count": 1`, `"disk", "off": {"amount": "1.00", "currency": "USD"}, "count": 1`, 17, "orders[0].lines[1].off", "no reduction"},
		{"an order without an ID", `"id": "A-1", `, ``, 13, "orders[0].id", "empty"},
		{"a missing customer", `"id": "A-1", "customer": "c-1"`, `"id": "A-1", "customer": "c-9"`, 13, "orders[0].customer", `"c-9": is not among the customers`},
		{"a customer twice", `{"id": "c-2"`, `{"id": "c-1"`, 5, "customers[1].id", "it is the ID of customers[0]"},
		{"a customer without a name", `"name": "Two"`, `"name": ""`, 5, "customers[1].name", "is empty"},
		{"an unknown discount", `"discount": "spring"`, `"discount": "sprung"`, 19, "orders[0].discount", `"sprung": is not among the discounts`},
		{"somebody else's discount", `"discount": "spring"`, `"discount": "two's"`, 19, "orders[0].discount", `is the discount of customer "c-2"`},
		{"an unknown discount later", `{"discount": "best"`, `{"discount": "worst"`, 20, "orders[0].later[0].discount", `"worst"`},
		{"a discount of nobody", `"customer": "c-2", "kind"`, `"customer": "c-3", "kind"`, 10, "discounts[1].customer", `"c-3"`},
		{"a discount twice", `{"id": "two's"`, `{"id": "spring"`, 10, "discounts[1].id", "discounts[0]"},
		{"a discount called best", `{"id": "two's"`, `{"id": "best"`, 10, "discounts[1].id", "choose another"},
		{"a ratio above 1", `"0.85"`, `"8.5"`, 8, "discounts[0].ratio", "is more than 1"},
		{"a ratio that is a number", `"0.85"`, `0.85`, 8, "discounts[0].ratio", "in quotes"},
		{"two ways to reduce", `"ratio": "0.8"}`, `"ratio": "0.8", "off": {"amount": "1.00", "currency": "USD"}}`, 10, "discounts[1].ratio", "exactly one"},
		{"no such kind", `"commercial"`, `"comercial"`, 10, "discounts[1].kind", `"comercial"`},
		{"a window that ends before it begins", `"2026-03-31T23:59:59Z"`, `"2026-02-28T23:59:59Z"`, 9, "discounts[0].window.until", "before from"},
		{"no such policy", `"huawei2024"`, `"huawei2025"`, 2, "policy", "huawei2020, huawei2024"},
		{"an order ID twice", `"id": "B-1"`, `"id": "A-1"`, 30, "purchases[0].orders[0].id", "it is the ID of orders[0]"},
		{"31 orders in a purchase", many, strings.Join(members, ","), 29, "purchases[0].orders", "at most 30"},
		{"a purchase of none", many, "", 29, "purchases[0].orders", "is empty"},
		{"two customers in a purchase", many, many + "," + strings.NewReplacer("B-1", "B-2", "c-2", "c-1", "two's", "spring").Replace(many), 31, "purchases[0].orders[1].customer", "one customer"},
		{"year 0", `"2026-03-02T09:00:00Z",` + "\n" + `     "lines"`, `"0000-03-02T09:00:00Z",` + "\n" + `     "lines"`, 13, "orders[0].placed", "in the years 1 to 9998"},
		{"no such day", `"2026-03-02T09:00:00Z",` + "\n" + `     "lines"`, `"2026-02-30T09:00:00Z",` + "\n" + `     "lines"`, 13, "orders[0].placed", "out of range"},
		{"no time of placement", `{"id": "P-1", "placed": "2026-03-02T09:00:00Z",`, `{"id": "P-1",`, 28, "purchases[0].placed", "not set"},
		{"a choice before the placement", `"discount": "spring",`, `"discount": "spring", "at": "2026-03-01T00:00:00Z",`, 19, "orders[0].at", "before the order was placed"},
		{"a move by nobody", `"by": "ann", `, ``, 22, "orders[0].moves[0].by", "empty"},
		{"no such move", `"event": "hold"`, `"event": "pay"`, 22, "orders[0].moves[0].event", `"pay"`},
		{"a character that does not print", `"name": "Two"`, `"name": "T\u001bwo"`, 5, "customers[1].name", "does not print"},
		{"an escape in a key", `"name": "Two"`, `"na\u001bme": "Two"`, 5, `customers[1]."na\x1bme"`, "not known here"},
	} {
		t.Run(row.breaks, func(t *testing.T) {
			bad := strings.Replace(good, row.old, row.new, 1)
			if bad == good {
				t.Fatalf("%q is not in the good book", row.old)
			}
			status, stdout, stderr := checkout(t, bad)
			if status != 1 || stdout != "" {
				t.Errorf("status %d, stdout %q", status, stdout)
			}
			where := regexp.MustCompile(`^checkout: stdin:(\d+):\d+: `).FindStringSubmatch(stderr)
			if where == nil {
				t.Fatalf("no line: %s", stderr)
			}
			if where[1] != fmt.Sprint(row.line) {
				t.Errorf("line %s, want %d: %s", where[1], row.line, stderr)
			}
			rest := stderr[len(where[0]):]
			if row.field != "" && !strings.HasPrefix(rest, row.field+": ") && !strings.HasPrefix(rest, row.field+` "`) {
				t.Errorf("field is not %s: %s", row.field, rest)
			}
			if !strings.Contains(rest, row.says) {
				t.Errorf("does not say %q: %s", row.says, rest)
			}
			if strings.Count(stderr, "\n") != 1 || strings.ContainsRune(stderr, '\x1b') {
				t.Errorf("not one line that prints: %q", stderr)
			}
		})
	}
}

// What the rules refuse is told with the order, and is no mistake of the book.
func TestRefusals(t *testing.T) {
	for _, row := range []struct {
		what, old, new, says string
	}{
		{"E7 a discount that has ended", "2026-03-31T23", "2026-03-01T23", "(E7)"},
		{"D4 a discount that covers nothing", `"ratio": "0.85",`, `"ratio": "0.85", "scope": {"regions": ["moon"]},`, "covers no line"},
		{"O13 a discount in another currency", `"ratio": "0.85",`, `"off": {"amount": "1", "currency": "JPY"},`, "currency JPY with USD"},
		{"E1 a payment that is too late", `"2026-03-03T09:00:00Z", "by"`, `"2026-03-13T09:00:00Z", "by"`, "past deadline"},
	} {
		t.Run(row.what, func(t *testing.T) {
			status, table, stderr := checkout(t, strings.Replace(good, row.old, row.new, 1))
			if status != 0 || stderr != "" {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if b := block(t, table, "A-1"); !strings.Contains(b, "refused ") || !strings.Contains(strings.Join(strings.Fields(b), " "), row.says) {
				t.Errorf("does not refuse with %q:\n%s", row.says, b)
			}
		})
	}
}

func TestCommandLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.json")
	if err := os.WriteFile(path, []byte(strings.Replace(good, "USD", "usd", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"-h"}, 0, "use: checkout"},
		{[]string{"-xml"}, 2, "use: checkout"},
		{[]string{"a.json", "b.json"}, 2, "use: checkout"},
		{[]string{"-json", "-quotes"}, 2, "use: checkout"},
		{[]string{filepath.Join(t.TempDir(), "none.json")}, 1, "none.json"},
		{[]string{path}, 1, path + ":16:"},
		{[]string{"-json", path}, 1, "currency \"usd\""},
	} {
		status, stdout, stderr := checkout(t, "", row.args...)
		if status != row.status || stdout != "" || !strings.Contains(stderr, row.says) {
			t.Errorf("%q: status %d, stdout %q, stderr %q", row.args, status, stdout, stderr)
		}
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestOutputThatFails(t *testing.T) {
	var stderr bytes.Buffer
	if status := run(nil, strings.NewReader(""), closed{}, &stderr); status != 1 || !strings.Contains(stderr.String(), "closed") {
		t.Errorf("status %d, stderr %q", status, &stderr)
	}
	if status := run([]string{"-"}, io.MultiReader(strings.NewReader("{"), failing{}), io.Discard, &stderr); status != 1 || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("status %d, stderr %q", status, &stderr)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken pipe") }
