package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

// slow has a payment of 10.00 by a gateway with these traits, of which decide says what becomes.
func slow(t *testing.T, traits gateway.Traits) (r *host, p payment.Payment, decide func(gateway.Outcome)) {
	r = newHost(t)
	r.g.Promises, r.p.Order.Lifetime = traits, 60*day
	out := gateway.Outcome{Status: gateway.StatusProcessing}
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return out }
	r.place("", draftFor("a", 1000))
	return r, r.pay("k", payment.MethodOnline, nil, "a"), func(o gateway.Outcome) { out = o }
}

// until sweeps every ten minutes until so long after the start.
func (r *host) until(age time.Duration) {
	r.t.Helper()
	for r.clock.Now().Sub(start) < age {
		r.clock.Move(min(10*time.Minute, age-r.clock.Now().Sub(start)))
		r.sweep()
	}
}

// stands checks how a payment stands.
func (r *host) stands(id order.PaymentID, want payment.PaymentState, reason string, of order.State) {
	r.t.Helper()
	if p := r.payment(id); p.State != want || p.Reason != reason || r.order("a").State != of {
		r.t.Errorf("after %s: payment %s, %q, order %s; want %s, %q, %s", r.clock.Now().Sub(start), p.State, p.Reason, r.order("a").State, want, reason, of)
	}
	r.audit()
}

const (
	saysNothing = "the gateway has not said how it ends: see there, and resolve it"
	hour        = time.Hour
)

// A debit that is declined after three days has failed, with the gateway's reason, though
// sending again was safe for a day alone; where a lookup is not true for that long, it is for an
// operator, and a hint changes nothing.
func TestP16_DebitDeclinedAfterDays(t *testing.T) {
	for _, x := range []struct {
		lookup time.Duration
		says   gateway.Status
		want   payment.PaymentState
		why    string
		of     order.State
	}{
		{0, gateway.StatusDeclined, payment.PaymentFailed, "AC04 account closed", order.StateUnpaid},
		{0, gateway.StatusCanceled, payment.PaymentFailed, "AC04 account closed", order.StateUnpaid},
		{90 * day, gateway.StatusDeclined, payment.PaymentFailed, "AC04 account closed", order.StateUnpaid},
		{day, gateway.StatusDeclined, payment.PaymentReview, "the gateway may have forgotten the charge, and says declined: see there, and resolve it", order.StatePaying},
	} {
		r, p, decide := slow(t, gateway.Traits{Resend: day, Lookup: x.lookup, Flight: 2 * time.Minute})
		r.until(3 * day)
		r.stands(p.ID, payment.PaymentPending, "", order.StatePaying)
		decide(gateway.Outcome{Status: x.says, Text: "AC04 account closed"})
		r.until(5 * day)
		r.stands(p.ID, x.want, x.why, x.of)
		r.hint(p)
		r.stands(p.ID, x.want, x.why, x.of)
	}
}

// Until the last second in which a lookup is true a decline ends a payment; from the next on it
// is for an operator.
func TestP16_LookupToTheSecond(t *testing.T) {
	traits := gateway.Traits{Resend: day, Lookup: 3 * day, Flight: 2 * time.Minute}
	for age, want := range map[time.Duration]payment.PaymentState{
		3*day - 2*time.Minute - time.Second: payment.PaymentFailed,
		3*day - 2*time.Minute:               payment.PaymentReview,
	} {
		r, p, decide := slow(t, traits)
		r.clock.Move(age)
		decide(gateway.Outcome{Status: gateway.StatusDeclined})
		if p = r.hint(p); p.State != want {
			t.Errorf("declined after %s: %s, want %s", age, p.State, want)
		}
	}
}

