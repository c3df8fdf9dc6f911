package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

// An instrument is tried again unless it is spent, or was tried so often in the time before; a try counts
// until the second in which that time is over (P19).
func TestP19_Again(t *testing.T) {
	at := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	policy := payment.Policy{InstrumentTries: 2, InstrumentDays: 3}
	x := ledger.Instrument{Customer: "c1", ID: ledger.InstrumentID("c1", "g", "card-1")}
	try := func(after time.Duration) error {
		next, err := x.Again(at.Add(after), &policy)
		if err == nil {
			x = next
		}
		if x.Check() != nil {
			t.Errorf("%+v", x)
		}
		return err
	}
	const window = 72 * time.Hour
	for _, y := range []struct {
		after time.Duration
		made  bool
	}{{0, true}, {time.Hour, true}, {2 * time.Hour, false}, {window - time.Second, false}, {window, true}, {window + time.Hour - time.Second, false}, {window + time.Hour, true}} {
		if err := try(y.after); (err == nil) != y.made || err != nil && !errors.Is(err, payment.ReasonCard) {
			t.Errorf("after %s: %v", y.after, err)
		}
	}
	if len(x.Tries) != 2 {
		t.Errorf("%d tries are kept", len(x.Tries))
	}
	x.SpentAt = at
	if err := try(1000 * time.Hour); !errors.Is(err, payment.ReasonCard) {
		t.Errorf("spent: %v", err)
	}
}

// In no window of the policy's days are there more tries than it says (P19).
func TestP19_NoWindowHasMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := payment.Policy{InstrumentTries: rapid.IntRange(1, 5).Draw(t, "most"), InstrumentDays: rapid.IntRange(1, 3).Draw(t, "days")}
		most, within := policy.TriesOf()
		at, x := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC), ledger.Instrument{}
		var made []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "tries") {
			at = at.Add(time.Duration(rapid.IntRange(1, 24*3600).Draw(t, "later")) * time.Second)
			next, err := x.Again(at, &policy)
			count := 0
			for _, m := range made {
				count += map[bool]int{true: 1}[m.Add(within).After(at)]
			}
			if (err == nil) != (count < most) {
				t.Fatalf("%d tries in the time before, at most %d: %v", count, most, err)
			}
			if err == nil {
				x, made = next, append(made, at)
			}
		}
	})
}

// What is kept of an instrument is named after customer, gateway and instrument, and shows none (P12).
func TestP19_InstrumentID(t *testing.T) {
	var ids []string
	for _, x := range [][3]string{{"c1", "g", "card-1"}, {"c2", "g", "card-1"}, {"c1", "h", "card-1"}, {"c1", "g", "card-2"}, {"c1g", "", "card-1"}} {
		ids = append(ids, ledger.InstrumentID(order.CustomerID(x[0]), x[1], order.Opaque(x[2])))
	}
	for i, id := range ids {
		if len(id) != 32 || slices.Contains(ids[:i], id) {
			t.Errorf("%q", ids)
		}
	}
}

// What is no record of an instrument is refused (P19).
func TestP19_InstrumentRecordBadInput(t *testing.T) {
	for field, change := range map[string]func(x *ledger.Instrument){
		"customer": func(x *ledger.Instrument) { x.Customer = "" },
		"id":       func(x *ledger.Instrument) { x.ID = "" },
		"version":  func(x *ledger.Instrument) { x.Version = -1 },
		"spent":    func(x *ledger.Instrument) { x.SpentAt = time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC) },
		"tries[0]": func(x *ledger.Instrument) { x.Tries = make([]time.Time, 1) },
	} {
		x := ledger.Instrument{Customer: "c1", ID: "i1"}
		change(&x)
		if err := x.Check(); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
