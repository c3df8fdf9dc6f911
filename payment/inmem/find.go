package inmem

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// Find returns a page of a customer's orders: the Store is a [ledger.Finder]. It reads from
// the cursor, or the end of the window, to the end of the page; of an order or a resource
// that the query names, nothing else.
func (s *Store) Find(_ context.Context, q order.Query) (order.Page, error) {
	if err := order.CheckID("customer", q.Customer); err != nil {
		return order.Page{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []order.Order
	for o, err := range q.Select(s.of(q.Customer).candidates(q)) {
		if err != nil {
			return order.Page{}, err
		}
		found = append(found, ledger.Orders.Copy(o))
		if len(found) > cmp.Or(q.Limit, order.DefaultLimit) {
			break // one more shows that a page follows
		}
	}
	return q.Page(order.Each(found))
}

// place is where an order stands among others: the newest comes first, as order.Compare
// has it.
type place struct {
	placed time.Time
	id     order.ID
}

func (p place) Compare(o place) int {
	return cmp.Or(o.placed.Compare(p.placed), strings.Compare(string(o.id), string(p.id)))
}

// place has an order where candidates look.
func (c *customer) place(o *order.Order) {
	p := place{o.Placed, o.ID}
	c.placed.add(p)
	for i := range o.Lines {
		if r := o.Lines[i].Resource; r != "" {
			of := c.resources[r]
			of.add(p)
			c.resources[r] = of
		}
	}
}

// candidates returns the orders among which are all that q finds, the newest first.
func (c *customer) candidates(q order.Query) iter.Seq2[order.Order, error] {
	return func(yield func(order.Order, error) bool) {
		among := c.placed
		switch {
		case q.Order != "":
			among = sorted[place]{}
			if h, ok := c.records[key{ledger.KindOrder, string(q.Order)}]; ok {
				among.add(place{h.one.Orders[0].Placed, q.Order})
			}
		case q.Resource != "":
			among = c.resources[q.Resource]
		}
		begin := place{placed: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
		if !q.Until.IsZero() {
			begin.placed = q.Until.Truncate(time.Second).Add(time.Second) // the last of that second
		}
		if after := (place{q.After.Placed, q.After.ID}); !q.After.IsZero() && begin.Compare(after) < 0 {
			begin = after
		}
		for p := range among.from(begin) {
			if !q.From.IsZero() && p.placed.Unix() < q.From.Unix() {
				return
			}
			if !yield(c.records[key{ledger.KindOrder, string(p.id)}].one.Orders[0], nil) {
				return
			}
		}
	}
}
