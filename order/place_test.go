package order_test

import (
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The zone of the sources.
var beijing = time.FixedZone("+08:00", 8*60*60)

// on reads a time of the sources, "2018-11-26 23:12:32".
func on(s string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, s, beijing)
	if err != nil {
		panic(err)
	}
	return t
}

// The example of H20 and H24.
var (
	placedThen = on("2018-11-26 23:12:32")
	sevenLater = on("2018-12-03 23:12:32")
	november   = order.Window{From: on("2018-11-01 00:00:00"), Until: on("2018-11-30 23:59:59")}
)

// server is a prepaid line of so many cents.
func server(cents int64) order.Line {
	return order.Line{Product: "ecs.large", Service: "compute", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
		Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD)}
}

// draftOf is a draft of prepaid lines of so many cents.
func draftOf(id order.ID, cents ...int64) order.Draft {
	d := order.Draft{ID: id, Customer: "c-7", Type: order.TypePurchase}
	for _, n := range cents {
		d.Lines = append(d.Lines, server(n))
	}
	return d
}

// freeDraft charges nothing now.
func freeDraft(id order.ID) order.Draft {
	d := draftOf(id, 0)
	d.Lines[0].Charge = order.ChargePayPerUse
	return d
}

// backDraft gives so many cents back.
func backDraft(id order.ID, cents int64) order.Draft {
	d := draftOf(id, -cents)
	d.Type = order.TypeUnsubscribe
	return d
}

func review(d order.Draft) order.Draft  { d.Review = true; return d }
func confirm(d order.Draft) order.Draft { d.Confirm = true; return d }

// placedOrder places d at the time of the example, in the zone of the sources.
func placedOrder(t testing.TB, d order.Draft) order.Order {
	t.Helper()
	o, err := order.Place(d, placedThen, order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// soon is the second after the example was placed.
var soon = placedThen.Add(time.Second)

// mv is a sound move, soon after placement, by payment P1 where there is one.
func mv(e order.Event) order.Move {
	m := order.Move{Event: e, At: soon, By: "u-1"}
	switch e {
	case order.EventHold, order.EventSettle, order.EventRelease:
		m.Payment = "P1"
	case order.EventCancel:
		m.Reason = order.ReasonCustomer
	}
	return m
}

// moveAt is mv at a time.
func moveAt(e order.Event, at time.Time) order.Move { m := mv(e); m.At = at; return m }

// named is mv for a member of a purchase.
func named(e order.Event, id order.ID) order.Move { m := mv(e); m.Order = id; return m }

// because is a cancellation for a reason.
func because(r order.Reason) order.Move { m := mv(order.EventCancel); m.Reason = r; return m }

// moved applies moves that must be taken.
func moved(t testing.TB, o order.Order, ms ...order.Move) order.Order {
	t.Helper()
	for _, m := range ms {
		next, err := o.Apply(m)
		if err != nil {
			t.Fatalf("%s: %v", m.Event, err)
		}
		o = next
	}
	return o
}

// same compares exactly, and prints what differs (-want +got).
func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%s (-want +got):\n%s", what, cmp.Diff(want, got, plainly))
	}
}

// plainly lets cmp compare money and rates.
var plainly = cmp.Options{
	cmp.Comparer(func(a, b order.Money) bool { return a == b }),
	cmp.Comparer(func(a, b order.Rate) bool { return a == b }),
}

