package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Tx is the records of one customer on their way through one commit: as they were read,
// and what becomes of them. It calls nobody: a decision that needs a record which has not
// been read ends with a [*Missing]; read that, and decide again.
type Tx struct {
	Customer order.CustomerID
	Policy   *payment.Policy
	At       time.Time // of this commit, a whole second
	Step     string
	by       string
	Why      string // an operator's reason, for the entry

	was  Records // as read
	Now  Records
	read map[name]int64 // what was asked for, with the version read; 0: it is not there
	all  map[name]Of    // what was loaded whole, by kind and group, as it was then
	puts map[name]bool
	mark *mark // where to go back to, once something is written

	told      []Notice
	Unchecked bool   // a record that is not valid is put off as it is
	EntryID   string // the ID of the entry, where it is not derived from what is written
	Hash      string // a hash for that entry
	Shown     Ref    // a record that the entry tells of where it is written, though neither its state nor its money changes
}

// Begin begins a transaction of a customer at a time, for a step that somebody takes.
// Nothing has been read yet.
func Begin(customer order.CustomerID, p *payment.Policy, at time.Time, step, by string) *Tx {
	return &Tx{Customer: customer, Policy: p, At: at, Step: step, by: by, read: make(map[name]int64), all: make(map[name]Of), puts: make(map[name]bool)}
}

// Missing is the error of a decision that needs records which have not been read. A decision that
// lacks several things joins what Need says of each, so that one load brings them all.
type Missing struct{ Ask Ask }

// MissingOf returns everything that an error says is missing, as one ask; false: nothing is.
func MissingOf(err error) (ask Ask, ok bool) {
	switch e := err.(type) {
	case *Missing:
		return e.Ask, true
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			if more, missing := MissingOf(err); missing {
				ask.Customer, ok = more.Customer, true
				ask.Refs, ask.All = append(ask.Refs, more.Refs...), append(ask.All, more.All...)
			}
		}
	case interface{ Unwrap() error }:
		return MissingOf(e.Unwrap())
	}
	return ask, ok
}

// Error names the records.
func (m *Missing) Error() string {
	names := make([]string, 0, len(m.Ask.Refs)+len(m.Ask.All))
	for _, kind := range m.Ask.All {
		names = append(names, "all of kind "+string(kind))
	}
	for _, r := range m.Ask.Refs {
		names = append(names, string(r.Kind)+" "+r.ID)
	}
	return "ledger: not read: " + strings.Join(names, ", ") + ": load them, Read them, and decide again"
}

// mark is what there was when a decision began, from when it first writes: most write nothing.
type mark struct {
	now   Records
	puts  map[name]bool
	holds bool
}

// Mark begins what may be taken back, and returns the function that ends it: with true, what was
// written since is taken back, else it stands. Nothing is read in between.
func (b *Tx) Mark() (end func(back bool)) {
	outer, m, told, entry, hash := b.mark, new(mark), len(b.told), b.EntryID, b.Hash
	b.mark = m
	return func(back bool) {
		b.mark = outer
		switch {
		case back:
			if m.holds {
				b.Now, b.puts = m.now, m.puts
			}
			b.told, b.EntryID, b.Hash = b.told[:told:told], entry, hash
		case m.holds && outer != nil && !outer.holds:
			*outer = *m
		}
	}
}

// keep keeps what there is, which is about to change, for whoever takes that back.
func (b *Tx) keep() {
	if m := b.mark; m != nil && !m.holds {
		*m = mark{b.Now.shallow(), maps.Clone(b.puts), true}
	}
}

// Empty reports whether nothing is written.
func (b *Tx) Empty() bool { return len(b.puts) == 0 }

// Written reports whether a record is written.
func (b *Tx) Written(kind Kind, id string) bool { return b.puts[name{kind, id}] }

// Undo takes back all that was to be written. The commit still compares what was read.
func (b *Tx) Undo() {
	b.keep()
	b.Now, b.puts, b.told, b.EntryID = Records{}, make(map[name]bool), nil, ""
	b.Now.Append(b.was)
}

// PutOff postpones a record whose waiting time has come.
func (b *Tx) PutOff(ref Ref, until time.Time) {
	for _, of := range tables {
		if of.of() == ref.Kind {
			of.putOff(b, ref.ID, until)
		}
	}
}

