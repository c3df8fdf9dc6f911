package desk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// spied is a store that keeps what is committed last.
type spied struct {
	ledger.Store
	last ledger.Change
}

func (s *spied) Commit(ctx context.Context, c ledger.Change) error {
	s.last = c
	return s.Store.Commit(ctx, c)
}

// written are the records of a change by their names.
func written(c ledger.Change) map[ledger.Ref]ledger.Records {
	all := make(map[ledger.Ref]ledger.Records)
	for view, one := range c.Put.Each() {
		all[view.Ref] = one
	}
	return all
}

// caseRow is a step that a Desk takes, and the same decided on a case.
type caseRow struct {
	name string
	desk func(*host) error
	pure func(*host, desk.Case) (ledger.Change, error)
}

var caseRows = []caseRow{
	{"pay", func(r *host) error {
		_, err := r.d.Pay(ctx, payment.Request{Key: "k9", Customer: "c1", By: "u", Orders: []order.ID{"o9"}, Method: payment.MethodBalance, Coupons: []coupon.ID{"cash"}})
		return err
	}, func(r *host, c desk.Case) (ledger.Change, error) {
		q := payment.Request{Key: "k9", Customer: "c1", By: "u", Orders: []order.ID{"o9"}, Method: payment.MethodBalance, Coupons: []coupon.ID{"cash"}}
		all := r.s.All("c1")
		quote, err := q.Quote(payment.Facts{Customer: c.Customer, Orders: ordersOf(all, "o9"), Coupons: all.Coupons, Accounts: all.Accounts, Tallies: all.Tallies}, c.At)
		if err != nil {
			return ledger.Change{}, err
		}
		_, change, err := c.Pay(q, quote, gateway.Traits{})
		return change, err
	}},
	{"cannot be provided", func(r *host) error {
		_, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "o2", Event: order.EventFail})
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Move(desk.MoveRequest{Order: "o2", Event: order.EventFail})
		return change, err
	}},
	{"renew", func(r *host) error {
		_, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 5})
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Renew(desk.RenewRequest{ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 5}, payment.Findings{})
		return change, err
	}},
	{"unsubscribe", func(r *host) error {
		_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Unsubscribe(desk.UnsubscribeRequest{ID: "lv", Resource: "x1"}, payment.Findings{})
		return change, err
	}},
	{"go on with a cheaper product", func(r *host) error {
		_, err := r.d.Change(ctx, desk.ChangeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1", Product: "small"})
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Change(desk.ChangeRequest{ID: "lv", Resource: "x1", Product: "small"}, payment.Findings{})
		return change, err
	}},
	{"go on with more", func(r *host) error {
		_, err := r.d.Change(ctx, desk.ChangeRequest{Customer: "c1", By: "u", ID: "up", Resource: "x1", Product: "big", Count: 2})
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Change(desk.ChangeRequest{ID: "up", Resource: "x1", Product: "big", Count: 2}, payment.Findings{})
		return change, err
	}},
	{"the gateway captures", func(r *host) error {
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Trade: "T1"}
		}
		_, err := r.d.Payment(ctx, "c1", payment.Request{Key: "k3", Customer: "c1"}.Payment())
		return err
	}, func(_ *host, c desk.Case) (ledger.Change, error) {
		c.By = payment.ByDesk // as in what the Desk does on its own
		_, change, err := c.Hear(payment.Request{Key: "k3", Customer: "c1"}.Payment(), payment.PaymentMove{Event: payment.EventCaptured, Trade: "T1", Why: "captured", Amount: cents(10000)})
		return change, err
	}},
}

func ordersOf(r ledger.Records, ids ...order.ID) (list []order.Order) {
	for _, id := range ids {
		for _, o := range r.Orders {
			if o.ID == id {
				list = append(list, o)
			}
		}
	}
	return list
}

