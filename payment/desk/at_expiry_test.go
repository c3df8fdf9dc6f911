package desk_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
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

// later asks for a change of the seats at their expiry, as quoted.
func (x *seats) later(product string, n int) desk.Changed {
	x.t.Helper()
	q := desk.ChangeRequest{Customer: "c1", Resource: workspace, Product: product, Count: n, AtExpiry: true}
	quote, err := x.d.QuoteChange(ctx, q)
	x.must(err)
	done, err := x.d.Change(ctx, q)
	x.must(err)
	if !reflect.DeepEqual(done.ChangeQuote, quote) || done.Due.Sign() != 0 || done.Back.Sign() != 0 || done.Order.ID != "" {
		x.t.Errorf("quoted %+v, done %+v", quote, done)
	}
	return done
}

// heard counts the notices of a kind, and returns the text of the last.
func (x *seats) heard(kind ledger.NoticeKind) (n int, text string) {
	for _, y := range x.s.All("c1").Notices {
		if y.Kind == kind {
			n, text = n+1, y.Text
		}
	}
	return n, text
}

// Q8: 17 seats become 12 at the expiry: the renewal before it pays for 12, the old period has 17 to
// its last second, and the customer hears of the change.
func TestQ8_ChangedAtExpiry(t *testing.T) {
	x := newAutomatic(t)
	x.on(10 * day)
	cash, orders := x.cash(), len(x.s.All("c1").Orders)
	x.later("", 12)
	if x.cash() != cash || len(x.s.All("c1").Orders) != orders || len(x.s.All("c1").Refunds) != 0 {
		t.Errorf("cash %d, was %d", x.cash(), cash)
	}
	for _, row := range []struct {
		after time.Duration
		count int
		paid  int64
	}{{28 * day, 17, 0}, {29 * day, 17, 14400}, {30 * day, 17, 14400}, {30*day + time.Second, 12, 14400}, {60 * day, 12, 28800}} {
		x.on(row.after)
		x.sweep()
		x.is("team", row.count)
		if paid := cash - x.cash(); paid != row.paid {
			t.Errorf("after %v %d was paid, want %d", row.after, paid, row.paid)
		}
		x.audit()
	}
	if n, text := x.heard(ledger.NoticeChanged); n != 1 || text != "it is 12 of team now, and was 17 of team" {
		t.Errorf("%d notices: %q", n, text)
	}
	if r := x.res(workspace); r.Next != (renewal.NextChange{}) {
		t.Errorf("%+v", r.Next)
	}
}

// Q8: what touches the resource before a sweep comes finds it changed.
func TestQ8_AppliedBeforeTheSweep(t *testing.T) {
	x := newAutomatic(t)
	x.later("enterprise", 4)
	x.on(29*day + 12*time.Hour)
	x.sweep()
	x.on(30*day + time.Second)
	x.is("team", 17)
	sums(t, "one seat more for a whole month", x.changes("O2", "", 5).Due, 3000)
	x.is("enterprise", 5)
	if n, _ := x.heard(ledger.NoticeChanged); n != 1 {
		t.Errorf("%d notices", n)
	}
	x.sweep()
	x.is("enterprise", 5)
	x.audit()
}

// Q8, R1: what is renewed late is changed by the commit that pays for it.
func TestQ8_RenewedLateAsWhatItBecomes(t *testing.T) {
	x := newSeats(t)
	x.later("", 20)
	x.on(33 * day)
	x.sweep()
	x.is("team", 17)
	o := x.renewal("rn", workspace)[0]
	sums(t, "20 seats", o.Payable(), 24000)
	x.paid(o.ID)
	x.is("team", 20)
	x.audit()
}

// Q8: what has been paid for ahead stays as it is.
func TestQ8_AtExpiryOfWhatIsPaidAhead(t *testing.T) {
	x := newSeats(t)
	x.paid(x.renewal("rn", workspace)[0].ID)
	x.later("", 12)
	o := x.renewal("rn2", workspace)[0]
	sums(t, "12 seats in June", o.Payable(), 14400)
	x.paid(o.ID)
	for _, row := range []struct {
		after time.Duration
		count int
	}{{30*day + time.Second, 17}, {61 * day, 17}, {61*day + time.Second, 12}} {
		x.on(row.after)
		x.sweep()
		x.is("team", row.count)
	}
	x.audit()
}