// fieldOf is the field a *FieldError names, "" without one.
func fieldOf(err error) string {
	var f *order.FieldError
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// identities states O5 and O11 of an order, counted with big numbers.
func identities(o order.Order) string {
	var list, off big.Int
	for _, l := range o.Lines {
		if l.Seller == "" {
			list.Add(&list, big.NewInt(l.Amount.Minor()))
			off.Add(&off, big.NewInt(l.Off.Minor()))
		} else if l.Off != (order.Money{}) || l.Payable() != (order.Money{}) {
			return "a line of a third party is charged or reduced"
		}
	}
	payable := new(big.Int).Sub(&list, &off)
	is := func(m order.Money, n *big.Int) bool {
		return n.IsInt64() && m == order.Minor(n.Int64(), o.Currency())
	}
	paid := new(big.Int)
	for _, m := range []order.Money{o.Paid.Coupons, o.Paid.Cards, o.Paid.Cash} {
		paid.Add(paid, big.NewInt(m.Minor()))
		if m != (order.Money{}) && m.Currency() != o.Currency() || m.Sign()*payable.Sign() < 0 {
			return "a part of another currency, or on the wrong side of zero"
		}
	}
	switch {
	case !is(o.List(), &list):
		return "List is not the sum of the lines"
	case !is(o.Discount(), &off):
		return "Discount is not the sum of what is taken off"
	case !is(o.Payable(), payable):
		return "list - discount is not payable"
	case paid.Sign() != 0 && paid.Cmp(payable) != 0:
		return "payable is not coupons + cards + cash"
	case paid.Sign() == 0 && payable.Sign() != 0 && o.Payment != "" && o.State != order.StatePaying:
		return "settled, and nothing was paid"
	case paid.Sign() != 0 && (o.State == order.StateUnpaid || o.State == order.StatePaying):
		return "paid before it was settled"
	}
	return ""
}

// sound fails on an order that breaks an identity.
func sound(t interface {
	Helper()
	Fatalf(string, ...any)
}, o order.Order) {
	t.Helper()
	if err := o.Check(); err != nil {
		t.Fatalf("order %s: %v", o.ID, err)
	}
	if wrong := identities(o); wrong != "" {
		t.Fatalf("order %s: %s", o.ID, wrong)
	}
}

// T1: an instant is cut to its second before anything is compared.
func TestT1_WholeSeconds(t *testing.T) {
	almost := 999 * time.Millisecond
	t.Run("T1 a window holds its last second", func(t *testing.T) {
		for _, x := range []struct {
			at   time.Time
			want bool
		}{
			{november.From.Add(-1), false}, {november.From, true},
			{november.Until, true}, {november.Until.Add(almost), true}, {on("2018-12-01 00:00:00"), false},
		} {
			if got := november.Contains(x.at); got != x.want {
				t.Errorf("%v: %v", x.at, got)
			}
		}
	})
	t.Run("T1 a placed order is cut to the second", func(t *testing.T) {
		o, err := order.Place(draftOf("O1", 100), placedThen.Add(almost), order.Policy{})
		if err != nil || !o.Placed.Equal(placedThen) || !o.Deadline.Equal(sevenLater) {
			t.Errorf("placed %v, deadline %v, %v", o.Placed, o.Deadline, err)
		}
	})
	t.Run("T1 a deadline is the last second of payment", func(t *testing.T) {
		o := placedOrder(t, draftOf("O1", 100))
		if _, err := o.Apply(moveAt(order.EventHold, sevenLater.Add(almost))); err != nil {
			t.Error(err)
		}
		if _, err := o.Apply(moveAt(order.EventHold, sevenLater.Add(time.Second))); !errors.Is(err, order.ErrPastDeadline) {
			t.Error(err)
		}
	})
	t.Run("T1 a fraction of a second decides nothing", rapid.MakeCheck(func(t *rapid.T) {
		o := ordertest.Order().Draw(t, "order")
		m := ordertest.Move().Draw(t, "move")
		if rapid.Bool().Draw(t, "at the deadline") && !o.Deadline.IsZero() {
			m.At = o.Deadline
		}
		m.At = m.At.Truncate(time.Second)
		want, err1 := o.Apply(m)
		m.At = m.At.Add(time.Duration(rapid.IntRange(0, 999_999_999).Draw(t, "ns")))
		got, err2 := o.Apply(m)
		same(t, "with a fraction", want, got)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("%v, with a fraction %v", err1, err2)
		}
	}))
}