// What the gateway has not seen is sent again until the last second in which that is safe, and is
// given up from the next on, while its hold lasts: never sent with a key that is forgotten.
func TestP16_ResendToTheSecond(t *testing.T) {
	for age, sent := range map[time.Duration]int{10*time.Minute - 61*time.Second: 2, 10*time.Minute - 60*time.Second: 1} {
		r := newHost(t)
		r.g.Promises = gateway.Traits{Resend: 10 * time.Minute, Flight: time.Minute}
		g := &deaf{of: r.g}
		r.d.Gateways["g"] = g
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		r.clock.Move(age) // no host is up
		r.sweep()
		want := payment.PaymentPending
		if sent == 1 {
			want = payment.PaymentCanceling
		}
		if got := r.payment(p.ID).State; len(g.sent) != sent || got != want {
			t.Errorf("after %s: sent %d times, %s", age, len(g.sent), got)
		}
		r.until(hour)
		if len(g.sent) > sent+1 {
			t.Errorf("after %s: sent %d times in all", age, len(g.sent))
		}
		why := "it cannot safely be sent again, and the gateway has not seen it"
		r.stands(p.ID, payment.PaymentCanceled, why, order.StateUnpaid)
	}
}

// A debit is processing for as long as its gateway says that it may be: it is looked at daily
// until then, and paid on the day that it is captured; one second later it is for an operator.
func TestP16_ProcessingForDays(t *testing.T) {
	captured := gateway.Outcome{Status: gateway.StatusCaptured}
	traits := gateway.Traits{Resend: day, Flight: time.Minute, Settle: 20 * day}
	t.Run("captured after eight days", func(t *testing.T) {
		r, p, decide := slow(t, traits)
		r.until(8 * day)
		r.stands(p.ID, payment.PaymentPending, "", order.StatePaying)
		decide(captured)
		r.until(9 * day)
		r.stands(p.ID, payment.PaymentSucceeded, "", order.StatePaid)
		r.nets(1000)
	})
	t.Run("to the second", func(t *testing.T) {
		for _, x := range []struct {
			age  time.Duration
			want payment.PaymentState
			why  string
		}{{20*day + time.Minute, payment.PaymentPending, ""}, {20*day + time.Minute + time.Second, payment.PaymentReview, saysNothing}} {
			r, p, _ := slow(t, traits)
			r.until(x.age)
			r.stands(p.ID, x.want, x.why, order.StatePaying)
		}
	})
	t.Run("no longer than the waits, where the gateway says nothing of it", func(t *testing.T) {
		r, p, _ := slow(t, gateway.Traits{Resend: day, Flight: time.Minute})
		r.until(6 * day)
		r.stands(p.ID, payment.PaymentReview, saysNothing, order.StatePaying)
	})
	t.Run("looked at daily", func(t *testing.T) {
		for _, waits := range [][]time.Duration{nil, {time.Minute}, {time.Minute, hour}} {
			r, g, p := toldHost(t, gateway.Traits{Resend: day, Settle: 20 * day}, gateway.StatusProcessing)
			r.p.RetryAfter = waits
			for len(g.looks) < 100 && r.look(p.ID) {
			}
			ages := g.after()
			for i := 1; i < len(ages); i++ {
				if ages[i]-ages[i-1] > day {
					t.Errorf("waits %v: not looked at from %s to %s", waits, ages[i-1], ages[i])
				}
			}
			if last := ages[len(ages)-1]; last != 20*day+time.Second || len(ages) > 30 {
				t.Errorf("waits %v: looked at %d times, and last after %s", waits, len(ages), last)
			}
			r.stands(p.ID, payment.PaymentReview, saysNothing, order.StatePaying)
		}
	})
	t.Run("and two looks may fail", func(t *testing.T) {
		for fails, want := range map[int]payment.PaymentState{2: payment.PaymentSucceeded, 3: payment.PaymentReview} {
			r, p, decide := slow(t, traits)
			r.until(8 * day)
			n := 0
			r.g.Fail = func(string) error {
				if n++; n <= fails {
					return errors.New("no answer")
				}
				return nil
			}
			r.until(13 * day)
			decide(captured)
			r.until(14 * day)
			if got := r.payment(p.ID).State; got != want {
				t.Errorf("%d fail: %s, want %s", fails, got, want)
			}
		}
	})
}

