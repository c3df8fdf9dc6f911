package desk_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// upBegins lets a change to what costs more begin a new period.
func upBegins(p *payment.Policy) { p.Renewal.Leaving.UpBeginsPeriod = true }

func endOfDay(p *payment.Policy) { p.Renewal.Ending = renewal.EndOfDay }

// spans writes the periods of the seats.
func (x *seats) spans() string {
	var all []string
	for _, h := range x.res(workspace).Periods {
		all = append(all, string(h.Order)+" "+h.Start.UTC().Format("01-02 15:04:05")+" .. "+h.Expiry.UTC().Format("01-02 15:04:05"))
	}
	return strings.Join(all, ", ")
}

func (x *seats) hasSpans(want string) {
	x.t.Helper()
	if got := x.spans(); got != want {
		x.t.Errorf("it has %s, want %s", got, want)
	}
}

// Q8: 17 seats at 12.00 become 20 on the tenth day: 240.00 less 204.00 x 21/30, for a month from then
// on, which its months are counted from (R3).
func TestQ8_UpBeginsPeriod(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(9 * day)
	up := x.changes("O2", "", 20)
	sums(t, "20 seats for a month, less 21 of 30 days of 17", up.Due, 9720)
	if o := x.order("O2"); o.Type != order.TypeUpgrade || len(o.Lines) != 1 || o.Lines[0].Configuration != "from 17 team, until 2026-05-10T09:00:00Z" {
		t.Errorf("%s: %+v", o.Type, o.Lines)
	}
	x.is("team", 20)
	x.hasSpans("O1 04-01 09:00:00 .. 04-10 08:59:59, O2 04-10 09:00:00 .. 05-10 09:00:00")
	sums(t, "all is left of both", order.Minor(x.worth(), order.EUR), 9720+14280)
	x.on(24 * day)
	sums(t, "15 of 30 days later half of it", order.Minor(x.worth(), order.EUR), 4860+7140)
	x.paid(x.renewal("rn", workspace)[0].ID)
	if r := x.res(workspace); !r.Expiry.Equal(april.AddDate(0, 2, 9)) {
		t.Errorf("renewed until %s", r.Expiry)
	}
	x.on(40 * day) // 11 May
	sums(t, "8 of 20 seats for all but 23 h 59 min 59 s of 31 days", x.changes("O3", "", 12).Back, 9290)
	x.audit()
}

// Q8: at a change to less, and on leaving, what was carried comes back as what was paid for the new
// period does.
func TestQ8_UpBeginsPeriodAndThenDown(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(9 * day)
	x.changes("O2", "", 20)
	down := x.changes("O3", "", 12)
	sums(t, "8 of 20 seats for all of it", down.Back, 5712+3888)
	x.on(24 * day)
	sums(t, "and left: 12 seats for 15 of 30 days", x.leaves(), 7200)
	x.audit()
}

// Q8: up twice: each takes off what is left of the period before.
func TestQ8_UpBeginsPeriodTwice(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(9 * day)
	x.changes("O2", "", 20)
	x.on(19 * day)
	up := x.changes("O3", "enterprise", 10)
	sums(t, "300.00 - 240.00 x 20/30", up.Due, 14000)
	x.hasSpans("O1 04-01 09:00:00 .. 04-10 08:59:59, O2 04-10 09:00:00 .. 04-20 08:59:59, O3 04-20 09:00:00 .. 05-20 09:00:00")
	sums(t, "and left", x.leaves(), 30000)
	x.audit()
}

