package desk_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/payment"
)

// Where the policy names no waits, what fails is tried again after seconds, then ever more
// seldom, then daily, until the waits are used up (P17).
func TestP17_DefaultWaits(t *testing.T) {
	r := newHost(t)
	e := &ear{deaf: 11}
	r.d.Notifier = e
	r.deposit("d", payment.FundCash, 1000)
	r.place("", draftFor("a", 100))
	r.pay("k", payment.MethodBalance, nil, "a")
	r.sweep()
	tried := func(when string, want, kept int) {
		t.Helper()
		s, err := r.d.Sweep(ctx, 100)
		if err != nil || 11-e.deaf != want || s.Undeliverable != kept {
			t.Errorf("%s: %d tries, want %d; %d kept, %v", when, 11-e.deaf, want, s.Undeliverable, err)
		}
	}
	for i, wait := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, day, day, day, day} {
		r.clock.Move(wait - time.Second)
		tried("before "+wait.String(), i+1, 0)
		r.clock.Move(time.Second)
		tried("after "+wait.String(), i+2, 0)
	}
	r.clock.Move(day - time.Second)
	tried("before the last day", 11, 0)
	r.clock.Move(time.Second)
	tried("after the last day", 11, 1)
}
