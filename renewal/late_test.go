package renewal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
)

// fromPayment is a week of grace and a week of retention, in which a renewal begins when it is
// paid.
func fromPayment(ending renewal.Ending) renewal.Policy {
	const week = 7 * 24 * time.Hour
	return renewal.Policy{Zone: gmt8, Ending: ending, FromPayment: true, UnifiedDays: renewal.DaysAny, Keep: []renewal.Keep{{Grace: week, Retention: week}}}
}

// Until the last second of grace a renewal begins at the expiry, from the first of retention on
// when it is paid; where the policy does not let it, it always begins at the expiry (R1).
func TestR1_FromPayment(t *testing.T) {
	for _, x := range []struct {
		name   string
		ending renewal.Ending
		expiry string
		at     string
		start  string
		until  string
	}{
		{"in use", renewal.EndOfDay, "2023-04-08 23:59:59", "2023-04-08 12:00:00", "2023-04-09 00:00:00", "2023-05-08 23:59:59"},
		{"the last second of grace", renewal.EndOfDay, "2023-04-08 23:59:59", "2023-04-15 23:59:59", "2023-04-09 00:00:00", "2023-05-08 23:59:59"},
		{"the first of retention", renewal.EndOfDay, "2023-04-08 23:59:59", "2023-04-16 00:00:00", "2023-04-16 00:00:00", "2023-05-16 23:59:59"},
		{"the last of retention", renewal.EndOfDay, "2023-04-08 23:59:59", "2023-04-22 23:59:59", "2023-04-22 23:59:59", "2023-05-22 23:59:59"},
		{"the clock, last of grace", renewal.SameClock, "2023-04-08 10:00:00", "2023-04-15 10:00:00", "2023-04-08 10:00:01", "2023-05-08 10:00:00"},
		{"the clock, first of retention", renewal.SameClock, "2023-04-08 10:00:00", "2023-04-15 10:00:01", "2023-04-15 10:00:01", "2023-05-15 10:00:01"},
		{"midnight, last of grace", renewal.NextMidnight, "2023-04-09 00:00:00", "2023-04-15 23:59:59", "2023-04-09 00:00:00", "2023-05-09 00:00:00"},
		{"midnight, first of retention", renewal.NextMidnight, "2023-04-09 00:00:00", "2023-04-16 00:00:00", "2023-04-16 00:00:00", "2023-05-17 00:00:00"},
		{"the day before, last of grace", renewal.DayBefore, "2023-04-08 23:59:59", "2023-04-15 23:59:59", "2023-04-09 00:00:00", "2023-05-08 23:59:59"},
		{"the day before, first of retention", renewal.DayBefore, "2023-04-08 23:59:59", "2023-04-16 00:00:00", "2023-04-16 00:00:00", "2023-05-15 23:59:59"},
	} {
		r := with(server(), func(r *renewal.Resource) { r.Expiry, r.Order, r.Paying = clock(x.expiry), "CS1", true })
		at := clock(x.at)
		p := fromPayment(x.ending)
		got, err := r.Renew(months(1), "CS1", at, p)
		if err != nil || !got.Expiry.Equal(clock(x.until)) || !got.Periods[0].Start.Equal(clock(x.start)) || !got.Periods[0].Expiry.Equal(got.Expiry) {
			t.Errorf("%s: %+v, %v", x.name, got.Periods, err)
			continue
		}
		next, err := renewal.Next(r.PositionAt(at, p), months(1), p)
		if err != nil || !next.Equal(got.Expiry) {
			t.Errorf("%s: from its position until %s, %v", x.name, next, err)
		}
		back, err := got.VoidRenewal("CS1", at, p)
		r.Order, r.Paying, r.Periods = "", false, []renewal.PaidPeriod{}
		if err != nil || !back.Expiry.Equal(r.Expiry) || back.AnchorDay != r.AnchorDay || back.AnchorClock != r.AnchorClock {
			t.Errorf("%s: taken back it is %+v, %v", x.name, back, err)
		}
		p.FromPayment = false
		r.Order = "CS1"
		before, err := r.Renew(months(1), "CS1", clock(x.expiry), p)
		if err != nil {
			t.Fatal(err)
		}
		if late, err := r.Renew(months(1), "CS1", at, p); err != nil || cmp.Diff(before, late) != "" {
			t.Errorf("%s, always at the expiry: %+v, %v", x.name, late, err)
		}
	}
	r := with(server(), func(r *renewal.Resource) { r.Order = "CS1" })
	if _, err := r.Renew(months(1), "CS1", clock("2023-04-23 00:00:00"), fromPayment(renewal.EndOfDay)); !errors.Is(err, renewal.ErrState) {
		t.Errorf("after retention: %v", err)
	}
	r.Paying = true // it waits for the payment (R11)
	if got, err := r.Renew(months(1), "CS1", clock("2023-04-25 10:00:00"), fromPayment(renewal.EndOfDay)); err != nil || !got.Periods[0].Start.Equal(clock("2023-04-25 10:00:00")) {
		t.Errorf("paid after retention: %+v, %v", got.Periods, err)
	}
}

