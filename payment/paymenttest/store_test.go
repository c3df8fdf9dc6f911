package paymenttest_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/paymenttest"
)

func memory() payment.Store { return new(inmem.Store) }

// P16: the store in memory keeps every law.
func TestP16_StoreSuite(t *testing.T) {
	paymenttest.TestStore(t, memory)
	if err := paymenttest.VerifyStore(memory, 5); err != nil {
		t.Error(err)
	}
	if paymenttest.VerifyStore(memory, 0) == nil {
		t.Error("no draws check something")
	}
}

// flawed is a store with one flaw.
type flawed struct {
	inmem.Store
	mu      sync.Mutex
	load    func(f *flawed, ask payment.Ask) (payment.Records, error)
	commit  func(f *flawed, ctx context.Context, c payment.Change) error
	waiting func(f *flawed, at time.Time, limit int) ([]payment.Ask, error)
	find    func(f *flawed, q order.Query) iter.Seq2[order.Order, error]
	kept    *payment.Records
}

func (f *flawed) Load(ctx context.Context, ask payment.Ask) (payment.Records, error) {
	if f.load == nil {
		return f.Store.Load(ctx, ask)
	}
	return f.load(f, ask)
}

func (f *flawed) Commit(ctx context.Context, c payment.Change) error {
	if f.commit == nil {
		return f.Store.Commit(ctx, c)
	}
	return f.commit(f, ctx, c)
}

func (f *flawed) Waiting(ctx context.Context, at time.Time, limit int) ([]payment.Ask, error) {
	if f.waiting == nil {
		return f.Store.Waiting(ctx, at, limit)
	}
	return f.waiting(f, at, limit)
}

var background = context.Background()