// Q8: to the first and the last second of a period, by the second and by the day.
func TestQ8_UpBeginsPeriodAtTheBounds(t *testing.T) {
	for _, row := range []struct {
		name   string
		policy func(*payment.Policy)
		at     time.Duration
		due    int64
		spans  string
	}{
		{"the first second", nil, 0, 3600, "O1 04-01 09:00:00 .. 04-01 08:59:59, O2 04-01 09:00:00 .. 05-01 09:00:00"},
		{"the second", nil, time.Second, 3600, "O1 04-01 09:00:00 .. 04-01 09:00:00, O2 04-01 09:00:01 .. 05-01 09:00:01"},
		{"the last second", nil, 30 * day, 24000, "O1 04-01 09:00:00 .. 05-01 08:59:59, O2 05-01 09:00:00 .. 06-01 09:00:00"},
		{"to the end of the day, the first second", endOfDay, 0, 3600, "O1 04-01 09:00:00 .. 04-01 08:59:59, O2 04-01 09:00:00 .. 05-01 23:59:59"},
		{"to the end of the day, 1,868,400 of 2,646,000 seconds", endOfDay, 9 * day, 9595, "O1 04-01 09:00:00 .. 04-10 08:59:59, O2 04-10 09:00:00 .. 05-10 23:59:59"},
		{"to the end of the day, the last second", endOfDay, 31*day - 9*time.Hour - time.Second, 24000, "O1 04-01 09:00:00 .. 05-01 23:59:58, O2 05-01 23:59:59 .. 06-01 23:59:59"},
		{"by day, the tenth begun", func(p *payment.Policy) { p.Renewal.Leaving.Used = renewal.UsedByDay }, 9*day + 6*time.Hour, 9720, "O1 04-01 09:00:00 .. 04-10 14:59:59, O2 04-10 15:00:00 .. 05-10 15:00:00"},
		{"to midnight", func(p *payment.Policy) { p.Renewal.Ending = renewal.NextMidnight }, 9 * day, 9595, "O1 04-01 09:00:00 .. 04-10 09:00:00, O2 04-10 09:00:00 .. 05-11 00:00:00"},
		{"to the day before, 1,782,000 of 2,559,600 seconds", func(p *payment.Policy) { p.Renewal.Ending = renewal.DayBefore }, 9 * day, 9797, "O1 04-01 09:00:00 .. 04-10 08:59:59, O2 04-10 09:00:00 .. 05-09 23:59:59"},
	} {
		t.Run(row.name, func(t *testing.T) {
			policies := []func(*payment.Policy){upBegins}
			if row.policy != nil {
				policies = append(policies, row.policy)
			}
			x := newSeats(t, policies...)
			x.on(row.at)
			worth := x.worth()
			due := x.changes("O2", "", 20).Due
			sums(t, "three seats more", due, row.due)
			x.hasSpans(row.spans)
			x.is("team", 20)
			sums(t, "left at once", x.leaves(), worth+due.Minor())
			x.audit()
		})
	}
}

// Q8: whenever it is paid, price and period are those of the second that it was asked for.
func TestQ8_UpBeginsPeriodPaidLater(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(9 * day)
	_, err := x.d.Change(ctx, desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20})
	x.must(err)
	x.on(12 * day)
	x.is("team", 17)
	x.paid("O2")
	sums(t, "paid", x.order("O2").Payable(), 9720)
	x.hasSpans("O1 04-01 09:00:00 .. 04-10 08:59:59, O2 04-10 09:00:00 .. 05-10 09:00:00")
	sums(t, "and left: 27 of 30 days", x.leaves(), 21600)
	x.audit()
}

// Q8, O9: an order for a new period is paid while the old one lasts, or gives its money back.
func TestQ8_UpBeginsPeriodPaidTooLate(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(29 * day)
	_, err := x.d.Change(ctx, desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20})
	x.must(err)
	decide := x.undecided()
	x.pay("late", payment.MethodOnline, nil, "O2")
	x.on(30*day + time.Second)
	if _, err := x.d.Quote(ctx, payment.Request{Key: "k", Customer: "c1", Orders: []order.ID{"O2"}, Method: payment.MethodBalance}); err == nil {
		t.Error("quoted after the period has ended")
	}
	decide(gateway.StatusCaptured)
	x.sweep()
	if o := x.order("O2"); o.State != order.StateRefunded || o.Reason != order.ReasonAdjustmentFailed {
		t.Errorf("it is %s for the reason %q", o.State, o.Reason)
	}
	x.is("team", 17)
	x.hasSpans("O1 04-01 09:00:00 .. 05-01 09:00:00")
	x.nets(0)
	x.audit()
}

