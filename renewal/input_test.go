package renewal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
)

// TestR1_BadInput breaks one thing of a resource a row: every move refuses it and leaves
// it as it was.
func TestR1_BadInput(t *testing.T) {
	long := strings.Repeat("x", 65)
	at := clock("2023-04-01")
	for _, row := range []struct {
		what  string
		do    func(r *renewal.Resource)
		field string
	}{
		{"no ID", func(r *renewal.Resource) { r.ID = "" }, "id"},
		{"a long ID", func(r *renewal.Resource) { r.ID = order.ResourceID(long) }, "id"},
		{"nobody's", func(r *renewal.Resource) { r.Customer = "" }, "customer"},
		{"no product", func(r *renewal.Resource) { r.Product = "" }, "product"},
		{"a long user", func(r *renewal.Resource) { r.User = order.CustomerID(long) }, "user"},
		{"a project that does not print", func(r *renewal.Resource) { r.Project = "a\x00" }, "project"},
		{"a long service", func(r *renewal.Resource) { r.Service = long }, "service"},
		{"a long region", func(r *renewal.Resource) { r.Region = long }, "region"},
		{"a long tier", func(r *renewal.Resource) { r.Tier = long }, "tier"},
		{"no instance", func(r *renewal.Resource) { r.Count = 0 }, "count"},
		{"no charge", func(r *renewal.Resource) { r.Charge = "" }, "charge"},
		{"no start", func(r *renewal.Resource) { r.Start = time.Time{} }, "start"},
		{"a start in the year 0", func(r *renewal.Resource) { r.Start = time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC) }, "start"},
		{"no expiry", func(r *renewal.Resource) { r.Expiry = time.Time{} }, "expiry"},
		{"an expiry in the year 9999", func(r *renewal.Resource) { r.Expiry = time.Date(9999, 6, 1, 0, 0, 0, 0, time.UTC) }, "expiry"},
		{"an expiry before the start", func(r *renewal.Resource) { r.Expiry = r.Start.Add(-time.Second) }, "expiry"},
		{"the 32nd", func(r *renewal.Resource) { r.AnchorDay = 32 }, "anchorDay"},
		{"a day below zero", func(r *renewal.Resource) { r.AnchorDay = -1 }, "anchorDay"},
		{"no mode", func(r *renewal.Resource) { r.Mode = "" }, "mode"},
		{"renewed, and no longer sold", func(r *renewal.Resource) { r.Withdrawn = true }, "mode"},
		{"automatic for 30 hours", func(r *renewal.Resource) {
			r.Mode, r.Auto.Term = renewal.ModeAutomatic, renewal.Term{N: 30, Unit: order.Hour}
		}, "auto.term"},
		{"automatic fewer than no times", func(r *renewal.Resource) {
			r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: months(1), Times: -1}
		}, "auto.times"},
		{"automatic more often than that", func(r *renewal.Resource) {
			r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: months(1), Times: 1, Done: 2}
		}, "auto.done"},
		{"automatic 8 days later", func(r *renewal.Resource) {
			r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: months(1), Later: 8}
		}, "auto.later"},
		{"its own main resource", func(r *renewal.Resource) { r.Main = r.ID }, "main"},
		{"attached to nothing", func(r *renewal.Resource) { r.Attached = true }, "attached"},
		{"being paid for no order", func(r *renewal.Resource) { r.Paying = true }, "paying"},
		{"released, and in an order", func(r *renewal.Resource) { r.Released, r.Order = at, "CS9" }, "order"},
		{"a version below zero", func(r *renewal.Resource) { r.Version = -1 }, "version"},
	} {
		r := with(server(), row.do)
		p := renewal.Huawei()
		isField(t, row.what, r.Check(p), row.field)
		leads(t, r, row.field)
		renewed, err1 := r.Renew(months(1), "CS1", at, p)
		moded, err2 := r.SetMode(renewal.ModeNone, renewal.Auto{}, at, p)
		released, err3 := r.Release(at, p)
		lapsed, _, err4 := r.Lapse(at, p)
		taken, err5 := r.Claim("CS1", false, at, p)
		_, _, err6 := r.NextAttempt(at, p)
		_, err7 := renewal.Preview([]renewal.Resource{server(), r}, months(1), 1, monthly(1), at, p)
		for i, err := range []error{err1, err2, err3, err4, err5, err6, err7} {
			prefix := "resource."
			if i == 6 {
				prefix = "resources[1]."
			}
			isField(t, row.what, err, prefix+row.field)
		}
		for _, after := range []renewal.Resource{renewed, moded, released, lapsed, taken} {
			if diff := cmp.Diff(r, after); diff != "" {
				t.Errorf("%s: changed (-before +after):\n%s", row.what, diff)
			}
		}
	}
}

