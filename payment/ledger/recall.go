package ledger

// Recall is what stands once a transaction has committed, as far as it has read or written it: the
// next transaction of the same customer reads that without a store. It may no longer stand when it is read,
// which that transaction's commit finds out, as it does of everything that was read.
type Recall struct {
	of      *Tx
	change  Change
	records Records
	read    map[name]int64 // the versions of what is known; 0: it is not there; nil: nobody has asked yet
	all     map[name]Of    // the kinds and groups that are known whole
}

// Recall returns what stands once c is committed, which is the change of b. b is not used after it.
func (b *Tx) Recall(c Change) *Recall { return &Recall{of: b, change: c} }

// take takes over what the transaction knows.
func (m *Recall) take() {
	b, put := m.of, m.change.Put.shallow()
	m.read, m.all = b.read, b.all
	for _, s := range tables {
		s.advance(&put)
		s.pick(&m.records, &b.Now, false, func(n name, _ string) bool { return !b.puts[n] })
		s.versions(&put, m.read)
	}
	m.records.Append(put)
}

// Answer returns what a store would return that is asked the same, and false where it is not all
// known. What is returned is the caller's.
func (m *Recall) Answer(ask Ask) (got Records, ok bool) {
	if m == nil {
		return got, false
	}
	if m.read == nil {
		m.take()
	}
	wanted, whole := make(map[name]bool, len(ask.Refs)), make(map[name]bool)
	for _, kind := range ask.All {
		whole[name{kind: kind}] = true
	}
	for _, r := range ask.Refs {
		if _, known := m.read[r.name()]; !known {
			return got, false
		}
		wanted[r.name()] = true
	}
	for _, s := range tables {
		s.groups(&m.records, func(n name, group string) {
			if _, all := m.all[name{kind: n.kind}]; !all && wanted[n] {
				whole[name{n.kind, group}] = true
			}
		})
	}
	for n := range whole {
		if _, known := m.all[n]; !known {
			return got, false
		}
	}
	for _, s := range tables {
		s.pick(&got, &m.records, true, func(n name, group string) bool {
			return wanted[n] || whole[name{kind: n.kind}] || group != "" && whole[name{n.kind, group}]
		})
	}
	return got, true
}

// pick adds the records of a kind that are wanted, by their names and groups, or copies of them.
func (s *Table[T]) pick(dst, src *Records, copied bool, wanted func(n name, group string) bool) {
	list, to := *s.in(src), s.in(dst)
	for i := range list {
		if x := &list[i]; wanted(name{s.kind, s.id(x)}, s.groupOf(x)) {
			if *to == nil {
				*to = make([]T, 0, len(list)-i)
			}
			if *to = append(*to, *x); copied {
				(*to)[len(*to)-1] = s.Copy(*x)
			}
		}
	}
}

// groups names the records of a kind that are in a group.
func (s *Table[T]) groups(r *Records, yield func(n name, group string)) {
	if s.group == nil {
		return
	}
	list := *s.in(r)
	for i := range list {
		if group := s.group(&list[i]); group != "" {
			yield(name{s.kind, s.id(&list[i])}, group)
		}
	}
}

// versions notes the versions of the records of a kind.
func (s *Table[T]) versions(r *Records, to map[name]int64) {
	list := *s.in(r)
	for i := range list {
		_, version := s.head(&list[i])
		to[name{s.kind, s.id(&list[i])}] = *version
	}
}
