package ledgertest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// storeFinds asks a store that is a [ledger.Finder] for what a customer looks at, page by
// page, and compares it with all that there is.
func storeFinds(open OpenStore, k Kept) error {
	s := open()
	f, ok := s.(ledger.Finder)
	if !ok {
		return nil
	}
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	for _, bad := range []struct {
		field string
		q     order.Query
	}{{"customer", order.Query{}}, {"limit", order.Query{Customer: ids[0], Limit: -1}}, {"limit", order.Query{Customer: ids[0], Limit: order.MaxLimit + 1}},
		{"state", order.Query{Customer: ids[0], State: "new"}}, {"until", order.Query{Customer: ids[0], From: year(2030), Until: year(2020)}}} {
		var fault *order.FieldError
		if got, err := f.Find(ctx, bad.q); !errors.As(err, &fault) || fault.Field != bad.field || len(got.Orders) > 0 {
			return fmt.Errorf("asked for %+v, which is not valid, it finds %d orders, %v: an *order.FieldError for field %s is wanted", bad.q, len(got.Orders), err, bad.field)
		}
	}
	for i, id := range ids {
		all := k.Customers[i].Written().Orders
		for _, q := range queries(id, all) {
			if err := findsAll(f, q, all, alike); err != nil {
				return fmt.Errorf("asked for %+v: %w", q, err)
			}
		}
	}
	return findsStably(s, f, k.Customers[0].Written().Orders)
}

func year(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }

// queries are what is looked for among orders: by each field, a few at once and one by one.
func queries(id order.CustomerID, all []order.Order) []order.Query {
	list := []order.Query{{Customer: id}, {Customer: id, Limit: 1}, {Customer: id, Limit: 3}, {Customer: id, Limit: order.MaxLimit, State: order.StateUnpaid},
		{Customer: id, Type: order.TypePurchase, Limit: 2}, {Customer: id, Bill: order.BillPrepay}, {Customer: id, Listing: order.ListYearlyMonthly, Limit: 5},
		{Customer: id, Order: "nothing has this ID"}, {Customer: id, Until: year(1990)}, {Customer: id, Limit: max(1, len(all)-1)}, {Customer: id, Limit: max(1, len(all))}}
	if len(all) == 0 {
		return list
	}
	o := all[len(all)/2]
	l := o.Lines[0]
	return append(list, order.Query{Customer: id, Order: o.ID}, order.Query{Customer: id, Product: l.Product, Service: l.Service, Limit: 2},
		order.Query{Customer: id, Resource: l.Resource}, order.Query{Customer: id, Project: o.Project, State: o.State}, order.Query{Customer: id, From: o.Placed, Limit: 2},
		order.Query{Customer: id, Until: o.Placed, Limit: 2}, order.Query{Customer: id, From: o.Placed, Until: o.Placed})
}

// findsAll reads page after page, and compares each with the one that orders make.
func findsAll(f ledger.Finder, q order.Query, all []order.Order, alike func(got, want []order.Order) error) error {
	for range len(all) + 2 {
		want, err := q.Page(order.Each(all))
		if err != nil {
			return err
		}
		got, err := f.Find(ctx, q)
		if err != nil {
			return err
		}
		if err := alike(got.Orders, want.Orders); err != nil {
			return fmt.Errorf("after %q: %w", q.After.ID, err)
		}
		if !got.Next.Placed.Equal(want.Next.Placed) || got.Next.ID != want.Next.ID {
			return fmt.Errorf("after %q, next is %+v, and %+v is wanted", q.After.ID, got.Next, want.Next)
		}
		for i := range got.Orders { // the caller's
			got.Orders[i].Lines[0].Product = "scribbled"
		}
		if got.Next.IsZero() {
			return nil
		}
		q.After = got.Next
	}
	return errors.New("the pages do not end")
}

// alike reports how orders differ, and whether they come in another order.
func alike(got, want []order.Order) error {
	return cmp.Or(namedAlike(got, want), same(ledger.Records{Orders: got}, ledger.Records{Orders: want}))
}

// namedAlike compares the IDs alone.
func namedAlike(got, want []order.Order) error {
	id := func(o order.Order) order.ID { return o.ID }
	if g, w := each(got, id), each(want, id); !slices.Equal(g, w) {
		return fmt.Errorf("it finds %v, and %v are wanted", g, w)
	}
	return nil
}

func each[T, U any](list []T, of func(T) U) []U {
	all := make([]U, len(list))
	for i, x := range list {
		all[i] = of(x)
	}
	return all
}

// findsStably places an order between two pages: no other comes twice, or is left out.
func findsStably(s ledger.Store, f ledger.Finder, all []order.Order) error {
	if len(all) < 2 {
		return nil
	}
	q := order.Query{Customer: ids[0], Limit: (len(all) + 1) / 2}
	first, err := f.Find(ctx, q)
	if err != nil {
		return err
	}
	newer := first.Orders[0]
	newer.ID, newer.Purchase, newer.Members, newer.DeadlineOf, newer.Version = "zz newer", "", 0, "", 0
	newer.Placed = newer.Placed.Add(time.Second)
	if err := fill(s, ids[0], ledger.Records{Orders: []order.Order{newer}}); err != nil {
		return err
	}
	q.After = first.Next
	if err := findsAll(f, q, all, alike); err != nil {
		return fmt.Errorf("an order was placed after the first page: %w", err)
	}
	return nil
}

// storeFindsFull has as many orders as a page, and one more, and as many as the largest
// page on some draws: they take a while to write.
func storeFindsFull(open OpenStore, k Kept) error {
	s := open()
	f, ok := s.(ledger.Finder)
	if !ok {
		return nil
	}
	q, n := order.Query{Customer: ids[0]}, order.DefaultLimit
	if k.Seed%8 == 0 {
		q.Limit, n = order.MaxLimit, order.MaxLimit
	}
	var r ledger.Records
	for i := range n + 1 {
		o := full(ids[0]).Orders[0]
		o.ID = order.ID(fmt.Sprintf("%d of them", (i*7919)%(n+1))) // not in the order of time
		o.Placed = o.Placed.Add(time.Duration(i/3) * time.Second)
		o.Changed = o.Placed
		r.Orders = append(r.Orders, o)
	}
	for _, put := range [][]order.Order{r.Orders[:n], r.Orders[n:]} {
		if err := fill(s, ids[0], ledger.Records{Orders: put}); err != nil {
			return err
		}
		there := ledger.Records{Orders: r.Orders[:n]}
		if len(put) == 1 {
			there = r
		}
		if err := findsAll(f, q, there.Orders, namedAlike); err != nil {
			return fmt.Errorf("of %d orders, asked for %+v: %w", len(there.Orders), q, err)
		}
	}
	return nil
}
