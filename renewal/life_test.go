package renewal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestR9_States(t *testing.T) {
	r := server() // expires 2023-04-08 23:59:59
	for _, row := range []struct {
		p    renewal.Policy
		tier string
		at   string
		want renewal.State
	}{
		{renewal.Huawei(), "", "2023-04-08 23:59:59", renewal.StateInUse},
		{renewal.Huawei(), "", "2023-04-09 00:00:00", renewal.StateGrace},
		{renewal.Huawei(), "", "2023-04-23 23:59:59", renewal.StateGrace},
		{renewal.Huawei(), "", "2023-04-24 00:00:00", renewal.StateRetention},
		{renewal.Huawei(), "", "2023-05-08 23:59:59", renewal.StateRetention},
		{renewal.Huawei(), "", "2023-05-09 00:00:00", renewal.StateReleased},
		{renewal.HuaweiChina(), "V5", "2023-04-15 23:59:59", renewal.StateGrace},
		{renewal.HuaweiChina(), "V4", "2023-04-30 23:59:59", renewal.StateRetention},
		{renewal.HuaweiChina(), "V4", "2023-05-01 00:00:00", renewal.StateReleased},
		{renewal.HuaweiChina(), "V3", "2023-04-22 23:59:59", renewal.StateRetention},
		{renewal.HuaweiChina(), "V3", "2023-04-23 00:00:00", renewal.StateReleased},
		{renewal.HuaweiChina(), "V2", "2023-04-10 00:00:00", renewal.StateRetention},
		{renewal.HuaweiChina(), "V1", "2023-04-16 23:59:59", renewal.StateRetention},
		{renewal.HuaweiChina(), "V0", "2023-04-10 23:59:59", renewal.StateRetention},
		{renewal.HuaweiChina(), "V0", "2023-04-11 00:00:00", renewal.StateReleased},
		{renewal.Policy{}, "", "2023-04-09 00:00:00", renewal.StateReleased},
	} {
		r.Tier = row.tier
		if got := r.State(clock(row.at), row.p); got != row.want {
			t.Errorf("%s at %s: %s, want %s", row.tier, row.at, got, row.want)
		}
	}
	// Paid by use: 7/15, 1/7, 0/7, 0/1.
	r.Charge = order.ChargePayPerUse
	for tier, want := range map[string]string{"V5": "7 22", "V4": "7 22", "V3": "1 8", "V2": "0 7", "V1": "0 7", "V0": "0 1"} {
		r.Tier = tier
		usable, kept := r.Until(renewal.HuaweiChina())
		days := func(at time.Time) int { return int(at.Sub(r.Expiry) / (24 * time.Hour)) }
		if got := strings.TrimSpace(strings.Join([]string{itoa(days(usable)), itoa(days(kept))}, " ")); got != want {
			t.Errorf("%s: %s, want %s", tier, got, want)
		}
	}
	for state, want := range map[renewal.State]bool{renewal.StateInUse: false, renewal.StateGrace: true, renewal.StateRetention: true} {
		if expired, ok := state.Expired(); !ok || expired != want { // HCN's two words
			t.Errorf("%s: expired is %v", state, expired)
		}
	}
	if _, ok := renewal.StateReleased.Expired(); ok {
		t.Error("what is released is shown")
	}
	// T1: 00:00:00 that is printed is itself no longer use.
	a := with(server(), func(r *renewal.Resource) { r.Expiry = clock("2023-04-09 00:00:00") })
	if got := a.State(clock("2023-04-09 00:00:00"), renewal.Alibaba()); got == renewal.StateInUse {
		t.Errorf("in use at 00:00:00")
	}
	if got := a.State(clock("2023-04-08 23:59:59"), renewal.Alibaba()); got != renewal.StateInUse {
		t.Errorf("%s in the last second", got)
	}
}