// A hint ends a review with what is certain and fits: nobody has to decide what the gateway has
// said. What contradicts it, or may be forgotten, waits on.
func TestP16_HintOfAReview(t *testing.T) {
	captured := gateway.Outcome{Status: gateway.StatusCaptured}
	less := gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999)}
	declined := gateway.Outcome{Status: gateway.StatusDeclined, Text: "AC04 account closed"}
	for name, x := range map[string]struct {
		lookup time.Duration
		says   gateway.Outcome
		want   payment.PaymentState
		why    string
		of     order.State
		tells  ledger.NoticeKind
	}{
		"captured":            {0, captured, payment.PaymentSucceeded, "", order.StatePaid, ledger.NoticePaid},
		"captured, forgotten": {day, captured, payment.PaymentSucceeded, "", order.StatePaid, ledger.NoticePaid},
		"declined":            {0, declined, payment.PaymentFailed, "AC04 account closed", order.StateUnpaid, ledger.NoticeFailed},
		"canceled":            {0, gateway.Outcome{Status: gateway.StatusCanceled}, payment.PaymentFailed, "canceled", order.StateUnpaid, ledger.NoticeFailed},
		"declined, forgotten": {day, declined, payment.PaymentReview, saysNothing, order.StatePaying, ""},
		"less than asked":     {0, less, payment.PaymentReview, saysNothing, order.StatePaying, ""},
		"still processing":    {0, gateway.Outcome{Status: gateway.StatusProcessing}, payment.PaymentReview, saysNothing, order.StatePaying, ""},
		"an action":           {0, gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/"}, payment.PaymentReview, saysNothing, order.StatePaying, ""},
		"no status":           {0, gateway.Outcome{Status: "settled"}, payment.PaymentReview, saysNothing, order.StatePaying, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, p, decide := slow(t, gateway.Traits{Resend: day, Lookup: x.lookup, Flight: time.Minute})
			heard := &ear{}
			r.d.Notifier = heard
			r.until(8 * day)
			r.stands(p.ID, payment.PaymentReview, saysNothing, order.StatePaying)
			decide(x.says)
			for range 3 { // a gateway says it more than once
				r.hint(p)
			}
			r.until(8*day + hour)
			if name == "less than asked" {
				if got := r.payment(p.ID); got.State != x.want || got.Reason != x.why {
					t.Errorf("%s, %q", got.State, got.Reason)
				}
				return
			}
			r.stands(p.ID, x.want, x.why, x.of)
			told := slices.DeleteFunc(heard.kinds(), func(k ledger.NoticeKind) bool { return k != ledger.NoticePaid && k != ledger.NoticeFailed })
			if x.tells != "" && !slices.Equal(told, []ledger.NoticeKind{x.tells}) || x.tells == "" && len(told) != 0 {
				t.Errorf("told %v", told)
			}
			if last := r.lastMove(p.ID); x.want != payment.PaymentReview && (last.By != payment.ByDesk || last.Step != map[payment.PaymentState]string{payment.PaymentSucceeded: "settle", payment.PaymentFailed: "release"}[x.want]) {
				t.Errorf("entry %q by %s, why %q", last.Step, last.By, last.Why)
			}
		})
	}
}

// lastMove is the last entry in which a payment moved.
func (r *host) lastMove(id order.PaymentID) (last ledger.Entry) {
	for _, e := range r.s.All("c1").Entries {
		if slices.ContainsFunc(e.Moves, func(m ledger.EntryLine) bool { return m.Kind == ledger.KindPayment && m.ID == string(id) }) && e.At.After(last.At) {
			last = e
		}
	}
	return last
}

