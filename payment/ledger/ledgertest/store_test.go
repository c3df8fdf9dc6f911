package ledgertest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

func memory() ledger.Store { return new(inmem.Store) }

// P16: the store in memory keeps every law.
func TestP16_StoreSuite(t *testing.T) {
	ledgertest.TestStore(t, memory)
	if err := ledgertest.VerifyStore(memory, 5); err != nil {
		t.Error(err)
	}
	if ledgertest.VerifyStore(memory, 0) == nil {
		t.Error("no draws check something")
	}
}

// flawed is a store with one flaw.
type flawed struct {
	inmem.Store
	mu      sync.Mutex
	load    func(f *flawed, ask ledger.Ask) (ledger.Records, error)
	commit  func(f *flawed, ctx context.Context, c ledger.Change) error
	waiting func(f *flawed, due ledger.Due) ([]ledger.Ask, error)
	find    func(f *flawed, q order.Query) (order.Page, error)
	list    func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error)
	archive func(f *flawed, before time.Time, limit int) (int, error)
	cold    archived
	pages   int
	kept    *ledger.Records
	bodies  map[ledger.Ref]ledger.Record // that were rewritten
	reads   func(f *flawed, v ledger.Record) (ledger.Records, error)
	whose   order.CustomerID
}

func (f *flawed) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if f.load == nil {
		return f.rewritten(f.Store.Load(ctx, ask))
	}
	return f.load(f, ask)
}

// Rewrite is [ledgertest.Bodies], where nothing is written any more.
func (f *flawed) Rewrite(ctx context.Context, id order.CustomerID, ref ledger.Ref, change func(body []byte) []byte) error {
	r, err := f.Store.Load(ctx, ledger.Ask{Customer: id, Refs: []ledger.Ref{ref}})
	if err != nil {
		return err
	}
	views, err := r.Encode()
	for _, v := range views {
		if v.Ref != ref {
			continue
		}
		if was, ok := f.bodies[ref]; ok {
			v = was
		}
		if f.bodies == nil {
			f.bodies = make(map[ledger.Ref]ledger.Record)
		}
		v.Body = change(v.Body)
		f.bodies[ref] = v
	}
	return err
}

// rewritten reads bodies that were rewritten.
func (f *flawed) rewritten(r ledger.Records, err error) (ledger.Records, error) {
	if err != nil || len(f.bodies) == 0 {
		return r, err
	}
	var all ledger.Records
	for v, one := range r.Each() {
		was, ok := f.bodies[v.Ref]
		switch {
		case !ok:
			all.Append(one)
			continue
		case f.reads != nil:
			one, err = f.reads(f, was)
		default:
			one = ledger.Records{}
			err = one.Decode(was)
		}
		if err != nil {
			return ledger.Records{}, err
		}
		all.Append(one)
	}
	return all, nil
}

func (f *flawed) Commit(ctx context.Context, c ledger.Change) error {
	if f.commit == nil {
		return f.Store.Commit(ctx, c)
	}
	return f.commit(f, ctx, c)
}

func (f *flawed) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	if f.waiting == nil {
		return f.Store.Waiting(ctx, due)
	}
	return f.waiting(f, due)
}

var background = context.Background()

