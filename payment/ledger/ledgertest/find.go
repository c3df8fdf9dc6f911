package ledgertest

import (
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
	for _, q := range []order.Query{{}, {Customer: ids[0], Limit: -1}, {Customer: ids[0], State: "new"}, {Customer: ids[0], From: year(2030), Until: year(2020)}} {
		var fault *order.FieldError
		if got, err := findPage(f, q); !errors.As(err, &fault) || len(got) > 0 {
			return fmt.Errorf("asked for %+v, which is not valid, it finds %d orders, %v", q, len(got), err)
		}
	}
	for i, id := range ids {
		all := k.Customers[i].Written().Orders
		for _, q := range queries(id, all) {
			if err := findsAll(f, q, all); err != nil {
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
		{Customer: id, Order: "nothing has this ID"}, {Customer: id, Until: year(1990)}}
	if len(all) == 0 {
		return list
	}
	o := all[len(all)/2]
	l := o.Lines[0]
	return append(list, order.Query{Customer: id, Order: o.ID}, order.Query{Customer: id, Product: l.Product, Service: l.Service, Limit: 2},
		order.Query{Customer: id, Resource: l.Resource}, order.Query{Customer: id, Project: o.Project, State: o.State}, order.Query{Customer: id, From: o.Placed, Limit: 2},
		order.Query{Customer: id, Until: o.Placed, Limit: 2}, order.Query{Customer: id, From: o.Placed, Until: o.Placed})
}

// findPage returns a page.
func findPage(f ledger.Finder, q order.Query) (page []order.Order, err error) {
	for o, err := range f.Find(ctx, q) {
		if err != nil {
			return page, err
		}
		page = append(page, o)
	}
	return page, nil
}

// findsAll reads page after page, and compares each with the one that orders make.
func findsAll(f ledger.Finder, q order.Query, all []order.Order) error {
	for range len(all) + 2 {
		want := pageOf(q, all)
		got, err := findPage(f, q)
		if err != nil {
			return err
		}
		if err := alike(got, want); err != nil {
			return fmt.Errorf("after %q: %w", q.After.ID, err)
		}
		for o := range f.Find(ctx, q) { // whoever has seen enough leaves
			if o.ID != want[0].ID {
				return fmt.Errorf("%s comes first, and then %s", want[0].ID, o.ID)
			}
			o.Lines[0].Product = "scribbled"
			break
		}
		if len(got) == 0 {
			return nil
		}
		q.After = order.CursorOf(got[len(got)-1])
	}
	return errors.New("the pages do not end")
}

// pageOf is the page of a query, the long way.
func pageOf(q order.Query, all []order.Order) []order.Order {
	if q.From.IsZero() {
		q.From = year(1).Add(time.Second) // open
	}
	page, _, err := q.Page(order.Each(all), year(2020))
	if err != nil {
		return nil
	}
	return page
}

// alike reports how orders differ, and whether they come in another order.
func alike(got, want []order.Order) error {
	id := func(o order.Order) order.ID { return o.ID }
	if g, w := each(got, id), each(want, id); !slices.Equal(g, w) {
		return fmt.Errorf("it finds %v, and %v are wanted", g, w)
	}
	return same(ledger.Records{Orders: got}, ledger.Records{Orders: want})
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
	first, err := findPage(f, q)
	if err != nil {
		return err
	}
	newer := first[0]
	newer.ID, newer.Purchase, newer.Members, newer.DeadlineOf, newer.Version = "zz newer", "", 0, "", 0
	newer.Placed = newer.Placed.Add(time.Second)
	if err := fill(s, ids[0], ledger.Records{Orders: []order.Order{newer}}); err != nil {
		return err
	}
	q.After = order.CursorOf(first[len(first)-1])
	rest, err := findPage(f, q)
	if err != nil {
		return err
	}
	if err := alike(rest, pageOf(q, all)); err != nil {
		return fmt.Errorf("an order was placed after the first page: %w", err)
	}
	return nil
}