// Q8: a change is taken back as long as no renewal has been paid for it; after that, that is given
// back first.
func TestQ8_AtExpiryTakenBack(t *testing.T) {
	x := newSeats(t)
	was := x.res(workspace)
	x.later("enterprise", 5)
	x.later("", 12)
	x.later("", 17)
	is := x.res(workspace)
	is.Version = was.Version
	if !reflect.DeepEqual(is, was) {
		t.Errorf("it was %+v, and is %+v", was, is)
	}
	x.later("", 12)
	version := x.res(workspace).Version
	x.later("team", 12)
	if again := x.res(workspace).Version; again != version {
		t.Errorf("the same again is written: %d, was %d", again, version)
	}
	o := x.renewal("rn", workspace)[0]
	back := desk.ChangeRequest{Customer: "c1", Resource: workspace, Count: 17, AtExpiry: true}
	if _, err := x.d.Change(ctx, back); !errors.Is(err, order.ErrResourceTaken) {
		t.Errorf("while its renewal is open: %v", err)
	}
	x.paid(o.ID)
	if _, err := x.d.Change(ctx, back); !errors.Is(err, renewal.ErrState) {
		t.Errorf("once its renewal is paid: %v", err)
	}
	_, err := x.d.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: "back", Customer: "c1", Resource: workspace, Renewal: o.ID})
	x.must(err)
	x.later("", 17)
	sums(t, "as it was", x.renewal("rn2", workspace)[0].Payable(), 20400)
	x.audit()
}

// Q8: a change at once is refused while one waits; leaving is not.
func TestQ8_AtOnceWhileAnotherWaits(t *testing.T) {
	x := newSeats(t)
	x.on(15 * day)
	x.later("", 12)
	for _, count := range []int{12, 10, 20} {
		q := desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: count}
		if _, err := x.d.Change(ctx, q); !errors.Is(err, renewal.ErrState) {
			t.Errorf("%d at once: %v", count, err)
		}
	}
	sums(t, "half of April", x.leaves(), 10200)
	if r := x.res(workspace); r.Next != (renewal.NextChange{}) {
		t.Errorf("%+v", r.Next)
	}
	x.audit()
}

// Q8: what is not sold is refused now, by the name of the field; so is what less was agreed to.
func TestQ8_AtExpiryAsked(t *testing.T) {
	x := newSeats(t)
	x.d.Prices = sold{"team"}
	q := desk.ChangeRequest{Customer: "c1", Resource: workspace, Product: "enterprise", AtExpiry: true}
	var bad *order.FieldError
	if _, err := x.d.Change(ctx, q); !errors.Is(err, renewal.ErrNoPrice) || !errors.As(err, &bad) || bad.Field != "product" {
		t.Errorf("not sold: %v", err)
	}
	q = desk.ChangeRequest{Customer: "c1", Resource: workspace, Count: 12, AtExpiry: true, Back: order.Minor(1, order.EUR)}
	if _, err := x.d.Change(ctx, q); !errors.Is(err, payment.ReasonCost) {
		t.Errorf("something was to come back: %v", err)
	}
	if r := x.res(workspace); r.Next != (renewal.NextChange{}) {
		t.Errorf("%+v", r.Next)
	}
	x.cancels()
	if _, err := x.d.Change(ctx, desk.ChangeRequest{Customer: "c1", Resource: workspace, Count: 12, AtExpiry: true}); !errors.Is(err, renewal.ErrMode) {
		t.Errorf("canceled: %v", err)
	}
}

// sold are the products that a house sells, at a cent.
type sold []string

func (s sold) Price(r renewal.Resource, _ renewal.Term) (order.Money, error) {
	if !slices.Contains(s, r.Product) {
		return order.Money{}, renewal.ErrNoPrice
	}
	return order.Minor(int64(r.Count), order.EUR), nil
}

