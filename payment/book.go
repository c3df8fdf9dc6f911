package payment

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// desk is who the Desk's own steps are by.
const desk = "duebook"

// book is the records of one customer on their way through one commit: as they were read,
// and what becomes of them. Its moves judge and change records; they call nobody but load.
type book struct {
	load     func(Ask) (Records, error)
	customer order.CustomerID
	policy   *Policy
	facts    *Customer
	at       time.Time // of this commit, a whole second
	step     string
	by       string
	why      string // an operator's reason, for the entry

	was  Records // as read
	now  Records
	read map[name]int64 // what was asked for, with the version read; 0: it is not there
	all  map[name]Of    // what was loaded whole, by kind and group, as it was then
	puts map[name]bool

	told      []Notice
	unchecked bool   // a record that is not sound is put off as it is
	deposit   string // the ID of the entry, where it is not derived from what is written
	asked     string // a hash for that entry
}

// need loads records that have not been read yet; an order comes with its purchase.
func (b *book) need(kind Kind, ids ...string) error {
	ask := Ask{Customer: b.customer}
	for _, id := range ids {
		n := name{kind, id}
		if _, read := b.read[n]; !read && id != "" && !slices.ContainsFunc(ask.Refs, func(r Ref) bool { return r.name() == n }) {
			ask.Refs = append(ask.Refs, Ref{Kind: kind, ID: id})
		}
	}
	return b.fetch(ask)
}

// needAll loads all records of a kind, once.
func (b *book) needAll(kind Kind) error {
	if _, all := b.all[name{kind: kind}]; all {
		return nil
	}
	return b.fetch(Ask{Customer: b.customer, All: []Kind{kind}})
}

// needBound loads a resource with all that is bound to it: its group, or, where it belongs to
// another itself, all that there are.
func (b *book) needBound(id order.ResourceID) error {
	if err := b.need(KindResource, string(id)); err != nil {
		return err
	}
	if _, all := b.all[name{KindResource, string(id)}]; all {
		return nil
	}
	return b.needAll(KindResource)
}

func (b *book) fetch(ask Ask) error {
	if len(ask.Refs) == 0 && len(ask.All) == 0 {
		return nil
	}
	got, err := b.load(ask)
	if err != nil {
		return err
	}
	var fresh Records
	for _, s := range shelves {
		if err := s.fresh(b, &got, &fresh); err != nil {
			return err
		}
	}
	b.was.Append(fresh)
	b.now.Append(fresh)
	for _, r := range ask.Refs {
		if _, read := b.read[r.name()]; !read {
			b.read[r.name()] = 0
		}
	}
	b.whole(ask, got.Views())
	return nil
}

// whole notes what was loaded whole: kinds, and groups of others. It counts at the versions
// that are judged, those read first, and stays as it was then: a commit finds out whether
// more has come since.
func (b *book) whole(ask Ask, got []Record) {
	var fresh []name
	add := func(n name) {
		if _, there := b.all[n]; !there {
			b.all[n] = Of{Kind: n.kind, Group: n.id}
			fresh = append(fresh, n)
		}
	}
	for _, kind := range ask.All {
		add(name{kind: kind})
	}
	for _, v := range got {
		if _, all := b.all[name{kind: v.Kind}]; !all && v.Group != "" {
			add(name{v.Kind, v.Group})
		}
	}
	for _, n := range fresh {
		of := b.all[n]
		for _, v := range got {
			if version := b.read[v.Ref.name()]; of.Has(v) && version > 0 {
				of.N, of.Versions = of.N+1, of.Versions+version
			}
		}
		b.all[n] = of
	}
}

// get returns a record as it stands now, and false if there is none. It has been read.
func get[T any](b *book, s *shelf[T], id string) (T, bool) { return find(&b.now, s, id) }

func find[T any](r *Records, s *shelf[T], id string) (x T, ok bool) {
	list := *s.in(r)
	for i := range list {
		if s.id(&list[i]) == id {
			return list[i], true
		}
	}
	return x, false
}

// put writes a record: it has been read, or is new.
func put[T any](b *book, s *shelf[T], x T) {
	list, id := s.in(&b.now), s.id(&x)
	b.puts[name{s.kind, id}] = true
	for i := range *list {
		if s.id(&(*list)[i]) == id {
			(*list)[i] = x
			return
		}
	}
	*list = append(*list, x)
}

