package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
)

func TestZones(t *testing.T) {
	const line = `"lines": [{"product": "p", "count": 1, "charge": "subscription", "amount": {"amount": "1.00", "currency": "USD"}}]`
	r := priced(t, `{"customers": [{"id": "c", "name": "C"}, {"id": "d", "name": "D"}], "orders": [
		{"id": "1", "customer": "c", "type": "purchase", "placed": "2026-03-02T09:00:00Z", `+line+`},
		{"id": "2", "customer": "c", "type": "purchase", "placed": "2026-03-02T09:00:00Z", "policy": "baidu", `+line+`}]}`)
	var b strings.Builder
	if err := r.writeTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"C (c), times with their zone", "2026-03-09 09:00:00 +00:00", "2026-03-09 17:00:00 +08:00", "D (d), no orders"} {
		if !strings.Contains(b.String(), s) {
			t.Errorf("does not say %q:\n%s", s, &b)
		}
	}
}

// Any text is priced, or has a mistake that is located.
func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add([]byte(`{"customers": [{"id": "c", "name": "C"}], "purchases": [{"id": "P", "placed": "2026-03-02T09:00:00Z", "orders": []}]}`))
	f.Add([]byte(`{"customers": [null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := read(text)
		if err == nil {
			_, err = b.price()
		}
		if err == nil {
			return
		}
		var d *order.DecodeError
		if !errors.As(err, &d) || d.Line < 1 || d.Line > bytes.Count(text, []byte("\n"))+1 || d.Column < 1 || !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("%#v", err)
		}
	})
}
