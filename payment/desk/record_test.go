package desk_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write golden files anew")

// oneOfEach returns a record of every kind, as a day of a host leaves them.
func oneOfEach(t *testing.T) []ledger.Record {
	all, _ := audited(t)
	shop, _ := claimedCodes(t)
	all.Codes, all.Claims = shop.Codes, shop.Claims
	views, err := all.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var each []ledger.Record
	for i, v := range views {
		if i == 0 || views[i-1].Kind != v.Kind {
			each = append(each, v)
		}
	}
	return each
}

// golden holds records to what a file says, or with -update writes it; it returns what the file
// says.
func golden(t *testing.T, path string, records []ledger.Record) (kept []ledger.Record) {
	t.Helper()
	got, err := json.MarshalIndent(records, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("not what %s says (-want +got); -update writes it anew:\n%s", path, d)
	}
	if err := json.Unmarshal(want, &kept); err != nil {
		t.Fatal(err)
	}
	return kept
}

// P12: what stores keep is written in one form, with a schema number; a change of it is seen
// here.
func TestP12_RecordForms(t *testing.T) {
	const path = "testdata/records.golden.json"
	each := oneOfEach(t)
	if len(each) != 13 {
		t.Fatalf("%d kinds", len(each))
	}
	// And what was written once is read again as it was.
	kept := golden(t, path, each)
	for _, v := range kept {
		var r ledger.Records
		if err := r.Decode(v); err != nil {
			t.Fatal(err)
		}
		again, err := r.Encode()
		if err != nil || len(again) != 1 || !same(again[0].Body, v.Body) || again[0].Ref != v.Ref || again[0].Group != v.Group || !again[0].DueAt.Equal(v.DueAt) {
			t.Errorf("%s %s: read as %s, %v", v.Kind, v.ID, again[0].Body, err)
		}
	}
}

func same(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}

// P12: a body of a later version is refused, and one is read strictly in what it says.
func TestP12_RecordsRead(t *testing.T) {
	for _, v := range oneOfEach(t) {
		broken := func(what string, change func(v *ledger.Record), is error) {
			t.Helper()
			x := v
			change(&x)
			var r ledger.Records
			if err := r.Decode(x); !errors.Is(err, is) || is == nil && err != nil || len(r.Views()) > 0 && err != nil {
				t.Errorf("%s %s, %s: %v, want %v", v.Kind, v.ID, what, err, is)
			}
		}
		body := func(old, new string) func(*ledger.Record) {
			return func(v *ledger.Record) {
				v.Body = json.RawMessage(strings.Replace(string(v.Body), old, new, 1))
			}
		}
		broken("as it is", func(*ledger.Record) {}, nil)
		schema := fmt.Sprintf(`{"schema":%d`, ledger.Schema)
		broken("with a key of a later version", body(schema, schema+`,"tomorrow":{"a":[1]}`), order.ErrInvalid)
		broken("of the first schema", body(schema, `{"schema":1`), nil)
		broken("of a later schema", body(schema, fmt.Sprintf(`{"schema":%d`, ledger.Schema+1)), order.ErrInvalid)
		broken("of no schema", body(schema+",", `{`), order.ErrInvalid)
		broken("cut off", func(v *ledger.Record) { v.Body = v.Body[:len(v.Body)-2] }, order.ErrInvalid)
		broken("of nothing", func(v *ledger.Record) { v.Body = nil }, order.ErrInvalid)
		broken("under another ID", func(v *ledger.Record) { v.ID += "x" }, order.ErrInvalid)
		broken("of another customer", func(v *ledger.Record) { v.Customer += "x" }, order.ErrInvalid)
		broken("of an unknown kind", func(v *ledger.Record) { v.Kind = "invoice" }, order.ErrInvalid)
		if strings.Contains(string(v.Body), `"currency":"USD"`) {
			broken("in another spelling of a currency", body(`"currency":"USD"`, `"currency":"usd"`), order.ErrInvalid)
		}
		if strings.Contains(string(v.Body), `"state":"`) {
			broken("in an unknown state", body(`"state":"`, `"state":"perhaps `), order.ErrInvalid)
		}
	}
}

// P12: whatever a history leaves is written and read without loss.
func TestP12_RecordsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range ledgertest.DrawKept().Draw(t, "kept").Customers {
			views, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			var back ledger.Records
			for _, v := range views {
				if err := back.Decode(v); err != nil {
					t.Fatal(err)
				}
			}
			again, err := back.Encode()
			if err != nil || !cmp.Equal(views, again) {
				t.Fatalf("%v: %s", err, cmp.Diff(views, again))
			}
		}
	})
}

// isSound reports whether each record says so of itself: what is not is never written by the
// Desk, and may lack words that are read strictly.
func isSound(r ledger.Records) bool {
	kinds := reflect.ValueOf(r)
	for i := range kinds.NumField() {
		for k := range kinds.Field(i).Len() {
			check := kinds.Field(i).Index(k).MethodByName("Check")
			if !check.IsValid() {
				continue // a tally
			}
			var policy []reflect.Value
			if check.Type().NumIn() == 1 {
				policy = append(policy, reflect.ValueOf(renewal.Policy{}))
			}
			if !check.Call(policy)[0].IsNil() {
				return false
			}
		}
	}
	return true
}

// FuzzP12_Record: no body makes reading panic, and what is read, and is sound, is written so
// that it is read as the same.
func FuzzP12_Record(f *testing.F) {
	golden, err := os.ReadFile("testdata/records.golden.json")
	if err != nil {
		f.Fatal(err)
	}
	var kept []ledger.Record
	if err := json.Unmarshal(golden, &kept); err != nil {
		f.Fatal(err)
	}
	for _, v := range kept {
		f.Add(string(v.Kind), v.ID, string(v.Customer), []byte(v.Body))
	}
	f.Fuzz(func(t *testing.T, kind, id, customer string, body []byte) {
		v := ledger.Record{Customer: order.CustomerID(customer), Ref: ledger.Ref{Kind: ledger.Kind(kind), ID: id, Version: 3}, Body: body}
		var r ledger.Records
		if r.Decode(v) != nil {
			return
		}
		views, err := r.Encode()
		if err != nil {
			return // a time that JSON cannot write
		}
		var back ledger.Records
		if err := back.Decode(views[0]); err != nil {
			if isSound(r) {
				t.Fatalf("written as %s, and then %v", views[0].Body, err)
			}
			return
		}
		again, err := back.Encode()
		if err != nil || string(again[0].Body) != string(views[0].Body) {
			t.Fatalf("%s\nis read as\n%s, %v", views[0].Body, again[0].Body, err)
		}
	})
}