// flaws are stores that break a law each.
var flaws = map[string]func() *flawed{
	"fields": func() *flawed { // the limit of an account is lost
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Accounts {
				r.Accounts[i].Limit = order.Money{}
			}
			return r, err
		}}
	},
	"later": func() *flawed { // keys that it does not know are passed over
		return &flawed{reads: func(f *flawed, v ledger.Record) (r ledger.Records, err error) {
			var known struct {
				Tomorrow json.RawMessage `json:"tomorrow"`
			}
			if err = json.Unmarshal(v.Body, &known); err == nil && known.Tomorrow != nil {
				return f.Store.Load(background, ledger.Ask{Customer: v.Customer, Refs: []ledger.Ref{v.Ref}})
			}
			err = r.Decode(v)
			return r, err
		}}
	},
	"versions": func() *flawed { // every version is 1
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Accounts {
				r.Accounts[i].Version = 1
			}
			return r, err
		}}
	},
	"whole": func() *flawed { // record by record, as far as it goes
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) (err error) {
			for _, x := range c.Put.Each() {
				err = errors.Join(err, f.Store.Commit(ctx, ledger.Change{Customer: c.Customer, Expect: c.Expect, Put: x}))
			}
			return err
		}}
	},
	"stale": func() *flawed { // what is expected is not compared
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.Expect = nil
			return f.Store.Commit(ctx, c)
		}}
	},
	"made once": func() *flawed { // made again
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if len(c.Put.Accounts) == 1 && c.Put.Accounts[0].Version == 0 && len(c.Put.Views()) == 1 {
				return nil
			}
			return f.Store.Commit(ctx, c)
		}}
	},
	"ownership": func() *flawed { // all customers in one
		return &flawed{
			load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
				ask.Customer = "all"
				return f.Store.Load(background, ask)
			},
			commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
				c.Customer = "all"
				return f.Store.Commit(ctx, c)
			}}
	},
	"names": func() *flawed { // one text for customer, kind and ID
		return joined(func(c, kind, id string) string { return c + "/" + kind + "/" + id })
	},
	"copies": func() *flawed { // the same slices each time
		return &flawed{
			load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
				f.mu.Lock()
				defer f.mu.Unlock()
				if f.kept != nil {
					return *f.kept, nil
				}
				r, err := f.Store.Load(background, ask)
				f.kept = &r
				return r, err
			},
			commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.kept = nil
				return f.Store.Commit(ctx, c)
			}}
	},
	"groups": func() *flawed { // an order without its purchase
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) == 0 {
				r.Orders = slices.DeleteFunc(r.Orders, func(o order.Order) bool {
					return !slices.ContainsFunc(ask.Refs, func(x ledger.Ref) bool { return x.ID == string(o.ID) })
				})
			}
			return r, err
		}}
	},
	"asked": func() *flawed { // more than was asked for
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			if !slices.Contains(ask.All, ledger.KindAccount) {
				ask.All = append(ask.All, ledger.KindAccount)
			}
			return f.Store.Load(background, ask)
		}}
	},
	"crossed": func() *flawed { // expectations are compared before, and not in, the commit
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			for _, x := range c.Expect {
				r, err := f.Store.Load(ctx, ledger.Ask{Customer: c.Customer, Refs: []ledger.Ref{x}})
				if v := r.Views(); err != nil || x.Version == 0 && len(v) > 0 || x.Version > 0 && (len(v) == 0 || v[0].Version != x.Version) {
					return ledger.ErrConflict
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
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			var there []ledger.Ref
			for _, x := range c.Expect {
				if x.Version > 0 {
					there = append(there, x)
					continue
				}
				if r, err := f.Store.Load(ctx, ledger.Ask{Customer: c.Customer, Refs: []ledger.Ref{x}}); err != nil || len(r.Views()) > 0 {
					return ledger.ErrConflict
				}
				time.Sleep(time.Millisecond)
			}
			c.Expect = there
			return f.Store.Commit(ctx, c)
		}}
	},
	"more came": func() *flawed { // whatever was loaded whole is not compared
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.ExpectAll = slices.DeleteFunc(c.ExpectAll, func(of ledger.Of) bool { return of.Group == "" && of.Kind != ledger.KindTally })
			return f.Store.Commit(ctx, c)
		}}
	},
	"more came to a group": func() *flawed { // nor groups
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.ExpectAll = slices.DeleteFunc(c.ExpectAll, func(of ledger.Of) bool { return of.Group != "" })
			return f.Store.Commit(ctx, c)
		}}
	},
	"crossed whole": func() *flawed { // what was loaded whole is compared before, and not in, the commit
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			all, err := f.Store.Load(ctx, ledger.Ask{Customer: c.Customer, All: kinds})
			if err != nil || !(ledger.Change{Customer: c.Customer, ExpectAll: c.ExpectAll}).Holds(slices.Values(all.Views())) {
				return ledger.ErrConflict
			}
			if len(c.ExpectAll) > 0 {
				time.Sleep(time.Millisecond)
			}
			c.ExpectAll = nil
			return f.Store.Commit(ctx, c)
		}}
	},
	"one winner": func() *flawed { // whoever was too late is told that it was written
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if err := f.Store.Commit(ctx, c); len(c.Expect) > 0 || len(c.Put.Views()) > 1 {
				return err
			}
			return nil
		}}
	},
	"one instant": func() *flawed { // record by record
		return &flawed{load: func(f *flawed, ask ledger.Ask) (r ledger.Records, err error) {
			if len(ask.All) > 0 {
				return f.Store.Load(background, ask)
			}
			for _, ref := range ask.Refs {
				one, err := f.Store.Load(background, ledger.Ask{Customer: ask.Customer, Refs: []ledger.Ref{ref}})
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
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			limit := due.Limit
			due.Limit = 1000
			asks, err := f.Store.Waiting(background, due)
			slices.Reverse(asks)
			return asks[:min(limit, len(asks))], err
		}}
	},
	"waiting kinds": func() *flawed { // orders and outboxes alone
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			limit := due.Limit
			due.Limit = 1000
			asks, err := f.Store.Waiting(background, due)
			var some []ledger.Ask
			for _, a := range asks {
				a.Refs = slices.DeleteFunc(a.Refs, func(r ledger.Ref) bool { return r.Kind != ledger.KindOrder && r.Kind != ledger.KindOutbox })
				if a.Refs = a.Refs[:min(limit, len(a.Refs))]; len(a.Refs) > 0 {
					some = append(some, a)
				}
			}
			return some[:min(limit, len(some))], err
		}}
	},
	"leases": func() *flawed { // of a host that asks again
		n := 0
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			if n++; due.Lease.By != "" {
				due.Lease.By += fmt.Sprint(n)
			}
			return f.Store.Waiting(background, due)
		}}
	},
	"leases apart": func() *flawed { // looked at, and then leased
		var mu sync.Mutex
		leased := make(map[order.CustomerID]string)
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			asks, err := f.Store.Waiting(background, ledger.Due{At: due.At, Limit: 1000})
			mu.Lock()
			free := slices.DeleteFunc(asks, func(a ledger.Ask) bool {
				by, ok := leased[a.Customer]
				return ok && by != due.Lease.By
			})
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			free = free[:min(due.Limit, len(free))]
			for _, a := range free {
				leased[a.Customer] = due.Lease.By
			}
			return free, err
		}}
	},
	"waits move": func() *flawed { // before its time
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.At = due.At.Add(2 * time.Minute)
			return f.Store.Waiting(background, due)
		}}
	},
	"canceled": func() *flawed { // written, and certainly not
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			return errors.Join(f.Store.Commit(background, c), ctx.Err())
		}}
	},
	"lists": func() *flawed { // by number, and not after the record that the cursor names
		return &flawed{list: func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			if err := q.Check(); err != nil {
				return ledger.RecordPage{}, err
			}
			if q.After.IsZero() {
				f.pages = 0
			}
			found, limit := listedAll(f, q), cmp.Or(q.Limit, order.DefaultLimit)
			found = found[min(len(found), f.pages*limit):]
			f.pages++
			var page ledger.RecordPage
			if page.Records = found[:min(len(found), limit)]; len(found) > limit {
				page.Next = ledger.CursorOf(found[limit-1])
			}
			return page, nil
		}}
	},
	"archives": archivers["what is archived is not compared"],
	"finds": func() *flawed { // orders placed in one second are left out at the end of a page
		return &flawed{find: func(f *flawed, q order.Query) (order.Page, error) {
			if !q.After.IsZero() {
				q.After.ID = "\x01"
			}
			return f.Store.Find(background, q)
		}}
	},
	"finds full pages": func() *flawed { // no page has the last order of all
		return &flawed{find: func(f *flawed, q order.Query) (order.Page, error) {
			p, err := f.Store.Find(background, q)
			if len(p.Orders) == order.DefaultLimit {
				p.Next = order.Cursor{}
			}
			return p, err
		}}
	},
}

