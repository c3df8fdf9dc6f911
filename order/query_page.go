package order

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
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

// Select returns those of orders that q finds, from q.After on, and leaves them in the
// order they come in; of Limit it takes no notice. It keeps nothing, so it exports from a
// sequence of any length (X2). An error of orders, or of a query that is not valid, is
// passed on and ends it.
func (q Query) Select(orders iter.Seq2[Order, error]) iter.Seq2[Order, error] {
	return func(yield func(Order, error) bool) {
		if err := q.Check(); err != nil {
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
			if q.match(&o) && q.After.before(&o) && !yield(o, nil) {
				return
			}
		}
	}
}

// Page is one page of what a query finds. Its JSON is {"orders": [...], "next": "..."}:
// orders are never null, and next is "" with the last page.
type Page struct {
	Orders []Order `json:"orders"`
	Next   Cursor  `json:"next"` // the After of the page that follows; zero: this is the last one
}

// MarshalJSON writes a page without orders as [].
func (p Page) MarshalJSON() ([]byte, error) {
	if p.Orders == nil {
		p.Orders = []Order{}
	}
	type plain Page
	return json.Marshal(plain(p))
}

// Page returns the page of q after q.After, sorted as [Compare] says, of orders in any
// order, each with an ID of its own. At most it keeps two pages of orders and two orders
// more, and it shares their lines with the sequence.
//
// Pages asked for one after the other, each from the Next of the one before, are every order
// that q finds, each once; an order that is placed in between never moves another to another
// page (X1). An error of orders, or of a query that is not valid, is returned with no page.
func (q Query) Page(orders iter.Seq2[Order, error]) (Page, error) {
	limit := cmp.Or(q.Limit, DefaultLimit)
	keep := limit + 1 // one more shows that a page follows
	full := false     // the first keep are the first of all so far, sorted
	var page []Order
	for o, err := range q.Select(orders) {
		if err != nil {
			return Page{}, err
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
		return Page{Orders: page}, nil
	}
	clear(page[limit:])
	return Page{Orders: page[:limit:limit], Next: CursorOf(page[limit-1])}, nil
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
