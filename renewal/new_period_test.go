package renewal_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// newPeriod orders a change that begins a new period, and pays it some time later.
func newPeriod(t *testing.T, r, to renewal.Resource, by order.ID, at time.Time, later time.Duration, p renewal.Policy) renewal.Resource {
	t.Helper()
	asked, err := r.OrderNewPeriod(to, by, at, p)
	if err != nil {
		t.Fatal(err)
	}
	after, err := asked.ApplyRenewal(at.Add(later), p)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// Q8, Q2: the whole new period, less what is left of the old one.
func TestQ8_PriceOfANewPeriod(t *testing.T) {
	const day = 24 * time.Hour
	for _, row := range []struct {
		name    string
		product string
		to      int
		after   time.Duration
		due     int64
	}{
		{"at the start", "", 20, 0, 3600},
		{"21 of 30 days left", "", 20, 9 * day, 9720},
		{"another plan, half left", "enterprise", 17, 15 * day, 40800},
		{"nothing left", "", 18, 30 * day, 21600},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, p := team(17)
			at := r.Start.Add(row.after)
			x, err := r.PriceNewPeriod(r.Changed(row.product, row.to), at, plans, p)
			if err != nil || x.Due != order.Minor(row.due, order.EUR) || x.Order != "O1" || !x.Start.Equal(at) || !x.Expiry.Equal(at.AddDate(0, 1, 0)) {
				t.Errorf("%+v, %v; want %d cents", x, err, row.due)
			}
		})
	}
}

// R3: bought on the 31st, the periods of a new one are counted from the day on which it began.
func TestR3_NewPeriodsAreCountedFromTheirStart(t *testing.T) {
	r, p := team(17)
	at := time.Date(2026, 4, 30, 20, 0, 0, 0, time.UTC)
	r = newPeriod(t, r, r.Changed("", 20), "O2", at, time.Hour, p)
	for _, want := range []string{"2026-05-30 20:00:00", "2026-06-30 20:00:00", "2026-07-30 20:00:00"} {
		if got := r.Expiry.Format(time.DateTime); got != want || r.AnchorDay != 30 || r.AnchorClock != "20:00:00" {
			t.Errorf("until %s, anchored to %d at %s; want %s", got, r.AnchorDay, r.AnchorClock, want)
		}
		var err error
		if r, err = r.Renew(renewal.Term{N: 1, Unit: renewal.Month}, order.ID("R"+want), r.Expiry, p); err != nil {
			t.Fatal(err)
		}
	}
}