// T2: days and hours are elapsed, whatever the clocks of the zone do.
func TestT2_ElapsedTime(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ name, placed, deadline string }{
		{"T2 summer time begins", "2024-03-08 12:00:00", "2024-03-15 13:00:00"},
		{"T2 summer time ends", "2024-10-31 12:00:00", "2024-11-07 11:00:00"},
		{"T2 the clocks stay", "2024-06-01 12:00:00", "2024-06-08 12:00:00"},
	} {
		t.Run(x.name, func(t *testing.T) {
			at, _ := time.ParseInLocation(time.DateTime, x.placed, newYork)
			o, err := order.Place(draftOf("O1", 100), at.UTC(), order.Policy{Zone: newYork})
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Deadline.Format(time.DateTime); got != x.deadline {
				t.Errorf("deadline %s, want %s", got, x.deadline)
			}
			if d := o.Deadline.Sub(o.Placed); d != 7*24*time.Hour {
				t.Errorf("%v after placement", d)
			}
		})
	}
	t.Run("T2 the zone decides no instant", rapid.MakeCheck(func(t *rapid.T) {
		d := ordertest.AnyDraft().Draw(t, "draft")
		p := ordertest.Policy().Draw(t, "policy")
		at := ordertest.Instant().Draw(t, "at")
		a, err1 := order.Place(d, at, p)
		p.Zone = ordertest.Zone().Draw(t, "zone")
		b, err2 := order.Place(d, at, p)
		if err1 != nil || err2 != nil || !a.Placed.Equal(b.Placed) || !a.Deadline.Equal(b.Deadline) {
			t.Fatalf("%v %v, %v %v", a.Deadline, err1, b.Deadline, err2)
		}
	}))
}

// O2, placing: where an order begins.
func TestO2_Place(t *testing.T) {
	upgrade := draftOf("O1", 0)
	upgrade.Type = order.TypeUpgrade
	trial := draftOf("O1", 0)
	trial.Type = order.TypeTrial
	mixed := draftOf("O1", 100)
	mixed.Lines = append(mixed.Lines, freeDraft("").Lines...)
	down := backDraft("O1", 100)
	down.Type = order.TypeDowngrade
	for _, x := range []struct {
		name  string
		draft order.Draft
		flow  order.Flow
		want  order.State
	}{
		{"O2 charges", draftOf("O1", 100), order.FlowCharge, order.StateUnpaid},
		{"O2 charges, to be approved", review(draftOf("O1", 100)), order.FlowCharge, order.StatePendingApproval},
		{"O2 charges, to be confirmed", confirm(draftOf("O1", 100)), order.FlowCharge, order.StatePendingConfirmation},
		{"O2 charges, to be confirmed, then approved", review(confirm(draftOf("O1", 100))), order.FlowCharge, order.StatePendingConfirmation},
		{"O13 charges zero", draftOf("O1", 0), order.FlowCharge, order.StateUnpaid},
		{"O2 prepaid beside postpaid", mixed, order.FlowCharge, order.StateUnpaid},
		{"O2 postpaid", freeDraft("O1"), order.FlowNone, order.StatePaid},
		{"O2 postpaid, to be approved", review(freeDraft("O1")), order.FlowNone, order.StatePendingApproval},
		{"O2 a trial", trial, order.FlowNone, order.StatePaid},
		{"O2 a change that costs nothing", upgrade, order.FlowNone, order.StatePaid},
		{"O2 unsubscribe", backDraft("O1", 100), order.FlowBack, order.StateRefunding},
		{"O2 downgrade", down, order.FlowBack, order.StateRefunding},
		{"O2 unsubscribe, to be approved", review(backDraft("O1", 100)), order.FlowBack, order.StatePendingApproval},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := placedOrder(t, x.draft)
			if o.Flow() != x.flow || o.State != x.want {
				t.Errorf("%s, %s", o.Flow(), o.State)
			}
			if o.Deadline.IsZero() != (x.flow != order.FlowCharge) {
				t.Errorf("deadline %v", o.Deadline)
			}
			if o.Review != (x.draft.Confirm && x.draft.Review) {
				t.Errorf("review %v", o.Review)
			}
		})
	}
	t.Run("O2 every draft", rapid.MakeCheck(func(t *rapid.T) {
		d := ordertest.AnyDraft().Draw(t, "draft")
		before := cloneDraft(d)
		o, err := order.Place(d, ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, o)
		same(t, "the draft", before, d)
		want := map[order.Flow]order.State{order.FlowCharge: order.StateUnpaid, order.FlowNone: order.StatePaid, order.FlowBack: order.StateRefunding}[o.Flow()]
		if d.Confirm {
			want = order.StatePendingConfirmation
		} else if d.Review {
			want = order.StatePendingApproval
		}
		if o.State != want || len(o.Lines) != len(d.Lines) || o.Version != 0 || o.Payment != "" {
			t.Fatalf("state %s, want %s", o.State, want)
		}
		d.Lines[0].Product = "changed by the caller" // the order has lines of its own
		sound(t, o)
		if o.Lines[0].Product == d.Lines[0].Product {
			t.Fatal("the order's lines are the draft's")
		}
	}))
}

