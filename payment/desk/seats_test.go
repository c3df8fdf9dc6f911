package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// seats is a house that sells a plan by the seat and month: team at 12.00, enterprise at 30.00.
// A period ends at the clock time at which it began, and is counted by the second.
type seats struct{ *host }

type perSeat map[string]int64

func (p perSeat) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	n := p[r.Product] * int64(r.Count) * int64(t.N)
	if t.Unit == renewal.Year {
		n *= 10
	}
	return order.Minor(n, order.EUR), nil
}

// april is when the 17 seats of the team plan begin, for a month: 30 days.
var april = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

const workspace = "ws"

func newSeats(t *testing.T, policy ...func(*payment.Policy)) *seats {
	t.Helper()
	r := &host{stored: stored{t, &inmem.Store{}}, g: &inmem.Gateway{}, clock: inmem.NewClock(april), p: &payment.Policy{}}
	r.p.Renewal = renewal.Policy{Ending: renewal.SameClock, Keep: fifteenDays(), Leaving: renewal.RefundPolicy{Used: renewal.UsedBySecond}}
	for _, f := range policy {
		f(r.p)
	}
	r.d = &desk.Desk{Store: r.s, Customers: hostCustomers{r}, Gateways: map[string]gateway.Gateway{"g": r.g}, Now: r.clock.Now, Prices: perSeat{"team": 1200, "enterprise": 3000, "free": 0}}
	x := &seats{host: r}
	_, err := r.d.Deposit(ctx, desk.DepositRequest{ID: "d", Customer: "c1", By: "u", Fund: payment.FundCash, Amount: order.Minor(10_000_000, order.EUR)})
	r.must(err)
	x.buys("O1", workspace, 17, 20400)
	return x
}

// buys buys seats of the team plan for a month from now.
func (x *seats) buys(id order.ID, as order.ResourceID, n int, price int64) {
	x.t.Helper()
	month := oneMonth()
	x.place("", order.Draft{ID: id, Customer: "c1", Type: order.TypePurchase, Lines: []order.Line{{Product: "team", Count: n, Term: month,
		Charge: order.ChargeSubscription, Amount: order.Minor(price, order.EUR)}}})
	x.paid(id)
	until, err := renewal.First(x.clock.Now(), month, x.p.Renewal)
	x.must(err)
	x.move(id, order.EventComplete, renewal.Resource{ID: as, Customer: "c1", Product: "team", Count: n, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: x.clock.Now(), Expiry: until})
}

func (x *seats) paid(ids ...order.ID) {
	x.t.Helper()
	p := x.pay(payment.Key("pay-"+ids[0]), payment.MethodBalance, nil, ids...)
	if p.State != payment.PaymentSucceeded {
		x.t.Fatalf("%v: %s, %s", ids, p.State, p.Reason)
	}
}

// on is a time after the seats were bought.
func (x *seats) on(after time.Duration) { x.clock.Move(april.Add(after).Sub(x.clock.Now())) }

// changes asks for a change, and pays for it where it costs more.
func (x *seats) changes(id order.ID, product string, n int) desk.Changed {
	x.t.Helper()
	q := desk.ChangeRequest{ID: id, Customer: "c1", Resource: workspace, Product: product, Count: n}
	quote, err := x.d.QuoteChange(ctx, q)
	x.must(err)
	done, err := x.d.Change(ctx, q)
	x.must(err)
	if done.Due != quote.Due || done.Back != quote.Back {
		x.t.Errorf("%s: quoted %s and %s, done %s and %s", id, quote.Due, quote.Back, done.Due, done.Back)
	}
	if done.Due.Sign() > 0 {
		x.paid(id)
	}
	return done
}

// leaves gives the seats up.
func (x *seats) leaves() order.Money {
	x.t.Helper()
	done, err := x.d.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: "leave", Customer: "c1", Resource: workspace})
	x.must(err)
	return done.Back
}

// is checks what the seats are.
func (x *seats) is(product string, n int) {
	x.t.Helper()
	if r := x.res(workspace); r.Product != product || r.Count != n {
		x.t.Errorf("it is %d of %s, want %d of %s", r.Count, r.Product, n, product)
	}
}

