package desk_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// atExpiry cancels the seats at the end of their period.
var atExpiry = desk.UnsubscribeRequest{Customer: "c1", Resource: workspace, AtExpiry: true}

// newAutomatic is a house whose seats are renewed by themselves, a day before they expire.
func newAutomatic(t *testing.T, policy ...func(*payment.Policy)) *seats {
	t.Helper()
	x := newSeats(t, append([]func(*payment.Policy){func(p *payment.Policy) { p.Renewal.Attempts = renewal.Attempts{Days: []int{1}} }}, policy...)...)
	x.mode(workspace, renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	return x
}

// cancels cancels the seats at the end of their period, as quoted.
func (x *seats) cancels() desk.Changed {
	x.t.Helper()
	q, err := x.d.QuoteUnsubscribe(ctx, atExpiry)
	x.must(err)
	done, err := x.d.Unsubscribe(ctx, atExpiry)
	x.must(err)
	r := x.res(workspace)
	r.Version = done.Resource.Version
	r.DueAt = done.Resource.DueAt
	if !reflect.DeepEqual(done.ChangeQuote, q) || !reflect.DeepEqual(q.Resource, r) {
		x.t.Errorf("quoted %+v, done %+v, it is %+v", q, done, r)
	}
	if paid := done.Due.Sign() != 0 || done.Back.Sign() != 0; paid || done.Order.ID != "" {
		x.t.Errorf("%+v", done)
	}
	return done
}

// Q8, R4: canceled at the end of the period, the seats are used to the last second of it, are not
// renewed, and nothing comes back.
func TestQ8_CanceledAtExpiry(t *testing.T) {
	x := newAutomatic(t)
	x.on(10 * day)
	cash, orders := x.cash(), len(x.s.All("c1").Orders)
	x.cancels()
	if r := x.res(workspace); r.Mode != renewal.ModeNone || r.Auto != (renewal.Auto{}) {
		t.Errorf("mode %q, %+v", r.Mode, r.Auto)
	}
	for _, at := range []struct {
		after time.Duration
		state renewal.State
	}{{29 * day, renewal.StateInUse}, {30 * day, renewal.StateInUse}, {30*day + time.Second, renewal.StateGrace}, {60 * day, renewal.StateRetention}, {60*day + time.Second, renewal.StateReleased}} {
		x.on(at.after)
		x.sweep()
		if state := x.res(workspace).State(x.clock.Now(), x.p.Renewal); state != at.state {
			t.Errorf("after %v it is %s, want %s", at.after, state, at.state)
		}
	}
	if x.cash() != cash || len(x.s.All("c1").Orders) != orders || len(x.s.All("c1").Refunds) != 0 {
		t.Errorf("cash %d, was %d; %d orders, were %d", x.cash(), cash, len(x.s.All("c1").Orders), orders)
	}
	x.audit()
}

// Q8, R4: another mode takes a cancellation back, and it is renewed by itself again, before the
// expiry and in grace.
func TestQ8_CancellationTakenBack(t *testing.T) {
	for _, after := range []time.Duration{10 * day, 30*day + time.Second} {
		x := newAutomatic(t, func(p *payment.Policy) { p.Renewal.Attempts.Daily = true })
		x.cancels()
		x.on(after)
		x.mode(workspace, renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
		x.on(max(after, 29*day) + day)
		x.sweep()
		if n := len(x.res(workspace).Periods); n != 2 {
			t.Errorf("after %v it has %d periods", after, n)
		}
		x.audit()
	}
}

// Q8, Q3: who has canceled at the end of the period can still leave at once, for the same money.
func TestQ8_CanceledAndThenLeft(t *testing.T) {
	for _, canceled := range []bool{false, true} {
		x := newAutomatic(t)
		x.on(10 * day)
		if canceled {
			x.cancels()
		}
		sums(t, "20 of 30 days of 204.00", x.leaves(), 13600)
		if x.res(workspace).Released.IsZero() {
			t.Error("it is still there")
		}
		x.audit()
	}
}

// Q8, P13: to cancel twice is to cancel once, an ID that is given stays free, and an open order
// for the resource is no obstacle.
func TestQ8_CanceledTwice(t *testing.T) {
	x := newAutomatic(t)
	open := x.renewal("rn", workspace)[0].ID
	x.cancels()
	version := x.res(workspace).Version
	again := atExpiry
	again.ID, again.By = "leave", "ann"
	done, err := x.d.Unsubscribe(ctx, again)
	if r := x.res(workspace); err != nil || r.Version != version || r.Order != open || done.Resource.Mode != renewal.ModeNone {
		t.Errorf("%+v, %v", r, err)
	}
	_, _, err = x.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{open}})
	x.must(err)
	sums(t, "and left under the same ID", x.leaves(), 20400)
	x.audit()
}

// R10: what is bound to a resource is canceled with it, and not alone.
func TestQ8_CanceledWithWhatIsBound(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	r.boughtDisk(5000)
	_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", Resource: "x2", AtExpiry: true})
	if !errors.Is(err, renewal.ErrBound) {
		t.Errorf("the disk alone: %v", err)
	}
	_, err = r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", Resource: "x1", AtExpiry: true})
	r.must(err)
	r.modes(renewal.ModeNone, "x1", "x2")
	r.audit()
}

// Q8: what cannot be canceled at the end of the period is refused with the reason, and stays.
func TestQ8_CancellationRefused(t *testing.T) {
	x := newAutomatic(t)
	field := func(err error) string {
		var bad *order.FieldError
		if errors.As(err, &bad) {
			return bad.Field
		}
		return ""
	}
	q := atExpiry
	q.Renewal = "O1"
	if _, err := x.d.Unsubscribe(ctx, q); field(err) != "renewal" {
		t.Errorf("a renewal at the expiry: %v", err)
	}
	q = atExpiry
	q.Resource = "nobody's"
	if _, err := x.d.Unsubscribe(ctx, q); !errors.Is(err, order.ErrNotFound) {
		t.Errorf("nobody's: %v", err)
	}
	if r := x.res(workspace); r.Mode != renewal.ModeAutomatic {
		t.Errorf("mode %q", r.Mode)
	}
	x.leaves()
	var refused *renewal.MoveError
	if _, err := x.d.Unsubscribe(ctx, atExpiry); !errors.As(err, &refused) || refused.Advice() != "it is gone: order a new one" {
		t.Errorf("gone: %v", err)
	}
	x.audit()
}