// caseHost is a host with a server x1 that order o1 paid, order o2 that is paid and holds what a
// coupon gave, order o3 whose charge is not decided, and order o9 that is not paid.
func caseHost(t *testing.T) (*host, desk.Case) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100000)
	r.issue(coupon.Coupon{ID: "cash", Customer: "c1", Kind: coupon.KindCash, State: coupon.StateAvailable, Face: cents(2000), Balance: cents(2000)})
	r.issue(coupon.Coupon{ID: "card", Customer: "c1", Kind: coupon.KindCard, State: coupon.StateAvailable, Face: cents(2000), Balance: cents(2000), Reusable: true})
	r.bought("o1", "x1")
	r.place("", draftFor("o2", 10000))
	r.pay("k2", payment.MethodBalance, []coupon.ID{"card"}, "o2")
	r.undecided()
	r.place("", draftFor("o3", 10000))
	r.pay("k3", payment.MethodOnline, nil, "o3")
	r.place("", draftFor("o9", 10000))
	r.clock.Move(5 * day)
	return r, desk.Case{Customer: payment.Customer{ID: "c1", Gateway: "g"}, Policy: *r.p, By: "u", At: r.clock.Now(), Prices: r.price}
}

// P16: a step decided on a case writes what the Desk writes, whether all of a customer has
// been read, or only what the decision says is missing.
func TestP16_CaseAsTheDesk(t *testing.T) {
	for _, row := range caseRows {
		t.Run(row.name, func(t *testing.T) {
			r, c := caseHost(t)
			whole, err := row.pure(r, c.With(ledger.AskAll("c1"), r.s.All("c1")))
			r.must(err)
			some, err := readAsMissing(r.s, c, func(c desk.Case) (ledger.Change, error) { return row.pure(r, c) })
			r.must(err)
			spy := &spied{Store: r.s}
			r.d.Store = spy
			r.must(row.desk(r))
			want := written(spy.last)
			if len(want) < 3 {
				t.Fatalf("the Desk wrote %d records", len(want))
			}
			for _, c := range []ledger.Change{whole, some} {
				got := written(c)
				for ref, one := range want {
					if !reflect.DeepEqual(got[ref], one) {
						t.Errorf("%v\ncase %+v\nDesk %+v", ref, got[ref], one)
					}
				}
				if len(got) != len(want) {
					t.Errorf("case %d records, Desk %d", len(got), len(want))
				}
			}
			if r, c := caseHost(t); r.s.Commit(ctx, some) != nil || r.s.Commit(ctx, some) == nil {
				t.Errorf("the change of %v is not committed once", c.At)
			}
		})
	}
}

// P16: a case is refused whose customer, time or records are not valid, and nothing changes.
func TestP16_CaseRefused(t *testing.T) {
	r, c := caseHost(t)
	all := r.s.All("c1")
	move := desk.MoveRequest{Order: "o2", Event: order.EventFail}
	for _, x := range []struct {
		name, want string
		change     func(*desk.Case)
	}{
		{"nobody acts", "by: is empty: give 1 to 64 printable characters", func(c *desk.Case) { c.By = "" }},
		{"no customer", "customer: is empty: give 1 to 64 printable characters", func(c *desk.Case) { c.Customer.ID = "" }},
		{"a record of another customer", `payment: the store returned order o1 of customer c2 at version 3: it was asked for what it keeps of c1`, func(c *desk.Case) { c.Records.Orders[0].Customer = "c2" }},
		{"an order without lines", `records.order o1.lines: has none of the merchant's own: there is nothing to order (O11)`, func(c *desk.Case) { c.Records.Orders[0].Lines = nil }},
		{"nothing read", "ledger: not read: order o2: load them, Read them, and decide again", func(c *desk.Case) { c.Asked, c.Records = ledger.Ask{}, ledger.Records{} }},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := c.With(ledger.AskAll("c1"), all)
			x.change(&c)
			_, change, err := c.Move(move)
			if err == nil || err.Error() != x.want || len(change.Put.Views()) != 0 {
				t.Errorf("%v, %+v", err, change)
			}
		})
	}
	if got := r.s.All("c1"); !reflect.DeepEqual(got, all) {
		t.Error("the records have changed")
	}
}

