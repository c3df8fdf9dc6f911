package order_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// machinesRead are the files that write times for machines, or parts of them.
var machinesRead = map[string]string{
	"order/window.go":                "Stamp itself",
	"order/check.go":                 "a zone with its seconds",
	"order/civil.go":                 "the time of day of a policy",
	"order/csv.go":                   "a cell",
	"order/cursor.go":                "a cursor",
	"payment/desk/change.go":         "a record",
	"payment/desk/sweep_resource.go": "what an ID derives from",
	"payment/ledger/kinds.go":        "a record",
	"payment/ledger/list.go":         "a cursor",
	"payment/month.go":               "a month",
	"renewal/list.go":                "a cell",
	"renewal/unify.go":               "a whole day",
}

// T2: a text that names a time says its zone. Nothing else than Stamp writes times for persons.
func TestT2_TextsNameTheZone(t *testing.T) {
	format := regexp.MustCompile(`\.(Append)?Format\(|\b(At|Until|From|Expiry|Deadline|at|until)\.String\(\)`)
	seen := make(map[string]bool)
	for _, dir := range []string{"order", "discount", "coupon", "renewal", "payment"} {
		err := filepath.WalkDir("../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") || strings.Contains(path, "/examples/") {
				return err
			}
			source, err := os.ReadFile(path)
			name := strings.TrimPrefix(filepath.ToSlash(path), "../")
			if format.Match(source) {
				seen[name] = true
				if machinesRead[name] == "" {
					t.Errorf("%s writes a time, perhaps without its zone: use order.Stamp, or say here which machine reads it", name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range machinesRead {
		if !seen[name] {
			t.Errorf("%s writes no time", name)
		}
	}

	rapid.Check(t, func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		if err := ordertest.Zoned(o.Explain().String()); err != nil {
			t.Error(err)
		}
		_, err := o.Apply(order.Move{Event: order.EventExpire, At: o.Placed.Add(-time.Hour), By: "ann"})
		if err == nil {
			t.Fatal("accepted before it was placed")
		}
		if err := ordertest.Zoned(err.Error()); err != nil {
			t.Error(err)
		}
	})
	for text, sound := range map[string]bool{
		"until 2026-03-01 17:14:05 +08:00: then": true, "2026-03-01T17:14:05Z": true, "from 09:10:11": true, "on 2026-03-01": true,
		"2026-03-01T17:14:05.5+08:00": true, "until 2026-03-01 17:14:05": false, "2026-03-01 17:14 (E1)": false, "2026-03-01 17:14:05 +0800 CST": false,
	} {
		if err := ordertest.Zoned(text); (err == nil) != sound {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// leads fails the test unless the path of an error leads into what was given.
func leads(t testing.TB, given any, path string) {
	t.Helper()
	if path == "" {
		return
	}
	if err := ordertest.Leads(given, path); err != nil {
		t.Error(err)
	}
}

// A path of an error leads into what the caller wrote, to the end.
func TestLeads(t *testing.T) {
	type draft struct {
		order.Draft
		Drafts []order.Draft
		ByID   string
		URL    string
	}
	for path, there := range map[string]bool{
		"lines[0].amount": true, "lines": true, "drafts[12].lines[3].term.unit": true, "byID": true, "url": true, "id": true, "customer": true,
		"": false, "line": false, "lines.amount": false, "lines[].amount": false, "lines[x]": false, "id[0]": false, "ID": false, "lines[0].amount.cents": false, "draft.id": false,
	} {
		if err := ordertest.Leads(&draft{}, path); (err == nil) != there {
			t.Errorf("%q: %v", path, err)
		}
	}
}