var kinds = []ledger.Kind{ledger.KindOrder, ledger.KindCoupon, ledger.KindPayment, ledger.KindRefund, ledger.KindAccount, ledger.KindBill, ledger.KindCredit,
	ledger.KindResource, ledger.KindInstrument, ledger.KindTally, ledger.KindNotice, ledger.KindOutbox, ledger.KindEntry, ledger.KindCode, ledger.KindClaim}

// joined is a store whose key is one text.
func joined(key func(customer, kind, id string) string) *flawed {
	seen := make(map[string]ledger.Ref)
	owner := make(map[string]order.CustomerID)
	return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, v := range c.Put.Views() {
			k := key(string(c.Customer), string(v.Kind), v.ID)
			if is, ok := seen[k]; ok && (is.Kind != v.Kind || is.ID != v.ID || owner[k] != c.Customer) {
				return ledger.ErrConflict
			}
			seen[k], owner[k] = ledger.Ref{Kind: v.Kind, ID: v.ID}, c.Customer
		}
		return f.Store.Commit(ctx, c)
	}}
}

// TestP16_StoreLawsCatch: beside every law stands a store that breaks it, and is caught.
func TestP16_StoreLawsCatch(t *testing.T) {
	for _, law := range ledgertest.StoreLaws() {
		flaw := flaws[law.Name]
		if flaw == nil {
			t.Errorf("no store breaks the law %q", law.Name)
			continue
		}
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(func() ledger.Store { return flaw() }, ledgertest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch the store that breaks it", law.Name)
		}
		if err := ledgertest.VerifyStore(func() ledger.Store { return flaw() }, 20); err == nil {
			t.Errorf("the suite does not catch the store that breaks %q", law.Name)
		}
	}
	for _, flaw := range subtle {
		i := slices.IndexFunc(ledgertest.StoreLaws(), func(law ledgertest.StoreLaw) bool { return law.Name == flaw.law })
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = ledgertest.StoreLaws()[i].Holds(func() ledger.Store { return flaw.open() }, ledgertest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch a store with %s", flaw.law, flaw.what)
		}
	}
}

// TestP16_ArchivesCatch: each way to lose what was archived is caught, and the flaw alone is why.
func TestP16_ArchivesCatch(t *testing.T) {
	laws := ledgertest.StoreLaws()
	law := laws[slices.IndexFunc(laws, func(law ledgertest.StoreLaw) bool { return law.Name == "archives" })]
	for what, open := range archivers {
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(func() ledger.Store { return open() }, ledgertest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("%s, and it is not caught", what)
		}
	}
	for seed := range 20 {
		if err := law.Holds(func() ledger.Store { return &flawed{} }, ledgertest.DrawKept().Example(seed)); err != nil {
			t.Errorf("a sound store: %v", err)
		}
	}
}

// TestP16_WholeLawsAlone: what breaks a law of what was loaded whole is caught by that alone.
func TestP16_WholeLawsAlone(t *testing.T) {
	k := ledgertest.DrawKept().Example(1)
	for _, name := range []string{"more came", "more came to a group", "crossed whole"} {
		for _, law := range ledgertest.StoreLaws() {
			if err := law.Holds(func() ledger.Store { return flaws[name]() }, k); err != nil && law.Name != name {
				t.Errorf("the store that breaks %q breaks %q: %v", name, law.Name, err)
			}
		}
	}
}