// sums checks amounts in cents.
func sums(t *testing.T, what string, got order.Money, want int64) {
	t.Helper()
	if got != order.Minor(want, order.EUR) {
		t.Errorf("%s: %s, want %s", what, got, order.Minor(want, order.EUR))
	}
}

// Q8: 17 seats at 12.00 become 20 on the tenth day, and 12 on the twentieth.
func TestQ8_SeatsUpAndDown(t *testing.T) {
	x := newSeats(t)
	x.on(9 * day)
	up := x.changes("O2", "", 20) // 36.00 x 21/30
	sums(t, "three seats more for 21 of 30 days", up.Due, 2520)
	if o := x.order("O2"); o.Type != order.TypeUpgrade || o.State != order.StatePaid || o.Lines[0].Configuration != "from 17 team, until 2026-05-01T09:00:00Z" {
		t.Errorf("%s is %s: %q", o.Type, o.State, o.Lines[0].Configuration)
	}
	x.is("team", 20)
	x.on(19 * day)
	down := x.changes("O3", "", 12) // 204.00 x 11/30 x 8/20 and 25.20 x 11/21 x 8/20
	sums(t, "eight seats less for 11 of 30 days", down.Back, 2992+528)
	if o := x.order("O3"); o.Type != order.TypeDowngrade || o.State != order.StateCompleted {
		t.Errorf("%s is %s", o.Type, o.State)
	}
	x.is("team", 12)
	sums(t, "and left: 12 x 12.00 x 11/30", x.leaves(), 5280)
	x.audit()
}

// Q8: by the second, and by the day, whose begun one is left whole (B).
func TestQ8_HowTimeIsCounted(t *testing.T) {
	byDay := func(p *payment.Policy) { p.Renewal.Leaving.Used = renewal.UsedByDay }
	calendar := func(p *payment.Policy) { p.Renewal.Leaving.Left = renewal.LeftByDay }
	const afternoon = 9*day + 6*time.Hour + 30*time.Minute // the 10th at 15:30
	for _, row := range []struct {
		name   string
		policy func(*payment.Policy)
		at     time.Duration
		want   int64
	}{
		{"1,791,000 of 2,592,000 seconds", func(*payment.Policy) {}, afternoon, 2488}, // 24.875
		{"21 of 30 days, the tenth begun", byDay, afternoon, 2520},
		{"20 days of April and one of May, by calendar days", calendar, afternoon, 2516}, // 36.00 x (20/30 + 1/31)
		{"all of it in the first second", func(*payment.Policy) {}, 0, 3600},
		{"12 hours before the end", func(*payment.Policy) {}, 30*day - 12*time.Hour, 60},
		{"the last second", func(*payment.Policy) {}, 30 * day, 0},
		{"the last second, by day", byDay, 30 * day, 0},
		{"a second before the last day, by day", byDay, 29*day - time.Second, 240},
		{"the last day, by day", byDay, 29 * day, 120},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := newSeats(t, row.policy)
			x.on(row.at)
			sums(t, "three seats more", x.changes("O2", "", 20).Due, row.want)
			x.is("team", 20)
			x.audit()
		})
	}
}

// Q8: product and count together, and the sign of what that comes to decides.
func TestQ8_ProductAndCount(t *testing.T) {
	for _, row := range []struct {
		name      string
		product   string
		count     int
		typ       order.Type
		due, back int64
	}{
		{"8 of 30.00 for 17 of 12.00", "enterprise", 8, order.TypeUpgrade, 1800, 0},   // 36.00 / 2
		{"5 of 30.00 for 17 of 12.00", "enterprise", 5, order.TypeDowngrade, 0, 2700}, // 102.00 x 54/204
		{"the product alone", "enterprise", 0, order.TypeUpgrade, 15300, 0},
		{"something free", "free", 0, order.TypeDowngrade, 0, 10200},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := newSeats(t)
			x.on(15 * day)
			done := x.changes("O2", row.product, row.count)
			sums(t, "due", done.Due, row.due)
			sums(t, "back", done.Back, row.back)
			if x.order("O2").Type != row.typ || done.Resource.Product != row.product {
				t.Errorf("%s makes it %s", x.order("O2").Type, done.Resource.Product)
			}
			x.audit()
		})
	}
	t.Run("10 of 12.00 for 4 of 30.00: no money either way", func(t *testing.T) {
		x := newSeats(t)
		x.changes("O2", "", 10)
		x.on(15 * day)
		cash := x.cash()
		done := x.changes("O3", "enterprise", 4)
		sums(t, "due", done.Due, 0)
		sums(t, "back", done.Back, 0)
		if o := x.order("O3"); o.Type != order.TypeChange || o.State != order.StateCompleted || x.cash() != cash {
			t.Errorf("%s is %s; cash %d, was %d", o.Type, o.State, x.cash(), cash)
		}
		x.is("enterprise", 4)
		sums(t, "and left", x.leaves(), 6000)
		x.audit()
	})
}

