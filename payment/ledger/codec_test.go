package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"pgregory.net/rapid"
)

// P12: whatever a later version has added, at whatever depth, the body is refused, and the error says
// where: read and written back, it would be lost.
func TestP12_UnknownKeysAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		views, err := ledgertest.DrawKept().Draw(t, "kept").Customers[rapid.IntRange(0, 2).Draw(t, "customer")].Encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(views) == 0 {
			return
		}
		v := rapid.SampledFrom(views).Draw(t, "record")
		opens := bytes.Count(v.Body, []byte("{"))
		n := rapid.IntRange(1, opens).Draw(t, "object")
		at := 0
		for range n {
			at += bytes.IndexByte(v.Body[at:], '{') + 1
		}
		rest := "," + string(v.Body[at:])
		if v.Body[at] == '}' {
			rest = rest[1:]
		}
		value := rapid.SampledFrom([]string{`null`, `{"a":[1]}`, `"x"`, `[]`}).Draw(t, "value")
		v.Body = json.RawMessage(string(v.Body[:at]) + `"tomorrow":` + value + rest)
		var r ledger.Records
		err = r.Decode(v)
		var where *order.DecodeError
		if !errors.As(err, &where) || !errors.Is(err, order.ErrInvalid) || !strings.Contains(err.Error(), "tomorrow") || len(r.Views()) > 0 {
			t.Fatalf("%s\nis read: %v", v.Body, err)
		}
		if n == 1 && (where.Field != "tomorrow" || !strings.Contains(err.Error(), "a newer one wrote it, so update this one")) {
			t.Fatalf("%v", err)
		}
	})
}

// P12: what earlier schemas had, and this one has not, is read on.
func TestP12_RetiredKeys(t *testing.T) {
	const bill = `{"schema":1,"customer":"c","month":"2026-01","state":"open","charges":{"amount":"5.00","currency":"USD"},"credits":{"amount":"1.00","currency":"USD"},` +
		`"carried":{"amount":"-2.00","currency":"USD"}}`
	var r ledger.Records
	err := r.Decode(ledger.Record{Customer: "c", Ref: ledger.Ref{Kind: ledger.KindBill, ID: "2026-01/USD"}, Body: json.RawMessage(bill)})
	if err != nil || r.Bills[0].Credits != order.Minor(300, order.USD) {
		t.Errorf("%+v, %v", r.Bills, err)
	}
	err = new(ledger.Records).Decode(ledger.Record{Customer: "c", Ref: ledger.Ref{Kind: ledger.KindTally, ID: "n"}, Body: json.RawMessage(`{"schema":1,"customer":"c","name":"n","carried":null}`)})
	if err == nil || !strings.Contains(err.Error(), "carried") {
		t.Errorf("of another kind: %v", err)
	}
}

// slow is a body that is read by encoding/json alone: its schema has an escape in its key.
func slow(v ledger.Record) ledger.Record {
	v.Body = bytes.Replace(v.Body, []byte(`"schema"`), []byte(`"sch\u0065ma"`), 1)
	return v
}

// P12: what is read quickly is what encoding/json reads, of each kind, and in payments' short form.
func TestP12_QuickAndSlowAgree(t *testing.T) {
	agree := func(t interface{ Fatalf(string, ...any) }, r ledger.Records) {
		views, err := r.Encode()
		if err != nil {
			t.Fatalf("%v", err)
		}
		for _, v := range views {
			var quick, slowly ledger.Records
			if err := errors.Join(quick.Decode(v), slowly.Decode(slow(v))); err != nil || !reflect.DeepEqual(quick, slowly) {
				t.Fatalf("%s is read as another quickly, %v:\n%+v\n%+v", v.Body, err, quick, slowly)
			}
		}
	}
	agree(t, large(t))
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range ledgertest.DrawKept().Draw(t, "kept").Customers {
			agree(t, r)
		}
	})
}

// P12: reading allocates what fields need that are not repeated, and little more.
func TestP12_DecodeAllocations(t *testing.T) {
	all := large(t)
	for _, row := range []struct {
		of   ledger.Records
		most float64
	}{{ledger.Records{Orders: all.Orders[:1]}, 20}, {ledger.Records{Payments: all.Payments}, 250}} {
		views, err := row.of.Encode()
		if err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(20, func() {
			if err := new(ledger.Records).Decode(views[0]); err != nil {
				t.Error(err)
			}
		})
		if n > row.most {
			t.Errorf("%s: %.0f allocations, want at most %.0f", views[0].Kind, n, row.most)
		}
	}
}