func cloneDraft(d order.Draft) order.Draft {
	d.Lines = append([]order.Line(nil), d.Lines...)
	return d
}

// Bad input to Place: each row breaks a rule of its own.
func TestBadInput_Place(t *testing.T) {
	two := func(d *order.Draft) { d.Lines = append(d.Lines, server(100)) }
	long := strings.Repeat("x", 65)
	for _, x := range []struct {
		name   string
		change func(d *order.Draft, at *time.Time, p *order.Policy)
		field  string
		is     error
	}{
		{"P12 no ID", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.ID = "" }, "id", order.ErrInvalid},
		{"P12 an ID of 65", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.ID = order.ID(long) }, "id", order.ErrInvalid},
		{"P12 an ID with a tab", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.ID = "a\tb" }, "id", order.ErrInvalid},
		{"P12 no customer", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Customer = "" }, "customer", order.ErrInvalid},
		{"P12 a customer that is not UTF-8", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Customer = "\xff" }, "customer", order.ErrInvalid},
		{"P12 a user of 65", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.User = order.CustomerID(long) }, "user", order.ErrInvalid},
		{"P12 a project with a control character", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Project = "\x7f" }, "project", order.ErrInvalid},
		{"O3 no type", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Type = "" }, "type", order.ErrInvalid},
		{"O3 another's word for a type", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Type = "Purchase" }, "type", order.ErrInvalid},
		{"O5 no lines", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines = nil }, "lines", order.ErrInvalid},
		{"O11 third parties' lines alone", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Seller = "s" }, "lines", order.ErrInvalid},
		{"O5 no product", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Product = "" }, "lines[0].product", order.ErrInvalid},
		{"O5 a service of 65", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Service = long }, "lines[0].service", order.ErrInvalid},
		{"O5 a configuration of two lines", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Configuration = "a\nb" }, "lines[0].configuration", order.ErrInvalid},
		{"O5 no instance", func(d *order.Draft, _ *time.Time, _ *order.Policy) { two(d); d.Lines[1].Count = 0 }, "lines[1].count", order.ErrInvalid},
		{"O5 a term of nothing", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Term.N = 0 }, "lines[0].term.n", order.ErrInvalid},
		{"O5 a term without a unit", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Term.Unit = "" }, "lines[0].term.unit", order.ErrInvalid},
		{"O4 a price per fortnight", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Per = "fortnight" }, "lines[0].per", order.ErrInvalid},
		{"O4 no charge type", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Charge = "" }, "lines[0].charge", order.ErrInvalid},
		{"O4 pay-per-use in advance", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[1].Charge = order.ChargePayPerUse
		}, "lines[1].amount", order.ErrInvalid},
		{"O13 no amount", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Amount = order.Money{} }, "lines[0].amount", order.ErrInvalid},
		{"O13 below zero", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Amount = order.Minor(-1, order.USD) }, "lines[0].amount", order.ErrInvalid},
		{"O13 above zero, to be given back", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Type = order.TypeUnsubscribe }, "lines[0].amount", order.ErrInvalid},
		{"O2 a trial that charges", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Type = order.TypeTrial }, "lines[0].amount", order.ErrInvalid},
		{"O13 19 digits", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			d.Lines[0].Amount = order.Minor(1_000_000_000_000_000_000, order.USD)
		}, "lines[0].amount", order.ErrOverflow},
		{"O13 19 digits in sum", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[0].Amount = order.Minor(999_999_999_999_999_999, order.USD)
		}, "lines", order.ErrOverflow},
		{"O13 no currency", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Amount = order.Minor(1, 1) }, "lines[0].amount", order.ErrCurrency},
		{"O13 two currencies", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[1].Amount = order.Minor(1, order.EUR)
		}, "lines[1].amount", order.ErrCurrency},
		{"O13 two currencies in an upgrade", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Type, d.Lines[1].Amount = order.TypeUpgrade, order.Minor(1, order.EUR)
		}, "lines[1].amount", order.ErrCurrency},
		{"O14 more tax than amount", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Tax = order.Minor(101, order.USD) }, "lines[0].tax", order.ErrInvalid},
		{"O14 tax below zero", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Tax = order.Minor(-1, order.USD) }, "lines[0].tax", order.ErrInvalid},
		{"O14 tax in another currency", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Tax = order.Minor(1, order.JPY) }, "lines[0].tax", order.ErrCurrency},
		{"O14 a third party's tax of no currency", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[1].Seller, d.Lines[1].Tax = "s", order.Minor(1, 1)
		}, "lines[1].tax", order.ErrInvalid},
		{"O11 a third party's amount below zero", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[1].Seller, d.Lines[1].Amount = "s", order.Minor(-1, order.USD)
		}, "lines[1].amount", order.ErrInvalid},
		{"O11 a third party's line reduced", func(d *order.Draft, _ *time.Time, _ *order.Policy) {
			two(d)
			d.Lines[1].Seller, d.Lines[1].Off = "s", order.Minor(1, order.USD)
		}, "lines[1].off", order.ErrInvalid},
		{"D8 a line reduced by hand", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Off = order.Minor(1, order.USD) }, "lines[0].off", order.ErrInvalid},
		{"D3 reduced by more than the list price", func(d *order.Draft, _ *time.Time, _ *order.Policy) { d.Lines[0].Off = order.Minor(101, order.USD) }, "lines[0].off", order.ErrInvalid},
		{"O2 a free order on the customer's behalf", func(d *order.Draft, _ *time.Time, _ *order.Policy) { *d = confirm(freeDraft("O1")) }, "confirm", order.ErrInvalid},
		{"O2 an unsubscription on the customer's behalf", func(d *order.Draft, _ *time.Time, _ *order.Policy) { *d = confirm(backDraft("O1", 1)) }, "confirm", order.ErrInvalid},
		{"T2 no time", func(_ *order.Draft, at *time.Time, _ *order.Policy) { *at = time.Time{} }, "at", order.ErrInvalid},
		{"T2 the year 0", func(_ *order.Draft, at *time.Time, _ *order.Policy) { *at = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }, "at", order.ErrInvalid},
		{"T2 the year 9999", func(_ *order.Draft, at *time.Time, _ *order.Policy) {
			*at = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "at", order.ErrInvalid},
		{"E1 a deadline in the year 9999", func(_ *order.Draft, at *time.Time, _ *order.Policy) {
			*at = time.Date(9998, 12, 28, 0, 0, 0, 0, time.UTC)
		}, "policy.lifetime", order.ErrInvalid},
		{"T2 a zone of seconds", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.Zone = time.FixedZone("LMT", 8*60*60+343) }, "policy.zone", order.ErrInvalid},
		{"T2 a zone a day away", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.Zone = time.FixedZone("far", 24*60*60) }, "policy.zone", order.ErrInvalid},
		{"E1 a lifetime below zero", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.Lifetime = -1 }, "policy.lifetime", order.ErrInvalid},
		{"E1 a lifetime of half a second", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.Lifetime = time.Second / 2 }, "policy.lifetime", order.ErrInvalid},
		{"E1 an exception of no length", func(_ *order.Draft, _ *time.Time, p *order.Policy) {
			p.Lifetimes = []order.Lifetime{{Product: "ecs"}}
		}, "policy.lifetimes", order.ErrInvalid},
		{"O6 fewer than no orders", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.MaxOrders = -1 }, "policy.maxOrders", order.ErrInvalid},
		{"O2 canceled from paid", func(_ *order.Draft, _ *time.Time, p *order.Policy) { p.CancelFrom = []order.State{order.StatePaid} }, "policy.cancelFrom", order.ErrInvalid},
	} {
		t.Run(x.name, func(t *testing.T) {
			d, at, p := draftOf("O1", 100), placedThen, order.Policy{}
			if o, err := order.Place(d, at, p); err != nil || o.Check() != nil {
				t.Fatalf("refused before anything was broken: %v", err)
			}
			x.change(&d, &at, &p)
			before := cloneDraft(d)
			o, err := order.Place(d, at, p)
			if !errors.Is(err, x.is) || !errors.Is(err, order.ErrInvalid) || fieldOf(err) != x.field {
				t.Errorf("%v; want field %s and %v", err, x.field, x.is)
			}
			leads(t, struct {
				order.Draft
				At     time.Time
				Policy order.Policy
			}{}, x.field)
			same(t, "what is returned", order.Order{}, o)
			same(t, "the draft", before, d)
		})
	}
}