// Q8: each period has its own time left: of a renewal paid ahead all.
func TestQ8_RenewalPaidAhead(t *testing.T) {
	x := newSeats(t)
	x.on(9 * day)
	ahead := x.renewal("rn", workspace)[0].ID
	x.paid(ahead)
	sums(t, "21 of 30 days and May", x.changes("O2", "", 20).Due, 2520+3600)
	if o := x.order("O2"); len(o.Lines) != 2 || o.Lines[0].Amount.Minor() != 2520 || o.Lines[1].Amount.Minor() != 3600 {
		t.Errorf("%+v", o.Lines)
	}
	x.on(19 * day)
	down := x.changes("O3", "", 12) // 35.20 of April, 240.00 x 8/20 of May
	sums(t, "eight seats less", down.Back, 3520+9600)
	if len(down.Refund.Periods) != 4 || len(x.s.All("c1").Refunds) != 3 {
		t.Errorf("%d periods, %d refunds: one for each of three orders", len(down.Refund.Periods), len(x.s.All("c1").Refunds))
	}
	done, err := x.d.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: "back", Customer: "c1", Resource: workspace, Renewal: ahead})
	x.must(err)
	sums(t, "May taken back: 12 x 12.00", done.Back, 14400)
	if n := len(x.res(workspace).Added); n != 1 {
		t.Errorf("%d periods added, want that of April", n)
	}
	sums(t, "and left", x.leaves(), 5280)
	x.audit()
}

// Q8: on the second of the expiry a change is still made; after it there is nothing left to pay
// for, and what costs more waits for the renewal.
func TestQ8_AfterTheExpiry(t *testing.T) {
	x := newSeats(t)
	x.on(30*day + time.Second)
	_, err := x.d.Change(ctx, desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20})
	var refused *renewal.MoveError
	if !errors.As(err, &refused) || !errors.Is(err, renewal.ErrState) || refused.Advice() != "it has expired: renew it first" {
		t.Errorf("%v", err)
	}
	done := x.changes("O3", "", 12)
	sums(t, "less, which nothing is left of", done.Back, 0)
	x.is("team", 12)
	sums(t, "renewed as it is now", x.renewal("rn", workspace)[0].Payable(), 14400)
	x.audit()
}

// Q8: an order for a change is paid in time, or gives its money back (O9).
func TestQ8_PaidTooLate(t *testing.T) {
	x := newSeats(t)
	x.on(29 * day)
	q := desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20}
	_, err := x.d.Change(ctx, q)
	x.must(err)
	if _, err := x.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{workspace}, Term: oneMonth()}); !errors.Is(err, order.ErrResourceTaken) {
		t.Errorf("renewed beside it: %v", err)
	}
	decide := x.undecided()
	x.pay("late", payment.MethodOnline, nil, "O2")
	x.on(30*day + time.Second)
	decide(gateway.StatusCaptured)
	x.sweep()
	if o := x.order("O2"); o.State != order.StateRefunded || o.Reason != order.ReasonAdjustmentFailed {
		t.Errorf("it is %s for the reason %q", o.State, o.Reason)
	}
	x.is("team", 17)
	x.nets(0)
	x.audit()
}

