package order_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
)

// word reads a text as a word of a closed set: it is refused and nothing is written, or it
// is that word, and its JSON form is read as the same.
func word[T ~string, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, text string) (T, bool) {
	before := T("before")
	w := before
	if err := P(&w).UnmarshalText([]byte(text)); err != nil {
		if w != before || !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("%T %q: refused with %v, and it is %q", w, text, err, w)
		}
		return "", false
	}
	if string(w) != text {
		t.Fatalf("%T %q is read as %q", w, text, w)
	}
	body, err := json.Marshal(w)
	again := before
	if err == nil {
		err = json.Unmarshal(body, &again)
	}
	if err != nil || again != w {
		t.Fatalf("%T %q is written as %s, and read as %q: %v", w, text, body, again, err)
	}
	return w, true
}

// FuzzO1_States: no text but a state of the table is read as one, and so with the other
// closed words of an order.
func FuzzO1_States(f *testing.F) {
	for _, s := range order.States() {
		f.Add(string(s))
		f.Add(string(s) + " ")
	}
	for _, text := range []string{"", "Paid", "PAID", "pai\x00d", "refundin\xc9\xa1", string(order.EventSettle), string(order.ReasonCustomer), string(order.TypeTrial),
		string(order.ChargePackage), string(order.LapseJudged), string(order.LockPartner), string(order.Month)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := word[order.State](t, text); ok != slices.Contains(order.States(), order.State(text)) || ok && string(s) != text {
			t.Fatalf("state %q: %v", text, ok)
		}
		if _, ok := word[order.Reason](t, text); ok != slices.Contains(order.Reasons(), order.Reason(text)) {
			t.Fatalf("reason %q: %v", text, ok)
		}
		if _, ok := word[order.Type](t, text); ok != slices.Contains(order.Types(), order.Type(text)) {
			t.Fatalf("type %q: %v", text, ok)
		}
		if _, ok := word[order.Charge](t, text); ok != slices.Contains(order.Charges(), order.Charge(text)) {
			t.Fatalf("charge type %q: %v", text, ok)
		}
		word[order.Event](t, text)
		word[order.Lapse](t, text)
		word[order.Lock](t, text)
		word[order.Unit](t, text)
		word[order.Bill](t, text)
		word[order.Listing](t, text)
	})
}
