package ledgertest_test

import (
	"context"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// named is a record of any customer.
type named struct {
	customer order.CustomerID
	kind     ledger.Kind
	id       string
}

func nameOf(v ledger.Record) named { return named{v.Customer, v.Kind, v.ID} }

// archived are the records of a store that have been archived, which changes nothing of them.
type archived map[named]bool

func (a archived) archive(s *flawed, rests func(ledger.Record) bool, limit int) (n int, err error) {
	for _, c := range s.Customers() {
		for _, v := range s.All(c).Views() {
			if rests(v) && !a[nameOf(v)] && n < limit {
				a[nameOf(v)] = true
				n++
			}
		}
	}
	return n, nil
}

func (f *flawed) Archive(_ context.Context, before time.Time, limit int) (int, error) {
	if f.cold == nil {
		f.cold = make(archived)
	}
	if f.archive != nil {
		return f.archive(f, before, limit)
	}
	return f.cold.archive(f, func(v ledger.Record) bool { return v.Archivable(before) }, limit)
}

// hidden leaves archived records out.
func (f *flawed) hidden(r ledger.Records, hides func(ledger.Record) bool) (left ledger.Records) {
	for v, one := range r.Each() {
		if !f.cold[nameOf(v)] || !hides(v) {
			left.Append(one)
		}
	}
	return left
}

// archivers are stores that archive, each in a way that breaks the law.
var archivers = map[string]func() *flawed{
	"what is archived is not loaded with its kind": func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) > 0 {
				r = f.hidden(r, func(v ledger.Record) bool { return v.Kind != ledger.KindOrder })
			}
			return r, err
		}}
	},
	"what is archived is not loaded by its name": func() *flawed {
		return &flawed{load: func(f *flawed, ask ledger.Ask) (ledger.Records, error) {
			r, err := f.Store.Load(background, ask)
			if len(ask.All) == 0 {
				r = f.hidden(r, func(ledger.Record) bool { return true })
			}
			return r, err
		}}
	},
	"what is archived can be made anew": func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			if slices.ContainsFunc(c.Put.Views(), func(v ledger.Record) bool { return f.cold[nameOf(v)] && v.Version == 0 }) {
				return nil
			}
			return f.Store.Commit(ctx, c)
		}}
	},
	"what is archived is not compared": func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			c.Expect = slices.DeleteFunc(slices.Clone(c.Expect), func(r ledger.Ref) bool { return f.cold[named{c.Customer, r.Kind, r.ID}] })
			return f.Store.Commit(ctx, c)
		}}
	},
	"what is archived is not counted": func() *flawed {
		return &flawed{commit: func(f *flawed, ctx context.Context, c ledger.Change) error {
			whole := slices.Clone(c.ExpectAll)
			for n := range f.cold {
				for i := range whole {
					if n.kind == whole[i].Kind && n.customer == c.Customer {
						whole[i].N++
					}
				}
			}
			c.ExpectAll = whole
			return f.Store.Commit(ctx, c)
		}}
	},
	"what is archived is not listed": func() *flawed {
		return &flawed{list: func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			p, err := f.Store.List(background, q)
			p.Records = slices.DeleteFunc(p.Records, func(v ledger.Record) bool { return f.cold[nameOf(v)] })
			return p, err
		}}
	},
	"what is archived is not found": func() *flawed {
		return &flawed{find: func(f *flawed, q order.Query) (order.Page, error) {
			p, err := f.Store.Find(background, q)
			p.Orders = slices.DeleteFunc(p.Orders, func(o order.Order) bool { return f.cold[named{o.Customer, ledger.KindOrder, string(o.ID)}] })
			return p, err
		}}
	},
	"all at once": func() *flawed {
		return &flawed{archive: func(f *flawed, before time.Time, _ int) (int, error) {
			return f.cold.archive(f, func(v ledger.Record) bool { return v.Archivable(before) }, 1000)
		}}
	},
	"at the second itself": func() *flawed {
		return &flawed{archive: func(f *flawed, before time.Time, limit int) (int, error) {
			return f.cold.archive(f, func(v ledger.Record) bool { return v.Archivable(before.Add(time.Second)) }, limit)
		}}
	},
	"what waits too": func() *flawed {
		return &flawed{archive: func(f *flawed, before time.Time, limit int) (int, error) {
			return f.cold.archive(f, func(v ledger.Record) bool { return !v.At.IsZero() && v.At.Before(before) }, limit)
		}}
	},
}