// Q8: what was paid for and cannot be carried out is taken back whole.
func TestQ8_CannotBeProvided(t *testing.T) {
	x := newSeats(t)
	x.on(10 * day)
	cash := x.cash()
	x.changes("O2", "enterprise", 20)
	x.is("enterprise", 20)
	x.move("O2", order.EventFail)
	x.is("team", 17)
	if x.cash() != cash || len(x.res(workspace).Added) != 0 {
		t.Errorf("cash %d, was %d; %d added", x.cash(), cash, len(x.res(workspace).Added))
	}
	x.audit()
}

// P13: the same request again is the same order, and another one is refused.
func TestQ8_SaidTwice(t *testing.T) {
	for _, count := range []int{20, 12} {
		x := newSeats(t)
		x.on(9 * day)
		done := x.changes("O2", "", count)
		q := desk.ChangeRequest{ID: "O2", Customer: "c1", By: "ann", Resource: workspace, Count: count}
		again, err := x.d.Change(ctx, q)
		if err != nil || again.Due != done.Due || again.Back != done.Back || again.Order.ID != "O2" {
			t.Errorf("%+v, %v", again, err)
		}
		q.Product = "team"
		if _, err := x.d.Change(ctx, q); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("another request: %v", err)
		}
		q = desk.ChangeRequest{ID: "O3", Customer: "c1", Resource: workspace, Count: count}
		if _, err := x.d.Change(ctx, q); err == nil || !strings.Contains(err.Error(), "there is nothing to change") {
			t.Errorf("what it is already: %v", err)
		}
		q.ID = "O1"
		if _, err := x.d.Change(ctx, q); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("the ID of another order: %v", err)
		}
		x.audit()
	}
}

// P16: who acts is in the entries: the customer, where nobody is named.
func TestQ8_WhoActs(t *testing.T) {
	x := newSeats(t)
	_, err := x.d.Change(ctx, desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 12})
	x.must(err)
	_, err = x.d.Change(ctx, desk.ChangeRequest{ID: "O3", Customer: "c1", By: "ann", Resource: workspace, Count: 10})
	x.must(err)
	by := make(map[string]string)
	for _, e := range x.s.All("c1").Entries {
		for _, m := range e.Moves {
			if m.Kind == ledger.KindOrder && e.Step == "change" {
				by[m.ID] = e.By
			}
		}
	}
	if by["O2"] != "c1" || by["O3"] != "ann" {
		t.Errorf("%v", by)
	}
}