// flaws are stores that break a law each.
var flaws = map[string]func() *flawed{
	"fields": func() *flawed { // the limit of an account is lost
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Accounts {
				r.Accounts[i].Limit = order.Money{}
			}
			return r, err
		}}
	},
	"versions": func() *flawed { // every version is 1
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Accounts {
				r.Accounts[i].Version = 1
			}
			return r, err
		}}
	},
	"whole": func() *flawed { // record by record, as far as it goes
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) (err error) {
			for _, x := range c.Put.Each() {
				err = errors.Join(err, f.Store.Commit(ctx, payment.Change{Customer: c.Customer, Expect: c.Expect, Put: x}))
			}
			return err
		}}
	},
	"stale": func() *flawed { // what is expected is not compared
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			c.Expect = nil
			return f.Store.Commit(ctx, c)
		}}
	},
	"made once": func() *flawed { // made again
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			if len(c.Put.Accounts) == 1 && c.Put.Accounts[0].Version == 0 && len(c.Put.Views()) == 1 {
				return nil
			}
			return f.Store.Commit(ctx, c)
		}}
	},
	"ownership": func() *flawed { // all customers in one
		return &flawed{
			load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
				ask.Customer = "all"
				return f.Store.Load(background, ask)
			},
			commit: func(f *flawed, ctx context.Context, c payment.Change) error {
				c.Customer = "all"
				return f.Store.Commit(ctx, c)
			}}
	},
	"names": func() *flawed { // one text for customer, kind and ID
		return joined(func(c, kind, id string) string { return c + "/" + kind + "/" + id })
	},
	"copies": func() *flawed { // the same slices each time
		return &flawed{
			load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
				f.mu.Lock()
				defer f.mu.Unlock()
				if f.kept != nil {
					return *f.kept, nil
				}
				r, err := f.Store.Load(background, ask)
				f.kept = &r
				return r, err
			},
			commit: func(f *flawed, ctx context.Context, c payment.Change) error {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.kept = nil
				return f.Store.Commit(ctx, c)
			}}
	},
	"groups": func() *flawed { // an order without its purchase
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) == 0 {
				r.Orders = slices.DeleteFunc(r.Orders, func(o order.Order) bool {
					return !slices.ContainsFunc(ask.Refs, func(x payment.Ref) bool { return x.ID == string(o.ID) })
				})
			}
			return r, err
		}}
	},
	"asked": func() *flawed { // more than was asked for
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			if !slices.Contains(ask.All, payment.KindAccount) {
				ask.All = append(ask.All, payment.KindAccount)
			}
			return f.Store.Load(background, ask)
		}}
	},
	"crossed": func() *flawed { // expectations are compared before, and not in, the commit
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			for _, x := range c.Expect {
				r, err := f.Store.Load(ctx, payment.Ask{Customer: c.Customer, Refs: []payment.Ref{x}})
				if v := r.Views(); err != nil || x.Version == 0 && len(v) > 0 || x.Version > 0 && (len(v) == 0 || v[0].Version != x.Version) {
					return payment.ErrConflict
				}
			}
			if len(c.Expect) > 0 {
				time.Sleep(time.Millisecond)
			}
			c.Expect = nil
			return f.Store.Commit(ctx, c)
		}}
	},
	"crossed absence": func() *flawed { // what is to be absent is compared before, and not in, the commit
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			var there []payment.Ref
			for _, x := range c.Expect {
				if x.Version > 0 {
					there = append(there, x)
					continue
				}
				if r, err := f.Store.Load(ctx, payment.Ask{Customer: c.Customer, Refs: []payment.Ref{x}}); err != nil || len(r.Views()) > 0 {
					return payment.ErrConflict
				}
				time.Sleep(time.Millisecond)
			}
			c.Expect = there
			return f.Store.Commit(ctx, c)
		}}
	},
	"one winner": func() *flawed { // whoever was too late is told that it was written
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			if err := f.Store.Commit(ctx, c); len(c.Expect) > 0 || len(c.Put.Views()) > 1 {
				return err
			}
			return nil
		}}
	},
	"one instant": func() *flawed { // record by record
		return &flawed{load: func(f *flawed, ask payment.Ask) (r payment.Records, err error) {
			if len(ask.All) > 0 {
				return f.Store.Load(background, ask)
			}
			for _, ref := range ask.Refs {
				one, err := f.Store.Load(background, payment.Ask{Customer: ask.Customer, Refs: []payment.Ref{ref}})
				if err != nil {
					return r, err
				}
				r.Append(one)
				time.Sleep(50 * time.Microsecond)
			}
			return r, nil
		}}
	},
	"waiting": func() *flawed { // whoever waits the shortest first
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			asks, err := f.Store.Waiting(background, at, 1000)
			slices.Reverse(asks)
			return asks[:min(limit, len(asks))], err
		}}
	},
	"waiting kinds": func() *flawed { // orders and outboxes alone
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			asks, err := f.Store.Waiting(background, at, 1000)
			var some []payment.Ask
			for _, a := range asks {
				a.Refs = slices.DeleteFunc(a.Refs, func(r payment.Ref) bool { return r.Kind != payment.KindOrder && r.Kind != payment.KindOutbox })
				if a.Refs = a.Refs[:min(limit, len(a.Refs))]; len(a.Refs) > 0 {
					some = append(some, a)
				}
			}
			return some[:min(limit, len(some))], err
		}}
	},
	"waits move": func() *flawed { // before its time
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			return f.Store.Waiting(background, at.Add(2*time.Minute), limit)
		}}
	},
	"canceled": func() *flawed { // written, and certainly not
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			return errors.Join(f.Store.Commit(background, c), ctx.Err())
		}}
	},
	"finds": func() *flawed { // orders placed in one second are left out at the end of a page
		return &flawed{find: func(f *flawed, q order.Query) iter.Seq2[order.Order, error] {
			if !q.After.IsZero() {
				q.After.ID = "\x00"
			}
			return f.Store.Find(background, q)
		}}
	},
}

