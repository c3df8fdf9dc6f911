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
	b, put := m.of, m.change.Put.Written()
	m.read, m.all = b.read, b.all
	for _, s := range tables {
		s.pick(&m.records, &b.Now, func(r Record) bool { return !b.puts[r.Ref.name()] })
	}
	m.records.Append(put)
	for _, v := range put.views() {
		m.read[v.Ref.name()] = v.Version
	}
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
	wanted, whole := make(map[name]bool), make(map[name]bool)
	for _, kind := range ask.All {
		whole[name{kind: kind}] = true
	}
	for _, r := range ask.Refs {
		if _, known := m.read[r.name()]; !known {
			return got, false
		}
		wanted[r.name()] = true
	}
	for _, v := range m.records.views() {
		if _, all := m.all[name{kind: v.Kind}]; wanted[v.Ref.name()] && v.Group != "" && !all {
			whole[name{v.Kind, v.Group}] = true
		}
	}
	for n := range whole {
		if _, known := m.all[n]; !known {
			return got, false
		}
	}
	for _, s := range tables {
		s.pick(&got, &m.records, func(r Record) bool {
			return wanted[r.Ref.name()] || whole[name{kind: r.Kind}] || r.Group != "" && whole[name{r.Kind, r.Group}]
		})
	}
	return got, true
}

// pick adds copies of the records of a kind that are wanted.
func (s *Table[T]) pick(dst, src *Records, wanted func(Record) bool) {
	list := *s.in(src)
	for i := range list {
		if wanted(s.view(&list[i])) {
			*s.in(dst) = append(*s.in(dst), s.Copy(list[i]))
		}
	}
}
