package desk_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
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
	desk func(*counter) error
	pure func(*counter, desk.Case) (ledger.Change, error)
}

var caseRows = []caseRow{
	{"pay", func(r *counter) error {
		_, err := r.d.Pay(everywhere, payment.Request{Key: "k9", Customer: "c1", By: "u", Orders: []order.ID{"o9"}, Method: payment.MethodBalance, Coupons: []coupon.ID{"cash"}})
		return err
	}, func(r *counter, c desk.Case) (ledger.Change, error) {
		q := payment.Request{Key: "k9", Customer: "c1", By: "u", Orders: []order.ID{"o9"}, Method: payment.MethodBalance, Coupons: []coupon.ID{"cash"}}
		all := r.s.All("c1")
		quote, err := q.Quote(payment.Facts{Customer: c.Customer, Orders: ordersOf(all, "o9"), Coupons: all.Coupons, Accounts: all.Accounts, Tallies: all.Tallies}, c.At)
		if err != nil {
			return ledger.Change{}, err
		}
		_, change, err := c.Pay(q, quote, gateway.Traits{})
		return change, err
	}},
	{"cannot be provided", func(r *counter) error {
		_, err := r.d.Move(everywhere, desk.MoveRequest{Customer: "c1", By: "u", Order: "o2", Event: order.EventFail})
		return err
	}, func(_ *counter, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Move(desk.MoveRequest{Order: "o2", Event: order.EventFail})
		return change, err
	}},
	{"renew", func(r *counter) error {
		_, err := r.d.Renew(everywhere, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 5})
		return err
	}, func(_ *counter, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Renew(desk.RenewRequest{ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth(), Day: 5}, payment.Findings{})
		return change, err
	}},
	{"unsubscribe", func(r *counter) error {
		_, err := r.d.Unsubscribe(everywhere, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
		return err
	}, func(_ *counter, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Unsubscribe(desk.UnsubscribeRequest{ID: "lv", Resource: "x1"}, payment.Findings{})
		return change, err
	}},
	{"go on with a cheaper product", func(r *counter) error {
		_, err := r.d.Unsubscribe(everywhere, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1", Product: "small"})
		return err
	}, func(_ *counter, c desk.Case) (ledger.Change, error) {
		_, change, err := c.Unsubscribe(desk.UnsubscribeRequest{ID: "lv", Resource: "x1", Product: "small"}, payment.Findings{})
		return change, err
	}},
	{"the gateway captures", func(r *counter) error {
		r.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Trade: "T1"}
		}
		_, err := r.d.Payment(everywhere, "c1", payment.Request{Key: "k3", Customer: "c1"}.Payment())
		return err
	}, func(_ *counter, c desk.Case) (ledger.Change, error) {
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
func caseHost(t *testing.T) (*counter, desk.Case) {
	r := newCounter(t)
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
	return r, desk.Case{Customer: payment.Customer{ID: "c1", Gateway: "g", Policy: *r.p}, By: "u", At: r.clock.Now(), Prices: r}
}

// P16: a step decided on a case writes what the Desk writes, whether all of a customer has
// been read, or only what the decision says is missing.
func TestP16_CaseAsTheDesk(t *testing.T) {
	for _, row := range caseRows {
		t.Run(row.name, func(t *testing.T) {
			r, c := caseHost(t)
			whole, err := row.pure(r, c.With(ledger.AskAll("c1"), r.s.All("c1")))
			r.must(err)
			step, loads := c, 0
			var some ledger.Change
			for {
				some, err = row.pure(r, step)
				var missing *ledger.Missing
				if !errors.As(err, &missing) {
					break
				}
				got, err := r.s.Load(everywhere, missing.Ask)
				r.must(err)
				if step = step.With(missing.Ask, got); loads > 20 {
					t.Fatal(missing)
				}
				loads++
			}
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
					if ref.Kind == ledger.KindEntry {
						continue // tells the step
					}
					if !reflect.DeepEqual(got[ref], one) {
						t.Errorf("%v\ncase %+v\nDesk %+v", ref, got[ref], one)
					}
				}
				if len(got) != len(want) {
					t.Errorf("case %d records, Desk %d", len(got), len(want))
				}
			}
			if r, c := caseHost(t); r.s.Commit(everywhere, some) != nil || r.s.Commit(everywhere, some) == nil {
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

var _ renewal.Prices = (*counter)(nil)
