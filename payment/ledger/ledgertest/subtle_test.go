package ledgertest_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// subtle are stores that break a law in another way than those of flaws.
var subtle = []struct {
	law, what string
	open      func() *flawed
}{
	{"later", "what it cannot read left out", func() *flawed {
		return &flawed{reads: func(_ *flawed, v ledger.Record) (r ledger.Records, _ error) {
			if r.Decode(v) != nil {
				return ledger.Records{}, nil
			}
			return r, nil
		}}
	}},
	{"later", "a schema that is not looked at", func() *flawed {
		return &flawed{reads: func(_ *flawed, v ledger.Record) (r ledger.Records, err error) {
			v.Body = bytes.Replace(v.Body, []byte(fmt.Sprint(`"schema":`, ledger.Schema+1)), []byte(fmt.Sprint(`"schema":`, ledger.Schema)), 1)
			err = r.Decode(v)
			return r, err
		}}
	}},
	{"waiting", "customers by name", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			limit := due.Limit
			due.Limit = 1000
			asks, err := f.Store.Waiting(background, due)
			for i := range asks {
				asks[i].Refs = asks[i].Refs[:min(limit, len(asks[i].Refs))]
			}
			slices.SortFunc(asks, func(a, b ledger.Ask) int { return cmp.Compare(a.Customer, b.Customer) })
			return asks[:min(limit, len(asks))], err
		}}
	}},
	{"waiting kinds", "waits cut to the minute", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.At = due.At.Truncate(time.Minute).Add(time.Minute - 1)
			return f.Store.Waiting(background, due)
		}}
	}},
	{"leases", "a lease is nothing", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.Lease = ledger.Lease{}
			return f.Store.Waiting(background, due)
		}}
	}},
	{"leases", "a lease without end", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.Lease.For *= 1000
			return f.Store.Waiting(background, due)
		}}
	}},
	{"leases", "a second too long", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.Lease.For += time.Second
			return f.Store.Waiting(background, due)
		}}
	}},
	{"leases", "also of who leases nobody", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			due.Lease.By = cmp.Or(due.Lease.By, "nobody")
			return f.Store.Waiting(background, due)
		}}
	}},
	{"asked", "all of a kind, and what is named beside it is forgotten", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
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
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i := range r.Tallies {
				r.Tallies[i].Name = strings.TrimSpace(r.Tallies[i].Name)
			}
			return r, err
		}}
	}},
	{"stale", "the first expectation alone compared", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.Expect = c.Expect[:min(1, len(c.Expect))]
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "the last expectation alone compared", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.Expect = c.Expect[max(0, len(c.Expect)-1):]
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "whatever expected of what is not there", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			var there []ledger.Ref
			for _, x := range c.Expect {
				if r, err := f.Store.Load(ctx, ledger.Ask{Customer: c.Customer, Refs: []ledger.Ref{x}}); err != nil || len(r.Views()) > 0 {
					there = append(there, x)
				}
			}
			c.Expect = there
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"stale", "what is not there made at any version", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			var put ledger.Records
			views, err := c.Put.Encode()
			for _, v := range views {
				if r, _ := f.Store.Load(ctx, ledger.Ask{Customer: c.Customer, Refs: []ledger.Ref{v.Ref}}); len(r.Views()) == 0 {
					v.Version = 0
				}
				err = errors.Join(err, put.Decode(v))
			}
			c.Put = put
			return errors.Join(err, f.Store.Commit(ctx, c))
		}}
	}},
	{"more came", "the first that was loaded whole alone compared", expects(func(_ *flawed, all []ledger.Of) []ledger.Of { return all[:1] })},
	{"more came", "the last that was loaded whole alone compared", expects(func(_ *flawed, all []ledger.Of) []ledger.Of { return all[len(all)-1:] })},
	{"more came", "records counted, and not their versions", expects(func(f *flawed, all []ledger.Of) []ledger.Of {
		for i := range all {
			if now := f.now(all[i]); now.N == all[i].N {
				all[i].Versions = now.Versions
			}
		}
		return all
	})},
	{"more came", "versions added up, and records not counted", expects(func(f *flawed, all []ledger.Of) []ledger.Of {
		for i := range all {
			if now := f.now(all[i]); now.Versions == all[i].Versions {
				all[i].N = now.N
			}
		}
		return all
	})},
	{"more came", "what there was none of not compared", expects(func(_ *flawed, all []ledger.Of) []ledger.Of {
		return slices.DeleteFunc(all, func(of ledger.Of) bool { return of.N == 0 })
	})},
	{"more came", "what was loaded whole compared with what is put", func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			for i := range c.ExpectAll {
				for _, v := range c.Put.Views() {
					if of := &c.ExpectAll[i]; of.Has(v) {
						of.N, of.Versions = of.N-1, of.Versions-v.Version
					}
				}
			}
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"more came", "what others have counted", func() *flawed {
		var whole []order.CustomerID
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if whole = append(whole, c.Customer); len(c.ExpectAll) > 0 && whole[0] != c.Customer {
				all, _ := f.Store.Load(ctx, ledger.Ask{Customer: whole[0], All: []ledger.Kind{c.ExpectAll[0].Kind}})
				if len(all.Views()) > 0 {
					return ledger.ErrConflict
				}
			}
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"more came to a group", "a group taken for all of the kind", expects(func(_ *flawed, all []ledger.Of) []ledger.Of {
		for i := range all {
			all[i].Group = ""
		}
		return all
	})},
	{"more came to a group", "a group of one kind taken for that of all", expects(func(f *flawed, all []ledger.Of) []ledger.Of {
		for i := range all {
			if of := &all[i]; of.Group != "" && of.N == 0 && of.Kind == ledger.KindCode {
				of.N = max(f.now(ledger.Of{Kind: ledger.KindOrder, Group: of.Group}).N, f.now(ledger.Of{Kind: ledger.KindResource, Group: of.Group}).N)
			}
		}
		return all
	})},
	{"more came to a group", "a resource loaded alone", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) == 0 {
				r.Resources = slices.DeleteFunc(r.Resources, func(x renewal.Resource) bool {
					return !slices.ContainsFunc(ask.Refs, func(a ledger.Ref) bool { return a.ID == string(x.ID) })
				})
			}
			return r, err
		}}
	}},
	{"more came to a group", "a main resource without what is bound to it", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) == 0 {
				r.Resources = slices.DeleteFunc(r.Resources, func(x renewal.Resource) bool {
					return slices.ContainsFunc(ask.Refs, func(a ledger.Ref) bool { return a.ID == string(x.Main) })
				})
			}
			return r, err
		}}
	}},
	{"groups", "the purchase of the first order named alone", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
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
				return o.Purchase != first && !slices.ContainsFunc(ask.Refs, func(x ledger.Ref) bool { return x.ID == string(o.ID) })
			})
			return r, err
		}}
	}},
	{"asked", "what is named twice returned twice", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			for i, x := range ask.Refs {
				if slices.Contains(ask.Refs[:i], x) {
					again, _ := f.Store.Load(background, ledger.Ask{Customer: ask.Customer, Refs: []ledger.Ref{x}})
					r.Append(again)
				}
			}
			return r, err
		}}
	}},
	{"asked", "what is named returned beside all of its kind", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			for _, x := range ask.Refs {
				if slices.Contains(ask.All, x.Kind) {
					again, _ := f.Store.Load(background, ledger.Ask{Customer: ask.Customer, Refs: []ledger.Ref{x}})
					r.Append(again)
				}
			}
			return r, err
		}}
	}},
	{"waiting kinds", "an ask by kind, and then by time", func() *flawed {
		return &flawed{waiting: func(f *flawed, due ledger.Due) ([]ledger.Ask, error) {
			asks, err := f.Store.Waiting(background, due)
			for i := range asks {
				slices.SortStableFunc(asks[i].Refs, func(a, b ledger.Ref) int { return place(b.Kind) - place(a.Kind) })
			}
			return asks, err
		}}
	}},
	{"ownership", "an order ID that is one for all customers", func() *flawed {
		owner := make(map[order.ID]order.CustomerID)
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, o := range c.Put.Orders {
				if who, ok := owner[o.ID]; ok && who != c.Customer {
					return ledger.ErrConflict
				}
				owner[o.ID] = c.Customer
			}
			return f.Store.Commit(ctx, c)
		}}
	}},
	{"one instant", "kinds loaded one after the other", func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (r ledger.Records, err error) {
			if len(ask.All) == 0 {
				return f.Store.Load(background, ask)
			}
			for i, k := range ask.All {
				of := ledger.Ask{Customer: ask.Customer, All: []ledger.Kind{k}}
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
func place(k ledger.Kind) int {
	return slices.Index([]ledger.Kind{ledger.KindOrder, ledger.KindCoupon, ledger.KindPayment, ledger.KindRefund, ledger.KindBill, ledger.KindCredit, ledger.KindResource,
		ledger.KindOutbox, ledger.KindClaim}, k)
}

// expects is a store that compares another thing than it was told to be all.
func expects(other func(f *flawed, all []ledger.Of) []ledger.Of) func() *flawed {
	return func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if len(c.ExpectAll) > 0 {
				f.whose = c.Customer
				c.ExpectAll = other(f, slices.Clone(c.ExpectAll))
			}
			return f.Store.Commit(ctx, c)
		}}
	}
}

// now is what there is of what was loaded whole.
func (f *flawed) now(of ledger.Of) ledger.Of {
	of.N, of.Versions = 0, 0
	all, _ := f.Store.Load(background, ledger.Ask{Customer: f.whose, All: []ledger.Kind{of.Kind}})
	for _, v := range all.Views() {
		if of.Has(v) {
			of.N, of.Versions = of.N+1, of.Versions+v.Version
		}
	}
	return of
}