// TestR6_BadInput breaks one thing of a position, a policy or a time a row.
func TestR6_BadInput(t *testing.T) {
	sound := renewal.Position{Expiry: clock("2024-03-25")}
	for _, row := range []struct {
		what  string
		do    func(at *renewal.Position, term *renewal.Term, p *renewal.Policy)
		field string
	}{
		{"no expiry", func(at *renewal.Position, _ *renewal.Term, _ *renewal.Policy) { at.Expiry = time.Time{} }, "expiry"},
		{"the 32nd", func(at *renewal.Position, _ *renewal.Term, _ *renewal.Policy) { at.AnchorDay = 32 }, "anchorDay"},
		{"no term", func(_ *renewal.Position, term *renewal.Term, _ *renewal.Policy) { *term = renewal.Term{} }, "term"},
		{"12 hours", func(_ *renewal.Position, term *renewal.Term, _ *renewal.Policy) {
			*term = renewal.Term{N: 12, Unit: order.Hour}
		}, "term"},
		{"12 months, which are not sold", func(_ *renewal.Position, term *renewal.Term, p *renewal.Policy) {
			*term, p.Terms = months(12), renewal.Huawei().Terms
		}, "term"},
		{"days out of the years", func(_ *renewal.Position, term *renewal.Term, _ *renewal.Policy) { *term = days(9_000_000) }, "term"},
		{"out of the years", func(at *renewal.Position, term *renewal.Term, _ *renewal.Policy) {
			at.Expiry, *term = time.Date(9998, 12, 31, 0, 0, 0, 0, gmt8), years(3)
		}, "term"},
		{"no such ending", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Ending = 9 }, "policy.ending"},
		{"no such least", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Least = 9 }, "policy.least"},
		{"no such day count", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.DayCount = 9 }, "policy.dayCount"},
		{"no such rounding", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Rounding = 9 }, "policy.rounding"},
		{"terms of no unit", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Terms = []renewal.Sold{{}} }, "policy.terms[0].unit"},
		{"terms of hours", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) {
			p.Terms = []renewal.Sold{{Unit: renewal.Month}, {Unit: order.Hour}}
		}, "policy.terms[1].unit"},
		{"terms below zero", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) {
			p.Terms = []renewal.Sold{{Unit: renewal.Week, Counts: []int{2, -1}}}
		}, "policy.terms[0].counts[1]"},
		{"unified days that are none", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.UnifiedDays = 9 }, "policy.unifiedDays"},
		{"unified months that are none", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.UnifiedMonths = 9 }, "policy.unifiedMonths"},
		{"rows below zero", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.MaxRows = -1 }, "policy.maxRows"},
		{"attempts that go back", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Attempts.Days = []int{1, 3} }, "policy.attempts.days[1]"},
		{"attempts at 25:00", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Attempts.Clock = 25 * time.Hour }, "policy.attempts.clock"},
		{"grace below zero", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Keep = []renewal.Keep{{Grace: -1e9}} }, "policy.keep[0].grace"},
		{"retention of half a second", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) {
			p.Keep = []renewal.Keep{{Retention: time.Second / 2}}
		}, "policy.keep[0].retention"},
		{"kept by an unknown charge", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Keep = []renewal.Keep{{Charge: "x"}} }, "policy.keep[0].charge"},
		{"left in no such way", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Leaving.Left = 3 }, "policy.leaving.left"},
		{"a window never used", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Leaving.Window = time.Hour }, "policy.leaving.window"},
		{"a fee of no rate", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Leaving.Fees = []renewal.Fee{{}} }, "policy.leaving.fees[0].rates"},
		{"a fee of more than all", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) {
			p.Leaving.Fees = []renewal.Fee{{Rates: []order.Rate{order.Percent(101)}}}
		}, "policy.leaving.fees[0].rates[0]"},
		{"a fee by hours", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) {
			p.Leaving.Fees = []renewal.Fee{{Least: renewal.Term{N: 1, Unit: order.Hour}, Rates: []order.Rate{order.Percent(1)}}}
		}, "policy.leaving.fees[0].least"},
		{"used in no such way", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Leaving.Used = 3 }, "policy.leaving.used"},
		{"approval below zero", func(_ *renewal.Position, _ *renewal.Term, p *renewal.Policy) { p.Leaving.Approve = usd(-1) }, "policy.leaving.approve"},
	} {
		at, term, p := sound, months(1), renewal.Policy{Zone: gmt8}
		row.do(&at, &term, &p)
		e, err1 := renewal.Unify(at, term, 1, p)
		next, err2 := renewal.Next(at, term, p)
		isField(t, row.what, err1, row.field)
		isField(t, row.what, err2, row.field)
		leads(t, struct {
			renewal.Position
			Term   renewal.Term
			Policy renewal.Policy
		}{}, row.field)
		if !next.IsZero() || e != (renewal.Extension{}) {
			t.Errorf("%s: %s, %+v", row.what, next, e)
		}
	}
	_, err := renewal.Preview(nil, months(1), 1, monthly(1), time.Time{}, renewal.Policy{})
	isField(t, "no time", err, "at")
	_, err = renewal.Preview(nil, months(1), 1, nil, clock("2024-03-25"), renewal.Policy{})
	isField(t, "no prices", err, "prices")
	e := renewal.Extension{Until: clock("2024-04-01"), Whole: months(1), Days: 6}
	for what, got := range map[string]error{
		"whole":  second(e.Price(order.Money{}, usd(1), renewal.Policy{})),
		"per":    second(renewal.Extension{Until: e.Until, Days: 1, Per: renewal.Term{N: 1, Unit: order.Hour}}.Price(usd(1), usd(1), renewal.Policy{})),
		"days":   second(renewal.Extension{Until: e.Until, Days: -1}.Price(usd(1), usd(1), renewal.Policy{})),
		"of":     second(renewal.Extension{Until: e.Until, Days: 1, Of: -1}.Price(usd(1), usd(1), renewal.Policy{})),
		"amount": second(renewal.Extension{Until: e.Until, Days: 90}.Price(order.Money{}, usd(999_999_999_999_999_999), renewal.Policy{})),
	} {
		isField(t, "a price with a bad "+what, got, what)
	}
	isField(t, "a price below zero", second(e.Price(usd(1), usd(-1), renewal.Policy{})), "per")
	if err := second(e.Price(order.Minor(1, order.EUR), usd(1), renewal.Policy{})); !errors.Is(err, order.ErrCurrency) {
		t.Errorf("two currencies: %v", err)
	}
	r := server()
	for what, e := range map[string]renewal.Extension{
		"into the past":    {Until: r.Expiry},
		"to no time":       {},
		"to another day":   {Until: clock("2023-05-02")},
		"out of the years": {Until: time.Date(9999, 1, 1, 0, 0, 0, 0, gmt8)},
	} {
		after, err := r.Extend(e, 1, "CS1", clock("2023-04-01"), renewal.Huawei())
		isField(t, what, err, "until")
		if cmp.Diff(r, after) != "" {
			t.Errorf("%s: changed", what)
		}
	}
}

