package desk_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
)

// notWritten are the fields of records that bodies do not have, and why.
var notWritten = map[string]string{
	"Payments.Data":         "it is passed on, and stored nowhere",
	"Payments.Quote.Orders": "their records are kept",
}

// someWords are one of each closed set, for the strings that are read strictly.
var someWords = []string{"09:10:11", "2026-11", "paid", "pending", "due", "available", "purchase", "balance", "own", "cash", "cash coupon", "marketplace", "customer",
	"manual renewal", "bad request", "month", "subscription", "shortens the order", "partner", "order", "partner-adjusted", "promotional", "open", "undeliverable"}

// filled sets every field of a record to a value of its own, named after where it stands.
type filled struct {
	t *testing.T
	n int64
}

func (f *filled) fill(at string, v reflect.Value) {
	if _, not := notWritten[at]; not {
		return
	}
	f.n++
	switch x := v.Addr().Interface().(type) {
	case *order.Money:
		*x = order.Minor(f.n, order.USD)
		return
	case *time.Time:
		*x = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(f.n) * time.Hour)
		return
	case *order.Rate:
		*x = order.Percent(1 + f.n%99)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.fill(at+"."+field.Name, v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(at, v.Index(0))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.n)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.String:
		f.say(at, v)
	default:
		f.t.Fatalf("%s: there is no value for a %s", at, v.Type())
	}
}

// say sets a string to where it stands, or to a word that it may be.
func (f *filled) say(at string, v reflect.Value) {
	name := strings.ToLower(at[max(0, len(at)-64):])
	for _, word := range append([]string{name}, someWords...) {
		text, err := json.Marshal(word)
		if err == nil && json.Unmarshal(text, v.Addr().Interface()) == nil {
			return
		}
	}
	f.t.Errorf("%s: there is no word for a %s", at, v.Type())
}

// whole fails for what is zero in a record.
func (f *filled) whole(at string, v reflect.Value) {
	if _, not := notWritten[at]; not {
		return
	}
	switch {
	case v.IsZero():
		f.t.Errorf("%s is zero: give it a value, or say why it has none", at)
	case v.Kind() == reflect.Slice:
		f.whole(at, v.Index(0))
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.whole(at+"."+field.Name, v.Field(i))
			}
		}
	}
}

// P12: a record of each kind with every field set is written under the same keys as ever,
// and read back as it was.
func TestP12_EveryField(t *testing.T) {
	const path = "testdata/fields.golden.json"
	var all ledger.Records
	f := &filled{t: t}
	kinds := reflect.ValueOf(&all).Elem()
	for i := range kinds.NumField() {
		f.fill(kinds.Type().Field(i).Name, kinds.Field(i))
		f.whole(kinds.Type().Field(i).Name, kinds.Field(i))
	}
	views, err := all.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if len(views) != kinds.NumField() {
		t.Fatalf("%d records of %d kinds", len(views), kinds.NumField())
	}
	kept := golden(t, path, views)
	var back ledger.Records
	for _, v := range kept {
		if err := back.Decode(v); err != nil {
			t.Fatalf("%s: %v", v.Kind, err)
		}
	}
	if d := cmp.Diff(all, back, cmp.Comparer(func(a, b order.Money) bool { return a == b }), cmp.Comparer(func(a, b order.Rate) bool { return a == b })); d != "" {
		t.Errorf("read back otherwise (-written +read):\n%s", d)
	}
}
