package renewal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// soldOrder is an order of one server, for a term.
func soldOrder(t order.Term) order.Order {
	return order.Order{ID: "O1", Customer: "c-7", User: "u-7", Project: "p-7", Type: order.TypePurchase, State: order.StatePaid, Lines: []order.Line{
		{Product: "s6.large", Service: "ECS", Region: "north", Count: 2, Term: t, Charge: order.ChargeSubscription, Amount: order.Minor(1000, order.USD)},
		{Product: "image", Count: 1, Term: t, Charge: order.ChargeSubscription, Seller: "another"}}}
}

// A line says what its resource is: nothing of it is said twice (R2, R3).
func ExampleProvide() {
	o := soldOrder(order.Term{N: 1, Unit: order.Month})
	r, err := renewal.Provide(o, 0, "vm-1", time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC), renewal.Policy{})
	fmt.Println(r.Count, r.Product, r.Mode, "until", r.Expiry.Format(time.DateTime), "counted from day", r.AnchorDay, err)
	// Output:
	// 2 s6.large manual renewal until 2026-02-28 23:59:59 counted from day 31 <nil>
}

// What a line provides has what the line says and ends with its first term; it begins to be
// renewed as the policy has it (R2, R4).
func TestR4_ProvidedAsThePolicyHasIt(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	daily := renewal.Attempts{Days: []int{1}, Daily: true}
	for _, x := range []struct {
		name   string
		policy renewal.Policy
		term   order.Term
		mode   renewal.Mode
		auto   renewal.Term
	}{
		{"neutral", renewal.Policy{}, renewal.Term{N: 1, Unit: renewal.Month}, renewal.ModeManual, renewal.Term{}},
		{"automatic", renewal.Policy{Mode: renewal.ModeAutomatic, Attempts: daily}, renewal.Term{N: 3, Unit: renewal.Month}, renewal.ModeAutomatic, renewal.Term{N: 3, Unit: renewal.Month}},
		{"not renewed", renewal.Policy{Mode: renewal.ModeNone}, renewal.Term{N: 1, Unit: renewal.Month}, renewal.ModeNone, renewal.Term{}},
		{"to pay-per-use", renewal.Policy{Mode: renewal.ModePayPerUse}, renewal.Term{N: 1, Unit: renewal.Month}, renewal.ModePayPerUse, renewal.Term{}},
	} {
		r, err := renewal.Provide(soldOrder(x.term), 0, "vm-1", start, x.policy)
		if err != nil || r.Mode != x.mode || r.Auto.Term != x.auto {
			t.Errorf("%s: %s for %s: %v", x.name, r.Mode, r.Auto.Term, err)
		}
	}
	pack := soldOrder(renewal.Term{N: 1, Unit: renewal.Month})
	pack.Lines[0].Charge = order.ChargePackage
	if r, err := renewal.Provide(pack, 0, "vm-1", start, renewal.Policy{Mode: renewal.ModeAutomatic, Attempts: daily}); err != nil || r.Mode != renewal.ModeManual {
		t.Errorf("a package: %s, %v", r.Mode, err)
	}
}

func TestR2_ProvidedForTheTermOfTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := renewal.Term{N: rapid.IntRange(1, 11).Draw(t, "n"), Unit: rapid.SampledFrom([]renewal.Unit{renewal.Month, renewal.Year}).Draw(t, "unit")}
		p := renewal.Policy{Ending: rapid.SampledFrom([]renewal.Ending{renewal.EndOfDay, renewal.SameClock, renewal.NextMidnight}).Draw(t, "ending")}
		start, o := ordertest.Instant().Draw(t, "start"), soldOrder(term)
		r, err := renewal.Provide(o, 0, "vm-1", start, p)
		want, errFirst := renewal.First(start, term, p)
		if (err == nil) != (errFirst == nil) {
			t.Fatalf("%v, where the first expiry is %v", err, errFirst)
		}
		if err != nil {
			return
		}
		l := &o.Lines[0]
		if r.Customer != o.Customer || r.User != o.User || r.Project != o.Project || r.Product != l.Product || r.Service != l.Service || r.Region != l.Region || r.Count != l.Count {
			t.Errorf("%+v is not what the line says", r)
		}
		if !r.Expiry.Equal(want) || len(r.Periods) != 1 || r.Periods[0].Order != o.ID || !r.Periods[0].Expiry.Equal(want) || r.Periods[0].Term != term {
			t.Errorf("until %s, paid for %+v", r.Expiry, r.Periods)
		}
		second, err := renewal.Next(r.Position(), term, p)
		both, errBoth := renewal.First(start, renewal.Term{N: 2 * term.N, Unit: term.Unit}, p)
		if err == nil && errBoth == nil && !second.Equal(both) {
			t.Errorf("renewed until %s, where two terms end %s", second, both)
		}
	})
}

func TestR2_BadInputToProvide(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		what  string
		do    func(o *order.Order, i *int, id *order.ResourceID, start *time.Time, p *renewal.Policy)
		field string
	}{
		{"a line that is not there", func(_ *order.Order, i *int, _ *order.ResourceID, _ *time.Time, _ *renewal.Policy) { *i = 2 }, "lines[2]"},
		{"a line before the first", func(_ *order.Order, i *int, _ *order.ResourceID, _ *time.Time, _ *renewal.Policy) { *i = -1 }, "lines[-1]"},
		{"a third party's", func(_ *order.Order, i *int, _ *order.ResourceID, _ *time.Time, _ *renewal.Policy) { *i = 1 }, "lines[1].seller"},
		{"there already", func(o *order.Order, _ *int, _ *order.ResourceID, _ *time.Time, _ *renewal.Policy) {
			o.Lines[0].Resource = "vm-0"
		}, "lines[0].resource"},
		{"no term", func(o *order.Order, _ *int, _ *order.ResourceID, _ *time.Time, _ *renewal.Policy) {
			o.Lines[0].Term = order.Term{}
		}, "lines[0].term"},
		{"no ID", func(_ *order.Order, _ *int, id *order.ResourceID, _ *time.Time, _ *renewal.Policy) { *id = "" }, "id"},
		{"no start", func(_ *order.Order, _ *int, _ *order.ResourceID, at *time.Time, _ *renewal.Policy) { *at = time.Time{} }, "start"},
		{"an unknown mode", func(_ *order.Order, _ *int, _ *order.ResourceID, _ *time.Time, p *renewal.Policy) { p.Mode = "free" }, "policy.mode"},
		{"automatic, and never attempted", func(_ *order.Order, _ *int, _ *order.ResourceID, _ *time.Time, p *renewal.Policy) {
			p.Mode = renewal.ModeAutomatic
		}, "policy.mode"},
	} {
		o, i, id, at, p := soldOrder(order.Term{N: 1, Unit: order.Month}), 0, order.ResourceID("vm-1"), start, renewal.Policy{}
		x.do(&o, &i, &id, &at, &p)
		r, err := renewal.Provide(o, i, id, at, p)
		var f *order.FieldError
		if !errors.As(err, &f) || f.Field != x.field || r.ID != "" {
			t.Errorf("%s: %s, %v", x.what, r.ID, err)
		}
	}
}