// P12: a payment of 30 orders is stored in less than 10 kB, and whatever single field of an item, or
// of what was agreed to, is another than the short form says, nothing of it is lost.
func TestP12_ShortPayments(t *testing.T) {
	all := large(t)
	payments := func(change func(p *payment.Payment)) (r ledger.Records) {
		p := all.Payments[0].Clone()
		change(&p)
		r.Payments = []payment.Payment{p}
		return r
	}
	views, err := payments(func(*payment.Payment) {}).Encode()
	if err != nil || len(views[0].Body) > 10_000 || bytes.Contains(views[0].Body, []byte(`"items":[{"order":"order-00","list":{`)) {
		t.Fatalf("%v: %d bytes: %s", err, len(views[0].Body), views[0].Body)
	}
	n := 0
	for _, at := range leaves(reflect.TypeFor[payment.Payment](), nil) {
		change := func(p *payment.Payment) {
			v := reflect.ValueOf(p).Elem()
			for _, i := range at {
				if v.Kind() == reflect.Slice {
					if v.Len() == 0 {
						return
					}
					v = v.Index(min(i, v.Len()-1))
					continue
				}
				v = v.Field(i)
			}
			switch x := v.Addr().Interface().(type) {
			case *order.Money:
				*x = order.Minor(x.Minor()+1, order.EUR)
			case *time.Time:
				*x = x.Add(time.Hour)
			default:
				switch v.Kind() {
				case reflect.String:
					for _, s := range []string{"cash coupon", "paid", "another"} {
						if text, err := json.Marshal(s); err == nil && v.String() != s && json.Unmarshal(text, v.Addr().Interface()) == nil {
							break
						}
					}
				case reflect.Bool:
					v.SetBool(!v.Bool())
				case reflect.Int:
					v.SetInt(v.Int() + 1)
				case reflect.Slice:
					v.SetZero()
				default:
					t.Fatalf("%v: %s", at, v.Type())
				}
			}
			n++
		}
		is := payments(change)
		views, err := is.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var back ledger.Records
		if err := back.Decode(views[0]); err != nil || !reflect.DeepEqual(back, is) {
			t.Errorf("field %v is lost, %v:\n%s", at, err, views[0].Body)
		}
	}
	if n < 30 {
		t.Errorf("%d fields were changed", n)
	}
}

// leaves are the ways to the fields of items and of what was agreed to: the fourth of each list.
func leaves(t reflect.Type, at []int) (all [][]int) {
	switch {
	case len(at) == 2 && t.Kind() == reflect.Slice && t.Elem() != reflect.TypeFor[payment.Item]() && t.Elem() != reflect.TypeFor[payment.Agreed]():
	case t == reflect.TypeFor[time.Time](), t == reflect.TypeFor[order.Money]():
		all = append(all, at)
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && (len(at) > 0 || f.Name == "Request" || f.Name == "Quote") {
				all = append(all, leaves(f.Type, append(slices.Clone(at), i))...)
			}
		}
	case t.Kind() == reflect.Slice:
		all = append(all, at)
		all = append(all, leaves(t.Elem(), append(slices.Clone(at), 3))...)
	case len(at) > 2:
		all = append(all, at)
	}
	return all
}

// P12: a short form that does not fit is refused, and says where.
func TestP12_ShortPaymentsRefused(t *testing.T) {
	views, err := ledger.Records{Payments: large(t).Payments}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for old, row := range map[string][2]string{
		`"short":{"currency"`:          {`"items":[],"short":{"currency"`, "quote.items"},
		`"list":30933,`:                {`"list":30933,"parts":[1,2,3],`, "quote.short.items[0]"},
		`"discount":4640,`:             {`"discount":4640,"lines":[1,2],"x`, ""},
		`"list":30933`:                 {`"list":1000000000000000000`, "quote.short.items[0]"},
		`"currency":"USD","coup`:       {`"currency":"","coup`, "quote.short.items[0]"},
		`"short":[{"order":"order-00"`: {`"short":[{"order":"order-99"`, "request.short"},
		`"short":[{`:                   {`"agreed":[],"short":[{`, "request.agreed"},
	} {
		v := views[0]
		v.Body = bytes.Replace(v.Body, []byte(old), []byte(row[0]), 1)
		err := new(ledger.Records).Decode(v)
		if bytes.Equal(v.Body, views[0].Body) || !errors.Is(err, order.ErrInvalid) && row[1] != "" || err == nil || !strings.Contains(err.Error(), row[1]) {
			t.Errorf("%s: %v", row[0], err)
		}
	}
}