// Need is nil where records have been read, and else a [*Missing]; an order comes with its
// purchase.
func (b *Tx) Need(kind Kind, ids ...string) error {
	if _, whole := b.all[name{kind: kind}]; whole {
		return nil
	}
	ask := Ask{Customer: b.Customer}
	for _, id := range ids {
		_, read := b.read[name{kind, id}]
		asked := slices.ContainsFunc(ask.Refs, func(r Ref) bool { return r.ID == id })
		if !read && !asked && id != "" {
			ask.Refs = append(ask.Refs, Ref{Kind: kind, ID: id})
		}
	}
	if len(ask.Refs) == 0 {
		return nil
	}
	return &Missing{ask}
}

// NeedAll is nil where all records of a kind have been read, and else a [*Missing].
func (b *Tx) NeedAll(kind Kind) error {
	if _, all := b.all[name{kind: kind}]; all {
		return nil
	}
	return &Missing{Ask{Customer: b.Customer, All: []Kind{kind}}}
}

// NeedBound needs a resource with all that is bound to it: its group, or all resources if it
// is bound to another itself.
func (b *Tx) NeedBound(id order.ResourceID) error {
	if err := b.Need(KindResource, string(id)); err != nil {
		return err
	}
	if _, all := b.all[name{KindResource, string(id)}]; all {
		return nil
	}
	return b.NeedAll(KindResource)
}

// Read adds what a store returned when it was asked. If a record is read twice, the first
// reading stays: the commit finds out whether the record has changed since.
func (b *Tx) Read(ask Ask, got Records) error {
	for _, s := range tables {
		if err := s.read(b, &got); err != nil {
			return err
		}
	}
	for _, r := range ask.Refs {
		if _, read := b.read[r.name()]; !read {
			b.read[r.name()] = 0
		}
	}
	b.whole(ask, &got)
	return nil
}

// whole notes which kinds and groups were loaded whole: how many records, and the sum of the
// versions that were read first. The commit finds out whether more have come since.
func (b *Tx) whole(ask Ask, got *Records) {
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
	for _, s := range tables {
		s.groups(got, func(n name, group string) {
			if _, all := b.all[name{kind: n.kind}]; !all {
				add(name{n.kind, group})
			}
		})
	}
	if len(fresh) == 0 {
		return
	}
	views := got.views()
	for _, n := range fresh {
		of := b.all[n]
		for _, v := range views {
			if version := b.read[v.Ref.name()]; of.Has(v) && version > 0 {
				of.N, of.Versions = of.N+1, of.Versions+version
			}
		}
		b.all[n] = of
	}
}

// Get returns a record as it stands now, and false if there is none. Need comes before.
func Get[T any](b *Tx, s *Table[T], id string) (T, bool) { return find(&b.Now, s, id) }

func find[T any](r *Records, s *Table[T], id string) (x T, ok bool) {
	if there := s.at(r, id); there != nil {
		return *there, true
	}
	return x, false
}

// at returns the record with an ID in its place; nil: there is none.
func (s *Table[T]) at(r *Records, id string) *T {
	list := *s.in(r)
	for i := range list {
		if s.id(&list[i]) == id {
			return &list[i]
		}
	}
	return nil
}

// Put writes a record that has been read, or is new.
func Put[T any](b *Tx, s *Table[T], x T) {
	b.keep()
	id := s.id(&x)
	b.puts[name{s.kind, id}] = true
	if there := s.at(&b.Now, id); there != nil {
		*there = x
		return
	}
	list := s.in(&b.Now)
	*list = append(*list, x)
}

// Tell writes a notice in the commit that does what it tells.
func (b *Tx) Tell(n Notice) { b.told = append(b.told, n) }

// Change closes the transaction and returns what is to be committed. The commit compares
// everything that was read, also what is not written.
func (b *Tx) Change() (Change, error) {
	c := Change{Customer: b.Customer, Step: b.Step}
	var lines []EntryLine
	for _, s := range tables {
		var err error
		if lines, err = s.change(b, &c, lines); err != nil {
			return c, err
		}
	}
	if err := b.enter(&c, lines); err != nil {
		return c, err
	}
	b.expect(&c)
	return c, nil
}

