package order

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Each returns the orders as a sequence without errors: a selection to export (X2), or
// what a host has in memory.
func Each(orders []Order) iter.Seq2[Order, error] {
	return func(yield func(Order, error) bool) {
		for _, o := range orders {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// Select returns those of orders that q, asked at the given time, finds on all of its
// pages: it ignores After and Limit, and leaves the order as it is. It keeps nothing, so
// it is the way to export everything that matches (X2). An error of orders,
// or of a query or time that is not valid, is passed on and ends it.
func (q Query) Select(orders iter.Seq2[Order, error], at time.Time) iter.Seq2[Order, error] {
	return func(yield func(Order, error) bool) {
		w, err := q.begin(at)
		if err != nil {
			yield(Order{}, err)
			return
		}
		if orders == nil {
			return
		}
		for o, err := range orders {
			if err != nil {
				yield(Order{}, err)
				return
			}
			if q.match(&o, w) && !yield(o, nil) {
				return
			}
		}
	}
}

// Page returns the page of q after q.After, sorted as [Compare] says, of orders in any
// order, each with an ID of its own, and the cursor of the page that follows; it is
// zero where this is the last one. At most it keeps two pages of orders and two orders
// more, and it shares their lines with the sequence.
//
// Pages asked at the same time at, one after the other's cursor, are every order that
// matches, each once; an order that is placed in between never moves another to another page
// (X1). An error of orders, or of a query or time that is not valid, is returned with
// no page.
func (q Query) Page(orders iter.Seq2[Order, error], at time.Time) (page []Order, next Cursor, err error) {
	w, err := q.begin(at)
	if err != nil || orders == nil {
		return nil, Cursor{}, err
	}
	limit := cmp.Or(q.Limit, DefaultLimit)
	keep := limit + 1 // one more shows that a page follows
	full := false     // the first keep are the first of all so far, sorted
	for o, err := range orders {
		if err != nil {
			return nil, Cursor{}, err
		}
		if !q.match(&o, w) || !q.After.before(&o) {
			continue
		}
		if full && comparePlaces(&page[keep-1], &o) < 0 {
			continue // enough stand before it
		}
		if page = append(page, o); len(page) >= 2*keep {
			page, full = firstOf(page, keep), true
		}
	}
	page = firstOf(page, keep)
	if len(page) < keep {
		return page, Cursor{}, nil
	}
	clear(page[limit:])
	return page[:limit:limit], CursorOf(page[limit-1]), nil
}

// begin checks q and at, and returns the window.
func (q *Query) begin(at time.Time) (Window, error) {
	if err := q.Check(); err != nil {
		return Window{}, Within("query", err)
	}
	return q.Window(at)
}

// firstOf sorts orders and returns the first n, in place.
func firstOf(orders []Order, n int) []Order {
	slices.SortFunc(orders, Compare)
	if len(orders) <= n {
		return orders
	}
	clear(orders[n:])
	return orders[:n]
}
