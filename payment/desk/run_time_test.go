//go:build go1.25

package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// gaps runs the Desk on virtual time until said has been asked for each sweep what its store
// says, and returns how long it waited before each sweep but the first.
func gaps(t *testing.T, d desk.Desk, every time.Duration, said []error) (waits []time.Duration) {
	synctest.Test(t, func(*testing.T) { // ends only when nothing of it runs any more
		running, stop := context.WithCancel(ctx)
		defer stop()
		n, last := 0, time.Now()
		d.Store = watched{d.Store, func() error {
			if now := time.Now(); n > 0 {
				waits, last = append(waits, now.Sub(last)), now
			}
			if n == len(said) {
				stop()
				return nil
			}
			n++
			return said[n-1]
		}}
		var log lines
		d.Run(running, every, log.logger())
	})
	return waits
}

// What succeeds is swept again after the time that was asked for; what fails after that time,
// doubled for each failure in a row, up to a minute, of which a part is random and half is not.
func TestP16_RunBacksOff(t *testing.T) {
	failed := errors.New("connection refused")
	rapid.Check(t, func(rt *rapid.T) {
		every := time.Duration(rapid.OneOf(rapid.Int64Range(-1, 1), rapid.Int64Range(1, int64(3*time.Minute))).Draw(rt, "every"))
		bad := rapid.SliceOfN(rapid.Bool(), 1, 12).Draw(rt, "failures")
		said := make([]error, len(bad))
		for i := range bad {
			if bad[i] {
				said[i] = failed
			}
		}
		r := newHost(t)
		waits := gaps(t, *r.d, every, said)
		if every <= 0 {
			every = 5 * time.Second
		}
		most := every
		for i, wait := range waits {
			if !bad[i] {
				most = every
				if wait != every {
					rt.Errorf("%d: it waited for %s after a sweep that succeeded, not %s", i, wait, every)
				}
				continue
			}
			most = max(every, min(2*most, time.Minute))
			if wait < max(every, most/2) || wait > most {
				rt.Errorf("%d: it waited for %s, not for %s to %s", i, wait, max(every, most/2), most)
			}
		}
		if len(waits) != len(said) {
			rt.Errorf("%d waits for %d sweeps", len(waits), len(said))
		}
	})
}

// Two hosts whose store fails do not come back together.
func TestP16_RunBacksOffAtRandom(t *testing.T) {
	r := newHost(t)
	said := make([]error, 12)
	for i := range said {
		said[i] = errors.New("connection refused")
	}
	one, two := gaps(t, *r.d, time.Second, said), gaps(t, *r.d, time.Second, said)
	if fmt.Sprint(one) == fmt.Sprint(two) {
		t.Errorf("both waited for %v", one)
	}
}

// While more is due than one sweep takes, the next begins at once; and where nothing of it can
// be done, Run waits longer and longer, and does not spin.
func TestP16_RunGoesOnAtOnce(t *testing.T) {
	r := newHost(t)
	for i := range 250 {
		x := draftFor(order.ID(fmt.Sprintf("o%03d", i)), 1000)
		x.Customer = order.CustomerID(fmt.Sprintf("c%03d", i))
		_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: x.Customer, By: "u", Drafts: []order.Draft{x}})
		r.must(err)
	}
	r.clock.Move(8 * day)
	broken := *r.d
	broken.Customers = nobody{}
	broken.Now = func() time.Time { return start.Add(8 * day) }
	waits := gaps(t, broken, time.Second, make([]error, 3))
	for i, wait := range waits {
		if most := time.Second << (i + 1); wait < most/2 || wait > most {
			t.Errorf("%d: after a sweep of which everything failed it waited for %s", i, wait)
		}
	}
	r.clock.Move(time.Hour) // what was put off
	if waits := gaps(t, *r.d, time.Second, make([]error, 4)); fmt.Sprint(waits) != "[0s 0s 0s 1s]" {
		t.Errorf("it waited for %v", waits)
	}
	for _, c := range r.s.Customers() {
		for _, o := range r.s.All(c).Orders {
			if o.State != order.StateVoided {
				t.Errorf("order %s is %s", o.ID, o.State)
			}
		}
	}
}

// naming is a store that names what waits for nothing, as many as are asked for.
type naming struct{ ledger.Store }

func (naming) Waiting(_ context.Context, due ledger.Due) (asks []ledger.Ask, _ error) {
	for i := range due.Limit {
		asks = append(asks, ledger.Ask{Customer: order.CustomerID(fmt.Sprintf("c%03d", i)), Refs: []ledger.Ref{{Kind: ledger.KindOrder, ID: "o"}}})
	}
	return asks, nil
}

// A store that names again and again what is not due does not make Run spin.
func TestP16_RunOfWhatIsNotDue(t *testing.T) {
	r := newHost(t)
	r.d.Store = naming{r.s}
	if waits := gaps(t, *r.d, time.Second, make([]error, 3)); fmt.Sprint(waits) != "[1s 1s 1s]" {
		t.Errorf("it waited for %v", waits)
	}
}

// Run has ended when the sweep that runs has: a sweep is not left behind.
func TestP16_RunEndsWithItsSweep(t *testing.T) {
	r := newHost(t)
	synctest.Test(t, func(t *testing.T) {
		running, stop := context.WithCancel(ctx)
		d, ended := *r.d, false
		d.Store = watched{r.s, func() error {
			time.Sleep(time.Hour) // a store that answers late, and looks at no context
			ended = true
			return nil
		}}
		time.AfterFunc(time.Minute, stop)
		d.Run(running, time.Second, nil)
		if !ended {
			t.Error("Run has returned, and its sweep has not")
		}
	})
}
