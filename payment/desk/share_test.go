package desk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// Hosts that sweep one store share the work: no two meet at a customer, none of whom is left out,
// and what a host has leased that died is another's when the lease has ended (P16).
func TestP16_HostsShareTheWork(t *testing.T) {
	const customers, hosts = 60, 4
	r := newHost(t)
	r.d.Customers = nil
	for i := range customers {
		d := draftFor("o", 1000)
		d.Customer = order.CustomerID(fmt.Sprintf("c%02d", i))
		_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: d.Customer, By: "u", Drafts: []order.Draft{d}})
		r.must(err)
	}
	r.clock.Move(30 * 24 * time.Hour)
	conflicts := 0
	var mu sync.Mutex
	sweeper := func(name string) *desk.Desk {
		d := *r.d
		d.Host = name
		d.Trace = func(s desk.Step) {
			mu.Lock()
			defer mu.Unlock()
			if s.Name == "commit" && s.Err != nil {
				conflicts++
			}
		}
		return &d
	}
	dead, cancel := context.WithCancel(ctx) // ends after it has been told of its customers
	d := sweeper("dead")
	d.Trace = func(s desk.Step) {
		if s.Name == "waiting" {
			cancel()
		}
	}
	d.Store = hollowed{r.s}
	if _, err := d.Sweep(dead, 10); err == nil {
		t.Fatal("a host that died swept")
	}
	voided := func() (n int) {
		for _, c := range r.s.Customers() {
			for _, o := range r.s.All(c).Orders {
				if o.State == order.StateVoided {
					n++
				}
			}
		}
		return n
	}
	var wait sync.WaitGroup
	for i := range hosts {
		wait.Add(1)
		go func() {
			defer wait.Done()
			d := sweeper(fmt.Sprint("host ", i))
			for {
				s, err := d.Sweep(ctx, 5)
				if err != nil || s.Failed > 0 {
					t.Error(err, s.Errs)
				}
				if err != nil || !s.More {
					return
				}
			}
		}()
	}
	wait.Wait()
	if n := voided(); n != customers-10 || conflicts > 0 {
		t.Errorf("%d customers are done, %d have another host; %d conflicts", n, 10, conflicts)
	}
	r.clock.Move(time.Minute)
	_, err := sweeper("another").Sweep(ctx, 100)
	r.must(err)
	if n := voided(); n != customers {
		t.Errorf("%d of %d customers are done after the lease of the dead host", n, customers)
	}
}

// hollowed is a store that loads nothing once its caller has gone.
type hollowed struct{ ledger.Store }

func (s hollowed) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if ctx.Err() != nil {
		return ledger.Records{}, ctx.Err()
	}
	return s.Store.Load(ctx, ask)
}

// elbowing is a store on which somebody else is faster a few times, and which locks.
type elbowing struct {
	ledger.Store
	times          int
	locked, opened int
	refuses        error
}

func (s *elbowing) Commit(ctx context.Context, c ledger.Change) error {
	if s.times--; s.times >= 0 {
		return ledger.ErrConflict
	}
	return s.Store.Commit(ctx, c)
}

func (s *elbowing) Lock(context.Context, order.CustomerID) (func(), error) {
	if s.refuses != nil {
		return nil, s.refuses
	}
	s.locked++
	return func() { s.opened++ }, nil
}

// A customer is locked from the second try, once, and let go before anything is sent; a store that
// cannot lock is done without (P16).
func TestP16_TakesTurns(t *testing.T) {
	for _, x := range []struct {
		times, locked int
		refuses       error
		fails         bool
	}{{times: 0, locked: 0}, {times: 1, locked: 1}, {times: 5, locked: 1}, {times: 5, locked: 0, refuses: errHost}, {times: 16, locked: 1, fails: true}} {
		t.Run(fmt.Sprintf("%d conflicts, %v", x.times, x.refuses), func(t *testing.T) {
			r := newHost(t)
			r.place("", draftFor("a", 1000))
			s := &elbowing{Store: r.s, times: x.times, refuses: x.refuses}
			r.d.Store = s
			r.d.Trace = func(c desk.Step) {
				if c.Name == "charge" && s.locked != s.opened {
					t.Error("the gateway is called while the customer is locked")
				}
			}
			_, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodOnline})
			if (err != nil) != x.fails {
				t.Fatal(err)
			}
			if s.locked != x.locked || s.opened != x.locked {
				t.Errorf("locked %d times, opened %d, want %d", s.locked, s.opened, x.locked)
			}
		})
	}
}
