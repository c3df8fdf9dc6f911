package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// saas is a house with the preset, whose customer has used a month of x1 since 1 March 10:00.
func saas(t *testing.T, cash int64) *host {
	r := newHost(t)
	*r.p = payment.SaaS()
	r.deposit("d", payment.FundCash, cash)
	r.place("", draftFor("o1", 10000))
	r.pay("k1", payment.MethodBalance, nil, "o1")
	_, err := r.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o1", Resources: []order.ResourceID{"x1"}})
	r.must(err)
	return r
}

// A subscription of the preset is renewed on its last day, and on the 1st, 3rd and 5th day after
// where nothing pays; it is usable for 7 days, then frozen for 30, in which a renewal begins when it
// is paid (R1, R5, R9).
func TestR5_SaaS(t *testing.T) {
	r := saas(t, 20000)
	if x := r.res("x1"); x.Mode != renewal.ModeAutomatic || x.Auto.Term != oneMonth() || x.Expiry.Format(time.DateTime) != "2024-04-01 10:00:00" {
		t.Fatalf("%+v", x)
	}
	r.at(time.March, 31, 23, 59, 59)
	r.sweep()
	r.lasts("2024-04-01 10:00:00", 1)
	r.at(time.April, 1, 0, 0, 0)
	r.sweep()
	r.lasts("2024-05-01 10:00:00", 2)
	if o := r.order(r.res("x1").Periods[1].Order); o.State != order.StateCompleted || r.cash() != 0 {
		t.Errorf("the renewal is %s, cash %d", o.State, r.cash())
	}

	for r.clock.Now().Before(time.Date(2024, 5, 7, 0, 0, 0, 0, time.UTC)) { // nothing is left to pay with
		r.clock.Move(time.Hour)
		r.sweep()
	}
	var tried []string
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticeRenewalFailed {
			tried = append(tried, n.At.Format("01-02 15"))
		}
	}
	slices.Sort(tried)
	if want := []string{"05-01 00", "05-02 00", "05-04 00", "05-06 00"}; !slices.Equal(tried, want) {
		t.Errorf("tried on %v", tried)
	}
	for _, x := range []struct {
		at    time.Time
		state renewal.State
	}{
		{time.Date(2024, 5, 8, 10, 0, 0, 0, time.UTC), renewal.StateGrace},
		{time.Date(2024, 5, 8, 10, 0, 1, 0, time.UTC), renewal.StateRetention},
		{time.Date(2024, 6, 7, 10, 0, 0, 0, time.UTC), renewal.StateRetention},
		{time.Date(2024, 6, 7, 10, 0, 1, 0, time.UTC), renewal.StateReleased},
	} {
		if got := r.res("x1").State(x.at, r.p.Renewal); got != x.state {
			t.Errorf("at %s: %s, want %s", x.at, got, x.state)
		}
	}
	r.deposit("d2", payment.FundCash, 10000)
	r.at(time.May, 20, 12, 0, 0)
	r.sweep()
	r.paidRenewal("late")
	r.lasts("2024-06-20 12:00:00", 3)
}

// The commit that pays a change completes it where it has made it: what a host places to carry out
// itself waits for the host (O2, Q8).
func TestO2_ChangesCompletedByTheCommitThatPays(t *testing.T) {
	for _, m := range []payment.Method{payment.MethodBalance, payment.MethodOnline} {
		r := saas(t, 100000)
		r.clock.Move(10 * day)
		_, err := r.d.Change(ctx, desk.ChangeRequest{ID: "up", Customer: "c1", Resource: "x1", Product: "big"})
		r.must(err)
		r.pay("k2", m, nil, "up")
		if o, x := r.order("up"), r.res("x1"); o.State != order.StateCompleted || x.Product != "big" {
			t.Errorf("%s: the change is %s, the resource %s", m, o.State, x.Product)
		}
		more := upgradeOf("by hand", 500, "x1")
		r.place("", more)
		r.pay("k3", m, nil, "by hand")
		if o := r.order("by hand"); o.State != order.StatePaid {
			t.Errorf("%s: what the host carries out is %s", m, o.State)
		}
		bigger := r.res("x1")
		bigger.Count = 2
		r.move("by hand", order.EventComplete, bigger)
		if o, x := r.order("by hand"), r.res("x1"); o.State != order.StateCompleted || x.Count != 2 {
			t.Errorf("%s: carried out, it is %s, the resource %+v", m, o.State, x)
		}
		r.audit()
	}
}

// O12: a change that is never paid does not keep the resource from being renewed: its order ends
// within the hour, and the next attempt pays.
func TestO12_UnpaidChangeAndTheRenewal(t *testing.T) {
	r := saas(t, 100000)
	r.at(time.March, 31, 23, 30, 0)
	up, err := r.d.Change(ctx, desk.ChangeRequest{ID: "up", Customer: "c1", Resource: "x1", Count: 2})
	r.must(err)
	if want := time.Date(2024, 4, 1, 0, 30, 0, 0, time.UTC); !up.Order.Deadline.Equal(want) {
		t.Errorf("it is paid until %s", up.Order.Deadline)
	}
	for r.clock.Now().Before(time.Date(2024, 4, 3, 0, 0, 0, 0, time.UTC)) {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	r.lasts("2024-05-01 10:00:00", 2)
	if x := r.res("x1"); x.Count != 1 || r.order("up").State != order.StateVoided {
		t.Errorf("%d of it, and the change is %s", x.Count, r.order("up").State)
	}
}

// R4, R5: who cancels at the end of the period takes it back by setting automatic renewal again. Who
// has paid by card alone is refused with the reason, as nothing could pay that, until a balance is
// there; a term that has no price is refused. Nothing changes then.
func TestR5_CancelTakenBack(t *testing.T) {
	r := newHost(t)
	*r.p = payment.SaaS()
	r.d.Prices = priced(shelf)
	_, err := r.d.Buy(ctx, desk.BuyRequest{ID: "o1", Customer: "c1", Lines: []order.Line{wanted("solo", 2, oneMonth())}})
	r.must(err)
	r.pay("k1", payment.MethodOnline, nil, "o1")
	_, err = r.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o1", Resources: []order.ResourceID{"x1"}})
	r.must(err)
	_, err = r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", Resource: "x1", AtExpiry: true})
	r.must(err)

	month := desk.ModeRequest{Customer: "c1", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: oneMonth()}}
	if _, err = r.d.SetMode(ctx, month); !errors.Is(err, payment.ReasonBalance) || r.res("x1").Mode != renewal.ModeNone {
		t.Errorf("nothing can pay it: %v, it is %s", err, r.res("x1").Mode)
	}
	_, err = r.d.Deposit(ctx, desk.DepositRequest{ID: "d", Customer: "c1", By: "u", Fund: payment.FundCash, Amount: order.Minor(1, order.EUR)})
	r.must(err)

	var wrong *order.FieldError
	_, err = r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: renewal.Term{N: 1, Unit: order.Year}}})
	if !errors.Is(err, renewal.ErrNoPrice) || !errors.As(err, &wrong) || wrong.Field != "auto.term" {
		t.Errorf("a year, which is not sold: %v", err)
	}
	if x := r.res("x1"); x.Mode != renewal.ModeNone {
		t.Errorf("it is %s", x.Mode)
	}
	_, err = r.d.SetMode(ctx, month)
	r.must(err)
	if x := r.res("x1"); x.Mode != renewal.ModeAutomatic {
		t.Errorf("it is %s", x.Mode)
	}
}