// enter adds the entry of what moves, or is told, and the notices (P17).
func (b *Tx) enter(c *Change, lines []EntryLine) error {
	if len(b.told) == 0 || slices.ContainsFunc(lines, b.moves) { // else it tells of all that is written
		lines = slices.DeleteFunc(lines, func(m EntryLine) bool { return !b.moves(m) })
	}
	if len(lines) == 0 {
		return nil
	}
	first := c.Put.first()
	id, asked := b.EntryID, b.Hash
	if id == "" {
		id, asked = entryID(b.Customer, first), ""
	}
	e := Entry{ID: id, Customer: b.Customer, At: b.At, By: b.by, Step: b.Step, Why: b.Why, Asked: asked, Moves: lines, Told: len(b.told)}
	if err := e.Check(); err != nil {
		return order.Within("entry", err)
	}
	c.Put.Entries = append(c.Put.Entries, e)
	for i, n := range b.told {
		n.Customer, n.Entry, n.N, n.Seq = b.Customer, id, int64(i+1), first.Version+1
		n.ID, n.At, n.DueAt = NoticeID(n.Customer, n.Entry, n.N), b.At, b.At
		if err := n.Check(); err != nil {
			return order.Within("notice "+n.ID, err)
		}
		c.Put.Notices = append(c.Put.Notices, n)
	}
	return nil
}

// moves reports whether a line of an entry tells that something moved, or is to be shown.
func (b *Tx) moves(m EntryLine) bool {
	return m.From != m.To || m.Amount.Sign() != 0 || b.Shown.name() == name{m.Kind, m.ID}
}

// expect adds what was read and is not written: records by their versions, kinds and groups
// that were loaded whole by their number.
func (b *Tx) expect(c *Change) {
	var groups map[name]string
	if len(b.all) > 0 {
		groups = make(map[name]string)
		for _, v := range b.was.views() {
			groups[v.Ref.name()] = v.Group
		}
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

// written returns the records of a kind that are written, by their IDs: what a change says
// does not depend on the order in which they were read.
func (s *Table[T]) written(b *Tx) (all []*T) {
	list := *s.in(&b.Now)
	for i := range list {
		if b.puts[name{s.kind, s.id(&list[i])}] {
			all = append(all, &list[i])
		}
	}
	slices.SortStableFunc(all, func(x, y *T) int { return strings.Compare(s.id(x), s.id(y)) })
	return all
}

// change adds the records of a kind that are written, and a line for each.
func (s *Table[T]) change(b *Tx, c *Change, lines []EntryLine) ([]EntryLine, error) {
	all := s.written(b)
	if len(all) == 0 {
		return lines, nil
	}
	to := make([]T, len(all))
	*s.in(&c.Put) = to
	lines = slices.Grow(lines, len(all))
	for i := range all {
		x := &to[i]
		*x = *all[i]
		n := name{s.kind, s.id(x)}
		if err := s.check(x, b.Policy); err != nil && !b.Unchecked {
			return nil, order.Within(string(s.kind)+" "+n.id, err)
		}
		customer, version := s.head(x)
		if *customer != b.Customer {
			return nil, order.Invalid(string(s.kind)+" "+n.id, string(*customer), "is of another customer than the change, "+string(b.Customer))
		}
		*version = b.read[n]
		m := EntryLine{Kind: s.kind, ID: n.id}
		was := s.at(&b.was, n.id)
		if s.state != nil {
			m.To = s.state(x)
			if was != nil {
				m.From = s.state(was)
			}
		}
		if s.money != nil {
			before := order.Money{}
			if was != nil {
				before = s.money(was)
			}
			by, err := s.money(x).Sub(before)
			if err != nil {
				return nil, order.Within(string(s.kind)+" "+n.id, err)
			}
			m.Amount = by
		}
		lines = append(lines, m)
	}
	return lines, nil
}

// Later returns the later of two instants.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Texts returns IDs as the texts that Need takes.
func Texts[T ~string](ids []T) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// PutCoupon writes a coupon that has moved.
func (b *Tx) PutCoupon(c coupon.Coupon) {
	c.DueAt = time.Time{}
	if (c.State == coupon.StateAvailable || c.State == coupon.StateInactive) && !c.Validity().Until.IsZero() {
		c.DueAt = c.Validity().Until.Add(time.Second).Truncate(time.Second).UTC()
	}
	Put(b, Coupons, c)
}
