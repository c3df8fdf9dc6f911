package inmem

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// customer is what is kept of one, and in which ways it is found.
type customer struct {
	records   map[key]held
	sets      map[key]*set                       // the records of a group; without one, of the kind
	due       sorted[due]                        // what waits for the clock
	placed    sorted[place]                      // the orders
	resources map[order.ResourceID]sorted[place] // the orders with a line for each
	leased    string                             // who sees to it,
	until     time.Time                          // and until when nobody else is told
}

// key is a record, or a group of records, of a kind.
type key struct {
	kind ledger.Kind
	id   string
}

func (k key) Compare(l key) int {
	return cmp.Or(cmp.Compare(k.kind, l.kind), strings.Compare(k.id, l.id))
}

// held is one record, and what is to be known of it without looking into it.
type held struct {
	view ledger.Record
	one  ledger.Records
}

// set is records, and the sum of their versions.
type set struct {
	ids      []string
	versions int64
}

// due is a record, and since when it waits.
type due struct {
	at time.Time
	key
}

func (d due) Compare(e due) int { return cmp.Or(d.at.Compare(e.at), d.key.Compare(e.key)) }

func (t turn) Compare(u turn) int {
	return cmp.Or(t.since.Compare(u.since), cmp.Compare(t.customer, u.customer))
}

// put writes a record, and whatever finds it among the customer's. It returns the view of
// what was there before.
func (c *customer) put(h held) (view ledger.Record, was bool) {
	if c.records == nil {
		c.records, c.sets, c.resources = make(map[key]held), make(map[key]*set), make(map[order.ResourceID]sorted[place])
	}
	k := key{h.view.Kind, h.view.ID}
	old, was := c.records[k]
	c.records[k] = h
	c.count(key{kind: k.kind}, h, old, was)
	if h.view.Group != "" {
		c.count(key{k.kind, h.view.Group}, h, old, was)
	}
	c.due.remove(due{old.view.DueAt, k})
	if !h.view.DueAt.IsZero() {
		c.due.add(due{h.view.DueAt, k})
	}
	for i := range h.one.Orders {
		c.place(&h.one.Orders[i])
	}
	return old.view, was
}

// count has a record in a set, at its new version.
func (c *customer) count(k key, h, old held, was bool) {
	s := c.sets[k]
	if s == nil {
		s = new(set)
		c.sets[k] = s
	}
	if !was {
		s.ids = append(s.ids, h.view.ID)
	}
	s.versions += h.view.Version - old.view.Version
}

// load returns copies of the records asked for, by kind and ID.
func (c *customer) load(ask ledger.Ask) (found ledger.Records) {
	wanted, whole := make(map[key]bool, len(ask.Refs)), make(map[key]bool)
	for _, r := range ask.Refs {
		k := key{r.Kind, r.ID}
		h, ok := c.records[k]
		if ok && h.view.Group != "" {
			whole[key{r.Kind, h.view.Group}] = true
		}
		if ok {
			wanted[k] = true
		}
	}
	for _, kind := range ask.All {
		whole[key{kind: kind}] = true
	}
	for k := range whole {
		if s := c.sets[k]; s != nil {
			for _, id := range s.ids {
				wanted[key{k.kind, id}] = true
			}
		}
	}
	keys := make([]key, 0, len(wanted))
	for k := range wanted {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, key.Compare)
	for _, k := range keys {
		found.AppendCopy(c.records[k].one)
	}
	return found
}

// holds reports whether everything that a change expects is as it was read.
func (c *customer) holds(change ledger.Change) bool {
	for _, r := range change.Expect {
		if c.records[key{r.Kind, r.ID}].view.Version != r.Version {
			return false
		}
	}
	for _, v := range change.Put.Views() {
		if c.records[key{v.Kind, v.ID}].view.Version != v.Version {
			return false
		}
	}
	for _, of := range change.ExpectAll {
		s := cmp.Or(c.sets[key{of.Kind, of.Group}], new(set))
		if int64(len(s.ids)) != of.N || s.versions != of.Versions {
			return false
		}
	}
	return true
}

// since returns since when the first record waits; zero: none does.
func (c *customer) since() time.Time {
	first, _ := c.due.first()
	return first.at
}

// lease leases the customer to whoever asks for what is due, and reports false where somebody
// else has it.
func (c *customer) lease(due ledger.Due) bool {
	switch l := due.Lease; {
	case l.By == "":
		return true
	case c.leased != l.By && due.At.Before(c.until):
		return false
	default:
		c.leased, c.until = l.By, due.At.Add(l.For)
		return true
	}
}

// waiting names the records that wait at a time, at most limit of them.
func (c *customer) waiting(at time.Time, limit int) (refs []ledger.Ref) {
	for d := range c.due.from(due{}) {
		if len(refs) >= limit || d.at.After(at) {
			break
		}
		refs = append(refs, c.records[d.key].view.Ref)
	}
	return refs
}
