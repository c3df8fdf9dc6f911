package inmem

import (
	"iter"
	"slices"
	"sort"
)

// sorted is a set of items in order. It adds, removes and finds one among a million as
// quickly as among a thousand. The zero sorted is empty.
type sorted[T interface{ Compare(T) int }] struct {
	parts [][]T // each in order and not empty, and all of it before the next
}

// most is how many items a part has.
const most = 256

// find returns where x is, or where it would be.
func (s *sorted[T]) find(x T) (part, at int, found bool) {
	part = sort.Search(len(s.parts), func(i int) bool {
		p := s.parts[i]
		return p[len(p)-1].Compare(x) >= 0
	})
	if part == len(s.parts) {
		return part, 0, false
	}
	at, found = slices.BinarySearchFunc(s.parts[part], x, T.Compare)
	return part, at, found
}

func (s *sorted[T]) add(x T) {
	part, at, found := s.find(x)
	switch {
	case found:
		return
	case len(s.parts) == 0:
		s.parts = [][]T{{x}}
		return
	case part == len(s.parts): // after all others
		part--
		at = len(s.parts[part])
	}
	p := slices.Insert(s.parts[part], at, x)
	if len(p) > most {
		s.parts = slices.Insert(s.parts, part+1, slices.Clone(p[most/2:]))
		p = slices.Delete(p, most/2, len(p))
	}
	s.parts[part] = p
}

func (s *sorted[T]) remove(x T) {
	part, at, found := s.find(x)
	if !found {
		return
	}
	if s.parts[part] = slices.Delete(s.parts[part], at, at+1); len(s.parts[part]) == 0 {
		s.parts = slices.Delete(s.parts, part, part+1)
	}
}

// from returns x and all items after it, in order.
func (s *sorted[T]) from(x T) iter.Seq[T] {
	return func(yield func(T) bool) {
		part, at, _ := s.find(x)
		for ; part < len(s.parts); part, at = part+1, 0 {
			for _, item := range s.parts[part][at:] {
				if !yield(item) {
					return
				}
			}
		}
	}
}

// first returns the first item; false: there is none.
func (s *sorted[T]) first() (x T, ok bool) {
	if len(s.parts) == 0 {
		return x, false
	}
	return s.parts[0][0], true
}