func itoa(n int) string { return string(rune('0' + n/10))[0:btoi(n >= 10)] + string(rune('0'+n%10)) }
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestR1_FromTheOriginalExpiry(t *testing.T) {
	p := renewal.Huawei()
	for _, at := range []string{"2023-03-20", "2023-04-08 23:59:59", "2023-04-20", "2023-05-08 23:59:59"} { // in use, grace, retention
		for _, mode := range []renewal.Mode{renewal.ModeManual, renewal.ModePayPerUse, renewal.ModeNone} {
			r := with(server(), func(r *renewal.Resource) { r.Mode, r.Order, r.Paying = mode, "CS1", true })
			got, err := r.Renew(months(1), "CS1", clock(at), p)
			if err != nil || !got.Expiry.Equal(clock("2023-05-08")) || got.Mode != mode || got.Order != "" || got.Paying || got.AnchorDay != 8 {
				t.Errorf("%s at %s: %+v, %v", mode, at, got, err)
			}
		}
	}
	refused := func(what string, r renewal.Resource, at string, is error) {
		t.Helper()
		got, err := r.Renew(months(1), "CS1", clock(at), p)
		var e *renewal.MoveError
		if !errors.Is(err, is) || !errors.As(err, &e) || e.Do == "" || cmp.Diff(r, got) != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("released", server(), "2023-05-09 00:00:00", renewal.ErrState)
	refused("in another order", with(server(), func(r *renewal.Resource) { r.Order = "CS9" }), "2023-04-01", order.ErrResourceTaken)
	refused("paid by use", with(server(), func(r *renewal.Resource) { r.Charge = order.ChargePayPerUse }), "2023-04-01", renewal.ErrMode)
	refused("no longer sold", with(server(), func(r *renewal.Resource) { r.Mode, r.Withdrawn = renewal.ModeNone, true }), "2023-04-01", renewal.ErrMode)
}

func TestR4_Modes(t *testing.T) {
	p := renewal.Huawei()
	auto := renewal.Auto{Term: months(1)}
	in, grace := clock("2023-04-08 23:59:59"), clock("2023-04-09 00:00:00")
	all := []renewal.Mode{renewal.ModeManual, renewal.ModeAutomatic, renewal.ModePayPerUse, renewal.ModeNone}
	for _, from := range all {
		for _, to := range all {
			r := with(server(), func(r *renewal.Resource) {
				if r.Mode = from; from == renewal.ModeAutomatic {
					r.Auto = auto
				}
			})
			var a renewal.Auto
			if to == renewal.ModeAutomatic {
				a = auto
			}
			if got, err := r.SetMode(to, a, in, p); err != nil || got.Mode != to || (to == renewal.ModeAutomatic) != got.Auto.On.Equal(in) {
				t.Errorf("%s to %s: %+v, %v", from, to, got.Auto, err)
			}
			// Going to pay-per-use, or back, is decided before the second of expiry.
			_, err := r.SetMode(to, a, grace, p)
			if late := (from == renewal.ModePayPerUse) != (to == renewal.ModePayPerUse); late != errors.Is(err, renewal.ErrMode) || !late && err != nil {
				t.Errorf("%s to %s after the expiry: %v", from, to, err)
			}
		}
	}
	for what, r := range map[string]renewal.Resource{
		"no longer sold": with(server(), func(r *renewal.Resource) { r.Mode, r.Withdrawn = renewal.ModeNone, true }),
		"paid by use":    with(server(), func(r *renewal.Resource) { r.Charge = order.ChargePayPerUse }),
	} {
		if got, err := r.SetMode(renewal.ModeManual, renewal.Auto{}, in, p); !errors.Is(err, renewal.ErrMode) || cmp.Diff(r, got) != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := with(server(), func(r *renewal.Resource) { r.Main = "vm-0" }).SetMode(renewal.ModeNone, renewal.Auto{}, in, p); !errors.Is(err, renewal.ErrBound) {
		t.Errorf("bound: %v", err)
	}
	if _, err := server().SetMode(renewal.ModeNone, renewal.Auto{}, clock("2024-01-01"), p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("released: %v", err)
	}
	_, err := server().SetMode(renewal.ModeManual, auto, in, p)
	isField(t, "a term for manual renewal", err, "auto")
	_, err = server().SetMode(renewal.ModeAutomatic, renewal.Auto{}, in, p)
	isField(t, "automatic without a term", err, "auto.term")
	_, err = server().SetMode("often", renewal.Auto{}, in, p)
	isField(t, "a mode that is none", err, "mode")
	if _, err := server().SetMode(renewal.ModeAutomatic, auto, in, renewal.Policy{}); !errors.Is(err, renewal.ErrMode) {
		t.Errorf("no schedule: %v", err)
	}
}

// TestR12_AtTheExpiry: to pay-per-use takes effect at the second of expiry, by itself.
func TestR12_AtTheExpiry(t *testing.T) {
	p := renewal.Huawei()
	in, grace := clock("2023-04-08 23:59:59"), clock("2023-04-09 00:00:00")
	r := with(server(), func(r *renewal.Resource) { r.Mode = renewal.ModePayPerUse })
	if _, done, err := r.Lapse(in, p); done || err != nil {
		t.Errorf("in its last second: %v, %v", done, err)
	}
	got, done, err := r.Lapse(grace, p)
	if !done || err != nil || got.Charge != order.ChargePayPerUse || got.Mode != renewal.ModeNone {
		t.Errorf("at the expiry: %+v, %v, %v", got, done, err)
	}
	if _, done, err := got.Lapse(clock("2030-01-01"), p); done || err != nil {
		t.Errorf("once it is paid by use: %v, %v", done, err)
	}
}

func TestR11_Release(t *testing.T) {
	p := renewal.Huawei()
	grace, end, after := clock("2023-04-09 00:00:00"), clock("2023-05-08 23:59:59"), clock("2023-05-09 00:00:00")
	got, err := server().Release(grace, p)
	if err != nil || got.State(grace, p) != renewal.StateReleased {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := got.Release(end, p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("twice: %v", err)
	}
	if _, err := got.Renew(months(1), "CS1", grace, p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("undone: %v", err)
	}
	if _, err := server().Release(clock("2023-04-08 23:59:59"), p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("in use: %v", err)
	}
	paying := with(server(), func(r *renewal.Resource) { r.Order, r.Paying = "CS1", true })
	if _, err := paying.Release(grace, p); !errors.Is(err, order.ErrPaymentInProgress) {
		t.Errorf("being paid: %v", err)
	}
	// By itself at the end of retention; while it is being paid it waits.
	if _, done, err := server().Lapse(end, p); done || err != nil {
		t.Errorf("in the last second: %v, %v", done, err)
	}
	if got, done, err := server().Lapse(after, p); !done || err != nil || !got.Released.Equal(after) {
		t.Errorf("at the end: %+v, %v, %v", got, done, err)
	}
	if _, done, err := paying.Lapse(after, p); done || err != nil || paying.State(after, p) != renewal.StateRetention {
		t.Errorf("being paid: %v, %v", done, err)
	}
	if got, err := paying.Renew(months(1), "CS1", after, p); err != nil || !got.Expiry.Equal(clock("2023-05-08")) {
		t.Errorf("paid at last: %+v, %v", got, err)
	}
	dropped, err := paying.Unclaim("CS1", after, p)
	if err != nil || dropped.State(after, p) != renewal.StateReleased {
		t.Errorf("not paid: %+v, %v", dropped, err)
	}
	if _, err := paying.Unclaim("CS2", after, p); !errors.Is(err, order.ErrResourceTaken) {
		t.Errorf("another order's: %v", err)
	}
	taken, err := server().Claim("CS1", true, grace, p)
	if err != nil || taken.Order != "CS1" || !taken.Paying {
		t.Errorf("taken: %+v, %v", taken, err)
	}
	if _, err := taken.Claim("CS2", false, grace, p); !errors.Is(err, order.ErrResourceTaken) {
		t.Errorf("taken twice: %v", err)
	}
	if _, err := got.Claim("CS2", false, grace, p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("taken when released: %v", err)
	}
}

func TestR5_Schedules(t *testing.T) {
	r := func(expiry string, p renewal.Policy) renewal.Resource {
		return with(server(), func(r *renewal.Resource) {
			r.Expiry, r.Mode, r.Auto = clock(expiry), renewal.ModeAutomatic, renewal.Auto{Term: months(1), On: clock("2023-03-08 16:00:00")}
			p.Keep = []renewal.Keep{{Grace: 15 * 24 * time.Hour, Retention: 15 * 24 * time.Hour}}
		})
	}
	for _, row := range []struct {
		what   string
		p      renewal.Policy
		expiry string
		want   []string // the first attempts, and how the last is followed
	}{
		{"HC", renewal.Huawei(), "2023-04-08 23:59:59", []string{"2023-04-01 03:00:00", "2023-04-02 03:00:00", "2023-04-03 03:00:00"}},
		{"B", renewal.Baidu(), "2023-04-08 15:50:04", []string{"2023-04-01 00:00:00", "2023-04-05 00:00:00", "2023-04-07 00:00:00", "2023-04-08 00:00:00", ""}},
		{"A abroad", renewal.Alibaba(), "2023-04-09 00:00:00", []string{"2023-04-05 00:00:00", "2023-04-07 00:00:00", "2023-04-08 00:00:00", "2023-04-14 00:00:00", "2023-04-22 00:00:00", ""}},
		{"A China", renewal.AlibabaChina(), "2023-04-09 00:00:00", []string{"2023-03-30 08:00:00", "2023-03-31 08:00:00"}},
	} {
		res := r(row.expiry, row.p)
		at := clock("2023-03-09")
		for _, want := range row.want {
			next, ok, err := res.NextAttempt(at, row.p)
			if err != nil || ok != (want != "") || ok && !next.Equal(clock(want)) {
				t.Errorf("%s after %s: %s, %v, %v, want %q", row.what, at, next, ok, err, want)
			}
			at = next
		}
	}
	p := renewal.Huawei()
	base := r("2023-04-08 23:59:59", p)
	attempt := func(r renewal.Resource, after string) string {
		next, ok, err := r.NextAttempt(clock(after), p)
		if err != nil || !ok {
			return ""
		}
		return next.In(gmt8).Format(time.DateTime)
	}
	for _, row := range []struct {
		what, after, want string
		do                func(r *renewal.Resource)
	}{
		{"daily until retention ends", "2023-05-08 02:59:59", "2023-05-08 03:00:00", nil},
		{"and no longer", "2023-05-08 03:00:00", "", nil},
		{"switched on late, at once", "2023-04-05 12:00:00", "2023-04-05 12:34:56", func(r *renewal.Resource) { r.Auto.On = clock("2023-04-05 12:34:56") }},
		{"and then daily", "2023-04-05 12:34:56", "2023-04-06 03:00:00", func(r *renewal.Resource) { r.Auto.On = clock("2023-04-05 12:34:56") }},
		{"set to the day itself", "2023-03-20 00:00:00", "2023-04-08 03:00:00", func(r *renewal.Resource) { r.Auto.Later = 7 }},
		{"set to 3 days before", "2023-03-20 00:00:00", "2023-04-05 03:00:00", func(r *renewal.Resource) { r.Auto.Later = 4 }},
		{"put off, and then daily", "2023-04-05 03:00:00", "2023-04-06 03:00:00", func(r *renewal.Resource) { r.Auto.Later = 4 }},
		{"renewed by hand, it moves", "2023-03-20 00:00:00", "2023-05-01 03:00:00", func(r *renewal.Resource) { r.Expiry = clock("2023-05-08") }},
		{"no times left", "2023-03-20 00:00:00", "", func(r *renewal.Resource) { r.Auto.Times, r.Auto.Done = 2, 2 }},
		{"one left", "2023-03-20 00:00:00", "2023-04-01 03:00:00", func(r *renewal.Resource) { r.Auto.Times, r.Auto.Done = 2, 1 }},
		{"manual", "2023-03-20 00:00:00", "", func(r *renewal.Resource) { r.Mode = renewal.ModeManual }},
		{"bound", "2023-03-20 00:00:00", "", func(r *renewal.Resource) { r.Main = "vm-0" }},
		{"attached", "2023-03-20 00:00:00", "2023-04-01 03:00:00", func(r *renewal.Resource) { r.Main, r.Attached = "vm-0", true }},
	} {
		res := base
		if row.do != nil {
			row.do(&res)
		}
		if got := attempt(res, row.after); got != row.want {
			t.Errorf("%s: %q, want %q", row.what, got, row.want)
		}
	}
	// B's days are 7, 3, 1 and 0 before: put off by two, the first is left out.
	off := with(r("2023-04-08 15:50:04", renewal.Baidu()), func(r *renewal.Resource) { r.Auto.Later = 2 })
	if next, ok, err := off.NextAttempt(clock("2023-03-20"), renewal.Baidu()); !ok || err != nil || !next.Equal(clock("2023-04-05 00:00:00")) {
		t.Errorf("B, put off: %s, %v, %v", next, ok, err)
	}
	// A manual renewal uses up no times, an automatic one does.
	res := with(base, func(r *renewal.Resource) { r.Auto.Times = 2 })
	hand, err := res.Renew(months(1), "CS1", clock("2023-03-20"), p)
	if err != nil || hand.Auto.Done != 0 {
		t.Errorf("by hand: %+v, %v", hand.Auto, err)
	}
	for n := 1; n <= 2; n++ {
		if res, err = res.RenewAutomatically("CS1", clock("2023-04-01 03:00:00"), p); err != nil || res.Auto.Done != n {
			t.Errorf("automatically: %+v, %v", res.Auto, err)
		}
	}
	if _, err := res.RenewAutomatically("CS1", clock("2023-04-01 03:00:00"), p); !errors.Is(err, renewal.ErrMode) {
		t.Errorf("a third time: %v", err)
	}
	if n, ends := res.Auto.Left(); n != 0 || !ends {
		t.Errorf("%d left, %v", n, ends)
	}
}

// TestR5_Law: attempts follow each other, none is missed whenever one asks, and they end.
func TestR5_Law(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]renewal.Policy{renewal.Huawei(), renewal.HuaweiChina(), renewal.Alibaba(), renewal.AlibabaChina(), renewal.Baidu(), renewal.SaaS()}).Draw(t, "policy")
		r := with(server(), func(r *renewal.Resource) {
			r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: months(1), Later: rapid.IntRange(0, 7).Draw(t, "later")}
			r.Tier = rapid.SampledFrom([]string{"", "V0", "V3", "V5"}).Draw(t, "tier")
			r.Auto.On = r.Start.Add(time.Duration(rapid.IntRange(0, 40*24*3600).Draw(t, "on")) * time.Second)
		})
		at, n := r.Start, 0
		for {
			next, ok, err := r.NextAttempt(at, p)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if n++; !next.After(at) || next.Before(r.Auto.On) || n > 60 {
				t.Fatalf("attempt %d at %s, after %s", n, next, at)
			}
			between := at.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(at)/time.Second)-1).Draw(t, "between")) * time.Second)
			if again, ok, _ := r.NextAttempt(between, p); !ok || !again.Equal(next) {
				t.Fatalf("after %s %s, after %s %s", at, next, between, again)
			}
			at = next
		}
	})
}
