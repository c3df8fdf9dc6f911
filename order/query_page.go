package order

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"
)

// Compare returns -1 where a stands before b in a page, 1 where it stands after, 0 for
// the same order: the newest first, by time placed, then by ID, both descending, IDs by
// their bytes (X1).
func Compare(a, b Order) int { return comparePlaces(&a, &b) }

func comparePlaces(a, b *Order) int {
	if c := b.Placed.Compare(a.Placed); c != 0 {
		return c
	}
	return cmp.Compare(b.ID, a.ID)
}

// Cursor is the place of an order in the pages of a query: the next page begins after
// it, whatever was placed meanwhile (X1). Its text and JSON form is
// "2018-11-01T00:00:00Z/ID", the time in UTC. The zero Cursor is before the first order.
type Cursor struct {
	Placed time.Time
	ID     ID
}

// CursorOf returns the place of o.
func CursorOf(o Order) Cursor { return Cursor{o.Placed.UTC(), o.ID} }

// IsZero reports whether c is the zero Cursor.
func (c Cursor) IsZero() bool { return c.Placed.IsZero() && c.ID == "" }

// Check reports a cursor that is the place of no order; the zero Cursor is sound.
func (c Cursor) Check() error {
	if c.IsZero() {
		return nil
	}
	if err := checkSecond("placed", c.Placed); err != nil {
		return err
	}
	return CheckID("id", c.ID)
}

// before reports whether o stands after c.
func (c Cursor) before(o *Order) bool {
	return c.IsZero() || comparePlaces(&Order{Placed: c.Placed, ID: c.ID}, o) < 0
}

const cursorLayout = "2006-01-02T15:04:05Z"

// MarshalText writes "2018-11-01T00:00:00Z/ID", nothing for the zero Cursor.
func (c Cursor) MarshalText() ([]byte, error) {
	if err := c.Check(); err != nil || c.IsZero() {
		return nil, err
	}
	return []byte(c.Placed.UTC().Format(cursorLayout) + "/" + string(c.ID)), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (c *Cursor) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = Cursor{}
		return nil
	}
	stamp, id, _ := strings.Cut(string(b), "/")
	placed, err := time.Parse(cursorLayout, stamp)
	if err != nil || placed.Format(cursorLayout) != stamp {
		return Invalid("cursor", string(b), "is not a cursor: give back the one of the page before, such as 2018-11-01T00:00:00Z/ID")
	}
	read := Cursor{placed, ID(id)}
	if err := CheckID("cursor", read.ID); err != nil {
		return err
	}
	if err := checkTime("cursor", placed); err != nil {
		return err
	}
	*c = read
	return nil
}

// UnmarshalJSON reads the text in quotes, the zero Cursor from null.
func (c *Cursor) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return Invalid("cursor", string(b), `is a text: "2018-11-01T00:00:00Z/ID"`)
	}
	return c.UnmarshalText([]byte(text))
}

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
// pages: After and Limit count for nothing, and the order stays as it was. It keeps
// nothing, so it is the way to export everything that matches (X2). An error of orders,
// or of a query or time that is not sound, is passed on and ends it.
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
// zero where this is the last one. It keeps two pages of orders and two orders more at
// most, however many there are, and shares their lines with the sequence.
//
// Pages asked at the same time at, one after the other's cursor, are every order that
// matches, each once; what is placed meanwhile never moves an order to another page
// (X1). An error of orders, or of a query or time that is not sound, is returned with
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