// Q8, O9: a change that cannot be carried out leaves the old period as it was, also where it was
// renewed meanwhile.
func TestQ8_UpBeginsPeriodCannotBeProvided(t *testing.T) {
	for _, renewed := range []bool{false, true} {
		x := newSeats(t, upBegins)
		x.on(9 * day)
		was, cash := x.res(workspace), x.cash()
		x.changes("O2", "enterprise", 20)
		want := "O1 04-01 09:00:00 .. 05-01 09:00:00"
		if renewed {
			o := x.renewal("rn", workspace)[0]
			x.paid(o.ID)
			cash -= o.Payable().Minor()
			want += ", " + string(o.ID) + " 05-01 09:00:01 .. 06-01 09:00:00"
		}
		x.move("O2", order.EventFail)
		x.is("team", 17)
		x.hasSpans(want)
		r := x.res(workspace)
		added := len(r.Added)
		was.Version, r.Added = r.Version, nil
		if !renewed && !reflect.DeepEqual(r, was) {
			t.Errorf("it was %+v, and is %+v", was, r)
		}
		if x.cash() != cash || added != 0 || x.order("O2").State != order.StateRefunded {
			t.Errorf("cash %d, was %d; %d added; %s", x.cash(), cash, added, x.order("O2").State)
		}
		x.audit()
	}
}

// Q8: what another change has carried on, or has made less, is not taken back before that.
func TestQ8_UpBeginsPeriodTakenBackInOrder(t *testing.T) {
	fails := func(x *seats, id order.ID) error {
		_, err := x.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: order.EventFail})
		return err
	}
	x := newSeats(t, upBegins)
	x.on(9 * day)
	first := x.res(workspace)
	x.changes("O2", "", 20)
	second := x.res(workspace)
	x.changes("O3", "", 25)
	var refused *renewal.MoveError
	if err := fails(x, "O2"); !errors.As(err, &refused) || !errors.Is(err, renewal.ErrState) || x.order("O2").State != order.StatePaid {
		t.Errorf("%v, and it is %s", err, x.order("O2").State)
	}
	x.must(fails(x, "O3"))
	if r := x.res(workspace); !reflect.DeepEqual(r.Periods, second.Periods) || !reflect.DeepEqual(r.Added, second.Added) {
		t.Errorf("%+v, want %+v", r, second)
	}
	x.must(fails(x, "O2"))
	if r := x.res(workspace); !reflect.DeepEqual(r.Periods, first.Periods) || len(r.Added) != 0 {
		t.Errorf("%+v, want %+v", r, first)
	}
	sums(t, "and left", x.leaves(), 14280)
	x.audit()

	x = newSeats(t, upBegins)
	x.on(9 * day)
	x.changes("O2", "", 20)
	x.changes("O3", "", 12)
	if err := fails(x, "O2"); !errors.As(err, &refused) || x.order("O2").State != order.StatePaid {
		t.Errorf("made less since: %v", err)
	}
	x.audit()
}

// Q8: what begins no new period is refused with the reason, and what to do.
func TestQ8_UpBeginsPeriodRefused(t *testing.T) {
	refused := func(x *seats, why error, advice string) {
		t.Helper()
		q := desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20}
		var move *renewal.MoveError
		for _, f := range []func() error{
			func() error { _, err := x.d.QuoteChange(ctx, q); return err },
			func() error { _, err := x.d.Change(ctx, q); return err },
		} {
			if err := f(); !errors.Is(err, why) || !errors.As(err, &move) || move.Advice() != advice {
				t.Errorf("%v", err)
			}
		}
		x.is("team", 17)
		x.audit()
	}
	x := newSeats(t, upBegins)
	x.on(9 * day)
	ahead := x.renewal("rn", workspace)[0].ID
	x.paid(ahead)
	refused(x, renewal.ErrState, "time has been paid for from 2026-05-01 09:00:01 +00:00 on, and a change to what costs more begins a new period: give that renewal back first, or change it at the expiry")
	_, err := x.d.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: "back", Customer: "c1", Resource: workspace, Renewal: ahead})
	x.must(err)
	sums(t, "once it is given back", x.changes("O2", "", 20).Due, 9720)
	x.audit()

	x = newSeats(t, upBegins)
	x.on(30*day + time.Second)
	refused(x, renewal.ErrState, "it has expired: renew it first")

	x = newSeats(t, upBegins)
	os, err := x.d.Renew(ctx, desk.RenewRequest{Customer: "c1", ID: "rn", Resources: []order.ResourceID{workspace}, Term: oneMonth(), Day: 20})
	x.must(err)
	sums(t, "a month and 19 days of 6.80", os[0].Payable(), 20400+12920)
	x.paid(os[0].ID)
	x.on(30*day + time.Second)
	refused(x, renewal.ErrAtExpiry, "333.20 EUR is left of the period in use, more than the 240.00 EUR that a new one costs: change it at the expiry, which is 2026-06-20 09:00:00 +00:00, or once less is left")
	x.on(60*day + time.Second)
	sums(t, "once less is left: 240.00 - 333.20 x 20/50", x.changes("O2", "", 20).Due, 24000-13328)
	x.audit()
}