// tell writes a notice with what it tells.
func (b *book) tell(n Notice) { b.told = append(b.told, n) }

// change closes the book: what is to be committed. Everything that was read is compared,
// also what is not written.
func (b *book) change() (Change, error) {
	c := Change{Customer: b.customer}
	if err := b.post(); err != nil {
		return c, err
	}
	var moves []Moved
	for _, s := range shelves {
		var err error
		if moves, err = s.change(b, &c, moves); err != nil {
			return c, err
		}
	}
	if len(moves) > 0 {
		views := c.Put.Views()
		id := b.deposit
		asked := b.asked
		if id == "" {
			id, asked = entryID(b.customer, views[0].Ref), ""
		}
		e := Entry{ID: id, Customer: b.customer, At: b.at, By: b.by, Step: b.step, Why: b.why, Asked: asked, Moves: moves}
		if err := e.Check(); err != nil {
			return c, under("entry", err)
		}
		c.Put.Entries = append(c.Put.Entries, e)
	}
	b.expect(&c)
	return c, nil
}

// expect adds everything that was read and is not written, and how much there was of what
// was loaded whole, which stands for its records.
func (b *book) expect(c *Change) {
	groups := make(map[name]string)
	for _, v := range b.was.Views() {
		groups[v.Ref.name()] = v.Group
	}
	for n, version := range b.read {
		_, all := b.all[name{kind: n.kind}]
		_, group := b.all[name{n.kind, groups[n]}]
		if !b.puts[n] && !all && !group {
			c.Expect = append(c.Expect, Ref{n.kind, n.id, version})
		}
	}
	slices.SortFunc(c.Expect, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for _, of := range b.all {
		c.ExpectAll = append(c.ExpectAll, of)
	}
	slices.SortFunc(c.ExpectAll, func(a, b Of) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Group, b.Group)) })
}

// change adds what is written of a kind, with the moves that the entry tells.
func (s *shelf[T]) change(b *book, c *Change, moves []Moved) ([]Moved, error) {
	for _, x := range *s.in(&b.now) {
		n := name{s.kind, s.id(&x)}
		if !b.puts[n] {
			continue
		}
		if err := s.check(&x, b.policy); err != nil && !b.unchecked {
			return nil, under(string(s.kind)+" "+n.id, err)
		}
		customer, version := s.head(&x)
		if *customer != b.customer {
			return nil, field(string(s.kind)+" "+n.id, string(*customer), "is of another customer than the change, "+string(b.customer))
		}
		*version = b.read[n]
		*s.in(&c.Put) = append(*s.in(&c.Put), x)
		m := Moved{Kind: s.kind, ID: n.id}
		was, there := find(&b.was, s, n.id)
		if s.state != nil {
			m.To = s.state(&x)
			if there {
				m.From = s.state(&was)
			}
		}
		if s.money != nil {
			before := order.Money{}
			if there {
				before = s.money(&was)
			}
			by, err := s.money(&x).Sub(before)
			if err != nil {
				return nil, under(string(s.kind)+" "+n.id, err)
			}
			m.Amount = by
		}
		if m.From != m.To || m.Amount.Sign() != 0 {
			moves = append(moves, m)
		}
	}
	return moves, nil
}

// post numbers the notices of the commit (P17).
func (b *book) post() error {
	if len(b.told) == 0 {
		return nil
	}
	if err := b.need(KindOutbox, outboxID); err != nil {
		return err
	}
	out, _ := get(b, outboxes, outboxID)
	out.Customer = b.customer
	for _, n := range b.told {
		out.Written++
		n.Customer, n.N, n.ID, n.At = b.customer, out.Written, noticeID(b.customer, out.Written), b.at
		put(b, notices, n)
	}
	if out.Waits.IsZero() {
		out.Waits = b.at
	}
	put(b, outboxes, out)
	return nil
}

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func texts[T ~string](ids []T) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// putCoupon writes a coupon that has moved.
func (b *book) putCoupon(c coupon.Coupon) {
	c.Waits = time.Time{}
	if (c.State == coupon.StateAvailable || c.State == coupon.StateInactive) && !c.Validity().Until.IsZero() {
		c.Waits = c.Validity().Until.Add(time.Second).Truncate(time.Second).UTC()
	}
	put(b, coupons, c)
}