// P16: what a case is made of stays as it was, and shares nothing with the change.
func TestP16_CaseIsLeftAlone(t *testing.T) {
	for _, row := range caseRows {
		t.Run(row.name, func(t *testing.T) {
			r, c := caseHost(t)
			c = c.With(ledger.AskAll("c1"), r.s.All("c1"))
			before := c.Records.Copy()
			change, err := row.pure(r, c)
			r.must(err)
			scribble(change.Put)
			if !reflect.DeepEqual(c.Records, before) {
				t.Error("the records of the case have changed")
			}
		})
	}
}

// decided is a decision on a case.
type decided func(desk.Case) (ledger.Change, error)

// verbs draw decisions on something that the records hold.
var verbs = map[string]func(*rapid.T, ledger.Records, time.Time) decided{
	"move": func(t *rapid.T, r ledger.Records, at time.Time) decided {
		o := rapid.SampledFrom(mostly(r.Orders, func(o order.Order) bool {
			return o.State == order.StatePaid || o.State == order.StatePendingApproval && !o.Deadline.Before(at)
		})).Draw(t, "order")
		events := map[order.State][]order.Event{order.StatePaid: {order.EventComplete, order.EventFail}, order.StatePendingApproval: {order.EventApprove, order.EventReject}}[o.State]
		e := rapid.SampledFrom(append(events, order.EventConfirm, order.EventWithdraw)).Draw(t, "event")
		return func(c desk.Case) (ledger.Change, error) {
			_, change, err := c.Move(desk.MoveRequest{Order: o.ID, Event: e})
			return change, err
		}
	},
	"renew": func(t *rapid.T, r ledger.Records, at time.Time) decided {
		x := rapid.SampledFrom(r.Resources).Draw(t, "resource")
		q := desk.RenewRequest{ID: "case", Resources: []order.ResourceID{x.ID}, Term: oneMonth(), Day: renewal.UnifiedDay(rapid.IntRange(0, 1).Draw(t, "day"))}
		return func(c desk.Case) (ledger.Change, error) {
			_, change, err := c.Renew(q, payment.Findings{})
			return change, err
		}
	},
	"unsubscribe": func(t *rapid.T, r ledger.Records, at time.Time) decided {
		x := rapid.SampledFrom(mostly(r.Resources, func(x renewal.Resource) bool {
			return len(x.Periods) > 0 && x.Main == "" && x.Released.IsZero() && x.Expiry.After(at)
		})).Draw(t, "resource")
		if to := rapid.SampledFrom([]string{"", "", "small", "big"}).Draw(t, "product"); to != "" {
			q := desk.ChangeRequest{ID: "case", Resource: x.ID, Product: to, Count: rapid.IntRange(0, 2).Draw(t, "count"), AtExpiry: rapid.Bool().Draw(t, "waits")}
			return func(c desk.Case) (ledger.Change, error) {
				_, change, err := c.Change(q, payment.Findings{})
				return change, err
			}
		}
		l := desk.UnsubscribeRequest{ID: "case", Resource: x.ID}
		if n := len(x.Periods); n > 1 && rapid.Bool().Draw(t, "renewal") {
			l.Renewal = x.Periods[n-1].Order
		} else {
			l.AtExpiry = rapid.Bool().Draw(t, "at the expiry")
		}
		return func(c desk.Case) (ledger.Change, error) {
			_, change, err := c.Unsubscribe(l, payment.Findings{})
			return change, err
		}
	},
	"hear": func(t *rapid.T, r ledger.Records, at time.Time) decided {
		p := rapid.SampledFrom(mostly(r.Payments, func(p payment.Payment) bool { return len(movesOf(p, at)) > 0 })).Draw(t, "payment")
		m := rapid.SampledFrom(append(movesOf(p, at), payment.PaymentMove{Event: payment.EventGiveUp, Why: "drawn", At: at})).Draw(t, "event")
		return func(c desk.Case) (ledger.Change, error) {
			_, change, err := c.Hear(p.ID, m)
			return change, err
		}
	},
}