// Q8, R10: what is bound to a resource is renewed with it, and keeps both from a period of their own.
func TestQ8_UpBeginsPeriodOfWhatIsBound(t *testing.T) {
	x := newSeats(t, upBegins)
	x.place("", order.Draft{ID: "O5", Customer: "c1", Type: order.TypePurchase, Lines: []order.Line{{Product: "team", Count: 1, Term: oneMonth(), Charge: order.ChargeSubscription, Amount: order.Minor(1200, order.EUR)}}})
	x.paid("O5")
	main := x.res(workspace)
	x.move("O5", order.EventComplete, renewal.Resource{ID: "extra", Main: workspace, Customer: "c1", Product: "team", Count: 1, Charge: order.ChargeSubscription, Mode: main.Mode, Start: main.Start, Expiry: main.Expiry})
	for _, id := range []order.ResourceID{workspace, "extra"} {
		var refused *renewal.MoveError
		if _, err := x.d.QuoteChange(ctx, desk.ChangeRequest{Customer: "c1", Resource: id, Count: 20}); !errors.Is(err, renewal.ErrBound) || !errors.As(err, &refused) {
			t.Errorf("%s: %v", id, err)
		}
	}
	x.audit()
}

// Q8: what costs as much or less is changed as without the policy.
func TestQ8_UpBeginsPeriodAndWhatCostsNoMore(t *testing.T) {
	for _, row := range []struct {
		product string
		count   int
		back    int64
		typ     order.Type
	}{{"", 12, 4200, order.TypeDowngrade}, {"enterprise", 6, 1680, order.TypeDowngrade}} {
		x := newSeats(t, upBegins)
		x.on(9 * day)
		sums(t, "less", x.changes("O2", row.product, row.count).Back, row.back)
		x.hasSpans("O1 04-01 09:00:00 .. 05-01 09:00:00")
		if o := x.order("O2"); o.Type != row.typ {
			t.Errorf("%s", o.Type)
		}
		x.audit()
	}
	x := newSeats(t, upBegins)
	x.changes("O2", "", 20)
	x.on(9 * day)
	x.changes("O3", "enterprise", 8)
	if o := x.order("O3"); o.Type != order.TypeChange || o.Payable().Sign() != 0 {
		t.Errorf("%s, %s", o.Type, o.Payable())
	}
	x.hasSpans("O1 04-01 09:00:00 .. 04-01 08:59:59, O2 04-01 09:00:00 .. 05-01 09:00:00")
	x.audit()
}

// Q8: of what has become free nothing is taken off.
func TestQ8_UpBeginsPeriodOfWhatWasFree(t *testing.T) {
	x := newSeats(t, upBegins)
	x.changes("O2", "free", 20)
	x.on(9 * day)
	up := x.changes("O3", "team", 20)
	sums(t, "nothing is left of what is free", up.Due, 24000)
	sums(t, "and left", x.leaves(), 24000)
	x.audit()
}

// Q8: a new period that costs as much as is left of the old one is there at once.
func TestQ8_UpBeginsPeriodForNothing(t *testing.T) {
	x := newSeats(t, upBegins, func(p *payment.Policy) { p.Renewal.Leaving.Used = renewal.UsedByDay })
	x.d.Prices = perSeat{"team": 1200, "plus": 1360}
	x.paid(x.renewal("rn", workspace)[0].ID)
	os, err := x.d.Renew(ctx, desk.RenewRequest{Customer: "c1", ID: "odd", Resources: []order.ResourceID{workspace}, Term: oneMonth(), Day: 16})
	x.must(err)
	x.paid(os[0].ID) // 1 June to 16 July: 204.00 + 15 x 6.80 for 45 days
	x.on(70*day + time.Second)
	sums(t, "18 of 13.60, less 306.00 x 36/45", x.changes("O2", "plus", 18).Due, 0)
	if o := x.order("O2"); o.State != order.StateCompleted || o.Type != order.TypeUpgrade {
		t.Errorf("%s is %s", o.Type, o.State)
	}
	x.is("plus", 18)
	if r := x.res(workspace); len(r.Periods) != 4 || !r.Expiry.Equal(april.AddDate(0, 3, 9).Add(time.Second)) {
		t.Errorf("%s", x.spans())
	}
	sums(t, "and left: 36 x 6.80", x.leaves(), 24480)
	x.audit()
}

