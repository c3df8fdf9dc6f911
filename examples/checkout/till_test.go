package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/examples/checkout/till"
	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
)

// texts is a Store that keeps orders as JSON, as a database would.
type texts map[order.ID][]byte

func (s texts) Save(_ context.Context, orders []order.Order) error {
	for _, o := range orders {
		o.Version++
		b, err := json.Marshal(o)
		if err != nil {
			return err
		}
		s[o.ID] = b
	}
	return nil
}

func (s texts) Load(_ context.Context, ids []order.ID) ([]order.Order, error) {
	orders := make([]order.Order, len(ids))
	for i, id := range ids {
		if err := json.Unmarshal(s[id], &orders[i]); err != nil {
			return nil, err
		}
	}
	return orders, nil
}

// Whatever keeps the orders, the bill is the same.
func TestStores(t *testing.T) {
	book, err := till.Read(till.Sample())
	if err != nil {
		t.Fatal(err)
	}
	bill := func(s till.Store) string {
		priced, err := book.Price(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := priced.WriteTable(&b); err != nil {
			t.Fatal(err)
		}
		if err := priced.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	kept := texts{}
	if diff := cmp.Diff(bill(&till.Memory{}), bill(kept)); diff != "" {
		t.Errorf("(-memory +texts):\n%s", diff)
	}
	if len(kept) != len(book.Orders)+3 {
		t.Errorf("%d orders kept", len(kept))
	}
}

// flaky is a Store that fails from the n-th call on.
type flaky struct {
	till.Memory
	n int
}

var errDown = errors.New("the store is down")

func (s *flaky) Save(ctx context.Context, orders []order.Order) error {
	if s.n--; s.n < 0 {
		return errDown
	}
	return s.Memory.Save(ctx, orders)
}

func (s *flaky) Load(ctx context.Context, ids []order.ID) ([]order.Order, error) {
	if s.n--; s.n < 0 {
		return nil, errDown
	}
	return s.Memory.Load(ctx, ids)
}

func TestStoreThatFails(t *testing.T) {
	for n := range 20 {
		var out, errs bytes.Buffer
		status := till.Main(t.Context(), &flaky{n: n}, nil, strings.NewReader(""), &out, &errs)
		if status != 1 || out.Len() != 0 || !strings.Contains(errs.String(), "the store is down") {
			t.Fatalf("call %d: status %d, stdout %q, stderr %q", n, status, &out, &errs)
		}
	}
}

func TestMemoryHasNoSuchOrder(t *testing.T) {
	if _, err := new(till.Memory).Load(t.Context(), []order.ID{"none"}); err == nil {
		t.Error("no error")
	}
}

func TestZones(t *testing.T) {
	const line = `"lines": [{"product": "p", "count": 1, "charge": "subscription", "amount": {"amount": "1.00", "currency": "USD"}}]`
	book, err := till.Read([]byte(`{"customers": [{"id": "c", "name": "C"}, {"id": "d", "name": "D"}], "orders": [
		{"id": "1", "customer": "c", "type": "purchase", "placed": "2026-03-02T09:00:00Z", ` + line + `},
		{"id": "2", "customer": "c", "type": "purchase", "placed": "2026-03-02T09:00:00Z", "policy": "baidu", ` + line + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	bill, err := book.Price(t.Context(), &till.Memory{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := bill.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"C (c), times with their zone", "2026-03-09 09:00:00 +00:00", "2026-03-09 17:00:00 +08:00", "D (d), no orders"} {
		if !strings.Contains(b.String(), s) {
			t.Errorf("does not say %q:\n%s", s, &b)
		}
	}
}

// Whatever the text, Read returns a book that can be priced, or says where it is wrong.
func FuzzRead(f *testing.F) {
	f.Add(till.Sample())
	f.Add([]byte(`{"customers": [{"id": "c", "name": "C"}], "purchases": [{"id": "P", "placed": "2026-03-02T09:00:00Z", "orders": []}]}`))
	f.Add([]byte(`{"customers": [null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		book, err := till.Read(text)
		if err != nil {
			var d *order.DecodeError
			if !errors.As(err, &d) || d.Line < 1 || d.Line > bytes.Count(text, []byte("\n"))+1 || d.Column < 1 || !errors.Is(err, order.ErrInvalid) {
				t.Fatalf("%#v", err)
			}
			return
		}
		if _, err := book.Price(t.Context(), &till.Memory{}); err != nil {
			t.Fatal(err)
		}
	})
}