// mostly returns those of a list that are wanted, and one other; all if none is.
func mostly[T any](all []T, wanted func(T) bool) (some []T) {
	for _, x := range all {
		if wanted(x) {
			some = append(some, x)
		}
	}
	if len(some) == 0 {
		return all
	}
	return append(some, all[0])
}

// movesOf are the events that change a payment: a captured one late, if it has failed.
func movesOf(p payment.Payment, at time.Time) (list []payment.PaymentMove) {
	for _, e := range []payment.Event{payment.EventCaptured, payment.EventDeclined, payment.EventCanceled, payment.EventUnanswered, payment.EventResolveDone, payment.EventResolveFailed} {
		m := payment.PaymentMove{Event: e, At: at, Why: "drawn", Trade: "T1", Amount: p.Amount}
		if after, _ := p.Apply(m); p.Gateway != "" && !reflect.DeepEqual(after, p) {
			list = append(list, m)
		}
	}
	return list
}

// readAsMissing decides on what the decision says is missing, read from a store.
func readAsMissing(s ledger.Store, c desk.Case, decide decided) (ledger.Change, error) {
	for range 30 {
		change, err := decide(c)
		var missing *ledger.Missing
		if !errors.As(err, &missing) {
			return change, err
		}
		got, err := s.Load(ctx, missing.Ask)
		if err != nil {
			return change, err
		}
		c = c.With(missing.Ask, got)
	}
	return ledger.Change{}, errors.New("something is always missing")
}

// recordsKept is a store of the records of one customer.
type recordsKept struct {
	ledger.Store
	ledger.Records
}

func (k recordsKept) Load(_ context.Context, ask ledger.Ask) (got ledger.Records, _ error) {
	groups := make(map[ledger.Ref]bool)
	named := func(v ledger.Record) bool {
		return slices.ContainsFunc(ask.Refs, func(r ledger.Ref) bool { return r.Kind == v.Kind && r.ID == v.ID })
	}
	for v := range k.Each() {
		if v.Group != "" && named(v) {
			groups[ledger.Ref{Kind: v.Kind, ID: v.Group}] = true
		}
	}
	for v, one := range k.Each() {
		if slices.Contains(ask.All, v.Kind) || named(v) || groups[ledger.Ref{Kind: v.Kind, ID: v.Group}] {
			got.Append(one)
		}
	}
	return got, nil
}

// with returns the records as they are after a change.
func (k recordsKept) with(c ledger.Change) (after ledger.Records) {
	put := make(map[ledger.Ref]bool)
	for v := range c.Put.Each() {
		put[ledger.Ref{Kind: v.Kind, ID: v.ID}] = true
	}
	for v, one := range k.Each() {
		if !put[ledger.Ref{Kind: v.Kind, ID: v.ID}] {
			after.Append(one)
		}
	}
	after.Append(c.Put.Written())
	return after
}

// views are the views of records, for a change to be held against.
func views(r ledger.Records) iter.Seq[ledger.Record] { return slices.Values(r.Views()) }

// counts prices by what a month costs: half as much for what is small.
type counts struct{}

func (counts) Price(x renewal.Resource, t renewal.Term) (order.Money, error) {
	if x.Product == "small" {
		return order.Minor(450*int64(t.N), order.USD), nil
	}
	return order.Minor(900*int64(t.N), order.USD), nil
}

// P16: on the records that a history leaves, a decision on what it says is missing is the
// decision on everything; a store takes it once; and it keeps what Audit looks at.
func TestP16_CaseOnHistories(t *testing.T) {
	for name := range verbs {
		t.Run(name, func(t *testing.T) { caseOnHistories(t, name) })
	}
}

