package paymenttest_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

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
