package payment_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/google/go-cmp/cmp"
)

// P3: what is agreed to is the same of a quote that has been through JSON, where it panicked;
// and of the quote of a payment's record, which has no orders, nothing is agreed to: such a
// request is refused.
func TestP3_AgreedThroughJSON(t *testing.T) {
	s := asking(dues(t, 10000, 4160)...)
	q := s.quote(t)
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var again payment.Quote
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	same := cmp.Comparer(func(a, b order.Money) bool { return a == b })
	if d := cmp.Diff(q.Agreed(), again.Agreed(), same); d != "" {
		t.Errorf("agreed otherwise (-quote +through JSON):\n%s", d)
	}
	if a, b := again.Explain(), q.Explain(); a.Text != b.Text || !a.To.Equal(b.To) || a.To.IsZero() {
		t.Errorf("explained otherwise: %+v, was %+v", again.Explain(), q.Explain())
	}
	s.Agreed = again.Agreed()
	if got := s.quote(t); len(got.Items) != 2 || len(got.Dropped) != 0 {
		t.Errorf("%d orders are in, %v dropped out", len(got.Items), got.Dropped)
	}
	q.Orders = nil
	s.Agreed = q.Agreed()
	if _, err := s.Quote(s.facts, s.at); !errors.Is(err, payment.ReasonBadRequest) {
		t.Errorf("agreed to nothing that is known: %v", err)
	}
	if e := q.Explain(); e.To != q.Deadline || e.Thing == "" {
		t.Errorf("without orders its deadline is explained as %+v", e)
	}
}
