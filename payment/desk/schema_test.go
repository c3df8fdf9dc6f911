package desk_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/duebook/duebook/payment/ledger"
)

// keys lists what a body says, and where: every key of every object in it, lists as one.
func keys(at string, body any, into map[string]bool) {
	switch body := body.(type) {
	case map[string]any:
		for k, v := range body {
			into[at+"."+k] = true
			keys(at+"."+k, v, into)
		}
	case []any:
		for _, v := range body {
			keys(at+"[]", v, into)
		}
	}
}

// schemaOf says which keys records with every field set are written under, a line each, and
// under which schema.
func schemaOf(t *testing.T, records []ledger.Record) string {
	t.Helper()
	found := make(map[string]bool)
	for _, r := range records {
		var body map[string]any
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		delete(body, "schema")
		keys(string(r.Kind), body, found)
	}
	var all []string
	for k := range found {
		all = append(all, k)
	}
	slices.Sort(all)
	return fmt.Sprintf("schema %d\n%s\n", ledger.Schema, strings.Join(all, "\n"))
}

func readRecords(t *testing.T, path string) (records []ledger.Record) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &records)
	}
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// P12: what earlier schemas wrote, with every field set, is read, and written anew.
func TestP12_EarlierSchemas(t *testing.T) {
	files, err := filepath.Glob("testdata/records.[0-9]*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, path := range files {
		for _, v := range readRecords(t, path) {
			var r, again ledger.Records
			err := r.Decode(v)
			views, err2 := r.Encode()
			if err != nil || err2 != nil {
				t.Errorf("%s: %s %s: %v, %v", path, v.Kind, v.ID, err, err2)
				continue
			}
			views[0].Version = v.Version
			if err := again.Decode(views[0]); err != nil || !reflect.DeepEqual(again, r) {
				t.Errorf("%s: %s %s is read, written and read as another, %v", path, v.Kind, v.ID, err)
			}
		}
	}
}

// mayFollow reports why a list of keys may not replace another: a host of the schema before
// would read what it does not know, and write it back without.
func mayFollow(was, is string) error {
	before, keysBefore, _ := strings.Cut(was, "\n")
	now, keysNow, _ := strings.Cut(is, "\n")
	if keysBefore == keysNow {
		return nil
	}
	a, err := strconv.Atoi(strings.TrimPrefix(before, "schema "))
	if err != nil {
		return err
	}
	b, err := strconv.Atoi(strings.TrimPrefix(now, "schema "))
	if err != nil {
		return err
	}
	if b <= a {
		return fmt.Errorf("records are written under other keys, and still as schema %d: raise ledger.Schema to %d, and -update", a, a+1)
	}
	return nil
}

// P12: each field that is added to a record, or taken from it, raises the schema: a host that
// has not been updated refuses what it would lose, where it wrote it back without.
func TestP12_EachFieldRaisesTheSchema(t *testing.T) {
	const path = "testdata/schema.golden"
	// A payment of orders is in the short form in the records that a day leaves alone.
	is := schemaOf(t, append(readRecords(t, "testdata/fields.golden.json"), readRecords(t, "testdata/records.golden.json")...))
	was, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if err == nil {
		if err := mayFollow(string(was), is); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(is), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(was) != is {
		t.Errorf("not what %s says: -update writes it anew", path)
	}
	for _, row := range []struct {
		was, is string
		may     bool
	}{
		{"schema 1\na.b\n", "schema 1\na.b\n", true},
		{"schema 1\na.b\n", "schema 1\na.b\na.c\n", false},
		{"schema 1\na.b\na.c\n", "schema 1\na.b\n", false},
		{"schema 1\na.b\n", "schema 2\na.b\na.c\n", true},
		{"schema 2\na.b\n", "schema 1\na.b\na.c\n", false},
	} {
		if err := mayFollow(row.was, row.is); (err == nil) != row.may {
			t.Errorf("%q after %q: %v", row.is, row.was, err)
		}
	}
}