// Q6, Q8: over any changes what comes back is never more than what was paid; up and straight out
// gives back what was paid for the new period and what was left of the old one; periods join, and
// the audit finds nothing.
func TestQ8_UpBeginsPeriodGainsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ending := rapid.SampledFrom([]renewal.Ending{renewal.SameClock, renewal.EndOfDay, renewal.NextMidnight, renewal.DayBefore}).Draw(rt, "ending")
		used := rapid.SampledFrom([]renewal.Used{renewal.UsedByDay, renewal.UsedByHour, renewal.UsedBySecond}).Draw(rt, "used")
		x := newSeats(t, upBegins, func(p *payment.Policy) { p.Renewal.Ending, p.Renewal.Leaving.Used = ending, used })
		paid, at := x.paidSoFar(), time.Duration(0)
		for i := range rapid.IntRange(1, 6).Draw(rt, "changes") {
			at += time.Duration(rapid.IntRange(0, 5*24*3600).Draw(rt, "later")*rapid.IntRange(0, 1).Draw(rt, "moves")) * time.Second
			x.on(at)
			r := x.res(workspace)
			product, count := rapid.SampledFrom([]string{"team", "enterprise", "free"}).Draw(rt, "product"), rapid.IntRange(1, 40).Draw(rt, "count")
			if r.Product == product && r.Count == count {
				continue
			}
			before := x.worth()
			done := x.changes(order.ID([]string{"A", "B", "C", "D", "E", "F"}[i]), product, count)
			paid += done.Due.Minor() - done.Back.Minor()
			after, now := x.worth(), x.res(workspace)
			off := before + done.Due.Minor() - done.Back.Minor() - after
			if begun := len(now.Periods) > len(r.Periods); off < 0 || begun && off > int64(len(now.Periods)) {
				rt.Fatalf("%d were left, %s was paid, %s came back, and %d are left", before, done.Due, done.Back, after)
			} else if begun != (done.Order.Type == order.TypeUpgrade) || begun && !now.Periods[len(now.Periods)-1].Start.Equal(x.clock.Now()) {
				rt.Fatalf("%s: %s", done.Order.Type, x.spans())
			}
			if failed := rapid.IntRange(0, 3).Draw(rt, "fails"); failed == 0 && done.Order.Type == order.TypeUpgrade && done.Due.Sign() > 0 {
				x.move(done.Order.ID, order.EventFail)
				if paid -= done.Due.Minor(); x.worth() != before || !x.res(workspace).Expiry.Equal(r.Expiry) {
					rt.Fatalf("taken back, %d are left, and %d were", x.worth(), before)
				}
			}
			if paid != x.paidSoFar() || paid < 0 || x.worth() > paid {
				rt.Fatalf("%d was paid, %d by the account, and %d are left", paid, x.paidSoFar(), x.worth())
			}
		}
		if len(x.res(workspace).Periods) > 0 && slices.Contains([]string{"team", "enterprise"}, x.res(workspace).Product) {
			x.leaves()
		}
		if x.paidSoFar() < 0 {
			rt.Fatalf("more came back than was paid: %d", x.paidSoFar())
		}
		x.audit()
	})
}

// I13: what is left of a period that was cut is nowhere.
func TestI13_UpBeginsPeriod(t *testing.T) {
	x := newSeats(t, upBegins)
	x.on(9 * day)
	x.changes("O2", "", 20)
	for name, spoil := range map[string]func(r *renewal.Resource){
		"a cut period with nothing after it": func(r *renewal.Resource) { r.Periods[0].CutBy = "O9" },
		"carried into no period":             func(r *renewal.Resource) { r.Added[0].CarriedBy = "O9" },
		"carried into another period":        func(r *renewal.Resource) { r.Added[0].Start = r.Added[0].Start.Add(time.Hour) },
	} {
		all := x.s.All("c1")
		r := &all.Resources[0]
		*r = ledger.Resources.Copy(*r)
		spoil(r)
		if found := ledger.Audit(all, nil); !slices.ContainsFunc(found, func(v ledger.Violation) bool { return v.Invariant == "I13" }) {
			t.Errorf("%s: %v", name, found)
		}
	}
}