func second[A any](_ A, err error) error { return err }

// TestQ3_BadInput breaks one thing of what was bought, or of a change, a row.
func TestQ3_BadInput(t *testing.T) {
	at := clock("2024-06-21 12:00:00")
	for _, row := range []struct {
		what  string
		do    func(b *renewal.Bought)
		field string
	}{
		{"no start", func(b *renewal.Bought) { b.Start = time.Time{} }, "start"},
		{"no expiry", func(b *renewal.Bought) { b.Expiry = time.Time{} }, "expiry"},
		{"an expiry before the start", func(b *renewal.Bought) { b.Expiry = b.Start }, "expiry"},
		{"no term", func(b *renewal.Bought) { b.Term = renewal.Term{} }, "term"},
		{"a term of hours", func(b *renewal.Bought) { b.Term = renewal.Term{N: 30, Unit: order.Hour} }, "term"},
		{"nothing paid", func(b *renewal.Bought) { b.Parts = nil }, "parts"},
		{"paid by nothing", func(b *renewal.Bought) { b.Parts[0].Name = "" }, "parts[0].name"},
		{"paid no amount", func(b *renewal.Bought) { b.Parts[0].Amount = order.Money{} }, "parts[0].amount"},
		{"paid less than nothing", func(b *renewal.Bought) { b.Parts[0].Amount = usd(-1) }, "parts[0].amount"},
		{"paid in two currencies", func(b *renewal.Bought) { b.Parts[1].Amount = order.Minor(1, order.EUR) }, "parts[1].amount"},
		{"returned less than nothing", func(b *renewal.Bought) { b.Parts[1].Returned = usd(-1) }, "parts[1].returned"},
		{"returned more than paid", func(b *renewal.Bought) { b.Parts[1].Returned = usd(2) }, "parts[1].returned"},
		{"kept less than nothing", func(b *renewal.Bought) { b.Parts[1].Kept = usd(-1) }, "parts[1].kept"},
		{"kept in two currencies", func(b *renewal.Bought) { b.Parts[1].Kept = order.Minor(1, order.EUR) }, "parts[1].kept"},
		{"more than 18 digits", func(b *renewal.Bought) { b.Parts[0].Amount, b.Parts[1].Amount = usd(6e17), usd(6e17) }, "parts"},
		{"left before the start", func(b *renewal.Bought) { b.Start = at.Add(time.Second) }, "at"},
		{"left after the expiry", func(b *renewal.Bought) { b.Expiry = at.Add(-time.Second) }, "at"},
	} {
		b := bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), 31000)
		b.Parts = append(b.Parts, renewal.Part{Name: "gift", Amount: usd(1)})
		row.do(&b)
		down, err := b.Downgrade(usd(2), usd(1), at, renewal.Huawei())
		isField(t, row.what, err, row.field)
		leads(t, struct {
			renewal.Bought
			Old, New order.Money
			At       time.Time
		}{}, row.field)
		if row.what != "left before the start" { // which gives everything back
			_, err := b.Leave(at, 0, renewal.Huawei())
			isField(t, row.what, err, row.field)
			if row.what != "nothing paid" && !strings.HasPrefix(row.field, "parts") {
				_, err = b.Remaining(at, renewal.Huawei())
				isField(t, row.what, err, row.field)
			}
		}
		if down.Parts != nil {
			t.Errorf("%s: %+v", row.what, down)
		}
	}
	b := bought(period("2024-06-14 09:00:00", "2024-07-14 23:59:59", months(1)), 31000)
	isField(t, "left at no time", second(b.Leave(time.Time{}, 0, renewal.Huawei())), "at")
	isField(t, "left fewer than no times", second(b.Leave(at, -1, renewal.Huawei())), "times")
	isField(t, "down to more", second(b.Downgrade(usd(1), usd(2), at, renewal.Huawei())), "new")
	isField(t, "down from nothing", second(b.Downgrade(usd(0), usd(0), at, renewal.Huawei())), "new")
	isField(t, "down in another currency", second(b.Downgrade(usd(2), order.Minor(1, order.EUR), at, renewal.Huawei())), "new")
	isField(t, "another's refund", second(b.Returned(renewal.Refund{})), "refund.parts")
	isField(t, "more than is left", second(b.Returned(renewal.Refund{Parts: []order.Money{usd(31001)}})), "refund.parts[0]")
	isField(t, "less than nothing", second(b.Returned(renewal.Refund{Parts: []order.Money{usd(-1)}})), "refund.parts[0]")
	isField(t, "found of nothing that was paid", second(b.Returned(renewal.Refund{Parts: []order.Money{usd(1)}})), "refund.paid")
	isField(t, "of two parts", second(b.Returned(renewal.Refund{Paid: usd(31000), Parts: []order.Money{usd(1)}, ResidualParts: []order.Money{usd(1), usd(1)}})), "refund.keeps")
	for _, keeps := range []order.Money{usd(-1), {}, order.Minor(1, order.EUR)} {
		isField(t, "keeps "+keeps.String(), second(b.Returned(renewal.Refund{Paid: usd(31000), Parts: []order.Money{usd(1)}, ResidualParts: []order.Money{keeps}})), "refund.keeps[0]")
	}
	left := renewal.Fraction{Num: 1, Den: 2}
	for what, c := range map[string]renewal.Change{
		"old":   {New: usd(1), Left: left},
		"new":   {Old: usd(2), New: usd(1), Left: left},
		"left":  {Old: usd(1), New: usd(2)},
		"ratio": {Old: usd(1), New: usd(2), Left: left, Ratio: order.Percent(101)},
		"off":   {Old: usd(1), New: usd(2), Left: left, Off: usd(-1)},
		"fixed": {Old: usd(1), New: usd(2), Left: left, Fixed: usd(3)},
	} {
		isField(t, "a change with a bad "+what, second(c.Upgrade(renewal.Huawei())), what)
	}
	isField(t, "two discounts", second(renewal.Change{Old: usd(1), New: usd(2), Left: left, Off: usd(1), Ratio: order.Percent(50)}.Upgrade(renewal.Huawei())), "ratio")
	isField(t, "too much", second(renewal.Change{Old: usd(0), New: usd(999_999_999_999_999_999), Left: renewal.Fraction{Num: 3, Den: 1}}.Upgrade(renewal.Huawei())), "amount")
}