// joined is a store whose key is one text.
func joined(key func(customer, kind, id string) string) *flawed {
	seen := make(map[string]payment.Ref)
	owner := make(map[string]order.CustomerID)
	return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, v := range c.Put.Views() {
			k := key(string(c.Customer), string(v.Kind), v.ID)
			if is, ok := seen[k]; ok && (is.Kind != v.Kind || is.ID != v.ID || owner[k] != c.Customer) {
				return payment.ErrConflict
			}
			seen[k], owner[k] = payment.Ref{Kind: v.Kind, ID: v.ID}, c.Customer
		}
		return f.Store.Commit(ctx, c)
	}}
}

// subtle are stores that break a law in another way than those of flaws.
var subtle = []struct {
	law, what string
	open      func() *flawed
}{
	{"waiting", "customers by name", func() *flawed {
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			asks, err := f.Store.Waiting(background, at, 1000)
			for i := range asks {
				asks[i].Refs = asks[i].Refs[:min(limit, len(asks[i].Refs))]
			}
			slices.SortFunc(asks, func(a, b payment.Ask) int { return cmp.Compare(a.Customer, b.Customer) })
			return asks[:min(limit, len(asks))], err
		}}
	}},
	{"waiting kinds", "waits cut to the minute", func() *flawed {
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			return f.Store.Waiting(background, at.Truncate(time.Minute).Add(time.Minute-1), limit)
		}}
	}},
	{"asked", "all of a kind, and what is named beside it is forgotten", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			if len(ask.All) > 0 {
				ask.Refs = nil
			}
			return f.Store.Load(background, ask)
		}}
	}},
	{"names", "IDs that differ in case alone are one", func() *flawed {
		return joined(func(c, kind, id string) string { return c + "\x00" + kind + "\x00" + strings.ToLower(id) })
	}},
	{"names", "customers that differ in case alone are one", func() *flawed {
		return joined(func(c, kind, id string) string { return strings.ToLower(c) + "\x00" + kind + "\x00" + id })
	}},
	{"names", "spaces at the end are trimmed", func() *flawed {
		return joined(func(c, kind, id string) string { return c + "\x00" + kind + "\x00" + strings.TrimRight(id, " ") })
	}},
	{"names", "kind, customer and ID in one", func() *flawed {
		return joined(func(c, kind, id string) string { return kind + ":" + c + ":" + id })
	}},
	{"names", "an ID that is read back without its spaces", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Tallies {
				r.Tallies[i].Name = strings.TrimSpace(r.Tallies[i].Name)
			}
			return r, err
		}}
	}},
	{"stale", "the first expectation alone compared", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			c.Expect = c.Expect[:min(1, len(c.Expect))]
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "the last expectation alone compared", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			c.Expect = c.Expect[max(0, len(c.Expect)-1):]
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "whatever expected of what is not there", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			var there []payment.Ref
			for _, x := range c.Expect {
				if r, err := f.Store.Load(ctx, payment.Ask{Customer: c.Customer, Refs: []payment.Ref{x}}); err != nil || len(r.Views()) > 0 {
					there = append(there, x)
				}
			}
			c.Expect = there
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "what is not there made at any version", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			var put payment.Records
			views, err := c.Put.Encode()
			for _, v := range views {
				if r, _ := f.Store.Load(ctx, payment.Ask{Customer: c.Customer, Refs: []payment.Ref{v.Ref}}); len(r.Views()) == 0 {
					v.Version = 0
				}
				err = errors.Join(err, put.Decode(v))
			}
			c.Put = put
			return errors.Join(err, f.Store.Commit(ctx, c))
		}}
	}},
	{"groups", "the purchase of the first order named alone", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) > 0 || len(ask.Refs) == 0 {
				return r, err
			}
			var first order.PurchaseID
			for _, o := range r.Orders {
				if string(o.ID) == ask.Refs[0].ID {
					first = o.Purchase
				}
			}
			r.Orders = slices.DeleteFunc(r.Orders, func(o order.Order) bool {
				return o.Purchase != first && !slices.ContainsFunc(ask.Refs, func(x payment.Ref) bool { return x.ID == string(o.ID) })
			})
			return r, err
		}}
	}},
	{"asked", "what is named twice returned twice", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i, x := range ask.Refs {
				if slices.Contains(ask.Refs[:i], x) {
					again, _ := f.Store.Load(background, payment.Ask{Customer: ask.Customer, Refs: []payment.Ref{x}})
					r.Append(again)
				}
			}
			return r, err
		}}
	}},
	{"asked", "what is named returned beside all of its kind", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (payment.Records, error) {
			r, err := f.Store.Load(background, ask)
			for _, x := range ask.Refs {
				if slices.Contains(ask.All, x.Kind) {
					again, _ := f.Store.Load(background, payment.Ask{Customer: ask.Customer, Refs: []payment.Ref{x}})
					r.Append(again)
				}
			}
			return r, err
		}}
	}},
	{"waiting kinds", "an ask by kind, and then by time", func() *flawed {
		return &flawed{waiting: func(f *flawed, at time.Time, limit int) ([]payment.Ask, error) {
			asks, err := f.Store.Waiting(background, at, limit)
			for i := range asks {
				slices.SortStableFunc(asks[i].Refs, func(a, b payment.Ref) int { return place(b.Kind) - place(a.Kind) })
			}
			return asks, err
		}}
	}},
	{"ownership", "an order ID that is one for all customers", func() *flawed {
		owner := make(map[order.ID]order.CustomerID)
		return &flawed{commit: func(f *flawed, ctx context.Context, c payment.Change) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, o := range c.Put.Orders {
				if who, ok := owner[o.ID]; ok && who != c.Customer {
					return payment.ErrConflict
				}
				owner[o.ID] = c.Customer
			}
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"one instant", "kinds loaded one after the other", func() *flawed {
		return &flawed{load: func(f *flawed, ask payment.Ask) (r payment.Records, err error) {
			if len(ask.All) == 0 {
				return f.Store.Load(background, ask)
			}
			for i, k := range ask.All {
				of := payment.Ask{Customer: ask.Customer, All: []payment.Kind{k}}
				if i == 0 {
					of.Refs = ask.Refs
				}
				one, err := f.Store.Load(background, of)
				if err != nil {
					return r, err
				}
				r.Append(one)
				time.Sleep(50 * time.Microsecond)
			}
			return r, nil
		}}
	}},
}

// place is where a kind stands among those that wait.
func place(k payment.Kind) int {
	return slices.Index([]payment.Kind{payment.KindOrder, payment.KindCoupon, payment.KindPayment, payment.KindRefund, payment.KindBill, payment.KindResource,
		payment.KindOutbox, payment.KindClaim}, k)
}

// TestP16_StoreLawsCatch: beside every law stands a store that breaks it, and is caught.
func TestP16_StoreLawsCatch(t *testing.T) {
	for _, law := range paymenttest.StoreLaws() {
		flaw := flaws[law.Name]
		if flaw == nil {
			t.Errorf("no store breaks the law %q", law.Name)
			continue
		}
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(func() payment.Store { return flaw() }, paymenttest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch the store that breaks it", law.Name)
		}
		if err := paymenttest.VerifyStore(func() payment.Store { return flaw() }, 20); err == nil {
			t.Errorf("the suite does not catch the store that breaks %q", law.Name)
		}
	}
	for _, flaw := range subtle {
		i := slices.IndexFunc(paymenttest.StoreLaws(), func(law paymenttest.StoreLaw) bool { return law.Name == flaw.law })
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = paymenttest.StoreLaws()[i].Holds(func() payment.Store { return flaw.open() }, paymenttest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch a store with %s", flaw.law, flaw.what)
		}
	}
}