// Q8: a change at the expiry and its renewals cost what seats bought anew from the expiry on cost.
func TestQ8_AtExpiryCostsWhatNewSeatsCost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := newSeats(t)
		product, count := rapid.SampledFrom([]string{"team", "enterprise", "free"}).Draw(rt, "product"), rapid.IntRange(1, 40).Draw(rt, "count")
		x.on(time.Duration(rapid.IntRange(0, 30*24*3600).Draw(rt, "asked")) * time.Second)
		x.later(product, count)
		cash := x.cash()
		at, want := time.Duration(rapid.IntRange(0, 30*24*3600).Draw(rt, "paid"))*time.Second, int64(0)
		for _, id := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(rt, "renewals")] {
			x.on(max(at, x.clock.Now().Sub(april)))
			if o := x.renewal(id, workspace)[0]; o.Payable().Sign() > 0 || o.State.Open() {
				x.paid(o.ID)
			}
			price, err := x.d.Prices.Price(renewal.Resource{Product: product, Count: count}, oneMonth())
			x.must(err)
			want += price.Minor()
			if rapid.Bool().Draw(rt, "swept") {
				x.sweep()
			}
			at += time.Duration(rapid.IntRange(0, 20*24*3600).Draw(rt, "later")) * time.Second
		}
		x.on(max(31*day, x.clock.Now().Sub(april)))
		x.sweep()
		if paid := cash - x.cash(); paid != want {
			rt.Fatalf("%d was paid, want %d", paid, want)
		}
		x.is(product, count)
		x.audit()
	})
}

// Q8: a house may let a change to less wait for the expiry: at once it is refused with the reason,
// and what costs as much or more, or has expired, is changed at once.
func TestQ8_DownAtExpiryAlone(t *testing.T) {
	for _, row := range []struct {
		name    string
		after   time.Duration
		product string
		count   int
		refused bool
	}{
		{"fewer", 15 * day, "", 16, true},
		{"fewer, in the last second", 30 * day, "", 16, true},
		{"fewer, once it has expired", 30*day + time.Second, "", 16, false},
		{"fewer of what costs less together", 15 * day, "enterprise", 6, true},
		{"fewer of what costs more together", 15 * day, "enterprise", 7, false},
		{"more", 15 * day, "", 18, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := newSeats(t, func(p *payment.Policy) { p.Renewal.Leaving.DownAtExpiry = true })
			x.on(row.after)
			if !row.refused {
				x.changes("O2", row.product, row.count)
				return
			}
			q := desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Product: row.product, Count: row.count}
			var refused *renewal.MoveError
			if _, err := x.d.Change(ctx, q); !errors.Is(err, renewal.ErrAtExpiry) || !errors.As(err, &refused) ||
				refused.Advice() != "it costs less: ask for the change at the expiry, which is 2026-05-01 09:00:00 +00:00" {
				t.Errorf("at once: %v", err)
			}
			x.is("team", 17)
			x.later(row.product, row.count)
			x.audit()
		})
	}
	x := newSeats(t, func(p *payment.Policy) { p.Renewal.Leaving.DownAtExpiry = true })
	x.changes("O2", "", 10+10)
	x.changes("O3", "enterprise", 8) // 240.00 either way
	x.is("enterprise", 8)
	x.audit()
}

// Q8: what waited for approval when the policy began to let it wait for the expiry is carried out.
func TestQ8_DownAtExpirySinceItWasPlaced(t *testing.T) {
	x := newSeats(t, func(p *payment.Policy) { p.Renewal.Leaving.Approve = order.Minor(1, order.EUR) })
	x.changes("O2", "", 12)
	x.p.Renewal.Leaving.DownAtExpiry = true
	x.move("O2", order.EventApprove)
	x.is("team", 12)
	x.audit()
}

// Q8, R1: where a late renewal begins when it is paid, the change begins with it.
func TestQ8_AtExpiryFromThePayment(t *testing.T) {
	x := newSeats(t, func(p *payment.Policy) { p.Renewal.FromPayment = true })
	x.later("", 12)
	x.on(50 * day) // in retention
	x.paid(x.renewal("rn", workspace)[0].ID)
	x.is("team", 12)
	if r := x.res(workspace); r.Next != (renewal.NextChange{}) || !r.Periods[1].Start.Equal(x.clock.Now()) {
		t.Errorf("%+v", r)
	}
	x.audit()
}