// Q8: what was agreed to is kept to: no more is paid, and no less comes back.
func TestQ8_Agreed(t *testing.T) {
	x := newSeats(t)
	x.on(9 * day)
	eur := func(n int64) order.Money { return order.Minor(n, order.EUR) }
	for _, row := range []struct {
		name      string
		count     int
		due, back order.Money
		ok        bool
	}{
		{"a cent less to pay", 20, eur(2519), order.Money{}, false},
		{"what it costs", 20, eur(2520), order.Money{}, true},
		{"more than it costs", 20, eur(9999), order.Money{}, true},
		{"nothing to pay", 20, eur(0), order.Money{}, false},
		{"a cent more back", 12, order.Money{}, eur(4201), false}, // 204.00 x 21/30 x 5/17
		{"what comes back", 12, order.Money{}, eur(4200), true},
		{"something back, and it costs", 20, order.Money{}, eur(1), false},
	} {
		q := desk.ChangeRequest{Customer: "c1", Resource: workspace, Count: row.count, Due: row.due, Back: row.back}
		if _, err := x.d.QuoteChange(ctx, q); (err == nil) != row.ok || err != nil && !errors.Is(err, payment.ReasonCost) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

// Q7: above an amount what comes back waits for approval, and with it the change.
func TestQ8_WaitsForApproval(t *testing.T) {
	x := newSeats(t, func(p *payment.Policy) { p.Renewal.Leaving.Approve = order.Minor(1000, order.EUR) })
	x.on(9 * day)
	done := x.changes("O2", "enterprise", 4)
	if done.Order.State != order.StatePendingApproval {
		t.Fatalf("%s", done.Order.State)
	}
	x.is("team", 17)
	x.on(12 * day)
	x.move("O2", order.EventApprove)
	x.is("enterprise", 4)
	sums(t, "as it was asked for: 204.00 x 21/30 x 84/204", x.order("O2").Payable().Neg(), 5880)
	x.audit()
}

// Q6, Q8: however seats are changed, what comes back and what is left are never more than what
// was left and what was paid for: changing up and straight down gains nothing.
func TestQ8_NothingIsGained(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := newSeats(t)
		if rapid.Bool().Draw(rt, "renewed") {
			x.paid(x.renewal("rn", workspace)[0].ID)
		}
		paid := x.paidSoFar()
		at := time.Duration(0)
		for i := range rapid.IntRange(1, 5).Draw(rt, "changes") {
			at += time.Duration(rapid.IntRange(0, 5*24*3600).Draw(rt, "later")) * time.Second * time.Duration(rapid.IntRange(0, 1).Draw(rt, "moves"))
			x.on(at)
			before := x.worth()
			product, count := rapid.SampledFrom([]string{"team", "enterprise", "free"}).Draw(rt, "product"), rapid.IntRange(1, 40).Draw(rt, "count")
			if r := x.res(workspace); r.Product == product && r.Count == count {
				continue
			}
			done := x.changes(order.ID([]string{"A", "B", "C", "D", "E"}[i]), product, count)
			if after := x.worth(); after+done.Back.Minor() > before+done.Due.Minor() {
				rt.Fatalf("%d were left, %s was paid, %s came back, and %d are left", before, done.Due, done.Back, after)
			}
			paid += done.Due.Minor() - done.Back.Minor()
		}
		if paid < 0 {
			rt.Fatalf("more came back than was paid: %d", paid)
		}
		x.audit()
	})
}

// paidSoFar is what was paid from the balance.
func (x *seats) paidSoFar() int64 { return 10_000_000 - x.cash() }

// worth is what would come back if the seats were left now; nothing of what was free.
func (x *seats) worth() int64 {
	q, err := x.d.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{ID: "worth", Customer: "c1", Resource: workspace})
	x.must(err)
	return q.Back.Minor()
}

// Q8: two changes cost what one to the same end costs, but for a cent of rounding a period.
func TestQ8_TheWayCostsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.IntRange(18, 60).Draw(rt, "first"), rapid.IntRange(61, 99).Draw(rt, "then")
		at := time.Duration(rapid.IntRange(0, 30*24*3600).Draw(rt, "at")) * time.Second
		once, twice := newSeats(t), newSeats(t)
		once.on(at)
		twice.on(at)
		want := once.changes("A", "", b).Due.Minor()
		got := twice.changes("A", "", a).Due.Minor() + twice.changes("B", "", b).Due.Minor()
		if diff := got - want; diff < -1 || diff > 1 {
			rt.Fatalf("%d at once, and %d in two", want, got)
		}
	})
}

// Q8: a change is paid until the period ends that it was priced for: after the last second nothing is
// taken, and the order can still be canceled.
func TestQ8_PaidWhileThePeriodLasts(t *testing.T) {
	for _, late := range []bool{false, true} {
		x := newSeats(t)
		x.on(25 * day)
		_, err := x.d.Change(ctx, desk.ChangeRequest{ID: "O2", Customer: "c1", Resource: workspace, Count: 20})
		x.must(err)
		before := x.cash()
		x.on(30 * day) // 1 May 09:00:00, the last second
		if late {
			x.on(30*day + time.Second)
		}
		p, err := x.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", Orders: []order.ID{"O2"}, Method: payment.MethodBalance})
		switch {
		case !late:
			x.must(err)
			x.is("team", 20)
		case !errors.Is(err, payment.ReasonState) || p.ID != "" || x.cash() != before || x.order("O2").State != order.StateUnpaid:
			t.Errorf("a second late: %v, %d taken", err, before-x.cash())
		default:
			_, refused, err := x.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", Orders: []order.ID{"O2"}})
			if err != nil || len(refused) > 0 {
				t.Errorf("not canceled: %v, %v", refused, err)
			}
		}
	}
}
