// Crash tells what becomes of a payment whose host dies between charge and settle: the money
// is taken, and nobody knows. Another host comes, sweeps and settles; what the first one says
// again finds the same payment. In a second scene the charge never arrived, and is sent again
// with its key.
//
//	go run ./examples/crash
//
// Everything is in memory and on a clock that is moved by hand, so it tells the same each time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	for _, scene := range []struct {
		title  string
		breaks func(s *street)
	}{
		{"The host dies between charge and settle", func(s *street) { s.dies = "settle" }},
		{"The charge never arrives, and the reply is lost", func(s *street) { s.lost = true }},
	} {
		fmt.Fprintf(w, "%s\n\n", scene.title)
		s := newStreet(w)
		scene.breaks(s)
		if err := s.tell(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}

// street is two hosts that share nothing but the store, and the gateway between them.
type street struct {
	w     io.Writer
	clock *inmem.Clock
	store *inmem.Store
	cards *inmem.Gateway
	dies  string // the step of the commit that kills its host
	lost  bool   // the next charge is lost on the way
}

func newStreet(w io.Writer) *street {
	return &street{w: w, clock: inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)), store: new(inmem.Store), cards: new(inmem.Gateway)}
}

// errDead ends each call of a host that is gone: nobody hears it.
var errDead = errors.New("the host is dead")

// host is a process: its Desk, and what kills it.
func (s *street) host(name string) *desk.Desk {
	h := &dying{street: s, name: name}
	return &desk.Desk{
		Store:     h,
		Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways:  map[string]gateway.Gateway{"cards": wire{s.cards, s}},
		Now:       s.clock.Now,
		Trace: func(x desk.Step) {
			reads := slices.Contains([]string{"load", "customer", "checks"}, x.Name)
			if !reads && !h.dead {
				note := ""
				if x.Err != nil {
					note = ": " + x.Err.Error()
				}
				fmt.Fprintf(s.w, "  %s  %-8s %-8s %s%s\n", s.clock.Now().Format(time.TimeOnly), name, x.Name, x.Detail, note)
			}
		},
	}
}

// dying is the store as a host sees it, who dies at a commit of the second host's choice.
type dying struct {
	*street
	name string
	dead bool
}

func (d *dying) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if d.dead {
		return ledger.Records{}, errDead
	}
	return d.store.Load(ctx, ask)
}

func (d *dying) Commit(ctx context.Context, c ledger.Change) error {
	if len(c.Put.Entries) > 0 && c.Put.Entries[0].Step == d.dies {
		fmt.Fprintf(d.w, "  %s  %-8s dies, before it can write that it %ss\n", d.clock.Now().Format(time.TimeOnly), d.name, d.dies)
		d.dead, d.dies = true, ""
	}
	if d.dead {
		return errDead
	}
	return d.store.Commit(ctx, c)
}

func (d *dying) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	return d.store.Waiting(ctx, due)
}

// wire is the way to the gateway, on which a charge can be lost.
type wire struct {
	*inmem.Gateway
	street *street
}

func (x wire) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if x.street.lost {
		x.street.lost = false
		return gateway.Outcome{}, errors.New("connection reset")
	}
	return x.Gateway.Charge(ctx, c)
}

func (s *street) tell() error {
	ctx := context.Background()
	first, second := s.host("host 1"), s.host("host 2")
	usd := func(cents int64) order.Money { return order.Minor(cents, order.USD) }
	server := func(id order.ID, cents int64) order.Draft {
		return order.Draft{ID: id, Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{{Product: "s6.large", Count: 1,
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(cents)}}}
	}
	if _, err := first.Issue(ctx, desk.IssueRequest{By: "shop", Coupon: coupon.Coupon{ID: "WELCOME", Customer: "c-7", Kind: coupon.KindCash, State: coupon.StateAvailable,
		Face: usd(1000), Balance: usd(1000)}}); err != nil {
		return err
	}
	if _, err := first.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Purchase: "P1", Drafts: []order.Draft{server("CS1", 10000), server("CS2", 2500)}}); err != nil {
		return err
	}
	r := payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1", "CS2"}, Coupons: []coupon.ID{"WELCOME"}, Method: payment.MethodOnline}
	_, err := first.Pay(ctx, r)
	if err != nil && !errors.Is(err, errDead) {
		return err
	}
	s.look("by now")

	s.clock.Move(5 * time.Second)
	if _, err := second.Sweep(ctx, 100); err != nil {
		return err
	}
	s.look("afterwards")

	p, err := s.host("host 1").Pay(ctx, r) // it is back, and says what it said before
	if err != nil {
		return err
	}
	receipt, _ := p.Receipt()
	fmt.Fprintf(s.w, "  said again: %s, receipt %s: ", p.State, receipt.Trade)
	for _, it := range receipt.Items {
		fmt.Fprintf(s.w, "%s %s - %s by coupon, ", it.Order, it.List, it.Coupons)
	}
	fmt.Fprintf(s.w, "%s charged\n", receipt.Sum.Cash)
	fmt.Fprintf(s.w, "  captures at the gateway: %d; violations found: %d\n", len(s.cards.Ledger()), len(ledger.Audit(s.store.All("c-7"), s.cards.Ledger())))
	return nil
}

// look prints where everything stands.
func (s *street) look(when string) {
	r := s.store.All("c-7")
	fmt.Fprintf(s.w, "  %s:", when)
	for _, o := range r.Orders {
		fmt.Fprintf(s.w, " %s %s,", o.ID, o.State)
	}
	fmt.Fprintf(s.w, " coupon %s, payment %s\n", r.Coupons[0].State, r.Payments[0].State)
}