// The anchor of what begins when it is paid is that day (R1, R3).
func TestR1_FromPaymentAnchor(t *testing.T) {
	p := fromPayment(renewal.SameClock)
	r := with(server(), func(r *renewal.Resource) {
		r.Start, r.Expiry, r.AnchorDay, r.AnchorClock = clock("2022-12-20 10:00:00"), clock("2023-01-20 10:00:00"), 20, "10:00:00"
	})
	for i, x := range []struct{ at, until string }{
		{"2023-01-31 12:30:00", "2023-02-28 12:30:00"}, // paid late
		{"2023-02-28 12:00:00", "2023-03-31 12:30:00"},
		{"2023-03-31 12:00:00", "2023-04-30 12:30:00"},
	} {
		r.Order = "CS1"
		var err error
		if r, err = r.Renew(months(1), r.Order, clock(x.at), p); err != nil || !r.Expiry.Equal(clock(x.until)) || r.AnchorDay != 31 || r.AnchorClock != "12:30:00" {
			t.Errorf("renewal %d: %s, %v", i+1, r.Expiry, err)
		}
	}
}

// A renewal to a unified day begins when it is paid as well: what was priced is what is paid, or
// it is refused (R1, R6).
func TestR1_FromPaymentUnified(t *testing.T) {
	p := fromPayment(renewal.EndOfDay)
	placed := clock("2023-04-17 09:00:00")
	r := server()
	e, err := renewal.Unify(r.PositionAt(placed, p), months(1), 20, p)
	if err != nil || e.Days != 3 || !e.Until.Equal(clock("2023-05-20 23:59:59")) {
		t.Fatalf("%+v, %v", e, err)
	}
	rows, err := renewal.Preview([]renewal.Resource{r}, months(1), 20, monthly(6000), placed, p)
	if err != nil || rows[0].Extension != e || rows[0].Price != usd(6600) {
		t.Errorf("the preview: %+v, %v", rows, err)
	}
	asked, err := r.OrderRenewal(renewal.PendingRenewal{Term: months(1), Extension: e, Day: 20}, "CS1", placed, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		at    string
		until string // "": refused
	}{{"2023-04-17 09:00:00", "2023-05-20 23:59:59"}, {"2023-04-17 23:59:59", "2023-05-20 23:59:59"}, {"2023-04-18 00:00:00", ""}, {"2023-04-22 23:59:59", ""}} {
		got, err := asked.ApplyRenewal(clock(x.at), p)
		switch {
		case x.until == "":
			if !errors.Is(err, renewal.ErrState) || cmp.Diff(asked, got) != "" {
				t.Errorf("paid %s: until %s, %v", x.at, got.Expiry, err)
			}
		case err != nil || !got.Expiry.Equal(clock(x.until)) || !got.Periods[0].Start.Equal(clock(x.at)) || got.AnchorDay != 20:
			t.Errorf("paid %s: %+v, %v", x.at, got, err)
		}
	}
	// Placed in grace, and paid in retention: its odd days are other ones.
	grace := clock("2023-04-15 23:59:59")
	if e, err = renewal.Unify(r.PositionAt(grace, p), months(1), 20, p); err != nil || e.Days != 12 {
		t.Fatalf("%+v, %v", e, err)
	}
	if asked, err = r.OrderRenewal(renewal.PendingRenewal{Term: months(1), Extension: e, Day: 20}, "CS1", grace, p); err != nil {
		t.Fatal(err)
	}
	if _, err := asked.ApplyRenewal(grace.Add(time.Second), p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("placed in grace, paid in retention: %v", err)
	}
}