// Q8: it is paid for as long as the period in use and the new one last.
func TestQ8_NewPeriodPaidInTime(t *testing.T) {
	r, p := team(17)
	asked, err := r.OrderNewPeriod(r.Changed("", 20), "O2", r.Start.AddDate(0, 0, 9), p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asked.ApplyRenewal(r.Expiry, p); err != nil {
		t.Error(err)
	}
	var refused *renewal.MoveError
	if after, err := asked.ApplyRenewal(r.Expiry.Add(time.Second), p); !errors.As(err, &refused) || after.Order != "O2" || after.Count != 17 {
		t.Errorf("%+v, %v", after, err)
	}
}

// Q8: what keeps a resource from a new period says so, and leaves it as it is.
func TestQ8_NoNewPeriod(t *testing.T) {
	for _, row := range []struct {
		name string
		is   func(r *renewal.Resource)
		why  error
	}{
		{"bound", func(r *renewal.Resource) { r.Main = "main" }, renewal.ErrBound},
		{"no longer sold", func(r *renewal.Resource) { r.Withdrawn, r.Mode = true, renewal.ModeNone }, renewal.ErrMode},
		{"no periods", func(r *renewal.Resource) { r.Periods = nil }, renewal.ErrState},
		{"expired", func(r *renewal.Resource) {
			r.Start, r.Periods[0].Start = r.Start.AddDate(0, -2, 0), r.Start.AddDate(0, -2, 0)
			r.Expiry = r.Start.AddDate(0, 1, 0)
			r.Periods[0].Expiry = r.Expiry
		}, renewal.ErrState},
		{"a change that waits", func(r *renewal.Resource) { r.Next = renewal.NextChange{Product: "team", Count: 3, Asked: r.Start} }, renewal.ErrState},
	} {
		r, p := team(17)
		p.Keep = renewal.Policy{}.Keep
		at := r.Start.AddDate(0, 0, 9)
		row.is(&r)
		if _, err := r.PriceNewPeriod(r.Changed("", 20), at, plans, p); !errors.Is(err, row.why) {
			t.Errorf("%s: %v", row.name, err)
		}
		if after, err := r.OrderNewPeriod(r.Changed("", 20), "O2", at, p); err == nil || after.Order != "" {
			t.Errorf("%s: ordered, %v", row.name, err)
		}
	}
}

// Q8: a record whose periods were cut in no sound way is refused by its path.
func TestQ8_CutPeriodsAreChecked(t *testing.T) {
	for _, row := range []struct {
		field string
		spoil func(r *renewal.Resource)
	}{
		{"periods[0].cut", func(r *renewal.Resource) { r.Periods[0].Cut = time.Time{} }},
		{"periods[0].cut", func(r *renewal.Resource) { r.Periods[0].CutBy = "" }},
		{"periods[0].cutBy", func(r *renewal.Resource) { r.Periods[0].CutBy = "\n" }},
		{"periods[0].cut", func(r *renewal.Resource) { r.Periods[0].Cut = r.Periods[0].Expiry }},
		{"periods[0].cut", func(r *renewal.Resource) { r.Periods[0].Start = r.Periods[0].Expiry.Add(2 * time.Second) }},
		{"periods[0].expiry", func(r *renewal.Resource) { r.Periods[0].Expiry = r.Periods[0].Expiry.Add(-time.Second) }},
	} {
		r, p := team(17)
		r = newPeriod(t, r, r.Changed("", 20), "O2", r.Start.AddDate(0, 0, 9), 0, p)
		if err := r.Check(p); err != nil {
			t.Fatal(err)
		}
		row.spoil(&r)
		var bad *order.FieldError
		if err := r.Check(p); !errors.As(err, &bad) || bad.Field != row.field {
			t.Errorf("%s: %v", row.field, err)
		}
	}
}

// Q8: a renewal before a new period is not taken back, nor is a period that a change has begun.
func TestQ8_NotVoidedUnderANewPeriod(t *testing.T) {
	r, p := team(17)
	r = newPeriod(t, r, r.Changed("", 20), "O2", r.Start.AddDate(0, 0, 9), 0, p)
	for _, id := range []order.ID{"O1", "O2"} {
		var refused *renewal.MoveError
		if _, err := r.VoidRenewal(id, r.Start.AddDate(0, 0, 10), p); !errors.As(err, &refused) || !errors.Is(err, renewal.ErrState) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Q8: at any second, with any ending, a new period follows on what it has cut, and taken back leaves
// what was there.
func TestQ8_NewPeriodTakenBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, p := team(17)
		p.Ending = rapid.SampledFrom([]renewal.Ending{renewal.EndOfDay, renewal.SameClock, renewal.NextMidnight, renewal.DayBefore}).Draw(rt, "ending")
		until, err := renewal.First(r.Start, r.Periods[0].Term, p)
		if err != nil {
			rt.Fatal(err)
		}
		r.Expiry, r.Periods[0].Expiry = until, until
		seconds := int(p.Ending.LastSecond(until).Sub(r.Start) / time.Second)
		at := r.Start.Add(time.Duration(rapid.IntRange(0, seconds).Draw(rt, "second")) * time.Second)
		to := r.Changed("enterprise", 20)
		asked, err := r.OrderNewPeriod(to, "O2", at, p)
		if err != nil {
			rt.Fatal(err)
		}
		after, err := asked.ApplyRenewal(at, p)
		if err != nil {
			rt.Fatal(err)
		}
		whole, err := renewal.First(at, r.Periods[0].Term, p)
		if n := len(after.Periods); err != nil || n != 2 || !after.Periods[1].Start.Equal(at) || !after.Expiry.Equal(whole) || after.State(at, p) != renewal.StateInUse {
			rt.Fatalf("%+v, %v", after, err)
		}
		if cut := p.Ending.LastSecond(after.Periods[0].Expiry); !cut.Equal(at.Add(-time.Second)) {
			rt.Fatalf("cut after %s", cut)
		}
		back, err := after.UndoChange("O2", r, to, at, p)
		if err != nil || len(back.Periods) != 1 || !back.Periods[0].Expiry.Equal(until) || !back.Expiry.Equal(until) || back.Count != 17 || back.Product != "team" ||
			back.AnchorDay != r.AnchorDay || back.AnchorClock != r.AnchorClock || len(back.Added) != 0 || back.Periods[0].CutBy != "" || !back.Periods[0].Cut.IsZero() {
			rt.Fatalf("%+v, %v", back, err)
		}
	})
}

// Q8, Q3: what is carried is what would come back without the fee, and nothing of a cash coupon.
func TestQ8_Carried(t *testing.T) {
	_, p := team(17)
	p.Leaving.Fees = []renewal.Fee{{Rates: []order.Rate{order.Percent(10)}}}
	r, _ := team(17)
	eur := func(n int64) order.Money { return order.Minor(n, order.EUR) }
	b := renewal.Bought{Period: r.Periods[0].Period, Parts: []renewal.Part{{Name: "cash", Amount: eur(10000)}, {Name: "card", Amount: eur(5000)}, {Name: "coupon", Amount: eur(5400), Coupon: true}}}
	parts, err := b.Carried(r.Start.AddDate(0, 0, 9), p)
	if err != nil || len(parts) != 3 || parts[0] != eur(7000) || parts[1] != eur(3500) || parts[2] != eur(0) {
		t.Errorf("%v, %v", parts, err)
	}
	if _, err := b.Carried(r.Expiry.Add(time.Second), p); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("after the expiry: %v", err)
	}
}