// Where the gateway said that it captured another amount, a decline that it says later does not
// fit: an operator sees to it. The right amount does.
func TestP16_HintOfAContradiction(t *testing.T) {
	for _, x := range []struct {
		says gateway.Outcome
		want payment.PaymentState
		kept order.Money
	}{
		{gateway.Outcome{Status: gateway.StatusDeclined}, payment.PaymentReview, cents(999)},
		{gateway.Outcome{Status: gateway.StatusCanceled}, payment.PaymentReview, cents(999)},
		{gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(1000), Trade: "t9"}, payment.PaymentSucceeded, order.Money{}},
	} {
		r, g := sayingHost(t)
		r.undecided()
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		g.lookup = &gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(999), Reference: p.ID, Trade: "t9"}
		if p = r.hint(p); p.State != payment.PaymentReview || p.Captured != cents(999) {
			t.Fatalf("%s, %s captured", p.State, p.Captured)
		}
		x.says.Reference = p.ID
		g.lookup = &x.says
		if p = r.hint(p); p.State != x.want || p.Captured != x.kept || p.Check() != nil {
			t.Errorf("then %s: %s, %s captured, %v", x.says.Status, p.State, p.Captured, p.Check())
		}
	}
}

// A page that a customer leaves open blocks an order until the customer can finish it no more,
// and a wait longer, where the gateway cannot cancel: not until the next look by the waits.
func TestP16_PageLeftOpen(t *testing.T) {
	open := func(t *testing.T, action time.Duration) (*host, *told, payment.Payment) {
		return toldHost(t, gateway.Traits{Flight: 2 * time.Minute, Action: action}, gateway.StatusAction)
	}
	for _, action := range []time.Duration{hour, day, 6 * day} { // the last longer than the waits
		quiet := action + 2*time.Minute
		r, _, p := open(t, action)
		r.until(quiet)
		r.stands(p.ID, payment.PaymentCanceling, "its hold has ended, and the customer has not finished it", order.StatePaying)
		r.until(quiet + 20*time.Minute)
		r.stands(p.ID, payment.PaymentCanceled, "its hold has ended, and the customer has not finished it", order.StateUnpaid)

		r, g, p := open(t, action)
		for r.payment(p.ID).State.Open() && len(g.looks) < 100 {
			r.look(p.ID)
		}
		if last := g.after()[len(g.looks)-1]; last != quiet+6*time.Second {
			t.Errorf("an action within %s: ended after %s, looked at after %v", action, last, g.after())
		}
	}
}

// Whatever a gateway promises and whenever it decides: what is captured in time is paid and what
// is declined has failed at the next look, nobody is asked before the gateway is late, and no
// look is more than a day after the one before (P16, I11).
func TestP16_DecidedWithinSettle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hours := func(name string, least, most int) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(rt, name)) * hour
		}
		traits := gateway.Traits{Resend: hours("resend", 1, 48), Flight: time.Duration(rapid.IntRange(0, 600).Draw(rt, "flight")) * time.Second, Settle: hours("settle", 130, 600)}
		decides := hours("decides", 0, 700)
		end := rapid.SampledFrom([]gateway.Status{gateway.StatusCaptured, gateway.StatusDeclined}).Draw(rt, "ends")
		r, g, p := toldHost(t, traits, gateway.StatusProcessing)
		g.says = func(c gateway.Charge) gateway.Outcome {
			if g.now().Sub(start) < decides {
				return says(gateway.StatusProcessing)(c)
			}
			return says(end)(c)
		}
		if rapid.Bool().Draw(rt, "canceled") {
			_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
			r.must(err)
		}
		for r.payment(p.ID).State.Open() && len(g.looks) < 100 {
			r.look(p.ID)
		}
		ages, last := g.after(), traits.Flight+traits.Settle+time.Second
		want := map[gateway.Status]payment.PaymentState{gateway.StatusCaptured: payment.PaymentSucceeded, gateway.StatusDeclined: payment.PaymentFailed}[end]
		if decides > last {
			want = payment.PaymentReview
		}
		if got := r.payment(p.ID).State; got != want || want == payment.PaymentReview && ages[len(ages)-1] != last {
			rt.Errorf("%s, want %s; looked at after %v", got, want, ages)
		}
		for i := 1; i < len(ages); i++ {
			if ages[i]-ages[i-1] > day {
				rt.Errorf("not looked at from %s to %s", ages[i-1], ages[i])
			}
		}
	})
}