// leftRecords are the records that a history leaves of a customer.
type leftRecords struct {
	of order.CustomerID
	ledger.Records
}

// leftByHistories are those of a hundred histories, of two customers each.
var leftByHistories = sync.OnceValue(func() (all []leftRecords) {
	customers := []order.CustomerID{"ann", "bob"}
	for seed := range uint64(100) {
		for i, r := range desktest.Left(seed+1, customers...) {
			all = append(all, leftRecords{customers[i], r})
		}
	}
	return all
})

// able says which records hold something that a verb is for.
var able = map[string]func(ledger.Records) bool{
	"move":        func(r ledger.Records) bool { return len(r.Orders) > 0 },
	"renew":       func(r ledger.Records) bool { return len(r.Resources) > 0 },
	"unsubscribe": func(r ledger.Records) bool { return len(r.Resources) > 0 },
	"hear": func(r ledger.Records) bool {
		return slices.ContainsFunc(r.Payments, func(p payment.Payment) bool { return len(movesOf(p, p.Changed)) > 0 })
	},
}

func caseOnHistories(t *testing.T, name string) {
	taken := 0
	var some []leftRecords
	for _, r := range leftByHistories() {
		if able[name](r.Records) {
			some = append(some, r)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		drawn := some[rapid.IntRange(0, len(some)-1).Draw(t, "records")]
		all, customer, at := drawn.Copy(), drawn.of, time.Time{}
		for i := range all.Orders {
			at = ledger.Later(at, all.Orders[i].Changed)
		}
		at = at.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(t, "hours")) * time.Hour)
		c := desk.Case{Customer: payment.Customer{ID: customer, Gateway: "g"}, By: "u", At: at, Prices: counts{}}
		whole := c.With(ledger.AskAll(customer), all)
		decide := verbs[name](t, all, at)
		change, err := decide(whole)
		some, errSome := readAsMissing(recordsKept{Records: all}, c, decide)
		if fmt.Sprint(err) != fmt.Sprint(errSome) || len(written(some)) != len(written(change)) {
			t.Fatalf("%s: on everything %v, on what is missing %v", name, err, errSome)
		}
		for ref, one := range written(change) {
			if !reflect.DeepEqual(written(some)[ref], one) {
				t.Fatalf("%s: on everything %+v, on what is missing %+v", name, one, written(some)[ref])
			}
		}
		if len(written(change)) == 0 {
			return
		}
		taken++
		after := recordsKept{Records: all}.with(some)
		for _, c := range []ledger.Change{some, change} {
			if !c.Holds(views(all)) || c.Holds(views(after)) {
				t.Fatalf("%s: it is not committed once: before %v, after %v: expects %+v %+v, puts %+v", name, c.Holds(views(all)), c.Holds(views(after)), c.Expect, c.ExpectAll, c.Put.Views())
			}
		}
		before := make(map[string]bool)
		for _, v := range ledger.Audit(all, nil) {
			before[v.String()] = true
		}
		for _, v := range ledger.Audit(after, nil) {
			if !before[v.String()] && v.Invariant != "I3" { // no gateway has taken or given anything here
				t.Errorf("%s: %s", name, v)
			}
		}
	})
	if taken == 0 {
		t.Error("it was never done")
	}
}

// scribble writes over what records hold in slices.
func scribble(r ledger.Records) {
	for i := range r.Orders {
		clear(r.Orders[i].Lines)
	}
	for i := range r.Payments {
		clear(r.Payments[i].Quote.Items)
		clear(r.Payments[i].Returns)
	}
	for i := range r.Resources {
		clear(r.Resources[i].Periods)
		clear(r.Resources[i].Added)
	}
	for i := range r.Coupons {
		clear(r.Coupons[i].HeldFor)
	}
}
