package renewal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What an order makes of a resource besides renewing it (O3): each is refused of what is
// gone, and on every error the resource is as it was.
func TestO3_Becomes(t *testing.T) {
	p := renewal.Huawei()
	trial := server() // expires 2023-04-08 23:59:59
	postpaid := trial
	postpaid.Charge, postpaid.Mode, postpaid.Postpaid = order.ChargePayPerUse, renewal.ModeNone, clock("2023-04-09 00:00:00")
	at := clock("2023-04-20 10:00:00")
	until := clock("2023-05-20 23:59:59")

	t.Run("a subscription from now on", func(t *testing.T) {
		to := postpaid
		to.Expiry = until
		got, err := postpaid.Subscribe(to, months(1), "S1", at, p)
		want := postpaid
		want.Charge, want.Mode, want.Postpaid, want.Start, want.Expiry = order.ChargeSubscription, renewal.ModeManual, time.Time{}, at, until
		want.Periods = []renewal.PaidPeriod{{Order: "S1", Period: renewal.Period{Start: at, Expiry: until, Term: months(1)}}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		to.Start = clock("2023-04-21 00:00:00")
		if got, err = postpaid.Subscribe(to, renewal.Term{N: 720, Unit: order.Hour}, "S1", at, p); err != nil || !got.Start.Equal(to.Start) || got.Periods != nil {
			t.Errorf("from when the host says, by hours: %+v, %v", got, err)
		}
	})
	t.Run("after a trial", func(t *testing.T) {
		to := trial
		to.Expiry = clock("2023-05-08 23:59:59")
		got, err := trial.Subscribe(to, months(1), "S1", clock("2023-04-01 12:00:00"), p)
		if err != nil || !got.Start.Equal(trial.Start) || len(got.Periods) != 1 || !got.Periods[0].Start.Equal(clock("2023-04-09 00:00:00")) || got.Mode != trial.Mode || got.State(clock("2023-04-02 00:00:00"), p) != renewal.StateInUse {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("compensated", func(t *testing.T) {
		for _, row := range []struct {
			until string
			ok    bool
		}{{"2023-04-08 23:59:59", false}, {"2023-04-09 00:00:00", false}, {"2023-04-09 00:00:01", true}, {"2023-04-11 23:59:59", true}} {
			got, err := trial.Compensate(clock(row.until), "C1", clock("2023-04-01 12:00:00"), p)
			if (err == nil) != row.ok || row.ok && !got.Expiry.Equal(clock(row.until)) || !row.ok && !got.Expiry.Equal(trial.Expiry) {
				t.Errorf("until %s: %s, %v", row.until, got.Expiry, err)
			}
			if again, err := got.Compensate(clock("2023-06-01 00:00:00"), "C1", clock("2023-04-01 12:00:00"), p); row.ok && (err != nil || !again.Expiry.Equal(got.Expiry)) {
				t.Errorf("said twice: %s, %v", again.Expiry, err)
			}
		}
		if _, err := postpaid.Compensate(until, "C1", at, p); !errors.Is(err, renewal.ErrMode) {
			t.Errorf("what does not expire: %v", err)
		}
	})
	t.Run("paid by use", func(t *testing.T) {
		got, err := trial.GoPayPerUse(clock("2023-04-01 12:00:00"), p)
		if err != nil || got.Charge != order.ChargePayPerUse || got.Mode != renewal.ModeNone || got.State(clock("2030-01-01 00:00:00"), p) != renewal.StateInUse {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("of what is gone", func(t *testing.T) {
		late := clock("2023-05-09 00:00:00") // the second after the end of retention
		for name, move := range map[string]func() (renewal.Resource, error){
			"subscribe":  func() (renewal.Resource, error) { return trial.Subscribe(trial, months(1), "S1", late, p) },
			"compensate": func() (renewal.Resource, error) { return trial.Compensate(until, "C1", late, p) },
			"by use":     func() (renewal.Resource, error) { return trial.GoPayPerUse(late, p) },
		} {
			got, err := move()
			if diff := cmp.Diff(trial, got); !errors.Is(err, renewal.ErrState) || diff != "" {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
	})
}

// What is paid by use is released by hand at any time, what is a subscription once it has
// expired (R11).
func TestR11_PaidByUse(t *testing.T) {
	p := renewal.Huawei()
	r := server()
	if _, err := r.Release(clock("2023-04-08 23:59:59"), p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("in its last second: %v", err)
	}
	r, err := r.GoPayPerUse(clock("2023-04-01 12:00:00"), p)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.Release(clock("2023-04-01 12:00:01"), p); err != nil || r.Released.IsZero() {
		t.Errorf("%v", err)
	}
}

// Going on with something cheaper and leaving at once gives back what leaving does, but for
// the fee that is taken twice and a unit of rounding for each time (Q3, Q6).
func TestQ3_CheaperAndThenLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]renewal.Policy{renewal.Huawei(), renewal.Tencent(), renewal.Baidu(), {}}).Draw(t, "policy")
		b := bought(period("2024-01-01 10:30:00", "2024-12-31 23:59:59", years(1)), rapid.Int64Range(1, 1e7).Draw(t, "paid"))
		at := b.Start.Add(time.Duration(rapid.Int64Range(0, 364*24).Draw(t, "hours")) * time.Hour)
		whole, err := b.Leave(at, 0, p)
		if err != nil {
			t.Fatal(err)
		}
		back, price := int64(0), rapid.Int64Range(2, 1e6).Draw(t, "price")
		times := rapid.IntRange(1, 5).Draw(t, "times")
		for range times {
			if price == 0 {
				break
			}
			less := rapid.Int64Range(0, price-1).Draw(t, "less")
			r, err := b.Downgrade(usd(price), usd(less), at, p)
			if err != nil {
				t.Fatal(err)
			}
			back, price = back+r.Back.Minor(), less
			for i := range b.Parts {
				rest := b.Parts[i].Amount.Minor() - b.Parts[i].Returned.Minor() - r.Parts[i].Minor()
				b.Parts[i].Amount, b.Parts[i].Returned = r.ResidualParts[i], usd(max(0, r.ResidualParts[i].Minor()-rest))
			}
		}
		last, err := b.Leave(at, 0, p)
		if err != nil {
			t.Fatal(err)
		}
		back += last.Back.Minor()
		if back > whole.Back.Minor()+int64(times) {
			t.Fatalf("%d in steps, %s at once", back, whole.Back)
		}
		if len(p.Leaving.Fees) == 0 && back < whole.Back.Minor()-int64(times) {
			t.Fatalf("%d in steps, %s at once, without a fee", back, whole.Back)
		}
	})
}