// A period that is no late renewal begins where the one before it ended, as it always did (R1).
func TestR1_FromPaymentBadInput(t *testing.T) {
	p := fromPayment(renewal.EndOfDay)
	of := func(id order.ID, start, expiry, expired string) renewal.PaidPeriod {
		h := renewal.PaidPeriod{Order: id, Period: renewal.Period{Start: clock(start), Expiry: clock(expiry), Term: months(1)}}
		if expired != "" {
			h.Expired = clock(expired)
		}
		return h
	}
	first := of("CS1", "2023-03-08 15:50:04", "2023-04-08 23:59:59", "")
	for _, x := range []struct {
		name    string
		periods []renewal.PaidPeriod
		field   string
	}{
		{"late", []renewal.PaidPeriod{first, of("CS2", "2023-04-20 10:00:00", "2023-05-20 23:59:59", "2023-04-08 23:59:59")}, ""},
		{"a gap", []renewal.PaidPeriod{first, of("CS2", "2023-04-20 10:00:00", "2023-05-20 23:59:59", "")}, "periods[0].expiry"},
		{"late after another expiry", []renewal.PaidPeriod{first, of("CS2", "2023-04-20 10:00:00", "2023-05-20 23:59:59", "2023-04-09 23:59:59")}, "periods[0].expiry"},
		{"late before its expiry", []renewal.PaidPeriod{of("CS2", "2023-04-20 10:00:00", "2023-05-20 23:59:59", "2023-04-20 10:00:01")}, "periods[0].expired"},
	} {
		r := with(server(), func(r *renewal.Resource) { r.Expiry, r.Periods = clock("2023-05-20 23:59:59"), x.periods })
		if err := r.Check(p); x.field != "" {
			isField(t, x.name, err, x.field)
		} else if err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// Nothing is paid for time before the payment, and the time that is paid is whole; what is taken
// back leaves the rest as if it had never been (R1).
func TestR1_FromPaymentLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := renewaltest.Policy().Draw(t, "policy")
		p.FromPayment, p.Terms = true, nil
		p.Keep = []renewal.Keep{{Grace: time.Duration(rapid.IntRange(0, 3).Draw(t, "grace")) * time.Hour, Retention: 40 * 24 * time.Hour}}
		r := renewaltest.Resource().Draw(t, "resource")
		r.Mode, r.Auto = renewal.ModeManual, renewal.Auto{}
		bought := r
		term := rapid.SampledFrom([]renewal.Term{months(1), months(3), years(1), weeks(2), days(30)}).Draw(t, "term")
		n := rapid.IntRange(1, 5).Draw(t, "renewals")
		for i := range n {
			usable, _ := r.Until(p)
			at := usable.Add(time.Duration(rapid.IntRange(-5*24*3600, 5*24*3600).Draw(t, "paid")) * time.Second)
			if at.Before(r.Start) {
				continue
			}
			state := r.State(at, p)
			r.Order, r.Paying = order.ID(rune('a'+i)), true
			was := r
			got, err := r.Renew(term, r.Order, at, p)
			if err != nil {
				t.Fatal(err)
			}
			h := got.Periods[len(got.Periods)-1]
			whole, err := renewal.First(at, term, p)
			switch late := state == renewal.StateRetention; {
			case late && (!h.Start.Equal(at) || err != nil || !got.Expiry.Equal(whole)):
				t.Fatalf("paid %s in %s: %s to %s, whole is %s, %v", at, state, h.Start, h.Expiry, whole, err)
			case !late && !h.Expired.IsZero():
				t.Fatalf("paid %s in %s: begins late", at, state)
			}
			if back, err := got.VoidRenewal(h.Order, at, p); err != nil || !back.Expiry.Equal(was.Expiry) || back.AnchorDay != was.AnchorDay || back.AnchorClock != was.AnchorClock {
				t.Fatalf("taken back: %+v, %v", back, err)
			}
			r = got
		}
		if len(r.Periods) == 0 {
			return
		}
		// One is taken back, and those after it are what was paid for, from then on.
		k := rapid.IntRange(0, len(r.Periods)-1).Draw(t, "taken back")
		back, err := r.VoidRenewal(r.Periods[k].Order, r.Periods[len(r.Periods)-1].Start, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.Check(p); err != nil {
			t.Fatal(err)
		}
		for i := k; i < len(back.Periods); i++ {
			h, paid := back.Periods[i], r.Periods[i+1]
			if h.Order != paid.Order || h.Start.After(paid.Start) || h.Expired.IsZero() && i > 0 && !bought.Start.Before(h.Start) {
				t.Fatalf("period %d is %+v, was %+v", i, h, paid)
			}
			if whole, err := renewal.First(h.Start, term, p); !h.Expired.IsZero() && (err != nil || !h.Expiry.Equal(whole)) {
				t.Fatalf("period %d, paid late, from %s to %s, whole is %s, %v", i, h.Start, h.Expiry, whole, err)
			}
		}
	})
}

func ExamplePolicy_fromPayment() {
	p := renewal.Policy{Ending: renewal.SameClock, FromPayment: true, Keep: []renewal.Keep{{Grace: 7 * 24 * time.Hour, Retention: 30 * 24 * time.Hour}}}
	vm := renewal.Resource{ID: "vm-1", Customer: "c-7", Product: "s6.large", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Expiry: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}
	for _, day := range []int{8, 9} { // in grace, and in retention
		r, err := vm.Renew(renewal.Term{N: 1, Unit: renewal.Month}, "R1", time.Date(2026, 4, day, 9, 0, 0, 0, time.UTC), p)
		fmt.Printf("%s to %s %v\n", r.Periods[0].Start.Format(time.DateTime), r.Expiry.Format(time.DateTime), err)
	}
	// Output:
	// 2026-04-01 09:00:01 to 2026-05-01 09:00:00 <nil>
	// 2026-04-09 09:00:00 to 2026-05-09 09:00:00 <nil>
}
